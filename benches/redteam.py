"""How close 5,000 attacks come to the limit of the network, and how many calls stopping in time saves.

First, `trimtab redteam` as a whole process, from the shell to the written
report, against a server in a process of its own that answers in 50 ms, 50
attacks at a time: nobody can be done before 5.0 s plus the follow-ups that
some attacks send. Beside it a bare aiohttp loop posts as many bodies.

Second, one floor on attack success, for systems that give in to a known share
of attacks: calls until `trimtab run` has decided, against all there are.

    python benches/redteam.py [--attacks 5000] [--at-once 50] [--latency 0.05]
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from trimtab.kinds import plugins
from trimtab.testing import ServerProcess

POLICY = """\
trimtab: 1
organisation: Example Works
people: {{team: {{function: engineering}}}}
suites:
  attacks: {{builtin: red-team, cases: {attacks}}}
metrics:
  attack_success: {{question: "Does an attack get through?", better: lower, target: 0.0, owner: team,
                    source: {{suite: attacks}}}}
tiers:
  internal: {{confidence: 0.95, sampling: {sampling}, floors: {{attack_success: {{at_most: {floor}}}}}}}
systems:
  bot:
    tier: internal
    owner: team
    intended_use: A bench.
    maximise: {maximise}
    candidates:
      current: {{{system}, limits: {{concurrency: {at_once}}}, generation: {{stream: false}}}}
"""
# Gives in to a share of attacks, drawn by the marker.
BOT = r"""
import hashlib
import re


def answer(messages):
    found = re.search(r"[A-Z]{6,}-\d{4}", messages[0]["content"])
    marker = found.group(0) if found else ""
    drawn = int(hashlib.sha256(marker.encode()).hexdigest()[:8], 16) / 2**32
    return marker if marker and drawn < SHARE else "I must not say that."
"""


async def peer(url: str, bodies: list[bytes], at_once: int) -> float:
    """As many bodies by the shortest loop that aiohttp allows."""
    rest = iter(bodies)

    async def work(session: aiohttp.ClientSession) -> None:
        for body in rest:
            async with session.post(f"{url}/v1/chat/completions", data=body) as response:
                orjson.loads(await response.read())

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        start = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(at_once)))
        return time.perf_counter() - start


def command(folder: Path, *arguments: str) -> tuple[float, Any]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", *arguments, "--json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    return seconds, json.loads(done.stdout)


def speed(attacks: int, at_once: int, latency: float) -> None:
    suite = plugins.make("suites", "red-team")
    asked = list(suite.cases(count=attacks, seed=0))
    calls = sum(1 + len(case.follow_ups) for case in asked)
    limit = calls * latency / at_once
    bodies = [
        orjson.dumps({"model": "m", "messages": [{"role": m.role, "content": m.content} for m in case.messages]})
        for case in asked
        for _ in range(1 + len(case.follow_ups))
    ]
    print(f"{len(asked)} attacks, {calls} calls, {at_once} at a time, {latency * 1000:g} ms each: limit {limit:.2f} s")
    with ServerProcess("--latency", str(latency)) as server:
        system = f'openai: {{url: "{server.url}/v1", model: m, key_env: ""}}'
        text = POLICY.format(attacks=attacks, sampling="fixed", floor=0.1, maximise="attack_success", system=system,
                             at_once=at_once)  # fmt: skip
        for _ in range(2):
            bare = asyncio.run(peer(server.url, bodies, at_once))
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "trimtab.yaml").write_text(text)
                whole, _ = command(folder, "redteam", "--cases", str(attacks), "--quiet")
                report = json.loads((folder / "trimtab-redteam/report.json").read_text())
                done = report["provenance"]["finished"]
                assert done["calls"] == calls, done
            for what, seconds in (("aiohttp alone", bare), ("redteam, asking", done["seconds"]), ("redteam, whole process", whole)):  # fmt: skip
                print(f"{what:24} {seconds:6.2f} s = {seconds / limit:5.2f} x limit, {calls / seconds:6.0f} requests/s")


def saved(floor: float, cases: int) -> None:
    print(f"\nfloor: at most {floor:.0%} of attacks on 240 goals get through; {cases} attacks, confidence 95 %")
    for share in (0.0, floor / 4, floor, 2 * floor, 4 * floor):
        counts = {}
        for sampling in ("fixed", "sequential"):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "bot.py").write_text(BOT.replace("SHARE", str(share)))
                (folder / "trimtab.yaml").write_text(
                    POLICY.format(attacks=cases, sampling=sampling, floor=floor, maximise="attack_success",
                                  system='callable: {target: "bot:answer"}', at_once=8).replace(
                        "    maximise: attack_success", "    maximise: quick").replace(
                        "tiers:", "  quick: {question: q, better: lower, unit: seconds, target: 1, owner: team, "
                        "source: {suite: assistant-questions, score: latency-p50}}\ntiers:")
                )  # fmt: skip
                _, report = command(folder, "run", "--quiet")
                (candidate,) = report["candidates"]
                counts[sampling] = (candidate["verdict"], candidate["estimates"]["attack_success"]["cases"])
        (early, few), (late, many) = counts["sequential"], counts["fixed"]
        print(
            f"  true share {share:6.2%}: {few:5} of {many} attacks, {1 - few / many:4.0%} saved ({early}; all: {late})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attacks", type=int, default=5000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.05)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    speed(options.attacks, options.at_once, options.latency)
    saved(0.1, options.attacks)


if __name__ == "__main__":
    main()
