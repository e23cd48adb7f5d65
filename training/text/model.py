"""From rows to a reader and one head for each label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from training.text import filters
from training.text.generate import KINDS, Row
from trimtab.builtin.detectors.learned.features import BUCKETS, Floats, Reader, Table, plain_form
from trimtab.builtin.detectors.learned.learning import matrix, regress
from trimtab.builtin.detectors.learned.pieces import windows
from trimtab.builtin.detectors.learned.tokens import Vocabulary
from trimtab.builtin.detectors.learned.weights import Heads

HEADS = ("injection", "instruction", "toxicity", "bias", "refusal", *KINDS)
FILTERS, WIDTH, MEAN = 96, 3, 64
_QUANTA = 127
_LOUDER = {("toxicity", "davidson"): 3.0}
_FEW = 50  # windows of a source, below which it says nothing of rates
_WINDOWS = 4  # of one text: the longest would drown the others
# How much the two kinds of columns may say, and what weights cost; chosen on held-out T rows.
_SPARSE, _DENSE = 2.0, 0.25
_PENALTY = {**dict.fromkeys(HEADS, 1e-5), **dict.fromkeys(("bias", *KINDS), 1e-4)}


def labels_and_weights(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """(rows, heads) each. A source counts as the root of its size, and both labels of a head count the same.

    So does every language, and both labels within it, or the language itself would be a sign.
    For toxicity real tweets count more than invented ones: there are enough of them, and they are less alike.
    """
    labels = np.zeros((len(rows), len(HEADS)), np.float32)
    weights = np.zeros_like(labels)
    languages = np.array([row.language for row in rows])
    for column, head in enumerate(HEADS):
        groups = Counter((row.source, row.labels[head]) for row in rows if head in row.labels)
        for at, row in enumerate(rows):
            if head in row.labels:
                labels[at, column] = row.labels[head]
                louder = _LOUDER.get(
                    (head, row.source), 0.5 if head == "toxicity" and row.source[:4] == "own-" else 1.0
                )
                weights[at, column] = louder * groups[row.source, row.labels[head]] ** -0.5
        known = weights[:, column] > 0
        spoken_in = np.unique(languages[known])
        for language in spoken_in:
            spoken = known & (languages == language)
            for side in (0, 1):
                chosen = spoken & (labels[:, column] == side)
                if chosen.any():
                    weights[chosen, column] *= known.sum() / 2 / len(spoken_in) / weights[chosen, column].sum()
    return labels, weights


def table_of(vectors: Floats, learned: filters.Filters) -> Table:
    """The table that ships: vectors times filters, in whole numbers."""
    parts = np.stack([vectors @ one for one in learned.weights], 1)  # (pieces, width, filters)
    filter_scale = np.maximum(np.quantile(np.abs(parts), 0.9999, axis=(0, 1)) / _QUANTA, 1e-9).astype(np.float32)
    mean = vectors[:, :MEAN]
    mean_scale = np.maximum(np.abs(mean).max(0) / _QUANTA, 1e-9).astype(np.float32)
    rows = np.concatenate([_whole(mean / mean_scale), _whole(parts / filter_scale).reshape(len(vectors), -1)], 1)
    return Table(rows=rows, mean_scale=mean_scale, filter_scale=filter_scale, bias=learned.bias)


def _whole(numbers: Floats) -> NDArray[np.int8]:
    return np.clip(np.rint(numbers), -_QUANTA, _QUANTA).astype(np.int8)


def reader_of(pieces: list[str], vectors: Floats, rows: Sequence[Row], *, seed: int) -> Reader:
    """Learns the filters on these rows, and what the dense numbers are like."""
    vocabulary = Vocabulary(pieces)
    texts = [np.array(vocabulary.numbers(plain_form(row.text[:4_000])), np.uint32) for row in rows]
    labels, weights = labels_and_weights(rows)
    some = [at for at, text in enumerate(texts) if len(text)]
    learned = filters.learn(
        vectors, [texts[at] for at in some], labels[some], weights[some], filters=FILTERS, width=WIDTH, seed=seed
    )
    table = table_of(vectors, learned)
    pooled = np.stack([table.pooled(texts[at]) for at in some[:: max(1, len(some) // 20_000)]])
    spread = np.maximum(pooled.std(0), 1e-3)
    return Reader(vocabulary=vocabulary, table=table, centre=pooled.mean(0), spread=spread.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Windows with their features, and the row that each is cut from."""

    rows: list[Row]
    sparse: Any
    dense: Floats

    def __add__(self, more: "Samples") -> "Samples":
        sparse = vstack([self.sparse, more.sparse], format="csr")
        return Samples([*self.rows, *more.rows], sparse, np.concatenate([self.dense, more.dense]))


