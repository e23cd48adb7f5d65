"""Where a consent stands at a moment: asked for, refused, given, or lapsed, and why. Pure rules over the books.

A consent holds for the digests that it names and for nothing else. It lapses when one of them changes, when a floor is
raised, an error budget is spent or a severe incident is opened after it, at its expiry, when a condition is not met by
its day, when it is withdrawn, and when a key that signed it is revoked from a day before. Then somebody asks again, and
somebody looks again.
"""

from collections.abc import Iterator
from dataclasses import replace

from trimtab.decision.consent_lapses import Now, changed, day, duties, since, withdrawn
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.emergencies import emergency
from trimtab.decision.signers import Flaw, flaw_of_signature, gone, may_accept, same_side
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.consents import (
    ConditionMet,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    EmergencyDeclared,
)
from trimtab.policy.consent_spec import LONGEST_DAYS
from trimtab.policy.model import Policy

__all__ = ["ConsentState", "Now", "Standing", "consent_of", "standing_of"]

_DAY = 86_400_000_000  # microseconds


def consent_of(books: Books, policy: Policy, system: str, candidate: str, now: Now) -> Standing:
    """The standing of a candidate: of the consent that opens the gate, else of the last one that was asked for."""
    asked = [
        one
        for kind in (ConsentRequested, EmergencyDeclared)
        for one in books.all(kind)
        if one.entry.system == system and one.entry.candidate == candidate and one.time <= now.at
    ]
    if not asked:
        step = f"Ask for it: `trimtab consent request {candidate} --system {system} --by NAME`."
        return Standing(state=ConsentState.NONE, why=f"nobody has asked for consent to {candidate}.", next_step=step)
    # Whatever else was asked about cannot open the gate, and to check every signature of years takes seconds.
    same = [
        one.entry.consent for one in asked if (one.entry.artefact, one.entry.promise) == (now.artefact, now.promise)
    ]
    opening = [one for one in (standing_of(books, policy, id_, now) for id_ in same) if one.opens]
    if opening:
        order = list(ConsentState)
        return max(opening, key=lambda one: (order.index(one.state), one.expires))
    return standing_of(books, policy, max(asked, key=lambda one: one.seq).entry.consent, now)


def standing_of(books: Books, policy: Policy, id_: str, now: Now) -> Standing:
    """Where one consent, or one emergency, stands.

    Raises:
        KeyError: There is none of this id.
        MissingPackageError: `cryptography` is not installed, so that no signature can be checked.
    """
    emergencies = books.about(EmergencyDeclared, id_)
    if emergencies:
        return emergency(books, policy, emergencies[0], now)
    requests = books.about(ConsentRequested, id_)
    if not requests:
        raise KeyError(id_)
    request = requests[0]
    decided = next((one for one in books.about(ConsentDecided, id_) if one.time <= now.at), None)
    asked = request.entry
    if decided is None:
        if taken := tuple(withdrawn(books, id_, now)):
            why = f"{id_} has lapsed: {taken[0]}."
            return Standing(state=ConsentState.LAPSED, id=id_, why=why, asked_by=asked.by, lapses=taken)
        return Standing(
            state=ConsentState.ASKED,
            id=id_,
            why=f"{id_} was asked for by {asked.by} and is not decided.",
            next_step=f"Whoever may accept the risk decides: `trimtab consent decide {id_}`.",
            asked_by=asked.by,
        )
    return _decided(books, policy, request, decided, now)


def _decided(
    books: Books, policy: Policy, request: Kept[ConsentRequested], decided: Kept[ConsentDecided], now: Now
) -> Standing:
    entry, asked, id_ = decided.entry, request.entry, request.entry.consent
    first = _flaw(decided, entry.statement(asked), policy, asked.system, asked.by)
    base = Standing(state=ConsentState.GIVEN, id=id_, asked_by=asked.by, signers=(entry.by,), due=duties(entry))
    if entry.decision == "refuse":
        step = "Meet what was asked, and ask again." if entry.conditions else "Change it, and ask again."
        return replace(base, state=ConsentState.REFUSED, why=f"{id_} was refused by {entry.by}.", next_step=step)
    spec = policy.systems.get(asked.system)
    asks = policy.tiers[spec.tier].consent if spec is not None else None
    second = next(_seconds(books, policy, request, decided, now), None) if asks is not None and asks.second else None
    longest = asks.valid_days if asks is not None else LONGEST_DAYS
    expires = min(entry.expires, entry.at + longest * _DAY)
    due = tuple((name, by) for name, by in duties(entry) if not _met(books, id_, name, by, now))
    lapses = (
        *([first.what] if first is not None else []),
        *changed(asked, policy, now),
        *since(books, asked.system, decided, now),
        *([f"it expired on {day(expires)}"] if now.at >= expires else []),
        *(f"condition {name} was not met by {day(by)}" for name, by in due if now.at >= by),
        *withdrawn(books, id_, now),
    )
    signers = (entry.by, *([second.entry.by] if second else []))
    base = replace(base, signers=signers, expires=expires, due=due, lapses=lapses)
    if lapses:
        why = f"{id_} has lapsed: {'; '.join(lapses)}."
        return replace(base, state=ConsentState.LAPSED, why=why, next_step="Ask again.")
    if asks is not None and asks.second and second is None:
        why = f"{id_} is accepted by {entry.by} and waits for a second person."
        step = f"Another one signs: `trimtab consent sign {id_}`."
        return replace(base, state=ConsentState.WAITING, why=why, next_step=step)
    rest = f", with conditions open: {', '.join(f'{name} by {day(by)}' for name, by in due)}" if due else ""
    why = f"{id_} is accepted by {' and '.join(signers)} until {day(expires)}{rest}."
    state = ConsentState.CONDITIONAL if due else ConsentState.GIVEN
    return replace(base, state=state, why=why, given=max(decided.time, second.time if second else 0))


def _met(books: Books, id_: str, condition: str, by: int, now: Now) -> bool:
    """Whether a condition was said to be met, and that was recorded, in time."""
    said = books.about(ConditionMet, id_)
    return any(one.entry.condition == condition and one.time <= now.at and one.time < by for one in said)


def _flaw(
    signed: Kept[ConsentDecided] | Kept[ConsentSigned], statement: bytes, policy: Policy, system: str, requester: str
) -> Flaw | None:
    """Whether a recorded signature still counts. Who signed before leaving has signed."""
    name = signed.entry.by
    flaw = flaw_of_signature(signed.entry.signature, statement, name, policy, recorded=signed.time)
    if flaw is not None:
        return flaw
    if not may_accept(name, policy, system):
        return Flaw(f"{name} may not accept this risk any more")
    if gone(name, policy, max(signed.entry.at, signed.time)):
        return Flaw(f"{name} had left when it was recorded")
    if same_side(name, requester, policy):
        return Flaw(f"{name} asked for it, or is of the team that did")
    return None


def _seconds(
    books: Books, policy: Policy, request: Kept[ConsentRequested], decided: Kept[ConsentDecided], now: Now
) -> Iterator[Kept[ConsentSigned]]:
    statement = decided.entry.statement(request.entry)
    return (
        one
        for one in books.about(ConsentSigned, request.entry.consent)
        if one.time <= now.at
        and one.entry.by != decided.entry.by
        and _flaw(one, statement, policy, request.entry.system, request.entry.by) is None
    )
