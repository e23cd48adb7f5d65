"""Postal addresses by their postcode, where no word for a street tells them: a number and names before a town and its code."""

from functools import lru_cache

from trimtab.builtin.detectors.patterns.address_parts import (
    BRITISH,
    CANADIAN,
    GAP,
    IRISH,
    TOWN,
    WORD,
    backwards,
    onwards,
)
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone
from trimtab.detect.signs import later

_SURE = 0.65
"""Too unsure for a disguise: what says it may stand further before a postcode than disguises are looked for."""
_BACK = 120
_SAID = rf"(?:{WORD}|\d{{1,3}}(?:st|nd|rd|th)|[a-z]{{2,12}}-[\w-]{{2,16}}|of|the|on|de|la|del|du|des|d['’]{WORD})"
_NUMBER_FIRST = rf"\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?(?: (?:bis|ter))?,? (?:{_SAID} ){{0,4}}{WORD}"
_HOUSES = (
    "House|Cottages?|Lodge|Farm|Barn|Manor|Hall|Mill|Rectory|Vicarage|Forge|Bungalow|Villas?|Croft|Grange|Priory|Stables|Oasthouse|Parsonage|Chapel"
    "|Schoolhouse|Gatehouse|Court|Estate|View|Coach House"
)
_NAMED_FIRST = rf"(?:The )?(?:{WORD} ){{0,3}}(?:{_HOUSES})"
_BOX_FIRST = r"(?:P\.?O\.? )?Box \d{1,6}|(?:RR|R\.R\.) ?\d{1,3}"
_WITH_CODE = later(
    rf"(?<![\w.,'’-])(?:{_NUMBER_FIRST}|{_NAMED_FIRST}|{_BOX_FIRST})(?:{GAP}{TOWN}(?: \d{{1,2}})?){{0,4}}?(?:{GAP}(?:[A-Z]{{2,3}}[ ,]{{1,2}})?)?\Z"
)
_NUMBER_AFTER = (
    rf"(?:[A-Za-zżźś]{{1,4}}\. (?:d[aeo]s? )?|(?:Am|An|Auf|Im|In|Zum|Zur|Bei|Beim|Unter|Hinter|Vor|Ob|Hinterm) (?:(?:der|dem|den|die|das) )?)?(?:{_SAID} ){{0,3}}{WORD},? (?:nr\.? ?|n[º°.] ?|No\.? ?)?"
    r"[1-9]\d{0,3}[a-zA-Z]?(?:[/-]\d{1,4}[A-Za-z]?){0,2}(?: [A-Z]| (?:m|lok)\. ?\d{1,4}| (?:bis|ter|hs|huis)(?!\w))?"
)
_WITH_PLACE = later(
    rf"(?<![\w.,'’-])(?P<street>{_NUMBER_AFTER}|{_NUMBER_FIRST})(?P<gap>(?:, ?|,? ?(?:\r?\n|\\n) ?| [–-] ))(?P<land>[A-Z]{{1,2}}[-– ])?\Z"
)
_GAP_BEFORE = later(r"[^\W_](?:, ?|,? ?(?:\r?\n|\\n) ?| [–-] )(?:[A-Z]{1,2}[-– ])?\Z")
_AT_HOME = later(r"(?:Am|An|Auf|Im|In|Zum|Zur|Bei|Beim|Unter|Hinter|Vor) (?:(?:der|dem|den|die) )?[A-ZÄÖÜ]")
_OF_A_BOOK = later(
    r"(?:tables?|tab|figures?|fig|pages?|pp?|seiten?|s|rooms?|raum|zimmer|chapters?|chapitres?|kapitel|sections?|lines?|zeilen?|lignes?|versions?|steps?|schritt"
    r"|[ée]tapes?|parts?|teil|vol|volumes?|band|art|articles?|artikel|art[ií]culo|levels?|tag|days?|items?|lot|orders?|invoices?|gates?|seats?|sitz|wagen|voiture"
    r"|place|trains?|flights?|flug|routes?|exit|acts?|scenes?|verses?|psalms?|john|luke|mark|matthew|genesis|exodus|romans|mose|joh|kor|jan\w*|feb\w*|m[äa]rz?\w*"
    r"|apr\w*|ma[iy]|june?i?|july?i?|aug\w*|sep\w*|o[ck]t\w*|nov\w*|de[cz]\w*|mon\w*|tues\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*|windows|iphone|python|java|halle|stand"
    r"|booth|nr|no|number|nummer|group|gruppe|class|klasse|team|week|woche|top|about|over|model|question|frage|phase|week|round|runde|saison|season|of)",
)
_YEAR = later(r"(?:19|20)\d\d\Z")


