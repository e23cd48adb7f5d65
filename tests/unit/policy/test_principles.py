"""A principle that could not be tested, or a reviser that is nobody, is a mistake with its place."""

import pytest
import yaml

from trimtab.policy import GuardSpec, Policy, PrincipleTest, check_policy, diff, load_policy

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
models:
  helper: {openai: {url: "http://127.0.0.1:9", model: h, key_env: ""}}
  local: {callable: {target: "helpers:say"}}
suites:
  words: {builtin: assistant-questions, cases: 50}
metrics:
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
  right: {question: "Right?", better: higher, target: 0.8, owner: team, source: {suite: words, score: contains}}
  marked: {question: "Right?", better: higher, target: 0.8, owner: team, source: {suite: words, score: human-marks}}
  gap: {question: "Gap?", better: lower, target: 0.1, owner: team, source: {suite: swapped-groups, score: group-gap}}
  idle: {question: "Right?", better: higher, target: 0.0, owner: team, source: {suite: words, score: contains}}
principles:
  no-contact:
    text: A reply holds nobody's contact details.
    severity: 0.8
    test: {detector: patterns, labels: [personal]}
  answers: {text: A reply answers what was asked., hard: false, severity: 0.2, test: {metric: right}}
  kind: {text: A reply demeans nobody., test: {judge: {question: 'Does the text demean anybody?', model: helper}}}
tiers:
  high: {confidence: 0.9, floors: {leak: {at_most: 0.2}}}
guards:
  standard:
    output: [{detector: patterns, labels: [personal], action: revise}]
    revise: {model: helper, rounds: 1, budget_ms: 3000}
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: leak
    guard: standard
    candidates:
      one: {openai: {url: "http://127.0.0.1:9", model: m, key_env: ""}}
