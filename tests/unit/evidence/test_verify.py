"""Whatever is changed in a ledger, verifying finds it and says where."""

import functools
import hashlib
import itertools
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from typing import Any

import pytest
from tests.often import some, thorough
from tests.unit.evidence.ledgers import BY, DAY, SUBJECT, observation, small_ledger, ticking

from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence import RECORDS, Head, Ledger, Observation, alone, sharing, verify
from trimtab.evidence.row import GENESIS, KINDS, OBSERVATION, row_hash
from trimtab.evidence.usual import usual_scores
from trimtab.kinds import Missing, Row, plugins

ROWIDS = {"context", "evidence", "checkpoint"}
TABLES = ("context", "evidence", "latest", "rollup", "checkpoint")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return small_ledger(tmp_path_factory.mktemp("original") / "ledger.db")


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Nothing but observations in their usual form, which are read at once."""
    path = tmp_path_factory.mktemp("usual") / "ledger.db"
    with Ledger.open(path, clock=ticking(DAY)) as ledger:
        ledger.append([observation(n, value=v) for n, v in enumerate((0.25, 1.0))], subject=SUBJECT, seed=7, **BY)
        ledger.append([observation(3, value=Missing("timeout")), observation(4, "leak", 0.0)], subject=SUBJECT, **BY)
        assert usual_scores([row.payload for row in ledger.rows()]) == [0.25, 1.0, None, 0.0]
    return path


def verified(path, **more):
    with Ledger.open(path, create=False) as ledger:
        return ledger.verify(**more)


def unlocked(path):
    """The database without its triggers, as somebody with the file can have it."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = MEMORY")
    database.execute("PRAGMA synchronous = OFF")
    for name, kind in database.execute("SELECT name, type FROM sqlite_schema").fetchall():
        if kind == "trigger":
            database.execute(f"DROP TRIGGER {name}")
    return database


class Logical(plugins.find("stores", "sqlite")):  # type: ignore[misc]  # a plugin is found by name
    """The store without its own checks of the file, so that what is found is found in the contents."""

    def check(self):
        return []


class RowByRow:
    """The same store, but one that gives no columns."""

    def __init__(self, store):
        self.location = store.location
        for name in ("head", "read", "latest", "rollups", "checkpoints", "check"):
            setattr(self, name, getattr(store, name))


def contents_verified(path, seen_as=lambda store: store, **more):
    store = Logical(path)
    try:
        return Ledger(seen_as(store)).verify(**more)
    finally:
        store.close()


def changes(value):
    """Every change of a single byte that the type allows, as SQL literals."""
    if isinstance(value, str):
        raw = value.encode()
        for at in range(len(raw)):
            other = raw[:at] + bytes([raw[at] ^ (0x01, 0x20, 0x80)[at % 3]]) + raw[at + 1 :]
            yield f"CAST(x'{other.hex()}' AS TEXT)"
        yield f"CAST(x'{(raw + b'x').hex()}' AS TEXT)"
    elif isinstance(value, bytes):
        for at in range(len(value)):
            yield f"x'{(value[:at] + bytes([value[at] ^ 1 << at % 8]) + value[at + 1 :]).hex()}'"
        yield f"x'{value[:-1].hex()}'"
    elif isinstance(value, int):
        for bit in range(0, 64, 5):
            (other,) = struct.unpack(">q", struct.pack(">Q", (value & 2**64 - 1) ^ 1 << bit))
            yield str(other)
        yield from (str(value + 1), str(value - 1))
    else:
        for bit in range(63):
            (other,) = struct.unpack(
                ">d", struct.pack(">Q", struct.unpack(">Q", struct.pack(">d", value))[0] ^ 1 << bit)
            )
            if other - other == 0:
                yield repr(other)


def test_the_original_is_intact(original):
    found = verified(original)
    assert found.ok
    assert found.rows == 9
    assert found.checkpoints > 3
    assert found.problems == ()
    found.raise_if_bad()


