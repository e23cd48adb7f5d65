"""A new policy tightens or loosens the old one, line by line."""

import pytest

from trimtab.policy import diff

FLOOR = "      secret_leak: {at_most: 0.02}\n"


def effects(folder, changing, *pairs):
    found = diff(folder.load(changing()), folder.load(changing(*pairs)))
    back = diff(folder.load(changing(*pairs)), folder.load(changing()))
    return found, back


def test_the_same_policy(folder, base):
    found = diff(folder.load(base), folder.load(base + "# a comment\n"))
    assert (found.overall, found.changes, found.loosens) == ("same", (), False)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (FLOOR, "      secret_leak: {at_most: 0.03}\n", "tiers.high.floors.secret_leak"),
        (FLOOR, "", "tiers.high.floors.secret_leak"),
        ("confidence: 0.95", "confidence: 0.9", "tiers.high.confidence"),
        ("margin: 0.02", "margin: 0.05", "tiers.high.regression.margin"),
        ("    regression: {margin: 0.02, metrics: [secret_leak]}\n", "", "tiers.high.regression"),
        ("red_lines: [hijack]", "red_lines: []", "red_lines"),
        ("cases: 300", "cases: 200", "suites.secrets.cases"),
        ("target: 0.85", "target: 0.80", "metrics.answer_accuracy.target"),
        ("target: 0.01", "target: 0.015", "metrics.secret_leak.target"),
    ],
)
def test_what_loosens_one_way_tightens_the_other(folder, changing, old, new, where):
    there, back = effects(folder, changing, (old, new))
    assert [(change.where, change.effect) for change in there.changes] == [(where, "loosens")]
    assert [(change.where, change.effect) for change in back.changes] == [(where, "tightens")]
    assert (there.overall, back.overall) == ("loosens", "tightens")
    assert (there.loosens, back.loosens) == (True, False)


@pytest.mark.parametrize(
    ("pair", "effect", "where"),
    [
        (("organisation: Example Works", "organisation: Other"), "changes", "organisation"),
        (("baseline: current", "baseline: next"), "changes", "systems.assistant.baseline"),
        (("confidence: 0.95\n", "confidence: 0.95\n    weights: {safety: 1.0}\n"), "changes", "tiers.high.weights"),
        (
            ("maximise: [answer_accuracy, latency_p95]", "maximise: answer_accuracy"),
            "changes",
            "systems.assistant.maximise",
        ),
        (("model: m-1", "model: m-3"), "changes", "systems.assistant.candidates.current.with"),
        (("concurrency: 4", "concurrency: 5"), "changes", "systems.assistant.candidates.next.limits"),
        (("      next:", "      further:"), "removes", "systems.assistant.candidates.next"),
        (("      next:", "      further:"), "adds", "systems.assistant.candidates.further"),
        (("  safety-lead: {", "  auditor: {function: audit}\n  safety-lead: {"), "adds", "people.auditor"),
        (("question: Is the answer right?", "question: Right?"), "changes", "metrics.answer_accuracy.question"),
        (
            ("  questions: {builtin: assistant-questions", "  questions: {seed: 1, builtin: assistant-questions"),
            "changes",
            "suites.questions.seed",
        ),
    ],
)
def test_what_is_neither(folder, changing, pair, effect, where):
    there, _ = effects(folder, changing, pair)
    assert (where, effect) in {(change.where, change.effect) for change in there.changes}
    assert there.overall == "changes"
    assert not there.loosens


def test_a_baseline_taken_away_ends_the_comparison(folder, changing):
    there, _ = effects(folder, changing, ("    baseline: current\n", ""))
    assert [(change.where, change.effect) for change in there.changes] == [("systems.assistant.baseline", "loosens")]


def test_a_move_to_a_weaker_tier_loosens_and_says_what_is_lost(folder, changing):
    there, back = effects(folder, changing, ("tier: high", "tier: internal"))
    (change,) = there.changes
    assert (change.where, change.effect) == ("systems.assistant.tier", "loosens")
    for lost in ("confidence 0.95 becomes 0.9", "at most 0.02 becomes at most 0.1", "floors.hijack", "regression"):
        assert lost in change.text
    assert back.overall == "tightens"


