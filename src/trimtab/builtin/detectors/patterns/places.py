"""Postal addresses by the words for streets, in the order of numbers and names of many countries."""

from trimtab.builtin.detectors.patterns.address_fields import choice, whole
from trimtab.builtin.detectors.patterns.address_parts import BIG
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone
from trimtab.detect.signs import later

_STREETS_AFTER = (
    "street", " st", "avenue", " ave", "road", " rd", "boulevard", "blvd", "lane", " ln", "drive", " dr", "court", " ct",
    "place", " pl", "square", "terrace", "way", "highway", "parkway", "crescent", "close", "alley", "circle", " row", " mews", " trail", " loop", " hwy",
    " pkwy",
)  # fmt: skip
# From the number up to the word for the street.
_STREET = later(
    r"(?<![\w.,-])\d{1,5}[A-Za-z]?(?:[-/]\d{1,4})?(?:,(?! \d))? "
    r"(?:(?:[NSEW]|North|South|East|West|NE|NW|SE|SW)\.? )?(?:[A-Z0-9][\w'’.-]{0,24} ){1,4}"
)
_SIDE = later(r"\.?(?: (?:[NSEW]|NE|NW|SE|SW|North|South|East|West)(?![\w.])| \d{1,2}(?=,| #))?")
_HOUSE_NUMBER = later(r"\d+")
_NEAREST = 3  # numbers before the word that may be the house's: in "12 34th Street" it is not the last
_ASIDE, _AHEAD = (
    96,
    300,
)  # characters before and after the word for the street within which an address and its fields begin


def _address(text: str, start: int, end: int) -> list[Judged] | None:
    """A word for a street was seen: look around it for the number and the name."""
    if end < len(text) and text[end].isalnum():
        return None
    word = start + (text[start] == " ")
    if not text[word].isupper():
        return _written_small(text, word, end)
    numbers = list(_HOUSE_NUMBER.finditer(text, max(0, word - 70), word))
    for number in numbers[-_NEAREST:]:
        if _STREET.fullmatch(text, number.start(), word):
            side = _SIDE.match(text, end)
            return whole(text, number.start(), side.end() if side else end, start, 0.8)
    return None


_SMALL_BEFORE = later(
    r"(?<![\w.,-])(?P<number>\d{1,5}[a-z]?) (?:(?:n|s|e|w|north|south|east|west) )?(?:[a-z]{2,14} |\d{1,3}(?:st|nd|rd|th) ){1,3}\Z"
)
_HOME = later(
    r"\b(?:liv(?:e|es|ed|ing) (?:at|on)|resid(?:es|ing) at|addr(?:ess)?(?: is|'s|:)?|addy(?: is|:)?|home is|house is|place is|ship(?:ped)?(?: it)? to|deliver(?:ed)?(?: it)? to"
    r"|mov(?:ed?|ing) to|mail(?:ed)?(?: it)? to|come to|staying at)[ :]{1,3}\Z"
)
_SMALL_CODE = later(
    r"(?:[, ]{1,2}(?:apt|unit|suite|ste|flat|#) ?\w{1,5})?(?:[, ]{1,2}[a-z]{2,15}){0,4}?[, ]{1,2}(?:[a-z]{2},? \d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})(?!\w)"
)
_SMALL_UNIT = later(r"(?:[, ]{1,2}(?:apt|unit|suite|ste|flat|#)\.? ?\w{1,5}(?!\w))?")


def _written_small(text: str, word: int, end: int) -> list[Judged] | None:
    """A street in small letters, as in chats: a postcode behind it must say so, or that somebody lives there."""
    low = max(0, word - 90)
    head = _SMALL_BEFORE.search(text[low:word]) if text[word - 1] == " " else None
    if head is None:
        return None
    start = low + head.start("number")
    coded = _SMALL_CODE.match(text, end, end + 90)
    if coded:
        return [(start, coded.end(), 0.8)]
    if not _HOME.search(text[max(0, start - 24) : start].lower()):
        return None
    unit = _SMALL_UNIT.match(text, end)
    return [(start, unit.end() if unit else end, 0.75)]


