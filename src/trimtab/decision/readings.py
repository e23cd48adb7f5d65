"""What a product is scored on: each metric of its tier as it was last judged, and what the score asks of it.

A metric that nothing was seen of stays in, as missing; none is ever left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trimtab.decision.kpis.reading import KpiReading
from trimtab.decision.model import CandidateDecision, Decision, Judgement, Verdict
from trimtab.decision.scorecard import Independence, Reading
from trimtab.decision.weight_sets import floor_of, target_of
from trimtab.kinds import Better, Estimate
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.model import Policy
from trimtab.policy.score_spec import ScoredMetric, TierScore

DAY = 86_400_000_000
_INDEPENDENCE: Mapping[str, Independence] = {"self": "self", "other-team": "other-team", "outside": "outside"}
_STRICT = (Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a metric of a subject: an interval, how old it is, and from whom.

    `value` is what is most likely, None where no single one is. `at` is when it was seen, microseconds since the
    epoch, UTC. `floor` and `target` count where the set of weights says nothing. `needed` is how many further trials
    would probably decide what is inconclusive, None where that is not known.
    """

    low: float
    high: float
    value: float | None
    better: Better
    share: bool
    at: int
    independence: Independence
    source: str
    floor: float | None = None
    target: float | None = None
    judged: Verdict | None = None
    needed: int | None = None


def seen_in(policy: Policy, decision: Decision, system: str) -> dict[str, Seen]:
    """What the latest decision on a system saw of the version in production, by metric; empty of none that is.

    That is the baseline that the policy names, else the winner, else the only candidate.
    """
    found: dict[str, Seen] = {}
    name = policy.systems[system].baseline or decision.winner
    judged = next((one for one in decision.candidates if one.candidate == name), None)
    if judged is None and not name and len(decision.candidates) == 1:
        judged = decision.candidates[0]
    if judged is None:
        return {}
    for metric, spec in policy.metrics.items():
        strictest = _judged(judged, metric)
        seen = strictest.seen if strictest is not None else judged.estimates.get(metric)
        if not isinstance(seen, Estimate) or not seen.known:
            continue
        found[metric] = Seen(
            low=seen.interval.low,
            high=seen.interval.high,
            value=seen.value,
            better=spec.better,
            share=spec.unit == "ratio",
            at=decision.time,
            independence="self" if _own(policy, spec.owner, system) else "other-team",
            source=f"run {decision.run}, {judged.candidate}",
            judged=strictest.verdict if strictest else None,
            needed=strictest.needed if strictest else None,
        )
    return found


def latest(decisions: Sequence[Decision], system: str, *, before: int, asof: int) -> Decision | None:
    """The last decision on a system before a moment, of those that were made by `asof`."""
    made = [one for one in decisions if one.system == system and one.time < before and one.time <= asof]
    # Of two at once the later row counts.
    return max(enumerate(made), key=lambda pair: (pair[1].time, pair[0]))[1] if made else None


def readings_of(
    policy: Policy, tier: str, score: TierScore, seen: Mapping[str, Seen], *, at: int
) -> tuple[Reading, ...]:
    """One reading for each metric that the tier is scored on, measured or not.

    Args:
        policy: For floors and targets that the set of weights does not state.
        tier: Its name.
        score: What it is scored on.
        seen: By metric or KPI.
        at: The moment of the score, microseconds since the epoch, UTC: older evidence has faded.
    """
    return tuple(_reading(policy, name, spec, seen.get(name), tier=tier, at=at) for name, spec in score.metrics.items())


def _reading(policy: Policy, name: str, spec: ScoredMetric, seen: Seen | None, *, tier: str, at: int) -> Reading:
    floor, target = floor_of(policy, tier, name, spec.floor), target_of(policy, tier, name, spec.target)
    metric, kpi = policy.metrics.get(name), kpi_catalogue().get(name)
    bare = Reading(
        metric=name,
        pillar=spec.pillar,
        weight=spec.weight,
        better="higher",
        target=1.0,
        floor=0.5,
        low=None,
        high=None,
        veto=spec.veto or name in policy.red_lines or _kpi_veto(policy, name),
        half_life=spec.half_life,
        source="nothing was measured",
    )
    if seen is None:
        known = metric or kpi
        if known is None or floor is None or target is None:
            return bare
        return replace(bare, better=known.better, floor=floor, target=target, share=known.unit == "ratio")
    floor, target = floor if floor is not None else seen.floor, target if target is not None else seen.target
    if floor is None or target is None:
        return replace(bare, source=f"{seen.source}, and nothing says what is asked of it")
    return replace(
        bare,
        better=seen.better,
        target=target,
        floor=floor,
        low=seen.low,
        high=seen.high,
        share=seen.share,
        age=max(0.0, (at - seen.at) / DAY),
        independence=seen.independence,
        judged=seen.judged,
        source=seen.source,
    )


def seen_of(reading: KpiReading, end: int) -> Seen | None:
    """What a KPI says; None where nothing is known.

    Args:
        reading: The KPI, of the product or, where it is read for nobody else, of the organisation.
        end: Of the period, microseconds since the epoch, UTC.
    """
    found = reading.seen
    if not isinstance(found, Estimate) or not found.known:
        return None
    whose = reading.name or "the organisation"
    return Seen(
        low=found.interval.low,
        high=found.interval.high,
        value=found.value,
        better="higher" if reading.better == "higher" else "lower",
        share=reading.share,
        at=end - round((reading.age or 0.0) * DAY),
        independence=_INDEPENDENCE[reading.independence],
        source=f"{reading.kpi} of {whose}, {reading.period}",
        floor=reading.floor.bound if reading.floor else None,
        target=reading.target,
        # Without a floor of its own the KPI was judged by nobody; too few cases for a verdict are none for the score.
        judged=reading.verdict if reading.floor is not None else None,
    )


def _kpi_veto(policy: Policy, name: str) -> bool:
    kpi, facts = policy.kpis.get(name), kpi_catalogue().get(name)
    return bool(kpi.veto if kpi and kpi.veto is not None else facts and facts.veto)


def _judged(candidate: CandidateDecision, metric: str) -> Judgement | None:
    """The strictest verdict on the metric itself; regressions and gaps are of other quantities."""
    own = [one for one in candidate.judgements if one.metric == metric and one.asked in {"floor", "red-line"}]
    return max(own, key=lambda one: _STRICT.index(one.verdict), default=None)


def _own(policy: Policy, owner: str, system: str) -> bool:
    """Whether whoever owns a metric owns the system, too, or is in the same team."""
    holder = policy.systems[system].owner
    teams = {name: person.team for name, person in policy.people.items() if person.team}
    return owner == holder or teams.get(owner, owner) == teams.get(holder, holder)
