"""Letters and digits that a word before them announces: passports, licences, records, accounts, user names."""

import re

from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, Single, word
from trimtab.detect.signs import later

_TOKEN = later(r"[A-Za-z0-9](?:[-./]?[A-Za-z0-9]){3,19}")
_GROUPS = later(r"(?:[A-Z]{1,3}[ -]?)?[0-9]{2,9}(?: [0-9]{2,9}){0,4}(?![\w])")
_DATE = later(r"\d{1,2}([-./])\d{1,2}\1(?:\d\d|\d{4})|(?:19|20)\d\d([-./])\d{1,2}\2\d{1,2}")
_SIGN = r"[\s:#=.,(_\"'’|*>/-]"
_CALLED = r"[A-ZÀ-Þ][a-zß-öø-ÿ'’-]{1,20}(?!\w)"
_FILLER = later(
    # Whose it is, words for a number, and words that say nothing.
    rf"(?:['’]s)?(?:{_SIGN}{{0,4}}(?:"
    rf"(?:of|de|du|des|del|d[ao]|di|von|for|für|pour|para|von der|de la) (?:(?:Mr|Mrs|Ms|Mme|Dr|M|Frau|Herrn?|Sra?)\.? )?{_CALLED}(?: {_CALLED}){{0,2}}"
    r"|(?i:numbers?|no|nr|num|n[uú]meros?|nummern?|num[ée]ros?|id|card|code|licen[sc]e|is|was|ist|est|es|lautet|hat|tr[äa]gt|has|porte"
    r"|lleva|tiene|ha|die|das|der|the|les?|la|el|il|lo|of|de|du|des|del|di|von|und|and|my|her|his|mein|dein|sein|ihr|with|mit|are|war)(?![^\W_])"
    r"|(?<![^\W_])[a-zß-öø-ÿ]{3,14}(?= ?(?::|[nN]\.?[º°]|\(?[nN][ru]m?\.?\b|#|number|n[uú]m))|\([A-Za-z][A-Za-z .]{0,18}\)"
    r"|(?i:nr|no|n)[.º°]{1,3}|[nN][º°])){0,8}+"
    rf"{_SIGN}{{0,4}}"
)


def _after(*, least_digits: int, sizes: range, confidence: float = 0.85, odd: bool = False) -> Single:
    """The judge of a word that announces an identifier: the next thing that looks like one is it.

    `odd` is for those that may hold few digits or none, as German passports do: capitals without vowels among them.
    """

    def judge(text: str, start: int, end: int) -> Judged | None:
        if start and text[start - 1].isalnum():
            return None
        filler = _FILLER.match(text, end, min(len(text), end + _FAR))
        at = filler.end() if filler else end
        if at == end:
            return None
        for form in (_TOKEN, _GROUPS):
            token = form.match(text, at)
            if token and _fits(token.group(), least_digits, sizes, odd=odd):
                return token.start(), token.end(), confidence
        return None

    return judge


_FAR = 100
_ODD = later(r"(?=[A-Z]*[0-9])[A-Z0-9]{8,10}|[CFGHJKLMNPRTVWXYZ]{9}")


def _fits(written: str, least_digits: int, sizes: range, *, odd: bool) -> bool:
    compact = re.sub(r"[-./ ]", "", written)
    if len(compact) not in sizes or _DATE.fullmatch(written):
        return False
    return sum(map(str.isdigit, compact)) >= least_digits or (odd and _ODD.fullmatch(compact) is not None)


_NUMBER_OF = later(r"(?:n[ºo°.]{1,3}|n[uú]m\w{0,5}|num[ée]ro|number) ?(?:de ?|du ?|del ?|d['’])?\Z", re.IGNORECASE)
_REGISTERED = _after(least_digits=4, sizes=range(4, 20))


def _collegiate(text: str, start: int, end: int) -> Judged | None:
    """The number under which a Spanish professional is registered: `nº col. 28 28 12345`, `colegiado 12345`."""
    whole = end - start > len("col")
    return _REGISTERED(text, start, end) if whole or _NUMBER_OF.search(text[max(0, start - 14) : start]) else None


def _patient(text: str, start: int, end: int) -> Judged | None:
    """`Patientennummer: 4478123`, and `numéro de patient 4478123`, where the word for a number comes first."""
    whole = text[start:end].lower() not in {"patient", "patiente", "paciente", "paziente", "utente", "admission"}
    return _REGISTERED(text, start, end) if whole or _NUMBER_OF.search(text[max(0, start - 14) : start]) else None