@pytest.mark.slow
@pytest.mark.parametrize(("table", "what"), [*((table, "original") for table in TABLES), ("evidence", "usual")])
def test_every_change_of_a_byte_is_found(request, tmp_path, table, what):
    path = tmp_path / "ledger.db"
    shutil.copy(request.getfixturevalue(what), path)
    database = unlocked(path)
    columns = [(row[1], row[5]) for row in database.execute(f"PRAGMA table_info({table})")]
    keys = [name for name, key in columns if key]
    assert contents_verified(path).ok
    tried = missed = 0
    for row in database.execute(f"SELECT * FROM {table}").fetchall():
        values = dict(zip([name for name, _ in columns], row, strict=True))
        where = " AND ".join(f"{key} IS {_literal(values[key])}" for key in keys)
        for name, value in values.items():
            for other in some(changes(value), every=3):
                database.execute("BEGIN")
                try:
                    database.execute(f"UPDATE {table} SET {name} = {other} WHERE {where}")
                except sqlite3.IntegrityError:  # a number that another row has
                    database.execute("ROLLBACK")
                    continue
                database.execute("COMMIT")
                tried += 1
                missed += _intact(path)
                back = where.replace(f"{name} IS {_literal(value)}", f"{name} IS {other}")
                database.execute(f"UPDATE {table} SET {name} = {_literal(value)} WHERE {back}")
    database.close()
    assert tried > (100 if thorough() else 30)
    assert missed == 0
    assert contents_verified(path).ok


def _literal(value):
    if isinstance(value, str):
        return f"CAST(x'{value.encode().hex()}' AS TEXT)"
    return f"x'{value.hex()}'" if isinstance(value, bytes) else repr(value)


def _intact(path):
    try:
        return contents_verified(path).ok
    except LedgerError:
        return False


# A checkpoint may be missing: what it said is said by the rows, or by one kept elsewhere.
@pytest.mark.parametrize("table", sorted({*TABLES} - {"checkpoint"}))
def test_every_row_that_is_taken_out_is_missed(original, tmp_path, table):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    database = unlocked(path)
    database.execute("CREATE TEMP TABLE kept AS SELECT * FROM " + table)
    for number in range(database.execute("SELECT count(*) FROM kept").fetchone()[0]):
        database.execute(f"DELETE FROM {table}")
        database.execute(f"INSERT INTO {table} SELECT * FROM kept WHERE rowid <> {number + 1}")
        assert not _intact(path)
    database.execute(f"DELETE FROM {table}")
    database.execute(f"INSERT INTO {table} SELECT * FROM kept")
    database.close()
    assert contents_verified(path).ok


ALTERATIONS = {
    "UPDATE evidence SET payload = replace(payload, '0.25', '0.26') WHERE seq = 2": (2, "hash"),
    "UPDATE evidence SET hash = zeroblob(32) WHERE seq = 4": (4, "hash"),
    "UPDATE evidence SET prev = zeroblob(32) WHERE seq = 5": (5, "link"),
    "DELETE FROM evidence WHERE seq = 3": (4, "row 3 before it is missing"),
    "DELETE FROM evidence WHERE seq IN (3, 4)": (5, "rows 3 to 4 before it are missing"),
    "DELETE FROM evidence WHERE seq = 1": (2, "row 1 before it is missing"),
    "DELETE FROM evidence WHERE seq = 9": (9, "there are 8: rows were removed at the end"),
    "UPDATE context SET kind = 'opinion' WHERE kind = 'decision'": (8, "hash"),
    "UPDATE latest SET seq = 2 WHERE metric = 'accuracy'": (2, "is not the latest observation"),
    "DELETE FROM latest WHERE metric = 'leak'": (0, "observation of assistant/current/leak is missing"),
    "UPDATE rollup SET missing = 0 WHERE missing = 1": (0, "is not the sum of its rows"),
    "DELETE FROM rollup WHERE metric = 'leak'": (0, "assistant/current/leak on day"),
    "INSERT INTO rollup VALUES ('s', 'c', 'm', 1, 1, 1.0, 1.0, 0)": (0, "s/c/m on day 1 is not the sum"),
    "UPDATE checkpoint SET root = zeroblob(32) WHERE size = 8": (8, "not those that it was made of"),
    "UPDATE checkpoint SET time = 0 WHERE size = 8": (8, "its time or its peaks"),
    "UPDATE checkpoint SET size = 99 WHERE size = 9": (99, "speaks of 99 rows"),
    "UPDATE checkpoint SET size = -1 WHERE size = 9": (0, "speaks of -1 rows"),
}


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_the_first_bad_row_is_named(original, tmp_path, statement):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    database = unlocked(path)
    assert database.execute(statement).rowcount > 0
    database.close()
    seq, words = ALTERATIONS[statement]
    found = contents_verified(path)
    assert not found.ok
    assert any(problem.seq == seq and words in problem.what for problem in found.problems), found.problems
    if found.problems[0].part == "row":
        assert found.problems[0].seq == seq
    with pytest.raises(LedgerAlteredError):
        found.raise_if_bad()
    assert not verified(path).ok  # and the missing triggers are noticed as well


