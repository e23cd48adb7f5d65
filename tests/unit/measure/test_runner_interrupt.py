"""Ctrl-C in a real process: it ends promptly and quietly, and what was finished is kept."""

import signal
import subprocess
import sys

from trimtab.measure.cache import Cache
from trimtab.testing import ServerProcess

SCRIPT = """
import asyncio, sys
from trimtab.builtin.systems.openai import OpenAISystem
from trimtab.kinds import Case, Message
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Job, ask_all
from trimtab.policy.system_spec import Limits

async def main(url, path):
    cases = (Case(id=str(n), messages=(Message("user", f"What is {n} + 1?"),)) for n in range(1_000_000))
    with Cache(path) as cache:
        async with OpenAISystem(url=url, model="m", key_env="") as system:
            job = Job(candidate="c", system=system, identity={}, suite="s", cases=cases, limits=Limits(concurrency=20))
            done = 0
            async for result in ask_all([job], cache=cache):
                done += 1
                if done == 50:
                    print("fifty", flush=True)

try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_ends_promptly_quietly_and_keeps_what_was_finished(tmp_path, start):
    path = tmp_path / "replies.db"
    with ServerProcess("--latency", "0.02") as server:
        process = start(
            [sys.executable, "-W", "always", "-c", SCRIPT, server.url, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "fifty\n"
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=90)  # not the hour that a million cases take
    assert printed == "interrupted\n"
    assert errors == ""
    assert process.returncode == 0
    with Cache(path) as cache:
        assert len(cache) >= 50
        assert not cache.notices
