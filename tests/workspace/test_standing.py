"""Who can still win while a run goes on."""

from pathlib import Path

import pytest
import yaml

from trimtab.decision import Trial
from trimtab.kinds import Score
from trimtab.policy import load_policy
from trimtab.workspace.plan import make_plan
from trimtab.workspace.standing import Standing

POLICY = {
    "trimtab": 1,
    "organisation": "Example Works",
    "people": {"team": {"function": "engineering"}},
    "suites": {"q": {"builtin": "assistant-questions", "cases": 200}, "s": {"builtin": "secret-keeping", "cases": 100}},
    "metrics": {
        "right": {
            "question": "Right?",
            "better": "higher",
            "target": 0.9,
            "owner": "team",
            "source": {"suite": "q"},
        },
        "leak": {"question": "Leak?", "better": "lower", "target": 0.01, "owner": "team", "source": {"suite": "s"}},
    },
    "tiers": {"t": {"confidence": 0.95, "floors": {"leak": {"at_most": 0.1}}, "regression": {"margin": 0.1}}},
    "systems": {
        "bot": {
            "tier": "t",
            "owner": "team",
            "intended_use": "Tests.",
            "maximise": "right",
            "baseline": "now",
            "candidates": {
                name: {"openai": {"url": "http://127.0.0.1:9/v1", "model": name, "key_env": ""}}
                for name in ("now", "best", "worse")
            },
        }
    },
}


@pytest.fixture
def standing(tmp_path: Path) -> Standing:
    (tmp_path / "trimtab.yaml").write_text(yaml.safe_dump(POLICY, sort_keys=False))
    policy = load_policy(tmp_path / "trimtab.yaml")
    return Standing(policy=policy, plan=make_plan(policy, tmp_path, system="bot"), looks={})


def seen(standing: Standing, metric: str, share: float, *, most: int = 10_000) -> list[Trial]:
    cases = standing.plan.suites[standing.plan.metrics[metric].suite].cases[:most]
    return [
        Trial(
            case=case.id, cluster=case.independent_unit, outcome=Score(value=float((n * share) % 1 + share >= 1 - 1e-9))
        )
        for n, case in enumerate(cases)
    ]


def test_who_is_surely_worse_than_the_best_that_passes_is_beaten(standing):
    clean = seen(standing, "leak", 0.0)
    finished = {
        "now": {"right": seen(standing, "right", 0.5), "leak": clean},
        "best": {"right": seen(standing, "right", 1.0), "leak": clean},
    }
    assert standing.winner(finished) == "best"
    course = standing.course("worse", finished, leader="best")
    assert course.beaten({"right": seen(standing, "right", 0.5, most=60), "leak": clean})
    assert not course.beaten({"right": seen(standing, "right", 1.0, most=60), "leak": clean})
    assert not course.beaten({"right": [], "leak": clean})
    assert not standing.course("now", finished, leader="best").beaten(finished["now"])  # others need its answers


def test_a_lucky_beginning_never_wins_over_somebody_measured_to_the_end(standing):
    clean = seen(standing, "leak", 0.0)
    trials = {
        "now": {"right": seen(standing, "right", 0.4), "leak": clean},
        "best": {"right": seen(standing, "right", 0.5), "leak": clean},
        "worse": {"right": seen(standing, "right", 1.0, most=10), "leak": clean},
    }
    assert standing.winner(trials) == "best"


def test_what_is_asked_to_its_end(standing):
    assert standing.whole() == {"q"}
    assert standing.course("now", {}, leader="").wanted == {"s"}
    assert standing.course("best", {}, leader="").wanted == frozenset()
