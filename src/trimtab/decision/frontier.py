"""What the next unit of money buys: how the loss that is left falls along the frontier of a published plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A budget, what of it would be spent, and the expected loss a year that is left.

    `buys` is how much less loss a year each unit of money brought on the way here from the point before; None at the
    first.
    """

    budget: float
    spent: float
    left: float
    buys: float | None


def frontier_points(frontier: Sequence[Mapping[str, Any]]) -> Iterator[Point]:
    """The points of a plan's frontier, from the smallest budget on."""
    before: Mapping[str, Any] | None = None
    for one in sorted(frontier, key=lambda one: float(one["budget"])):
        buys = None
        if before is not None:
            more = float(one["budget"]) - float(before["budget"])
            buys = (float(before["left"]) - float(one["left"])) / more if more > 0.0 else 0.0
        yield Point(budget=float(one["budget"]), spent=float(one["spent"]), left=float(one["left"]), buys=buys)
        before = one
