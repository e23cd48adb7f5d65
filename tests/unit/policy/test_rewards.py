"""A reward that would not hold what it promises is a mistake with its place; silence must not pay."""

import json

import pytest
import yaml
from tests.command import trimtab

from trimtab.kinds import Instrument
from trimtab.policy import HardCheck, Policy, check_policy, diff, load_policy
from trimtab.policy.judges import guarded_by

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
suites:
  harmless: {builtin: harmless-look-alikes}
metrics:
  leak:
    {question: "Does it leak?", better: lower, target: 0.01, owner: team,
     source: {suite: personal-data-in-context, score: detector-rate, with: {labels: [personal.email]}}}
  secret: {question: "A secret?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
  refusal:
    {question: "Does it refuse?", better: lower, target: 0.1, owner: team,
     source: {suite: harmless, score: over-refusal}}
  speed: {question: "Fast?", better: lower, unit: seconds, target: 1, owner: team, source: {suite: harmless, score: latency-p50}}
tiers:
  high: {confidence: 0.9, floors: {leak: {at_most: 0.2}, refusal: {at_most: 0.3}}}
red_lines: [secret]
rewards:
  careful:
    hard:
      - {metric: leak, full: 2}
      - {metric: secret}
    soft:
      - {metric: refusal, where: {benign: true}}
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: refusal
    reward: careful
    candidates:
      one: {openai: {url: "http://127.0.0.1:9", model: m}}
      tuned: {openai: {url: "http://127.0.0.1:9", model: n}, reward: careful}
"""


def check(tmp_path, old="", new=""):
    assert old in POLICY
    path = tmp_path / "trimtab.yaml"
    path.write_text(POLICY.replace(old, new, 1), encoding="utf-8")
    return check_policy(path)


def said(mistakes):
    return [f"{mistake.where}: {mistake.message} {mistake.suggestion}" for mistake in mistakes]


def test_a_reward_that_makes_sense_has_no_mistake_and_its_detector_judges_alone_no_more(tmp_path):
    checked = check(tmp_path)
    assert said(checked.errors) == []
    assert not any(one.where.startswith("rewards") for one in checked.warnings)
    (only,) = [one for one in checked.warnings if "judged" in one.message]
    assert only.where == "systems.bot.candidates.tuned.reward"
    assert "`careful` uses the detector patterns, by which alone leak is judged" in only.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{metric: secret}", "{metric: secrte}", "Did you mean `secret`?"),
        ("{metric: secret}", "{metric: speed}", "cannot be told of one completion"),
        ("{metric: secret}", "{detector: pattern}", "Did you mean `patterns`?"),
        ("{metric: secret}", "{detector: patterns, labels: [personal.mail]}", "Did you mean `personal.email`?"),
        ("{metric: secret}", "{metric: secret, labels: [x]}", "are a detector's"),
        ("{metric: secret}", "{metric: secret, detector: patterns}", "exactly one of metric, detector"),
        ("{metric: secret}", "{metric: leak}", "named twice"),
        ("{metric: secret}", "{metric: secret, at_most: 0.1}", "at_most"),
        ("full: 2", "full: 0", "full"),
        ("{metric: refusal, where", "{detector: refusal, where", "needs `at_most`"),
        ("refusal: {at_most: 0.3}", "secret: {at_most: 0.3}", "has no floor on refusal"),
        ("    reward: careful\n", "    reward: carefull\n", "Did you mean `careful`?"),
        ("n}, reward: careful}", "n}, reward: nothing}", "is not a reward of this policy"),
        ("    hard:\n", "    task: {low: 1, high: 1}\n    hard:\n", "must be below"),
        ("    hard:\n", "    margin: 1\n    hard:\n", "margin"),
        (
            "    hard:\n",
            "    audit: {metric: leak, of: leak}\n    hard:\n",
            "is scored by the detector that leak is checked",
        ),
        ("    hard:\n", "    audit: {metric: secret, of: secret}\n    hard:\n", "`secret` is scored as secret is"),
        ("    hard:\n", "    audit: {metric: secret, of: lek}\n    hard:\n", "is none of its checks"),
        ("    hard:\n", "    audit: {metric: speed, of: leak}\n    hard:\n", "cannot be told of one completion"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, old, new, words):
    assert words in " ".join(said(check(tmp_path, old, new).errors))


def test_a_reward_must_count_something():
    with pytest.raises(ValueError, match="nothing to say about safety"):
        Policy.model_validate({**policy_data(), "rewards": {"empty": {}}})


def policy_data():
    return {
        "trimtab": 1,
        "organisation": "Example",
        "metrics": {"a": {"question": "?", "better": "lower", "target": 0, "owner": "team", "source": {"suite": "s"}}},
        "tiers": {"t": {"confidence": 0.9}},
        "systems": {
            "bot": {
                "tier": "t",
                "owner": "team",
                "intended_use": "x",
                "maximise": ["a"],
                "candidates": {"one": {"callable": {"target": "a:b"}}},
            }
        },
    }


def test_a_policy_without_rewards_keeps_the_digest_that_it_had():
    before = Policy.model_validate(policy_data())
    assert before.digest == "sha256:031a25cd62b37d21b0d3b2cf42742a74e544c1d9443c2456abfae8f024de9052"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    soft:\n      - {metric: refusal, where: {benign: true}}\n", "", "the safest reply is none at all"),
        ("{metric: refusal, where", "{detector: patterns, at_most: 0.1, where", "the safest reply is none at all"),
        ("      - {metric: secret}\n", "", "draws no line at 'secret'"),
    ],
)
def test_silence_and_undrawn_red_lines_are_warned_of(tmp_path, old, new, words):
    checked = check(tmp_path, old, new)
    assert said(checked.errors) == []
    assert words in " ".join(said(checked.warnings)).replace('"', "'").replace("`", "'")


@pytest.mark.parametrize("cost", ["{detector: refusal, at_most: 0.1}", "{metric: refusal}"])
def test_a_cost_on_refusing_is_enough_whatever_sees_it(tmp_path, cost):
    checked = check(tmp_path, "{metric: refusal, where: {benign: true}}", cost)
    assert "none at all" not in " ".join(said(checked.warnings))


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("      - {metric: secret}\n", "", "loosens"),
        ("full: 2", "full: 3", "changes"),
        ("{metric: refusal, where: {benign: true}}", "{metric: refusal}", "tightens"),
        (
            "{metric: refusal, where: {benign: true}}",
            "{metric: refusal, at_most: 0.1, where: {benign: true}}",
            "loosens",
        ),
        ("    reward: careful\n", "", "loosens"),
        ("n}, reward: careful}", "n}}", "loosens"),
        ("  careful:\n", "  other:\n    hard: [{detector: patterns}]\n  careful:\n", "changes"),
    ],
)
def test_what_changes_is_told(tmp_path, old, new, effect):
    first = tmp_path / "first.yaml"
    first.write_text(POLICY)
    second = tmp_path / "second.yaml"
    second.write_text(POLICY.replace(old, new, 1))
    assert diff(load_policy(first), load_policy(second)).overall == effect


def test_a_check_that_becomes_a_cost_loosens(tmp_path):
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(POLICY)
    moved = POLICY.replace("      - {metric: leak, full: 2}\n", "").replace(
        "soft:\n", "soft:\n      - {metric: leak}\n"
    )
    second.write_text(moved)
    assert "outweigh" in " ".join(change.text for change in diff(load_policy(first), load_policy(second)).changes)
    assert diff(load_policy(second), load_policy(first)).overall == "tightens"


def test_names_of_checks():
    assert HardCheck.model_validate({"detector": "patterns", "labels": ("a", "b")}).name == "patterns:a,b"
    assert HardCheck.model_validate({"metric": "leak"}).name == "leak"


def test_check_says_what_training_counts(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    done = trimtab("check", cwd=tmp_path)
    assert "in training never leak, secret; refusal in at most 30% (reward careful)" in " ".join(done.stdout.split())
    data = json.loads(trimtab("check", "--json", cwd=tmp_path).stdout)
    assert data["systems"]["bot"]["reward"] == {"name": "careful", "hard": ["leak", "secret"], "soft": {"refusal": 0.3}}


@pytest.mark.parametrize("place", ["metric", "reward", "guard"])
def test_a_panel_and_its_judges_are_no_independent_judges_of_what_it_trained_or_guards(place):
    judges = [{"detector": "llm-judge", "with": {"url": "http://127.0.0.1:9", "model": model}} for model in "ab"]
    labels = ["leak.told"]
    look = {"detector": "panel", "with": {"judges": judges, "labels": labels}, "labels": labels}
    data = yaml.safe_load(POLICY)
    data["rewards"]["careful"]["hard"] = [look]
    data["guards"] = {"watch": {"output": [{**look, "action": "block"}]}}
    if place == "guard":
        data["systems"]["bot"]["candidates"]["tuned"] |= {"reward": None, "guard": "watch"}
    if place == "metric":
        data["metrics"]["leak"]["source"]["with"] = {"detector": "panel", "fields": look["with"]}
        data["rewards"]["careful"]["hard"] = [{"metric": "leak"}]
    panel = Instrument(detector="panel", version="1", judges=(("llm-judge", "a"), ("llm-judge", "b")), agree=2)
    seen = {
        "panel": panel,
        "a": Instrument(detector="llm-judge", version="1", model="a"),
        "c": Instrument(detector="llm-judge", version="1", model="c"),
    }
    policy = Policy.model_validate(data)
    assert guarded_by(policy, "bot", "tuned", seen) == {"panel", "a"}
    assert guarded_by(policy, "bot", "one", seen) == set()
