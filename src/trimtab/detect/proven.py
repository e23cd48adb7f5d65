"""A reading of cards and account numbers that prove themselves by check digits, however their groups are set apart.

A number in cells, in a list, in columns or over line ends is hardly ever meant as one, and what stands in cells and
columns is mostly measured. So check digits alone do not count: a card must have an issuer, the length that it gives its
cards and groups of four, and stand alone; of an account number its country says which signs stand where.
"""

import re
from collections.abc import Iterator

from trimtab.detect.reading import LETTERS, NUMERALS, Part, View, replaced
from trimtab.detect.signs import later
from trimtab.detect.turned_numbers import COUNTRIES

LEAST_PROVEN = 13
"""Digits of the shortest number that is read so."""

_ISSUED = later(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|(?:50|5[6-8]|6\d)\d{14}(?:\d{3})?|220[0-4]\d{12}"
)
_EVEN = str.maketrans("0123456789", "0246813579")
SAYS_CARD = later(
    r"(?<![^\W\d_])(?:cards?|visa|mastercard|amex|tarjetas?|\w{0,6}karten?\w{0,6}|carte|carta|pan|cc)(?![^\W\d_])"
)
"""A word, in lower case, that announces the number of a card."""


def _right(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1, annex B."""
    return sum(map(int, digits[-1::-2] + digits[-2::-2].translate(_EVEN))) % 10 == 0


def is_card(digits: str) -> bool:
    """Whether they are those of a card: an issuer, the length of its cards, the check digit, and several digits."""
    return _ISSUED.fullmatch(digits) is not None and _right(digits) and len(set(digits)) > 1


def proven(view: View) -> View | None:
    """Numbers that prove themselves, each without what sets its groups apart."""
    mask = view.raw.translate(_CLASSES)
    if mask.count(b"0") < LEAST_PROVEN:
        return None
    found = list(_accounts(view)) if _ACCOUNT_BEGUN in mask else []
    if _FOUR in mask:
        found = in_order([*found, *_cards(view, mask)])
    return replaced(view, "spaced", found) if found else None


def in_order(parts: list[Part]) -> list[Part]:
    """The parts in their order, without those that begin in another."""
    kept: list[Part] = []
    for part in sorted(parts):
        if not kept or kept[-1][1] <= part[0]:
            kept.append(part)
    return kept


# Digits, letters and blanks, each in one class; every other sign is its own.
_CLASSES = bytes(
    ord("0") if code in NUMERALS else ord("a") if chr(code).isalnum() else ord(" ") if code in b" \t\xa0" else code
    for code in range(256)
)
_FOUR, _ACCOUNT_BEGUN = b"0000", b"aa00"
_FIRST = frozenset(b"23456")
_SIGN = rb" {0,3}[|,;'/_~-] {0,3}|[\"'] ?[,;] ?[\"']"
_BLANKS = rb"[*_]{0,3} {1,8}[*_]{0,3}"
_GROUPED = re.compile(
    rb"0000(?:%(blanks)s(?:0000%(blanks)s0000%(blanks)s0000|000000%(blanks)s00000)"
    rb"|(?P<sign>%(sign)s)(?:0000(?P=sign)0000(?P=sign)0000|000000(?P=sign)00000))(?!0)"
    % {b"blanks": _BLANKS, b"sign": _SIGN}
)
_PLAIN = frozenset((b"-", b".", b"/", b"_", b" - "))
"""What people write between the groups of a card, and `numbers` reads without help."""
_AS_WRITTEN = later(r"[0-9]+(?: [0-9]+)+")
_SPOKEN = 48  # characters before a card that may say what it is
_LINE = 120  # characters of a line that say whether it is of a table
_CELL = frozenset(b"0a-+$(\"'")
_LISTED = frozenset((b", ", b"; "))
"""How numbers are listed in prose and in programs, where a word has to say that they are one."""


def _cards(view: View, mask: bytes) -> Iterator[Part]:
    at = mask.find(_FOUR)
    while at >= 0 and (match := _GROUPED.search(mask, at)):
        start, end = match.span()
        at = start + len(_FOUR)
        if view.raw[start] not in _FIRST or (start and mask[start - 1] == _DIGIT):
            continue
        written = view.text[start:end]
        if match["sign"] in _PLAIN or _AS_WRITTEN.fullmatch(written):
            continue
        digits = "".join(filter(str.isdecimal, written))
        if is_card(digits) and _alone(view, mask, match):
            yield start, end, digits
            at = end


_DIGIT = ord("0")


def _alone(view: View, mask: bytes, match: re.Match[bytes]) -> bool:
    """Whether a card is no part of a longer row, and no row of a table unless a word says that it is a card."""
    start, end = match.span()
    sign = match["sign"]
    before, after = mask[max(0, start - _LINE) : start], mask[end : end + _LINE]
    if sign is None:
        if _SOON.match(after) or _JUST.search(before):
            return False
    elif _goes_on(after, sign) or _goes_on(before[::-1], sign[::-1]):
        return False
    if SAYS_CARD.search(view.low[max(0, start - _SPOKEN) : start].decode("latin-1")):
        return True
    if _LABELLED.search(before) if sign is None else sign in _LISTED:
        return False
    above = mask.rfind(b"\n", max(0, start - _LINE), start)
    below = mask.find(b"\n", end, end + _LINE) + 1
    return not (
        (above > 0 and _of_table(view, mask, mask.rfind(b"\n", max(0, above - _LINE), above) + 1, above, sign))
        or (below and _of_table(view, mask, below, mask.find(b"\n", below, below + _LINE), sign))
    )


_SOON, _JUST = re.compile(rb" {1,8}[0+-]| {2,8}[^ \r\n]"), re.compile(rb"0 {1,8}\Z")
_LABELLED = re.compile(rb"[^ \n] {2,}\Z")


def _goes_on(beside: bytes, sign: bytes) -> bool:
    """Whether the next of a row stands beside a number."""
    size = len(sign)
    return beside.startswith(sign) and beside[size : size + 1] != b"" and beside[size] in _CELL


def _of_table(view: View, mask: bytes, low: int, high: int, sign: bytes | None) -> bool:
    """Whether the line next to a card holds a row as its own, and no card."""
    high = high if high >= 0 else low + _LINE
    low = max(low, high - _LINE)
    line = mask[low:high]
    row = len(_COLUMN.findall(line)) > 1 if sign is None else line.count(sign.strip()) > 1
    return row and not is_card("".join(filter(_TEN.__contains__, view.raw[low:high].decode("latin-1"))))


_TEN = NUMERALS.decode()
_COLUMN = re.compile(rb"[^ ] {2,}(?=[^ \r])|0 (?=0)")


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no number or word stands beside what goes on in the next line, in its lines or in those around them."""
    before = text[max(0, start - _BESIDE) : start]
    if before[-1:].isalnum() or before[-1:] in _GOES_BEFORE or before.rstrip()[-1:].isdigit():
        return False
    return not _NEXT_NUMBER.match(text, end)


def by_itself(left: str, right: str) -> str | None:
    """What stands for the line end within a number that needs no word: a card, or a telephone with its country."""
    final, first = len(left) - len(left.rstrip(_TEN)), len(right) - len(right.lstrip(_TEN))
    sign = next((char for char in left[1:] + right if not char.isdigit()), "")
    joint = "" if final == 0 or final + first == _GROUP else sign
    if left[0] == "+":
        return joint if _FROM_ABROAD.fullmatch(left) and _LOCAL.fullmatch(right) else None
    if _CARD.fullmatch(f"{left}{joint}{right}") and is_card("".join(filter(str.isdigit, left + right))):
        return joint
    return None


_BESIDE = 24
_GOES_BEFORE = frozenset("_,;|\t@#$")
_NEXT_NUMBER = later(r"[ \t,;|]{0,3}(?:\r?\n[ \t>]{0,8}){0,2}[0-9+-]")
_FROM_ABROAD, _LOCAL = later(r"\+[1-9]\d{0,2}(?: \d{1,4}){1,2}"), later(r"\d{2,4}(?: \d{2,4}){1,3}")
_CARD = later(r"\d{15,19}|\d{4}([ .-])\d{4}\1\d{4}\1\d{4}|\d{4}([ .-])\d{6}\2\d{5}")
_GROUP = 4  # digits of a group of a card


_FORMS = COUNTRIES.mapping
_HEAD = 4  # the country and its check digits
_BETWEEN = r"(?:[ \t\u00a0]{1,8}|[./_:-]|[ \t]{0,3}\r?\n[ \t>]{0,8})"
_ACCOUNT = later(rf"[A-Z]{{2}}[0-9]{{2}}(?:{_BETWEEN}?[A-Z0-9]){{11,27}}+", re.IGNORECASE)
_AS_USUAL = later(r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9])*")
_UNIT = later(r"[A-Za-z]{1,4}(?![^\W_])")
_VALUES = str.maketrans({chr(code): str(code - 55) for code in range(ord("A"), ord("Z") + 1)})
_CAPITALS, _NAME = frozenset(LETTERS[26:]), b"iban"


