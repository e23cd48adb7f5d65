"""Readings of what people do to words: letters set apart, signs and digits as words, letters for digits, backwards."""

import codecs
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence

from trimtab.detect.reading import NUMERALS, WINDOW, Part, View, mask_of, places, replaced
from trimtab.detect.signs import later

_LEET_SIGNS = mask_of(**{"0": NUMERALS, "a": b"OoIlSBZ"})
_NUMBER_MASK = mask_of(n=NUMERALS + b"OoIlSBZ .()-+")
_HOST = later(r"[A-Za-z0-9-]{1,63}\.[A-Za-z]")
WEAK_MARKS = (" at ", " point ", " punt ", " period ")  # everyday words: they count only beside something else
# The last parts of domains, backwards and in ROT13.
BACKWARDS = (
    "moc",
    "gro",
    "ten",
    "ude",
    "vog",
    "ofni",
    "oi",
    "ku",
    "ed",
    "se",
    "rf",
    "ti",
    "ln",
    "ra",
    "rb",
    "elpmaxe",
)
TURNED = ("pbz", "bet", "arg", "rqh", "tbi", "vasb", "vb", "hx", "qr", "rf", "se", "vg", "ay", "ne", "oe", "rknzcyr")
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
            for number, (at, upto) in enumerate(gaps):
                least = min(high - low for low, high in gaps[max(0, number - 1) : number + 2])
                yield at, upto, " " * (upto - at > least)

    return replaced(view, "spaced", parts())


_SEPARATE = later(rf"(?<![^{_OPENS}])\S([-_.*/|~+])\S(?:\1(?:\S(?=\1|[{_CLOSES}]|\Z)| (?=\1))){{5,}}")


SEPARATE_SIGN = b"xsxsxs"
"""Three letters or digits, each with a sign after it."""


def unseparated(view: View, signs: bytes) -> View | None:
    """Letters set apart by one sign over and over, some of them as in `SEPARATE_SIGN`."""

    def parts() -> Iterator[Part]:
        for match in _SEPARATE.finditer(view.text):
            if SEPARATE_SIGN not in signs[match.start() : match.end()]:
                continue
            for at in range(match.start() + 1, match.end(), 2):
                yield at, at + 1, ""

    return replaced(view, "spaced", parts())


# "at" and "dot" as words, in brackets of any kind or between spaces.
_AT = r"at|at[- ]sign|arroba|chiocciola|arobase|klammeraffe|apestaartje|ät"
_DOT = r"dot|period|punto|punkt|point|ponto|punt"
_WORDED = later(
    rf"\s{{0,2}}[\[({{<]\s?(?:(?P<at>{_AT}|@)|(?P<dot>{_DOT}|\.))\s?[\])}}>]\s{{0,2}}"
    rf"|(?<=\w)\s(?:(?P<at2>{_AT})|(?P<dot2>{_DOT}))\s(?=\w)"
    rf"|(?P<none>[\"']\s?[+.]\s?[\"'])"
    rf"|(?<=[a-z0-9])[-_]{{1,2}}(?:(?P<at3>at)|(?P<dot3>dot))[-_]{{1,2}}(?=[a-z0-9])"
    rf"|(?<=\w)\s?(?P<at4>@)\s(?=\w)|(?<=\w)\s(?P<at5>@)(?=\w)|(?<=\w)\s(?P<dot4>\.)\s?(?=[a-z]{{2,}}\b)",
    re.IGNORECASE,
)


def before_host(text: str, low: bytes) -> bool:
    """Whether ` at ` stands before what looks like a host."""
    return any(_HOST.match(text, place + 4) for place in places(low, (" at ",)))


def unworded(view: View, marks: Sequence[str]) -> View | None:
    """With strong marks every sign counts that stands near one; without, ` at ` before what looks like a host."""
    strong = places(view.low, marks)
    weak = set(strong)
    for mark in (*WEAK_MARKS, " .", " ät "):
        weak.update(place for place in places(view.low, (mark,)) if _near(strong, place))
    weak.update(place for place in places(view.low, (" at ",)) if _HOST.match(view.text, place + 4))

    def parts() -> Iterator[Part]:
        at = 0
        for place in sorted(weak):
            for begin in range(max(at, place - 2), place + 1):
                match = _WORDED.match(view.text, begin)
                if match:
                    at = match.end()
                    yield match.start(), at, _SAID[(match.lastgroup or "")[:2]]
                    break

    return replaced(view, "worded", parts())


