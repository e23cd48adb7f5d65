"""What stands between a word that announces letters and digits and these, and which they may be: the judges of `announced`."""

import re

from trimtab.builtin.detectors.patterns.birth_dates import ANSWER
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Several, Single
from trimtab.detect.signs import later

_TOKEN = later(r"[A-Za-z0-9](?:[-./]?[A-Za-z0-9]){3,19}(?:\([0-9A-Z]\))?")
_GROUPS = later(r"(?:[A-Z]{1,3}[ -]?)?[0-9]{2,9}(?: [0-9]{2,12}){0,4}(?![\w])")
_DATE = later(r"\d{1,2}([-./])\d{1,2}\1(?:\d\d|\d{4})|(?:19|20)\d\d([-./])\d{1,2}\2\d{1,2}")
_SIGN = r"[\s:;#=.,(_\"'’“„|*>/{}\[-]"
_CALLED = r"[A-ZÀ-Þ][a-zß-öø-ÿ'’-]{1,20}(?!\w)"
_FILLER = later(
    # Whose it is, words for a number, and words that say nothing.
    rf"(?:['’]s)?(?:{_SIGN}{{0,6}}(?:"
    rf"(?:of|de|du|des|del|d[ao]|di|von|for|für|pour|para|von der|de la) (?:(?:Mr|Mrs|Ms|Mme|Dr|M|Frau|Herrn?|Sra?)\.? )?{_CALLED}(?: {_CALLED}){{0,2}}"
    r"|(?:on|in|for|auf|im|sur|en|nel|in der|in the) (?:(?:the|my|dem|der|mon|ma|le|la|el|il|mi|mein\w{0,2}) )?[A-Za-z]{2,14}(?: [a-z]{2,10})?(?=:| (?:put|is|says|reads|as)\b)"
    r"|(?:of|de|du|van|von|di|da|do|para|for|from|od|dla) (?:my|mon|ma|mi|meu|minha|meine[mrs]?|mijn|mio|mia) [a-zà-ÿ]{2,12}(?!\w)"
    r"|(?i:numbers?|no|nr|num|n[uú]m|state [a-z]{2}(?=,)|är|er|n[uú]meros?|nummern?|num[ée]ros?|id|card|code|licen[sc]e|is|was|ist|est|es|lautet|hat|tr[äa]gt|has|porte"
    r"|lleva|tiene|ha|die|das|der|the|les?|la|el|il|lo|of|de|du|des|del|di|von|und|and|my|her|his|mein|dein|sein|ihr|with|mit|are|war"
    r"|seri|numeru?|numer|osobist(?:y|ego|ym)|registro|regist(?:ration|o)|mine|yours?|on|file|reads?|shows?|says?|said|value|put|jest|to|meu|minha|mi|mio|mijn|uw|mon|ma|son|sa|votre|as"
    r"|n[oº°]|het|een|(?:e|é|o|a)(?= )|new|old|neue|alte|record|called|entered|typed|listed)(?![^\W_])"
    r"|(?i:s?he|they|we|you|i|client|customer|tenant|caller|patient|guest) (?i:gave|has|have|had|sent|provided|wrote|entered|quoted|used|showed|read out)(?: (?i:me|us))?(?= (?:is|was|as)\b|:)"
    r"|(?i:c['’]est|c['’][ée]tait|it['’]s|that['’]s|è|este es|steht als|staat als)(?![^\W_])"
    r"|numara(?:s[ıi]|m)?(?!\w)|[A-Z]{1,2}[0-9]?(?= ?[nN](?:[.°ºr]|um|o\b))"
    r"|[A-Z][ -](?i:nummer|nr|number|no)(?!\w)"
    r"|(?<![^\W_])(?!atr[áa]s|regresiv|balance|table|limit|total|count|version|size|status|since|created|saldo)[a-zß-öø-ÿ]{3,14}(?= ?(?::|[-–—] |[nN]\.?[º°]|\(?[nN][ru]m?\.?\b|#|number|n[uú]m))|\([A-Za-z][A-Za-z .]{0,18}\)"
    r"|(?i:nr|no|n)[.º°]{1,3}|[nN][º°])){0,8}+"
    rf"{_SIGN}{{0,6}}"
)


