"""What a number is, by its groups and signs, its check digits and the words before it."""

import re
from functools import lru_cache
from typing import NamedTuple

from trimtab.builtin.detectors.patterns.birth_dates import ANOTHER_DATE
from trimtab.builtin.detectors.patterns.identifiers import ID_HINT, ID_LEADS, formed, national_id
from trimtab.builtin.detectors.patterns.phone import announced, of_a_thing, phone
from trimtab.builtin.detectors.patterns.spec import SPACELESS
from trimtab.detect.signs import later

_SSN = later(r"(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}")
_DATE = later(
    r"(?:(?:19|20)\d\d([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-./ ])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)?\d\d)(?:[ T_]\d{1,2}(?:[:.]?\d\d){0,2})?"
)
_TIME_OR_SUM = later(r"\d{1,3}(?:[.:]\d{2}){1,2}|\d{1,3}(?:[., ]\d{3})+(?:[.,]\d+)?|\d+\.\d+|\d{4}\s?[-/]\s?\d{2,4}")
_SAYS = {
    "card": later(
        r"\b(?:cards?|credit|debit|visa|mastercard|amex|tarjetas?|(?:kredit|bank|giro|debit)?karten?(?:-?(?:nummer|nr))?|carte|cc)\b"
    ),
    "ssn": later(r"\b(?:ssn|ss ?#|social security|soc\.? sec)"),
    "birth-date": later(
        r"\b(?:born|birth|birthday|dob|d\.o\.b|nacid[oa]|nacimiento|geb(?:oren|urtsdatum|\.)?|naissance|n[ée]e?|nat[oa]|nascimento|geboren"
        r"|nasc|urodz\w{0,5}|ur(?=\.)|narozen\w?|f[øo]dt|född|(?:date|year|day)_?of_?birth|birth_?da(?:te|y)|geburts\w{1,8}|geboortedatum)(?![^\W_])"
    ),
    "account": later(
        r"\b(?:accounts?|acct|a/c(?! unit)|routing|aba|bsb|sort code|cuenta(?! atr)|konto(?:nummer)?|compte(?! rendu| client| de r[ée]sultat)|conto(?! alla)|conta(?! de (?:luz|[áa]gua|g[áa]s))|rekening|iban)\b"
    ),
    "medical-record": later(
        r"\b(?:mrn|medical record|patient(?: id| no| number|\W)|chart (?:no|number)|historia(?: cl[ií]nica)?|nhc|n[uú]mero de historia|cipa|nass|episodio)"
    ),
}
_HINT_WORDS = (
    r"\b(?:acc|a/c|routing|aba\b|bsb|sort|cuenta|konto|compte|conto|conta|rekening|iban|mrn|medical|patient|chart|historia|nhc|n[uú]mero|cipa|"
    r"nass|episodio|ssn|ss ?#|soc)"
)
_ANY_HINT = later(f"{_HINT_WORDS}|{ID_HINT}")
_NEVER = later(
    r"(?:[$€£¥#]|\b(?:usd|eur|isbn|issn|version|v|build|port|order|invoice|ticket|pedido|art(?:icle|ikel)?|doi|rfc|line|page|sha|ref))[\s.:#]*$"
)
_NEVER_REACH = 16
# What has numbers that look like those of persons; their own words are in `_SAYS`.
_THING = later(
    r"\b(?:parts?|items?|orders?|invoices?|tickets?|products?|sku|catalog(?:ue)?|ref(?:erence)?|models?|serial|batch|lot|cases?|claims?|dockets?|artikel|art[ií]culos?|pi[èe]ces?|pedido|commande|bestell)"
    r"(?:[ -]?(?:no|number|nr|num|nummer|code|id))?[\s.:#]{0,3}(?:is )?\Z"
)
_MONEY = frozenset("$€£¥#")
_CARD_LEADS = frozenset("car cre deb vis mas ame tar kar kre ban gir cc".split())  # noqa: SIM905 - a table of words
_NEVER_LAST = frozenset("$€£¥#.:") | frozenset(filter(str.isspace, map(chr, range(0x3001))))
_NEVER_ENDS = (
    "usd", "eur", "isbn", "issn", "version", "v", "build", "port", "order", "invoice", "ticket", "pedido", "art", "article", "artikel", "doi", "rfc",
    "line", "page", "sha", "ref",
)  # fmt: skip
# How the words begin that the expressions above look for: most words say at once that they are none of them.
_LEAD = later(r"\b[^\W\d_]{1,3}")
_NO_LEADS: frozenset[str] = frozenset()
_HINT_LEADS = ID_LEADS | frozenset(
    "acc a rou aba bsb sor cue kon com con rek iba mrn med pat cha his nhc num núm cip nas epi ssn ss soc".split()  # noqa: SIM905 - a table of words
)


