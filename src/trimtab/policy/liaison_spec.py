"""The liaison board: what the business wants and what safety asks, in the words of both, and what ties them."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from trimtab.policy.fields import Name, Names, Strict, Texts, list_as_tuple


class LiaisonSpec(Strict):
    """One line of the board."""

    priority: str = Field(min_length=1, max_length=300, description="What the business wants, as the business says it.")
    safety: str = Field(min_length=1, max_length=300, description="The same, as those who answer for safety say it.")
    owner: Name = Field(description="Who keeps the two together: one of `people` or `teams`.")
    requirement: Texts = Field(default=(), description="The controls that ask for it, e.g. eu-ai-act:Art.12.")
    metrics: Texts = Field(default=(), description="Metrics of this policy, or KPIs such as R08, that show it.")
    findings: Annotated[tuple[str, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(),
        description="Ids of findings that stand against it; those of its systems and controls come by themselves.",
    )
    systems: Names = Field(default=(), description="The systems that it is about; all if left out.")

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("requirement"), str):
            return {**data, "requirement": [data["requirement"]]}
        return data
