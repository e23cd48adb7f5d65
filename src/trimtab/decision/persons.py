"""What a person controls, counted: reports, fixes in time and verified, reviews, hunts. Never incidents of their own.

Deterministic sums, for a human to decide on, with an appeal. Nobody is ranked: a share is shown with its interval after
shrinking, and whether it lies outside what luck alone gives somebody with as many cases. Evaluating workers by an AI
system is itself a high-risk use under Annex III of Regulation (EU) 2024/1689; this is arithmetic, and is to stay so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trimtab.decision.incidents import findings
from trimtab.decision.learning import holdings
from trimtab.decision.period import Period
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.books import Books
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened, NearMiss
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.evidence.entries.ratings import AppealAnswered, Appealed, Rated
from trimtab.policy.model import Policy
from trimtab.stats.shares import funnel, shrunk_shares

Place = Literal["not rated", "as expected", "look: above", "look: below", "far above", "far below"]
_WARN, _ALARM = 0.95, 0.998


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """Fixes that were owed in a period: how many were verified in time, of how many; the rest where enough is known."""

    done: int
    owed: int
    place: Place
    share: float | None = None  # shrunk
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person's counts of a period, and the entries behind them, so that they can look for themselves.

    `retained` of `courses` that the person's roles owe are in date, and known a month after they were taken.
    """

    name: str
    reports: int
    reviews: int
    hunts: int
    retained: int
    courses: int
    on_time: OnTime
    rows: tuple[int, ...]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        one = self.on_time
        return {
            "person": self.name,
            "reports": self.reports,
            "reviews": self.reviews,
            "hunts": self.hunts,
            "training": {"retained": self.retained, "owed": self.courses},
            "fixes": {
                "in_time": one.done,
                "owed": one.owed,
                "place": one.place,
                "share": one.share,
                "low": one.low,
                "high": one.high,
            },
            "rows": list(self.rows),
        }


def persons(
    books: Books,
    policy: Policy,
    period: Period,
    asof: int,
    *,
    hunted: Sequence[tuple[str, int]] = (),
) -> tuple[Person, ...]:
    """Everybody of the policy, by name: an order that says nothing.

    Args:
        books: What was recorded.
        policy: Whose people.
        period: Over which.
        asof: What happened later does not count.
        hunted: Of each finding that a hunter filed in the period and that nobody found invalid: by whom, and its row.

    Raises:
        ValueError: The policy has no score.
    """
    if policy.score is None:
        raise ValueError("the policy has no score")
    names = sorted(policy.people)
    end = min(period.end, asof)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    rows: dict[str, list[int]] = {name: [] for name in names}
    acts = [*_acts(books, period, end), *(("hunt", by, seq) for by, seq in hunted)]
    for what, by, seq in acts:
        if by in counts:
            counts[by][what] += 1
            rows[by].append(seq)
    done, owed = Counter[str](), Counter[str]()
    for one in findings(books):
        due, owner = one.opened.due, one.opened.owner
        # A fix is owed in the period in which its day falls, open ones included.
        if owner in counts and due and period.holds(due) and due <= end:
            owed[owner] += 1
            done[owner] += bool(one.verified and one.verified <= due)
            rows[owner].append(one.seq)
    learned = holdings(policy, books, end=end)
    times = _on_time(names, done, owed, policy.score.persons.least)
    return tuple(
        Person(
            name=name,
            reports=counts[name]["report"],
            reviews=counts[name]["review"],
            hunts=counts[name]["hunt"],
            retained=sum(one.person == name and one.state == "held" for one in learned),
            courses=sum(one.person == name for one in learned),
            on_time=times[name],
            rows=tuple(sorted(rows[name])),
        )
        for name in names
    )


def _acts(books: Books, period: Period, end: int) -> Iterator[tuple[str, str, int]]:
    """(what, by whom, row) of everything that counts for somebody."""

    def within(kind: type[Entry]) -> Iterator[tuple[Any, int]]:
        for one in books.all(kind):
            if period.holds(one.entry.at) and one.entry.at <= end:
                yield one.entry, one.seq

    for kind in (IncidentOpened, NearMiss, FindingOpened):
        for entry, seq in within(kind):
            hunted = isinstance(entry, FindingOpened) and entry.origin == "hunt"
            yield "hunt" if hunted else "report", entry.by, seq
    for moved in (IncidentMoved, FindingMoved):
        for entry, seq in within(moved):
            if entry.step == "verify":
                yield "review", entry.by, seq
    for entry, seq in within(Rated):
        yield "review", entry.by, seq


def _on_time(names: list[str], done: Counter[str], owed: Counter[str], least: int) -> dict[str, OnTime]:
    known = [name for name in names if owed[name]]
    try:
        found = shrunk_shares([done[name] for name in known], [owed[name] for name in known])
    except InsufficientEvidenceError:
        return {name: OnTime(done=done[name], owed=owed[name], place="not rated") for name in names}
    whole = sum(done.values()) / sum(owed.values())
    times = {}
    for name in names:
        if owed[name] < least:  # too few is no verdict, neither a good one nor a bad one
            times[name] = OnTime(done=done[name], owed=owed[name], place="not rated")
            continue
        at = known.index(name)
        interval = found.intervals[at]
        times[name] = OnTime(
            done=done[name],
            owed=owed[name],
            place=_place(done[name], owed[name], whole),
            share=round(found.shares[at], 9),
            low=round(interval.low, 9),
            high=round(interval.high, 9),
        )
    return times


def _place(done: int, owed: int, mean: float) -> Place:
    share = done / owed
    alarm, warn = (funnel(mean, owed, level=level) for level in (_ALARM, _WARN))
    if share < alarm.low:
        return "far below"
    if share > alarm.high:
        return "far above"
    if share < warn.low:
        return "look: below"
    return "look: above" if share > warn.high else "as expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What somebody does not agree with, and what a human decided; `answer` is empty while nobody has."""

    appeal: str
    by: str
    figure: str
    what: str
    answer: str = ""
    answered_by: str = ""
    why: str = ""


def appeals(books: Books) -> tuple[Appeal, ...]:
    """Every appeal, oldest first."""
    found = []
    for one in books.all(Appealed):
        entry = one.entry
        answers = books.about(AppealAnswered, entry.appeal)
        last = answers[0].entry if answers else None
        found.append(
            Appeal(
                appeal=entry.appeal,
                by=entry.by,
                figure=entry.figure,
                what=entry.what,
                answer=last.answer if last else "",
                answered_by=last.by if last else "",
                why=last.what if last else "",
            )
        )
    return tuple(found)
