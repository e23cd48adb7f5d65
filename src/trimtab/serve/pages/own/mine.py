"""My page: what somebody owns, what is due from them, what counts for them and how it comes about, and how to appeal.

What the page shows is of one person. Whoever can look alone may look as anybody, since the ledger is theirs to read; in
a team a person sees their own page, and an address that names somebody else is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.learning import roles_of
from trimtab.decision.persons import appeals
from trimtab.errors import UsageError
from trimtab.policy.courses import courses
from trimtab.serve.pages.declared import ALONE, WHO
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.workspace import mine as gathered
from trimtab.workspace.incentives import figures, person_figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that is theirs, in their name or through a team; `link` leads to its page, if there is one."""

    kind: str
    id: str
    words: str
    through: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """Something to be done by a moment, in microseconds since the epoch, UTC; 0 for now, without a day."""

    kind: str
    id: str
    at: int
    words: str
    late: bool
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigure:
    """What the score does to the bonuses of a team: `multiplier` is null where people decide without one."""

    team: str
    multiplier: float | None
    score: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What counts for them in a quarter. `row` is that of the rule as it was published beforehand, 0 if it was not."""

    final: bool
    published: bool
    row: int
    rule: str
    teams: tuple[TeamFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Sums of what they control, which a human decides on; the rows are those that were counted."""

    reports: int
    reviews: int
    hunts: int
    retained: int
    courses: int
    in_time: int
    owed: int
    place: str
    share: float | None
    low: float | None
    high: float | None
    least: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """One course that they owe; moments in microseconds since the epoch, UTC, 0 for none."""

    course: str
    title: str
    state: str
    completed: int
    until: int
    asked_from: int
    score: float | None
    needed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that they entered."""

    kind: str
    id: str
    system: str
    at: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal of theirs; `answer` is empty while nobody has decided."""

    appeal: str
    figure: str
    what: str
    answer: str
    answered_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """All of the page. Without a `name` it asks who is meant; `known` says whether the policy has that person."""

    name: str
    known: bool
    choices: tuple[str, ...]
    quarter: str
    function: str
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    due: tuple[ToDo, ...]
    owned: tuple[Thing, ...]
    counts: Counts | None
    no_counts: str
    own: Own | None
    no_own: str
    holds: tuple[Holds, ...]
    entered: tuple[Entry, ...]
    appeals: tuple[Appeal, ...]