def test_a_change_without_a_trigger_to_stop_it_is_still_named(original, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("DROP TRIGGER evidence_no_update")
    database.close()
    assert [problem.part for problem in verified(path).problems] == ["file"]
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("UPDATE evidence SET payload = '{}' WHERE seq = 5")
    database.close()
    assert str(verified(path).problems[0]) == "row 5: its hash is not that of its contents"


def rehash(path, beginning=GENESIS):
    """Hash the whole chain anew, with latest, roll-ups and checkpoints: the forger's best effort."""
    rows: list[Row] = []
    prev = beginning
    with Ledger.open(path) as ledger:
        for old in ledger.rows():
            row = old._replace(prev=prev)
            rows.append(row._replace(hash=row_hash(row)))
            prev = rows[-1].hash
    database = unlocked(path)
    database.execute("DELETE FROM checkpoint")
    for row in rows:
        database.execute("UPDATE evidence SET prev = ?, hash = ? WHERE seq = ?", (row.prev, row.hash, row.seq))
    database.close()
    return rows


def test_a_forged_chain_is_found_only_by_a_head_kept_elsewhere(original, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    with Ledger.open(path) as ledger:
        kept = ledger.checkpoint()
    head = Head(kept.size, kept.root)
    assert verified(path, expect=[head]).ok
    database = unlocked(path)
    database.execute("UPDATE evidence SET payload = replace(payload, 'inconclusive', 'pass') WHERE seq = 8")
    database.close()
    rehash(path)
    assert contents_verified(path).ok  # as the documentation says: nothing inside the file shows it
    found = contents_verified(path, expect=[head])
    assert [(problem.part, problem.seq) for problem in found.problems] == [("head", kept.size)]


def test_a_tail_that_was_cut_off_cleanly_is_found_by_a_head_kept_elsewhere(tmp_path):
    path, short = tmp_path / "ledger.db", tmp_path / "short.db"
    small_ledger(path)
    shutil.copy(path, short)
    with Ledger.open(path) as ledger:
        ledger.append([observation(9)], subject=SUBJECT, **BY)
        point = ledger.checkpoint()
    found = verified(short, expect=[Head(point.size, point.root)])
    assert "rows were removed at the end" in found.problems[0].what
    assert verified(short).ok


@pytest.mark.slow
def test_flipped_bytes_of_the_file_are_found_or_change_nothing(original, tmp_path):
    """Bytes that SQLite does not use may change; then everything that is read must be the same as before."""
    path = tmp_path / "ledger.db"
    data = original.read_bytes()
    expected = everything(original)
    generator = random.Random(6)
    outcomes = {"found": 0, "refused": 0, "unused": 0}
    # Every byte of the header and of the schema's page matters more than its share.
    places = [*range(120), *generator.sample(range(len(data)), 480)]
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << generator.randrange(8)]) + data[place + 1 :])
        try:
            outcome = "unused" if verified(path).ok else "found"
        except LedgerError:
            outcome = "refused"
        if outcome == "unused":
            assert everything(path) == expected, place
        outcomes[outcome] += 1
        for rest in tmp_path.glob("ledger.db-*"):
            rest.unlink()
    assert all(outcomes.values()), outcomes


