"""What records whose payload is their fields have in common."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from _typeshed import DataclassInstance as _Dataclass
else:
    _Dataclass = object


class Fields(_Dataclass):
    """A dataclass that is written field by field, and read back so."""

    __slots__ = ()

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form."""
        return cls(**payload)
