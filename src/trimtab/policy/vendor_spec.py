"""Vendors: what they supply, how often they are looked at, and what their contract promises in figures."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from trimtab.policy.fields import Name, Positive, Strict, Texts, list_as_tuple
from trimtab.policy.people import Day

SLA_KPIS = ("R01", "R04", "P08")
"""KPIs that a clause may name: shares of which more is better. R01 is the share that is detected within the limit."""

REASSESSED: Mapping[str, int] = MappingProxyType({"yearly": 365, "quarterly": 92})
"""After how many days an answer counts no more. 92, since no quarter is longer."""

ASKED = (
    "iso-42001-2023:A.10.2",
    "iso-42001-2023:A.10.3",
    "eu-ai-act:Art.9",
    "eu-ai-act:Art.10",
    "eu-ai-act:Art.12",
    "eu-ai-act:Art.13",
    "eu-ai-act:Art.14",
    "eu-ai-act:Art.15",
    "iso-42001-2023:A.5.4",
    "iso-42001-2023:A.6.2.4",
    "iso-42001-2023:A.6.2.6",
    "iso-42001-2023:A.6.2.8",
    "iso-42001-2023:A.7.5",
    "iso-42001-2023:A.8.4",
    "owasp-llm-2026:LLM01",
    "owasp-llm-2026:LLM02",
)
"""What vendors are asked unless the policy says: controls of the catalogue that whoever supplies AI can answer to."""

Amount = Annotated[float, Field(ge=0.0)]


class Bonus(Strict):
    """What a vendor earns for a quarter that is surely better than promised."""

    beyond: float = Field(description="The whole interval of the metric must be at least this good.")
    amount: Amount = Field(description="Currency of the policy, for one quarter.")


class SlaClause(Strict):
    """One figure that a contract promises, and what falling short of it costs."""

    metric: str = Field(
        pattern=r"^(R01|R04|P08|[a-z][a-z0-9_-]*)$",
        description="R01, R04 or P08, or a metric of this policy that is measured on the vendor's `system`.",
    )
    floor: float = Field(description="The least promised; the most, where lower is better.")
    slope: Positive = Field(description="Share of the fee that is owed for each whole unit of shortfall.")
    bonus: Bonus | None = None


class VendorSpec(Strict):
    """Somebody whose service an AI product rests on."""

    services: Texts = Field(min_length=1, description="What they supply, in a few words each.")
    owner: Name = Field(description="Who here answers for the vendor: one of `people` or `teams`.")
    tier: Name = Field(description="The tier whose floors the vendor is held to.")
    critical: bool = Field(
        default=False, description="Whether products fail with it; their band is then at most the vendor's."
    )
    system: Name | None = Field(
        default=None, description="The one of `systems` that is their API, so that our suites measure it."
    )
    fee: Amount | None = Field(default=None, description="What they are paid in a quarter.")
    cap: Amount | None = Field(
        default=None, description="The most that is credited for a quarter; the fee if left out."
    )
    sla: Annotated[tuple[SlaClause, ...], BeforeValidator(list_as_tuple)] = ()
    asks: Texts = Field(
        default=(), description="Controls, or whole frameworks, that the questionnaire holds; a short list if left out."
    )
    met: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=0.8, description="The least share, in each pillar, of what is asked that must be met."
    )
    reassess: Literal["yearly", "quarterly"] | None = Field(
        default=None, description="How often; quarterly if critical, else yearly."
    )
    contract_ends: Day | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> "VendorSpec":
        if self.critical and self.reassess == "yearly":
            raise ValueError("a critical vendor is reassessed quarterly; remove `reassess`")
        if self.sla and self.fee is None:
            raise ValueError("`sla` says what shortfalls cost as shares of the `fee`; name it")
        if self.fee is not None and self.cap is not None and self.cap > self.fee:
            raise ValueError("`cap` is more than the `fee`, so a vendor would owe more than it was paid")
        return self

    @property
    def days(self) -> int:
        """For how many days an answer counts."""
        return REASSESSED[self.reassess or ("quarterly" if self.critical else "yearly")]

    @property
    def most(self) -> float:
        """The most that is credited for a quarter."""
        return self.cap if self.cap is not None else self.fee or 0.0
