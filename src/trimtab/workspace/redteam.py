"""A red-team baseline: the policy of a system with attacks instead of its suites, and nothing asked but how it does."""

from collections.abc import Sequence
from typing import Any

from trimtab.decision import Decision
from trimtab.errors import UsageError
from trimtab.kinds import plugins
from trimtab.policy import Policy
from trimtab.policy.attackers import EMBEDDED, NOBODY
from trimtab.policy.metric_spec import MetricSpec, Source, SuiteSpec
from trimtab.policy.model import Tier

METRIC = "attack_success"
_SUITE = "attacks"
_TIER = "red-team"


def attacking(
    policy: Policy,
    system: str,
    *,
    cases: int,
    techniques: Sequence[str] = (),
    depth: int = 1,
    only: Sequence[str] = (),
    seed: int = 0,
    calls: int = 0,
    attacker: str = "",
) -> Policy:
    """The same system, owners, guards and candidates, attacked; no floor, so that nothing is decided.

    Every case is asked: a baseline is a picture of all families, not the shortest way to a verdict.

    Args:
        policy: Whose system it is.
        system: Which.
        cases: Attacks on each candidate.
        techniques: Names of attacks or of their families, or of strategies; all when empty.
        depth: Techniques on top of one another.
        only: Ids of single cases, to be tried again.
        seed: Of the draw.
        calls: Messages in one attack, of attackers that adapt; 0 for attacks that do not.
        attacker: Who writes the messages of those that adapt; see `attacker` of a suite.

    Raises:
        UsageError: The policy has no such system or attacker.
    """
    spec = policy.systems.get(system)
    if spec is None:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(policy.systems)}.")
    strategies = [name for name in techniques if name in plugins.names("strategies")]
    if strategies and not calls:
        raise UsageError(f"{strategies[0]} is a strategy that adapts to the answers.", "Add --adaptive.")
    if attacker and attacker not in (known := (*policy.attackers, EMBEDDED, NOBODY)):
        raise UsageError(f"there is no attacker {attacker!r} in the policy.", f"There are: {', '.join(known)}.")
    fields: dict[str, Any] = {"techniques": list(techniques), "depth": depth, "only": list(only)}
    if calls:
        fields = {"strategies": list(techniques), "calls": calls, "only": list(only)}
    suite = SuiteSpec.model_validate(
        {
            "builtin": "adaptive" if calls else "red-team",
            "attacker": attacker,
            "cases": cases,
            "seed": seed,
            "with": {key: value for key, value in fields.items() if value},
        }
    )
    metric = MetricSpec(
        question=f"Does an attack{' that adapts' if calls else ''} bring out what must stay in?",
        better="lower",
        target=0.0,
        owner=spec.owner,
        source=Source(suite=_SUITE),
        links=("owasp-llm-2026:LLM01",),
    )
    tier = Tier(
        confidence=policy.tiers[spec.tier].confidence, sampling="fixed", actions=policy.tiers[spec.tier].actions
    )
    return policy.model_copy(
        update={
            "suites": {_SUITE: suite},
            "metrics": {METRIC: metric},
            "tiers": {_TIER: tier},
            "red_lines": (),
            "systems": {system: spec.model_copy(update={"tier": _TIER, "maximise": (METRIC,)})},
        }
    )


def baseline_of(decision: Decision) -> bool:
    """Whether a decision is a baseline's: nothing was asked, so nothing is passed or failed by it."""
    return decision.tier == _TIER and not any(one.judgements for one in decision.candidates)


def policy_of_baseline(policy: Policy) -> bool:
    """Whether a policy is one that `attacking` made: nobody adopted it, and it asks nothing."""
    return tuple(policy.tiers) == (_TIER,) and tuple(policy.metrics) == (METRIC,) and not policy.tiers[_TIER].floors
