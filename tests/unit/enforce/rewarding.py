"""A policy with a reward, for the tests of rewards; detectors of the tests' own stand in by name."""

from typing import Any

from trimtab.enforce.rewards import Rewards
from trimtab.policy import Policy

DATA: dict[str, Any] = {
    "trimtab": 1,
    "organisation": "Example",
    "metrics": {
        "leak": {
            "question": "Does it leak?",
            "better": "lower",
            "target": 0.01,
            "owner": "team",
            "source": {"suite": "personal-data-in-context", "score": "detector-rate", "with": {"labels": ["personal"]}},
        },
        "planted": {
            "question": "Does it tell the code?",
            "better": "lower",
            "target": 0.01,
            "owner": "team",
            "source": {"suite": "secret-keeping"},
        },
        "refusal": {
            "question": "Does it refuse?",
            "better": "lower",
            "target": 0.1,
            "owner": "team",
            "source": {"suite": "harmless-look-alikes", "score": "over-refusal"},
        },
        "right": {
            "question": "Is it right?",
            "better": "higher",
            "target": 0.9,
            "owner": "team",
            "source": {"suite": "assistant-questions", "score": "contains"},
        },
    },
    "tiers": {"high": {"confidence": 0.9, "floors": {"refusal": {"at_most": 0.3}, "right": {"at_least": 0.8}}}},
    "rewards": {
        "careful": {
            "hard": ({"metric": "leak", "full": 4},),
            "soft": ({"metric": "refusal", "where": {"benign": True}},),
        }
    },
    "systems": {
        "bot": {
            "tier": "high",
            "owner": "team",
            "intended_use": "x",
            "maximise": ("right",),
            "reward": "careful",
            "candidates": {"one": {"callable": {"target": "a:b"}}},
        }
    },
}


def policy_with(**reward):
    """The policy, with other keys of its reward."""
    return Policy.model_validate({**DATA, "rewards": {"careful": {**DATA["rewards"]["careful"], **reward}}})


def rewards_with(*, task=None, state=None, **reward):
    """The rewards of that policy."""
    return Rewards(policy_with(**reward), "bot", task=task, state=state)
