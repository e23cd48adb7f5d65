"""A guard that would guard nothing, or not what its author thinks, is a mistake with its place."""

import pytest

from trimtab.policy import GuardRule, GuardSpec, Policy, check_policy, diff, load_policy
from trimtab.policy.diff_guards import guard_changes
from trimtab.policy.guard_spec import ConfidenceSpec, ReviseSpec

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
metrics:
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
tiers:
  high: {confidence: 0.9, floors: {leak: {at_most: 0.2}}, actions: {secret: block}}
guards:
  standard:
    output:
      - {detector: patterns, labels: [personal, secret.jwt], action: mask}
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


def mistakes(tmp_path, old="", new=""):
    assert old in POLICY
    path = tmp_path / "trimtab.yaml"
    path.write_text(POLICY.replace(old, new, 1), encoding="utf-8")
    return [f"{mistake.where}: {mistake.message} {mistake.suggestion}" for mistake in check_policy(path).errors]


def test_a_guard_that_makes_sense_has_no_mistake(tmp_path):
    assert mistakes(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("detector: patterns", "detector: pattern", "Did you mean `patterns`?"),
        ("[personal, secret.jwt]", "[personal.mail]", "Did you mean `personal.email`?"),
        ("{secret: block}", "{secrets: block}", "is found by no guard"),
        ("action: mask", "action: hide", "action"),
        ("action: mask", "action: mask, threshold: 2", "threshold"),
        ("action: mask", "action: mask, origins: [user]", "whose messages"),
        ("action: mask", "action: mask, with: {label: [x]}", "is not a parameter of patterns"),
        ("action: mask", "action: mask, with: {labels: [sceret]}", "sceret"),
        (
            "detector: patterns, labels: [personal, secret.jwt]",
            "detector: llm-judge, with: {url: 'http://h', model: m, labels: [harm.hat]}",
            "no built-in rubric",
        ),
        (
            "detector: patterns, labels: [personal, secret.jwt]",
            "detector: llm-judge, with: {url: 'http://h', model: m, labels: [harm.hate]}, labels: [harm.violence]",
            "is nothing that llm-judge finds",
        ),
        (
            "detector: patterns, labels: [personal, secret.jwt]",
            "detector: fitted, with: {path: detectors/nowhere}",
            "there is no folder detectors/nowhere. Make it with `trimtab fit FILE --label LABEL --out detectors/nowhere`",
        ),
        ("model: m}, guard: standard", "model: m}, guard: standrad", "Did you mean `standard`?"),
        ("    guard: standard", "    guard: other", "is not a guard of this policy"),
        (
            "    output:\n      - {detector: patterns, labels: [personal, secret.jwt], action: mask}",
            "    refusal: No.",
            "guards nothing",
        ),
    ],
)
def test_what_makes_no_sense_is_said(tmp_path, old, new, said):
    found = mistakes(tmp_path, old, new)
    assert [one for one in found if said in one]
    assert len(found) == (2 if old.startswith("    output") else 1)  # then nothing finds what the tier names, either


def loaded(text):
    import yaml

    return Policy.model_validate(yaml.safe_load(text))


def warnings(tmp_path, old, new):
    path = tmp_path / "trimtab.yaml"
    path.write_text(POLICY.replace(old, new, 1), encoding="utf-8")
    return [f"{mistake.where}: {mistake.message} {mistake.suggestion}" for mistake in check_policy(path).warnings]


def test_a_detector_of_replies_on_input_is_warned_of(tmp_path):
    rule = "    input:\n      - {detector: leak, action: block}\n    output:\n"
    (said,) = warnings(tmp_path, "    output:\n", rule)
    assert said.startswith("guards.standard.input[0].detector: leak looks at replies")
    assert warnings(tmp_path, "    output:\n", "    output:\n      - {detector: leak, action: block}\n") == []


def test_a_detector_whose_extra_is_not_installed_is_warned_of(tmp_path, monkeypatch):
    monkeypatch.setattr("trimtab.policy.installed.find_spec", lambda name: None if name == "gliner" else name)
    rule = "detector: gliner, with: {model: models/gliner}"
    (said,) = warnings(tmp_path, "detector: patterns, labels: [personal, secret.jwt]", rule)
    assert "pip install 'trimtab[gliner]'" in said


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("action: mask", "action: block", "tightens"),
        ("{secret: block}", "{secret: mask}", "loosens"),
        ("{secret: block}", "{secret: block, personal: mask}", "tightens"),
        (", guard: standard}", "}", "loosens"),
        ("    guard: standard\n", "", "loosens"),
    ],
)
def test_taking_a_guard_away_loosens(old, new, effect):
    assert diff(loaded(POLICY), loaded(POLICY.replace(old, new, 1))).overall == effect