_NUMBER = (
    r",? ?(?:(?i:n\.?[º°o][.:]?|n\.|nr\.?|no ?:|n[úu]m\.?|n[úu]mero|nro\.?|č\.|д\.) ?)?(?:\d{1,4}(?![\d.:]\d|\d)|s/n(?!\w)|[Kk]m\.? ?\d{1,3}(?![\d.]))"
    r"(?:[a-zA-Z](?!\w)| [A-Z] \d{1,3}(?!\w)| [A-Z](?![\w'’.:-])| ?(?:bis|ter)(?!\w))?(?:[/-]\d{1,4}[a-zA-Z]?(?!\w)){0,2}(?:[-/][IVX]{1,5}(?!\w)|/[A-Za-z](?!\w))?(?:,? ?(?:\d{1,2}[º°ª]?|[Bb]ajo)(?:[-, ]{0,2}[A-Z](?![\w'’.:-])|(?<=[º°ª])(?! ?(?i:izq|izda|dcha|dta|esq|dto|dir|fte|int|ext))))?"
)
_SMALL = r"(?:(?:de|del|de la|de los|de las|du|des|da|do|dos|das|dei|degli|delle|della|dello|di|la|las|los|el|il|lo|l[ae]s?|al|van|von|y|e|i|san|santa|św) |(?:d|l|de l|dell|all)['’])"
_NAME = rf"(?:\d{{1,2}} (?=[a-z]))?{_SMALL}{{0,2}}[{BIG}0-9][\w'’.-]{{0,24}}(?: {_SMALL}{{0,2}}[{BIG}0-9][\w'’.-]{{0,24}}){{0,4}}?"
_LOOSE = r"(?:[^\W\d_][\w'’.-]{0,20} ?){1,5}?"
_SUFFIXES = (
    "stra(?:ß|ss)e|str\\.|weg|platz|allee|gasse|ring|damm|ufer|graben|chaussee|pfad|steig|markt|straat|laan|plein|gracht|kade|dijk|singel|dreef|steenweg"
    "|gatan|gata|vägen|vegen|veien|vej|gade|gränd|katu|ntie|utca|stigen|stien|backen|bakken|torget|allén|stræde|torvet|vænget|kuja|polku|stræti"
)
_LOOSE_KINDS = r"Calle|C/|Avda?\.?|Avenida|Plaza|Paseo|Ronda|Camino|Carrer|Rua|Travessa|Pra[çc]a"
_KINDS = (
    r"[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]alle|[Cc]/(?![Cc]\b)|[Aa]vda\.?|Avd\.?|[Aa]venida|[Aa]v\.|[Pp]laza|Pza\.|[Pp]aseo|Pso\.?|Ctra\.?|[Rr]onda|[Cc]amino|[Cc]arrer|[Pp]asaje|[Cc]arretera|[Tt]raves[ií]a"
    r"|[Gg]lorieta|[Rr]ua|[Tt]ravessa|[Pp]ra[çc]a|[Aa]lameda|[Ll]argo|[Ee]strada|[Rr]odovia|[Ll]adeira|[Vv]iale|[Vv]icolo|[Pp]iazzale|[Pp]iazza|[Cc]orso|[Ss]trada"
    r"|[Cc]ontrada|[Ll]ocalit[àa]|[Ll]oc\.|[Ff]razione|[Ff]raz\.|[Bb]orgo|[Ll]ungo(?:mare|tevere|lago|arno|po|dora|fiume)|[Ss]alita|[Tt]raversa|[Vv]ia|[Uu]l\.|[Uu]lica|[Oo]s\.|[Aa]l\.|[Pp]l\.|[Ss]tr\.|[Bb]d\.|[Pp]lace|Stra(?:ß|ss)e (?:des|der|zum|zur)|Jalan|Jl\.|Jr\.|P\.zza|P\.le|V\.le|C\.so|Laan (?:van|der)"
)
_NUMBERED = later(
    rf"(?:[{BIG}][\wäöüß-]{{0,30}}(?:{_SUFFIXES})|(?:{_LOOSE_KINDS}) ?{_LOOSE}|(?P<kind>{_KINDS}) ?{_NAME}){_NUMBER}"
)
_ADJECTIVE = later(
    r"(?<!\w)(?:(?:Alte|Neue|Große|Grosse|Kleine|Obere|Untere|Innere|Äußere|Hintere|Vordere|Lange|Breite|Hohe)[rsn]?|Oude|Nieuwe|Grote|Kleine|Korte) \Z"
)
_UNSURE = frozenset(
    {
        "via",
        "place",
        "strada",
        "borgo",
        "salita",
        "traversa",
        "località",
        "localita",
        "loc.",
        "frazione",
        "fraz.",
        "largo",
        "corso",
        "al.",
        "pl.",
        "str.",
        "bd.",
        "jr.",
        "avenue",
        "boulevard",
    }
)
"""Words that say something else as well where they are written small; a number and a town must follow."""
_ANY_NAME = later(r"[^\W\d_]{2}")
_IN = later(r"(?<!\w)(?:in|[Aa]bita in|[Rr]esidente in|[Ss]ede in|zam\.|nr|à|u) \Z")


