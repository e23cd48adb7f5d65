"""What is held back while a budget is low, and what is not."""

import math
from dataclasses import replace

import pytest

from trimtab.decision import CandidateDecision, Decision, Verdict
from trimtab.decision.error_budget import MINUTE, Counts, State, Terms, assess
from trimtab.decision.hold import Lift, hold
from trimtab.kinds import Estimate, Interval, Missing

AT = 29_000_000 * MINUTE
FIX = Lift(as_="safety-fix", why="tells less")


def budget(state, metric="leak"):
    bad = {State.OPEN: 10, State.CONSENT: 80, State.STOPPED: 200, State.UNKNOWN: 0}
    terms = Terms(metric=metric, tolerated=0.01, days=30)
    now = AT // MINUTE
    if state is State.UNKNOWN:
        rows = []
    elif state is State.FROZEN:
        rows = [(now - 9000, 30_000, 0), (now, 600, 60)]
    else:
        rows = [(now - 9000, 10_000, bad[state])]
    found = assess(terms, Counts.of(rows), at=AT)
    assert found.state is state
    return found


def seen(value):
    interval = Interval(0.0, 1.0, 0.9, "clopper-pearson")
    return Estimate(value=value, interval=interval, count=100, cases=100, missing=0)


def decision(winner="next", ours=0.0, theirs=0.1):
    candidates = tuple(
        CandidateDecision(candidate=name, verdict=Verdict.PASS, judgements=(), estimates={"leak": value})
        for name, value in (("current", theirs), ("next", ours))
    )
    return Decision(
        system="bot", tier="t", policy="p", run="r", time=AT, confidence=0.9, alpha=0.1, baseline="current",
        maximise=("accuracy",), candidates=candidates, winner=winner, verdict=Verdict.PASS, reason="",
    )  # fmt: skip


def held(state, made=None, **options):
    made = made or decision(ours=seen(0.0), theirs=seen(0.1))
    return hold(made, {"leak": budget(state)}, better={"leak": "lower"}, **options)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (State.UNKNOWN, None),
        (State.OPEN, None),
        (State.CONSENT, Verdict.INCONCLUSIVE),
        (State.FROZEN, Verdict.FAIL),
        (State.STOPPED, Verdict.FAIL),
    ],
)
def test_a_change_is_held_by_the_state_of_the_budget(state, verdict):
    found = held(state)
    assert (found.verdict if found else None) is verdict
    assert held(state, lift=FIX) is None


@pytest.mark.parametrize("winner", ["current", ""])
def test_what_changes_nothing_is_never_held(winner):
    assert held(State.STOPPED, replace(decision(), winner=winner)) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (seen(0.2), seen(0.1), "worse than 0.1"),
        (Missing("timeout"), seen(0.1), "was not measured"),
        (seen(0.0), Missing("no-cases"), "was not measured"),
        (seen(math.nan), seen(0.1), "was not measured"),
    ],
)
def test_a_fix_is_not_taken_at_its_word(ours, theirs, said):
    found = held(State.STOPPED, decision(ours=ours, theirs=theirs), lift=FIX)
    assert found is not None
    assert found.verdict is Verdict.FAIL
    assert said in found.why


def test_a_fix_must_be_one_for_every_metric_that_holds():
    budgets = {"leak": budget(State.STOPPED), "hijack": budget(State.FROZEN, "hijack")}
    made = decision(ours=seen(0.0), theirs=seen(0.1))
    found = hold(made, budgets, better={"leak": "lower", "hijack": "lower"}, lift=FIX)
    assert found is not None
    assert "hijack was not measured" in found.why


def test_higher_is_better_where_it_is():
    made = decision(ours=seen(0.9), theirs=seen(0.8))
    assert hold(made, {"leak": budget(State.STOPPED)}, better={"leak": "higher"}, lift=FIX) is None
    assert hold(made, {"leak": budget(State.STOPPED)}, better={"leak": "lower"}, lift=FIX) is not None
