"""The building blocks of policy values: names, numbers, lists, and the base of all models."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=80)]
Ratio = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]


def list_as_tuple(value: Any) -> Any:
    """Files give lists, and the loader is strict otherwise: no "0.5" for 0.5, no 1 for true."""
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(list_as_tuple)]
Names = Annotated[tuple[Name, ...], BeforeValidator(list_as_tuple)]
Values = Annotated[tuple[Any, ...], BeforeValidator(list_as_tuple), Field(min_length=1, max_length=100)]


class Strict(BaseModel):
    """Base of all policy values."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
