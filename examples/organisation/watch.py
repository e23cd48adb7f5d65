"""What a guard rules in front of one system, the monitor that counts it, and hunts for what nobody has seen yet."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from story import END

from trimtab import __version__
from trimtab.decision.period import Period
from trimtab.evidence import Ledger, Subject
from trimtab.evidence.rulings import Rulings
from trimtab.measure.suites import load_suite
from trimtab.policy import Policy
from trimtab.workspace.hunt import close_hunt, open_hunt, triage
from trimtab.workspace.hunt_filing import Filing, file_finding
from trimtab.workspace.monitor import look
from trimtab.workspace.probe import contamination
from trimtab.workspace.redteam import attacking
from trimtab.workspace.workspace import Workspace

HOUR = 3_600_000_000
DAY = 24 * HOUR
GUARDED = "triage"
COUNTER = "claims"
_BLOCKED = {"2026-Q2": {5: 0.11}, "2026-Q3": {11: 0.055}}
"""Of the answers at the counter, by quarter and week, the share that a rule too many blocked; else it is 0.006."""
HUNTERS = ("internal-auditor", "finance-lead")
HUNTED = {"2025-Q4": "claims", "2026-Q1": "triage", "2026-Q2": "search", "2026-Q3": "scribe"}
ATTACKED = {"2026-Q2": ("triage",), "2026-Q3": ("triage", "claims")}
"""Whose new version a red team attacks, in which quarter."""
ATTACKS = 240  # on each candidate
WORDS = 8  # in a row that a case and a text must have in common
HUNT_HOURS, SPENT = 30.0, 12.5  # of each hunter, and of the one who took less
TWICE = {"2026-Q3": (0, 1, 2)}
"""Which findings of a hunt the other hunter made as well, not knowing of the first."""
Act = tuple[int, Callable[[], object]]
"""When, and what is done then."""


def guarded(ledger: Ledger, policy: Policy, quarter: Period, seed: int, folder: Path) -> Iterator[Act]:
    """Each week what the guard ruled, in sums as its log writes them; every other week a look of the monitor."""
    dice = random.Random(f"{seed}/{quarter.name}/guard")

    def week(system: str, texts: int, masked: int, blocked: int, *, looked_at: bool) -> None:
        _ruled(ledger, policy, system, texts, masked, blocked)
        if looked_at:
            # Left open: it would close the ledger, which is not ours.
            workspace = Workspace(policy=policy, base=folder, ledger=ledger, replies=folder / "replies.db")
            look(workspace, system, suites=False, at=ledger.now() + 1)

    if quarter.end == END:  # and hour by hour on the last day, as a guard's log would have it all the time
        hours = random.Random(f"{seed}/{quarter.name}/guard/hours")
        for at in range(END - DAY, END - 1, HOUR):
            texts, masked = hours.randint(12, 24), int(hours.random() < 0.3)
            yield at, partial(_ruled, ledger, policy, GUARDED, texts, masked, 0, span=HOUR)
    weeks = list(enumerate(range(quarter.start + 8 * DAY, quarter.end - 2 * DAY, 7 * DAY)))
    for number, at in weeks:
        texts = dice.randint(2_600, 3_400)
        masked = sum(dice.random() < 0.0035 for _ in range(texts))
        yield at, partial(week, GUARDED, texts, masked, 0, looked_at=number % 2 == 1)
    if quarter.name not in _BLOCKED:  # the counter has had its guard since spring
        return
    for number, at in weeks:
        texts = dice.randint(1_800, 2_400)
        masked = sum(dice.random() < 0.004 for _ in range(texts))
        blocked = sum(dice.random() < _BLOCKED[quarter.name].get(number, 0.006) for _ in range(texts))
        yield at + 2 * HOUR, partial(week, COUNTER, texts, masked, blocked, looked_at=number % 2 == 1)


def _ruled(  # noqa: PLR0917
    ledger: Ledger, policy: Policy, system: str, texts: int, masked: int, blocked: int, *, span: int = 7 * DAY
) -> None:
    now = ledger.now()
    counts = {"allow": texts - masked - blocked, "mask": masked, "block": blocked}
    labels = {"mask": "personal.email", "block": "medical.advice"}
    record = Rulings(
        guard="sha256:" + "0" * 64,
        begun=now - span + 1,
        ended=now,
        chars=90 * texts,
        seconds=texts * 4e-5,
        slowest=3e-3,
        rulings=[{"side": "output", "action": name, "count": many} for name, many in counts.items() if many],
        findings=[
            {
                "side": "output",
                "detector": "patterns",
                "label": label,
                "action": action,
                "count": counts[action],
                "chars": 19 * counts[action],
                "texts": counts[action],
            }
            for action, label in labels.items()
            if counts[action]
        ],
    )
    ledger.append([record], subject=Subject(system=system), run="", maker="guard/1", policy=policy.digest)


def attack(ledger: Ledger, policy: Policy, system: str, base: Path, folder: Path) -> None:
    """A red-team baseline, as `trimtab redteam` makes it: nothing is decided by it."""
    attacked = attacking(policy, system, cases=ATTACKS)
    # Left open: it would close the ledger, which is not ours.
    Workspace(policy=attacked, base=base, ledger=ledger, replies=folder / "replies.db").run(system)


def look_for_cases(ledger: Ledger, policy: Policy, base: Path, folder: Path) -> None:
    """Whether cases of two suites stand in the notes that the next model is to be trained on: some do."""
    suites = [load_suite(name, policy.suites[name], base=base) for name in ("questions", "look-alikes")]
    lines = [f"Note {number}: the desk was open as usual, and nobody asked for anything." for number in range(40)]
    lines += [case.messages[0].content for case in suites[0].cases[:3]]
    notes = folder / "notes.txt"
    notes.write_text("\n".join(lines), encoding="utf-8")
    records = [contamination(suite, [notes], n=WORDS).record for suite in suites]
    ledger.append(records, subject=Subject(), run="", maker=f"trimtab/{__version__}", policy="", durable=True)


def hunt(ledger: Ledger, policy: Policy, quarter: Period, seed: int) -> Iterator[Act]:
    """One hunt a quarter: opened, findings filed, closed early by one hunter, and most findings ruled on."""
    dice = random.Random(f"{seed}/{quarter.name}/hunt")
    names: list[str] = []
    begun = quarter.start + 45 * DAY
    filed = [
        Filing(
            hunter=dice.choice(HUNTERS),
            severity=dice.choices(("S1", "S2", "S3", "S4"), (1, 3, 5, 5))[0],
            hazard=dice.choice(("injection", "privacy", "wrong-advice")),
            command=f"ask the system as in note {number}",
            finding=f"H-{quarter.name}-{number}",
            what="It answered what it should not.",
        )
        for number in range(dice.randint(4, 7))
    ]

    twice = {
        one.finding: replace(
            one,
            hunter=next(name for name in HUNTERS if name != one.hunter),
            command="ask the system as a patient would",
            finding=f"{one.finding}-again",
        )
        for one in (filed[number] for number in TWICE.get(quarter.name, ()))
    }

    def opened() -> None:
        names.append(open_hunt(ledger, policy, HUNTED[quarter.name], hours=HUNT_HOURS, hunters=HUNTERS).hunt)

    def file(one: Filing) -> None:
        file_finding(ledger, names[0], one)

    def over() -> None:
        close_hunt(ledger, names[0], by="audit-deputy", spent={HUNTERS[1]: SPENT})
        for one in filed:
            if ruling := dice.choices(("valid", "invalid", ""), (7, 2, 1))[0]:
                triage(ledger, names[0], one.finding, by="external-auditor", ruling=ruling)
        for first, one in twice.items():
            triage(ledger, names[0], one.finding, by="external-auditor", ruling="same", same_as=first)

    yield begun, opened
    for number, one in enumerate(filed, 1):
        yield begun + number * HOUR, partial(file, one)
    for number, one in enumerate(twice.values(), 20):
        yield begun + number * HOUR, partial(file, one)
    yield begun + 29 * HOUR, over
