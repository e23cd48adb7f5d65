"""Personal data with a shape of its own, other than plain numbers: see `numbers` for those."""

import re
from functools import lru_cache
from importlib import import_module

from trimtab.builtin.detectors.patterns.secret_places import DUMMY
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Pattern, Single
from trimtab.detect.signs import later


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a candidate begins and ends where a word does."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or before == "_") and not (after.isalnum() or after == "_")


# -- mail ----------------------------------------------------------------------

_LOCAL_REVERSED = later(r"[^\s@<>()\[\]{},;:\"'`\\|/=*!?]{1,64}")
_DOMAIN = later(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,62}", re.ASCII | re.IGNORECASE)
_DOMAIN_WIDE = later(r"[^\W_](?:[\w-]{0,62})(?:\.[\w-]{1,63}){0,7}\.[^\W\d_][\w-]{1,62}")


def _email(text: str, at: int, _: int) -> Judged | None:
    """Wider than RFC 5322 on purpose: a miss leaks, an extra hit costs a mask."""
    if text.find(".", at, at + 256) < 0:
        return None
    before = _LOCAL_REVERSED.match(text[max(0, at - 64) : at][::-1])
    if not before:
        return None
    after = _DOMAIN.match(text, at + 1) or _DOMAIN_WIDE.match(text, at + 1)
    if not after:
        return None
    local = before.group()[::-1]
    shift = len(local) - len(local.lstrip(".-_+"))
    end = after.end()
    if len(local) == shift or "." not in text[at + 1 : end]:
        return None
    begin = at - len(local) + shift
    if local == "git" and text[end : end + 1] == ":":
        return None  # how git names a repository
    if begin and text[begin - 1] == ":" and "://" in text[max(0, begin - 70) : begin]:
        return None  # a password before a host, which is looked for by itself
    return begin, end, 0.99


# -- bank and money -------------------------------------------------------------

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip

_IBAN_LETTERS = dict.fromkeys(
    "AZ BG BH BY DO GB GI GT IE IQ JO KW LC LV MT MU NL PK QA RO SC SV VG".split(),  # noqa: SIM905 - a table of words
    4,
) | {"GE": 2, "IT": 1, "SM": 1}
"""How many letters of a bank come after the check digits, where it is not none."""


def _iban(text: str, start: int, end: int) -> Judged | None:
    """ISO 13616: a country's length and the check digits; a wrong check counts less after the word itself."""
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return None
    wanted = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    if not wanted:
        return None
    seen, at = "", start
    while at < end and len(seen) < wanted:
        if text[at].isalnum():
            seen += text[at]
        at += 1
    if len(seen) < wanted or (at < len(text) and text[at].isalnum()):
        return None
    value = "".join(str(int(char, 36)) for char in (seen[4:] + seen[:4]).upper())
    if int(value) % 97 == 1:
        return start, at, 0.99
    if "iban" in text[max(0, start - 30) : start].lower():
        return start, at, 0.7
    # A slip of the pen or an invented one: its bank code must then look like one of its country.
    letters = _IBAN_LETTERS.get(seen[:2].upper(), 0)
    rest = seen[4 + letters :]
    written = text[start:at]
    fits = (seen[4 : 4 + letters].isalpha() or not letters) and written.isupper() and "-" not in written
    return (start, at, 0.6) if fits and wanted > 17 and sum(map(str.isdigit, rest)) * 4 >= len(rest) * 3 else None


def _crypto(text: str, start: int, end: int) -> Judged | None:
    if not _alone(text, start, end):
        return None
    written = text[start:end]
    if written.startswith("0x"):
        return start, end, 0.9
    if written.lower().startswith(("bc1", "ltc1")):
        return start, end, 0.95 if any(map(str.isdigit, written[4:])) else 0.0
    return (start, end, 0.95) if _checks("bitcoin", written) else None


# -- letters and digits with a word before them ------------------------------------

_TOKEN = later(r"[A-Za-z0-9](?:[-./]?[A-Za-z0-9]){3,19}")
_FILLER = later(
    r"(?:['’]s)?\s{0,2}(?:(?:number|no|nr|num|n[uú]mero|nummer|num[ée]ro|id|card|code|licen[sc]e|is|was|ist|es|est|of|de|und|and|the|my|her|his|:|#|=|-|\.|,|\(|[nN][º°]|with|are)\s{0,3}){0,5}[:#=\-(]?\s{0,2}",
    re.IGNORECASE,
)


