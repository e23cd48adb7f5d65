"""What a reading of a text is, and how one is made by replacing parts of another."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from trimtab.detect.signs import as_bytes, digit_groups

Part = tuple[int, int, str]
"""Start and end of what is replaced in a text, and by what; parts of one view rise and do not overlap."""


class View:
    """A reading of a text, made of pieces of another view, `of`; the text itself has none. Never changed once made.

    Piece `i` begins at `cuts[i]` and was made of `of.text[froms[i]:tos[i]]`; where `tos[i]` is -1 it was copied,
    character by character, from `froms[i]` on. `raw` is the text as bytes (see `as_bytes`), `low` the same with ASCII
    letters in lower case, and `groups` say where groups of digits begin and end.
    """

    # Not a frozen dataclass: making one takes several times as long, and one is made for every text.
    __slots__ = ("cuts", "froms", "groups", "low", "name", "of", "raw", "text", "tos")

    def __init__(  # noqa: PLR0917 - its fields
        self,
        name: str,
        text: str,
        of: "View | None" = None,
        cuts: Sequence[int] = (),
        froms: Sequence[int] = (),
        tos: Sequence[int] = (),
    ) -> None:
        self.name, self.text, self.of = name, text, of
        self.cuts, self.froms, self.tos = cuts, froms, tos
        self.raw = as_bytes(text)
        self.low = self.raw.lower()
        self.groups = digit_groups(self.raw)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, which must not be empty."""
        if self.of is None:
            return start, end
        return self.of.span(*self.made_of(start, end))

    def made_of(self, start: int, end: int) -> tuple[int, int]:
        """The place in `of` of `text[start:end]`, which must not be empty."""
        first, last = bisect_right(self.cuts, start) - 1, bisect_right(self.cuts, end - 1) - 1
        low = self.froms[first] + (start - self.cuts[first] if self.tos[first] < 0 else 0)
        return low, self.froms[last] + end - self.cuts[last] if self.tos[last] < 0 else self.tos[last]


BEFORE, BEYOND = 512, 1_024
"""Characters before and after what was replaced that may be part of what is found there, or say what it is."""
APART = "\n\x00\n"
"""Stands between pieces that do not stand together: nothing goes on over it."""


def changed(view: View) -> View:
    """As much of a view as lies near what was replaced in it: the rest was looked at where it was taken from."""
    if view.of is None:
        return view
    spans: list[tuple[int, int]] = []
    last = len(view.cuts) - 1
    for piece, (cut, to) in enumerate(zip(view.cuts, view.tos, strict=True)):
        if to < 0 and not piece and not view.froms[0]:
            continue  # the beginning, as it was
        upto = cut if to < 0 else (view.cuts[piece + 1] if piece < last else len(view.text))
        low, high = max(0, cut - BEFORE), min(len(view.text), upto + BEYOND)
        if spans and low <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(high, spans[-1][1])
        else:
            spans.append((low, high))
    if not spans or sum(high - low for low, high in spans) * 4 > len(view.text) * 3:
        return view
    pieces: list[str] = []
    cuts: list[int] = []
    froms: list[int] = []
    size = 0
    for low, high in spans:
        pieces += (view.text[low:high], APART)
        cuts.append(size)
        froms.append(low)
        size += high - low + len(APART)
    return View(view.name, "".join(pieces), view, cuts, froms, [-1] * len(cuts))


def is_new(view: View, start: int, end: int) -> bool:
    """Whether `text[start:end]` of a view holds, or soon follows, anything that is not as it was."""
    if view.of is None:
        return True
    low = max(0, start - BEFORE // 2)
    begin, upto = view.made_of(low, end)
    return view.text[low:end] != view.of.text[begin:upto]


def replaced(view: View, name: str, parts: Iterable[Part]) -> View | None:
    """The view with every part replaced; None when there is none."""
    pieces: list[str] = []
    cuts: list[int] = []
    froms: list[int] = []
    tos: list[int] = []
    size = at = 0
    text = view.text
    for start, end, new in parts:
        if at < start:
            pieces.append(text[at:start])
            cuts.append(size)
            froms.append(at)
            tos.append(-1)
            size += start - at
        if new:
            pieces.append(new)
            cuts.append(size)
            froms.append(start)
            tos.append(end)
            size += len(new)
        at = end
    if not at:
        return None
    if at < len(view.text):
        pieces.append(view.text[at:])
        cuts.append(size)
        froms.append(at)
        tos.append(-1)
    return View(name, "".join(pieces), view, cuts, froms, tos)


def places(low: bytes, literals: Iterable[str]) -> list[int]:
    """Where any of the literals begin, rising."""
    found: set[int] = set()
    for literal in literals:
        sought = literal.encode("latin-1")
        at = low.find(sought)
        while at >= 0:
            found.add(at)
            at = low.find(sought, at + 1)
    return sorted(found)


WINDOW = 64
"""Characters on either side of a sign within which an address or a number stands."""


def mask_of(**classes: bytes) -> bytes:
    """A table that turns the bytes of each class into the one letter that it is named by, all others into dots."""
    table = bytearray(b"." * 256)
    for letter, members in classes.items():
        for member in members:
            table[member] = ord(letter)
    return bytes(table)


NUMERALS = b"0123456789"
LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
