"""A ledger on a real PostgreSQL server: rivals, kills, restarts, roles, and everything that is no ledger."""

import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests import command
from tests.serve import proxies
from tests.unit.evidence.ledgers import small_ledger

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger, Observation, Rulings, Subject
from trimtab.kinds import Score, plugins
from trimtab.workspace.lock import measuring_alone

pytestmark = pytest.mark.integration

BATCH = 7
SCHEMAS = itertools.count()
WRITER = """
import sys
from trimtab.evidence import Ledger, Observation, Subject
from trimtab.kinds import Score

url, name, rounds, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with Ledger.open(url) as ledger:
    if "together" in sys.argv:
        print("ready", flush=True)
        sys.stdin.readline()
    for number in range(rounds):
        records = [
            Observation(metric=name, suite="s", case=f"{number}-{part}", cluster="c", order=number,
                        outcome=Score(value=part / 7))
            for part in range(batch)
        ]
        last = ledger.append(records, subject=Subject(system="s"), run=name, maker="m/1", policy="p",
                             durable=number % 5 == 0)
        print(last.seq, flush=True)
"""


@pytest.fixture
def schema():
    return f"ledger_{next(SCHEMAS)}"


@pytest.fixture
def url(postgres, schema):
    return postgres.url(schema)


@pytest.fixture
def writer(start):
    def writer(url, name="writer", rounds=100_000, batch=BATCH, *more):
        command = [sys.executable, "-c", WRITER, url, name, str(rounds), str(batch), *more]
        return start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return writer


def append(ledger, count=1, metric="m"):
    records = [
        Observation(metric=metric, suite="s", case=str(n), cluster="c", order=n, outcome=Score(value=0.5))
        for n in range(count)
    ]
    return ledger.append(records, subject=Subject(system="s"), run="r", maker="m/1", policy="p")


def numbers(text):
    return [int(line) for line in text.splitlines(keepends=True) if line.endswith("\n") and line.strip()]


# -- several at once, and none of them orderly -------------------------------------------------------


