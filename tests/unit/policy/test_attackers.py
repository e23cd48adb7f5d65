"""Models that write attackers' messages, as a policy names them."""

import pytest

from trimtab.errors import PolicyError
from trimtab.policy import Policy, diff, load_policy
from trimtab.policy.attackers import attacker_named

TEXT = """\
trimtab: 1
organisation: Example Works
people: {{team: {{function: engineering}}}}
{attackers}
suites:
  pursued: {{builtin: {suite}, cases: 200{attacker}}}
metrics:
  success: {{question: "?", better: lower, target: 0.0, owner: team, source: {{suite: pursued}}}}
tiers:
  internal: {{confidence: 0.9, floors: {{success: {{at_most: 0.2}}}}}}
systems:
  bot: {{tier: internal, owner: team, intended_use: Tests., maximise: success,
        candidates: {{a: {{openai: {{url: "http://127.0.0.1:1/v1", model: m}}}}}}}}
"""
MODEL = 'attackers: {big: {openai: {url: "http://127.0.0.1:1/v1", model: big}}}'


def loaded(tmp_path, *, attackers="", suite="adaptive", attacker="") -> Policy:
    path = tmp_path / "trimtab.yaml"
    path.write_text(TEXT.format(attackers=attackers, suite=suite, attacker=attacker and f", attacker: {attacker}"))
    return load_policy(path)


def test_a_policy_without_attackers_keeps_its_digest(tmp_path):
    policy = loaded(tmp_path)
    assert policy.attackers == {}
    assert "attacker" not in str(policy.digest)
    data = policy.model_dump(mode="json", by_alias=True)
    assert data["attackers"] == {}
    again = Policy.model_validate({**data, "attackers": {}})
    assert again.digest == policy.digest
    assert loaded(tmp_path, attackers=MODEL).digest != policy.digest
    assert loaded(tmp_path, attacker="none").digest != policy.digest


def test_who_is_meant(tmp_path):
    policy = loaded(tmp_path, attackers=MODEL, attacker="big")
    named = attacker_named(policy, "big")
    assert named is not None
    assert named.plugin == "openai"
    embedded = attacker_named(policy, "")
    assert embedded is not None
    assert embedded.plugin == "llamacpp"
    assert attacker_named(policy, "none") is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"attacker": "bigg", "attackers": MODEL}, "Did you mean `big`?"),
        ({"attacker": "big"}, "is none of `attackers`"),
        ({"attacker": "none", "suite": "red-team"}, "asks the same whatever the answers are"),
        ({"attackers": "attackers: {none: {callable: {target: 'a:b'}}}"}, "means something already"),
        ({"attackers": "attackers: {x: {nonsense: {}}}"}, "nonsense"),
        ({"attackers": MODEL.replace("}}}", "}, guard: g}}")}, "an attacker is one model"),
        ({"attackers": MODEL.replace("}}}", "}, set: {generation.seed: 1}}}")}, "an attacker is one model"),
    ],
)
def test_every_mistake_is_named(tmp_path, more, words):
    with pytest.raises(PolicyError) as caught:
        loaded(tmp_path, **more)
    assert words in str(caught.value)


def test_another_attacker_behind_a_floor_may_be_a_weaker_one(tmp_path):
    before = loaded(tmp_path, attackers=MODEL, attacker="big")
    swapped = loaded(tmp_path, attackers=MODEL.replace("model: big", "model: small"), attacker="big")
    assert [change.where for change in diff(before, swapped).changes] == ["attackers.big"]
    assert diff(before, swapped).loosens
    assert diff(before, loaded(tmp_path, attackers=MODEL, attacker="none")).loosens
    idle = loaded(tmp_path, attackers=MODEL, attacker="none")
    other = loaded(tmp_path, attackers=MODEL.replace("model: big", "model: small"), attacker="none")
    assert not diff(idle, other).loosens
    gone = loaded(tmp_path, attacker="none")
    assert [change.effect for change in diff(idle, gone).changes] == ["removes"]
    assert [change.effect for change in diff(gone, idle).changes] == ["adds"]
