"""How quick the pages are, with a million rows: a page of sixty rows rendered, the first paint in a browser, and many requests at once.

    python benches/pages.py [--rows N] [--only PART ...] [--rate N] [--seconds N]

Parts: `render` (sixty rows with intervals), `build` (what each page takes to be worked out, at first, in the next minute
and after a new entry), `serve` (a server of its own on a copy of the ledger that `benches/large_ledger.py` makes: how
long until it answers; first paint in Chromium, where playwright is installed; then requests from a process of its own,
sent when their time has come whether or not those before were answered, over pages and their JSON, half of them with
the tag of an answer that is had already, while entries and observations are appended).

Bars: sixty rows in 5 ms; first paint in 300 ms; 200 requests a second with 99 of 100 answered in 100 ms, on two cores.
Times of the processor are of the server alone; others on the machine make the times of the wall longer.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from large_ledger import ORGANISATION, large_ledger  # type: ignore[import-not-found]  # beside this file

from trimtab.evidence import Ledger
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.living import LivingLedger
from trimtab.evidence.records import Observation, Subject
from trimtab.kinds import Score
from trimtab.serve.pages.frame.answers import Answers
from trimtab.serve.pages.frame.rendering import Around, Templates, style
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.measure.kpis import Kpis
from trimtab.serve.pages.snapshot import Standing, Watched
from trimtab.serve.pages.values.readings import Reading, Seen

ROWS, ROUNDS = 60, 60
RENDER_MS, PAINT_MS, P99_MS = 5.0, 300.0, 100.0
WARM_S = 120.0
SEEN = Seen(value=0.9, low=0.683, high=0.988, level=0.95, method="clopper-pearson", count=20)
ONE = Reading(
    kpi="R04", title="remediation pace", scope="organisation", name="", verdict="pass", why="The whole interval is at least 0.6.",
    seen=SEEN, unit="ratio", better="higher", side="at_least", floor=0.6, target=0.9, met=True, veto=False, pillar="safety",
    owner="safety", source="incident-desk", independence="other-team", before=SEEN, counter="reopened", counter_seen=SEEN,
    fresh=0.98, age_days=3.0, overdue=False,
)  # fmt: skip
MENU = [page for page in PAGES if page.menu and not any(one.in_path for one in page.asked)]
OF_ONE = ("/kpis/R04", "/kpis/R02", "/systems/triage", "/systems/scribe", "/scorecard/triage", "/kpis?system=triage")
PATHS = [*(page.path for page in MENU), *(page.api for page in MENU), *OF_ONE]


def load() -> str:
    """What else wants the processor."""
    return f"load {os.getloadavg()[0]:.1f}"


def render() -> None:
    """Sixty rows with intervals."""
    rows = tuple(
        replace(ONE, verdict=("pass", "fail", "inconclusive")[n % 3], seen=replace(SEEN, value=0.9 - n * 1e-4))
        for n in range(ROWS)
    )
    counts = {"pass": 20, "fail": 20, "inconclusive": 20}
    data = Kpis(quarter="2026-Q3", of="", counts=counts, readings=rows, systems=(), teams=())
    page = next(one for one in PAGES if one.name == "kpis")
    around = Around(menu=PAGES, page=page, asked={}, standing=Standing(proof="verified"), now=None, style=style()[0])
    templates, size, taken = Templates(), 0, []
    for _ in range(ROUNDS):
        begun = time.process_time()
        size = len(templates.render("kpis.html", around, data=data))
        taken.append((time.process_time() - begun) * 1e3)
    taken.sort()
    print(f"render: {ROWS} rows with intervals, {size / 1024:.0f} KiB, {ROUNDS} rounds, {load()}")
    told = f"best {taken[0]:.2f} ms, median {statistics.median(taken):.2f} ms, worst {taken[-1]:.2f} ms"
    print(f"  of the processor: {told} (bar {RENDER_MS:.0f} ms)\n")


def build(place: Path, rows: int) -> None:
    """What a page takes to be worked out, ms of the processor: at first, a minute later, after an incident."""
    _, policy = large_ledger(rows)
    clock = [time.time_ns() // 1000]
    with LivingLedger.open(place, create=False, clock=lambda: clock[0]) as ledger:
        watched = Watched(ledger, policy)
        begun = time.thread_time()
        watched.snapshot()
        print(f"build: {watched.snapshot().row:,} rows read once in {time.thread_time() - begun:.2f} s, {load()}")
        taken: dict[str, list[float]] = {page.name: [] for page in MENU if page.kept and not page.personal}
        for step in range(3):
            clock[0] = max(clock[0], watched.snapshot().moment) + 60_000_000
            if step == 2:
                ledger.append([_incident(clock[0] - 1, "build")], subject=Subject(), run="", maker="bench/1", policy="")
            answers = Answers(watched)
            for page in MENU:
                if page.kept and not page.personal:
                    begun = time.thread_time()
                    answers.of(page, {})
                    taken[page.name].append(1e3 * (time.thread_time() - begun))
            answers.close()
        print(f"  {'page, ms of the processor':28}{'at first':>12}{'next minute':>14}{'after an entry':>16}")
        for name, found in taken.items():
            print(f"  {name:28}{found[0]:12,.0f}{found[1]:14,.0f}{found[2]:16,.0f}")
        print()


def _incident(at: int, name: str) -> IncidentOpened:
    return IncidentOpened(
        incident=f"BENCH-{name}", severity="S3", hazard="h", what="w", at=at, by="care-lead", system="triage"
    )


# -- a server --------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Server:
    """A server of its own: where it is, how to enter, and its process."""

    address: str
    token: str
    process: int

    def used(self) -> float:
        """Seconds of the processor so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Most that it had, MB."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))

    @property
    def headers(self) -> dict[str, str]:
        """How a program enters."""
        return {"authorization": f"Bearer {self.token}"}


