"""Where requests for money stand: asked for, planned, voted on, granted, released, spent, settled. Pure folds.

A request is granted by the vote that gives it more than half of those who may vote on it: whoever is absent counts
as not in favour, whoever is recused does not count.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.cost_lines import standing_lines
from trimtab.decision.period import Period
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.committee import Recused
from trimtab.evidence.entries.funding import (
    Allocated,
    MoneyReturned,
    Requested,
    RequestWithdrawn,
    TrancheReleased,
    Voted,
)
from trimtab.evidence.entries.spending import Spent
from trimtab.policy.money_spec import BudgetSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """One request. Amounts are hundredths of the currency; moments microseconds since the epoch, UTC, 0 for never.

    `recorded` is when the votes that granted it were on record, which may be later than `granted`, when they were cast.
    `plan` is the last allocation that was to fund it, or the one that granted it; `entitled` may vote on it there.
    """

    asked: Requested
    seq: int
    withdrawn: int = 0
    plan: Allocated | None = None
    entitled: tuple[str, ...] = ()
    votes: Mapping[str, str]
    granted: int = 0
    recorded: int = 0
    tranches: tuple[TrancheReleased, ...] = ()
    lines: tuple[Spent, ...] = ()
    returned: MoneyReturned | None = None

    @property
    def released(self) -> int:
        """What may be spent."""
        return sum(one.amount for one in self.tranches)

    @property
    def spent(self) -> int:
        """What was."""
        return sum(one.amount for one in self.lines)

    @property
    def open(self) -> bool:
        """Whether it waits for money: not granted, and still asked for."""
        return not self.granted and not self.withdrawn

    @property
    def needed(self) -> int:
        """How many votes grant it."""
        return len(self.entitled) // 2 + 1

    @property
    def due(self) -> int:
        """By when it is done, once granted: the end of the quarter after that of the grant if nothing was said."""
        if self.asked.due or not self.granted:
            return self.asked.due
        return Period.quarter_at(Period.quarter_at(self.granted).end).end

    @property
    def state(self) -> str:
        """In a word."""
        if self.returned:
            return "settled"
        if self.withdrawn:
            return "withdrawn"
        if self.granted:
            return "granted"
        return "planned" if self.plan else "asked"

    def share(self, milestone: str) -> int:
        """What a milestone releases, rounded down; without a name, what is released from the start."""
        parts = {name: int(self.asked.amount * share + 1e-6) for name, share in self.asked.milestones.items()}
        if milestone:
            return parts[milestone]
        return self.asked.amount - sum(parts.values()) if upfront(self.asked) > 1e-9 else 0


def upfront(asked: Requested) -> float:
    """The share of a request that waits for no milestone."""
    return 1.0 - sum(asked.milestones.values())


def fundings(books: Books, *, asof: int | None = None) -> Iterator[Funding]:
    """Every request, in the order in which they were recorded; entries with `at` after `asof` do not count."""
    lines: dict[str, list[Spent]] = defaultdict(list)
    for _, one in standing_lines(books, asof=asof):
        if one.request:
            lines[one.request].append(one)
    plans = [one.entry for one in books.all(Allocated) if asof is None or one.entry.at <= asof]
    for kept in books.all(Requested):
        if asof is None or kept.entry.at <= asof:
            yield _funding(books, kept, plans, lines.get(kept.entry.request, ()), asof)


def funding_of(books: Books, id_: str) -> Funding:
    """One request.

    Raises:
        KeyError: There is none of this id.
    """
    kept = books.about(Requested, id_)
    if not kept:
        raise KeyError(id_)
    plans = [one.entry for one in books.all(Allocated) if id_ in one.entry.chosen]
    lines = [one for _, one in standing_lines(books) if one.request == id_]
    return _funding(books, kept[0], plans, lines, None)


def pool(books: Books, budget: BudgetSpec, moment: int, *, asof: int | None = None) -> tuple[int, int, int]:
    """The money of the period that a moment lies in: what was budgeted, returned to it, and granted from it.

    A request is paid from the period whose allocation granted it. What a period does not grant ends with it.
    """
    period = budget_period(budget, moment)
    back = sum(
        one.entry.amount
        for one in books.all(MoneyReturned)
        if period.holds(one.entry.at) and (asof is None or one.entry.at <= asof)
    )
    given = 0
    for one in fundings(books, asof=asof):
        if one.granted and one.plan and budget_period(budget, Period.quarter(one.plan.quarter).start) == period:
            given += one.asked.amount
    return round(budget.amount * 100), back, given


def budget_period(budget: BudgetSpec, moment: int) -> Period:
    """The quarter or year of a moment."""
    quarter = Period.quarter_at(moment)
    if budget.every == "quarter":
        return quarter
    year = quarter.name[:4]
    return Period(Period.quarter(f"{year}-Q1").start, Period.quarter(f"{year}-Q4").end, year)


# -- parts ---------------------------------------------------------------------------------


def _votes(books: Books, plan: Allocated, request: str, asof: int | None) -> Iterator[tuple[int, Voted]]:
    """Votes in the order in which they were cast, and when each was on record."""
    for one in sorted(books.about(Voted, plan.allocation), key=lambda one: one.entry.at):
        if request in one.entry.requests and (asof is None or one.entry.at <= asof):
            yield max(one.entry.at, one.time), one.entry


def entitled(books: Books, plan: Allocated, request: str) -> tuple[str, ...]:
    """Who may vote on a request of an allocation."""
    out = {pair.partition(":")[2] for pair in plan.recused if pair.partition(":")[0] == request}
    out |= {one.entry.member for one in books.all(Recused) if one.entry.request == request}
    return tuple(member for member in plan.voters if member not in out)


def _funding(
    books: Books, kept: Kept[Requested], plans: Sequence[Allocated], lines: Sequence[Spent], asof: int | None
) -> Funding:
    asked = kept.entry
    last: Allocated | None = None
    last_entitled: tuple[str, ...] = ()
    last_votes: dict[str, str] = {}
    granted = recorded = known = 0
    for plan in plans:
        if asked.request not in plan.chosen:
            continue
        may = entitled(books, plan, asked.request)
        cast: dict[str, str] = {}
        known = 0
        for on_record, one in _votes(books, plan, asked.request, asof):
            known = max(known, on_record)
            if one.by in may:
                cast.setdefault(one.by, one.choice)
            if 2 * sum(choice == "for" for choice in cast.values()) > len(may) and not granted:
                granted, recorded = one.at, known
        last, last_entitled, last_votes = plan, may, cast
        if granted:
            break
    id_ = asked.request
    gone = [one.entry.at for one in books.about(RequestWithdrawn, id_) if asof is None or one.entry.at <= asof]
    back = [one.entry for one in books.about(MoneyReturned, id_) if asof is None or one.entry.at <= asof]
    parts = [one.entry for one in books.about(TrancheReleased, id_) if asof is None or one.entry.at <= asof]
    return Funding(
        asked=asked,
        seq=kept.seq,
        withdrawn=gone[0] if gone else 0,
        plan=last,
        entitled=last_entitled,
        votes=last_votes,
        granted=granted,
        recorded=recorded,
        tranches=tuple(parts),
        lines=tuple(lines),
        returned=back[0] if back else None,
    )
