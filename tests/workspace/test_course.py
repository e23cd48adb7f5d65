"""What is asked next, and when to stop: with many calls in flight, and failures that take longer than the rest."""

import heapq
import itertools
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from tests.often import often

from trimtab.decision import CandidateDecision, Trial, Verdict, judge_floor
from trimtab.kinds import Case, Message, Missing, Score, Shape
from trimtab.measure.job import Job
from trimtab.measure.runner import Result
from trimtab.policy.model import Floor
from trimtab.stats.bounded import first_proof
from trimtab.workspace.course import Course

FLOOR = Floor(at_most=0.1)
NOBODY: Any = None  # the system is never asked: answers come from the test


def case(name, cluster=""):
    return Case(id=name, messages=(Message("user", "?"),), cluster=cluster)


def judged(floors, *, alpha=0.05):
    """Where a candidate stands on one floor for each metric."""

    def judge(trials):
        found = tuple(
            judge_floor(name, floor, Shape.RATE, trials[name], alpha=alpha, anytime=True)
            for name, floor in floors.items()
        )
        verdicts = {one.verdict for one in found}
        worst = Verdict.FAIL if Verdict.FAIL in verdicts else Verdict.INCONCLUSIVE
        return CandidateDecision(
            candidate="a",
            verdict=Verdict.PASS if verdicts == {Verdict.PASS} else worst,
            judgements=found,
            estimates={},
        )

    return judge


def course_of(suites, floors, *, whole=(), wanted=(), **more):
    return Course(
        cases=suites,
        metrics={name: [f"{name}-metric"] for name in suites},
        whole=frozenset(whole),
        wanted=frozenset(wanted),
        judge=judged({f"{name}-metric": floor for name, floor in floors.items()}),
        **more,
    )


def jobs_of(suites):
    return [Job(candidate="a", system=NOBODY, identity={}, suite=name, cases=cases) for name, cases in suites.items()]


def drive(course, suites, answer, *, in_flight=1, slowness=1.0):
    """Ask until the course wants no more; a failure takes `slowness` times as long. Returns how many were asked."""
    asked, clock, tie = 0, 0.0, itertools.count()
    while course.rest:
        order = course.order(jobs_of(suites))
        flying: list[Any] = []
        while True:
            while len(flying) < in_flight and (picked := next(order, None)) is not None:
                job, place, one = picked
                outcome = answer(job.suite, place, one)
                slow = slowness if isinstance(outcome, Score) and outcome.value else 1.0
                heapq.heappush(flying, (clock + slow, next(tie), job.suite, place, one, outcome))
                asked += 1
            if not flying:
                break
            clock, _, suite, place, one, outcome = heapq.heappop(flying)
            result = Result(candidate="a", suite=suite, order=place, case=one, outcome=Missing("x"), cached=False)
            course.take(result, {f"{suite}-metric": outcome})
        course.look()
    return asked


@pytest.mark.parametrize(("in_flight", "slowness"), [(1, 1.0), (50, 5.0), (200, 20.0)])
def test_a_model_at_the_floor_passes_no_more_often_when_its_failures_are_slow(in_flight, slowness):
    rng = np.random.default_rng(in_flight)
    suites = {"s": [case(f"c{i}") for i in range(500)]}
    runs, passed, naive = often(80), 0, 0
    for _ in range(runs):
        fails = rng.random(500) < FLOOR.bound
        course = course_of(suites, {"s": FLOOR})
        answered: list[int] = []

        def answer(suite, place, one, fails=fails, answered=answered):
            answered.append(place)
            return Score(value=float(fails[place]))

        drive(course, suites, answer, in_flight=in_flight, slowness=slowness)
        final = judged({"s-metric": FLOOR})(course.trials)
        passed += final.verdict is Verdict.PASS
        # The same answers, taken as they come: a window of calls, from which whoever fails leaves late.
        flying: list[tuple[float, int]] = []
        came: list[int] = []
        for place in range(500):
            heapq.heappush(flying, (place / in_flight + (slowness if fails[place] else 1.0), place))
            if len(flying) >= in_flight:
                came.append(heapq.heappop(flying)[1])
        naive += first_proof(1.0 - fails[came].astype(float), 1.0 - FLOOR.bound, alpha=0.05) is not None
    assert binom.sf(passed - 1, runs, 0.05) > 1e-6
    if slowness > 1.0:
        assert naive > passed
    if slowness > 5.0:
        assert naive > runs / 2


