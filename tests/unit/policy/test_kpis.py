"""KPIs and limits of a policy: what is refused, and what loosens."""

import pytest
from tests.unit.kpis.world import POLICY, checked

from trimtab.policy import diff

R01 = """  R01: {target: 0.95, floor: {at_least: 0.5}, owner: care,
    source: {system: pager, custodian: care, independence: other-team}}
"""
FIVE = """  R01: {floor: {at_least: 0.5}, owner: care, source: {system: pager, custodian: care, independence: self}}
  R02: {target: 0.9, source: {system: pager, custodian: care, independence: self}}
  R03: {target: 0.9, owner: care}
  R04: {target: 0.9, floor: {at_most: 0.5}, owner: care, source: {system: x, custodian: care, independence: self}}
  R77: {target: 0.9, owner: care, source: {system: pager, custodian: care, independence: self}}
"""


def errors(text):
    return [(one.line, one.where, one.message) for one in checked(text).errors]


def test_five_mistakes_are_five_lines():
    found = errors(POLICY.replace(R01, FIVE))
    first = POLICY.splitlines().index("kpis:") + 2
    assert [(line - first, where) for line, where, _ in found] == [
        (0, "kpis.R01.target"),
        (1, "kpis.R02.owner"),
        (2, "kpis.R03.source"),
        (3, "kpis.R04.floor.at_most"),
        (4, "kpis.R77"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("target: 0.95", "target: 0.4", "stricter than the target"),
        ("target: 0.95", "target: 95", "between 0 and 1"),
        ("owner: care,\n    source: {system: pager", "owner: care, metrics: [attack],\n    source: {system: pager", "not computed"),
        ("metrics: [attack, inject]", "metrics: [atack]", "is not a metric"),
        ("metrics: [attack, inject]", "metrics: [accuracy]", "lower"),
        ("tiers: {high: {floor: {at_most: 10}}}", "tiers: {highest: {floor: {at_most: 10}}}", "is not a tier"),
        ("tiers: {high: {floor: {at_most: 10}}}", "tiers: {high: {floor: {at_most: 30}}}", "tighten"),
        ("tiers: {high: {floor: {at_most: 10}}}", "tiers: {high: {target: 2}}", "looser"),
        ("detect: 1h", "detect: an hour", "length of time"),
        ("detect: 1h", "detect: 0h", "length of time"),
        ("S1: {detect", "S9: {detect", "S9"),
        ("independence: outside", "independence: friends", ""),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(old, new, said):
    assert old in POLICY
    found = errors(POLICY.replace(old, new, 1))
    assert len(found) == 1
    assert said in f"{found[0][1]} {found[0][2]}"


def test_ones_own_word_on_a_veto_is_warned_of():
    told = checked(POLICY.replace("independence: outside", "independence: self")).warnings
    assert any("veto" in one.message for one in told)


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        (R01, "", "loosens"),
        ("target: 0.95", "target: 0.9", "loosens"),
        ("floor: {at_least: 0.5}, owner: care,\n    source: {system: pager", "owner: care,\n    source: {system: pager", "loosens"),
        ("{at_most: 20}", "{at_most: 30}", "loosens"),
        ("{at_most: 20}", "{at_most: 15}", "tightens"),
        ("{at_most: 10}", "{at_most: 15}", "loosens"),
        ("n_min: 1,", "n_min: 5,", "tightens"),
        ("independence: outside", "independence: self", "loosens"),
        ("weight: 3,", "weight: 3, veto: false,", "loosens"),
        ("weight: 3,", "weight: 3, half_life: 300d,", "loosens"),
        ("weight: 3,", "weight: 2,", "changes"),
        ("metrics: [attack, inject]", "metrics: [attack]", "loosens"),
        ("detect: 1h", "detect: 2h", "loosens"),
        ("detect: 1h", "detect: 60min", "changes"),
        ("      S2: {detect: 1d, contain: 2d, fix: 14d}\n", "", "loosens"),
    ],
)  # fmt: skip
def test_what_is_asked_less_strictly_is_seen(old, new, effect):
    assert old in POLICY
    before, after = checked(POLICY).policy, checked(POLICY.replace(old, new, 1)).policy
    effects = {change.effect for change in diff(before, after).changes}
    assert effects == {effect}


def test_policies_of_before_keep_their_digest():
    text = POLICY[: POLICY.index("kpis:")]
    plain = checked(text.replace(text[text.index("    limits:") : text.index("  low:")], "")).policy
    assert "kpis" in plain.model_dump()
    assert plain.digest == plain.model_copy(update={"kpis": {}}).digest != checked(POLICY).policy.digest
