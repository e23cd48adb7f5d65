"""Which pillar of a score a control speaks for: that of the first KPI which would be evidence of it."""

from trimtab.policy.controls import catalogue
from trimtab.policy.kpi_catalogue import Pillar, kpi_catalogue

PROTECTED: tuple[Pillar, ...] = ("safety", "privacy", "fairness")
"""Pillars that together weigh at least half of every score."""


def pillar_of_control(link: str) -> Pillar:
    """safety, privacy, fairness, governance or performance; governance where the catalogue names no KPI."""
    control = catalogue().find(link)
    kpi = next(iter(control.metrics), "") if control else ""
    found = kpi_catalogue().get(kpi)
    return found.pillar if found else "governance"
