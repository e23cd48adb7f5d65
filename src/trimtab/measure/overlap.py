"""Which cases of a suite stand in texts that a model may have been trained on: word n-grams, streamed.

Memory is that of the suite's own n-grams and one block of text, however large the files are.
"""

import gzip
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from trimtab.errors import UsageError
from trimtab.kinds import Case

_BLOCK = 1 << 20  # characters, or bytes of a line, looked at together
_LONGEST_LINE = 64 << 20
_LEAST = 8  # words, below which a text says nothing of where it came from
# Scripts that put no space between words: each sign counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
Hashes = NDArray[np.uint64]
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying loses nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A file as it was read. `broken` counts lines that were no JSON, and were read as plain text."""

    name: str
    digest: str
    characters: int
    broken: int
    cases: int  # of the suite, of which this file holds something


@dataclass(slots=True)
class Overlap:
    """The n-grams of a suite, and how many of each case have been found so far."""

    cases: Sequence[Case]
    n: int
    _vocabulary: dict[str, int] = field(default_factory=dict)
    _owners: dict[tuple[int, ...], set[int]] = field(default_factory=dict)  # gram -> cases
    _hashes: dict[int, Hashes] = field(default_factory=dict)  # length of gram -> hashes, sorted
    _total: list[int] = field(default_factory=list)
    _found: list[set[tuple[int, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the texts of the cases apart.

        Raises:
            ValueError: `n` is below what says anything.
        """
        if self.n < _LEAST:
            raise ValueError(f"n must be at least {_LEAST}")
        for place, case in enumerate(self.cases):
            grams = {gram for text in _texts(case) for gram in self._grams(text)}
            self._total.append(len(grams))
            self._found.append(set())
            for gram in grams:
                self._owners.setdefault(gram, set()).add(place)
        by_size: dict[int, set[int]] = {}
        for gram in self._owners:
            by_size.setdefault(len(gram), set()).add(_hash(gram))
        self._hashes = {size: np.array(sorted(known), dtype=np.uint64) for size, known in by_size.items()}

    def _grams(self, text: str) -> Iterator[tuple[int, ...]]:
        """All of n words; of a shorter text the whole, if it is long enough to say anything."""
        ids = [self._vocabulary.setdefault(word, len(self._vocabulary) + 1) for word in words(text)]
        size = min(self.n, len(ids))
        if size >= _LEAST:
            yield from (tuple(ids[start : start + size]) for start in range(len(ids) - size + 1))

    @property
    def short(self) -> list[Case]:
        """Cases with too few words to tell."""
        return [case for case, total in zip(self.cases, self._total, strict=True) if total == 0]

    @property
    def shares(self) -> dict[str, float]:
        """By id of each case of which something was found: the share of its n-grams."""
        return {
            case.id: len(found) / total
            for case, total, found in zip(self.cases, self._total, self._found, strict=True)
            if found
        }

    def scan(self, path: Path) -> Scanned:
        """Look through one file: plain text, JSON Lines (all texts in it), either compressed with gzip.

        Raises:
            UsageError: It cannot be read.
        """
        digest, characters, broken = hashlib.sha256(), 0, [0]
        here: set[int] = set()
        try:
            with path.open("rb") as raw:
                stream: Any = _Hashing(raw, digest)
                if path.suffix == ".gz":
                    stream = gzip.GzipFile(fileobj=stream)
                name = path.name.removesuffix(".gz")
                documents = _lines(stream, broken) if name.endswith((".jsonl", ".ndjson")) else [_blocks(stream)]
                for blocks in documents:
                    characters += self._document(blocks, here)
        except (OSError, EOFError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            raise UsageError(
                f"{path} cannot be read ({why}).", "Nothing is known of it; mend or leave it out."
            ) from error
        return Scanned(
            name=path.name,
            digest=f"sha256:{digest.hexdigest()}",
            characters=characters,
            broken=broken[0],
            cases=len(here),
        )

    def _document(self, blocks: Iterable[str], here: set[int]) -> int:
        """One text in pieces; a piece ends between words. Returns its characters."""
        keep = max(self._hashes, default=1) - 1
        carried = np.empty(0, dtype=np.uint64)
        characters = 0
        look = self._vocabulary.get
        for block in blocks:
            characters += len(block)
            said = words(block)
            ids = np.fromiter(map(look, said, repeat(0)), dtype=np.uint64, count=len(said))
            ids = np.concatenate([carried, ids])
            for size, hashes in self._hashes.items():
                self._windows(ids, size, hashes, here)
            carried = ids[max(0, len(ids) - keep) :] if keep else ids[:0]
        return characters

    def _windows(self, ids: Hashes, size: int, hashes: Hashes, here: set[int]) -> None:
        if len(ids) < size:
            return
        known = np.concatenate([[0], np.cumsum(ids != 0)])
        at = np.flatnonzero(known[size:] - known[:-size] == size)  # windows of words that the suite has at all
        if len(at) == 0:
            return
        rolled = np.zeros(len(at), dtype=np.uint64)
        for step in range(size):
            rolled = rolled * _BASE + ids[at + step]
        place = np.minimum(np.searchsorted(hashes, rolled), len(hashes) - 1)
        for start in at[hashes[place] == rolled]:
            gram = tuple(int(one) for one in ids[start : start + size])
            for owner in self._owners.get(gram, ()):
                self._found[owner].add(gram)
                here.add(owner)


def words(text: str) -> list[str]:
    """Words in lower case, without what stands between them."""
    return _WORD.findall(text.casefold())


def _texts(case: Case) -> list[str]:
    return [*(message.content for message in case.messages), *case.follow_ups]


def _hash(gram: tuple[int, ...]) -> int:
    rolled = 0
    for one in gram:
        rolled = (rolled * int(_BASE) + one) & 0xFFFFFFFFFFFFFFFF
    return rolled


class _Hashing(io.RawIOBase):
    """Reads on, and keeps a digest of what was read."""

    def __init__(self, raw: IO[bytes], digest: Any) -> None:
        self._raw, self._digest = raw, digest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._raw.read(size)
        self._digest.update(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        data = self._raw.readline(-1 if size is None else size)
        self._digest.update(data)
        return data


def _blocks(stream: Any) -> Iterator[str]:
    """Pieces of a plain text, cut where a space is, unless there is none in a whole block."""
    rest = b""
    while data := stream.read(_BLOCK):
        data = rest + data
        cut = max(data.rfind(b" "), data.rfind(b"\n")) + 1
        if cut == 0 and len(data) < 2 * _BLOCK:
            rest = data
            continue
        cut = cut or len(data)
        yield data[:cut].decode("utf-8", "replace")
        rest = data[cut:]
    if rest:
        yield rest.decode("utf-8", "replace")


def _lines(stream: Any, broken: list[int]) -> Iterator[list[str]]:
    """The texts in each line of JSON, each a document of its own."""
    while line := stream.readline(_LONGEST_LINE):
        try:
            yield from ([text] for text in _strings(orjson.loads(line)))
        except (orjson.JSONDecodeError, RecursionError):
            broken[0] += bool(line.strip())
            yield [line.decode("utf-8", "replace")]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