def test_measuring_stops_soon_after_everything_is_proved():
    suites = {name: [case(f"{name}{i}") for i in range(2000)] for name in "st"}
    course = course_of(suites, {"s": Floor(at_most=0.05), "t": Floor(at_most=0.02)})
    asked = drive(course, suites, lambda *_: Score(value=0.0), in_flight=8)
    assert course.stopped == "decided"
    assert 68 + 172 <= asked <= 1.4 * (68 + 172)


def test_a_refuted_candidate_costs_no_further_call():
    suites = {name: [case(f"{name}{i}") for i in range(2000)] for name in "st"}
    course = course_of(suites, {"s": Floor(at_most=0.05), "t": Floor(at_most=0.02)}, whole=["t"])
    asked = drive(course, suites, lambda suite, *_: Score(value=float(suite == "s")), in_flight=8)
    assert course.stopped == "refuted"
    assert asked < 100


def test_what_others_are_compared_with_is_asked_to_its_end_all_the_same():
    suites = {name: [case(f"{name}{i}") for i in range(300)] for name in "st"}
    course = course_of(suites, {"s": Floor(at_most=0.05), "t": Floor(at_most=0.02)}, wanted=["s"])
    drive(course, suites, lambda suite, *_: Score(value=float(suite == "t")))
    assert course.stopped == "refuted"
    assert len(course.trials["s-metric"]) == 300
    assert len(course.trials["t-metric"]) < 60


def test_a_hopeless_candidate_is_given_up():
    suites = {"s": [case(f"c{i}") for i in range(5000)]}
    course = course_of(suites, {"s": Floor(at_most=0.02)})
    asked = drive(course, suites, lambda suite, place, _: Score(value=float(place % 30 == 7)))
    assert course.stopped == "hopeless"
    assert asked < 1000


def test_a_clear_failure_is_shown_though_something_else_is_hopeless_already():
    """40 % where 10 % are tolerated is soon refuted; 3.3 % where 2 % are is hopeless, and would end the run before."""
    suites = {name: [case(f"{name}{i}") for i in range(3000)] for name in "st"}
    course = course_of(suites, {"s": Floor(at_most=0.02), "t": Floor(at_most=0.25)})

    def answer(suite, place, one):
        return Score(value=float(place % 12 == 3 if suite == "s" else place % 2))

    drive(course, suites, answer)
    assert course.stopped == "refuted"
    found = judged({"s-metric": Floor(at_most=0.02), "t-metric": Floor(at_most=0.25)})(course.trials).judgements
    assert Verdict.FAIL in {one.verdict for one in found}


def test_somebody_surely_beaten_is_not_measured_to_the_end():
    suites = {name: [case(f"{name}{i}") for i in range(400)] for name in "sp"}
    course = course_of(
        suites, {"s": Floor(at_most=0.05)}, whole=["p"], beaten=lambda trials: len(trials["p-metric"]) > 40
    )
    drive(course, suites, lambda *_: Score(value=0.0))
    assert course.stopped == "beaten"
    assert 40 < len(course.trials["p-metric"]) < 80


def test_clusters_are_asked_and_counted_whole():
    suites = {"s": [case(f"c{i}", cluster=f"k{i // 7}") for i in range(700)]}
    course = course_of(suites, {"s": Floor(at_most=0.05)})
    asked = drive(course, suites, lambda *_: Score(value=0.0), in_flight=5)
    assert asked % 7 == 0
    assert 68 * 7 <= asked < 100 * 7
    half = course_of(suites, {"s": Floor(at_most=0.05)})
    for place in range(10):
        half.take(
            Result(candidate="a", suite="s", order=place, case=suites["s"][place], outcome=Missing("x"), cached=False),
            {"s-metric": Score(value=0.0)},
        )
    assert len(half.trials["s-metric"]) == 7


def test_nothing_behind_the_end_of_the_money_counts():
    suites = {"s": [case(f"c{i}") for i in range(300)]}
    course = course_of(suites, {"s": Floor(at_most=0.05)})
    drive(course, suites, lambda suite, place, _: Missing("budget") if place == 50 else Score(value=0.0), in_flight=10)
    assert course.stopped == "budget"
    assert len(course.trials["s-metric"]) == 50


def test_a_gap_hides_what_is_behind_it():
    suites = {"s": [case(f"c{i}") for i in range(100)]}
    course = course_of(suites, {"s": Floor(at_most=0.05)})
    for place in (0, 1, 3, 4, 5):
        course.take(
            Result(candidate="a", suite="s", order=place, case=suites["s"][place], outcome=Missing("x"), cached=False),
            {"s-metric": Score(value=0.0)},
        )
    assert course.trials["s-metric"] == [
        Trial(case=f"c{place}", cluster=f"c{place}", outcome=Score(value=0.0)) for place in (0, 1)
    ]
