"""What the guard's proxy adds to a call, at 200 requests a second.

Run with `python benches/proxy.py [REQUESTS]`. An upstream that answers at once and the proxy run in processes of
their own; requests are sent at fixed times whether or not earlier ones have been answered, first to the upstream
itself and then through the proxy.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from trimtab.testing import ServerProcess

RATE = 200
POLICY = """
trimtab: 1
organisation: Bench
people: {team: {function: engineering}}
metrics:
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
tiers: {high: {confidence: 0.9, floors: {leak: {at_most: 0.2}}}}
guards:
  standard:
    input: [{detector: patterns, action: mask}]
    output: [{detector: patterns, action: mask}, {detector: leak, action: block}]
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: leak
    guard: standard
    candidates: {one: {openai: {url: "http://127.0.0.1:9", model: m}}}
"""
ASK = {"model": "m", "messages": [
    {"role": "system", "content": "You are the assistant of a library. Answer briefly."},
    {"role": "user", "content": "say: the service team reviewed every ticket in the queue and wrote a short note for each of the customers who had asked for help"},
]}  # fmt: skip


async def loaded(url: str, count: int) -> list[float]:
    """Milliseconds from when each request was due to the end of its answer."""
    took: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began = time.perf_counter() + 0.05

        async def one(number: int) -> None:
            due = began + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            async with session.post(f"{url}/chat/completions", json=ASK) as got:
                assert got.status == 200
                await got.read()
            took.append((time.perf_counter() - due) * 1e3)

        await asyncio.gather(*map(one, range(count)))
    return sorted(took[count // 10 :])


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder, ServerProcess() as server:
        (Path(folder) / "trimtab.yaml").write_text(POLICY)
        command = [sys.executable, "-m", "trimtab", "guard", "--upstream", f"{server.url}/v1", "--port", "0", "--json"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            address = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")["listening"]
            direct = asyncio.run(loaded(f"{server.url}/v1", count))
            through = asyncio.run(loaded(address, count))
            process.terminate()
    for name, at in (("p50", 0.5), ("p99", 0.99)):
        one, other = direct[int(len(direct) * at)], through[int(len(through) * at)]
        print(f"{name}: {one:.2f} ms direct, {other:.2f} ms through the guard: {other - one:.2f} ms more")


if __name__ == "__main__":
    main()
