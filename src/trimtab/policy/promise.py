"""What an organisation promised of one candidate of one system: the part of the policy by which its risk is accepted.

A consent holds for this, and not for the whole policy, or whoever joins another team would end every consent. Nor for
less: whatever could make the same evidence mean less, or the same candidate do more, is in it.
"""

from typing import Any

from trimtab._canonical import digest
from trimtab.policy.fields import Strict
from trimtab.policy.model import Policy

_SYSTEM = {"tier", "intended_use", "limitations", "maximise", "slo"}
_CANDIDATE_SAYS_NOTHING = {"about", "limits", "price", "of"}
_METRIC = {"better", "unit", "target", "source", "judged_by", "gold", "reviewed_by"}
_TIER_ELSEWHERE = {"consent", "weights"}
"""Who consents is held against the policy as it is now; weights order what clears every floor."""


def promise(policy: Policy, system: str, candidate: str) -> dict[str, Any]:
    """As JSON: the tier, the metrics and suites behind it, red lines, the candidate and the guard in front of it.

    Left out are people, other systems and other candidates (the baseline among them, which a release makes another),
    prices, and how hard an endpoint may be asked.

    Raises:
        KeyError: There is no such system or candidate.
    """
    spec = policy.systems[system]
    whole = spec.whole(candidate)
    tier = policy.tiers[spec.tier]
    metrics = _metrics(policy, system)
    suites = {policy.metrics[name].source.suite for name in metrics} & set(policy.suites)
    attackers = {policy.suites[name].attacker for name in suites} & set(policy.attackers)
    guards = {"candidate": policy.guard_of(system, candidate), "production": policy.guard_of(system)}
    models = {guard.revise.model for guard in guards.values() if guard is not None and guard.revise is not None}
    found = {
        "system": _told(spec, include=_SYSTEM),
        "tier": _told(tier, exclude=_TIER_ELSEWHERE),
        "red_lines": list(policy.red_lines),
        "metrics": {name: _told(policy.metrics[name], include=_METRIC) for name in sorted(metrics)},
        "suites": {name: _told(policy.suites[name]) for name in sorted(suites)},
        "attackers": {name: _told(policy.attackers[name]) for name in sorted(attackers)},
        "candidate": _told(whole, exclude=_CANDIDATE_SAYS_NOTHING),
        "guards": {where: _told(guard) for where, guard in guards.items() if guard is not None},
        "models": {name: _told(policy.models[name]) for name in sorted(models & set(policy.models))},
        "reward": _told(policy.rewards[whole.reward]) if whole.reward else {},
        "principles": {name: _told(one) for name, one in sorted(policy.principles.items())} if models else {},
        "evidence": _told(policy.evidence),
    }
    return {key: value for key, value in found.items() if value}


def _told(part: Strict, *, include: set[str] | None = None, exclude: set[str] | None = None) -> Any:
    """Without what is as it is when nothing is said: a key that trimtab learns later changes no promise without it."""
    return part.model_dump(mode="json", by_alias=True, exclude_defaults=True, include=include, exclude=exclude)


def promise_digest(policy: Policy, system: str, candidate: str) -> str:
    """`sha256:` over `promise`.

    Raises:
        KeyError: There is no such system or candidate.
    """
    return digest(promise(policy, system, candidate))


def _metrics(policy: Policy, system: str) -> set[str]:
    """Those that something rests on, and those that confirm them."""
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    found: set[str] = set()
    asked = {*tier.floors, *policy.red_lines, *spec.maximise, *spec.slo}
    asked |= set(tier.regression.metrics) if tier.regression else set()
    asked |= set(tier.mitigation.metrics) if tier.mitigation else set()
    while asked:
        name = asked.pop()
        if name in found or name not in policy.metrics:
            continue
        found.add(name)
        metric = policy.metrics[name]
        others = (metric.judged_by, metric.gold.metric if metric.gold else None, metric.reviewed_by)
        asked |= {other for other in others if other}
    return found
