"""Which of many signs a text shows, in one pass.

Nearly every text shows none of the signs of nearly every problem, so what decides the time of a detector is how
quickly it can say so. Hyperscan looks for all literals at once; where it is not installed, each is looked for with
`in`. Both look at the same bytes, so the answer is the same.
"""

import re
import threading
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, compress, islice
from typing import Any, cast

from trimtab._optional import need
from trimtab.errors import MissingPackageError


def as_bytes(text: str) -> bytes:
    """One byte for each character, so that places agree: Latin-1, and a question mark for everything beyond.

    Literals in ASCII are found in these bytes exactly where they are in the text.
    """
    return text.encode("latin-1", "replace")


_GROUP = re.compile(b"\1\1*")
_DIGITS = bytes(0x30 <= code <= 0x39 for code in range(256))
_LONG, _FULL = 2_000, 8


def digit_groups(raw: bytes) -> list[tuple[int, int]]:
    """Where groups of ASCII digits begin and end."""
    digits = raw.translate(_DIGITS)
    if len(raw) > _LONG and digits.count(1) * _FULL > len(raw):
        # So many are told apart at once: beginnings and ends are where a byte is not as the one before it.
        size = len(digits) + 1
        other = int.from_bytes(digits + b"\0", "big") ^ int.from_bytes(b"\0" + digits, "big")
        places = compress(range(size), other.to_bytes(size, "big"))
        return list(zip(places, places, strict=True))
    # Of one byte that begins it, which is far quicker to search for than a class of them.
    return list(map(re.Match.span, _GROUP.finditer(digits)))


class Signs:
    """A fixed list of literals of printable ASCII, each counting in any case or only as written (`exact`)."""

    def __init__(self, literals: Sequence[str], *, exact: Sequence[bool] = (), hyperscan: bool = True) -> None:
        self._exact = tuple(exact) or (False,) * len(literals)
        self._literals = tuple(
            literal.encode("ascii") if exactly else literal.lower().encode("ascii")
            for literal, exactly in zip(literals, self._exact, strict=True)
        )
        self._sizes = [len(literal) for literal in self._literals]
        self._allowed = hyperscan and bool(literals)  # it makes nothing of nothing
        self._local = threading.local()  # one scratch space for each thread, in each database

    def of(self, raw: bytes, low: bytes) -> list[int]:
        """Numbers of the literals shown, rising. `raw` is `as_bytes(text)`, and `low` is `raw.lower()`."""
        if self._allowed:
            database = getattr(self._local, "once", None) or self._made("once")
            if database is not None:
                shown: list[int] = []

                def seen(number: int, _from: int, _end: int, _flags: int, _context: object) -> None:
                    shown.append(number)

                database.scan(raw, match_event_handler=seen)
                shown.sort()
                return shown
        return [
            number
            for number, (literal, exactly) in enumerate(zip(self._literals, self._exact, strict=True))
            if literal in (raw if exactly else low)
        ]

    def places(self, raw: bytes, low: bytes, shown: Sequence[int]) -> dict[int, list[int]]:
        """Where each of the literals that are `shown`, as `of` has it, begins, rising; they may overlap."""
        if self._allowed and len(shown) > _MANY:
            database = getattr(self._local, "every", None) or self._made("every")
            if database is not None:
                found: dict[int, list[int]] = {number: [] for number in range(len(self._literals))}
                sizes = self._sizes

                def seen(number: int, _from: int, end: int, _flags: int, _context: object) -> None:
                    found[number].append(end - sizes[number])

                database.scan(raw, match_event_handler=seen)
                return {number: found[number] for number in shown}
        return {number: begins(raw if self._exact[number] else low, self._literals[number]) for number in shown}

    def _made(self, kind: str) -> Any:
        try:
            library: Any = need("hyperscan", extra="guard")
        except MissingPackageError:
            self._allowed = False
            return None
        database = library.Database()
        flag = library.HS_FLAG_SINGLEMATCH if kind == "once" else 0
        # As literals, not as expressions: that compiles ten times as quickly.
        database.compile(
            expressions=list(self._literals),
            ids=list(range(len(self._literals))),
            flags=[flag if exactly else flag | library.HS_FLAG_CASELESS for exactly in self._exact],
            literal=True,
        )
        setattr(self._local, kind, database)
        return database


_FEW = 16
_MANY = 64
"""Literals from which on one pass that stops at every one of them is quicker than a search for each."""


def _overlaps(literal: bytes) -> bool:
    """Whether one may begin within another."""
    return any(literal.startswith(literal[at:]) for at in range(1, len(literal)))


def begins(haystack: bytes, literal: bytes) -> list[int]:
    """Where a literal begins, each place after the other, also within the one before."""
    found: list[int] = []
    at = haystack.find(literal)
    while at >= 0:
        found.append(at)
        if len(found) == _FEW and not _overlaps(literal):
            # Where the others are, the sizes of what lies between them say, all told at once.
            size = len(literal)
            gaps = map(size.__add__, map(len, haystack[at + size :].split(literal)[:-1]))
            found += map((-size).__add__, islice(accumulate(gaps, initial=at + size), 1, None))
            break
        at = haystack.find(literal, at + 1)
    return found


class _Later:
    """A regular expression that is compiled when it is first used."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = pattern, flags

    @cached_property
    def _compiled(self) -> "re.Pattern[str]":
        return re.compile(*self._source)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._compiled, name)
        self.__dict__[name] = found  # the next use costs nothing more
        return found


def later(pattern: str, flags: int = 0) -> "re.Pattern[str]":
    """As `re.compile`, at the first use: compiling what no text asks for would be most of the time to get ready."""
    return cast("re.Pattern[str]", _Later(pattern, int(flags)))
