"""Reads tables in CSV, TSV, Markdown and SQL: the cells of a line, and the rows under a head that names its columns.

A row far below its head is told by it as one right below; a table is read until rows of another form begin. In SQL the
head stands between parentheses, as do the rows: `insert into t (id, dob) values (1, '1980-05-03')`.
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
_DRESS = frozenset("\"'`*")
_MARKUP = " \r\"'`*\t_#"
_NOTHING = frozenset({"null", "none", "n/a"})
_SQL = "("
"""What parts no cells: the sign by which rows between parentheses are told from those that are lines."""
_INTO = later(
    r"(?:insert(?: ignore)?|replace) {1,4}into {1,4}[^\s()]{1,80}\s{0,4}\Z|copy {1,4}[^\s()]{1,80} {0,4}\Z",
    re.IGNORECASE,
)
_INTO_REACH = 120
_VALUES = later(
    r"\s{0,8}(?:overriding \w{4,6} value\s{1,8})?values?(?=\s{0,8}\()|(?P<lines> {1,4}from {1,4}stdin[^\n]{0,80}(?=\n))",
    re.IGNORECASE,
)
_OPENS = later(r"\s{0,12},?\s{0,12}\(")
_PARTS = later(r"'(?:[^'\\]|\\.|'')*+'|[(),]", re.DOTALL)
_NAMES_OF_SQL = f"{_MARKUP}\n[]"


_Line = tuple[int, str, list[tuple[int, int]], list[str]]
"""Of the names of columns: where they end, what parts the rows below, their cells, and what these say."""


class Head(NamedTuple):
    """The line of a text that names the columns of a table, where the first that is spoken of stands, and how many are."""

    start: int
    end: int
    parter: str
    column: int
    columns: int
    width: int
    cell: tuple[int, int]
    names: list[str]


class Tables:
    """The lines of one text, each parted once however many columns and heads ask for it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._heads: dict[int, _Line | None] = {}
        self._lists: dict[int, _Line | None] = {}
        self._rows: dict[tuple[int, str], tuple[int, list[tuple[int, int]]]] = {}

    def head_at(self, at: int, *named: Callable[[str], bool]) -> Head | None:
        """The head of which a place is in the first of columns side by side that are each `named` so, in small letters."""
        low, line = self._list_at(at)
        if line is None:
            low = self._text.rfind("\n", max(0, at - LONGEST_LINE), at) + 1
            if not low and at >= LONGEST_LINE:
                return None
            if low not in self._heads:
                self._heads[low] = self._names(low)
            line = self._heads[low]
        if not line:
            return None
        end, parter, row, names = line
        column = bisect_right(row, (at, LONGEST_LINE + at)) - 1
        beside = names[column : column + len(named)]
        if len(beside) < len(named) or not all(says(name) for says, name in zip(named, beside, strict=True)):
            return None
        first, last = row[column][0], row[column + len(named) - 1][1]
        return Head(low, end, parter, column, len(names), len(named), (first, last), names)

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
            if cell == title:
                return  # the head of another table
            value = cell.strip()
            if value.lower() in _NOTHING:
                continue
            while len(value) > 1 and value[0] == value[-1] and value[0] in _DRESS:
                value = value[1:-1].strip(" ")
            begin += cell.find(value)
            if form.fullmatch(value):
                yield begin, begin + len(value)
            elif not _RULE.issuperset(cell):
                misfits += 1

    def _names(self, low: int) -> _Line | None:
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

    def _list_at(self, at: int) -> tuple[int, _Line | None]:
        """Where the list of columns of an `insert into` begins that holds a place, and as `_names` what it says."""
        low = self._text.rfind("(", max(0, at - LONGEST_LINE), at)
        if low < 0:
            return low, None
        if low not in self._lists:
            self._lists[low] = self._listed(low)
        line = self._lists[low]
        return low, line if line and at < line[0] else None

    def _listed(self, low: int) -> _Line | None:
        text = self._text
        end = text.find(")", low, low + LONGEST_LINE)
        if end < 0 or not _INTO.search(text, max(0, low - _INTO_REACH), low):
            return None
        values, row = _VALUES.match(text, end + 1), cells(text, low + 1, end, ",")
        if not values or not 1 < len(row) <= _MOST_COLUMNS:
            return None
        names = [text[slice(*cell)].strip(_NAMES_OF_SQL).lower() for cell in row]
        return (values.end(), "\t", row, names) if values["lines"] else (values.end() - 1, _SQL, row, names)

    def _in_parentheses(self, low: int) -> tuple[int, list[tuple[int, int]]]:
        """Where the next row of values ends, and its cells; none where no row follows at once."""
        opened = _OPENS.match(self._text, low)
        found: list[tuple[int, int]] = []
        if not opened:
            return low, found
        at, depth = opened.end(), 1
        for part in _PARTS.finditer(self._text, at, at + LONGEST_LINE):
            sign = part.group()
            depth += (sign == "(") - (sign == ")")
            if depth == 0 or (sign == "," and depth == 1):
                found.append((at, part.start()))
                at = part.end()
            if depth == 0:
                return part.start(), found
        return low, []

    def _row(self, low: int, parter: str) -> tuple[int, list[tuple[int, int]]]:
        if parter == _SQL:
            between = self._rows[low, parter] = self._in_parentheses(low)
            return between
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
