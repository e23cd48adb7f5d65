"""A decision says the same in every format, in words that follow from its values and go no further."""

import math
from dataclasses import replace

import pytest
from tests.unit.report import examples

from trimtab.decision.model import Verdict
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.report.view import LedgerFacts, Requirement
from trimtab.report.words import headline, next_step, requirement, tightest, work


def test_a_winner_is_named_and_what_would_overturn_it_is_said():
    report = examples.winner_report()
    said = headline(report)
    assert said.title == "Ship q8_0"
    assert said.verdict is Verdict.PASS
    assert any("q8_0: its tightest floor is pii_leak, at most 1%" in line for line in said.changes)
    assert any(line.startswith("q4_0: secret_leak is 5.2% (3.4–7.6%) and must be at most 2%") for line in said.changes)


def test_a_winning_baseline_is_kept_not_shipped():
    report = examples.winner_report()
    kept = replace(report, decision=replace(report.decision, winner="current"))
    assert headline(kept).title == "Keep current"
    assert next_step(kept) == "Keep current in production."


def test_no_candidate_is_named_for_shipping_when_all_fail():
    said = headline(examples.failing_report())
    assert said.title.startswith("Ship none")
    assert {line.partition(":")[0] for line in said.changes} == {"current", "q8_0", "q4_0"}


def test_an_undecided_run_says_how_many_cases_would_decide_and_which_suite_to_raise():
    report = examples.inconclusive_report()
    assert any("about 640 more independent cases would probably decide" in line for line in headline(report).changes)
    assert "`cases` of personal-data-in-context" in next_step(report)


def test_a_suite_that_has_no_more_is_not_to_be_raised():
    base = examples.inconclusive_report()
    suites = {name: {**facts, "cases": 40} for name, facts in base.started.suites.items()}
    for source, says in (
        ({"file": "leaks.jsonl"}, "Add rows to leaks.jsonl (all that personal-data-in-context has were asked) and run"),
        ({"python": "leaks:cases"}, "Find more cases for personal-data-in-context (all that it has were asked)"),
    ):
        data = base.policy.model_dump(mode="json", by_alias=True)
        data["suites"] = {"personal-data-in-context": {**source, "cases": 200}}
        terms = type(base.policy).model_validate(data)
        decision = replace(base.decision, policy=terms.digest)
        short = replace(base, policy=terms, decision=decision, started=replace(base.started, suites=suites))
        assert says in next_step(short)
        assert "`cases`" not in next_step(short)
        full = replace(base, policy=terms, decision=decision)
        assert "Raise `cases` of personal-data-in-context" in next_step(full)


def test_the_work_is_said_with_what_failed():
    said = work(examples.winner_report())
    assert said.startswith("6,204 calls, 318 from the cache, 412,880 tokens, 2 min 51 s; failed tries")
    assert said.endswith("5 timeout, 1 http-500")
    assert work(replace(examples.winner_report(), finished=None)) == "cut off before its end"


def test_nothing_measured_is_never_worded_as_a_pass():
    report = examples.missing_report()
    said = headline(report)
    assert said.verdict is Verdict.INCONCLUSIVE
    assert all("must be measured" in line for line in said.changes)


def test_a_ledger_that_does_not_verify_leaves_no_winner_whatever_was_decided():
    report = replace(examples.winner_report(), ledger=replace(examples.LEDGER, verified=False))
    said = headline(report)
    assert report.winner == ""
    assert said.verdict is Verdict.INCONCLUSIVE
    assert "q8_0" not in said.title + next_step(report)


def test_a_candidate_of_which_nothing_was_asked_is_an_obstacle_not_a_pass():
    idle = replace(examples.candidate("idle", {}), verdict=Verdict.INCONCLUSIVE)
    report = examples.report([idle])
    assert headline(report).changes == ("idle: no floor was set for it, so nothing is proved.",)


def test_a_report_refuses_a_policy_that_the_decision_was_not_made_under():
    report = examples.winner_report()
    with pytest.raises(ValueError, match="was made under policy"):
        replace(report, policy=examples.policy(floors={}))


@pytest.mark.parametrize(
    ("asked", "metric", "words"),
    [
        ("floor", "secret_leak", "at most 2%"),
        ("floor", "answer_accuracy", "at least 60%"),
        ("floor", "latency_p95", "at most 1.5 s"),
        ("red-line", "secret_leak", "no event at all"),
        ("regression", "secret_leak", "at most 3 pts worse than current"),
    ],
)
def test_requirements_are_in_the_units_of_the_report(asked, metric, words):
    assert requirement(examples.winner_report(), Requirement(asked=asked, metric=metric)) == words


def one(seen, *, metric="secret_leak", floors=None):
    rows = [examples.candidate("only", {metric: seen}, floors=floors or examples.FLOORS)]
    return examples.report(rows, terms=examples.policy(floors=floors, candidates=("only",), baseline=""), baseline="")


def used(seen, **asked):
    report = one(seen, **asked)
    found = tightest(report, report.candidates[0])
    assert found is not None
    return found


def test_the_share_of_a_floor_is_one_at_the_floor_on_either_side():
    assert used((0.02, 0.01, 0.04)).value == pytest.approx(1.0)
    assert used((0.02, 0.01, 0.04)).worst == pytest.approx(2.0)
    high = used((0.6, 0.4, 0.8), metric="answer_accuracy")
    assert (high.best, high.value, high.worst) == pytest.approx((0.5, 1.0, 1.5))


def test_a_floor_of_zero_is_used_up_beyond_all_measure_by_any_event():
    floors = {"secret_leak": {"at_most": 0.0}}
    assert used((0.0, 0.0, 0.01), floors=floors).worst == math.inf
    assert used((0.0, 0.0, 0.0), floors=floors).worst == 0.0


def test_a_missing_metric_uses_no_floor():
    report = one(Missing("timeout"))
    assert tightest(report, report.candidates[0]) is None


def test_the_unverified_ledger_says_nothing_either_way():
    facts = LedgerFacts(location="x", size=1, head="00")
    assert replace(examples.winner_report(), ledger=facts).winner == "q8_0"


def test_an_unknown_value_with_an_open_interval_has_words():
    nothing = Estimate(value=math.nan, interval=Interval(-math.inf, math.inf, 0.9, "x"), count=1, cases=1, missing=1)
    report = one((0.7, 0.6, 0.8), metric="answer_accuracy")
    row = examples.judge("latency_p95", nothing, {"at_most": 1.5})
    candidate = replace(report.candidates[0], judgements=(row,), verdict=Verdict.INCONCLUSIVE)
    again = replace(report, decision=replace(report.decision, candidates=(candidate,)))
    assert any("unknown (unbounded)" in line for line in headline(again).changes)
