"""What a floor costs to prove, before anything is measured."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.kinds import Shape
from trimtab.policy.installed import IMPORTED, MetricFacts, default_score, metric_facts
from trimtab.policy.metric_spec import MetricSpec, SuiteSpec
from trimtab.policy.model import Floor, Policy
from trimtab.policy.settings import ORDER_SHARE
from trimtab.stats import share_of_look, units_to_prove

Sampling = Literal["sequential", "fixed"]

_QUANTILE = {Shape.P50: 0.5, Shape.P95: 0.95}
_RATES = frozenset({Shape.RATE, Shape.MEAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCost:
    """One floor of one system, and the fewest independent cases that could prove it.

    `alpha` is the one-sided error probability left for it: 1 - confidence,
    shared among looks, of which this is the first, and among the candidates,
    unless they are chosen from a grid, where a part of the cases pays for that.
    `needed` is None when no rule gives a number
    for this kind of metric; `provable` is False when no number is enough.
    `unknown` names the detector that the metric is scored by, if how often it errs in the direction that
    matters is unknown: then no number is enough either.
    `requirement` is the floor as written, `asked` the same as people read it.
    `proof` says what these cases must be like. `imported` says that another tool brings them, as many as it has.
    """

    system: str
    tier: str
    metric: str
    requirement: str
    asked: str
    proof: str
    suite: str
    cases: int
    candidates: int
    confidence: float
    alpha: float
    needed: int | None
    provable: bool = True
    unknown: str = ""
    imported: bool = False

    @property
    def affordable(self) -> bool:
        """Whether the suite holds enough cases for a candidate without a single failure."""
        return self.provable and (self.needed is None or self.imported or self.needed <= self.cases)

    def __str__(self) -> str:
        among = f" among {self.candidates} candidates" if self.candidates > 1 else ""
        asked = f"{self.asked} at {self.confidence * 100:.4g}% confidence{among}"
        if self.unknown:
            return f"{asked} cannot be proved while nobody knows how often the detector {self.unknown} errs"
        if not self.provable:
            return f"{asked} cannot be proved by any number of cases"
        if self.needed is None:
            return asked
        return f"{asked} needs at least {self.needed:,} independent cases, {self.proof}"


def cases_to_prove(
    floor: Floor, alpha: float, shape: Shape | None = Shape.RATE, *, sampling: Sampling = "fixed"
) -> int | None:
    """Fewest independent cases, none of them a failure, that prove a floor at error `alpha`.

    For a rate of failure at most p: the smallest n with (1 - p)**n <= alpha,
    the zero-failure case of Clopper and Pearson (1934). For a quantile q that
    may be at most some value: the smallest n with q**n <= alpha, since no
    interval free of assumptions ends before the largest of n values. Measured
    sequentially, both are bets that must win 1/alpha (`trimtab.stats.stakes`), which takes somewhat more.

    Returns:
        A count >= 1; 0 when the floor asks nothing; None when the shape has no such rule.

    Raises:
        ValueError: `alpha` is outside (0, 1), or no count is enough (a rate of exactly 0 or 1).
    """
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha {alpha} is outside (0, 1)")
    if shape in _QUANTILE:
        quantile = _QUANTILE[shape]
        clean = quantile if floor.at_most is not None else 1.0 - quantile
    elif shape is None or shape in _RATES:
        clean = 1.0 - floor.at_most if floor.at_most is not None else floor.bound
    else:
        return None
    if clean <= 0.0:
        return 0
    if clean >= 1.0:
        raise ValueError(f"no number of cases proves a rate of {floor}")
    if sampling == "sequential":
        needed = units_to_prove(clean, side="at_least", alpha=alpha)
        if needed is None:
            raise ValueError(f"no number of cases proves a rate of {floor}")
        return needed
    # The tiny allowance keeps an exact power from being rounded up by one.
    return max(1, math.ceil(math.log(alpha) / math.log(clean) - 1e-9))


def costs(policy: Policy, *, have: Mapping[str, int] | None = None) -> tuple[FloorCost, ...]:
    """What every floor of every system costs to prove, in the order of the policy.

    `have` says how many cases a suite really holds, where that is known: `cases` of
    the policy only says how many are asked for.
    """
    found, have = [], have or {}
    for name, system in policy.systems.items():
        tier = policy.tiers[system.tier]
        number = len(system.all_candidates)
        # The first look at cases; later ones cost more.
        alpha = (1.0 - tier.confidence) / (1 if system.has_grid else number) * share_of_look(1)
        sampling: Sampling = "sequential" if tier.anytime and not system.has_grid else "fixed"
        for metric_name, floor in tier.floors.items():
            metric = policy.metrics[metric_name]
            suite = policy.suites.get(metric.source.suite) or SuiteSpec(builtin=metric.source.suite)
            score = metric.source.score or suite.score
            score = score or (IMPORTED if suite.imported else default_score(suite.builtin, suite.with_))
            facts = metric_facts(score, metric.source.with_)
            asked = _asked(floor, metric.unit)
            needed, provable = None, True
            try:
                needed = _needed(metric, facts, floor, alpha, sampling)
                if needed and system.has_grid:  # a part of the cases only fixes the order
                    needed = math.ceil(needed / (1.0 - ORDER_SHARE))
            except ValueError:
                provable = False
            unknown = _unknown(facts, floor)
            found.append(
                FloorCost(
                    system=name,
                    tier=system.tier,
                    metric=metric_name,
                    requirement=str(floor),
                    asked=asked,
                    proof=_proof(floor, asked, facts),
                    suite=metric.source.suite,
                    cases=min(suite.cases, have.get(metric.source.suite, suite.cases)),
                    candidates=number,
                    confidence=tier.confidence,
                    alpha=alpha,
                    needed=needed,
                    provable=provable and not unknown,
                    unknown=unknown,
                    imported=bool(suite.imported),
                )
            )
    return tuple(found)


def _unknown(facts: MetricFacts | None, floor: Floor) -> str:
    """The detector behind a metric, when nothing is known of the errors that could hide a broken floor."""
    if facts is None or facts.instrument is None:
        return ""
    rates = facts.instrument.rates
    known = rates.sensitivity if floor.at_most is not None else rates.false_alarm
    return "" if known else facts.instrument.detector


def _asked(floor: Floor, unit: str) -> str:
    """The floor with its unit; a ratio as a percentage."""
    side = "at least" if floor.at_least is not None else "at most"
    return f"{side} {floor.bound * 100:.10g}%" if unit == "ratio" else f"{side} {floor.bound:.10g} {unit}".rstrip()


def _proof(floor: Floor, asked: str, facts: MetricFacts | None) -> str:
    """What the fewest cases must be like: a tail is proved by values on the right side of it, a rate by no failure."""
    if facts is not None and facts.shape in _QUANTILE:
        return f"each of them {asked}"
    return "all of them right" if floor.at_least is not None else "without a failure"


def _needed(
    metric: MetricSpec, facts: MetricFacts | None, floor: Floor, alpha: float, sampling: Sampling
) -> int | None:
    if facts is None and metric.unit != "ratio":
        return None
    return cases_to_prove(floor, alpha, facts.shape if facts else None, sampling=sampling)
