"""Credentials as people tell them: in answer to a question, in quotes in a sentence, as codes of doors and cards, as words.

No sign of assignment stands before these. A word that asks for a credential does, and what follows a little later is
strong enough to be nothing else, or digits right where a code is due.
"""

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
        if _strong(value) or (text[found.start() : found.start(1)].rstrip("\"'` \t")[-1:] in _GIVES and _mixed(value)):
            return found.start(1), found.start(1) + len(value), 0.8
    if first in _BLANK and (found := _JOINED.match(text, end)):
        return (*found.span(1), 0.7) if says_nothing(found[1], least=3) else None
    found = _ANSWER.match(text, end) if text.find("?", end, end + _LONGEST_QUESTION) >= 0 else None
    if found and "://" not in found[1] and LETTERS.search(found[1]) and like_password(found[1], **_TOLD):
        return (*found.span(1), 0.8) if _kinds(found[1]) > 2 or len(DIGIT.findall(found[1])) > 1 else None
    return _further_on(text, end)


_FURTHER = (
    110  # characters after a word for a password in which a word that is nothing else counts, whatever stands between
)
_ANY_WORD = later(r"(?<![^\s\"'`(*:„“«=])[^\s\"'`<>(){}|]{8,64}(?=[\s\"'`).,;!?*”“»]|\Z)")


def _further_on(text: str, end: int) -> Judged | None:
    """The first word a little later that can be nothing but a password: `my password, which I had forgotten: ...`."""
    if not _ANY_SIGN.search(text, end, end + _FURTHER):
        return None
    for found in _ANY_WORD.finditer(text, end, min(len(text), end + _FURTHER)):
        value = found.group().rstrip(".,;:?*")
        if len(value) > _LONGEST_CHOSEN or _CHOSEN_SIGNS.isdisjoint(value) or not has_strength(value):
            continue
        if not _OF_CODE.isdisjoint(text[end : found.start()]):
            return None
        if _mixed(value) and _strong(value) and "/" not in value:
            return found.start(), found.start() + len(value), 0.75
    return None


_LONGEST_CHOSEN = 24
_ANY_SIGN = later(r"[!@#$%^&*?§€£]")
_CHOSEN_SIGNS, _OF_CODE = frozenset("!@#$%^&*?§€£"), frozenset("<>{}[]();=\\")


_LATER = later(
    r"(?:[ \t](?:for|of|to|on|in|at|f[üu]r|von|vom|zum|zur|im|am|auf|bei|der|des|de|del|du|da|do|di|della|dla|na|w|van|voor|op|pour|para|per|has|is|was|changed|again)"
    r"(?:[ \t][\w.'’()-]{1,24}+){0,10}?[ \t]?[:=→]|\?|['’]s(?:[ \t](?:still|now|just|actually|probably))?)[ \t]{1,3}[\"'`]?(?=[^\s]{0,40}\d)([^\s\"'`<>(){}]{7,64})(?=[\s\"'`,.;)]|\Z)"
)
_JOINED = later(r"[ \t]([a-z]{4,12}(?:-[a-z]{4,12}){2,3})(?=[ \t]{0,3}(?:[\n,.;)]|\Z))")


_GIVES = frozenset(":=→")


def _mixed(value: str) -> bool:
    """Whether letters, digits and a sign of passwords stand in a value that a sign gives."""
    return (
        not STRONG.isdisjoint(value)
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and not _ADDRESS.fullmatch(value)
        and "://" not in value
        and not stands_in(value)
    )


