"""Rules of consents: nobody decides on what they ask for, and a signature is theirs, over this very request."""

from collections.abc import Iterator, Mapping

from trimtab.decision.consent_lapses import day
from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, in_currency, there_is
from trimtab.decision.signers import flaw_of_signature, flaws_of_acceptance, gone, may_accept
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.consents import (
    EMERGENCY_HOURS,
    Asked,
    ConditionMet,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    ConsentWithdrawn,
    EmergencyDeclared,
)
from trimtab.evidence.entries.releases import Deployed
from trimtab.policy.consent_spec import LONGEST_DAYS
from trimtab.policy.promise import promise_digest

_DAY = 86_400_000_000  # microseconds
_HOUR = 3_600_000_000


def _asked(entry: Asked, held: Held) -> Iterator[Doubt]:
    yield from _named(entry.system, entry.candidate, held)
    if held.books.about(_other(type(entry)), entry.consent):
        yield Doubt("consent", f"{entry.consent!r} is taken", "Choose another id.")
    if _is_named(entry, held) and entry.promise != promise_digest(held.policy, entry.system, entry.candidate):
        yield Doubt("promise", "is not what the policy promises of it now", "Ask with the policy that is in force.")
    if entry.policy != held.policy.digest:
        yield Doubt("policy", "is not the policy that is in force", "Ask with the policy that is in force.")
    for field in ("artefact", "row_hash", "ledger"):
        if not getattr(entry, field).startswith("sha256:"):
            yield Doubt(field, "is no digest", "Ask with `trimtab consent request`, which finds it.")


def _emergency(entry: EmergencyDeclared, held: Held) -> Iterator[Doubt]:
    yield from _asked(entry, held)
    if not entry.what:
        yield Doubt("what", "is missing", "Say what the emergency is.")
    if held.now >= entry.at + EMERGENCY_HOURS * _HOUR:
        yield Doubt("at", f"lies more than {EMERGENCY_HOURS} hours back, so it is over", "Ask for consent.")
    yield from _signed(entry.by, entry.signature, entry.statement(), entry.at, held)


def _decided(entry: ConsentDecided, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(ConsentRequested, entry.consent, held, "consent")):
        yield from missing
        return
    request = held.books.about(ConsentRequested, entry.consent)[0].entry
    yield from _of_it(entry, request.system)
    if before := held.books.about(ConsentDecided, entry.consent):
        yield Doubt("consent", f"was decided in row {before[0].seq}", "Ask again, and decide on that.")
    if held.books.about(ConsentWithdrawn, entry.consent):
        yield Doubt("consent", "was withdrawn", "Ask again.")
    if entry.at < request.at:
        yield Doubt("at", "lies before it was asked for", "Decide on what is asked.")
    if not _is_named(request, held):
        yield Doubt("consent", "is about what the policy does not name any more", "Ask again.")
        return
    if entry.decision != "refuse":
        yield from _acceptable(entry, request, held)
    yield from in_currency(entry, held)
    if not entry.currency:
        yield Doubt("currency", "is missing, and a sum without one is none", f"Write {held.policy.currency}.")
    if not entry.risk:
        yield Doubt("risk", "is missing", "Say in words what can still go wrong.")
    yield from _conditions(entry)
    yield from _may(entry.by, request.system, request.by, entry.at, held)
    yield from _signed(entry.by, entry.signature, entry.statement(request), entry.at, held)


def _acceptable(entry: ConsentDecided, request: ConsentRequested, held: Held) -> Iterator[Doubt]:
    """What stands in the way of accepting, which nothing keeps anybody from refusing."""
    if request.promise != promise_digest(held.policy, request.system, request.candidate):
        yield Doubt("consent", "was asked for under another promise than the policy's now", "Ask again.")
    asks = held.policy.tiers[held.policy.systems[request.system].tier].consent
    days = asks.valid_days if asks is not None else LONGEST_DAYS
    if not entry.at < entry.expires <= entry.at + days * _DAY:
        latest = day(entry.at + days * _DAY)
        yield Doubt("expires", f"is not within the {days} days that a consent may hold", f"At the latest {latest}.")
    elif entry.expires <= held.now:
        yield Doubt("expires", "has passed", "Decide again, with a later day.")


def _conditions(entry: ConsentDecided) -> Iterator[Doubt]:
    if entry.decision == "conditions" and not entry.conditions:
        yield Doubt("conditions", "are missing", "Name each with a day, or accept without.")
    if entry.decision == "accept" and entry.conditions:
        yield Doubt("decision", "is to accept, and there are conditions", "Decide `conditions`.")
    for name, (by, what) in entry.conditions.items():
        if not what:
            yield Doubt("conditions", f"{name} says nothing", "Say what must be done.")
        if by <= entry.at:
            yield Doubt("conditions", f"{name} is due before it is decided", "Give a later day.")
        if entry.decision == "conditions" and by > entry.expires:
            yield Doubt("conditions", f"{name} is due after the consent has lapsed", "Give an earlier day.")


