"""What the tests of the proxy share: the command in front of a server whose behaviour a test can choose."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from trimtab.enforce import Guard
from trimtab.policy import GuardSpec
from trimtab.serve.limits import Limits
from trimtab.serve.listener import listen
from trimtab.serve.proxy import Proxy
from trimtab.serve.supervisor import bind
from trimtab.testing import OpenAIServer

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
metrics:
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
tiers:
  high: {confidence: 0.9, floors: {leak: {at_most: 0.2}}}
guards:
  standard:
    input: [{detector: patterns, labels: [secret], action: block}, {detector: patterns, labels: [personal], action: mask}]
    output: [{detector: patterns, labels: [personal], action: mask}, {detector: leak, action: block}]
    refusal: Not that.
    budget_ms: 60000
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: leak
    guard: standard
    candidates:
      one: {openai: {url: "http://127.0.0.1:9", model: m}}
"""
RULES = {
    "input": [
        {"detector": "patterns", "labels": ["secret"], "action": "block"},
        {"detector": "patterns", "labels": ["personal"], "action": "mask"},
    ],
    "output": [
        {"detector": "patterns", "labels": ["personal"], "action": "mask"},
        {"detector": "leak", "action": "block"},
    ],
    "refusal": "Not that.",
}
ASK = {
    "model": "m",
    "messages": [{"role": "system", "content": "The code is MAROLIN-4827."}, {"role": "user", "content": "?"}],
}


def made_guard(**rules):
    return Guard(GuardSpec.model_validate({**RULES, **rules}))


def saying(text, **more):
    return {"model": "m", "messages": [{"role": "user", "content": f"say: {text}"}], **more}


# -- clients ---------------------------------------------------------------------------------------


def post(url, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=90) as got:
            return got.status, dict(got.headers), got.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=90) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def events(raw):
    """The events of a stream: objects, and `[DONE]`."""
    found = [part.removeprefix("data: ") for part in raw.decode().split("\n\n") if part]
    return [one if one == "[DONE]" else json.loads(one) for one in found]


def text_of(found, key="content", index=0):
    """What a client reads of one choice of a stream."""
    return "".join(
        choice.get("delta", choice).get(key) or ""
        for event in found
        if event != "[DONE]"
        for choice in event.get("choices", [])
        if choice["index"] == index
    )


def until(happened, seconds=90.0):
    """Wait for something to become true, and return it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if value := happened():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen")


# -- servers ---------------------------------------------------------------------------------------


@contextmanager
def upstream(**fields):
    """The practice server in a thread; a test may set its `script` at any moment."""
    server = OpenAIServer(**fields)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(90)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(90)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(90)
        loop.close()


@dataclass
class Running:
    url: str  # with /v1
    process: subprocess.Popen[str]
    folder: Path

    @property
    def base(self):
        return self.url.removesuffix("/v1")

    def workers(self):
        """Their process ids, in order of their age."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def metric(self, start):
        """The sum of all series that begin so."""
        lines = get(f"{self.base}/metrics")[1].splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(start))

    def complaints(self):
        return (self.folder / "stderr").read_text()

    def interrupt(self):
        """What Ctrl-C does: every process of the terminal is told."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(90)

    def end(self, number=signal.SIGTERM, seconds=90):
        self.process.send_signal(number)
        return self.process.wait(seconds)


@contextmanager
def proxy(folder, to, *arguments, policy=POLICY, python=("-m", "trimtab")):
    """The command itself. It may take ten minutes to finish in: whoever waits for its end sees if it waits for nothing."""
    (folder / "trimtab.yaml").write_text(policy)
    command = [sys.executable, *python, "guard", "trimtab.yaml", "--upstream", to, "--port", "0", "--json"]
    command += ["--drain", "600", *arguments]
    with (
        (folder / "stderr").open("w") as errors,
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        ) as process,
    ):
        assert process.stdout
        said = ""
        for line in iter(process.stdout.readline, ""):
            said += line
            if line == "}\n":
                break
        try:
            yield Running(json.loads(said)["listening"], process, folder)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(90)
                except subprocess.TimeoutExpired:
                    process.kill()


@asynccontextmanager
async def serving(to, *, guard=None, limits=None, kernel=0, **more):
    """A proxy in this process and this event loop; `kernel` bytes are what the kernel keeps for a client, 0 for many."""
    stop, up = asyncio.Event(), asyncio.Event()
    sock = bind("127.0.0.1", 0)
    if kernel:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel)
    made = Proxy(guard or made_guard(), to, limits=limits or Limits(drain_seconds=1.0), **more)
    task = asyncio.ensure_future(listen(made, sock, stop=stop, ready=up.set))
    await up.wait()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}", made
    finally:
        stop.set()
        await task


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
