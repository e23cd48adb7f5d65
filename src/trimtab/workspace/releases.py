"""Attests what was decided, and checks before a release that the very artefact at hand was decided PASS.

Whoever checks needs no ledger: an attestation, the key of whoever made it, and the artefact. With a policy at hand
they check the promise and the signatures of the consent as well.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab._canonical import parse
from trimtab.decision import Verdict
from trimtab.decision.consent_lapses import day
from trimtab.decision.consent_standing import OPENS, Standing
from trimtab.decision.signers import flaw_of_signature, flaws_of_acceptance, gone, keys_of
from trimtab.errors import ReleaseRefusedError, SignatureError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.attestation import FILE, FOLDER, Attested, AttestedConsent, read_statement
from trimtab.evidence.books import Books
from trimtab.evidence.dsse import ENVELOPE_BYTES, seal, unseal
from trimtab.evidence.entries.consents import (
    EMERGENCY_HOURS,
    EMERGENCY_STATEMENT,
    STATEMENT,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    EmergencyDeclared,
)
from trimtab.evidence.ssh_keys import SigningKey, read_limited
from trimtab.kinds.public_key import PublicKey
from trimtab.kinds.weights import FOLDER_PATTERNS, beside, file_sha256, folder_sha256
from trimtab.policy import Policy
from trimtab.policy.consent_spec import ConsentSpec
from trimtab.policy.promise import promise_digest
from trimtab.workspace.consent_facts import artefact_in, asked_as, decided_as_promised, named, standing
from trimtab.workspace.identities import identities
from trimtab.workspace.workspace import Workspace

ATTESTER = "attester"
"""The role of people whose keys a policy gives for checking attestations."""
_DAY = 86_400_000_000  # microseconds
_HOUR = 3_600_000_000
_TOLERANCE = 5 * 60 * 1_000_000  # clocks of two machines differ by so much


def attest(
    workspace: Workspace,
    system: str,
    candidate: str,
    keys: Sequence[SigningKey],
    *,
    card: str = "",
    at: int | None = None,
) -> bytes:
    """An envelope that says what was decided of a candidate, which is started to see that it is what was measured.

    Args:
        workspace: With a policy, and the ledger that holds the decision.
        system: One of its systems.
        candidate: That passed, and has the consent that its tier asks for.
        keys: Of whoever attests.
        card: Digest of the model card that goes out with it, where the consent is to one.
        at: Microseconds since the epoch, UTC; now if left out.

    Raises:
        ReleaseRefusedError: It did not pass, is not what was measured, or waits for consent.
        SystemUnavailableError: It cannot be started.
        UsageError: No such system or candidate, or no decision under the promise of now.
    """
    policy, ledger = workspace.policy, workspace.ledger
    if policy is None:
        raise UsageError("attesting needs a policy.", "Open the workspace with the path of one.")
    named(policy, system, candidate)
    ledger.verify().raise_if_bad()
    row, decision, one = decided_as_promised(ledger, policy, system, candidate)
    if one.verdict is not Verdict.PASS:
        raise ReleaseRefusedError(candidate, f"the last decision on it is {one.verdict.value}")
    found = identities(policy, system, [candidate])
    if why := found.unknown.get(candidate):
        raise ReleaseRefusedError(candidate, f"it cannot be started ({why}), so nobody knows what it is")
    artefact = found.artefacts[candidate]
    if artefact != artefact_in(ledger, system, candidate, row.run):
        raise ReleaseRefusedError(candidate, "it is not what was measured", "Measure it anew: `trimtab run`.")
    asks = policy.tiers[policy.systems[system].tier].consent is not None
    where = standing(ledger, policy, system, candidate, artefact=artefact, card=card, at=at)
    if asks and not where.opens:
        raise ReleaseRefusedError(candidate, f"it waits for consent: {where.why.rstrip('.')}", where.next_step)
    asked = asked_as(Books.of(ledger), where.id) if asks else None
    if asked is not None and asked.card and not card:
        why = f"the consent {asked.consent} is to a model card as well, and nobody says which goes out with it"
        raise ReleaseRefusedError(candidate, why, "Name it with --card.")
    weights = str(found.known[candidate].get("weights") or found.known[candidate].get("source") or "")
    first = next(iter(ledger.rows(upto=1)))
    return seal(
        Attested(
            organisation=policy.organisation,
            system=system,
            candidate=candidate,
            tier=decision.tier,
            verdict=one.verdict.value,
            artefact=artefact,
            subjects=_subjects(weights, artefact, folder=found.known[candidate].get("plugin") == "huggingface"),
            policy=policy.digest,
            promise=promise_digest(policy, system, candidate),
            run=row.run,
            row=row.seq,
            row_hash=f"sha256:{row.hash.hex()}",
            ledger=f"sha256:{first.hash.hex()}",
            made=ledger.now() if at is None else at,
            trimtab=__version__,
            asks_consent=asks,
            consent=_consent(ledger, where) if where.opens else None,
        ).statement(),
        keys,
    )


def _subjects(weights: str, artefact: str, *, folder: bool) -> tuple[tuple[str, str], ...]:
    own = [(FOLDER if folder else FILE, weights.removeprefix("sha256:"))] if weights.startswith("sha256:") else []
    return (*own, (FILE, artefact.removeprefix("sha256:")))


def _consent(ledger: Ledger, where: Standing) -> AttestedConsent:
    books = Books.of(ledger)
    if emergencies := books.about(EmergencyDeclared, where.id):
        entry: ConsentDecided | EmergencyDeclared = emergencies[0].entry
        statement = emergencies[0].entry.statement()
    else:
        decision = books.about(ConsentDecided, where.id)[0].entry
        entry, statement = decision, decision.statement(books.about(ConsentRequested, where.id)[0].entry)
    seconds = [one.entry for one in books.about(ConsentSigned, where.id) if one.entry.by in where.signers]
    return AttestedConsent(
        id=where.id,
        state=where.state.value,
        expires=where.expires,
        statement=statement.decode(),
        signatures=tuple((one.by, one.signature) for one in (entry, *seconds)),
        due=where.due,
    )


# -- before a release ------------------------------------------------------------------------------


def verify_release(
    artefact: str, attestation: Path, keys: Sequence[PublicKey], *, policy: Policy | None = None, at: int | None = None
) -> Attested:
    """What is attested of an artefact, if it may go out now.

    Args:
        artefact: A file, a folder with weights, or the digest of an identity, `sha256:...`.
        attestation: What `trimtab attest` wrote.
        keys: Of those who may attest. Without a policy their word is all there is.
        policy: Its promise must be the one attested, and its people must have signed the consent.
        at: Microseconds since the epoch, UTC; now if left out.

    Raises:
        ReleaseRefusedError: It may not, and why.
        MissingPackageError: `cryptography` is not installed.
    """
    moment = _moment(at)
    name = artefact if artefact.startswith("sha256:") else Path(artefact).name or artefact
    if not keys:
        raise UsageError("no key was named by which the attestation could be checked.", "Give --key or --policy.")
    try:
        opened = unseal(read_limited(attestation, ENVELOPE_BYTES, "attestation"), keys)
        told = read_statement(opened.payload)
    except SignatureError as error:
        raise ReleaseRefusedError(name, error.detail, error.next_step) from None
    _same(name, _digests(artefact, name), told)
    if told.verdict != Verdict.PASS.value:
        raise ReleaseRefusedError(name, f"it was decided {told.verdict[:20]!r}")
    if told.made > moment + _TOLERANCE:
        raise ReleaseRefusedError(name, "the attestation is of a time to come")
    _consented(name, told, moment)
    if policy is not None:
        _as_promised(name, told, policy, moment)
    return told


def trusted(policy: Policy, *, role: str = ATTESTER, at: int | None = None) -> tuple[PublicKey, ...]:
    """Keys of the people of a policy who may attest, those who have left aside. Revoked keys are never among them."""
    moment = _moment(at)
    return tuple(
        key
        for name, one in policy.people.items()
        if role in one.roles and not gone(name, policy, moment)
        for key in keys_of(name, policy, moment)
    )


def _digests(artefact: str, name: str) -> Mapping[str, str]:
    if artefact.startswith("sha256:"):
        return {FILE: artefact.removeprefix("sha256:")}
    path = Path(artefact)
    try:
        if path.is_dir():
            if not any(any(path.glob(pattern)) for pattern in FOLDER_PATTERNS):
                raise ReleaseRefusedError(name, "the folder holds no weights")
            if others := beside(path):
                what = f"{others[0][:60]} lies in the folder, which nobody measured, as {len(others):,} in all do"
                raise ReleaseRefusedError(name, what, "Take out what is not to go out, or measure it.")
            return {FOLDER: folder_sha256(path)}
        return {FILE: file_sha256(path)}
    except OSError as error:
        raise ReleaseRefusedError(name, f"it cannot be read ({error.strerror or 'no reason given'})") from None


def _same(name: str, digests: Mapping[str, str], told: Attested) -> None:
    if not any(digests.get(kind) == value for kind, value in told.subjects):
        shown = ", ".join(f"{value[:12]}…" for value in digests.values())
        detail = f"what is attested is another artefact than this one ({shown})"
        raise ReleaseRefusedError(name, detail, "Measure what is to go out, and attest that.")


def _consented(name: str, told: Attested, moment: int) -> None:
    """That a consent that is asked for is there, and holds now: it may have run out since the attestation was made."""
    consent = told.consent
    if not told.asks_consent:
        return
    if consent is None or consent.state not in {one.value for one in OPENS}:
        raise ReleaseRefusedError(name, "its tier asks for consent, and none is attested", "`trimtab consent request`.")
    if moment >= consent.expires:
        raise ReleaseRefusedError(name, f"the consent {consent.id} expired on {day(consent.expires)}", "Ask again.")
    for condition, by in consent.due:
        if moment >= by:
            detail = f"condition {condition} of the consent {consent.id} was due on {day(by)}"
            raise ReleaseRefusedError(name, detail, "Attest again once it is met.")


def _as_promised(name: str, told: Attested, policy: Policy, moment: int) -> None:
    """That a policy promises what was attested, and its people have signed."""
    spec = policy.systems.get(told.system)
    if spec is None or told.candidate not in spec.all_candidates:
        raise ReleaseRefusedError(name, f"the policy has no candidate {told.candidate[:80]!r} of {told.system[:80]!r}")
    if promise_digest(policy, told.system, told.candidate) != told.promise:
        raise ReleaseRefusedError(
            name, "the policy promises something else than what it was held to", "Measure it anew."
        )
    asks = policy.tiers[spec.tier].consent
    if asks is None:
        return
    consent = told.consent
    if consent is None or not told.asks_consent:
        raise ReleaseRefusedError(name, "its tier asks for consent, and none is attested", "`trimtab consent request`.")
    said = _signed_about(name, told, consent, asks)
    emergency = said["type"] == EMERGENCY_STATEMENT
    signers = set()
    for by, signature in consent.signatures:
        flaw = flaw_of_signature(signature, consent.statement.encode(), by, policy, recorded=moment)
        flaws = [flaw] if flaw is not None else []
        if not emergency:
            requester = said["asked_by"]
            flaws += flaws_of_acceptance(by, policy, told.system, requester=requester, at=told.made)
        if flaws:
            raise ReleaseRefusedError(name, f"the consent {consent.id} does not hold: {flaws[0].what}")
        signers.add(by)
    if len(signers) < (2 if emergency or asks.second else 1):
        raise ReleaseRefusedError(name, f"the consent {consent.id} is not signed by enough people")


def _signed_about(name: str, told: Attested, consent: AttestedConsent, asks: ConsentSpec) -> Mapping[str, Any]:
    """What people signed, once it is about this artefact, accepts it, and for as long as is attested."""
    try:
        said: Mapping[str, Any] = parse(consent.statement)
        about = all(said[field] == getattr(told, field) for field in ("artefact", "promise", "system", "candidate"))
        if said["type"] == EMERGENCY_STATEMENT:
            until, accepts = said["at"] + EMERGENCY_HOURS * _HOUR, True
        else:
            until = min(said["expires"], said["at"] + asks.valid_days * _DAY)
            accepts = said["type"] == STATEMENT and said["decision"] in {"accept", "conditions"}
        good = about and accepts and consent.expires <= until and isinstance(said.get("asked_by", ""), str)
    except (ValueError, KeyError, TypeError, AttributeError):
        good = False
    if not good:
        raise ReleaseRefusedError(name, f"what was signed as {consent.id[:80]} is no consent to this")
    return said


def _moment(at: int | None) -> int:
    return time.time_ns() // 1000 if at is None else at
