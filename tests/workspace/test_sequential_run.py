"""A run that stops when it knows enough: real calls, a real ledger, the real command."""

import json

import pytest

from trimtab.evidence import Ledger
from trimtab.evidence.records import Looked, Observation, RunStarted

FIXED = ("confidence: 0.9", "confidence: 0.9\n    sampling: fixed")


def of(report, candidate):
    return next(found for found in report["candidates"] if found["candidate"] == candidate)


def requirement(report, candidate, metric, asked="floor"):
    found = of(report, candidate)["requirements"]
    return next(one for one in found if (one["metric"], one["asked"]) == (metric, asked))


def estimate(report, candidate, metric):
    return of(report, candidate)["estimates"][metric]


def test_a_clean_candidate_is_decided_early_and_the_decision_is_recomputed(place):
    place.write(cases=300)
    report = place.decided()
    assert report["verdict"] == "pass"
    following = of(report, "next")
    assert following["asked"] < following["planned"] == 600
    assert estimate(report, "next", "leak")["cases"] < 100
    assert estimate(report, "current", "leak")["cases"] == 300  # the baseline answers what others are compared on
    assert estimate(report, "next", "accuracy")["cases"] == 300  # ranks are over every case
    assert following["stopped"] == "everything was decided"
    again = place.trimtab("report", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["candidates"] == report["candidates"]
    place.verify()


def test_a_leaking_candidate_stops_early_and_names_why(place):
    place.write(cases=300, leaks=300)
    report = place.decided()
    assert report["verdict"] == "fail"
    assert of(report, "next")["stopped"] == "leak was refuted"
    assert of(report, "next")["asked"] < 100
    shown = place.trimtab("report")
    assert "leak was refuted" in " ".join(shown.stdout.split())


def test_a_fixed_design_asks_everything(place):
    place.write(cases=120)
    policy = place.folder / "trimtab.yaml"
    policy.write_text(policy.read_text().replace(*FIXED))
    report = place.decided()
    assert {of(report, name)["asked"] for name in ("current", "next")} == {240}
    assert requirement(report, "next", "leak")["seen"]["method"] == "clopper-pearson"


def test_what_a_run_will_be_is_said_before_anything_is_asked(place):
    place.write()
    place.decided()
    with Ledger.open(place.folder / ".trimtab/ledger.db") as ledger:
        kinds = [record for _, record in ledger.records()]
    begun = next(n for n, one in enumerate(kinds) if isinstance(one, RunStarted))
    assert all(n > begun for n, one in enumerate(kinds) if isinstance(one, Observation | Looked))
    assert [one.sampling for one in kinds if isinstance(one, RunStarted)] == ["sequential"]
    looked = [one for one in kinds if isinstance(one, Looked)]
    assert {(one.suite, one.number) for one in looked} == {("questions", 1), ("planted", 1)}


def test_looking_again_is_seen_and_paid_for(place):
    place.write(cases=300)
    first = place.decided()
    again = place.decided("--fresh")
    assert [requirement(report, "next", "leak")["look"] for report in (first, again)] == [1, 2]
    assert estimate(again, "next", "leak")["cases"] > estimate(first, "next", "leak")["cases"]
    assert "look 2" in (place.folder / "trimtab-report/report.html").read_text()


def test_answers_that_came_after_the_end_are_in_the_ledger_and_do_not_count(place):
    """With many calls in flight some end behind the beginning that is judged; the decision is the same to the digit."""
    place.write(cases=300, limits="{concurrency: 40, retries: 1, timeout: 60}")
    report = place.decided()
    counted = estimate(report, "next", "leak")["cases"]
    with Ledger.open(place.folder / ".trimtab/ledger.db") as ledger:
        rows = [row for row in ledger.rows(kind="observation") if row.metric == "leak" and row.candidate == "next"]
    assert counted <= len(rows) < 300
    assert place.trimtab("report").returncode == 0


@pytest.mark.parametrize("trick", ["another seed", "a copy of the file", "a row more", "other ids"])
def test_the_same_questions_are_the_same_cases_however_they_come(place, trick):
    place.write(cases=60)
    place.decided()
    policy, rows = place.folder / "trimtab.yaml", place.folder / "planted.jsonl"
    if trick == "another seed":
        policy.write_text(policy.read_text().replace("file: planted.jsonl,", "file: planted.jsonl, seed: 5,"))
    elif trick == "a copy of the file":
        (place.folder / "copy.jsonl").write_text(rows.read_text())
        policy.write_text(policy.read_text().replace("file: planted.jsonl,", "file: copy.jsonl,"))
    elif trick == "a row more":
        more = rows.read_text().splitlines()[0].replace("say-0", "more").replace("nothing", "nobody")
        rows.write_text(rows.read_text() + more + "\n")
    else:
        rows.write_text(rows.read_text().replace("say-", "said-"))
    report = place.decided("--fresh")
    assert requirement(report, "next", "leak")["look"] == 2


def test_other_questions_begin_a_new_count(place):
    place.write(cases=60)
    place.decided()
    rows = place.folder / "planted.jsonl"
    rows.write_text(rows.read_text().replace("nothing at all", "something else"))
    assert requirement(place.decided("--fresh"), "next", "leak")["look"] == 1


def test_a_baseline_that_gave_no_answer_is_named_and_more_cases_are_not_advised(place):
    place.write(url="http://127.0.0.1:9")
    report = place.decided()
    found = requirement(report, "next", "leak", "regression")
    assert found["verdict"] == "inconclusive"
    assert "current gave no answer" in found["reason"]
    assert found["needed"] is None
    shown = " ".join(place.trimtab("report").stdout.split())
    assert "current in vain: it gave no answer" in shown


@pytest.mark.parametrize("words", [(), ("--candidate", "next"), ("--candidate", "next", "--metric", "leak")])
def test_a_verdict_is_explained_in_a_few_sentences(place, words):
    place.write(cases=120)
    place.decided()
    done = place.trimtab("explain", *words)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "“Does it leak?”" in said
    assert "independent cases" in said
    told = json.loads(place.trimtab("explain", "--json", *words).stdout)
    assert all(3 <= len(one["sentences"]) <= 5 for one in told["verdicts"])


def test_who_asks_for_a_verdict_that_is_not_there_is_told_what_there_is(place):
    place.write()
    place.decided()
    done = place.trimtab("explain", "--candidate", "nobody")
    assert done.returncode == 2
    assert "current, next" in " ".join(done.stderr.split())


def test_the_plan_foresees_what_a_run_then_takes(place):
    place.write(cases=300)
    before = json.loads(place.trimtab("plan", "--json").stdout)["systems"][0]
    leak = next(one for one in before["floors"] if one["metric"] == "leak")
    assert leak["source"] == "target"
    report = place.decided()
    asked = of(report, "next")["asked"]
    assert before["calls"]["good"] / 1.5 < asked < before["calls"]["good"] * 1.5
    assert before["fixed"] == 600
    after = json.loads(place.trimtab("plan", "--json").stdout)["systems"][0]
    assert next(one for one in after["floors"] if one["metric"] == "leak")["source"] == "measured"
    assert after["look"] == 2
    assert after["seconds_per_call"] > 0
    shown = place.trimtab("plan")
    assert "fixed design takes 600 calls" in " ".join(shown.stdout.split())
