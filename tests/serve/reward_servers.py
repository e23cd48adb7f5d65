"""What the tests of the reward server share: one in a thread, or the command in a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import yaml
from tests.serve.proxies import Running, post
from tests.unit.enforce.rewarding import DATA

from trimtab.enforce.rewards.pace import Pace
from trimtab.serve.rewards_server import RewardServer
from trimtab.serve.supervisor import bind

CLEAN, LEAK, NO = "all is well", "write to ana@example.org", "I cannot help with that."


@contextmanager
def reward_server(rewards, every=0, **more):
    """The address of a server in a thread."""
    server = RewardServer(rewards, Pace(rewards, every, grouped=True), **more)
    sock = bind("127.0.0.1", 0)
    began = threading.Event()
    ending: dict[str, Any] = {}

    async def serve():
        ending["loop"], ending["stop"] = asyncio.get_running_loop(), asyncio.Event()
        await server.run(sock, stop=ending["stop"], ready=began.set)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert began.wait(60)
    try:
        yield "http://{}:{}".format(*sock.getsockname())
    finally:
        ending["loop"].call_soon_threadsafe(ending["stop"].set)
        thread.join(60)
        sock.close()


def bare(rules, hard, state) -> Any:
    """As much of a reward as the state of one needs."""
    soft = tuple(rule.name for rule in rules)
    return SimpleNamespace(
        name="bare", policy="", rules=rules, hard=hard, soft=soft, state=state, diagnosis=list, verdicts=None
    )


def asked(url, body, **headers):
    """Status and answer of a post."""
    status, _, raw = post(url, body, **headers)
    return status, json.loads(raw)


def plain(data):
    """A policy's data as its file has it."""
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    return [plain(value) for value in data] if isinstance(data, list | tuple) else data


def written(folder):
    """The policy of the tests of rewards, as a file there."""
    path = folder / "trimtab.yaml"
    path.write_text(yaml.safe_dump(plain(DATA)))
    return path


@contextmanager
def command(folder, *arguments, environment=None, port=0):
    """`trimtab rewards serve` with the policy of the tests of rewards."""
    written(folder)
    line = [sys.executable, "-m", "trimtab", "rewards", "serve", "trimtab.yaml", "--port", str(port), "--json"]
    with (
        (folder / "stderr").open("a") as errors,
        subprocess.Popen(
            [*line, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **(environment or {})},
        ) as process,
    ):
        assert process.stdout
        said = ""
        for read in iter(process.stdout.readline, ""):
            said += read
            if read == "}\n":
                break
        assert said, (folder / "stderr").read_text()
        try:
            yield Running(json.loads(said)["listening"], process, folder)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(60)
