"""Settings of a candidate that are set apart, one by one or over a grid, by paths such as `generation.top_p`."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_POINTS = 500
"""Candidates of one system, those of grids included. Each is asked a quarter of all cases at the very least."""

ORDER_SHARE = 0.25
"""Of the independent cases of a system with a grid, those that only fix the order in which candidates are tested."""

RULE_SETTINGS = ("threshold", "action")
CONFIDENCE_SETTINGS = ("at_least", "samples", "action")

_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]{1,24}")
_MARK = "@"  # stands in no name that is written, so that no point of a grid can be taken for another candidate


def points_of(
    name: str, grid: Mapping[str, Sequence[Any]], listed: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and settings of each candidate that a grid or a list of points stands for, the last setting turning fastest.

    A name tells the values in the order of the keys, `q4@0.3,strict`. Texts
    that are no short word are told by their place in their list, `#2`.
    """
    labels = [[_label(value, place) for place, value in enumerate(values, 1)] for values in grid.values()]
    if grid:
        for choice, told in zip(itertools.product(*grid.values()), itertools.product(*labels), strict=True):
            yield f"{name}{_MARK}{','.join(told)}", dict(zip(grid, choice, strict=True))
    for place, point in enumerate(listed, 1):
        yield f"{name}{_MARK}{','.join(_label(value, place) for value in point.values())}", dict(point)


def size(grid: Mapping[str, Sequence[Any]]) -> int:
    """How many candidates a grid stands for."""
    return math.prod(len(values) for values in grid.values()) if grid else 1


def grid_of(name: str) -> str:
    """The written candidate behind the name of a point, or the name itself."""
    return name.partition(_MARK)[0]


def told(settings: Mapping[str, Any]) -> str:
    """Settings in words, for a reader of a report."""
    return ", ".join(f"{path} {_label(value, 0)}" for path, value in settings.items())


def within(values: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """A copy of nested mappings in which one value is another."""
    first, *rest = path
    inner = values.get(first)
    return {**values, first: within(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value}


def _label(value: Any, place: int) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.12g}"
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return f"#{place}" if place else "another text"
