"""How quick the ledger is, beside what the machine can do with the same bytes.

Run with `python benches/ledger.py [ROWS]`. Appends observations in batches of
500, verifies them, and prints rows per second; then inserts the same bytes
into a bare SQLite table and hashes them with nothing around it. Batches are
of one metric each; in a second ledger the metrics take turns. Times are the
best of three; "cpu" is what it takes of one core, of all processes together,
which other load on the machine changes less than the time on the wall.
"""

import hashlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from trimtab.evidence import Ledger, Observation, Subject
from trimtab.evidence.row import context_bytes
from trimtab.kinds import Missing, Score

BATCH = 500
REPEATS = 3


class Times(NamedTuple):
    """Seconds, on the wall and of one core."""

    wall: float
    cpu: float


def now() -> Times:
    used = os.times()  # with that of processes that have ended
    return Times(time.perf_counter(), used.user + used.system + used.children_user + used.children_system)


def since(start: Times) -> Times:
    end = now()
    return Times(end.wall - start.wall, end.cpu - start.cpu)


def batches(rows: int) -> list[list[Observation]]:
    made = [
        Observation(
            metric=f"metric-{number // BATCH % 6}",
            suite="assistant-questions",
            case=f"assistant-questions-{number:06d}",
            cluster=f"template-{number % 200}",
            order=number,
            outcome=Missing("timeout") if number % 97 == 0 else Score(value=float(number % 3 == 0)),
            reply="sha256:" + hashlib.sha256(str(number).encode()).hexdigest(),
        )
        for number in range(rows)
    ]
    return [made[start : start + BATCH] for start in range(0, rows, BATCH)]


def append(path: Path, work: list[list[Observation]]) -> Times:
    started = now()
    with Ledger.open(path) as ledger:
        for number, batch in enumerate(work):
            subject = Subject(system="assistant", candidate=f"candidate-{number % 3}", artefact="sha256:" + "a" * 64)
            ledger.append(batch, subject=subject, run="run-1", maker="exact-match/1", policy="sha256:" + "b" * 64)
    return since(started)


def verify(path: Path, jobs: int) -> Times:
    with Ledger.open(path, create=False) as ledger:
        started = now()
        ledger.verify(jobs=jobs).raise_if_bad()
        return since(started)


def bare_insert(path: Path, rows: list[tuple[int, bytes]]) -> Times:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("CREATE TABLE bare (seq INTEGER PRIMARY KEY, bytes BLOB)")
    started = now()
    for start in range(0, len(rows), BATCH):
        database.execute("BEGIN")
        database.executemany("INSERT INTO bare VALUES (?, ?)", rows[start : start + BATCH])
        database.execute("COMMIT")
    took = since(started)
    database.close()
    return took


def bare_hash(rows: list[tuple[int, bytes]]) -> Times:
    started = now()
    for _, data in rows:
        hashlib.sha256(data).digest()
    return since(started)


def best(measure: Callable[[Path], Times], folder: Path, name: str) -> Times:
    times = [measure(folder / f"{name}-{repeat}.db") for repeat in range(REPEATS)]
    return Times(min(t.wall for t in times), min(t.cpu for t in times))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    work = batches(count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        appended = best(lambda path: append(path, work), folder, "ledger")
        verified = best(lambda path: verify(path, jobs=1), folder, "ledger")
        shared = best(lambda path: verify(path, jobs=os.cpu_count() or 1), folder, "ledger")
        turns = [[replace(one, metric=f"metric-{one.order % 6}") for one in batch] for batch in work]
        append(folder / "turns.db", turns)
        in_turn = best(lambda _: verify(folder / "turns.db", jobs=os.cpu_count() or 1), folder, "none")
        with Ledger.open(folder / "ledger-0.db") as ledger:
            data = [
                (row.seq, row.prev + b"[%d,%d" % row[:2] + context_bytes(row[2:11]) + row.payload.encode() + b"]")
                for row in ledger.rows()
            ]
        size = (folder / "ledger-0.db").stat().st_size
        inserted = best(lambda path: bare_insert(path, data), folder, "bare")
        hashed = best(lambda _: bare_hash(data), folder, "none")
    hashed_bytes = sum(len(item) for _, item in data)
    print(f"{count:,} observations, {hashed_bytes / count:.0f} bytes hashed and {size / count:.0f} stored for each")
    for what, took in (("", shared), (", metrics in turn", in_turn)):
        rate = f"{count / took.wall:,.0f} rows/s"
        print(f"verify, {os.cpu_count()} processes{what}: wall {took.wall:.2f} s, {rate}, cpu {took.cpu:.2f} s")
    for what, took, bare in (("append", appended, inserted), ("verify", verified, hashed)):
        limit = "bare SQLite insert" if what == "append" else "bare SHA-256"
        print(
            f"{what}  wall {took.wall:5.2f} s {count / took.wall:9,.0f} rows/s  "
            f"cpu {took.cpu:5.2f} s {count / took.cpu:9,.0f} rows/s  "
            f"{limit} of the same bytes {bare.cpu:5.2f} s ({took.cpu / bare.cpu:.1f}x)"
        )


if __name__ == "__main__":
    main()