def _numbered(text: str, start: int, end: int) -> list[Judged] | None:
    """A street whose number comes after its name."""
    word = start
    while word > 0 and start - word < 32 and (text[word - 1].isalpha() or text[word - 1] == "-"):
        word -= 1
    for place in {word, start, start + (text[start] == " ")}:
        match = _NUMBERED.match(text, place, min(len(text), end + 90))
        if not (match and start < match.end() and alone(text, place, match.end())):
            continue
        found = whole(text, place, match.end(), start, 0.75)
        if (match["kind"] or "").lower() in _UNSURE and not _ANY_NAME.search(text, match.end("kind"), match.end()):
            continue
        unsure = match["kind"] in _UNSURE and not _IN.search(text[max(0, place - 14) : place])
        if unsure and (found[0][1] == match.end() or text[max(0, place - 3) : place].lower() == "et "):
            continue
        if adjective := _ADJECTIVE.search(text[max(0, place - 12) : place]):
            found[0] = (place - len(adjective.group()), *found[0][1:])
        return found
    return None


# Words for streets that stand by themselves between the name and the number.
_WORDS_BEFORE = later(rf"(?<![\w'’.-])(?:[{BIG}][\w'’.-]{{1,20}} ){{1,3}}\Z")
_NUMBER_BEHIND = later(_NUMBER)
_SURE_WORDS = frozenset(
    {"straße", "strasse", "str.", "allee", "laan", "út", "utca", "caddesi", "cad.", "sokak", "sok.", "körút"}
)


def _between(text: str, start: int, end: int) -> list[Judged] | None:
    """A street with its name before the word and its number behind: `Váci utca 12`, `Karl Johans gate 22, 0162 Oslo`."""
    kind = text[start:end].strip().lower()
    word = text.index(" ", start) + 1
    name = _WORDS_BEFORE.search(text[max(0, word - 50) : word])
    number = _NUMBER_BEHIND.match(text, end - (text[end - 1] == " "), end + 30) if name else None
    if not name or not number or not alone(text, word, number.end()):
        return None
    found = whole(text, word - len(name.group()), number.end(), start, 0.75)
    return found if kind in _SURE_WORDS or found[0][1] > number.end() else None


# In French the number comes first.
_NUMBER_BEFORE = later(r"(?<![\w.,-])[1-9]\d{0,3}(?:-\d{1,4})?(?: ?(?:bis|ter|quater|[A-Da-d])\b)?,? ?\Z")
_NAMED = r"[A-ZÀ-Þ0-9][\w'’-]{0,24}"
_FRENCH = later(
    rf"[^\W\d_]{{2,10}}\.? (?!\d+(?:[^\w]|\Z))(?:du \d{{1,2}}(?:er)? [a-zéûô]{{3,9}}(?: \d{{4}}(?!\d))?|"
    rf"(?:(?:de la|des?|du|la|les?|aux?|à) |(?:de l|d|l)['’]){{0,2}}{_NAMED}"
    rf"(?:[ -](?:(?:de la|des?|du|et|en) |(?:de l|d|l)['’])?(?!\d{{4,5}} ){_NAMED}){{0,4}})"
)


