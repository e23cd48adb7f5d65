"""Runs a command, and ends it with all that it started when whoever started us is gone, however that went.

A tool that cannot reach its model any more may go on trying for ever, and what it wrote may quote what was asked. Run
as a script, with the folder to remove then and the command, with a pipe as standard input of which only its parent
holds the other end, and as the leader of a process group; it imports nothing of ours.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading

_ENDING = threading.Event()


def main() -> int:
    """The command's exit code; 128 and the number of the signal that ended it."""
    # A handler, since what is ignored stays ignored in the command: it gets the signal too, and we wait for it.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)  # noqa: S603  # our parent's command
    except OSError:
        return 127
    threading.Thread(target=_end_with_parent, args=(child, sys.argv[1]), daemon=True).start()
    code = child.wait()
    if _ENDING.is_set():
        threading.Event().wait()  # the other thread has ended it, and ends us when it is through
    return code if code >= 0 else 128 - code


def _end_with_parent(child: "subprocess.Popen[bytes]", folder: str) -> None:
    os.read(0, 1)  # nothing is ever written: it comes back when the other end is closed
    _ENDING.set()
    child.kill()
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
