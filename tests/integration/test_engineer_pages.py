"""The engineer's pages in a real browser: walked by their links, and a guard's rulings seen as they are recorded."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from tests.integration.axe import wrong
from tests.integration.test_pages_browser import Visit
from tests.integration.test_report_browser import OVERFLOWING, PHONE, WIDE, browser
from tests.serve.engineering_world import FOLDER, SYSTEM, tell
from tests.serve.proxies import POLICY, post, proxy, saying, upstream

from trimtab.evidence import Ledger, Rulings

pytestmark = pytest.mark.integration

__all__ = ["browser"]


@contextmanager
def served(ledger, folder):
    """Pages over a ledger that grows, of a policy in a folder."""
    command = [sys.executable, "-m", "trimtab", "serve", "--port", "0", "--ledger", str(ledger)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            ended = process.wait(60)
        assert ended == 0


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engineering")

    def told():
        with Ledger.open(folder / "ledger.db") as opened:
            tell(opened, folder / "replies.db")

    # In a thread of its own, since the browser's loop runs in this one.
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as apart:
        patch.syspath_prepend(FOLDER)
        apart.submit(told).result()
    return folder / "ledger.db"


@pytest.fixture(scope="module")
def address(ledger):
    with served(ledger, FOLDER) as found:
        yield found


def ids(visit):
    """The baseline and the last gate run."""
    found = visit.page.request.get(f"{visit.base}/api/v1/runs").json()["data"]["runs"]
    return found[0]["run"], found[1]["run"]


def test_runs_and_attacks_can_be_walked_without_script(browser, address):
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.open(f"/systems/{SYSTEM}")
        assert "No guard has recorded anything yet" in page.locator("[data-live]").inner_text()
        assert "As of" in page.locator("[data-live-state]").inner_text()
        page.get_by_role("link", name="runs", exact=True).click()
        page.locator("tbody tr", has_text="Pass").first.get_by_role("link").click()
        said = page.locator("main").inner_text()
        for part in ("Since the run before", "Performance against safety", "Failing examples", "Provenance"):
            assert part in said
        page.locator("details", has_text="accuracy").first.locator("summary").click()
        assert page.locator("details[open] code.digest").first.is_visible()
        visit.go("Red team")
        page.locator("#families ~ .table a").first.click()
        assert "How many attacks of this family got through" in page.locator("main").inner_text()
        page.locator("tbody a").first.click()
        assert "under attack" in page.locator("h1").inner_text()
        page.get_by_role("link", name="The whole run").click()
        assert "nothing is decided" in page.locator("h1").inner_text().lower()
        visit.go("Data")
        page.locator("tbody .note a").first.click()
        assert "Provenance" in page.locator("main").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_runs_are_accessible(browser, address, scheme):
    with Visit(browser, address, scheme=scheme, bypass_csp=True) as visit:
        baseline, gate = ids(visit)
        for path in (f"/runs/{gate}", f"/red-team/{baseline}"):
            page = visit.open(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert wrong(page, scheme) == [], path


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_runs_fit_and_complain_of_nothing(browser, address, size):
    script = OVERFLOWING.replace(".scroll, pre", ".table, .scroll, pre, nav")
    with Visit(browser, address, size=size) as visit:
        baseline, gate = ids(visit)
        for path in (f"/runs/{gate}", f"/red-team/{baseline}"):
            assert visit.open(path).evaluate(script) == [], path
        assert visit.complaints == []


def test_what_a_guard_rules_is_seen_while_the_page_is_open(browser, tmp_path):
    ledger = tmp_path / "ledger.db"
    with (
        upstream() as model,
        proxy(tmp_path, model.url, "--ledger", str(ledger), "--every", "0.2", "--workers", "1", policy=POLICY) as guard,
        served(ledger, tmp_path) as address,
        Visit(browser, address) as visit,
    ):
        page = visit.open("/systems/bot")
        page.evaluate("window.sameDocument = true")
        live = page.locator("[data-live]")
        assert "No guard has recorded anything yet" in live.inner_text()
        masked = live.locator("tr", has_text="personal.email").locator("td").last

        for count in (2, 5):
            asked = 2 if count == 2 else 3
            for _ in range(asked):
                assert post(f"{guard.url}/chat/completions", saying("Write to anna.berg@example.org."))[0] == 200
            masked.filter(has_text=re.compile(rf"{count}$")).wait_for(timeout=30_000)
        assert page.evaluate("window.sameDocument"), "the page was loaded anew"
        assert "Live" in live.locator("[data-live-state]").inner_text()

        told = page.request.get(f"{visit.base}/api/v1/systems/bot/traffic").json()["data"]
        with Ledger.open(ledger, create=False) as opened:
            records = [record for _, record in opened.records(kind="rulings") if isinstance(record, Rulings)]
        assert told["day"] == sum(row["count"] for one in records for row in one.rulings)

        # Whoever leaves hears nothing more.
        other = visit.context.new_page()
        other.goto(f"{visit.base}/verify")
        other.get_by_role("button", name="Leave").click()
        live.get_by_text("Not live any more").wait_for(timeout=60_000)
        assert visit.complaints == []
