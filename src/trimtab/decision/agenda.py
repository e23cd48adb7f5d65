"""The agenda of a quarterly review: what changed, what is open, what lapses, and what the law asks next.

Pure, over what was recorded up to a row. A section without anything says what was looked for and not found: that
nothing was recorded is a fact of its own, and no line is made up in its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from trimtab.decision.applicable import applies
from trimtab.decision.benefits import Quarter
from trimtab.decision.control_state import DAY, RANK, Cell, Exemption, State, tally
from trimtab.decision.incidents import Finding, Incident
from trimtab.decision.model import Decision
from trimtab.decision.period import Period
from trimtab.policy.controls import Catalogue
from trimtab.policy.diff import PolicyDiff

REGULATION_DAYS = 365
EXPIRING_DAYS = 90
_AGES = (30, 90, 180)
_MOST_CHANGES = 12  # of one policy
_NAMED = 6  # controls in one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: what, of which system, on or by which day (microseconds UTC, 0 for none), and the rows it rests on."""

    words: str
    system: str = ""
    at: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the review; `nothing` is what it says without items."""

    name: str
    title: str
    nothing: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A policy that came into the ledger: when, in which row, and how it differs from the one before it."""

    row: int
    at: int
    digest: str
    systems: tuple[str, ...]
    diff: PolicyDiff | None  # None of the first


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """The state of an error budget from a moment on."""

    system: str
    metric: str
    state: str
    spent: float
    reason: str
    at: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The whole pack, of a quarter, as of a moment and up to a row."""

    quarter: str
    asof: int
    row: int
    policy: str
    organisation: str
    sections: tuple[Section, ...]

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


def policy_changes(adopted: Sequence[Adopted], period: Period) -> Section:
    """Policies that were adopted in the period, each against the one before."""
    items = []
    for one in adopted:
        if not period.holds(one.at):
            continue
        if one.diff is None:
            words = f"Policy {_short(one.digest)} was adopted, the first."
        else:
            kind = {"same": "is the same in all that is promised", "changes": "changes what is not a promise"}
            overall = kind.get(one.diff.overall, f"{one.diff.overall} what is promised")
            words = f"Policy {_short(one.digest)} was adopted; it {overall.replace('mixed', 'tightens and loosens')}."
        items.append(Item(words=words, at=one.at, rows=(one.row,)))
        changes = one.diff.changes if one.diff else ()
        ordered = sorted(changes, key=lambda change: change.effect != "loosens")  # what is asked no more is read first
        items += [
            Item(words=f"{change.effect} {change.where}: {change.text}", at=one.at, rows=(one.row,))
            for change in ordered[:_MOST_CHANGES]
        ]
        if len(changes) > _MOST_CHANGES:
            more = f"{len(changes) - _MOST_CHANGES} more changes; `trimtab policy diff` shows them."
            items.append(Item(words=more, at=one.at, rows=(one.row,)))
    return Section(name="policy", title="Policy", nothing="No policy was adopted.", items=tuple(items))


def decisions_made(decisions: Iterable[tuple[int, int, Decision]], period: Period) -> Section:
    """The last word on each run of the period: (row, time, decision)."""
    items = [
        Item(
            words=f"{decision.verdict.upper()}{f', {decision.winner} chosen' if decision.winner else ''}:"
            f" {decision.reason}",
            system=decision.system,
            at=time,
            rows=(row,),
        )
        for row, time, decision in decisions
        if period.holds(time)
    ]
    return Section(name="decisions", title="Decisions", nothing="No run was decided.", items=tuple(items))


def incidents_of(found: Iterable[Incident], period: Period, asof: int) -> Section:
    """Opened or closed in the period, or open at its end."""
    items = []
    for one in found:
        opened = one.opened
        if opened.at > asof or opened.at >= period.end:
            continue
        ended = 0 < one.verified <= min(asof, period.end - 1)
        if not period.holds(opened.at) and ended and not period.holds(one.verified):
            continue
        state = f"fix verified {_day(one.verified)}" if ended else "open"
        words = f"{opened.incident}, {opened.severity}, {opened.hazard}: opened {_day(opened.at)}, {state}."
        items.append(Item(words=words, system=opened.system, at=opened.at, rows=(one.seq,)))
    return Section(
        name="incidents", title="Incidents", nothing="No incident was open, opened or closed.", items=tuple(items)
    )


def findings_by_age(found: Iterable[Finding], asof: int) -> Section:
    """Findings that are open, the oldest first, with how many are how old."""
    still = [one for one in found if one.opened.at <= asof and not 0 < one.verified <= asof]
    still.sort(key=lambda one: (one.opened.at, one.seq))
    items = []
    if still:
        ages = [(asof - one.opened.at) // DAY for one in still]
        ends = [0, *_AGES]
        counts = [sum(low <= age < high for age in ages) for low, high in zip(ends, [*_AGES, 10**9], strict=True)]
        spans = [
            f"under {_AGES[0]} days",
            *[f"{low} to {high} days" for low, high in pairwise(_AGES)],
            f"{_AGES[-1]} days and more",
        ]
        said = ", ".join(f"{count} for {span}" for count, span in zip(counts, spans, strict=True) if count)
        items.append(Item(words=f"{len(still)} open: {said}.", rows=tuple(one.seq for one in still)))
    for one in still:
        opened = one.opened
        late = f", overdue since {_day(opened.due)}" if 0 < opened.due <= asof else ""
        owner = opened.owner or "nobody"
        age = (asof - opened.at) // DAY
        words = f"{opened.finding}, {opened.severity}: open for {age} days{late}; {owner} owes the fix."
        items.append(Item(words=words, system=opened.system, at=opened.due, rows=(one.seq,)))
    return Section(name="findings", title="Findings by age", nothing="No finding is open.", items=tuple(items))


def new_products(
    systems: Sequence[str], adopted: Sequence[Adopted], cells: Iterable[Cell], period: Period, asof: int
) -> Section:
    """Systems that came into the policy in the period, each held against every framework.

    `systems` are those of the policy as it is now, which may not be in the ledger yet.
    """
    before = [one for one in adopted if one.at < period.start]
    known = set(before[-1].systems) if before else set()
    came = {name for one in adopted if period.holds(one.at) for name in one.systems}
    if period.holds(asof):
        came |= set(systems)
    by: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        by.setdefault((cell.system, cell.framework), []).append(cell)
    items = []
    for system in systems:
        if system in known or system not in came:
            continue
        items.append(Item(words="New in this quarter.", system=system))
        for (name, framework), its in by.items():
            counted = tally(its, asof)
            if name == system and counted.in_force:
                open_ = counted.in_force - counted.covered - counted.counts[State.NOT_APPLICABLE]
                words = f"{framework}: {counted.covered} of {counted.in_force} in force covered, {open_} open."
                items.append(Item(words=words, system=system, rows=_rows(its)))
    return Section(
        name="products", title="New products against frameworks", nothing="No system is new.", items=tuple(items)
    )


def regulation(catalogue: Catalogue, asof: int, *, days: int = REGULATION_DAYS) -> Section:
    """What begins to apply in the days to come, by day; dates that cannot be read; and how old the catalogue is."""
    end = asof + days * DAY
    by_day: dict[tuple[int, str], list[str]] = {}
    unread: list[tuple[str, str]] = []
    for control in catalogue.controls.values():
        said = applies(control.applies)
        for one in said.dates:
            if asof < one.at <= end:
                by_day.setdefault((one.at, f"{control.framework}{f', {one.of}' if one.of else ''}"), []).append(
                    control.id
                )
        unread += [(control.link, text) for text in said.unread]
    words_of_law = [
        (one.at, f"{one.day}: {framework.id}: {what}")
        for framework in catalogue.frameworks.values()
        for day, what in framework.timeline.items()
        for one in applies(day).dates
        if asof < one.at <= end
    ]
    dated = [(at, f"{_day(at)}: {of}: {', '.join(ids)}") for (at, of), ids in by_day.items()]
    items = [Item(words=f"{words}.", at=at) for at, words in sorted([*words_of_law, *dated])]
    if items or unread:
        items += [Item(words=f"{link}: its date cannot be read from {text!r}. Ask counsel.") for link, text in unread]
        items.append(Item(words=f"As of {catalogue.as_of}, which is how old the catalogue is; no legal advice."))
    return Section(
        name="regulation",
        title=f"Standards and regulation within {days} days",
        nothing=f"The catalogue of {catalogue.as_of} has no date within {days} days.",
        items=tuple(items),
    )


def lapsing(cells: Iterable[Cell], exemptions: Iterable[Exemption], asof: int, *, days: int = EXPIRING_DAYS) -> Section:
    """Evidence on controls and exemptions that lapse in the days to come, or have."""
    end = asof + days * DAY
    together: dict[tuple[int, str, str], list[Cell]] = {}
    for cell in cells:
        shown = RANK.get(cell.state, 0) >= RANK[State.PARTLY]
        if cell.state is State.EXPIRED:
            together.setdefault((0, cell.system, cell.framework), []).append(cell)
        elif cell.until is not None and asof < cell.until <= end and shown:
            together.setdefault((cell.until, cell.system, cell.framework), []).append(cell)
    items = [
        Item(
            words=f"{framework}: {_some([one.control.partition(':')[2] for one in its])}: the evidence "
            f"{f'lapses on {_day(until)}' if until else 'is out of date'}.",
            system=system,
            at=until,
            rows=_rows(its),
        )
        for (until, system, framework), its in together.items()
    ]
    for one in exemptions:
        if one.at <= asof < one.until <= end:
            words = f"{one.control}: that it does not apply, as {one.by} says, ends on {_day(one.until)}."
            items.append(Item(words=words, system=one.system, at=one.until, rows=(one.row,)))
    items.sort(key=lambda one: (one.at, one.system, one.words))
    return Section(
        name="lapsing", title=f"Evidence that lapses within {days} days", nothing="None does.", items=tuple(items)
    )


def budgets(states: Iterable[BudgetState], period: Period, asof: int) -> Section:
    """Where each error budget stands, and how often its state changed in the period."""
    by: dict[tuple[str, str], list[BudgetState]] = {}
    for one in sorted(states, key=lambda one: (one.at, one.row)):
        if one.at <= asof and one.at < period.end:
            by.setdefault((one.system, one.metric), []).append(one)
    items = []
    for (system, metric), many in sorted(by.items()):
        last, moved = many[-1], sum(period.holds(one.at) for one in many)
        words = f"{metric}: {last.state}, {last.spent:.0%} spent; {moved} changes in the quarter. {last.reason}"
        items.append(Item(words=words.strip(), system=system, at=last.at, rows=tuple(one.row for one in many)))
    return Section(name="budgets", title="Error budgets", nothing="No error budget was monitored.", items=tuple(items))


def over_time(found: Sequence[Quarter], *, currency: str) -> Section:
    """Quarter by quarter: incidents, downtime, what corrections cost; nothing where nothing was booked."""
    items = [
        Item(
            words=f"{one.name}: incidents {one.incidents}, severe among them {one.severe}; "
            f"{'downtime not reported' if one.down is None else f'{one.down:,.1f} hours down'}; "
            f"corrections cost {one.correction / 100:,.2f} {currency}."
        )
        for one in found
    ]
    return Section(
        name="benefits",
        title="Incidents, downtime and correction over quarters",
        nothing="Nothing was booked.",
        items=tuple(items),
    )


def section(name: str, title: str, nothing: str, items: Iterable[Item]) -> Section:
    """A part whose items are made elsewhere."""
    return Section(name=name, title=title, nothing=nothing, items=tuple(items))


def review_of(data: Mapping[str, Any]) -> Review:
    """A review back from its JSON form."""
    sections = tuple(
        Section(**{**one, "items": tuple(Item(**{**i, "rows": tuple(i["rows"])}) for i in one["items"])})
        for one in data["sections"]
    )
    return Review(**{**data, "sections": sections})


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return f"{', '.join(names[:_NAMED])}{f' and {more} more controls' if more > 0 else ''}"


def _rows(cells: Iterable[Cell]) -> tuple[int, ...]:
    return tuple(sorted({row for cell in cells for row in cell.rows}))


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).date().isoformat()


def _short(digest: str) -> str:
    return digest[:19]
