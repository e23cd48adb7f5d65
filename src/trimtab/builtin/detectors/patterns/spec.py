"""What a pattern is: a shape that is cheap to find, and a judge that says whether a candidate is one."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

Judged = tuple[int, int, float]
"""Start and end of what to report, and the confidence in it."""

Seen = tuple[int, int, float, str]
"""The same with its label."""

Single = Callable[[str, int, int], Judged | None]
"""A judge of candidates that announce one thing at most."""

Several = Callable[[str, int, int], list[Judged] | None]
"""A judge of candidates that announce one thing or more of the same kind."""

Judge = Callable[[str, int, int], Judged | list[Judged] | None]
"""Looks at a candidate `text[start:end]` with what stands around it; None if it is none, a list if it announces several."""

Known = dict[Hashable, Any]
"""What was judged of the values of a text, as long as it is looked at; never more than that, since they may be secrets."""

Reader = Callable[[str, Iterable[tuple[int, int]], Known], Iterable[Judged]]
"""Looks at all candidates of a text in their order, as a judge looks at one, where many share what they announce."""


def as_found(_text: str, start: int, end: int) -> Judged | None:
    """The judge of a shape that says enough by itself."""
    return start, end, 1.0


def alone(text: str, start: int, end: int) -> bool:
    """Whether a candidate begins and ends where a word does."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or before == "_") and not (after.isalnum() or after == "_")


def word(text: str, start: int, end: int) -> Judged | None:
    """The judge of a shape that says enough where it stands alone."""
    return (start, end, 0.9) if alone(text, start, end) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One shape.

    `shape` is a regular expression in the syntax that `re` and Hyperscan share: no look-around, no
    back-references, every repetition bounded. Where the beginning or end of a word matters, the judge looks.
    `anchors` are lower-case literals, spelled out in the shape where case matters, of which every match contains at least one in any case; with `begins`, every
    match begins with one (and none of them is beyond ASCII). Without any, matches begin at a word that mixes digits with letters or colons.
    `needs_digit` says that a text without a decimal digit cannot hold one, and `digit_near`, with `begins`, that one stands
    so many characters from where a match begins (0: anywhere). What is found begins `close`, no more than `ASIDE` characters before
    where a match begins and `AHEAD` after it; or `apart` from it: as far before a name in quotes as well.
    A `reader` is asked in place of the judge. The judge must take time linear in the candidate and may look at no more
    than a few hundred characters around it; without anchors at no more than thirty before it, unless
    it is too unsure to be told of a disguise.
    """

    label: str
    shape: str
    anchors: tuple[str, ...] = ()
    judge: Judge = as_found
    reader: Reader | None = None
    ignore_case: bool = False
    needs_digit: bool = False
    begins: bool = False
    digit_near: int = 0
    close: bool = False
    apart: bool = False
