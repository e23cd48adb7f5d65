"""Who guards a system may not be the only one to judge it: a guard that was measured by itself looks perfect."""

from trimtab.kinds import Instrument
from trimtab.policy.include import Gathered
from trimtab.policy.installed import default_score, metric_facts
from trimtab.policy.model import GuardRule, MetricSpec, Policy
from trimtab.policy.secrecy import quote
from trimtab.policy.settings import grid_of


def warn_of_judges(policy: Policy, gathered: Gathered) -> None:
    """Warn of metrics that a system is held to and whose only detector stands in the guard of a candidate as well.

    Another rate on the same suite, which the system is held to, is good in the
    same direction, and is scored by no detector of that guard, is an
    independent judge: then there is no warning.
    """
    for name, system in policy.systems.items():
        held = {*policy.tiers[system.tier].floors, *policy.red_lines}
        through = {metric: _instrument(policy, metric) for metric in sorted(held) if metric in policy.metrics}
        guarded = {(grid_of(point), system.whole(point).guard) for point in system.all_candidates}
        for candidate, named in sorted((one, name) for one, name in guarded if name in policy.guards):
            guard = policy.guards[named]
            rules = (*guard.input, *guard.output)
            bound = {metric: one for metric, one in through.items() if one and any(_is(one, rule) for rule in rules)}
            free = {_kind(policy.metrics[metric]) for metric in through if metric not in bound}
            for metric, one in bound.items():
                if _kind(policy.metrics[metric]) in free:
                    continue
                where = ("systems", name, "candidates", candidate, "guard")
                message = (
                    f"{quote(named)} uses the detector {one.detector}, by which alone {metric} is judged: "
                    "what it misses, both miss"
                )
                suggestion = "Hold the system to a metric with another detector on the same suite, too."
                gathered.report(where, message, suggestion, warning=True)


def _instrument(policy: Policy, metric: str) -> Instrument | None:
    source = policy.metrics[metric].source
    suite = policy.suites.get(source.suite)
    score = source.score or (suite.score if suite else "")
    score = score or default_score(suite.builtin if suite else source.suite, suite.with_ if suite else None)
    facts = metric_facts(score, source.with_)
    return facts.instrument if facts else None


def _kind(metric: MetricSpec) -> tuple[str, str, str]:
    return metric.source.suite, metric.better, metric.unit


def _is(one: Instrument, rule: GuardRule) -> bool:
    model = rule.with_.get("model", "")
    return one.same_as(rule.detector, model if isinstance(model, str) else "")
