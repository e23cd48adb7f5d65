"""What the organisation is steered by: KPIs of the catalogue with target, floor, owner and source."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trimtab.policy.fields import Name, Names, Positive, Strict, Texts
from trimtab.policy.floor import Floor
from trimtab.policy.kpi_catalogue import Pillar
from trimtab.policy.spans import LimitSpec, Span

KpiId = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}$")]
Independence = Literal["self", "other-team", "outside"]


class KpiSource(Strict):
    """Where a KPI's evidence comes from, and how independent whoever keeps it is from whoever is judged by it."""

    system: str = Field(min_length=1, description="The system that the evidence comes from; `ledger` for this one.")
    query: str = Field(default="", description="What is asked of it, or the digest of that.")
    custodian: Name = Field(description="Who answers for it: one of `people` or `teams`.")
    independence: Independence = Field(description="Of the custodian: self, other-team or outside.")


class KpiTier(Strict):
    """What a KPI of systems of one tier is held to instead; never looser than for all."""

    target: float | None = None
    floor: Floor | None = None


class KpiSpec(Strict):
    """One KPI of the catalogue, as this organisation holds itself to it."""

    target: float = Field(description="The number aimed at, from an outside reason: law, promise, appetite.")
    owner: Name = Field(description="Who answers for it: one of `people` or `teams`.")
    source: KpiSource
    floor: Floor | None = Field(default=None, description="The minimum accepted; without one there is no verdict.")
    cadence: Span | None = Field(default=None, description="How often it is read; the catalogue's if left out.")
    half_life: Span | None = Field(default=None, description="In how long its evidence loses half of its worth.")
    n_min: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="The least number of cases that a verdict rests on; the catalogue's if left out."
    )
    weight: Positive = Field(default=1.0, description="Within its pillar.")
    veto: bool | None = Field(default=None, description="Whether failing it caps a score; the catalogue's if left out.")
    pillar: Pillar | None = Field(default=None, description="The catalogue's if left out.")
    metrics: Names = Field(default=(), description="Metrics of this policy that measure it (R08 to R14); worst counts.")
    limits: dict[Annotated[str, Field(pattern=r"^S[1-4]$")], LimitSpec] = Field(
        default_factory=dict, description="By severity, for what no tier has limits for."
    )
    tiers: dict[Name, KpiTier] = Field(default_factory=dict, description="By tier, what is asked of its systems.")
    links: Texts = Field(default=(), description="Controls that it answers to, besides those of the catalogue.")

    @model_validator(mode="after")
    def _no_looser_tier(self) -> "KpiSpec":
        for name, tier in self.tiers.items():
            if tier.floor is not None and self.floor is not None and self.floor.loosened_by(tier.floor):
                raise ValueError(f"tier {name} accepts {tier.floor}, and all others {self.floor}: tighten it only")
        return self
