"""An attestation of a decision: an in-toto statement about an artefact, for whoever lets it out.

The subjects are the artefact itself (weights in a file: their SHA-256, as any tool computes it; weights in a folder:
the digest of `trimtab.kinds.weights`, under a name of its own) and the digest of its identity, which covers settings
and guard as well. Everything else is in the predicate.

Source: in-toto attestation framework v1, Statement and DigestSet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from trimtab._canonical import canonical
from trimtab.errors import SignatureError
from trimtab.evidence.dsse import once

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:trimtab:decision:1"
FILE, FOLDER = "sha256", "trimtabFolder"
"""Names of digests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedConsent:
    """The consent behind a release: what was signed, by whom, and until when it holds.

    `due` are conditions that were open, with their days; moments are microseconds since the epoch, UTC.
    """

    id: str
    state: str
    expires: int
    statement: str
    signatures: tuple[tuple[str, str], ...]  # who, and their SSH signature
    due: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What is attested of one candidate. `subjects` are digests by their names, without `sha256:`."""

    organisation: str
    system: str
    candidate: str
    tier: str
    verdict: str
    artefact: str
    subjects: tuple[tuple[str, str], ...]
    policy: str
    promise: str
    run: str
    row: int
    row_hash: str
    ledger: str
    made: int
    trimtab: str
    asks_consent: bool
    consent: AttestedConsent | None = None

    def statement(self) -> bytes:
        """The in-toto statement, as canonical JSON."""
        consent = self.consent
        named = [{"name": self.candidate, "digest": {name: value}} for name, value in self.subjects]
        told = {
            "organisation": self.organisation,
            "system": self.system,
            "candidate": self.candidate,
            "tier": self.tier,
            "verdict": self.verdict,
            "artefact": self.artefact,
            "policy": self.policy,
            "promise": self.promise,
            "run": self.run,
            "evidence": {"row": self.row, "hash": self.row_hash, "ledger": self.ledger},
            "made": self.made,
            "trimtab": self.trimtab,
            "asksConsent": self.asks_consent,
            "consent": None
            if consent is None
            else {
                "id": consent.id,
                "state": consent.state,
                "expires": consent.expires,
                "due": [list(one) for one in consent.due],
                "statement": consent.statement,
                "signatures": [{"by": by, "signature": signature} for by, signature in consent.signatures],
            },
        }
        return canonical({"_type": STATEMENT, "predicateType": PREDICATE, "subject": named, "predicate": told})


def read_statement(payload: bytes) -> Attested:
    """What a statement says.

    Raises:
        SignatureError: It is no in-toto statement about a decision of ours.
    """
    try:
        data = once(payload)
        if (data["_type"], data["predicateType"]) != (STATEMENT, PREDICATE):
            detail = "the statement is no in-toto statement about a decision of trimtab"
            raise SignatureError(detail, "Give what `trimtab attest` wrote.")
        told, seen = data["predicate"], data["predicate"]["evidence"]
        subjects = [pair for one in data["subject"] for pair in one["digest"].items()]
        found = Attested(
            subjects=tuple((_text(name), _text(value)) for name, value in subjects),
            row=_number(seen["row"]),
            row_hash=_text(seen["hash"]),
            ledger=_text(seen["ledger"]),
            made=_number(told["made"]),
            asks_consent=_flag(told["asksConsent"]),
            consent=None if told["consent"] is None else _consent(told["consent"]),
            **{name: _text(told[name]) for name in _TEXTS},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, SignatureError):
            raise
        raise SignatureError("the statement does not say what one about a decision says") from None
    return found


_TEXTS = ("organisation", "system", "candidate", "tier", "verdict", "artefact", "policy", "promise", "run", "trimtab")


def _consent(told: Mapping[str, Any]) -> AttestedConsent:
    given: Sequence[Mapping[str, Any]] = told["signatures"]
    return AttestedConsent(
        id=_text(told["id"]),
        state=_text(told["state"]),
        expires=_number(told["expires"]),
        statement=_text(told["statement"]),
        signatures=tuple((_text(one["by"]), _text(one["signature"])) for one in given),
        due=tuple((_text(name), _number(by)) for name, by in told["due"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: Any) -> int:
    if not _whole(value):
        raise TypeError("no whole number")
    return value


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither yes nor no")
    return value
