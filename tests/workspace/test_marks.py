"""What people mark becomes evidence beside what programs say, and `trimtab watch` does the same for steps of others."""

import csv
import json

import pytest

PLAIN = "source: {{suite: planted}}}}"
GOLD = "source: {{suite: planted}}, gold: {{metric: people, gap_at_most: 0.3}}}}"
PEOPLE = """
  people:
    {{question: "Do people see a leak?", better: lower, target: 0.01, owner: lead,
     source: {{suite: planted, score: human-marks, with: {{better: lower}}}}}}"""


@pytest.fixture
def marked(place, monkeypatch):
    """A run of a policy whose `leak` is held against people."""
    from tests.workspace import conftest

    assert PLAIN in conftest.POLICY
    monkeypatch.setattr(conftest, "POLICY", conftest.POLICY.replace(PLAIN, GOLD + PEOPLE, 1))
    place.write(cases=60)
    return place


def gaps(decided):
    return {
        candidate["candidate"]: judgement["verdict"]
        for candidate in decided["candidates"]
        for judgement in candidate["requirements"]
        if judgement["asked"] == "gap"
    }


def fill(path, mark):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["mark"] = mark(number, row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=["candidate", "case", "mark", "reply"])
        writer.writeheader()
        writer.writerows(rows)
    return rows


@pytest.mark.slow
def test_marks_decide_a_run_anew_and_the_report_recomputes_it(marked):
    decided = marked.decided()
    assert gaps(decided) == {"current": "inconclusive", "next": "inconclusive"}
    done = marked.trimtab("marks", "sheet", "sheet.csv", "--metric", "people", "--cases", "45")
    assert done.returncode == 0, done.stderr
    rows = fill(marked.folder / "sheet.csv", lambda n, row: 0)
    assert len(rows) == 90
    assert all(row["reply"] for row in rows)
    added = marked.trimtab("marks", "add", "sheet.csv", "--metric", "people", "--by", "lead", "--json", "--quiet")
    assert added.returncode in {0, 3}, added.stderr
    again = json.loads(added.stdout)
    assert gaps(again) == {"current": "pass", "next": "pass"}
    shown = marked.trimtab("report", "--json", "--quiet")
    assert shown.returncode == added.returncode, shown.stderr
    assert gaps(json.loads(shown.stdout)) == {"current": "pass", "next": "pass"}
    marked.verify()
    # The same sheet again adds nothing; other marks, and somebody who is not listed, are refused.
    same = marked.trimtab("marks", "add", "sheet.csv", "--metric", "people", "--by", "lead")
    assert same.returncode == added.returncode
    assert "0 marks added" in same.stderr
    stranger = marked.trimtab("marks", "add", "sheet.csv", "--metric", "people", "--by", "stranger")
    assert (stranger.returncode, "is not listed under people" in stranger.stderr) == (2, True)
    fill(marked.folder / "sheet.csv", lambda n, row: "yes")
    other = marked.trimtab("marks", "add", "sheet.csv", "--metric", "people", "--by", "lead")
    assert (other.returncode, "was marked otherwise before" in " ".join(other.stderr.split())) == (2, True)
    assert gaps(json.loads(marked.trimtab("report", "--json", "--quiet").stdout)) == {"current": "pass", "next": "pass"}


@pytest.mark.slow
def test_every_mistake_in_a_sheet_is_told_and_nothing_of_it_counts(marked):
    marked.decided()
    (marked.folder / "m.jsonl").write_text(
        '{"candidate": "current", "case": "say-1", "mark": 0}\n'
        '{"candidate": "nobody", "case": "say-1", "mark": 0}\n'
        '{"candidate": "next", "case": "none", "mark": 0}\n'
        '{"candidate": "next", "case": "say-2", "mark": 0.5}\n'
        '{"candidate": "next", "case": "say-3", "mark": 1, "reply": "sha256:00"}\n'
        '{"candidate": "current", "case": "say-1", "mark": 1}\n',
        encoding="utf-8",
    )
    refused = marked.trimtab("marks", "add", "m.jsonl", "--metric", "people", "--by", "lead")
    assert refused.returncode == 2
    said = " ".join(refused.stderr.split())
    for part in ("m.jsonl:2", "m.jsonl:3", "m.jsonl:4", "m.jsonl:5", "m.jsonl:6", "marked twice", "neither 1 nor 0"):
        assert part in said, said
    wrong = marked.trimtab("marks", "add", "m.jsonl", "--metric", "leak", "--by", "lead")
    assert (wrong.returncode, "no metric that people mark" in wrong.stderr) == (2, True)
    done = marked.trimtab("marks", "sheet", "s.csv", "--metric", "people", "--cases", "500")
    assert "120 cases wait" in " ".join(done.stdout.split())


