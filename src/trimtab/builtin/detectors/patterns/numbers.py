"""Numbers written in digits: cards, telephone numbers, national identifiers, accounts, network addresses.

All of them are runs of digits with a few signs between, so runs are found once and each is judged by its groups,
its check digits and the words before it. A run may hold two numbers side by side; parts of it are then tried.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from trimtab.builtin.detectors.patterns.identifiers import ID_HINT, ID_LEADS, formed, national_id
from trimtab.builtin.detectors.patterns.phone import announced, phone
from trimtab.detect.signs import later
from trimtab.kinds import Finding

_RUN = re.compile(r"[0-9](?:[ \t\u00a0.\-/()_:·]{0,2}[0-9]){3,}+")
_LETTER = later(r"[^\W\d_]|[$€£¥#]")
_PART = later(r"[^ \t\u00a0]+")
_MOST_PARTS = 6
_LONGEST_RUN = 120
"""Characters of a row of numbers beyond which it is a table: numbers side by side in one say nothing of each other."""
_LEAST_DIGITS = 7
_MOST_DIGITS = 19
_CONTEXT = 40  # characters before a number that may say what it is

_IP = later(r"(?:\d{1,3}\.){3}\d{1,3}")
_SSN = later(r"(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}")
_DATE = later(
    r"(?:(?:19|20)\d\d([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-./ ])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)?\d\d)(?:[ T_]\d{1,2}(?:[:.]?\d\d){0,2})?"
)
_DATE_PARTED = later(r"^(?:19|20)\d\d-\d\d-\d\d")
_GEO = later(r"(\d{1,2}\.\d{4,12})[,; ] {0,2}([-+]?\d{1,3}\.\d{4,12})")
_TIME_OR_SUM = later(r"\d{1,3}(?:[.:]\d{2}){1,2}|\d{1,3}(?:[., ]\d{3})+(?:[.,]\d+)?|\d+\.\d+|\d{4}\s?[-/]\s?\d{2,4}")
_SAYS = {
    "card": later(
        r"\b(?:cards?|credit|debit|visa|mastercard|amex|tarjetas?|(?:kredit|bank|giro|debit)?karten?(?:-?(?:nummer|nr))?|carte|cc)\b"
    ),
    "ssn": later(r"\b(?:ssn|social security|soc\.? sec)"),
    "birth-date": later(
        r"\b(?:born|birth|birthday|dob|d\.o\.b|nacid[oa]|nacimiento|geb(?:oren|urtsdatum|\.)?|naissance|n[ée]e?|nat[oa]|nascimento|geboren)\b"
    ),
    "account": later(
        r"\b(?:accounts?|acct|a/c|routing|aba|sort code|cuenta|konto(?:nummer)?|compte|conto|conta|rekening|iban)\b"
    ),
    "medical-record": later(
        r"\b(?:mrn|medical record|patient(?: id| no| number|\W)|chart (?:no|number)|historia(?: cl[ií]nica)?|nhc|n[uú]mero de historia|cipa|nass|episodio)"
    ),
}
_HINT_WORDS = (
    r"\b(?:acc|a/c|routing|aba\b|sort|cuenta|konto|compte|conto|conta|rekening|iban|mrn|medical|patient|chart|historia|nhc|n[uú]mero|cipa|"
    r"nass|episodio|ssn|soc)"
)
_ANY_HINT = later(f"{_HINT_WORDS}|{ID_HINT}")
_NEVER = later(
    r"(?:[$€£¥#]|\b(?:usd|eur|isbn|issn|version|v|build|port|order|invoice|ticket|pedido|art(?:icle|ikel)?|doi|rfc|line|page|sha|ref))[\s.:#]*$"
)
_NEVER_REACH = 16
_MONEY = later(r"[$€£¥#]")
# How the words begin that the expressions above look for: most words say at once that they are none of them.
_LEAD = later(r"\b[^\W\d_]{1,3}")
_NO_LEADS: frozenset[str] = frozenset()
_HINT_LEADS = ID_LEADS | frozenset(
    "acc a rou aba sor cue kon com con rek iba mrn med pat cha his nhc num núm cip nas epi ssn soc".split()  # noqa: SIM905 - a table of words
)
_NEVER_LEADS = frozenset("usd eur isb iss ver v bui por ord inv tic ped art doi rfc lin pag sha ref".split())  # noqa: SIM905 - a table of words


class _Form(NamedTuple):
    """What a number may be by its digits and signs alone, whatever the digits are."""

    size: int
    date: bool
    ip: bool
    ssn: bool
    card: bool
    card_form: bool  # as people write them
    formed: bool  # as a national identifier is written
    phone: bool
    lone: int  # digits that stand alone between signs
    nothing: bool


_ZEROS = str.maketrans("123456789", "000000000")
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
        zeros.count(".") == 3 and len(zeros) == size + 3,
        zeros in {"000-00-0000", "000 00 0000"},
        12 <= size <= 19 and "\t" not in zeros,
        size >= 12 and _CARD_FORM.fullmatch(zeros) is not None,
        formed(zeros),
        6 <= size <= 15,
        len(_LONE.findall(zeros)) if size > 4 else 0,
        _TIME_OR_SUM.fullmatch(zeros) is not None,
    )


def numbers(  # noqa: C901 - one way out after the other
    text: str, groups: Iterable[tuple[int, int]]
) -> Iterator[Finding]:
    """What is found among the groups of digits of a text; linear, since few parts of a run are tried together."""
    last = 0
    for at, _ in groups:
        if at < last:
            continue
        run = _RUN.match(text, at)
        if not run:
            continue
        start, end = run.span()
        last = end
        if start and text[start - 1] in "(+":
            start -= 2 if text[max(0, start - 2) : start] in {"(+", "+("} else 1
        if end - start > _LONGEST_RUN:
            yield from _table(text, start, end)
            continue
        if _within_word(text, start, end):
            continue
        before = text[max(0, start - _CONTEXT) : start]
        before = before.lower() if _LETTER.search(before) else ""
        place = _GEO.match(text, at) if "." in run.group() else None
        if place:
            if _on_earth(text, place, before):
                begin = at - (at > 0 and text[at - 1] in "-+")
                yield Finding(label="personal.geo", start=begin, end=place.end(), confidence=0.75)
            continue
        whole = _judge(text, start, end, before)
        if whole:
            if whole.label:
                yield whole.found()
            continue
        if before:
            yield from _parts(text, start, end, before)
        elif " " in run.group():
            yield from _table(text, start, end)


_PLACE = later(r"\b(?:lat|lon|lng|gps|coord|geo|locat|posi|ubic|standort|emplacement|maps?\b|place)")
_NEXT_IN_ROW = later(r"[,; \t]{1,3}[-+]?\d")
_LAST_IN_ROW = later(r"\d[,; \t]{1,3}[-+]?\Z")


def _on_earth(text: str, place: re.Match[str], before: str) -> bool:
    """Whether two decimal fractions are a latitude and a longitude, and not two of a row of measurements."""
    north, east = abs(float(place[1])), abs(float(place[2]))
    if north > 90 or east > 180:
        return False
    if before and _PLACE.search(before):
        return True
    start = place.start()
    return (
        max(north, east) >= 1
        and text[place.end(1)] != " "
        and not _NEXT_IN_ROW.match(text, place.end())
        and not _LAST_IN_ROW.search(text[max(0, start - 4) : start])
    )


def _within_word(text: str, start: int, end: int) -> bool:
    if start and (text[start - 1].isalnum() or text[start - 1] in "_@%"):
        return True
    return end < len(text) and text[end].isalpha() and text[end] not in "xXe"


class _Verdict:
    """A number recognised; an empty label means that it is certainly nothing personal."""

    __slots__ = ("confidence", "end", "label", "start")

    def __init__(self, label: str, start: int, end: int, confidence: float) -> None:
        self.label, self.start, self.end, self.confidence = label, start, end, confidence

    def found(self) -> Finding:
        return Finding(label=f"personal.{self.label}", start=self.start, end=self.end, confidence=self.confidence)


def _parts(text: str, start: int, end: int, before: str) -> Iterator[Finding]:
    """Numbers side by side, parted by spaces: the longest that says something, from the left."""
    parts = [(start + m.start(), start + m.end()) for m in _PART.finditer(text[start:end])]
    if len(parts) < 2:
        return
    sizes = [text[low:high].translate(_ZEROS).count("0") for low, high in parts]
    if max(sizes) < 3 and "." not in text[start:end]:
        return
    first = 0
    while first < len(parts):
        size, longest = 0, 0
        found: list[int] = []
        for last in range(first, min(first + _MOST_PARTS, len(parts))):
            size += sizes[last]
            longest = max(longest, sizes[last])
            if size > _MOST_DIGITS:
                break
            if last == first and text.count(".", *parts[first]) == 3:  # an address on the net: whole, and maybe short
                found = [last]
                break
            if size >= _LEAST_DIGITS and longest >= 3 and last - first + 1 < len(parts):
                found.append(last)
        for last in reversed(found):
            here = f"{before} {text[start : parts[first][0]]}"[-_CONTEXT:] if before else ""
            verdict = _judge(text, parts[first][0], parts[last][1], here)
            # One of several numbers has to say more for itself than one that stands alone.
            if verdict and verdict.label and verdict.confidence >= _SURE - 0.1 and (here or verdict.label in _ALONE):
                yield verdict.found()
                first = last
                break
        first += 1


def _table(text: str, start: int, end: int) -> Iterator[Finding]:
    """Numbers in a long row: whatever begins at any of them and says enough by its form.

    Nothing depends on where the row begins, or a stream of numbers would never be settled.
    """
    at = start
    while stands_out := _IN_ROW.search(text, at, end):
        low, high = stands_out.span()
        at = min(_next_part(text, low, end), high)
        for upto in {high, at}:
            if (low == start or upto == end) and _within_word(text, low, upto):
                continue
            label, sure = _bare(text[low:upto])
            if sure >= _SURE:
                yield Finding(label=f"personal.{label}", start=low, end=upto, confidence=sure)
                break


def _next_part(text: str, low: int, end: int) -> int:
    part = _PART.match(text, low, end)
    return part.end() if part else end


_IN_ROW = later(
    r"(?<![^ \u00a0])(?:(?:[(+]{0,2}\d[\d().-]{6,20}|\+[\d ().-]{8,24}|\(?[2-9]\d\d\)?[-. ]{0,2}\d{3}[-. ]\d{4}|0\d{2,4} \d{6}|0\d{2,3} \d{3,4} \d{4}"
    r"|\(\d{2,5}\) \d{3,4}[ -]?\d{3,4}|0\d(?: \d\d){4}|[6-9]\d\d(?: \d\d){3}|[6-9]\d\d \d{3} \d{3}|[2-9]\d{3}(?: \d{4}){2,3}(?: \d{3})?"
    r"|3\d{3} \d{6} \d{4,5}|\d{3} \d\d \d{4})(?![^ \u00a0]))"
)
_SURE = 0.8
_ALONE = frozenset({"card", "phone", "ip", "ssn"})


@lru_cache(maxsize=8_192)
def _bare(written: str) -> tuple[str, float]:
    """The label and the confidence of a number with nothing but numbers around it."""
    verdict = _judge(written, 0, len(written), "")
    return (verdict.label, verdict.confidence) if verdict and verdict.label else ("", 0.0)


_NOTHING = ("", 0, 0.0)


def _judge(text: str, start: int, end: int, before: str) -> _Verdict | None:
    told = _verdict(text[start:end], before, text[end : end + _AFTER])
    if told is None:
        return None
    label, longer, sure = told
    return _Verdict(label, start, end + longer, sure)


_AFTER = 20


@lru_cache(maxsize=2_048)
def _verdict(  # noqa: C901, PLR0912 - one rule after the other
    written: str, before: str, after: str
) -> tuple[str, int, float] | None:
    """The label of a number by what stands around it, how much longer it is than its digits, and how sure we are.

    An empty label means that it is certainly nothing personal; None that its parts may be.
    """
    form = _form(written.translate(_ZEROS))
    size = form.size
    if form.date and _DATE.fullmatch(written) and not (size == 8 and written[2] == " " and announced(before)):
        return "birth-date" if _says("birth-date", before) else "", 0, 0.9
    if form.ip and all(int(part) < 256 for part in written.split(".") if part.isdecimal()) and _IP.fullmatch(written):
        sure = 0.4 if _NEVER.search(before) else 0.95
        return ("ip", 0, sure) if sure > 0.5 else _NOTHING
    if form.ssn and (_SSN.fullmatch(written) or ("-" in written and _says("ssn", before))):
        return "ssn", 0, 0.95 if _says("ssn", before) else 0.85
    digits = written if len(written) == size else written.translate(_NO_SIGNS)
    if form.card and form.lone < 2:
        right = _card(digits)
        said = (not right or size == 12 or not form.card_form) and _says("card", before)
        if right and (said or (form.card_form and (size > 12 or digits.startswith(_SHORT_CARDS)))):
            return "card", 0, 0.95
        if said and size >= 13:
            return "card", 0, 0.7
    leads = frozenset(_LEAD.findall(before)) if before else _NO_LEADS
    hinted = bool(leads) and not leads.isdisjoint(_HINT_LEADS) and _ANY_HINT.search(before) is not None
    if form.formed or (hinted and size > 5):
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
        never = (
            written[0] not in "(+"
            and (not leads.isdisjoint(_NEVER_LEADS) or _MONEY.search(before) is not None)
            and _NEVER.search(before, max(0, len(before) - _NEVER_REACH)) is not None
        )
    if form.phone and not never and (before or form.lone < 2 or written[0] in "+("):
        sure = phone(written, digits, before, leads, after[:16])
        if sure:
            extension = _EXTENSION.match(after)
            return "phone", extension.end() if extension else 0, sure
    if never or form.nothing:
        return _NOTHING
    return None


_EXTENSION = later(r" ?(?:x|ext\.?|extension|#) ?\d{1,6}", re.IGNORECASE)
_BETWEEN = later(r"^[^.;!?\n]{0,18}$")


def _says(label: str, before: str) -> bool:
    return bool(before) and _SAYS[label].search(before) is not None


def _told(before: str, digits: str) -> str:
    """What the words before say that a number is, if they stand close and nothing else does; a year is none."""
    best, label = -1, ""
    size = 0 if len(digits) == 4 and digits.startswith(("18", "19", "20")) else len(digits)
    for name, least in (("account", 6), ("medical-record", 4)):
        if size < least:
            continue
        for match in _SAYS[name].finditer(before):
            if match.end() > best and _BETWEEN.match(before[match.end() :]):
                best, label = match.end(), name
    return label


_CARD = later(r"4|5[0-9]|2(?:2[2-9]|[3-6]|7[01]|720)|3[0-9]|6|1800|1")


def _card(digits: str) -> bool:
    """Issuer ranges of ISO/IEC 7812-1 and its check digit (annex B)."""
    if not _CARD.match(digits) or len(set(digits)) == 1:
        return False
    code = digits.encode()
    return (sum(code[-1::-2]) + sum(code[-2::-2].translate(_DOUBLED)) - len(code) * 48) % 10 == 0


_SHORT_CARDS = ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")  # may have twelve digits
_DOUBLED = bytes.maketrans(b"0123456789", bytes(48 + value * 2 - 9 * (value > 4) for value in range(10)))
