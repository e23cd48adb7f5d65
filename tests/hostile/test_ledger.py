"""Power cuts, full disks, wrong files, rivals: one clear message, and a ledger that verifies."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests import command

from trimtab.builtin.stores.sqlite import SqliteStore
from trimtab.errors import ExitCode, LedgerAlteredError, LedgerError
from trimtab.evidence import Ledger, Observation, Subject
from trimtab.kinds import Score

BATCH = 7
WRITER = """
import sys
from trimtab.evidence import Ledger, Observation, Subject
from trimtab.kinds import Score

path, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Ledger.open(path) as ledger:
    if sys.argv[4:]:
        print("ready", flush=True)
        sys.stdin.readline()
    for number in range(rounds):
        records = [
            Observation(metric=name, suite="s", case=f"{number}-{part}", cluster="c", order=number,
                        outcome=Score(value=part / 7))
            for part in range(7)
        ]
        last = ledger.append(records, subject=Subject(system="s"), run=name, maker="m/1", policy="p",
                             durable=number % 5 == 0)
        print(last.seq, flush=True)
"""


@pytest.fixture
def writer(start):
    def writer(path, name="writer", rounds=100_000, *more):
        command = [sys.executable, "-c", WRITER, str(path), name, str(rounds), *more]
        return start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return writer


def trimtab(*arguments, **more):
    """The program itself, in a process of its own."""
    return command.trimtab(*map(str, arguments), cwd=more.get("cwd", Path()), environment=more.get("env"))


def append(ledger, count=1, value=0.5):
    records = [
        Observation(metric="m", suite="s", case=str(n), cluster="c", order=n, outcome=Score(value=value))
        for n in range(count)
    ]
    return ledger.append(records, subject=Subject(system="s"), run="r", maker="m/1", policy="p")


def size(ledger):
    head = ledger.head()
    return head.seq if head else 0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


@pytest.mark.slow
def test_killed_at_any_moment_it_holds_whole_batches_and_all_that_were_acknowledged(path, writer):
    generator = random.Random(11)
    acknowledged = 0
    for _ in range(8):
        process = writer(path)
        assert process.stdout is not None
        for _ in range(generator.randrange(1, 9)):
            process.stdout.readline()  # it is at work
        time.sleep(generator.uniform(0.0, 0.03))
        process.kill()
        rest, _ = process.communicate()
        with Ledger.open(path) as ledger:
            found = ledger.verify()
            assert found.ok, found.problems
            assert found.rows % BATCH == 0
            lines = [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n") and line.strip()]
            acknowledged = max([acknowledged, *lines])
            assert found.rows >= acknowledged
    assert acknowledged > 20 * BATCH
    assert sorted(p.name for p in path.parent.iterdir()) == ["ledger.db"]


@pytest.mark.slow
def test_killed_while_it_is_made_it_can_be_made_again(tmp_path, writer):
    generator = random.Random(5)
    for number in range(10):
        path = tmp_path / str(number) / "ledger.db"
        process = writer(path, rounds=1)
        while not path.parent.exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(generator.uniform(0.0, 0.02))
        process.kill()
        process.communicate()
        with Ledger.open(path) as ledger:
            assert ledger.verify().ok
            append(ledger)


@pytest.mark.slow
def test_several_processes_append_at_once_without_a_fork_or_a_loss(tmp_path, writer):
    """They begin together, once all are there; should one be done before the next gets its turn, they write more."""
    for rounds in (60, 240, 960, 3840):
        path = tmp_path / str(rounds) / "ledger.db"
        processes = [writer(path, f"writer-{n}", rounds, "together") for n in range(3)]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
        with Ledger.open(path) as ledger:
            found = ledger.verify()
            assert found.ok, found.problems
            assert found.rows == 3 * rounds * BATCH
            for n in range(3):
                written = [row.payload.split('"')[3] for row in ledger.rows(run=f"writer-{n}")]
                assert written == [f"{i}-{j}" for i in range(rounds) for j in range(BATCH)]
            seqs = [row.seq for row in ledger.rows(run="writer-0")]
        if seqs != list(range(seqs[0], seqs[0] + len(seqs))):
            return
    pytest.fail("they did not overlap, so nothing was tested")


def test_a_lock_that_is_held_is_said_to_be_one(path):
    with Ledger.open(path) as ledger:
        append(ledger)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Ledger(SqliteStore(path, timeout=0.1)) as ledger:
        with pytest.raises(LedgerError, match=r"locked.*Wait until the other"):
            append(ledger)
        assert size(ledger) == 1  # reading goes on
        holder.execute("ROLLBACK")
        assert append(ledger).seq == 2
    holder.close()


FULL = """
import resource, sys
import trimtab.cli
from trimtab.evidence import Ledger, Observation, Subject
from trimtab.kinds import Score

