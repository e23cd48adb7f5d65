"""What trainers hand over beside a completion, as the columns that checks and task rewards read."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from numbers import Real
from typing import Any

from trimtab.errors import UsageError

TAKEN = frozenset({"prompts", "completions"})


def listed(column: object) -> Sequence[Any] | None:
    """The values of a column, also of one of numpy, pandas, Arrow or torch; None where it is no column."""
    for name in ("to_pylist", "tolist"):
        as_list = getattr(column, name, None)
        if callable(as_list):
            column = as_list()
            break
    return column if isinstance(column, Sequence) and not isinstance(column, str | bytes) else None


def fits(cell: object, value: object) -> bool:
    """Whether a row has a value that a check is for. What is not there, None or NaN, fits nothing else.

    Raises:
        ValueError: Both are of different kinds, as "true" is from true: to take that for another value would drop the
            check from every row.
    """
    held = cell.tolist() if hasattr(cell, "tolist") else cell  # of numpy and torch
    if held is None or value is None or (isinstance(held, float) and math.isnan(held)):
        return held is value
    if _kind(held) != _kind(value):
        raise ValueError("values of different kinds")
    return bool(held == value)


def _kind(value: object) -> type:
    return next((kind for kind in (str, Real, Sequence, Mapping) if isinstance(value, kind)), type(value))


def of_label(label: object) -> dict[str, Any]:
    """A label or ground truth as columns: the keys of an object, also of one written as JSON; else `answer`."""
    if isinstance(label, Mapping):
        return {str(name): value for name, value in label.items()}
    if isinstance(label, str) and label.lstrip().startswith("{"):
        try:
            found = json.loads(label)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
    return {} if label is None else {"answer": label}


def of_training(columns: Mapping[str, Any]) -> bool:
    """Whether a row is of the training, and counts: it has no column `split`, or one that begins with "train"."""
    split = columns.get("split")
    return split is None or (isinstance(split, str) and split.lower().startswith("train"))


def alike(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[list[int], dict[str, list[Any]], bool]]:
    """Rows that can be scored together: those that have the same columns, and are all of the training or none.

    So a column that a check asks for is missed where it is missing, whatever else is scored at the same time.

    Yields:
        Their places, their columns, and whether they are of the training.

    Raises:
        UsageError: A column has a name that is taken.
    """

    def kind(place: int) -> tuple[bool, list[str]]:
        return of_training(rows[place]), sorted(rows[place])

    for (training, names), places in groupby(sorted(range(len(rows)), key=kind), key=kind):
        if not TAKEN.isdisjoint(names):
            raise UsageError("`prompts` and `completions` are no names of columns.", "Name the column otherwise.")
        found = list(places)
        yield found, {name: [rows[place][name] for place in found] for name in names}, training