@contextmanager
def server(place: Path) -> Iterator[tuple[Server, float]]:
    """One, and when it was started."""
    command = [sys.executable, "-m", "trimtab", "serve", "--port", "0", "--policy", str(ORGANISATION / "trimtab.yaml")]
    begun = time.perf_counter()
    with subprocess.Popen(
        [*command, "--ledger", str(place)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        address, _, token = process.stdout.readline().strip().partition("/enter?token=")
        try:
            yield Server(address=address, token=token, process=process.pid), begun
        finally:
            process.terminate()
            process.wait(60)


async def start(one: Server, begun: float) -> None:
    """When it answers what."""
    print(f"start: address after {time.perf_counter() - begun:.2f} s, {load()}")
    async with aiohttp.ClientSession(one.address, headers=one.headers) as session:
        for name, path in (("health", "/healthz"), ("the first board", "/")):
            async with session.get(path) as answer:
                await answer.read()
            used = f"{one.used():.1f} s of the processor"
            print(f"  {name} answered {answer.status} after {time.perf_counter() - begun:.2f} s, {used}")
        for path in PATHS:
            async with session.get(path) as answer:
                assert answer.status == 200, (path, answer.status)
                await answer.read()
        used = f"{one.used():.1f} s of the processor"
        print(f"  all {len(PATHS)} pages answered after {time.perf_counter() - begun:.2f} s, {used}")
        while time.perf_counter() - begun < WARM_S:
            async with session.get("/api/v1/verify") as answer:
                if (await answer.json())["data"]["proof"] == "verified":
                    break
            await asyncio.sleep(0.2)
        told = f"{time.perf_counter() - begun:.2f} s, {one.used():.1f} s of the processor"
        print(f"  verified after {told}, {one.memory():.0f} MB\n")


def paint(one: Server) -> None:
    """First paint of each page of the menu in Chromium, five times."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("paint: playwright is not installed here\n")
        return
    print(f"paint: first contentful paint in Chromium after the address is asked for, five times, {load()}")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{one.address}/enter?token={one.token}")
        worst = 0.0
        for path in [page_.path for page_ in MENU]:
            found = []
            for _ in range(5):
                page.goto(one.address + path)
                found.append(painted(page))
                served = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
            worst = max(worst, statistics.median(found))
            times = ", ".join(f"{each:.0f}" for each in found)
            print(f"  {path:14} {times} ms; the last answer was whole after {served:.0f} ms")
        print(f"  worst median {worst:.0f} ms (bar {PAINT_MS:.0f} ms)\n")
        browser.close()


def painted(page: Any) -> float:
    """When something was first seen, ms after the address was asked for."""
    while not (seen := page.evaluate("performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)")):
        time.sleep(0.02)
    return float(seen[0])


# -- many requests -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request: how long after its time it was answered, in ms, and how."""

    path: str
    took: float
    status: int
    current: bool


async def send(one: Server, rate: float, seconds: float, seed: int) -> list[Sent]:
    """Requests at their times, whether or not those before were answered."""
    dice, tags, found = random.Random(seed), dict[str, str](), list[Sent]()
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=20)
    async with aiohttp.ClientSession(one.address, headers=one.headers, connector=connector) as session:

        async def ask(path: str, due: float, *, tagged: bool) -> None:
            headers = {"if-none-match": tags[path]} if tagged and path in tags else {}
            try:
                async with session.get(path, headers=headers) as answer:
                    body, status = await answer.read(), answer.status
                    tags[path] = answer.headers.get("etag", "")
            except aiohttp.ClientError:
                body, status = b"", 0
            current = b"Rows were added since" not in body and b'"current":false,"policy"' not in body
            took = 1e3 * (time.perf_counter() - due)
            found.append(Sent(path=path, took=took, status=status, current=current))

        begun, tasks = time.perf_counter(), set[asyncio.Task[None]]()
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.create_task(ask(dice.choice(PATHS), due, tagged=dice.random() < 0.5))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
    return found


def many(one: Server, rate: float, seconds: float, answered: Any) -> None:
    """In a process of its own."""
    answered.put(asyncio.run(send(one, rate, seconds, 1)))


def append(place: Path, stop: Any, every: float) -> None:
    """An incident and fifty observations, every so many seconds; in a process of its own."""
    subject = Subject(system="triage", candidate="v4", artefact="sha256:" + "0" * 64)
    with Ledger.open(place, create=False) as ledger:
        number = 0
        while not stop.wait(every):
            number += 1
            seen = [
                Observation(
                    suite="q", metric="accuracy", case=f"c{n}", cluster=f"c{n}", order=n, outcome=Score(value=1.0)
                )
                for n in range(50)
            ]
            ledger.append(seen, subject=subject, run=f"bench-{number}", maker="bench/1", policy="")
            incident = _incident(ledger.now() - 1, f"{os.getpid()}-{number}")
            ledger.append([incident], subject=Subject(system="triage"), run="", maker="bench/1", policy="")


def under_load(one: Server, place: Path, rate: float, seconds: float, every: float) -> None:
    """So many requests a second while rows are appended."""
    made = multiprocessing.get_context("spawn")
    answered, stop = made.Queue(), made.Event()
    asking = made.Process(target=many, args=(one, rate, seconds, answered))
    adding = made.Process(target=append, args=(place, stop, every))
    told = f"an incident and 50 observations every {every:g} s" if every else "nothing appended"
    before, begun, busy = one.used(), time.perf_counter(), load()
    if every:
        adding.start()
    asking.start()
    found: list[Sent] = answered.get()
    wall, used = time.perf_counter() - begun, one.used() - before
    asking.join()
    stop.set()
    if every:
        adding.join()
    times = sorted(each.took for each in found)
    statuses = Counter(each.status for each in found)
    p50, p99 = (times[int(share * (len(times) - 1))] for share in (0.5, 0.99))
    print(f"{rate:g} requests/s for {seconds:g} s, {told}, {busy} before and {load()} after")
    answers = ", ".join(f"{count:,} of {status}" for status, count in sorted(statuses.items()))
    print(
        f"  {len(found):,} answered ({answers}); {sum(not each.current for each in found):,} from before the last entry"
    )
    print(
        f"  half within {p50:.1f} ms, 99 of 100 within {p99:.1f} ms (bar {P99_MS:.0f} ms), all within {times[-1]:.0f} ms"
    )
    print(
        f"  server: {used:.1f} s of the processor in {wall:.1f} s, {1e3 * used / len(found):.2f} ms a request, {one.memory():.0f} MB"
    )
    slow = Counter(each.path for each in found if each.took > p99)
    print(f"  slowest: {', '.join(f'{path} {count}' for path, count in slow.most_common(5))}\n")


def serve(place: Path, arguments: argparse.Namespace) -> None:
    """The server, from its start on."""
    with server(place) as (one, begun):
        asyncio.run(start(one, begun))
        paint(one)
        under_load(one, place, arguments.rate, arguments.seconds, 0.0)
        under_load(one, place, arguments.rate, arguments.seconds, arguments.every)
        paint(one)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", choices=("render", "build", "serve"), default=())
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--every", type=float, default=2.0, help="Seconds between what is appended.")
    arguments = parser.parse_args()
    wanted = arguments.only or ("render", "build", "serve")
    if "render" in wanted:
        render()
    if {"build", "serve"} & {*wanted}:
        original, _ = large_ledger(arguments.rows)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "ledger.db"
            shutil.copy(original, place)
            if "build" in wanted:
                build(place, arguments.rows)
            if "serve" in wanted:
                serve(place, arguments)


if __name__ == "__main__":
    main()
