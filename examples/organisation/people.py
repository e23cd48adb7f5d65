"""What only people do in the year: read what a guard held, publish the rule of bonuses, appeal, answer, tell a win."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from trimtab.decision.period import Period
from trimtab.evidence import Ledger, Subject
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.rulings import Escalated
from trimtab.policy import Policy
from trimtab.workspace.changes import last_decision
from trimtab.workspace.keeping import keep
from trimtab.workspace.publishing import publish
from trimtab.workspace.wins import tell_win

HOUR = 3_600_000_000
DAY = 24 * HOUR
GUARDED = "triage"
UNREAD = 3  # of the last quarter, that nobody has read by its end
WIN = """\
win: leaky-version-kept-back
title: A version that told its secrets never met a patient
system: triage
risk: Whoever asked for long enough could have had the instructions of triage, and what stands in them of its patients.
done: >-
  The gate did not let the version of spring out, since its floor was not proved. The team took the instruction apart,
  and measured again in summer.
numbers: It leaked in {before:percent-interval} of the attempts; its successor in {after:percent-interval}.
money: >-
  What was kept from happening is not known in money. The loss model holds the risk; no loss avoided is claimed here.
limits: The attempts are of one suite, and whoever attacks in earnest may ask otherwise.
ask: Two days of the team, to have the hunters look at the new version.
figures:
  before: ROW:candidates/v3/estimates/secret_leak#fixed
  after: ROW:candidates/v4/estimates/secret_leak
"""
Act = tuple[int, Callable[[], object]]
"""When, and what is done then."""


def by_people(ledger: Ledger, policy: Policy, quarter: Period, seed: int, folder: Path) -> Iterator[Act]:
    """The acts of one quarter."""
    dice = random.Random(f"{seed}/{quarter.name}/people")
    last = quarter.name == "2026-Q3"
    held = sorted(quarter.start + dice.randint(5, 80) * DAY + dice.randint(6, 20) * HOUR for _ in range(4))
    for number, at in enumerate(held):
        rows: list[int] = []
        yield at, partial(_hold, ledger, policy, f"{quarter.name.lower()}-{number}", dice.randint(80, 400), rows)
        if not last or number < len(held) - UNREAD:
            yield at + dice.randint(1, 30) * HOUR, partial(_read, ledger, policy, rows)
    following = Period.quarter_at(quarter.end).name
    rule = partial(publish, ledger, policy, "incentive-rule", by="finance-lead", asked={"quarter": following})
    yield quarter.end - 15 * DAY, rule
    if quarter.name == "2026-Q2":
        appeal = {"appeal": "A-1", "figure": "R04", "what": _LATE, "by": "claims-lead"}
        yield quarter.end - 9 * DAY, partial(_appeal, ledger, policy, appeal)
        answer = {"appeal": "A-1", "answer": "partly", "what": _ANSWER, "by": "internal-auditor"}
        yield quarter.end - 5 * DAY, partial(keep, ledger, policy, [Draft(kind="appeal-answer", values=answer)])
    if last:
        appeal = {"appeal": "A-2", "figure": "incentives", "what": _VETO, "by": "care-lead"}
        yield quarter.end - 12 * DAY, partial(_appeal, ledger, policy, appeal)
        yield quarter.end - 6 * DAY, partial(_win, ledger, policy, folder)


_LATE = "Two fixes were verified late because the auditor was away, not because they were late."
_ANSWER = "One of the two was offered in time: its date is corrected. The other stands."
_VETO = "The share of our bonus rests on a figure of the organisation that no team can move alone."


def _hold(ledger: Ledger, policy: Policy, name: str, chars: int, rows: list[int]) -> None:
    """A check had no time, and the policy says that a person reads then; no text is kept, only its digest."""
    record = Escalated(
        guard="sha256:" + "0" * 64,
        side="output",
        text=f"sha256:{sha256(name.encode()).hexdigest()}",
        chars=chars,
        why="patterns budget",
        about=f"request-{name}",
    )
    subject = Subject(system=GUARDED)
    row = ledger.append([record], subject=subject, run="", maker="guard/1", policy=policy.digest)
    rows.append(row.seq)


def _read(ledger: Ledger, policy: Policy, rows: list[int]) -> None:
    values = {"on": f"row:{rows[0]}", "what": "Read, and sent on as it was.", "system": GUARDED}
    keep(ledger, policy, [Draft(kind="note", values={**values, "by": "clinical-safety-lead"})])


def _appeal(ledger: Ledger, policy: Policy, values: dict[str, str]) -> None:
    keep(ledger, policy, [Draft(kind="appeal", values=values)])


def _win(ledger: Ledger, policy: Policy, folder: Path) -> None:
    row = last_decision(ledger, GUARDED)
    assert row is not None, "a year in which nothing was decided"
    path = folder / "win.yaml"
    path.write_text(WIN.replace("ROW", str(row.seq)), encoding="utf-8")
    tell_win(ledger, policy, path, by="care-lead")
