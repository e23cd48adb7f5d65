"""From a policy to a decision: real calls, a real ledger, the real command."""

import json
import stat

import pytest

from trimtab.errors import UnreproducibleError
from trimtab.evidence import Ledger, Observation
from trimtab.kinds import Score
from trimtab.testing import ServerProcess
from trimtab.workspace import Workspace


def of(report, candidate):
    return next(found for found in report["candidates"] if found["candidate"] == candidate)


def test_a_safe_and_right_candidate_is_chosen_and_the_ledger_verifies(place):
    place.write()
    done = place.trimtab("run")
    assert done.returncode == 0, done.stdout + done.stderr
    place.verify()
    assert {path.name for path in (place.folder / "trimtab-report").iterdir()} == {
        "report.html", "report.json", "junit.xml", "summary.md",
    }  # fmt: skip


def test_a_leak_fails_a_candidate_that_is_always_right(place):
    place.write(leaks=30)
    report = place.decided()
    assert report["verdict"] == "fail"
    assert report["winner"] is None
    for name in ("current", "next"):
        assert of(report, name)["estimates"]["accuracy"]["value"] == 1.0
        assert of(report, name)["verdict"] == "fail"


def test_too_few_cases_are_no_pass(place):
    place.write(cases=5)
    report = place.decided()
    assert report["verdict"] == "inconclusive"
    assert place.trimtab("run").returncode == 3


def test_one_event_of_a_red_line_fails_whatever_the_rate(place):
    place.write(cases=120, leaks=1, red_lines="[leak]")
    report = place.decided()
    assert report["verdict"] == "fail"
    asked = {r["asked"]: r["verdict"] for r in of(report, "next")["requirements"] if r["metric"] == "leak"}
    assert asked["floor"] == "pass"
    assert asked["red-line"] == "fail"