class _Form(NamedTuple):
    """What a number may be by its digits and signs alone, whatever the digits are."""

    size: int
    date: bool
    ssn: bool
    card: bool
    card_form: bool  # as people write them
    formed: bool  # as a national identifier is written
    phone: bool
    lone: int  # digits that stand alone between signs
    nothing: bool


ZEROS = str.maketrans("123456789", "000000000")
_NO_SIGNS = str.maketrans("", "", " \t\u00a0.-/()_:·+")
_LONE = later("(?<!0)0(?!0)")
_CARD_FORM = later(
    r"0{12,19}|0{4}(?P<sign>[ ./·_-]| - )(?:0{4}(?P=sign)0{4}(?P=sign)0{1,4}(?:(?P=sign)0{1,3})?|0{6}(?P=sign)0{4,5}|0{4}(?P=sign)0{5})|0{8}[ -]0{8}|0{6}[ -]0{9,13}"
)
_DATE_FORM = later(r"0{1,4}([-./ ])00?\1(?:00|0{4}|0)(?:[ T_].*)?")


@lru_cache(maxsize=8_192)
def _form(zeros: str) -> _Form:
    size = zeros.count("0")
    return _Form(
        size,
        size <= 14 and _DATE_FORM.fullmatch(zeros) is not None,
        zeros in {"000-00-0000", "000 00 0000"},
        12 <= size <= 19 and "\t" not in zeros,
        size >= 12 and _CARD_FORM.fullmatch(zeros) is not None,
        formed(zeros),
        6 <= size <= 15,
        len(_LONE.findall(zeros)) if size > 4 else 0,
        _TIME_OR_SUM.fullmatch(zeros) is not None,
    )


_NOTHING = ("", 0, 0.0)
_LONGEST_DATE = 14  # digits, with a time
_TWO_SCRIPTS = later(rf"(?<={SPACELESS})(?=[^\W_])(?!{SPACELESS})|(?<=[^\W_])(?<!{SPACELESS})(?={SPACELESS})")
"""Where a script without spaces and another meet, which is where a word begins."""


@lru_cache(maxsize=2_048)
def verdict(  # noqa: C901, PLR0912 - one rule after the other
    written: str, before: str, after: str
) -> tuple[str, int, float] | None:
    """The label of a number by what stands around it, how much longer it is than its digits, and how sure we are.

    An empty label means that it is certainly nothing personal; None that its parts may be.
    """
    if not before.isascii():
        before = _TWO_SCRIPTS.sub(" ", before)
    size, date, ssn, card, card_form, written_so, may_be_phone, lone, nothing = _form(written.translate(ZEROS))
    if written[0] == "(" and ")" not in written and size <= _LONGEST_DATE and _DATE.fullmatch(written, 1):
        return _NOTHING
    if date and _DATE.fullmatch(written) and not (size == 8 and written[2] == " " and announced(before)):
        return "birth-date" if before and _born(before) else "", 0, 0.9
    if ssn and (_SSN.fullmatch(written) or ("-" in written and _says("ssn", before))):
        said = _says("ssn", before)
        if before and not said and (_THING.search(before) or of_a_thing(written, before)):
            return _NOTHING
        return "ssn", 0, 0.95 if said else 0.85
    digits = written if len(written) == size else written.translate(_NO_SIGNS)
    leads = frozenset(_LEAD.findall(before)) if before else _NO_LEADS
    if card and lone < 2:
        right = _card(digits)
        said = (
            (not right or size == 12 or not card_form) and not leads.isdisjoint(_CARD_LEADS) and _says("card", before)
        )
        if (
            right
            and size != _USUAL
            and not said
            and (_told(before, digits) == "account" or _ACCOUNT_WIDE.search(before))
        ):
            return "account", 0, 0.85
        if right and (said or (card_form and (size > 12 or digits.startswith(_SHORT_CARDS)))):
            return "card", 0, 0.95
        if said and size >= 13:
            # A card may be one that says who somebody is.
            found = national_id(written, digits, before)
            return (found[0], 0, found[1]) if found else ("card", 0, 0.7)
    hinted = not leads.isdisjoint(_HINT_LEADS) and _ANY_HINT.search(before) is not None
    if (
        hinted and ". " in written
    ):  # a sentence ends, and the next begins with digits: `NHS number 4857773456. 5-year-old`
        head = written.partition(". ")[0]
        first = verdict(head, before, "")
        if first and first[0] not in {"", "phone"}:
            return first[0], len(head) - len(written), first[2]
    if written_so or (hinted and size > 5):
        found = national_id(written, digits, before if hinted else "")
        if found:
            return found[0], 0, found[1]
    never = False
    if before:
        if hinted:
            told = "" if ":" in written else _told(before, digits)
            if told:
                return told, 0, 0.8
            if size == 9 and _says("ssn", before):
                return "ssn", 0, 0.8
        never = written[0] not in "(+" and (
            _never(before, max(0, len(before) - _NEVER_REACH)) or of_a_thing(written, before)
        )
    if may_be_phone and not never and (before or lone < 2 or written[0] in "+("):
        sure = phone(written, digits, before, leads, after[:16])
        if sure:
            extension = _EXTENSION.match(after)
            return "phone", extension.end() if extension else 0, sure
    if never or nothing or (card_form and size > _SHORT and len(written) != size):
        return _NOTHING  # parts of what was written as a card are no telephones
    return None


