"""Credentials as people tell them: in answer to a question, in quotes in a sentence, as codes of doors and cards, as words.

No sign of assignment stands before these. A word that asks for a credential does, and what follows a little later is
strong enough to be nothing else, or digits right where a code is due.
"""

import re
from functools import lru_cache

from trimtab.builtin.detectors.patterns.secret_drawn import DIGIT, LETTERS, random_looking, random_part
from trimtab.builtin.detectors.patterns.secret_places import either, wide
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.secret_values import STRONG, TALK, has_strength, like_password, says_nothing
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_WHOSE = r"[ \t](?:de la|de|del|des|du|der|dem|vom|von|zum|f[üu]r|for|of|on|van|voor|do|da|di|dla|para|per)"
_OF = later(rf"{_WHOSE}(?:[ \t][\w.'’-]{{1,24}}+){{1,3}}?[ \t](?=[^\s]{{0,40}}\d)([^\s\"'`<>(){{}}]{{7,64}})")
_ANSWER = later(
    r"[^\n?]{0,60}\?[ \t]{0,3}\r?\n[ \t>]{0,4}(?:\[[\d:. apmAPM-]{4,20}\][ \t]?)?(?:<[^<>\n]{1,24}>|[\w.-]{1,24}(?: [\w.-]{1,24})?:)?[ \t]{0,3}"
    r"[\"'`]?(?=[^\s]{0,64}\d)([^\s\"'`<>]{6,64})[\"'`]?[ \t]{0,3}(?:\r?\n|\Z)"
)
_FOURS = later(r"[ \t]{0,3}(?:[:=]|->|→|is|lautet|ist)[ \t]{0,3}([a-z]{4}(?: [a-z]{4}){3})(?![\w-])")


def spoken(text: str, end: int) -> Judged | None:
    """What a sentence tells after a word for "password" that ends at `end`: of what it is, an answer, groups of four."""
    first = text[end : end + 1]
    if first not in _MAY_BE_TOLD:
        return None
    if found := _FOURS.match(text, end):
        return (*found.span(1), 0.8) if random_part(found[1].replace(" ", "")) else None
    if first in _LATER_BEGINS and (found := _OF.match(text, end) or _LATER.match(text, end)):
        value = found[1].rstrip(".,;:?)")
        if _strong(value):
            return found.start(1), found.start(1) + len(value), 0.8
    if first in _BLANK and (found := _JOINED.match(text, end)):
        return (*found.span(1), 0.7) if says_nothing(found[1], least=3) else None
    found = _ANSWER.match(text, end) if text.find("?", end, end + _LONGEST_QUESTION) >= 0 else None
    if not found or "://" in found[1] or not LETTERS.search(found[1]) or not like_password(found[1], **_TOLD):
        return None
    return (*found.span(1), 0.8) if _kinds(found[1]) > 2 or len(DIGIT.findall(found[1])) > 1 else None


_LATER = later(
    r"(?:[ \t](?:for|of|to|on|in|at|f[üu]r|von|vom|zum|zur|im|am|auf|bei|der|des|de|del|du|da|do|di|della|dla|na|w|van|voor|op|pour|para|per|has|is|was|changed|again)"
    r"(?:[ \t][\w.'’()-]{1,24}+){0,7}?[ \t]?[:=→]|\?|['’]s(?:[ \t](?:still|now|just|actually|probably))?)[ \t]{1,3}[\"'`]?(?=[^\s]{0,40}\d)([^\s\"'`<>(){}]{7,64})(?=[\s\"'`,.;)]|\Z)"
)
_JOINED = later(r"[ \t]([a-z]{4,12}(?:-[a-z]{4,12}){2,3})(?=[ \t]{0,3}(?:[\n,.;)]|\Z))")


