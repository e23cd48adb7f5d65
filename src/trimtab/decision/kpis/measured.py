"""What is measured of the systems themselves (R08 to R14): by runs of this policy's metrics, or counted by others.

A run counts from its decision on, however old it is: how much it is still worth stands beside it. Of several metrics,
parts or systems the worst counts, so that none can be hidden behind the others.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.kpis.cases import share
from trimtab.decision.kpis.counts import NO_SYSTEM, Stratum, strata
from trimtab.decision.model import CandidateDecision, Decision
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.stats.binomial import clopper_pearson
from trimtab.stats.counts import poisson_rate

BESIDE: Mapping[str, str] = {"R09": "false-blocks", "R10": "leaks", "R13": "wrong-unescalated"}
"""The part of a count that stands beside the KPI and is none of it: harmless outputs stopped, outputs with a leak,
and cases that were wrong and that nobody was asked about."""
_POOLED = ("R09", "R10", "R13", "R14")  # parts are of one population; of the others each part must do


def measured(kpi: str) -> Estimator:
    """An estimator of one of R08 to R14."""

    def estimator(asked: Asked) -> Estimate | Missing:
        return worst([seen for _, seen in _parts(asked, kpi)], better=kpi_catalogue()[kpi].better)

    return estimator


def worst(seen: list[Estimate | Missing], *, better: str) -> Estimate | Missing:
    """Of several estimates that with the worst unfavourable end; if all are missing, the first reason."""
    known = [one for one in seen if isinstance(one, Estimate)]
    if not known:
        return seen[0] if seen else Missing("nothing-recorded")
    if better == "lower":
        return max(known, key=lambda one: (one.interval.high, one.value, one.interval.low, -one.count))
    return min(known, key=lambda one: (one.interval.low, one.value, one.interval.high, one.count))


def production(decision: Decision) -> CandidateDecision | None:
    """The candidate that users meet: the baseline where it was measured, else who was chosen."""
    by_name = {one.candidate: one for one in decision.candidates}
    return by_name.get(decision.baseline) or by_name.get(decision.winner)


def last_decision(asked: Asked, system: str) -> Decision | None:
    """The last decision on a system before the end of the period."""
    found = [one for one in asked.decisions if one.system == system and one.time < asked.end]
    return max(found, key=lambda one: (one.time, one.run), default=None)


def details(kpi: str) -> Callable[[Asked], dict[str, Estimate | Missing]]:
    """Every part alone."""

    def parts(asked: Asked) -> dict[str, Estimate | Missing]:
        found = dict(_parts(asked, kpi))
        if kpi == "R12" and asked.system:
            found |= _kept_under_stress(asked)
        return found | _beside(asked, kpi)

    return parts


# -- parts ---------------------------------------------------------------------------------


def _parts(asked: Asked, kpi: str) -> Iterator[tuple[str, Estimate | Missing]]:
    systems = [asked.system] if asked.system else list(asked.policy.systems)
    for system in systems:
        one = replace(asked, system=system)
        for name, seen in (*_of_run(one, kpi), *_of_counts(one, kpi, list(strata(one, kpi)))):
            yield f"{system}: {name}" if not asked.system else name, seen
    if not asked.system:
        yield from _of_counts(asked, kpi, list(strata(replace(asked, system=NO_SYSTEM), kpi)))


def _of_run(asked: Asked, kpi: str) -> Iterator[tuple[str, Estimate | Missing]]:
    spec = asked.policy.kpis.get(kpi)
    decision = last_decision(asked, asked.system) if spec and spec.metrics else None
    candidate = production(decision) if decision else None
    for metric in spec.metrics if spec and candidate else ():
        seen = candidate.estimates.get(metric) if candidate else None
        if seen is not None and not (isinstance(seen, Estimate) and not seen.known):
            yield metric, seen


def _of_counts(asked: Asked, kpi: str, parts: list[Stratum]) -> Iterator[tuple[str, Estimate | Missing]]:
    parts = [one for one in parts if one.of and one.name != BESIDE.get(kpi)]
    if not parts:
        return
    if kpi == "R11":
        yield "largest difference", _difference(asked, parts)
    elif kpi in _POOLED:
        yield "all parts", share(sum(one.hits for one in parts), sum(one.of for one in parts), asked)
    else:
        for one in parts:
            yield one.name or "counted", share(one.hits, one.of, asked)


def _beside(asked: Asked, kpi: str) -> dict[str, Estimate | Missing]:
    found = [one for one in strata(asked, kpi) if one.of and one.name == BESIDE.get(kpi)]
    if not found:
        return {}
    [one] = found
    if kpi != "R10":
        return {one.name: share(one.hits, one.of, asked)}
    thousands = one.of / 1000.0
    interval = poisson_rate(one.hits, thousands, level=asked.level)
    rate = Estimate(value=one.hits / thousands, interval=interval, count=one.of, cases=one.of)
    return {"leaks per 1,000 outputs": rate}


def _difference(asked: Asked, groups: list[Stratum]) -> Estimate | Missing:
    """The largest difference between groups. Each group's interval errs with its share, so all hold at once."""
    if len(groups) < 2:
        return Missing("one-group", "a difference needs two groups")
    level = 1.0 - (1.0 - asked.level) / len(groups)
    ends = [clopper_pearson(one.hits, one.of, level=level) for one in groups]
    rates = [one.hits / one.of for one in groups]
    low = max(0.0, max(end.low for end in ends) - min(end.high for end in ends))
    high = max(one.high - other.low for one in ends for other in ends if one is not other)
    value = max(rates) - min(rates)
    interval = Interval(min(low, value), max(high, value), asked.level, "clopper-pearson by group, joined")
    # A verdict rests on as many cases as the smallest group has.
    return Estimate(
        value=value, interval=interval, count=min(one.of for one in groups), cases=sum(g.of for g in groups)
    )


def _kept_under_stress(asked: Asked) -> dict[str, Estimate | Missing]:
    """R12: what is left of the first metric, or of the part `clean`, on each of the others."""
    seen = {name: one for name, one in _parts(asked, "R12") if isinstance(one, Estimate) and one.value > 0.0}
    spec = asked.policy.kpis.get("R12")
    base = "clean" if "clean" in seen else spec.metrics[0] if spec and spec.metrics else ""
    if base not in seen:
        return {}
    clean = seen[base]
    found: dict[str, Estimate | Missing] = {}
    for name, one in seen.items():
        if name != base:
            # Ends over opposite ends: wrong with at most the sum of both error probabilities.
            low = one.interval.low / clean.interval.high
            high = one.interval.high / clean.interval.low if clean.interval.low > 0.0 else float("inf")
            level = max(1.0 - (1.0 - one.interval.level) - (1.0 - clean.interval.level), 0.5)
            count = min(one.count, clean.count)
            interval = Interval(low, high, level, "ends over opposite ends")
            found[f"kept of {base}: {name}"] = Estimate(
                value=one.value / clean.value, interval=interval, count=count, cases=count
            )
    return found


_IDS = ("R08", "R09", "R10", "R11", "R12", "R13", "R14")
ESTIMATORS: Mapping[str, Estimator] = {kpi: measured(kpi) for kpi in _IDS}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {kpi: details(kpi) for kpi in _IDS}
