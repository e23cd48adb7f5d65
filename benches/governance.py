"""What pages, commands, recomputation and replay take with a million rows: `benches/large_ledger.py` makes them.

    python benches/governance.py [--rows N] [--seed N] [--only PART ...]

Parts: `limit` (what SQLite takes to give the rows of the books, and Python to parse and hash them), `cold` (commands,
each a process of its own), `warm` (pages of a process that stays: at first, again, and after each new entry), `kpis`
(all of them anew), `memory` (of books of 100,000 and of 1,000,000 entries), `replay`.
"""

import argparse
import hashlib
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from kpis import YEAR_ENDS, entries  # type: ignore[import-not-found]  # beside this file
from large_ledger import ORGANISATION, large_ledger  # type: ignore[import-not-found]

from trimtab.decision.period import Period
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import ENTRIES
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.records import Subject
from trimtab.policy import Policy
from trimtab.workspace.kpis import gather_evidence, read_kpis
from trimtab.workspace.living import Living
from trimtab.workspace.pages import PAGES
from trimtab.workspace.publishing import last_published, replay

PAGE_MS = 100.0
KPIS_S = 10.0
QUARTER = "2026-Q4"
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    *((page, {"kpi": "R02", "quarter": QUARTER} if page == "kpi-page" else {}) for page in PAGES),
    ("scorecard", {"quarter": "2026-Q3"}),
    ("kpi", {"quarter": QUARTER}),
    ("review", {"quarter": QUARTER}),
    ("benefits", {"since": "2026-Q1"}),
    ("allocation", {"quarter": QUARTER}),
    ("settlement", {"quarter": "2026-Q3"}),
    ("loss", {}),
)
COMMANDS = (
    "kpi", "kpi R02", "scorecard", "consent list", "vendor list", "frameworks", "budget show", "registry list",
    "liaison", "learn status", "review --quarter 2026-Q4", "wins list", "loss",
)  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, and how many milliseconds it took, of the wall and of the processor (this thread's)."""
    wall, used = time.perf_counter(), time.thread_time()
    found = work()
    return found, 1e3 * (time.perf_counter() - wall), 1e3 * (time.thread_time() - used)


def most_memory() -> float:
    """Of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def limit(place: Path) -> None:
    """The rows of the books: given by SQLite, parsed by orjson and hashed, and nothing made of them."""
    with sqlite3.connect(place) as database:
        marks = ",".join("?" * len(ENTRIES))
        query = f"""SELECT e.seq, e.time, e.payload, e.prev, e.hash FROM evidence e WHERE e.context IN
            (SELECT id FROM context WHERE kind IN ({marks}))"""  # question marks only
        rows, _, given = timed(lambda: database.execute(query, tuple(ENTRIES)).fetchall())
    _, _, parsed = timed(lambda: [orjson.loads(row[2]) for row in rows])
    _, _, hashed = timed(lambda: [hashlib.sha256(row[2].encode() + row[3]).digest() for row in rows])
    _, _, made = timed(lambda: Books.of(Ledger.open(place, create=False)))
    whole = given + parsed + hashed
    print(f"limit: {len(rows):,} rows from SQLite {given:.0f} ms, JSON {parsed:.0f} ms, SHA-256 {hashed:.0f} ms")
    print(f"books of them: {made:.0f} ms of the processor, {made / whole:.1f} x the limit of {whole:.0f} ms\n")


def cold(place: Path, folder: Path) -> None:
    """Commands from the shell, each reading everything."""
    print("cold, from the command line: wall, and of the processor")
    shown = {**os.environ, "TRIMTAB_LEDGER": str(place), "TRIMTAB_BY": "finance-lead"}
    for words in ("--help", *COMMANDS):
        call = [sys.executable, "-m", "trimtab", *words.split()]
        if words != "--help":
            call += ["--policy", str(ORGANISATION / "trimtab.yaml"), "--quiet"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = partial(subprocess.run, call, env=shown, cwd=folder, capture_output=True, check=False)
        done, wall, _ = timed(run)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"  trimtab {words:26} {wall / 1e3:6.2f} s {used:6.2f} s   exit {done.returncode}")
    print()


def warm(place: Path, policy: Policy, seed: int) -> None:
    """Pages: asked at first, again, after an entry without waiting, and with."""
    clock = [YEAR_ENDS]
    with (
        LivingLedger.open(place, create=False, clock=lambda: clock[0]) as ledger,
        Ledger.open(place, create=False, clock=lambda: clock[0]) as other,
        Living(ledger, policy) as living,
    ):
        _, wall, used = timed(ledger.catch_up)
        print(
            f"warm: read once in {wall / 1e3:.2f} s ({used / 1e3:.2f} s of the processor), then {most_memory():.0f} MB"
        )
        head = ("at first", "again", "after an entry", "waiting for it")
        print(f"  {'page: ms, of them processor':30}" + "".join(f"{one:>18}" for one in head))
        columns: list[list[tuple[float, float]]] = [[], [], [], []]
        for page, asked in ASKED:
            ask, wait = partial(living.ask, page, asked, wait=False), partial(living.ask, page, asked)
            took = [timed(wait)[1:] for _ in range(2)]
            clock[0] += 1_000_000
            opened = IncidentOpened(
                incident=f"NEW-{seed}-{page}", severity="S3", hazard="privacy", what="x", at=clock[0] - 1,
                by="care-lead", system="triage",
            )  # fmt: skip
            other.append([opened], subject=Subject(system="triage"), run="", maker="bench/1", policy=policy.digest)
            took.append(timed(ask)[1:])
            took.append(timed(wait)[1:])
            for column, one in zip(columns, took, strict=True):
                column.append(one)
            print(f"  {page:30}" + "".join(f"{wall:9,.1f}{used:9,.1f}" for wall, used in took), flush=True)
        for name, column in zip(head, columns, strict=True):
            walls, works = ([one[n] for one in column] for n in (0, 1))
            quick = [sum(one < PAGE_MS for one in side) for side in (walls, works)]
            print(
                f"  {name}: under {PAGE_MS:.0f} ms {quick[0]} of {len(column)} (at most {max(walls):,.0f} ms)", end=""
            )
            print(f", by the processor {quick[1]} (at most {max(works):,.0f} ms)")
        found, wall, _ = timed(lambda: last_published(ledger, "kpi"))
        print(f"  the last published table of KPIs, read back: {wall:.1f} ms{'' if found else ' (there is none)'}")
        print(f"  {most_memory():.0f} MB at most\n")


def kpis(place: Path, policy: Policy) -> None:
    """Every KPI for everybody, from the file."""
    with Ledger.open(place, create=False) as ledger:
        evidence, read, used = timed(lambda: gather_evidence(ledger))
        period = Period.quarter(QUARTER)
        readings, wall, more = timed(lambda: read_kpis(evidence, policy, period, asof=YEAR_ENDS))
    whole = (read + wall) / 1e3
    print(f"kpis: {len(readings)} readings anew in {whole:.2f} s (bar {KPIS_S:.0f} s, {whole / KPIS_S:.2f} x), of the")
    print(
        f"  processor {(used + more) / 1e3:.2f} s; {read / 1e3:.2f} s of it reading {len(evidence.books):,} entries\n"
    )


def memory(seed: int) -> None:
    """Books of so many entries, each read from its JSON as from a row."""
    for many in (100_000, 1_000_000):
        done = subprocess.run(
            [sys.executable, __file__, "--books", str(many), "--seed", str(seed)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        print(f"memory: {done.stdout.strip()}")
    print()


def books_of(many: int, seed: int) -> None:
    """For `memory`, in a process of its own."""
    before = most_memory()
    books = Books()
    for seq, entry in enumerate(entries(random.Random(seed), many), 1):
        again = type(entry).from_payload(orjson.loads(orjson.dumps(entry.payload())))
        books.add(Kept(again, seq, seq, "sha256:0"))
    _, view, _ = timed(lambda: books.until(many - 1))
    print(f"books of {len(books):,} entries take {most_memory() - before:,.0f} MB; a view of them {view:.1f} ms")


def again(place: Path) -> None:
    """Everything that was published or decided."""
    with LivingLedger.open(place, create=False) as ledger:
        found, wall, used = timed(lambda: list(replay(ledger)))
    same = sum(one.same for one in found)
    decided = sum(one.what.startswith("decision") for one in found)
    print(f"replay: {same} of {len(found)} come out the same ({decided} decisions, {len(found) - decided} tables)")
    print(f"  {wall / 1e3:.1f} s, {used / 1e3:.1f} s of the processor, {most_memory():.0f} MB at most")
    for one in found:
        if not one.same:
            print(f"  row {one.row}: {one.what}: {one.why}")


def main() -> None:
    parts = ("limit", "cold", "warm", "kpis", "memory", "replay")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=parts, default=parts)
    parser.add_argument("--books", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.books:
        books_of(arguments.books, arguments.seed)
        return
    place, policy = large_ledger(arguments.rows, seed=arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ledger.db"
        shutil.copy(place, copy)
        with Ledger.open(copy, create=False) as ledger:
            head = ledger.head()
            books = len(Books.of(ledger))
        print(f"{head.seq if head else 0:,} rows, {books:,} of them entries; load {os.getloadavg()[0]:.1f}\n")
        work: dict[str, Callable[[], None]] = {
            "limit": lambda: limit(copy),
            "cold": lambda: cold(copy, Path(folder)),
            "kpis": lambda: kpis(copy, policy),
            "memory": lambda: memory(arguments.seed),
            "warm": lambda: warm(copy, policy, arguments.seed),
            "replay": lambda: again(place),
        }
        for part in parts:
            if part in arguments.only:
                work[part]()


if __name__ == "__main__":
    main()
