"""A command `trimtab` for shell scripts that starts as quickly as in tests: it asks the test to fork one."""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.command import trimtab

_ASK = """#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect({path!r})
    asked.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n")
    said, told, code = json.loads(asked.makefile().read())
sys.stdout.write(said)
sys.stderr.write(told)
sys.exit(code)
"""


@contextmanager
def on_path(folder: Path) -> Iterator[str]:
    """A folder for PATH with the command in it."""
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket may be no longer than some hundred letters
    listener.bind("trimtab.sock")
    os.chdir(here)
    listener.listen()
    command = folder / "trimtab"
    command.write_text(_ASK.format(python=sys.executable, path=str(folder / "trimtab.sock")), encoding="utf-8")
    command.chmod(0o755)
    thread = threading.Thread(target=_serve, args=(listener,), daemon=True)
    thread.start()
    try:
        yield str(folder)
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            taken, _ = listener.accept()
        except OSError:
            return
        with taken, taken.makefile("rb") as lines:
            arguments, cwd, environment = json.loads(lines.readline())
            done = trimtab(*arguments, cwd=Path(cwd), environment=environment)
            taken.sendall(json.dumps([done.stdout, done.stderr, done.returncode]).encode())
