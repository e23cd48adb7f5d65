"""One process of the proxy: makes its guard, listens, and says when it is ready or why it is not."""

import asyncio
import gc
import os
import pickle
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from trimtab._optional import need
from trimtab.enforce import Guard, RulingLog, Seal
from trimtab.errors import LedgerError, TrimtabError
from trimtab.evidence import Subject
from trimtab.policy import Policy
from trimtab.serve.access_log import AccessLog
from trimtab.serve.clerk import DistantLedger
from trimtab.serve.limits import Limits
from trimtab.serve.listener import listen
from trimtab.serve.looking import Looking
from trimtab.serve.proxy import Proxy
from trimtab.serve.tally import Row, Tally

READY = b"R"
FAILED = b"E"  # followed by a pickled error


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What every worker is told. Made once, so that a worker that is started again does the same as before."""

    policy: Policy
    system: str
    candidate: str = ""
    upstream: str
    key: str = ""
    limits: Limits = field(default_factory=Limits)
    log: int | None = None  # a file descriptor
    clerk: str = ""  # where rulings are handed over for the ledger
    every: float = 60.0  # seconds between records


def work(plan: Plan, sock: socket.socket, tally: Tally, number: int, report: int, lifeline: int) -> int:  # noqa: PLR0917  # two of them come last
    """Serve until told to end, or until the supervisor is gone; returns the process's exit code.

    Args:
        plan: What to do.
        sock: Where all workers listen.
        tally: Where all workers count.
        number: Which of them this is.
        report: A pipe that gets `READY`, or `FAILED` and the error.
        lifeline: A pipe whose other end only the supervisor holds.
    """
    try:
        guard = Guard.from_policy(plan.policy, system=plan.system, candidate=plan.candidate)
        rulings = _rulings(plan, guard.spec.key_env) if plan.clerk else None
    except TrimtabError as error:
        os.write(report, FAILED + pickle.dumps(error))
        return 1
    row = tally.row(number)
    Looking(guard, row).warm()
    if rulings is not None:
        actions = plan.policy.tiers[plan.policy.systems[plan.system].tier].actions
        guard = Guard(guard.spec, actions=actions, mender=guard.mender, log=rulings)
    proxy = Proxy(
        guard,
        plan.upstream,
        key=plan.key,
        limits=plan.limits,
        tally=tally,
        worker=number,
        log=AccessLog(plan.log, row) if plan.log is not None else None,
        unwritten=(lambda: bool(rulings.failure)) if rulings is not None else None,
    )
    # What is there by now stays to the end; looking through it for garbage again and again would make requests wait.
    gc.collect()
    gc.freeze()
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_until_told(proxy, sock, report, lifeline))
    finally:
        _close(guard, rulings, row)
    return 0


def _close(guard: Guard, rulings: RulingLog | None, row: Row) -> None:
    """Hand over the last rulings; what nobody takes is counted, for the supervisor to say."""
    try:
        guard.close()
    except LedgerError:
        assert rulings is not None
        row.add("rulings_lost", rulings.waiting)


def _rulings(plan: Plan, key_env: str) -> RulingLog:
    """Sums up what is ruled, and hands it over to the clerk."""
    subject = Subject(system=plan.system, candidate=plan.candidate)
    ledger: Any = DistantLedger(plan.clerk)
    seal = Seal.from_environment(key_env)
    return RulingLog(ledger, subject=subject, policy=plan.policy.digest, seal=seal, every=plan.every, owns=True)


async def _until_told(proxy: Proxy, sock: socket.socket, report: int, lifeline: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def told(*_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(stop.set)

    # Not those of the loop, which are gone with it: to be told twice, as by a terminal and then by the supervisor, must
    # not keep the last rulings from being handed over. Who wants it gone at once sends what cannot be caught.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    loop.add_reader(lifeline, _ended, loop, lifeline, stop)

    def ready() -> None:
        os.write(report, READY)

    await listen(proxy, sock, stop=stop, ready=ready)


def _ended(loop: asyncio.AbstractEventLoop, lifeline: int, stop: asyncio.Event) -> None:
    loop.remove_reader(lifeline)
    stop.set()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """That of uvloop where it is installed (the extra `proxy`): it takes a tenth off the time of a request."""
    if find_spec("uvloop") is None:
        return None
    return need("uvloop", extra="proxy").new_event_loop  # type: ignore[no-any-return]


__all__ = ["FAILED", "READY", "Plan", "work"]
