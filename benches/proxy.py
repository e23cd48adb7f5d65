"""What the guard's proxy adds to a call at 200 requests a second, beside other proxies where they are installed.

Run with `python benches/proxy.py [--seconds N] [--rate N] [--litellm PYTHON] [--nemo PYTHON]`, where PYTHON is the
interpreter of an environment that has the peer. The upstream (which answers at once), every proxy and the client are
processes of their own. Requests are sent at random moments that do not wait for earlier answers; a second to the
upstream itself, a second through each proxy, and so on, so that what else the machine does hits all of them alike.
A peer of which most requests fail in a second, or take longer than five, is not asked again at that rate.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

from trimtab.testing import ServerProcess

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
SAID = (
    "the service team reviewed every ticket in the queue and wrote a short note for each of the customers who had "
    "asked for help"
)
ASK = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "You are the assistant of a library. Answer briefly."},
        {"role": "user", "content": f"say: {SAID}"},
    ],
}
PATIENCE = 5.0  # seconds
HARMLESS = {
    "LITELLM_LOG": "ERROR",
    "DO_NOT_TRACK": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OPENAI_API_KEY": "none",
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
}


# -- the client, in a process of its own -------------------------------------------------------------


class Connection:
    """Keep-alive HTTP/1.1 with as little as it takes, so that the client's own work does not hide what is measured."""

    idle: dict[str, list["Connection"]] = {}  # noqa: RUF012  # one client, one process

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def ask(cls, url: str, request: bytes) -> bytes:
        waiting = cls.idle.setdefault(url, [])
        if not (waiting and not (one := waiting.pop()).reader.at_eof()):
            parts = urlsplit(url)
            one = cls(*await asyncio.open_connection(parts.hostname, parts.port))
        one.writer.write(request)
        head = (await one.reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise OSError("no answer")
        if b"content-length:" in head:
            body = await one.reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        else:
            body = await one.reader.readuntil(b"\r\n0\r\n\r\n")
        waiting.append(one)
        return body


def request_to(url: str) -> bytes:
    body = json.dumps(ASK).encode()
    parts = urlsplit(url)
    return (
        f"POST {parts.path}/chat/completions HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer none\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def timed(url: str, request: bytes, due: float) -> float:
    """Milliseconds from when a request was due to the end of its answer; infinite if there is none in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            said = await Connection.ask(url, request)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return float("inf")
    return (time.perf_counter() - due) * 1e3 if SAID.encode() in said else float("inf")


async def round_of(url: str, rate: float, seconds: float, draw: random.Random) -> list[float]:
    request = request_to(url)
    due = time.perf_counter() + 0.02
    ends = due + seconds
    tasks = []
    while due < ends:
        await asyncio.sleep(due - time.perf_counter())
        tasks.append(asyncio.ensure_future(timed(url, request, due)))
        due += draw.expovariate(rate)
    return await asyncio.gather(*tasks)


async def measured(urls: dict[str, str], rate: float, rounds: int) -> dict[str, dict[str, list[float]]]:
    draw = random.Random(7)
    for url in urls.values():
        await round_of(url, 20, 1.0, draw)  # warm up
    alone: dict[str, list[float]] = {name: [] for name in urls}
    together: dict[str, list[float]] = {name: [] for name in urls}
    for _ in range(rounds):
        for name, url in urls.items():
            for _ in range(20):
                alone[name].append(await timed(url, request_to(url), time.perf_counter()))
    left = dict(urls)
    for _ in range(rounds):
        for name, url in [*left.items()]:
            took = await round_of(url, rate, 1.0, draw)
            together[name] += took
            if took.count(float("inf")) > len(took) / 2:
                del left[name]  # it cannot keep up, and would only make the machine busy for the others
                await asyncio.sleep(5)
    return {"alone": alone, "together": together}


# -- what is measured ------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def up(url: str, process: subprocess.Popen[str], seconds: float = 120.0) -> bool:
    """Wait until a proxy answers as the upstream would."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and process.poll() is None:
        request = urllib.request.Request(
            f"{url}/chat/completions",
            json.dumps(ASK).encode(),
            {"Content-Type": "application/json", "Authorization": "Bearer none"},
        )
        with suppress(OSError), urllib.request.urlopen(request, timeout=20) as got:
            return SAID.encode() in got.read()
        time.sleep(0.5)
    return False


def guard(folder: Path, upstream: str, log: Path, *more: str) -> tuple[str, subprocess.Popen[str]]:
    (folder / "trimtab.yaml").write_text(POLICY)
    command = [sys.executable, "-m", "trimtab", "guard", "--upstream", upstream, "--port", "0", "--json", *more]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log.open("w"), text=True)
    assert process.stdout
    said = ""
    while not said.endswith("}\n"):
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the proxy did not start:\n{log.read_text()}")
        said += line
    return json.loads(said)["listening"], process


def litellm(folder: Path, upstream: str, log: Path, python: str) -> tuple[str, subprocess.Popen[str]]:
    """No guard at all: what it takes to pass a request on."""
    (folder / "litellm.yaml").write_text(
        f"model_list: [{{model_name: m, litellm_params: {{model: openai/m, api_base: '{upstream}', api_key: none}}}}]\n"
    )
    port = free_port()
    command = [
        str(Path(python).parent / "litellm"),
        "--config",
        "litellm.yaml",
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
    ]
    process = subprocess.Popen(
        command, cwd=folder, stdout=log.open("w"), stderr=subprocess.STDOUT, text=True, env={**os.environ, **HARMLESS}
    )
    return f"http://127.0.0.1:{port}/v1", process


def nemo(folder: Path, upstream: str, log: Path, python: str) -> tuple[str, subprocess.Popen[str]]:
    """Rails that do nothing, passed through."""
    (folder / "rails" / "m").mkdir(parents=True)
    (folder / "rails" / "m" / "config.yml").write_text(
        "passthrough: true\nmodels: [{type: main, engine: openai, model: m, parameters: "
        f"{{base_url: '{upstream}', api_key: none}}}}]\n"
    )
    port = free_port()
    command = [
        str(Path(python).parent / "nemoguardrails"), "server", "--config", "rails", "--port", str(port),
        "--default-config-id", "m",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=folder, stdout=log.open("w"), stderr=subprocess.STDOUT, text=True, env={**os.environ, **HARMLESS}
    )
    return f"http://127.0.0.1:{port}/v1", process


def family(pid: int) -> list[int]:
    """A process and all below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children")
    return (
        [pid, *(each for child in below.read_text().split() for each in family(int(child)))] if below.exists() else []
    )


def processor_seconds(pid: int) -> float:
    total = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def at(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def shown(took: dict[str, list[float]], spent: dict[str, float] | None = None) -> None:
    direct, ours = took["direct"], took["trimtab"]
    print(
        f"{'':10}{'requests':>9}{'failed':>8}{'p50 ms':>9}{'p99 ms':>9}{'more, p50':>11}{'more, p99':>11}{'times ours':>12}"
    )
    for name, values in took.items():
        line = f"{name:10}{len(values):9}{values.count(float('inf')):8}{at(values, 0.5):9.2f}{at(values, 0.99):9.2f}"
        if name != "direct":
            more = [at(values, share) - at(direct, share) for share in (0.5, 0.99)]
            line += f"{more[0]:11.2f}{more[1]:11.2f}{more[0] / (at(ours, 0.5) - at(direct, 0.5)):12.1f}"
        print(line)
    if spent:
        print("processor ms a request:", ", ".join(f"{name} {each:.2f}" for name, each in spent.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=15, help="for each of those measured")
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--workers", default="")
    parser.add_argument("--litellm", default=os.environ.get("LITELLM_PYTHON", ""))
    parser.add_argument("--nemo", default=os.environ.get("NEMO_PYTHON", ""))
    parser.add_argument("--client", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        print(json.dumps(asyncio.run(measured(json.loads(options.client), options.rate, options.seconds))))
        return
    with tempfile.TemporaryDirectory() as made, ServerProcess() as server, ExitStack() as stack:
        folder = Path(made)
        upstream = f"{server.url}/v1"
        workers = ["--workers", options.workers] if options.workers else []
        started = {"trimtab": guard(folder, upstream, folder / "trimtab.log", *workers)}
        for peer, start, python in (("litellm", litellm, options.litellm), ("nemo", nemo, options.nemo)):
            if python:
                started[peer] = start(folder, upstream, folder / f"{peer}.log", python)
            else:
                print(f"{peer}: not measured, no interpreter given")
        for name, (url, process) in [*started.items()]:
            stack.callback(process.wait)
            stack.callback(process.terminate)
            if not up(url, process):
                del started[name]
                log = folder / f"{name}.log"
                print(f"{name}: does not answer as the upstream does; its log ends with\n{log.read_text()[-1500:]}")
        urls = {"direct": upstream, **{name: url for name, (url, _) in started.items()}}
        before = {name: processor_seconds(process.pid) for name, (_, process) in started.items()}
        command = [
            sys.executable,
            __file__,
            "--rate",
            str(options.rate),
            "--seconds",
            str(options.seconds),
            "--client",
            json.dumps(urls),
        ]
        took = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        spent = {
            name: (processor_seconds(process.pid) - before[name])
            / (len(took["alone"][name]) + len(took["together"][name]))
            * 1e3
            for name, (_, process) in started.items()
        }
    print("one at a time")
    shown(took["alone"])
    print(f"at {options.rate:g} a second")
    shown(took["together"], spent)


if __name__ == "__main__":
    main()
