"""Codes of doors, alarms, cards and locks, which nothing but the words around their digits tells from other numbers."""

import re
from functools import lru_cache

from trimtab.builtin.detectors.patterns.secret_places import either
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_CODE_WORDS = (
    "code",
    "codice",
    "codigo",
    "kod ",
    "kod:",
    "combination",
    "kombination",
    "combinaison",
    "szyfr",
    "puk",
    " pin ",
    "-pin ",
    "pincode",
    "pin-code",
    "pin:",
    "senha ",
    "clave ",
    "contrasena ",
)
_PLACES = (
    r"(?:doors?|gates?|alarms?|safe|vault|lockers?|padlock|lock|garage|entry|entrance|keypad|elevator|lift|building|lobby|t[üu]r|haust[üu]r|tor|tresor|alarmanlage|"
    r"schloss|spind|porte|portail|alarme|coffre|digicode|immeuble|casier|cadenas|puerta|alarma|caja fuerte|port[óo]n|taquilla|candado|porta|cancello|allarme|"
    r"cassaforte|armadietto|port[ãa]o|cofre|cadeado|arm[áa]rio|drzwi|alarmu|sejfu|bramy|furtki|szafki|deur|poort|kluis|slot|voicemail|mailbox|sim|shed|cabin|room|house|flat|apartment|parking|barrier|cellar|basement|\w*keller|wohnung|b[üu]ro|garten|fahrrad(?:raum|keller)|schlie(?:ß|ss)fach|parkplatz|appartement|local|cave|"
    r"bureau|oficina|piso|trastero|ufficio|garaje|box|lockbox|keypad|key safe|\w*kelder|berging|schuur|magazijn|bo[îi]te [àa] cl[ée]s|caja de llaves|schl[üu]ssel(?:kasten|tresor|safe)|cassetta|"
    r"sleutelk(?:luis|astje)|domofonu?|domofon|piwnicy|magazynu|klatki|operat(?:or|ore|eur|ora)|supervis(?:or|ore|eur)|disarm|unlock|bitlocker|kluisjes|serverhok|server ?raum)"
)
_PLACE = later(rf"\b{_PLACES}\b", re.IGNORECASE)
_PLACE_NUMBERED = later(rf"\b{_PLACES} \d{{1,4}}[,:] \Z", re.IGNORECASE)
_OTHER_CODES = later(
    r"(?:source|status|http|error|exit|return|zip|postal|post|country|area|promo|discount|gift|item|product|qr|bar|building|dress|morse|pay)[ -]?\Z",
    re.IGNORECASE,
)
_YEAR = later(r"(?:19|20)\d\d")
_PLACE_GLUED = later(rf"(?:\b|[a-zäöü])(?:{_PLACES}|digi|toegangs|access|entry|unlock)[ \t-]?\Z", re.IGNORECASE)
_PLACE_LAST = later(rf"\b{_PLACES}(?: [dlDL]['’]\w+)?\Z", re.IGNORECASE)
_CODE = later(
    r"s?\b((?:,? [^\W\d][\w'’-]{0,20}+){0,8}?(?: \([^()\n]{1,30}\))?)(,? (?:(?:it'?s|is|are|will be|now|lautet|ist|bleibt|est|sera|es|será|é|è|sarà|jest|to|blijft|wordt)\b)|[ \t]?[:=→]|[ \t]?->)?+[ \t]{1,2}(?:now |still |jetzt |nun |nog |noch |changed to |veranderd naar |ge[äa]ndert (?:auf|in|zu) |cambiado a |cambiato in |chang[ée] en )?[(\"'“„«]?(#?\d{4,8}[A-F]?[#*]?|\d{2,3}[A-Z]\d{2,5}|[A-F]\d{4,6}|\d{1,2}(?:-\d{1,2}){2,3})(?![\w%€$]|[.,:/-]\d)",
    re.IGNORECASE,
)
_ROOMS = r"(?!(?:room|cabin|house|flat|apartment|building|parking|box)[ \t]\d)"  # a number after these is theirs
_EACH = later(
    rf"\b{_ROOMS}{_PLACES}[ \t]?[:=]?[ \t]{{1,2}}(#?\d{{4,8}}[A-F]?[#*]?)(?![\w%€$]|[.,:/-]\d)", re.IGNORECASE
)
_PIN = later(
    r"(?:pin|puk)(?:[ \t-]?(?:code|nummer|number))?(?:((?:[ \t][^\W\d][\w'’-]{0,20}+){0,8}?)(?:[ \t](?:\d|nummer|number))?([ \t]?[:=→]|[ \t]?->|[ \t](?:nummer|number|is|ist|lautet|est|es|é|è|to|jest|blijft|bleibt|type|enter|was|auf|naar)\b))?[ \t]{1,2}(?:now |still )?[(\"'“„«]{0,2}(\d{4,8})(?![\w%]|[.,:/-]\d|[ \t]\d)",
    re.IGNORECASE,
)
_CARD = later(
    r"\b(?:card|karte|carte|tarjeta|carta|cart[ãa]o|karta|kaart|sim|phone|handy|m[óo]vil|celular|cell|t[ée]l|tablet|karty|bancomat|alarm|door|debit|credit|voicemail|puk|bitlocker|tpm|printer|drucker|ota)",
    re.IGNORECASE,
)
_LIST = 100  # characters after `codes` in which places may be named with one each


