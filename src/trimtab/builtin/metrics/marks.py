"""What people say of a reply."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.kinds import NOT_MARKED, Better, Case, Exchange, Missing, Score, Shape


@dataclass(frozen=True, slots=True)
class HumanMarks:
    """What people say of each reply; missing until somebody says it (`trimtab marks`).

    Marks are 0 or 1 (yes), or anything between with `graded`. `better` says which of them is good.
    """

    name: ClassVar[str] = "human-marks"
    version: ClassVar[str] = "1"
    unit: ClassVar[str] = "ratio"

    better: Better = "higher"
    graded: bool = False

    def __post_init__(self) -> None:
        if self.better not in ("lower", "higher"):
            raise ValueError("better must be lower or higher")

    @property
    def shape(self) -> Shape:
        """A rate of yes, or a mean of grades."""
        return Shape.MEAN if self.graded else Shape.RATE

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        return Missing(NOT_MARKED)
