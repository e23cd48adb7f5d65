"""What a vendor's contract promises of a quarter, what was seen of it, and what is owed for it (F08).

    credit = min(cap, fee * sum of slope * shortfall) - bonuses

A shortfall is how far the estimate lies on the wrong side of the floor, and there is one only when the whole interval
does. Its ends are those of the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.table import estimate_kpi
from trimtab.decision.model import CandidateDecision, Decision, Verdict
from trimtab.evidence.entries.vendors import VendorCounted
from trimtab.kinds import Estimate, Missing
from trimtab.policy.model import Policy
from trimtab.policy.vendor_spec import SLA_KPIS, SlaClause, VendorSpec
from trimtab.stats.binomial import clopper_pearson

Source = Literal["measured", "counted", "attested", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseResult:
    """One clause in one quarter. `shortfall` is (least, as estimated, most), in the unit of the metric; zeros if none.

    `credit` is what it alone would cost, before the cap; `bonus` what was earned. `rows` are those of the ledger that
    the figure is made of, `run` the decision that it was taken from.
    """

    clause: SlaClause
    seen: Estimate | Missing
    source: Source
    verdict: Verdict
    shortfall: tuple[float, float, float]
    credit: float
    bonus: float
    rows: tuple[int, ...] = ()
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a vendor owes for a quarter, in the policy's currency: `value`, and what it may be at least and at most.

    Clauses of which nothing was seen may be anything: they widen the ends and add nothing to the value. Below 0 it is
    the vendor who earned something.
    """

    vendor: str
    value: float
    low: float
    high: float
    capped: bool
    clauses: tuple[ClauseResult, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The metrics of which nothing was seen."""
        return tuple(one.clause.metric for one in self.clauses if isinstance(one.seen, Missing))


def credit_of(asked: Asked, name: str) -> Credit:
    """What a vendor owes for the period that is asked about.

    Raises:
        KeyError: There is no such vendor.
    """
    spec = asked.policy.vendors[name]
    results = tuple(_clause(asked, name, spec, clause) for clause in spec.sla)
    fee, most = spec.fee or 0.0, spec.most
    bonus = sum(one.bonus for one in results)
    ends = [fee * sum(one.clause.slope * one.shortfall[at] for one in results) for at in range(3)]
    silent = [one for one in results if isinstance(one.seen, Missing)]
    possible = sum(one.clause.bonus.amount for one in silent if one.clause.bonus)
    return Credit(
        vendor=name,
        value=min(most, ends[1]) - bonus,
        low=min(most, ends[0]) - bonus - possible,
        high=(most if silent else min(most, ends[2])) - bonus,
        capped=ends[1] > most,
        clauses=results,
    )


def last_measured(
    decisions: Sequence[Decision], policy: Policy, system: str, *, start: int, end: int
) -> tuple[Decision, CandidateDecision] | None:
    """The last decision on a system in [start, end), and of it the candidate that is in production: the baseline.

    Without a baseline it is the winner, and without one the only candidate there is.
    """
    for one in sorted(decisions, key=lambda decision: (decision.time, decision.run), reverse=True):
        if one.system != system or not start <= one.time < end:
            continue
        named = policy.systems[system].baseline or one.baseline or one.winner
        for candidate in one.candidates:
            if candidate.candidate == named or (not named and len(one.candidates) == 1):
                return one, candidate
    return None


# -- parts ---------------------------------------------------------------------------------


def _clause(asked: Asked, name: str, spec: VendorSpec, clause: SlaClause) -> ClauseResult:
    higher = clause.metric in SLA_KPIS or asked.policy.metrics[clause.metric].better == "higher"
    theirs, their_rows = _counted(asked, name, clause.metric, own=True)
    seen, source, rows, run = _by_others(asked, name, spec, clause.metric)
    verdict = _verdict(seen, clause.floor, higher=higher)
    own = _verdict(theirs, clause.floor, higher=higher)
    if own is Verdict.FAIL and verdict is not Verdict.FAIL:  # what a vendor admits counts, whatever else was seen
        seen, source, rows, run, verdict = theirs, "attested", their_rows, "", own
    elif isinstance(seen, Missing) and isinstance(theirs, Estimate):  # what it claims clears nothing and earns nothing
        seen, source, rows = theirs, "attested", their_rows
    shortfall = _shortfall(seen, clause.floor, higher=higher) if verdict is Verdict.FAIL else (0.0, 0.0, 0.0)
    # What a vendor claims never comes to PASS, so it earns nothing.
    paid = clause.bonus if verdict is Verdict.PASS else None
    beyond = paid is not None and _verdict(seen, paid.beyond, higher=higher) is Verdict.PASS
    return ClauseResult(
        clause=clause,
        seen=seen,
        source=source,
        verdict=verdict,
        shortfall=shortfall,
        credit=(spec.fee or 0.0) * clause.slope * shortfall[1],
        bonus=paid.amount if paid and beyond else 0.0,
        rows=rows,
        run=run,
    )


def _by_others(
    asked: Asked, name: str, spec: VendorSpec, metric: str
) -> tuple[Estimate | Missing, Source, tuple[int, ...], str]:
    if metric not in SLA_KPIS:
        found = last_measured(asked.decisions, asked.policy, spec.system or "", start=asked.period.start, end=asked.end)
        seen = found[1].estimates.get(metric) if found else None
        if found and isinstance(seen, Estimate) and seen.known:
            return seen, "measured", (), found[0].run
    elif spec.system is not None:  # the same KPI as of our own systems, from incidents and findings of theirs
        kept = estimate_kpi(metric, asked.of("system", spec.system))
        if isinstance(kept, Estimate) and kept.known:
            return kept, "measured", (), ""
    counted, rows = _counted(asked, name, metric, own=False)
    if isinstance(counted, Estimate):
        return counted, "counted", rows, ""
    return counted, "", (), ""


def _counted(asked: Asked, name: str, metric: str, *, own: bool) -> tuple[Estimate | Missing, tuple[int, ...]]:
    """Counts whose stretch lies in the period and ended by the moment of asking, added up; and their rows."""
    found = [
        one
        for one in asked.books.all(VendorCounted)
        if (one.entry.vendor, one.entry.clause) == (name, metric)
        and (one.entry.independence == "self") == own
        and asked.period.start <= one.entry.since < asked.period.end
        and one.entry.at <= asked.end
    ]
    if not found:
        return Missing("nothing-seen", f"nobody counted {metric} of {name} in this period"), ()
    hits, of = sum(one.entry.hits for one in found), sum(one.entry.of for one in found)
    interval = clopper_pearson(hits, of, level=asked.level)
    return Estimate(value=hits / of, interval=interval, count=of, cases=of), tuple(one.seq for one in found)


def _verdict(seen: Estimate | Missing, floor: float, *, higher: bool) -> Verdict:
    if isinstance(seen, Missing):
        return Verdict.INCONCLUSIVE
    low, high = seen.interval.low, seen.interval.high
    if (low >= floor) if higher else (high <= floor):
        return Verdict.PASS
    return Verdict.FAIL if ((high < floor) if higher else (low > floor)) else Verdict.INCONCLUSIVE


def _shortfall(seen: Estimate | Missing, floor: float, *, higher: bool) -> tuple[float, float, float]:
    if isinstance(seen, Missing):
        return 0.0, 0.0, 0.0
    low, value, high = seen.interval.low, seen.value, seen.interval.high
    return (floor - high, floor - value, floor - low) if higher else (low - floor, value - floor, high - floor)
