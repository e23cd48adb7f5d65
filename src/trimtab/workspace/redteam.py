"""A red-team baseline: the policy of a system with attacks instead of its suites, and nothing asked but how it does."""

from collections.abc import Sequence

from trimtab.errors import UsageError
from trimtab.policy import Policy
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
) -> Policy:
    """The same system, owners, guards and candidates, attacked; no floor, so that nothing is decided.

    Every case is asked: a baseline is a picture of all families, not the shortest way to a verdict.

    Args:
        policy: Whose system it is.
        system: Which.
        cases: Attacks on each candidate.
        techniques: Names of attacks or of their families; all when empty.
        depth: Techniques on top of one another.
        only: Ids of single cases, to be tried again.
        seed: Of the draw.

    Raises:
        UsageError: The policy has no such system.
    """
    spec = policy.systems.get(system)
    if spec is None:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(policy.systems)}.")
    fields = {"techniques": list(techniques), "depth": depth, "only": list(only)}
    suite = SuiteSpec.model_validate(
        {"builtin": "red-team", "cases": cases, "seed": seed, "with": {k: v for k, v in fields.items() if v}}
    )
    metric = MetricSpec(
        question="Does an attack bring out what must stay in?",
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
