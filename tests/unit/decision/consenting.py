"""A desk at which consents are asked for and given, by the rules and without a ledger: books, a policy, a clock."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.evidence.signing import key

from trimtab.decision.consent_lapses import Now
from trimtab.decision.consents import consent_of
from trimtab.decision.entry_rules import doubts
from trimtab.decision.entry_rules.doubt import Held
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.consents import (
    ConditionMet,
    ConsentDecided,
    ConsentRequested,
    ConsentSigned,
    ConsentWithdrawn,
    EmergencyDeclared,
)
from trimtab.evidence.ssh_signatures import sign
from trimtab.policy import Policy
from trimtab.policy.people import day_begins
from trimtab.policy.promise import promise_digest

DAY = 86_400_000_000
START = day_begins("2026-03-02")
KEYS = {"risk-lead": 1, "second-lead": 2, "engineer": 3, "former-lead": 4, "team-lead": 5}


def person(name: str, *roles: str, **more: Any) -> dict[str, Any]:
    return {"function": "f", "roles": list(roles), "key": str(key(KEYS[name]).public), **more}


def policy(*, second: bool = False, people: Any = None, floor: float = 0.02, days: int = 90, **more: Any) -> Policy:
    return Policy.model_validate(
        {
            "trimtab": 1,
            "organisation": "Example",
            "teams": {"ml": {"lead": "team-lead"}},
            "people": {
                "risk-lead": person("risk-lead", "risk-owner"),
                "second-lead": person("second-lead", "risk-owner"),
                "engineer": person("engineer", "reviewer"),
                "former-lead": person("former-lead", "risk-owner", left="2026-03-02"),
                "team-lead": person("team-lead", "risk-owner", team="ml"),
                **(people or {}),
            },
            "metrics": {
                "leak": {"question": "?", "better": "lower", "target": 0.001, "owner": "engineer", "source": {"suite": "s"}},
                "right": {"question": "?", "better": "higher", "target": 0.9, "owner": "engineer", "source": {"suite": "s"}},
            },
            "tiers": {
                "high": {
                    "confidence": 0.95,
                    "floors": {"leak": {"at_most": floor}},
                    "consent": {"roles": ["risk-owner"], "valid_days": days, "second": second},
                }
            },
            "systems": {
                "bot": {
                    "tier": "high", "owner": "ml", "intended_use": "u", "maximise": ["right"], "baseline": "current",
                    "candidates": {name: {"callable": {"target": f"bots:{name}"}} for name in ("current", "q4")},
                }
            },
            **more,
        }
    )  # fmt: skip


@dataclass
class Desk:
    policy: Policy = field(default_factory=policy)
    books: Books = field(default_factory=Books)
    at: int = START
    seq: int = 0

    def enter(self, entry: Any) -> list[str]:
        """What speaks against it; entered if nothing does."""
        found = doubts(entry, Held(books=self.books, policy=self.policy, now=self.at))
        if not found:
            self.add(entry)
        return [f"{one.field}: {one.what}" for one in found]

    def add(self, entry: Any) -> None:
        self.seq += 1
        self.books.add(Kept(entry, self.seq, self.at, self.policy.digest))

    def asked(self, kind: Any = ConsentRequested, **more: Any) -> Any:
        told = {
            "consent": "C-1", "system": "bot", "candidate": "q4", "artefact": "sha256:aa", "policy": self.policy.digest,
            "promise": promise_digest(self.policy, "bot", "q4"), "run": "r", "row": 7, "row_hash": "sha256:bb",
            "ledger": "sha256:cc", "nonce": "n1", "by": "engineer", "at": self.at, "what": "faster",
        }  # fmt: skip
        return kind(**{**told, **more})

    def request(self, **more: Any) -> list[str]:
        return self.enter(self.asked(**more))

    def decided(self, *, by: str = "risk-lead", signer: str = "", id_: str = "C-1", **more: Any) -> ConsentDecided:
        told = {
            "consent": id_, "system": "bot", "decision": "accept", "risk": "it may leak", "loss": (100_00, 5000_00),
            "currency": "EUR", "expires": self.at + 30 * DAY, "by": by, "at": self.at,
        }  # fmt: skip
        entry = ConsentDecided(**{**told, **more})
        request = self.books.about(ConsentRequested, id_)[0].entry
        return replace(entry, signature=sign(entry.statement(request), key(KEYS[signer or by])))

    def decide(self, **more: Any) -> list[str]:
        return self.enter(self.decided(**more))

    def declare(self, *, by: str = "engineer", **more: Any) -> list[str]:
        entry = self.asked(EmergencyDeclared, consent="E-1", by=by, **more)
        return self.enter(replace(entry, signature=sign(entry.statement(), key(KEYS[by]))))

    def sign(self, by: str, *, id_: str = "C-1", signer: str = "", **more: Any) -> list[str]:
        if emergencies := self.books.about(EmergencyDeclared, id_):
            statement = emergencies[0].entry.statement()
        else:
            request = self.books.about(ConsentRequested, id_)[0].entry
            statement = self.books.about(ConsentDecided, id_)[0].entry.statement(request)
        signature = sign(statement, key(KEYS[signer or by]))
        told = {"consent": id_, "system": "bot", "by": by, "at": self.at, "signature": signature}
        return self.enter(ConsentSigned(**{**told, **more}))

    def met(self, condition: str, by: str = "risk-lead") -> list[str]:
        return self.enter(ConditionMet(consent="C-1", system="bot", condition=condition, by=by, at=self.at))

    def withdraw(self, by: str, id_: str = "C-1") -> list[str]:
        return self.enter(ConsentWithdrawn(consent=id_, system="bot", by=by, at=self.at, what="no more"))

    def now(self, **more: Any) -> Now:
        told = {"at": self.at, "artefact": "sha256:aa", "promise": promise_digest(self.policy, "bot", "q4")}
        return Now(**{**told, **more})

    def standing(self, **more: Any) -> Any:
        return consent_of(self.books, self.policy, "bot", "q4", self.now(**more))

    def state(self, **more: Any) -> str:
        return str(self.standing(**more).state.value)
