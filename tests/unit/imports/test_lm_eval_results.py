"""Results of lm-evaluation-harness: a value for each document, counts where there are no documents, or nothing."""

import json
import shutil

import pytest

from trimtab.measure.imports import read_results

DATE = "2026-11-29T05-46-59.821383"
RESULTS = f"results_{DATE}.json"
SAMPLES = f"samples_own_words_{DATE}.jsonl"


@pytest.fixture
def folder(data, tmp_path):
    """A copy, to be changed."""
    return shutil.copytree(data / "lm-eval", tmp_path / "lm")


def changed_results(folder, path, value):
    results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    inner = results
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    (folder / RESULTS).write_text(json.dumps(results), encoding="utf-8")
    return folder / RESULTS


def without_samples(folder):
    for file in folder.glob("samples_*"):
        file.unlink()
    return folder


def test_every_document_is_a_result(data, counted):
    found = read_results("lm-eval", data / "lm-eval" / RESULTS)
    assert (found.tool, found.version, found.model, found.ran) == (
        "lm-eval",
        "0.4.13",
        "dummy dummy",
        "2026-11-29T05:46:59+00:00",
    )
    assert counted(found) == {
        "own_words/acc,none": ({0.0: 8, 1.0: 4}, 12),
        "own_words/acc_norm,none": ({0.0: 7, 1.0: 5}, 12),
        "own_gen/exact_match,none": ({0.0: 12}, 12),
    }
    assert found.better["own_words/acc,none"] == "higher"


def test_without_samples_the_counts_are_what_is_left_of_a_rate(folder, counted):
    found = read_results("lm-eval", without_samples(folder) / RESULTS)
    assert counted(found)["own_words/acc,none"] == ({0.0: 8, 1.0: 4}, 12)
    named = {one.case for one in found.found}
    other = read_results("lm-eval", changed_results(folder, ["date"], 0.0))
    assert not named & {one.case for one in other.found}  # nobody knows which document was which


@pytest.mark.parametrize("value", [0.35, 1.5, -0.25, "N/A", None, float("nan")])
def test_a_rate_that_comes_to_no_whole_number_is_an_average_only(value, folder, counted):
    changed_results(without_samples(folder), ["results", "own_words", "acc,none"], value)
    found = counted(read_results("lm-eval", folder / RESULTS))
    assert found["own_words/acc,none"] == ({"average-only": 1}, 1)


def test_another_figure_without_samples_is_an_average_only(folder, counted):
    changed_results(without_samples(folder), ["results", "own_words", "f1,none"], 0.5)
    assert counted(read_results("lm-eval", folder / RESULTS))["own_words/f1,none"] == ({"average-only": 1}, 1)


def test_a_figure_that_is_no_mean_of_its_documents_is_an_average_only(folder, counted):
    changed_results(folder, ["results", "own_words", "acc,none"], 0.9)
    assert counted(read_results("lm-eval", folder / RESULTS))["own_words/acc,none"] == ({"average-only": 1}, 1)


def test_samples_of_another_run_are_refused(folder, told):
    path = folder / SAMPLES
    path.write_text(path.read_text(encoding="utf-8").replace('"doc_hash": "e', '"doc_hash": "f', 1), encoding="utf-8")
    assert "are not the samples that the results were made of" in told("lm-eval", folder / RESULTS)[0]


def test_samples_that_were_cut_are_refused(folder, told):
    path = folder / SAMPLES
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-2]), encoding="utf-8")
    assert told("lm-eval", folder / RESULTS)
    changed_results(folder, ["task_hashes"], {})
    assert "has 10 documents" in told("lm-eval", folder / RESULTS)[0]


def test_a_broken_line_of_the_samples_is_named(folder, told):
    path = folder / SAMPLES
    rows = path.read_text(encoding="utf-8").splitlines()
    rows[4] = rows[4][:50]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert any(f"{SAMPLES}:5:" in line for line in told("lm-eval", folder / RESULTS))


def test_a_document_that_comes_twice_is_refused(folder, told):
    path = folder / SAMPLES
    text = path.read_text(encoding="utf-8").replace('"doc_id": 1,', '"doc_id": 0,')
    path.write_text(text, encoding="utf-8")
    assert "twice" in "\n".join(told("lm-eval", folder / RESULTS))


def test_old_results_without_counts_are_refused(folder, told):
    changed_results(folder, ["n-samples"], None)
    assert "no `n-samples`" in told("lm-eval", folder / RESULTS)[0]


def test_a_task_may_not_name_a_file_elsewhere(folder, told, counted):
    results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    for key in ("results", "n-samples"):
        results[key] = {"../../etc/own": results[key]["own_words"]}
    (folder / RESULTS).write_text(json.dumps(results), encoding="utf-8")
    assert all(one.cluster == one.case for one in read_results("lm-eval", folder / RESULTS).found)


def test_samples_that_are_a_link_are_refused(folder, told, tmp_path):
    (folder / SAMPLES).rename(tmp_path / "elsewhere.jsonl")
    (folder / SAMPLES).symlink_to(tmp_path / "elsewhere.jsonl")
    assert f"{SAMPLES}: error TT101 is a link, not a file" in told("lm-eval", folder / RESULTS)[0]


def test_counts_of_the_same_task_are_about_the_same_questions(folder):
    """Nobody knows which documents they were, so they are taken to be the same ones: another file is another look."""
    first = read_results("lm-eval", without_samples(folder) / RESULTS)
    other = read_results("lm-eval", changed_results(folder, ["results", "own_words", "acc,none"], 0.5))
    asked = [{one.asked for one in found.found if one.measure.startswith("own_words")} for found in (first, other)]
    assert asked[0] == asked[1]
    assert len(asked[0]) == 12
    assert not asked[0] & {one.asked for one in first.found if one.measure.startswith("own_gen")}