def _code(text: str, start: int, end: int) -> Judged | list[Judged] | None:
    """`door code is 4821`, `code du coffre : 518203`, `SIM-PIN 2907`: digits after what they open."""
    if text[start : start + 1] in " -":
        start += 1
    if text[start].lower() == "p":
        found = _PIN.match(text, start)
        near = text[max(0, start - 30) : start] + ((found and found[1]) or "")
        told = found and (text[start + 1] in "uU" or _CARD.search(near) or _PLACE.search(near) or _stands(text, found))
        return (*found.span(3), 0.7) if found and told else None
    if text[end : end + 1] in {"s", "S"} and (each := list(_EACH.finditer(text, end, end + _LIST))):
        return [(*one.span(1), 0.7) for one in each]
    found = _CODE.match(text, end - text[start:end].endswith((" ", ":")))
    if not found or (not found[2] and (_YEAR.fullmatch(found[3]) or found[1].count(" ") > 3)):
        return None
    opens = _opens(text[max(0, start - 24) : start], found[1], bool(found[2]))
    low = max(0, start - _SENTENCE_BEFORE)
    if not opens and _WHICH.search(text, max(0, start - 12), start):
        opens = bool(_PLACE.search(text, low, start))
    elif not opens and not found[1] and text.endswith(_BY, low, start):
        opens = bool(_PLACE.search(text, max(low, text.rfind(".", low, start), text.rfind("\n", low, start)), start))
    return (*found.span(3), 0.7) if opens else None


_SENTENCE_BEFORE = 120
_BY = tuple(
    f" {word} {article}"
    for word in ("with", "mit", "avec", "con", "com", "met", "z")
    for article in ("", "the ", "dem ", "le ", "el ", "il ", "o ", "de ")
)


_WHICH = later(
    r"(?<![^\W_])(?:new|old|current|neuer?|alter?|aktueller?|nouveau|ancien|nuevo|viejo|nuovo|vecchio|novo|antigo|nieuwe|oude|nowy|stary)[ \t]\Z",
    re.IGNORECASE,
)


def _stands(text: str, found: re.Match[str]) -> bool:
    """Whether PIN, in capitals or before a sign, is one that people type: no year, no six digits as India has for places."""
    digits = found[3]
    plain = text[found.start() : found.start() + 3] == "PIN" or found[2] is not None
    return plain and len(digits) != _INDIAN and not (_YEAR.fullmatch(digits) and found[2] is None)


_INDIAN = 6


@lru_cache(maxsize=1_024)
def _opens(before: str, among: str, signed: bool) -> bool:  # noqa: FBT001 - remembered by its place
    """Whether the words around `code` name what it opens; `signed` says that a sign stands between it and the digits."""
    if _OTHER_CODES.search(before) or (among and not signed and not _PLACE_LAST.search(among)):
        return False
    return bool(_PLACE_GLUED.search(before) or _PLACE.search(among) or (not among and _PLACE_NUMBERED.search(before)))


_LOCKS = (
    "keypad", "padlock", "lockbox", "key safe", "tresor", "cadenas", "candado", "lucchetto", "cadeado", "digicode", "gate is", "door is", "alarm is", "safe is", "lock is",
    "portail", "portone", "porte d", "puerta", "portón", "cancello", "boîte à clés", "boite a cles", "caja de llaves", "schlüsselkasten", "alarm", "opens with", "unlocks with", "disarm", "alarmanlage", "alarm with", "alarm mit", "alarme avec", "alarma con", "alarme com", "allarme con", "geht auf mit", "s'ouvre avec", "se abre con",
    "abre com", "si apre con",
)  # fmt: skip
_LOCK = later(
    r"((?:[ \t](?:code|[^\W\d_][\w'’]{0,14}+)){0,5}?)([ \t]?[:=→]|[ \t]?->|[ \t](?:is|ist|est|c['’]est|es|é|è|with|mit|avec|con|com|met)\b)?[ \t]{1,3}"
    r"(#?\d{4,8}[A-F]?[#*]?|\d{2,3}[A-Z]\d{2,5}|\d{1,2}(?:-\d{1,2}){2,3})(?![\w%€$]|[.,:/-]\d|[ \t]?(?:mm|cm|m|kg|g|lbs?|euros?|usd|hours?|days?|people|times|v|w|hz)\b)"
)
_OPENED = ("with", "mit", "avec", "con", "com")
_ALONE_WITH = frozenset("keypad padlock lockbox tresor cadenas candado lucchetto cadeado digicode alarmanlage".split())  # noqa: SIM905 - a table of words


