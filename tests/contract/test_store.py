"""What every installed store promises. PostgreSQL's are integration tests, on a server of their own.

Another store that needs a server is tested where TRIMTAB_TEST_<NAME> gives its URL.
"""

import itertools
import os
import threading

import pytest

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger, Observation, Subject
from trimtab.evidence.row import GENESIS, row_hash
from trimtab.kinds import Checkpoint, Rollup, Row, Score, plugins

NAMES = [name for name in plugins.names("stores") if name != "postgres"]  # another name of the next
POSTGRES = "postgresql"
SCHEMAS = itertools.count()


def _location(name, tmp_path, request):
    if name == "sqlite":
        return str(tmp_path / "ledger.db")
    if name == POSTGRES:
        return request.getfixturevalue("postgres").url(f"contract_{next(SCHEMAS)}")
    url = os.environ.get(f"TRIMTAB_TEST_{name.upper()}")
    if not url:
        pytest.skip(f"set TRIMTAB_TEST_{name.upper()} to test this store")
    return url


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.integration] * (name == POSTGRES)) for name in NAMES])
def reopen(request, tmp_path):
    """Opens the store, as often as asked, at a place that is empty at first."""
    location = _location(request.param, tmp_path, request)
    opened = []

    def again():
        store = plugins.make("stores", request.param, location=location)
        opened.append(store)
        return store

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen):
    return reopen()


def enter(ledger, run):
    record = Observation(metric="m", suite="s", case="1", cluster="c", order=1, outcome=Score(value=0.5))
    return ledger.append([record], subject=Subject(system="s"), run=run, maker="m/1", policy="p")


def chain(count, *, after=None, **fields):
    """Rows that continue `after`."""
    rows: list[Row] = []
    for number in range(count):
        last = rows[-1] if rows else after
        row = Row(
            seq=(last.seq if last else 0) + 1,
            time=1_700_000_000_000_000 + number,
            kind="observation",
            run="run-1",
            system="assistant",
            candidate="current",
            artefact="sha256:00",
            metric="accuracy",
            maker="exact-match/1",
            policy="sha256:11",
            seed=0,
            payload='{"value":1}',
            prev=last.hash if last else GENESIS,
            hash=b"",
        )._replace(**fields)
        rows.append(row._replace(hash=row_hash(row)))
    return rows


def put(store, rows, rollups=(), *, durable=False):
    latest = {(row.system, row.candidate, row.metric, row.kind): row for row in rows}
    store.append(rows, list(latest.values()), rollups, durable=durable)
    return rows


def test_an_empty_store_has_nothing(store):
    assert store.head() is None
    assert list(store.read()) == []
    assert store.latest() == []
    assert store.rollups() == []
    assert store.checkpoints() == []
    assert store.check() == []


@pytest.mark.parametrize("durable", [False, True])
def test_what_is_appended_is_read_back_exactly(reopen, durable):
    rows = put(reopen(), chain(3), durable=durable)
    store = reopen()
    assert list(store.read()) == rows
    assert store.head() == rows[-1]
    assert all(type(row) is Row for row in store.read())


@pytest.mark.parametrize(
    "fields",
    [
        {"metric": "", "run": "", "candidate": ""},
        {"payload": '{"text":"\\u0000 \'\\"; DROP TABLE evidence --"}'},
        {"system": "naïve-\U0001f600-\u202e", "payload": '{"é":"\U0001d11e"}'},
        {"seed": 2**53 - 1, "time": 0},
        {"seed": -(2**53) + 1, "time": -1},
        {"payload": '{"text":"' + "x" * 100_000 + '"}'},
    ],
)
def test_odd_values_survive(reopen, fields):
    rows = put(reopen(), chain(2, **fields))
    assert list(reopen().read()) == rows