def _strong(value: str) -> bool:
    """Whether a value is a credential and nothing else, wherever it stands in a sentence about one."""
    if _IDENTIFIER.fullmatch(value) or "://" in value or stands_in(value):
        return False
    if random_looking(value, 10):
        return True
    return has_strength(value) and not value.isalnum() and not _NAME_OF_FILE.match(value)


_IDENTIFIER = later(r"[0-9a-fA-F-]{20,}")  # a UUID, a digest
_MAY_BE_TOLD = frozenset(" \t?:=-→'’")
_LATER_BEGINS, _BLANK = frozenset(" \t?'’"), frozenset(" \t")
_LONGEST_QUESTION = 61
_TOLD = {"quoted": False, "told": False, "literal": False}


def _kinds(value: str) -> int:
    """How many kinds of signs there are: digits, letters of either case, and all others."""
    return sum(
        (
            any(map(str.isdigit, value)),
            any(map(str.islower, value)),
            any(map(str.isupper, value)),
            not value.isalnum(),
        )
    )


# -- in quotes -------------------------------------------------------------------------------

_LEADS = ("with", "but", "is", "'s", "use", "to", "and", "mit", "und", "ist", "lautet", "avec", "est", "con", "es", "com", "met", "jest")  # fmt: skip
_IN_QUOTES = later(r"[^\s\"„“«]{0,8} ?[\"„“«][ \u00a0]?([^\s\"“”»]{8,40})[ \u00a0]?[\"“”»](?![\w:=])")
_SPEAKS_OF = later(
    r"passw|\bpwd?\b|\blog(?:in|ged| in)\b|credential|\bcreds\b|1password|keepass|kennwort|\bzugang|mot de passe|\bmdp\b|contrase|\bsenha|has[łl]o|wachtwoord|"
    r"\bcapital|\bupper ?case|\bmajuscul|\bmay[úu]scul|\bmai[úu]scul|\bmaiuscol|\bhoofdletter|\bgro(?:ß|ss)(?:em|geschr)"
)
_NAME_OF_FILE = later(r".*\.[a-z]{2,4}\Z|.*[/\\(]")


_TWO_AND_NUMBER = later(r"[A-Za-zÀ-ÿ]{3,}[_.,+-][A-Za-zÀ-ÿ]{3,}\d{2,4}|[A-Za-zÀ-ÿ]{3,}\d{2,4}[_.,+-][A-Za-zÀ-ÿ]{3,}")


def _by_hand(value: str) -> bool:
    """Whether people make up a value so for a password rather than for the name of something: `Willow_copper73`."""
    if not has_strength(value) or value.isalnum():
        return False
    return not STRONG.isdisjoint(value) or _TWO_AND_NUMBER.fullmatch(value) is not None or random_looking(value, 10)


def _quoted(text: str, start: int, _end: int) -> Judged | None:
    """`log in as ana with "..."`: a strong word in quotes, in a sentence about passwords or about its capitals."""
    found = _IN_QUOTES.match(text, start)
    if not found or not _by_hand(found[1]) or _NAME_OF_FILE.match(found[1]):
        return None
    around = text[max(0, start - 200) : start] + text[found.end() : found.end() + 60]
    return (*found.span(1), 0.75) if _SPEAKS_OF.search(around.lower()) else None


_ROOTS = tuple(
    f"{who}{how}"
    for who in ("root", "admin", "administrator")
    for how in (" with ", " mit ", " avec ", " con ", " / ", "/", ":", " and ", " und ", " et ", " y ", " e ", " : ")
)
_OF_ROOT = later(r"[\"'`]?(?=[^\s]{0,40}\d)([^\s\"'`<>(){}]{7,64})(?=[\s\"'`)]|\Z)")


def _root(text: str, start: int, end: int) -> Judged | None:
    """`root with ...`, `admin / ...`: after whoever may do everything, what nobody writes but as a password."""
    found = _OF_ROOT.match(text, end)
    value = found[1].rstrip(".,;:?)") if found else ""
    if not found or (start and text[start - 1] in "/.-_@") or not has_strength(value) or not _strong(value):
        return None
    return (found.start(1), found.start(1) + len(value), 0.8) if value[0] not in "/:" and "/" not in value else None


