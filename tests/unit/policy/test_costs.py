"""`costs` of a policy: ranges that people state, checked, compared, and no reason for another digest."""

import pytest

from trimtab.policy.cost_spec import CostsSpec
from trimtab.policy.diff import diff

COSTS = """\
costs:
  hour: 85
  incident:
    S1: {hours: [10, 100], legal: [1000, 20000]}
    S2: [5000, 50000]
  reputation: {S1: [0, 2000000]}
  hazards: {AILUM.cse: S1, other: S2}
  attempts: {assistant: [50, 5000]}
"""


def test_one_incident_is_the_sum_of_its_parts_and_of_the_name_that_is_lost(folder, base):
    costs = folder.load(base + COSTS).costs
    assert costs.of_one("S1") == (10 * 85 + 1000, 100 * 85 + 20000 + 2000000)
    assert costs.of_one("S2") == (5000, 50000)
    assert costs.severity("AILUM.cse") == "S1"
    assert costs.severity("AILUM.prv") == "S2"
    assert CostsSpec(incident={"S1": [1, 2]}).severity("AILUM.prv") is None


def test_a_policy_without_costs_has_the_digest_that_it_always_had(folder, base):
    policy = folder.load(base)
    assert "costs" not in str(policy.digest)
    from trimtab.policy.model import _as_first_written

    assert "costs" not in _as_first_written(policy.model_dump(mode="json", by_alias=True))
    assert folder.load(base + COSTS).digest != policy.digest


def test_a_bare_range_and_a_named_total_are_the_same_promise(folder, base):
    named = COSTS.replace("S2: [5000, 50000]", "S2: {total: [5000, 50000]}")
    assert folder.load(base + COSTS).digest == folder.load(base + named).digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[5000, 50000]", "[50000, 5000]", "from the lower to the higher"),
        ("  hour: 85\n", "", "need `hour`"),
        ("S2: [5000, 50000]", "S2: {}", "give a range"),
        ("S2: [5000, 50000]", "S2: {total: [1, 2], legal: [1, 2]}", "give a range"),
        ("S2: [5000, 50000]", "S2: [5000]", "costs.incident.S2"),
        ("S2: [5000, 50000]", "S2: [-1, 5]", "must be at least 0"),
        ("other: S2", "other: S4", "has no cost under `incident`"),
        ("AILUM.cse: S1", "AILUM.csee: S1", "is no hazard of MLCommons AILuminate"),
        ("{S1: [0, 2000000]}", "{S3: [0, 1]}", "has no cost under `incident`"),
        ("{assistant: [50, 5000]}", "{asistant: [50, 5000]}", "is not a system of this policy"),
        ("    S2: [5000", "    severe: [5000", "is no severity"),
    ],
)
def test_each_slip_is_said(folder, base, old, new, said):
    assert old in COSTS
    errors = folder.check(base + COSTS.replace(old, new)).errors
    assert any(said in f"{error.where} {error.message}" for error in errors), list(map(str, errors))


def test_policy_diff_says_what_costs_otherwise_and_that_nothing_loosens(folder, base):
    without, old = folder.load(base), folder.load(base + COSTS)
    new = folder.load(
        base + COSTS.replace("hour: 85", "hour: 90").replace("[5000, 50000]", "[1, 2]").replace("AILUM.cse: S1, ", "")
    )
    said = {change.where: change for change in diff(old, new).changes}
    assert said["costs.hour"].text == "85 becomes 90"
    assert said["costs.incident.S2"].text == "total 5,000 to 50,000 becomes total 1 to 2"
    assert said["costs.hazards.AILUM.cse"].effect == "removes"
    assert [change.effect for change in diff(without, old).changes] == ["adds"]
    assert [change.effect for change in diff(old, without).changes] == ["removes"]
    assert not diff(old, new).loosens


def test_it_survives_the_ledgers_json(folder, base, tmp_path):
    from trimtab.policy import Policy

    policy = folder.load(base + COSTS)
    assert Policy.model_validate_json(policy.model_dump_json(by_alias=True)).digest == policy.digest
