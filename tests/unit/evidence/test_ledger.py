"""Appending, reading, summing: what the ledger is asked for is what was put in."""

import hashlib
import sqlite3
import threading
from itertools import count

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evidence.ledgers import BY, DAY, START, SUBJECT, finished, observation, small_ledger, started, ticking

from trimtab.errors import LedgerAlteredError, LedgerError, PluginError
from trimtab.evidence import (
    Alarm,
    BudgetChanged,
    Decided,
    HoldLifted,
    Ledger,
    Monitored,
    Notified,
    Observation,
    Subject,
)
from trimtab.evidence.merkle import root, verify_consistency, verify_inclusion
from trimtab.evidence.row import GENESIS
from trimtab.kinds import Missing, Rollup, Score

SCHEMAS = count()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.integration)])
def place(request, tmp_path):
    """Where there is no ledger yet, of each kind of store that is ours."""
    if request.param == "sqlite":
        return tmp_path / "ledger.db"
    return request.getfixturevalue("postgres").url(f"evidence_{next(SCHEMAS)}")


@pytest.fixture
def ledger(place):
    with Ledger.open(place, clock=ticking()) as opened:
        yield opened


def test_a_row_is_hashed_as_documented(ledger):
    row = ledger.append([observation(value=0.5)], subject=SUBJECT, seed=7, **BY)
    payload = {"case": "case-0", "cluster": "t", "order": 0, "suite": "questions", "value": 0.5}
    fields = [1, START, "observation", "run-1", "assistant", "current", SUBJECT.artefact, "accuracy", BY["maker"]]
    leaf = orjson.dumps([*fields, BY["policy"], 7, payload])
    assert row.payload == orjson.dumps(payload).decode()
    assert row.prev == GENESIS == bytes(32)
    assert row.hash == hashlib.sha256(b"\x00" + bytes(32) + leaf).digest()
    following = ledger.append([observation(1)], subject=SUBJECT, **BY)
    assert following.prev == row.hash


def test_records_come_back_as_they_went_in(ledger):
    records = [
        started(),
        observation(0, value=0.25, per=3.0, group="tp", at=1.5),
        observation(1, value=Missing("http-500", "after 4 tries", "b")),
        finished(),
        Decided(decision={"verdict": "pass", "floors": [0.1, {"a": None}]}),
    ]
    ledger.append(records, subject=SUBJECT, **BY)
    assert [record for _, record in ledger.records()] == records
    assert [record for _, record in ledger.records(run="run-1", kind="observation")] == records[1:3]
    assert list(ledger.records(run="another")) == []


def test_what_a_monitor_records_comes_back_as_it_went_in(ledger):
    alarm = Alarm(
        metric="leak",
        by="burn-6",
        level="page",
        state="raised",
        why="too fast",
        row=3,
        figures={"spent": 0.5, "bad": 3},
    )
    records = [
        alarm,
        BudgetChanged(metric="leak", budget={"state": "frozen", "burns": [{"rate": 6.0}]}, row=3),
        Notified(alarm=1, to="on-call", tries=2),
        Monitored(row=3, metrics={"leak": {"minutes": [1, 2], "logs": [-3.25]}}),
        HoldLifted(candidate="q4", as_="safety-fix", why="it tells less", metrics=["leak"]),
    ]
    ledger.append(records, subject=SUBJECT, **BY)
    assert [record for _, record in ledger.records()] == records
    assert [row.metric for row in ledger.rows()] == ["leak", "leak", "", "", ""]
    assert [row.kind for row, _ in ledger.records(after=3)] == ["monitored", "hold-lifted"]
    ledger.verify().raise_if_bad()