_SAID = {"at": "@", "do": ".", "no": ""}


def _near(places: Sequence[int], place: int) -> bool:
    """Whether one of these places, which rise, is within a window of this one."""
    at = bisect_left(places, place - WINDOW)
    return at < len(places) and places[at] <= place + WINDOW


DIGIT_WORDS = tuple(
    tuple(words.split())
    for words in (
        "zero one two three four five six seven eight nine",
        "null eins zwei drei vier fünf sechs sieben acht neun",
        "cero uno dos tres cuatro cinco seis siete ocho nueve", "zéro un deux trois quatre cinq six sept huit neuf",
        "zero uno due tre quattro cinque sei sette otto nove", "zero um dois três quatro cinco seis sete oito nove",
    )
)  # fmt: skip
"""The words for the digits from nought to nine, by language."""
_OTHERS = (("oh",), ("o", "ein", "zwo", "x", "x", "fuenf"))
_DIGITS = {word: str(digit) for words in (*DIGIT_WORDS, *_OTHERS) for digit, word in enumerate(words) if len(word) > 1}
_NUMBER_WORD = later(
    rf"(?<!\w)(?:plus[ ,\-]{{1,3}})?(?:(?:{'|'.join(sorted(_DIGITS, key=len, reverse=True))})"
    r"(?:[ ,\-]{1,3}(?=[^\W\d_])|(?!\w))){6,}",
    re.IGNORECASE,
)
_WORD = later(r"([^\W\d_]+)[ ,\-]{0,3}")
_TELEPHONE = 7  # digits that nobody spells out but those of something personal


_LEAST_SPELLED = 4  # of the words that are looked for in six digits, of which a few are not among them


def spelled(low: bytes, words: Iterable[str]) -> bool:
    """Whether there are enough of these words, and not always the same, for a row of digits."""
    counts = [low.count(word.encode()) for word in words]
    return len(counts) > counts.count(0) + 1 and sum(counts) >= _LEAST_SPELLED


def unspelled(view: View, shown: Collection[str]) -> View | None:
    """Digits as words, of which some are `shown`; a row as long as a telephone number is one, or something else."""
    text = view.text

    def parts() -> Iterator[Part]:
        at = 0
        for place in places(view.low, shown):
            if place < at or (place and text[place - 1].isalnum()):
                continue
            match = _NUMBER_WORD.match(text, _back(text, at, place))
            if not match:
                continue
            at = match.end()
            if not spelled(view.low[match.start() : at], shown):
                continue
            words = [(word.start(), word.end(), word[1].lower()) for word in _WORD.finditer(text, *match.span())]
            said = "tel " if len(words) >= _TELEPHONE else ""
            for start, end, word in words:
                yield start, end, f"{said}{_DIGITS.get(word, '+')}{' ' * (end == at)}"
                said = ""

    return replaced(view, "spelled", parts())


_WORD_BEFORE = later(r"[ ,\-]{1,3}([^\W\d_]{2,7})(?!\w)")


def _back(text: str, least: int, place: int) -> int:
    """Where a row of digits begins of which a word begins at a place: short words before it belong to it."""
    while word := _WORD_BEFORE.match(text[max(least, place - 12) : place][::-1]):
        before = word[1][::-1].lower()
        if before not in _DIGITS and before != "plus":
            break
        place -= word.end()
    return place


_LEET_NUMBER = later(r"(?<![A-Za-z0-9])[+\dOoIlSBZ](?:[ .()\-]{0,2}[\dOoIlSBZ]){6,24}(?![A-Za-z0-9])", re.ASCII)
_LEET_WORD = later(r"(?<![A-Za-z0-9])[+\dOoIlSBZ](?:[.()\-]{0,2}[\dOoIlSBZ])*+(?![A-Za-z0-9])", re.ASCII)
_LEET_KINDS = bytes(0x30 if chr(code).isdigit() else 0x61 if chr(code).isalpha() else 0x20 for code in range(256))
_LEET = bytes.maketrans(b"OoIlSBZ", b"0011582")


