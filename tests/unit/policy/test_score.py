"""`score` of a policy: every slip with its place, what loosens is seen, and no other digest for policies without."""

import pytest

from trimtab.policy import Policy
from trimtab.policy.diff import diff

SCORE = """\
score:
  value: {assistant: 250000}
  voters: [safety-lead]
  incentives: {deadline_days: 30}
  sets:
    - from: '2026-01-01'
      tiers:
        high:
          pillars: {safety: 0.6, performance: 0.4}
          metrics:
            secret_leak: {pillar: safety, veto: true, floor: 0.02, target: 0.01}
            hijack: {pillar: safety, floor: 0.05, target: 0.01}
            answer_accuracy: {pillar: performance, floor: 0.6, target: 0.85}
    - from: '2026-04-01'
      tiers:
        high:
          pillars: {safety: 0.5, governance: 0.1, performance: 0.4}
          metrics:
            secret_leak: {pillar: safety, veto: true, half_life: 99, floor: 0.020, target: 0.01}
            hijack: {pillar: safety, half_life: 90, floor: 0.05, target: 0.01}
            R03: {pillar: governance, floor: 0.8, target: 0.95}
            answer_accuracy: {pillar: performance, floor: 0.6, target: 0.9}
"""


def test_a_policy_without_a_score_has_the_digest_that_it_always_had(folder, base):
    from trimtab.policy.model import _as_first_written

    policy = folder.load(base)
    assert "score" not in _as_first_written(policy.model_dump(mode="json", by_alias=True))
    scored = folder.load(base + SCORE)
    assert scored.digest != policy.digest
    assert Policy.model_validate_json(scored.model_dump_json(by_alias=True)).digest == scored.digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("'2026-04-01'", "'2026-04-02'", "is not the first day of a quarter"),
        ("'2026-04-01'", "'2026-01-01'", "does not begin after the set before it"),
        ("{safety: 0.5, governance: 0.1,", "{safety: 0.6, governance: 0.1,", "add up to 1"),
        ("{safety: 0.6, performance: 0.4}", "{safety: 0.4, performance: 0.6}", "together weigh 0.5 at least"),
        ("            R03: {pillar: governance, floor: 0.8, target: 0.95}\n", "", "governance has a weight and no metric"),
        ("R03: {pillar", "R3: {pillar", "R3"),
        ("R03: {pillar", "R99: {pillar", "nor a KPI of the catalogue"),
        ("half_life: 90, floor", "of: organisation, floor", "is for KPIs"),
        ("floor: 0.6, target: 0.85}", "floor: 0.6}", "does not say its target"),
        ("governance, floor: 0.8, target: 0.95}", "governance}", "does not say its floor and target"),
        ("            hijack: {pillar: safety, half", "            hijackk: {pillar: safety, half", "neither a metric"),
        ("half_life: 99, floor: 0.020", "half_life: 99, floor: 0.1", "is looser than the floor of tier"),
        ("floor: 0.6, target: 0.9}", "floor: 0.95, target: 0.9}", "less strict than the floor"),
        ("floor: 0.6, target: 0.9}", "floor: 0, target: 0.9}", "leaves no scale"),
        ("voters: [safety-lead]", "voters: [safety-leed]", "is not listed under people"),
        ("{assistant: 250000}", "{asistant: 250000}", "is not a system"),
        ("{deadline_days: 30}", "{safety_share: 0.2}", "must be at least"),
        ("half_life: 90", "half_life: 0", "must be more than 0"),
    ],
)  # fmt: skip
def test_each_slip_is_said_with_its_line(folder, base, old, new, said):
    assert SCORE.count(old) == 1
    mistakes = folder.check(base + SCORE.replace(old, new)).mistakes
    assert any(said in f"{one.where} {one.message}" and one.line > 50 for one in mistakes), list(map(str, mistakes))


def test_a_single_set_takes_floors_and_targets_from_the_tier(folder, base):
    alone = SCORE[: SCORE.index("    - from: '2026-04-01'")]
    alone = alone.replace(", floor: 0.02, target: 0.01", "").replace("0.6, target: 0.85", "0.6")
    assert not folder.check(base + alone).errors
    wrong = folder.check(base + alone.replace(", floor: 0.6", "")).errors
    assert [one.message for one in wrong if "has no floor for tier" in one.message]


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("veto: true, half_life: 99", "half_life: 99", "loosens"),
        ("floor: 0.6, target: 0.9}", "floor: 0.5, target: 0.9}", "loosens"),
        ("floor: 0.6, target: 0.9}", "floor: 0.7, target: 0.9}", "tightens"),
        ("floor: 0.6, target: 0.9}", "floor: 0.6, target: 0.8}", "loosens"),
        ("governance, floor: 0.8", "governance, floor: 0.9", "tightens"),
        ("governance, floor: 0.8", "governance, of: organisation, floor: 0.8", "loosens"),
        ("half_life: 90", "half_life: 900", "loosens"),
        ("            hijack: {pillar: safety, half_life: 90, floor: 0.05, target: 0.01}\n", "", "loosens"),
        ("floor: 0.02, target: 0.01", "floor: 0.02, target: 0.02", "loosens"),  # of an old period
        ("{deadline_days: 30}", "{deadline_days: 90}", "loosens"),
        ("  incentives: {deadline_days: 30}\n", "", "loosens"),
        ("{safety: 0.5, governance: 0.1,", "{safety: 0.55, governance: 0.05,", "changes"),
    ],
)  # fmt: skip
def test_what_loosens_is_seen(folder, base, old, new, effect):
    assert SCORE.count(old) == 1
    changed = diff(folder.load(base + SCORE), folder.load(base + SCORE.replace(old, new)))
    assert effect in {change.effect for change in changed.changes}
    assert changed.loosens is (effect == "loosens")
    assert diff(folder.load(base + SCORE), folder.load(base)).loosens
    assert not diff(folder.load(base), folder.load(base + SCORE)).loosens
