"""Readings of what people do to words: letters set apart, signs and digits as words, letters for digits, backwards."""

import codecs
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from trimtab.detect.reading import LETTERS, NUMERALS, WINDOW, Part, View, mask_of, places, replaced
from trimtab.detect.signs import as_bytes, later

_LEET_LETTERS = b"OoIlSBZ" + bytes(range(0x10, 0x1A))
_LEET_SIGNS = mask_of(**{"0": NUMERALS, "a": _LEET_LETTERS})
_NUMBER_MASK = mask_of(n=NUMERALS + _LEET_LETTERS + b" .()-+")
# The last parts of domains.
_ENDS = tuple(
    "com org net edu gov info io uk de es fr it nl ar br eu ch at be pl pt se dk no fi ie cz sk hu ro gr ru"  # noqa: SIM905
    " ua us ca au nz jp cn in mx app dev biz tech online site example".split()
)
_TURNED = frozenset(codecs.encode(end, "rot13") for end in _ENDS)
_BACKWARDS = frozenset(end[::-1] for end in _ENDS)
_EVERYDAY = {"on", "or", "es"}  # what sentences end with, backwards, and `.org` begins with, in ROT13
TURNED_SHOWN = (
    *(f"{end}." for end in sorted(_BACKWARDS - _EVERYDAY)),
    *(f".{end}" for end in sorted(_TURNED - _EVERYDAY)),
)
"""Beside a sign for "at", one of these may end an address that is turned."""
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
# Signs that stand for letters of other scripts that look like digits, while numbers are looked for.
_AS_DIGITS = str.maketrans("ЗзӠӡƷʒЧчбƼƽƧƨ", "".join(chr(0x10 + int(digit)) for digit in "3333334465522"))
_DIGIT_ALIKE = frozenset(map(chr, _AS_DIGITS))
_LEET_NUMBER = later(r"(?<![^\W_])[+0-9OoIlSBZ\x10-\x19](?:[ .()\-]{0,2}[0-9OoIlSBZ\x10-\x19]){6,24}(?![^\W_])")
_LEET_WORD = later(r"(?<![^\W_])[+0-9OoIlSBZ\x10-\x19](?:[.()\-]{0,2}[0-9OoIlSBZ\x10-\x19])*+(?![^\W_])")
_LEET_KINDS = bytes(
    0x30 if chr(code).isdigit() else 0x61 if chr(code).isalpha() or 0x10 <= code < 0x1A else 0x20 for code in range(256)
)
_LEET = bytes.maketrans(b"OoIlSBZ" + bytes(range(0x10, 0x1A)), b"0011582" + NUMERALS)
_LEAST_LONG = 13  # signs of a number whose check digits tell it from a word


_BEFORE_DIGIT = frozenset(LETTERS + b"?")  # what is beyond Latin-1 is a question mark
_BEHIND_DIGIT = _BEFORE_DIGIT | {ord("+")}
_LEET_SET = frozenset(_LEET_LETTERS + b"?")
_LEET_BYTES = frozenset(bytes((code,)) for code in _LEET_SET)
_LETTER_SET = frozenset(LETTERS)


def mixed_groups(view: View) -> list[tuple[int, int]]:
    """The groups of digits beside a letter, or beside what may be one, or before a plus. Most texts have none."""
    raw = view.raw + b"."
    return [group for group in view.groups if raw[group[0] - 1] in _BEFORE_DIGIT or raw[group[1]] in _BEHIND_DIGIT]


def unleet(view: View, mixed: Iterable[tuple[int, int]]) -> View | None:
    """Numbers in which letters stand for digits: half of the signs must be digits, or a third of many."""
    text, raw = view.text, view.raw
    if not any(raw[start - 1] in _LEET_SET or raw[end : end + 1] in _LEET_BYTES for start, end in mixed):
        return None
    if not text.isascii() and not _DIGIT_ALIKE.isdisjoint(text):
        text = text.translate(_AS_DIGITS)
        raw = as_bytes(text)
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
            for match in (_LEET_NUMBER if at - low <= WINDOW * 2 else _LEET_WORD).finditer(text, low, at + 1):
                start, end = match.span()
                letters, digits = kinds.count(b"a", start, end), kinds.count(b"0", start, end)
                if 0 < letters <= (digits if letters + digits < _LEAST_LONG else digits * 2):
                    yield start, end, plain[start:end].decode("ascii")

    return replaced(view, "letters-for-digits", parts())


_WORD_BYTES = frozenset(LETTERS + NUMERALS + b"$!")
_NO_LEET = frozenset("269")
_WORD_PLAIN = str.maketrans("013457$!8", "oieastsib")
_LONGEST_LEET = 16
_NOT_HEX = frozenset("ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ")
_LEET_TOKEN = later(r"(?<![^\W_])(?=[013457$!8]{0,6}[A-Za-z])[A-Za-z013457$!8]{2,16}(?![^\W_])")
_CLOSE_BY = 32


def unleet_words(  # noqa: C901 - one way out after the other
    view: View, mixed: Sequence[tuple[int, int]]
) -> View | None:
    """Words in which digits stand for letters, where there are two of them close to each other."""
    text, raw = view.text, view.raw
    if len(mixed) < _LEAST_WORDS:
        return None
    inner = [
        start
        for start, end in mixed
        if end - start == 1 and raw[start - 1] in _LETTER_SET and end < len(raw) and raw[end] in _LETTER_SET
    ]
    if len(inner) < _LEAST_WORDS:
        return None
    sure: list[tuple[int, int]] = []
    high = 0
    for place in inner:
        if place < high:
            continue
        low = high = place
        while low and place - low < _LONGEST_LEET and raw[low - 1] in _WORD_BYTES:
            low -= 1
        while high < len(raw) and high - place < _LONGEST_LEET and raw[high] in _WORD_BYTES:
            high += 1
        word = text[low:high]
        if len(word) <= _LONGEST_LEET and _NO_LEET.isdisjoint(word) and not _NOT_HEX.isdisjoint(word):
            sure.append((low, high))
    rows: list[list[int]] = []
    for low, high in sure:
        if rows and low - rows[-1][1] <= WINDOW:
            rows[-1][1] = high
            rows[-1][2] += 1
        else:
            rows.append([low, high, 1])

    def parts() -> Iterator[Part]:
        at = 0
        for low, high, count in rows:
            if count < _LEAST_WORDS:
                continue
            for match in _LEET_TOKEN.finditer(text, max(at, low - _CLOSE_BY), min(len(text), high + _CLOSE_BY)):
                at = match.end()
                if not match.group().isalpha():
                    yield match.start(), at, match.group().translate(_WORD_PLAIN)

    return replaced(view, "letters-for-digits", parts())


_LEAST_WORDS = 2


_ADDRESS_WORD = later(r"[\w.+-]{1,64}")
_ADDRESS_SIGNS = bytes(0x77 if chr(code).isalnum() or chr(code) in "_.+-" else 0x20 for code in range(128)) + bytes(128)
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
            if dot_after and last.lower() in _TURNED:
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
