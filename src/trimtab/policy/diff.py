"""What a new policy asks that the old one did not, and what it no longer asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trimtab.policy.attackers import attacker_changes
from trimtab.policy.change import STRICTER, Change, Effect, names_of, shown, values_of
from trimtab.policy.consents import consent_changes
from trimtab.policy.diff_costs import cost_changes
from trimtab.policy.diff_guards import guard_changes
from trimtab.policy.diff_kpis import kpi_changes, limit_changes
from trimtab.policy.diff_money import money_changes
from trimtab.policy.diff_rewards import reward_changes, rewarded
from trimtab.policy.diff_score import score_changes
from trimtab.policy.diff_slo import notify_changes, slo_changes
from trimtab.policy.diff_vendors import learning_changes, liaison_changes, rests_on, vendor_changes
from trimtab.policy.metric_spec import Gold, MetricSpec, SuiteSpec
from trimtab.policy.model import Floor, Policy, Tier
from trimtab.policy.principles import principle_changes
from trimtab.policy.system_spec import Candidate, SystemSpec

_SECTIONS = {
    "people",
    "teams",
    "suites",
    "metrics",
    "tiers",
    "red_lines",
    "systems",
    "guards",
    "notify",
    "attackers",
    "costs",
    "kpis",
    "currency",
    "scenarios",
    "budget",
    "committee",
    "rewards",
    "models",
    "principles",
    "score",
    "vendors",
    "liaison",
    "learning",
}
Overall = Literal["tightens", "loosens", "mixed", "same", "changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDiff:
    """Every difference between two policies, in the order of the sections of a policy."""

    changes: tuple[Change, ...]

    @property
    def overall(self) -> Overall:
        """`mixed` when some things tighten and others loosen; `changes` when nothing does either."""
        effects = {change.effect for change in self.changes}
        if {"tightens", "loosens"} <= effects:
            return "mixed"
        if "tightens" in effects:
            return "tightens"
        if "loosens" in effects:
            return "loosens"
        return "changes" if effects else "same"

    @property
    def loosens(self) -> bool:
        """Whether anything is promised less strictly than before, whatever else is stricter."""
        return any(change.effect == "loosens" for change in self.changes)


def diff(a: Policy, b: Policy) -> PolicyDiff:
    """What changes when policy `b` takes the place of policy `a`.

    A change to how a floored metric is measured counts as loosening: that the
    new way is as strict cannot be shown from the policies.
    """
    changes = [
        *values_of("", a, b, skip=_SECTIONS),
        *_red_lines(a, b),
        *_tiers(a, b),
        *_guards(a, b),
        *reward_changes(a, b),
        *_systems(a, b),
        *_metrics(a, b),
        *_suites(a, b),
        *_people(a, b),
        *notify_changes(a, b),
        *attacker_changes(a, b, _required),
        *principle_changes(a, b),
        *cost_changes(a, b),
        *kpi_changes(a, b),
        *score_changes(a, b),
        *vendor_changes(a, b),
        *liaison_changes(a, b),
        *learning_changes(a, b),
        *money_changes(a, b),
    ]
    return PolicyDiff(changes=tuple(changes))


def _red_lines(a: Policy, b: Policy) -> Iterator[Change]:
    for name in a.red_lines:
        if name not in b.red_lines:
            yield Change(where="red_lines", effect="loosens", text=f"{name} is a red line no more")
    for name in b.red_lines:
        if name not in a.red_lines:
            yield Change(where="red_lines", effect="tightens", text=f"{name} becomes a red line")


def _tiers(a: Policy, b: Policy) -> Iterator[Change]:
    both, gone, new = names_of(a.tiers, b.tiers)
    for name in both:
        yield from _tier(f"tiers.{name}", a, a.tiers[name], b, b.tiers[name])
    for name in gone:
        yield Change(where=f"tiers.{name}", effect="removes", text="the tier")
    for name in new:
        yield Change(where=f"tiers.{name}", effect="adds", text="a tier")


def _tier(where: str, a: Policy, old: Tier, b: Policy, new: Tier) -> Iterator[Change]:
    """What asks more or less in one tier than in another."""
    if old.confidence != new.confidence:
        effect: Effect = "tightens" if new.confidence > old.confidence else "loosens"
        text = f"{old.confidence:g} becomes {new.confidence:g}"
        yield Change(where=f"{where}.confidence", effect=effect, text=text)
    both, gone, added = names_of(old.floors, new.floors)
    for name in both:
        yield from _floor(f"{where}.floors.{name}", old.floors[name], new.floors[name])
    for name in gone:
        text = f"{old.floors[name]} is asked no more"
        yield Change(where=f"{where}.floors.{name}", effect="loosens", text=text)
    for name in added:
        yield Change(where=f"{where}.floors.{name}", effect="tightens", text=f"{new.floors[name]} is asked as well")
    if old.sampling != new.sampling:  # either proves as surely; they differ in what they cost
        yield Change(where=f"{where}.sampling", effect="changes", text=f"{old.sampling} becomes {new.sampling}")
    yield from limit_changes(where, old, new)
    yield from _actions(f"{where}.actions", old, new)
    if old.weights != new.weights:  # they order only what clears every floor, so nothing is looser by them
        yield Change(where=f"{where}.weights", effect="changes", text=f"{_weighed(old)} becomes {_weighed(new)}")
    yield from _regression(f"{where}.regression", _compared(a, old), old, _compared(b, new), new)
    yield from _mitigation(f"{where}.mitigation", old, new)
    yield from consent_changes(f"{where}.consent", old.consent, new.consent)


def _floor(where: str, old: Floor, new: Floor) -> Iterator[Change]:
    if old == new:
        return
    text = f"{old} becomes {new}"
    if (old.at_most is None) != (new.at_most is None):
        yield Change(where=where, effect="loosens", text=f"{text}: the bound changes sides, so the old one falls")
        return
    stricter = new.bound < old.bound if new.at_most is not None else new.bound > old.bound
    yield Change(where=where, effect="tightens" if stricter else "loosens", text=text)


def _compared(policy: Policy, tier: Tier) -> tuple[str, ...]:
    """Metrics that the regression rule of a tier covers."""
    if tier.regression is None:
        return ()
    return tier.regression.metrics or tuple(name for name in tier.floors if policy.metrics[name].unit == "ratio")


def _regression(
    where: str, covered: tuple[str, ...], old: Tier, covers: tuple[str, ...], new: Tier
) -> Iterator[Change]:
    if old.regression is None and new.regression is None:
        return
    if new.regression is None:
        yield Change(where=where, effect="loosens", text="nothing is compared with the baseline any more")
        return
    if old.regression is None:
        text = f"no worse than the baseline by {new.regression.margin:g}, as well"
        yield Change(where=where, effect="tightens", text=text)
        return
    before, after = old.regression.margin, new.regression.margin
    if before != after:
        effect: Effect = "tightens" if after < before else "loosens"
        yield Change(where=f"{where}.margin", effect=effect, text=f"{before:g} becomes {after:g}")
    for name in covered:
        if name not in covers:
            yield Change(where=f"{where}.metrics", effect="loosens", text=f"{name} is compared no more")
    for name in covers:
        if name not in covered:
            yield Change(where=f"{where}.metrics", effect="tightens", text=f"{name} is compared as well")


def _mitigation(where: str, old: Tier, new: Tier) -> Iterator[Change]:
    if old.mitigation is None or new.mitigation is None:
        if new.mitigation:
            text = f"at least {new.mitigation.at_least:g} of the baseline's gap gone, as well"
            yield Change(where=where, effect="tightens", text=text)
        elif old.mitigation:
            yield Change(where=where, effect="loosens", text="no share of the baseline's gap must be gone any more")
        return
    before, after = old.mitigation.at_least, new.mitigation.at_least
    if before != after:
        effect: Effect = "tightens" if after > before else "loosens"
        yield Change(where=f"{where}.at_least", effect=effect, text=f"{before:g} becomes {after:g}")
    for name in sorted({*old.mitigation.metrics, *new.mitigation.metrics}):
        if name not in new.mitigation.metrics:
            yield Change(where=f"{where}.metrics", effect="loosens", text=f"{name} is asked no more")
        elif name not in old.mitigation.metrics:
            yield Change(where=f"{where}.metrics", effect="tightens", text=f"{name} is asked as well")


def _actions(where: str, old: Tier, new: Tier) -> Iterator[Change]:
    both, gone, added = names_of(old.actions, new.actions)
    for label in both:
        before, after = old.actions[label], new.actions[label]
        if before != after:
            effect: Effect = "tightens" if STRICTER.index(after) > STRICTER.index(before) else "loosens"
            yield Change(where=f"{where}.{label}", effect=effect, text=f"{before} becomes {after}")
    for label in gone:
        yield Change(where=f"{where}.{label}", effect="loosens", text=f"{old.actions[label]} is asked no more")
    for label in added:
        yield Change(where=f"{where}.{label}", effect="tightens", text=f"{new.actions[label]} is asked as well")


def _weighed(tier: Tier) -> str:
    return " and ".join(f"{name} {weight:g}" for name, weight in tier.weights.items()) or "nothing"


def _guards(a: Policy, b: Policy) -> Iterator[Change]:
    both, gone, new = names_of(a.guards, b.guards)
    for name in both:
        yield from guard_changes(f"guards.{name}", a.guards[name], b.guards[name])
    for name in gone:
        yield Change(where=f"guards.{name}", effect="loosens", text="the guard is gone")
    for name in new:
        yield Change(where=f"guards.{name}", effect="adds", text="a guard")


def _guarded(where: str, old: str | None, new: str | None) -> Iterator[Change]:
    if old != new:
        effect: Effect = "tightens" if old is None else "loosens"
        yield Change(where=f"{where}.guard", effect=effect, text=f"{shown(old)} becomes {shown(new)}")


def _systems(a: Policy, b: Policy) -> Iterator[Change]:
    both, gone, new = names_of(a.systems, b.systems)
    for name in both:
        yield from _system(f"systems.{name}", a, a.systems[name], b, b.systems[name])
    for name in gone:
        yield Change(
            where=f"systems.{name}", effect="removes", text="the system; the policy says nothing of it any more"
        )
    for name in new:
        yield Change(where=f"systems.{name}", effect="adds", text=f"a system in tier {b.systems[name].tier}")


def _system(where: str, a: Policy, old: SystemSpec, b: Policy, new: SystemSpec) -> Iterator[Change]:
    if old.tier != new.tier:
        yield from _moved(f"{where}.tier", a, old.tier, b, new.tier)
    if old.baseline and not new.baseline and (b.tiers[new.tier].regression or b.tiers[new.tier].mitigation):
        yield Change(where=f"{where}.baseline", effect="loosens", text="there is nothing to compare with any more")
    elif old.baseline != new.baseline:
        text = f"{shown(old.baseline)} becomes {shown(new.baseline)}"
        yield Change(where=f"{where}.baseline", effect="changes", text=text)
    yield from values_of(where, old, new, skip={"tier", "baseline", "candidates", "guard", "slo", "reward", "vendors"})
    yield from rests_on(f"{where}.vendors", old.vendors, new.vendors)
    yield from _guarded(where, old.guard, new.guard)
    yield from rewarded(where, old.reward, new.reward)
    yield from slo_changes(f"{where}.slo", old, a.tiers[old.tier], new, b.tiers[new.tier])
    both, gone, added = names_of(old.candidates, new.candidates)
    for name in both:
        at = f"{where}.candidates.{name}"
        yield from values_of(at, old.candidates[name], new.candidates[name], skip={"guard", "reward"})
        yield from rewarded(at, old.candidates[name].reward, new.candidates[name].reward)
        before, after = _of_guard(old.candidates[name]), _of_guard(new.candidates[name])
        if before != after:
            text = "its guard is set in another way; that it is as strict cannot be shown"
            yield Change(where=f"{at}.set", effect="loosens", text=text)
        yield from _guarded(f"{where}.candidates.{name}", old.candidates[name].guard, new.candidates[name].guard)
    for name in gone:
        yield Change(where=f"{where}.candidates.{name}", effect="removes", text="the candidate")
    for name in added:
        yield Change(where=f"{where}.candidates.{name}", effect="adds", text="a candidate")


def _of_guard(candidate: Candidate) -> dict[str, Any]:
    """What is set of the guard in front of a candidate."""
    return {path: value for path, value in candidate.set_.items() if path.partition(".")[0] == "guard"}


def _moved(where: str, a: Policy, old: str, b: Policy, new: str) -> Iterator[Change]:
    """A system's move to another tier: one line for what loosens, one for what tightens."""
    found = list(_tier("", a, a.tiers[old], b, b.tiers[new]))
    move = f"{old} becomes {new}"
    effects: tuple[Effect, ...] = ("loosens", "tightens")
    for effect in effects:
        details = [f"{change.where.lstrip('.')} {change.text}" for change in found if change.effect == effect]
        if details:
            yield Change(where=where, effect=effect, text=f"{move}: {'; '.join(details)}")
    if not found:
        yield Change(where=where, effect="changes", text=f"{move}, which asks the same")