def test_the_last_row_before_a_moment(place):
    with Ledger.open(place, clock=ticking(10)) as ledger:
        assert ledger.before(START) == 0
        for number in range(7):
            ledger.append([observation(number)], subject=SUBJECT, **BY)
        for moment in range(-5, 75):
            expected = sum(row.time < START + moment for row in ledger.rows())
            assert ledger.before(START + moment) == expected


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(
            Observation,
            metric=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            suite=st.text(st.characters(exclude_categories=["Cs"])),
            case=st.text(st.characters(exclude_categories=["Cs"])),
            cluster=st.just("c"),
            order=st.integers(0, 2**53 - 1),
            outcome=st.builds(Score, value=st.floats(-1e140, 1e140), at=st.floats(0, 1e12))
            | st.builds(Missing, st.text("abc\n\0é\U0001f600", min_size=1)),
        ),
        min_size=1,
    )
)
def test_any_observations_survive_and_verify(tmp_path_factory, records):
    with Ledger.open(tmp_path_factory.mktemp("any") / "ledger.db") as ledger:
        ledger.append(records, subject=SUBJECT, **BY)
        assert [record for _, record in ledger.records()] == records
        ledger.verify().raise_if_bad()


def test_rollups_are_sums_by_day_in_the_order_of_the_rows(place):
    values = [0.1, 0.2, 0.3, 1e15, -1e15, 0.7, 0.9]
    with Ledger.open(place, clock=ticking(DAY // 2)) as ledger:
        for value in values:
            ledger.append([observation(value=value), observation(value=Missing("timeout"))], subject=SUBJECT, **BY)
        expected: dict[int, list[float]] = {}
        for tick, value in enumerate(values):
            sums = expected.setdefault((START + tick * (DAY // 2)) // DAY, [0, 0.0, 0.0])
            sums[0] += 1
            sums[1] += value
            sums[2] += value * value
        found = ledger.rollups(metric="accuracy")
        assert found == [
            Rollup("assistant", "current", "accuracy", day, int(n), total, squares, int(n))
            for day, (n, total, squares) in sorted(expected.items())
        ]
        ledger.verify().raise_if_bad()


def test_latest_names_the_last_row_of_each(ledger):
    ledger.append([observation(0), observation(1), observation(2, "leak")], subject=SUBJECT, **BY)
    ledger.append([finished()], subject=Subject(system="assistant"), **BY)
    ledger.append([observation(0)], subject=SUBJECT, **{**BY, "run": "run-2"})
    assert [(row.seq, row.metric, row.kind) for row in ledger.latest()] == [
        (3, "leak", "observation"),
        (4, "", "run-finished"),
        (5, "accuracy", "observation"),
    ]
    assert [row.seq for row in ledger.latest(system="assistant", candidate="current", metric="leak")] == [3]


def test_runs_are_summed_up_newest_first(place):
    with Ledger.open(small_ledger(place)) as ledger:
        newest, oldest = ledger.runs()
    assert (newest.run, newest.outcome, newest.verdict, newest.finished) == ("run-2", "", "", 0)
    assert (oldest.run, oldest.outcome, oldest.verdict) == ("run-1", "complete", "inconclusive")
    assert oldest.system == "assistant"
    assert oldest.policy == BY["policy"]
    assert START <= oldest.started < oldest.finished


def test_a_checkpoint_stands_at_every_thousand_and_at_every_decision(ledger):
    for size in (999, 2, 2500, 1):
        ledger.append([observation(n) for n in range(size)], subject=SUBJECT, **BY)
    ledger.append([Decided(decision={})], subject=SUBJECT, durable=True, **BY)
    points = ledger.checkpoints()
    assert [point.size for point in points] == [1000, 2000, 3000, 3503]
    hashes = [row.hash for row in ledger.rows()]
    for point in points:
        assert point.root == root(hashes[: point.size])
        assert point.time == next(ledger.rows(after=point.size - 1)).time
    assert ledger.checkpoint() == points[-1]  # nothing new, so none is added
    assert ledger.checkpoints() == points


def test_a_checkpoint_is_due_after_five_minutes(place):
    with Ledger.open(place, clock=ticking(100 * 1_000_000)) as ledger:
        for number in range(8):
            ledger.append([observation(number)], subject=SUBJECT, **BY)
        assert [point.size for point in ledger.checkpoints()] == [4, 7]


def test_checkpoints_go_on_after_reopening(place):
    for size in (1500, 1, 700, 1300):
        with Ledger.open(place) as ledger:
            ledger.append([observation(n) for n in range(size)], subject=SUBJECT, **BY)
    with Ledger.open(place) as ledger:
        assert [point.size for point in ledger.checkpoints()] == [1000, 2000, 3000]
        ledger.verify().raise_if_bad()


def test_a_checkpoint_that_could_not_be_made_is_made_up_for(place, monkeypatch):
    with Ledger.open(place) as ledger:

        def full(checkpoint):
            raise LedgerError(str(place), "full")

        monkeypatch.setattr(ledger._store, "add_checkpoint", full)
        last = ledger.append([observation(n) for n in range(1200)], subject=SUBJECT, **BY)
        assert last.seq == 1200  # the rows are in: saying otherwise would have them appended twice
        monkeypatch.undo()
        ledger.append([observation(n) for n in range(900)], subject=SUBJECT, **BY)
        assert 2000 in [point.size for point in ledger.checkpoints()]
        ledger.verify().raise_if_bad()


@pytest.mark.parametrize("kept", [True, False])
def test_an_append_whose_answer_was_lost_is_looked_for_before_it_is_tried_again(place, monkeypatch, kept):
    with Ledger.open(place) as ledger:
        append = ledger._store.append

        def lost(*rows, **more):
            monkeypatch.undo()
            if kept:
                append(*rows, **more)
            raise LedgerError("x", "the connection was lost")

        monkeypatch.setattr(ledger._store, "append", lost)
        if kept:
            assert ledger.append([observation(n) for n in range(3)], subject=SUBJECT, **BY).seq == 3
        else:
            with pytest.raises(LedgerError, match="lost"):
                ledger.append([observation()], subject=SUBJECT, **BY)
        assert ledger.verify().rows == (3 if kept else 0)
        ledger.append([observation()], subject=SUBJECT, **BY)
        ledger.verify().raise_if_bad()


def test_two_ledgers_on_one_file_take_turns_without_a_fork(place):
    with Ledger.open(place) as one, Ledger.open(place) as other:
        for number in range(1100):
            writer = one if number % 3 else other
            writer.append([observation(number)], subject=SUBJECT, **BY)
        assert [record.order for _, record in one.records() if isinstance(record, Observation)] == list(range(1100))
        assert [point.size for point in one.checkpoints()] == [1000]
        other.verify().raise_if_bad()


def test_threads_share_a_ledger(ledger):
    def write(name):
        for number in range(20):
            ledger.append([observation(number, name), observation(number, name)], subject=SUBJECT, **BY)

    threads = [threading.Thread(target=write, args=(f"metric-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = list(ledger.rows())
    assert len(rows) == 160
    assert all(one.metric == other.metric for one, other in zip(rows[::2], rows[1::2], strict=True))
    ledger.verify().raise_if_bad()


def test_proofs_convince_somebody_without_the_ledger(place):
    with Ledger.open(small_ledger(place)) as ledger:
        early, late = ledger.checkpoints()[-2:]
        row = next(ledger.rows(after=3))
        proof = ledger.prove_inclusion(row.seq, late.size)
        assert verify_inclusion(row.hash, row.seq - 1, late.size, proof, late.root)
        proof = ledger.prove_consistency(early.size, late.size)
        assert verify_consistency(early.size, late.size, early.root, late.root, proof)
        with pytest.raises(ValueError):
            ledger.prove_inclusion(late.size + 1, late.size + 1)


@pytest.mark.parametrize(
    ("record", "more"),
    [
        (observation(value=float("nan")), {}),
        (observation(value=float("inf")), {}),
        (observation(value=1e141), {}),
        (observation(value=-1e300), {}),
        (observation(metric="\ud800"), {}),
        (observation(metric="a\0b"), {}),
        (observation(), {"seed": 2**53}),
        (observation(), {"run": "\0"}),
        (observation(), {"policy": "\udc80"}),
        (Decided(decision={"a": 2**60}), {}),
        (Decided(decision={"a": {1: 2}}), {}),
    ],
)
def test_what_could_not_be_read_back_is_refused_whole(ledger, record, more):
    with pytest.raises(ValueError):
        ledger.append([observation(), record], subject=SUBJECT, **{**BY, **more})
    assert ledger.head() is None
    with pytest.raises(ValueError, match="nothing"):
        ledger.append([], subject=SUBJECT, **BY)


def test_an_altered_row_is_noticed_by_whoever_reads_records(tmp_path):
    path = small_ledger(tmp_path / "ledger.db")
    database = sqlite3.connect(path)
    database.execute("DROP TRIGGER evidence_no_update")
    database.execute("UPDATE evidence SET payload = replace(payload, '0.25', '0.75') WHERE seq = 2")
    database.commit()
    database.close()
    with Ledger.open(path) as ledger, pytest.raises(LedgerAlteredError) as caught:
        list(ledger.records(run="run-1"))
    assert caught.value.seq == 2
    assert "0.75" not in str(caught.value)


@pytest.mark.parametrize("table", ["evidence", "checkpoint", "context"])
def test_evidence_is_neither_changed_nor_removed_nor_replaced(tmp_path, table):
    path = small_ledger(tmp_path / "ledger.db")
    database = sqlite3.connect(path, isolation_level=None)
    before = database.execute(f"SELECT * FROM {table}").fetchall()
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    statements = [f"UPDATE {table} SET {column} = {column}" for column in columns]
    statements += [
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} ORDER BY 1 LIMIT 1",
        f"REPLACE INTO {table} SELECT * FROM {table} ORDER BY 1 DESC LIMIT 1",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {columns[1]} = 0",
    ]
    for statement in statements:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    # Another number, the same contents: the unique index would have the old one replaced.
    if table == "context":
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(
                "REPLACE INTO context SELECT (SELECT max(id) + 1 FROM context), kind, run, system, candidate, artefact, metric, maker, policy, seed FROM context LIMIT 1"
            )
    assert database.execute(f"SELECT * FROM {table}").fetchall() == before
    database.close()


@pytest.mark.parametrize("seq", [0, -5, 9, 99, None])
def test_rows_can_only_be_put_at_the_end(tmp_path, seq):
    path = small_ledger(tmp_path / "ledger.db")
    database = sqlite3.connect(path)
    last = database.execute("SELECT max(seq) FROM evidence").fetchone()[0]
    assert seq != last + 1
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute("INSERT INTO evidence VALUES (?, 0, 1, '{}', x'00', x'00')", (seq,))
    database.close()


def test_places_and_schemes(tmp_path):
    path = tmp_path / "deep" / "er" / "ledger.db"
    with Ledger.open(f"sqlite://{path}") as ledger:
        ledger.append([observation()], subject=SUBJECT, **BY)
        assert ledger.location == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with Ledger.open(str(path), create=False) as ledger:
        assert ledger.head() is not None
    with pytest.raises(LedgerError, match="does not exist"):
        Ledger.open(tmp_path / "none.db", create=False)
    with pytest.raises(PluginError, match="nosuch"):
        Ledger.open("nosuch://somewhere")
    assert not (tmp_path / "none.db").exists()


def test_the_log_beside_the_ledger_is_private_too(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([observation()], subject=SUBJECT, **BY)
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert set(modes) == {"ledger.db", "ledger.db-wal", "ledger.db-shm"}
    assert set(modes.values()) == {0o600}
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]


def test_odd_names_of_files_are_taken_as_they_are(tmp_path):
    for name in ("a b.db", "100%.db", "q?mode=memory.db", "h#ash.db", "é.db"):
        with Ledger.open(tmp_path / name) as ledger:
            ledger.append([observation()], subject=SUBJECT, **BY)
        assert (tmp_path / name).stat().st_size > 0