def _accounts(view: View) -> Iterator[Part]:
    """International account numbers, which end where their country says."""
    text, raw = view.text, view.raw
    last = 0
    for at, _ in view.groups:
        low = at - 2
        if low < last or raw[at - 1] not in _LETTERS or text[low:at].upper() not in COUNTRIES:
            continue
        named = view.low[max(0, low - len(_NAME)) : low] == _NAME
        if not named and (raw[at - 1] not in _CAPITALS or (low and text[low - 1].isalnum())):
            continue
        if found := _account(text, low, named=named):
            last = found[1]
            yield found


_LETTERS = frozenset(LETTERS)


def _account(text: str, low: int, *, named: bool) -> Part | None:
    """The account number that begins at a place, if `money` does not see it: its groups apart, or a word beside it."""
    found = _ACCOUNT.match(text, low)
    if not found:
        return None
    form = _FORMS[text[low : low + 2].upper()]
    places = [at for at in range(low, found.end()) if text[at].isalnum()]
    if len(places) < len(form) + _HEAD:
        return None
    end = places[len(form) + _HEAD - 1] + 1
    tail = text[end : end + 1].isalnum()
    if tail and not _UNIT.match(text, end):
        return None
    if not (named or tail) and _AS_USUAL.fullmatch(text, low, end):
        return None
    plain = "".join([text[at] for at in places[: len(form) + _HEAD]]).upper()
    if not _fits(plain, form):
        return None
    # A blank before it as well, or it would be as it was, up to its end.
    return low, end, f" {plain} " if named or tail else plain


def _fits(plain: str, form: str) -> bool:
    """Whether an account number has digits and letters where its country has them, and the right check digits."""
    rest = plain[_HEAD:]
    return (
        plain.isascii()
        and all(kind == "c" or char.isdigit() == (kind == "n") for kind, char in zip(form, rest, strict=True))
        and int((rest + plain[:_HEAD]).translate(_VALUES)) % 97 == 1
    )