RULE = {"detector": "patterns", "labels": ["personal"], "action": "mask"}
SURE = {"at_least": 0.7, "from": "logprobs"}
INJECTION = {"detector": "injection", "action": "block"}
LEAK = {"detector": "leak", "action": "block"}
KEEPS_ONE, KEEPS_TWO = {"with": {"keep": ["a@x.io"]}}, {"with": {"keep": ["b@x.io", "a@x.io"]}}
PSEUDONYM = {"input": [RULE | {"how": "pseudonym"}], "key_env": "K"}


@pytest.mark.parametrize(
    ("old", "new", "effects"),
    [
        ({}, {"output": [RULE, RULE | {"labels": ["secret"]}]}, ["tightens"]),
        ({"output": [RULE, RULE | {"labels": ["secret"]}]}, {}, ["loosens"]),
        (
            {"output": [RULE, {"detector": "leak", "action": "block"}]},
            {"output": [{"detector": "leak", "action": "block"}, RULE]},
            [],
        ),
        ({}, {"output": [RULE | {"action": "escalate"}]}, ["tightens"]),
        ({}, {"output": [RULE | {"labels": []}]}, ["tightens"]),
        ({}, {"output": [RULE | {"labels": ["personal.email"]}]}, ["loosens"]),
        ({}, {"output": [RULE | {"labels": ["secret"]}]}, ["loosens"]),
        ({}, {"output": [RULE | {"threshold": 0.4}]}, ["tightens"]),
        ({}, {"output": [RULE | {"threshold": 0.6, "action": "block"}]}, ["loosens", "tightens"]),
        ({}, {"output": [RULE | {"with": {"labels": ["personal"]}}]}, ["loosens"]),
        ({}, {"output": [RULE | KEEPS_ONE]}, ["loosens"]),
        ({"output": [RULE | KEEPS_ONE]}, {}, ["tightens"]),
        ({"output": [RULE | KEEPS_ONE]}, {"output": [RULE | KEEPS_TWO]}, ["loosens"]),
        ({"output": [RULE | KEEPS_TWO]}, {"output": [RULE | KEEPS_ONE]}, ["tightens"]),
        ({"output": [RULE | KEEPS_ONE]}, {"output": [RULE | {"with": {"keep": ["b@x.io"]}}]}, ["loosens", "tightens"]),
        ({"output": [LEAK]}, {"output": [LEAK | KEEPS_ONE]}, ["loosens"]),
        ({"output": [LEAK | KEEPS_ONE]}, {"output": [LEAK]}, ["loosens"]),  # what the field means there is unknown
        ({"input": [RULE]}, {"input": [RULE | {"origins": ["user"]}]}, ["loosens"]),
        ({"input": [RULE]}, {"input": [RULE | {"origins": ["user", "assistant", "tool"]}]}, ["loosens"]),
        ({"input": [RULE]}, {"input": [RULE | {"origins": ["user", "assistant", "tool", "system"]}]}, []),
        ({"input": [INJECTION]}, {"input": [INJECTION | {"origins": ["user", "assistant", "tool"]}]}, []),
        (
            {"input": [INJECTION]},
            {"input": [INJECTION | {"origins": ["user", "tool", "system"]}]},
            ["loosens", "tightens"],
        ),
        ({}, {"on_crash": "escalate"}, ["loosens"]),
        ({"on_crash": "escalate"}, {}, ["tightens"]),
        ({}, {"hold_back": 99}, ["loosens"]),
        ({"hold_back": 99}, {"hold_back": 98}, ["loosens"]),
        ({"hold_back": 99}, {"hold_back": 100}, ["tightens"]),
        ({"hold_back": 99}, {}, ["changes"]),
        ({"input": [RULE]}, PSEUDONYM, ["loosens", "changes"]),
        (PSEUDONYM, {"input": [RULE]}, ["tightens", "changes"]),
        (PSEUDONYM, {**PSEUDONYM, "restore": True}, ["loosens"]),
        ({**PSEUDONYM, "restore": True}, PSEUDONYM, ["tightens"]),
        ({}, {"confidence": SURE}, ["tightens"]),
        ({"confidence": SURE}, {}, ["loosens"]),
        ({"confidence": SURE}, {"confidence": SURE | {"at_least": 0.8}}, ["tightens"]),
        ({"confidence": SURE}, {"confidence": SURE | {"at_least": 0.6}}, ["loosens"]),
        ({"confidence": SURE}, {"confidence": SURE | {"from": "agreement"}}, ["loosens"]),
        ({"confidence": SURE}, {"confidence": SURE | {"action": "block"}}, ["tightens"]),
        ({"confidence": SURE}, {"confidence": SURE | {"samples": 3}}, ["changes"]),
        ({}, {"budget_ms": 5.0}, ["changes"]),
        ({}, {"refusal": "No."}, ["changes"]),
        ({}, {"held": "Wait."}, ["changes"]),
    ],
)
def test_every_change_of_a_guard_says_whether_it_loosens(old, new, effects):
    before, after = (
        loaded(POLICY).model_copy(
            update={"guards": {"standard": GuardSpec.model_validate({"output": [RULE], **fields})}}
        )
        for fields in (old, new)
    )
    changes = diff(before, after).changes
    assert [change.effect for change in changes] == effects
    assert all(change.where.startswith("guards.standard") and change.text for change in changes)


