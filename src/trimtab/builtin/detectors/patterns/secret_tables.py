"""Credentials in the columns of a table: a line of names with one of a secret among them, and the lines below it."""

import re

from trimtab.builtin.detectors.patterns.secret_names import kind_of
from trimtab.builtin.detectors.patterns.secret_places import either, wide
from trimtab.builtin.detectors.patterns.secret_values import like_key, like_password
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_NAMES = ("password", "passwort", "passwd", "pwd", "secret", "token", "api_key", "apikey", "api key")
_NAME = rf"[\"'`* ]{{0,3}}(?:[A-Za-z]{{1,12}}[_ -])?(?:{either(_NAMES)})[\"'`* ]{{0,3}}"
_BEFORE = later(r"(?:\A|[\n,;|\t])[\"'`* ]{0,3}(?:[A-Za-z]{1,12}[_ -])?\Z")
_AFTER = later(r"[\"'`* ]{0,3}(?:[,;|\t\r\n])")
_ANOTHER = later(rf"(?i:(?:\A|[,;|\t]){_NAME}(?:[,;|\t]|\Z))")
_WORDS = later(r"[^\W\d][\w .()/-]{0,29}")
_RULE = later(r"[-|:=+ \t]{3,}\r?")
_CELLS = {
    sign: later(rf"[ ]*(?:\"((?:[^\"]|\"\")*)\"|'([^']*)'|`([^`]*)`|([^{sign}]*?))[ \r]*(?:{sign}|\Z)") for sign in ("\t", "\\|", ";", ",")
}  # fmt: skip
_FAR = 3_000  # characters after a header that its names are remembered
_LONGEST_LINE = 400


def _below(text: str, start: int, end: int) -> list[Judged]:
    """What stands under the names of secrets in a header, which is looked at from the first of them."""
    end -= 1  # before the sign that ends the cell, or its quote
    if not _AFTER.match(text, end) or not _BEFORE.search(text[max(0, start - 20) : start]):
        return []
    low = text.rfind("\n", max(0, start - _LONGEST_LINE), start) + 1
    high = text.find("\n", end, end + _LONGEST_LINE)
    if high < 0 or (not low and start > _LONGEST_LINE):
        return []
    header = text[low:high]
    sign = next((sign for sign in _CELLS if sign[-1] in header), None)
    if sign is None or (first := _ANOTHER.search(header)) is None or low + first.end() < start:
        return []
    names = [next(filter(None, cell.groups()), "").strip("*") for cell in _cells(header, sign)]
    if not all(map(_WORDS.fullmatch, filter(None, names))):
        return []
    kinds = [kind_of(name.replace(" ", "_")) for name in names]
    wanted = {place: kind for place, kind in enumerate(kinds) if kind in {"password", "token"}}
    found: list[Judged] = []
    at = high + 1
    while wanted and at - high < _FAR:
        upto = text.find("\n", at, at + _LONGEST_LINE)
        upto = upto if upto >= 0 else min(len(text), at + _LONGEST_LINE)
        line = text[at:upto]
        if not _RULE.fullmatch(line):
            cells = _cells(line, sign)
            if len(cells) != len(names) or _ANOTHER.search(line):
                break
            for place, kind in wanted.items():
                group = cells[place].lastindex or 4
                value = cells[place][group]
                sure = (
                    like_password(value, quoted=True, told=True, literal=False)
                    if kind == "password"
                    else like_key(value, least=8, weak=False)
                )
                if sure:
                    found.append((at + cells[place].start(group), at + cells[place].end(group), sure))
        at = upto + 1
    return found


def _cells(line: str, sign: str) -> list[re.Match[str]]:
    cells: list[re.Match[str]] = []
    at = 0
    while at <= len(line) and (cell := _CELLS[sign].match(line, at)):
        cells.append(cell)
        if cell.end() == len(line):
            break
        at = cell.end()
    return cells


_ENDS = (",", ";", "|", "\t", "\r", "\n", " |", '"', "'", "`", "*")
TABLES: tuple[Pattern, ...] = (
    # With what ends a cell, since the names alone stand everywhere.
    wide(
        "password",
        rf"(?:{either(_NAMES)})(?:{either(_ENDS)})",
        tuple(f"{name}{end}" for name in _NAMES for end in _ENDS),
        _below,
    ),
)