def _required(policy: Policy) -> set[str]:
    """Metrics that some floor, red line or regression rule rests on."""
    floored = {name for tier in policy.tiers.values() for name in tier.floors}
    compared = {name for tier in policy.tiers.values() for name in _compared(policy, tier)}
    mitigated = {name for tier in policy.tiers.values() if tier.mitigation for name in tier.mitigation.metrics}
    return floored | compared | mitigated | set(policy.red_lines)


def _metrics(a: Policy, b: Policy) -> Iterator[Change]:
    required = _required(a) & _required(b)
    both, gone, new = names_of(a.metrics, b.metrics)
    for name in both:
        yield from _metric(f"metrics.{name}", a.metrics[name], b.metrics[name], required=name in required)
    for name in gone:
        yield Change(where=f"metrics.{name}", effect="removes", text="the metric")
    for name in new:
        yield Change(where=f"metrics.{name}", effect="adds", text="a metric")


_MEASURED_OTHERWISE = "is measured in another way; that it is as strict cannot be shown"


def _metric(where: str, old: MetricSpec, new: MetricSpec, *, required: bool) -> Iterator[Change]:
    measured = {"better", "unit", "source"}
    if old.model_dump(include=measured) != new.model_dump(include=measured):
        if required:
            yield Change(where=where, effect="loosens", text=_MEASURED_OTHERWISE)
        else:
            yield from values_of(where, old, new, skip=set(MetricSpec.model_fields) - measured)
    if old.target != new.target:
        text = f"{old.target:g} becomes {new.target:g}"
        effect: Effect = "changes"
        if old.better == new.better and old.unit == new.unit:
            effect = "tightens" if (new.target > old.target) == (new.better == "higher") else "loosens"
        yield Change(where=f"{where}.target", effect=effect, text=text)
    if old.judged_by != new.judged_by:
        text = f"{shown(old.judged_by)} becomes {shown(new.judged_by)}"
        yield Change(where=f"{where}.judged_by", effect="loosens" if old.judged_by else "tightens", text=text)
    yield from _gold(f"{where}.gold", old.gold, new.gold)
    yield from values_of(where, old, new, skip={*measured, "target", "judged_by", "gold", "reviewed_by"})
    if old.reviewed_by != new.reviewed_by:
        text = f"{shown(old.reviewed_by)} becomes {shown(new.reviewed_by)}; {_MEASURED_OTHERWISE}"
        yield Change(where=f"{where}.reviewed_by", effect="loosens" if required else "changes", text=text)