# -- steps of others -------------------------------------------------------------------------------


def write(path, gaps, *, cases=40, repeat=False):
    with path.open("w", encoding="utf-8") as file:
        print("step,proxy,gold" + (",case" if repeat else ""), file=file)
        for number, gap in enumerate(gaps):
            for case in range(cases):
                flattered = case < round(gap * cases)
                print(f"s{number},1,{int(not flattered)}" + (f",c{case}" if repeat else ""), file=file)
    return path


def watched(path, *arguments):
    from click.testing import CliRunner

    from trimtab.cli.watch import watch

    return CliRunner().invoke(watch, [str(path), *arguments])


def test_a_gap_that_grows_is_a_failure_with_its_steps(tmp_path):
    done = watched(write(tmp_path / "g.csv", [0.0, 0.0, 0.1, 0.2, 0.3, 0.4]), "--gap", "0.05", "--json")
    assert done.exit_code == 1, done.output
    data = json.loads(done.output)
    assert data["verdict"] == "fail"
    assert len(data["steps"]) == 6
    assert data["slope"] == pytest.approx(0.1)


def test_steps_that_agree_pass_and_few_are_inconclusive(tmp_path):
    assert watched(write(tmp_path / "g.csv", [0.0] * 3, cases=120), "--gap", "0.05").exit_code == 0
    assert watched(write(tmp_path / "g.csv", [0.0] * 3, cases=10), "--gap", "0.05").exit_code == 3


def test_a_page_shows_every_step_and_asks_for_nothing(tmp_path):
    import re

    path = write(tmp_path / "g.csv", [0.0, 0.05, 0.1, 0.3] * 5)
    done = watched(path, "--gap", "0.05", "--out", str(tmp_path / "page.html"))
    assert done.exit_code == 1, done.output
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<circle") == 20
    assert page.count('scope="row"') == 20
    assert "The measure flatters" in page
    assert not re.search(r"https?://|<script|src=", page)


def test_cases_that_come_again_are_not_bet_on_again(tmp_path):
    gaps_ = [0.15] * 30
    fresh = watched(write(tmp_path / "a.csv", gaps_), "--gap", "0.05")
    again = watched(write(tmp_path / "b.csv", gaps_, repeat=True), "--gap", "0.05")
    assert (fresh.exit_code, again.exit_code) == (1, 3)


def test_a_recorded_look_holds_no_text(tmp_path):
    from trimtab.evidence import Ledger
    from trimtab.evidence.records import Probed

    done = watched(write(tmp_path / "g.csv", [0.0] * 3), "--gap", "0.05", "--ledger", str(tmp_path / "e.db"))
    assert "Recorded" in done.output
    with Ledger.open(tmp_path / "e.db") as ledger:
        ((_, record),) = list(ledger.records(kind="probe"))
        ledger.verify().raise_if_bad()
    assert isinstance(record, Probed)
    assert record.facts["steps"] == 3


def test_mistakes_in_steps_are_told_by_line(tmp_path):
    from trimtab.errors import PolicyError
    from trimtab.workspace.watch import watch

    path = tmp_path / "g.csv"
    path.write_text("step,proxy,gold,case\ns1,1,2,a\n,1,1,b\ns1,1,1,a\ns1,x,1,c\n", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        watch(path, gap=0.1, better="higher")
    assert {(one.line, one.where) for one in caught.value.mistakes} == {(2, "gold"), (3, "step"), (4, "case"), (5, "proxy")}  # fmt: skip
