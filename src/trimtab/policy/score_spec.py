"""What a score is made of: weights of pillars and metrics by tier, from which quarter, and what bonuses rest on."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from trimtab.policy.fields import Name, Positive, Ratio, Strict, list_as_tuple
from trimtab.policy.kpi_catalogue import Pillar
from trimtab.policy.people import Day
from trimtab.policy.pillars import PROTECTED

LEAST_PROTECTED = 0.5  # of the weights of pillars
_ROUNDING = 1e-6
_QUARTERS = {1, 4, 7, 10}  # months with which one begins

ScoredName = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_-]{0,79}|[A-Z]\d\d)$")]
"""A metric of the policy, or a KPI, `R03`."""


def _begins_a_quarter(day: str) -> str:
    found = date.fromisoformat(day)
    if found.day != 1 or found.month not in _QUARTERS:
        raise ValueError("is not the first day of a quarter; a period is judged by one set of weights")
    return day


class ScoredMetric(Strict):
    """How one metric enters the score of a tier."""

    pillar: Pillar
    weight: Positive = Field(default=1.0, description="Within its pillar, relative to the others there.")
    veto: bool = Field(default=False, description="While it fails, or was not measured, the score is 49 at most.")
    of: Literal["product", "organisation"] = Field(
        default="product", description="Of a KPI: whether the product's own counts, or the whole organisation's."
    )
    half_life: Positive = Field(default=180.0, description="Days in which half of what lies above the floor fades.")
    floor: float | None = Field(default=None, description="What scores 0.5; the tier's or the KPI's if left out.")
    target: float | None = Field(default=None, description="What scores 1; the metric's or the KPI's if left out.")


class TierScore(Strict):
    """The score of products of one tier."""

    pillars: dict[Pillar, Ratio] = Field(min_length=1, description="Their weights; they add up to 1.")
    metrics: dict[ScoredName, ScoredMetric] = Field(min_length=1)

    @model_validator(mode="after")
    def _weighed(self) -> "TierScore":
        whole = sum(self.pillars.values())
        if abs(whole - 1.0) > _ROUNDING:
            raise ValueError(f"weights of pillars add up to 1, and these to {whole:g}")
        protected = sum(self.pillars.get(pillar, 0.0) for pillar in PROTECTED)
        if protected < LEAST_PROTECTED - _ROUNDING:
            raise ValueError(f"safety, privacy and fairness together weigh 0.5 at least, and these {protected:g}")
        held = {metric.pillar for metric in self.metrics.values()}
        weighed = {pillar for pillar, weight in self.pillars.items() if weight > 0.0}
        if odd := sorted(held ^ weighed):
            trouble = "has metrics and no weight" if odd[0] in held else "has a weight and no metric"
            raise ValueError(f"pillar {odd[0]} {trouble}")
        return self


class WeightSet(Strict):
    """Weights from a quarter on, until the next set begins. The first one needs no vote; a later one does."""

    from_: Annotated[Day, AfterValidator(_begins_a_quarter)] = Field(
        alias="from", description="The first day of the first quarter that is judged by it."
    )
    formula: Literal[1] = Field(default=1, description="The version of the arithmetic.")
    tiers: dict[Name, TierScore] = Field(min_length=1)


class IncentiveSpec(Strict):
    """What the score does to a team's bonus. It counts for quarters that begin after it was published."""

    low: Annotated[float, Field(ge=0.0, le=1.0)] = Field(default=0.8, description="Multiplier at a score of 50.")
    high: Annotated[float, Field(ge=1.0, le=2.0)] = Field(default=1.2, description="Multiplier from a score of 85 on.")
    deadline_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30, description="For so long a veto may stand before the multiplier is 0."
    )
    safety_share: Annotated[float, Field(ge=1.0 / 3.0 - 1e-9, le=1.0)] = Field(
        default=1.0 / 3.0, description="The part of each individual bonus that the multiplier applies to."
    )


class PersonsSpec(Strict):
    """Whether figures of single persons are shown at all, of what they control only."""

    shown: bool = Field(default=False, description="Off, unless somebody turns it on.")
    least: Annotated[int, Field(ge=5)] = Field(default=10, description="Below so many cases nobody is rated.")
    may_see: Annotated[tuple[str, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="Roles that may see figures of others."
    )


class ScoreSpec(Strict):
    """The score: every set of weights there has been, the newest last; business values; bonuses; persons."""

    sets: Annotated[tuple[WeightSet, ...], BeforeValidator(list_as_tuple)] = Field(min_length=1)
    value: dict[Name, Annotated[float, Field(ge=0.0)]] = Field(
        default_factory=dict, description="Business value by system, a year, in the policy's currency; orders equals."
    )
    voters: Annotated[tuple[Name, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="People who vote on new weights."
    )
    incentives: IncentiveSpec | None = None
    persons: PersonsSpec = PersonsSpec()


__all__ = [
    "LEAST_PROTECTED",
    "PROTECTED",
    "IncentiveSpec",
    "PersonsSpec",
    "Pillar",
    "ScoreSpec",
    "ScoredMetric",
    "ScoredName",
    "TierScore",
    "WeightSet",
]
