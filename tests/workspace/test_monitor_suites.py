"""Suites beside production: measured when something has changed, and what changed for the worse stops the build."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from tests import command
from tests.workspace import watching
from tests.workspace.hooks import Receiver
from tests.workspace.test_monitor import GOOD, INCIDENT
from tests.workspace.watching import Site, kinds

from trimtab.decision import Verdict
from trimtab.workspace import Workspace
from trimtab.workspace.holding import hold_of


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "bots", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return Site(tmp_path, cases=120, filled={"slo": "{}"})


def measured(site, candidates, **options):
    """A look with suites at bots that may have changed since."""
    sys.modules.pop("bots", None)
    site.write(candidates)
    # Two versions of one size within one second look alike to Python, which would take the bytecode of the first.
    shutil.rmtree(site.folder / "__pycache__", ignore_errors=True)
    return site.look(suites=True, at=None, **options)


SAFE = {"current": (100, 0)}


def test_it_measures_at_first_and_then_only_what_has_changed(site):
    first = measured(site, SAFE)
    assert first.changes == ("it was never decided on",)
    assert first.report is not None
    assert measured(site, SAFE).report is None
    again = measured(site, {"current": (101, 0)})
    assert again.changes == ("current is another",)
    assert again.report is not None
    new = measured(site, {"current": (101, 0), "next": (101, 0)})
    assert set(new.changes) == {"current is another", "next is new", "the policy is another"}  # their file is one
    site.cases = 119
    other = measured(site, {"current": (101, 0), "next": (101, 0)})
    assert set(other.changes) == {"suite questions has other cases", "suite planted has other cases"}
    gone = measured(site, {"next": (101, 0)} | {"current": (101, 0)})
    assert gone.report is not None


def test_an_old_decision_is_made_again(site):
    measured(site, SAFE)
    assert measured(site, SAFE, older_than=3600.0).report is None
    assert measured(site, SAFE, older_than=1e-3).report is not None


def test_a_quantised_candidate_that_is_quicker_and_leaks_fails_the_build(site):
    """The case to show: "the same model, stored in 4 bits, faster", whose answers are even a little better."""
    site.cases = 400
    with Receiver() as receiver:
        site.filled["notify"] = f'notify:\n  on-call: {{url: "{receiver.url}"}}'
        before = measured(site, {"current": (300, 0)})
        assert before.verdict is Verdict.PASS
        slipped = measured(site, {"current": (300, 0), "q4": (350, 80)})
        assert slipped.verdict is Verdict.FAIL
        assert slipped.decision is not None
        assert slipped.decision.winner == "current"
        (alarm,) = slipped.raised
        assert (alarm.by, alarm.level) == ("verdict", "ticket")
        assert "q4 fails leak (floor), leak (regression)" in alarm.why
        still = measured(site, {"current": (300, 0), "q4": (350, 80)})
        assert (still.raised, still.verdict) == ((), Verdict.FAIL)
        mended = measured(site, {"current": (300, 0), "q4": (350, 0)})
        assert [one.state for one in mended.ended] == ["ended"]
        assert mended.verdict is Verdict.PASS
        assert mended.decision is not None
        assert mended.decision.winner == "q4"
    assert len(receiver.got) == 2
    assert all(b"KESTREL" not in body and b"door" not in body for _, body in receiver.got)
    assert site.look().verdict is Verdict.PASS


def test_a_baseline_whose_weights_were_exchanged_pages(site):
    measured(site, {"current": (100, 0)})
    look = measured(site, {"current": (110, 24)})
    (alarm,) = look.raised
    assert (alarm.by, alarm.level) == ("verdict", "page")
    assert "the baseline" in alarm.why
    assert look.verdict is Verdict.FAIL


def test_a_baseline_that_passed_and_does_not_any_more_is_a_ticket(site):
    """Too few cases are no pass, and a verdict that is lost is told; it is over when it passes again."""
    measured(site, {"current": (100, 0)})
    site.cases = 30
    lost = measured(site, {"current": (30, 1)})
    (alarm,) = lost.raised
    assert alarm.level == "ticket"
    assert "current, the baseline, passed before" in alarm.why
    assert lost.verdict is Verdict.FAIL
    site.cases = 500
    worse = measured(site, {"current": (400, 200)})
    assert [one.level for one in worse.raised] == ["page"]  # it was a ticket, and is more now
    found = measured(site, {"current": (401, 0)})
    assert [one.by for one in found.ended] == ["verdict"]
    assert found.verdict is Verdict.PASS


def test_a_run_of_some_candidates_says_nothing_of_the_others(site):
    both = {"current": (100, 0), "next": (100, 0), "other": (100, 0)}
    measured(site, both)
    with Workspace.open("trimtab.yaml", ledger=site.ledger) as workspace:
        workspace.run(candidates=["next"])
    assert site.look(after=0, at=None).raised == ()


def test_candidates_that_fail_beside_a_good_baseline_at_first_are_no_alarm(site):
    look = measured(site, {"current": (100, 0), "bad": (110, 24)})
    assert (look.raised, look.verdict) == ((), Verdict.PASS)
    assert measured(site, {"current": (100, 0), "bad": (110, 24)}, require="bad").verdict is Verdict.FAIL


def test_an_alarm_about_what_changed_survives_a_kill_between_the_run_and_its_record(site):
    measured(site, {"current": (100, 0)})
    sys.modules.pop("bots", None)
    site.write({"current": (100, 0), "q4": (110, 24)})
    with Workspace.open("trimtab.yaml", ledger=site.ledger) as workspace:
        workspace.run()  # and the process is gone
    look = measured(site, {"current": (100, 0), "q4": (110, 24)})
    assert look.report is None
    assert [alarm.by for alarm in look.raised] == ["verdict"]


def spent(site):
    """Production has spent its budget; q4 is the better performer, and safe."""
    site.write({"current": (100, 0)}, slo="{leak: {good: 0.999}}")
    site.rule([*GOOD, *INCIDENT])


def test_a_spent_budget_holds_a_better_performer_back_until_somebody_says_it_is_a_fix(site):
    spent(site)
    both = {"current": (90, 2), "q4": (119, 0)}
    sys.modules.pop("bots", None)
    site.write(both)
    held = site.look(suites=True)
    assert held.decision is not None
    assert held.decision.winner == "q4"
    assert held.hold is not None
    assert held.hold.metrics == ("leak",)
    assert "--safety-fix" in held.hold.why
    fixed = site.look(after=1, fix="tells codes no more")
    assert (fixed.hold, fixed.lifted) == (None, True)
    assert fixed.verdict is Verdict.PASS
    (record,) = kinds(site, "hold-lifted")
    assert (record.candidate, record.as_, record.why) == ("q4", "safety-fix", "tells codes no more")
    later = site.look(after=2)
    assert (later.hold, later.lifted) == (None, True)
    assert len(kinds(site, "hold-lifted")) == 1


def test_what_is_measured_to_be_worse_is_no_fix_whatever_is_said(site):
    site.cases = 400
    spent(site)
    sys.modules.pop("bots", None)
    site.write({"current": (250, 0), "q4": (390, 1)})
    look = site.look(suites=True, fix="it is much faster")
    assert look.decision is not None
    assert look.decision.winner == "q4"  # one leak more in four hundred: floor and margin are kept
    assert look.hold is not None
    assert "is no fix: its leak is 0.0025, worse than 0 of current" in look.hold.why
    assert look.verdict is Verdict.FAIL
    assert kinds(site, "hold-lifted") == []


def test_keeping_the_baseline_is_never_held(site):
    spent(site)
    sys.modules.pop("bots", None)
    site.write({"current": (119, 0), "q4": (60, 0)})
    look = site.look(suites=True)
    assert look.hold is None
    with Workspace.open("trimtab.yaml", ledger=site.ledger) as workspace:
        assert look.decision is not None
        assert hold_of(workspace, look.decision) is None


def test_a_red_line_that_the_baseline_crossed_spends_a_share_once_each_time(site, monkeypatch):
    monkeypatch.setattr(watching, "NOW", time.time_ns() // 1000)
    site.write(SAFE, slo="{leak: {severe_share: 0.4}}", red_lines="[leak]")
    site.rule([(age, 100, 0) for age in range(60, 0, -5)])

    def budget(leaks):
        return measured(site, {"current": (100, leaks)}).budgets["leak"]

    assert budget(0).severe == 0
    assert (budget(1).severe, budget(1).spent) == (1, 0.4)
    measured(site, {"current": (101, 1)})  # measured again, and still the same event
    assert budget(1).severe == 1
    assert budget(0).severe == 1
    assert budget(2).spent == pytest.approx(0.8)


def test_what_cannot_be_measured_keeps_no_alarm_back(site, monkeypatch):
    monkeypatch.setattr(watching, "NOW", time.time_ns() // 1000)
    site.write(SAFE, slo="{leak: {good: 0.999}}")
    site.rule([*GOOD, *INCIDENT])
    with (site.folder / "bots.py").open("a") as file:
        file.write("del current\n")
    sys.modules.pop("bots", None)
    look = site.look(suites=True, at=None)
    assert look.report is None
    assert "current" in look.unknown
    assert {alarm.by for alarm in look.raised} >= {"e-detector", "spent-100"}


def trimtab(site, *arguments):
    return command.trimtab(*arguments, cwd=site.folder, environment={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"})


def test_the_command_says_what_it_saw_and_ends_with_it(site):
    site.write({"current": (100, 0)})
    assert trimtab(site, "monitor", "--quiet").returncode == 0
    site.write({"current": (110, 24)})
    done = trimtab(site, "monitor", "--json", "--out", "pages")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["changes"] == ["current is another"]
    assert [alarm["by"] for alarm in found["raised"]] == ["verdict"]
    assert (site.folder / "pages" / "junit.xml").exists()
    shown = trimtab(site, "monitor", "--no-suites")
    assert shown.returncode == 1
    assert "PAGE current, the baseline, fails leak (floor)" in shown.stdout
    assert trimtab(site, "monitor", "--every", "5x").returncode == 2
    assert trimtab(site, "ledger", "verify").returncode == 0


def test_again_and_again_until_it_is_ended(site, start):
    site.write({"current": (100, 0)})
    process = start(
        [sys.executable, "-m", "trimtab", "monitor", "--no-suites", "--json", "--every", "0.1s"],
        cwd=site.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    seen = [line for line in (process.stdout.readline() for _ in range(120)) if '"verdict"' in line]
    process.send_signal(2)
    process.communicate(timeout=90)
    assert len(seen) >= 2
    assert process.returncode == 130
