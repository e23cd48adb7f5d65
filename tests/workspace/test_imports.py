"""What another tool measured is judged like anything else, and said to be another's wherever it is shown."""

import json
import shutil
from pathlib import Path

import pytest

from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.kinds import Score
from trimtab.measure.imports import read_results
from trimtab.policy import load_policy
from trimtab.report import as_json
from trimtab.workspace import Workspace
from trimtab.workspace.imports import add_results, check_place

DATA = Path(__file__).parents[1] / "data" / "imports"
IMPORTED = """\
suites:
  scan: {imported: csv}
"""
METRIC = """\
metrics:
  attacked:
    {question: "Does an attack get through?", better: lower, target: 0.01, owner: lead,
     source: {suite: scan, with: {better: lower%s}}}
"""
TABLE = "candidate,case,value,cluster\n"


@pytest.fixture
def brought(place):
    """A policy in which a floor rests on imported results; `suites` and `given` change what the metric takes."""

    def brought(given="", tool="csv", floor="attacked: {at_most: 0.1}, "):
        place.write()
        path = place.folder / "trimtab.yaml"
        text = path.read_text(encoding="utf-8").replace("{leak:", f"{{{floor}leak:", 1)
        text = text.replace("suites:\n", IMPORTED.replace("csv", tool), 1).replace("metrics:\n", METRIC % given, 1)
        path.write_text(text, encoding="utf-8")
        return place

    return brought


def table(place, candidate, bad, cases=120, name="results.csv"):
    lines = "".join(f"{candidate},case-{n},{int(n < bad)},c{n}\n" for n in range(cases))
    (place.folder / name).write_text(TABLE + lines, encoding="utf-8")
    return name


def taken(place, candidate, file, tool="csv"):
    """Import a file; what was told of it is in `new` and `run`."""
    policy = place.folder / "trimtab.yaml"
    found = read_results(tool, place.folder / file, candidate=candidate)
    with Workspace.open(policy, ledger=place.folder / ".trimtab" / "ledger.db") as workspace:
        return add_results(
            workspace.ledger, load_policy(policy), found, system="bot", candidate=candidate, suite="scan"
        )


def decided(place):
    """A run, as its report says it in JSON."""
    with Workspace.open(place.folder / "trimtab.yaml", ledger=place.folder / ".trimtab" / "ledger.db") as workspace:
        return as_json(workspace.run("bot"))


def rows(place, **named):
    with Ledger.open(place.folder / ".trimtab" / "ledger.db", create=False) as ledger:
        return list(ledger.records(**named))


def floors(told, metric="attacked"):
    return {
        candidate["candidate"]: judgement
        for candidate in told["candidates"]
        for judgement in candidate["requirements"]
        if (judgement["asked"], judgement["metric"]) == ("floor", metric)
    }


def test_a_floor_is_judged_by_what_was_imported_and_the_report_says_whose_it_is(brought):
    place = brought()
    for name, bad in (("current", 0), ("next", 60)):
        file = table(place, name, bad=bad, name=f"{name}.csv")
        done = place.trimtab("import", "csv", file, "--suite", "scan", "--candidate", name, "--json")
        assert json.loads(done.stdout)["measures"]["value"]["mean"] == bad / 120
    told = place.decided()
    assert {name: one["verdict"] for name, one in floors(told).items()} == {"current": "pass", "next": "fail"}
    assert (told["verdict"], told["winner"]) == ("pass", "current")
    imports = told["provenance"]["imports"]
    assert [(one["candidate"], one["tool"], one["results"]) for one in imports] == [
        ("current", "csv", 120), ("next", "csv", 120),
    ]  # fmt: skip
    for name in ("report.html", "summary.md"):
        assert "imported, not measured here" in (place.folder / "trimtab-report" / name).read_text(encoding="utf-8")
    shown = place.trimtab("report")  # decides again from the ledger, to the digit
    assert shown.returncode == 0
    assert "was imported, not measured here" in " ".join(shown.stdout.split())
    makers = {(row.maker, row.kind) for row, _ in rows(place)}
    assert {("csv/1", "observation"), ("csv/1", "import")} <= makers
    place.verify()


def test_a_candidate_that_an_import_refutes_is_asked_no_more_than_others_need(brought):
    place = brought()
    taken(place, "current", table(place, "current", bad=0))
    taken(place, "next", table(place, "next", bad=120, name="next.csv"))
    told = decided(place)
    asked = {one["candidate"]: one["asked"] for one in told["candidates"]}
    assert asked["next"] == 0 < asked["current"]


