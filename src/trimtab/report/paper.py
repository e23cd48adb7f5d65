"""A report as it is before it is drawn: one model, which HTML, Markdown and PDF are made from.

Whoever makes a report says each sentence once, here. What a reader must be able to tell apart (evidence, a statement,
a gap) is a kind of its own, so that no way of drawing can blur it. Text is as people wrote it; who draws escapes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.model import Verdict
from trimtab.report.markup import Markup

Look = Literal["", "strong", "soft", "code", "name", "rows", "late", "big", "band"]
"""How a few words look: `name` is an id, `rows` where something stands in the ledger, `late` what is overdue."""

Width = Literal["full", "half", "third"]

LONGEST = 4_000
"""Code points of one text that are shown: what people write for a report is read whole."""


@dataclass(frozen=True, slots=True)
class Word:
    """A few words that look alike."""

    text: str
    look: Look = ""


Words = tuple[Word, ...]


def words(*parts: str | Word) -> Words:
    """Plain text and marked words in one line; empty texts are left out."""
    made = [Word(part) if isinstance(part, str) else part for part in parts]
    return tuple(one for one in made if one.text)


def ticked(text: str) -> Words:
    """A sentence of ours, in which what stands in backticks is code. Never of what people wrote: they may write any."""
    return words(*[Word(piece, "code" if n % 2 else "") for n, piece in enumerate(text.split("`"))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph; `about` explains, `late` is something that should have been done."""

    words: Words
    tone: Literal["", "about", "late", "big"] = ""
    verdict: Verdict | None = None  # stands at its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list, a verdict before it if there is one."""

    words: Words
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list. Lines of `evidence` each rest on rows of the ledger, and are marked so."""

    lines: tuple[Line, ...]
    evidence: bool = False
    columns: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody says and no evidence shows."""

    text: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is missing, and what fills it: a command, if there is one."""

    why: str
    fill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A column's heading. `share` of the width, against the other columns; 0 for as wide as it needs."""

    title: str
    number: bool = False
    share: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a table: words, words below them, a verdict, or a drawing with the words that say the same."""

    words: Words = ()
    beneath: str = ""
    verdict: Verdict | None = None
    reason: str = ""  # of the verdict
    drawn: Markup | None = None
    said: str = ""  # of the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of a row names it. Columns of drawings, and the `key` to them, are left out of text."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    key: str = ""  # how to read the drawings
    plots: frozenset[int] = frozenset()  # columns that hold drawings


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Names and their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A heading within a section."""

    text: str


Block = Text | Items | Statement | Gap | Table | Pairs | Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report. `width` counts on a page of panels only."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    width: Width = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole report.

    `heading` is what it is called and `title` what is said on top of it, which is the same in most. `origin` says
    from what it was made, `about` how to read it. `panels` are laid out side by side, on one page of paper.
    """

    heading: str
    organisation: str
    kind: str
    asof: int  # microseconds since the epoch, UTC
    origin: Words
    sections: tuple[Section, ...]
    title: str = ""
    lede: str = ""
    about: Words = ()
    facts: tuple[tuple[str, str], ...] = ()
    panels: bool = False
    language: str = "en"


def cell(text: str, look: Look = "") -> Cell:
    """A cell with one text."""
    return Cell(words=words(Word(text, look)))


def lines(texts: Iterable[str]) -> tuple[Line, ...]:
    """Lines of plain text."""
    return tuple(Line(words=words(text)) for text in texts)
