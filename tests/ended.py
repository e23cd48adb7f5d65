"""A process that is ended at a call that the test names, by the practice server itself, which decides how far it comes.

A test that watched from outside would send its signal late on a busy machine, and to a process that is done already.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import Future

from trimtab.testing import OpenAIServer
from trimtab.testing.openai_server import Behaviour, Seen


def ended_at(
    server: OpenAIServer,
    calls: int,
    begin: Callable[[], subprocess.Popen[str]],
    *,
    number: signal.Signals = signal.SIGKILL,
    later: float = 0.0,
) -> tuple[int, str]:
    """Begin a process, and send it a signal `later` seconds after so many calls of it came to `server`.

    Returns:
        The code that it ended with, and what it said to stderr, if that is a pipe.
    """
    last, started = len(server.seen) + calls - 1, Future[int]()
    plain = server.script

    def script(seen: Seen) -> Behaviour:
        if seen.number == last:  # before it is answered
            pid = started.result(60)
            if later:
                asyncio.get_running_loop().call_later(later, os.kill, pid, number)
            else:
                os.kill(pid, number)
        return plain(seen) if plain is not None else Behaviour()

    server.script = script
    process = begin()
    started.set_result(process.pid)
    try:
        _, said = process.communicate(timeout=120)
    finally:
        server.script = plain
    return process.returncode, said or ""
