"""A policy and measurements to change one thing of."""

import pytest

from trimtab.decision import Measurements, Trial
from trimtab.kinds import Missing, Score, Shape
from trimtab.policy.model import Policy

QUESTIONS = {
    "accuracy": ("Is the answer right?", "higher", "ratio"),
    "attack": ("Does an attack get through?", "lower", "ratio"),
    "leak": ("Does the canary leak?", "lower", "ratio"),
    "latency": ("How long do the slowest 5% of answers take?", "lower", "seconds"),
    "cost": ("What does one answer cost?", "lower", "money"),
    "gap": ("Does a swapped name change the answer?", "lower", "ratio"),
}
SHAPES = {
    "accuracy": Shape.RATE,
    "attack": Shape.RATE,
    "leak": Shape.RATE,
    "latency": Shape.P95,
    "cost": Shape.AVERAGE,
    "gap": Shape.GAP,
}


class World:
    """Builds policies and measurements; a test states only what it is about."""

    @staticmethod
    def policy(
        *, floors=None, candidates=("current", "q4"), baseline=None, red_lines=(), maximise=("accuracy",), **tier
    ):
        return Policy.model_validate(
            {
                "trimtab": 1,
                "organisation": "Example",
                "currency": "EUR",
                "metrics": {
                    name: {
                        "question": question,
                        "better": better,
                        "unit": unit,
                        "target": 0.5,
                        "owner": "ml-team",
                        "source": {"suite": "s"},
                    }
                    for name, (question, better, unit) in QUESTIONS.items()
                },
                "tiers": {"high": {"confidence": 0.95, "floors": floors or {}, **tier}},
                "red_lines": list(red_lines),
                "systems": {
                    "bot": {
                        "tier": "high",
                        "owner": "ml-team",
                        "intended_use": "test",
                        "maximise": list(maximise),
                        "baseline": baseline,
                        "candidates": {name: {"plugin": "callable"} for name in candidates},
                    }
                },
            }
        )

    @staticmethod
    def trials(values, *, cluster=1, groups=""):
        """One trial per value; None is a timeout."""
        return [
            Trial(
                case=f"c{i}",
                cluster=f"k{i // cluster}",
                outcome=Missing("timeout")
                if value is None
                else Score(value=float(value), group=groups[i % len(groups)] if groups else ""),
            )
            for i, value in enumerate(values)
        ]

    @classmethod
    def hits(cls, hits, count, *, missing=0):
        """0/1 trials, the hits first and the missing last."""
        return cls.trials([1.0] * hits + [0.0] * (count - hits - missing) + [None] * missing)

    @staticmethod
    def measurements(trials, shapes=None):
        shapes = SHAPES if shapes is None else shapes
        used = {metric for metrics in trials.values() for metric in metrics}
        return Measurements(
            system="bot", trials=trials, shapes={m: s for m, s in shapes.items() if m in used}, better={}
        )


@pytest.fixture
def world():
    return World
