"""Distils the encoder into one vector for each word piece.

A piece is embedded alone ("[CLS] piece [SEP]"), the whole vocabulary is reduced to its principal directions, and
each vector is shortened the more common the piece is. The result is a table: a text costs a look-up and a mean.

Sources: Tulkens & van Dongen (2024), model2vec, for embedding pieces without context; Arora, Liang & Ma (2017), A
Simple but Tough-to-Beat Baseline for Sentence Embeddings, for the weights by frequency.
"""

import re

import numpy as np
from numpy.typing import NDArray

from training.text.minilm import MiniLM, vocabulary
from trimtab.builtin.detectors.learned.groups import MANY, ONE, names

_WANTED = re.compile(r"(?:##)?[\x21-\x7e\u00a1-\u024f\u2010-\u203a€]+")
_SMOOTH = 1e-3  # `a` of Arora et al.


def distil(size: int) -> tuple[list[str], NDArray[np.float32]]:
    """The pieces kept, number 0 being the padding, and their vectors (rows; about unit variance)."""
    pieces = vocabulary()
    kept = [at for at, piece in enumerate(pieces) if _WANTED.fullmatch(piece) and not piece.startswith("[unused")]
    kept = [at for at in kept if not (len(pieces[at]) > 2 and pieces[at].startswith("["))]
    found = MiniLM().encode([[at] for at in kept], batch=512)
    found -= found.mean(0)
    _, values, directions = np.linalg.svd(found.T @ found)
    del values
    # The sign of a direction is arbitrary, and differs between libraries: its largest entry is made positive.
    directions = directions[:size]
    directions *= np.sign(directions[np.arange(size), np.abs(directions).argmax(1)])[:, None]
    found = found @ directions.T
    # The vocabulary is in order of frequency, so its rank stands in for it (Zipf).
    chance = 1.0 / np.arange(2, len(kept) + 2)
    chance /= chance.sum()
    found *= (_SMOOTH / (_SMOOTH + chance))[:, None]
    found /= found.std()
    table = np.vstack([np.zeros((1, size)), found]).astype(np.float32)
    return _with_signs(["", *(pieces[at] for at in kept)], table)


def _with_signs(pieces: list[str], table: NDArray[np.float32]) -> tuple[list[str], NDArray[np.float32]]:
    """A sign that stands for the names of groups has the mean of their vectors."""
    known = {piece: at for at, piece in enumerate(pieces)}
    found, rows = list(pieces), list(table)
    for sign in (ONE, MANY):
        mean = table[[known[word] for word in names(sign) if word in known]].mean(0)
        if sign in known:
            rows[known[sign]] = mean
        else:
            found.append(sign)
            rows.append(mean)
    return found, np.stack(rows)