def test_two_processes_of_500_rows_each_keep_one_chain(url, writer):
    Ledger.open(url).close()
    processes = [writer(url, f"writer-{n}", 500, 1, "together") for n in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with Ledger.open(url, create=False) as ledger:
        found = ledger.verify()
        assert found.ok, found.problems
        assert found.rows == 1000
        for n in range(2):
            written = [row.payload.split('"')[3] for row in ledger.rows(run=f"writer-{n}")]
            assert written == [f"{i}-0" for i in range(500)]
        seqs = [row.seq for row in ledger.rows(run="writer-0")]
    # Whoever loses the race has the next turn: one that began a little later is not kept waiting until the other is done.
    turns = sum(after != before + 1 for before, after in itertools.pairwise(seqs))
    assert turns > 50, "they did not overlap, so nothing was tested"


@pytest.mark.parametrize("victim", ["writer", "server"])
def test_killed_at_any_moment_it_holds_whole_batches_and_all_that_were_acknowledged(postgres, url, writer, victim):
    generator = random.Random(11)
    acknowledged = 0
    for _ in range(2):
        process = writer(url)
        assert process.stdout is not None
        for _ in range(generator.randrange(8, 30)):
            process.stdout.readline()  # it is at work
        time.sleep(generator.uniform(0.0, 0.03))
        if victim == "server":
            postgres.stop("immediate")
        else:
            process.kill()
        rest, said = process.communicate(timeout=60)
        if victim == "server":
            assert "LedgerError" in said.splitlines()[-1]
            postgres.start()
        with Ledger.open(url, create=False) as ledger:
            found = ledger.verify()
            assert found.ok, found.problems
            assert found.rows % BATCH == 0
            acknowledged = max([acknowledged, *numbers(rest)])
            assert found.rows >= acknowledged
    assert acknowledged > 10 * BATCH


def test_a_connection_that_breaks_while_it_waits_for_its_turn_leaves_nothing(postgres, url, schema):
    import psycopg

    with Ledger.open(url) as ledger, psycopg.connect(postgres.url()) as rival:
        append(ledger)
        rival.execute("SELECT pg_advisory_xact_lock(%s)", (ledger._store._line.key("append"),))  # type: ignore[attr-defined]
        errors = []

        def late():
            try:
                append(ledger, 5)
            except LedgerError as error:
                errors.append(error)

        thread = threading.Thread(target=late)
        thread.start()
        waiting = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not postgres.execute(waiting):
            time.sleep(0.005)
        rival.rollback()
        thread.join()
        assert "Nothing of this was appended" in str(errors[0])
        assert append(ledger).seq == 2  # on a new connection
        assert ledger.verify().ok


@contextmanager
def cutting(target, sign):
    """A socket that hands on to the server's, until `sign` goes by: the server gets it, and nobody hears the answer."""
    folder = Path(tempfile.mkdtemp(prefix="trimtab-cut-"))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / ".s.PGSQL.5432"))
    listener.listen()
    cut = threading.Event()

    def hand_on(source, sink, *, watched):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
                if watched and sign in data and not cut.is_set():
                    cut.set()
                    source.shutdown(socket.SHUT_RDWR)
                    return

    opened = [listener]

    def serve():
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                opened.extend((client, server))
                server.connect(str(target / ".s.PGSQL.5432"))
                for pair in ((client, server, True), (server, client, False)):
                    threading.Thread(target=hand_on, args=pair[:2], kwargs={"watched": pair[2]}, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield folder, cut
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # or its thread would wait on
        for one in opened:
            one.close()
        shutil.rmtree(folder)


def test_a_commit_whose_answer_is_lost_is_found_and_not_repeated(postgres, url, schema):
    """The commit is slow, so that it is still under way when somebody asks how it went."""
    with Ledger.open(url) as ledger:
        append(ledger)
    postgres.execute(
        f"CREATE FUNCTION {schema}.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END'",
        f"CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON {schema}.latest DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION {schema}.slow()",
    )
    with cutting(postgres.folder, b"COMMIT\0") as (folder, cut):
        with Ledger.open(url.replace(str(postgres.folder), str(folder)), create=False) as ledger:
            last = append(ledger, 3)
        assert cut.is_set()
    assert last.seq == 4
    postgres.execute(f"DROP FUNCTION {schema}.slow CASCADE")
    with Ledger.open(url, create=False) as ledger:
        found = ledger.verify()
        assert found.ok, found.problems
        assert found.rows == 4


def test_a_server_that_restarts_is_not_noticed_between_two_calls(postgres, url):
    with Ledger.open(url) as ledger:
        append(ledger, 1200)
        rows = ledger.rows()
        seen = [next(rows)]
        postgres.stop()
        with pytest.raises(LedgerError, match=r"cannot be reached: no server answers there"):
            append(ledger)
        postgres.start()
        assert len(seen + list(rows)) == 1200
        postgres.stop()
        postgres.start()
        assert append(ledger).seq == 1201
        assert ledger.verify().ok


# -- one run at a time, wherever it runs -------------------------------------------------------------


def test_a_ledger_is_held_by_one_run_on_whatever_machine(postgres, url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Ledger.open(url) as one, Ledger.open(url) as other:
        refused = pytest.raises(LedgerError, match="is in use by another run")
        with measuring_alone(one), refused, measuring_alone(other):
            pass
        with measuring_alone(other), pytest.raises(LedgerError, match="in use"), measuring_alone(other):
            pass
        with measuring_alone(one):
            postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'trimtab'"
            )
            with measuring_alone(other), pytest.raises(LedgerError, match="and with it the hold"):
                append(one)  # the other may be measuring by now
            with pytest.raises(LedgerError, match="and with it the hold"):
                one.head()
        append(one)
        with measuring_alone(one):
            pass
    assert list(tmp_path.iterdir()) == []


# -- who may do what -----------------------------------------------------------------------------------


def roles(postgres, schema):
    """As `docs/how-to/team-ledger.md` says."""
    postgres.execute(
        f"CREATE ROLE {schema}_writer LOGIN", f"CREATE ROLE {schema}_reader LOGIN",
        f"GRANT USAGE ON SCHEMA {schema} TO {schema}_writer, {schema}_reader",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {schema}_writer, {schema}_reader",
        f"GRANT INSERT ON {schema}.context, {schema}.evidence, {schema}.checkpoint TO {schema}_writer",
        f"GRANT INSERT, UPDATE ON {schema}.latest, {schema}.rollup TO {schema}_writer",
    )  # fmt: skip


def test_a_writer_appends_a_reader_reads_and_neither_changes_anything(postgres, url, schema):
    with Ledger.open(url) as ledger:
        append(ledger)
    roles(postgres, schema)
    with Ledger.open(postgres.url(schema, user=f"{schema}_writer"), create=False) as ledger:
        append(ledger, 3)
        ledger.checkpoint()
        with measuring_alone(ledger):
            append(ledger)
        assert ledger.verify().ok
    reader = postgres.url(schema, user=f"{schema}_reader")
    with Ledger.open(reader) as ledger:
        assert ledger.verify().rows == 5
        with pytest.raises(LedgerError, match=r"read-only, or closed, for this role.*grant"):
            append(ledger)
        assert ledger.verify().ok
    with pytest.raises(LedgerError, match="for this role"):
        Ledger.open(postgres.url(f"{schema}_new", user=f"{schema}_reader"))
    postgres.execute(f"ALTER ROLE {schema}_reader SET default_transaction_read_only = on")
    with Ledger.open(reader) as ledger, pytest.raises(LedgerError, match="is read-only"):
        append(ledger)


@pytest.mark.parametrize("table", ["format", "context", "evidence", "checkpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_owner_changes_what_is_there(postgres, schema, table, statement):
    import psycopg

    small_ledger(postgres.url(schema))
    column = {"format": "version", "context": "id", "evidence": "seq", "checkpoint": "size"}[table]
    for before in ("SELECT 1", "SET session_replication_role = replica"):  # which would pass by other triggers
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            postgres.execute(before, statement.format(f"{schema}.{table}", column, column))


def test_rows_that_do_not_follow_are_refused_by_the_database_too(postgres, url, schema):
    import psycopg

    with Ledger.open(url) as ledger:
        append(ledger, 3)
    columns = "time, context, payload, prev, hash"
    for seq in (0, 3, 5, 9):
        with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.UniqueViolation)):
            postgres.execute(
                f"INSERT INTO {schema}.evidence SELECT {seq}, {columns} FROM {schema}.evidence WHERE seq = 3"
            )
    batch = f"INSERT INTO {schema}.evidence SELECT seq + 3, {columns} FROM {schema}.evidence"
    with pytest.raises(psycopg.errors.RestrictViolation):
        postgres.execute(batch)


# -- limits of the server ------------------------------------------------------------------------------


def test_a_statement_that_takes_too_long_is_said_to(postgres, url, schema):
    import psycopg

    with Ledger.open(url) as ledger:
        append(ledger)
    roles(postgres, schema)
    postgres.execute(f"ALTER ROLE {schema}_writer SET statement_timeout = '1s'")
    with Ledger.open(postgres.url(schema, user=f"{schema}_writer")) as ledger, psycopg.connect(postgres.url()) as rival:
        rival.execute("SELECT pg_advisory_xact_lock(%s)", (ledger._store._line.key("append"),))  # type: ignore[attr-defined]
        with pytest.raises(LedgerError, match=r"took longer than the server allows.*statement_timeout"):
            append(ledger, 2)
        rival.rollback()
        assert append(ledger, 2).seq == 3
    with Ledger(plugins.make("stores", "postgresql", location=url, timeout=0.05)) as ledger:
        with psycopg.connect(postgres.url()) as rival:
            rival.execute("SELECT pg_advisory_xact_lock(%s)", (ledger._store._line.key("append"),))  # type: ignore[attr-defined]
            with pytest.raises(LedgerError, match=r"locked.*Wait until the other"):
                append(ledger)
        assert append(ledger).seq == 4


@pytest.mark.parametrize(("given", "used"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_what_is_appended_is_on_disk_whatever_the_server_is_set_to(url, monkeypatch, given, used):
    with Ledger.open(f"{url}&options=-csynchronous_commit%3D{given}") as ledger:
        store: Any = ledger._store
        seen, refuse = [], store._refuse_fork

        def look(connection, first):
            seen.append(connection.execute("SHOW synchronous_commit").fetchone()[0])
            refuse(connection, first)

        monkeypatch.setattr(store, "_refuse_fork", look)
        append(ledger)
    assert seen == [used]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")
def test_a_disk_that_fills_up_ends_in_one_message_and_keeps_what_there_was(postgres, schema):
    disk = postgres.folder / "disk"
    disk.mkdir()
    owner = f"uid={postgres.as_['user']}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size=2m,{owner}", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        postgres.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        with Ledger.open(postgres.url(schema) + "&options=-cdefault_tablespace%3Dsmall") as ledger:

            def fill():
                for _ in range(200):
                    append(ledger, 50)

            with pytest.raises(LedgerError, match=r"disk of the server is full.*every row appended before is intact"):
                fill()
            head = ledger.head()
            assert head is not None
            rows = head.seq
            assert rows % 50 == 0
            assert rows
            assert ledger.verify().rows == rows
            subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
            assert append(ledger).seq == rows + 1
            assert ledger.verify().ok
        postgres.execute(f"DROP SCHEMA {schema} CASCADE", "DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_memory_stays_bounded_while_reading(url):
    with Ledger.open(url) as ledger:
        for _ in range(3):
            append(ledger, 4000)
    code = f"""
import resource
from trimtab.evidence import Ledger
with Ledger.open({url!r}) as ledger:
    next(ledger.rows())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in ledger.rows()) == 12000
    assert sum(1 for _ in ledger.records(run="r", kind="observation")) == 12000
    assert ledger.verify().ok
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) < 12_000  # kilobytes; the rows themselves are several times that


# -- what is no ledger, and what was one -----------------------------------------------------------------


def other_program(postgres, schema):
    postgres.execute(f"CREATE SCHEMA {schema}", f"CREATE TABLE {schema}.orders (id int)")


def changed(*statements):
    def change(postgres, schema):
        with Ledger.open(postgres.url(schema)) as ledger:
            append(ledger, 3)
        postgres.execute(*(statement.format(s=schema) for statement in statements))

    return change


WRONG = {
    "nothing": (lambda postgres, schema: None, "does not exist"),
    "an empty schema": (lambda postgres, schema: postgres.execute(f"CREATE SCHEMA {schema}"), "does not exist"),
    "somebody else's": (other_program, "schema of another program"),
    "a newer format": (
        changed("ALTER TABLE {s}.format DISABLE TRIGGER ALL", "UPDATE {s}.format SET version = 2"),
        "has the newer format 2. Upgrade trimtab",
    ),
    "a format that never was": (
        changed("ALTER TABLE {s}.format DISABLE TRIGGER ALL", "DELETE FROM {s}.format"),
        "never was",
    ),
    "without a table": (changed("DROP TABLE {s}.latest"), "its table latest is gone"),
    "without a column": (changed("ALTER TABLE {s}.evidence DROP COLUMN payload"), "not those that trimtab made"),
    "without a trigger": (changed("DROP TRIGGER evidence_in_order ON {s}.evidence"), "not those that trimtab made"),
    "a trigger that sleeps": (
        changed("ALTER TABLE {s}.evidence DISABLE TRIGGER evidence_append_only"),
        "not those that trimtab made",
    ),
    "another function": (
        changed("CREATE OR REPLACE FUNCTION {s}.append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"),
        "not those that trimtab made",
    ),
    "a rule": (
        changed("CREATE RULE none AS ON INSERT TO {s}.checkpoint DO INSTEAD NOTHING"),
        "not those that trimtab made",
    ),
    "rows that some do not see": (
        changed("ALTER TABLE {s}.evidence ENABLE ROW LEVEL SECURITY"),
        "not those that trimtab made",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_ledger_is_refused_in_words(postgres, schema, what):
    make, words = WRONG[what]
    make(postgres, schema)
    with pytest.raises(LedgerError) as caught, Ledger.open(postgres.url(schema), create=False) as ledger:
        ledger.verify().raise_if_bad()
    assert words in str(caught.value)


def test_an_empty_schema_that_was_given_is_used(postgres, schema):
    """As a database's administrator hands one out, to a role that may make none."""
    postgres.execute(f"CREATE ROLE {schema} LOGIN", f"CREATE SCHEMA {schema} AUTHORIZATION {schema}")
    with Ledger.open(postgres.url(schema, user=schema)) as ledger:
        append(ledger)


def test_a_database_that_cannot_hold_every_text_is_refused(postgres):
    postgres.execute("CREATE DATABASE old ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(LedgerError, match="encoding SQL_ASCII"):
        Ledger.open(postgres.url(database="old"))


def test_every_change_of_a_value_is_found(postgres, url, schema):
    """One field of one row after the other, with the triggers out of the way as only an owner can have them."""
    small_ledger(url)
    changes = {
        "bigint": "{} + 1000003", "integer": "{} + 1000003", "text": "{} || ' '", "double precision": "{} + 1",
        "bytea": "set_byte({0}, 31, get_byte({0}, 31) # 1)",
    }  # fmt: skip
    columns = postgres.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        f" WHERE table_schema = '{schema}' AND table_name <> 'format' ORDER BY 1, ordinal_position"
    )
    postgres.execute(
        *(f"ALTER TABLE {schema}.{table} DISABLE TRIGGER ALL" for table in ("context", "evidence", "checkpoint"))
    )
    tried = 0
    with ExitStack() as stack:
        import psycopg

        connection = stack.enter_context(psycopg.connect(postgres.url(), autocommit=True))
        for (table, column, kind), row in itertools.product(columns, range(2)):
            connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {schema}.{table}")
            place = f"(SELECT ctid FROM {schema}.{table} ORDER BY 1 OFFSET {row} LIMIT 1)"
            new = changes[kind].format(column)
            done = connection.execute(f"UPDATE {schema}.{table} SET {column} = {new} WHERE ctid = {place}")
            if done.rowcount:
                with Ledger.open(url, create=False) as ledger:
                    found = [one for one in ledger.verify().problems if "indexes or triggers" not in one.what]
                assert found, (table, column, row)
                tried += 1
            connection.execute(f"DELETE FROM {schema}.{table}")
            connection.execute(f"INSERT INTO {schema}.{table} SELECT * FROM kept")
            connection.execute("DROP TABLE kept")
    with Ledger.open(url, create=False) as ledger:
        assert [one.part for one in ledger.verify().problems] == ["file"]  # the triggers; all else is as it was
    assert tried > 60


# -- where it is, and what is told of it -------------------------------------------------------------------

SECRET = "hunter2"


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://me:{}@/nowhere?host={folder}",
        "postgresql://me@/nowhere?host={folder}&password={}",
        "postgresql://me@/nowhere?host={folder}&sslpassword={}",
        "postgresql://me:a@{}@localhost/x",
        "postgresql://me:a/{}@localhost/x",
        "postgresql://me:{}/a@localhost/x",
        "postgresql://me:%zz{}@localhost/x",
        "postgresql://me:{}@localhost/x?nothing=1",
        "postgresql://me:{}@localhost:1/x",
        "postgresql://me:{}@no-such-host.invalid/x",
        "postgresql://me:{}@localhost/x?schema=Capital",
        "postgresql://me:a?schema={}@localhost/x",
        "postgres://me:{}@[::1]:port/x",
    ],
)
def test_no_part_of_a_password_is_ever_told(postgres, tmp_path, place):
    place = place.format(SECRET, folder=postgres.folder)
    with pytest.raises(LedgerError) as caught:
        Ledger.open(place)
    told = [str(caught.value), repr(caught.value), "".join(traceback.format_exception(caught.value)), caught.value.path]
    done = command.trimtab("ledger", "verify", "--ledger", place, cwd=tmp_path)
    assert done.returncode == 4
    assert [text for text in [*told, done.stdout, done.stderr] if SECRET in text] == []
    assert "TT401" in done.stderr


def test_the_place_is_told_without_a_password_and_can_be_typed_again(postgres, schema, tmp_path):
    given = postgres.url(schema).replace("postgres@", f"postgres:{SECRET}@") + f"&sslpassword={SECRET}"
    with Ledger.open(given) as ledger:
        append(ledger)
        told = ledger.location
    assert told == f"postgresql://postgres@/postgres?host={postgres.folder}&schema={schema}"
    with Ledger.open(told, create=False) as ledger:
        assert ledger.verify().location == told
    done = command.trimtab("ledger", "verify", "--json", "--ledger", given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("way", ["environment", "service"])
def test_the_place_may_come_from_the_environment_or_a_service_file(postgres, tmp_path, way):
    host = {"PGHOST": str(postgres.folder), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    services = tmp_path / "services"
    services.write_text(f"[team]\nhost={postgres.folder}\nuser=postgres\ndbname=postgres\n")
    more = host if way == "environment" else {"PGSERVICEFILE": str(services)}
    url = "postgresql:///" + ("?service=team&" if way == "service" else "?") + f"schema={way}"
    environment = command.usual(TRIMTAB_LEDGER=url, **more)
    for words in (["ledger", "copy", str(small_ledger(tmp_path / "a.db")), url], ["ledger", "verify"]):
        done = command.trimtab(*words, cwd=tmp_path, environment=environment)
        assert done.returncode == 0, done.stderr
    assert url in " ".join(done.stdout.split())


# -- moving ------------------------------------------------------------------------------------------------


def contents(place):
    with Ledger.open(place, create=False) as ledger:
        assert ledger.verify().ok
        return list(ledger.rows()), ledger.checkpoints(), ledger.rollups(), ledger.latest()


def test_a_ledger_moves_there_and_back_and_stays_the_same(url, tmp_path):
    path = small_ledger(tmp_path / "here.db")
    with Ledger.open(path) as ledger:
        for n in range(3):
            append(ledger, 1100, metric=f"m{n}")
    for source, target in ((path, url), (url, tmp_path / "back.db")):
        done = command.trimtab("ledger", "copy", str(source), str(target), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "3,309 rows copied" in done.stdout
    assert contents(path) == contents(url) == contents(tmp_path / "back.db")
    with Ledger.open(url) as ledger:
        append(ledger)  # it goes on
    done = command.trimtab("ledger", "copy", str(path), url, cwd=tmp_path)
    assert done.returncode == 4
    assert "are not those that" in done.stderr


KILLED = """
import os, signal, sys, threading
from trimtab.builtin.stores.postgres.store import PostgresStore

plain, batches = PostgresStore.append, []

def append(self, *rows, **how):
    batches.append(rows)
    if len(batches) == 3:  # somewhere in the third, or soon after
        threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGKILL)).start()
    return plain(self, *rows, **how)

PostgresStore.append = append
from trimtab.cli import main
main()
"""


def test_a_copy_that_is_killed_goes_on_where_it_was(url, tmp_path, start):
    path = tmp_path / "here.db"
    with Ledger.open(path) as ledger:
        for n in range(6):
            append(ledger, 2000, metric=f"m{n}")
    words = [sys.executable, "-c", KILLED, "ledger", "copy", str(path), url]
    process = start(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert process.wait(120) == -signal.SIGKILL
    with Ledger.open(url, create=False) as ledger:
        head = ledger.head()
        assert head is not None
        assert 0 < head.seq < 12_000
    done = command.trimtab("ledger", "copy", "--json", str(path), url, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert contents(path) == contents(url)


def test_a_dump_that_is_restored_verifies(postgres, url, schema, tmp_path):
    small_ledger(url)
    before = contents(url)
    script = postgres.dump(schema)
    postgres.execute(f"DROP SCHEMA {schema} CASCADE")
    postgres.restore(script)
    assert contents(url) == before


# -- the whole of it -----------------------------------------------------------------------------------------


def test_a_run_measures_decides_and_reports_with_a_ledger_of_a_team(postgres, url, tmp_path):
    with command.endpoint() as address:
        made = command.trimtab("init", "--kind", "openai", "--url", address, "--model", "m", "--yes", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        environment = command.usual(TRIMTAB_LEDGER=url.replace("postgres@", f"postgres:{SECRET}@"))
        planned = command.trimtab("plan", "trimtab.yaml", cwd=tmp_path, environment=environment)
        assert planned.returncode == 0, planned.stderr  # there is no ledger yet
        done = command.trimtab("run", "--out", "report", cwd=tmp_path, environment=environment)
        assert done.returncode in (0, 1, 3), done.stderr
    shown = command.trimtab("report", "--json", cwd=tmp_path, environment=environment)
    assert f'"postgresql:///postgres?schema={url.rpartition("=")[2]}"' in shown.stdout
    pages = [path.read_text("utf-8", errors="replace") for path in (tmp_path / "report").rglob("*") if path.is_file()]
    assert pages
    for text in [*pages, done.stdout, done.stderr, shown.stdout, shown.stderr]:
        assert SECRET not in text
        assert str(postgres.folder) not in text
    assert sorted(path.name for path in (tmp_path / ".trimtab").iterdir()) == ["replies.db"]


def test_a_guard_goes_on_while_the_server_restarts_and_loses_no_ruling(postgres, url, tmp_path):
    asked = 0
    options = ["--workers", "2", "--ledger", url, "--every", "0.2"]
    with proxies.upstream() as upstream, proxies.proxy(tmp_path, f"{upstream.url}/v1", *options) as running:

        def ask():
            nonlocal asked
            status, *_ = proxies.post(f"{running.url}/chat/completions", proxies.saying("write to ana@example.org"))
            assert status == 200
            asked += 1

        ask()
        postgres.stop("immediate")
        ask()
        time.sleep(0.5)  # it is tried in vain
        ask()
        postgres.start()
        ask()
        assert running.interrupt() == 0
        assert "Traceback" not in running.complaints()
    with Ledger.open(url, create=False) as ledger:
        ledger.verify().raise_if_bad()
        ruled = [record for _, record in ledger.records(kind="rulings") if isinstance(record, Rulings)]
    counts = [one["count"] for record in ruled for one in record.rulings if one["side"] == "input"]
    assert (sum(counts), asked) == (4, 4)
