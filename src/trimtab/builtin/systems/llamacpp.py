"""A GGUF model on this machine, served by llama.cpp in a process of its own."""

import asyncio
import contextlib
import json
import os
import secrets
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from trimtab.builtin.systems.gguf_quantise import QUANT_TYPES, QuantType, quantised
from trimtab.builtin.systems.gguf_weights import locate, sha256
from trimtab.builtin.systems.llamacpp_server import Settings
from trimtab.builtin.systems.openai import OpenAIClient
from trimtab.errors import CallError, MissingPackageError, SystemUnavailableError
from trimtab.kinds import Reply, Request

_SERVER = "trimtab.builtin.systems.llamacpp_server"
_END_SECONDS = 5.0
_INSTALL = "Install it with `pip install 'trimtab[demo]'`."
# What llama.cpp says on standard error, and what that means. The first that is found is told.
_REASONS = (
    (("insufficient memory", "failed to allocate", "bad_alloc", "unable to allocate"), "there is not enough memory"),
    (("invalid magic", "corrupted or incomplete", "failed to read"), "the weights are damaged or incomplete"),
    (("unknown model architecture",), "this build of llama.cpp does not know the architecture of the weights"),
    (("temporarily unavailable",), "the machine allows no further threads"),
)
_NEXT = {
    "there is not enough memory": "Lower `servers`, `slots` or `context`, or choose smaller weights.",
    "the weights are damaged or incomplete": "Get the file again and compare its digest.",
    "this build of llama.cpp does not know the architecture of the weights": "Update the package xllamacpp.",
    "the machine allows no further threads": "Lower `servers`.",
}


@dataclass(frozen=True, slots=True)
class _Running:
    """A started server process and the connections to it."""

    process: asyncio.subprocess.Process
    stack: contextlib.AsyncExitStack
    free: "asyncio.Queue[OpenAIClient]"
    weights: str  # sha256 of the file that is served
    xllamacpp: str


