"""A garak report: its own counts, and tries at one prompt as one independent unit."""

import json

import pytest

from trimtab.measure.imports import read_results

NAME = "garak.report.jsonl"


@pytest.fixture
def lines(data):
    return [json.loads(line) for line in (data / NAME).read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def report(tmp_path):
    def report(entries):
        path = tmp_path / NAME
        path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
        return path

    return report


def judged(entries):
    return [entry for entry in entries if entry["entry_type"] == "attempt" and entry["status"] == 2]


def evals(entries):
    return [entry for entry in entries if entry["entry_type"] == "eval"]


def test_counts_are_those_of_garak_and_tries_share_their_prompt(data, counted):
    found = read_results("garak", data / NAME)
    assert (found.tool, found.version, found.model, found.ran[:10]) == ("garak", "0.17.1", "test.Repeat", "2026-11-29")
    assert counted(found) == {
        "ansiescape.AnsiRaw/ansiescape.Raw": ({0.0: 12, 1.0: 6}, 6),
        "encoding.InjectROT13/encoding.DecodeMatch": ({0.0: 12}, 4),
        "encoding.InjectROT13/encoding.DecodeApprox": ({0.0: 12}, 4),
    }
    assert set(found.better.values()) == {"lower"}
    assert len({one.case for one in found.measures["ansiescape.AnsiRaw/ansiescape.Raw"]}) == 18


def test_the_same_prompts_have_the_same_names_in_another_run(data, lines, report):
    for entry in lines:
        if entry["entry_type"] == "attempt":
            entry["uuid"] = entry["uuid"][::-1]  # every run draws others
    again = read_results("garak", report(lines))
    first = read_results("garak", data / NAME)
    assert [one.case for one in again.found] == [one.case for one in first.found]
    assert again.digest != first.digest


def test_what_counts_as_a_hit_is_what_garak_counted(lines, report, counted):
    for entry in judged(lines):
        entry["detector_results"] = {"a.B": [0.2, 0.6, 0.7]}
        entry["probe_classname"] = "own.Probe"
    size = len(judged(lines))
    kept = [entry for entry in lines if entry["entry_type"] != "eval" and entry.get("status") != 1]
    own = {"entry_type": "eval", "probe": "own.Probe", "detector": "a.B", "nones": 0}
    strict = {**own, "passed": 2 * size, "fails": size, "total_evaluated": 3 * size}
    mild = {**own, "passed": size, "fails": 2 * size, "total_evaluated": 3 * size}
    assert counted(read_results("garak", report([*kept, strict])))["own.Probe/a.B"][0] == {0.0: 2 * size, 1.0: size}
    assert counted(read_results("garak", report([*kept, mild])))["own.Probe/a.B"][0] == {0.0: size, 1.0: 2 * size}


def test_a_try_without_a_verdict_is_missing(lines, report, counted):
    entry = judged(lines)[0]
    entry["detector_results"]["ansiescape.Raw"][1] = None
    count = next(one for one in evals(lines) if one["detector"] == "ansiescape.Raw")
    count["passed"] -= 1
    count["total_evaluated"] -= 1
    count["nones"] = 1
    found = counted(read_results("garak", report(lines)))["ansiescape.AnsiRaw/ansiescape.Raw"][0]
    assert found == {0.0: 11, 1.0: 6, "no-verdict": 1}


def test_an_attempt_that_was_never_judged_is_missing_and_not_clean(lines, report, counted):
    lost = next(entry for entry in lines if entry["entry_type"] == "attempt" and entry["status"] == 1)
    lines.insert(2, {**lost, "uuid": "another"})
    found = counted(read_results("garak", report(lines)))
    assert found["ansiescape.AnsiRaw/ansiescape.Raw"][0]["not-judged"] == 3  # its tries


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda rows: [r for r in rows if r["entry_type"] != "completion"], "the run did not end"),
        (lambda rows: [r for r in rows if r["entry_type"] != "init"], "is no report of garak"),
        (lambda rows: [r for r in rows if r["entry_type"] != "attempt"], "no attempts"),
        (lambda rows: [r for r in rows if r["entry_type"] != "eval"], "no `eval` entry counts it"),
        (
            lambda rows: [r for r in rows if r is not judged(rows)[0]],
            "counts 18 tries, and the attempts before it hold 15",
        ),
        (lambda rows: [*rows, judged(rows)[0]], "is the attempt of line"),
        (lambda rows: [*rows, {**evals(rows)[0], "probe": "x.Y"}], "counts attempts that the file does not hold"),
    ],
)
def test_a_report_that_was_cut_or_added_to_is_refused(edit, says, lines, report, told):
    assert says in "\n".join(told("garak", report(edit(lines))))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"passed": 18, "fails": 0}, "counts as hits what the attempts do not tell from misses"),
        ({"passed": 13, "fails": 6}, "do not add up"),
        ({"passed": 11, "fails": 7}, "counts as hits what the attempts do not tell from misses"),
        ({"nones": 3}, "counts 18 tries"),
        ({"passed": -1}, "must be a whole number"),
    ],
)
def test_counts_that_were_changed_are_refused(changes, says, lines, report, told):
    next(one for one in evals(lines) if one["detector"] == "ansiescape.Raw").update(changes)
    assert says in "\n".join(told("garak", report(lines)))


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.1, 1.5, "1", True])
def test_a_score_that_is_none_is_refused_with_its_line(score, lines, report, told):
    judged(lines)[0]["detector_results"]["ansiescape.Raw"][0] = score
    line = next(n for n, entry in enumerate(lines, 1) if entry["entry_type"] == "attempt" and entry["status"] == 2)
    found = told("garak", report(lines))
    assert f"report.jsonl:{line}:0" in found[0]
    assert "is no number from 0 to 1" in found[0]


