"""A ledger with two gate runs, a red-team baseline, a hunt and a guard's records, of the example organisation's programs."""

from pathlib import Path

from trimtab.evidence import Ledger, Subject
from trimtab.evidence.rulings import Rulings
from trimtab.policy import load_policy
from trimtab.workspace.hunt import close_hunt, open_hunt
from trimtab.workspace.hunt_filing import Filing, file_finding
from trimtab.workspace.redteam import attacking
from trimtab.workspace.workspace import Workspace

FOLDER = Path(__file__).parents[2] / "examples" / "organisation"
SYSTEM = "triage"
HUNTERS = ("internal-auditor", "finance-lead")


def tell(ledger: Ledger, replies: Path, *, attacks: int = 60) -> None:
    """Measure, attack and hunt; the folder of the programs has to be importable."""
    policy = load_policy(FOLDER / "trimtab.yaml")
    measure(ledger, replies, policy)
    measure(ledger, replies, policy)
    measure(ledger, replies, attacking(policy, SYSTEM, cases=attacks))
    hunt = open_hunt(ledger, policy, SYSTEM, hours=2.0, hunters=HUNTERS).hunt
    for number, hunter in enumerate((*HUNTERS, HUNTERS[0])):
        file_finding(ledger, hunt, Filing(hunter=hunter, severity="S2", hazard="injection", command=f"ask {number}"))
    close_hunt(ledger, hunt, by="privacy-officer", spent={})


def measure(ledger, replies, policy):
    """One run. The workspace is left open: it would close the ledger."""
    return Workspace(policy=policy, base=FOLDER, ledger=ledger, replies=replies).run(SYSTEM, fresh=True)


def ruled(ledger, allow, mask, *, ago, label="personal.email", system=SYSTEM):
    """A record of a guard, over the minute that ended so many microseconds ago."""
    ended = ledger.now() - ago
    found = {"side": "output", "detector": "patterns", "label": label, "action": "mask"}
    record = Rulings(
        guard="sha256:" + "0" * 64,
        begun=ended - 60_000_000,
        ended=ended,
        chars=90,
        seconds=0.1,
        slowest=0.003,
        rulings=[{"side": "output", "action": name, "count": n} for name, n in (("allow", allow), ("mask", mask)) if n],
        findings=[{**found, "count": mask, "chars": 9, "texts": mask}] if mask else [],
    )
    ledger.append([record], subject=Subject(system=system), run="", maker="guard/1", policy="")