_CHANGED = ("changed from ", "rotated from ", "switched from ", "reset from ", "geaendert von ", "pasado de ")
_FROM_TO = later(r"(?=[^\s]{0,40}\d)([^\s\"'`<>(){}]{6,64})[ \t](?:to|auf|in|zu|[àa])[ \t]([^\s\"'`<>(){}]{6,64})")


def _changed(text: str, start: int, end: int) -> list[Judged]:
    """`password changed from ... to ...`: the old one may be in use elsewhere."""
    found = _FROM_TO.match(text, end)
    if not found or not _SPEAKS_OF.search(text[max(0, start - 80) : start].lower()) or not _strong(found[1]):
        return []
    return [(found.start(1), found.end(1), 0.8)]


# -- codes of digits -------------------------------------------------------------------------

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
)
_PLACES = (
    r"(?:doors?|gates?|alarms?|safe|vault|lockers?|padlock|lock|garage|entry|entrance|keypad|elevator|lift|building|lobby|t[üu]r|haust[üu]r|tor|tresor|alarmanlage|"
    r"schloss|spind|porte|portail|alarme|coffre|digicode|immeuble|casier|cadenas|puerta|alarma|caja fuerte|port[óo]n|taquilla|candado|porta|cancello|allarme|"
    r"cassaforte|armadietto|port[ãa]o|cofre|cadeado|arm[áa]rio|drzwi|alarmu|sejfu|bramy|furtki|szafki|deur|poort|kluis|slot|voicemail|mailbox|sim|shed|cabin|room|house|flat|apartment|parking|barrier|keller|wohnung|b[üu]ro|garten|fahrrad(?:raum|keller)|schlie(?:ß|ss)fach|parkplatz|appartement|local|cave|"
    r"bureau|oficina|piso|trastero|ufficio|garaje|box)"
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
    r"s?\b((?:,? [^\W\d][\w'’-]{0,20}+){0,8}?)(,? (?:it'?s|is|are|now|lautet|ist|est|es|é|è|jest|to)|[ \t]?[:=→]|[ \t]?->)?+[ \t]{1,2}(#?\d{4,8}[A-F]?[#*]?|\d{2}[A-F]\d{2,3}|\d{1,2}(?:-\d{1,2}){2,3})(?![\w%€$]|[.,:/-]\d)",
    re.IGNORECASE,
)
_EACH = later(rf"\b{_PLACES}[ \t]?[:=]?[ \t]{{1,2}}(#?\d{{4,8}}[A-F]?[#*]?)(?![\w%€$]|[.,:/-]\d)", re.IGNORECASE)
_PIN = later(
    r"(?:pin|puk)(?:[ \t-]?(?:code|nummer|number))?(?:((?:[ \t][^\W\d][\w'’-]{0,20}+){0,5}?)(?:[ \t](?:\d|nummer|number))?(?:[ \t]?[:=→]|[ \t]?->|[ \t](?:nummer|number|is|ist|lautet|est|es|é|è|to|jest)))?[ \t]{1,2}(\d{4,8})(?![\w%]|[.,:/-]\d|[ \t]\d)",
    re.IGNORECASE,
)
_CARD = later(
    r"\b(?:card|karte|carte|tarjeta|carta|cart[ãa]o|karta|kaart|sim|phone|handy|m[óo]vil|celular|cell|t[ée]l|tablet|karty|bancomat|alarm|door|debit|credit|voicemail|puk)",
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
        return (*found.span(2), 0.7) if found and (text[start + 1] in "uU" or _CARD.search(near)) else None
    if text[end : end + 1] in {"s", "S"} and (each := list(_EACH.finditer(text, end, end + _LIST))):
        return [(*one.span(1), 0.7) for one in each]
    found = _CODE.match(text, end - text[start:end].endswith((" ", ":")))
    if not found or (not found[2] and (_YEAR.fullmatch(found[3]) or found[1].count(" ") > 3)):
        return None
    opens = _opens(text[max(0, start - 24) : start], found[1], bool(found[2]))
    return (*found.span(3), 0.7) if opens else None


@lru_cache(maxsize=1_024)
def _opens(before: str, among: str, signed: bool) -> bool:  # noqa: FBT001 - remembered by its place
    """Whether the words around `code` name what it opens; `signed` says that a sign stands between it and the digits."""
    if _OTHER_CODES.search(before) or (among and not signed and not _PLACE_LAST.search(among)):
        return False
    return bool(_PLACE_GLUED.search(before) or _PLACE.search(among) or (not among and _PLACE_NUMBERED.search(before)))


# -- lists of codes ---------------------------------------------------------------------------

_LISTED = (
    "recovery code", "recovery-code", "recovery_code", "backup code", "backup-code", "backup_code", "scratch code", "emergency code", "one-time code", "notfallcode",
    "wiederherstellungscode", "einmalcode", "codes de secours", "codes de r", "de respaldo", "de recupera", "di recupero", "di backup", "di riserva", "kody zapasowe",
    "kody odzyskiwania", "herstelcode", "reservecode",
)  # fmt: skip
_HEAD = later(r"[\w’-]{0,16}[^\n:\d]{0,50}(?::|\n|=)[ \t\[(]{0,3}")
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


# -- words ------------------------------------------------------------------------------------

_PHRASE_OF = ("phrase", "mnemonic", "bip39 seed", "bip-39 seed", "wallet seed", "seed words", "recovery words")
_PHRASE = later(
    r"[\"'`]?(?:[ \t][\w'’-]{1,20}+){0,6}?[ \t]{0,3}(?:[:=]|->|→|is|lautet|ist|est|es)[ \t]{0,3}(?:\r?\n[ \t]{0,4})?[\"'`]?([a-z]{3,10}(?:[ ]{1,2}[a-z]{3,10}){3,23})[\"'`.]?(?=[ \t]{0,3}(?:[\n,;)]|\Z))"
)
_SENTENCE = frozenset(
    "are was were has have had must should can could may might will would here there his her its our their you they she who why how what when where which "  # noqa: SIM905 - a table of words
    "any all some four five six seven eight nine ten twelve than then them been being but does did don won into over under about after before between only least most "
    "words letters characters below above please using make sure choose pick write keep contains case sensitive lowercase stored nowhere anywhere".split()
)


def _phrase(text: str, _start: int, end: int) -> Judged | None:
    """`passphrase: harbor violet copper sparrow`: four words and more that make no sentence."""
    found = _PHRASE.match(text, end)
    if not found or _SENTENCE.intersection(words := found[1].split()):
        return None
    if sum(map(TALK.__contains__, words)) * 4 > len(words):
        return None
    return (*found.span(1), 0.8)


SPOKEN: tuple[Pattern, ...] = (
    Pattern(
        label="secret.password",
        shape=either(tuple(f'{word} "' for word in _LEADS)),
        anchors=tuple(f'{word} "' for word in _LEADS),
        begins=True,
        digit_near=60,
        judge=_quoted,
        ignore_case=True,
        close=True,
    ),
    wide("password", either(_ROOTS), _ROOTS, _root, close=True),
    wide("password", either(_CHANGED), _CHANGED, _changed, close=True),
    Pattern(label="secret.password", shape="„|“|«", anchors=("„", "“", "«"), needs_digit=True, judge=_quoted),
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
        label="secret.password", shape="código", anchors=("código",), needs_digit=True, judge=_code, ignore_case=True
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
    wide("password", either(_PHRASE_OF), _PHRASE_OF, _phrase, close=True),
)
