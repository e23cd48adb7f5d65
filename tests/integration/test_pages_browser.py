"""The pages in a real browser, on the year of the example organisation: readable by everybody, on every screen and on paper."""

import re
import shutil
import subprocess
import sys

import pytest
from tests.integration.axe import wrong
from tests.integration.test_report_browser import OVERFLOWING, PHONE, WIDE, browser
from tests.year import FOLDER, told_once

from trimtab.serve.pages.frame.routes import PAGES

pytestmark = pytest.mark.integration

OF_SOMETHING = {
    "metric": "/kpis/R04",
    "system": "/systems/triage",
    "consent": "/gates/triage-v4-2026-Q3",
    "scorecard": "/scorecard/triage",
    "framework": "/frameworks/owasp-llm-2026",
    "error-budget": "/error-budgets/claims",
    "request": "/budget/REQ-2026-Q1-2",
    "recalibration": "/committee/RC-act",
    "traffic": "/systems/triage/traffic",
    "family": "/red-team/families/output%20control",
}
ELSEWHERE = ("run", "baseline")  # whose ids are drawn: `test_engineer_pages` looks at them
PATHS = {page.name: OF_SOMETHING.get(page.name, page.path) for page in PAGES if page.name not in ELSEWHERE}
_USABLE = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(one => one.type !== 'hidden' && !one.disabled && one.checkVisibility({visibilityProperty: true}))"""
USABLE = f"() => {_USABLE}.length"
LEFT_OUT = f"() => {_USABLE}.filter(one => !window.come.has(one)).map(one => one.outerHTML.slice(0, 80))"
STOP = """() => {
    const one = document.activeElement, come = window.come ??= new Set(), before = [...come].at(-1);
    if (one === document.body || one === document.documentElement || (one !== before && come.has(one))) return 'the end';
    come.add(one);
    const style = getComputedStyle(one), box = one.getClientRects()[0], told = one.outerHTML.slice(0, 80);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'not shown: ' + told;
    if (before && before !== one && !(before.compareDocumentPosition(one) & 4)) return 'out of order: ' + told;
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return top && (one.contains(top) || top.contains(one)) ? '' : 'covered: ' + told;
}"""
"""What is wrong with where the keyboard is; the end, once everything was come to."""
SIDEWAYS = """() => [...document.querySelectorAll('.table:not(.states)')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText.slice(0, 60))"""
"""Tables that scroll sideways; one with a column for each system has to."""

__all__ = ["browser"]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the pages of the example organisation are served, with the token."""
    ledger = shutil.copy(told_once(tmp_path_factory), tmp_path_factory.mktemp("year") / "ledger.db")
    command = [
        sys.executable,
        "-m",
        "trimtab",
        "serve",
        "--port",
        "0",
        "--as-of",
        "2026-10-01",
        "--ledger",
        str(ledger),
    ]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
        assert process.wait(60) == 0


class Visit:
    """A browser that has entered; what it complains of is kept."""

    def __init__(self, browser, address, *, size=WIDE, scheme="light", **options):
        self.context = browser.new_context(viewport=size, color_scheme=scheme, **options)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)
        self.base = address.partition("/enter")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def open(self, path):
        answer = self.page.goto(self.base + path)
        assert answer.status == 200, path
        return self.page

    def go(self, word):
        """To a page by the menu: to its group, and then to itself."""
        group = next(one.group for one in PAGES if one.menu == word)
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=group, exact=True).click()
        self.page.get_by_role("navigation", name=group, exact=True).get_by_role("link", name=word, exact=True).click()
        return self.page


def test_the_token_is_in_no_address_after_the_first(browser, address):
    with Visit(browser, address) as visit:
        assert visit.page.url == f"{visit.base}/"
        assert visit.page.evaluate("document.cookie") == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(browser, address, scheme):
    with Visit(browser, address, scheme=scheme, bypass_csp=True) as visit:
        for name, path in PATHS.items():
            assert wrong(visit.open(path), scheme) == [], name


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_pages_fit_and_complain_of_nothing(browser, address, size):
    script = OVERFLOWING.replace(".scroll, pre", ".table, pre, nav")
    with Visit(browser, address, size=size) as visit:
        for name, path in PATHS.items():
            page = visit.open(path)
            assert page.evaluate(script) == [], name
            assert size is WIDE or page.evaluate(SIDEWAYS) == [], name
        assert visit.complaints == []


@pytest.mark.parametrize(("size", "names"), [(WIDE, [*PATHS, "enter"]), (PHONE, ["board", "review", "gates"])])
def test_pages_can_be_walked_with_the_keyboard_alone(browser, address, size, names):
    """Everything that can be used is come to, in the order in which it is read, and one sees where one is."""
    with Visit(browser, address, size=size) as visit:
        for name in names:
            page = visit.open({**PATHS, "enter": "/forms/incident"}[name])
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip", name
            for _ in range(page.evaluate(USABLE) + 30):  # a field for a day has several stops, a place that scrolls one
                if wrong := page.evaluate(STOP):
                    break
                page.keyboard.press("Tab")
            assert wrong == "the end", (name, wrong)
            assert page.evaluate(LEFT_OUT) == [], name
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_pages_can_be_walked_without_script(browser, address):
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.page
        visit.go("KPIs")
        page.get_by_role("link", name="R04", exact=True).click()
        assert "Remediation pace".lower() in page.locator("h1").inner_text().lower()
        page.get_by_role("link", name="The quarter before").click()
        assert "2026-Q2" in page.locator(".period").inner_text()
        visit.go("Gates")
        page.get_by_role("link", name="triage-v4-2026-Q3").click()
        assert "lapsed" in page.locator("main").inner_text()
        page.get_by_role("link", name="JSON").click()
        assert page.locator("body").inner_text().startswith('{"row":')


def test_an_export_can_be_dropped_and_verified(browser, address, tmp_path):
    (tmp_path / "no-export.jsonl").write_text("{}\n")
    with Visit(browser, address) as visit:
        page = visit.open("/verify")
        page.set_input_files("#file", tmp_path / "no-export.jsonl")
        page.get_by_role("button", name="Verify").click()
        assert "the export does not verify" in page.get_by_role("status").inner_text()


def test_the_board_prints_to_one_page(browser, address):
    with Visit(browser, address) as visit:
        printed = visit.open("/").pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
