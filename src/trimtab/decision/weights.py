"""What the tier weighs against each other, among those that clear every floor and nobody else.

Each thing weighed is a number between 0 and 1, 1 being as good as can be, and
the score of a candidate is their weighted geometric mean: what is nothing in
one of them cannot be bought off by the others. Weights are opinions, so beside
the winner stands how far each may move before another wins.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trimtab.policy.model import WEIGHED

PERFORMANCE, SAFETY = WEIGHED
STEPS = 100  # in which a weight is moved from 0 to 1
_LEAST = 1e-9  # instead of 0, of which there is no logarithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How one weight may move, the others keeping their proportions, while the winner stays.

    `below` and `above` are who wins beyond the ends; empty where nobody else does.
    """

    name: str
    weight: float
    low: float
    high: float
    below: str
    above: str


def score(parts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted geometric mean, in [0, 1]. A part that is unknown, or NaN, counts as nothing."""
    total = sum(weights.values())
    logs = (weight * math.log(max(_known(parts.get(name)), _LEAST)) for name, weight in weights.items() if weight)
    return math.exp(sum(logs) / total) if total > 0.0 else 0.0


def bands(
    parts: Mapping[str, Mapping[str, float]], weights: Mapping[str, float], order: Sequence[str]
) -> tuple[Band, ...]:
    """For each weight the range in which the winner stays, in steps of a hundredth.

    Args:
        parts: By candidate, of those that clear everything.
        weights: As the tier has them.
        order: The candidates, so that ties fall as they do in the choice.
    """
    if len(order) < 2:
        return ()
    found = []
    names = list(weights)
    for name in names if len(names) > 2 else names[:1]:  # of two weights one says all
        winners = [_best(parts, _moved(weights, name, step / STEPS), order) for step in range(STEPS + 1)]
        here = round(STEPS * weights[name] / sum(weights.values()))
        winner = winners[here]
        low, high = here, here
        while low > 0 and winners[low - 1] == winner:
            low -= 1
        while high < STEPS and winners[high + 1] == winner:
            high += 1
        found.append(
            Band(
                name=name,
                weight=here / STEPS,
                low=low / STEPS,
                high=high / STEPS,
                below=winners[low - 1] if low else "",
                above=winners[high + 1] if high < STEPS else "",
            )
        )
    return tuple(found)


def _moved(weights: Mapping[str, float], name: str, to: float) -> dict[str, float]:
    rest = sum(weight for other, weight in weights.items() if other != name)
    scale = (1.0 - to) / rest if rest > 0.0 else 0.0
    return {other: to if other == name else weight * scale for other, weight in weights.items()}


def _best(parts: Mapping[str, Mapping[str, float]], weights: Mapping[str, float], order: Sequence[str]) -> str:
    return max(order, key=lambda name: (round(score(parts[name], weights), 12), -order.index(name)))


def _known(part: float | None) -> float:
    return 0.0 if part is None or math.isnan(part) else min(max(part, 0.0), 1.0)