def test_a_move_that_does_both_is_mixed(folder, changing):
    floor = "      secret_leak: {at_most: 0.10}\n"
    there, _ = effects(folder, changing, ("tier: high", "tier: internal"), (floor, floor.replace("0.10", "0.015")))
    moved = [change.effect for change in there.changes if change.where == "systems.assistant.tier"]
    assert moved == ["loosens", "tightens"]
    assert there.overall == "mixed"


def test_a_floor_that_changes_sides_loosens(folder, changing):
    extra = "      secret_leak: {at_most: 0.02}\n      answer_accuracy: {at_least: 0.5}\n"
    a = folder.load(changing((FLOOR, extra)))
    b = a.model_copy(
        update={
            "tiers": {
                **a.tiers,
                "high": a.tiers["high"].model_copy(
                    update={
                        "floors": {**a.tiers["high"].floors, "answer_accuracy": a.tiers["high"].floors["secret_leak"]}
                    }
                ),
            }
        }
    )
    assert [change.effect for change in diff(a, b).changes] == ["loosens"]


@pytest.mark.parametrize(
    "pair",
    [
        ("{suite: secrets, score: planted-leak}", "{suite: embedded-instructions, score: hijack}"),
        ("{builtin: secret-keeping, cases: 300}", "{builtin: embedded-instructions, cases: 300}"),
        ("{builtin: secret-keeping, cases: 300}", "{builtin: secret-keeping, cases: 300, max_tokens: 4}"),
        ("  secrets: {", "  embedded-instructions: {builtin: secret-keeping}\n  secrets: {"),
    ],
)
def test_to_measure_a_floored_metric_otherwise_counts_as_loosening(folder, changing, pair):
    there, _ = effects(folder, changing, pair)
    assert there.loosens
    assert all(change.effect == "loosens" for change in there.changes)


def test_to_measure_another_metric_otherwise_is_a_change(folder, changing):
    there, _ = effects(
        folder, changing, ("{suite: questions, score: contains}", "{suite: questions, score: exact-match}")
    )
    assert there.overall == "changes"


def test_a_regression_rule_for_all_floors_covers_what_is_floored(folder, changing):
    there, _ = effects(folder, changing, ("margin: 0.02, metrics: [secret_leak]", "margin: 0.02"))
    assert [(change.effect, change.text) for change in there.changes] == [("tightens", "hijack is compared as well")]


def test_a_secret_parameter_is_named_not_shown(folder, changing):
    there, _ = effects(folder, changing, ("model: m-1", "model: m-9"))
    assert there.changes[0].text == "another model"


def test_systems_tiers_metrics_and_suites_come_and_go(folder, base):
    grown = base.replace("tiers:\n", "tiers:\n  extra: {confidence: 0.9, floors: {hijack: {at_most: 0.5}}}\n")
    grown = grown.replace(
        "metrics:\n",
        "metrics:\n  more: {question: q, better: lower, target: 0, owner: safety-lead, source: {suite: more}}\n",
        1,
    )
    grown = grown.replace("suites:\n", "suites:\n  more: {builtin: secret-keeping}\n")
    there = diff(folder.load(base), folder.load(grown))
    back = diff(folder.load(grown), folder.load(base))
    assert {(change.where, change.effect) for change in there.changes} == {
        ("tiers.extra", "adds"),
        ("metrics.more", "adds"),
        ("suites.more", "adds"),
    }
    assert {(change.where, change.effect) for change in back.changes} == {
        ("tiers.extra", "removes"),
        ("metrics.more", "removes"),
        ("suites.more", "loosens"),
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("file: pairs.csv, format: crows-pairs", "file: pairs.csv, format: winobias"),
        ("file: pairs.csv, format: crows-pairs", "file: pairs.csv"),
        ("imported: garak", "imported: csv"),
    ],
)
def test_to_read_the_cases_of_a_floored_metric_otherwise_loosens_both_ways(folder, changing, old, new):
    was = "{builtin: secret-keeping, cases: 300}"
    folder.write("sent_more,sent_less\na,b\n", "pairs.csv")
    score = "{suite: secrets, score: planted-leak}"
    pairs = [(score, "{suite: secrets, with: {measure: hit, better: lower}}")] if "imported" in old else []
    first, second = (folder.load(changing((was, f"{{{said}, cases: 300}}"), *pairs)) for said in (old, new))
    for found in (diff(first, second), diff(second, first)):
        assert [(change.where, change.effect) for change in found.changes] == [("suites.secrets", "loosens")]
