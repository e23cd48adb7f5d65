"""Results of promptfoo: a test that asserts nothing passes there, and proves nothing here."""

import pytest

from trimtab.measure.imports import read_results

NAME = "promptfoo.json"
ROWS = ("results", "results")


def test_rows_of_one_provider_repeats_as_one_unit(data, counted):
    found = read_results("promptfoo", data / NAME, model="echo")
    assert (found.tool, found.version, found.model) == ("promptfoo", "0.121.20", "echo")
    assert counted(found) == {
        "success": ({1.0: 8, 0.0: 4}, 3),
        "score": ({1.0: 8, 0.0: 4}, 3),
        "named/echoed": ({1.0: 4, 0.0: 4}, 2),
    }
    assert len({one.case for one in found.measures["success"]}) == 12


def test_an_error_is_missing_and_no_failure(data, counted):
    found = counted(read_results("promptfoo", data / NAME, model="bad"))
    assert found["success"] == found["named/echoed"] == ({1.0: 8, "error": 4}, 3)


def test_several_providers_need_a_choice(data, told):
    assert "holds results of 2 models: bad, echo" in told("promptfoo", data / NAME)[0]
    assert "holds nothing of that model" in told("promptfoo", data / NAME, model="other")[0]


@pytest.mark.parametrize("graded", [None, {}, {"pass": True, "componentResults": []}])
def test_a_test_that_asserts_nothing_is_no_success(graded, changed, counted):
    path = changed(NAME, ((*ROWS, 2, "gradingResult"), graded))
    assert counted(read_results("promptfoo", path, model="echo"))["success"][0]["nothing-asserted"] == 1


def test_a_grader_that_failed_is_no_success(changed, counted):
    path = changed(NAME, ((*ROWS, 2, "gradingResult", "metadata"), {"graderError": True}))
    assert counted(read_results("promptfoo", path, model="echo"))["success"][0]["grader-error"] == 1


def test_a_cluster_in_the_metadata_is_the_unit(changed, counted):
    steps = [((*ROWS, place, "testCase", "metadata"), {"cluster": "one"}) for place in range(24)]
    assert counted(read_results("promptfoo", changed(NAME, *steps), model="echo"))["success"][1] == 1


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([(("evalId",), ...)], "holds no results of promptfoo"),
        ([(("results", "version"), 2)], "results.version: is not 3"),
        ([(("results", "stats"), ...)], "results.stats: is missing"),
        ([(("results", "stats", "failures"), 0)], "is not what the rows come to, 4"),
        ([((*ROWS, 4), ...)], "is not what the rows come to"),
        ([((*ROWS, 2, "success"), "yes")], "results.results[2].success: must be true or false"),
        ([((*ROWS, 2), 7)], "results.results[2]: must be an object"),
    ],
)
def test_what_was_cut_or_changed_is_refused(steps, says, changed, told):
    assert says in "\n".join(told("promptfoo", changed(NAME, *steps), model="echo"))


def test_a_score_that_is_no_number_is_missing(changed, counted):
    path = changed(NAME, ((*ROWS, 2, "score"), "high"), ((*ROWS, 3, "namedScores", "echoed"), None))
    found = counted(read_results("promptfoo", path, model="echo"))
    assert found["score"][0]["not-a-number"] == 1


GRADED = (*ROWS, 2, "gradingResult")


@pytest.mark.parametrize(
    "steps",
    [
        [((*GRADED, "pass"), False)],
        [((*GRADED, "componentResults", 0, "pass"), False), ((*GRADED, "componentResults", 1, "pass"), False)],
        [
            ((*ROWS, 2, "success"), False),
            (("results", "stats", "failures"), 5),
            (("results", "stats", "successes"), 15),
        ],
    ],
)
def test_a_row_that_contradicts_what_was_graded_is_refused(steps, changed, told):
    assert "results.results[2].success: is not what its assertions came to" in "\n".join(
        told("promptfoo", changed(NAME, *steps), model="echo")
    )


@pytest.mark.parametrize("key", ["threshold", "assertScoringFunction"])
def test_a_test_may_pass_by_a_rule_of_its_own(key, changed, counted):
    steps = [((*GRADED, "componentResults", place, "pass"), False) for place in (0, 1)]
    path = changed(NAME, *steps, ((*ROWS, 2, "testCase", key), 0.5))
    assert counted(read_results("promptfoo", path, model="echo"))["success"][0] == {1.0: 8, 0.0: 4}


@pytest.mark.parametrize("key", ["successes", "failures", "errors"])
@pytest.mark.parametrize("said", [..., None, 1.0, True, "4"])
def test_counts_that_are_none_are_refused(key, said, changed, told):
    found = told("promptfoo", changed(NAME, (("results", "stats", key), said)), model="echo")
    assert f"results.stats.{key}: " in found[0]


def test_two_providers_are_never_one_because_they_are_shown_alike(changed, told):
    steps = [((*ROWS, place, "provider", "id"), f"https://example.org/v1?key={place % 2}") for place in range(24)]
    path = changed(NAME, *steps)
    assert "holds results of 2 models: https://example.org/v1" in told("promptfoo", path)[0]
    assert "holds several models of that name" in told("promptfoo", path, model="https://example.org/v1")[0]
    found = read_results("promptfoo", path, model="https://example.org/v1?key=1")
    assert found.model == "https://example.org/v1"
