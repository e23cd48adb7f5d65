"""A gap to gold, and a verdict that nobody independent confirms, are shown in every format."""

from dataclasses import replace
from io import StringIO

from tests.unit.report import examples

from trimtab.decision.model import Judgement, Verdict
from trimtab.kinds import Estimate, Interval
from trimtab.policy.metric_spec import Gold
from trimtab.report.explanation import explain
from trimtab.report.html import page
from trimtab.report.json import as_json
from trimtab.report.junit import junit
from trimtab.report.markdown import markdown
from trimtab.report.terminal import decision_view


def with_gap(verdict, low, high, *, unconfirmed=False):
    report = examples.winner_report()
    metric = report.decision.maximise[0]
    seen = Estimate(value=(low + high) / 2, interval=Interval(low, high, 0.9, "betting on pairs"), count=100, cases=100)
    gap = Judgement(
        asked="gap", metric=metric, requirement="at most 0.05 better than people says", bound=0.05, verdict=verdict,
        seen=seen, needed=None, reason="Against people on 100 cases.", unconfirmed=unconfirmed,
    )  # fmt: skip
    spec = report.policy.metrics[metric].model_copy(update={"gold": Gold(metric="people", gap_at_most=0.05)})
    policy = report.policy.model_copy(update={"metrics": {**report.policy.metrics, metric: spec}})
    candidates = tuple(replace(one, judgements=(*one.judgements, gap)) for one in report.decision.candidates)
    decision = replace(report.decision, candidates=candidates, policy=policy.digest)
    return replace(report, policy=policy, decision=decision), metric


def texts(report):
    from rich.console import Console

    console = Console(width=200, record=True, file=StringIO())
    console.print(decision_view(report))
    terminal = console.export_text()
    return {"html": page(report), "markdown": markdown(report), "junit": junit(report).decode(), "terminal": terminal}


def test_every_format_says_whose_word_it_is_held_against():
    report, _ = with_gap(Verdict.PASS, -0.02, 0.04)
    for name, text in texts(report).items():
        assert "better than people says" in " ".join(text.split()), name
    asked = [one["asked"] for one in as_json(report)["candidates"][0]["requirements"]]
    assert asked[-1] == "gap"


def test_it_is_explained_in_sentences():
    report, metric = with_gap(Verdict.FAIL, 0.02, 0.1)  # by what earlier runs add
    (said,) = [one for one in explain(report, candidate="q8_0", metric=metric) if one.asked == "gap"]
    text = " ".join(said.sentences)
    assert "look better than people by" in text
    assert "with those of earlier runs they do, so it fails" in text


def test_a_verdict_that_nobody_confirms_is_explained_as_such():
    report, metric = with_gap(Verdict.INCONCLUSIVE, -0.02, 0.04, unconfirmed=True)
    (said,) = [one for one in explain(report, candidate="q8_0", metric=metric) if one.asked == "gap"]
    text = " ".join(said.sentences)
    assert "nobody independent confirms it" in text
    assert "`judged_by`" in text


def test_a_later_field_leaves_old_decisions_as_they_were():
    from trimtab.decision import from_payload, to_payload

    report, _ = with_gap(Verdict.INCONCLUSIVE, -0.02, 0.04, unconfirmed=True)
    payload = to_payload(report.decision)
    assert from_payload(payload).candidates[0].judgements[-1].unconfirmed
    assert "unconfirmed" not in payload["candidates"][0]["judgements"][0]
