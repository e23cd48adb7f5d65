"""The command in a process of its own, as a shell would start it, without a second of imports each time.

A server that has imported what every command needs forks for each call: what
runs is the real `main` in a real process, with its own folder, environment and
file descriptors. Tests of starting up, signals and kills start an interpreter instead.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import TextIOWrapper
from multiprocessing import get_context
from pathlib import Path

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "numpy", "scipy.optimize", "scipy.special", "orjson", "yaml", "click", "rich.console", "rich.table", "aiohttp",
        "phonenumbers", "trimtab.policy", "trimtab.decision", "trimtab.workspace", "trimtab.report", "tests.command",
    ]
)  # fmt: skip


def usual(**more: str) -> dict[str, str]:
    """The environment without what it says of trimtab, plain and of a known width."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB")}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "120", **more}


def trimtab(
    *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `trimtab` there and wait for its end; what it wrote, and the code it ended with."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        given = dict(usual() if environment is None else environment)
        process = _FORKS.Process(target=_run, args=(arguments, str(cwd), given, str(out), str(err)))
        process.start()
        process.join(seconds)
        hung = process.is_alive()
        if hung:
            process.kill()
            process.join()
        said, told = (path.read_text(encoding="utf-8") if path.exists() else "" for path in (out, err))
        code = process.exitcode
        process.close()
    assert not hung, f"trimtab {arguments} hung:\n{said}\n{told}"
    assert "Traceback" not in told, told
    return subprocess.CompletedProcess(arguments, -1 if code is None else code, said, told)


def _run(arguments: tuple[str, ...], cwd: str, environment: dict[str, str], out: str, err: str) -> None:
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

    main()
