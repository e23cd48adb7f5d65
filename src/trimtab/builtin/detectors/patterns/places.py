"""Postal addresses by the words for streets."""

from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone
from trimtab.detect.signs import later

_STREETS_AFTER = (
    "street", " st", "avenue", " ave", "road", " rd", "boulevard", "blvd", "lane", " ln", "drive", " dr", "court", " ct",
    "place", " pl", "square", "terrace", "way", "highway", "parkway", "crescent", "close", "alley", "circle",
)  # fmt: skip
_STREET = later(
    r"(?<![\w.,-])\d{1,5}[A-Za-z]?(?:[-/]\d{1,4})?,? "
    r"(?:(?:[NSEW]|North|South|East|West|NE|NW|SE|SW)\.? )?(?:[A-Z0-9][\w'’.-]{0,24} ){1,4}?"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|Highway|Hwy|"
    r"Parkway|Pkwy|Crescent|Close|Alley|Circle|Cir|Row|Mews|Trail|Loop)\b\.?"
    r"(?:,? ?(?:#|Apt\.?|Apartment|Suite|Ste\.?|Unit|Flat|Floor|Fl\.?|Box) ?[\w-]{1,6})?"
    r"(?:[,\n]{1,2} ?[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20}){0,2})?(?:,? (?:[A-Z]{2}) \d{5}(?:-\d{4})?|,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})?"
)
_NUMBERED = later(
    r"(?:[A-ZÄÖÜ][\wäöüß-]{1,30}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|straat|laan|plein|gatan|vägen|katu|utca)|"
    r"(?:Rue|Via|Viale|Piazza|Corso|Calle|C/|Avda?\.?|Avenida|Plaza|Paseo|Ronda|Camino|Carrer|Rua|Travessa|Pra[çc]a|rue|avenue|boulevard|place)"
    r" (?:[A-ZÁÉÍÓÚÑÀÈa-z'’][\w'’áéíóúñçàèü.-]{0,20} ?){1,5}?),? ?(?:n[º°.]? ?)?\d{1,4}(?: ?[a-zA-Z]\b)?(?:,? ?\d{1,2}[º°ªo]?[ -]?[A-Z]?\b)?"
    r"(?:,? \d{4,5} [A-ZÁÉÍÓÚ][\wáéíóúñ-]{1,24})?"
)


_HOUSE_NUMBER = later(r"\d+")
_NEAREST = 3  # numbers before the word that may be the house's: in "12 34th Street" it is not the last


def _address(text: str, start: int, end: int) -> Judged | None:
    """A word for a street was seen: look around it for the number and the name."""
    if end < len(text) and text[end].isalnum():
        return None
    numbers = list(_HOUSE_NUMBER.finditer(text, max(0, start - 70), start))
    for number in numbers[-_NEAREST:]:
        match = _STREET.match(text, number.start(), min(len(text), end + 60))
        if match and start < match.end():
            return match.start(), match.end(), 0.8
    return None


def _numbered(text: str, start: int, end: int) -> Judged | None:
    word = start
    while word > 0 and start - word < 32 and (text[word - 1].isalpha() or text[word - 1] == "-"):
        word -= 1
    for place in {word, start}:
        match = _NUMBERED.match(text, place, min(len(text), end + 90))
        if match and start < match.end() and alone(text, place, match.end()):
            return place, match.end(), 0.75
    return None


# In French the number comes first.
_NUMBER_BEFORE = later(r"(?<![\w.,-])\d{1,4}(?:-\d{1,4})?(?: ?(?:bis|ter|quater|[A-Da-d])\b)?,? ?\Z")
_NAMED = r"[A-ZÀ-Þ0-9][\w'’-]{0,24}"
_FRENCH = later(
    rf"[^\W\d_]{{2,10}}\.? (?:(?:de la|des?|du|la|les?|aux?|à) |(?:de l|d|l)['’]){{0,2}}{_NAMED}(?:[ -](?:(?:de la|des?|du|et) |(?:de l|d|l)['’])?{_NAMED}){{0,4}}"
    rf"(?:,? (?:[A-Z]-)?\d{{5}} {_NAMED}(?:[ -](?:(?:sur|sous|en|de|la|les?) )?{_NAMED}){{0,4}})?"
)


def _french(text: str, start: int, end: int) -> Judged | None:
    """A word for a street with a number before it and a name after it."""
    number = _NUMBER_BEFORE.search(text, max(0, start - 14), start)
    named = _FRENCH.match(text, start, min(len(text), end + 110)) if number else None
    return (number.start(), named.end(), 0.75) if number and named else None


PLACES: tuple[Pattern, ...] = (
    Pattern(
        label="personal.address",
        shape="|".join(sorted(_STREETS_AFTER, key=len, reverse=True)),
        begins=True,
        close=True,
        digit_near=70,
        anchors=_STREETS_AFTER,
        judge=_address,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.address",
        shape=r"stra(?:ß|ss)e|str\.|weg\b|platz|allee|gasse|ring\b|straat|laan|plein|gatan|katu|utca|rue |via |viale |piazza |corso |calle |c/ ?|avda|avenida|plaza |paseo |ronda |camino |carrer |rua ",
        anchors=(
            "stra",
            "str.",
            "weg",
            "platz",
            "allee",
            "gasse",
            "laan",
            "plein",
            "gatan",
            "katu",
            "utca",
            "rue ",
            "via",
            "piazza",
            "corso",
            "calle",
            "c/",
            "avda",
            "avenida",
            "plaza",
            "paseo",
            "ronda",
            "camino",
            "carrer",
            "rua ",
        ),
        judge=_numbered,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=90,
    ),
    Pattern(
        label="personal.address",
        shape=r"rue |avenue |av\. |boulevard |bd |place |chemin |impasse |quai |cours |route |square |passage |ruelle |sentier ",
        anchors=(
            "rue ", "avenue ", "av. ", "boulevard ", "bd ", "place ", "chemin ", "impasse ", "quai ", "cours ", "route ", "square ", "passage ",
            "ruelle ", "sentier ",
        ),
        judge=_french,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=14,
    ),
    Pattern(
        label="personal.address",
        shape="allée |cité |résidence ",
        anchors=("allée ", "cité ", "résidence "),
        judge=_french,
        ignore_case=True,
        needs_digit=True,
    ),
)  # fmt: skip