def at_postcode(text: str, start: int, end: int) -> Judged | None:
    """Digits that a town follows, or before which a state of the USA stands, if what comes before is a street and a house."""
    low = max(0, start - _BACK)
    dutch = end - start == _DUTCH_DIGITS and _DUTCH.match(text, start) is not None
    if dutch or (text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()):
        found = _WITH_PLACE.search(text[low:start]) if _GAP_BEFORE.search(text[max(0, start - 8) : start]) else None
        if found and _a_street(
            found["street"], text[start:end], parted=dutch or "\n" in found["gap"] or bool(found["land"])
        ):
            begin = low + found.start()
            upto = onwards(text, low + found.start("gap"))
            if upto > end:
                return backwards(text, begin, low), upto, _SURE
    if end - start in _AMERICAN and start > 3 and text[start - 1] == " " and text[start - 3 : start - 1].isupper():
        state = text[max(0, start - 4) : start - 1].strip()
        if end - start == _AUSTRALIAN and state not in _AUSTRALIA:
            return None
        found = _WITH_CODE.search(text[low : start - 1 - len(state)])
        if found and found.group()[0].isdigit():
            return backwards(text, low + found.start(), low), end, _SURE
    return None


_DUTCH = later(r"[1-9][0-9]{3} ?(?!CC|KG|HP|PS|KW|ML|MB|GB|TB|KM|HZ|PX)[A-Z]{2} {1,2}[A-Z'’][a-zA-Z]")
"""A postcode of the Netherlands, whose two letters tell it from a year, and its town."""
_DUTCH_DIGITS = 4
_AMERICAN, _AUSTRALIAN = frozenset({4, 5, 10}), 4
_AUSTRALIA = frozenset({"NSW", "VIC", "QLD", "WA", "SA", "TAS", "ACT", "NT"})


def _a_street(said: str, code: str, *, parted: bool) -> bool:
    """Whether words and a number before a postcode are a street: not those of a page, a day or a verse."""
    words = said.rstrip("0123456789/- ,").split() if not said[0].isdigit() else said.split()[1:]
    if not words or any(_OF_A_BOOK.fullmatch(word.lower().strip(".,")) for word in (words[0], words[-1])):
        return False
    plain = len(code) == 4 and code.isdecimal()
    if plain and _YEAR.match(code):
        return _AT_HOME.match(said) is not None
    return not plain or parted or _AT_HOME.match(said) is not None


def _coded(text: str, start: int, end: int) -> Judged | None:
    """A postcode of letters and digits, with a house before it by its number or its name."""
    if not alone(text, start, end):
        return None
    low = max(0, start - _BACK)
    found = _before_code(text[low:start])
    if found < 0:
        return None
    return backwards(text, low + found, low), onwards(text, end) if text[end : end + 1] in ",\n" else end, _SURE


_LEAST = 8


@lru_cache(maxsize=1_024)
def _before_code(text: str) -> int:
    """Where a house with its street begins that ends there; -1 for none."""
    found = _WITH_CODE.search(text)
    return found.start() if found and found.end() - found.start() >= _LEAST else -1


ADDRESS_CODES: tuple[Pattern, ...] = (
    Pattern(
        label="personal.address",
        shape=rf"(?:{BRITISH}|{CANADIAN}|{IRISH})".replace("(?!\\w)", "").replace("(?=\\w{0,3}\\d)", ""),
        judge=_coded,
        needs_digit=True,
    ),
)
