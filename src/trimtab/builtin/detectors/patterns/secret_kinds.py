"""What each kind of name asks of the value after it."""

from trimtab.builtin.detectors.patterns.secret_names import (
    GIVEN,
    NOTHING,
    PASSWORD,
    PIN,
    SALT,
    TOKEN,
    VAGUE,
    WEAK,
    kind_of,
)
from trimtab.builtin.detectors.patterns.secret_signs import row_of_bytes, value_before
from trimtab.builtin.detectors.patterns.secret_values import has_strength, like_chosen, like_key, like_password
from trimtab.builtin.detectors.patterns.spec import Judged
from trimtab.detect.signs import later

# Characters below which no value of a kind is one, without quotes.
SHORTEST = {PASSWORD: 4, PIN: 4, TOKEN: 7, SALT: 10, WEAK: 14, VAGUE: 20, GIVEN: 20}
KEYS_ONLY = frozenset({WEAK, VAGUE, GIVEN})  # kinds whose values are nothing but keys
LICENSED = frozenset({TOKEN, PIN, SALT})  # kinds whose values may be groups of capitals


def sureness(value: str, kind: str, *, quoted: bool, told: bool, literal: bool, loose: bool) -> float:
    """How sure we are that a value after a name of this kind is what the name says, in [0, 1].

    `quoted`, `told` and `literal` as `like_password` has them; `loose` where nothing but a space stands between.
    """
    if kind == PASSWORD:
        if loose and not quoted and not (has_strength(value) or like_chosen(value)):
            return 0.0
        return like_password(value, quoted=quoted, told=told and not loose, literal=literal)
    if kind == PIN:
        return 0.7 if (told and _DIGITS.fullmatch(value)) or like_key(value, least=14, weak=False) else 0.0
    if kind == SALT:
        if quoted and told and (_SALTY.match(value) or _SALTY_ESCAPES.match(value)):
            return 0.7
        return like_key(value, least=8 if quoted and told else 10, weak=False) if quoted or told else 0.0
    if kind == GIVEN:
        return like_key(value.removesuffix(":fx"), least=20 if told or quoted else 28, weak=False)
    if kind == VAGUE:
        return like_key(value, least=20, weak=True) if told and _THREE_KINDS.match(value) else 0.0
    if kind == WEAK:
        return like_key(value, least=14, weak=True)
    pair = _LOGIN_PAIR.fullmatch(value) if told and (":" in value or "/" in value) else None
    if pair and not pair[1].isdigit():
        return like_password(pair[1], quoted=quoted, told=True, literal=False)
    return like_key(value, least=8 if told else 12, weak=False)


_LOGIN_PAIR = later(r"[A-Za-z][\w.@-]{1,30}[:/]([^\s:/]{4,60})")
_DIGITS = later(r"\d{4,8}")
_SALTY = later(r"(?=(?:\D*\d){3})(?=(?:[^!#$%^&*@~\\]*[!#$%^&*@~\\]){2})\S{6,64}\Z")
_SALTY_ESCAPES = later(r"(?=[^\\]*\\[xu0])(?=(?:\D*\d){4})\S{6,64}\Z")
_THREE_KINDS = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)")


def before(text: str, begin: int, kind: str) -> Judged | None:
    """A value that stands before its name, in an element or an object."""
    place = value_before(text, begin)
    value = text[slice(*place)] if place else ""
    sure = sureness(value, kind, quoted=True, told=True, literal=False, loose=False) if value else 0.0
    return (*place, sure) if place and sure else None


def in_bytes(text: str, begin: int, end: int) -> Judged | None:
    """A key written as a row of numbers."""
    row = row_of_bytes(text, end)
    if not row:
        return None
    unnamed = kind_of(text[begin:end].strip("-_")) in {NOTHING, WEAK, VAGUE}
    return None if unnamed and "aes" not in text[max(0, begin - 8) : end].lower() else (*row, 0.8)
