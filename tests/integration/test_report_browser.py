"""The report in a real browser: it asks for nothing, fits every screen, and can be read by everybody."""

import os
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.report import examples

from trimtab.report.html import page as render

pytestmark = pytest.mark.integration

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("TRIMTAB_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
READABLE = sorted(set(examples.ALL) - {"hostile"})


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no Chromium; install it or name one in TRIMTAB_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, build in examples.ALL.items():
        (folder / f"{name}.html").write_text(render(build()), encoding="utf-8")
    return folder


class Visit:
    """One opened page, and everything that it asked for or complained about."""

    def __init__(self, browser, file, *, size=None, scheme="light", media=None):
        self.context = browser.new_context(viewport=size or WIDE, color_scheme=scheme, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.url = Path(file).as_uri()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.route("**/*", lambda route: route.continue_() if route.request.url == self.url else route.abort())
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if media:
            self.page.emulate_media(media=media)
        self.page.goto(self.url)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def ask(self, script):
        return self.page.evaluate(script)


OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = e => { for (; e; e = e.parentElement) if (e.matches('.scroll, pre')) return true; return false; };
  const hidden = e => { for (; e; e = e.parentElement) if (getComputedStyle(e).clipPath !== 'none') return true; return false; };
  return [...document.querySelectorAll('main *')]
    .filter(e => !scrolls(e) && !hidden(e) && getComputedStyle(e).display !== 'none')
    .filter(e => { const box = e.getBoundingClientRect(); return box.width && (box.right > wide + 1 || box.left < -1); })
    .map(e => e.tagName + '.' + (e.className.baseVal ?? e.className) + ' ' + e.textContent.slice(0, 40));
}"""

# Text cut by its own box, or drawn over the next cell of its row.
COLLIDING = """() => {
  const found = [];
  for (const row of document.querySelectorAll('tr')) {
    const cells = [...row.children].filter(c => c.textContent.trim() && !c.querySelector('svg'));
    const inks = cells.map(c => { const r = document.createRange(); r.selectNodeContents(c); return r.getBoundingClientRect(); })
      .filter(r => r.width > 1 && r.height > 1);
    for (let i = 0; i < inks.length; i++) for (let j = i + 1; j < inks.length; j++) {
      const a = inks[i], b = inks[j];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 3) found.push(row.textContent.slice(0, 80));
    }
  }
  return found;
}"""

# WCAG 2.2, 1.4.3: contrast of each piece of text with the nearest opaque background behind it, or the bar it stands on.
PALE = """() => {
  const parse = c => { const n = c.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const light = c => { const v = c.slice(0, 3).map(x => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
    return [255, 255, 255, 1]; };
  const found = [];
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement, style = getComputedStyle(e);
    if (!n.textContent.trim() || e.closest('title, .who') || style.visibility === 'hidden') continue;
    const ink = parse(e.namespaceURI.endsWith('svg') ? style.fill : style.color);
    const on = e.matches('.on') ? parse(getComputedStyle(e.parentElement.querySelector('.bar')).fill) : behind(e);
    const [a, b] = [light(ink), light(on)];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push([n.textContent.trim().slice(0, 40), ratio]);
  }
  return found;
}"""

# WCAG 2.2, 1.4.11: what is needed to understand a chart stands out from the page, and from the forbidden side.
FAINT_MARKS = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const v = c.slice(0, 3).map(x => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const ratio = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const paper = light(parse(getComputedStyle(document.body).backgroundColor));
  const tint = light(parse(getComputedStyle(document.querySelector('.tint')).fill));
  const found = [];
  for (const [kind, part] of [['dot', 'fill'], ['hollow', 'stroke'], ['cross', 'stroke'], ['whisker', 'stroke'], ['floor', 'stroke'], ['target', 'stroke']]) {
    const mark = document.querySelector('svg .' + kind);
    if (!mark) { found.push('no ' + kind); continue; }
    const ink = light(parse(getComputedStyle(mark)[part]));
    for (const ground of [paper, tint]) if (ratio(ink, ground) < 3) found.push([kind, ratio(ink, ground)]);
  }
  return found;
}"""


@pytest.mark.parametrize("name", sorted(examples.ALL))
def test_a_page_asks_for_nothing_and_complains_of_nothing(browser, pages, name):
    with Visit(browser, pages / f"{name}.html") as visit:
        assert visit.requests == [visit.url]
        assert visit.complaints == []
        assert visit.ask("document.scripts.length") == 0


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("name", sorted(examples.ALL))
def test_nothing_overflows(browser, pages, name, size):
    with Visit(browser, pages / f"{name}.html", size=size) as visit:
        assert visit.ask("document.documentElement.scrollWidth") == size["width"]
        assert visit.ask(OVERFLOWING) == []


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("name", READABLE)
def test_no_cell_is_drawn_over_another(browser, pages, name, size):
    with Visit(browser, pages / f"{name}.html", size=size) as visit:
        assert visit.ask(COLLIDING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["winner", "failing", "inconclusive", "hostile"])
def test_all_text_has_enough_contrast(browser, pages, name, scheme):
    with Visit(browser, pages / f"{name}.html", scheme=scheme) as visit:
        visit.ask("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert visit.ask(PALE) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_stand_out_from_the_page_and_from_the_forbidden_side(browser, pages, scheme):
    with Visit(browser, pages / "winner.html", scheme=scheme) as visit:
        assert visit.ask(FAINT_MARKS) == []


def test_dark_and_light_differ(browser, pages):
    grounds = set()
    for scheme in ("light", "dark"):
        with Visit(browser, pages / "winner.html", scheme=scheme) as visit:
            grounds.add(visit.ask("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_headings_and_cells_read_as_the_decision_says(browser, pages):
    with Visit(browser, pages / "winner.html") as visit:
        page = visit.page
        assert page.title() == "Ship q8_0: triage-bot"
        assert page.get_by_role("heading", level=1).inner_text() == "Ship q8_0"
        headings = page.get_by_role("heading", level=2).all_inner_texts()
        for heading in (
            "Verdicts",
            "Performance against safety",
            "Evidence against each floor",
            "Against the baseline",
        ):
            assert heading in headings
        verdicts = page.get_by_role("region", name="Verdicts").get_by_role("table")
        row = verdicts.get_by_role("row").filter(has=page.get_by_role("rowheader", name="secret_leak at most 2%"))
        cells = [" ".join(text.split()) for text in row.get_by_role("cell").all_inner_texts()]
        assert cells == ["✓ Pass 0.4% 0.1–1.5%", "✓ Pass 0.2% 0.0–1.2%", "✕ Fail 5.2% 3.4–7.6%"]
        assert page.get_by_role("img", name="q4_0: 5.2%, interval 3.4–7.6%, fail").count() == 1


def test_a_phone_still_has_a_table_for_those_who_hear_it(browser, pages):
    with Visit(browser, pages / "winner.html", size=PHONE) as visit:
        verdicts = visit.page.get_by_role("region", name="Verdicts").get_by_role("table")
        assert verdicts.get_by_role("columnheader").count() == 4
        assert verdicts.get_by_role("rowheader", name="secret_leak at most 2%").count() == 1


def test_the_mark_of_a_failing_candidate_lies_on_the_forbidden_side(browser, pages):
    with Visit(browser, pages / "winner.html") as visit:
        boxes = visit.ask("""() => {
          const row = [...document.querySelectorAll('svg.row')].find(s => s.textContent.startsWith('q4_0: 5.2%'));
          const box = e => e.getBoundingClientRect();
          return {cross: box(row.querySelector('.cross')), tint: box(row.querySelector('.tint')), row: box(row)};
        }""")
    middle = boxes["cross"]["x"] + boxes["cross"]["width"] / 2
    assert boxes["tint"]["x"] < middle < boxes["tint"]["x"] + boxes["tint"]["width"]
    assert boxes["tint"]["height"] == pytest.approx(boxes["row"]["height"], abs=1)


def test_rows_of_a_plot_touch_so_that_the_floor_is_one_line(browser, pages):
    with Visit(browser, pages / "winner.html") as visit:
        edges = visit.ask("""() => [...document.querySelector('.forest').querySelectorAll('svg.row')]
          .map(s => s.getBoundingClientRect()).map(b => [b.top, b.bottom])""")
    assert all(abs(above[1] - below[0]) <= 1 for above, below in pairwise(edges))


def test_examples_open_by_keyboard(browser, pages):
    with Visit(browser, pages / "winner.html") as visit:
        quote = visit.page.locator("blockquote").first
        assert not quote.is_visible()
        visit.page.locator("summary").first.focus()
        visit.page.keyboard.press("Enter")
        assert quote.is_visible()


def test_print_is_light_unfolded_and_fits_the_sheet(browser, pages):
    with Visit(
        browser, pages / "winner.html", size={"width": 690, "height": 1000}, scheme="dark", media="print"
    ) as visit:
        assert visit.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert visit.ask("document.querySelector('blockquote').getBoundingClientRect().height") > 10
        assert visit.ask("document.documentElement.scrollWidth") == 690
        assert visit.ask(OVERFLOWING) == []
        assert visit.ask(COLLIDING) == []


def test_screenshots_are_there_to_look_at(browser, pages, tmp_path):
    folder = Path(os.environ.get("TRIMTAB_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for size, width in ((PHONE, "phone"), (WIDE, "wide")):
        for scheme in ("light", "dark"):
            with Visit(browser, pages / "winner.html", size=size, scheme=scheme) as visit:
                picture = visit.page.screenshot(path=folder / f"{width}-{scheme}.png", full_page=True)
                assert len(picture) > 50_000
