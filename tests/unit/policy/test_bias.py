"""Published files and shares of gaps in a policy: what does not fit is named, and old policies keep their digest."""

import pytest

from trimtab.policy import diff

GAP = """\
  gap:
    question: Are people treated alike?
    better: lower
    target: 0.05
    owner: safety-lead
    source: {suite: swapped-groups}
tiers:
"""
ASKED = "    mitigation: {at_least: 0.5, metrics: [gap]}\n"
REGRESSION = "    regression: {margin: 0.02, metrics: [secret_leak]}\n"


@pytest.fixture
def asking(changing):
    def write(asked=ASKED, *pairs):
        return changing(("tiers:\n", GAP), (REGRESSION, REGRESSION + asked), *pairs)

    return write


def test_a_share_of_a_gap_can_be_asked(folder, asking):
    policy = folder.load(asking())
    assert policy.tiers["high"].mitigation is not None
    assert policy.tiers["high"].mitigation.metrics == ("gap",)


def test_without_it_a_policy_keeps_its_digest(folder, asking, changing):
    """Policies of ledgers that were written before it existed are found again by their digest."""
    assert folder.load(asking("")).digest == folder.load(changing(("tiers:\n", GAP))).digest
    assert folder.load(asking()).digest != folder.load(asking("")).digest
    said = folder.load(asking("").replace("suites:\n", 'suites:\n  more: {builtin: sentiment, format: ""}\n'))
    unsaid = folder.load(asking("").replace("suites:\n", "suites:\n  more: {builtin: sentiment}\n"))
    assert said.digest == unsaid.digest


@pytest.mark.parametrize(
    ("asked", "where", "text"),
    [
        ("    mitigation: {at_least: 0.5, metrics: [gp]}\n", "tiers.high.mitigation.metrics[0]", "not a metric"),
        (
            "    mitigation: {at_least: 0.5, metrics: [secret_leak]}\n",
            "tiers.high.mitigation.metrics[0]",
            "measures no gap",
        ),
        ("    mitigation: {at_least: 1, metrics: [gap]}\n", "tiers.high.mitigation.at_least", "less than 1"),
        ("    mitigation: {at_least: 0, metrics: [gap]}\n", "tiers.high.mitigation.at_least", "more than 0"),
        ("    mitigation: {at_least: 0.5, metrics: []}\n", "tiers.high.mitigation.metrics", "at least one entry"),
        ("    mitigation: {metrics: [gap]}\n", "tiers.high.mitigation.at_least", "missing"),
    ],
)
def test_what_cannot_be_asked(folder, asking, asked, where, text):
    checked = folder.check(asking(asked))
    found = [str(one) for one in checked.errors if one.where == where and text in one.message]
    assert len(found) == 1, [str(one) for one in checked.mistakes]


@pytest.mark.parametrize(
    ("old", "new", "where", "effect"),
    [
        (ASKED, "", "tiers.high.mitigation", "loosens"),
        ("", ASKED, "tiers.high.mitigation", "tightens"),
        (ASKED, ASKED.replace("0.5", "0.4"), "tiers.high.mitigation.at_least", "loosens"),
        (ASKED, ASKED.replace("0.5", "0.6"), "tiers.high.mitigation.at_least", "tightens"),
    ],
)
def test_what_tightens_and_what_loosens(folder, asking, old, new, where, effect):  # noqa: PLR0917  # one row each
    found = diff(folder.load(asking(old)), folder.load(asking(new)))
    assert [(change.where, change.effect) for change in found.changes] == [(where, effect)]


def test_a_metric_that_is_left_out_loosens(folder, asking):
    more = GAP.replace("  gap:", "  other:").replace("tiers:\n", "")
    both = asking(ASKED.replace("[gap]", "[gap, other]")).replace("  gap:\n", f"{more}  gap:\n")
    one = asking().replace("  gap:\n", f"{more}  gap:\n")
    there, back = diff(folder.load(both), folder.load(one)), diff(folder.load(one), folder.load(both))
    assert [(change.where, change.effect) for change in there.changes] == [("tiers.high.mitigation.metrics", "loosens")]
    assert back.overall == "tightens"


# -- published files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suite", "text"),
    [
        ("{file: a.jsonl, format: bqq}", "bbq"),
        ("{file: a.jsonl, format: bbq}", "context"),
        ("{file: a.jsonl, format: bbq, with: {context: both}}", "context"),
        ("{builtin: sentiment, format: bbq, with: {context: ambiguous}}", "belongs to a `file`"),
        ("{file: a.jsonl, format: winobias, with: {pro: x}}", "takes anti"),
    ],
)
def test_a_format_that_does_not_fit_is_named(folder, changing, suite, text):
    (folder.path / "a.jsonl").write_text("{}\n")
    checked = folder.check(changing(("suites:\n", f"suites:\n  bias: {suite}\n")))
    found = [str(one) for one in checked.errors if one.where.startswith("suites.bias")]
    assert any(text in one for one in found), [str(one) for one in checked.mistakes]


@pytest.mark.parametrize(
    ("form", "unit", "error"),
    [
        ("crows-pairs", "balance", ""),
        ("crows-pairs", "ratio", "measures in balance"),
        ("winobias", "ratio", ""),
        ("winobias", "balance", "measures in ratio"),
    ],
)
def test_a_metric_on_it_is_checked_by_its_usual_score(folder, changing, form, unit, error):
    (folder.path / "a.csv").write_text("x\n")
    metric = GAP.replace("{suite: swapped-groups}", "{suite: bias}").replace(
        "    better", f"    unit: {unit}\n    better"
    )
    text = changing(("suites:\n", f"suites:\n  bias: {{file: a.csv, format: {form}}}\n"), ("tiers:\n", metric))
    found = [str(one) for one in folder.check(text).errors]
    assert error in found[0] if error else found == [], found