def _told_at(text: str, start: int, end: int) -> int:
    """Where what a word announces may begin; -1 if the word is the end of another, or the beginning."""
    if start and text[start - 1].isalnum() and not (text[start].isupper() and text[start - 1].islower()):
        return -1
    if answer := ANSWER.match(text, end, end + _FAR_ANSWER):
        return answer.end()
    filler = _FILLER.match(text, end, min(len(text), end + FAR))
    return filler.end() if filler and (filler.end() > end or text[end - 1] == "#") else -1


def after(*, least_digits: int, sizes: range, confidence: float = 0.85, odd: bool = False) -> Several:
    """The judge of a word that announces an identifier: the next thing that looks like one is it.

    So is one that a conjunction joins to it, if it is as long: `put 531220987 rather than 531220978`.
    `odd` is for those that may hold few digits or none, as German passports do: capitals without vowels among them.
    """

    def judge(text: str, start: int, end: int) -> list[Judged] | None:
        at = _told_at(text, start, end)
        if at < 0:
            return None
        token = _TOKEN.match(text, at)
        if token and token.end() - at == 4 and _FOURS.match(text, at):
            token = None  # the first of several groups
        if not (token and _fits(token.group(), least_digits, sizes, odd=odd)):
            token = _GROUPS.match(text, at)
            if not (token and _fits(token.group(), least_digits, sizes, odd=odd)):
                return None
        found = [(token.start(), token.end(), confidence)]
        size = token.end() - token.start()
        while len(found) < _MOST_JOINED and (more := _JOINED.match(text, token.end())):
            token = _TOKEN.match(text, more.end())
            if (
                not token
                or token.end() - token.start() != size
                or not _fits(token.group(), least_digits, sizes, odd=odd)
            ):
                break
            found.append((token.start(), token.end(), confidence))
        return found

    return judge


_FOURS = later(r"[0-9]{4} [0-9]{4}(?!\w)")
_MOST_JOINED = 4
_JOINED = later(
    r"[\"'”’)]?[,;]?(?: (?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub|rather than|instead of|not|vs\.?|statt|nicht|pas|no|was it|is it|maybe|&|->)){1,2} [\"'“‘(]?"
    r"|[\"']?, ?[\"']?| ?/ ?",
    re.IGNORECASE,
)


def formed_so(form: str, confidence: float = 0.95) -> Single:
    """The judge of a word that means other things as well: what it announces has to be of this form."""
    shape = later(rf"(?:{form})(?![^\W_])")

    def judge(text: str, start: int, end: int) -> Judged | None:
        at = _told_at(text, start, end)
        found = shape.match(text, at) if at >= 0 else None
        return (found.start(), found.end(), confidence) if found else None

    return judge


FAR = 100
_FAR_ANSWER = 160
_ODD = later(r"(?=[A-Z]*[0-9])[A-Z0-9]{8,10}|[CFGHJKLMNPRTVWXYZ]{9}")


def _fits(written: str, least_digits: int, sizes: range, *, odd: bool) -> bool:
    compact = re.sub(r"[-./ ()]", "", written)
    if len(compact) not in sizes or _DATE.fullmatch(written):
        return False
    return sum(map(str.isdigit, compact)) >= least_digits or (odd and _ODD.fullmatch(compact) is not None)


_NUMBER_OF = later(
    r"(?:n[ºo°.r]{1,3}|n[uú]m\w{0,5}|num[ée]ro|number|id|code|codice|c[óo]digo) ?(?:de ?|du ?|del ?|d['’])?\Z",
    re.IGNORECASE,
)
REGISTERED = after(least_digits=4, sizes=range(4, 20), confidence=0.9)


