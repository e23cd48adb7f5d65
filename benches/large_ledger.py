"""A ledger of a million rows for the other benches: the example organisation, grown.

    python benches/large_ledger.py [--rows N] [--seed N]

It begins with the year that `examples/organisation` tells, so that every page has something to show. Then come, in
turns, runs of its systems (copies of those that it made, under names of their own), loose observations, entries of the
books (one row in ten) and published tables, until there are as many rows as asked for. The file is kept in the folder
for temporary files under a name that tells rows and seed, and used again.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import islice
from pathlib import Path

from kpis import BATCH, YEAR_ENDS, entries  # type: ignore[import-not-found]  # beside this file

from trimtab.evidence import Ledger
from trimtab.evidence.entries import Entry
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.records import Decided, Observation, Record, Subject
from trimtab.kinds import Row, Score
from trimtab.policy import Policy, load_policy
from trimtab.workspace.publishing import publish

ORGANISATION = Path(__file__).parents[1] / "examples" / "organisation"
TURNS = 300
RUNS = 300  # copied, each about a thousand rows
PUBLISHED: tuple[tuple[str, dict[str, object]], ...] = (
    ("kpi", {"quarter": "2026-Q3"}),
    ("vendors", {"quarter": "2026-Q3"}),
    ("loss", {"years": 10_000}),
    ("settlement", {"quarter": "2026-Q3"}),
    ("benefits", {"since": "2026-Q1"}),
)


def large_ledger(rows: int = 1_000_000, *, seed: int = 1, published: int = TURNS) -> tuple[Path, Policy]:
    """The ledger, made unless it is there already, and the policy of the organisation."""
    folder = Path(tempfile.gettempdir()) / "trimtab-benches"
    folder.mkdir(mode=0o700, exist_ok=True)
    place = folder / f"organisation-{rows}-{seed}-{published}.db"
    policy = load_policy(ORGANISATION / "trimtab.yaml")
    if not place.exists():
        draft = place.with_suffix(".new")
        for left in folder.glob(f"{draft.name}*"):
            left.unlink()
        _tell(draft, seed)
        with LivingLedger.open(draft, create=False, clock=lambda: YEAR_ENDS) as ledger:
            _grow(ledger, policy, rows, seed, published)
        draft.rename(place)
    return place, policy


def _tell(place: Path, seed: int) -> None:
    sys.path.insert(0, str(ORGANISATION))
    try:
        tell = import_module("year").tell  # beside the example, and no package
        tell(place, seed=seed)
    finally:
        sys.path.remove(str(ORGANISATION))


@dataclass(slots=True)
class _Run:
    """The rows of a run that was made."""

    rows: list[tuple[Row, Record]] = field(default_factory=list)


def _runs(ledger: Ledger) -> list[_Run]:
    found = [_Run(list(ledger.records(run=one.run))) for one in ledger.runs()]
    return [one for one in found if any(isinstance(record, Decided) for _, record in one.rows)]


def _grow(ledger: Ledger, policy: Policy, rows: int, seed: int, published: int) -> None:
    rng = random.Random(seed)
    runs = _runs(ledger)
    told = entries(rng, rows // 10, systems=list(policy.systems), by="care-lead", ids="B")
    copies = 0
    for turn in range(1, TURNS + 1):
        head = ledger.head()
        due = (rows - (head.seq if head else 0)) // (TURNS - turn + 1)
        if copies < RUNS * due * TURNS // rows and due > 1000:
            due -= _copy(ledger, rng.choice(runs), f"copy-{turn:04}")
            copies += 1
        if turn * published // TURNS > (turn - 1) * published // TURNS:
            what, asked = PUBLISHED[turn % len(PUBLISHED)]
            publish(ledger, policy, what, by="finance-lead", asked=asked)
            due -= 1
        many = rows // 10 // TURNS if turn < TURNS else rows
        _fill(ledger, policy, list(islice(told, min(many, due))), max(due - many, 0), turn)


def _copy(ledger: Ledger, run: _Run, name: str) -> int:
    """Append the rows of a run once more, as those of another; gives how many."""
    records: list[Record] = []
    subjects: list[Subject] = []
    for row, record in run.rows:
        again = replace(record, decision={**record.decision, "run": name}) if isinstance(record, Decided) else record
        records.append(again)
        subjects.append(Subject(system=row.system, candidate=row.candidate, artefact=row.artefact))
    first = run.rows[0][0]
    ledger.append(records, subject=subjects, run=name, maker=first.maker, policy=first.policy, seed=first.seed)
    return len(records)


def _fill(ledger: Ledger, policy: Policy, found: Sequence[Entry], observations: int, turn: int) -> None:
    """Append entries, and observations of a run, by turns."""
    systems = list(policy.systems)
    subject = Subject(system=systems[turn % len(systems)], candidate="v4", artefact="sha256:" + "0" * 64)
    parts = max(1, (len(found) + observations) // BATCH)
    for part in range(parts):
        books = found[len(found) * part // parts : len(found) * (part + 1) // parts]
        if books:
            whom = [Subject(system=one.system, candidate=one.candidate) for one in books]
            ledger.append(books, subject=whom, run="", maker="bench/1", policy=policy.digest)
        seen = [
            Observation(
                suite="questions", metric="accuracy", case=f"c{n}", cluster=f"c{n}", order=n, outcome=Score(value=1.0)
            )
            for n in range(observations * part // parts, observations * (part + 1) // parts)
        ]
        if seen:
            ledger.append(seen, subject=subject, run=f"loose-{turn:04}", maker="bench/1", policy=policy.digest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--published", type=int, default=TURNS)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    place, _ = large_ledger(arguments.rows, seed=arguments.seed, published=arguments.published)
    print(f"{place}: {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
