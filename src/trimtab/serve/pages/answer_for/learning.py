"""Liaison and learning: what the business wants beside what safety asks, who knows what, what was learned and won."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.decided import decided_answers
from trimtab.decision.funding import fundings
from trimtab.decision.incidents import Finding
from trimtab.decision.kpis.reading import KpiReading
from trimtab.decision.learning import Holding, holdings
from trimtab.decision.learning_groups import Group, groups, least_shown
from trimtab.decision.lessons import Module, modules
from trimtab.decision.liaison import Line, board
from trimtab.decision.model import Verdict
from trimtab.decision.period import Period
from trimtab.decision.wins import PARTS
from trimtab.policy.courses import courses
from trimtab.serve.pages.answer_for.cases import due_of
from trimtab.serve.pages.declared import ALONE
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.consents import latest_decisions
from trimtab.serve.pages.values.readings import Reading, Seen, reading_of, seen_of
from trimtab.workspace.kpis import read_kpis
from trimtab.workspace.wins import Told, told_wins

_WORST = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What shows how a line stands: a KPI of the organisation, or a metric of the policy on systems of the line."""

    name: str
    asks: str
    kpi: bool
    verdict: str
    why: str
    seen: Seen
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A finding that stands against a line: who owes the fix, and by when; 0 where nobody said."""

    id: str
    severity: str
    system: str
    owner: str
    due: int
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One line of the liaison board. `mended` of the quarter are findings against it whose fix was verified."""

    priority: str
    safety: str
    owner: str
    systems: tuple[str, ...]
    requirements: tuple[str, ...]
    shown: tuple[Shown, ...]
    open: tuple[Due, ...]
    mended: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A request that somebody speaks for to the business; money in the policy's currency, `due` 0 where nobody said."""

    request: str
    liaison: str
    team: str
    category: str
    amount: float
    released: float
    spent: float
    state: str
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Untied:
    """Something that is tied to nothing, and why that is said."""

    what: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course as the policy has it; `answer` is the least share of right answers."""

    course: str
    title: str
    roles: tuple[str, ...]
    valid_days: int
    answer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A course, team or role: how many people, which share holds all it owes, which passed its last quiz."""

    kind: str
    name: str
    people: int
    held: Seen
    knew: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One person and one course; moments in microseconds since the epoch, UTC, 0 for none."""

    person: str
    team: str
    course: str
    state: str
    completed: int
    asked_from: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What happened of one kind: how many cases, the worst, the last day, and some of them."""

    hazard: str
    cases: int
    worst: str
    last: str
    some: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of a win; `stale` says what its numbers are now."""

    part: str
    text: str
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """A win on one page."""

    id: str
    title: str
    system: str
    by: str
    at: int
    row: int
    stale: int
    sentences: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """All of the page. `people` are shown to somebody who alone can look, who has the ledger in any case."""

    quarter: str
    currency: str
    board: tuple[Tie, ...]
    spoken: tuple[Spoken, ...]
    gaps: tuple[Untied, ...]
    courses: tuple[Course, ...]
    training: tuple[Reading, ...]
    shares: tuple[Share, ...]
    least: int
    people: tuple[Held, ...]
    people_kept: int
    lessons: tuple[Lesson, ...]
    wins: tuple[Win, ...]


def learning(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Learning:
    """The liaison board, training, what happened as lessons, and wins, as of a quarter."""
    period, end = now.period(asked.get("quarter", "")), min(now.moment + 1, now.period(asked.get("quarter", "")).end)
    found = board(now.policy, now.books, end=end)
    held = holdings(now.policy, now.books, end=end)
    read = {one.kpi: reading_of(one) for one in _readings(now, period, found.lines)}
    training = read_kpis(now.evidence, now.policy, period, asof=now.moment, ids=["P09"], scopes=("organisation",))
    told = list(told_wins(now.ledger, now.books, asof=end - 1, currency=now.policy.currency))
    return Learning(
        quarter=period.name,
        board=tuple(_tie(now, one, read, period) for one in found.lines),
        currency=now.policy.currency,
        spoken=tuple(_spoken(now, end)),
        gaps=tuple(Untied(what=one.what, name=one.name, why=one.why) for one in found.gaps),
        courses=tuple(
            Course(course=o.name, title=o.title, roles=o.roles, valid_days=o.valid_days, answer=o.pass_)
            for o in courses(now.policy.learning).values()
        ),
        training=tuple(reading_of(one) for one in training) if "P09" in now.policy.kpis else (),
        shares=tuple(_share(one) for one in groups(now.policy, now.books, held, end=end) if one.people),
        least=least_shown(now.policy),
        people=tuple(_held(now, one) for one in held) if asked.get(ALONE) else (),
        people_kept=len({one.person for one in held}),
        lessons=tuple(sorted(map(_lesson, modules(now.policy, now.books, end=end)), key=lambda o: (o.worst, -o.cases))),
        wins=tuple(_win(one) for one in reversed(told)),
    )


# -- parts ---------------------------------------------------------------------------------


def _readings(now: Snapshot, period: Period, lines: tuple[Line, ...]) -> Iterator[KpiReading]:
    wanted = list(dict.fromkeys(name for one in lines for name, _, _ in one.metrics if name in now.policy.kpis))
    if wanted:
        yield from read_kpis(now.evidence, now.policy, period, asof=now.moment, ids=wanted, scopes=("organisation",))


def _tie(now: Snapshot, line: Line, read: Mapping[str, Reading], period: Period) -> Tie:
    return Tie(
        priority=line.priority,
        safety=line.safety,
        owner=line.owner,
        systems=line.systems,
        requirements=tuple(f"{link}: {title}" if title else link for link, title in line.requirements),
        shown=tuple(_shown(now, name, asks, line, read) for name, asks, _ in line.metrics),
        open=tuple(_due(now, one) for one in sorted(line.findings, key=lambda one: due_of(now, one))),
        mended=tuple(one.opened.finding for one in line.mended if period.holds(one.verified)),
    )


def _shown(now: Snapshot, name: str, asks: str, line: Line, read: Mapping[str, Reading]) -> Shown:
    if name in read:
        one = read[name]
        return Shown(
            name=name, asks=one.title, kpi=True, verdict=one.verdict, why=one.why, seen=one.seen, unit=one.unit
        )
    said = [
        answer
        for system, decision in latest_decisions(now).items()
        if not line.systems or system in line.systems
        for answer in decided_answers(decision, row=0, at=decision.time)
        if answer.metric == name
    ]
    worst = min(said, key=lambda one: _WORST.index(one.verdict), default=None)
    return Shown(
        name=name,
        asks=asks,
        kpi=False,
        verdict=worst.verdict.value if worst else Verdict.INCONCLUSIVE.value,
        why=f"{worst.subject}: {worst.words}" if worst else "nothing was measured",
        seen=Seen(missing="of-systems"),
        unit="",
    )


def _due(now: Snapshot, one: Finding) -> Due:
    due = due_of(now, one)
    opened = one.opened
    return Due(
        id=opened.finding,
        severity=opened.severity,
        system=opened.system,
        owner=opened.owner,
        due=due,
        late=0 < due < now.moment,
    )


def _spoken(now: Snapshot, end: int) -> Iterator[Spoken]:
    """Requests that have a liaison, the last first; what is settled or withdrawn is over."""
    for one in reversed([one for one in fundings(now.books, asof=end - 1) if one.asked.liaison]):
        if one.state not in ("settled", "withdrawn"):
            yield Spoken(
                request=one.asked.request,
                liaison=one.asked.liaison,
                team=one.asked.team,
                category=one.asked.category,
                amount=one.asked.amount / 100.0,
                released=one.released / 100.0,
                spent=one.spent / 100.0,
                state=one.state,
                due=one.due,
            )


def _share(one: Group) -> Share:
    return Share(kind=one.kind, name=one.name, people=one.people, held=seen_of(one.held), knew=seen_of(one.knew))


def _held(now: Snapshot, one: Holding) -> Held:
    person = now.policy.people.get(one.person)
    return Held(
        person=one.person,
        team=(person.team or "") if person else "",
        course=one.course,
        state=one.state,
        completed=one.completed,
        asked_from=one.asked_from,
        until=one.until,
    )


def _lesson(one: Module) -> Lesson:
    return Lesson(
        hazard=one.hazard,
        cases=len(one.cases),
        worst=min(case.severity for case in one.cases),
        last=max(case.when for case in one.cases),
        some=tuple(case.id for case in one.cases[:4]),
    )


def _win(one: Told) -> Win:
    return Win(
        id=one.win.win,
        title=one.win.title,
        system=one.win.system,
        by=one.by,
        at=one.at,
        row=one.row,
        stale=len(one.stale),
        sentences=tuple(
            Said(part=PARTS[part], text=said.text, stale=said.stale)
            for part in PARTS
            for said in one.sentences
            if said.part == part
        ),
    )
