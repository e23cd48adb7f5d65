"""Gates and consents: what waits for whom, what changed since the last consent, and what would change a verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.consent_standing import ConsentState
from trimtab.decision.incidents import incidents
from trimtab.decision.model import CandidateDecision, Decision, Verdict
from trimtab.errors import UsageError
from trimtab.evidence.entries.consents import Asked, ConsentDecided
from trimtab.kinds import Estimate
from trimtab.policy.diff import diff
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.consents import Consent, Requirement, consent_of, latest_decisions, requirements_of
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.consent_facts import Listed, artefact_in, asked_as, looked_up, standings

_ORDER = {
    ConsentState.ASKED: 0,
    ConsentState.WAITING: 0,
    ConsentState.EMERGENCY: 1,
    ConsentState.CONDITIONAL: 2,
    ConsentState.GIVEN: 3,
    ConsentState.LAPSED: 4,
    ConsentState.REFUSED: 5,
    ConsentState.NONE: 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One system's last decision, and what would change it."""

    system: str
    tier: str
    owner: str
    risk_owner: str
    verdict: str
    reason: str
    winner: str
    run: str
    decided: int
    change: tuple[str, ...]
    consent: str
    consent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """All of the page: what waits first."""

    waiting: tuple[Consent, ...]
    holding: tuple[Consent, ...]
    past: tuple[Consent, ...]
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name and what is said under it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between what was consented to and what is so now; `effect` as of a policy's differences."""

    where: str
    effect: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A metric that was seen otherwise when it was asked for than it is now."""

    metric: str
    then: Seen
    now: Seen
    verdict: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """One consent: what was said and signed, and how things differ from then."""

    consent: Consent
    facts: tuple[Fact, ...]
    conditions: tuple[Fact, ...]
    changes: tuple[Change, ...]
    known: bool
    moved: tuple[Moved, ...]
    incidents: tuple[Fact, ...]
    requirements: tuple[Requirement, ...]


def gates(now: Snapshot, _: Standing, __: Mapping[str, str]) -> Gates:
    """The queue, and every gate."""
    listed = standings(now.ledger, now.policy, at=now.moment)
    decided = latest_decisions(now)
    made = [(one.standing.state, consent_of(one, decided)) for one in listed]
    waiting = [one for state, one in made if state in (ConsentState.ASKED, ConsentState.WAITING)]
    holding = [one for _, one in made if one.opens]
    past = [one for state, one in made if not one.opens and state not in (ConsentState.ASKED, ConsentState.WAITING)]
    return Gates(
        waiting=tuple(sorted(waiting, key=lambda one: one.due or one.until or 2**62)),
        holding=tuple(sorted(holding, key=lambda one: one.until)),
        past=tuple(past[::-1]),
        gates=tuple(_gates(now, decided, listed)),
    )


def consent(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> ConsentPage:
    """One consent.

    Raises:
        UsageError: There is none of this id.
    """
    one = looked_up(now.ledger, now.policy, asked["consent"], at=now.moment)
    request = asked_as(now.books, asked["consent"])
    if request is None:  # it was asked for after the moment
        raise UsageError(f"there is no consent {asked['consent'][:80]!r} yet.", "The gates page lists all.")
    decided = latest_decisions(now)
    then = now.evidence.policies(request.policy)
    last = decided.get(one.system)
    changes = [
        Change(where=change.where, effect=change.effect, text=change.text)
        for change in (diff(then, now.policy).changes if then is not None else ())
    ]
    row = now.ledger.before(now.moment)
    latest = artefact_in(now.ledger, one.system, one.candidate, last.run) if last is not None and row else ""
    if latest != request.artefact:
        text = "Another artefact was measured last." if latest else "It was not among what was measured last."
        changes.insert(0, Change(where="artefact", effect="changes", text=text))
    signed = now.books.about(ConsentDecided, request.consent)
    facts = [Fact(name=name, text=text) for name, text in one.told.items() if not name.startswith("to do ")]
    conditions = [Fact(name=name[6:], text=text) for name, text in one.told.items() if name.startswith("to do ")]
    since = signed[0].entry.at if signed else request.at
    return ConsentPage(
        consent=consent_of(one, decided),
        facts=tuple(facts),
        conditions=tuple(conditions),
        changes=tuple(changes),
        known=then is not None,
        moved=tuple(_moved(now, request, last)),
        incidents=tuple(
            Fact(name=case.opened.incident, text=f"{case.opened.severity}, {case.opened.hazard}: {case.opened.what}")
            for case in incidents(now.books, before=now.moment)
            if case.opened.system == one.system and case.opened.at >= since
        ),
        requirements=tuple(each for each in requirements_of(last) if each.candidate == one.candidate),
    )


# -- parts ---------------------------------------------------------------------------------


def _gates(now: Snapshot, decided: Mapping[str, Decision], listed: Sequence[Listed]) -> Iterator[Gate]:
    for name, spec in now.policy.systems.items():
        last = decided.get(name)
        winner = last.winner if last else ""
        own = [one.standing for one in listed if one.system == name and one.candidate == winner]
        stands = next((one for one in own[::-1] if one.opens), own[-1] if own else None)
        owed = now.policy.tiers[spec.tier].consent is not None
        yield Gate(
            system=name,
            tier=spec.tier,
            owner=spec.owner,
            risk_owner=spec.risk_owner or "",
            verdict=last.verdict.value if last else Verdict.INCONCLUSIVE.value,
            reason=last.reason if last else "Nothing was decided yet.",
            winner=winner,
            run=last.run if last else "",
            decided=last.time if last else 0,
            change=tuple(_would_change(last)) if last else ("A first run: `trimtab run`.",),
            consent=stands.state.value if stands else "none" if owed else "not asked for",
            consent_id=stands.id if stands else "",
        )


def _would_change(last: Decision) -> Iterator[str]:
    """For whom it did not pass, what stands in the way; for the winner, which floor is nearest."""
    for one in last.candidates:
        if one.verdict is Verdict.PASS:
            continue
        for judged in one.judgements:
            if judged.verdict is Verdict.PASS:
                continue
            more = f"; about {judged.needed:,} further cases would decide" if judged.needed else ""
            way = "breaks" if judged.verdict is Verdict.FAIL else "does not prove"
            yield f"{one.candidate} {way} {judged.metric} {judged.requirement}{more}."
    chosen = next((one for one in last.candidates if one.candidate == last.winner), None)
    if chosen is not None and (tightest := _tightest(chosen)):
        yield tightest


def _tightest(chosen: CandidateDecision) -> str:
    """The floor whose interval comes nearest to it."""
    found = []
    for judged in chosen.judgements:
        if judged.asked == "floor" and isinstance(judged.seen, Estimate):
            ends = judged.seen.interval
            gap = min(abs(judged.bound - ends.low), abs(judged.bound - ends.high))
            where = f"{judged.metric}, {judged.requirement}"
            found.append((gap, f"{chosen.candidate} is nearest to its floor in {where}: by {gap:.2g}."))
    return min(found)[1] if found else ""


def _moved(now: Snapshot, request: Asked, last: Decision | None) -> Iterator[Moved]:
    then = next((one for one in now.evidence.decisions if one.run == request.run), None)
    first = next((one for one in then.candidates if one.candidate == request.candidate), None) if then else None
    second = next((one for one in last.candidates if one.candidate == request.candidate), None) if last else None
    if first is None or second is None:
        return
    judged = {one.metric: one.verdict.value for one in second.judgements if one.asked == "floor"}
    for metric, seen in second.estimates.items():
        before = first.estimates.get(metric)
        if before is not None:
            yield Moved(
                metric=metric,
                then=seen_of(before),
                now=seen_of(seen),
                verdict=judged.get(metric, ""),
                unit="ratio" if _share(seen) else "",
            )


def _share(seen: object) -> bool:
    return isinstance(seen, Estimate) and seen.interval.low >= 0.0 and seen.interval.high <= 1.0
