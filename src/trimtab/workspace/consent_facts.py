"""What a consent is held against: what the ledger and the policy say of a candidate now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from trimtab.decision import CandidateDecision, Decision, Verdict, from_payload
from trimtab.decision.consent_lapses import Now, day
from trimtab.decision.consent_lapses import moment as said
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.consents import consent_of, standing_of
from trimtab.decision.error_budget import State
from trimtab.errors import UsageError
from trimtab.evidence import BudgetChanged, Decided, Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import ENTRIES
from trimtab.evidence.entries.consents import Asked, ConsentDecided, ConsentRequested, ConsentSigned, EmergencyDeclared
from trimtab.kinds import Row
from trimtab.policy import Policy
from trimtab.policy.promise import promise_digest
from trimtab.workspace.changes import last_decision
from trimtab.workspace.recall import adopted_policies

_TOLERANCE = 5 * 60 * 1_000_000  # microseconds by which clocks of two machines differ


def facts_of(
    ledger: Ledger,
    policy: Policy,
    system: str,
    candidate: str,
    *,
    artefact: str,
    card: str = "",
    score: str = "",
    at: int | None = None,
) -> Now:
    """What is so of a candidate.

    Args:
        ledger: The evidence.
        policy: In force.
        system: One of its systems.
        candidate: One of the candidates of that system.
        artefact: Digest of what it is; empty where nobody knows.
        card: Digest of its model card, where it is known.
        score: Likewise of its scorecard.
        at: Microseconds since the epoch, UTC; the ledger's clock if left out.
    """
    return Now(
        at=_moment(ledger, at),
        artefact=artefact,
        promise=promise_digest(policy, system, candidate),
        card=card,
        score=score,
        spent=spent(ledger, system),
        before=adopted_policies(ledger),
    )


def standing(
    ledger: Ledger, policy: Policy, system: str, candidate: str, *, artefact: str, card: str = "", at: int | None = None
) -> Standing:
    """Where consent to a candidate stands, by the books as they are now.

    By a clock that stands before what was recorded none opens anything: whoever puts it back would else revive what has
    expired. A moment that is given is taken as it is.

    Raises:
        UsageError: The policy has no such system or candidate.
        MissingPackageError: `cryptography` is not installed, so that no signature can be checked.
    """
    named(policy, system, candidate)
    now = facts_of(ledger, policy, system, candidate, artefact=artefact, card=card, at=at)
    books = Books.of(ledger)
    found = consent_of(books, policy, system, candidate, now)
    if found.opens and at is None and (last := _last_entered(books)) > now.at + _TOLERANCE:
        why = (
            f"the clock stands at {said(now.at)}, and something was recorded on {said(last)}: nobody knows what lapsed."
        )
        return replace(found, state=ConsentState.LAPSED, why=why, next_step="Put the clock right.", lapses=(why,))
    if found.opens:
        asked = asked_as(books, found.id)
        assert asked is not None
        try:
            grounds(ledger, asked)
        except UsageError as error:  # somebody has entered it by another way than by asking for it
            lapses = (error.message.rstrip("."),)
            return replace(
                found, state=ConsentState.LAPSED, why=error.message, next_step=error.next_step, lapses=lapses
            )
    return found


def _last_entered(books: Books) -> int:
    """When anything was entered last by any clock, in whichever order the rows stand; 0 where nothing was."""
    return books.once("last entered", lambda: max((o.time for k in ENTRIES.values() for o in books.all(k)), default=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One consent or emergency: what it is about, where it stands for what was measured last, and what it says."""

    system: str
    candidate: str
    standing: Standing
    told: Mapping[str, str]


def standings(ledger: Ledger, policy: Policy, system: str = "", *, at: int | None = None) -> list[Listed]:
    """Every consent and emergency, the oldest first; of one system where one is named."""
    books = Books.of(ledger)
    asked: list[Kept[ConsentRequested] | Kept[EmergencyDeclared]] = [
        *books.all(ConsentRequested),
        *books.all(EmergencyDeclared),
    ]
    found = [one for one in asked if not system or one.entry.system == system]
    return [_listed(ledger, policy, books, one.entry, at) for one in sorted(found, key=lambda one: one.seq)]