def collegiate(text: str, start: int, end: int) -> list[Judged] | None:
    """The number under which a Spanish professional is registered: `nº col. 28 28 12345`, `colegiado 12345`."""
    whole = end - start > len("col")
    if _NUMBER_OF.search(text[max(0, start - 14) : start]):
        return REGISTERED(text, start, end)
    found = REGISTERED(text, start, end) if whole else None
    # A referee of football has a number of so few figures too, and the word for a number is not said.
    return None if found and found[0][1] - found[0][0] <= _FEW_FIGURES and found[0][0] == end + 1 else found


_FEW_FIGURES = 4


def patient(text: str, start: int, end: int) -> list[Judged] | None:
    """`Patientennummer: 4478123`, and `numéro de patient 4478123`, where the word for a number comes first."""
    whole = text[start:end].lower() not in _ONLY_NUMBERED
    return REGISTERED(text, start, end) if whole or _NUMBER_OF.search(text[max(0, start - 14) : start]) else None


_ONLY_NUMBERED = frozenset("patient patiente patiënt paciente paziente utente admission pacjenta pacjentki".split())  # noqa: SIM905 - a table of words
_MEDICAL = later(
    r"patient|patiënt|\breparto\b|\bward\b|cardiol|chirurg|pronto soccorso|service de|urgences|\bseh\b|poli(?:kliniek)?\b|diagnos|anamnes|\becg\b|\bPA \d|h[ôo]pital|\bchu\b|cliniq|clinic|m[ée]dec|m[ée]dic|hospital|\bn[ée]e? le\b|\bpz\b|pazient|ricover",
    re.IGNORECASE,
)


def dossier(text: str, start: int, end: int) -> list[Judged] | None:
    """`dossier n° 448812` is of a patient only where it is of medicine that the text speaks."""
    return REGISTERED(text, start, end) if _MEDICAL.search(text, max(0, start - 90), end + 60) else None


def told_of(words: str, judge: Judge, before: int = 90, after_it: int = 60) -> Judge:
    """A judge that is asked only where some words stand near, in any case: what else a number is of, they say."""
    near = later(words, re.IGNORECASE)

    def judged(text: str, start: int, end: int) -> Judged | list[Judged] | None:
        return judge(text, start, end) if near.search(text, max(0, start - before), end + after_it) else None

    return judged


_THING_BETWEEN = later(
    r"\b(?:visas?|flights?|bookings?|tickets?|orders?|pnr|ref(?:erence)?|confirmation|serial|phone|tel|plate|policy|invoice|case|models?|versions?|mrn|member)\b",
    re.IGNORECASE,
)


def said_later(form: str, confidence: float = 0.8) -> Single:
    """The judge of a word in a sentence that ends with the value: `a photo of my licence: S530-4819-2207`.

    No other figure may stand between, nor another thing that has numbers.
    """
    shape = later(rf"(?:{form})(?![^\W_]|[-/.][A-Za-z0-9])")

    def judge(text: str, start: int, end: int) -> Judged | None:
        digit = None if start and text[start - 1].isalnum() else _DIGIT.search(text, end, end + _FAR_SAID)
        if not digit:
            return None
        at = digit.start()
        while at > end and digit.start() - at < _LETTERS and text[at - 1].isalpha():
            at -= 1
        found = shape.match(text, at) if _LED_BY.search(text, max(end, at - _LED_REACH), at) else None
        if not found or text.count("\n", end, at) > _MOST_LINES or _THING_BETWEEN.search(text, end, at):
            return None
        return found.start(), found.end(), confidence

    return judge


_DIGIT = later(r"[0-9]")
_LED_BY = later(r"(?:(?<![^\W_])(?:is|was|are|it['’]s|ist|lautet|est|c['’]est|es|era|è|é|to|jest|är|er) |: ?)\Z")
_LETTERS, _LED_REACH, _MOST_LINES = 3, 10, 2
_FAR_SAID = 110