def _second(entry: ConsentSigned, held: Held) -> Iterator[Doubt]:
    emergencies = held.books.about(EmergencyDeclared, entry.consent)
    decisions = held.books.about(ConsentDecided, entry.consent)
    if not emergencies and not decisions:
        yield Doubt("consent", f"nothing that could be signed has the id {entry.consent!r}", "Decide on it first.")
        return
    first = emergencies[0].entry if emergencies else decisions[0].entry
    if entry.by == first.by:
        yield Doubt("by", f"{entry.by} has signed it already", "A second person signs.")
    if any(one.entry.by == entry.by for one in held.books.about(ConsentSigned, entry.consent)):
        yield Doubt("by", f"{entry.by} has signed it already", "Once is enough.")
    if isinstance(first, EmergencyDeclared):
        yield from _of_it(entry, first.system)
        if held.now >= first.at + EMERGENCY_HOURS * _HOUR:
            yield Doubt("consent", "is an emergency that is over", "Ask for consent.")
        yield from _signed(entry.by, entry.signature, first.statement(), entry.at, held)
        return
    request = held.books.about(ConsentRequested, entry.consent)[0].entry
    yield from _of_it(entry, request.system)
    if first.decision == "refuse":
        yield Doubt("consent", "was refused", "Ask again.")
    elif first.expires <= held.now:
        yield Doubt("consent", "has expired", "Ask again.")
    if request.system in held.policy.systems:
        yield from _may(entry.by, request.system, request.by, entry.at, held)
    yield from _signed(entry.by, entry.signature, first.statement(request), entry.at, held)


def _met(entry: ConditionMet, held: Held) -> Iterator[Doubt]:
    decisions = held.books.about(ConsentDecided, entry.consent)
    if not decisions:
        yield Doubt("consent", f"no decision has the id {entry.consent!r}", "`trimtab consent list` lists them.")
        return
    decided = decisions[0].entry
    request = held.books.about(ConsentRequested, entry.consent)[0].entry
    yield from _of_it(entry, request.system)
    if entry.condition not in decided.conditions:
        listed = ", ".join(decided.conditions) or "none"
        yield Doubt("condition", f"{entry.consent} has no condition {entry.condition!r}", f"It has {listed}.")
    elif held.now >= decided.conditions[entry.condition][0]:
        yield Doubt("condition", "was due before now, so the consent has lapsed", "Ask again.")
    yield from _may(entry.by, request.system, request.by, entry.at, held)


def _taken_back(entry: ConsentWithdrawn, held: Held) -> Iterator[Doubt]:
    """Whoever asked, signed or may accept the risk may take it back: that is never the dangerous direction."""
    known = [
        one.entry for kind in (ConsentRequested, EmergencyDeclared) for one in held.books.about(kind, entry.consent)
    ]
    if not known:
        yield Doubt("consent", f"there is no consent {entry.consent!r}", "`trimtab consent list` lists them.")
        return
    yield from _of_it(entry, known[0].system)
    signed = {one.entry.by for kind in (ConsentDecided, ConsentSigned) for one in held.books.about(kind, entry.consent)}
    if entry.by not in {known[0].by, *signed} and not may_accept(entry.by, held.policy, known[0].system):
        yield Doubt(
            "by", f"{entry.by} has neither asked for it nor signed it, and may not accept it", "Ask one who may."
        )


def _deployed(entry: Deployed, held: Held) -> Iterator[Doubt]:
    yield from _named(entry.system, entry.candidate, held)
    if not entry.artefact.startswith("sha256:"):
        yield Doubt("artefact", "is no digest", "It begins with sha256:, as `trimtab attest` shows it.")


def _named(system: str, candidate: str, held: Held) -> Iterator[Doubt]:
    if not system:
        yield Doubt("system", "is missing", f"One of {', '.join(list(held.policy.systems)[:12])}.")
    elif system in held.policy.systems and candidate not in held.policy.systems[system].all_candidates:
        listed = ", ".join(list(held.policy.systems[system].all_candidates)[:12])
        yield Doubt("candidate", f"{system} has no candidate {candidate!r}", f"It has {listed}.")


def _is_named(asked: Asked, held: Held) -> bool:
    spec = held.policy.systems.get(asked.system)
    return spec is not None and asked.candidate in spec.all_candidates


def _of_it(entry: Entry, system: str) -> Iterator[Doubt]:
    if entry.system != system:
        yield Doubt("system", f"is not {system}, which the request is about", f"Write {system}.")


def _other(kind: type[Asked]) -> type[Asked]:
    return EmergencyDeclared if kind is ConsentRequested else ConsentRequested


def _may(name: str, system: str, requester: str, at: int, held: Held) -> Iterator[Doubt]:
    for flaw in flaws_of_acceptance(name, held.policy, system, requester=requester, at=max(at, held.now)):
        yield Doubt("by", flaw.what, flaw.next_step)


def _signed(name: str, signature: str, statement: bytes, at: int, held: Held) -> Iterator[Doubt]:
    if gone(name, held.policy, max(at, held.now)):
        yield Doubt("by", f"{name} has left", "Ask whoever has taken over.")
    flaw = flaw_of_signature(signature, statement, name, held.policy, recorded=held.now)
    if flaw is not None:
        yield Doubt("signature", flaw.what, flaw.next_step)


RULES: Mapping[type[Entry], Rule] = {
    ConsentRequested: _asked,
    EmergencyDeclared: _emergency,
    ConsentDecided: _decided,
    ConsentSigned: _second,
    ConditionMet: _met,
    ConsentWithdrawn: _taken_back,
    Deployed: _deployed,
}
