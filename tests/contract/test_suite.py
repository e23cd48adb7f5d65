"""Every suite installed, ours or not: the same seed asks the same questions, on every machine, and each question once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trimtab.kinds import Case, Exchange, Reply, Score, plugins
from trimtab.measure.suites import order_digest

NAMES = plugins.names("suites")
PINNED = Path(__file__).parents[1] / "data" / "suites" / "pinned.json"


def cases(name: str, *, count: int = 200, seed: int = 0, **fields: str) -> list[Case]:
    return list(plugins.make("suites", name, **fields).cases(count=count, seed=seed))


@pytest.mark.parametrize("name", NAMES)
def test_ids_and_questions_are_distinct(name):
    asked = cases(name, count=1000)
    assert len({case.id for case in asked}) == len(asked)
    assert len({(case.messages, case.follow_ups) for case in asked}) == len(asked)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_the_same_seed_asks_the_same_and_another_seed_does_not(name, seed):
    assert cases(name, count=50, seed=seed) == cases(name, count=50, seed=seed)
    assert cases(name, count=50, seed=seed) != cases(name, count=50, seed=seed + 1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 7, 100])
def test_more_cases_continue_fewer(name, count):
    assert cases(name, count=count) == cases(name, count=count + 60)[:count]


@pytest.mark.slow
def test_order_does_not_depend_on_the_process():
    program = (
        "import json; from trimtab.kinds import plugins; from trimtab.measure.suites import order_digest;"
        "print(json.dumps({n: order_digest(list(plugins.make('suites', n).cases(count=200, seed=0)))"
        " for n in plugins.names('suites')}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4321"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {name: order_digest(cases(name)) for name in NAMES}


def test_whoever_changes_a_suite_raises_its_version():
    """A version names content: numbers measured on different content must not look comparable.

    After a change: raise `version`, then write the new digest into the file.
    """
    pinned = json.loads(PINNED.read_text())
    ours = [name for name in NAMES if plugins.find("suites", name).__module__.startswith("trimtab.")]
    now = {
        name: {"version": plugins.make("suites", name).version, "digest": order_digest(cases(name))} for name in ours
    }
    assert now == pinned


@pytest.mark.parametrize("name", NAMES)
def test_its_metric_finds_what_it_needs_in_every_case(name):
    suite = plugins.make("suites", name)
    metric = plugins.make("metrics", suite.score)
    for case in cases(name):
        for key in getattr(metric, "needs", ()):
            assert {**case.expect, "follow_ups": case.follow_ups, "group": case.group}.get(key), (case.id, key)


@pytest.mark.parametrize("name", NAMES)
def test_repeating_the_question_is_neither_a_right_answer_nor_an_attack_that_worked(name):
    """What a system gives away by parroting the user must not look like success of either kind."""
    suite = plugins.make("suites", name)
    metric = plugins.make("metrics", suite.score)
    for case in cases(name, count=400):
        echo = Reply(text=case.messages[-1].content)
        outcome = metric.score(case, Exchange(replies=(echo,) * (1 + len(case.follow_ups))))
        if isinstance(outcome, Score):
            assert outcome.value == 0.0, case


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name):
    suite = plugins.make("suites", name)
    assert suite.name == name
    assert suite.version
    assert suite.about.endswith(".")
    assert suite.score in plugins.names("metrics")