@pytest.mark.parametrize("table", TABLES)
def test_values_of_another_type_are_found(original, tmp_path, table):
    """The schema forbids them; a damaged file can hold them all the same."""
    lax, path = tmp_path / "lax.db", tmp_path / "ledger.db"
    shutil.copy(original, lax)
    database = unlocked(lax)
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    database.execute("PRAGMA writable_schema = ON")
    plain = "replace(replace(replace(sql, ') STRICT, ', ') '), ') STRICT', ')'), ' NOT NULL', '')"
    database.execute(f"UPDATE sqlite_schema SET sql = {plain} WHERE type = 'table'")
    database.close()
    assert contents_verified(lax).ok
    for column, value in itertools.product(columns, ("NULL", "x'00'", "'text'", "9999", "0.5")):
        shutil.copy(lax, path)
        database = sqlite3.connect(path, isolation_level=None)
        try:
            database.execute(
                f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})"
                if table in ROWIDS
                else f"UPDATE {table} SET {column} = {value} WHERE metric = 'leak'"
            )
        except sqlite3.IntegrityError:  # a number must be one
            continue
        finally:
            database.close()
        assert not _intact(path), (column, value)


def replaced(path, seq):
    """Put another row in the place of one, well hashed in itself."""
    with Ledger.open(path) as ledger:
        row = next(ledger.rows(after=seq - 1))
    row = row._replace(
        payload=row.payload.replace('"order":', '"order":1'), prev=row.prev if seq > 1 else bytes([1] * 32)
    )
    database = unlocked(path)
    fields = (row.payload, row.prev, row_hash(row), seq)
    database.execute("UPDATE evidence SET payload = ?, prev = ?, hash = ? WHERE seq = ?", fields)
    database.close()


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
@pytest.mark.parametrize("seq", [1, 2, 3, 4, 5])
def test_links_hold_within_and_between_stretches(original, tmp_path, monkeypatch, chunk, seq):
    monkeypatch.setattr(alone, "_CHUNK", chunk)
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    assert contents_verified(path, RowByRow).ok
    with Ledger.open(path) as ledger:
        store: Any = RowByRow(ledger._store)
        assert len(list(alone.Alone(store).stretches(0, 9))) == -(-9 // chunk)
    replaced(path, seq)
    found = contents_verified(path, RowByRow)
    rows = [(problem.seq, "link" in problem.what) for problem in found.problems if problem.part == "row"]
    assert rows == ([(1, True), (2, True)] if seq == 1 else [(seq + 1, True)])
    assert found == contents_verified(path)


def test_a_chain_with_another_beginning_is_found(original, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    rehash(path, beginning=bytes([1] * 32))
    assert [str(problem) for problem in contents_verified(path).problems if problem.part == "row"] == [
        "row 1: its link to the row before does not match: rows were changed or exchanged"
    ]


def everything(path):
    """All that reading gives, each way of reading it."""
    with Ledger.open(path, create=False) as ledger:
        rows = list(ledger.rows())
        by_run = {run: list(ledger.rows(run=run)) for run in sorted({row.run for row in rows})}
        by_kind = {kind: list(ledger.rows(kind=kind)) for kind in sorted({row.kind for row in rows})}
        return (
            rows,
            by_run,
            by_kind,
            ledger.runs(),
            ledger.latest(),
            ledger.rollups(),
            ledger.checkpoints(),
            ledger.head(),
        )


@pytest.mark.slow
def test_several_processes_find_what_one_finds(tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "_WORTH_SHARING", 1000)
    monkeypatch.setattr(sharing, "_SHARE", 700)
    path = tmp_path / "ledger.db"
    with Ledger.open(path, clock=ticking(DAY // 5)) as ledger:
        for number in range(5):
            ledger.append([observation(n, value=n / 7) for n in range(500 + number)], subject=SUBJECT, **BY)
    done = []
    alone, shared = verified(path), verified(path, jobs=2, progress=lambda rows, total: done.append((rows, total)))
    assert alone.ok
    assert alone == shared
    assert done[-1] == (alone.rows, alone.rows)
    database = unlocked(path)
    for seq in (700, 701, 1400, 2002):
        database.execute("UPDATE evidence SET payload = replace(payload, 'case', 'cave') WHERE seq = ?", (seq,))
    database.execute("DELETE FROM evidence WHERE seq = 2101")
    database.close()
    alone, shared = verified(path), verified(path, jobs=2)
    assert {700, 701, 1400, 2002, 2102} <= {problem.seq for problem in alone.problems}
    assert alone.problems == shared.problems
    assert alone == shared


def test_rows_that_are_not_read_are_not_verified(original, tmp_path):
    class Forgetful(Logical):
        def stretches(self, *, after=0, upto=None):
            return super().stretches(after=after, upto=min(upto, 7) if upto - after > 1 else upto)

    store = Forgetful(original)
    found = Ledger(store).verify()
    store.close()
    assert found.rows == 7
    assert "row 9: could not be read, though it is the last" in map(str, found.problems)


def shared(path, monkeypatch, **more):
    """Verified with a helper, however small it is."""
    monkeypatch.setattr(verify, "_WORTH_SHARING", 1)
    return verified(path, jobs=2, **more)


def test_what_a_helper_meets_is_told(original, tmp_path, monkeypatch):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    assert shared(path, monkeypatch) == verified(path)
    store = Logical(path)
    gone = functools.partial(plugins.find("stores", "sqlite"), location=str(tmp_path / "none.db"), create=False)
    with pytest.raises(LedgerError, match="does not exist"):
        Ledger(store, reopen=gone).verify(jobs=2)
    store.close()
    database = unlocked(path)
    database.execute("UPDATE evidence SET payload = CAST(x'ff' AS TEXT) WHERE seq = 5")
    database.close()
    found = shared(path, monkeypatch)
    assert (found.problems[0].seq, found.problems[0].what) == (5, "a text that is not UTF-8")
    assert found == verified(path)


def test_a_helper_that_is_ended_is_no_clean_result(original, tmp_path, monkeypatch):
    path = tmp_path / "ledger.db"
    shutil.copy(original, path)
    start = sharing._Helper.__init__

    def doomed(helper, *more):
        start(helper, *more)
        helper._process.kill()

    monkeypatch.setattr(sharing._Helper, "__init__", doomed)
    with pytest.raises(LedgerError, match="ended from outside"):
        shared(path, monkeypatch)


def test_a_helper_loads_little():
    heavy = {
        "multiprocessing",
        "subprocess",
        "importlib.metadata",
        "trimtab.evidence.ledger",
        "trimtab.evidence.records",
    }
    code = f"import sys, trimtab.evidence.alone; print({heavy!r} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "set()\n"


def test_kinds_are_those_of_the_records():
    assert set(RECORDS) == KINDS
    assert Observation.kind == OBSERVATION


def test_only_the_first_problems_are_listed_and_all_are_counted(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([observation(n) for n in range(500)], subject=SUBJECT, **BY)
    database = unlocked(path)
    database.execute("UPDATE evidence SET payload = 'null'")
    database.close()
    found = contents_verified(path)
    assert found.found >= 500
    assert len(found.problems) == 50
    assert [problem.seq for problem in found.problems] == list(range(1, 51))


def test_rows_well_hashed_and_wrong_in_themselves_are_found(tmp_path):
    """Somebody with the code, and a mistake or a purpose: hashes are right, contents are not."""
    cases = {
        '{"value": 1}': "canonical",
        '{"value":1.0}': "canonical",
        '{"b":1,"a":1}': "canonical",
        "[1]": "canonical",
        '{"value":true}': "neither a score",
        '{"value":"1"}': "neither a score",
        "{}": "neither a score",
    }
    for number, (payload, words) in enumerate(cases.items()):
        path = tmp_path / f"{number}.db"
        with Ledger.open(path) as ledger:
            row = ledger.append([observation()], subject=SUBJECT, **BY)
            bad = row._replace(seq=2, payload=payload, prev=row.hash)
            bad = bad._replace(hash=row_hash(bad))
            ledger._store.append([bad], [bad], [], durable=False)
            found = ledger.verify()
            assert (found.problems[0].part, found.problems[0].seq) == ("row", 2)
            assert words in found.problems[0].what
    path = tmp_path / "kind.db"
    with Ledger.open(path) as ledger:
        row = ledger.append([observation()], subject=SUBJECT, **BY)
        bad = row._replace(seq=2, kind="rumour", prev=row.hash)
        bad = bad._replace(hash=row_hash(bad))
        ledger._store.append([bad], [bad], [], durable=False)
        assert "'rumour' is unknown" in ledger.verify().problems[0].what


def test_a_context_that_cannot_be_hashed_is_found_however_its_row_is_hashed(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        row = ledger.append([observation()], subject=SUBJECT, **BY)
        bad = row._replace(seq=2, maker="no\0body", prev=row.hash)
        without = b"\0%b[2,%d%b]" % (bad.prev, bad.time, bad.payload.encode())
        bad = bad._replace(hash=hashlib.sha256(without).digest())
        ledger._store.append([bad], [bad], [], durable=False)
        assert str(ledger.verify().problems[0]) == "row 2: its hash is not that of its contents"


@pytest.mark.parametrize("value", [1 / 3, 1e-7])  # read at once, and not
def test_rows_of_many_subjects_in_turn_are_told_apart(tmp_path, value):
    path = tmp_path / "ledger.db"
    with Ledger.open(path, clock=ticking(DAY // 7)) as ledger:
        for number in range(20):
            made = [observation(n, ("accuracy", "leak")[n % 2], value * n * number) for n in range(5)]
            by = {**BY, "run": f"run-{number % 3}"}
            ledger.append([*made, observation(9, value=Missing("timeout"))], subject=SUBJECT, **by)
        sums = ledger.rollups()
    assert len(sums) > 4
    assert (usual_scores([row.payload for row in rows_of(path)]) is None) == (value < 1e-6)
    assert verified(path).ok  # sums included, to the last bit
    database = unlocked(path)
    database.execute("UPDATE rollup SET total = total * 1.0000000000000002 WHERE total > 0 AND metric = 'leak'")
    database.execute("UPDATE evidence SET payload = '{}', hash = hash WHERE seq = 44")
    database.close()
    found = contents_verified(path)
    assert found.problems[0].seq == 44
    assert sum(problem.part == "roll-up" for problem in found.problems) >= 2


def test_a_number_that_is_left_out_is_missed_however_well_its_row_is_hashed(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.append([observation(n) for n in range(5)], subject=SUBJECT, **BY)
    last = rows_of(path)[-1]
    database = unlocked(path)
    digest = row_hash(last._replace(seq=6))
    database.execute("UPDATE evidence SET seq = 6, hash = ? WHERE seq = 5", (digest,))
    database.execute("UPDATE latest SET seq = 6")
    database.execute("DELETE FROM checkpoint")
    database.close()
    assert [str(problem) for problem in contents_verified(path).problems] == ["row 6: row 5 before it is missing"]


def test_what_is_wrong_with_several_subjects_is_told_in_the_order_of_the_rows(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        row = ledger.append([observation()], subject=SUBJECT, **BY)
        for metric in ("leak", "accuracy", "leak", "accuracy"):
            row = row._replace(seq=row.seq + 1, metric=metric, payload="{}", prev=row.hash)
            row = row._replace(hash=row_hash(row))
            ledger._store.append([row], [row], [], durable=False)
        rows = [problem.seq for problem in ledger.verify().problems if problem.part == "row"]
    assert rows == [2, 3, 4, 5]


def rows_of(path):
    with Ledger.open(path) as ledger:
        return list(ledger.rows())


def test_verifying_while_somebody_appends(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as writer, Ledger.open(path) as reader:
        for _ in range(3):
            writer.append([observation(n) for n in range(1000)], subject=SUBJECT, **BY)
        more = iter(range(5))

        def meanwhile(done, total):
            if next(more, None) is not None:
                writer.append([observation(n) for n in range(10)], subject=SUBJECT, **BY)

        found = reader.verify(meanwhile)
    assert found.ok, found.problems
    assert found.rows == 3050