def _locked(text: str, start: int, end: int) -> Judged | None:
    """`keypad 90-55-3`, `the lockbox opens with 0916`: digits after what they open, without a word for a code."""
    found = _LOCK.match(text, end)
    if not found or (start and text[start - 1].isalpha() and not text.startswith(("tresor", "alarmanlage"), start)):
        return None
    lock = text[start:end].lower()
    if (_YEAR.fullmatch(found[3]) and not lock.endswith(_OPENED)) or (
        lock.endswith(_OPENED) and not _OPENS_BEFORE.search(text, max(0, start - 80), start)
    ):
        return None
    if not found[2] and not lock.endswith(_SAYS_IT) and (lock not in _ALONE_WITH or found[1]):
        return None
    if lock == "alarm" and found[2] and found[2].strip() not in _OF_ALARMS:
        return None
    return (*found.span(3), 0.7)


_SAYS_IT = (*_OPENED, " is")
_OF_ALARMS = frozenset(("with", "mit", "avec", "con", "com", "met"))


_OPENS_BEFORE = later(rf"\b(?:{_PLACES}|keypad|lockbox|box)\b|alarm", re.IGNORECASE)
_EAST_PINS = ("PIN码", "PIN碼", "PINコード", "PIN코드", "PIN番号", "暗証番号", "暗證碼", "门禁密码", "門禁密碼", "门锁密码", "開門密碼", "ドアコード", "출입코드", "출입 비밀번호")  # fmt: skip
_EAST_PIN = later(
    r"\s?(?:は本日から|は今日から|は明日から|从今天起改为|是|为|為|は|が|을|를|은|는|[:：])?\s?[\"「『（(]?\s?([#*]?\d{4,8}[#*]?)(?!\d|[.,:/-]\d)"
)


def _east_pin(text: str, _start: int, end: int) -> Judged | None:
    """`打印机PIN码为 6039`: the words are those of `_EAST_PINS`."""
    found = _EAST_PIN.match(text, end)
    return (*found.span(1), 0.75) if found else None


# -- lists of codes ---------------------------------------------------------------------------

_LISTED = (
    "recovery code", "recovery-code", "recovery_code", "backup code", "backup-code", "backup_code", "scratch code", "emergency code", "one-time code", "notfallcode",
    "wiederherstellungscode", "einmalcode", "codes de secours", "codes de r", "de respaldo", "de recupera", "di recupero", "di backup", "di riserva", "kody zapasowe",
    "kody odzyskiwania", "herstelcode", "reservecode",
)  # fmt: skip
_HEAD = later(r"[\w’-]{0,16}[^\n:\d]{0,90}(?::|\n|=)[ \t\[(]{0,3}")
_ONE = later(
    r"(?:[\s,;|\"'\[(]|\d{1,2}[.)]\s|[-*•]\s|(?:and|und|et|y|e|en|i|or)\s){0,8}"
    r"(\d{4} \d{4}(?! ?\d)|(?=[a-z0-9-]{0,24}\d)[a-z0-9]{4,12}(?:-[a-z0-9]{4,12}){0,5}|(?=[A-Z0-9-]{0,24}\d)[A-Z0-9]{4,12}(?:-[A-Z0-9]{4,12}){0,5})(?![\w@/])"
)
_MOST = 30  # codes in a list, and characters that it may be long


def _listed(text: str, _start: int, end: int) -> list[Judged]:
    """`recovery codes:` and what stands in the lines below it, as far as they are codes."""
    head = _HEAD.match(text, end)
    found: list[Judged] = []
    at = head.end() if head else -1
    while head and len(found) < _MOST and (one := _ONE.match(text, at)):
        found.append((*one.span(1), 0.8))
        at = one.end()
    return found if len(found) > 1 or (found and found[0][1] - found[0][0] > 9) else []


CODES: tuple[Pattern, ...] = (
    Pattern(
        label="secret.password",
        shape=either(_CODE_WORDS),
        anchors=_CODE_WORDS,
        begins=True,
        digit_near=120,
        judge=_code,
        ignore_case=True,
    ),
    Pattern(
        label="secret.password",
        shape="código|contraseña ",
        anchors=("código", "contraseña "),
        needs_digit=True,
        judge=_code,
        ignore_case=True,
    ),
    Pattern(
        label="secret.password",
        shape=either(_LOCKS),
        anchors=_LOCKS,
        begins=True,
        digit_near=100,
        judge=_locked,
        ignore_case=True,
    ),
    Pattern(
        label="secret.password",
        shape=either(_EAST_PINS),
        anchors=tuple(word.lower() for word in _EAST_PINS),
        needs_digit=True,
        judge=_east_pin,
        ignore_case=True,
    ),
    Pattern(
        label="secret.password",
        shape=either(_LISTED),
        anchors=_LISTED,
        begins=True,
        needs_digit=True,
        judge=_listed,
        ignore_case=True,
    ),
)