def test_nothing_imported_is_inconclusive_and_names_the_command(brought):
    place = brought()
    told = decided(place)
    for name, one in floors(told).items():
        assert one["verdict"] == "inconclusive"
        assert f"`trimtab import csv FILE --system bot --candidate {name} --suite scan`" in one["reason"]
    assert told["verdict"] == "inconclusive"


def test_the_same_file_adds_nothing(brought):
    place = brought()
    file = table(place, "current", bad=0)
    first, second = taken(place, "current", file), taken(place, "current", file)
    assert (first.new, second.new, first.run) == (True, False, second.run)
    assert len(rows(place, run=first.run)) == 121
    assert taken(place, "next", table(place, "next", 0, name="next.csv")).new
    again = place.trimtab("import", "csv", file, "--suite", "scan", "--candidate", "current")
    assert "nothing was added" in " ".join(again.stdout.split())


def test_the_latest_import_counts_and_another_look_costs(brought):
    place = brought()
    taken(place, "current", table(place, "current", bad=60))
    taken(place, "next", table(place, "next", bad=0, name="next.csv"))
    first = floors(decided(place))
    assert (first["current"]["verdict"], first["current"]["look"]) == ("fail", 1)
    taken(place, "current", table(place, "current", bad=0))
    second = floors(decided(place))
    assert (second["current"]["verdict"], second["current"]["look"]) == ("pass", 2)
    assert second["next"]["look"] == 1  # the same file again is the same look


def test_an_import_about_an_earlier_candidate_is_no_evidence(brought):
    place = brought()
    taken(place, "current", table(place, "current", bad=0))
    path = place.folder / "trimtab.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("m-current", "m-other"), encoding="utf-8")
    one = floors(decided(place))["current"]
    assert (one["verdict"], "has changed since" in one["reason"]) == ("inconclusive", True)


def test_results_of_another_tool_under_the_same_name_are_no_evidence(brought):
    place = brought()
    taken(place, "current", table(place, "current", bad=0))
    path = place.folder / "trimtab.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("imported: csv", "imported: garak"), encoding="utf-8")
    one = floors(decided(place))["current"]
    assert (one["verdict"], "no results of garak were imported" in one["reason"]) == ("inconclusive", True)


def test_repeated_tries_are_one_unit(brought):
    place = brought()
    lines = "".join(f"current,c{n}-{again},0,c{n}\n" for n in range(10) for again in range(40))
    (place.folder / "a.csv").write_text(TABLE + lines, encoding="utf-8")
    taken(place, "current", "a.csv")
    one = floors(decided(place))["current"]
    assert (one["verdict"], one["seen"]["independent"], one["seen"]["cases"]) == ("inconclusive", 10, 400)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "has several measures"),
        (", measure: nothing", "has no measure like 'nothing'"),
        (", measure: own_words/acc*", "is good when higher"),
    ],
)
def test_what_a_metric_may_not_mean_is_inconclusive(given, says, brought):
    place = brought(given, tool="lm-eval")
    shutil.copytree(DATA / "lm-eval", place.folder / "lm")
    file = next((place.folder / "lm").glob("results_*"))
    taken(place, "current", str(file), tool="lm-eval")
    one = floors(decided(place))["current"]
    assert one["verdict"] == "inconclusive"
    assert says in one["reason"]


def test_an_average_without_counts_proves_nothing(brought):
    place = brought(", measure: toxicity/v1/mean", tool="mlflow")
    taken(place, "current", str(DATA / "mlflow.json"), tool="mlflow")
    one = floors(decided(place))["current"]
    assert (one["verdict"], "without its counts" in one["reason"]) == ("inconclusive", True)


def test_a_rate_can_be_turned_round(brought):
    place = brought(", measure: accuracy_score, turned: true", tool="mlflow", floor="attacked: {at_most: 0.3}, ")
    taken(place, "current", str(DATA / "mlflow.json"), tool="mlflow")
    one = floors(decided(place))["current"]
    assert one["seen"]["value"] == pytest.approx(0.15)


def test_several_measures_of_one_try_count_as_the_worst(brought):
    place = brought(', measure: "*"')
    lines = "".join(
        f"{case},{measure},{value},{missing}\n"
        for case, values in {"a": ("0", "1"), "b": ("0", "0"), "c": ("0", ""), "d": ("1", "")}.items()
        for measure, value in zip(("first", "second"), values, strict=True)
        for missing in ["" if value else "timeout"]
    )
    (place.folder / "a.csv").write_text("case,measure,value,missing\n" + lines, encoding="utf-8")
    taken(place, "current", "a.csv")
    decided(place)
    taken_as = {
        row.case: row.outcome.value if isinstance(row.outcome, Score) else row.outcome.reason
        for _, row in rows(place, kind="observation")
        if row.metric == "attacked"
    }
    assert taken_as == {"a": 1.0, "b": 0.0, "c": "timeout", "d": 1.0, "none": "not-imported"}


