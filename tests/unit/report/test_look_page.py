"""The page of a look at production: well-formed, inert, and its charts say what its tables say."""

import io
import re

import pytest
from rich.console import Console
from tests.unit.report.test_html import Tree

from trimtab.decision import Verdict
from trimtab.decision.error_budget import DAY_MINUTES, MINUTE, Counts, Terms, assess, burn_down
from trimtab.decision.hold import Hold
from trimtab.decision.production import Share
from trimtab.evidence import Alarm
from trimtab.kinds import Interval
from trimtab.policy import Policy
from trimtab.report.burn_down import Course
from trimtab.report.burn_down import burn_down as chart
from trimtab.report.files import write_look
from trimtab.report.look import Look, OpenAlarm, as_data
from trimtab.report.look_page import look_page
from trimtab.report.look_terminal import LookView

AT = 29_000_000 * MINUTE
NOW = AT // MINUTE
POLICY = Policy.model_validate(
    {
        "trimtab": 1,
        "organisation": "Example <Works>",
        "metrics": {
            "leak": {"question": "Does it leak?", "better": "lower", "target": 0.001, "owner": "team", "source": {"suite": "secret-keeping"}}
        },
        "tiers": {"high": {"confidence": 0.9, "floors": {"leak": {"at_most": 0.01}}}},
        "systems": {
            "bot": {"tier": "high", "owner": "team", "intended_use": "Sums.", "maximise": ["leak"],
                    "candidates": {"one": {"callable": {"target": "bots:one"}}}},
        },
    }
)  # fmt: skip
SHARE = Share(
    side="output", what="personal, masked", texts=3, of=100, interval=Interval(0.006, 0.085, 0.95, "clopper-pearson")
)
ALARM = Alarm(metric="leak", by="burn-6", level="page", state="raised", why="leak <b>spends</b> too fast.", row=7)


def look(bad=0, *, events=True, **options):
    terms = Terms(metric="leak", tolerated=0.01, days=30)
    rows = [(NOW - age, 100, 0) for age in range(0, 20 * DAY_MINUTES, 600)] if events else []
    counts = Counts.of([*rows, (NOW - 3, 0, bad)] if bad else rows)
    given = {
        "policy": POLICY,
        "system": "bot",
        "at": AT,
        "changes": None,
        "unknown": {},
        "report": None,
        "decision": None,
        "budgets": {"leak": assess(terms, counts, at=AT)},
        "lines": {"leak": burn_down(terms, counts, at=AT)},
        "shares": (SHARE,),
        "raised": (),
        "ended": (),
        "open": (),
        "sent": 0,
        "unsent": (),
        "hold": None,
    }
    return Look(**{**given, **options})


LOOKS = {
    "quiet": look(),
    "spent": look(40, open=(OpenAlarm(row=8, time=AT, candidate="", alarm=ALARM),), unsent=("on-call: answered 500",)),
    "overspent": look(5000),
    "unknown": look(events=False, shares=(), changes=("q4 is new",), unknown={"q4": "no file"}),
    "none": look(budgets={}, lines={}),
    "held": look(hold=Hold(candidate="q4", verdict=Verdict.INCONCLUSIVE, metrics=("leak",), why="q4 waits.")),
}


@pytest.mark.parametrize("name", LOOKS)
def test_the_page_is_well_formed_and_inert(name):
    text = look_page(LOOKS[name])
    tree = Tree(text)
    assert tree.tags.count("h1") == 1
    assert tree.tags.count("table") == tree.tags.count("caption")
    assert not {"script", "link", "img", "a", "form"} & set(tree.tags)
    assert "<b>spends" not in text
    ids = [value for attribute, value in tree.attributes if attribute == "id"]
    assert len(ids) == len(set(ids))


def test_it_says_what_was_found():
    said = Tree(look_page(LOOKS["spent"])).said()
    for words in (
        "1 open alarm",
        "leak <b>spends</b> too fast.",
        "on-call: answered 500",
        "output: personal, masked",
        "3.00%",
    ):
        assert words in said
    unknown = Tree(look_page(LOOKS["unknown"])).said()
    assert "q4 could not be started: no file" in unknown
    assert "nothing is known" in unknown
    assert "names no objective" in Tree(look_page(LOOKS["none"])).said()
    assert "is held back" in Tree(look_page(LOOKS["held"])).said()


@pytest.mark.parametrize(("name", "left"), [("quiet", "100%"), ("overspent", "−16,567%")])
def test_the_chart_ends_at_what_is_left(name, left):
    shown = LOOKS[name]
    budget = shown.budgets["leak"]
    assert f"leak: {budget.remaining * 100:.0f}%".replace("-", "−") in look_page(shown)
    drawn = chart(Course(points=shown.lines["leak"], consent=0.25, label="x"))
    heights = [float(y) for y in re.findall(r'class="course"[^>]*y2="([\d.]+)"', drawn)]
    assert len(heights) == len(shown.lines["leak"]) - 1
    assert heights == sorted(heights)
    assert 0.0 <= min(heights) <= max(heights) <= 220.0


def test_nothing_is_drawn_where_nothing_is_known():
    assert 'class="burn"' not in look_page(LOOKS["unknown"])


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("width", [40, 120])
def test_a_terminal_shows_the_same(name, width):
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(LookView(LOOKS[name]))
    text = " ".join(console.export_text().split())
    assert {"pass": "Pass", "fail": "Fail", "inconclusive": "Inconclusive"}[LOOKS[name].verdict.value] in text
    if name == "unknown":
        assert "nothing is known" in text


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("quiet", "pass"),
        ("spent", "fail"),
        ("unknown", "inconclusive"),
        ("none", "inconclusive"),
        ("held", "inconclusive"),
    ],
)
def test_the_verdict_of_a_look(name, verdict):
    assert LOOKS[name].verdict.value == verdict
    assert as_data(LOOKS[name])["verdict"] == verdict


def test_it_is_written_whole(tmp_path):
    path = write_look(LOOKS["quiet"], tmp_path / "new" / "folder")
    assert path.name == "production.html"
    assert path.read_text(encoding="utf-8").endswith("</html>\n")
