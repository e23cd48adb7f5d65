"""What a pattern is: a shape that is cheap to find, and a judge that says whether a candidate is one."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from trimtab.detect.signs import later

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


SPACELESS = (
    "[\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Letters of scripts that set no spaces between words, or none between a word and a number."""
_SPACELESS = later(SPACELESS)


def joins(char: str) -> bool:
    """Whether a letter or digit goes on with what stands right beside it.

    Those of scripts that part no words (Chinese, Japanese, Korean, Thai), or write particles right behind a number
    (Hindi), do not: `電話番号は090-5550-1234です` holds a number that stands alone.
    """
    return (char < "\u0900" or not _SPACELESS.match(char)) and char.isalnum()


def alone(text: str, start: int, end: int) -> bool:
    """Whether a candidate begins and ends where a word does."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (
        (before.isalnum() and joins(before)) or before == "_" or (after.isalnum() and joins(after)) or after == "_"
    )


def stressed(text: str, start: int, end: int) -> bool:
    """Whether what has underscores on both sides has them as Markdown for italics or bold, and is no part of a name."""
    low, high = start, end
    while low and start - low < _MOST_STRESS and text[low - 1] == "_":
        low -= 1
    while high < len(text) and high - end < _MOST_STRESS and text[high] == "_":
        high += 1
    return not (text[max(0, low - 1) : low].isalnum() or text[high : high + 1].isalnum() or high - end != start - low)


_MOST_STRESS = 3


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
