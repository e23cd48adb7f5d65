"""A candidate that stands for many: what each of them is, and what is wrong with a grid, at its place in the file."""

import pytest

from trimtab.enforce import Guard
from trimtab.policy import Policy, diff
from trimtab.policy.settings import MOST_POINTS

GUARDS = """\
guards:
  standard:
    output:
      - {detector: patterns, action: mask, threshold: 0.5}
      - {detector: leak, action: block}
  strict:
    input: [{detector: patterns, action: block}]
    output: [{detector: patterns, action: block}]
"""


def with_(candidate):
    return ("    budget: {calls: 5000}\n", f"      tuned: {candidate}\n    budget: {{calls: 5000}}\n{GUARDS}")


def loaded(folder, candidate):
    checked = folder.changed(with_(candidate))
    assert checked.policy is not None, [str(mistake) for mistake in checked.mistakes]
    return checked.policy


def test_a_grid_stands_for_one_candidate_of_each_combination(folder):
    policy = loaded(
        folder,
        "{of: next, guard: standard, grid: {guard.output.0.threshold: [0.3, 0.7], generation.temperature: [0, 0.5]}}",
    )
    system = policy.systems["assistant"]
    names = ["tuned@0.3,0", "tuned@0.3,0.5", "tuned@0.7,0", "tuned@0.7,0.5"]
    assert list(system.all_candidates) == ["current", "next", *names]
    assert system.has_grid
    whole = system.whole("tuned@0.7,0.5")
    assert whole.generation.temperature == 0.5
    assert whole.generation.max_tokens == 64  # as `next` has it
    assert whole.about == "guard.output.0.threshold 0.7, generation.temperature 0.5"
    assert whole.with_["model"] == "m-2"
    guard = policy.guard_of("assistant", "tuned@0.7,0.5")
    assert guard is not None
    assert [rule.threshold for rule in guard.output] == [0.7, 0.5]
    assert policy.guards["standard"].output[0].threshold == 0.5
    assert Guard.from_policy(policy, system="assistant", candidate="tuned@0.3,0").spec.output[0].threshold == 0.3


def test_replies_are_shared_where_the_model_is_the_same(folder):
    policy = loaded(
        folder,
        "{of: next, guard: standard, grid: {guard: [standard, strict], with.model: [m-2, m-3], generation.top_p: [0.9, 1]}}",
    )
    system = policy.systems["assistant"]
    models = {name: system.model_of(name) for name in system.all_candidates}
    assert len({model for name, model in models.items() if name.startswith("tuned")}) == 2  # one for each `with.model`
    assert models["tuned@standard,m-3,1"] == models["tuned@strict,m-3,0.9"]  # what is asked tells these apart
    own = loaded(
        folder, '{openai: {url: "http://localhost:8000/v1", model: m, key_env: ""}, grid: {generation.top_p: [0.5, 1]}}'
    )
    assert {own.systems["assistant"].model_of(f"tuned@{p}") for p in ("0.5", "1")} == {"tuned"}
    guarded = loaded(folder, "{of: next, guard: standard, grid: {guard.output.leak.action: [block, escalate]}}")
    assert guarded.systems["assistant"].model_of("tuned@block") == guarded.systems["assistant"].model_of("next")


def test_one_setting_apart_needs_no_grid(folder):
    policy = loaded(folder, "{of: next, set: {generation.temperature: 0.7}}")
    system = policy.systems["assistant"]
    assert system.whole("tuned").generation.temperature == 0.7
    assert not system.has_grid
    assert policy.guard_of("assistant", "tuned") is None


def test_no_guard_is_a_choice_too(folder):
    policy = loaded(folder, "{of: next, guard: standard, grid: {guard: [null, standard]}}")
    assert policy.guard_of("assistant", "tuned@none") is None
    assert policy.guard_of("assistant", "tuned@standard") is not None


def test_points_are_listed_one_by_one(folder):
    policy = loaded(
        folder,
        "{of: next, points: [{generation.top_p: 0.5, generation.seed: 1}, {generation.seed: 3, generation.top_p: 1}]}",
    )
    system = policy.systems["assistant"]
    assert list(system.all_candidates)[2:] == ["tuned@0.5,1", "tuned@3,1"]
    assert system.has_grid
    assert system.whole("tuned@3,1").generation.seed == 3


