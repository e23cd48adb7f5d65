"""What a reading of a text is, and how one is made by replacing parts of another."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from trimtab.detect.signs import as_bytes, begins, digit_groups

Part = tuple[int, int, str]
"""Start and end of what is replaced in a text, and by what; parts of one view rise and do not overlap."""


class View:
    """A reading of a text, made of pieces of another view, `of`; the text itself has none. Never changed once made.

    Piece `i` begins at `cuts[i]` and was made of `of.text[froms[i]:tos[i]]`; where `tos[i]` is -1 it was copied,
    character by character, from `froms[i]` on. `raw` is the text as bytes (see `as_bytes`), `low` the same with ASCII
    letters in lower case, and `groups` say where groups of digits begin and end. `known` is for whoever looks at the
    views of one text, to remember what was judged; all of them share it, and it is gone with them.
    """

    # Not a frozen dataclass: making one takes several times as long, and one is made for every text.
    __slots__ = ("cuts", "froms", "groups", "known", "low", "name", "of", "raw", "text", "tos")

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
        if of is None:
            self.known: dict[Hashable, Any] = {}
            self.groups: list[tuple[int, int]] = digit_groups(self.raw)
        else:
            self.known = of.known

    def __getattr__(self, name: str) -> Any:
        # What is not set yet: of most readings nobody asks where all the digits are.
        if name != "groups":
            raise AttributeError(name)
        self.groups = digit_groups(self.raw)
        return self.groups

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, which must not be empty."""
        view = self
        while view.of is not None:
            start, end = view.made_of(start, end)
            view = view.of
        return start, end

    def made_of(self, start: int, end: int) -> tuple[int, int]:
        """The place in `of` of `text[start:end]`, which must not be empty."""
        cuts, froms, tos = self.cuts, self.froms, self.tos
        first = bisect_right(cuts, start) - 1
        last = bisect_right(cuts, end - 1, first) - 1
        low = froms[first] + (start - cuts[first] if tos[first] < 0 else 0)
        return low, froms[last] + end - cuts[last] if tos[last] < 0 else tos[last]


BEFORE, BEYOND = 512, 1_024
"""Characters before and after what was replaced that may be part of what is found there, or say what it is."""
APART = "\n\x00\n"
"""Stands between pieces that do not stand together: nothing goes on over it."""


def changed(view: View) -> View:
    """As much of a view as lies near what was replaced in it: the rest was looked at where it was taken from."""
    if view.of is None:
        return view
    spans = _around(view, BEFORE, BEYOND)
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


def _around(view: View, before: int, beyond: int) -> list[tuple[int, int]]:
    """The parts of a view within so many characters before and beyond anything replaced in it."""
    cuts, tos, size = view.cuts, view.tos, len(view.text)
    last = len(cuts) - 1
    spans: list[tuple[int, int]] = []
    piece = int(last >= 0 and tos[0] < 0 and not view.froms[0])  # the beginning, as it was
    while piece <= last:
        low = max(0, cuts[piece] - before)
        while True:
            upto = cuts[piece] if tos[piece] < 0 else (cuts[piece + 1] if piece < last else size)
            high = min(size, upto + beyond)
            # Where every sign was replaced, hardly any of them need be looked at.
            further = bisect_right(cuts, high + before) - 1
            if further == piece:
                break
            piece = further
        spans.append((low, high))
        piece += 1
    return spans


def is_new(view: View, start: int, end: int) -> bool:
    """Whether what was found in `text[start:end]` of a view holds, or soon follows, anything that is not as it was."""
    if view.of is None:
        return True
    end = min(end, start + _FOUND)
    low = max(0, start - _FOLLOWS)
    begin, upto = view.made_of(low, end)
    return view.text[low:end] != view.of.text[begin:upto]


_FOUND, _FOLLOWS = 320, 256
"""Characters of what is found, and before it, in which something must be new."""
ASIDE, AHEAD = 100, 320
"""Characters before a sign and after it within which what it announces begins, if it begins `CLOSE`."""
_BEHIND = 348  # characters that may stand between the name of a value and the value before it
CLOSE, APART_FROM_IT = 2, 1


def marks(view: View, near: View) -> bytes | None:
    """Of each place of `near`, which is what was `changed` in a view, whether a sign there may announce what `is_new`.

    It may at `CLOSE` places, and at those `APART_FROM_IT` if what it announces begins long before it. A sign anywhere
    else announces nothing but what was there before, and was looked at there. None where nearly all places are close.
    """
    close = _around(view, _FOUND + AHEAD, _FOLLOWS + ASIDE)
    if sum(high - low for low, high in close) * 8 > len(view.text) * 7:
        return None
    marked = bytearray(len(view.text) + 1)
    for spans, mark in ((_around(view, _FOUND + AHEAD, _FOLLOWS + _BEHIND), APART_FROM_IT), (close, CLOSE)):
        for low, high in spans:
            marked[low : high + 1] = bytes((mark,)) * (high + 1 - low)
    if near is view:
        return bytes(marked)
    uptos = [*near.cuts[1:], len(near.text)]
    parts = [
        marked[low : low + upto - cut - len(APART)] + bytes(len(APART))
        for cut, upto, low in zip(near.cuts, uptos, near.froms, strict=True)
    ]
    return b"".join((*parts, b"\0"))


def beside(view: View, near: View, before: int, beyond: int) -> list[tuple[int, int]]:
    """The parts of `near`, which is what was `changed` in a view, so close to anything replaced, by their places there.

    What looks at no more than so many characters around it sees elsewhere what it saw where the view was taken from.
    """
    spans = _around(view, before, beyond)
    if near is view:
        return spans
    cuts, froms = near.cuts, near.froms
    moved = [cuts[piece] - froms[piece] for low, _ in spans for piece in (bisect_right(froms, low) - 1,)]
    return [(low + by, high + by) for (low, high), by in zip(spans, moved, strict=True)]


def ends_alike(view: View) -> bool:
    """Whether nothing was taken away from the end of a reading, which leaves nothing to lie `beside`."""
    if view.of is None or not view.cuts:
        return view.of is None or not view.of.text
    start, end = view.cuts[-1], len(view.text)
    return (view.froms[-1] + end - start if view.tos[-1] < 0 else view.tos[-1]) == len(view.of.text)


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
    found: list[int] = []
    many = 0
    for literal in literals:
        here = begins(low, literal.encode("latin-1"))
        many += bool(here)
        found += here
    return sorted(set(found)) if many > 1 else found


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
