"""Amounts of money and what bounds them, as values for pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Money with how far another seed may move it."""

    value: float
    low: float
    high: float