_USERNAME = later(r"\s{0,2}(?:is|ist|est|es|:|=)\s{0,2}[\"']?([\w.@-]{3,40})", re.IGNORECASE)
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


ANNOUNCED: tuple[Pattern, ...] = (
    Pattern(
        label="personal.passport",
        shape=r"passports?|pasaporte|reisepass(?:es)?|passeport|passaport[oe]|paspoort|pass(?:nummer| \(nr|[- ]?nr|[- ]no)",
        anchors=("passport", "pasaporte", "reisepass", "passeport", "passaport", "paspoort", "passn", "pass-n", "pass n", "pass (n"),
        judge=_after(least_digits=4, sizes=range(6, 13), odd=True),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape=r"driv(?:er['’]?s?|ers['’]|ing)[ _-]{1,2}licen[sc]e|fue?hrerschein(?:e?s)?|permis (?:de conduire|n[°º])|patente di guida|rijbewijs"
        r"|(?:licen[cç][ií]?a|permiso|carn(?:et|é)|carta) de (?:conducir|conducci[óo]n|manejo|condu[cç][ãa]o)",
        anchors=("driv", "fuhrer", "fuehrer", "permis", "licen", "carn", "carta de", "patente", "rijbewijs"),
        judge=_after(least_digits=4, sizes=range(5, 18)),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.driver-licence",
        shape="führerschein(?:e?s)?",
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
        close=True,
        digit_near=60,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"mrn|medical[ _-]?record|(?:hospital|chart|admission|encounter)[ _-](?:no|number|id)|health (?:card|insurance)|nhc|n\.h\.c|h\.c\.|cipa|member id"
        r"|policy (?:no|number)|historia cl[ií]nica|numero de historia|expediente (?:cl[ií]nico|m[ée]dico)|cartella clinica|tessera sanitaria"
        r"|dossier (?:m[ée]dical|(?:du )?patient|clinique|hospitalier)|ipp"
        r"|(?:fall|aufnahme|behandlungs|(?:kranken)?versicherten)[- ]?(?:nummer|nr|id)|kranken(?:akten?|blatt)",
        anchors=(
            "mrn", "medical", "hospital", "chart", "admission", "encounter", "health", "nhc", "n.h.c", "h.c.", "cipa", "member id", "policy",
            "historia", "numero de h", "expediente", "cartella", "tessera", "dossier", "ipp",
            "falln", "fall-", "fall n", "aufnahme", "behandlungs", "krankenversicherten", "versicherten", "krankena", "krankenb",
        ),
        judge=_REGISTERED,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=_FAR + 20,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"patient(?:en)?[ _-]?(?:id|number|no|nummer|nr|akten?|kennung)|patient(?:en|e)?|pa[cz]iente|utente|admission",
        anchors=("patient", "paciente", "paziente", "utente", "admission"),
        judge=_patient,
        ignore_case=True,
        begins=True,
        close=True,
        digit_near=_FAR + 20,
    ),
    Pattern(
        label="personal.medical-record",
        shape=r"mrn[0-9]{5,12}",
        anchors=("mrn",),
        judge=word,
        ignore_case=True,
        begins=True,
        close=True,
        needs_digit=True,
    ),
    Pattern(
        label="personal.national-id",
        shape=r"ssn|social security|nass|tax id|tin|pan|aadh?aar|national id|dni|nif|nie|(?:personal)?ausweis(?:es)?|steuer-?id|codice fiscale"
        r"|carte (?:nationale )?d['’]identit[ée]|documento (?:nacional )?de identidad",
        anchors=(
            "ssn", "social", "nass", "tax", "tin", "pan", "aadh", "national", "dni", "nif", "nie", "ausweis", "personalausweis", "steuer", "codice",
            "carte", "documento",
        ),
        judge=_after(least_digits=4, sizes=range(6, 17)),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.account",
        shape=r"account|acct|routing|konto(?:nummer)?|cuenta|swift|bic|sort code",
        anchors=("account", "acct", "routing", "konto", "cuenta", "swift", "bic", "sort code"),
        judge=_after(least_digits=4, sizes=range(6, 20), confidence=0.75),
        ignore_case=True,
        begins=True,
        close=True,
    ),
    Pattern(
        label="personal.username",
        shape=r"user ?name|login|user ?id|usuario|benutzername|(?:nom d['’])?utilisateur|identifiant",
        anchors=("user", "login", "usuario", "benutzer", "nom d", "utilisateur", "identifiant"),
        judge=_username,
        ignore_case=True,
        begins=True,
        close=True,
    ),
)  # fmt: skip
