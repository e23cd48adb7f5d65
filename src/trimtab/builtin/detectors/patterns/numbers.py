"""Numbers written in digits: cards, telephone numbers, national identifiers, accounts, network addresses.

All of them are runs of digits with a few signs between, so runs are found once and each is judged by its groups,
its check digits and the words before it. A run may hold two numbers side by side; parts of it are then tried.
"""

import re
from collections.abc import Iterator

from trimtab.builtin.detectors.patterns.identifiers import national_id
from trimtab.builtin.detectors.patterns.phone import phone
from trimtab.kinds import Finding

_RUN = re.compile(r"\d(?:[ \t\u00a0.\-/()_:·]{0,2}\d){3,39}+")
_LETTER = re.compile(r"[^\W\d_]|[$€£¥#]")
_PART = re.compile(r"[^ \t\u00a0]+")
_MOST_PARTS = 6
_LEAST_DIGITS = 7
_MOST_DIGITS = 19
_NOT_DIGIT = re.compile(r"\D+")
_CONTEXT = 40  # characters before a number that may say what it is

_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}")
_SSN_FORM = re.compile(r"\d{3}-\d{2}-\d{4}")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-./ ])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)?\d\d)(?:[ T_]\d{1,2}(?:[:.]?\d\d){0,2})?"
)
_DATE_PARTED = re.compile(r"^(?:19|20)\d\d-\d\d-\d\d")
_GEO = re.compile(r"(\d{1,2}\.\d{4,12})[,; ] {0,2}([-+]?\d{1,3}\.\d{4,12})")
_TIME_OR_SUM = re.compile(
    r"\d{1,3}(?:[.:]\d{2}){1,2}|\d{1,3}(?:[., ]\d{3})+(?:[.,]\d+)?|\d+\.\d+|\d{4}\s?[-/]\s?\d{2,4}"
)
_CARD_SIZES = range(12, 20)

_SAYS = {
    "card": re.compile(r"\b(?:cards?|credit|debit|visa|mastercard|amex|tarjetas?|karten?|kreditkarte|carte|cc)\b"),
    "ssn": re.compile(r"\b(?:ssn|social security|soc\.? sec)"),
    "birth-date": re.compile(
        r"\b(?:born|birth|birthday|dob|d\.o\.b|nacid[oa]|nacimiento|geb(?:oren|urtsdatum|\.)?|naissance|n[ée]e?|nat[oa]|nascimento|geboren)\b"
    ),
    "account": re.compile(
        r"\b(?:accounts?|acct|a/c|routing|aba|sort code|cuenta|konto(?:nummer)?|compte|conto|conta|rekening|iban)\b"
    ),
    "medical-record": re.compile(
        r"\b(?:mrn|medical record|patient(?: id| no| number|\W)|chart (?:no|number)|historia(?: cl[ií]nica)?|nhc|n[uº]mero de historia|cipa|nass|episodio)"
    ),
}
_HINT = re.compile(
    r"acc|a/c|routing|aba\b|sort|cuenta|konto|compte|conto|conta|rekening|iban|mrn|record|patient|chart|historia|nhc|n[uº]mero|cipa|"
    r"nass|episodio|ssn|soc|card|credit|debit|visa|master|amex|tarjeta|kart|carte|\bcc\b"
)
_NEVER = re.compile(
    r"(?:[$€£¥#]|\b(?:usd|eur|isbn|issn|version|v|build|port|order|invoice|ticket|pedido|art(?:icle|ikel)?|doi|rfc|line|page|sha|ref))[\s.:#]*$"
)


