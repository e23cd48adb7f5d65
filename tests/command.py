"""The command, and the practice endpoint, in processes of their own, without a second of imports each time.

A server that has imported what every command needs forks for each call: what
runs is the real `main` in a real process, with its own folder, environment and
file descriptors. Tests of starting up, signals and kills start an interpreter instead.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "numpy", "scipy.optimize", "scipy.special", "orjson", "yaml", "click", "rich.console", "rich.table", "aiohttp",
        "phonenumbers", "scipy.stats", "trimtab.policy", "trimtab.decision", "trimtab.testing.openai_server", "tests.command",
        *(f"trimtab.workspace.{name}" for name in (
            "consenting", "coverage", "granting", "keeping", "kpis", "money", "progress", "reviewing", "scorecards", "standings",
            "workspace",
        )),
        *(f"trimtab.report.{name}" for name in (
            "choice_terminal", "explanation", "files", "json", "kpis", "redteam", "scorecard", "terminal", "view",
        )),
        *(f"trimtab.builtin.{name}" for name in (
            "detectors.leak", "detectors.learned.detector", "detectors.patterns.detector", "stores.sqlite", "systems.callable",
            "systems.openai",
        )),
        *(f"trimtab.cli.{name}" for name in ("entering", "output", "progress", "redteam", "report", "run", "scorecard")),
        "tests.warm",
    ]
)  # fmt: skip


def usual(**more: str) -> dict[str, str]:
    """The environment without what it says of trimtab, plain and of a known width."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB")}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "120", **more}


def trimtab(
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = 120,
    first: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `trimtab` there and wait for its end; what it wrote, and the code it ended with.

    `first`, a function of a module, is called in the new process before.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        given = dict(usual() if environment is None else environment)
        process = _FORKS.Process(
            target=_run, args=(arguments, str(cwd), given, str(out), str(err)), kwargs={"first": first}
        )
        process.start()
        process.join(seconds)
        hung = process.is_alive()
        _end(process)
        said, told = (path.read_text(encoding="utf-8") if path.exists() else "" for path in (out, err))
        code = process.exitcode
        process.close()
    assert not hung, f"trimtab {arguments} hung:\n{said}\n{told}"
    assert "Traceback" not in told, told
    return subprocess.CompletedProcess(arguments, -1 if code is None else code, said, told)


@contextmanager
def endpoint(*arguments: str) -> Iterator[str]:
    """The practice server with these arguments, as `trimtab.testing.ServerProcess` runs it; its address."""
    receiver, sender = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_serve, args=(arguments, sender))
    process.start()
    sender.close()
    try:
        with receiver, os.fdopen(os.dup(receiver.fileno()), encoding="utf-8") as said:
            url = said.readline().split()[-1:]
        assert url, "the practice server did not start"
        yield url[0]
    finally:
        process.terminate()
        process.join(60)
        _end(process)
        process.close()


def _end(process: BaseProcess) -> None:
    """Whatever it still does."""
    if process.is_alive():
        process.kill()
        process.join()


def _serve(arguments: tuple[str, ...], sender: Connection) -> None:
    """In the new process: say the address where the other one listens, and serve."""
    with sender:
        os.dup2(sender.fileno(), 1)
    sys.stdout = TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8")

    from trimtab.testing.openai_server import main

    main(list(arguments))


def _run(
    arguments: tuple[str, ...],
    cwd: str,
    environment: dict[str, str],
    out: str,
    err: str,
    *,
    first: Callable[[], None] | None,
) -> None:
    """In the new process: be what a shell would have started."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    sys.stdin = TextIOWrapper(os.fdopen(0, "rb", closefd=False), encoding="utf-8")
    sys.stdout = TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8", line_buffering=False)
    sys.stderr = TextIOWrapper(os.fdopen(2, "wb", closefd=False), encoding="utf-8", write_through=True)
    sys.argv = ["trimtab", *arguments]
    sys.path[0:0] = [cwd]  # `python -m` looks in the current folder first

    from trimtab.cli import main

    if first is not None:
        first()
    main()
