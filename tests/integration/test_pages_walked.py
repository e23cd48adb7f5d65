"""Every page and every form in a browser: what matters on each is clicked, and none can be forgotten."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.axe import wrong
from tests.integration.test_pages_browser import PATHS, Visit, address
from tests.integration.test_report_browser import OVERFLOWING, browser

from trimtab.serve.pages.forms.table import FORMS
from trimtab.serve.pages.frame.routes import PAGES

__all__ = ["address", "browser"]

WALKS: dict[str, Callable[[Any], None]] = {}
OPENED_BY_ITS_PARENT = {"run": "/runs", "baseline": "/red-team"}  # whose ids are drawn


def walk(name):
    """The clicks of a page that is open."""

    def kept(clicks):
        WALKS[name] = clicks
        return clicks

    return kept


def follow(page, name, to, **more):
    """Click on a link of the content, and be where it should lead, on a page that is there."""
    with page.expect_navigation() as led:
        page.locator("main").get_by_role("link", name=name, **more).first.click()
    assert led.value is None or led.value.status == 200, name
    assert re.search(to, page.url), (name, page.url)


def earlier(page):
    """The quarter before; what is asked beside it stays."""
    follow(page, "The quarter before", r"[?&]quarter=2026-Q2")
    assert "2026-Q2" in page.locator(".period").inner_text()


def download(page, link, begins):
    with page.expect_download() as got:
        link.click()
    content = got.value.path().read_bytes()
    assert content.startswith(begins), content[:40]
    return content


def said(page, section):
    return page.locator(f"section[aria-labelledby={section}]").inner_text()


@walk("board")
def _(page):
    download(page, page.get_by_role("link", name=re.compile(r"HTML ?: The board's pack")), b"<!doctype html>")
    follow(page, "Every KPI against its floor", r"/kpis\?quarter=2026-Q3$")
    page.go_back()
    follow(page, "triage", r"/scorecard/triage\?quarter=2026-Q3$", exact=True)
    page.go_back()
    follow(page, "All of them", r"/incidents#findings$")
    page.go_back()
    earlier(page)


@walk("scorecards")
def _(page):
    earlier(page)
    follow(page, "north-models", r"/scorecard/north-models\?quarter=2026-Q2$", exact=True)
    assert "north-models" in page.locator("h1").inner_text().lower()


@walk("scorecard")
def _(page):
    assert page.locator("svg.row").count() > 5
    follow(page, "R04", r"/kpis/R04\?", exact=True)
    page.go_back()
    follow(page, "Scorecard", r"/scorecard\?quarter=2026-Q3$")


@walk("kpis")
def _(page):
    follow(page, "triage", r"system=triage", exact=True)
    assert "triage" in page.locator(".choices [aria-current]").inner_text()
    follow(page, "R04", r"/kpis/R04\?.*system=triage", exact=True)


@walk("metric")
def _(page):
    assert page.locator("svg.history").count() >= 1
    assert page.locator("tbody tr").count() > 4  # the same as a table, and the rows that it rests on
    earlier(page)
    follow(page, "KPIs", r"/kpis\?quarter=2026-Q2$")


@walk("systems")
def _(page):
    follow(page, "claims", r"/systems/claims$", exact=True)
    assert "claims" in page.locator("h1").inner_text().lower()


@walk("system")
def _(page):
    download(page, page.get_by_role("link", name=re.compile(r"Markdown ?: Model card$")), b"---")
    assert page.locator("svg[role=img]").count() >= 1
    follow(page, "triage-v4-2026-Q3", r"/gates/triage-v4-2026-Q3$")
    page.go_back()
    follow(page, "2026-07-03", r"/runs/20260703T")
    page.go_back()
    follow(page, "incidents", r"/incidents\?system=triage$", exact=True)


@walk("traffic")
def _(page):
    follow(page, "triage", r"/systems/triage$", exact=True)


@walk("runs")
def _(page):
    every = page.locator("tbody tr").count()
    follow(page, "triage", r"/runs\?system=triage$", exact=True)
    assert 0 < page.locator("tbody tr").count() < every
    follow(page, re.compile("^triage, 2026-07-03"), r"/runs/2026")


@walk("run")
def _(page):
    example = page.locator("details").first
    example.locator("summary").click()
    assert example.get_attribute("open") is not None
    assert page.locator("table.forest tbody tr").count() > 3


@walk("red-team")
def _(page):
    follow(page, "encoding", r"/red-team/families/encoding$", exact=True)


@walk("baseline")
def _(page):
    follow(page, "The whole run", r"/runs/2026")


@walk("family")
def _(page):
    follow(page, "encoding", r"/families/encoding$", exact=True)
    page.locator("tbody a").first.click()
    assert "under attack" in page.locator("h1").inner_text()


@walk("datasets")
def _(page):
    follow(page, "P06", r"/kpis/P06$")
    page.go_back()
    follow(page, "20260708", r"/runs/20260708T")


@walk("gates")
def _(page):
    follow(page, "scribe-v4-2026-Q3", r"/gates/scribe-v4-2026-Q3$")
    page.go_back()
    follow(page, "Declare an emergency", r"/forms/emergency$")


@walk("consent")
def _(page):
    assert "clinical-safety-lead" in page.locator("main").inner_text()
    follow(page, "Gates", r"/gates$", exact=True)


@walk("incidents")
def _(page):
    follow(page, "move on INC-050", r"/forms/incident-step\?incident=INC-050$")
    assert page.get_by_label("Incident").input_value() == "INC-050"
    page.go_back()
    follow(page, "Record a finding", r"/forms/finding$")
    page.go_back()
    earlier(page)


@walk("loss")
def _(page):
    curve = page.locator("svg[role=img]").first
    assert curve.get_attribute("aria-label")
    assert page.locator("section").filter(has=curve).locator("tbody tr").count() > 8


@walk("budget")
def _(page):
    follow(page, "REQ-2026-Q3-3", r"/budget/REQ-2026-Q3-3$", exact=True)
    page.go_back()
    earlier(page)


@walk("request")
def _(page):
    follow(page, "Who they are", r"/committee\?quarter=2026-Q1$")


@walk("committee")
def _(page):
    follow(page, "RC-help-more", r"/committee/RC-help-more$", exact=True)
    page.go_back()
    follow(page, "care", r"/scorecard/care\?quarter=2026-Q3$", exact=True)


@walk("recalibration")
def _(page):
    assert page.locator("svg.weight").count() > 1
    follow(page, "2026-Q2", r"/scorecard\?quarter=2026-Q2$")


@walk("error-budgets")
def _(page):
    follow(page, "claims", r"/error-budgets/claims$", exact=True)


@walk("error-budget")
def _(page):
    follow(page, "its incidents", r"/incidents\?system=claims$")


@walk("vendors")
def _(page):
    follow(page, "north-models", r"/scorecard/north-models\?", exact=True)
    download(page, page.get_by_role("link", name=re.compile("^HTML")).first, b"<!doctype html>")
    page.go_back()
    follow(page, "Assess a vendor", r"/forms/vendor$")


@walk("frameworks")
def _(page):
    assert download(page, page.get_by_role("link", name="CSV"), b"framework,").count(b"\n") > 100
    follow(page, "mitre-atlas", r"/frameworks/mitre-atlas$", exact=True)


@walk("framework")
def _(page):
    assert "assessment-results" in json.loads(download(page, page.get_by_role("link", name="OSCAL"), b"{"))
    gap = page.locator("details").first
    gap.locator("summary").click()
    assert gap.locator("li").first.is_visible()


@walk("learning")
def _(page):
    page.locator("main").get_by_role("link", name="Wins").click()
    assert page.url.endswith("#wins")
    who = page.locator("details").first
    who.locator("summary").click()
    assert who.locator("table, li").first.is_visible()
    follow(page, "R01", r"/kpis/R01\?", exact=True)


@walk("review")
def _(page):
    page.locator("main").get_by_role("link", name="Error budgets").first.click()
    assert page.url.endswith("#budgets")
    earlier(page)


@walk("queue")
def _(page):
    every = page.locator("ol.queue > li").count()
    follow(page, "scribe", r"/queue\?system=scribe$", exact=True)
    assert 0 < page.locator("ol.queue > li").count() < every


@walk("mine")
def _(page):
    follow(page, "finance-lead", r"/me\?name=finance-lead$", exact=True)
    assert "appeal" in said(page, "appeal").lower()


@walk("proposals")
def _(page):
    follow(page, "Propose another policy", r"/forms/policy-proposal$")
    assert "organisation: Example Health" in page.get_by_label("The whole policy").input_value()


@walk("verify")
def _(page):
    assert "30," in page.locator("main").inner_text()
    page.set_input_files("#file", {"name": "x.jsonl", "mimeType": "application/json", "buffer": b"{}\n"})
    page.get_by_role("button", name="Verify").click()
    assert "does not verify" in page.get_by_role("status").inner_text()


def test_every_page_has_its_walk():
    """Not in a browser: a page that is added asks for its clicks, on whatever machine."""
    assert set(WALKS) == {page.name for page in PAGES}
    assert set(PATHS) | set(OPENED_BY_ITS_PARENT) == set(WALKS)


@pytest.mark.integration
def test_what_matters_on_each_page_is_clicked(browser, address):
    with Visit(browser, address) as visit:
        visit.page.set_default_timeout(60_000)
        for name, clicks in WALKS.items():
            if (parent := OPENED_BY_ITS_PARENT.get(name)) is None:
                visit.open(PATHS[name])
            else:
                visit.open(parent)
                visit.page.locator(f"main a[href^='{parent}/2']").first.click()
            try:
                clicks(visit.page)
            except Exception as error:
                error.add_note(f"on the page {name}")
                raise
        assert [told for told in visit.complaints if "422" not in told] == []


@pytest.mark.integration
def test_every_form_is_sent_and_told_what_is_missing(browser, address):
    fits = OVERFLOWING.replace(".scroll, pre", ".table, pre, nav")
    """As of an earlier moment nothing is entered, whatever is sent; forms of all kinds say so, and keep what was typed."""
    with Visit(browser, address, bypass_csp=True) as visit:
        page = visit.open("/forms")
        listed = page.locator("main a[href^='/forms/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert sorted(listed) == sorted(form.path for form in FORMS)
        for form in FORMS:
            page = visit.open(form.path)
            assert form.title in page.locator("h1").inner_text()
            assert wrong(page) == [], form.name
            assert page.evaluate(fits) == [], form.name
            words = page.locator("form.entry textarea").last
            typed = words.count() > 0 and words.is_visible()
            if typed:
                words.fill("What was typed here.")
            page.locator("form.entry .send button").first.click()
            assert "shows how things stood at an earlier moment" in page.get_by_role("alert").inner_text(), form.name
            if typed:
                assert page.locator("form.entry textarea").last.input_value() == "What was typed here.", form.name
        assert [told for told in visit.complaints if "status of 409" not in told] == []
