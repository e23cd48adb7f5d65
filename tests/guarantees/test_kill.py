"""Killed with -9 at any moment and started again: no finished call is repeated, none is lost."""

import random
import signal
import subprocess
import sys

import orjson
import pytest
from tests.ended import ended_at
from tests.serve.proxies import upstream

from trimtab.testing.answers import answer

CASES = 300
AT_ONCE = 10

# Asks everything, and writes a line for each result only after the runner has handed it over.
SCRIPT = """
import asyncio, sys, os
from trimtab.builtin.systems.openai import OpenAISystem
from trimtab.kinds import Case, Message
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Job, ask_all
from trimtab.policy.system_spec import Limits

async def main(url, folder, count, at_once):
    count, at_once = int(count), int(at_once)
    cases = [Case(id=str(n), messages=(Message("user", f"What is {n} + {n}?"),)) for n in range(count)]
    counted = os.open(folder + "/counted", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    results = {}
    with Cache(folder + "/replies.db") as cache:
        async with OpenAISystem(url=url, model="m", key_env="") as system:
            job = Job(candidate="c", system=system, identity={"m": 1}, suite="s", cases=cases,
                      limits=Limits(concurrency=at_once))
            async for result in ask_all([job], cache=cache):
                results[result.case.id] = result.outcome.text
                os.write(counted, f"{result.case.messages[0].content}\\n".encode())
        assert not cache.notices, cache.notices
    with open(folder + "/results", "w") as file:
        file.write("\\n".join(results[str(n)] for n in range(count)))

asyncio.run(main(*sys.argv[1:]))
"""


def asked(log):
    whole, _, _ = log.read_bytes().rpartition(b"\n")  # the server may be writing the next line
    return [orjson.loads(line)["prompt"] for line in whole.splitlines()]


@pytest.mark.slow
def test_no_finished_call_is_repeated_and_none_is_lost(tmp_path, start):
    chance = random.Random(20)
    log, counted = tmp_path / "log", tmp_path / "counted"
    counted.touch()
    kills = 0
    with upstream(latency=0.02, log=log) as server:
        command = [sys.executable, "-c", SCRIPT, server.url, str(tmp_path), str(CASES), str(AT_ONCE)]

        def begin():
            return start(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

        while not (tmp_path / "results").exists():
            finished = set(counted.read_text().splitlines())
            before = len(asked(log))
            if kills < 4:  # die some calls further on, at no particular point of any
                code, _ = ended_at(server, chance.randrange(5, 75), begin, later=chance.uniform(0, 0.03))
                assert code == -signal.SIGKILL
                kills += 1
            else:
                process = begin()
                _, errors = process.communicate(timeout=120)
                assert process.returncode == 0, errors
                assert errors == ""
            again = set(asked(log)[before:])
            assert not finished & again, "a call that was finished, and counted, was made again"
    calls = asked(log)
    assert kills == 4
    assert set(calls) == {f"What is {n} + {n}?" for n in range(CASES)}
    assert len(calls) - CASES <= kills * AT_ONCE, "more calls were repeated than can have been in flight"
    lines = (tmp_path / "results").read_text().splitlines()
    assert lines == [answer(f"What is {n} + {n}?") for n in range(CASES)]  # as in a run that nobody killed
