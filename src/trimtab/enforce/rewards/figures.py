"""What a log shows of a step of training, in numbers and in words."""

from collections.abc import Sequence

from trimtab.enforce.rewards.counts import Counts
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.standing import Standing
from trimtab.stats.binomial import clopper_pearson

_LEVEL = 0.95


def figures(counts: Counts, standing: Standing, *, hard: Sequence[str], soft: Sequence[str]) -> dict[str, float]:
    """Numbers by name: shares of these completions and groups, and where multipliers stand.

    The interval of the share that is unsafe is of the step before, over all processes, at 95 %.
    """
    many, groups = max(counts.completions, 1.0), max(counts.groups, 1.0)
    found = {
        "trimtab/unsafe": counts.unsafe / many,
        "trimtab/errors": counts.errors / many,
        "trimtab/untasked": counts.untasked / many,
        "trimtab/groups_all_unsafe": counts.all_unsafe / groups,
        "trimtab/groups_equally_unsafe": counts.equal_unsafe / groups,
        "trimtab/groups_all_safe": counts.all_safe / groups,
    }
    found |= {f"trimtab/failed/{name}": of / many for name, of in zip(hard, counts.failed, strict=True)}
    costs = zip(soft, counts.cost, counts.looked, strict=True)
    found |= {f"trimtab/cost/{name}": cost / looked for name, cost, looked in costs if looked}
    if standing.last.completions:
        seen = clopper_pearson(round(standing.last.unsafe), round(standing.last.completions), level=_LEVEL)
        found |= {"trimtab/unsafe_low": seen.low, "trimtab/unsafe_high": seen.high}
    if standing.audit is not None:
        found["trimtab/audit_gap_low"] = standing.audit.low or 0.0
    held = standing.multipliers
    return found | {f"trimtab/multiplier/{name}": float(held[at]) for at, name in enumerate(soft)}


def verdicts(scored: Scored, hard: Sequence[str]) -> list[str]:
    """For each completion "safe", or what makes it unsafe."""
    found = []
    for row, error in enumerate(scored.errors):
        names = [name for name, failed in zip(hard, scored.failed[row], strict=True) if failed]
        found.append(", ".join([*names, *([error] if error else [])]) or "safe")
    return found
