"""What a policy puts in front of a system: the rules of its guard, and who revises for them."""

from dataclasses import dataclass

from trimtab.enforce.mending import Mender
from trimtab.errors import UsageError
from trimtab.policy import GuardSpec, Policy


@dataclass(frozen=True, slots=True)
class Opened:
    """Rules, the mildest actions of the tier by label, and who revises, if a rule has that done."""

    rules: GuardSpec
    actions: dict[str, str]
    mender: Mender | None


def opened(policy: Policy, system: str, candidate: str) -> Opened:
    """The guard that a policy puts in front of a system, or of one of its candidates.

    Raises:
        UsageError: There is no such system or candidate, or no guard in front of it.
        PluginError: The model that revises is not installed, or does not take its fields.
        MissingPackageError: It needs an extra.
    """
    spec = policy.systems.get(system)
    if spec is None:
        raise UsageError(f"the policy has no system {system!r}.", f"It has: {', '.join(policy.systems)}.")
    known = spec.all_candidates
    if candidate and candidate not in known:
        raise UsageError(f"{system} has no candidate {candidate!r}.", f"It has: {', '.join(known)}.")
    rules = policy.guard_of(system, candidate)
    if rules is None:
        where = f"candidate {candidate}" if candidate else f"system {system}"
        raise UsageError(f"the policy puts no guard in front of {where}.", "Name one there with `guard: NAME`.")
    mender = Mender.of(rules, policy.models, policy.principles) if rules.revises else None
    return Opened(rules, dict(policy.tiers[spec.tier].actions), mender)


__all__ = ["Opened", "opened"]
