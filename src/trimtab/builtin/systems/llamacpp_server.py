"""The process that `LlamaCppSystem` starts: llama.cpp servers on the loopback address.

A native crash ends this process and not the measuring one. It speaks twice:
reads one line of JSON (`Settings`) from standard input, which thereby never
shows in a list of processes, and writes one line (`Ready` or `Refused`) to
standard output. It ends when standard input does, or when its parent dies.
"""

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any, TypedDict

from trimtab._optional import need
from trimtab.errors import MissingPackageError

_PR_SET_PDEATHSIG = 1  # prctl(2)
_ERRORS_ONLY = 1  # llama.cpp's verbosity; anything higher may log texts


class Settings(TypedDict):
    """What is served, and how."""

    path: str
    alias: str
    key: str
    servers: int
    slots: int
    context: int
    threads: int
    reuse: bool


class Ready(TypedDict):
    """Where the servers listen."""

    urls: list[str]
    xllamacpp: str


class Refused(TypedDict):
    """Why there are none: a package that is missing, or empty when the weights do not load."""

    missing: str


def main() -> None:
    """Serve until standard input ends."""
    parent = os.getppid()
    _die_with_parent()
    if os.getppid() != parent:
        os._exit(0)  # it died before the line above
    answers = _claim_stdout()
    with open(0, "rb", buffering=0, closefd=False) as stdin:
        settings: Settings = json.loads(stdin.readline())
    threading.Thread(target=_exit_at_end_of_stdin, daemon=True).start()

    # Read when the library loads: waiting threads that spin leave a busy machine no time to work.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    answer: Ready | Refused
    servers: list[Any] = []
    try:
        xllamacpp = need("xllamacpp", extra="demo")
        servers = [_serve(xllamacpp, settings) for _ in range(settings["servers"])]
        answer = {"urls": [server.listening_address for server in servers], "xllamacpp": xllamacpp.__version__}
    except MissingPackageError as error:
        answer = {"missing": error.package}
    except RuntimeError:  # all that the library says; the reason is on standard error
        answer = {"missing": ""}
    os.write(answers, json.dumps(answer).encode() + b"\n")
    if not servers:
        os._exit(1)
    threading.Event().wait()


def _serve(xllamacpp: Any, settings: Settings) -> Any:
    """One server; it answers from threads of its own."""
    params = xllamacpp.CommonParams()
    params.model.path = settings["path"]
    params.model_alias = {settings["alias"]}  # or replies would carry the path
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [settings["key"]]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["slots"] * settings["context"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
    params.fit_params = False  # or the context shrinks silently where memory is short
    # The rest of a prompt that began like an earlier one is computed in a batch of another shape,
    # whose rounding differs: with reuse an answer depends on what was asked before.
    params.cache_prompt = settings["reuse"]
    params.cache_ram_mib = 0
    params.ui = params.endpoint_slots = params.endpoint_props = False
    params.verbosity = _ERRORS_ONLY
    return xllamacpp.Server(params)


def _claim_stdout() -> int:
    """A descriptor for the one line that is ours; native code that prints goes to standard error."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return ours


def _exit_at_end_of_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _die_with_parent() -> None:
    """Ask the kernel too: native code may hold the interpreter while weights load."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