def test_an_address_shows_no_password(lines, report):
    lines[0]["plugins.target_name"] = "https://me:secret@example.org/v1?key=secret"
    lines[0]["plugins.target_type"] = ""
    assert read_results("garak", report(lines)).model == "https://example.org/v1"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"detector_results": {}}, {"not-judged": 3}),
        ({"detector_results": {"ansiescape.Raw": []}, "outputs": [None, None, None]}, {"not-judged": 3}),
        ({"detector_results": {"ansiescape.Raw": []}, "outputs": []}, {"not-judged": 1}),
        ({"detector_results": {"ansiescape.Raw": [0.0]}}, {"not-judged": 2}),
        ({"detector_results": {"ansiescape.Raw": [0.0, None]}}, {"not-judged": 1, "no-verdict": 1}),
        ({"detector_results": {"other.Own": [None] * 3}}, {"not-judged": 3}),
    ],
)
def test_a_try_that_no_score_is_of_is_missing_and_not_clean(changes, missing, lines, report, counted):
    """Garak counts the scores that there are: a try without one is in none of its counts."""
    entry = judged(lines)[0]
    scores = changes["detector_results"].get("ansiescape.Raw", [])
    count = next(one for one in evals(lines) if one["detector"] == "ansiescape.Raw")
    count["passed"] -= 3 - scores.count(0.0)
    count["total_evaluated"] -= 3 - scores.count(0.0)
    count["nones"] = scores.count(None)
    own = {"entry_type": "eval", "probe": entry["probe_classname"], "detector": "other.Own", "nones": 3}
    lines.insert(-1, {**own, "passed": 0, "total_evaluated": 0} if "other.Own" in changes["detector_results"] else {})
    entry.update(changes)
    found, units = counted(read_results("garak", report(lines)))["ansiescape.AnsiRaw/ansiescape.Raw"]
    assert found == {0.0: 9 + scores.count(0.0), 1.0: 6, **missing}
    assert units == 6


def test_a_score_belongs_to_the_output_that_is_there(lines, report):
    entry = judged(lines)[0]
    entry.update({"outputs": [None, *entry["outputs"][1:]], "detector_results": {"ansiescape.Raw": [1.0, 0.0]}})
    count = next(one for one in evals(lines) if one["detector"] == "ansiescape.Raw")
    count.update({"passed": 10, "fails": 7, "total_evaluated": 17})
    found = {one.case: one.outcome for one in read_results("garak", report(lines)).found}
    values = [
        getattr(outcome, "value", None) for case, outcome in found.items() if case.startswith("ansiescape.AnsiRaw")
    ]
    assert values[:3] == [None, 1.0, 0.0]


def test_more_scores_than_outputs_are_refused(lines, report, told):
    judged(lines)[0]["outputs"] = ["only one"]
    assert "has 3 scores for 1 outputs" in told("garak", report(lines))[0]


def test_a_second_count_does_not_take_the_place_of_the_first(lines, report, told):
    again = {**next(one for one in evals(lines) if one["detector"] == "ansiescape.Raw"), "passed": 18, "fails": 0}
    assert "counts again what line" in told("garak", report([*lines, again]))[0]


def test_a_detector_that_gave_no_score_at_all_is_missing_beside_the_others(lines, report, counted):
    none = {"entry_type": "eval", "probe": "ansiescape.AnsiRaw", "detector": "own.Silent", "passed": 0, "fails": 0}
    found = counted(read_results("garak", report([*lines, {**none, "nones": 0, "total_evaluated": 0}])))
    assert found["ansiescape.AnsiRaw/own.Silent"] == ({"not-judged": 18}, 6)
