"""Decisions and consents as several pages show them: the last on each system, where one stands, what was asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.model import Decision
from trimtab.serve.pages.snapshot import Snapshot
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.consent_facts import Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent or an emergency; `until` and `due` in microseconds since the epoch, UTC, 0 for none."""

    id: str
    system: str
    candidate: str
    state: str
    opens: bool
    why: str
    next_step: str
    asked_by: str
    signers: tuple[str, ...]
    until: int
    due: int
    lapses: tuple[str, ...]
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement of a gate against what was seen; `needed` is how many further cases would probably decide it."""

    candidate: str
    asked: str
    metric: str
    requirement: str
    bound: float
    verdict: str
    reason: str
    needed: int | None
    seen: Seen


def latest_decisions(now: Snapshot) -> dict[str, Decision]:
    """The last decision on each system, before the moment."""
    found: dict[str, Decision] = {}
    for one in now.evidence.decisions:
        if one.time < now.moment and (one.system not in found or found[one.system].time <= one.time):
            found[one.system] = one
    return found


def consent_of(one: Listed, decided: Mapping[str, Decision]) -> Consent:
    """As pages show it; `current` says whether it is of the candidate that was chosen last."""
    where, last = one.standing, decided.get(one.system)
    return Consent(
        id=where.id,
        system=one.system,
        candidate=one.candidate,
        state=where.state.value,
        opens=where.opens,
        why=where.why,
        next_step=where.next_step,
        asked_by=where.asked_by,
        signers=where.signers,
        until=where.expires,
        due=min((by for _, by in where.due), default=0),
        lapses=where.lapses,
        current=last is not None and last.winner == one.candidate,
    )


def requirements_of(last: Decision | None) -> Iterator[Requirement]:
    """What the candidates of a decision were held to, one after the other; nothing where there is none."""
    for one in last.candidates if last is not None else ():
        for judged in one.judgements:
            yield Requirement(
                candidate=one.candidate,
                asked=judged.asked,
                metric=judged.metric,
                requirement=judged.requirement,
                bound=judged.bound,
                verdict=judged.verdict.value,
                reason=judged.reason,
                needed=judged.needed,
                seen=seen_of(judged.seen),
            )
