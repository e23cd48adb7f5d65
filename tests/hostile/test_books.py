"""Hostile numbers, names and ledgers of newer versions: told, never a crash, never a guess."""

import pytest

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries import ENTRIES, Entry, described
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.evidence.entries.reading import read_entry
from trimtab.evidence.published import Published
from trimtab.evidence.records import Subject
from trimtab.workspace.publishing import replay

NOW = 1_795_132_800_000_000
VALUES = [
    10**400, -(10**400), 10**5000, "1e999999", "-1e999999", "1e-999999", "9" * 5000, "sNaN", "Infinity", float("nan"),
    float("inf"), 2**53, "\ud800", "a\0b", "", [], [[1]], [{}], {"a": 10**400}, {"a": [10**400, 1]}, [10**400, 2],
    "1e999999..2", "1..1e400", True, b"x", "2026-02-29", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    "2199-12-31T23:59:59.999999Z", "2200-01-01", 0,
]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(ENTRIES))
def test_numbers_beyond_numbers_are_told_and_crash_nothing(kind):
    for field in described(ENTRIES[kind]):
        for value in VALUES:
            read = read_entry(ENTRIES[kind], {field.name: value}, now=NOW, mask=str)
            assert isinstance(read, list | Entry)


def wrong_of(values):
    read = read_entry(IncidentOpened, values, now=NOW, mask=str)
    assert isinstance(read, list)
    return read


def test_no_entry_is_of_an_unknown_moment():
    values = {"incident": "I", "severity": "S1", "hazard": "h", "what": "w", "by": "care", "at": 0}
    assert [field for field, _ in wrong_of(values)] == ["at"]


def test_no_name_is_the_address_of_a_person():
    for name, value in (("incident", "ana.silva@example.org"), ("release", "x:ana@example.org")):
        values = {"incident": "I", "severity": "S1", "hazard": "h", "what": "w", "by": "care", name: value}
        (wrong,) = wrong_of(values)
        assert wrong[0] == name
        assert "ana" not in wrong[1]


class Newer(IncidentOpened):
    """As a later version may write it."""


def test_what_a_newer_version_means_is_not_judged(tmp_path):
    newer = Newer(at=NOW, by="care", incident="I-1", severity="S0", hazard="h", what="worse than the worst")
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([newer], subject=Subject(), run="", maker="newer", policy="", durable=True)
        with pytest.raises(LedgerError, match="this version knows"):
            Books.of(ledger)


@pytest.mark.parametrize("asked", [{}, {"kpis": 5}, {"quarter": "never"}, {"quarter": [1]}])
@pytest.mark.parametrize("what", ["kpi", "review", "loss", "committee", "no-such"])
def test_what_was_published_and_cannot_be_computed_is_not_the_same(tmp_path, what, asked):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        made = Published(what=what, row=0, asof=NOW, by="care", asked=asked, result={}, trimtab="9")
        ledger.append([made], subject=Subject(), run="", maker="m", policy="sha256:00", durable=True)
        (found,) = replay(ledger)
        assert not found.same
        assert found.why