def numbers(text: str) -> Iterator[Finding]:
    """What is found among the digits of a text; linear, since runs and the parts tried of each are bounded."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        if start and text[start - 1] in "(+":
            start -= 2 if text[max(0, start - 2) : start] in {"(+", "+("} else 1
        if start and (text[start - 1].isalnum() or text[start - 1] in "_@%"):
            continue
        if end < len(text) and (text[end].isalpha() and text[end] not in "xXe"):
            continue
        place = _GEO.match(text, start) if "." in run.group() else None
        if place:
            if abs(float(place[1])) <= 90 and abs(float(place[2])) <= 180:
                begin = start - (start > 0 and text[start - 1] in "-+")
                yield Finding(label="personal.geo", start=begin, end=place.end(), confidence=0.75)
            continue
        before = text[max(0, start - _CONTEXT) : start]
        before = before.lower() if _LETTER.search(before) else ""
        whole = _judge(text, start, end, before)
        if whole:
            if whole.label:
                yield whole.found()
            continue
        yield from _parts(text, start, end, before)


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
    sizes = [sum(map(str.isdecimal, text[low:high])) for low, high in parts]
    first = 0
    while first < len(parts):
        size, longest = 0, 0
        found: list[int] = []
        for last in range(first, min(first + _MOST_PARTS, len(parts))):
            size += sizes[last]
            longest = max(longest, sizes[last])
            if size > _MOST_DIGITS:
                break
            if size >= _LEAST_DIGITS and longest >= 3 and last - first + 1 < len(parts):
                found.append(last)
        for last in reversed(found):
            here = f"{before} {text[start : parts[first][0]]}"[-_CONTEXT:] if before else ""
            verdict = _judge(text, parts[first][0], parts[last][1], here)
            if verdict and verdict.label:
                yield verdict.found()
                first = last
                break
        first += 1


def _judge(text: str, start: int, end: int, before: str) -> _Verdict | None:  # noqa: C901, PLR0912  # one chain of questions
    written = text[start:end]
    digits = _NOT_DIGIT.sub("", written)
    size = len(digits)
    if size < 4:
        return None
    if _DATE.fullmatch(written):
        return _Verdict("birth-date" if _says("birth-date", before) else "", start, end, 0.9)
    if "." in written and _IP.fullmatch(written) and all(int(part) < 256 for part in written.split(".")):
        return _Verdict("" if _NEVER.search(before) else "ip", start, end, 0.95)
    if size == 9 and (_SSN.fullmatch(written) or (_SSN_FORM.fullmatch(written) and _says("ssn", before))):
        return _Verdict("ssn", start, end, 0.95 if _says("ssn", before) else 0.85)
    if size in _CARD_SIZES and _card(digits) and (size > 12 or _says("card", before) or digits[0] in "56"):
        return _Verdict("card", start, end, 0.95)
    if size in _CARD_SIZES and size >= 13 and _says("card", before):
        return _Verdict("card", start, end, 0.7)
    found = national_id(written, digits, before)
    if found:
        return _Verdict(found[0], start, end, found[1])
    never = False
    if before:
        if _HINT.search(before):
            told = _told(before, size)
            if told:
                return _Verdict(told, start, end, 0.8)
            if size == 9 and _says("ssn", before):
                return _Verdict("ssn", start, end, 0.8)
        never = _NEVER.search(before) is not None
    if 6 <= size <= 15 and not never:
        sure = phone(written, digits, before, text[end : end + 16])
        if sure:
            extension = _EXTENSION.match(text, end)
            return _Verdict("phone", start, extension.end() if extension else end, sure)
    if never or _TIME_OR_SUM.fullmatch(written):
        return _Verdict("", start, end, 0)
    return None


_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension|#) ?\d{1,6}", re.IGNORECASE)
_BETWEEN = re.compile(r"^[^.;!?\n]{0,18}$")


def _says(label: str, before: str) -> bool:
    return bool(before) and _SAYS[label].search(before) is not None


def _told(before: str, size: int) -> str:
    """What the words before say that a number is, if they stand close and nothing else does."""
    best, label = -1, ""
    for name, least in (("account", 6), ("medical-record", 4)):
        if size < least:
            continue
        for match in _SAYS[name].finditer(before):
            if match.end() > best and _BETWEEN.match(before[match.end() :]):
                best, label = match.end(), name
    return label


_CARD = re.compile(r"4|5[0-9]|2(?:2[2-9]|[3-6]|7[01]|720)|3[0-9]|6|1800|1")


def _card(digits: str) -> bool:
    """Issuer ranges of ISO/IEC 7812-1 and its check digit (annex B)."""
    if not _CARD.match(digits) or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        total += value if place % 2 == 0 else value * 2 - 9 * (value > 4)
    return total % 10 == 0
