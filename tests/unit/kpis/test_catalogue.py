"""The catalogue is whole, and the reference page says what it says."""

from pathlib import Path

import pytest
from tests.unit.kpis.reference import counter_rows, kpi_rows

from trimtab.decision.kpis.table import MODULES
from trimtab.evidence.entries import ENTRIES
from trimtab.policy.controls import catalogue
from trimtab.policy.kpi_catalogue import counters, kpi_catalogue
from trimtab.policy.spans import microseconds

PAGE = Path(__file__).parents[3] / "docs/reference/kpis.md"


def test_every_metric_of_the_controls_is_a_kpi_with_a_counter():
    known = kpi_catalogue()
    assert {one.id: one.title for one in known.values()} == dict(catalogue().metrics)
    for one in known.values():
        assert one.counter in {*known, *counters()} - {one.id}
        assert microseconds(one.cadence) <= microseconds(one.half_life) * 2
        assert one.n_min >= 1
        assert one.entries


def test_every_kpi_has_a_place_where_it_is_computed_and_every_counter_is_used():
    assert set(kpi_catalogue()) <= set(MODULES)
    assert set(counters()) <= {one.counter for one in kpi_catalogue().values()}


@pytest.mark.parametrize("row", [*kpi_rows(), *counter_rows()], ids=lambda row: row[:12])
def test_the_reference_says_what_the_catalogue_says(row):
    assert row in PAGE.read_text(encoding="utf-8")


def test_ours_are_computed_from_entries_that_there_are():
    ours = [
        kpi
        for kpi, module in MODULES.items()
        if module in {"clocks", "counts", "rates", "measured", "freshness", "money"}
    ]
    for kpi in ours:
        if kpi in kpi_catalogue():
            assert set(kpi_catalogue()[kpi].entries) <= {*ENTRIES, "decision", "budget"}