def in_object(form: str, beside: str, confidence: float = 0.9) -> Single:
    """The judge of the name of a member in JSON that is an object, with a number among things that it has too."""
    number = later(
        r"\\?\"\s{0,3}:\s{0,3}\{(?P<members>[^{}]{0,240}?)\\?\"(?:number|no|num|id|value|document_?[nN]umber|licen[cs]e_?[nN]umber|nummer|numero)\\?\"\s{0,3}:\s{0,3}\\?\""
        rf"(?P<value>{form})\\?\"(?P<others>[^{{}}]{{0,240}})\}}"
    )
    has = later(rf"\"(?:{beside})\\?\"", re.IGNORECASE)

    def judge(text: str, _start: int, end: int) -> Judged | None:
        found = number.match(text, end, end + _LONGEST_OBJECT)
        if not found or not (has.search(found["members"]) or has.search(found["others"])):
            return None
        return (*found.span("value"), confidence)

    return judge


_LONGEST_OBJECT = 640
_LONGEST_CODED = 500


def coded(form: str) -> Single:
    """The judge of a code that says of which type an identifier of FHIR is (table 0203 of HL7); its value stands behind."""
    shape = later(
        r"\\?\"[\s}\],]{0,60}(?:\\?\"(?:system|use|display|text|period|assigner)\\?\"\s{0,3}:\s{0,3}(?:\\?\"[^\"\\]{0,120}\\?\"|\{[^{}]{0,120}\})[\s}\],]{0,60}){0,4}"
        rf"\\?\"value\\?\"\s{{0,3}}:\s{{0,3}}\\?\"(?P<value>{form})\\?\""
    )

    def judge(text: str, _start: int, end: int) -> Judged | None:
        found = shape.match(text, end, end + _LONGEST_CODED)
        return (*found.span("value"), 0.95) if found else None

    return judge


_OF_A_CUSTOMER = later(
    r"client|customer|user|utilisateur|kunden|cliente|usuario|utente|membre|member|fidélité|twitter|github|email|e-mail|loyalty|ledger|contabil|grand livre|rendu|r[ée]sultat|rovescia|\bof\b|atr[áa]s|regresiv|\bluz\b|[áa]gua|\bg[áa]s\b|\bunit",
    re.IGNORECASE,
)


def numbered(form: str, confidence: float = 0.85) -> Single:
    """The judge of a word for an account that a customer has as well: a word for a number or a colon must follow it."""
    judge = formed_so(form, confidence)

    def judged(text: str, start: int, end: int) -> Judged | None:
        found = judge(text, start, end)
        if not found or _OF_A_CUSTOMER.search(text, end, found[0]) or _SUM_ENDS.match(text, found[1]):
            return None
        told = _NUMBER_SAID.search(text, start, found[0]) or _NUMBER_OF.search(text[max(0, start - 14) : start])
        return found if told else None

    return judged


_SUM_ENDS = later(r"[.,][0-9]| ?(?:[€$£%]|eur|usd|gbp|kr|zł|tl|items|pcs)", re.IGNORECASE)
_NUMBER_SAID = later(r"[:#=]|n(?:[º°o.]|r|um|úm)|\bcorrente|\bpoup|\bcourant|\bcorriente", re.IGNORECASE)
LICENCE_NUMBER = after(least_digits=4, sizes=range(5, 18), confidence=0.95)


def licence(text: str, start: int, end: int) -> Judged | None:
    """`Texas DL 31884207`; behind a stroke it is a tenth of a litre."""
    return None if start and text[start - 1] == "/" else _LICENCE(text, start, end - 1)


_LICENCE = formed_so(
    r"[A-Z]{0,3}-?(?:[0-9][ -]?){7,14}[0-9A-Z]?|[A-Z][0-9]{3}-?[0-9]{3,4}-?[0-9]{2,4}(?:-?[0-9]{1,5}){0,2}"
)


