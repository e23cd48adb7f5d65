"""Merkle trees over leaf hashes: heads, and proofs that a stranger can check.

A leaf hash is SHA-256 over 0x00 and the leaf, a node's is SHA-256 over 0x01
and its two children; the tree over n leaves splits at the largest power of
two below n. Everything here works in one pass over the leaves and keeps
about log2(n) hashes.

Source:
    RFC 9162, Certificate Transparency Version 2.0, section 2.1.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()

_sha256 = hashlib.sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf; the prefix keeps leaves and nodes apart."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the node above two others."""
    return _sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows at its end and forgets what it will not need again.

    `size` counts leaves. `peaks` are the heads of the perfect subtrees, one
    for every bit that is set in `size`, largest first, 32 bytes each.
    """

    __slots__ = ("_levels", "size")

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        """Go on from an earlier `size` and its `peaks`.

        Raises:
            ValueError: They do not belong together.
        """
        if size < 0 or len(peaks) != size.bit_count() * HASH_SIZE:
            raise ValueError(f"{len(peaks)} bytes are not the peaks of {size} leaves")
        self.size = size
        # One slot per bit of `size`, smallest subtree first; None where the bit is clear.
        self._levels: list[bytes | None] = [None] * size.bit_length()
        at = len(peaks)
        for level in range(size.bit_length()):
            if size >> level & 1:
                at -= HASH_SIZE
                self._levels[level] = peaks[at : at + HASH_SIZE]

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes."""
        self.size += len(leaves)
        carried = list(leaves)
        level = 0
        # A whole level at a time: with long `leaves` this is one comprehension instead of one call per node.
        while carried:
            if level == len(self._levels):
                self._levels.append(None)
            waiting = self._levels[level]
            if waiting is not None:
                carried.insert(0, waiting)
            self._levels[level] = carried.pop() if len(carried) % 2 else None
            pairs = iter(carried)
            carried = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            level += 1

    @property
    def peaks(self) -> bytes:
        """What `Tree(size, peaks)` needs to go on."""
        return b"".join(peak for peak in reversed(self._levels) if peak is not None)

    def root(self) -> bytes:
        """The tree head over all leaves so far."""
        head: bytes | None = None
        for peak in self._levels:
            if peak is not None:
                head = peak if head is None else node_hash(peak, head)
        return EMPTY_ROOT if head is None else head


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree head over leaf hashes."""
    tree = Tree()
    for batch in _batches(iter(leaves)):
        tree.extend(batch)
    return tree.root()


def inclusion_proof(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` (from 0) to the head over the first `size` leaves.

    Raises:
        ValueError: `index` is outside the tree, or there are fewer leaves.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _roots(leaves, _path(index, 0, size), size)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether `proof` shows that leaf hash `leaf` is number `index` (from 0) of the tree with this head."""
    if not 0 <= index < size:
        return False
    number, last, seen = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            seen = node_hash(sibling, seen)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            seen = node_hash(seen, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and seen == head


def consistency_proof(leaves: Iterable[bytes], old: int, new: int) -> list[bytes]:
    """The hashes that show that the tree over `new` leaves begins with the one over `old`.

    Raises:
        ValueError: Not 0 < old <= new, or there are fewer leaves.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves does not grow out of one of {old}")
    return _roots(leaves, _subproof(old, 0, new, whole=True), new)


def verify_consistency(old: int, new: int, old_head: bytes, new_head: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the newer tree only added leaves to the older one."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_head == new_head
    # A whole power of two is a node of the new tree itself, and so left out of the proof.
    path = [old_head, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    was = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and was == old_head and now == new_head


_Range = tuple[int, int]  # half open


def _split(low: int, high: int) -> int:
    """Where the tree over leaves [low, high) falls into two: the largest power of two below its size."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def _path(index: int, low: int, high: int) -> list[_Range]:
    """PATH of section 2.1.3.1: the siblings on the way up, lowest first."""
    if high - low == 1:
        return []
    middle = _split(low, high)
    if index < middle:
        return [*_path(index, low, middle), (middle, high)]
    return [*_path(index, middle, high), (low, middle)]


def _subproof(old: int, low: int, high: int, *, whole: bool) -> list[_Range]:
    """SUBPROOF of section 2.1.4.1; `old` is where the old tree ends."""
    if old == high:
        return [] if whole else [(low, high)]
    middle = _split(low, high)
    if old <= middle:
        return [*_subproof(old, low, middle, whole=whole), (middle, high)]
    return [*_subproof(old, middle, high, whole=False), (low, middle)]


def _roots(leaves: Iterable[bytes], ranges: Sequence[_Range], size: int) -> list[bytes]:
    """The heads over disjoint ranges of `size` leaves, in one pass."""
    heads: dict[_Range, bytes] = {}
    stream, at = iter(leaves), 0
    for low, high in sorted(ranges):
        at += sum(1 for _ in islice(stream, low - at))
        tree = Tree()
        for batch in _batches(islice(stream, high - low)):
            tree.extend(batch)
        at += tree.size
        heads[low, high] = tree.root()
    at += sum(1 for _ in islice(stream, size - at))
    if at != size:
        raise ValueError(f"there are {at} leaves, not {size}")
    return [heads[span] for span in ranges]


def _batches(stream: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(stream, 4096)):
        yield batch
