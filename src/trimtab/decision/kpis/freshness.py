"""How old the newest evidence of a KPI is, and what all of it is still worth (P05)."""

from collections.abc import Iterator, Mapping

from trimtab.decision.kpis.asked import Asked, Estimator, last_moment
from trimtab.decision.kpis.cases import census, systems_of
from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.evidence.entries.counts import Counted
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.kinds import Estimate, Missing
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.model import Policy
from trimtab.policy.spans import DAY, microseconds

_OPENED: Mapping[type[Entry], type[Entry]] = {IncidentMoved: IncidentOpened, FindingMoved: FindingOpened}


def newest(asked: Asked, kpi: str) -> int:
    """When the newest evidence of a KPI was made, before the end of the period; 0 where there is none."""
    known = asked.once("newest", lambda: _newest(asked))
    systems = systems_of(asked.team, asked.policy) if asked.team else [asked.system]
    moments = [0]
    for system in systems:
        for kind in kpi_catalogue()[kpi].entries:
            key = f"{kind}:{kpi}" if kind == Counted.kind else kind
            moments.append(known.get((key, system), 0))
        moments += _decided(asked, kpi, system)
    return max(moments)


def half_life(policy: Policy, kpi: str) -> float:
    """In how many days evidence loses half of its worth."""
    spec = policy.kpis.get(kpi)
    return microseconds((spec.half_life if spec else None) or kpi_catalogue()[kpi].half_life) / DAY


def worth(age: float, half: float) -> float:
    """What evidence is worth after `age` days, in (0, 1]."""
    return float(2.0 ** (-max(age, 0.0) / half))


def age_of(asked: Asked, kpi: str) -> float | None:
    """Age of the newest evidence at the end of the period, in days; None where there is none."""
    moment = newest(asked, kpi)
    return (asked.end - moment) / DAY if moment else None


def freshness(asked: Asked) -> Estimate | Missing:
    """P05: what the newest evidence of each KPI of the policy is worth, weighed; nothing where there is none."""
    held = [kpi for kpi in asked.policy.kpis if kpi != "P05" and kpi in kpi_catalogue()]
    ages = {kpi: age_of(asked, kpi) for kpi in held}
    if not held:
        return Missing("no-kpis", "the policy names no KPI")
    if all(age is None for age in ages.values()):
        return Missing("nothing-recorded")
    weights = {kpi: asked.policy.kpis[kpi].weight for kpi in held}
    kept = sum(weights[kpi] * worth(age, half_life(asked.policy, kpi)) for kpi, age in ages.items() if age is not None)
    return census(kept / sum(weights.values()), len(held), asked)


# -- parts ---------------------------------------------------------------------------------


def _newest(asked: Asked) -> Mapping[tuple[str, str], int]:
    """By kind (and KPI, of counts) and system the last moment; of all systems under an empty name."""
    newest: dict[tuple[str, str], int] = {}
    end = asked.end
    for kind in ENTRIES.values():
        opener = _OPENED.get(kind)
        opened = reversed(asked.books.all(opener)) if opener else ()
        whose = {kept.entry.id: kept.entry.system for kept in opened}  # the first of an id counts
        for kept in asked.books.all(kind):
            entry = kept.entry
            moment = last_moment(entry)
            if moment < end:
                name = f"{kind.kind}:{entry.metric}" if kind is Counted else kind.kind
                key = (name, entry.system or (whose.get(entry.id, "") if whose else ""))
                if moment > newest.get(key, 0):
                    newest[key] = moment
    for name, system, at in _beside(asked):
        if newest.get((name, system), 0) < at < end:
            newest[name, system] = at
    found = dict(newest)
    for (name, _), at in newest.items():
        found[name, ""] = max(at, found.get((name, ""), 0))
    return found


def _beside(asked: Asked) -> Iterator[tuple[str, str, int]]:
    """Kind, system and moment of what is no entry of the books."""
    yield from (("budget", one.system, one.time) for one in asked.budgets)
    yield from (("hunt-closed", one.system, one.closed_at) for one in asked.hunts if one.closed)


def _decided(asked: Asked, kpi: str, system: str) -> list[int]:
    spec = asked.policy.kpis.get(kpi)
    if spec is None or not spec.metrics:
        return []
    return [one.time for one in asked.decisions if one.time < asked.end and system in ("", one.system)]


ESTIMATORS: Mapping[str, Estimator] = {"P05": freshness}
