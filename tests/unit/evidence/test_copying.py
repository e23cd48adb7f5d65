"""A copy is the same chain in another place, or no copy."""

import shutil
import sqlite3

import pytest
from tests.command import trimtab
from tests.unit.evidence.ledgers import BY, SUBJECT, observation, small_ledger

from trimtab.builtin.stores.sqlite import SqliteStore
from trimtab.errors import LedgerAlteredError, LedgerError
from trimtab.evidence import Ledger
from trimtab.evidence.copying import copy_store


@pytest.fixture
def source(tmp_path):
    path = small_ledger(tmp_path / "source.db")
    with Ledger.open(path) as ledger:
        for start in (0, 1300):
            many = [observation(n, f"m{n % 3}", value=n / 7) for n in range(start, start + 1300)]
            ledger.append(many, subject=SUBJECT, **BY)
    return path


def contents(path):
    with Ledger.open(path, create=False) as ledger:
        ledger.verify().raise_if_bad()
        return list(ledger.rows()), ledger.checkpoints(), ledger.rollups(), ledger.latest()


def copied(source, target):
    with Ledger.open(source, create=False) as one, Ledger.open(target) as other:
        return one.copy_into(other)


class Dying(SqliteStore):
    """Fails at the `lives`-th append, once it is in or before it."""

    def __init__(self, location, lives, *, after):
        super().__init__(location)
        self.lives, self.after = lives, after

    def append(self, rows, latest, rollups, *, durable):
        self.lives -= 1
        if not self.lives and not self.after:
            raise LedgerError(self.location, "killed")
        super().append(rows, latest, rollups, durable=durable)
        if not self.lives:
            raise LedgerError(self.location, "killed")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("lives", [1, 2, 3])
def test_a_copy_that_was_interrupted_anywhere_goes_on_to_be_the_same(source, tmp_path, lives, after):
    target = tmp_path / "target.db"
    store, dying = SqliteStore(source), Dying(target, lives, after=after)
    with pytest.raises(LedgerError, match="killed"):
        copy_store(store, dying)
    dying.close()
    store.close()
    done = copied(source, target)
    assert (done.before, done.rows) == (min((lives - 1 + after) * 1000, 2609), 2609)
    assert contents(target) == contents(source)
    assert copied(source, target).before == 2609  # nothing is added twice


def test_what_is_added_later_is_copied_later(source, tmp_path):
    target = tmp_path / "target.db"
    copied(source, target)
    with Ledger.open(source) as ledger:
        ledger.append([observation(9)], subject=SUBJECT, **BY)
    done = copied(source, target)
    assert (done.before, done.rows) == (2609, 2610)
    assert contents(target) == contents(source)


def test_a_target_that_is_no_beginning_of_the_source_is_refused_and_left_alone(source, tmp_path):
    other, longer = tmp_path / "other.db", tmp_path / "longer.db"
    with Ledger.open(other) as ledger:
        ledger.append([observation()], subject=SUBJECT, **BY)
    shutil.copy(source, longer)
    with Ledger.open(longer) as ledger:
        ledger.append([observation()], subject=SUBJECT, **BY)
    for target in (other, longer):
        before = contents(target)
        with pytest.raises(LedgerError, match=r"are not those that .*source\.db begins with"):
            copied(source, target)
        assert contents(target) == before
    done = trimtab("ledger", "copy", str(source), str(other), cwd=tmp_path)
    assert done.returncode == 4
    assert "Copy to an empty ledger" in done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET payload = '{\"x\":1}' WHERE seq = 2001",
        "UPDATE evidence SET payload = '[]' WHERE seq = 5",
        "DELETE FROM evidence WHERE seq = 1500",
        "UPDATE rollup SET total = total + 1",
        "DELETE FROM latest WHERE metric = 'm1'",
        "UPDATE checkpoint SET root = zeroblob(32) WHERE size = 1000",
    ],
)
def test_of_an_altered_source_nothing_is_copied(source, tmp_path, statement):
    database = sqlite3.connect(source, isolation_level=None)
    for table in ("evidence", "checkpoint"):
        database.execute(f"DROP TRIGGER {table}_no_update")
        database.execute(f"DROP TRIGGER {table}_no_delete")
    database.execute(statement)
    database.close()
    target = tmp_path / "target.db"
    with pytest.raises(LedgerAlteredError, match=r"source\.db"):
        copied(source, target)
    with Ledger.open(target) as ledger:
        assert ledger.head() is None


def test_an_empty_ledger_is_made_once_and_copied(tmp_path):
    for _ in range(2):
        done = trimtab("ledger", "create", "--ledger", "new.db", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "new.db holds 0 rows" in done.stdout
    done = trimtab("ledger", "copy", "--json", "new.db", "other.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"rows": 0' in done.stdout
    done = trimtab("ledger", "copy", "none.db", "more.db", cwd=tmp_path)
    assert done.returncode == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.db", "other.db"]
