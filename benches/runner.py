"""How close the runner comes to the limit of the network.

2,000 prompts, 50 at a time, a server in a process of its own that answers in
50 ms: no client can be done before 2.0 s. Beside the runner stands a bare
aiohttp loop that posts the same bodies and looks at nothing, the limit in
practice. Steady state is from the first call to the last result; start-up is
what comes before, in a fresh interpreter.

    python benches/runner.py [--prompts 2000] [--at-once 50] [--latency 0.05]
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from trimtab.builtin.systems.openai import OpenAISystem
from trimtab.kinds import Case, Exchange, Message
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Job, Tally, ask_all
from trimtab.policy.system_spec import Generation, Limits
from trimtab.testing import ServerProcess

_STARTUP = """
import asyncio, sys, time
from trimtab.builtin.systems.openai import OpenAISystem
from trimtab.kinds import Case, Message
from trimtab.measure.runner import Job, ask_all
from trimtab.policy.system_spec import Generation
async def main():
    async with OpenAISystem(url=sys.argv[1], model="m") as system:
        case = Case(id="1", messages=(Message("user", "What is 1 + 1?"),))
        plain = Generation(stream=False)
        job = Job(candidate="c", system=system, identity={}, suite="s", cases=[case], generation=plain)
        async for _ in ask_all([job]):
            pass
asyncio.run(main())
"""


def cases(count: int) -> list[Case]:
    return [Case(id=str(n), messages=(Message("user", f"What is {n} + {n % 97}?"),)) for n in range(count)]


async def runner(url: str, count: int, at_once: int, *, cache: Path | None, stream: bool) -> float:
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(Cache(cache)) if cache else None
        system = await stack.enter_async_context(OpenAISystem(url=url, model="m", key_env=""))
        job = Job(
            candidate="c",
            system=system,
            identity=system.identity(),
            suite="sums",
            cases=cases(count),
            limits=Limits(concurrency=at_once),
            generation=Generation(stream=stream),
        )
        tally = Tally()
        start = time.perf_counter()
        async for result in ask_all([job], cache=kept, tally=tally):
            assert isinstance(result.outcome, Exchange), result.outcome
        seconds = time.perf_counter() - start
    assert tally.done == count
    return seconds


async def peer(url: str, count: int, at_once: int) -> float:
    """The same bodies by the shortest loop that aiohttp allows."""
    bodies = iter(
        [
            orjson.dumps({"model": "m", "messages": [{"role": "user", "content": c.messages[0].content}]})
            for c in cases(count)
        ]
    )

    async def work(session: aiohttp.ClientSession) -> None:
        for body in bodies:
            async with session.post(f"{url}/v1/chat/completions", data=body) as response:
                orjson.loads(await response.read())

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        start = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(at_once)))
        return time.perf_counter() - start


def start_up(url: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _STARTUP, url], check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=2000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    count, at_once = options.prompts, options.at_once
    limit = count * options.latency / at_once
    print(f"{count} prompts, {at_once} at a time, {options.latency * 1000:g} ms each: limit {limit:.2f} s")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; best and worst of {options.rounds} rounds")
    with ServerProcess("--latency", str(options.latency)) as server, tempfile.TemporaryDirectory() as folder:
        times: dict[str, list[float]] = {}
        for number in range(options.rounds):
            first, second = Path(folder) / f"{number}-whole", Path(folder) / f"{number}-stream"
            todo: dict[str, Callable[[], Coroutine[Any, Any, float]]] = {
                "aiohttp alone (peer)": lambda: peer(server.url, count, at_once),
                "no cache": lambda: runner(server.url, count, at_once, cache=None, stream=False),
                "cache, cold": lambda: runner(server.url, count, at_once, cache=first, stream=False),  # noqa: B023
                "no cache, streaming": lambda: runner(server.url, count, at_once, cache=None, stream=True),
                "cache, cold, streaming": lambda: runner(server.url, count, at_once, cache=second, stream=True),  # noqa: B023
                "cache, warm": lambda: runner(server.url, count, at_once, cache=first, stream=False),  # noqa: B023
            }
            for name, one in todo.items():
                times.setdefault(name, []).append(asyncio.run(one()))
        for name, seconds in times.items():
            best, worst = min(seconds), max(seconds)
            print(f"{name:24} {best:6.3f} s = {best / limit:5.2f} x limit   (worst {worst:6.3f} s)")
        started = [start_up(server.url) for _ in range(options.rounds)]
        print(f"{'start-up, whole process':24} {min(started):6.3f} s (worst {max(started):6.3f} s)")


if __name__ == "__main__":
    main()
