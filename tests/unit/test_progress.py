"""The live view of a run speaks as the report does: percent, milliseconds, the floor in the same unit."""

import pytest

from trimtab.cli.progress import _watched
from trimtab.kinds import Missing, Score, Shape
from trimtab.policy import Floor
from trimtab.workspace.progress import Watched


def watched(shape, unit, values, floor):
    outcomes: list[tuple[str, Score | Missing]] = [(f"c{n}", Score(value=value)) for n, value in enumerate(values)]
    return Watched(metric="m", shape=shape, floor=floor, alpha=0.05, unit=unit, outcomes=outcomes)


@pytest.mark.parametrize("styled", [True, False])
@pytest.mark.parametrize(
    ("shape", "unit", "values", "floor", "value", "bound"),
    [
        (Shape.RATE, "ratio", [1.0] * 10 + [0.0] * 90, Floor(at_most=0.02), "m 10.0% (", "at most 2%"),
        (Shape.RATE, "ratio", [1.0] * 90 + [0.0] * 10, Floor(at_least=0.5), "m 90.0% (", "at least 50%"),
        (Shape.P50, "seconds", [0.01 + n / 10_000 for n in range(99)], Floor(at_most=0.5), " ms (", "at most 500 ms"),
        (Shape.RATE, "ratio", [1.0] * 10 + [0.0] * 90, None, "m 10.0% (", ""),
    ],
)
def test_numbers_are_as_in_the_report(styled, shape, unit, values, floor, value, bound):  # noqa: PLR0917  # a table
    text = _watched(watched(shape, unit, values, floor), styled=styled)
    assert value in text
    assert bound in text
    assert "0.1" not in text
    assert "0.02" not in text


def test_rich_reads_no_markup_in_it():
    from rich.text import Text

    text = _watched(watched(Shape.RATE, "ratio", [1.0] * 10 + [0.0] * 90, Floor(at_most=0.02)), styled=True)
    assert Text.from_markup(text).plain.startswith("m 10.0% (")
    assert "✗ at most 2%" in Text.from_markup(text).plain
