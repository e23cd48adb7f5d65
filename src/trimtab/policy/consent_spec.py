"""Whose signed acceptance a tier asks for before anything of it is released, and how long it holds."""

from typing import Annotated

from pydantic import Field

from trimtab.policy.fields import Names, Strict
from trimtab.policy.spans import Span

LONGEST_DAYS = 183
"""Two quarters: nobody accepts a risk for longer without looking again."""


class ConsentSpec(Strict):
    """Who accepts the residual risk of a system, and for how long."""

    roles: Names = Field(min_length=1, description="Of people who may accept; one of them is enough.")
    valid_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = Field(
        description="After so many days at most it lapses by itself."
    )
    decide_within: Span | None = Field(default=None, description="In which time a request should be decided (P02).")
    second: bool = Field(default=False, description="Whether another person with one of the roles signs as well.")
