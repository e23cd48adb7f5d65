"""The costs that a policy states become scenarios, none of them forgotten."""

import pytest

from trimtab.decision.loss_scenarios import incident_scenario
from trimtab.policy.cost_spec import CostsSpec
from trimtab.stats.loss import simulate
from trimtab.stats.poisson import GammaRate
from trimtab.stats.severity import Lognormal, Pert, Point, from_range

COSTS = CostsSpec.model_validate(
    {
        "hour": 85,
        "incident": {
            "S1": {"hours": [200, 2000], "legal": [50_000, 1_000_000], "remedy": [10_000, 500_000]},
            "S2": [5_000, 50_000],
            "S3": [0, 100],
            "S4": [300, 300],
        },
        "reputation": {"S1": [0, 2_000_000], "S2": [0, 0]},
    }
)


def test_parts_are_added_and_reputation_comes_on_top():
    found = incident_scenario(COSTS, "S1", 0.2, name="breach", shocked=True)
    assert found.loss == Lognormal.from_range(200 * 85 + 60_000, 2000 * 85 + 1_500_000)
    assert found.secondary == Pert(0.0, 1_000_000.0, 2_000_000.0)
    assert (found.name, found.rate, found.secondary_chance, found.shocked) == ("breach", 0.2, 1.0, True)
    assert found.expected == pytest.approx(0.2 * (found.loss.mean + 1_000_000.0))


def test_what_is_not_stated_costs_nothing_more():
    for severity, loss in (("S2", from_range(5_000, 50_000)), ("S3", Pert(0.0, 50.0, 100.0)), ("S4", Point(300.0))):
        found = incident_scenario(COSTS, severity, 1.0, name=severity)
        assert (found.loss, found.secondary, found.secondary_chance) == (loss, None, 0.0)
    assert incident_scenario(COSTS, "S1", 1.0, name="x", lost_name=0.0).secondary is None


def test_counted_incidents_go_all_the_way_to_a_curve():
    rate = GammaRate.from_range(0.1, 2.0).updated(3, 4.0)
    found = simulate([incident_scenario(COSTS, "S1", rate, name="breach", lost_name=0.5)], seed=1, years=20_000)
    assert found.total.mean() == pytest.approx(found.expected, rel=0.05)


def test_a_severity_without_a_cost_and_a_share_that_is_none():
    with pytest.raises(KeyError):
        incident_scenario(COSTS, "S9", 1.0, name="x")
    with pytest.raises(ValueError, match="a share of incidents"):
        incident_scenario(COSTS, "S1", 1.0, name="x", lost_name=1.5)
