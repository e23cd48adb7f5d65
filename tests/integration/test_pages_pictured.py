"""Pictures of every page for its reference, made where they are asked for: `TRIMTAB_PICTURES=1 pytest <this file>`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.pictures import reduced
from tests.integration.test_pages_browser import PATHS, Visit, address
from tests.integration.test_pages_walked import OPENED_BY_ITS_PARENT
from tests.integration.test_report_browser import PHONE, WIDE, browser
from tests.serve.teams import PASSWORD
from tests.year import FOLDER, told_once

from trimtab.serve.pages.team import users
from trimtab.serve.pages.team.passwords import Passwords
from trimtab.serve.pages.team.store import Store

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not os.environ.get("TRIMTAB_PICTURES"), reason="pictures are made where they are asked for"),
]

__all__ = ["address", "browser"]

IMAGES = Path(__file__).parents[2] / "docs" / "images" / "pages"
TALLEST = 1150  # CSS pixels of a page that a picture has; the rest is on the page
FORMS = ("incident", "consent-decision", "request", "vote", "policy-proposal")
USERS = {
    "clinical-safety-lead": ("risk-owner",),
    "internal-auditor": ("auditor",),
    "care-lead": ("engineer",),
    "finance-lead": ("committee",),
}


@pytest.fixture(scope="module")
def blank(browser):
    """Where colours are counted."""
    return browser.new_page()


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """The same year as a team has it, at present."""
    folder = tmp_path_factory.mktemp("team")
    shutil.copy(told_once(tmp_path_factory), folder / "ledger.db")
    with Store.open(folder / "access.db", create=True) as store:
        for name, roles in USERS.items():
            users.add(store, name, roles, None, password=Passwords().hashed(PASSWORD))
    command = [sys.executable, "-m", "trimtab", "serve", "--team", "--port", "0"]
    command += ["--ledger", str(folder / "ledger.db"), "--access", str(folder / "access.db")]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rstrip("/")
        process.terminate()
        assert process.wait(60) == 0


def keep(page, name, blank):
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    area = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"{name}.png").write_bytes(reduced(blank, page.screenshot(clip=area, full_page=True)))


def verified(page, base):
    """Wait until the server has verified its ledger, so that no picture is of the minute before that."""
    for _ in range(2_000):
        page.goto(f"{base}/verify")
        if "Not verified yet" not in page.content():
            return
    pytest.fail("the ledger is still being verified")


def test_pages_are_pictured(browser, address, blank):
    with Visit(browser, address) as visit:
        verified(visit.page, visit.base)
        for name, path in PATHS.items():
            keep(visit.open(path if name != "mine" else "/me?name=care-lead"), name, blank)
        for name, parent in OPENED_BY_ITS_PARENT.items():
            visit.open(parent)
            visit.page.locator(f"main a[href^='{parent}/2']").first.click()
            keep(visit.page, name, blank)


def test_pages_are_pictured_in_the_dark_and_on_a_phone(browser, address, blank):
    with Visit(browser, address, scheme="dark") as visit:
        keep(visit.open("/"), "board-dark", blank)
    for path, name in (("/", "board-phone"), ("/queue", "queue-phone")):
        with Visit(browser, address, size=PHONE) as visit:
            keep(visit.open(path), name, blank)


def test_the_board_is_pictured_on_paper(browser, address, blank):
    with Visit(browser, address, size={"width": 794, "height": 1123}, bypass_csp=True) as visit:
        page = visit.open("/")
        page.emulate_media(media="print")
        page.add_style_tag(content="body { padding: 11mm 13mm }")  # the margins of the sheet, which a screen has not
        keep(page, "board-paper", blank)


def test_forms_and_access_are_pictured(browser, team, blank):
    for name, seen in (("clinical-safety-lead", ["forms", *FORMS]), ("internal-auditor", ["access"])):
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        page.goto(f"{team}/access")
        if name == "internal-auditor":
            keep(page, "enter", blank)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Enter").click()
        verified(page, team)
        for one in seen:
            page.goto(f"{team}/{one}" if one in {"forms", "access"} else f"{team}/forms/{one}")
            keep(page, one if one in {"forms", "access"} else f"form-{one}", blank)
        context.close()
