"""The life of money against risks: asked for, given, released by milestones, spent, returned; and what it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said
from trimtab.evidence.entries.spending import PREVENTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested(Entry):
    """Somebody asks the risk budget for money, and says what it is to do.

    `milestones` are shares of the amount; what they leave of it is released when the request is granted. `proofs` name
    for each what must pass, as MILESTONE:PROOF, see `trimtab.decision.proofs`.
    """

    kind: ClassVar[str] = "request"
    about: ClassVar[str] = "request"
    opens: ClassVar[bool] = True

    request: str = said("Its id, e.g. REQ-12; drawn if left out.", Form.NAME)
    amount: int = said("How much, in the policy's currency; all of it or nothing.", Form.MONEY)
    currency: str = said("The currency of the amount; the policy's if left out.", Form.NAME, default="")
    category: str = said("What for.", Form.CHOICE, choices=PREVENTION)
    team: str = said("Whose request it is.", Form.NAME)
    owner: str = said("Who answers for it: one of `people`.", Form.NAME)
    liaison: str = said("Who speaks for it to the business: one of `people`.", Form.NAME, default="")
    effects: Mapping[str, tuple[float, float]] = said(
        "By scenario, which share of its loss this removes, from the least to the most, as leak=0.2..0.5.", Form.RANGES
    )
    milestones: Mapping[str, float] = said(
        "By milestone, the share of the amount that reaching it releases, as pilot=0.4 rollout=0.4.",
        Form.NUMBERS,
        default={},
    )
    proofs: tuple[str, ...] = said(
        "What must pass for each milestone, as pilot:metric/SYSTEM/METRIC or rollout:system/SYSTEM.",
        Form.NAMES,
        default=(),
    )
    needs: tuple[str, ...] = said("Other requests without which this one does nothing.", Form.NAMES, default=())
    method: str = said("The kind of measure, by which past claims are compared.", Form.NAME, default="")
    due: int = said(
        "By when it is done; the end of the quarter after it was granted if left out.", Form.MOMENT, default=0
    )
    what: str = said("What the money is for.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWithdrawn(Entry):
    """A request is asked for no more; what was released and not spent of it is returned when it is settled."""

    kind: ClassVar[str] = "request-withdrawn"
    about: ClassVar[str] = "request"

    request: str = said("Which request.", Form.NAME)
    what: str = said("Why.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneClaimed(Entry):
    """Somebody says that a milestone is reached. What counts is the verdict that evidence gives."""

    kind: ClassVar[str] = "milestone"
    about: ClassVar[str] = "request"

    request: str = said("Of which request.", Form.NAME)
    milestone: str = said("Which of its milestones.", Form.NAME)
    evidence: tuple[str, ...] = said("What shows it: runs, rows, links.", Form.NAMES, default=())
    what: str = said("What was done.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppetiteStated(Entry):
    """Somebody who bears the risk says how much may be lost in a year; it binds from `at` on.

    It can only ask for less than the policy does.
    """

    kind: ClassVar[str] = "appetite"

    expected: int = said("On average.", Form.MONEY, default=0)
    bad_years: int = said("On average over the worst years, as `budget.level` says.", Form.MONEY, default=0)
    points: Mapping[str, float] = said(
        "By amount, the chance that a year may have of losing more, as 1000000=0.05.", Form.NUMBERS, default={}
    )
    what: str = said("Why so much.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated(Entry):
    """A plan for the money of a period, as it was published: what the committee votes on."""

    kind: ClassVar[str] = "allocation"
    about: ClassVar[str] = "allocation"
    opens: ClassVar[bool] = True
    computed: ClassVar[bool] = True

    allocation: str = said("Its id.", Form.NAME)
    quarter: str = said("The quarter whose money it gives.", Form.NAME)
    published: int = said("The row of the published plan.", Form.COUNT)
    inputs: str = said("Digest of all that went in.", Form.NAME)
    seed: int = said("Seed of simulated years.", Form.COUNT, default=0)
    gap: float = said("How near to the best the plan is, relative.", Form.NUMBER)
    solver: str = said("What solved it.", Form.WORDS)
    pool: int = said("How much there was.", Form.MONEY)
    chosen: tuple[str, ...] = said("Requests that are to be funded.", Form.NAMES, default=())
    refused: tuple[str, ...] = said("Requests that are not.", Form.NAMES, default=())
    voters: tuple[str, ...] = said("Who may vote.", Form.NAMES, default=())
    recused: tuple[str, ...] = said("Who may not vote on what, as REQUEST:MEMBER.", Form.NAMES, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted(Entry):
    """A member of the committee votes on requests of an allocation."""

    kind: ClassVar[str] = "vote"
    about: ClassVar[str] = "allocation"

    allocation: str = said("Which allocation.", Form.NAME)
    requests: tuple[str, ...] = said("Which of its requests.", Form.NAMES)
    choice: str = said("How.", Form.CHOICE, choices=("for", "against", "abstain"))
    what: str = said("Why.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheReleased(Entry):
    """A part of a granted request may be spent: what it waited for passed. Without `milestone`, the first part."""

    kind: ClassVar[str] = "tranche"
    about: ClassVar[str] = "request"
    computed: ClassVar[bool] = True

    request: str = said("Of which request.", Form.NAME)
    milestone: str = said("Which milestone released it.", Form.NAME, default="")
    amount: int = said("How much.", Form.MONEY)
    proof: str = said("What passed.", Form.NAME, default="")
    run: str = said("The run whose decision says so.", Form.NAME, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyReturned(Entry):
    """A request is settled: what was granted and not spent goes back to the pool, and no more is paid from it."""

    kind: ClassVar[str] = "returned"
    about: ClassVar[str] = "request"
    computed: ClassVar[bool] = True

    request: str = said("Of which request.", Form.NAME)
    quarter: str = said("The quarter that was settled.", Form.NAME)
    amount: int = said("How much.", Form.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossClaimed(Entry):
    """A team claims to have removed a share of a scenario's loss, from `at` on."""

    kind: ClassVar[str] = "claim"
    about: ClassVar[str] = "claim"
    opens: ClassVar[bool] = True

    claim: str = said("Its id; drawn if left out.", Form.NAME)
    scenario: str = said("Of which scenario.", Form.NAME)
    removes: tuple[float, float] = said("Which share of its loss, from the least to the most.", Form.RANGE)
    team: str = said("Who claims it.", Form.NAME)
    method: str = said("The kind of measure.", Form.NAME, default="")
    request: str = said("The request that paid for it.", Form.NAME, default="")
    what: str = said("What was done.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRealised(Entry):
    """Somebody else than who claimed it says what a claim came to. The last word counts."""

    kind: ClassVar[str] = "realised"
    about: ClassVar[str] = "claim"

    claim: str = said("Which claim.", Form.NAME)
    removed: float = said("Which share of the loss was removed; below 0 if there is more of it.", Form.NUMBER)
    evidence: tuple[str, ...] = said("What shows it: runs, rows, links.", Form.NAMES, default=())
    what: str = said("How that was found out.", Form.WORDS, default="")
