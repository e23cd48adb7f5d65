"""Who guards or trains a system may not be the only one to judge it: measured by itself, either looks perfect."""

from collections.abc import Mapping

from trimtab.kinds import Instrument
from trimtab.policy.include import Gathered
from trimtab.policy.installed import judges_of, metric_facts
from trimtab.policy.metric_spec import MetricSpec
from trimtab.policy.model import Policy
from trimtab.policy.reward_rules import reward_instruments
from trimtab.policy.scored import metric_plugin
from trimtab.policy.secrecy import quote
from trimtab.policy.settings import grid_of


def judged_alone(
    policy: Policy, system: str, candidate: str, instruments: Mapping[str, Instrument]
) -> dict[str, Instrument]:
    """Metrics that a candidate is held to and of which a detector of its own guard or reward is the only judge.

    A metric has another judge where `judged_by` names one that neither uses, or where all that is asked of it is asked
    as strictly of another metric on the same suite, good in the same direction, which no detector of theirs scores.

    Args:
        policy: What was promised.
        system: One of its systems.
        candidate: One of the candidates of that system.
        instruments: The detector behind each metric that is scored by one.

    Returns:
        The detector that judges alone, by metric.
    """
    bound = guarded_by(policy, system, candidate, instruments)
    if not bound:
        return {}
    held = [metric for metric in held_to(policy, system) if metric in policy.metrics]
    free = [metric for metric in held if metric not in bound]
    alone = {}
    for metric in held:
        named = policy.metrics[metric].judged_by
        confirmed = named is not None and named not in bound
        if metric in bound and not confirmed and not any(_stands_in(policy, system, one, metric) for one in free):
            alone[metric] = instruments[metric]
    return alone


def guarded_by(policy: Policy, system: str, candidate: str, instruments: Mapping[str, Instrument]) -> set[str]:
    """Metrics that are scored by a detector that guards a candidate or trained it, or by a panel that such decide."""
    guards, trained = _of_guard(policy, system, candidate), _of_reward(policy, system, candidate)
    return {metric for metric, one in instruments.items() if one.decided_by(guards | trained)}


def stands_in(policy: Policy, system: str, candidate: str, instrument: Instrument) -> str:
    """Where an instrument that is no independent judge of a candidate stands: in its guard, in its reward, or in both.

    Returns:
        A phrase that follows "also stands in".
    """
    places = (
        ("the guard of this candidate", _of_guard(policy, system, candidate)),
        ("the reward that it was trained with", _of_reward(policy, system, candidate)),
    )
    found = [phrase for phrase, detectors in places if instrument.decided_by(detectors)]
    return " and ".join(found) or "the guard of this candidate, together with the reward that it was trained with"


def _of_guard(policy: Policy, system: str, candidate: str) -> set[tuple[str, str]]:
    guard = policy.guards.get(policy.systems[system].whole(candidate).guard or "")
    rules = (*guard.input, *guard.output) if guard else ()
    return {one for rule in rules for one in judges_of(rule.detector, rule.with_)}


def _of_reward(policy: Policy, system: str, candidate: str) -> set[tuple[str, str]]:
    reward = policy.rewards.get(policy.systems[system].whole(candidate).reward or "")
    return reward_instruments(policy, reward) if reward else set()


def check_judges(policy: Policy, gathered: Gathered) -> None:
    """Report metrics that are held against themselves: the same detector, asking the same model, is no other judge."""
    for metric, spec in policy.metrics.items():
        own = _instrument(policy, metric)
        named = {("judged_by",): spec.judged_by, ("gold", "metric"): spec.gold.metric if spec.gold else None}
        for where, other in named.items():
            theirs = _instrument(policy, other) if other in policy.metrics else None
            rewrite = other in policy.metrics and policy.metrics[other].source.suite != spec.source.suite
            if own and theirs and own.same_as(theirs.detector, theirs.model) and not rewrite:
                message = f"{quote(other or '')} is scored by {theirs.detector} as well, which is no other judge"
                hint = "Name a metric with another detector, another model behind it, or marks of people."
                gathered.report(("metrics", metric, *where), message, hint)


def held_to(policy: Policy, system: str) -> list[str]:
    """Metrics of which something is required of the system, in the order of their names."""
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    compared: tuple[str, ...] = ()
    if tier.regression:  # it compares floored metrics when it names none, and without floors what is maximised
        compared = tier.regression.metrics or (() if tier.floors else spec.maximise)
    mitigated = tier.mitigation.metrics if tier.mitigation else ()
    return sorted({*tier.floors, *policy.red_lines, *compared, *mitigated})


def warn_of_judges(policy: Policy, gathered: Gathered) -> None:
    """Warn of metrics that a system is held to and whose only judge stands in the guard of a candidate as well."""
    for name, system in policy.systems.items():
        held = {metric for metric in held_to(policy, name) if metric in policy.metrics}
        asked = held | {other for metric in held if (other := policy.metrics[metric].judged_by) in policy.metrics}
        instruments = {metric: one for metric in sorted(asked) if (one := _instrument(policy, metric))}
        points: dict[tuple[str, str | None, str | None], str] = {}  # of a grid, one point for each guard
        for point in system.all_candidates:
            whole = system.whole(point)
            points.setdefault((grid_of(point), whole.guard, whole.reward), point)
        for (candidate, guard, reward), point in sorted(points.items(), key=str):
            for metric, one in judged_alone(policy, name, point, instruments).items():
                guards = one.decided_by(_of_guard(policy, name, point)) or not reward
                where = ("systems", name, "candidates", candidate, "guard" if guards else "reward")
                message = (
                    f"{quote((guard if guards else reward) or '')} uses the detector {one.detector}, by which alone "
                    f"{metric} is judged: what it misses, both miss, so nothing that is asked of it can pass"
                )
                suggestion = (
                    "Name an independent judge with `judged_by`, or ask as much of a metric with another detector "
                    "on the same suite."
                )
                gathered.report(where, message, suggestion, warning=True)


def _instrument(policy: Policy, metric: str) -> Instrument | None:
    source = policy.metrics[metric].source
    suite = policy.suites.get(source.suite)
    if suite and suite.imported:
        return None  # whatever judged there judged elsewhere
    facts = metric_facts(metric_plugin(policy, metric), source.with_)
    return facts.instrument if facts else None


def _stands_in(policy: Policy, system: str, other: str, metric: str) -> bool:
    """Whether all that is asked of a metric is asked of another one on the same cases as well, and as strictly."""
    if _kind(policy.metrics[other]) != _kind(policy.metrics[metric]):
        return False
    tier = policy.tiers[policy.systems[system].tier]
    if metric in policy.red_lines and other not in policy.red_lines:
        return False
    if tier.regression and metric in tier.regression.metrics and other not in tier.regression.metrics:
        return False
    floor, theirs = tier.floors.get(metric), tier.floors.get(other)
    if floor is None:
        return True
    if theirs is None or (theirs.at_most is None) != (floor.at_most is None):
        return False
    return theirs.bound <= floor.bound if floor.at_most is not None else theirs.bound >= floor.bound


def _kind(metric: MetricSpec) -> tuple[str, str, str]:
    return metric.source.suite, metric.better, metric.unit