OF_ID = formed_so(
    r"[0-9]{7}[A-W][A-IW]?|[STFGM][0-9]{7}[A-Z]|[A-Z]{1,2}[0-9]{6} ?\([0-9A]\)|[A-Z][12][0-9]{8}|[A-Z]{2}[0-9]{5}[A-Z]{2}|[A-Z]{2} ?[0-9]{7}|[A-Z]{3} ?[0-9]{6,7}"
    r"|[A-ZÑ&]{3,4}-?[0-9]{6}-?[A-Z0-9]{3}|[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}|[A-Z]{2}(?: ?[0-9]{2}){3} ?[A-D]"
    r"|[0-9]{8} ?[0-9] ?[A-Z]{2}[0-9]|[1-9][A-Z][A-Z0-9][0-9]-?[A-Z][A-Z0-9][0-9]-?[A-Z]{2}[0-9]{2}"
)
"""Ireland, Singapore, Hong Kong, Taiwan, Italy and Poland's cards, Mexico, Germany's pensions, Britain, Portugal, US Medicare."""


def short_id(text: str, start: int, end: int) -> Judged | None:
    """`FIN G1234567X`: a sign stands behind what other words begin with."""
    return _CARD_NUMBER(text, start, end if text[end - 1].isalnum() else end - 1)


_CARD_NUMBER = formed_so(
    # Singapore, Poland, US Medicare, New Zealand; Chile, Colombia, Uruguay, Brazil and Portugal.
    r"[STFGM][0-9]{7}[A-Z]|[A-Z]{3} ?[0-9]{6}|[1-9][A-Z][A-Z0-9][0-9]-?[A-Z][A-Z0-9][0-9]-?[A-Z]{2}[0-9]{2}|[A-HJ-NP-Z]{3}(?:[0-9]{4}|[0-9]{2}[A-Z]{2})"
    r"|[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-[0-9KkXx]|[0-9]\.[0-9]{3}\.[0-9]{3}\.[0-9]{3}|[0-9]{2}\.[0-9]{3}\.[0-9]{3}|[0-9]{8} ?[0-9] ?[A-Z]{2}[0-9]"
)


OF_BANK = formed_so(
    # What banks of France, Spain, Mexico, Argentina, Poland, Brazil and Britain give out, and the numbers of others.
    r"[0-9]{5} ?[0-9]{5} ?[0-9A-Z]{11} ?[0-9]{2}|[0-9]{4}([ -]?)[0-9]{4}\1[0-9]{2}\1[0-9]{10}|[0-9]{2}(?: ?[0-9]{4}){6}|[0-9]{22}|[0-9]{18}"
    r"|[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{3} ?[0-9]{3} ?[0-9]{2}|[0-9]{4,9}[-/][0-9Xx]|[0-9]{9,10}",
    confidence=0.9,
)


_SECOND_LINE = later(r"\s{1,2}([A-Z0-9]{6,9})<{0,3}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{7}")


def machine_readable(text: str, _start: int, end: int) -> Judged | None:
    """The number in the two lines at the foot of a passport."""
    second = _SECOND_LINE.match(text, end)
    return (*second.span(1), 0.95) if second else None


def transit(text: str, start: int, end: int) -> Judged | None:
    """The number of a Canadian branch; what is in transit has numbers too."""
    found = _BRANCH(text, start, end)
    if not found or text[max(0, start - 3) : start].lower() == "in ":
        return None
    told = _TRANSIT.search(text[end : found[0]]) or "-" in text[found[0] : found[1]]
    return found if told or "inst" in text[found[1] : found[1] + 16].lower() else None


_TRANSIT = later(r"[:#=]|\bn(?:o|r|um)", re.IGNORECASE)
_BRANCH = formed_so(r"[0-9]{5}(?:-[0-9]{3})?", confidence=0.75)

_USERNAME = later(r"\s{0,2}(?:is|ist|est|es|:|=)\s{0,2}[\"']?([\w.@-]{3,40})", re.IGNORECASE)
_DIGIT_OR_AT = later(r"[\d@-]")


def username(text: str, start: int, end: int) -> Judged | None:
    """What a word for a user's name announces, if it is no word itself."""
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