def test_long_texts_are_told_by_their_place(folder):
    policy = loaded(folder, '{of: next, grid: {with.model: [m-3, "a name with spaces"]}}')
    assert list(policy.systems["assistant"].all_candidates)[2:] == ["tuned@m-3", "tuned@#2"]


def test_a_policy_comes_back_from_the_ledger_as_it_was(folder):
    policy = loaded(folder, "{of: next, guard: standard, grid: {guard.output.leak.threshold: [0.3, 0.7]}}")
    again = Policy.model_validate_json(policy.model_dump_json(by_alias=True))
    assert again.digest == policy.digest
    assert list(again.systems["assistant"].all_candidates) == list(policy.systems["assistant"].all_candidates)
    assert again == policy
    fewer = policy.systems["assistant"].model_copy(
        update={"candidates": {"current": policy.systems["assistant"].candidates["current"]}}
    )
    assert list(fewer.all_candidates) == ["current"]


def test_policies_without_a_grid_keep_their_digest(folder, base):
    """What was recorded before grids were known must be found again."""
    assert "grid" not in folder.load(base).systems["assistant"].candidates["next"].told
    plain = folder.load(base).digest
    assert (
        plain
        == folder.load(base.replace("about: The one to come.", "about: The one to come.\n        grid: {}")).digest
    )


@pytest.mark.parametrize(
    ("candidate", "where", "words"),
    [
        ("{of: next, grid: {generation.temperatur: [0.1]}}", "grid.generation.temperatur", "Did you mean `temperature`?"),
        ("{of: next, grid: {generation.temperature: [0.1, 3]}}", "grid.generation.temperature[1]", "must be at most 2"),
        ("{of: next, grid: {generation.temperature: [warm]}}", "grid.generation.temperature[0]", "must be a number"),
        ("{of: next, grid: {generation.temperature: 0.5}}", "grid.generation.temperature", "must be a list"),
        ("{of: next, grid: {generation.temperature: []}}", "grid.generation.temperature", "at least one"),
        ("{of: next, grid: {generation.seed: [1, 1]}}", "grid.generation.seed", "a value twice"),
        ("{of: next, grid: {with.modle: [a]}}", "grid.with.modle", "Did you mean `model`?"),
        ("{of: next, grid: {with.model: [1]}}", "grid.with.model[0]", "must be a text"),
        ("{of: next, grid: {with.key: [sk-live-0123456789abcdef]}}", "grid.with.key[0]", "access key"),
        ("{of: next, grid: {guard: [standrad]}}", "grid.guard[0]", "Did you mean `standard`?"),
        ("{of: next, grid: {guard.output.0.threshold: [0.5]}}", "grid.guard.output.0.threshold", "has none"),
        ("{of: next, guard: standard, grid: {guard.output.2.threshold: [0.5]}}", "guard.output.2.threshold", "names no rule"),
        ("{of: next, guard: standard, grid: {guard.output.names.threshold: [0.5]}}", "output.names.threshold", "`1` (leak)"),
        ("{of: next, guard: standard, grid: {guard.output.0.threshold: [5]}}", "threshold[0]", "must be at most 1"),
        ("{of: next, guard: standard, grid: {guard.output.0.action: [blok]}}", "action[0]", "Did you mean `block`?"),
        ("{of: next, guard: standard, grid: {guard.output.0.labels: [[a]]}}", "labels", "cannot be set here"),
        ("{of: next, guard: standard, grid: {guard.confidence.at_least: [0.5]}}", "at_least", "has no `confidence`"),
        ("{of: next, guard: standard, grid: {guard.refusal: [no]}}", "guard.refusal", "no setting of a guard"),
        ("{of: next, grid: {price.input: [1]}}", "grid.price.input", "no setting that can be set apart"),
        ("{of: next, set: {generation.top_p: 0}}", "set.generation.top_p", "must be more than 0"),
        ("{of: next, set: {generation.top_p: 0.5}, grid: {generation.top_p: [0.5]}}", "tuned", "both give"),
        ("{of: next}", "tuned", "or what is `set`"),
        ("{of: next, points: [{generation.top_p: 0.5}, {generation.top_p: 2}]}", "points[1].generation.top_p", "at most 1"),
        ("{of: next, points: [{generation.top_p: 0.5}, {generation.top_p: 0.5}]}", "tuned.points", "a point twice"),
        ("{of: next, points: [{generation.top_p: 0.5}, {generation.temperature: 0.5}]}", "tuned", "all set the same"),
        ("{of: next, points: [{}]}", "tuned", "at least one"),
        ('{of: next, grid: {with.api: [chat, "chat"], with.model: ["1", a]}}', "grid.with.api", "a value twice"),
        ("{of: next, guard: standard, grid: {guard: [null, none]}}", "tuned", "the same name"),
        ("{of: next, points: [{generation.top: 0.5}]}", "points[0].generation.top", "Did you mean `top_p`?"),
        ("{of: next, points: [{generation.top_p: 0.5}], grid: {generation.seed: [1]}}", "tuned", "either `grid` or `points`"),
    ],
)  # fmt: skip
def test_every_slip_is_told_at_its_place(folder, candidate, where, words):
    checked = folder.changed(with_(candidate))
    found = [m for m in checked.errors if m.where.endswith(where) and words in f"{m.message} {m.suggestion}"]
    assert len(found) == 1, [str(mistake) for mistake in checked.mistakes]
    assert found[0].line > 60


