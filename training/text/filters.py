"""Learns the filters over neighbouring word pieces: one convolution, the largest answer, all heads at once.

The vectors of the table stay as they were distilled. Words that the training texts do not hold then still move the
filters as their neighbours in meaning do, which is what lets a head generalise.

Source: Kim (2014), Convolutional Neural Networks for Sentence Classification; Kingma & Ba (2015), Adam.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_EPOCHS, _BATCH, _RATE, _DECAY, _DROPPED, _HIDDEN_PIECES = 4, 64, 2e-3, 1e-5, 0.3, 0.1
_LONGEST = 64  # pieces of a text seen at a time


@dataclass(frozen=True, slots=True)
class Filters:
    """`weights` has shape (width, vector, filters)."""

    weights: Floats
    bias: Floats


def learn(
    table: Floats,
    texts: Sequence[NDArray[np.uint32]],
    labels: Floats,
    weights: Floats,
    *,
    filters: int,
    width: int,
    seed: int,
) -> Filters:
    """Filters for these texts.

    Args:
        table: Vectors by piece; row 0 is zero.
        texts: Piece numbers.
        labels: (texts, heads), 1 or 0.
        weights: (texts, heads); 0 where the text says nothing about the head.
        filters: How many.
        width: Pieces that one sees.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    size, heads = table.shape[1], labels.shape[1]
    state = {
        "conv": rng.normal(0, (2 / (width * size)) ** 0.5 / 2, (width * size, filters)).astype(np.float32),
        "bias": np.zeros(filters, np.float32),
        "head": rng.normal(0, 0.05, (filters + size, heads)).astype(np.float32),
        "out": np.zeros(heads, np.float32),
    }
    first = {name: np.zeros_like(one) for name, one in state.items()}
    second = {name: np.zeros_like(one) for name, one in state.items()}
    lengths = np.array([min(len(text), _LONGEST) for text in texts])
    step = 0
    steps = _EPOCHS * -(-len(texts) // _BATCH)
    for _ in range(_EPOCHS):
        order = np.argsort(lengths + rng.uniform(0, 12, len(texts)), kind="stable")  # alike lengths share a batch
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        for at in rng.permutation(len(batches)):
            chosen = batches[at]
            grads = _gradients(
                state, table, _padded(texts, chosen, width, rng), labels[chosen], weights[chosen], rng=rng
            )
            step += 1
            rate = _RATE * (1 - step / (steps + 1))
            for name, slope in grads.items():
                grad = slope + _DECAY * state[name]
                first[name] += 0.1 * (grad - first[name])
                second[name] += 0.001 * (grad * grad - second[name])
                correction = (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
                state[name] -= (rate * correction * first[name] / (np.sqrt(second[name]) + 1e-8)).astype(np.float32)
    return Filters(state["conv"].reshape(width, size, filters), state["bias"])


def _padded(
    texts: Sequence[NDArray[np.uint32]], chosen: NDArray[np.int64], width: int, rng: np.random.Generator
) -> NDArray[np.uint32]:
    pieces = []
    for at in chosen:
        text = texts[at]
        if len(text) > _LONGEST:
            start = int(rng.integers(len(text) - _LONGEST + 1))
            text = text[start : start + _LONGEST]
        pieces.append(np.where(rng.random(len(text)) < _HIDDEN_PIECES, 0, text))
    longest = max(map(len, pieces))
    found = np.zeros((len(pieces), longest + 2 * (width - 1)), np.uint32)
    for row, piece in enumerate(pieces):
        found[row, width - 1 : width - 1 + len(piece)] = piece
    return found


def _gradients(
    state: dict[str, Floats],
    table: Floats,
    ids: NDArray[np.uint32],
    labels: Floats,
    weights: Floats,
    *,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    conv, head = state["conv"], state["head"]
    rows, filters, size = len(ids), conv.shape[1], table.shape[1]
    width = conv.shape[0] // size
    vectors = table[ids]
    places = ids.shape[1] - width + 1
    wide = conv.reshape(width, size, filters).transpose(1, 0, 2).reshape(size, width * filters)
    flat = vectors.reshape(-1, size)
    parts = (flat @ wide).reshape(rows, -1, width, filters)  # what each piece adds at each place
    answers = parts[:, :places, 0].copy()
    for place in range(1, width):
        answers += parts[:, place : place + places, place]
    best = answers.argmax(1)
    top = np.take_along_axis(answers, best[:, None], 1)[:, 0] + state["bias"]
    mean = vectors.sum(1) / np.maximum((ids > 0).sum(1), 1)[:, None].astype(np.float32)
    pooled = np.concatenate([np.maximum(top, 0), mean], 1)
    kept = (rng.random(pooled.shape) >= _DROPPED).astype(np.float32) / np.float32(1 - _DROPPED)
    seen = pooled * kept
    chance = 1 / (1 + np.exp(-np.clip(seen @ head + state["out"], -30, 30)))
    error = ((chance - labels) * weights / len(ids)).astype(np.float32)
    back = (error @ head.T * kept)[:, :filters] * (top > 0)
    moved = np.zeros_like(parts)
    row, column = np.arange(rows)[:, None], np.arange(filters)
    for place in range(width):
        moved[row, best + place, place, column] = back
    turned = (flat.T @ moved.reshape(len(flat), -1)).reshape(size, width, filters)
    grad = turned.transpose(1, 0, 2).reshape(width * size, filters)
    return {"conv": grad, "bias": back.sum(0), "head": seen.T @ error, "out": error.sum(0)}
