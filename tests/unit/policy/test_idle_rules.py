"""A rule of a guard that would find nothing, or look at nobody, is a mistake with its place."""

import pytest

from trimtab.policy import check_policy

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
metrics:
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
tiers:
  high: {confidence: 0.9, floors: {leak: {at_most: 0.2}}, actions: {ACTIONS}}
guards:
  standard:
    SIDE:
      - {RULE, action: mask}
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: leak
    guard: standard
    candidates:
      one: {openai: {url: "http://127.0.0.1:9", model: m}, guard: standard}
"""


def mistakes(tmp_path, rule, side="output", actions="{}"):
    path = tmp_path / "trimtab.yaml"
    text = POLICY.replace("{RULE", "{" + rule).replace("SIDE", side).replace("{ACTIONS}", actions)
    path.write_text(text, encoding="utf-8")
    return [f"{mistake.where}: {mistake.message} {mistake.suggestion}" for mistake in check_policy(path).errors]


@pytest.mark.parametrize(
    ("rule", "side", "said"),
    [
        (
            "detector: patterns, labels: [secret], with: {labels: [personal]}", "output",
            "output[0].labels[0]: `secret` is nothing that patterns finds with these fields Choose from `personal`",
        ),
        (
            "detector: patterns, labels: [personal.phone], with: {labels: [personal.email]}", "input",
            "`personal.phone` is nothing that patterns finds with these fields",
        ),
        ("detector: patterns, origins: []", "input", "input[0].origins: must have at least one entry"),
        ("detector: patterns, origins: []", "output", "output[0].origins: must have at least one entry"),
        ("detector: patterns, origins: [system]", "output", "output is the model's own"),
        ("detector: patterns, origins: [user, assistant, tool]", "output", "output is the model's own"),
        ("detector: patterns, origins: null", "output", "output is the model's own"),
        ("detector: patterns, labels: ['']", "output", "labels[0]: must not be empty"),
    ],
)  # fmt: skip
def test_a_rule_that_would_do_nothing_is_said_once(tmp_path, rule, side, said):
    (found,) = mistakes(tmp_path, rule, side)
    assert said in found


@pytest.mark.parametrize(
    "rule",
    [
        "detector: patterns, labels: [personal.email], with: {labels: [personal]}",
        "detector: patterns, labels: [personal], with: {labels: [personal.email, secret]}",
        "detector: patterns, with: {labels: [personal]}",
        (
            "detector: llm-judge, labels: [principle.kind], "
            "with: {url: 'http://h', model: m, labels: [harm.hate], rubrics: {principle.kind: 'Is it kind?'}}"
        ),
    ],
)
def test_a_rule_that_may_find_something_is_none(tmp_path, rule):
    assert mistakes(tmp_path, rule) == []


@pytest.mark.parametrize(
    "rule",
    [
        "detector: patterns, labels: [personal]",
        "detector: patterns, with: {labels: [personal]}",
        "detector: patterns, labels: [personal], with: {labels: [personal.email]}",
    ],
)
def test_an_action_of_a_tier_on_what_no_rule_counts_is_one(tmp_path, rule):
    assert mistakes(tmp_path, rule, actions="{personal: block}") == []
    (found,) = mistakes(tmp_path, rule, actions="{secret: block}")
    assert "tiers.high.actions.secret: `secret` is found by no guard of this policy" in found
