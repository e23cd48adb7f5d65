"""Readings of addresses in which "at" and "dot" are words, in brackets, between signs or spaces, and of texts put together of pieces."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from trimtab.detect.reading import WINDOW, Part, View, places, replaced
from trimtab.detect.signs import later

# Words that mean nothing else in most texts: wherever one stands, everyday ones near it count as well. Small letters of
# other scripts are as they look when those that are alike are Latin, and each is a question mark where signs are sought.
_RARE_AT = (
    "arroba", "chiocciola", "arobas", "klammeraff", "apestaart", "apenstaart", "snabel", "kukac", "zavin",
    "malpa", "ma?pa", "krollalfa", "kr\xf8llalfa", "miukumauku", "co?aka", "strudel",
)  # fmt: skip
_RARE_DOT = ("kropk", "punktum", "to?ka", "te?ka", "tecka", "piste", "nokta")
_BRACKETS, _SIGNS = "[({<", "-_*/|~"
_AT_WORDS = ("at", "@", "arroba", "bei", "chez")
_DOT_WORDS = ("dot", ".", "punkt", "punto", "point", "ponto", "punt", "period", "d0t")
STRONG_MARKS = (
    *(word for word in (*_RARE_AT, *_RARE_DOT) if word.isascii()),
    *(f"{bracket}{word}" for bracket in _BRACKETS for word in (*_AT_WORDS, *_DOT_WORDS)),
    *(f"{bracket} {word}" for bracket in _BRACKETS for word in ("at", "dot")),
    *(f"{sign}{word}{sign}" for sign in _SIGNS for word in ("at", "dot")),
    *(f" {word} " for word in ("dot", "d0t", "punto", "punkt", "ponto")),
    " @", "@ ", " at-sign ", " at sign ", " at the domain ",
)  # fmt: skip
"""Signs that an address stands there in words."""
CAPITAL_MARK = "DOT"
"""Counts as it is written only."""
PIECES_MARKS = tuple(
    form.format(quote=quote, sign=sign)
    for quote in "\"'"
    for sign in ("+", "&", "||", ".", "..", "<>")
    for form in ("{quote} {sign} ", "{quote}{sign}{quote}", "{quote} {sign}\n")[: 3 if sign in "+&" else 2]
)
"""Signs of a text put together of pieces in a program."""
JOIN_MARKS = ("join('')", 'join("")', "''.join(", '"".join(', "concat(")
_NOT_SAID = frozenset((*PIECES_MARKS, *JOIN_MARKS, CAPITAL_MARK))
WEAK_AT = (" at ", " bei ", " chez ", "(a)", "[a]", "{a}")
"""Everyday words: they count only beside something else."""
WIDE_MARKS = (" \xe4t ", "(\xe4t", "[\xe4t", "{\xe4t")
"""As the strong ones, beyond ASCII."""

_AT = (
    r"at(?:[- ]sign|(?: the)? domain)?|[4@]t|a|arroba|chiocciola|aroba(?:se)?s?|klammeraffe?|ape(?:n)?staartje|snabel[- ]?a(?:lfa)?|kukac|zavin(?:ac|áč)"
    r"|ma[lł]pa|kr[oø]llalfa|miukumauku|coбaka|strudel|ät|bei|chez|æt"
)
_DOT = r"dot|d0t|period|full stop|punto|punkt(?:um)?|point|ponto|punt|kropka|te[cč]ka|toчka|piste|nokta"
_SPACED_AT = _AT.replace("|a|", "|").replace("|strudel", "")
_WORDED = later(
    rf"\s{{0,2}}[\[({{<]\s?(?:(?P<at>{_AT}|@|ä)|(?P<dot>{_DOT}|\.))\s?[\])}}>]\s{{0,2}}"
    rf"|(?<=\w)\s{{1,3}}(?:(?P<at2>{_SPACED_AT})(?!\s(?:the|that|this|an?|my|our|your)[\s.])|(?P<dot2>{_DOT}))\s{{1,3}}(?=\w)"
    r"|(?P<none>[\"']\s{0,2}(?:[+.&]|\|\||\.\.|<>)\s{0,9}[\"'])|(?P<none2>[\"']\s?,\s{0,9}[\"'])"
    rf"|(?<=[a-z0-9])[-_*/|~]{{1,2}}(?:(?P<at3>{_SPACED_AT})|(?P<dot3>{_DOT}))[-_*/|~]{{1,2}}(?=[a-z0-9])"
    r"|(?-i:(?<=[a-z0-9])(?:(?P<at6>AT)|(?P<dot6>DOT))(?=[a-z0-9]))"
    r"|(?<=\w)\s?(?P<at4>@)\s(?=\w)|(?<=\w)\s(?P<at5>@)(?=\w)|(?<=\w)\s(?P<dot4>\.)\s?(?=[a-z]{2,}\b)",
    re.IGNORECASE,
)
_SAID = {"at": "@", "do": ".", "no": ""}
_ENDS = "com|org|net|edu|gov|info|io|co|eu|de|fr|es|uk|ch|nl|pl|se|dk|cz|pt|br|ca|us|au|biz|dev|app"
_HOST = later(
    rf"(?!(?:the|that|this|an?|my|our|your)[ .])[A-Za-z0-9-]{{1,63}}+(?:\.[A-Za-z]|(?: (?:point|punt|period|punkt|dot) [A-Za-z0-9-]{{1,63}}){{0,2}} (?:point|punt|period|punkt|dot) (?:{_ENDS})(?![\w'-]))",
    re.IGNORECASE,
)
# Before a spoken "at" these say where something is, and are the name of nobody.
_NO_NAMES = frozenset(
    "it them us me him her is are was were be been look looks looked shop shops shopped bought buy buying sold found find order ordered"  # noqa: SIM905 - a table of words
    " available visit stay stayed online work works worked working app page site website store sale listed item items deal deals account"
    " seen read posted here there live reviews habe hat haben war ist gibt kaufe kauft kaufen kauf bestellt bestelle bestellen gekauft"
    " gesehen gefunden arbeite arbeitet arbeiten bin bist sind suche suchen kunde kundin jetzt auch nur nicht die das der es ich wir achet acheter commande commander trouve disponible".split()
)


def before_host(text: str, low: bytes, shown: Iterable[str]) -> bool:
    """Whether one of the everyday words for "at" that are `shown` stands before what looks like a host."""
    return any(_is_before_host(text, place) for place in places(low, shown))


def _is_before_host(text: str, place: int) -> bool:
    if text[place] != " ":
        # A letter in brackets is a list's more often: behind the number of a section, say.
        before = _NAME_OF_A.match(text[max(0, place - WINDOW) : place][::-1])
        return before is not None and not before.group().isdigit() and _HOST_OF_A.match(text, place + 3) is not None
    host = _HOST.match(text, text.index(" ", place + 1) + 1)
    return host is not None and (text.startswith(" at ", place) or " " in host.group())


_NAME_OF_A = later(r"[^\W_][\w.+-]+")
_HOST_OF_A = later(r"[A-Za-z0-9-]{2,63}(?:\.[A-Za-z]{2}|\s?[(\[{])")


def unworded(view: View, marks: Sequence[str]) -> View | None:
    """With strong marks every sign counts that stands near one; without, ` at ` before what looks like a host."""
    text, low = view.text, view.low
    strong = places(low, [mark for mark in marks if mark not in _NOT_SAID])
    hosts = [place for place in places(low, WEAK_AT) if _is_before_host(text, place)]
    capitals = places(view.raw, (CAPITAL_MARK,)) if CAPITAL_MARK in marks else []
    pieces = places(low, [mark for mark in marks if mark in PIECES_MARKS])
    around = sorted({*strong, *hosts})
    weak = {*around, *capitals, *pieces}
    if around:
        for mark in _BESIDE:
            weak.update(place for place in places(low, (mark,)) if _near(around, place))
    if capitals:
        weak.update(place for place in places(view.raw, ("AT",)) if _near(capitals, place))
    if joins := [mark for mark in marks if mark in JOIN_MARKS]:
        near = places(low, joins)
        weak.update(place for place in places(low, ('",', "',", '" ,', "' ,")) if _near(near, place))

    def parts() -> Iterator[Part]:
        at = 0
        for place in sorted(weak):
            for begin in range(max(at, place - _BACK), place + 1):
                match = _WORDED.match(text, begin)
                if match:
                    said = (match.lastgroup or "")[:2]
                    if said == "at" and match.lastgroup == "at2" and _no_name(text, begin):
                        break
                    at = match.end()
                    yield match.start(), at, _SAID[said]
                    break

    return replaced(view, "worded", parts())


_BACK = 4  # signs of brackets and blanks before a word
# All that may stand beside a sign: brackets and signs around any word, and everyday words.
_BESIDE = (
    *WEAK_AT, *WIDE_MARKS, " point ", " punt ", " period ", " .", " full stop ", " 4t ", "(4t", "[4t", *(word for word in _RARE_AT if not word.isascii()),
    *(f"{sign}{word}{sign}" for sign in _SIGNS for word in ("punto", "punkt", "point", "ponto", "punt", "period")),
)  # fmt: skip


def _no_name(text: str, place: int) -> bool:
    """Whether the word before a place is no name but one that says where something is."""
    low = max(0, place - 16)
    before = text[low:place].rpartition(" ")[2]
    return before.lower() in _NO_NAMES


def _near(places: Sequence[int], place: int) -> bool:
    """Whether one of these places, which rise, is within a window of this one."""
    at = bisect_left(places, place - WINDOW)
    return at < len(places) and places[at] <= place + WINDOW
