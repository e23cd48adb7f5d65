"""A bandit finds where a system breaks with fewer calls, and its intervals hold however it chose."""

import random
from dataclasses import replace

import numpy as np
from tests.workspace.test_course import case, course_of, jobs_of, judged

from trimtab.decision import Verdict
from trimtab.kinds import Case, Exchange, Missing, Reply, Score
from trimtab.measure.runner import Job, Result
from trimtab.policy.model import Floor
from trimtab.workspace.bandit import Bandit

RATES = {"hard": 0.02, "soft": 0.4, "middling": 0.1, "firm": 0.0}


def suites_of(size=200):
    return {name: [case(f"{name}{n}") for n in range(size)] for name in RATES}


def better():
    return {f"{name}-metric": "lower" for name in RATES}


def played(course, suites, *, calls, seed, rates=None, at_once=8, each=1):
    """Let the course ask until the calls are used up; answers come back in any order."""
    chance, asked = random.Random(seed), dict.fromkeys(suites, 0)
    flying: list[tuple[Job, int, Case]] = []
    order = course.order(jobs_of(suites))
    while calls >= each or flying:
        while calls >= each and len(flying) < at_once and (found := next(order, None)) is not None:
            flying.append(found)
            calls -= each
        if not flying:
            break
        job, place, one = flying.pop(chance.randrange(len(flying)))
        outcome = Score(value=float(chance.random() < (rates or RATES)[job.suite]))
        asked[job.suite] += 1
        course.take(
            Result(candidate="a", suite=job.suite, order=place, case=one, cached=False,
                   outcome=Exchange(replies=(Reply(text=""),) * each)),
            {f"{job.suite}-metric": outcome},
        )  # fmt: skip
    return asked


def test_most_calls_go_where_most_gets_through():
    suites = suites_of()
    total = dict.fromkeys(RATES, 0)
    for seed in range(20):
        course = course_of(suites, {}, bandit=Bandit(better=better(), seed=seed))
        for name, number in played(course, suites, calls=200, seed=seed).items():
            total[name] += number
    assert total["soft"] > 0.6 * sum(total.values())
    assert min(total.values()) >= 20 * 4  # nothing is left untried


def test_it_finds_more_than_taking_turns_would():
    suites, turns = suites_of(), np.mean(list(RATES.values())) * 200
    found = []
    for seed in range(20):
        course = course_of(suites, {}, bandit=Bandit(better=better(), seed=seed))
        played(course, suites, calls=200, seed=seed)
        found.append(sum(t.outcome.value for trials in course.trials.values() for t in trials))
    assert np.mean(found) > 2 * turns


def test_what_takes_many_calls_must_be_worth_them():
    dear, cheap = Bandit(better={"m": "lower"}), Bandit(better={"m": "lower"})
    bandit = Bandit(better={"m": "lower"}, seed=1)
    for n in range(60):
        bandit.take("dear", {"m": Score(value=float(n % 2))}, calls=12)
        bandit.take("cheap", {"m": Score(value=float(n % 4 == 0))}, calls=1)
    chosen = [bandit.choose(["dear", "cheap"]) for _ in range(200)]
    assert chosen.count("cheap") > 190
    assert dear.choose(["a"]) == cheap.choose(["a"]) == "a"


def test_what_has_no_outcome_teaches_nothing_and_higher_may_be_better():
    bandit = Bandit(better={"m": "higher"}, seed=3)
    for _ in range(50):
        bandit.take("lost", {"m": Missing("timeout")}, calls=1)
        bandit.take("right", {"m": Score(value=1.0)}, calls=1)
        bandit.take("wrong", {"m": Score(value=0.0)}, calls=1)
    chosen = [bandit.choose(["right", "wrong", "lost"]) for _ in range(300)]
    assert chosen.count("right") < 5
    chosen = [bandit.choose(["right", "lost"]) for _ in range(300)]
    assert chosen.count("lost") > 250  # of it nothing is known yet


def test_what_is_decided_is_asked_no_more_and_a_refuted_floor_ends_nothing():
    suites = suites_of(400)
    floors = {"firm": Floor(at_most=0.1), "soft": Floor(at_most=0.1)}
    course = course_of(suites, floors, bandit=Bandit(better=better(), seed=5))
    asked = played(course, suites, calls=1000, seed=5)
    assert asked["soft"] < 100
    assert asked["firm"] < 100
    assert asked["middling"] + asked["hard"] > 700


def test_a_floor_stays_open_though_a_red_line_on_the_same_metric_passes():
    suites = suites_of()

    def judge(trials):
        decided = judged({"firm-metric": Floor(at_most=0.1)})(trials)
        line = replace(decided.judgements[0], asked="red-line", verdict=Verdict.PASS)
        return replace(decided, judgements=(*decided.judgements, line))

    course = course_of(suites, {}, bandit=Bandit(better=better(), seed=5))
    course.judge = judge
    asked = played(course, {"firm": suites["firm"]} | suites, calls=600, seed=5)
    decided = judge(course.trials).judgements[0]
    assert decided.verdict is Verdict.PASS
    assert asked["firm"] > 16
