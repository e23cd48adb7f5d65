"""Postal addresses without a street: boxes at a post office, crossings of numbered streets, and flats and plots by their number."""

import re

from trimtab.builtin.detectors.patterns.address_fields import choice, whole
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone
from trimtab.detect.signs import later

_CROSSING = later(
    r"(?:Calle|Cll?\.?|Carrera|Cra\.?|Kra\.?|Kr\.?|Cr\.?|Transversal|Tv\.?|Diagonal|Dg\.?|Avenida|Av\.?|Circular|Autopista)"
    r"(?: (?:Calle|Carrera|Cra\.?))? ?\d{1,3} ?[A-Z]{0,2}(?: ?(?:[Bb]is|[Ss]ur|[Nn]orte|[Ee]ste|[Oo]este))?,? ?(?:#|No?\.?[º°]?|Nro\.?|[Nn]úmero) ?\d{1,3} ?[A-Z]{0,2}"
    r" ?[-–] ?\d{1,3}(?!\w)"
)


def _crossing(text: str, start: int, end: int) -> list[Judged] | None:
    """A house by the streets that cross at it: `Carrera 15 # 93-75`."""
    word = start
    while word > 0 and start - word < 12 and (text[word - 1].isalnum() or text[word - 1] in " ."):
        word -= 1
    for place in range(start, word - 1, -1):
        match = _CROSSING.match(text, place, end + 60) if text[place].isupper() else None
        if match and match.end() > start and alone(text, place, match.end()):
            return whole(text, place, match.end(), start, 0.8)
    return None


_BOX_NUMBER = later(
    r"(?: (?:de correos|postal|a[ée]reo))?[ :.,#]{0,3}(?:(?:n[º°o.]{1,2}|nr\.?|no\.?) ?)?\d{1,6}(?:[ -]\d{1,5}){0,2}(?![\w/])(?!,\d)",
    re.IGNORECASE,
)
_WEAK_BOXES = frozenset({"bp", "b.p.", "apartado", "box", "gpo box"})


def _box(text: str, start: int, end: int) -> list[Judged] | None:
    """A box at a post office; where its word says other things as well, a town or a postcode must follow."""
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return None
    number = _BOX_NUMBER.match(text, end, end + 30)
    if number is None:
        return None
    found = whole(text, start, number.end(), start, 0.8)
    weak = text[start:end].strip().lower() in _WEAK_BOXES and not number.group().lower().startswith(
        (" de c", " post", " a")
    )
    return None if weak and found[0][1] == number.end() else found


_LOT = later(
    r"(?:\.? ?(?:no|number|n[º°]|#)\.?)?[ :.-]{0,3}[A-Z]{0,2}[-/]?\d{1,5}[A-Z]?(?:[-/]\d{1,5}){0,4}(?:, ?\d{1,2}(?:st|nd|rd|th) (?:floor|main|cross|street))?(?!\w)",
    re.IGNORECASE,
)


def _lot(text: str, start: int, end: int) -> list[Judged] | None:
    """A house, a flat or a plot by its number, as India has it: what follows must say where."""
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return None
    lot = _LOT.match(text, end, end + 30)
    found = whole(text, start, lot.end(), start, 0.75) if lot else None
    if lot is None or found is None or found[0][1] <= lot.end() + _LEAST_MORE:
        return None
    named = text[start:end].rstrip().lower() not in _PLAIN_LOTS
    return found if named or text[found[0][1] - 1].isdecimal() else None


_LEAST_MORE = 12
_PLAIN_LOTS = frozenset({"flat", "plot"})

_CROSSED = ("calle", "carrera", "cra", "kra.", "transversal", "diagonal", "#")
_BOXES = (
    "p.o. box", "po box", "p. o. box", "p.o.box", "pobox", "post office box", "gpo box", "postfach", "apartado", "casella postale", "caixa postal", "postbus",
    "postboks", "boite postale", "bp ", "b.p. ", "box ",
)  # fmt: skip
_LOTS = (
    "flat no", "house no", "plot no", "door no", "h.no", "h. no", "d.no", "d. no", "villa no", "shop no", "room no", "flat ", "plot ", "flat #", "house #", "plot #",
)  # fmt: skip

ADDRESS_LOTS: tuple[Pattern, ...] = (
    Pattern(
        label="personal.address",
        shape=choice(_CROSSED),
        anchors=_CROSSED,
        judge=_crossing,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=12,
    ),
    Pattern(
        label="personal.address",
        shape=choice(_BOXES),
        anchors=_BOXES,
        judge=_box,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=40,
    ),
    Pattern(
        label="personal.address",
        shape="boîte postale",
        anchors=("boîte postale",),
        judge=_box,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.address",
        shape=choice(_LOTS),
        anchors=_LOTS,
        judge=_lot,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=20,
    ),
)  # fmt: skip
