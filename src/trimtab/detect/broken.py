"""Readings of values that are broken: letters set apart, digits in odd groups, stress within them, line ends."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from trimtab.detect.proven import by_itself, in_order, stands_alone
from trimtab.detect.reading import LETTERS, NUMERALS, Part, View, mask_of, places, replaced
from trimtab.detect.signs import begins, later
from trimtab.detect.turned_numbers import COUNTRIES

# What may stand right before the first of letters set apart, and right behind the last: brackets, quotes, markup.
_OPENS, _CLOSES = (
    r"\s(\[{<>\"'`*=:,|#_\xab\xbb\u201c\u201d\u201e\u2018\u2019",
    r"\s.,;:!?)\]}<>\"'`*|_\xab\xbb\u201c\u201d\u201e\u2018\u2019",
)
_APART = later(
    rf"(?<![^{_OPENS}])\S(?:(?:[ \t]{{1,3}}\S){{4,}}|(?:\r?\n[ \t]{{0,2}}\S){{6,}})"
    rf"(?![^{_CLOSES}])(?=[{_CLOSES[2:]}]{{0,3}}(?!\S)|[\"'`*<}}|_\xbb\u201d\u2019])"
)
_GAP = later(r"\s+")


def joined(view: View) -> View | None:
    """Letters set apart by spaces or lines, joined; a gap wider than one beside it stays one space."""

    def parts() -> Iterator[Part]:
        for match in _APART.finditer(view.text):
            gaps = [gap.span() for gap in _GAP.finditer(view.text, *match.span())]
            hyphens = _hyphens(view, match) if len(gaps) == _SOCIAL_DIGITS - 1 else ()
            for number, (at, upto) in enumerate(gaps):
                least = min(high - low for low, high in gaps[max(0, number - 1) : number + 2])
                yield at, upto, "-" if number in hyphens else " " * (upto - at > least)

    return replaced(view, "spaced", parts())


_SEPARATE = later(rf"(?<![^{_OPENS}])\S([-_.*/|~+:=#\\\xb7])\S(?:\1(?:\S(?=\1|[{_CLOSES}]|\Z)| (?=\1))){{5,}}")
SEPARATE_SIGN = b"xsxsxs"
"""Three letters or digits, each with a sign after it."""


def unseparated(view: View, signs: bytes) -> View | None:
    """Letters set apart by one sign over and over, some of them as in `SEPARATE_SIGN`."""

    def parts() -> Iterator[Part]:
        for match in _SEPARATE.finditer(view.text):
            if SEPARATE_SIGN not in signs[match.start() : match.end()]:
                continue
            hyphens = _hyphens(view, match) if match.end() - match.start() == _SOCIAL_DIGITS * 2 - 1 else ()
            for number, at in enumerate(range(match.start() + 1, match.end(), 2)):
                yield at, at + 1, "-" if number in hyphens else ""

    return replaced(view, "spaced", parts())


_SOCIAL = re.compile(rb"\b(?:ssn|social|itin|w-2)")
_NEAR = 48
_SOCIAL_DIGITS, _SOCIAL_HYPHENS = 9, (2, 4)


def _hyphens(view: View, match: re.Match[str]) -> tuple[int, ...]:
    """Behind which of letters set apart hyphens belong: nine digits beside the words for social security have two."""
    digits = sum(map(str.isdecimal, match.group()))
    if digits != _SOCIAL_DIGITS or any(map(str.isalpha, match.group())):
        return ()
    start, end = match.span()
    return _SOCIAL_HYPHENS if _SOCIAL.search(view.low, max(0, start - _NEAR), end + _NEAR) else ()


_GROUP_SIGNS = frozenset(b"-_.*/|~+:=#\\\xb7")
LEAST_GROUPS, _LEAST_CARD, _MOST_CARD = 5, 13, 19
_GAPS = LEAST_GROUPS - 1
_SAME = re.compile(rb"(.)\1*", re.DOTALL)
_EVEN = str.maketrans("0123456789", "0246813579")


def regrouped(view: View) -> View | None:
    """Cards in groups of any size with one sign between all of them."""
    groups = view.groups
    last = len(groups) - 1
    found: list[Part] = []
    done = 0
    # Of so many gaps in a row one is among every so many of all.
    for at in range(_GAPS - 1, last, _GAPS):
        if at < done or groups[at + 1][0] - groups[at][1] != 1:
            continue
        first = done = at
        while first and groups[first][0] - groups[first - 1][1] == 1:
            first -= 1
        while done < last and groups[done + 1][0] - groups[done][1] == 1:
            done += 1
        if done - first >= _GAPS:
            found += _cards(view, groups[first : done + 1])
    return replaced(view, "spaced", found) if found else None


def _cards(view: View, groups: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """Those in a row of groups with one sign between two each."""
    signs = bytes([view.raw[end] for _, end in groups[:-1]])
    for match in _SAME.finditer(signs):
        first = match.start()
        if match.end() - first >= _GAPS and signs[first] in _GROUP_SIGNS:
            yield from _card(view, groups[first : match.end() + 1])


def _card(view: View, groups: Sequence[tuple[int, int]]) -> Iterator[Part]:
    digits = "".join([view.text[start:end] for start, end in groups])
    if not (_LEAST_CARD <= len(digits) <= _MOST_CARD) or (
        digits[0] not in "3456" and not "2221" <= digits[:4] <= "2720"
    ):
        return
    if sum(map(int, digits[-1::-2] + digits[-2::-2].translate(_EVEN))) % 10 == 0:
        for (_, end), (start, _) in pairwise(groups):
            yield end, start, ""


_STRESSED = frozenset(b"0123456789@.+-")
_STRESSED_WORD = _STRESSED | frozenset(LETTERS)
STRESS_SHOWN = ("**", "~~", "`")
_TICK = ord("`")
_STRESS = frozenset(b"*~`")
_SET_APART = _STRESS | frozenset(b" ")
_MOST_APART = 8  # signs and blanks between two groups of a number
_DIGITS = frozenset(NUMERALS)
_TAG = later(
    r"<(?:(?<=[0-9]<)/(?:b|strong|i|em|u|s|code|mark|span|font)>(?= ?[0-9]| <[a-z][^<>\n]{0,60}>[0-9])"
    r"|(?<=[0-9>] <)(?:b|strong|i|em|u|s|code|mark|span|font)\b[^<>\n]{0,60}>(?=[0-9]))"
)
"""Stress of HTML around a group of a number."""


def unstressed(view: View, shown: Sequence[str]) -> View | None:
    """Stress taken out where it stands within a word or a number, around one of its groups as well."""
    raw = view.raw
    found: list[Part] = []
    size, last = len(raw), 1
    for place in places(raw, shown):
        if place < last:
            continue
        sign = raw[place]
        last = place + 1
        while last < size and raw[last] == sign:
            last += 1
        # Code stands right beside letters as well.
        within = _STRESSED if sign == _TICK else _STRESSED_WORD
        if last < size and ((raw[place - 1] in within and raw[last] in within) or _parts_groups(raw, place, last)):
            found.append((place, last, ""))
    if b"<" in raw and view.groups:
        found = in_order([*found, *((*tag.span(), "") for tag in _TAG.finditer(view.text))])
    return replaced(view, "escaped", found) if found else None


def _parts_groups(raw: bytes, low: int, high: int) -> bool:
    """Whether a sign stands between two groups of digits, with one blank beside it and other stress at most."""
    start = low
    while low and start - low < _MOST_APART and raw[low - 1] in _SET_APART:
        low -= 1
    while high < len(raw) and high - start < _MOST_APART and raw[high] in _SET_APART:
        high += 1
    return (
        low > 0
        and high < len(raw)
        and raw[low - 1] in _DIGITS
        and raw[high] in _DIGITS
        and raw.count(b" ", low, high) == 1
    )


_LINE_END = later(r"\n(?:[ \t>]{0,8}\r?\n){0,2}[ \t>]{0,12}")
_BLANKS = frozenset(b" \t\r")
_LINE = 96  # characters of a line before and behind its end that are looked at
_RIGHT_NUMBER = later(r"[0-9]+(?![0-9.)]*[.)][ \t])(?:[ .\-/][0-9]+)*(?![^\W_])")
_HEAD = later(r"(?<![^\W_])[A-Z]{2}\Z")
_OPENED = later(r"^[^\w@]+|.*[<>(\[:;,\"'=]")
_GOES_ON = later(r"@?[\w-]*(?:\.[\w-]+)*")
_COMMON = frozenset(
    [
        "com",
        "org",
        "net",
        "edu",
        "gov",
        "info",
        "io",
        "co",
        "eu",
        "de",
        "fr",
        "es",
        "it",
        "uk",
        "ch",
        "at",
        "nl",
        "be",
        "pl",
        "se",
        "dk",
        "no",
        "fi",
        "cz",
        "pt",
        "br",
        "ca",
        "us",
    ]
)
_DOMAIN = later(r"(?:[a-z0-9-]+\.)*[a-z]{2,12}(?![\w@])")


def unbroken(view: View) -> View | None:  # noqa: C901 - one way out after the other
    """Addresses and numbers that go on in the next line, in a quoted mail as well, put together."""
    text, raw = view.text, view.raw
    begun = _BEGINS.search(raw)
    addressed = b"@" in raw
    if not begun and not (addressed and _ADDRESS_ENDS.search(raw)):
        return None

    def parts() -> Iterator[Part]:
        last = 0
        for place in begins(raw, b"\n"):
            high = place + 1
            if high >= len(raw) or place <= last or raw[place - 1] == _NEWLINE:
                continue
            if (after := raw[high]) in _SKIPPED:
                end = _LINE_END.match(text, place)
                high = end.end() if end else high
                after = raw[high] if high < len(raw) else _NOTHING
            kind = _KINDS[after]
            if kind == _OTHER or (kind == _LETTER and not addressed):
                continue
            low = place
            while low > last and raw[low - 1] in _BLANKS and place - low < _NEAR:
                low -= 1
            if low == last:
                continue
            new = None
            if kind == _DIGIT and _KINDS[raw[low - 1]] != _OTHER:
                new = _number(text, last, low, high)
            elif addressed and (
                kind == _LETTER or _KINDS[raw[high + 1] if high + 1 < len(raw) else _NOTHING] != _OTHER
            ):
                new = _address(text[max(last, low - _LINE) : low], text[high : high + _LINE])
            if new is not None:
                yield low, high, new
                last = high

    return replaced(view, "broken", parts())


_OTHER, _DIGIT, _LETTER, _SIGN = b".0a-"
_KINDS = mask_of(a=LETTERS, **{"0": NUMERALS, "-": b"@.-_"})
_NEWLINE = ord("\n")
_ADDRESS_ENDS = re.compile(rb"@(?:[A-Za-z0-9-]*|[A-Za-z0-9.-]*(?:[.-]|\.[A-Za-z]))[ \t\r]*\n")
_BEGINS = re.compile(rb"\n[ \t>]*(?:[0-9]|[@.][A-Za-z])")
_SKIPPED = frozenset(b" \t\r\n>")
_NOTHING = 0


def _address(left: str, right: str) -> str | None:
    """Nothing, where what stands on either side of a line end is one address."""
    before = left.rsplit(None, 1)[-1]
    if "@" not in before and right[0] != "@":
        return None
    go_on = _GOES_ON.match(right)
    after = go_on.group().rstrip(".") if go_on else ""
    local, at, host = _OPENED.sub("", before).partition("@")
    if not local or not after:
        return None
    if not at:
        is_host = after[0] == "@" and "." in after and _DOMAIN.fullmatch(after[1:])
        return "" if is_host and len(local) > 1 and not local.isalpha() else None
    if "@" in after or not _DOMAIN.fullmatch(host + after):
        return None
    # The host goes on where it has no end yet, or a sign says so.
    if "." not in host and after[0] != ".":
        # The name of a machine may end a line as well.
        return "" if after.rpartition(".")[2] in _COMMON else None
    return "" if host[-1:] in ".-" or after[0] == "." or len(host.rpartition(".")[2]) == 1 else None


def _number(text: str, least: int, low: int, high: int) -> str | None:
    """What stands for a line end within a number; None where two numbers stand there.

    Numbers at both ends of lines of nothing but numbers are a table, and so are cells at both ends of rows.
    """
    right = _RIGHT_NUMBER.match(text, high)
    if right is None:
        return None
    begin = max(least - 1, text.rfind("\n", max(0, low - _LINE), low), low - _LINE) + 1
    line = text[max(0, begin) : low]
    if line[-1].isalpha():
        return "" if line[-2:] in COUNTRIES and _HEAD.search(line) else None
    left = _LEFT_OF.search(line)
    if left is None:
        return None
    said = line[: left.start()] or (begin <= least and text[max(0, least - _LINE) : least])
    if not (said and _WORD.search(said)):
        start = low - len(left.group())
        return by_itself(left.group(), right.group()) if stands_alone(text, start, right.end()) else None
    if (
        line[left.start() - 1 : left.start()] in _PARTERS
        and line[left.start() - 1] == text[right.end() : right.end() + 1]
    ):
        return None
    digits = sum(map(str.isdigit, left.group() + right.group()))
    if digits < _LEAST_BROKEN:
        return None
    if line[-1] in "-/.":
        return ""
    ahead = right.group()
    first, final = re.split(r"\D", ahead, maxsplit=1)[0], re.split(r"\D", left.group())[-1]
    if " " not in left.group() and " " not in ahead:
        return ""
    return "" if len(first) + len(final) == _OF_CARD and len(first) != len(final) * 3 and len(final) < _OF_CARD else " "


_LEFT_OF = later(r"(?:(?<![^\W_])[A-Z]{2}(?=[0-9]{2}))?[+(]?[0-9][0-9A-Z ()./\-]{0,40}\Z")
_WORD = later(r"[^\W\d_]{2}")
_LEAST_BROKEN, _OF_CARD = 7, 4
_PARTERS = frozenset(",;|\t")