def looked_up(ledger: Ledger, policy: Policy, id_: str, *, at: int | None = None) -> Listed:
    """The consent or emergency of an id.

    Raises:
        UsageError: There is none.
    """
    books = Books.of(ledger)
    asked = asked_as(books, id_)
    if asked is None:
        raise UsageError(f"there is no consent {id_!r}.", "`trimtab consent list` lists them.")
    return _listed(ledger, policy, books, asked, at)


def asked_as(books: Books, id_: str) -> Asked | None:
    """The request or the emergency of an id."""
    for kind in (ConsentRequested, EmergencyDeclared):
        for one in books.about(kind, id_):
            return one.entry
    return None


def _listed(ledger: Ledger, policy: Policy, books: Books, asked: Asked, at: int | None) -> Listed:
    system, candidate = asked.system, asked.candidate
    row = last_decision(ledger, system)
    artefact = artefact_in(ledger, system, candidate, row.run) if row is not None else ""
    known = system in policy.systems and candidate in policy.systems[system].all_candidates
    now = (
        facts_of(ledger, policy, system, candidate, artefact=artefact, at=at)
        if known
        else Now(at=_moment(ledger, at), artefact="", promise="")
    )
    decided_ = books.about(ConsentDecided, asked.consent)
    told = {
        "system": system,
        "candidate": candidate,
        "artefact": asked.artefact,
        "promise": asked.promise,
        "evidence": f"row {asked.row}, run {asked.run}",
        "asked by": asked.by,
    }
    if asked.what:
        told["why"] = asked.what
    for one in decided_[:1]:
        low, high = one.entry.loss
        told |= {
            "decision": one.entry.decision,
            "by": one.entry.by,
            "risk": one.entry.risk,
            "loss": f"{low / 100:,.2f} to {high / 100:,.2f} {one.entry.currency}",
        }
        told |= _signed(books, asked.consent, one)
        told |= {f"to do {name}": f"by {day(by)}: {what}" for name, (by, what) in one.entry.conditions.items()}
    return Listed(
        system=system, candidate=candidate, standing=standing_of(books, policy, asked.consent, now), told=told
    )


def _signed(books: Books, consent: str, first: Kept[ConsentDecided]) -> dict[str, str]:
    """Who has put a signature, on which day and in which row; whether each counts is for the standing to say."""
    told = {"signed": _by(first.entry, first.seq)}
    for n, one in enumerate(books.about(ConsentSigned, consent)):
        told[f"signed by another {n + 1}" if n else "signed by a second"] = _by(one.entry, one.seq)
    return told


def _by(entry: ConsentDecided | ConsentSigned, row: int) -> str:
    return f"{entry.by} on {day(entry.at)}, row {row:,}"


def grounds(ledger: Ledger, asked: Asked, *, again: bool = False) -> None:
    """That a request rests on what this ledger holds: whoever signs it relies on that.

    Args:
        ledger: Where.
        asked: The request, or the emergency.
        again: Read and hash the rows of the run anew as well, whatever is remembered of them: before somebody signs.

    Raises:
        UsageError: The row that it names is not there, is another, did not pass it, or is under another promise.
        LedgerAlteredError: A row is not what was hashed.
    """
    if again:
        read_anew(ledger, asked.run, upto=asked.row)
    first = next(iter(ledger.rows(upto=1)), None)
    row = next(iter(ledger.rows(after=asked.row - 1, upto=asked.row)), None) if asked.row else None
    if (
        first is None
        or row is None
        or asked.ledger != f"sha256:{first.hash.hex()}"
        or asked.row_hash != f"sha256:{row.hash.hex()}"
        or (row.kind, row.system, row.run) != (Decided.kind, asked.system, asked.run)
        or artefact_in(ledger, asked.system, asked.candidate, asked.run) != asked.artefact
    ):
        why = f"{asked.consent} does not rest on what this ledger holds."
        raise UsageError(why, "Do not sign it. Ask with `trimtab consent request`.")
    if promised_in(ledger, row, asked.candidate) != asked.promise:
        raise UsageError(
            f"{asked.consent} rests on a decision under another promise.", "Measure it anew, and ask again."
        )
    if isinstance(asked, ConsentRequested) and not _passed(row, asked.candidate):
        raise UsageError(f"{asked.consent} rests on a decision that {asked.candidate} did not pass.", "Do not sign it.")