def _gold(where: str, old: Gold | None, new: Gold | None) -> Iterator[Change]:
    if old == new:
        return
    if new is None:
        yield Change(where=where, effect="loosens", text="the metric is held against nobody's word any more")
    elif old is None:
        text = f"may flatter by at most {new.gap_at_most:g} against {new.metric}"
        yield Change(where=where, effect="tightens", text=text)
    elif old.metric != new.metric:
        text = f"{old.metric} becomes {new.metric}; that it is as strict cannot be shown"
        yield Change(where=where, effect="loosens", text=text)
    else:
        effect: Effect = "tightens" if new.gap_at_most < old.gap_at_most else "loosens"
        text = f"{old.gap_at_most:g} becomes {new.gap_at_most:g}"
        yield Change(where=f"{where}.gap_at_most", effect=effect, text=text)


def _suites(a: Policy, b: Policy) -> Iterator[Change]:
    required = {a.metrics[name].source.suite for name in _required(a) & _required(b)}
    both, gone, new = names_of(a.suites, b.suites)
    for name in both:
        yield from _suite(f"suites.{name}", a.suites[name], b.suites[name], required=name in required)
    for name in gone:
        yield Change(where=f"suites.{name}", effect="loosens", text="its cases are asked no more")
    for name in new:
        # A suite of the policy takes the place of an installed one of the same name.
        replaces = name in required
        text = "takes the place of the installed suite" if replaces else "a suite"
        yield Change(where=f"suites.{name}", effect="loosens" if replaces else "adds", text=text)


