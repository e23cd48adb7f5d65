"""Numbers written in digits: cards, telephone numbers, national identifiers, accounts, network addresses.

All of them are runs of digits with a few signs between, so runs are found once and each is judged by its groups,
its check digits and the words before it. A run may hold two numbers side by side; parts of it are then tried.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from trimtab.builtin.detectors.patterns.address_codes import at_postcode
from trimtab.builtin.detectors.patterns.coordinates import at_fraction
from trimtab.builtin.detectors.patterns.ip_addresses import DOTS, without_addresses
from trimtab.builtin.detectors.patterns.number_kinds import ZEROS, named_card, verdict
from trimtab.builtin.detectors.patterns.phone import announced
from trimtab.builtin.detectors.patterns.spec import Seen, joins, stressed
from trimtab.detect.proven import SAYS_CARD, is_card
from trimtab.detect.reading import CLOSE
from trimtab.detect.signs import later

_RUN = re.compile(r"[0-9](?:(?:[ \t\u00a0.\-/()_:·]{0,2}|\)? [./-] )[0-9]){3,}+")
_TIGHT_RUN = later(r"[0-9](?:[ \t\u00a0.\-/()_:·]{0,2}[0-9]){3,}+")
_SPREAD = later(
    r"(?:1 ?[./-] )?\(?[2-9]\d\d\)? ?([./-]) \d{3} \1 \d{4}|\(?0(?=(?:\D*\d){8})\d{1,4}\)? [/-] [1-9]\d{1,7}(?:[ /-]{1,3}\d{1,6}){0,4}"
    r"|\+\d{1,3}[ (]{1,2}\d[\d ()./-]{6,24}|\d{4} ([-/]) \d{4} \2 \d{4} \2 \d{4}"
)
"""Numbers of which the groups stand apart with a sign between: `615 . 555 . 0172`. Others so are from this to that."""
_LETTER = later(r"[^\W\d_]|[$€£¥#]")
_PART = later(r"[^ \t\u00a0]+")
_MOST_PARTS = 6
_LONGEST_RUN = 120
"""Characters of a row of numbers beyond which it is a table: numbers side by side in one say nothing of each other."""
_LONGEST_CODE = 11  # characters of a postcode, and one more
_LEAST_DIGITS = 7
_MOST_DIGITS = 19
_CONTEXT = 40  # characters before a number that may say what it is


def numbers(
    text: str,
    groups: Sequence[tuple[int, int]],
    marks: bytes | None = None,
    near: Sequence[tuple[int, int]] | None = None,
) -> Iterator[Seen]:
    """What is found among the groups of digits of a text; linear, since few parts of a run are tried together.

    Runs in which no place is `CLOSE` to what is new, by `marks`, are left out, and those of which no part lies `near`.
    """
    whole = near is None and len(groups) * _DENSE > len(text)
    if near is not None:
        groups = rows_near(groups, near)
    return _judged(text, _RUN.finditer(text) if whole else _runs(text, groups), marks)


def _judged(  # noqa: C901, PLR0912 - one way out after the other
    text: str, runs: Iterable[re.Match[str]], marks: bytes | None = None
) -> Iterator[Seen]:
    for run in runs:
        at, end = run.span()
        start = at
        if marks is not None and marks.find(CLOSE, start, end) < 0:
            continue
        written = run.group()
        if "." in written and written.count(".") >= DOTS:
            addresses: list[Seen] = []
            beside = without_addresses(text, at, end, addresses)
            if beside != [(at, end)]:
                yield from addresses
                for low, high in beside:
                    yield from _judged(text, _TIGHT_RUN.finditer(text, low, high))
                continue
        if " " in written and (" - " in written or " / " in written or " . " in written) and not _spread(text, at, end):
            yield from _judged(text, _TIGHT_RUN.finditer(text, at, end))
            continue
        if start and text[start - 1] in "(+":
            start -= 2 if text[max(0, start - 2) : start] in {"(+", "+("} else 1
        if "." in text[at + 1 : at + 4] and (places := at_fraction(text, at)):
            for place in places:
                yield *place, "personal.geo"
            if end <= places[-1][1]:
                continue
        if end - at < _LONGEST_CODE and (address := at_postcode(text, at, end)):
            yield *address, "personal.address"
        if end - start > _LONGEST_RUN:
            yield from _table(text, start, end)
            continue
        if _within_word(text, start, end):
            if (_after_name(text, start, end) or _glued(text, start, end)) and named_card(text[start:end]):
                yield start, end, 0.8, "personal.card"
            elif text[start - 1] in "xX" and (named := _brazilian(text, start, end)):
                yield named
            continue
        before = text[max(0, start - _CONTEXT) : start]
        before = before.lower() if _LETTER.search(before) else ""
        told, start = _told(text, start, end, before)
        if end - start > _SHORTEST_DATED and not (told and told[0]):
            yield from _dated(text[start:end], start)
        if told:
            label, longer, sure = told
            if label:
                yield start, end + longer, sure, f"personal.{label}"
            continue
        if before:
            yield from _parts(text, start, end, before)
        elif " " in written:
            yield from _table(text, start, end)


def _spread(text: str, at: int, end: int) -> bool:
    """Whether groups far apart are one number."""
    return _SPREAD.fullmatch(text, at - (text[at - 1 : at] in {"(", "+"}), end) is not None


def _told(text: str, start: int, end: int, before: str) -> tuple[tuple[str, int, float] | None, int]:
    """The verdict on a row of digits, or on what it holds behind a sign, and where that begins."""
    written, after = text[start:end], text[end : end + _AFTER]
    told = verdict(written, before, after)
    if told and told[0]:
        return told, start
    if inside := _behind_sign(written, before, after):
        return inside, start + 1
    if told is None and _FOURS.fullmatch(written) and not announced(before):
        # No card, but written and begun as one: half of it is no telephone.
        return ("", 0, 0.0), start
    return told, start


def _behind_sign(written: str, before: str, after: str) -> tuple[str, int, float] | None:
    """What a number is whose bracket stands around the whole, or whose plus says that its line is new.

    Ranges of measurements stand in brackets, and look like telephones; behind a plus nothing else has as many digits as
    a card.
    """
    if written[0] not in "(+" or ")" in written:
        return None
    told = verdict(written[1:], before, after)
    wanted = told and told[0] and (told[0] == "card" if written[0] == "+" else told[0] != "phone")
    return told if wanted else None


def _dated(written: str, start: int) -> Iterator[Seen]:
    """The cards in a row of digits behind which their expiry stands, or their code, or that there are no cents."""
    for match in _DATED.finditer(written):
        if is_card("".join(filter(str.isdigit, match[1]))):
            yield start + match.start(), start + match.end(1), 0.9, "personal.card"


_SHORTEST_DATED = 16
_DATED = later(
    r"(?<![^ \u00a0(])([0-9]{15,19}|[0-9]{4}([ -])[0-9]{4}\2[0-9]{4}\2[0-9]{4})"
    r"(?:[/:-][0-9]{2,4}(?:[/:-][0-9]{2,4})?|\.00?)(?![^ \u00a0)])"
)
_FOURS = later(r"(?<![0-9])[2-6][0-9]{3}([ .-])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![0-9])")


def _glued(text: str, start: int, end: int) -> bool:
    """Whether no more than a currency stands right behind a number, or one letter beside it after a word for a card."""
    if start and text[start - 1].isalnum():
        one = (
            text[start - 1] in "xX"
            and not text[max(0, start - 2) : start - 1].isalnum()
            and not text[end : end + 1].isalpha()
        )
    elif start and text[start - 1] in "_@%":
        return False
    else:
        unit = _UNIT.match(text, end)
        if unit and unit.group() in _CURRENCIES:
            return True
        one = unit is not None and unit.end() == end + 1
    return one and SAYS_CARD.search(text[max(0, start - _CONTEXT) : start].lower()) is not None


_UNIT = later(r"[A-Za-z]{1,3}(?![^\W_])")
_CURRENCIES = frozenset("EUR USD GBP CHF eur usd gbp chf Eur Usd Gbp".split())  # noqa: SIM905 - a table of words


BEFORE, BEYOND = 48, 48
"""Characters on either side of a row of digits that may say what it is."""
_WITHIN = 4  # signs between two groups of one number


def rows_near(groups: Sequence[tuple[int, int]], near: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The groups of digits within any of some parts of a text, which rise, from where the row of each begins."""
    found: list[tuple[int, int]] = []
    last = 0
    for low, high in near:
        first = bisect_left(groups, (low, 0))
        upto = bisect_left(groups, (high, 0), first)
        if first and groups[first - 1][1] > low:
            first -= 1
        while last < first < len(groups) and groups[first][0] - groups[first - 1][1] <= _WITHIN:
            first -= 1
        found += groups[max(first, last) : upto]
        last = max(last, upto)
    return found