def test_reading_seeks_by_number_run_and_kind(store):
    cells = itertools.product(("run-1", "run-2"), ("observation", "decision"), ("a", "b"))
    last, rows = None, []
    for run, kind, metric in itertools.chain.from_iterable([list(cells)] * 7):
        rows += put(store, chain(3, after=last, run=run, kind=kind, metric=metric))
        last = rows[-1]
    for run, kind in itertools.product(("", "run-1", "run-2", "none"), ("", "observation", "decision", "none")):
        for after, upto in ((0, None), (5, 20), (167, 168), (168, None), (0, 0)):
            expected = [
                row
                for row in rows
                if (not run or row.run == run)
                and (not kind or row.kind == kind)
                and after < row.seq <= (upto if upto is not None else len(rows))
            ]
            assert list(store.read(after=after, upto=upto, kind=kind, run=run)) == expected


def test_reading_goes_on_past_a_chunk(store):
    rows = put(store, chain(2500))
    assert list(store.read()) == rows
    assert list(store.read(run="run-1", kind="observation", after=10)) == rows[10:]


def test_rows_that_do_not_follow_the_head_are_refused(store):
    first, second, third = chain(3)
    put(store, [first])
    for wrong in ([first], [third], [second._replace(prev=GENESIS)], chain(1)):
        with pytest.raises(LedgerError, match="follow"):
            put(store, wrong)
    put(store, [second, third])
    assert [row.seq for row in store.read()] == [1, 2, 3]


def test_a_stale_second_writer_is_refused_and_nothing_of_it_stays(reopen):
    one, other = reopen(), reopen()
    rows = put(one, chain(2))
    put(other, chain(1, after=rows[-1], metric="mine"), [Rollup("s", "c", "mine", 1, 1, 1.0, 1.0, 0)])
    with pytest.raises(LedgerError, match="follow"):
        put(one, chain(1, after=rows[-1], metric="yours"), [Rollup("s", "c", "yours", 1, 1, 1.0, 1.0, 0)])
    assert [row.metric for row in reopen().read()] == ["accuracy", "accuracy", "mine"]
    assert [rollup.metric for rollup in one.rollups()] == ["mine"]
    assert {row.metric for row in one.latest()} == {"accuracy", "mine"}
    put(one, chain(1, after=one.head(), metric="yours"))
    assert one.head().metric == "yours"


def test_whoever_has_their_turn_appends_and_others_wait_for_it(reopen):
    one, other = reopen(), reopen()
    first, second = put(one, chain(1)), []
    began, done = threading.Event(), threading.Event()

    def rival():
        began.set()
        with other.turn():
            second.extend(put(other, chain(1, after=other.head(), metric="theirs")))
        done.set()

    thread = threading.Thread(target=rival)
    with one.turn():
        thread.start()
        assert began.wait(60)
        assert not done.wait(0.2)
        ours = put(one, chain(1, after=one.head(), metric="ours"))
    thread.join(60)
    assert done.is_set()
    assert list(one.read()) == [*first, *ours, *second]


def test_a_turn_that_nobody_used_is_over_and_one_that_failed_too(reopen):
    one, other = reopen(), reopen()
    with one.turn():
        assert one.head() is None
    put(other, chain(1))
    with pytest.raises(RuntimeError, match="power cut"), one.turn():
        raise RuntimeError("power cut")
    with pytest.raises(LedgerError, match="follow"), one.turn():
        put(one, chain(2))
    put(other, chain(1, after=other.head()))
    put(one, chain(1, after=one.head()))
    assert [row.seq for row in other.read()] == [1, 2, 3]


def test_whoever_is_slower_every_time_gets_in_all_the_same(reopen, monkeypatch):
    """A rival that writes between our hashing and our appending, as often as it can: once."""
    store, quick = reopen(), Ledger(reopen())
    monkeypatch.setattr(store, "append", lambda *rows, **how: (beat(), type(store).append(store, *rows, **how))[1])

    def beat():
        thread = threading.Thread(target=enter, args=(quick, "theirs"))
        thread.start()
        thread.join(0.3)
        rivals.append(thread)

    rivals: list[threading.Thread] = []
    last = enter(Ledger(store), "ours")
    for thread in rivals:
        thread.join(60)
    assert last.seq == 2
    assert [row.run for row in store.read()] == ["theirs", "ours", "theirs"]


