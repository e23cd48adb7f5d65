"""Pages about people in a real browser: what matters is clicked, and the queue is worked on a phone."""

import json

import pytest
from tests.integration.test_pages_browser import Visit, address
from tests.integration.test_report_browser import PHONE, browser

pytestmark = pytest.mark.integration

__all__ = ["address", "browser"]


def test_a_gap_of_a_framework_opens_and_says_what_closes_it(browser, address):
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.open("/frameworks")
        page.get_by_role("link", name="eu-ai-act", exact=True).click()
        gap = page.locator("details", has_text="Art.9")
        assert not gap.first.locator("li").first.is_visible()
        gap.first.locator("summary").click()
        assert gap.first.locator("li").first.is_visible()
        assert gap.first.locator("code").first.inner_text().startswith("trimtab ")
        matrix = page.get_by_role("region", name="Controls against systems")
        assert matrix.get_by_role("row").count() == 49
        # Colour alone says nothing: each state has its sign and its word.
        assert "✕ not met" in " ".join(matrix.locator(".chip.fail").first.inner_text().split())
        assert "privacy-officer" in page.locator("#apart + div, section[aria-labelledby=apart]").first.inner_text()


@pytest.mark.parametrize("name", ["results.json", "controls.csv"])
def test_files_for_auditors_are_downloaded(browser, address, name):
    with Visit(browser, address) as visit:
        page = visit.open("/frameworks/owasp-llm-2026")
        words = {"results.json": "OSCAL", "controls.csv": "CSV"}[name]
        with page.expect_download() as got:
            page.get_by_role("link", name=words).click()
        assert got.value.suggested_filename == name
        content = got.value.path().read_bytes()
    if name == "results.json":
        assert len(json.loads(content)["assessment-results"]["results"]) == 6
    else:
        assert content.count(b"\n") == 1 + 10 * 7


def test_somebody_finds_what_is_theirs_and_how_to_appeal(browser, address):
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.open("/me")
        assert "Whose page?" in page.locator("h1").inner_text()
        page.get_by_role("link", name="care-lead", exact=True).click()
        days = page.locator("section[aria-labelledby=due] time").all_inner_texts()
        assert days == sorted(days)
        assert len(days) > 3
        appeal = page.locator("section[aria-labelledby=appeal]").inner_text()
        assert "trimtab incentives appeal" in appeal
        assert "waits for an answer" in appeal
        page.get_by_role("link", name="triage", exact=True).first.click()
        assert page.url.endswith("/systems/triage")


def test_a_win_and_a_gap_of_liaison_are_told(browser, address):
    with Visit(browser, address) as visit:
        page = visit.open("/learning")
        assert "numbers still hold" in page.locator("section[aria-labelledby=wins]").inner_text()
        assert "nothing measures it" in page.locator("section[aria-labelledby=board]").inner_text()
        page.get_by_role("link", name="R08", exact=True).click()
        assert "attack success rate" in page.locator("h1").inner_text().lower()


def test_the_queue_is_worked_on_a_phone(browser, address):
    with Visit(browser, address, size=PHONE, has_touch=True) as visit:
        page = visit.open("/queue")
        every = page.locator("ol.queue > li").count()
        page.get_by_role("navigation", name="Of which system").get_by_role("link", name="triage").tap()
        page.wait_for_url("**/queue?system=triage")
        shown = page.locator("ol.queue > li")
        assert 0 < shown.count() < every
        held = shown.filter(has_text="held text").first
        assert "trimtab note --on row:" in held.inner_text()
        # Nothing has to be moved sideways to be read, and what is tapped is wide enough for a thumb.
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for box in (one.bounding_box() for one in shown.all()):
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
        for link in page.locator(".choices a").all():
            assert link.bounding_box()["height"] >= 24
        page.get_by_role("link", name="INC-003", exact=True).tap()
        page.wait_for_url("**/incidents*")


def test_the_review_leads_through_its_parts(browser, address):
    with Visit(browser, address) as visit:
        page = visit.open("/review")
        assert "2026-Q3" in page.locator("h1").inner_text()
        page.get_by_role("link", name="Findings by age").click()
        assert page.url.endswith("#findings")
        page.get_by_role("link", name="The quarter before").click()
        assert "2026-Q2" in page.locator("h1").inner_text()