def mine(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Mine:
    """The page of whoever looks; of whom they name, where nobody else can look.

    Raises:
        UsageError: Somebody asks for the page of somebody else.
    """
    name, choices = _whose(now, asked)
    of = gathered.Whose(ledger=now.ledger, policy=now.policy, evidence=now.evidence, name=name, moment=now.moment)
    quarter = now.period(asked.get("quarter", "")).name
    counts, no_counts = _counts(now, of, quarter)
    own, no_own = _own(now, name, quarter)
    known = of.person is not None
    return Mine(
        name=name,
        known=known,
        choices=choices,
        quarter=quarter,
        function=of.person.function if of.person else "",
        teams=of.teams,
        roles=tuple(sorted(roles_of(now.policy, name))) if known else (),
        due=tuple(_to_do(one) for one in gathered.due(of)) if known else (),
        owned=tuple(_thing(one) for one in gathered.owned(of)) if known else (),
        counts=counts,
        no_counts=no_counts,
        own=own,
        no_own=no_own,
        holds=tuple(_holds(now, of)) if known else (),
        entered=tuple(_entered(of)) if name else (),
        appeals=tuple(_appeals(now, name)) if name else (),
    )


# -- parts ---------------------------------------------------------------------------------


def _whose(now: Snapshot, asked: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Whose page it is, and who may be chosen: fails closed, since a page that is told nothing is nobody's."""
    named, who = asked.get("name", ""), asked.get(WHO, "")
    if not asked.get(ALONE):
        if named not in ("", who):
            raise UsageError("this page is of whoever looks.", "Open it without a name.")
        return who, ()
    if named and named not in now.policy.people:
        raise UsageError(f"{named[:60]!r} is not listed under people.", f"There are {', '.join(now.policy.people)}.")
    own = who if who in now.policy.people else ""
    return named or own, tuple(now.policy.people)


def _counts(now: Snapshot, of: gathered.Whose, quarter: str) -> tuple[Counts | None, str]:
    if not of.teams:
        return None, ""
    try:
        found = now.books.once(
            ("incentives", now.policy.digest, quarter, now.moment),
            lambda: figures(now.ledger, now.policy, {"quarter": quarter}, now.row, now.moment),
        )
    except UsageError as error:
        return None, f"{error.message} {error.next_step}".strip()
    teams = tuple(
        TeamFigure(team=one["team"], multiplier=one["multiplier"], score=one["score"], why=one["why"])
        for one in found["teams"]
        if one["team"] in of.teams
    )
    return Counts(
        final=found["final"],
        published=found["counts"],
        row=found["published"] or 0,
        rule=_rule(found["rule"]),
        teams=teams,
    ), ""


def _rule(rule: Mapping[str, Any]) -> str:
    return (
        f"{rule['low']:g} at a score of {rule['from']:g}, rising to {rule['high']:g} from {rule['to']:g} on, on "
        f"{rule['safety_share']:.0%} of each bonus; 0 while a veto has stood for {rule['deadline_days']} days or more."
    )


def _own(now: Snapshot, name: str, quarter: str) -> tuple[Own | None, str]:
    if name not in now.policy.people:
        return None, ""
    try:
        found = person_figures(now.ledger, now.policy, quarter, name=name, by=name, upto=now.row, moment=now.moment)
    except UsageError as error:
        return None, f"{error.message} {error.next_step}".strip()
    fixes, training = found["fixes"], found["training"]
    return Own(
        reports=found["reports"],
        reviews=found["reviews"],
        hunts=found["hunts"],
        retained=training["retained"],
        courses=training["owed"],
        in_time=fixes["in_time"],
        owed=fixes["owed"],
        place=fixes["place"],
        share=fixes["share"],
        low=fixes["low"],
        high=fixes["high"],
        least=found["least"],
        rows=tuple(found["rows"]),
    ), ""


_LINKS: Mapping[str, str] = {
    "system": "/systems/{}",
    "KPI": "/kpis/{}",
    "vendor": "/scorecard/{}",
    "consent": "/gates/{}",
    "finding": "/incidents#findings",
    "incident": "/incidents",
    "course": "/learning#training",
    "priority": "/learning#board",
}


def _link(kind: str, id_: str) -> str:
    return _LINKS.get(kind, "").format(id_)


def _thing(one: gathered.Owned) -> Thing:
    return Thing(kind=one.kind, id=one.id, words=one.words, through=one.through, link=_link(one.kind, one.id))


def _to_do(one: gathered.Due) -> ToDo:
    return ToDo(kind=one.kind, id=one.id, at=one.at, words=one.words, late=one.late, link=_link(one.kind, one.id))


def _holds(now: Snapshot, of: gathered.Whose) -> Iterator[Holds]:
    known = courses(now.policy.learning)
    for one in gathered.held(of):
        yield Holds(
            course=one.course,
            title=known[one.course].title,
            state=one.state,
            completed=one.completed,
            until=one.until,
            asked_from=one.asked_from,
            score=one.score,
            needed=known[one.course].pass_,
        )


def _entered(of: gathered.Whose) -> Iterator[Entry]:
    for one in gathered.entered(of):
        entry = one.entry
        yield Entry(kind=entry.kind, id=entry.id, system=entry.system, at=entry.at, row=one.seq)


def _appeals(now: Snapshot, name: str) -> Iterator[Appeal]:
    for one in appeals(now.books):
        if one.by == name:
            yield Appeal(
                appeal=one.appeal,
                figure=one.figure,
                what=one.what,
                answer=one.answer,
                answered_by=one.answered_by,
                why=one.why,
            )