def _after(*, least_digits: int, sizes: range, confidence: float = 0.85, letters: bool = True) -> Single:
    """The judge of a word that announces an identifier: the next thing that looks like one is it."""

    def judge(text: str, start: int, end: int) -> Judged | None:
        if start and text[start - 1].isalnum():
            return None
        filler = _FILLER.match(text, end)
        at = filler.end() if filler else end
        if at == end:
            return None
        token = _TOKEN.match(text, at)
        if not token:
            return None
        compact = re.sub(r"[-./]", "", token.group())
        digits = sum(map(str.isdigit, compact))
        if digits < least_digits or len(compact) not in sizes or (digits != len(compact) and not letters):
            return None
        return token.start(), token.end(), confidence

    return judge


_NUMBER_OF = later(r"(?:n[ºo°.]{1,3}|n[uú]m\w{0,5}|number) ?(?:de ?)?\Z", re.IGNORECASE)
_REGISTERED = _after(least_digits=4, sizes=range(4, 20))


def _collegiate(text: str, start: int, end: int) -> Judged | None:
    """The number under which a Spanish professional is registered: `nº col. 28 28 12345`, `colegiado 12345`."""
    whole = end - start > len("col")
    return _REGISTERED(text, start, end) if whole or _NUMBER_OF.search(text[max(0, start - 14) : start]) else None


@lru_cache(maxsize=4096)
def _checks(module: str, value: str) -> bool:
    return bool(import_module(f"stdnum.{module}").is_valid(value))


def _stdnum(module: str, confidence: float = 0.9) -> Judge:
    def judge(text: str, start: int, end: int) -> Judged | None:
        if _alone(text, start, end) and _checks(module, text[start:end]):
            return start, end, confidence
        return None

    return judge


def _word(text: str, start: int, end: int) -> Judged | None:
    return (start, end, 0.9) if _alone(text, start, end) else None


_OF_A_THING = later(
    r"\b(?:part|model|sku|serial|ref(?:erence)?|order|item|product|batch|lot|art(?:icle|ikel)?|type|version|plate|flight|invoice|ticket|code|bauteil|modelo?|serie)"
    r"(?:[ -]?(?:no|number|nr|num|code|id))?[\s.:#]{0,3}\Z",
    re.IGNORECASE,
)


def _person(text: str, start: int, end: int) -> Judged | None:
    """As `_word`, for a form that parts and models have as well."""
    return None if _OF_A_THING.search(text[max(0, start - 24) : start]) else _word(text, start, end)


_USERNAME = later(r"\s?(?:is|:|=)\s?[\"']?([\w.@-]{3,40})")


_DIGIT_OR_AT = later(r"[\d@-]")


def _username(text: str, start: int, end: int) -> Judged | None:
    token = _USERNAME.match(text, end)
    if not token or (start and text[start - 1].isalnum()):
        return None
    at, upto = token.span(1)
    value = text[at:upto].rstrip(".")
    if text[upto : upto + 1] in {"(", "["} or not (text[at - 1] in "\"'" or _DIGIT_OR_AT.search(value)):
        return None  # code
    if "://" in text[max(0, start - 8) : start]:
        return None  # `https://username:token@host`
    return (at, at + len(value), 0.7) if any(not char.isalpha() for char in value) else None


# -- network and places ---------------------------------------------------------


def _ipv6(text: str, start: int, end: int) -> Judged | None:
    written = text[start:end]
    if written.count(":") < 3 or not _alone(text, start, end) or not any(map(str.isdigit, written)):
        return None
    import ipaddress

    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        return None
    return start, end, 0.9


def _login_url(text: str, start: int, end: int) -> Judged | None:
    """`scheme://user:password@`: the part between the slashes and the at-sign."""
    if not start or not text[start - 1].isalnum():
        return None
    user, _, secret = text[start + 3 : end - 1].partition(":")
    if stands_in(f"{secret}~") or DUMMY.fullmatch(secret) or (user[:1] in "<{$[%" and user[-1:] in ">}])%"):
        return None
    return start + 3, end - 1, 0.95


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
        if match and start < match.end() and _alone(text, place, match.end()):
            return place, match.end(), 0.75
    return None