def test_a_policy_that_is_all_imported_asks_nobody(brought):
    place = brought()
    path = place.folder / "trimtab.yaml"
    text = path.read_text(encoding="utf-8").replace("maximise: accuracy", "maximise: attacked")
    text = text.replace("leak: {at_most: 0.2}, accuracy: {at_least: 0.5}", "").replace(
        "    regression: {margin: 0.2, metrics: [leak]}\n", ""
    )
    path.write_text(text.replace(place.url, "http://127.0.0.1:9"), encoding="utf-8")
    for name in ("current", "next"):
        taken(place, name, table(place, name, bad=0, name=f"{name}.csv"))
    told = decided(place)
    assert told["verdict"] == "pass"
    assert place.trimtab("plan").returncode == place.trimtab("check").returncode == 0


@pytest.mark.parametrize(
    ("tool", "place_", "says"),
    [
        ("csv", {"candidate": "other"}, "has no candidate 'other'"),
        ("csv", {"suite": "planted"}, "is not imported"),
        ("csv", {"suite": "other"}, "is not in the policy"),
        ("garak", {}, "is read of csv"),
        ("csv", {"system": "other"}, "there is no system 'other'"),
    ],
)
def test_results_without_a_place_in_the_policy_are_refused(tool, place_, says, brought):
    policy = load_policy(brought().folder / "trimtab.yaml")
    with pytest.raises(UsageError, match=says):
        check_place(policy, tool, **{"system": "bot", "candidate": "current", "suite": "scan", **place_})


def test_a_file_with_mistakes_adds_nothing(brought):
    place = brought()
    file = table(place, "current", bad=0)
    path = place.folder / file
    path.write_text(path.read_text(encoding="utf-8") + "current,case-1,0,c1\ncurrent,x,nan,c\n", encoding="utf-8")
    done = place.trimtab("import", "csv", file, "--suite", "scan", "--candidate", "current")
    assert done.returncode == 2
    assert "results.csv:123:0: error TT101 value: is no finite number" in done.stderr
    assert not (place.folder / ".trimtab" / "ledger.db").exists()


def test_policies_without_imports_keep_their_digest(place):
    place.write()
    before = load_policy(place.folder / "trimtab.yaml")
    assert '"imported"' in before.model_dump_json(by_alias=True)
    from trimtab._canonical import digest
    from trimtab.policy.model import _as_first_written

    written = _as_first_written(before.model_dump(mode="json", by_alias=True))
    assert all("imported" not in suite for suite in written["suites"].values())
    assert digest(written) == before.digest


def test_counts_that_are_imported_until_they_pass_pay_for_every_look(brought):
    place = brought(', measure: "t/acc*", turned: true', tool="lm-eval", floor="attacked: {at_most: 0.45}, ")
    looks = []
    for day, rate in enumerate((0.52, 0.54, 0.56), start=1):
        file = place.folder / f"results_2026-01-0{day}T00-00-00.json"
        value = {"results": {"t": {"acc,none": rate}}, "n-samples": {"t": {"effective": 100}}, "config": {}}
        file.write_text(json.dumps(value), encoding="utf-8")
        taken(place, "current", file.name, tool="lm-eval")
        looks.append(floors(decided(place))["current"]["look"])
    assert looks == [1, 2, 3]
    assert floors(decided(place))["current"]["look"] == 3  # the same file again is the same look


def test_what_a_file_says_of_its_model_takes_no_key_into_the_ledger_or_reports(brought):
    place = brought(', measure: "t/acc*", turned: true', tool="lm-eval")
    args = "model=m,base_url=https://user:S3cretPw@h/v1,api_key=sk-live-0123456789abcdef"
    value = {
        "results": {"t": {"acc,none": 1.0}},
        "n-samples": {"t": {"effective": 100}},
        "config": {"model": "local-completions", "model_args": args},
    }
    (place.folder / "results_1.json").write_text(json.dumps(value), encoding="utf-8")
    done = place.trimtab("import", "lm-eval", "results_1.json", "--suite", "scan", "--candidate", "current")
    assert "which says that it asked local-completions m" in " ".join(done.stdout.split())
    place.decided()
    shown = place.trimtab("report")
    kept = [file for file in place.folder.rglob("*") if file.is_file() and file.name != "results_1.json"]
    assert {"ledger.db", "report.html", "report.json", "summary.md"} <= {file.name for file in kept}
    said = [done.stdout.encode(), done.stderr.encode(), shown.stdout.encode(), *(file.read_bytes() for file in kept)]
    assert not any(secret in text for text in said for secret in (b"S3cretPw", b"sk-live"))