def test_every_key_of_a_guard_is_compared():
    """Whatever key comes next: a change of it must not go unseen."""
    one = GuardSpec.model_validate({"output": [RULE]})
    for name in GuardSpec.model_fields:
        changed = one.model_copy(update={name: OTHER[name]})
        assert list(guard_changes("g", one, changed)), name
    for name in GuardRule.model_fields:
        rule = one.output[0].model_copy(update={name: OTHER_RULE[name]})
        assert list(guard_changes("g", one, one.model_copy(update={"output": (rule,)}))), name


OTHER = {
    "input": (GuardRule.model_validate(RULE),), "output": (), "on_crash": "escalate", "budget_ms": 1.0,
    "refusal": "x", "held": "x", "hold_back": 5, "key_env": "K", "restore": True,
    "confidence": ConfidenceSpec.model_validate(SURE), "revise": ReviseSpec(model="m"),
}  # fmt: skip
OTHER_RULE = {
    "detector": "leak", "with_": {"a": 1}, "labels": (), "threshold": 0.9, "action": "block",
    "origins": ("user",), "how": "pseudonym",
}  # fmt: skip


def test_later_keys_that_say_nothing_do_not_change_a_digest():
    said = POLICY.replace("action: mask}", "action: mask, how: label}").replace(
        "guards:\n  standard:\n", "guards:\n  standard:\n    restore: false\n    key_env: ''\n"
    )
    assert said.count("how: label") == said.count("restore: false") == 1
    assert loaded(said).digest == loaded(POLICY).digest == DIGEST
    assert loaded(POLICY.replace("action: mask}", "action: block}")).digest != DIGEST


DIGEST = "sha256:18c4f131d68308af24c405d26050d556f97fb1c76ece8d02c1014fb5445e6e9d"


def test_a_policy_without_guards_keeps_the_digest_it_had_before_there_were_any():
    plain = POLICY.replace(
        "guards:\n  standard:\n    output:\n      - {detector: patterns, labels: [personal, secret.jwt], action: mask}\n",
        "",
    )
    plain = (
        plain.replace("    guard: standard\n", "")
        .replace(", guard: standard}", "}")
        .replace(", actions: {secret: block}", "")
    )
    assert loaded(plain).digest == "sha256:9d3ee6ccb548cbf7c5d02ae417a49c390c38e01ffa4bf13bce4d82acadd5bf2c"
    assert loaded(POLICY).digest != loaded(plain).digest


def with_(line):
    return {"old": "guard: standard}\n", "new": f"guard: standard}}\n      two: {line}\n"}


def test_a_candidate_may_be_another_behind_a_guard(tmp_path):
    place = with_("{of: one, guard: standard}")
    assert mistakes(tmp_path, **place) == []
    policy = load_policy(tmp_path / "trimtab.yaml").systems["bot"]
    two = policy.whole("two")
    assert (two.plugin, two.with_, two.guard) == ("openai", policy.candidates["one"].with_, "standard")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{of: one}", "name the `guard`"),
        ("{of: one, guard: standard, price: {input: 1}}", "remove price"),
        ("{of: one, guard: standard, with: {url: x}}", "remove with"),
        ("{of: onee, guard: standard}", "Did you mean `one`?"),
        ("{of: two, guard: standard}", "is itself `of` another candidate"),
        ("{of: [one], guard: standard}", "of"),
        ("{of: one, guard: standrad}", "standard"),
        ("{of: one, openai: {url: 'http://127.0.0.1:9', model: m}, guard: standard}", "openai"),
        ("{about: nothing}", "system plugin"),
        ("{plugin: '', guard: standard}", "system plugin"),
    ],
)
def test_a_candidate_of_another_that_makes_no_sense_is_a_mistake(tmp_path, line, told):
    found = mistakes(tmp_path, **with_(line))
    assert any(told in mistake for mistake in found), found
