"""Counts that others keep: so many of so many, by whom, and how independent they are. And how much a system is used."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

INDEPENDENCE = ("self", "other-team", "outside")
"""Of whoever counted, from whoever is judged by the count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Entry):
    """So many of so many count for a KPI, from `since` to `at`. Of what has a denominator only in time, `of` is 0."""

    kind: ClassVar[str] = "counted"

    kpi: str = said("The KPI, e.g. R03.", Form.NAME)
    hits: int = said("How many.", Form.COUNT)
    of: int = said("Of how many; 0 for events in time.", Form.COUNT, default=0)
    since: int = said("When counting began; it ended `at`.", Form.MOMENT, default=0)
    stratum: str = said("The part that was counted: a hazard, a group, a channel.", Form.NAME, default="")
    weight: float = said("How much the part weighs.", Form.NUMBER, default=1.0)
    independence: str = said(
        "Whether those who counted are independent of who is judged by it.",
        Form.CHOICE,
        choices=INDEPENDENCE,
        default="self",
    )
    origin: str = said("The system that the count comes from, and the digest of the query.", Form.NAME, default="")

    @property
    def metric(self) -> str:
        """The KPI."""
        return self.kpi


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure(Entry):
    """How often a system was used from `since` to `at`, and for how long it was down."""

    kind: ClassVar[str] = "exposure"

    uses: int = said("How many uses.", Form.COUNT)
    since: int = said("When counting began; it ended `at`.", Form.MOMENT)
    down: float = said("For how many hours it was down.", Form.NUMBER, default=0.0)