PERSONAL: tuple[Pattern, ...] = (
    Pattern(label="personal.email", shape="@", anchors=("@",), begins=True, judge=_email),
    Pattern(
        label="personal.iban",
        shape=r"[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,30}",
        judge=_iban,
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.crypto",
        shape=r"0x[0-9a-fA-F]{40}|(?:bc1|BC1|ltc1)[a-zA-Z0-9]{25,59}|[13][1-9A-HJ-NP-Za-km-z]{25,34}",
        judge=_crypto,
        needs_digit=True,
    ),
    Pattern(label="personal.mac", shape=r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}", judge=_word, needs_digit=True),
    Pattern(label="personal.ip", shape=r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}", judge=_ipv6, needs_digit=True),
    Pattern(
        label="secret.url-login",
        shape=r"://[^\s:@/]{1,64}:[^\s@/]{1,128}@",
        anchors=("://",),
        begins=True,
        judge=_login_url,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"\d{8}[- ]?[A-Z]",
        judge=_stdnum("es.dni"),
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"[XYZ][- ]?\d{7}[- ]?[A-Z]",
        judge=_stdnum("es.nie"),
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]",
        judge=_stdnum("it.codicefiscale"),
        ignore_case=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        judge=_person,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id", shape=r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", judge=_person, needs_digit=True
    ),
    Pattern(label="personal.national-id", shape=r"\d{6}[-+A]\d{3}[0-9A-Y]", judge=_stdnum("fi.hetu"), needs_digit=True),
    Pattern(label="personal.national-id", shape=r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", judge=_word, needs_digit=True),
    Pattern(
        label="personal.passport",
        shape=r"passports?|pasaporte|reisepass(?:nummer)?|passeport|passaporto|paspoort",
        anchors=("passport", "pasaporte", "reisepass", "passeport", "passaporto", "paspoort"),
        judge=_after(least_digits=4, sizes=range(6, 13)),
        ignore_case=True,
        begins=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"driv(?:er'?s?|ers'|ing)[ -]{1,2}licen[sc]e|fue?hrerschein(?:nummer)?|permis de conduire|(?:licencia|permiso|carnet) de conducir|patente di guida|rijbewijs",
        anchors=("driv", "fuhrer", "fuehrer", "permis", "licencia", "carnet", "patente", "rijbewijs"),
        judge=_after(least_digits=4, sizes=range(5, 18)),
        ignore_case=True,
        begins=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape="führerschein(?:nummer)?",
        anchors=("führerschein",),
        judge=_after(least_digits=4, sizes=range(5, 18)),
        ignore_case=True,
    ),
    Pattern(
        label="personal.medical-record",
        shape="col(?:egiad[oa])?",
        anchors=("col",),
        judge=_collegiate,
        ignore_case=True,
        begins=True,
        digit_near=60,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"mrn|medical record|patient (?:id|number|no)|health (?:card|insurance)|historia cl[ií]nica|nhc|cipa|nass|member id|policy (?:no|number)",
        anchors=(
            "mrn",
            "medical record",
            "patient",
            "health",
            "historia",
            "nhc",
            "cipa",
            "nass",
            "member",
            "policy",
        ),
        judge=_after(least_digits=4, sizes=range(4, 20)),
        ignore_case=True,
        begins=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"(?:ssn|social security|tax id|tin|pan|aadh?aar|national id|dni|nif|nie|ausweisnummer|steuer-?id|codice fiscale|personalausweis)",
        anchors=(
            "ssn",
            "social",
            "tax",
            "tin",
            "pan",
            "aadh",
            "national",
            "dni",
            "nif",
            "nie",
            "ausweis",
            "personalausweis",
            "steuer",
            "codice",
        ),
        judge=_after(least_digits=4, sizes=range(6, 17)),
        ignore_case=True,
        begins=True,
    ),
    Pattern(
        label="personal.account",
        shape=r"account|acct|routing|konto(?:nummer)?|cuenta|swift|bic|sort code",
        anchors=("account", "acct", "routing", "konto", "cuenta", "swift", "bic", "sort code"),
        judge=_after(least_digits=4, sizes=range(6, 20), confidence=0.75),
        ignore_case=True,
        begins=True,
    ),
    Pattern(
        label="personal.username",
        shape=r"user ?name|login|user ?id|usuario|benutzername",
        anchors=("user", "login", "usuario", "benutzer"),
        judge=_username,
        ignore_case=True,
        begins=True,
    ),
    Pattern(
        label="personal.address",
        shape="|".join(sorted(_STREETS_AFTER, key=len, reverse=True)),
        begins=True,
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
        digit_near=90,
    ),
)
