"""A run of MLflow: averages prove nothing, unless what they count is beside them."""

import os
import tracemalloc

import pytest
import yaml

from trimtab.measure.imports import read_results

NAME = "mlflow.json"
METRICS = ("data", "metrics")


def test_a_rate_with_its_examples_is_counted_and_others_are_not(data, counted):
    found = read_results("mlflow", data / NAME)
    assert (found.tool, found.version, found.model) == ("mlflow", "unknown", "practice-q4")
    assert counted(found) == {
        "accuracy_score": ({1.0: 170, 0.0: 30}, 200),
        "loss": ({"average-only": 1}, 1),
        "toxicity/v1/mean": ({"average-only": 1}, 1),
    }


@pytest.mark.parametrize(
    "step",
    [((*METRICS, "example_count"), ...), ((*METRICS, "example_count"), 7), ((*METRICS, "example_count"), 0.5),
     ((*METRICS, "example_count"), 10**9), ((*METRICS, "accuracy_score"), float("nan")), ((*METRICS, "accuracy_score"), 1.5)],
)  # fmt: skip
def test_without_a_count_that_fits_it_is_an_average_only(step, changed, counted):
    assert counted(read_results("mlflow", changed(NAME, step)))["accuracy_score"] == ({"average-only": 1}, 1)


def test_the_rest_api_lists_what_the_library_maps(data, changed, counted, tmp_path):
    import json

    run = json.loads((data / NAME).read_text(encoding="utf-8"))
    for key in ("metrics", "params"):
        run["data"][key] = [{"key": name, "value": value} for name, value in run["data"][key].items()]
    path = tmp_path / "rest.json"
    path.write_text(json.dumps({"run": run}), encoding="utf-8")
    assert counted(read_results("mlflow", path)) == counted(read_results("mlflow", data / NAME))


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ((("info", "status"), "RUNNING"), "is not FINISHED"),
        ((("info", "status"), "FAILED"), "is not FINISHED"),
        ((("info", "lifecycle_stage"), "deleted"), "was deleted"),
        ((("info",), ...), "is no run of MLflow"),
        ((("data", "metrics"), {}), "holds no results"),
    ],
)
def test_a_run_that_did_not_end_is_refused(step, says, changed, told):
    assert says in "\n".join(told("mlflow", changed(NAME, step)))


@pytest.fixture
def stored(tmp_path):
    """A run as the file store keeps it."""
    folder = tmp_path / "mlruns" / "1" / "abc"
    (folder / "metrics" / "toxicity" / "v1").mkdir(parents=True)
    (folder / "params").mkdir()
    info = {"run_id": "abc", "status": 3, "lifecycle_stage": "active", "start_time": 1795931194667}
    (folder / "meta.yaml").write_text(yaml.safe_dump(info), encoding="utf-8")
    (folder / "metrics" / "accuracy_score").write_text("1795931194673 0.25 0\n1795931194673 0.75 1\n", encoding="utf-8")
    (folder / "metrics" / "example_count").write_text("1795931194673 40.0 0\n", encoding="utf-8")
    (folder / "metrics" / "toxicity" / "v1" / "mean").write_text("1795931194673 nan 0\n", encoding="utf-8")
    (folder / "params" / "model").write_text("practice-q4", encoding="utf-8")
    return folder


def test_the_folder_of_a_run_is_read_and_the_last_step_counts(stored, counted):
    found = read_results("mlflow", stored)
    assert (found.model, found.ran) == ("practice-q4", "2026-11-29T05:46:34+00:00")
    assert counted(found) == {"accuracy_score": ({1.0: 30, 0.0: 10}, 40), "toxicity/v1/mean": ({"average-only": 1}, 1)}


def test_a_folder_that_changed_is_another(stored):
    before = read_results("mlflow", stored).digest
    (stored / "metrics" / "accuracy_score").write_text("1795931194673 0.8 0\n", encoding="utf-8")
    assert read_results("mlflow", stored).digest != before


def test_a_line_that_is_no_point_is_named(stored, told):
    (stored / "metrics" / "accuracy_score").write_text("1 0.5 0\nrubbish\n", encoding="utf-8")
    assert ":2:0: error TT101 metrics/accuracy_score: is no line of a metric" in told("mlflow", stored)[0]


def test_a_folder_that_is_no_run_is_refused(stored, told):
    assert "meta.yaml" in told("mlflow", stored.parent)[0]
    (stored / "meta.yaml").write_text("[" * 5000, encoding="utf-8")
    assert "meta.yaml" in told("mlflow", stored)[0]


@pytest.mark.parametrize(
    "place", ["params/model", "params", "metrics/accuracy_score", "metrics", "metrics/toxicity", "meta.yaml"]
)
def test_a_link_in_a_folder_is_refused_and_what_it_leads_to_not_read(place, stored, tmp_path, told):
    (stored / place).rename(tmp_path / "elsewhere")
    (stored / place).symlink_to(tmp_path / "elsewhere")
    assert f"{place}: " in told("mlflow", stored)[0].replace("params/model:", f"{place}:")


def test_a_link_to_what_is_not_there_is_refused_too(stored, told):
    (stored / "params" / "model").unlink()
    (stored / "params" / "model").symlink_to("nowhere")
    assert "params/model: cannot be read, or is a link" in told("mlflow", stored)[0]


@pytest.mark.parametrize("place", ["params/model", "metrics/accuracy_score", "meta.yaml"])
def test_a_file_is_read_to_its_bound_and_no_further(place, stored, told):
    with (stored / place).open("wb") as file:
        file.truncate(1 << 31)
    tracemalloc.start()
    try:
        found = told("mlflow", stored)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"{place}: is larger than" in found[0]
    assert peak < 100 * 2**20


def test_many_files_together_are_bounded(stored, told):
    for number in range(20):
        with (stored / "metrics" / f"m{number}").open("wb") as file:
            file.truncate(1 << 24)
    assert any("is larger than 256 MiB" in line for line in told("mlflow", stored))


@pytest.mark.parametrize("place", ["params/model", "metrics/accuracy_score", "meta.yaml"])
def test_a_pipe_is_not_waited_for(place, stored, told):
    (stored / place).unlink()
    os.mkfifo(stored / place)
    assert f"{place}: is not a regular file" in told("mlflow", stored)[0]


@pytest.mark.parametrize("line", ["1 0.5 " + "9" * 5000, "1 " + "9" * 5000 + " 0", "9" * 5000 + " 0.5 0", "1 0.5 0x"])
def test_a_line_with_endless_digits_is_named(line, stored, told):
    (stored / "metrics" / "accuracy_score").write_text(f"1 0.5 0\n{line}\n", encoding="utf-8")
    assert ":2:0: error TT101 metrics/accuracy_score: is no line of a metric" in told("mlflow", stored)[0]


def test_a_step_may_be_negative(stored, counted):
    (stored / "metrics" / "accuracy_score").write_text("1 0.75 -2\n1 0.25 -3\n", encoding="utf-8")
    assert counted(read_results("mlflow", stored))["accuracy_score"] == ({1.0: 30, 0.0: 10}, 40)
