"""What was spent: dated cost lines."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

CORRECTION = ("labour", "compute", "remedy", "legal", "downtime", "discount")
"""What a correction costs (F03): also customer remedy, fines, and discounts to keep customers."""
PREVENTION = ("audit", "red-team", "privacy", "tooling", "training")
"""What safety work is spent on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent(Entry):
    """Money that was spent on putting something right, or on keeping it from going wrong."""

    kind: ClassVar[str] = "spend"
    about: ClassVar[str] = "spend"
    opens: ClassVar[bool] = True

    spend: str = said("Its id, e.g. the number of the invoice; drawn if left out.", Form.NAME)
    amount: int = said("How much, in the policy's currency.", Form.MONEY)
    currency: str = said("The currency of the amount; the policy's if left out.", Form.NAME, default="")
    category: str = said("What for.", Form.CHOICE, choices=(*CORRECTION, *PREVENTION, "other"))
    incident: str = said("The incident that it puts right.", Form.NAME, default="")
    finding: str = said("The finding that it puts right.", Form.NAME, default="")
    request: str = said("The request of the risk budget that it is paid from.", Form.NAME, default="")
    team: str = said("Who spent it.", Form.NAME, default="")
    instead_of: str = said(
        "An earlier line that was wrong, and that this one takes the place of.", Form.NAME, default=""
    )
    what: str = said("What was bought or done.", Form.WORDS, default="")