def samples_of(reader: Reader, rows: Sequence[Row], *, most: int = _WINDOWS) -> Samples:
    """Every row as the detectors will see it: whole if it is short, else so many of its first windows."""
    owner, found = [], []
    for number, row in enumerate(rows):
        for start, end in islice(windows(row.text), most):
            owner.append(number)
            found.append(reader.read(plain_form(row.text[start:end])))
    sparse, dense = matrix(found, BUCKETS)
    return Samples([rows[at] for at in owner], sparse * np.float32(_SPARSE), dense * np.float32(_DENSE))


def learn(samples: Samples, chosen: NDArray[np.bool_], column: int) -> tuple[Floats, Floats, float]:
    """Sparse and dense weights and the intercept of one head, from some of the windows."""
    labels, weights = labels_and_weights([row for row, one in zip(samples.rows, chosen, strict=True) if one])
    counts = weights[:, column].astype(np.float64)
    wide, narrow, intercept = regress(
        samples.sparse[chosen],
        samples.dense[chosen],
        labels[:, column].astype(np.float64),
        counts / counts.mean(),
        penalty=_PENALTY[HEADS[column]],
    )
    return wide * np.float32(_SPARSE), narrow * np.float32(_DENSE), intercept


def strangers(samples: Samples, head: str, *, folds: int, most: int, seed: int) -> dict[str, Floats]:
    """Log-odds of harmless windows, by source, of a head that learned from other sources alone.

    What a head says of texts from a source that it knows tells little of those that it will meet. `most` bounds the
    windows that each of the `folds` heads learns from.
    """
    column = HEADS.index(head)
    known = np.array([head in row.labels for row in samples.rows])
    clean = np.array([row.labels.get(head) == 0 for row in samples.rows])
    trains = known & np.array([not row.held_out for row in samples.rows])
    source = np.array([row.source for row in samples.rows])
    names = [name for name in sorted(set(source[clean].tolist())) if (clean & (source == name)).sum() >= _FEW]
    rng = np.random.default_rng(seed)
    found = {}
    for fold in range(folds):
        away = names[fold::folds]
        chosen = trains & ~np.isin(source, away)
        chosen &= rng.random(len(chosen)) < most / chosen.sum()
        wide, narrow, intercept = learn(samples, chosen, column)
        for name in away:
            asked = clean & (source == name)
            sparse, dense = samples.sparse[asked] / np.float32(_SPARSE), samples.dense[asked] / np.float32(_DENSE)
            found[name] = np.asarray(sparse @ wide + dense @ narrow + intercept, np.float32)
    return found


def learn_heads(by_head: Mapping[str, Samples]) -> Heads:
    """One head for each label, from its samples without the held-out rows; not yet calibrated."""
    wides, narrows, intercepts = [], [], []
    for column, head in enumerate(HEADS):
        samples = by_head[head]
        trains = np.array([not row.held_out for row in samples.rows])
        known = np.array([head in row.labels for row in samples.rows])
        wide, narrow, intercept = learn(samples, trains & known, column)
        wides.append(wide)
        narrows.append(narrow)
        intercepts.append(intercept)
    wide = np.stack(wides, 1)
    scale = np.maximum(np.quantile(np.abs(wide), 0.9999, axis=0) / _QUANTA, 1e-9).astype(np.float32)
    one = np.ones(len(HEADS), np.float32)
    return Heads(
        names=HEADS,
        sparse=_whole(wide / scale),
        sparse_scale=scale,
        dense=np.stack(narrows, 1),
        intercept=np.array(intercepts, np.float32),
        slope=one,
        offset=0 * one,
        threshold=one.astype(np.float64) / 2,
    )


def answers(heads: Heads, samples: Samples) -> Floats:
    """Log-odds of every window, (windows, heads), as the detectors compute them."""
    wide = (samples.sparse / np.float32(_SPARSE)) @ (heads.sparse * heads.sparse_scale)
    return np.asarray(wide + samples.dense / np.float32(_DENSE) @ heads.dense + heads.intercept, np.float32)
