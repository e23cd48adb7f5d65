"""The pages on money, the committee and error budgets in a real browser, on the year of the example organisation."""

import pytest
from tests.integration.test_pages_browser import Visit, address, browser

pytestmark = pytest.mark.integration

__all__ = ["address", "browser"]


def test_somebody_follows_the_money_without_script(browser, address):
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.page
        visit.go("Risk budget")
        assert "found no majority" in page.locator("h1").inner_text().lower()
        page.locator("section[aria-labelledby=requests]").get_by_role("link", name="REQ-2026-Q3-3").click()
        votes = page.locator("section[aria-labelledby=votes]").inner_text()
        assert "A quarter of the budget for what a reminder would do." in votes
        page.get_by_role("link", name="Who they are").click()
        assert "drawn again just now" in page.locator("section[aria-labelledby=draw]").inner_text()
        assert "nobody is left who could grant it" in page.locator("section[aria-labelledby=gaps]").inner_text()
        page.get_by_role("link", name="RC-act").click()
        assert "adopted" in page.locator("main .badge").inner_text()
        assert page.locator("svg.weight").count() == 5


def test_a_frontier_and_promises_are_drawn_beside_their_numbers(browser, address):
    with Visit(browser, address) as visit:
        page = visit.open("/budget?quarter=2026-Q3")
        chart = page.locator("section[aria-labelledby=frontier] svg[role=img]").first
        assert "an expected loss of" in (chart.get_attribute("aria-label") or "")
        rows = page.locator("section[aria-labelledby=frontier] tbody tr")
        assert rows.count() == 8
        assert chart.locator("line.frontier").count() == chart.locator("circle.dot").count() - 1
        drawn = page.locator("svg.promise")
        assert drawn.count() == page.locator("section[aria-labelledby=came] table").first.locator("tbody tr").count()
        assert page.locator("svg.promise .cross").count() == 1  # what fell short is not told by colour alone
        page.get_by_role("link", name="REQ-2026-Q2-1").first.click()
        paid = page.locator("section[aria-labelledby=parts] .chip.pass").all_inner_texts()
        assert [one.split()[-1] for one in paid] == ["released", "released"]
        page.get_by_role("link", name="JSON").click()
        assert '"request":"REQ-2026-Q2-1"' in page.locator("body").inner_text()


def test_error_budgets_lead_from_a_state_to_what_an_alarm_led_to(browser, address):
    with Visit(browser, address) as visit:
        page = visit.page
        visit.go("Error budgets")
        assert "1 of 3 budgets asks for consent" in page.locator("h1").inner_text().replace("\n", " ")
        assert page.locator("svg.burn").count() == 3
        page.get_by_role("link", name="claims").first.click()
        assert page.locator("svg.spells").count() == 2
        told = page.locator("section[aria-labelledby=alarms]").inner_text()
        assert "stopped: work on safety only, until it is restored" in told
        assert "open: the floors alone decide on releases" in told
        box = page.locator("svg.spells").first.bounding_box()
        assert box is not None
        assert box["width"] > 400
        assert visit.complaints == []