def test_a_batch_is_all_or_nothing(store):
    good = chain(2)

    def broken():
        yield Rollup("s", "c", "m", 1, 1, 1.0, 1.0, 0)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        put(store, good, broken())
    assert store.head() is None
    assert store.rollups() == []
    assert store.latest() == []
    put(store, good)  # and it goes on
    assert store.head() == good[-1]


def test_latest_is_the_last_row_of_each_system_candidate_metric_and_kind(store):
    first = put(store, chain(2))
    second = put(store, chain(2, after=first[-1], metric="leak"))
    third = put(store, chain(1, after=second[-1], run="run-2"))
    assert store.latest() == [second[-1], third[-1]]
    assert store.latest(metric="accuracy") == [third[-1]]
    assert store.latest(system="assistant", candidate="current", metric="leak") == [second[-1]]
    assert store.latest(system="other") == []


def test_rollups_are_added_one_by_one_in_order(store):
    values = [0.1, 1e15, 0.2, -1e15, 0.3]
    parts = [Rollup("s", "c", "m", 3, 1, value, value * value, 0) for value in values]
    rows = put(store, chain(1), parts[:2])
    rows = put(store, chain(1, after=rows[-1]), parts[2:])
    put(
        store,
        chain(1, after=rows[-1]),
        [Rollup("s", "c", "m", 3, 0, 0.0, 0.0, 1), Rollup("s", "c", "m", 4, 1, 2.0, 4.0, 0)],
    )
    total = squares = 0.0
    for value in values:
        total += value
        squares += value * value
    assert store.rollups() == [Rollup("s", "c", "m", 3, 5, total, squares, 1), Rollup("s", "c", "m", 4, 1, 2.0, 4.0, 0)]
    assert store.rollups(metric="m", system="s", candidate="c") == store.rollups()
    assert store.rollups(metric="other") == []


def test_checkpoints_are_kept_once_and_in_order(reopen):
    store = reopen()
    put(store, chain(9))
    points = [Checkpoint(size, size * 10, bytes([size] * 32), b"p" * 32) for size in (3, 6, 9)]
    for point in points:
        store.add_checkpoint(point)
    store.add_checkpoint(points[0]._replace(root=bytes(32)))
    assert reopen().checkpoints() == points
    assert store.checkpoints(last=1) == points[-1:]
    assert store.checkpoints(last=0) == []


def test_rows_are_counted_and_the_last_is_named(reopen):
    store = reopen()
    assert store.counted() == (0, 0)
    put(store, chain(9))
    assert reopen().counted() == (9, 9)


def test_reading_goes_on_while_another_appends(reopen):
    writer, reader = reopen(), reopen()
    rows = put(writer, chain(1500))
    stream = reader.read(upto=1500)
    seen = [next(stream)]
    more = put(writer, chain(10, after=rows[-1]))
    assert seen + list(stream) == rows
    assert list(reader.read(after=1500)) == more


def test_threads_share_a_store(store):
    errors = []
    rows = chain(600)

    def read():
        try:
            while (store.head() or rows[0]).seq < 600:
                found = list(store.read())
                assert found == rows[: len(found)]
                assert len(found) % 20 == 0  # never what is not committed yet
        except Exception as error:  # noqa: BLE001  # a thread cannot fail a test
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(0, 600, 20):
        put(store, rows[start : start + 20])
    for thread in threads:
        thread.join()
    assert not errors


def test_closing_twice_is_fine_and_use_after_it_is_an_error(store):
    store.close()
    store.close()
    with pytest.raises(LedgerError):
        store.head()
