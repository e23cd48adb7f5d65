"""The OpenAI-compatible test server as a process."""

import subprocess
import sys
from typing import Self


class ServerProcess:
    """The server in a process of its own, so that it takes no time from the one that measures it.

    A context manager; `arguments` are those of the command line.
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "trimtab.testing.openai_server", *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603  # our own module
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        if "http" not in line:
            self.__exit__()
            raise RuntimeError("the test server did not start")
        self.url = line.split()[-1]
        return self

    def __exit__(self, *exc: object) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
