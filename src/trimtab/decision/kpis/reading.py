"""One KPI as it is read: what is known of it, what is asked of it, and how far to trust it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.counts import independence
from trimtab.decision.kpis.freshness import age_of, half_life, worth
from trimtab.decision.kpis.table import estimate_kpi
from trimtab.decision.kpis.vendors import own_word
from trimtab.decision.model import Verdict
from trimtab.decision.payload import seen_payload
from trimtab.evidence.entries.counts import INDEPENDENCE
from trimtab.kinds import Estimate, Missing
from trimtab.policy.floor import Floor
from trimtab.policy.kpi_catalogue import KpiFacts, Pillar, Scope, kpi_catalogue
from trimtab.policy.model import Policy
from trimtab.policy.spans import DAY, microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReading:
    """One KPI of one subject over one period.

    `scope` and `name` say whose: the organisation (no name), a system, a team, or incidents of one severity. `before`
    is what the same evidence says of the quarter before. `met` says whether the value reaches the target, None where
    either is unknown. `age` and `half_life` are in days, `fresh` in (0, 1]; `independence` is that of the least
    independent who counted, or of the source that the policy names. `unknown_systems` are those of which nothing is
    known, of a KPI of the organisation that its systems are read for as well.
    """

    kpi: str
    scope: Scope
    name: str
    period: str
    seen: Estimate | Missing
    verdict: Verdict
    why: str
    target: float | None
    floor: Floor | None
    met: bool | None
    unit: str
    better: str
    pillar: Pillar
    weight: float
    veto: bool
    owner: str
    source: str
    independence: str
    counter: str
    counter_seen: Estimate | Missing
    before: Estimate | Missing
    age: float | None
    half_life: float
    fresh: float | None
    n_min: int
    version: int
    unknown_systems: tuple[str, ...] = ()
    cadence: float = math.inf  # days within which there should be new evidence

    @property
    def overdue(self) -> bool:
        """Whether there was no new evidence for longer than there should be."""
        return self.age is not None and self.age > self.cadence

    @property
    def share(self) -> bool:
        """Whether it lies in [0, 1]."""
        return self.unit == "ratio"

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kpi": self.kpi,
            "scope": self.scope,
            "name": self.name,
            "period": self.period,
            "seen": seen_payload(self.seen),
            "verdict": self.verdict.value,
            "why": self.why,
            "target": self.target,
            "floor": None if self.floor is None else {self.side: self.floor.bound},
            "met": self.met,
            "unit": self.unit,
            "better": self.better,
            "pillar": self.pillar,
            "weight": self.weight,
            "veto": self.veto,
            "owner": self.owner,
            "source": self.source,
            "independence": self.independence,
            "counter": self.counter,
            "counter_seen": seen_payload(self.counter_seen),
            "before": seen_payload(self.before),
            "age_days": self.age,
            "half_life_days": self.half_life,
            "fresh": self.fresh,
            "overdue": self.overdue,
            "n_min": self.n_min,
            "version": self.version,
            "unknown_systems": list(self.unknown_systems),
        }

    @property
    def side(self) -> str:
        """Which side of its floor is good."""
        return "at_least" if self.better == "higher" else "at_most"


def read(kpi: str, asked: Asked) -> KpiReading:
    """A KPI for the subject that is asked for, against what the policy asks of it.

    Raises:
        KeyError: There is no such KPI.
    """
    facts, spec = kpi_catalogue()[kpi], asked.policy.kpis.get(kpi)
    target, floor = _asked_of(asked, kpi)
    seen = estimate_kpi(kpi, asked)
    veto = facts.veto if spec is None or spec.veto is None else spec.veto
    n_min = facts.n_min if spec is None or spec.n_min is None else spec.n_min
    who = _independence(asked, kpi)
    claims = kpi == "P11" and not isinstance(seen, Missing) and own_word(asked)
    who = "self" if claims else who
    verdict, why = judge(seen, floor, n_min=n_min, veto=veto or claims, independence=who)
    # Of what is not known nothing is fresh, whatever else was recorded of the same kind.
    age = None if isinstance(seen, Missing) else age_of(asked, kpi)
    half = half_life(asked.policy, kpi)
    scope, name = subject_of(asked)
    return KpiReading(
        kpi=kpi,
        scope=scope,
        name=name,
        period=asked.period.name,
        seen=seen,
        verdict=verdict,
        why=why,
        target=target,
        floor=floor,
        met=_met(seen, target, facts),
        unit=facts.unit,
        better=facts.better,
        pillar=(spec.pillar if spec else None) or facts.pillar,
        weight=spec.weight if spec else 1.0,
        veto=veto,
        owner=spec.owner if spec else "",
        source=spec.source.system if spec else "",
        independence=who,
        counter=facts.counter,
        counter_seen=estimate_kpi(facts.counter, _narrowed(asked, facts.counter)),
        before=estimate_kpi(kpi, replace(asked, period=asked.period.before())),
        age=age,
        half_life=half,
        fresh=None if age is None else worth(age, half),
        n_min=n_min,
        version=facts.version,
        cadence=microseconds((spec.cadence if spec else None) or facts.cadence) / DAY,
    )


def judge(
    seen: Estimate | Missing, floor: Floor | None, *, n_min: int, veto: bool, independence: str
) -> tuple[Verdict, str]:
    """PASS if the whole interval clears the floor, FAIL if none of it does; and why."""
    if isinstance(seen, Missing):
        told = seen.detail or _REASONS.get(seen.reason, seen.reason.replace("-", " "))
        return Verdict.INCONCLUSIVE, f"{told[:1].upper()}{told[1:].removesuffix('.')}."
    if floor is None:
        return Verdict.INCONCLUSIVE, "The policy sets no floor."
    if seen.count < n_min:
        return Verdict.INCONCLUSIVE, f"{seen.count:,} of the {n_min:,} cases that a verdict needs."
    low, high = seen.interval.low, seen.interval.high
    clears, breaks = (
        (low >= floor.bound, high < floor.bound)
        if floor.at_least is not None
        else (high <= floor.bound, low > floor.bound)
    )
    if breaks:
        return Verdict.FAIL, f"No part of the interval is {floor}."
    if not clears:
        return Verdict.INCONCLUSIVE, f"Part of the interval is not {floor}."
    if veto and independence == "self":
        return Verdict.INCONCLUSIVE, "It clears the floor by its own word, which lifts no veto."
    return Verdict.PASS, f"The whole interval is {floor}."


def subject_of(asked: Asked) -> tuple[Scope, str]:
    """Whom it is asked for."""
    if asked.system:
        return "system", asked.system
    if asked.team:
        return "team", asked.team
    return ("severity", asked.severity) if asked.severity else ("organisation", "")


def subjects(policy: Policy, kpi: str, scopes: Sequence[Scope]) -> list[tuple[Scope, str]]:
    """Whom a KPI can be read for, the organisation first."""
    named: Mapping[Scope, Sequence[str]] = {
        "organisation": ("",),
        "system": list(policy.systems),
        "team": list(policy.teams),
        "severity": ("S1", "S2", "S3", "S4"),
    }
    return [(scope, name) for scope in kpi_catalogue()[kpi].scopes if scope in scopes for name in named[scope]]


# -- parts ---------------------------------------------------------------------------------

_REASONS: Mapping[str, str] = {
    "nothing-recorded": "Nothing was recorded.",
    "none-due": "Nothing was due in the period.",
    "none-over": "No case is over, and none is as old as its limit.",
}


def _asked_of(asked: Asked, kpi: str) -> tuple[float | None, Floor | None]:
    spec, system = asked.policy.kpis.get(kpi), asked.policy.systems.get(asked.system)
    if spec is None:
        return None, None
    tier = spec.tiers.get(system.tier) if system else None
    target = spec.target if tier is None or tier.target is None else tier.target
    return target, (tier.floor if tier else None) or spec.floor


def _met(seen: Estimate | Missing, target: float | None, facts: KpiFacts) -> bool | None:
    if isinstance(seen, Missing) or target is None:
        return None
    return seen.value >= target if facts.better == "higher" else seen.value <= target


def _independence(asked: Asked, kpi: str) -> str:
    """The least independent of the source that the policy names and those who counted; nobody named is oneself."""
    spec, counted = asked.policy.kpis.get(kpi), independence(asked, kpi)
    named = [one for one in (spec.source.independence if spec else None, counted) if one]
    return min(named, key=INDEPENDENCE.index, default="self")


def _narrowed(asked: Asked, counter: str) -> Asked:
    """The same subject where the counter can be read for it, else the organisation."""
    facts = kpi_catalogue().get(counter)
    scopes: Sequence[Scope] = facts.scopes if facts else ("organisation", "system", "team", "severity")
    scope, _ = subject_of(asked)
    return asked if scope in scopes else asked.of("organisation")
