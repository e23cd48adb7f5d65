"""How quick the ledger is on PostgreSQL, beside SQLite on the same machine.

Run with `python benches/ledger_stores.py [ROWS]`, ROWS being 50,000 if left
out. It starts a PostgreSQL server of its own on a socket, with its defaults
(so every commit waits for the disk), where the extra `postgres` and a server
are installed, and says so where not. Appends go by one row, as a monitor
does, and by 500, as a run does; an append by one is durable where it says so,
since SQLite waits for the disk only then. Reads by seek are of one row by its
number, and of one of 40 runs. Times are on the wall, and the best of three but
for appending by 500.
"""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.postgres import programs, running

from trimtab.evidence import Ledger, Observation, Subject
from trimtab.kinds import Score

BATCH = 500
RUNS = 40
SINGLES = 500
REPEATS = 3


def observations(count: int, start: int = 0) -> Sequence[Observation]:
    return [
        Observation(
            metric=f"metric-{number // BATCH % 6}", suite="assistant-questions", case=f"assistant-questions-{number:06d}",
            cluster=f"template-{number % 200}", order=number, outcome=Score(value=float(number % 3 == 0)),
            reply="sha256:" + f"{number:064x}",
        )
        for number in range(start, start + count)
    ]  # fmt: skip


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def measure(location: str, rows: int) -> dict[str, str]:
    subject = Subject(system="assistant", candidate="current", artefact="sha256:" + "a" * 64)
    more: dict[str, Any] = {"maker": "exact-match/1", "policy": "sha256:" + "b" * 64}
    batches = [observations(BATCH, start) for start in range(0, rows, BATCH)]
    with Ledger.open(location) as ledger:
        started = time.perf_counter()
        for number, batch in enumerate(batches):
            ledger.append(batch, subject=subject, run=f"run-{number * RUNS // len(batches)}", **more)
        appended = rows / (time.perf_counter() - started)
        jobs = {n: rows / best(partial(ledger.verify, jobs=n)) for n in (1, 2)}
        random = Random(7)
        places = [random.randrange(rows) for _ in range(1000)]
        single = best(lambda: [next(ledger.rows(after=place, upto=place + 1)) for place in places]) / len(places)
        run = best(lambda: sum(1 for _ in ledger.rows(run="run-20", kind="observation")))
        runs = sum(1 for _ in ledger.rows(run="run-20"))
        ones = observations(SINGLES)

        def one_by_one(*, durable: bool) -> None:
            for one in ones:
                ledger.append([one], subject=subject, run="one-by-one", durable=durable, **more)

        loose = SINGLES / best(lambda: one_by_one(durable=False))
        durable = SINGLES / best(lambda: one_by_one(durable=True))
    return {
        "append by 500, rows/s": f"{appended:,.0f}",
        "append by 1, appends/s": f"{loose:,.0f}",
        "append by 1, durable, appends/s": f"{durable:,.0f}",
        "verify, 1 process, rows/s": f"{jobs[1]:,.0f}",
        "verify, 2 processes, rows/s": f"{jobs[2]:,.0f}",
        "read one row by its number, ms": f"{single * 1000:.3f}",
        f"read one of {RUNS} runs ({runs:,} rows), ms": f"{run * 1000:.1f}",
    }


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with ExitStack() as stack:
        places = {"SQLite": str(Path(stack.enter_context(TemporaryDirectory())) / "ledger.db")}
        if find_spec("psycopg") and programs():
            places["PostgreSQL"] = stack.enter_context(running(fsync=True)).url()
        else:
            print("PostgreSQL is not measured: the extra `postgres` or a server is not installed")
        found = {name: measure(place, rows) for name, place in places.items()}
    print(f"{rows:,} observations{'':24} {''.join(f'{name:>12}' for name in found)}")
    for what in found["SQLite"]:
        print(f"{what:44} {''.join(f'{one[what]:>12}' for one in found.values())}")


if __name__ == "__main__":
    main()
