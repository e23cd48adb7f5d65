"""What business was like for those whom an incident met, and for others like them."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

MEASURES = ("revenue", "churn", "trust", "downtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Business(Entry):
    """Revenue, churn, a score of trust or downtime of one unit of comparison (a region, a shop), from `since` to `at`.

    `value` is money in the policy's currency, customers lost, a score, or hours, by `what`.
    """

    kind: ClassVar[str] = "business"

    what: str = said("What was counted.", Form.CHOICE, choices=MEASURES)
    value: float = said("How much: money, customers lost, a score, or hours.", Form.NUMBER)
    of: int = said("Of churn: of how many customers.", Form.COUNT, default=0)
    since: int = said("When counting began; it ended `at`.", Form.MOMENT)
    unit: str = said("Of which unit: a region, a shop, a group of customers.", Form.NAME)
    group: str = said(
        "Whether the incident met this unit; others should be like it in all else.",
        Form.CHOICE,
        choices=("exposed", "unexposed"),
    )
    incident: str = said("Which incident.", Form.NAME)
