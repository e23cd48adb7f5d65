"""Where words stand that mix digits with letters or colons, in which what has no sign of its own may begin."""

from collections.abc import Iterator, Sequence

from trimtab.builtin.detectors.patterns.spec import SPACELESS
from trimtab.detect.signs import later

_LONGEST_WORD = 64
_LETTERS = f"(?:(?!{SPACELESS})[^\\W_])"
_WORD_BACK = later(rf"(?:{_LETTERS}|:)*+")
_WORD_ON = later(rf"(?:{_LETTERS}|[:+-])*+")

# Classes of bytes: digits, letters, colons, signs within words, bars, spaces, and what is beyond Latin-1.
_CLASSES = bytearray(b"." * 256)
for _code in range(256):
    if chr(_code).isdigit():
        _CLASSES[_code] = ord("0")
    elif chr(_code).isalnum():
        _CLASSES[_code] = ord("a")
for _signs, _name in ((b":", "c"), (b"-+", "m"), (b"/|", "s"), (b" ", " "), (b"?", "?")):
    for _code in _signs:
        _CLASSES[_code] = ord(_name)
_CLASSES_OF_ASCII = bytearray(_CLASSES)
_CLASSES_OF_ASCII[ord("?")] = ord(".")
_WORD_BEFORE, _WORD_AFTER = frozenset(b"a0c"), frozenset(b"a0cm")
_BEFORES = bytes(0x77 if code in _WORD_BEFORE else 0x2E for code in range(256))
_AFTERS = bytes(0x77 if code in _WORD_AFTER else 0x2E for code in range(256))
_MAY_BE_BEFORE, _MAY_BE_AFTER = _WORD_BEFORE | {ord("?")}, _WORD_AFTER | {ord("?")}
_BEYOND, _LETTER, _BAR, _SPACE = b"?as "
_BEFORE_LETTER = 8  # digits of the only number of these with a space before its letter
_SHORTEST = 9
_GOES_ON = frozenset(b" m")
_FEW_GROUPS = 24
_SMALL = frozenset(b"abcdefghijklmnopqrstuvwxyz")


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the word of letters, digits and colons begins that holds `text[start:end]`, and where it ends, hyphens included."""
    before = _WORD_BACK.match(text[max(0, start - _LONGEST_WORD) : start][::-1])
    after = _WORD_ON.match(text, end, end + _LONGEST_WORD)
    return start - (before.end() if before else 0), after.end() if after else end


def _of_quads(raw: bytes, low: int, high: int) -> bool:
    """Whether a word is the first of three of four signs, as Cisco and Huawei write hardware addresses."""
    return high - low == _QUAD and (sign := raw[high : high + 1]) in _QUAD_SIGNS and raw[high + 5 : high + 6] == sign


_QUAD, _QUAD_SIGNS = 4, frozenset((b".", b"-"))


def mixed_words(  # noqa: C901, PLR0912 - one case after the other
    text: str, raw: bytes, groups: Sequence[tuple[int, int]]
) -> Iterator[int]:
    """Where words begin that mix digits with letters or colons; and two capitals before digits, or eight before a letter."""
    last = -1
    wide = not text.isascii()
    marks = raw.translate(_CLASSES if wide else _CLASSES_OF_ASCII)
    marks += b"..."  # so that places just before the first and after the last are there
    many = len(groups) > _FEW_GROUPS  # of few it is quicker to ask for each sign around them
    befores, afters = (marks.translate(_BEFORES), marks.translate(_AFTERS)) if many else (b"", b"")
    for start, end in groups:
        if start < last:
            continue
        before, after = marks[start - 1], marks[end]
        if before in _MAY_BE_BEFORE or after in _MAY_BE_AFTER:
            least = start - _LONGEST_WORD if start > _LONGEST_WORD else 0
            low, high, most = start, end, end + _LONGEST_WORD
            if befores:
                low = befores.rfind(b".", least, start) + 1 or least
                high = afters.find(b".", end, most)
                high = high if high >= 0 else most
            else:
                while marks[low - 1] in _WORD_BEFORE and low > least:
                    low -= 1
                while marks[high] in _WORD_AFTER and high < most:
                    high += 1
            if wide and (
                (marks[low - 1] == _BEYOND and text[low - 1].isalnum())
                or (marks[high] == _BEYOND and text[high].isalnum())
            ):
                low, high = _word_around(text, start, end)
            last = high
            if low < start or high > end:
                # A short word is one of these only with colons in it, or as letters before what goes on apart; digits
                # and hyphens alone are left to `numbers`, save for one form of ten digits.
                if (
                    high - low >= _SHORTEST
                    or b"c" in marks[low:high]
                    or _of_quads(raw, low, high)
                    or (marks[high] in _GOES_ON and text[low].isalpha())
                ) and (high - low == 11 or not text[low:high].replace("-", "").replace("+", "").isdigit()):
                    yield low
                    # What stands before a colon may be its name, and no part of it.
                    if (named := marks.rfind(b"c", low, start) + 1) > low and high - named >= _SHORTEST:
                        yield named
                continue
        if after == _BAR or (end - start == _QUAD and _of_quads(raw, start, end)):
            yield start
        elif before == _SPACE and start > 2 and raw[start - 2] not in _SMALL and text[start - 3 : start - 1].isupper():
            yield start - 3
        elif end - start == _BEFORE_LETTER and after == _SPACE and marks[end + 1] == _LETTER:
            yield start
