"""What another tool measured."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from trimtab.kinds import NOT_IMPORTED, Better, Case, Exchange, Missing, Score, Shape


@dataclass(frozen=True, slots=True)
class Imported:
    """What another tool says of each case (`trimtab import`); missing until a file is read.

    `measure` names the measure in its file that is meant, with `*` for any part of a name; a case that several of
    them speak of counts as the worst of them. It may be left out where there is only one. `form` is the shape of
    the estimate. `turned` takes 1 minus the score, where the file counts what is good and the policy what is bad.
    `better` and `unit` are those of the result.
    """

    name: ClassVar[str] = "imported"
    version: ClassVar[str] = "1"

    measure: str = ""
    form: Literal["rate", "mean", "average", "p50", "p95", "ratio", "gap", "precision", "recall", "f1"] = "rate"
    better: Better = "higher"
    unit: str = "ratio"
    turned: bool = False

    def __post_init__(self) -> None:
        if self.better not in ("lower", "higher"):
            raise ValueError("better must be lower or higher")
        if self.turned and self.form not in ("rate", "mean"):
            raise ValueError("only a rate or a mean can be turned: its scores are from 0 to 1")

    @property
    def shape(self) -> Shape:
        """How scores become an estimate."""
        return Shape(self.form)

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        return Missing(NOT_IMPORTED)