_ADDRESS = later(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


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


_SIGNS_IN = (
    "account ", "konto ", "user ", "username ", "usuario ", "compte ", "utilisateur ", "benutzer ", "gebruiker ", "utente ", "login ", "log in as ", "sign in as ", "logged in as ",
)  # fmt: skip
_NAME_AND_WORD = later(
    r"[\"'`]?[\w.@\\+-]{2,40}[\"'`]?,?[ \t](?:and|with|using|und|mit|con|y|e|et|avec|com|met|en|z|oraz)[ \t](?:(?:the[ \t])?pass(?:word)?[ \t])?[\"'`]?"
    r"(?=[^\s]{0,40}\d)([^\s\"'`<>(){}]{7,64})"
)


def _signed_in(text: str, _start: int, end: int) -> Judged | None:
    """`the account scan with ...`, `mit Konto wartung und ...`: a strong word beside a name."""
    found = _NAME_AND_WORD.match(text, end)
    value = found[1].rstrip(".,;:?)") if found else ""
    if not found or "/" in value or "@" in value[1:-1] or not has_strength(value) or not _strong(value):
        return None
    return found.start(1), found.start(1) + len(value), 0.8


_OF_ALL = ("root ", "admin ", "administrator ")
_STAYS = later(
    r"(?:[\w.@'’()-]{1,24}[ \t]){0,5}?(?:é|è|[-–]|is|stays|remains|still|blijft|bleibt|ist|est|reste|es|sigue siendo|resta|rimane|fica)[ \t][\"'`]?([^\s\"'`<>(){}]{8,64})"
)


def _stays(text: str, start: int, end: int) -> Judged | None:
    """`root on the old hosts stays ...`: what is nothing but a password."""
    found = _STAYS.match(text, end)
    value = found[1].rstrip(".,;:?)") if found else ""
    if not found or (start and (text[start - 1].isalnum() or text[start - 1] in "/.-_@")) or "/" in value:
        return None
    return (found.start(1), found.start(1) + len(value), 0.8) if _strong(value) else None


_CHANGED = ("changed from ", "rotated from ", "switched from ", "reset from ", "geaendert von ", "pasado de ")
_NETWORKS = ("wifi", "wi-fi", "wlan", "ssid")
_WIRELESS = later(
    r"(?:[ \t-](?:network|netz|red|rede|name))?(?:[ \t]?[:=]|[ \t](?:is|ist|es|est|c['’]est|é|è|jest))?[ \t]{1,2}"
    r"(?:(?:[\"“„«][^\"”“»\n]{1,32}[\"”“»]|[\w-]{2,32})[ \t]?(?:[/|]|,?[ \t](?:with|mit|avec|con|com|met|pass(?:word)?|pw|passwort|key|code|clave|senha))[ \t:=]{1,3})"
    r"[\"“„«`]?(?=[^\s]{0,40}\d)([^\s\"'`<>(){}”»“]{8,63})"
)
_WIRELESS_IS = later(r"[ \t](?:is|ist|es|est|c['’]est|é|è|jest)[ \t]([a-z]{5,20}\d{2,6})(?![\w-])")


def _wireless(text: str, _start: int, end: int) -> Judged | None:
    """`wifi is "Casa_5G" / ...`: the word after the name of a network."""
    found = _WIRELESS.match(text, end) or _WIRELESS_IS.match(text, end)
    value = found[1].rstrip(".,;:?)") if found else ""
    if not found or len(value) < _SHORTEST_KEY or not like_password(value, quoted=False, told=True, literal=False):
        return None
    return found.start(1), found.start(1) + len(value), 0.75


_SHORTEST_KEY = 8  # of a wireless network
_OLD = (
    "old one", "previous one", "former one", "last one", "die alte", "das alte", "l'ancien", "l'ancienne", "la anterior", "la vieja", "il vecchio", "la vecchia", "a antiga", "de oude", "het oude",
)  # fmt: skip
_OLD_ONE = later(
    r"(?:[ \t](?:is|was|war|ist|était|era|het|wachtwoord|passwort|pass\w*))?[ \t]?(?:[(:,]?[ \t]?[\"'“„«`]|[ \t]?\((?=[^\s()]{0,40}\d))([^\s\"'”»`()]{5,64})[\"'”»`“)]"
)


def _old_one(text: str, start: int, end: int) -> Judged | None:
    """`the old one ('...') is still in the file`, a little after a password."""
    found = _OLD_ONE.match(text, end)
    if not found or not _SPEAKS_OF.search(text[max(0, start - 200) : start].lower()):
        return None
    sure = like_password(found[1], quoted=True, told=False, literal=False)
    return (*found.span(1), sure) if sure else None


_FROM_TO = later(r"(?=[^\s]{0,40}\d)([^\s\"'`<>(){}]{6,64})[ \t](?:to|auf|in|zu|[àa])[ \t]([^\s\"'`<>(){}]{6,64})")


def _changed(text: str, start: int, end: int) -> list[Judged]:
    """`password changed from ... to ...`: the old one may be in use elsewhere."""
    found = _FROM_TO.match(text, end)
    if not found or not _SPEAKS_OF.search(text[max(0, start - 80) : start].lower()) or not _strong(found[1]):
        return []
    return [(found.start(1), found.end(1), 0.8)]


# -- words ------------------------------------------------------------------------------------

_PHRASE_OF = ("phrase", "mnemonic", "bip39 seed", "bip-39 seed", "wallet seed", "seed words", "recovery words")
_PHRASE = later(
    r"[\"'`]?(?:[ \t][\w'’-]{1,20}+){0,6}?[ \t]{0,3}(?:=>|[:=]|->|→|is|lautet|ist|est|es)[ \t]{0,3}(?:\r?\n[ \t]{0,4})?[\"'`]?([a-z]{3,10}(?:[ ]{1,2}[a-z]{3,10}){3,23})[\"'`.]?(?=[ \t]{0,3}(?:[\n,;)]|\Z))"
)
_SENTENCE = frozenset(
    "are was were has have had must should can could may might will would here there his her its our their you they she who why how what when where which "  # noqa: SIM905 - a table of words
    "any all some four five six seven eight nine ten twelve than then them been being but does did don won into over under about after before between only least most "
    "words letters characters below above please using make sure choose pick write keep contains case sensitive lowercase stored nowhere anywhere".split()
)


_OF_WALLETS = frozenset({12, 15, 18, 21, 24})
"""Words of a phrase that opens a wallet; the list that they are drawn from holds some of `_SENTENCE`."""


def _phrase(text: str, _start: int, end: int) -> Judged | None:
    """`passphrase: harbor violet copper sparrow`: four words and more that make no sentence."""
    found = _PHRASE.match(text, end)
    if not found:
        return None
    words = found[1].split()
    if len(_SENTENCE.intersection(words)) > (2 if len(words) in _OF_WALLETS else 0):
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
    Pattern(
        label="secret.password",
        shape=either(_SIGNS_IN),
        anchors=_SIGNS_IN,
        begins=True,
        digit_near=120,
        judge=_signed_in,
        ignore_case=True,
        close=True,
    ),
    wide("password", either(_OF_ALL), _OF_ALL, _stays, close=True),
    wide("password", either(_OLD), _OLD, _old_one, close=True),
    Pattern(
        label="secret.password",
        shape=either(_NETWORKS),
        anchors=_NETWORKS,
        begins=True,
        digit_near=120,
        judge=_wireless,
        ignore_case=True,
        close=True,
    ),
    Pattern(label="secret.password", shape="„|“|«", anchors=("„", "“", "«"), needs_digit=True, judge=_quoted),
    wide("password", either(_PHRASE_OF), _PHRASE_OF, _phrase, close=True),
)
