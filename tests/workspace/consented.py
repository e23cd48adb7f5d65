"""A system that was measured and decided on, in a tier that asks for consent, for tests that begin there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.evidence.signing import key
from tests.workspace.watching import Site

from trimtab.evidence import Ledger
from trimtab.policy import Policy, load_policy
from trimtab.workspace import Workspace, consenting

DAY = 86_400_000_000
SIGNERS = {"lead": 1, "second-lead": 2, "pipeline": 3}
_PEOPLE = "  lead: {function: safety, roles: [risk-owner]}\n"


def prepare(folder: Path, **filled: str) -> Site:
    site = Site(folder, cases=100)
    site.write({"current": (70, 0), "q4": (100, 0), "leaky": (100, 50)}, **{"slo": "{}", **filled})
    # A module of its own: tests in the same process import others that are called bots.
    (folder / "bots.py").rename(folder / "consented_bots.py")
    path = folder / "trimtab.yaml"
    path.write_text(path.read_text().replace("bots:", "consented_bots:"))
    ask_for_consent(path)
    return site


def ask_for_consent(path: Path) -> None:
    people = "".join(
        f"  {name}: {{function: safety, roles: [{role}], key: '{key(number).public}'}}\n"
        for (name, number), role in zip(SIGNERS.items(), ("risk-owner", "risk-owner", "attester"), strict=True)
    )
    asked = "    consent: {roles: [risk-owner], valid_days: 90, second: false}\n"
    text = path.read_text().replace(_PEOPLE, people).replace("    confidence: 0.9\n", f"    confidence: 0.9\n{asked}")
    path.write_text(text)


@dataclass
class Signing:
    """Asks and signs with the keys of the tests."""

    workspace: Workspace

    @property
    def ledger(self) -> Ledger:
        return self.workspace.ledger

    @property
    def policy(self) -> Policy:
        assert self.workspace.policy is not None
        return self.workspace.policy

    def request(self, candidate: str = "q4", **more: Any) -> str:
        return consenting.request(self.ledger, self.policy, "bot", candidate, **{"by": "team", **more}).ids[0]

    def draw_up(self, id_: str, **more: Any) -> consenting.Unsigned:
        told = {
            "by": "lead", "decision": "accept", "risk": "It may tell.", "loss": "100..5000",
            "expires": self.ledger.now() + 30 * DAY,
        }  # fmt: skip
        return consenting.decision(self.ledger, self.policy, id_, **{**told, **more})

    def decide(self, id_: str, **more: Any) -> Any:
        unsigned = self.draw_up(id_, **more)
        return consenting.signed(self.ledger, self.policy, unsigned, key(SIGNERS[more.get("by", "lead")]))

    def consent(self, candidate: str = "q4", **more: Any) -> str:
        id_ = self.request(candidate)
        self.decide(id_, **more)
        return id_


def opened(folder: Path) -> Workspace:
    return Workspace.open(folder / "trimtab.yaml", ledger=folder / ".trimtab" / "ledger.db")


def policy_of(folder: Path) -> Policy:
    return load_policy(folder / "trimtab.yaml")
