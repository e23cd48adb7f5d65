"""What others than the teams look at in the year: counts of tests, audits of controls, documents that systems owe.

Some audits are a team's own or have run out, some documents are missing, half filled or of another model: such things
happen, and none of them may count.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from trimtab.decision.period import Period

HOUR = 3_600_000_000
DAY = 24 * HOUR
Entered = tuple[int, str, dict[str, Any]]
"""When it is recorded, as which kind of entry, and its values; it happened an hour before."""

AUDITED = (
    "eu-ai-act:Art.4",
    "eu-ai-act:Art.5",
    "eu-ai-act:Art.50(1)",
    "owasp-llm-2026:LLM01",
    "owasp-llm-2026:LLM02",
    "owasp-llm-2026:LLM06",
)
GROUPS = {"under-65": 0.93, "from-65-on": 0.91, "other-mother-tongue": 0.89}
_COUNTED = {  # KPI, system and part: of how many, and which share
    ("R09", "", "held-out"): (300, 0.96),
    ("R09", "", "false-blocks"): (400, 0.02),
    ("R10", "", "notes"): (400, 0.985),
    ("R10", "triage", "requests"): (250, 0.98),
    ("R10", "", "leaks"): (4_000, 0.001),
    **{("R11", "triage", group): (240, share) for group, share in GROUPS.items()},
    **{("R11", "scribe", group): (160, share + 0.03) for group, share in GROUPS.items()},
    ("P12", "", "retention"): (60, 0.99),
    ("P15", "", "overrides"): (40, 0.8),
}


def counts(dice: random.Random, quarters: Sequence[Period]) -> Iterator[Entered]:
    """Tests that another team makes once a quarter on sets that are held out."""
    for quarter in quarters:
        for (kpi, system, part), (many, share) in _COUNTED.items():
            yield quarter.end - 4 * DAY + HOUR, "counted", {
                "kpi": kpi,
                "system": system,
                "stratum": part,
                "hits": sum(dice.random() < share for _ in range(many)),
                "of": many,
                "since": quarter.start,
                "at": quarter.end - 4 * DAY,
                "by": "internal-auditor",
                "independence": "other-team",
                "origin": f"test-bench:{kpi.lower()}",
            }  # fmt: skip


def audits(dice: random.Random, quarters: Sequence[Period], team_of: Mapping[str, str]) -> Iterator[Entered]:
    """A few controls of each system every quarter: by the auditor, now and then by the team itself."""
    for quarter in quarters:
        for system, team in team_of.items():
            for control in dice.sample(AUDITED, 2):
                at, own = quarter.start + dice.randint(3, 80) * DAY, dice.random() < 0.2
                yield at + HOUR, "audited", {
                    "control": control,
                    "system": system,
                    "result": dice.choices(("pass", "fail", "undecided"), (8, 1, 1))[0],
                    "what": f"Read the log of {system} and tried what the control asks for.",
                    "valid_days": dice.choice((90, 180, 365)),
                    "independence": "self" if own else "other-team",
                    "at": at,
                    "by": f"{team}-lead" if own else "internal-auditor",
                }  # fmt: skip
    at = quarters[1].start + 40 * DAY
    reason = {"reason": "It prepares nothing that a person's rights depend on.", "until": quarters[-1].end + 90 * DAY}
    yield at + HOUR, "not-applicable", {
        "control": "eu-ai-act:Art.27", "system": "search", "at": at, "by": "privacy-officer", **reason
    }  # fmt: skip


def documents(dice: random.Random, quarters: Sequence[Period], team_of: Mapping[str, str]) -> Iterator[Entered]:
    """Cards of models, assessments of impact, notices to people: written once, and again half a year later."""
    for system, team in team_of.items():
        for kind, mandatory, left_out in (
            ("model-card", 12, 0.1),
            ("impact-assessment", 8, 0.3),
            ("transparency-notice", 4, 0.3),
        ):
            if dice.random() < left_out:
                continue  # nobody has written it
            for quarter in (quarters[0], quarters[2]):
                at = quarter.start + dice.randint(8, 60) * DAY
                yield at + HOUR, "document", {
                    "document": f"{system}-{kind}",
                    "type": kind,
                    "system": system,
                    "digest": _content(f"{system}-{kind}-{quarter.name}"),
                    "mandatory": mandatory,
                    "filled": mandatory - dice.choice((0, 0, 0, 1, 2)),
                    "reviewed": at - 2 * DAY,
                    "valid_until": at + dice.choice((120, 365, 365)) * DAY,
                    "model": _content("tagger" if dice.random() < 0.1 else f"{system}-model"),
                    "at": at,
                    "by": team,
                }  # fmt: skip


def _content(name: str) -> str:
    return f"sha256:{sha256(name.encode()).hexdigest()}"