"""


def checked(tmp_path, *pairs):
    text = POLICY
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "trimtab.yaml"
    path.write_text(text, encoding="utf-8")
    return check_policy(path)


def loaded(*pairs):
    text = POLICY
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return Policy.model_validate(yaml.safe_load(text))


def test_a_constitution_that_makes_sense_has_no_mistake(tmp_path):
    assert not checked(tmp_path).mistakes
    principle = load_policy(tmp_path / "trimtab.yaml").principles["no-contact"]
    assert principle.hard
    assert principle.severity == 0.8


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("{detector: patterns, labels: [personal]}", "{detector: pattern}", "no-contact.test", "Did you mean `patterns`"),
        ("{detector: patterns, labels: [personal]}", "{detector: patterns, labels: [x]}", "no-contact.test", "nothing that"),
        ("{detector: patterns, labels: [personal]}", "{detector: patterns, with: {x: 1}}", "no-contact.test", "parameter"),
        ("{detector: patterns, labels: [personal]}", "{}", "no-contact.test", "exactly one of"),
        ("{metric: right}", "{metric: right, detector: patterns}", "answers.test", "exactly one of"),
        ("{metric: right}", "{metric: right, threshold: 0.9}", "answers.test", "belong to `detector`"),
        ("{metric: right}", "{metric: rihgt}", "answers.test.metric", "Did you mean `right`?"),
        ("{metric: right}", "{metric: marked}", "answers.test.metric", "does not score a single reply"),
        ("{metric: right}", "{metric: gap}", "answers.test.metric", "does not score a single reply"),
        ("{metric: right}", "{metric: idle}", "answers.test.metric", "no reply can fall short"),
        ("anybody?', model: helper", "anybody?', model: hepler", "kind.test.judge.model", "Did you mean `helper`?"),
        ("anybody?', model: helper", "anybody?', model: local", "kind.test.judge.model", "no `openai` address"),
        ("Does the text demean anybody?", "", "kind.test.judge.question", "must not be empty"),
        ("severity: 0.8", "severity: 0.0", "no-contact.severity", "more than 0"),
        ("severity: 0.8", "severity: 1.5", "no-contact.severity", "at most 1"),
        ("severity: 0.8", "seriousness: 0.8", "no-contact.seriousness", "not a key"),
        ("hard: false", "hard: maybe", "answers.hard", "true or false"),
        ("{model: helper, rounds", "{model: nobody, rounds", "standard.revise.model", "none of `models`"),
        ("\n    revise: {model: helper, rounds: 1, budget_ms: 3000}", "", "guards.standard", "needs `revise`"),
        ("output: [{", "input: [{detector: leak, action: revise}]\n    output: [{", "guards.standard", "for rules on output"),
        ("rounds: 1", "rounds: 0", "standard.revise.rounds", "at least 1"),
        ('model: h, key_env: ""}}', 'model: h, key_env: ""}, guard: standard}', "models.helper.guard", "one model"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(tmp_path, old, new, where, said):
    found = [f"{one.where}: {one.message} {one.suggestion}" for one in checked(tmp_path, (old, new)).errors]
    assert [one for one in found if where in one and said in one], found


def test_a_reviser_that_no_rule_asks_is_a_warning(tmp_path):
    (warning,) = checked(tmp_path, ("action: revise", "action: block")).warnings
    assert warning.where == "guards.standard.revise"


def test_a_grid_cannot_have_replies_revised_by_nobody(tmp_path):
    plain = "output: [{detector: patterns, labels: [personal], action: revise}]\n    revise: {model: helper, rounds: 1, budget_ms: 3000}"
    varied = 'key_env: ""}, guard: standard, grid: {guard.output.patterns.action: [block, revise]}}\n'
    candidate = 'one: {openai: {url: "http://127.0.0.1:9", model: m, key_env: ""}}\n'
    grid = (candidate, candidate.replace('key_env: ""}}\n', varied))
    assert not checked(tmp_path, grid).errors
    point = load_policy(tmp_path / "trimtab.yaml").guard_of("bot", "one@block")
    assert point is not None
    assert not point.revises
    said = [
        str(one) for one in checked(tmp_path, grid, (plain, plain.partition("\n")[0].replace("revise", "block"))).errors
    ]
    assert [one for one in said if "needs `revise`" in one], said


def test_a_guard_that_asks_how_sure_an_answer_is_revises_none():
    rules = {"output": [{"detector": "leak", "action": "revise"}], "revise": {"model": "m"}}
    GuardSpec.model_validate(rules)
    with pytest.raises(ValueError, match="exclude each other"):
        GuardSpec.model_validate({**rules, "confidence": {"at_least": 0.5, "from": "logprobs"}})


def test_a_policy_without_principles_keeps_its_digest():
    """The digest was recorded before principles, models and revisers were known."""
    bare = {
        "trimtab": 1,
        "organisation": "Example",
        "metrics": {"m": {"question": "?", "better": "lower", "target": 0.1, "owner": "t", "source": {"suite": "s"}}},
        "tiers": {"t": {"confidence": 0.9}},
        "guards": {"g": {"output": [{"detector": "leak", "action": "block"}]}},
        "systems": {
            "b": {
                "tier": "t",
                "owner": "t",
                "intended_use": "x",
                "maximise": ["m"],
                "candidates": {"c": {"callable": {}}},
            }
        },
    }
    assert (
        Policy.model_validate(bare).digest == "sha256:e6e2ae98e3df17cb8b0c9ee8e354787526e0491242d6ffdaa8ca9717c65cc7c1"
    )
    assert loaded().digest != loaded(("severity: 0.8", "severity: 0.7")).digest


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("hard: false", "hard: true", "tightens"),
        ("severity: 0.8", "severity: 0.5", "loosens"),
        ("severity: 0.8", "severity: 0.9", "tightens"),
        ("nobody's contact", "no contact", "changes"),
        ("labels: [personal]}\n  ans", "labels: [personal, secret]}\n  ans", "loosens"),
        ('right: {question: "Right?", better: higher, target: 0.8', 'right: {question: "Right?", better: higher, target: 0.9', "mixed"),
        ("model: h,", "model: other,", "loosens"),
        ("action: revise", "action: block", "tightens"),
        ("rounds: 1", "rounds: 3", "changes"),
    ],
)  # fmt: skip
def test_a_change_says_what_becomes_of_the_promise(old, new, effect):
    assert diff(loaded(), loaded((old, new))).overall == effect


def test_a_principle_more_tightens_and_one_less_loosens():
    fewer = loaded(
        (
            "  kind: {text: A reply demeans nobody., test: {judge: {question: 'Does the text demean anybody?', model: helper}}}\n",
            "",
        )
    )
    assert diff(fewer, loaded()).overall == "tightens"
    assert diff(loaded(), fewer).overall == "loosens"


def test_what_is_stored_reads_back_as_the_same_constitution():
    policy = loaded()
    again = Policy.model_validate(policy.model_dump(mode="json", by_alias=True))
    assert again == policy
    assert again.digest == policy.digest
    assert PrincipleTest.model_validate(policy.principles["kind"].test.model_dump(by_alias=True)).judge is not None
