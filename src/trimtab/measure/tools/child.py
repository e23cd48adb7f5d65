"""Another tool as a process: with little of our environment, no input, a time limit, and an end for all it starts."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from trimtab.errors import MissingPackageError, ToolError, UsageError

_KEEPER = Path(__file__).with_name("keeper.py")
_GRACE_SECONDS = 5.0  # after being asked to end, as by Ctrl-C; some have containers to put away
_LOOK_SECONDS = 60.0

# What a program needs to run at all, to find what it has downloaded before, and to reach others if it must. Settings of
# the tools themselves are not among it: they could change what is asked, and nobody would see.
_KEPT = (
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "NLTK_DATA", "CUDA_VISIBLE_DEVICES", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "DOCKER_HOST",
)  # fmt: skip

_LOOK = """\
import importlib.util, sys
print(*[name for name in sys.argv[1:] if importlib.util.find_spec(name) is None])
"""


def environment(folder: Path, own: Mapping[str, str], more: Sequence[str]) -> dict[str, str]:
    """What a tool sees of ours: the little it needs, `own`, and what the policy names, as `more`.

    Raises:
        UsageError: A variable that the policy names is not set.
    """
    unset = [name for name in more if not os.environ.get(name)]
    if unset:
        raise UsageError(f"the variable {unset[0]} is not set.", f"`export {unset[0]}=...`, or take it out of `env`.")
    direct = ",".join(filter(None, (os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")), "127.0.0.1")))
    private = {
        "TMPDIR": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }
    kept = {name: os.environ[name] for name in (*_KEPT, *more) if name in os.environ}
    return {**kept, **private, **own}


def check_installed(
    python: str, modules: Mapping[str, str], *, tool: str, folder: Path, environment: Mapping[str, str]
) -> None:
    """See that an interpreter has the modules that a tool consists of; `modules` maps each to its package.

    Raises:
        UsageError: There is no such interpreter.
        MissingPackageError: It lacks one.
    """
    try:
        done = subprocess.run(  # noqa: S603  # the policy's interpreter, no shell
            [python, "-c", _LOOK, *modules],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LOOK_SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        what = f"{python!r} is no Python interpreter that can be run."
        raise UsageError(what, f"Name that of the environment with {tool} as `python` of the suite's `run`.") from None
    missing = done.stdout.decode("utf-8", "replace").split()
    if missing:
        package = modules.get(missing[0], missing[0])
        raise MissingPackageError(
            package, "", f"which {python} has not; `python` of the suite's `run` can name another interpreter"
        )


async def run_child(
    command: Sequence[str],
    *,
    tool: str,
    folder: Path,
    environment: Mapping[str, str],
    minutes: float,
    shown: bool = False,
) -> int:
    """The exit code of a command that has ended. Whatever else happens, nothing of it is left running.

    Args:
        command: Program and arguments; no shell is involved.
        tool: What errors call it.
        folder: Where it runs. It is removed if we end before the command does.
        environment: All that it gets.
        minutes: How long it may take.
        shown: Whether what it prints goes to our standard error, else nowhere: it may quote what was asked.

    Raises:
        ToolError: It took too long.
    """
    sink = sys.stderr if shown else subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_KEEPER), str(folder), *command),
        stdin=subprocess.PIPE,
        stdout=sink,
        stderr=sink,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(minutes * 60.0):
            return await process.wait()
    except TimeoutError:
        hint = "Raise `minutes` of the suite's `run`, or let it ask less."
        raise ToolError(tool, f"did not end within {minutes:g} minutes", hint) from None
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    try:
        if process.returncode is None:
            _send(process.pid, signal.SIGINT)
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await process.wait()
    finally:  # even when we are told to end a second time
        _send(process.pid, signal.SIGKILL)  # and what it left behind
        if process.returncode is None:
            await process.wait()


def _send(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
