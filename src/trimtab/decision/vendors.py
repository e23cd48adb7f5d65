"""Where a vendor stands: measured and attested, in a band by the same score as our own products, and what follows.

A critical vendor's band is the most that a product which rests on it can have (P11).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab.decision.incidents import Finding, findings
from trimtab.decision.model import CandidateDecision, Decision, Verdict
from trimtab.decision.scorecard import (
    UNDECIDED_CAP,
    VETO_CAP,
    Band,
    Pillar,
    Reading,
    Scorecard,
    band_of,
    score,
)
from trimtab.decision.vendor_answers import DAY, Answer, answers, due, readings
from trimtab.decision.vendor_sla import last_measured
from trimtab.evidence.books import Books
from trimtab.kinds import Estimate
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins
from trimtab.policy.pillars import PROTECTED, pillar_of_control

WEIGHTS: Mapping[Pillar, float] = {
    "safety": 0.3,
    "privacy": 0.2,
    "fairness": 0.1,
    "governance": 0.3,
    "performance": 0.1,
}
"""Of the pillars, before those that nothing is asked of are left out."""
CAPS: Mapping[Band, float] = {"A": 100.0, "B": 84.0, "C": UNDECIDED_CAP, "D": VETO_CAP}
"""The most points of a product that rests on a critical vendor of this band."""
_HALF = 0.5  # what protects people weighs at least so much


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorStanding:
    """A vendor at a moment. `due` is when it is to be assessed again, 0 if it never was in full; microseconds, UTC."""

    vendor: str
    critical: bool
    card: Scorecard
    answers: tuple[Answer, ...]
    run: str  # the decision that its measured metrics are from; empty where nothing was measured
    due: int
    overdue: bool
    contract_ends: int  # 0 where the policy does not say
    findings: tuple[Finding, ...]  # open ones about the vendor, or its system

    @property
    def band(self) -> Band | None:
        """Of its score; None where nothing at all is known."""
        return self.card.band

    @property
    def measured(self) -> tuple[str, ...]:
        """The metrics that our suites measured."""
        own = [worth.reading for worth in self.card.worths if not worth.reading.metric.endswith(" answers")]
        return tuple(reading.metric for reading in own if reading.low is not None)

    def words(self) -> dict[str, int]:
        """How many controls somebody else vouches for, how many rest on the vendor's word, and how many on none."""
        found = dict.fromkeys(("vouched", "attested", "silent"), 0)
        for one in self.answers:
            found[one.word] += 1
        return found

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "vendor": self.vendor,
            "critical": self.critical,
            "band": self.band,
            "verdict": str(self.card.verdict),
            "score": self.card.payload(),
            "run": self.run,
            "measured": list(self.measured),
            "words": self.words(),
            "due": self.due,
            "overdue": self.overdue,
            "contract_ends": self.contract_ends,
            "findings": [one.opened.finding for one in self.findings],
            "answers": [
                {
                    "control": one.control,
                    "pillar": one.pillar,
                    "low": one.low,
                    "high": one.high,
                    "claimed": one.claimed,
                    "word": one.word,
                    "lapsed": one.lapsed,
                    "row": one.latest.seq if one.latest else 0,
                }
                for one in self.answers
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The most that a product can have, and the vendor that it is due to; `score` from 0 to 100."""

    system: str
    vendor: str
    band: Band
    score: float
    why: str


def standing(
    policy: Policy, books: Books, name: str, *, end: int, decisions: Sequence[Decision] = ()
) -> VendorStanding:
    """Where a vendor stands by what happened before `end` (microseconds since the epoch, UTC).

    Raises:
        KeyError: There is no such vendor.
    """
    spec = policy.vendors[name]
    given = answers(spec, name, books, end=end)
    held, run = _measured(policy, spec.system, decisions, end)
    all_ = [*readings(spec, given), *held]
    next_ = due(spec, given)
    return VendorStanding(
        vendor=name,
        critical=spec.critical,
        card=score(name, all_, _weights({one.pillar for one in all_})),
        answers=given,
        run=run,
        due=next_,
        overdue=next_ < end,
        contract_ends=day_begins(spec.contract_ends) if spec.contract_ends else 0,
        findings=tuple(_open(books, name, spec.system, end)),
    )


def ceiling(
    policy: Policy, books: Books, system: str, *, end: int, decisions: Sequence[Decision] = ()
) -> Ceiling | None:
    """The lowest of the critical vendors that a system rests on; None where it rests on none.

    A vendor of which nothing is known leaves the product in the lowest band.
    """
    found: list[Ceiling] = []
    for name in policy.systems[system].vendors:
        if not policy.vendors[name].critical:
            continue
        stands = standing(policy, books, name, end=end, decisions=decisions)
        points = stands.card.score
        known = (
            "nothing is known of it" if points is None else f"it stands at {points:.0f}, verdict {stands.card.verdict}"
        )
        why = f"It rests on {name}, which is critical; {known}."
        found.append(Ceiling(system=system, vendor=name, band=stands.band or "D", score=points or 0.0, why=why))
    return min(found, key=lambda one: (one.score, one.vendor), default=None)


def under(card: Scorecard, most: Ceiling | None) -> Scorecard:
    """The scorecard of a product that rests on critical vendors: its band is at most theirs.

    `high`, what it would be if all that is missing were perfect, stays: the vendor may come to do better, too.
    """
    if most is None or card.score is None or CAPS[most.band] >= card.score:
        return card
    cap = CAPS[most.band]
    by = (*card.capped_by, f"vendor {most.vendor}")
    return replace(card, score=cap, band=band_of(cap), cap=min(card.cap, cap), capped_by=by)


# -- parts ---------------------------------------------------------------------------------


def _weights(pillars: Iterable[Pillar]) -> dict[Pillar, float]:
    """Of those that something is asked of, adding up to 1; what protects people weighs at least half."""
    present = {pillar: weight for pillar, weight in WEIGHTS.items() if pillar in set(pillars)}
    guarded = sum(weight for pillar, weight in present.items() if pillar in PROTECTED)
    other = sum(present.values()) - guarded
    share = max(_HALF, guarded / (guarded + other)) if other else 1.0
    return {
        pillar: weight / guarded * share if pillar in PROTECTED else weight / other * (1.0 - share)
        for pillar, weight in present.items()
    }


def _measured(policy: Policy, system: str | None, decisions: Sequence[Decision], end: int) -> tuple[list[Reading], str]:
    """What the floors and red lines of the vendor's own system come to; unmeasured ones as readings without ends."""
    if system is None:
        return [], ""
    found = last_measured(decisions, policy, system, start=0, end=end)
    decision, candidate = found or (None, None)
    age = (end - decision.time) / DAY if decision else 0.0
    spec = policy.systems[system]
    made = [_floored(policy, system, name, candidate, age) for name in policy.tiers[spec.tier].floors]
    made += [_yes_no(f"red line {name}", _judged(candidate, "red-line", name), age) for name in policy.red_lines]
    return made, decision.run if decision else ""


def _floored(policy: Policy, system: str, name: str, candidate: CandidateDecision | None, age: float) -> Reading:
    metric, floor = policy.metrics[name], policy.tiers[policy.systems[system].tier].floors[name]
    share = metric.unit == "ratio"
    scaled = 0.0 < floor.bound < math.inf if metric.better == "higher" or not share else 0.0 <= floor.bound < 1.0
    if not scaled:  # nothing to measure a distance by, so only the verdict speaks
        return _yes_no(name, _judged(candidate, "floor", name), age)
    seen = candidate.estimates.get(name) if candidate else None
    known = seen if isinstance(seen, Estimate) and seen.known else None
    protects = name not in policy.systems[system].maximise
    pillar: Pillar = "performance"
    if protects:
        pillar = pillar_of_control(metric.links[0]) if metric.links else "safety"
    return Reading(
        metric=name,
        pillar=pillar,
        weight=1.0,
        better=metric.better,
        target=metric.target,
        floor=floor.bound,
        low=known.interval.low if known else None,
        high=known.interval.high if known else None,
        share=share,
        veto=True,
        age=age,
    )


def _yes_no(name: str, verdict: Verdict | None, age: float) -> Reading:
    """A reading of something that holds or does not; without ends where that is not decided."""
    broken = None if verdict in (None, Verdict.INCONCLUSIVE) else float(verdict is Verdict.FAIL)
    return Reading(
        metric=name,
        pillar="safety",
        weight=1.0,
        better="lower",
        target=0.0,
        floor=0.0,
        low=broken,
        high=broken,
        veto=True,
        age=age,
    )


def _judged(candidate: CandidateDecision | None, asked: str, metric: str) -> Verdict | None:
    judged = candidate.judgements if candidate else ()
    return next((one.verdict for one in judged if (one.asked, one.metric) == (asked, metric)), None)


def _open(books: Books, name: str, system: str | None, end: int) -> Iterable[Finding]:
    for one in findings(books, before=end):
        about = one.opened.vendor == name or (system is not None and one.opened.system == system)
        if about and one.open:
            yield one
