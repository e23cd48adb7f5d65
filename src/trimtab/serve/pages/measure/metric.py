"""One KPI: what it means, how it went, what stands against it, and the evidence that it rests on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.kpis.page import QUARTERS
from trimtab.decision.kpis.reading import read
from trimtab.policy.kpi_catalogue import counters, kpi_catalogue
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Reading, Seen, reading_of, seen_of
from trimtab.workspace.kpis import read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A KPI in one quarter."""

    quarter: str
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A figure beside a KPI."""

    name: str
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the ledger, or a run, that a KPI rests on; `at` is when it happened, in microseconds, UTC."""

    row: int
    kind: str
    id: str
    system: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What tells when a KPI is improved at the cost of something else; `kpi` says whether it is one itself."""

    id: str
    title: str
    question: str
    kpi: bool
    unit: str
    better: str
    floor: float | None
    target: float | None
    history: tuple[Quarter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """All of the page. The first reading is of whom it is asked for."""

    quarter: str
    id: str
    title: str
    question: str
    unit: str
    better: str
    estimator: str
    interval: str
    n_min: int
    cadence: str
    half_life: str
    version: int
    reading: Reading
    others: tuple[Reading, ...]
    history: tuple[Quarter, ...]
    counter: Counter
    details: tuple[Detail, ...]
    evidence: tuple[Row, ...]
    evidence_rows: int
    links: tuple[str, ...]


def metric(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Metric:
    """The page of a KPI.

    Raises:
        UsageError: There is no such KPI, system or team.
    """
    period = now.period(asked.get("quarter", ""))
    subject = {"system": asked.get("system", ""), "team": asked.get("team", "")}
    page = read_page(now.evidence, now.policy, asked["kpi"], period, asof=now.moment, **subject)
    facts, readings = page.facts, [reading_of(one) for one in page.readings]
    return Metric(
        quarter=period.name,
        id=facts.id,
        title=facts.title,
        question=facts.question,
        unit=facts.unit,
        better=facts.better,
        estimator=facts.estimator,
        interval=facts.interval,
        n_min=facts.n_min,
        cadence=facts.cadence,
        half_life=facts.half_life,
        version=facts.version,
        reading=readings[0],
        others=tuple(readings[1:]),
        history=tuple(Quarter(quarter=name, seen=seen_of(seen)) for name, seen in page.history.items()),
        counter=_counter(now, facts.counter, readings[0], asked.get("quarter", "")),
        details=tuple(Detail(name=name, seen=seen_of(seen)) for name, seen in page.details.items()),
        evidence=tuple(Row(row=one.seq, kind=one.kind, id=one.id, system=one.system, at=one.at) for one in page.rows),
        evidence_rows=page.row_count,
        links=tuple(page.links),
    )


def _counter(now: Snapshot, counter: str, of: Reading, quarter: str) -> Counter:
    known = kpi_catalogue().get(counter)
    if known is None:
        facts = counters()[counter]
        return Counter(
            id=counter,
            title=counter,
            question=facts.question,
            kpi=False,
            unit="ratio",
            better=facts.better,
            floor=None,
            target=None,
            history=tuple(_counted(now, of, quarter)),
        )
    subject = {of.scope: of.name} if of.scope in known.scopes and of.scope in ("system", "team") else {}
    page = read_page(now.evidence, now.policy, counter, now.period(quarter), asof=now.moment, **subject)
    first = reading_of(page.readings[0])
    return Counter(
        id=counter,
        title=known.title,
        question=known.question,
        kpi=True,
        unit=known.unit,
        better=known.better,
        floor=first.floor,
        target=first.target,
        history=tuple(Quarter(quarter=name, seen=seen_of(seen)) for name, seen in page.history.items()),
    )


def _counted(now: Snapshot, of: Reading, quarter: str) -> Iterator[Quarter]:
    """A counter that is no KPI, over as many quarters as a KPI is shown for."""
    periods = [now.period(quarter)]
    while len(periods) < QUARTERS:
        periods.append(periods[-1].before())
    for period in periods[::-1]:
        asked = now.evidence.asked(now.policy, period, asof=now.moment).of(of.scope, of.name)
        yield Quarter(quarter=period.name, seen=seen_of(read(of.kpi, asked).counter_seen))
