"""What the policy says that failures cost, as scenarios of the loss model."""

from trimtab.policy.cost_spec import CostsSpec
from trimtab.stats.loss import Scenario
from trimtab.stats.poisson import GammaRate
from trimtab.stats.severity import from_range


def incident_scenario(
    costs: CostsSpec,
    severity: str,
    rate: float | GammaRate,
    *,
    name: str,
    lost_name: float = 1.0,
    shocked: bool = False,
) -> Scenario:
    """Incidents of one severity: what each costs, and the reputation that may be lost on top.

    The policy states ranges "from the least to the most that is thought likely"; they are taken for P5 to P95.
    The ends of parts are added, as everywhere that a policy's costs are shown: that is wider than 90 % of a sum of
    independent parts, and right for parts that are dear together.

    Args:
        costs: `costs` of the policy.
        severity: One of `costs.incident`.
        rate: Incidents a year, counted (see `trimtab.stats.poisson`) or stated.
        name: Of the scenario, unique among those simulated together.
        lost_name: In which share of incidents reputation is lost, in [0, 1]. The policy does not say, so every one
            costs it until somebody knows better.
        shocked: Whether a common shock multiplies the rate.

    Raises:
        KeyError: The policy says nothing of incidents of this severity.
        ValueError: An argument is outside its range.
    """
    if not 0.0 <= lost_name <= 1.0:
        raise ValueError(f"a share of incidents lies in [0, 1]: {lost_name}")
    low, high = costs.incident[severity].money(costs.hour or 0.0)
    reputation = costs.reputation.get(severity)
    spoken_of = reputation is not None and reputation[1] > 0.0 and lost_name > 0.0
    return Scenario(
        name=name,
        rate=rate,
        loss=from_range(low, high),
        secondary=from_range(*reputation) if reputation is not None and spoken_of else None,
        secondary_chance=lost_name if spoken_of else 0.0,
        shocked=shocked,
    )
