"""Somebody else's metric may return anything or crash; neither is a clean result, and neither ends the run."""

import math
from dataclasses import dataclass
from typing import Any

import pytest

from trimtab.kinds import Case, Exchange, Message, Missing, Reply, Score, Shape
from trimtab.measure.runner import Result
from trimtab.workspace.plan import Scored
from trimtab.workspace.scoring import outcome_of

TEXT: Any = "1"
CASE = Case(id="c", messages=(Message("user", "q"),), group="women")


@dataclass
class Odd:
    answer: Any
    name: str = "odd"
    version: str = "1"
    shape: Shape = Shape.RATE
    unit: str = "ratio"
    better: Any = "lower"

    def score(self, case, exchange):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def outcome(answer, came=None):
    came = came or Exchange(replies=(Reply(text="a"),))
    result = Result(candidate="x", suite="s", order=0, case=CASE, outcome=came, cached=False)
    return outcome_of(Scored(name="m", suite="s", plugin=Odd(answer)), result)


def test_a_proper_score_stands():
    assert outcome(Score(value=0.0)) == Score(value=0.0)


@pytest.mark.parametrize(
    "answer",
    [None, 0.0, True, Score(value=math.nan), Score(value=1e200), Score(value=True), Score(value=TEXT),
     Score(value=0.0, per=math.inf), RuntimeError("text that may quote data"), SystemExit(0)],
    ids=str,
)  # fmt: skip
def test_anything_else_is_missing_and_says_nothing_of_the_data(answer):
    found = outcome(answer)
    assert isinstance(found, Missing)
    assert found.reason == "metric-crashed"
    assert "quote" not in found.detail


def test_what_is_missing_keeps_its_group():
    assert outcome(Score(value=0.0), came=Missing("timeout")).group == "women"
    assert outcome(Missing("no-usage")).group == "women"
