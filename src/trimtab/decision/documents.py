"""Documents that systems owe: model cards (P07), impact assessments (P17), transparency notices (P18).

What counts is the last version of each; whether it is in date is a question of its review and of its end.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from trimtab.decision.census import Counted, census
from trimtab.decision.control_state import Answer
from trimtab.decision.model import Verdict
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.controls import DocumentKept
from trimtab.kinds import Estimate, Missing

CARD = "model-card"
ASSESSMENT = "impact-assessment"
NOTICE = "transparency-notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a document of a system; of the whole organisation if `system` is empty.

    Times are microseconds UTC. `reviewed` is 0 where it
    never was. `filled` of its `mandatory` sections say something; a placeholder fills nothing. `model`
    is the digest of the artefact that it describes, empty where it describes none. `controls` it is evidence for.
    """

    what: str
    system: str
    digest: str
    at: int
    reviewed: int
    valid_until: int
    filled: int
    mandatory: int
    row: int
    by: str = ""
    model: str = ""
    controls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.filled <= self.mandatory or self.mandatory < 1:
            raise ValueError(f"{self.filled} of {self.mandatory} sections")

    @property
    def complete(self) -> bool:
        """Whether every mandatory section says something."""
        return self.filled == self.mandatory

    def in_date(self, moment: int) -> bool:
        """Whether it was reviewed, and is not beyond its end."""
        return 0 < self.reviewed <= moment < self.valid_until


def document_of(kept: Kept[DocumentKept]) -> Document:
    """A document as the books have it."""
    entry = kept.entry
    return Document(
        what=entry.type,
        system=entry.system,
        digest=entry.digest,
        at=entry.at,
        reviewed=entry.reviewed,
        valid_until=entry.valid_until,
        filled=entry.filled,
        mandatory=entry.mandatory,
        row=kept.seq,
        by=entry.by,
        model=entry.model,
        controls=entry.controls,
    )


def documents_of(books: Books) -> list[Document]:
    """Every version of every document."""
    return [document_of(one) for one in books.all(DocumentKept)]


def card_completeness(
    owed: Collection[str], documents: Iterable[Document], served: Mapping[str, Collection[str]], *, moment: int
) -> Estimate | Missing:
    """P07: share of mandatory sections of model cards that are filled, over all systems that owe one.

    A card that is out of date, or of another model than the one that is served, counts nothing. Where nobody knows
    what is served, a card may be the right one: its share is the upper end, and 0 the lower.

    Args:
        owed: Systems.
        documents: In any order.
        served: By system, the digests of the models in production; none where nobody knows.
        moment: Microseconds UTC.

    Returns:
        A share in [0, 1], exact; Missing where no system owes a card.

    Source:
        `shared/reference/governance.md`, section 3, P07.
    """
    last = _last(documents, CARD, moment)
    return census([_card(last.get(one), served.get(one, ()), moment) for one in owed], nothing="no system owes a card")


def assessments(owed: Collection[str], documents: Iterable[Document], *, moment: int) -> Estimate | Missing:
    """P17: impact assessments present, complete and in date, of those owed; exact, Missing where none is owed."""
    return _present(owed, documents, ASSESSMENT, moment)


def notices(owed: Collection[str], documents: Iterable[Document], *, moment: int) -> Estimate | Missing:
    """P18: transparency notices present, complete and in date, of those owed; exact, Missing where none is owed."""
    return _present(owed, documents, NOTICE, moment)


def document_answers(documents: Iterable[Document]) -> tuple[Answer, ...]:
    """What documents say to the controls that they name.

    A complete document shows that what it says was written down, from its review to its end. One with gaps, or that
    nobody has reviewed, decides nothing: that a section is empty is no proof that a control fails.
    """
    return tuple(
        Answer(
            control=control,
            way=one.what,
            subject=one.system,
            verdict=Verdict.PASS if one.complete and one.reviewed else Verdict.INCONCLUSIVE,
            at=max(one.at, one.reviewed),
            valid_until=one.valid_until,
            row=one.row,
            words=f"{one.what}, {one.filled} of {one.mandatory} sections",
        )
        for one in documents
        for control in one.controls
    )


def _last(documents: Iterable[Document], what: str, moment: int) -> dict[str, Document]:
    last: dict[str, Document] = {}
    for one in sorted(documents, key=lambda one: (one.at, one.row)):
        if one.what == what and one.at <= moment:
            last[one.system] = one
    return last


def _card(card: Document | None, served: Collection[str], moment: int) -> Counted:
    if card is None or not card.in_date(moment) or (served and card.model not in served):
        return Counted(weight=1.0, there=0.0)
    share = card.filled / card.mandatory
    return Counted(weight=1.0, there=share if served else 0.0, at_most=share)


def _present(owed: Collection[str], documents: Iterable[Document], what: str, moment: int) -> Estimate | Missing:
    last = _last(documents, what, moment)
    there = [one in last and last[one].complete and last[one].in_date(moment) for one in owed]
    return census([Counted(weight=1.0, there=float(one)) for one in there], nothing=f"no system owes a {what}")
