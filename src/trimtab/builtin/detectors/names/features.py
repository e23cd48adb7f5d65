"""What the tagger sees of a text: its tokens, and what each word looks like.

The training code imports this module, so that what was trained is what runs.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

BUCKETS = 1 << 16
"""Rows of the embedding table; one more, all zero, stands for "nothing"."""

LONGEST = 40
"""Characters of a word that are looked at: longer ones are no names."""

_PLAIN = r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*|\d+|\n|[^\w\s]|_"
_TOKEN = re.compile(_PLAIN)
# An address of a mail or a page is one token: names within it belong to somebody else's pattern. Every repetition
# before a fixed sign is bounded, and what fails is passed over by the next alternative in one step.
_TOKEN_OR_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']{1,2048}"
    r"|(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    rf"|{_PLAIN}"
)


Lists = Callable[[int], int]
"""The lists that a word is on, as bits, by its `key`."""


Token = tuple[str, int, int]
"""A word, a number, a sign or a line break, where it begins and where it ends, in code points. (A class is slower.)"""


class WordFeatures(NamedTuple):
    """Rows of the embedding table that describe a word, by what training may hide of it."""

    word: tuple[int, ...]
    spelling: tuple[int, ...]
    listed: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """All of them."""
        return self.word + self.spelling + self.listed + self.shape


def tokens(text: str) -> list[Token]:
    """The text cut up; what lies between tokens is white space."""
    pattern = _TOKEN_OR_ADDRESS if "@" in text or "://" in text or "www." in text else _TOKEN
    return [(match[0], match.start(), match.end()) for match in pattern.finditer(text)]


def key(word: str) -> int:
    """What the lists of words hold instead of the word: 32 bits of it in lower case, without accents."""
    return crc32(folded(word).encode("utf-8", "surrogatepass"))


def folded(word: str) -> str:
    """Lower case, without accents, compatibility forms resolved."""
    lower = word.lower()
    if lower.isascii():
        return lower
    return "".join(char for char in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(char)).lower()


def _row(kind: str, value: str) -> int:
    return crc32(f"{kind}{value}".encode("utf-8", "surrogatepass")) & (BUCKETS - 1)


def _letters(word: str) -> str:
    if len(word) == 1:
        return "X" if word.isupper() else "x"
    if word.islower():
        return "xx"
    if word.isupper():
        return "XX"
    if word[0].isupper() and word[1:].islower():
        return "Xx"
    return "XxX" if word[0].isupper() else "xX"


def word_features(word: str, listed: Lists) -> WordFeatures:
    """What a token looks like by itself."""
    first = word[0]
    if not first.isalpha():
        if first.isdecimal() and word.isdecimal():
            size = min(len(word), 9)
            value = word if size <= 2 else word[:2] if size == 4 else ""
            return WordFeatures((_row("n", value),), (), (), (_row("d", str(size)),))
        kind = "url" if len(word) > 1 else word
        return WordFeatures((_row("s", kind),), (), (), (_row("t", "mark"),))
    if "@" in word or "/" in word or "." in word:
        return WordFeatures((_row("s", "url"),), (), (), (_row("t", "mark"),))
    word = word[:LONGEST]
    plain = folded(word) or word
    framed = f"^{plain}$"
    spelling = {_row("g", framed[at : at + 3]) for at in range(min(len(framed) - 2, 12))}
    for size in (2, 3, 4):
        if len(plain) > size:
            spelling.add(_row(f"p{size}", plain[:size]))
            spelling.add(_row(f"e{size}", plain[-size:]))
    bits = listed(crc32(plain.encode("utf-8", "surrogatepass")))
    lists = [_row("L", str(bit)) for bit in range(16) if bits >> bit & 1]
    lists.append(_row("M", str(bits)))
    shape = _letters(word)
    return WordFeatures(
        (_row("w", word.lower()),),
        tuple(sorted(spelling)),
        tuple(lists),
        (_row("x", shape), _row("y", f"{shape}{min(len(word), 10)}")),
    )
