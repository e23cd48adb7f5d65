"""Where a value begins and ends among the escapes of JSON: never within one, or masking it would break the rest."""

import re

from trimtab.detect.signs import later

_LONGEST = 1_024  # backslashes in a row that are counted
_ESCAPE = later(r'u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[nrtbf"/]')
_LONGEST_ESCAPE = 11  # characters behind its backslash
_QUOTES = frozenset('"/')
_LETTER = re.compile(r"[^\W_]")


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    r"""The place of a value without the part of an escape that stands at its border, or with all of it.

    In `Contact:\nana@example.org` the letter behind the backslash belongs to the line break, though an address may
    begin with it. An escape that stands for a letter or a digit belongs to the value. Where several backslashes leave
    open whether there is an escape (JSON within JSON), all of them are taken in: that hides too much rather than too
    little, and breaks nothing.
    """
    near = text[max(0, start - _LONGEST_ESCAPE) : start], text[max(0, end - _LONGEST_ESCAPE) : end]
    if "\\" not in near[0] and "\\" not in near[1]:
        return start, end
    first, last = start, end
    if cut := _across(text, start):
        low, high, sure = cut
        first = high if sure and high < end and not _stands_for_letter(text[low:high]) else low
    if cut := _across(text, end):
        low, high, sure = cut
        last = low if sure and low > first and not _stands_for_letter(text[low:high]) else high
    return first, last


def _across(text: str, place: int) -> tuple[int, int, bool] | None:
    """The escape that stands across a place, and whether it is surely one; None if none does."""
    if not 0 < place < len(text):
        return None
    for at in range(place, max(0, place - _LONGEST_ESCAPE), -1):
        if text[at - 1] != "\\":
            continue
        begin = _run(text, at)
        odd = (at - begin) % 2 == 1
        if at == place and text[at] == "\\" and odd:
            return at - 1, at + 1, True  # a backslash that is escaped
        escape = _ESCAPE.match(text, at)
        if escape and not odd and escape.group() in _QUOTES:
            return None  # JSON within JSON never writes them so: it is the end of a string
        if escape and at <= place < escape.end():
            return at - 1 if odd else begin, escape.end(), odd
        if escape is None or escape.end() <= place:
            return None
    return None


def _run(text: str, end: int) -> int:
    """Where the backslashes begin that end there."""
    begin = end - 1
    while begin > 0 and text[begin - 1] == "\\" and end - begin < _LONGEST:
        begin -= 1
    return begin


def _stands_for_letter(escape: str) -> bool:
    """Whether an escape stands for a letter or a digit, or for half of a sign."""
    if escape[1] != "u":
        return False
    code = int(escape[2:6], 16)
    return 0xD800 <= code < 0xE000 or _LETTER.match(chr(code)) is not None
