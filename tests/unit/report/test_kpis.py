"""KPIs in a terminal: rounding never moves a number across its floor, and a change is one only where it is shown."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from tests.unit.kpis.world import DAY, END, START, asked, counted, exposure, incident

from trimtab.decision.kpis.page import page_of
from trimtab.decision.kpis.reading import read
from trimtab.report.kpis import KpiPageView, KpiTable


def shown(view, width=100):
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(view)
    return out.getvalue()


def test_what_is_below_a_floor_is_not_shown_at_it():
    # 20.00002 per million is above the floor of 20.
    severe = [incident(f"I{number}", START + DAY) for number in range(20)]
    reading: Any = read("R06", asked([*severe, exposure(999_999)]))
    assert reading.seen.value > 20.0
    assert " 20.0 [" not in shown(KpiTable([reading], period="2026-Q3"))
    assert "20.00002 [" in shown(KpiTable([reading], period="2026-Q3"))


@pytest.mark.parametrize(("before", "said"), [(100, "worse now"), (400, "")])
def test_a_change_is_called_one_where_intervals_have_nothing_in_common(before, said):
    then = [exposure(before * 10**6, since=START - 90 * DAY, at=START - DAY)]
    severe = [incident(f"I{number}", START + DAY) for number in range(20)]
    quiet = [incident(f"B{number}", START - 5 * DAY) for number in range(0 if said else 700)]
    text = shown(KpiTable([read("R06", asked([*then, *quiet, *severe, exposure(10**7)]))], period="2026-Q3"))
    assert ("worse" in text) == bool(said)


def test_names_that_act_on_a_terminal_are_made_visible_and_what_is_not_known_is_named():
    reading = read("R08", asked([counted("R08", 1, 200, stratum="\x1b[31mred")]))
    assert "\x1b" not in shown(KpiPageView(page_of("R08", asked([counted("R08", 1, 200, stratum="\x1b[31mred")]))))
    assert "R08" in shown(KpiTable([reading], period="2026-Q3"))
    nothing = shown(KpiTable([read("R08", asked([], asof=END))], period="2026-Q3"))
    assert "Nothing recorded" in nothing


def test_nothing_of_a_table_is_cut_off_in_eighty_columns():
    entries = [counted("R03", 58, 60), exposure(400_000), *(incident(f"I{n}", START + DAY) for n in range(3))]
    table = KpiTable([read(kpi, asked(entries)) for kpi in ("R03", "R06")], period="2026-Q3")
    narrow, wide = shown(table, width=80), shown(table, width=200)
    assert max(map(len, narrow.splitlines())) <= 80
    assert {word for word in wide.split() if word not in narrow and "─" not in word} == set()


@pytest.mark.parametrize("width", [80, 100, 110, 120, 140])
def test_sums_of_money_leave_the_other_columns_their_room(width):
    reading: Any = read("R03", asked([counted("R03", 58, 60)]))
    interval = replace(reading.seen.interval, low=-3_971_698.2, high=4_126_736.5)
    before = replace(reading.seen, value=3_822_152.6, interval=replace(interval, low=3e6, high=3.9e6))
    money = replace(
        reading,
        kpi="F02",
        unit="EUR",
        target=2_500_000.0,
        seen=replace(reading.seen, value=4_049_217.3, interval=interval),
        before=replace(before, interval=replace(interval, low=-9e6, high=-8e6)),
        independence="other-team",
    )
    text = shown(KpiTable([reading, money], period="2026-Q3"), width=width)
    assert max(map(len, text.splitlines())) <= width
    for said in (
        "4,049,217.3",
        "[-3,971,698.2,",
        "4,126,736.5]",
        "2,500,000,",
        "3,822,152.6",
        "better now",
        "false-alarms",
        "source",
        "other",
        "team",
    ):
        assert said in text
