"""Near-duplicates among many texts: MinHash signatures, and an index that finds those that agree.

Two texts are as alike as their sets of three words in a row overlap (Jaccard). A signature of 128 minima estimates
that with a standard error of at most 0.045; the index brings together what shares one of 21 bands of 6 minima, and
compares whole signatures before it calls two texts alike. Nothing here depends on `hash`, the process or the order of
a set: the same texts give the same answer on every machine.

Sources:
    Broder (1997), On the resemblance and containment of documents.
    Indyk & Motwani (1998), Approximate nearest neighbors (bands).
    Li & König (2010), b-bit minwise hashing (one byte of each minimum is kept).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

HASHES = 128
BANDS, ROWS = 21, 6
"""Texts of Jaccard 0.8 share a band in 99.8 % of all pairs, those of 0.9 in all but one in ten million."""

Signatures = NDArray[np.uint32]  # texts x HASHES
_Longs = NDArray[np.uint64]

_IN_A_ROW = 3
_WORDS_KEPT = 500_000  # hashes of words that are remembered; ciphers bring ever new ones
_CHANCE = 1 / 256  # that a byte of two different minima is the same


def _constants(name: str, count: int) -> _Longs:
    drawn = [int.from_bytes(blake2b(f"{name} {n}".encode(), digest_size=8).digest()) | 1 for n in range(count)]
    return np.array(drawn, dtype=np.uint64)


_FACTORS = _constants("factor", HASHES)
_ADDED = _constants("added", HASHES)
_PLACES = _constants("place", _IN_A_ROW)
_COLUMNS = _constants("column", ROWS)
_BAND = _constants("band", BANDS)
_HALF = np.uint64(32)


@dataclass(slots=True)
class Signer:
    """Makes signatures, and remembers what words hash to."""

    _known: dict[str, int] = field(default_factory=dict)

    def sign(self, texts: Sequence[str]) -> Signatures:
        """A row for each text; a text without any word agrees with every other such text alone."""
        if not texts:
            return np.empty((0, HASHES), dtype=np.uint32)
        if len(self._known) > _WORDS_KEPT:
            self._known.clear()
        words: list[int] = []
        ends = []
        known = self._known
        for text in texts:
            said = text.casefold().split()
            words += [known.get(word) or self._hash(word) for word in said] + [0] * max(1, _IN_A_ROW - len(said))
            ends.append(len(words))
        ids = np.array(words, dtype=np.uint64)
        grams, starts = _grams(ids, np.array(ends))
        signed = np.empty((len(texts), HASHES), dtype=np.uint32)
        for column in range(HASHES):
            # Multiply and shift: the upper half of the product is what is spread well.
            mixed = (grams * _FACTORS[column] + _ADDED[column]) >> _HALF
            signed[:, column] = np.minimum.reduceat(mixed, starts)
        return signed

    def _hash(self, word: str) -> int:
        made = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        self._known[word] = made
        return made


def _grams(ids: _Longs, ends: NDArray[np.int64]) -> tuple[_Longs, NDArray[np.int64]]:
    """Hashes of three words in a row, none of them across two texts, and where each text begins in them."""
    rows = len(ids) - _IN_A_ROW + 1
    mixed = np.zeros(rows, dtype=np.uint64)
    for step in range(_IN_A_ROW):
        mixed += (ids[step : step + rows] ^ (ids[step : step + rows] >> _HALF)) * _PLACES[step]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _FACTORS[0]
    mixed ^= mixed >> _HALF
    starts = np.concatenate([[0], ends[:-1]])
    inside = np.ones(rows, dtype=bool)
    for step in range(1, _IN_A_ROW):
        crossing = ends[:-1] - step
        inside[crossing] = False
    kept = np.concatenate([[0], np.cumsum(inside)])
    return mixed[inside], kept[starts]


def likeness(one: Signatures, other: Signatures) -> float:
    """The Jaccard overlap of two texts as their signatures estimate it, in [0, 1]."""
    return float(np.mean(one == other))


@dataclass(slots=True)
class Likenesses:
    """What was kept so far. About 300 bytes for each text; the texts themselves are not kept.

    `threshold` is the Jaccard overlap, in (0, 1], from which on two texts are alike.
    """

    threshold: float = 0.8
    _count: int = 0
    _bytes: NDArray[np.uint8] = field(default_factory=lambda: np.empty((1024, HASHES), dtype=np.uint8))
    _runs: list[_Longs] = field(default_factory=list)  # sorted; the upper half is a band's key, the lower whose it is

    def __post_init__(self) -> None:
        """Check the threshold."""
        if not 0.0 < self.threshold <= 1.0:
            raise ValueError(f"threshold {self.threshold} is outside (0, 1]")

    def __len__(self) -> int:
        return self._count

    def add(self, signatures: Signatures) -> list[bool]:
        """Keep each text that is like none before it, in the order given, and say of each whether it was kept.

        The outcome is the same however the texts are cut into calls.
        """
        rows = len(signatures)
        if not rows:
            return []
        short = signatures.astype(np.uint8)
        keys = _keys(signatures)
        known = self._like_before(short, keys)
        beside = self._beside(short, keys)
        kept: list[bool] = []
        for row in range(rows):
            kept.append(not known[row] and not any(kept[other] for other in beside.get(row, ())))
        self._keep(short[kept], keys[kept])
        return kept

    def _needed(self) -> float:
        """Bytes of two signatures that agree when the texts are just alike."""
        return HASHES * (self.threshold + (1 - self.threshold) * _CHANCE)

    def _agree(self, ours: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return np.asarray((ours == theirs).sum(axis=1) >= self._needed() - 1e-9)

    def _like_before(self, short: NDArray[np.uint8], keys: _Longs) -> NDArray[np.bool_]:
        found = np.zeros(len(short), dtype=bool)
        asked = keys.ravel()
        owner = np.repeat(np.arange(len(short)), BANDS)
        for run in self._runs:
            first = np.searchsorted(run, asked << _HALF)
            last = np.searchsorted(run, (asked << _HALF) | np.uint64(0xFFFFFFFF), side="right")
            for mine, theirs in _pairs(first, last, owner, run):
                fresh = ~found[mine]
                mine, theirs = mine[fresh], theirs[fresh]  # noqa: PLW2901  # those already found need no second look
                found[mine[self._agree(short[mine], self._bytes[theirs])]] = True
        return found

    def _beside(self, short: NDArray[np.uint8], keys: _Longs) -> dict[int, list[int]]:
        """By row: the rows before it in the same call that it is like."""
        rows = np.repeat(np.arange(len(short), dtype=np.uint64), BANDS)
        run = np.sort((keys.ravel() << _HALF) | rows)
        first = np.searchsorted(run, (run >> _HALF) << _HALF)
        alike: dict[int, list[int]] = {}
        lower = (run & np.uint64(0xFFFFFFFF)).astype(np.int64)
        for mine, theirs in _pairs(first, np.arange(len(run)), lower, run):
            agree = self._agree(short[mine], short[theirs])
            for later, earlier in zip(mine[agree].tolist(), theirs[agree].tolist(), strict=True):
                alike.setdefault(later, []).append(earlier)
        return alike

    def _keep(self, short: NDArray[np.uint8], keys: _Longs) -> None:
        rows = len(short)
        if not rows:
            return
        while self._count + rows > len(self._bytes):
            self._bytes = np.concatenate([self._bytes, np.empty_like(self._bytes)])
        self._bytes[self._count : self._count + rows] = short
        whose = np.repeat(np.arange(self._count, self._count + rows, dtype=np.uint64), BANDS)
        self._runs.append(np.sort((keys.ravel() << _HALF) | whose))
        self._count += rows
        # Runs of about the same length become one, so there are few and each is merged seldom.
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]), kind="stable")


def _keys(signatures: Signatures) -> _Longs:
    """32 bits for each band of each text."""
    bands = signatures[:, : BANDS * ROWS].reshape(len(signatures), BANDS, ROWS).astype(np.uint64)
    mixed = (bands * _COLUMNS).sum(axis=2, dtype=np.uint64) * _BAND
    return np.asarray((mixed ^ (mixed >> np.uint64(29))) * _FACTORS[1] >> _HALF)


_AT_ONCE = 1 << 18  # pairs compared together: 64 MiB


def _pairs(
    first: NDArray[np.int64], last: NDArray[np.int64], mine: NDArray[np.int64], run: _Longs
) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Everybody that stands from `first` to `last` in a run, beside who asked; in pieces of bounded size."""
    counts = last - first
    asking = np.flatnonzero(counts > 0)
    done = 0
    sizes = np.cumsum(counts[asking])
    while done < len(asking):
        before = int(sizes[done - 1]) if done else 0
        upto = max(done + 1, int(np.searchsorted(sizes, before + _AT_ONCE, side="right")))
        some = asking[done:upto]
        owners = np.repeat(mine[some], counts[some])
        offsets = np.arange(len(owners)) - np.repeat(np.cumsum(counts[some]) - counts[some], counts[some])
        places = np.repeat(first[some], counts[some]) + offsets
        yield owners, (run[places] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        done = upto
