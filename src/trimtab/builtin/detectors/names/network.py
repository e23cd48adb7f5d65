"""The tagger itself: hashed embeddings, two convolutions over neighbours, one probability per token and tag.

A word's embedding depends on the word alone, so it is worked out once and kept; what is left per text is three
multiplications of matrices. A token sees four neighbours on either side, and how many words around it have capitals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from trimtab.builtin.detectors.names.features import LONGEST, Token, word_features
from trimtab.errors import DetectorError

Floats = NDArray[np.float32]

KINDS = ("name", "location", "organisation", "address", "age", "title")
"""What the tags are about. Tag 0 is "nothing", then the first token and the further tokens of each kind in turn."""

TAGS = 1 + 2 * len(KINDS)
REACH = 2
"""Neighbours on either side that one convolution sees."""

_AROUND = 12
_MODES = (0.0, 0.3, 0.7)
_CHUNK = 2_048
_OVERLAP = _AROUND + 2 * REACH
_KEPT = 16_384
_NOTHING = np.zeros(1, np.float32)
_ALONE = 250_000
WEIGHTS = Path(__file__).with_name("weights.npz")
CARD = Path(__file__).with_name("card.json")


def glued(tokens: Sequence[Token]) -> NDArray[np.intp]:
    """1 where no space stands before a token, 0 elsewhere."""
    starts = np.array([token[1] for token in tokens])
    ends = np.array([0, *(token[2] for token in tokens[:-1])])
    return np.asarray(starts == ends, np.intp)


def modes(words: Floats, capitals: Floats) -> NDArray[np.intp]:
    """How many of the words around each token begin with a capital: 0 none, 1 few, 2 many, 3 nearly all.

    `words` is 1 where a token is a word, `capitals` where it begins with a capital.
    """
    count = len(words)
    at = np.arange(count)
    low, high = np.maximum(at - _AROUND, 0), np.minimum(at + _AROUND + 1, count)
    # Counts below 2**24 are exact in these floats.
    around = [np.concatenate((_NOTHING, np.cumsum(marks, dtype=np.float32))) for marks in (words, capitals)]
    every, upper = (sums[high] - sums[low] for sums in around)
    every = np.maximum(every, 1.0)
    return np.asarray(np.sum([upper > share * every for share in _MODES], axis=0), np.intp)


def windows(rows: Floats) -> Floats:
    """Each row beside its neighbours; beyond the ends there are zeros. Shape (n, d) to (n, (2 REACH + 1) d)."""
    count, width = rows.shape
    padded = np.zeros((count + 2 * REACH, width), np.float32)
    padded[REACH : REACH + count] = rows
    # A row of the result lies in one piece in the padded array, so this is a view; whoever multiplies it copies it.
    return np.lib.stride_tricks.as_strided(padded, (count, (2 * REACH + 1) * width), padded.strides)


def times(rows: Floats, weights: Floats) -> Floats:
    """The product of matrices, in blocks so small that the library does each in one thread.

    Threads would cost a short text more than they save, and a busy machine would stall them for many milliseconds.
    """
    count, width = rows.shape
    block = max(1, _ALONE // weights.size)
    blocks = -(-count // block)
    if blocks == 1:
        return np.asarray(rows @ weights, np.float32)
    padded = np.zeros((blocks * block, width), np.float32)
    padded[:count] = rows
    product = np.matmul(padded.reshape(blocks, block, width), weights)
    return np.asarray(product.reshape(blocks * block, -1)[:count], np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The weights. `table` holds 8-bit rows; times `scale`, per column, they are embeddings."""

    table: NDArray[np.int8]
    scale: Floats
    glue: Floats
    mode: Floats
    first: Floats
    second: Floats
    second_bias: Floats
    last: Floats
    last_bias: Floats
    listed_keys: NDArray[np.uint32]
    listed_bits: NDArray[np.uint16]
    _known: dict[str, Floats] = field(default_factory=dict)

    def embedding(self, word: str) -> Floats:
        """What a word looks like, as numbers; the last two say whether it is a word, and has a capital."""
        rows = word_features(word, self.lists).rows
        made = np.empty(len(self.scale) + 2, np.float32)
        np.multiply(self.table[list(rows)].sum(axis=0, dtype=np.int32), self.scale, out=made[:-2], casting="unsafe")
        made[-2], made[-1] = word[0].isalpha(), word[0].isupper()
        return made

    def lists(self, key: int) -> int:
        """The lists that a word is on, as bits."""
        place = int(self.listed_keys.searchsorted(np.uint32(key)))
        return int(self.listed_bits[place]) if place < len(self.listed_keys) and self.listed_keys[place] == key else 0

    def tag(self, tokens: Sequence[Token]) -> Floats:
        """Probability of each tag for each token, shape (tokens, TAGS); a row adds up to 1."""
        count = len(tokens)
        if count <= _CHUNK:
            return self._tag(tokens)
        parts = []
        for start in range(0, count, _CHUNK):
            low, high = max(0, start - _OVERLAP), min(count, start + _CHUNK + _OVERLAP)
            parts.append(self._tag(tokens[low:high])[start - low : start - low + _CHUNK])
        return np.concatenate(parts)

    def _tag(self, tokens: Sequence[Token]) -> Floats:
        known = self._known
        held = []
        for token in tokens:
            word = token[0]
            row = known.get(word)
            if row is None:
                row = self.embedding(word)
                if len(known) >= _KEPT:
                    known.clear()  # simpler than keeping track of what was used last, and as good here
                if len(word) <= LONGEST:
                    known[word] = row
            held.append(row)
        rows = np.array(held)
        embedded = rows[:, :-2] + self.glue[glued(tokens)]
        near = times(windows(embedded), self.first)
        near += self.mode[modes(rows[:, -2], rows[:, -1])]
        np.maximum(near, 0.0, out=near)
        far = times(windows(near), self.second)
        far += self.second_bias
        np.maximum(far, 0.0, out=far)
        scores = times(np.concatenate((far, near), axis=1), self.last)
        scores += self.last_bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return np.asarray(scores, np.float32)


@lru_cache(maxsize=1)
def network() -> Network:
    """The weights that ship, read once.

    Raises:
        DetectorError: They are missing, damaged or of another shape.
    """
    try:
        with np.load(
            BytesIO(WEIGHTS.read_bytes()), allow_pickle=False
        ) as held:  # a damaged archive leaves no open file
            arrays = {name: held[name] for name in held.files}
        arrays = {name: a.astype(np.float32) if a.dtype == np.float16 else a for name, a in arrays.items()}
        return Network(**arrays)
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise DetectorError("names", f"its weights cannot be read ({type(error).__name__})") from None
