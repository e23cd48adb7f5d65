"""What may go out before consent can be had: two people say so, for 72 hours, and it is counted."""

from dataclasses import replace

from trimtab.decision.consent_lapses import Now, changed, moment, withdrawn
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.signers import Flaw, flaw_of_signature, gone
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.consents import EMERGENCY_HOURS, ConsentSigned, EmergencyDeclared
from trimtab.policy.model import Policy

_HOUR = 3_600_000_000  # microseconds


def emergency(books: Books, policy: Policy, declared: Kept[EmergencyDeclared], now: Now) -> Standing:
    """Where one stands. Two people who sign with keys of their own; no role is asked, since nobody may be at hand."""
    entry, id_ = declared.entry, declared.entry.consent
    first = _flaw(declared, entry.statement(), policy)
    second = next(
        (
            one
            for one in books.about(ConsentSigned, id_)
            if one.time <= now.at and one.entry.by != entry.by and _flaw(one, entry.statement(), policy) is None
        ),
        None,
    )
    expires = entry.at + EMERGENCY_HOURS * _HOUR
    lapses = (
        *([first.what] if first is not None else []),
        *changed(entry, policy, now),
        *([f"its {EMERGENCY_HOURS} hours are over"] if now.at >= expires else []),
        *withdrawn(books, id_, now),
    )
    signers = (entry.by, *([second.entry.by] if second else []))
    base = Standing(
        state=ConsentState.LAPSED, id=id_, asked_by=entry.by, signers=signers, expires=expires, lapses=lapses
    )
    if lapses:
        why = f"the emergency {id_} is over: {'; '.join(lapses)}."
        return replace(base, why=why, next_step="Ask for consent.")
    if second is None:
        why = f"the emergency {id_} is declared by {entry.by} and waits for a second person."
        step = f"Another one signs: `trimtab consent sign {id_}`."
        return replace(base, state=ConsentState.WAITING, why=why, next_step=step)
    why = f"{id_} lets it go as an emergency until {moment(expires)}, by {' and '.join(signers)}; it is counted."
    return replace(base, state=ConsentState.EMERGENCY, why=why, given=max(declared.time, second.time))


def _flaw(signed: Kept[EmergencyDeclared] | Kept[ConsentSigned], statement: bytes, policy: Policy) -> Flaw | None:
    """Whether somebody's word counts."""
    name = signed.entry.by
    if gone(name, policy, max(signed.entry.at, signed.time)):
        return Flaw(f"{name} had left when it was recorded")
    return flaw_of_signature(signed.entry.signature, statement, name, policy, recorded=signed.time)
