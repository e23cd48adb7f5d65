"""Asks for consents, decides on them and signs them, with the key here or with a signature that was made elsewhere.

Whoever holds the ledger need not hold a key: what is to be signed is written to a file, `ssh-keygen -Y sign` signs it
wherever the key is, and the signature is handed in.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from trimtab.decision import Verdict
from trimtab.errors import EntryError, Mistake, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.consents import (
    Asked,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    EmergencyDeclared,
)
from trimtab.evidence.entries.entry import Entry
from trimtab.evidence.entries.reading import Draft, read_entry
from trimtab.evidence.ssh_keys import SigningKey
from trimtab.evidence.ssh_signatures import sign
from trimtab.measure.redact import mask_words
from trimtab.policy import Policy
from trimtab.policy.consent_spec import LONGEST_DAYS
from trimtab.policy.promise import promise_digest
from trimtab.workspace.consent_facts import (
    artefact_in,
    asked_as,
    decided,
    decided_as_promised,
    grounds,
    named,
    read_anew,
)
from trimtab.workspace.keeping import Receipt, keep

_DAY = 86_400_000_000  # microseconds
E = TypeVar("E", ConsentDecided, EmergencyDeclared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """What somebody is about to sign: its bytes, and the entry that it becomes with a signature."""

    statement: bytes
    draft: Draft


def request(
    ledger: Ledger,
    policy: Policy,
    system: str,
    candidate: str,
    *,
    by: str,
    what: str = "",
    card: str = "",
    score: str = "",
    id_: str = "",
    source: str = "command",
    now: int | None = None,
) -> Receipt:
    """Ask for consent to a candidate as it was last decided on.

    Args:
        ledger: With the decision.
        policy: In force.
        system: One of its systems.
        candidate: That passed, or there would be nothing to accept.
        by: Who asks, and so never decides.
        what: Why it is wanted.
        card: Digest of the model card that goes with it.
        score: Digest of the scorecard that was published of it.
        id_: Of the request; drawn if left out.
        source: By which way it came.
        now: Microseconds since the epoch, UTC; the ledger's clock if left out.

    Raises:
        UsageError: It was not decided on under the promise of now, or did not pass, or nobody knows what it is.
        EntryError: It cannot be entered.
        LedgerAlteredError: A row of the run is not what was hashed.
    """
    asked = _asked(ledger, policy, system, candidate, by=by)
    *_, one = decided(ledger, system, candidate)
    if one.verdict is not Verdict.PASS:
        why = f"the last decision on {candidate} is {one.verdict.value}, and only what passes can be consented to."
        raise UsageError(why, f"`trimtab explain --candidate {candidate}` tells what it lacks.")
    told = {"what": what, "card": card, "score": score, "source": source}
    values = {**asked, **told, "consent": id_ or f"consent-{secrets.token_hex(4)}"}
    return keep(ledger, policy, [Draft(kind=ConsentRequested.kind, values=values)], now=now)


def decision(
    ledger: Ledger,
    policy: Policy,
    id_: str,
    *,
    by: str,
    decision: str,
    risk: str,
    loss: Any,
    expires: Any,
    conditions: Mapping[str, Sequence[Any]] | str = "",
    now: int | None = None,
) -> Unsigned:
    """What somebody signs to decide on a request.

    Args:
        ledger: With the request.
        policy: In force.
        id_: Of the request.
        by: Who decides.
        decision: `accept`, `conditions` or `refuse`.
        risk: What can still go wrong, in words; personal data in them is masked before it is signed.
        loss: What that may cost in a year: `"5000..20000"`, or two amounts.
        expires: A day or a moment; microseconds since the epoch also do.
        conditions: By name a day and words.
        now: Microseconds since the epoch, UTC; the ledger's clock if left out.

    Raises:
        UsageError: There is no such request.
        EntryError: Something is not in its form.
    """
    asked = request_of(ledger, id_)
    grounds(ledger, asked, again=True)
    values = {
        "consent": id_,
        "system": asked.system,
        "decision": decision,
        "risk": risk,
        "loss": loss,
        "currency": policy.currency,
        "expires": expires,
        "conditions": conditions or None,
        "by": by,
        "at": _moment(ledger, now),
    }
    entry = _read(ConsentDecided, values)
    return Unsigned(statement=entry.statement(asked), draft=drafted(entry))


def emergency(
    ledger: Ledger, policy: Policy, system: str, candidate: str, *, by: str, what: str, now: int | None = None
) -> Unsigned:
    """What the first of two people signs, so that a candidate may go out before consent can be had.

    Raises:
        UsageError: It was not decided on under the promise of now, or nobody knows what it is.
        EntryError: Something is not in its form.
    """
    asked = _asked(ledger, policy, system, candidate, by=by)
    id_ = f"{EmergencyDeclared.kind}-{secrets.token_hex(4)}"
    entry = _read(EmergencyDeclared, {**asked, "consent": id_, "what": what, "at": _moment(ledger, now)})
    return Unsigned(statement=entry.statement(), draft=drafted(entry))


def second(ledger: Ledger, id_: str, *, by: str, now: int | None = None) -> Unsigned:
    """What a second person signs: the very same statement as the first.

    Raises:
        UsageError: Nothing of this id was signed by a first person.
    """
    books = Books.of(ledger)
    if emergencies := books.about(EmergencyDeclared, id_):
        asked: Asked = emergencies[0].entry
        statement = emergencies[0].entry.statement()
    elif decisions := books.about(ConsentDecided, id_):
        requested = books.about(ConsentRequested, id_)[0].entry
        asked, statement = requested, decisions[0].entry.statement(requested)
    else:
        raise UsageError(f"nothing that could be signed has the id {id_!r}.", "`trimtab consent list` lists them.")
    grounds(ledger, asked, again=True)
    entry = ConsentSigned(consent=id_, system=asked.system, by=by, at=_moment(ledger, now))
    return Unsigned(statement=statement, draft=drafted(entry))


def signed(
    ledger: Ledger,
    policy: Policy,
    unsigned: Unsigned,
    signature: SigningKey | str,
    *,
    source: str = "command",
    now: int | None = None,
) -> Receipt:
    """Record what somebody signed.

    Args:
        ledger: Where.
        policy: With the keys of people.
        unsigned: What was to be signed.
        signature: As `ssh-keygen -Y sign` makes it, or the key itself.
        source: By which way it came; no part of what is signed.
        now: Microseconds since the epoch, UTC; the ledger's clock if left out.

    Raises:
        EntryError: The signature is not theirs, or they may not sign this; nothing was recorded.
        MissingPackageError: `cryptography` is not installed.
    """
    made = sign(unsigned.statement, signature) if isinstance(signature, SigningKey) else signature
    draft = Draft(kind=unsigned.draft.kind, values={**unsigned.draft.values, "signature": made, "source": source})
    return keep(ledger, policy, [draft], now=now)


def latest(ledger: Ledger, policy: Policy, id_: str) -> int:
    """The latest moment at which a consent to a request may lapse, as its tier has it, if it is given now.

    Raises:
        UsageError: There is no such request.
    """
    spec = policy.systems.get(request_of(ledger, id_).system)
    asks = policy.tiers[spec.tier].consent if spec is not None else None
    return ledger.now() + (asks.valid_days if asks is not None else LONGEST_DAYS) * _DAY


def system_of_consent(ledger: Ledger, id_: str) -> str:
    """Which system a consent or an emergency is about.

    Raises:
        UsageError: There is none of this id.
    """
    found = asked_as(Books.of(ledger), id_)
    if found is None:
        raise UsageError(f"there is no consent {id_!r}.", "`trimtab consent list` lists them.")
    return found.system


def request_of(ledger: Ledger, id_: str) -> ConsentRequested:
    """What was asked under an id.

    Raises:
        UsageError: Nothing.
    """
    found = Books.of(ledger).about(ConsentRequested, id_)
    if not found:
        raise UsageError(f"no consent was asked for as {id_!r}.", "`trimtab consent list` lists them.")
    return found[0].entry


def _asked(ledger: Ledger, policy: Policy, system: str, candidate: str, *, by: str) -> dict[str, Any]:
    named(policy, system, candidate)
    row, _, _ = decided_as_promised(ledger, policy, system, candidate)
    read_anew(ledger, row.run, upto=row.seq)
    artefact = artefact_in(ledger, system, candidate, row.run)
    if not artefact:
        raise UsageError(
            f"nobody knows what {candidate} was when it was measured.",
            "A consent holds for one artefact: measure it here, with `trimtab run`.",
        )
    first = next(iter(ledger.rows(upto=1)))
    return {
        "system": system,
        "candidate": candidate,
        "artefact": artefact,
        "promise": promise_digest(policy, system, candidate),
        "policy": policy.digest,
        "run": row.run,
        "row": row.seq,
        "row_hash": f"sha256:{row.hash.hex()}",
        "ledger": f"sha256:{first.hash.hex()}",
        "nonce": secrets.token_hex(16),
        "by": by,
    }


def drafted(entry: Entry) -> Draft:
    """An entry as somebody would write it, so that it is read and held against the books like any other."""
    values = dict(entry.payload())
    if isinstance(entry, ConsentDecided):
        values["loss"] = tuple(f"{amount // 100}.{amount % 100:02d}" for amount in entry.loss)
    return Draft(kind=entry.kind, values=values)


def _read(kind: type[E], values: Mapping[str, Any]) -> E:
    found = read_entry(kind, values, now=values["at"], mask=mask_words)
    if isinstance(found, list):
        wrong = [
            Mistake(path=kind.kind, line=0, column=0, where=field, message=what, code=EntryError.code)
            for field, what in found
        ]
        raise EntryError(wrong)
    assert isinstance(found, kind)
    return found


def _moment(ledger: Ledger, now: int | None) -> int:
    return ledger.now() if now is None else now
