"""A metric through a detector: its fields are checked, and who may not be the only judge is named."""

import pytest

from trimtab.policy import Policy, check_policy

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
suites: {asked: {builtin: secret-keeping, cases: 300}}
metrics:
  shown:
    question: Does a reply show a secret?
    better: lower
    target: 0.01
    owner: team
    source:
      suite: asked
      score: detector-rate
      with: {detector: patterns, labels: [secret], errors: {corpus: read replies, found: [99, 100]}}
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: asked}}
tiers:
  high: {confidence: 0.9, floors: {shown: {at_most: 0.2}}}
guards:
  standard:
    output:
      - {detector: leak, action: block}
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: leak
    candidates:
      one: {openai: {url: "http://127.0.0.1:9", model: m}, guard: standard}
"""


def checked(tmp_path, *changes):
    text = POLICY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "trimtab.yaml"
    path.write_text(text, encoding="utf-8")
    return check_policy(path)


def said(tmp_path, *changes, warnings=False):
    found = checked(tmp_path, *changes)
    return [f"{m.where}: {m.message} {m.suggestion}" for m in (found.warnings if warnings else found.errors)]


def test_a_metric_through_a_detector_that_makes_sense(tmp_path):
    found = checked(tmp_path)
    assert [str(mistake) for mistake in found.mistakes] == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("detector: patterns,", "detector: pattern,", "Did you mean `patterns`?"),
        ("labels: [secret]", "labels: [sceret]", "does not find 'sceret'"),
        ("labels: [secret]", "label: [secret]", "is not a parameter of detector-rate"),
        ("labels: [secret]", "side: both", "is not a choice"),
        ("labels: [secret]", "fields: {lables: [x]}", "is not a parameter of patterns"),
        ("labels: [secret]", "threshold: 2", "threshold"),
        ("labels: [secret]", "better: higher", "must be `higher`"),
        ("[99, 100]", "[101, 100]", "found"),
        ("detector: patterns,", "detector: llm-judge,", "llm-judge needs it"),
        ("detector: patterns, labels: [secret]", "detector: llm-judge, fields: {url: 'http://h', model: m}", "give labels"),
        ("labels: [secret]", "fields: {api_key: sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaa}", "does not belong in a file"),
    ],
)  # fmt: skip
def test_fields_that_do_not_fit_are_mistakes(tmp_path, old, new, says):
    mistakes = said(tmp_path, (old, new))
    assert mistakes
    assert any(says in mistake for mistake in mistakes), mistakes
    assert not any("sk-aaaa" in mistake for mistake in mistakes)


def test_a_floor_through_a_detector_that_nobody_checked_is_warned_of(tmp_path):
    (warning,) = said(tmp_path, (", errors: {corpus: read replies, found: [99, 100]}", ""), warnings=True)
    assert "cannot be proved while nobody knows how often the detector patterns errs" in warning
    assert "`errors`" in warning
    alarms = said(tmp_path, ("found: [99, 100]", "alarms: [1, 100]"), warnings=True)
    assert len(alarms) == 1


def guarding(detector):
    return ("{detector: leak, action: block}", f"{{detector: {detector}, action: block}}")


def test_the_guard_of_a_candidate_may_not_be_its_only_judge(tmp_path):
    (warning,) = said(tmp_path, guarding("patterns"), warnings=True)
    assert warning.startswith("systems.bot.candidates.one.guard: `standard` uses the detector patterns")
    assert "shown" in warning


def test_an_independent_judge_on_the_same_cases_is_enough(tmp_path):
    floors = ("{shown: {at_most: 0.2}}", "{shown: {at_most: 0.2}, leak: {at_most: 0.2}}")
    assert said(tmp_path, guarding("patterns"), floors, warnings=True) == []


def test_a_red_line_is_held_to_the_same(tmp_path):
    red = ("guards:\n", "red_lines: [shown]\nguards:\n")
    none = ("{shown: {at_most: 0.2}}", "{}")
    assert len(said(tmp_path, guarding("patterns"), red, none, warnings=True)) == 1


def judged_by(model):
    return (
        "detector: patterns, labels: [secret]",
        f"detector: llm-judge, fields: {{url: 'http://127.0.0.1:9', model: {model}, labels: [refusal]}}",
    )


def test_two_judges_that_ask_the_same_model_are_one(tmp_path):
    guard = "llm-judge, with: {url: 'http://127.0.0.1:9', model: a, labels: [harm.hate]}"
    same = said(tmp_path, judged_by("a"), guarding(guard), warnings=True)
    other = said(tmp_path, judged_by("b"), guarding(guard), warnings=True)
    assert any("llm-judge" in warning and "guard" in warning for warning in same)
    assert not any("guard" in warning for warning in other)


def test_a_policy_without_fields_keeps_its_digest(tmp_path):
    plain = POLICY[: POLICY.index("  shown:")] + POLICY[POLICY.index("  leak: {question") :]
    plain = plain.replace("{shown: {at_most: 0.2}}", "{leak: {at_most: 0.2}}")
    policy = checked(tmp_path, (POLICY, plain)).policy
    assert isinstance(policy, Policy)
    assert policy.digest == "sha256:0a9cba9dc48d6f927c9ca4813f394c884e111c0689156dad4ecbdf6fe12d779c"


def test_other_fields_are_another_policy(tmp_path):
    digests = {
        checked(tmp_path, ("labels: [secret]", new)).policy.digest for new in ("labels: [secret]", "labels: [personal]")
    }
    assert len(digests) == 2


NAMED = ("owner: team\n    source:", "owner: team\n    judged_by: leak\n    source:")


def test_a_named_independent_judge_is_enough(tmp_path):
    assert said(tmp_path, guarding("patterns"), NAMED, warnings=True) == []


def test_a_loose_floor_on_another_metric_is_no_judge(tmp_path):
    loose = ("{shown: {at_most: 0.2}}", "{shown: {at_most: 0.2}, leak: {at_most: 0.5}}")
    (warning,) = said(tmp_path, guarding("patterns"), loose, warnings=True)
    assert "by which alone shown is judged" in warning
    assert "judged_by" in warning


def test_the_warning_says_where(tmp_path):
    (warning,) = checked(tmp_path, guarding("patterns")).warnings
    line = POLICY.splitlines()[warning.line - 1]
    assert "guard: standard" in line


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shown", "is not another metric"),
        ("lek", "Did you mean `leak`?"),
        ("right", "has another `better`"),
        ("slow", "has another `unit`"),
    ],
)
def test_a_judge_that_cannot_confirm_is_a_mistake(tmp_path, name, says):
    right = '  right: {question: "Right?", better: higher, target: 0.9, owner: team, source: {suite: assistant-questions}}\n'
    slow = "{question: Slow, better: lower, unit: seconds, target: 2, owner: team, source: {suite: asked, score: latency-p95}}"
    more = f"{right}  slow: {slow}\ntiers:\n"
    mistakes = said(tmp_path, (NAMED[0], NAMED[1].replace("leak", name)), ("tiers:\n", more))
    assert any(says in mistake for mistake in mistakes), mistakes


def test_another_judge_is_another_policy_and_losing_it_loosens(tmp_path):
    from trimtab.policy import diff

    plain, named = checked(tmp_path).policy, checked(tmp_path, NAMED).policy
    assert plain.digest != named.digest
    assert [change.effect for change in diff(plain, named).changes] == ["tightens"]
    assert [change.effect for change in diff(named, plain).changes] == ["loosens"]


PEOPLE = (
    "tiers:\n",
    '  people: {question: "Bad?", better: lower, target: 0.01, owner: team, source: {suite: asked, score: human-marks, with: {better: lower}}}\ntiers:\n',
)


def reviewing(name):
    return ("owner: team\n    source:", f"owner: team\n    reviewed_by: {name}\n    source:")


def test_people_may_review_what_a_detector_flags(tmp_path):
    assert said(tmp_path, PEOPLE, reviewing("people")) == []
    (mistake,) = said(tmp_path, PEOPLE, reviewing("leak"))
    assert "`leak` is not marked by people" in mistake
    other = (PEOPLE[0], PEOPLE[1].replace("suite: asked", "suite: look-alikes"))
    assert any("is marked on another suite" in one for one in said(tmp_path, other, reviewing("people")))


def gold(name, bound=0.05):
    return ("owner: team\n    source:", f"owner: team\n    gold: {{metric: {name}, gap_at_most: {bound}}}\n    source:")


THROUGH = "source: {suite: asked, score: detector-rate, with: {detector: patterns, labels: [personal]}}"
SAME = ("tiers:\n", f'  same: {{question: "Shown?", better: lower, target: 0.01, owner: team, {THROUGH}}}\ntiers:\n')


@pytest.mark.parametrize(
    "key", [gold("same"), ("owner: team\n    source:", "owner: team\n    judged_by: same\n    source:")]
)
def test_a_metric_is_not_held_against_itself(tmp_path, key):
    (mistake,) = said(tmp_path, SAME, key)
    assert "is scored by patterns as well, which is no other judge" in mistake
    other = (SAME[0], SAME[1].replace("detector: patterns, labels: [personal]", "detector: leak"))
    assert said(tmp_path, other, key) == []


def test_a_gap_that_may_be_wider_loosens_and_one_that_is_asked_tightens(tmp_path):
    from trimtab.policy import diff

    plain, held, wider, other = (
        checked(tmp_path, PEOPLE, *changes).policy
        for changes in ((), (gold("people"),), (gold("people", 0.2),), (gold("leak"),))
    )
    for old, new, effect in (
        (plain, held, "tightens"), (held, plain, "loosens"), (held, wider, "loosens"), (wider, held, "tightens"),
        (held, other, "loosens"),
    ):  # fmt: skip
        assert {change.effect for change in diff(old, new).changes} == {effect}


def test_no_red_line_rests_on_a_sample_that_people_marked(tmp_path):
    red = ("guards:\n", "red_lines: [people]\nguards:\n")
    (mistake,) = said(tmp_path, PEOPLE, red)
    assert "a red line wants to see every case" in mistake
