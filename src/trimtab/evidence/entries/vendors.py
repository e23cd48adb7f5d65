"""What vendors answer to what they are asked, who vouches for it, and the figures that their contract is about."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.counts import INDEPENDENCE
from trimtab.evidence.entries.entry import Entry, Form, said

ANSWERS = ("met", "partly", "not", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswered(Entry):
    """Whether a vendor does what a control asks, and whose word that is.

    What the vendor says of itself is `self`. It can lower a standing; it lifts nothing above what is asked at least.
    """

    kind: ClassVar[str] = "vendor"

    vendor: str = said("Which vendor of the policy.", Form.NAME)
    control: str = said("What was asked: a control of its questionnaire, e.g. eu-ai-act:Art.12.", Form.LINK)
    answer: str = said("What was found, or what the vendor says.", Form.CHOICE, choices=ANSWERS)
    independence: str = said(
        "Whose word it is: the vendor's own, another team's here, or somebody's outside of both.",
        Form.CHOICE,
        choices=INDEPENDENCE,
        default="self",
    )
    evidence: tuple[str, ...] = said("What shows it: reports, certificates, links, rows.", Form.NAMES, default=())
    what: str = said("What was said or seen, in a sentence or two.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorCounted(Entry):
    """So many of so many, from `since` to `at`, kept what the contract promises of a figure."""

    kind: ClassVar[str] = "vendor-count"

    vendor: str = said("Which vendor of the policy.", Form.NAME)
    clause: str = said("The figure: the `metric` of one of its `sla`, e.g. R04.", Form.NAME)
    hits: int = said("How many were as promised.", Form.COUNT)
    of: int = said("Of how many; at least 1.", Form.COUNT)
    since: int = said("When counting began; it ended `at`, in the same quarter.", Form.MOMENT)
    independence: str = said(
        "Who counted: the vendor itself, another team here, or somebody outside of both.",
        Form.CHOICE,
        choices=INDEPENDENCE,
        default="self",
    )
    evidence: tuple[str, ...] = said("What shows it: reports, links, rows.", Form.NAMES, default=())

    @property
    def metric(self) -> str:
        """The figure."""
        return self.clause