_DENSE = 12  # characters for each group, where it is quicker to look at all of them than at the groups one by one


def _runs(text: str, groups: Iterable[tuple[int, int]]) -> Iterator[re.Match[str]]:
    last = 0
    for at, _ in groups:
        if at >= last and (run := _RUN.match(text, at)):
            last = run.end()
            yield run


def _within_word(text: str, start: int, end: int) -> bool:
    if start and ((before := text[start - 1]) in "_@%" or (before.isalnum() and joins(before))):
        return before != "_" or text[end : end + 1] != "_" or not stressed(text, start, end)
    return end < len(text) and (after := text[end]).isalpha() and after not in "xXe" and joins(after)


def _brazilian(text: str, start: int, end: int) -> Seen | None:
    """`(0xx71) 3555-0199`: a number with two letters for the code of a carrier, which everybody chooses."""
    code = _CARRIER.search(text, max(0, start - 4), start) if _BRAZILIAN.fullmatch(text, start, end) else None
    return (code.start(), end, 0.9, "personal.phone") if code else None


_CARRIER = later(r"(?<!\w)\(?0(?:xx|XX)\Z")
_BRAZILIAN = later(r"[1-9]\d\)? ?(?:9 ?)?\d{4}[- ]?\d{4}")
_NAME = later(r"[^\W\d_]{3,24}\Z|_\Z")
_NAME_REACH = 24


