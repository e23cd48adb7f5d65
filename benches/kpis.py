"""How long all KPIs take to compute anew from a large ledger.

    python benches/kpis.py [--rows N] [--seed N]

A ledger of N rows is written, one in ten of them an entry of the books (incidents, findings, their steps, counts,
exposure), the rest observations. Then everything is read and every KPI is computed, for the organisation, each
system, each team and each severity, beside the quarter before.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from trimtab.decision.period import Period
from trimtab.evidence import Ledger
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.counts import Counted, Exposure
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.records import Observation, Record, Subject
from trimtab.kinds import Score
from trimtab.policy import Policy, load_policy
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.workspace.kpis import gather_evidence, read_kpis

HOUR = 3_600_000_000
DAY = 24 * HOUR
YEAR_ENDS = Period.quarter("2026-Q4").end
SYSTEMS = [f"product-{number}" for number in range(1, 7)]
TEAMS = ["care", "claims", "search", "platform"]
BATCH = 2_000


def policy_in(folder: Path) -> Policy:
    """Six systems, four teams, every KPI."""
    (folder / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    lines = ["trimtab: 1", "organisation: Example", "teams:"]
    lines += [f"  {team}: {{about: x}}" for team in TEAMS]
    lines += [
        "suites: {q: {file: q.jsonl}}",
        'metrics: {accuracy: {question: "Right?", better: higher, target: 0.9, owner: care, source: {suite: q}}}',
        "tiers:",
        "  high:",
        "    confidence: 0.95",
        "    floors: {accuracy: {at_least: 0.5}}",
        "    limits:",
        *(f"      S{n}: {{detect: {n * 4}h, contain: {n * 8}h, fix: {n * 7}d}}" for n in range(1, 5)),
        "systems:",
    ]
    for number, system in enumerate(SYSTEMS):
        lines.append(f"  {system}: {{tier: high, owner: {TEAMS[number % 4]}, intended_use: x, maximise: accuracy,")
        lines.append('    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}}')
    lines.append("kpis:")
    for one in kpi_catalogue().values():
        lines.append(f"  {one.id}: {{target: {1 if one.better == 'higher' else 0}, owner: care,")
        lines.append("    source: {system: ledger, custodian: platform, independence: other-team}}")
    (folder / "trimtab.yaml").write_text("\n".join(lines) + "\n")
    return load_policy(folder / "trimtab.yaml")


def entries(
    rng: random.Random, count: int, *, systems: Sequence[str] = SYSTEMS, by: str = "care", ids: str = ""
) -> Iterator[Entry]:
    """So many entries of one year: one in fourteen is a count or a stretch of use, the others are cases and steps."""
    made = 0
    month = 30 * DAY
    for system in systems:
        for number in range(12):
            begin = YEAR_ENDS - 365 * DAY + number * month
            yield Exposure(
                at=begin + month, since=begin, uses=rng.randrange(10**6, 10**7), by="platform", system=system
            )
            made += 1
    case = 0
    while made < count:
        case += 1
        system, severity = rng.choice(systems), rng.choices(("S1", "S2", "S3", "S4"), (1, 4, 20, 75))[0]
        start = YEAR_ENDS - rng.randrange(365 * DAY)
        seen = start + int(rng.expovariate(1 / (6 * HOUR)))
        fixed = seen + int(rng.expovariate(1 / (9 * DAY)))
        steps = [("fix", fixed), ("verify", fixed + DAY)]
        opened: Entry
        if case % 2:
            known = rng.random() < 0.8
            opened = IncidentOpened(
                incident=f"INC-{ids}{case}",
                severity=severity,
                hazard="privacy",
                what="it did what it should not",
                at=seen,
                detected=seen,
                by=by,
                system=system,
                started=start if known else 0,
                clean=0 if known else start - 12 * HOUR,
            )
            moves = [("contain", seen + int(rng.expovariate(1 / (10 * HOUR)))), *steps]
        else:
            opened = FindingOpened(
                finding=f"F-{ids}{case}",
                severity=severity,
                what="it is not as it should be",
                at=seen,
                by=by,
                system=system,
            )
            moves = steps
        yield opened
        made += 1
        for step, at in sorted(moves, key=lambda one: one[1]):
            if at >= YEAR_ENDS:
                break
            made += 1
            if isinstance(opened, IncidentOpened):
                yield IncidentMoved(incident=f"INC-{ids}{case}", step=step, at=at, by=by)
            else:
                yield FindingMoved(finding=f"F-{ids}{case}", step=step, at=at, by="platform")
        if case % 5 == 0:
            kpi = rng.choice(("R03", "R08", "R09", "R10", "R13", "R14"))
            of = rng.randrange(50, 500)
            yield Counted(
                kpi=kpi, hits=int(of * rng.uniform(0.85, 1.0)), of=of, at=seen, since=seen - DAY, by="platform", system=system,
                stratum=rng.choice(("privacy", "self-harm", "fraud")), independence="other-team",
            )  # fmt: skip
            made += 1


def fill(ledger: Ledger, policy: Policy, rows: int, seed: int) -> None:
    """Write the ledger: nine observations to each entry."""
    rng = random.Random(seed)
    batch: list[Record] = []
    subjects: list[Subject] = []
    number = 0

    def write() -> None:
        ledger.append(batch, subject=subjects, run="r", maker="bench/1", policy=policy.digest)
        batch.clear()
        subjects.clear()

    for entry in entries(rng, rows // 10):
        batch.append(entry)
        subjects.append(Subject(system=entry.system))
        for _ in range(9):
            number += 1
            seen = Score(value=1.0)
            batch.append(
                Observation(
                    suite="q", metric="accuracy", case=f"c{number}", cluster=f"c{number}", order=number, outcome=seen
                )
            )
            subjects.append(Subject(system=SYSTEMS[number % 6], candidate="a"))
        if len(batch) >= BATCH:
            write()
    if batch:
        write()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.db") as ledger:
        policy = policy_in(Path(folder))
        begun = time.perf_counter()
        fill(ledger, policy, arguments.rows, arguments.seed)
        head = ledger.head()
        print(f"written: {head.seq if head else 0:,} rows in {time.perf_counter() - begun:.1f} s")
        begun, work = time.perf_counter(), time.process_time()
        evidence = gather_evidence(ledger)
        read = time.perf_counter() - begun
        readings = read_kpis(evidence, policy, Period.quarter("2026-Q4"), asof=YEAR_ENDS)
        whole = time.perf_counter() - begun
        print(f"entries: {len(evidence.books):,}, read and hashed again in {read:.2f} s ({read / whole:.0%})")
        print(f"readings: {len(readings):,} in {whole - read:.2f} s")
        print(f"all: {whole:.2f} s, of which {time.process_time() - work:.2f} s of the processor")


if __name__ == "__main__":
    main()
