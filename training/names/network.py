"""The network in training: the same sums as in the package, with their derivatives, in plain numpy."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from trimtab.builtin.detectors.names.features import BUCKETS
from trimtab.builtin.detectors.names.network import NEIGHBOURS, TAGS, Floats

_SPAN = 2 * NEIGHBOURS + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some texts one behind the other, with `2 * NEIGHBOURS` empty places between them.

    `rows` (places x features) names rows of the table, -1 where there is none; `real` is 0 at the empty places.
    """

    rows: NDArray[np.int32]
    glued: NDArray[np.intp]
    modes: NDArray[np.intp]
    tags: NDArray[np.intp]
    real: Floats
    counts: Floats
    """What a place counts for in the loss: 0 where nobody knows the right tag."""


@dataclass(slots=True)
class _Moments:
    """Adam's memory of one array."""

    mean: Floats
    square: Floats


def _around(rows: Floats) -> Floats:
    count, width = rows.shape
    wide = np.zeros((count, _SPAN * width), np.float32)
    for place, shift in enumerate(range(-NEIGHBOURS, NEIGHBOURS + 1)):
        low, high = max(0, -shift), count - max(0, shift)
        wide[low:high, place * width : (place + 1) * width] = rows[low + shift : high + shift]
    return wide


def _back(wide: Floats, width: int) -> Floats:
    """The derivative of `_around`."""
    count = len(wide)
    rows = np.zeros((count, width), np.float32)
    for place, shift in enumerate(range(-NEIGHBOURS, NEIGHBOURS + 1)):
        low, high = max(0, -shift), count - max(0, shift)
        rows[low + shift : high + shift] += wide[low:high, place * width : (place + 1) * width]
    return rows


@dataclass(slots=True)
class Learner:
    """Weights and what Adam remembers of them."""

    draw: np.random.Generator
    width: int = 48
    near: int = 80
    far: int = 48
    hidden_dropout: float = 0.2
    steps: int = 0
    weights: dict[str, Floats] = field(default_factory=dict)
    _moments: dict[str, _Moments] = field(default_factory=dict)

    def __post_init__(self) -> None:
        def start(*shape: int) -> Floats:
            return np.asarray(self.draw.standard_normal(shape) * np.sqrt(2.0 / shape[0]), np.float32)

        self.weights = {
            "table": self.draw.standard_normal((BUCKETS, self.width), np.float32) * np.float32(0.05),
            "glue": np.zeros((2, self.width), np.float32),
            "mode": np.zeros((4, self.near), np.float32),
            "first": start(_SPAN * self.width, self.near),
            "second": start(_SPAN * self.near, self.far),
            "second_bias": np.zeros(self.far, np.float32),
            "last": start(self.far + self.near, TAGS) * np.float32(0.3),
            "last_bias": np.zeros(TAGS, np.float32),
        }
        self._moments = {name: _Moments(np.zeros_like(a), np.zeros_like(a)) for name, a in self.weights.items()}

    def table(self) -> Floats:
        """The table, with rows that nothing was learned about at zero: what was never seen says nothing."""
        seen = self._moments["table"].square.any(axis=1, keepdims=True)
        return np.asarray(self.weights["table"] * seen, np.float32)

    def step(self, batch: Batch, rate: float) -> float:  # noqa: PLR0915  # forth, back, and one step, in that order
        """One step of Adam on a batch; returns the mean loss per token, in nats."""
        weights, real = self.weights, batch.real[:, None]
        held = batch.rows >= 0
        used, place = np.unique(batch.rows[held], return_inverse=True)
        count = len(batch.rows)
        ends = np.concatenate(([0], np.cumsum(held.sum(axis=1))))
        picks = csr_array((np.ones(len(place), np.float32), place, ends), shape=(count, len(used)))
        rows = np.asarray(picks @ weights["table"][used], np.float32)
        rows = (rows + weights["glue"][batch.glued]) * real
        wide = _around(rows)
        near = wide @ weights["first"] + weights["mode"][batch.modes]
        alive = (near > 0) * real
        alive *= (self.draw.random(near.shape, np.float32) >= self.hidden_dropout) / np.float32(1 - self.hidden_dropout)
        near *= alive
        wider = _around(near)
        far = wider @ weights["second"] + weights["second_bias"]
        awake = (far > 0).astype(np.float32)
        far *= awake
        both = np.concatenate((far, near), axis=1)
        scores = both @ weights["last"] + weights["last_bias"]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        total = float(batch.counts.sum())
        at = np.arange(count)
        loss = float(-(np.log(chances[at, batch.tags] + 1e-9) * batch.counts).sum() / total)

        error = chances
        error[at, batch.tags] -= 1.0
        error *= batch.counts[:, None] / np.float32(total)
        slopes = {"last": both.T @ error, "last_bias": error.sum(axis=0)}
        back = error @ weights["last"].T
        back_far = back[:, : self.far] * awake
        slopes["second"] = wider.T @ back_far
        slopes["second_bias"] = back_far.sum(axis=0)
        back_near = (back[:, self.far :] + _back(back_far @ weights["second"].T, self.near)) * alive
        slopes["first"] = wide.T @ back_near
        slopes["mode"] = np.zeros_like(weights["mode"])
        np.add.at(slopes["mode"], batch.modes, back_near)
        back_rows = _back(back_near @ weights["first"].T, self.width) * real
        slopes["glue"] = np.stack([back_rows[batch.glued == 0].sum(axis=0), back_rows[batch.glued == 1].sum(axis=0)])

        self.steps += 1
        correct = np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for name, slope in slopes.items():
            memory = self._moments[name]
            memory.mean += np.float32(0.1) * (slope - memory.mean)
            memory.square += np.float32(0.001) * (slope * slope - memory.square)
            weights[name] -= np.float32(rate * correct) * memory.mean / (np.sqrt(memory.square) + np.float32(1e-8))
        slope = np.asarray(picks.T @ back_rows, np.float32)
        memory = self._moments["table"]  # rows that were not seen rest: Adam without them would still move them
        mean, square = memory.mean[used], memory.square[used]
        mean += np.float32(0.1) * (slope - mean)
        square += np.float32(0.001) * (slope * slope - square)
        memory.mean[used], memory.square[used] = mean, square
        weights["table"][used] -= np.float32(rate * correct) * mean / (np.sqrt(square) + np.float32(1e-8))
        return loss