def _after_name(text: str, start: int, end: int) -> bool:
    """Whether an underscore or a word of letters stands right before a number, and no letter right after it."""
    if end < len(text) and text[end].isalpha() and joins(text[end]):
        return False
    low = max(0, start - _NAME_REACH)
    name = _NAME.search(text, low, start)
    return name is not None and (name.start() == 0 or not text[name.start() - 1].isdigit())


class _Verdict:
    """A number recognised; an empty label means that it is certainly nothing personal."""

    __slots__ = ("confidence", "end", "label", "start")

    def __init__(self, label: str, start: int, end: int, confidence: float) -> None:
        self.label, self.start, self.end, self.confidence = label, start, end, confidence

    def found(self) -> Seen:
        return self.start, self.end, self.confidence, f"personal.{self.label}"


def _parts(text: str, start: int, end: int, before: str) -> Iterator[Seen]:
    """Numbers side by side, parted by spaces: the longest that says something, from the left."""
    parts = [(start + m.start(), start + m.end()) for m in _PART.finditer(text[start:end])]
    if len(parts) < 2:
        return
    sizes = [text[low:high].translate(ZEROS).count("0") for low, high in parts]
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
            if size >= _LEAST_DIGITS and longest >= 3 and last - first + 1 < len(parts):
                found.append(last)
        for last in reversed(found):
            here = f"{before} {text[start : parts[first][0]]}"[-_CONTEXT:] if before else ""
            told = _judge(text, parts[first][0], parts[last][1], here)
            # One of several numbers has to say more for itself than one that stands alone.
            if told and told.label and told.confidence >= _SURE - 0.1 and (here or told.label in _ALONE):
                if (
                    told.label == "phone"
                    and _in_fours(text[start:end], parts[first][0] - start)
                    and not announced(here)
                ):
                    continue
                yield told.found()
                first = last
                break
        first += 1


def _in_fours(written: str, place: int) -> bool:
    """Whether a part of a row belongs to four groups that are written as a card."""
    return any(fours.start() <= place < fours.end() for fours in _FOURS.finditer(written))


def _table(text: str, start: int, end: int) -> Iterator[Seen]:
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
                yield low, upto, sure, f"personal.{label}"
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
_ALONE = frozenset({"card", "phone", "ssn"})


@lru_cache(maxsize=8_192)
def _bare(written: str) -> tuple[str, float]:
    """The label and the confidence of a number with nothing but numbers around it."""
    told = _judge(written, 0, len(written), "")
    return (told.label, told.confidence) if told and told.label else ("", 0.0)


def _judge(text: str, start: int, end: int, before: str) -> _Verdict | None:
    told = verdict(text[start:end], before, text[end : end + _AFTER])
    if told is None:
        return None
    label, longer, sure = told
    return _Verdict(label, start, end + longer, sure)


_AFTER = 20
