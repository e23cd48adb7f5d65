"""How good is a yes/no classifier on the class that matters?

Every case falls into one cell of the confusion table. A reply that names no
class, or several, is an error of the kind that its case can have: a miss
(fn) where the class is present, a false alarm (fp) where it is not.
"""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.metrics import reading
from trimtab.kinds import Better, Case, Exchange, Missing, Score, Shape


@dataclass(frozen=True, slots=True)
class _Cell:
    """Puts a case into its cell; `value` is 1 when the class was right."""

    version: ClassVar[str] = "1"
    unit: ClassVar[str] = "ratio"
    better: ClassVar[Better] = "higher"
    needs: ClassVar[tuple[str, ...]] = ("answer", "choices", "positive")

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        choices = reading.expected(case, "choices")
        actual = reading.right_options(reading.expected(case, "answer"), choices)
        positive = reading.right_options(reading.expected(case, "positive"), choices)
        if not (actual and positive):
            return Missing("no-answer", "the case does not say which class is right, or which is the positive one")
        chosen = reading.choose(exchange.text, choices)
        right = chosen in actual
        if actual & positive:
            return Score(value=float(right), group="tp" if right else "fn")
        # A wrong class that is not the positive one is still an error; a true negative must be earned.
        return Score(value=float(right), group="tn" if right else "fp")


@dataclass(frozen=True, slots=True)
class Precision(_Cell):
    """Of the cases given the positive class, the share that has it."""

    name: ClassVar[str] = "precision"
    shape: ClassVar[Shape] = Shape.PRECISION


@dataclass(frozen=True, slots=True)
class Recall(_Cell):
    """Of the cases of the positive class, the share that is found."""

    name: ClassVar[str] = "recall"
    shape: ClassVar[Shape] = Shape.RECALL


@dataclass(frozen=True, slots=True)
class F1(_Cell):
    """Harmonic mean of precision and recall of the positive class."""

    name: ClassVar[str] = "f1"
    shape: ClassVar[Shape] = Shape.F1