@dataclass(slots=True, kw_only=True, eq=False)
class LlamaCppSystem:
    """A GGUF model on this machine.

    `weights` is a path or `package:NAME/FILE`. `quantise` stores them as
    `Q8_0` or `Q4_0` first, once, in a cache folder. `servers` copies answer
    side by side, each with `threads` threads; 0 means one for every `threads`
    cores. The weights are in memory once, as far as their type allows.
    `context` is the longest conversation in tokens.

    As it stands, the reply to a greedy request depends on the request alone,
    and its latency counts no other call: each server answers one at a time,
    from the first token. More `slots` share the arithmetic between calls, and
    `reuse` keeps what an earlier prompt that began alike has computed (worth
    it where all share a long one). Both are quicker and round differently
    from one history of calls to the next, so a few replies change with it.
    """

    name: ClassVar[str] = "llamacpp"
    version: ClassVar[str] = "1"

    weights: str
    quantise: QuantType | None = None
    servers: int = 0
    slots: int = 1
    threads: int = 1
    context: int = 2048
    reuse: bool = False
    startup_seconds: float = 120.0
    _running: _Running | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.quantise is not None and self.quantise not in QUANT_TYPES:
            raise ValueError(f"quantise must be one of {', '.join(QUANT_TYPES)}")
        if not 0 <= self.servers <= 256:
            raise ValueError("servers must be between 0 and 256")
        if self.slots < 1 or self.threads < 1 or self.context < 1:
            raise ValueError("slots, threads and context must be at least 1")
        if self.slots * self.context >= 2**31:  # llama.cpp counts in 32 bits, and wraps
            raise ValueError("slots times context must be below 2**31 tokens")
        if not self.startup_seconds > 0:
            raise ValueError("startup_seconds must be above 0")

    def identity(self) -> Mapping[str, Any]:
        """The digest of the weights as served, and what else changes an answer; no path."""
        running = self._entered()
        return {
            "plugin": self.name,
            "version": self.version,
            "weights": f"sha256:{running.weights}",
            "quantise": self.quantise or "",
            "xllamacpp": running.xllamacpp,
            "slots": self.slots,
            "context": self.context,
            "reuse": self.reuse,
        }

    async def __aenter__(self) -> Self:
        try:
            path, digest = await asyncio.to_thread(self._prepare)
        except MissingPackageError as error:
            raise SystemUnavailableError(
                "llamacpp", f"the package {error.package} is not installed", _INSTALL
            ) from error
        label = Path(self.weights).name
        settings: Settings = {
            "path": str(path),
            "alias": label,
            "key": secrets.token_urlsafe(32),
            "servers": self.servers or max(1, _cores() // self.threads),
            "slots": self.slots,
            "context": self.context,
            "threads": self.threads,
            "reuse": self.reuse,
        }
        async with contextlib.AsyncExitStack() as stack:
            process, said = await self._start(settings, stack)
            free: asyncio.Queue[OpenAIClient] = asyncio.Queue()
            for url in said["urls"]:
                client = OpenAIClient(url, label, key=settings["key"])
                await stack.enter_async_context(client)
                for _ in range(self.slots):
                    free.put_nowait(client)
            self._running = _Running(process, stack.pop_all(), free, digest, said["xllamacpp"])
        return self

    async def __aexit__(self, *exc: object) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stack.aclose()

    async def ask(self, request: Request) -> Reply:
        """As `OpenAIClient.ask`, once a slot is free; waiting for one does not count as latency.

        Raises:
            CallError: No answer.
            SystemUnavailableError: There can be none any more: the server has died.
        """
        running = self._entered()
        client = await running.free.get()
        try:
            return await client.ask(request)
        except CallError:
            if running.process.returncode is not None:
                raise SystemUnavailableError(
                    Path(self.weights).name,
                    f"llama.cpp ended with status {running.process.returncode} while it answered",
                    "Run again: what was measured is kept.",
                ) from None
            raise
        finally:
            running.free.put_nowait(client)

    def _entered(self) -> _Running:
        if self._running is None:
            raise RuntimeError("enter the system first: `async with system:`")
        return self._running

    def _prepare(self) -> tuple[Path, str]:
        path = locate(self.weights)
        digest = sha256(path)
        if self.quantise is None:
            return path, digest
        path = quantised(path, digest, self.quantise)
        return path, sha256(path)

    async def _start(
        self, settings: Settings, stack: contextlib.AsyncExitStack
    ) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
        """A process that answers; whatever happens, leaving `stack` ends it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a file of the working folder must not stand in for a module
            "-m",
            _SERVER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "OMP_WAIT_POLICY": "passive"},
            start_new_session=True,  # Ctrl-C is for us; we end it when we are done
        )
        complaints: deque[str] = deque(maxlen=50)
        reading = asyncio.create_task(_drain(process, complaints))
        stack.push_async_callback(_end, process, reading)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self.startup_seconds):
                with contextlib.suppress(ConnectionError):  # it died at once: what it said is read below
                    process.stdin.write(json.dumps(settings).encode() + b"\n")
                    await process.stdin.drain()
                line = await process.stdout.readline()
                if not line:
                    await process.wait()
                    await reading
        except TimeoutError:
            raise SystemUnavailableError(
                settings["alias"],
                f"llama.cpp was not ready after {self.startup_seconds:g} s",
                "Raise `startup_seconds`, or lower `servers`.",
            ) from None
        said: dict[str, Any] = json.loads(line) if line else {}
        if "urls" not in said:
            raise await _unavailable(settings["alias"], said, process, reading, complaints)
        return process, said


async def _unavailable(
    alias: str,
    said: Mapping[str, Any],
    process: asyncio.subprocess.Process,
    reading: "asyncio.Task[None]",
    complaints: deque[str],
) -> SystemUnavailableError:
    if package := said.get("missing"):
        return SystemUnavailableError(alias, f"the package {package} is not installed or does not load", _INSTALL)
    status = await process.wait()
    await reading
    text = "\n".join(complaints)
    for signs, meaning in _REASONS:
        if any(sign in text for sign in signs):
            return SystemUnavailableError(alias, meaning, _NEXT[meaning])
    if status == -9:
        return SystemUnavailableError(alias, "llama.cpp was killed while it loaded, probably for memory", "")
    return SystemUnavailableError(
        alias, f"llama.cpp did not load the weights (status {status})", "Check the file with another tool."
    )


async def _drain(process: asyncio.subprocess.Process, into: deque[str]) -> None:
    """Keep standard error flowing; only the last lines before the servers are ready are ever looked at."""
    assert process.stderr is not None
    while line := await process.stderr.read(4096):
        into.append(line.decode(errors="replace"))


async def _end(process: asyncio.subprocess.Process, reading: "asyncio.Task[None]") -> None:
    """End the process by closing its standard input; by force if it does not listen."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_END_SECONDS):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    finally:
        if process.returncode is None:  # cancelled while waiting
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await reading


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