_EXTENSION = later(
    r"(?: ?(?:x|#)|,? {0,2}\(?(?:x|ext(?:n|ension)?\.?|durchwahl|dw\.?|nst\.?|app(?:arat)?\.?|poste|interno|int\.|anexo|ramal|toestel|wew\.?|доб\.?|内線|内线))"
    r"[ :]{0,2}\d{1,6}",
    re.IGNORECASE,
)
_BETWEEN = later(r"^(?:[^.;!?\n]|(?<=\bn[ro])\.|(?<=\bn)\.){0,18}$")
_NOT_OF_ONE = later(
    r"\b(?:balance|saldo|limit|total|table|rendu|created|opened|since|count|payable|receivable|deletion|age)\b"
)


_LAST_SIGNS = "".join(_NEVER_LAST)


def _never(before: str, reach: int) -> bool:
    """Whether `_NEVER` sees something in the words before a number from a place on; most end with none of its words."""
    word = before.rstrip(_LAST_SIGNS)
    may = word.endswith(_NEVER_ENDS) or not _MONEY.isdisjoint(before[len(word) :])
    return may and _NEVER.search(before, reach) is not None


def _says(label: str, before: str) -> bool:
    return bool(before) and _SAYS[label].search(before) is not None


def _born(before: str) -> bool:
    """Whether the last word for a date before one is that of a birth."""
    last = None
    for last in _SAYS["birth-date"].finditer(before):  # noqa: B007 - the last of them
        pass
    return last is not None and ANOTHER_DATE.search(before, last.end()) is None


def _told(before: str, digits: str) -> str:
    """What the words before say that a number is, if they stand close and nothing else does; a year is none."""
    best, label = -1, ""
    size = 0 if len(digits) == 4 and digits.startswith(("18", "19", "20")) else len(digits)
    for name, least in (("account", 6), ("medical-record", 4)):
        if size < least:
            continue
        for match in _SAYS[name].finditer(before):
            if (
                match.end() > best
                and _BETWEEN.match(before[match.end() :])
                and not _NOT_OF_ONE.search(before, match.end())
            ):
                best, label = match.end(), name
    return label


_CARD = later(
    "|".join(
        rf"(?:{prefix})[0-9]{{{least - size},{most - size}}}"
        for prefix, size, least, most in (
            ("4", 1, 13, 13), ("4", 1, 16, 16), ("4", 1, 19, 19),  # Visa
            ("5[1-5]", 2, 16, 16), ("222[1-9]|22[3-9][0-9]|2[3-6][0-9][0-9]|27[01][0-9]|2720", 4, 16, 16),  # Mastercard
            ("3[47]", 2, 15, 15),  # American Express
            ("3[689]", 2, 14, 19), ("30[0-59]", 3, 14, 19),  # Diners
            ("352[89]|35[3-8][0-9]", 4, 16, 19), ("1800|2131", 4, 15, 15),  # JCB
            ("1", 1, 15, 15),  # UATP
            ("50|5[6-8]", 2, 12, 19), ("6", 1, 12, 19),  # Maestro, Discover, UnionPay, RuPay
            ("220[0-4]", 4, 16, 19),  # Mir
            ("8[12]", 2, 16, 16), ("9792", 4, 16, 16),  # RuPay, UnionPay, Troy
        )
    )
)  # fmt: skip
"""How cards begin, by issuer, and how many digits they then have."""


def _card(digits: str) -> bool:
    """Issuer ranges of ISO/IEC 7812-1 with their lengths, and its check digit (annex B)."""
    if digits[0] not in _CARD_BEGINS or not _CARD.fullmatch(digits) or len(set(digits)) == 1:
        return False
    code = digits.encode()
    return (sum(code[-1::-2]) + sum(code[-2::-2].translate(_DOUBLED)) - len(code) * 48) % 10 == 0


def named_card(written: str) -> bool:
    """Whether digits behind a name and nothing else (`card_4539578763621486`) are a card: only what proves itself."""
    form = _form(written.translate(ZEROS))
    return form.card and form.size > _SHORT and form.card_form and _card(written.translate(_NO_SIGNS))


_SHORT, _USUAL = 14, 16
_ACCOUNT_WIDE = later(r"खाता|口座|账[号户]|帳[號戶]|계좌|сч[её]т|р/с")
_SHORT_CARDS = ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")  # may have twelve digits
_CARD_BEGINS = frozenset("12345689")
_DOUBLED = bytes.maketrans(b"0123456789", bytes(48 + value * 2 - 9 * (value > 4) for value in range(10)))
