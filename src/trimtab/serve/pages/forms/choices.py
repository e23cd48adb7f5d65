"""What may be chosen in a field: what the policy names, and what the books hold and is still open."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from trimtab.decision.incidents import findings, incidents
from trimtab.decision.signers import flaws_of_acceptance
from trimtab.evidence.books import Kept
from trimtab.evidence.entries import Entry, Said
from trimtab.evidence.entries.consents import (
    EMERGENCY_HOURS,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    ConsentWithdrawn,
    EmergencyDeclared,
)
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.evidence.entries.funding import Allocated, LossClaimed, Requested, RequestWithdrawn
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.proposals import PolicyProposed
from trimtab.evidence.entries.recalibration import RecalibrationProposed
from trimtab.policy.vendor_rules import asked_of
from trimtab.serve.pages.forms.declared import Form
from trimtab.serve.pages.forms.desk import Desk

_HOUR = 3_600_000_000  # microseconds
_MOST = 200  # the newest ones; whoever means an older one types its id
E = TypeVar("E", bound=Entry)
Choice = tuple[str, str]
"""A value, and what it is called."""


def choices(form: Form, one: Said, desk: Desk) -> tuple[Choice, ...]:
    """What may be chosen, in a sensible order; empty where anything may be typed."""
    if one.form is Holds.CHOICE:
        return tuple((name, name.replace("-", " ")) for name in one.choices)
    made = _OF_FORM.get((form.name, one.name)) or _OF_FIELD.get(one.name)
    return tuple(islice(made(desk), _MOST)) if made is not None else ()


def closed(form: Form, one: Said) -> bool:
    """Whether nothing but the choices can be meant."""
    return one.form is Holds.CHOICE or (form.name, one.name) not in _OPEN


def _newest(desk: Desk, kind: type[E]) -> Iterator[Kept[E]]:
    """Entries that this person may see, the newest first."""
    return (one for one in reversed(desk.books.all(kind)) if desk.sees(one.entry))


def _plain(names: Iterable[str]) -> Iterable[Choice]:
    return ((name, name) for name in names)


def _people(desk: Desk) -> Iterable[Choice]:
    for name in desk.known.people:
        yield name, f"{name} ({desk.policy.people[name].function})"


def _owners(desk: Desk) -> Iterable[Choice]:
    yield from _people(desk)
    for name in desk.known.teams:
        yield name, f"{name} (team)"


def _incidents(desk: Desk) -> Iterable[Choice]:
    found = [one for one in incidents(desk.books) if one.open and desk.sees(one.opened)]
    for one in reversed(found):
        yield one.opened.incident, f"{one.opened.incident} · {one.opened.severity} · {_short(one.opened.what)}"


def _any_incident(desk: Desk) -> Iterable[Choice]:
    return _plain(one.entry.incident for one in _newest(desk, IncidentOpened))


def _findings(desk: Desk) -> Iterable[Choice]:
    found = [one for one in findings(desk.books) if one.open and desk.sees(one.opened)]
    for one in reversed(found):
        yield one.opened.finding, f"{one.opened.finding} · {one.opened.severity} · {_short(one.opened.what)}"


def _candidates(desk: Desk) -> Iterable[Choice]:
    for name in desk.systems:
        for candidate in desk.policy.systems[name].all_candidates:
            yield candidate, f"{candidate} of {name}"


def _undecided(desk: Desk) -> Iterable[Choice]:
    for one in _newest(desk, ConsentRequested):
        id_ = one.entry.consent
        over = bool(desk.books.about(ConsentDecided, id_)) or bool(desk.books.about(ConsentWithdrawn, id_))
        if not over and _named(desk, one.entry) and _may_accept(desk, one.entry):
            yield id_, f"{id_} · {one.entry.system} {one.entry.candidate}, asked by {one.entry.by}"


def _signed_once(desk: Desk) -> Iterable[Choice]:
    """What a second person may sign: neither refused nor over, not signed twice, and theirs to sign."""
    found: list[Kept[Any]] = [*_newest(desk, EmergencyDeclared), *_newest(desk, ConsentDecided)]
    for one in sorted(found, key=lambda one: -one.seq):
        id_ = one.entry.id
        over = bool(desk.books.about(ConsentSigned, id_)) or bool(desk.books.about(ConsentWithdrawn, id_))
        if not over and one.entry.by != desk.speaker and _may_be_signed(desk, one.entry):
            yield id_, f"{id_} · {one.entry.system}, signed by {one.entry.by}"


def _may_be_signed(desk: Desk, entry: ConsentDecided | EmergencyDeclared) -> bool:
    if isinstance(entry, EmergencyDeclared):  # of two people neither need own the risk
        return desk.now < entry.at + EMERGENCY_HOURS * _HOUR
    requests = desk.books.about(ConsentRequested, entry.consent)
    alive = entry.decision != "refuse" and desk.now < entry.expires
    return alive and bool(requests) and _named(desk, requests[0].entry) and _may_accept(desk, requests[0].entry)


def _named(desk: Desk, asked: ConsentRequested) -> bool:
    """Whether the policy still has what was asked about."""
    spec = desk.policy.systems.get(asked.system)
    return spec is not None and asked.candidate in spec.all_candidates


def _may_accept(desk: Desk, asked: ConsentRequested) -> bool:
    """Whether who speaks may accept the risk; alone on their own machine somebody speaks for whoever may."""
    who = [desk.speaker] if desk.speaker else desk.known.people
    return any(
        not list(flaws_of_acceptance(name, desk.policy, asked.system, requester=asked.by, at=desk.now)) for name in who
    )


def _conditional(desk: Desk) -> Iterable[Choice]:
    for one in _newest(desk, ConsentDecided):
        if one.entry.conditions:
            yield one.entry.consent, f"{one.entry.consent} · {', '.join(one.entry.conditions)}"


def _consents(desk: Desk) -> Iterable[Choice]:
    found: list[Kept[Any]] = [*_newest(desk, ConsentRequested), *_newest(desk, EmergencyDeclared)]
    for one in sorted(found, key=lambda one: -one.seq):
        yield one.entry.id, f"{one.entry.id} · {one.entry.system} {one.entry.candidate}"


def _conditions(desk: Desk) -> Iterable[Choice]:
    names = {name for one in _newest(desk, ConsentDecided) for name in one.entry.conditions}
    return _plain(sorted(names))


def _requests(desk: Desk) -> Iterable[Choice]:
    for one in _newest(desk, Requested):
        if not desk.books.about(RequestWithdrawn, one.entry.request):
            yield one.entry.request, f"{one.entry.request} · {one.entry.team}, {one.entry.amount / 100:,.2f}"


def _milestones(desk: Desk) -> Iterable[Choice]:
    return _plain(dict.fromkeys(name for one in reversed([*_newest(desk, Requested)]) for name in one.entry.milestones))


def _allocations(desk: Desk) -> Iterable[Choice]:
    """Votes are cast on the last one only."""
    for one in desk.books.all(Allocated)[-1:]:
        yield one.entry.allocation, f"{one.entry.allocation} · {len(one.entry.chosen)} requests"


def _planned(desk: Desk) -> Iterable[Choice]:
    asked = {one.entry.request: one.entry for one in desk.books.all(Requested)}
    for one in desk.books.all(Allocated)[-1:]:
        for name in one.entry.chosen:
            if entry := asked.get(name):
                yield name, f"{name}: {entry.amount / 100:,.2f} for {entry.team}. {_short(entry.what)}"


def _claims(desk: Desk) -> Iterable[Choice]:
    for one in _newest(desk, LossClaimed):
        yield one.entry.claim, f"{one.entry.claim} · {one.entry.scenario}, {one.entry.team}"


def _proposals(desk: Desk) -> Iterable[Choice]:
    for one in _newest(desk, PolicyProposed):
        yield one.entry.proposal, f"{one.entry.proposal} · {one.entry.effect}, by {one.entry.by}"


def _recalibrations(desk: Desk) -> Iterable[Choice]:
    return _plain(one.entry.recalibration for one in _newest(desk, RecalibrationProposed))


def _controls(desk: Desk) -> Iterable[Choice]:
    return _plain(dict.fromkeys(link for one in desk.policy.vendors.values() for link in asked_of(one.asks)))


def _clauses(desk: Desk) -> Iterable[Choice]:
    return _plain(dict.fromkeys(clause.metric for one in desk.policy.vendors.values() for clause in one.sla))


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:69]}…"


_OF_FIELD: Mapping[str, Callable[[Desk], Iterable[Choice]]] = {
    "system": lambda desk: _plain(desk.systems),
    "team": lambda desk: _plain(desk.known.teams),
    "vendor": lambda desk: _plain(desk.known.vendors),
    "scenario": lambda desk: _plain(desk.known.scenarios),
    "by": _people,
    "member": _people,
    "liaison": _people,
    "owner": _owners,
    "candidate": _candidates,
    "incident": _any_incident,
    "finding": _findings,
    "request": _requests,
    "milestone": _milestones,
    "allocation": _allocations,
    "claim": _claims,
    "proposal": _proposals,
    "recalibration": _recalibrations,
    "clause": _clauses,
    "condition": _conditions,
}
_OF_FORM: Mapping[tuple[str, str], Callable[[Desk], Iterable[Choice]]] = {
    ("incident-step", "incident"): _incidents,
    ("consent-decision", "consent"): _undecided,
    ("consent-signature", "consent"): _signed_once,
    ("condition-met", "consent"): _conditional,
    ("consent-withdrawal", "consent"): _consents,
    ("vendor", "control"): _controls,
    ("vote", "requests"): _planned,
    ("request", "owner"): _people,
    # An id that is drawn or chosen anew is none of those that are there.
    ("incident", "incident"): lambda _: (),
    ("finding", "finding"): lambda _: (),
    ("request", "request"): lambda _: (),
    ("claim", "claim"): lambda _: (),
    ("policy-proposal", "proposal"): lambda _: (),
}
_OPEN = {("vendor", "control"), ("condition-met", "condition"), ("milestone", "milestone")}