def _french(text: str, start: int, end: int) -> list[Judged] | None:
    """A word for a street with a number before it and a name after it."""
    number = _NUMBER_BEFORE.search(text, max(0, start - 14), start)
    named = _FRENCH.match(text, start, min(len(text), end + 110)) if number else None
    return whole(text, number.start(), named.end(), start, 0.75) if number and named else None


_PREFIXES = (
    "rue ", "av. ", "via ", "viale ", "piazza", "corso ", "calle ", "c/", "avda", "avd. ", "pso. ", "ctra", "pza. ", "avenida", "plaza ", "paseo ", "ronda ", "camino ", "carrer ", "rua ", "travessa ",
    "strada ", "localit", "loc. ", "frazione ", "fraz. ", "borgo ", "lungomare ", "lungotevere ", "lungolago ", "lungarno ", "lungo", "salita ", "traversa ",
    "alameda ", "estrada ", "rodovia ", "ladeira ", "largo ", "vicolo ", "contrada ", "pasaje ", "carretera ", "glorieta ", " ul. ", '"ul. ', "ulica ",
    " os. ", '"os. ', " al. ", '"al. ', " pl. ", "jalan ", "jl. ", "jr. ", "praca ", "avenue ", "boulevard ", "p.zza ", "v.le ", "c.so ", "laan van ",
)  # fmt: skip
_ENDINGS = (
    "strasse", "stra", "str.", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "graben", "chaussee", "pfad", "steig", "straat", "laan", "plein",
    "gracht", "kade", "dijk", "singel", "dreef", "gatan", "gata", "stigen", "stien", "backen", "bakken", "torget", "torvet", "vegen", "veien", "vej ", "gade ", "katu", "ntie ",
)  # fmt: skip


_FRENCH_WORDS = (
    "rue ", "avenue ", "av. ", "boulevard ", "bd ", "place ", "chemin ", "impasse ", "quai ", "cours ", "route ", "square ", "passage ",
    "ruelle ", "sentier ", "faubourg ", "lotissement ", "hameau ", "promenade ",
)  # fmt: skip
_WORDS_BETWEEN = (
    " str. ",
    " weg ",
    " platz ",
    " allee ",
    " markt ",
    " laan ",
    " strasse ",
    " utca ",
    "s gata ",
    "s plass ",
    " caddesi ",
    " cad. ",
    " sokak ",
    " sok. ",
    "s gate ",
    " vei ",
)
PLACES: tuple[Pattern, ...] = (
    Pattern(
        label="personal.address",
        shape=choice(_STREETS_AFTER),
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
        shape=r"stra(?:ß|ss)e|str\.|weg\b|platz|allee|gasse|damm\b|graben\b|chaussee|pfad\b|straat|laan|plein|gracht|kade\b|dijk|singel\b|dreef\b"
        r"|steenweg|gatan|stigen|stien\b|backen|bakken\b|torget|torvet|gata\b|vegen\b|veien\b|vej |gade |katu|ntie ",
        anchors=_ENDINGS,
        judge=_numbered,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=90,
    ),
    Pattern(
        label="personal.address",
        shape=choice(_PREFIXES),
        anchors=_PREFIXES,
        judge=_numbered,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=90,
    ),
    Pattern(
        label="personal.address",
        shape="vägen|gränd|allén|stræde|vænget|praça |aleea |travesía ",
        anchors=("vägen", "gränd", "allén", "stræde", "vænget", "praça ", "aleea ", "travesía "),
        judge=_numbered,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.address",
        shape=choice(_WORDS_BETWEEN),
        anchors=_WORDS_BETWEEN,
        judge=_between,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=20,
    ),
    Pattern(
        label="personal.address",
        shape=" straße | út ",
        anchors=(" straße ", " út "),
        judge=_between,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.address",
        shape=choice(_FRENCH_WORDS),
        anchors=_FRENCH_WORDS,
        judge=_french,
        ignore_case=True,
        needs_digit=True,
        begins=True,
        close=True,
        digit_near=14,
    ),
    Pattern(
        label="personal.address",
        shape="allée |cité |résidence |montée ",
        anchors=("allée ", "cité ", "résidence ", "montée "),
        judge=_french,
        ignore_case=True,
        needs_digit=True,
    ),
)  # fmt: skip
