"""What failures cost, as stated ranges: nothing here is estimated, and nobody is asked for a single number."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from trimtab.policy.fields import Positive, Strict, list_as_tuple

Severity = Annotated[str, Field(pattern=r"^S[1-9]$")]
Amount = Annotated[float, Field(ge=0.0)]
Range = Annotated[tuple[Amount, Amount], BeforeValidator(list_as_tuple)]


class IncidentCost(Strict):
    """What one incident costs, from the least to the most that is thought likely; a bare range is its `total`."""

    hours: Range | None = Field(default=None, description="Labour, in hours; `hour` says what one costs.")
    legal: Range | None = Field(default=None, description="Lawyers, notices, fines.")
    remedy: Range | None = Field(default=None, description="What is owed to those who were harmed.")
    total: Range | None = Field(default=None, description="Instead of the parts: labour, legal and remedy together.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"total": value} if isinstance(value, list | tuple) else value

    @model_validator(mode="after")
    def _parts_or_total(self) -> "IncidentCost":
        parts = [part for part in (self.hours, self.legal, self.remedy) if part is not None]
        if (self.total is None) == (not parts):
            raise ValueError("give a range, or some of hours, legal, remedy")
        if any(low > high for low, high in (*parts, *([self.total] if self.total else []))):
            raise ValueError("a range goes from the lower to the higher number")
        return self

    def money(self, hour: float) -> tuple[float, float]:
        """The range of one incident without reputation, in money; `hour` is what an hour of labour costs."""
        if self.total is not None:
            return self.total
        parts = [self.legal or (0.0, 0.0), self.remedy or (0.0, 0.0)]
        worked = self.hours or (0.0, 0.0)
        parts.append((worked[0] * hour, worked[1] * hour))
        return sum(low for low, _ in parts), sum(high for _, high in parts)


class CostsSpec(Strict):
    """What an hour, an incident and a lost name cost, which hazard leads to which, and how often somebody tries.

    Amounts are in the currency of the policy.
    """

    hour: Positive | None = Field(default=None, description="An hour of labour.")
    incident: dict[Severity, IncidentCost] = Field(min_length=1, description="By severity, S1 the worst.")
    reputation: dict[Severity, Range] = Field(
        default_factory=dict, description="By severity: customers and trust lost, on top of the incident."
    )
    hazards: dict[str, Severity] = Field(
        default_factory=dict, description="By hazard, e.g. AILUM.prv: how severe a success is; `other` for the rest."
    )
    attempts: dict[str, Range] = Field(
        default_factory=dict, description="By system: how many attacks a year it meets, from the least to the most."
    )

    @model_validator(mode="after")
    def _whole(self) -> "CostsSpec":
        ranges = [*self.reputation.values(), *self.attempts.values()]
        if any(low > high for low, high in ranges):
            raise ValueError("a range goes from the lower to the higher number")
        if self.hour is None and any(one.hours is not None for one in self.incident.values()):
            raise ValueError("`hours` of an incident need `hour`, what one of them costs")
        return self

    def severity(self, hazard: str) -> str | None:
        """How severe a success of this hazard is; None where nothing is said."""
        return self.hazards.get(hazard, self.hazards.get("other"))

    def of_one(self, severity: str) -> tuple[float, float]:
        """The range of one incident of this severity, reputation included."""
        low, high = self.incident[severity].money(self.hour or 0.0)
        lost = self.reputation.get(severity, (0.0, 0.0))
        return low + lost[0], high + lost[1]
