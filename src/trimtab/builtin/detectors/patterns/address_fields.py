"""An address as a whole: a street with what belongs to it, and with the fields behind the one that holds it."""

from trimtab.builtin.detectors.patterns.address_parts import (
    COUNTRIES,
    FIGURES,
    LETTERED,
    STATE,
    TOWN,
    backwards,
    onwards,
)
from trimtab.builtin.detectors.patterns.spec import Judged
from trimtab.detect.signs import later

_KEYS = (
    r"(?i:city|town|locality|state|province|region|county|zip|zip[ _-]?code|post(?:al)?[ _-]?code|country|ort|stadt|plz|ville|cp|commune|code[ _-]?postal|ciudad"
    r"|localidad|provincia|c[óo]digo[ _-]?postal|citt[àa]|comune|cap|cidade|bairro|uf|cep|woonplaats|postcode|gemeente|miasto|kod|poststed|postnr|st)"
)
_BORDER = later(
    rf"(?:[\"'][ \t]?[,;:|][ \t\r\n]{{0,8}}|[ \t]?[|\t][ \t]?|[,;]?\r?\n[ \t]{{0,12}}(?=[\"']?{_KEYS}[\"']?[ \t]?[:=]))(?P<key>[\"']?{_KEYS}[\"']?[ \t]?[:=][ \t]?)?[\"']?"
    rf"|</[\w:]{{1,20}}>\s{{0,12}}<(?P<tag>{_KEYS})>"
)
_FIELD = later(rf"(?P<code>(?:{TOWN} )?(?:{LETTERED}|{FIGURES})(?: {TOWN})?)|(?:{COUNTRIES})(?!\w)|{STATE}|{TOWN}")
_FIELD_ENDS = later(r"[ \t]?(?:\Z|[\"'|\t\r\n<,;}\]])")
_FIELDS = 4
_BORDERS = frozenset("\"'|\t<,;\r\n ")


def fields(text: str, end: int) -> list[tuple[int, int]]:
    """The fields behind the one that holds the street: town, state, postcode, each by itself, so that the borders stay."""
    found: list[tuple[int, int]] = []
    if text[end : end + 1] not in _BORDERS:
        return found
    sure = 0
    for _ in range(_FIELDS):
        border = _BORDER.match(text, end, end + 60)
        field = _FIELD.match(text, border.end(), border.end() + 50) if border else None
        if not border or not field or not _FIELD_ENDS.match(text, field.end()):
            break
        end = field.end()
        found.append(field.span())
        if field["code"] or border["key"] or border["tag"]:
            sure = len(found)
    return found[:sure]


_ASIDE, _AHEAD = 96, 300
"""Characters before and after the word for a street within which its address, and the fields behind it, begin."""


def whole(text: str, start: int, end: int, sign: int, sure: float) -> list[Judged]:
    """An address of which the street was found by a sign, with all that belongs to it, and what stands in the fields behind."""
    end = onwards(text, end)
    found = [(backwards(text, start, max(0, sign - _ASIDE)), end, sure)]
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isalnum():
        return found
    found += [(begin, upto, sure) for begin, upto in fields(text, end) if begin < sign + _AHEAD]
    return found


def choice(words: tuple[str, ...]) -> str:
    """The shape of a pattern that is one of some words, which are its anchors as well."""
    return "|".join(word.replace(".", r"\.") for word in sorted(words, key=len, reverse=True))
