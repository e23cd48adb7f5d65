"""The answers of all heads to many short texts at once: the same numbers, without a dozen small arrays for each.

Counts are whole numbers and are summed as such, so it does not matter in which arrays they stand; what is left of
floating point is done element by element, in the order of `features` and `weights`.
"""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from trimtab.builtin.detectors.learned.features import (
    GRAM_BITS,
    LONGEST_GRAM,
    MIX,
    PRIME,
    Floats,
    Reader,
    Table,
)
from trimtab.builtin.detectors.learned.weights import Heads

_Whole = NDArray[np.int64]
_SHIFT = np.uint32(32 - GRAM_BITS)
SHORTEST = LONGEST_GRAM
"""Characters of a plain text from which on it has every kind of n-gram, and can be read with others."""


def chances_together(reader: Reader, heads: Heads, plains: Sequence[str]) -> list[tuple[float, ...]]:
    """As `heads.chances(reader.read(plain))` of each plain text; each has `SHORTEST` characters or more."""
    numbers = [reader.vocabulary.numbers(plain) for plain in plains]
    sizes = np.array([len(one) for one in numbers], np.int64)
    flat = np.array([number for one in numbers for number in one], np.uint32)
    buckets, spans = _grams(plains)
    pieces, more = _pieces(flat, sizes)
    spans += [(first + len(buckets), last + len(buckets)) for first, last in more]
    counted, total = _sums(heads, np.concatenate([buckets, pieces + (1 << GRAM_BITS)]), spans)
    unit = np.array([1.0 / max(one, 1) ** 0.5 for one in total.tolist()], np.float32)
    dense = (_pooled(reader.table, flat, sizes) - reader.centre) / reader.spread
    answers = counted * (heads.sparse_scale * unit[:, None])
    answers = answers + np.stack([one @ heads.dense for one in dense]) + heads.intercept
    logit = np.clip(heads.slope * np.asarray(answers, np.float32) + heads.offset, -30, 30)
    return [tuple(row) for row in (1 / (1 + np.exp(-logit))).tolist()]


def _sums(heads: Heads, buckets: _Whole, spans: Sequence[tuple[_Whole, _Whole]]) -> tuple[NDArray[np.int32], _Whole]:
    """What the buckets of each text come to, (texts, heads), and how many they are."""
    rows = heads.sparse.take(np.append(buckets, 0), axis=0)  # one more, since a span may end with the last
    first, last = (np.concatenate(ends) for ends in zip(*spans, strict=True))
    sums = np.add.reduceat(rows, np.stack([first, last], axis=1).ravel(), axis=0, dtype=np.int32)[::2]
    sums[last == first] = 0  # `reduceat` has the row there
    return sums.reshape(len(spans), -1, rows.shape[1]).sum(0), (last - first).reshape(len(spans), -1).sum(0)


def _grams(plains: Sequence[str]) -> tuple[_Whole, list[tuple[_Whole, _Whole]]]:
    """Buckets of the n-grams of all texts, and by size where those of each text begin and end in them.

    The texts stand one after another; n-grams across two of them are made too, and lie between the ends.
    """
    codes = np.frombuffer("".join(f" {plain} " for plain in plains).encode("utf-32-le"), np.uint32)
    ends = np.array(list(accumulate(len(plain) + 2 for plain in plains)), np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    found, spans, before = [], [], 0
    rolling = codes
    for size in range(2, LONGEST_GRAM + 1):
        rolling = rolling[:-1] * PRIME + codes[size - 1 :]
        found.append(((rolling + np.uint32(size)) * MIX) >> _SHIFT)
        spans.append((starts + before, ends - size + 1 + before))
        before += len(rolling)
    return np.concatenate(found).astype(np.int64), spans


def _pieces(flat: NDArray[np.uint32], sizes: _Whole) -> tuple[_Whole, list[tuple[_Whole, _Whole]]]:
    """Buckets of pieces, pairs and triples of all texts, and where those of each text begin and end in them."""
    lengths = sizes + 2
    ends = np.cumsum(lengths)
    starts = ends - lengths
    marked = np.ones(int(ends[-1]), np.uint32)  # each text between two ends
    inside = np.ones(len(marked), bool)
    inside[starts] = inside[ends - 1] = False
    marked[inside] = flat + np.uint32(2)
    pairs = marked[:-1] * PRIME + marked[1:]
    triples = pairs[:-1] * PRIME + marked[2:]
    found = [((one + np.uint32(77 * size)) * MIX) >> _SHIFT for size, one in enumerate((marked, pairs, triples))]
    second, third = len(marked), len(marked) + len(pairs)
    spans = [
        (starts + 1, ends - 1),
        (starts + second, ends - 1 + second),
        (starts + third, ends - 2 + third),
    ]
    return np.concatenate(found).astype(np.int64), spans


def _pooled(table: Table, flat: NDArray[np.uint32], sizes: _Whole) -> Floats:
    """As `Table.pooled` of each text, (texts, size)."""
    mean, filters = len(table.mean_scale), len(table.filter_scale)
    width = (table.rows.shape[1] - mean) // filters
    found = np.zeros((len(sizes), mean + filters), np.float32)
    some = np.flatnonzero(sizes)
    if not len(some):
        return found
    counts = sizes[some]
    gap = width - 1  # empty rows after each text, so that no window reaches from one into the next
    ends = np.cumsum(counts + gap)
    firsts = ends - counts - gap
    places = np.arange(len(flat)) + np.repeat(np.arange(len(some)) * gap, counts)
    rows = np.zeros((int(ends[-1]), table.rows.shape[1]), np.int16)
    rows[places] = table.rows.take(flat, axis=0)
    answers = np.zeros((len(rows) + gap, filters), np.int16)  # the piece at `at` is the last of window `at`
    for place in range(width):
        first = gap - place
        answers[first : first + len(rows)] += rows[:, mean + place * filters : mean + (place + 1) * filters]
    sums = np.add.reduceat(rows[:, :mean], firsts, axis=0, dtype=np.int32)
    found[some, :mean] = sums * table.mean_scale / counts.astype(np.float32)[:, None]
    largest = np.maximum.reduceat(answers[: len(rows)], firsts, axis=0)
    found[some, mean:] = np.maximum(largest * table.filter_scale + table.bias, np.float32(0))
    return found