def fill(**_):
    with Ledger.open(sys.argv[1]) as ledger:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
        while True:
            records = [Observation(metric="m", suite="s", case=str(n), cluster="c", order=n, outcome=Score(value=0.5))
                       for n in range(100)]
            last = ledger.append(records, subject=Subject(system="s"), run="r", maker="m/1", policy="p")
            print(last.seq, flush=True)

trimtab.cli.app.main = fill  # as a command would
trimtab.cli.main()
"""


def test_a_disk_that_fills_up_ends_in_one_message_and_keeps_what_there_was(path):
    """A real limit of the operating system on the size of files."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == ExitCode.UNAVAILABLE, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("TT401") == 1
    assert "every row appended before is intact" in done.stderr
    acknowledged = int(done.stdout.split()[-1])
    with Ledger.open(path) as ledger:
        found = ledger.verify()
        assert found.ok, found.problems
        assert found.rows == acknowledged
        assert append(ledger).seq == acknowledged + 1  # with room again, it goes on


def fill(ledger):
    for _ in range(200):
        append(ledger, 50)


def test_a_full_database_is_said_to_be_full(path):
    with Ledger.open(path) as ledger:
        append(ledger, 50)
        database = ledger._store._file.database  # type: ignore[attr-defined]  # only SQLite has one
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(LedgerError, match=r"disk is full.*Make room"):
            fill(ledger)
        rows = size(ledger)
        assert rows % 50 == 0
        database.execute("PRAGMA max_page_count = 100000")
        assert append(ledger).seq == rows + 1
        assert ledger.verify().ok


