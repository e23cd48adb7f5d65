"""Reads tables in CSV, TSV and Markdown: the cells of a line, and the rows under a head that names its columns.

A row far below its head is told by it as one right below; a table is read until rows of another form begin.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from trimtab.builtin.detectors.patterns.spec import Known
from trimtab.detect.signs import later

LONGEST_LINE = 500
_FAR = 3_500
"""Characters from the beginning of a head to the end of the last row that it speaks of; within what `patterns` declares."""
_MOST_COLUMNS = 60
_MOST_MISFITS = 3  # cells of a column in other forms, after which its head is another or none
_PARTERS = "\t;|,"
_QUOTED = later(r'"[^"\n]*"')
_RULE = frozenset("|:- ")
_DRESS = " \r\"'`*"
_MARKUP = f"{_DRESS}\t_#"


class Head(NamedTuple):
    """The line of a text that names the columns of a table, where the first that is spoken of stands, and how many are."""

    start: int
    end: int
    parter: str
    column: int
    columns: int
    width: int
    cell: tuple[int, int]


class Tables:
    """The lines of one text, each parted once however many columns and heads ask for it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._heads: dict[int, tuple[int, str, list[tuple[int, int]], list[str]] | None] = {}
        self._rows: dict[tuple[int, str], tuple[int, list[tuple[int, int]]]] = {}

    def head_at(self, at: int, *named: Callable[[str], bool]) -> Head | None:
        """The head of which a place is in the first of columns side by side that are each `named` so, in small letters."""
        text = self._text
        low = text.rfind("\n", max(0, at - LONGEST_LINE), at) + 1
        if not low and at >= LONGEST_LINE:
            return None
        line = self._heads.get(low, ())
        if line == ():
            line = self._heads[low] = self._names(low)
        if not line:
            return None
        end, parter, row, names = line
        column = bisect_right(row, (at, LONGEST_LINE + at)) - 1
        beside = names[column : column + len(named)]
        if len(beside) < len(named) or not all(says(name) for says, name in zip(named, beside, strict=True)):
            return None
        first, last = row[column][0], row[column + len(named) - 1][1]
        return Head(low, end, parter, column, len(names), len(named), (first, last))

    def under(self, head: Head, form: "re.Pattern[str]") -> Iterator[tuple[int, int]]:
        """What stands in the columns of a head, row by row, where it has a form."""
        text, first, last = self._text, head.column, head.column + head.width - 1
        at, misfits, title = head.end, 0, text[slice(*head.cell)]
        while (low := at + 1) < len(text) and misfits < _MOST_MISFITS:
            at, row = self._rows.get((low, head.parter)) or self._row(low, head.parter)
            if at - head.start > _FAR or len(row) != head.columns:
                return
            begin, end = row[first][0], row[last][1]
            if begin == end:
                continue
            cell = text[begin:end]
            value = cell.strip(_DRESS)
            begin += cell.find(value)
            if form.fullmatch(value):
                yield begin, begin + len(value)
            elif cell == title:
                return  # the head of another table
            elif not _RULE.issuperset(cell):
                misfits += 1

    def _names(self, low: int) -> tuple[int, str, list[tuple[int, int]], list[str]] | None:
        """Of a line that another follows: its end, what parts it, its cells and what they say; None if nothing does."""
        text = self._text
        end = text.find("\n", low, low + LONGEST_LINE)
        parter = next((sign for sign in _PARTERS if text.find(sign, low, end) >= 0), "") if end >= 0 else ""
        if not parter:
            return None
        row = cells(text, low, end, parter)
        if not 1 < len(row) <= _MOST_COLUMNS:
            return None
        return end, parter, row, [text[slice(*cell)].strip(_MARKUP).lower() for cell in row]

    def _row(self, low: int, parter: str) -> tuple[int, list[tuple[int, int]]]:
        end = self._text.find("\n", low, low + LONGEST_LINE)
        if end < 0:
            end = min(len(self._text), low + LONGEST_LINE)
        found = self._rows[low, parter] = end, cells(self._text, low, end, parter)
        return found


def tables(text: str, known: Known) -> Tables:
    """The tables of a text, made once; kept among what is known, which readings of the text share, by the reading."""
    found: Tables | None = known.get((Tables, text))
    if found is None:
        found = known[Tables, text] = Tables(text)
    return found


def cells(text: str, low: int, high: int, parter: str) -> list[tuple[int, int]]:
    """Where the cells of a line begin and end; signs within quotes part none."""
    line = text[low:high]
    if '"' in line:
        line = _QUOTED.sub(lambda found: "x" * len(found[0]), line)
    at, found = low, []
    for cell in line.split(parter, _MOST_COLUMNS + 1):
        found.append((at, at + len(cell)))
        at += len(cell) + 1
    return found
