"""Consents: asked for, decided on under a signature, signed again, met, withdrawn; and what an emergency lets go.

What people sign is a statement in canonical JSON (RFC 8785). It names the digest of what was asked, which holds a
number drawn for it and the hash of the ledger's first row: a signature for one request is none for another.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from trimtab._canonical import canonical, digest
from trimtab.evidence.entries.entry import Entry, Form, said

STATEMENT = "urn:trimtab:consent:1"
EMERGENCY_STATEMENT = "urn:trimtab:emergency:1"
EMERGENCY_HOURS = 72
DECISIONS = ("accept", "conditions", "refuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Entry):
    """What every request names: the very thing that is to be released, and what was promised and seen of it."""

    about: ClassVar[str] = "consent"
    opens: ClassVar[bool] = True

    consent: str = said("Its id; drawn if left out.", Form.NAME)
    candidate: str = said("The version of the system that is to be released.", Form.NAME)
    artefact: str = said("Digest of its identity, as it was measured.", Form.NAME)
    promise: str = said("Digest of the part of the policy that concerns it.", Form.NAME)
    policy: str = said("Digest of the whole policy.", Form.NAME)
    run: str = said("The run that measured it.", Form.NAME)
    row: int = said("The row with the decision.", Form.COUNT)
    row_hash: str = said("The hash of that row, and so of all before it.", Form.NAME)
    ledger: str = said("The hash of the ledger's first row.", Form.NAME)
    nonce: str = said("Drawn for this request.", Form.NAME)
    card: str = said("Digest of the model card.", Form.NAME, default="")
    score: str = said("Digest of the scorecard.", Form.NAME, default="")
    what: str = said("Why it is wanted, without personal data.", Form.WORDS, default="")

    def told(self) -> dict[str, Any]:
        """What a statement repeats of it, so that whoever signs reads it there."""
        return {
            "consent": self.consent,
            "system": self.system,
            "candidate": self.candidate,
            "artefact": self.artefact,
            "promise": self.promise,
            "policy": self.policy,
            "card": self.card,
            "score": self.score,
            "run": self.run,
            "evidence": {"row": self.row, "hash": self.row_hash},
            "ledger": self.ledger,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequested(Asked):
    """Somebody asks those who may accept the risk of a release."""

    kind: ClassVar[str] = "consent-requested"

    @property
    def digest(self) -> str:
        """Of the whole request."""
        return digest(self.payload())


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDecided(Entry):
    """The risk that is left is accepted, accepted with conditions, or refused, under a signature."""

    kind: ClassVar[str] = "consent-decided"
    about: ClassVar[str] = "consent"

    consent: str = said("Which request.", Form.NAME)
    decision: str = said("What is decided.", Form.CHOICE, choices=DECISIONS)
    risk: str = said("The risk that is left, in words.", Form.WORDS)
    loss: tuple[int, int] = said("What it may cost in a year, in the policy's currency.", Form.MONEY_RANGE)
    currency: str = said("Of the amounts; the policy's if left out.", Form.NAME, default="")
    conditions: dict[str, tuple[int, str]] = said(  # noqa: RUF009  # a factory is made of it
        "What must be done, each with a name and a day: by then where it is accepted, before asking again where not.",
        Form.DUTIES,
        default={},
    )
    expires: int = said("When it lapses by itself.", Form.MOMENT)
    signature: str = said("SSH signature of the statement.", Form.SIGNED, default="")

    def statement(self, request: ConsentRequested) -> bytes:
        """What is signed: the request and the decision on it, as canonical JSON."""
        return canonical(
            {
                "type": STATEMENT,
                "request": request.digest,
                **request.told(),
                "asked_by": request.by,
                "decision": self.decision,
                "risk": self.risk,
                "loss": {"low": self.loss[0], "high": self.loss[1], "currency": self.currency},
                "conditions": {name: {"by": by, "what": what} for name, (by, what) in self.conditions.items()},
                "expires": self.expires,
                "by": self.by,
                "at": self.at,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyDeclared(Asked):
    """Something must go out before consent can be had: two people say so, for 72 hours, and it is counted."""

    kind: ClassVar[str] = "consent-emergency"

    signature: str = said("SSH signature of the statement, by the first of the two.", Form.SIGNED, default="")

    def statement(self) -> bytes:
        """What both sign, as canonical JSON."""
        told = {**self.told(), "nonce": self.nonce, "what": self.what, "by": self.by, "at": self.at}
        return canonical({"type": EMERGENCY_STATEMENT, "hours": EMERGENCY_HOURS, **told})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSigned(Entry):
    """A second person signs the very same statement, of a consent or of an emergency."""

    kind: ClassVar[str] = "consent-signed"
    about: ClassVar[str] = "consent"

    consent: str = said("Which consent.", Form.NAME)
    signature: str = said("SSH signature of the statement.", Form.SIGNED, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet(Entry):
    """Somebody who may accept the risk says that a condition is met, and by what that is seen."""

    kind: ClassVar[str] = "consent-met"
    about: ClassVar[str] = "consent"

    consent: str = said("Which consent.", Form.NAME)
    condition: str = said("Which of its conditions.", Form.NAME)
    what: str = said("How it is met, in a sentence.", Form.WORDS, default="")
    evidence: tuple[str, ...] = said("What shows it: runs, rows, links.", Form.NAMES, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Entry):
    """A consent, or the word of an emergency, is taken back; it holds no more from this row on."""

    kind: ClassVar[str] = "consent-withdrawn"
    about: ClassVar[str] = "consent"

    consent: str = said("Which consent.", Form.NAME)
    what: str = said("Why, in a sentence, without personal data.", Form.WORDS)