def somebody_elses(path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE evidence (a)")
    database.commit()
    database.close()


def newer(path):
    Ledger.open(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 2")
    database.close()


def never(path):
    Ledger.open(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 0")
    database.close()


def without_a_table(path):
    Ledger.open(path).close()
    database = sqlite3.connect(path)
    database.execute("DROP TABLE latest")
    database.close()


def cut_short(path):
    with Ledger.open(path) as ledger:
        append(ledger, 500)
    path.write_bytes(path.read_bytes()[:20_000])


WRONG = {
    "a directory": (lambda path: path.mkdir(), "is a directory", ExitCode.UNAVAILABLE),
    "an empty file": (lambda path: path.touch(), "is an empty file", ExitCode.UNAVAILABLE),
    "random bytes": (
        lambda path: path.write_bytes(random.Random(1).randbytes(5000)),
        "is not a ledger but some other file",
        ExitCode.UNAVAILABLE,
    ),
    "a short file": (lambda path: path.write_bytes(b"SQLite"), "is not a ledger", ExitCode.UNAVAILABLE),
    "only a header": (lambda path: path.write_bytes(b"SQLite format 3\0"), "", None),
    "a pipe": (os.mkfifo, "is not a regular file", ExitCode.UNAVAILABLE),
    "somebody else's": (somebody_elses, "database of another program", ExitCode.UNAVAILABLE),
    "a newer format": (newer, "has the newer format 2. Upgrade trimtab", ExitCode.UNAVAILABLE),
    "a format that never was": (never, "never was", ExitCode.UNAVAILABLE),
    "without a table": (without_a_table, "its table latest is gone", ExitCode.UNAVAILABLE),
    "cut short": (cut_short, "damaged", ExitCode.UNAVAILABLE),
    "a link to nowhere": (lambda path: path.symlink_to("nowhere"), "does not exist", ExitCode.UNAVAILABLE),
    "nothing": (lambda path: None, "does not exist", ExitCode.UNAVAILABLE),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_is_no_ledger_is_refused_in_words_and_left_alone(path, what):
    make, words, code = WRONG[what]
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerError) as caught, Ledger.open(path, create=False) as ledger:
        ledger.verify().raise_if_bad()
    assert words in str(caught.value)
    assert code is None or caught.value.exit_code == code
    if before is not None:
        assert path.read_bytes() == before


@pytest.mark.parametrize("what", ["a directory", "random bytes", "somebody else's", "nothing", "cut short"])
def test_the_command_says_it_in_one_line_without_a_traceback(path, what):
    make, _, code = WRONG[what]
    make(path)
    done = trimtab("ledger", "verify", "--ledger", path)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("error TT4") == 1
    assert "Traceback" not in done.stderr


def test_a_place_where_nothing_can_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="cannot be made"):
        Ledger.open(tmp_path / "file" / "ledger.db")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to act as somebody with fewer rights")
@pytest.mark.parametrize("folder_writable", [True, False])
def test_a_ledger_that_may_only_be_read_is_read(tmp_path, folder_writable):
    """As an auditor with a copy that is not theirs."""
    # Not in `tmp_path`, whose parents are closed to others.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "ledger.db"
        with Ledger.open(path) as ledger:
            append(ledger, 30)
        path.chmod(0o444)
        folder.chmod(0o777 if folder_writable else 0o555)
        child = os.fork()
        if child == 0:
            os._exit(as_nobody(path))
        _, status = os.waitpid(child, 0)
        folder.chmod(0o700)
    assert os.waitstatus_to_exitcode(status) == 0


def as_nobody(path):
    try:
        os.setuid(65534)
        with Ledger.open(path, create=False) as ledger:
            if not ledger.verify().ok or len(list(ledger.rows())) != 30:
                return 7
            try:
                append(ledger)
            except LedgerError as error:
                return 0 if "read-only" in str(error) else 8
            else:
                return 9
    except BaseException:  # noqa: BLE001  # whatever it is, the parent must hear of it
        return 10


def test_rows_that_vanish_under_an_open_ledger_are_noticed(path):
    with Ledger.open(path) as ledger:
        append(ledger, 3)
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("DROP TRIGGER evidence_no_delete")
        database.execute("DELETE FROM evidence WHERE seq = 3")
        database.close()
        with pytest.raises(LedgerAlteredError, match="removed"):
            append(ledger)


def test_rows_that_vanished_before_a_checkpoint_are_noticed_by_the_next_append(path):
    with Ledger.open(path) as ledger:
        append(ledger, 3)
        ledger.checkpoint()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("DROP TRIGGER evidence_no_delete")
    database.execute("DELETE FROM evidence WHERE seq = 3")
    database.close()
    with Ledger.open(path) as ledger, pytest.raises(LedgerAlteredError, match="removed"):
        append(ledger)


def test_errors_quote_nothing_of_what_is_stored(path):
    secret = "0xSECRET0x"
    with Ledger.open(path) as ledger:
        record = Observation(metric="m", suite="s", case=secret, cluster="c", order=0, outcome=Score(value=1.0))
        ledger.append([record], subject=Subject(system="s"), run="r", maker="m", policy="p")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("DROP TRIGGER evidence_no_update")
    database.execute(f"UPDATE evidence SET payload = CAST(x'ff' || CAST('{secret}' AS BLOB) AS TEXT)")
    database.close()
    for words in (["verify"], ["verify", "--json"], ["verify", "--jobs", "1"]):
        done = trimtab("ledger", *words, "--ledger", path)
        assert done.returncode == ExitCode.FAIL
        assert secret not in done.stdout + done.stderr
        assert "row 1" in done.stderr


@pytest.mark.slow
def test_interrupting_a_long_verification_ends_it(path, start):
    with Ledger.open(path) as ledger:
        for _ in range(3):
            append(ledger, 20_000)
    command = [sys.executable, "-m", "trimtab", "ledger", "verify", "--ledger", str(path), "--jobs", "2"]
    process = start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT, ExitCode.PASS)
    assert "TT000" not in errors


@pytest.mark.slow
def test_memory_stays_bounded_while_reading(path):
    with Ledger.open(path) as ledger:
        for _ in range(5):
            append(ledger, 4000)
    code = f"""
import resource
from trimtab.evidence import Ledger
with Ledger.open({str(path)!r}) as ledger:
    next(ledger.rows())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in ledger.rows()) == 20000
    assert sum(1 for _ in ledger.records(run="r", kind="observation")) == 20000
    assert ledger.verify().ok
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) < 20_000  # kilobytes; the rows themselves are several times that
