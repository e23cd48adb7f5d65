"""Is the answer right?"""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.metrics import reading
from trimtab.kinds import Better, Case, Exchange, Missing, Score, Shape


@dataclass(frozen=True, slots=True)
class ExactMatch:
    """1 when the whole reply is an accepted answer in normal form."""

    name: ClassVar[str] = "exact-match"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.RATE
    unit: ClassVar[str] = "ratio"
    better: ClassVar[Better] = "higher"
    needs: ClassVar[tuple[str, ...]] = ("answer",)

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        answers = reading.expected(case, "answer")
        if not answers:
            return Missing("no-answer", "the case does not say what is right")
        said = reading.normalise(exchange.text)
        return Score(value=float(any(said == reading.normalise(answer) for answer in answers)))


@dataclass(frozen=True, slots=True)
class MultipleChoice:
    """1 when the reply chooses the right option, by its letter or its text."""

    name: ClassVar[str] = "multiple-choice"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.RATE
    unit: ClassVar[str] = "ratio"
    better: ClassVar[Better] = "higher"
    needs: ClassVar[tuple[str, ...]] = ("answer", "choices")

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        choices = reading.expected(case, "choices")
        right = reading.right_options(reading.expected(case, "answer"), choices)
        if not right:
            return Missing("no-answer", "the case does not say which option is right")
        return Score(value=float(reading.choose(exchange.text, choices) in right))


@dataclass(frozen=True, slots=True)
class Contains:
    """1 when the reply gives an accepted answer, in a sentence or alone; with options, no other option."""

    name: ClassVar[str] = "contains"
    version: ClassVar[str] = "1"
    shape: ClassVar[Shape] = Shape.RATE
    unit: ClassVar[str] = "ratio"
    better: ClassVar[Better] = "higher"
    needs: ClassVar[tuple[str, ...]] = ("answer",)

    def score(self, case: Case, exchange: Exchange) -> Score | Missing:
        right = reading.is_right(case, exchange.text)
        if right is None:
            return Missing("no-answer", "the case does not say what is right")
        return Score(value=float(right))