def test_the_decision_can_be_recomputed_from_the_ledger_alone(place):
    place.write()
    first = place.decided()
    for name in ("trimtab.yaml", "questions.jsonl", "planted.jsonl"):
        (place.folder / name).unlink()
    again = place.trimtab("report", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["candidates"] == first["candidates"]


def test_a_changed_rule_is_noticed_when_recomputing(place, monkeypatch):
    place.write()
    place.decided()
    from trimtab.decision import decide as honest

    def lenient(policy, system, measurements, **facts):
        from dataclasses import replace

        return replace(honest(policy, system, measurements, **facts), reason="because")

    monkeypatch.setattr("trimtab.workspace.again.decide", lenient)
    ledger = place.folder / ".trimtab/ledger.db"
    with Workspace.open(None, ledger=ledger) as workspace, pytest.raises(UnreproducibleError):
        workspace.report()


def test_the_exit_code_can_speak_of_one_candidate(place):
    place.write(second="http://127.0.0.1:9")
    assert place.trimtab("run").returncode == 0  # the baseline clears everything
    assert place.trimtab("run", "--require", "next").returncode == 3
    assert place.trimtab("run", "--require", "nobody").returncode == 2


def test_a_named_candidate_brings_the_baseline_it_is_compared_with(place):
    place.write()
    report = place.decided("--candidate", "next")
    assert [found["candidate"] for found in report["candidates"]] == ["current", "next"]


def test_a_candidate_that_answers_nothing_is_inconclusive_and_the_other_is_decided(place):
    place.write(second="http://127.0.0.1:9")
    report = place.decided()
    assert of(report, "current")["verdict"] == "pass"
    assert of(report, "next")["verdict"] == "inconclusive"
    assert report["winner"] == "current"
    place.verify()


def test_half_of_the_answers_broken_never_help(place):
    with ServerProcess("--fail-every", "2:500") as flaky:
        place.write(second=flaky.url, limits="{concurrency: 4, retries: 0, timeout: 60}")
        report = place.decided()
    leak = of(report, "next")["estimates"]["leak"]
    assert leak["missing"] > 0
    assert of(report, "next")["verdict"] != "pass"
    assert report["provenance"]["finished"]["errors"]["http-500"] > 0


def test_a_budget_that_runs_out_is_no_pass(place):
    place.write()
    report = place.decided("--max-calls", "30")
    assert report["verdict"] == "inconclusive"
    assert report["provenance"]["finished"]["outcome"] == "budget"
    assert report["provenance"]["finished"]["calls"] <= 30


def test_no_prompt_reply_or_secret_is_in_the_ledger_by_default(place):
    place.write(leaks=30)
    place.decided()
    for path in (place.folder / ".trimtab").glob("ledger.db*"):
        content = path.read_bytes()
        assert b"KESTREL" not in content
        assert b"say: " not in content


def test_excerpts_are_kept_only_when_asked_for_and_then_redacted(place):
    place.write(leaks=30, text="redacted")
    report = place.decided()
    examples = of(report, "next")["examples"]["leak"]
    assert all("KESTREL" not in example["excerpt"] for example in examples)
    assert any("the code is" in example["excerpt"] for example in examples)


def test_files_that_hold_replies_are_for_the_owner_only(place):
    place.write()
    place.decided()
    for name in ("ledger.db", "replies.db"):
        mode = stat.S_IMODE((place.folder / ".trimtab" / name).stat().st_mode)
        assert mode == 0o600, name


def test_an_endpoint_without_pinned_weights_is_asked_again_by_the_next_run(place):
    place.write()
    found = [place.decided()["provenance"]["finished"] for _ in range(2)]
    assert [one["cached"] for one in found] == [0, 0]
    # Whoever is decided early is asked no more; how much was under way then differs from run to run.
    asked = (place.folder / "requests.jsonl").read_text().count("\n")
    assert asked == sum(one["calls"] for one in found)
    assert all(80 < one["calls"] <= 160 for one in found)


def test_library_and_command_decide_alike(place):
    place.write()
    told = place.decided()
    with Workspace.open(place.folder / "trimtab.yaml", ledger=place.folder / "other.db") as workspace:
        report = workspace.run()
    assert report.decision.winner == told["winner"]
    with Ledger.open(place.folder / "other.db") as ledger:
        assert [run.verdict for run in ledger.runs()] == ["pass"]


GUARD = """
guards:
  standard: {output: [{detector: patterns, labels: [personal], action: mask}]}
"""


def test_a_guard_in_front_of_a_candidate_is_measured_with_it(place):
    place.write(leaks=30)
    planted = place.folder / "planted.jsonl"
    planted.write_text(planted.read_text().replace("KESTREL-4417", "ana@example.org"))
    policy = place.folder / "trimtab.yaml"
    text = policy.read_text()
    at = text.index("      next: {") + len("      next: {")
    policy.write_text(text[:at] + "guard: standard, " + text[at:] + GUARD)
    report = place.decided()
    assert of(report, "current")["estimates"]["leak"]["value"] == 0.75
    assert of(report, "next")["estimates"]["leak"]["value"] == 0.0
    assert of(report, "next")["estimates"]["accuracy"]["value"] == 1.0
    assert report["winner"] == "next"


def test_one_model_with_and_without_a_guard_is_asked_once(place):
    place.write(leaks=30)
    planted = place.folder / "planted.jsonl"
    planted.write_text(planted.read_text().replace("KESTREL-4417", "ana@example.org"))
    policy = place.folder / "trimtab.yaml"
    text = policy.read_text()
    at = text.index("      next: {")
    end = text.index("\n", at)
    policy.write_text(text[:at] + "      next: {of: current, guard: standard}" + text[end:] + GUARD)
    report = place.decided()
    asked = [json.loads(line)["prompt"] for line in (place.folder / "requests.jsonl").read_text().splitlines()]
    assert len(asked) > 40
    assert len(asked) == len(set(asked))
    assert of(report, "current")["estimates"]["leak"]["value"] == 0.75
    assert of(report, "next")["estimates"]["leak"]["value"] == 0.0
    assert report["winner"] == "next"
    # Case by case: the two need not have been judged on as many, so their quantiles do not compare.
    seconds: dict[str, dict[str, float]] = {"current": {}, "next": {}}
    with Ledger.open(place.folder / ".trimtab" / "ledger.db") as ledger:
        for row, record in ledger.records(kind="observation"):
            if isinstance(record, Observation) and isinstance(record.outcome, Score) and record.metric == "latency":
                seconds[row.candidate][record.case] = record.outcome.value
    both = seconds["current"].keys() & seconds["next"].keys()
    assert both
    assert all(seconds["next"][case] > seconds["current"][case] for case in both)
    place.verify()
