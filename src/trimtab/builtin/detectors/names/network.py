"""The tagger itself: hashed embeddings, two convolutions over neighbours, one probability per token and tag.

What a word says to itself and to its neighbours in the first convolution depends on the word alone, so it is worked out
once and kept; what is left per text is a sum and two small products of matrices. A token sees four neighbours on either
side, and how many words around it have capitals.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from trimtab.builtin.detectors.names.features import LONGEST, Token, word_features
from trimtab.errors import DetectorError

Floats = NDArray[np.float32]

KINDS = ("name", "location", "organisation", "address", "age", "title")
"""What the tags are about. Tag 0 is "nothing", then the first token and the further tokens of each kind in turn."""

TAGS = 1 + 2 * len(KINDS)
NEIGHBOURS = 2
"""Neighbours on either side that one convolution sees."""

AROUND = 12
"""Tokens on either side among which capitals are counted."""

SEEN = AROUND + NEIGHBOURS
"""Tokens on either side that a token's tag may depend on."""

_SPAN = 2 * NEIGHBOURS + 1
_MODES = tuple(np.float32(share) for share in (0.0, 0.3, 0.7))
_CHUNK = 1_024
_OVERLAP = SEEN + NEIGHBOURS
_KEPT = 6_000  # words: some 1.6 kB each
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
    upto = AROUND + 1 + count
    sums = np.zeros((2, upto + AROUND), np.float32)  # counts below 2**24 are exact in these floats
    np.cumsum((words, capitals), axis=1, out=sums[:, AROUND + 1 : upto])
    sums[:, upto:] = sums[:, upto - 1 : upto]
    every, upper = sums[:, 2 * AROUND + 1 :] - sums[:, :count]
    np.maximum(every, 1.0, out=every)
    few, many, most = (upper > share * every for share in _MODES)
    return np.asarray(few.astype(np.intp) + many + most, np.intp)


def spread(weights: Floats) -> Floats:
    """Weights of a convolution, ((2 NEIGHBOURS + 1) d, e), as those by which a row speaks to all places, (d, ... e)."""
    height, width = weights.shape
    return np.ascontiguousarray(
        weights.reshape(_SPAN, height // _SPAN, width).transpose(1, 0, 2).reshape(-1, _SPAN * width)
    )


def gathered(said: Floats, width: int) -> Floats:
    """The sum of what each row's neighbours, and itself, say to it; beyond the ends there is silence."""
    middle = NEIGHBOURS * width
    total: Floats = said[:, middle : middle + width].copy()
    for place in range(_SPAN):
        shift = place - NEIGHBOURS
        part = said[:, place * width : (place + 1) * width]
        if shift < 0:
            total[-shift:] += part[:shift]
        elif shift > 0:
            total[:-shift] += part[shift:]
    return total


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
    _known: tuple[dict[str, Floats], dict[str, Floats]] = field(default_factory=lambda: ({}, {}))

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """From the arrays as they are stored.

        Raises:
            ValueError, TypeError, KeyError: They are not those of a network.
        """
        wide: dict[str, Any] = {
            name: a.astype(np.float32) if a.dtype == np.float16 else a for name, a in arrays.items()
        }
        wide["first"], wide["second"] = spread(wide["first"]), spread(wide["second"])
        return cls(**wide)

    def said(self, word: str, glue: bool) -> Floats:  # noqa: FBT001  # one of two tables, asked in the inmost loop
        """What a word says to its neighbours; the last two numbers tell whether it is a word, and has a capital."""
        rows = word_features(word, self.lists).rows
        embedded = self.table[list(rows)].sum(axis=0, dtype=np.int32) * self.scale + self.glue[int(glue)]
        made = np.empty(self.first.shape[1] + 2, np.float32)
        np.matmul(embedded.astype(np.float32), self.first, out=made[:-2])
        made[-2], made[-1] = word[0].isalpha(), word[0].isupper()
        return made

    def lists(self, key: int) -> int:
        """The lists that a word is on, as bits."""
        place = int(self.listed_keys.searchsorted(np.uint32(key)))
        return int(self.listed_bits[place]) if place < len(self.listed_keys) and self.listed_keys[place] == key else 0

    def tag(self, tokens: Sequence[Token]) -> Floats:
        """Probability of each tag for each token, shape (tokens, TAGS); a row adds up to 1.

        A token longer than `LONGEST` is nothing, and nothing is seen beyond it: that bounds how far anything is seen.
        """
        walls = [place for place, token in enumerate(tokens) if token[2] - token[1] > LONGEST]
        if not walls:
            return self._tag_any(tokens)
        chances = np.zeros((len(tokens), TAGS), np.float32)
        chances[:, 0] = 1.0
        for before, wall in pairwise((-1, *walls, len(tokens))):
            if wall - before > 1:
                chances[before + 1 : wall] = self._tag_any(tokens[before + 1 : wall])
        return chances

    def _tag_any(self, tokens: Sequence[Token]) -> Floats:
        count = len(tokens)
        if count <= _CHUNK:
            return self._tag(tokens)
        # A hostile text is one chunk many times over: the same words, set together alike, are looked at once.
        words = [token[0] for token in tokens]
        after = [0, *(token[2] for token in tokens[:-1])]
        glued = [token[1] == end for token, end in zip(tokens, after, strict=True)]
        parts: list[Floats] = []
        seen: dict[Hashable, Floats] = {}
        for start in range(0, count, _CHUNK):
            low, high = max(0, start - _OVERLAP), min(count, start + _CHUNK + _OVERLAP)
            looked_at = start - low, tuple(words[low:high]), bytes(glued[low + 1 : high])
            said = seen.get(looked_at)
            if said is None:
                said = self._tag(tokens[low:high])[start - low : start - low + _CHUNK]
                seen[looked_at] = said
            parts.append(said)
        return np.concatenate(parts)

    def _tag(self, tokens: Sequence[Token]) -> Floats:
        said = self._read(tokens)
        width = self.mode.shape[1]
        near = gathered(said, width)
        near += self.mode[modes(said[:, -2], said[:, -1])]
        np.maximum(near, 0.0, out=near)
        far = gathered(times(near, self.second), len(self.second_bias))
        far += self.second_bias
        np.maximum(far, 0.0, out=far)
        scores = times(np.concatenate((far, near), axis=1), self.last)
        scores += self.last_bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return np.asarray(scores, np.float32)

    def _read(self, tokens: Sequence[Token]) -> Floats:
        held = []
        # Nothing that another thread clears meanwhile is asked for twice.
        loose, tight = self._known
        before = 0
        for word, start, end in tokens:
            known = tight if start == before else loose
            row = known.get(word)
            if row is None:
                row = self.said(word, start == before)
                if len(known) >= _KEPT:
                    known.clear()  # simpler than keeping track of what was used last, and as good here
                known[word] = row
            held.append(row)
            before = end
        return np.array(held)


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
            return Network.of({name: held[name] for name in held.files})
    except (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, BadZipFile) as error:
        raise DetectorError("names", f"its weights cannot be read ({type(error).__name__})") from None
