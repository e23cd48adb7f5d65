"""Readings of account numbers and telephone numbers that are turned: backwards, in ROT13 or ROT5, letters for digits.

Of an account number its country says how long it is and where letters stand, and its check digits say whether a
reading is one, so hardly anything else is ever read as one.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from trimtab.detect.reading import LETTERS, Part, View, replaced
from trimtab.detect.signs import later

# What follows the check digits in each country: digits (n), letters (a), and either (c), digits nearly always.
_FORMS = {
    country: "".join(kind * int(size) for kind, size in re.findall(r"([nac])(\d+)", form))
    for countries, form in (
        ("AE IL", "n19"), ("AD", "n8c12"), ("AT EE LT", "n16"), ("BE", "n12"), ("BG", "a4n6c8"), ("CH LI", "n5c12"),
        ("CY", "n8c16"), ("CZ SE SK ES", "n20"), ("DE RS", "n18"), ("DK FI", "n14"), ("FR MC", "n10c11n2"),
        ("GB IE", "a4n14"), ("GI", "a4c15"), ("GR", "n7c16"), ("HR", "n17"), ("HU PL", "n24"), ("IS", "n22"),
        ("IT SM", "a1n10c12"), ("LU", "n3c13"), ("LV", "a4c13"), ("MT", "a4n5c18"), ("NL", "a4n10"), ("NO", "n11"),
        ("PT", "n21"), ("RO", "a4c16"), ("SA", "n2c18"), ("SI", "n15"), ("TR", "n6c16"), ("UA", "n6c19"),
    )
    for country in countries.split()
}  # fmt: skip
COUNTRIES = _FORMS.keys()
_TO_DIGITS = str.maketrans("OoQIlZSsBbG", "00011255886")
_TO_LETTERS = str.maketrans("01258", "OIZSB")
_ROT5 = str.maketrans("0123456789", "5678901234")
_WRITTEN = later(r"[0-9A-Za-z](?:[ \-.]?[0-9A-Za-z]){14,33}+")
_APART = str.maketrans("", "", " -.")
_MANY_DIGITS = later(r"(?:[0-9OoQIlZSsBbG][ \-.]?){8}")  # hardly any account has fewer in a row
_PHONE = later(r"\+[0-9](?:[ .()\-/]{0,2}[0-9]){7,14}+(?![0-9A-Za-z])")
_LONGEST = 48
_LETTERS = LETTERS.decode()
_ROT13 = str.maketrans(_LETTERS, codecs.encode(_LETTERS, "rot13"))
_CAPITALS, _PLUS = frozenset(LETTERS[26:]), ord("+")
_BEFORE_DIGITS = _CAPITALS | frozenset(b"ol")
_COUNTRY, _HEAD = 2, 4  # of an account number: its country and check digits


def turned_numbers(view: View, mixed: Iterable[tuple[int, int]]) -> View | None:
    """Account numbers backwards, in ROT13, ROT5 and both, or with letters for digits, and telephone numbers backwards.

    `mixed` are the groups of digits beside letters or before a plus.
    """
    text, raw = view.text, view.raw + b".."
    mixed = [
        (start, end)
        for start, end in mixed
        if (raw[start - 1] in _BEFORE_DIGITS and raw[start - 2] in _CAPITALS)
        or (raw[end] in _CAPITALS and raw[end + 1] in _CAPITALS)
        or raw[end] == _PLUS
    ]
    if not mixed:
        return None

    def parts() -> Iterator[Part]:
        at = 0
        for start, end in mixed:
            if start >= at and (part := _begins(text, start, at) or _ends(text, end, at)):
                at = part[1]
                yield part

    return replaced(view, "turned", parts())


def _back(text: str, end: int, least: int) -> str:
    return text[max(least, end - _LONGEST) : end][::-1]


def _ends(text: str, end: int, least: int) -> Part | None:
    """The number written backwards that ends with a plus or with a country, behind digits that end at a place."""
    if text.startswith("+", end):
        found = _PHONE.match(_back(text, end + 1, least)) if not text[end + 1 : end + 2].isalnum() else None
        return (end + 1 - found.end(), end + 1, found.group()) if found else None
    end += 2
    if text[end - 2 : end][::-1] not in _FORMS or text[end : end + 1].isalnum():
        return None
    back = _back(text, end, least)
    found = _WRITTEN.match(back)
    size, plain = _account(found.group()) if found else (0, "")
    return (end - size, end, plain) if plain and not back[size : size + 1].isalnum() else None


def _begins(text: str, start: int, least: int) -> Part | None:
    """The account number in disguise that begins with the word in which the first digit stands at a place."""
    low = start
    while low > least and start - low < _HEAD and text[low - 1].isalnum():
        low -= 1
    if start - low < _COUNTRY or (low and text[low - 1].isalnum()):
        return None
    head = text[low : low + _COUNTRY].translate(_TO_LETTERS)
    turned = head.translate(_ROT13)
    if head not in _FORMS and turned not in _FORMS:
        return None
    found = _WRITTEN.match(text, low)
    if not found:
        return None
    written = found.group()
    if not _MANY_DIGITS.search(written):
        return None
    if head in _FORMS and _is_account(written.translate(_APART)):
        return None
    forms = [written, written.translate(_ROT5)] if head in _FORMS else []
    if turned in _FORMS:
        forms += (written.translate(_ROT13), written.translate(_ROT13).translate(_ROT5))
    for form in forms:
        size, plain = _account(form)
        if plain:
            end = low + size
            return None if text[end : end + 1].isalnum() else (low, end, plain)
    return None


_VALUES = str.maketrans({chr(code): str(code - 55) for code in range(ord("A"), ord("Z") + 1)})


def _is_account(seen: str) -> bool:
    """Whether letters and digits begin with an account number as it is."""
    size = len(_FORMS.get(seen[:2], seen)) + 4
    plain = seen[4:size] + seen[:4]
    return size <= len(seen) and plain.isupper() and int(plain.translate(_VALUES)) % 97 == 1


def _account(written: str) -> tuple[int, str]:
    """How many signs an account number takes that these begin with, and it with letters and digits put right."""
    seen = written.translate(_APART)
    country = seen[:2].translate(_TO_LETTERS)
    form = _FORMS.get(country)
    if form is None or len(seen) < len(form) + 4:
        return 0, ""
    checks, rest = seen[2:4].translate(_TO_DIGITS), seen[4 : len(form) + 4]
    digits, letters = rest.translate(_TO_DIGITS), rest.translate(_TO_LETTERS)
    for either in (digits, rest):
        chosen = {"n": digits, "a": letters, "c": either}
        plain = "".join([chosen[kind][at] for at, kind in enumerate(form)])
        if not checks.isdigit() or any(
            kind != "c" and plain[at].isdigit() != (kind == "n") for at, kind in enumerate(form)
        ):
            return 0, ""
        if int(f"{plain}{country}{checks}".upper().translate(_VALUES)) % 97 == 1:
            return _size(written, len(form) + 4), f"{country}{checks}{plain}"
        if digits == rest:
            break
    return 0, ""


def _size(written: str, count: int) -> int:
    """Where so many letters and digits end."""
    for at, char in enumerate(written, 1):
        count -= char.isalnum()
        if not count:
            return at
    return len(written)