def read_anew(ledger: Ledger, run: str, *, upto: int) -> None:
    """Read and hash the rows of a run, whatever is remembered of them: what somebody asks for or signs rests on them.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    for _ in ledger.records(upto=upto, run=run):
        pass


def promised_in(ledger: Ledger, row: Row, candidate: str) -> str:
    """Digest of what was promised of a candidate when it was decided on; empty where that policy is not known.

    A decision says that the floors of its own policy are cleared, and nothing of those of a later one.
    """
    then = adopted_policies(ledger)(row.policy)
    if then is None or row.system not in then.systems or candidate not in then.systems[row.system].all_candidates:
        return ""
    return promise_digest(then, row.system, candidate)


def _passed(row: Row, candidate: str) -> bool:
    made = from_payload(orjson.loads(row.payload))
    return any(one.candidate == candidate and one.verdict is Verdict.PASS for one in made.candidates)


def spent(ledger: Ledger, system: str) -> tuple[tuple[int, str], ...]:
    """When error budgets of a system came to be spent, and of which metric."""
    return tuple(
        (row.time, record.metric)
        for row, record in ledger.records(kind=BudgetChanged.kind)
        if row.system == system
        and isinstance(record, BudgetChanged)
        and record.budget.get("state") == State.STOPPED.value
    )


def artefact_in(ledger: Ledger, system: str, candidate: str, run: str) -> str:
    """What a candidate was in a run, as a digest; empty where that is not known, or it was two things."""
    found = {row.artefact for row in ledger.measured(run, system=system, candidate=candidate) if row.artefact}
    return found.pop() if len(found) == 1 else ""


def decided_as_promised(
    ledger: Ledger, policy: Policy, system: str, candidate: str
) -> tuple[Row, Decision, CandidateDecision]:
    """The last decision on a system, and what it says of a candidate, if it was made under the promise of now.

    Raises:
        UsageError: There is none, it does not speak of this candidate, or the policy has promised something else since.
    """
    found = decided(ledger, system, candidate)
    if promised_in(ledger, found[0], candidate) != promise_digest(policy, system, candidate):
        why = f"{candidate} was decided on under another promise than the policy's now."
        raise UsageError(why, "Measure it under this one: `trimtab run`.")
    return found


def decided(ledger: Ledger, system: str, candidate: str) -> tuple[Row, Decision, CandidateDecision]:
    """The last decision on a system, and what it says of a candidate.

    Raises:
        UsageError: There is none, or it does not speak of this candidate.
    """
    row = last_decision(ledger, system)
    if row is None:
        raise UsageError(f"nothing was decided on {system} yet.", "Measure it: `trimtab run`.")
    record = next(one for _, one in ledger.records(after=row.seq - 1, run=row.run, kind=Decided.kind))
    assert isinstance(record, Decided)
    decision = from_payload(record.decision)
    for one in decision.candidates:
        if one.candidate == candidate:
            return row, decision, one
    raise UsageError(f"the last decision on {system} does not speak of {candidate}.", "Measure it: `trimtab run`.")


def winner(ledger: Ledger, system: str) -> tuple[str, str]:
    """Whom the last decision on a system chose, and what that was, as a digest; empty where nobody was chosen."""
    row = last_decision(ledger, system)
    if row is None:
        return "", ""
    record = next(one for _, one in ledger.records(after=row.seq - 1, run=row.run, kind=Decided.kind))
    assert isinstance(record, Decided)
    chosen = from_payload(record.decision).winner
    return chosen, artefact_in(ledger, system, chosen, row.run) if chosen else ""


def named(policy: Policy, system: str, candidate: str) -> None:
    """That a policy has a system and a candidate of it.

    Raises:
        UsageError: It has not.
    """
    if system not in policy.systems:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(policy.systems)}.")
    candidates = policy.systems[system].all_candidates
    if candidate not in candidates:
        raise UsageError(f"{system} has no candidate {candidate!r}.", f"It has: {', '.join(list(candidates)[:20])}.")


def _moment(ledger: Ledger, at: int | None) -> int:
    return ledger.now() if at is None else at