def test_a_grid_may_not_be_endless_nor_a_baseline_nor_a_base(folder):
    values = ", ".join(str(n) for n in range(30))
    endless = folder.changed(
        with_(
            f"{{of: next, grid: {{generation.seed: [{values}], generation.max_tokens: [{values.replace('0,', '99,', 1)}]}}}}"
        )
    )
    assert any(f"{MOST_POINTS} is the most" in m.message for m in endless.errors), [str(m) for m in endless.mistakes]
    pair = with_("{of: next, grid: {generation.seed: [1, 2]}}")
    baseline = folder.changed(pair, ("baseline: current", "baseline: tuned"))
    assert any(m.where.endswith("baseline") and "is a grid" in m.message for m in baseline.errors)
    base = folder.changed(
        with_("{of: next, grid: {generation.seed: [1, 2]}}\n      more: {of: tuned, guard: standard}")
    )
    assert any(m.where.endswith("more.of") for m in base.errors)


def test_a_guard_that_is_set_otherwise_counts_as_loosened(folder):
    old = loaded(folder, "{of: next, guard: standard, set: {guard.output.0.threshold: 0.5}}")
    new = loaded(folder, "{of: next, guard: standard, set: {guard.output.0.threshold: 0.9}}")
    assert diff(old, new).loosens
    warmer = loaded(folder, "{of: next, guard: standard, set: {guard.output.0.threshold: 0.5, generation.top_p: 0.5}}")
    assert not diff(old, warmer).loosens


def test_a_floor_costs_what_the_rule_of_a_grid_asks(folder, base):
    from trimtab.policy import costs

    alone = next(c for c in costs(folder.load(base)) if c.metric == "secret_leak")
    many = next(
        c
        for c in costs(loaded(folder, "{of: next, grid: {generation.seed: [1, 2, 3, 4, 5, 6, 7, 8]}}"))
        if c.metric == "secret_leak"
    )
    assert alone.needed == 246  # two candidates at 0.95, sequentially, at the first look
    assert many.needed == 244  # 183 on a fixed number of cases, and a third as many to fix the order
    assert many.candidates == 10


STRANGE_PATHS = [
    "",
    ".",
    "guard.",
    "guard..",
    "guard.output.-1.threshold",
    "guard.output.٣.threshold",
    "with.a.b.c",
    "of",
]
STRANGE_VALUES = ["1", "[[1]]", "[{a: b}]", "null", "[null]", "[1.0e+308, -1.0e+308]", "[standard, 5, {x: y}]", "[]"]


@pytest.mark.parametrize("path", [*STRANGE_PATHS, "guard.output.99999999999999999999.action", "generation.__class__"])
@pytest.mark.parametrize("key", ["set", "grid"])
def test_nothing_written_into_a_grid_crashes_the_check(folder, key, path):
    for value in STRANGE_VALUES:
        for base in ("of: next, guard: standard", "of: [x]"):
            checked = folder.changed(with_(f'{{{base}, {key}: {{"{path}": {value}}}}}'))
            if checked.policy is not None:  # then every point of it can be made
                system = checked.policy.systems["assistant"]
                for name in system.all_candidates:
                    assert system.whole(name)
                    checked.policy.guard_of("assistant", name)