def unleet(view: View) -> View | None:
    """Numbers in which letters stand for digits: at least half of the signs must be digits."""
    raw = view.raw
    alike = raw.translate(_LEET_SIGNS)
    if b"a0" not in alike and b"0a" not in alike:
        return None
    groups = view.groups
    near = sorted(
        {
            *(at + 1 for at in places(alike, ("a0",))),
            *(groups[bisect_left(groups, (at + 1, 0)) - 1][0] for at in places(alike, ("0a",))),
        }
    )
    numbers = raw.translate(_NUMBER_MASK)
    kinds, plain = raw.translate(_LEET_KINDS), raw.translate(_LEET)

    def parts() -> Iterator[Part]:
        at = 0
        for place in near:
            if place < at:
                continue
            low = numbers.rfind(b".", at, place) + 1 or at
            high = numbers.find(b".", place)
            at = high if high >= 0 else len(raw)
            # A long row is a table: what is next to a number there says nothing of it, so each is read by itself.
            for match in (_LEET_NUMBER if at - low <= WINDOW * 2 else _LEET_WORD).finditer(view.text, low, at + 1):
                start, end = match.span()
                if 0 < kinds.count(b"a", start, end) <= kinds.count(b"0", start, end):
                    yield start, end, plain[start:end].decode("ascii")

    return replaced(view, "letters-for-digits", parts())


_ADDRESS_WORD = later(r"[\w.+-]{1,64}")
_ADDRESS_SIGNS = bytes(0x77 if chr(code).isalnum() or chr(code) in "_.+-" else 0x20 for code in range(128)) + bytes(128)
_BACKWARDS = frozenset(BACKWARDS)
_LEAST_LOCAL = 2


def _word_around(_text: str, words: bytes, place: int, least: int) -> tuple[int, int]:
    """Where the word before a place begins, and the one behind it ends: in ASCII, by `_ADDRESS_SIGNS`."""
    least = max(least, place - WINDOW)
    high = words.find(b" ", place + 1, place + 1 + WINDOW)
    return words.rfind(b" ", least, place) + 1 or least, high if high >= 0 else min(len(words), place + 1 + WINDOW)


def _any_word_around(text: str, _words: bytes, place: int, least: int) -> tuple[int, int]:
    before = _ADDRESS_WORD.match(text[max(least, place - WINDOW) : place][::-1])
    after = _ADDRESS_WORD.match(text, place + 1)
    return place - before.end() if before else place, after.end() if after else place + 1


def turned(view: View) -> View | None:
    """Addresses written backwards or in ROT13, known by the last part of their domain."""
    text = view.text
    around = _word_around if text.isascii() else _any_word_around
    words = view.raw.translate(_ADDRESS_SIGNS)

    def parts() -> Iterator[Part]:
        at = 0
        for place in places(view.raw, ("@",)):
            if place - at < _LEAST_LOCAL:
                continue  # all before it is of the last
            low, high = around(text, words, place, at)
            if place - low < _LEAST_LOCAL or high - place <= _LEAST_LOCAL:
                continue
            dot = text.find(".", low, place)
            if dot >= 0 and text[low:dot].lower() in _BACKWARDS:
                yield low, high, text[low:high][::-1]
                at = high
                continue
            _, dot_after, last = text[place + 1 : high].rstrip(".").rpartition(".")
            if dot_after and last.lower() in TURNED:
                yield low, high, codecs.encode(text[low:high], "rot13")
                at = high

    return replaced(view, "turned", parts())


# Everyday English words in ROT13 and backwards; two of a kind are no chance.
_BACK = frozenset(b"eht dna uoy ruoy lla siht taht htiw erongi morf erofeb tpmorp metsys txet".split())
_ROT13 = frozenset(b"gur naq lbh lbhe nyy guvf gung jvgu vtaber sebz orsber cebzcg flfgrz grkg".split())


def turned_words(view: View) -> Iterator[View]:
    """A text of which lines are written backwards, or that is in ROT13, as a whole; known by its everyday words."""
    words = set(view.low.split())
    if len(words & _ROT13) > 1:
        yield View("turned", codecs.encode(view.text, "rot13"), view, [0], [0], [-1])
    if len(words & _BACK) > 1:
        lines = [match.span() for match in _LINE.finditer(view.text)]
        if plain := replaced(view, "turned", ((low, high, view.text[low:high][::-1]) for low, high in lines)):
            yield plain


_LINE = later(r"[^\r\n]+")
