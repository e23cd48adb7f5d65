"""Pages and charts of money show what was computed, and nothing that a name could smuggle in."""

import xml.etree.ElementTree as ET

import pytest
from tests.unit.decision.money_books import END, books, policy, requested

from trimtab.decision.loss_figures import loss_figures
from trimtab.decision.plan_of_money import plan_figures
from trimtab.report.curve import curve_alone
from trimtab.report.loss_page import loss_page, loss_svg
from trimtab.report.money_charts import exceedance_curve, frontier_curve, money

APPETITE = {"expected": 3e5, "points": ({"loss": 2e5, "chance": 0.5}, {"loss": 1e7, "chance": 0.01})}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def figures():
    spec = policy(budget={"amount": 1e5, "appetite": APPETITE})
    return loss_figures(spec, books([]), asof=END, years=2_000)


def test_the_page_has_the_curve_its_table_and_where_numbers_come_from(figures):
    scenarios = [{**figures["scenarios"][0], "name": HOSTILE}, *figures["scenarios"][1:]]
    page = loss_page({**figures, "scenarios": scenarios}, organisation=HOSTILE, at=END)
    assert HOSTILE not in page
    assert page.count("<tr") > len(figures["exceedance"]) + len(scenarios)
    assert f"{money(figures['expected'], 'EUR')} a year is lost on average" in page
    assert "stated by lead" in page


def test_the_curve_falls_and_its_marks_are_the_appetite(figures):
    drawn = exceedance_curve(figures)
    assert drawn
    assert [y for _, y in drawn.points] == sorted((y for _, y in drawn.points), reverse=True)
    assert [one.verdict for one in drawn.marks] == [one["verdict"] for one in figures["appetite"][1:]]
    root = ET.fromstring(loss_svg(figures))
    assert root.attrib["aria-label"]


def test_where_nothing_is_lost_no_curve_is_drawn(figures):
    calm = {**figures, "exceedance": [{"loss": 1.0, "value": 0.0, "low": 0.0, "high": 0.1}]}
    assert exceedance_curve(calm) is None
    with pytest.raises(ValueError, match="no curve"):
        loss_svg(calm)


def test_the_frontier_never_rises_and_marks_the_plan():
    kept = books([requested(f"r{n}", 30_000.0, {"harm": (0.1 + 0.1 * n, 0.8)}) for n in range(4)])
    made = plan_figures(policy(), kept, quarter="2027-Q1", asof=END)
    drawn = frontier_curve(made)
    assert drawn
    assert [y for _, y in drawn.points] == sorted((y for _, y in drawn.points), reverse=True)
    assert drawn.marks[0].y == made["plan"]["expected"]
    ET.fromstring(curve_alone(drawn))
