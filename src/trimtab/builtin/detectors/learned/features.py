"""What every head looks at, computed once for a text.

Three readings of it, all additive over positions, so that a text costs time linear in its length:

- hashed n-grams of characters (2 to 5 code points), by a rolling polynomial over the code points;
- hashed pairs and triples of word pieces;
- the vectors of its word pieces: their mean, and the largest answer of each of a few filters over neighbours.

n-grams know spellings and phrases, vectors know what a word is like, and so help with words that training never saw.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

import numpy as np
from numpy.typing import NDArray

from trimtab.builtin.detectors.learned.groups import without_groups
from trimtab.builtin.detectors.learned.tokens import Vocabulary

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

_MENTION = re.compile(r"(?:\brt )?(?:(?<![\w.])@\w{1,30}|\[user\])(?:(?<=\w):)?")
_PAGE = re.compile(r"https?://[^\s<>\"']{0,2000}|\[url\]")
_DIGITS = str.maketrans("123456789", "000000000")
PRIME = np.uint32(16_777_619)  # FNV's; every polynomial over it wraps at 2**32
MIX = np.uint32(2_654_435_769)  # Knuth's multiplicative hash: the high bits are used
LONGEST_GRAM = 5
GRAM_BITS = 17
BUCKETS = 2 << GRAM_BITS
"""n-grams of characters fill the first half of the buckets, those of word pieces the second."""


def plain_form(text: str) -> str:
    """Lower case, compatibility forms and accents resolved, invisible characters gone, every digit 0, single spaces.

    The names of groups of people become one sign (see `without_groups`). Addresses of pages and mentions of accounts
    become one word each: who is meant says nothing of what is said.
    """
    if "&" in text:
        text = unescape(text)
    if not text.isascii():
        text = "".join(map(_plain, text))
    text = text.lower()
    if "@" in text or "[u" in text:
        text = _MENTION.sub(" @user ", text)
    if "http" in text or "[u" in text:
        text = _PAGE.sub(" url ", text)
    return without_groups(" ".join(text.translate(_DIGITS).split()))


@lru_cache(maxsize=8_192)
def _plain(char: str) -> str:
    if char.isascii():
        return char
    return "".join(
        " " if unicodedata.category(one) == "Zs" else one
        for one in unicodedata.normalize("NFKD", char)
        if unicodedata.category(one) not in {"Cf", "Mn", "Me", "Cs", "Co", "Cn"}
    )


def gram_buckets(plain: str, bits: int) -> Numbers:
    """Buckets in [0, 2**bits) of all n-grams of a plain text, with a blank before and after it; repeats included."""
    codes = np.frombuffer(f" {plain} ".encode("utf-32-le"), np.uint32)
    shift = np.uint32(32 - bits)
    found = []
    rolling = codes
    for size in range(2, LONGEST_GRAM + 1):
        if len(codes) < size:
            break
        rolling = rolling[:-1] * PRIME + codes[size - 1 :]
        found.append(((rolling + np.uint32(size)) * MIX) >> shift)
    return np.concatenate(found).astype(np.int64)


def piece_buckets(numbers: NDArray[np.uint32], bits: int) -> Numbers:
    """Buckets of single pieces, pairs and triples of neighbours."""
    shift = np.uint32(32 - bits)
    ends = np.concatenate([np.array([1], np.uint32), numbers + np.uint32(2), np.array([1], np.uint32)])
    pairs = ends[:-1] * PRIME + ends[1:]
    triples = pairs[:-1] * PRIME + ends[2:]
    found = [((one + np.uint32(77 * size)) * MIX) >> shift for size, one in enumerate((ends[1:-1], pairs, triples))]
    return np.concatenate(found).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What each word piece adds, one int8 row a piece.

    A row holds `mean` numbers of the piece's vector, then, for each of the `width` places of a filter, what the piece
    adds to the answers when it stands there: the product of vector and filter is made once, in training, so that a
    text costs look-ups and additions of whole numbers, which are the same on every machine. Filters answer
    `sum * scale + bias`, the scale being one for all places of a filter.
    """

    rows: NDArray[np.int8]  # (pieces, mean + width * filters)
    mean_scale: Floats  # (mean,)
    filter_scale: Floats  # (filters,)
    bias: Floats  # (filters,)

    @property
    def size(self) -> int:
        """Length of what `pooled` returns."""
        return len(self.mean_scale) + len(self.filter_scale)

    def pooled(self, numbers: NDArray[np.uint32]) -> Floats:
        """Mean vector, then the largest answer of each filter, at least 0; zeros for a text without pieces."""
        mean, filters = len(self.mean_scale), len(self.filter_scale)
        if not len(numbers):
            return np.zeros(mean + filters, np.float32)
        width = (self.rows.shape[1] - mean) // filters
        rows = self.rows.take(numbers, axis=0).astype(np.int16)
        count = len(rows)
        answers = np.zeros((count + width - 1, filters), np.int16)  # the piece at `at` is the last of window `at`
        for place in range(width):
            first = width - 1 - place
            answers[first : first + count] += rows[:, mean + place * filters : mean + (place + 1) * filters]
        found = np.empty(mean + filters, np.float32)
        found[:mean] = rows[:, :mean].sum(0, dtype=np.int32) * self.mean_scale / np.float32(count)
        found[mean:] = np.maximum(answers.max(0) * self.filter_scale + self.bias, np.float32(0))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One text: the buckets of its n-grams, what each of them counts, and its dense numbers (standardised)."""

    buckets: Numbers
    unit: float  # 1 / sqrt(number of n-grams), so that long and short texts are alike
    dense: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Turns plain texts into features."""

    vocabulary: Vocabulary
    table: Table
    centre: Floats  # of the dense numbers
    spread: Floats

    def read(self, plain: str) -> Features:
        """Features of a text in its plain form; linear in its length."""
        numbers = np.array(self.vocabulary.numbers(plain), np.uint32)
        grams = gram_buckets(plain, GRAM_BITS)
        pieces = piece_buckets(numbers, GRAM_BITS) + (1 << GRAM_BITS)
        buckets = np.concatenate([grams, pieces])
        dense = (self.table.pooled(numbers) - self.centre) / self.spread
        return Features(buckets=buckets, unit=1.0 / max(len(buckets), 1) ** 0.5, dense=dense)