_DRAWN = {"cases", "seed", "part"}
"""Fields of a suite that say which of its cases are drawn; every other one says what is asked or how it is scored."""


def _suite(where: str, old: SuiteSpec, new: SuiteSpec, *, required: bool) -> Iterator[Change]:
    if old.cases != new.cases:
        effect: Effect = "tightens" if new.cases > old.cases else "loosens"
        yield Change(where=f"{where}.cases", effect=effect, text=f"{old.cases:,} becomes {new.cases:,}")
    measured = set(SuiteSpec.model_fields) - _DRAWN
    if old.model_dump(include=measured) != new.model_dump(include=measured):
        if required:
            yield Change(where=where, effect="loosens", text=_MEASURED_OTHERWISE)
        else:
            yield from values_of(where, old, new, skip=_DRAWN)
    yield from values_of(where, old, new, skip={*measured, "cases"})


def _people(a: Policy, b: Policy) -> Iterator[Change]:
    listed: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("people", a.people, b.people),
        ("teams", a.teams, b.teams),
    )
    for section, old, now in listed:
        both, gone, new = names_of(old, now)
        for name in both:
            yield from values_of(f"{section}.{name}", old[name], now[name])
        for name in gone:
            yield Change(where=f"{section}.{name}", effect="removes", text="the entry")
        for name in new:
            yield Change(where=f"{section}.{name}", effect="adds", text="an entry")
