"""Data sets: which cases were asked, how often they were seen, where registered data comes from, who uses it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.registered import Registry, registry_of
from trimtab.decision.registry import lineage
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.readings import Seen, seen_of
from trimtab.workspace.datasets import AskedCases, Brought, Data, data_of

_RUNS = 6  # runs that are named of one suite
_SHOWN = 100  # rows of one table


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """About which share of all cases of two suites both have, in [0, 1], told from sketches of 64 hashes."""

    suite: str
    order: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How often a system was looked at on the same or much the same cases."""

    system: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Somebody looked at cases: for what, and what was found; `at` in microseconds since the epoch, UTC."""

    row: int
    at: int
    probe: str
    verdict: str
    suite: str
    data: str
    numbers: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The very same cases, asked in the same order; `order` is their digest. `runs` are the newest of `times`."""

    suite: str
    version: str
    order: str
    cases: int
    seed: str
    source: str
    first: int
    last: int
    times: int
    runs: tuple[str, ...]
    systems: tuple[str, ...]
    looks: tuple[Look, ...]
    alike: tuple[Alike, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A data set or feature of the registry; `traced` says whether its every path leads to a source."""

    id: str
    type: str
    owner: str
    version: str
    digest: str
    purpose: str
    sources: tuple[str, ...]
    made_from: tuple[str, ...]
    used_by: tuple[str, ...]
    traced: bool
    state: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSets:
    """All of the page. `most` is how often any system was looked at on the same cases at most."""

    lineage: Seen
    most: int
    cases: tuple[Cases, ...]
    registered: tuple[Registered, ...]
    imported: tuple[Brought, ...]
    others: tuple[Finding, ...]


def data_sets(now: Snapshot, _: Standing, __: Mapping[str, str]) -> DataSets:
    """Everything that the ledger knows of data."""
    end = now.moment + 1
    known = data_of(now.ledger, now.evidence.policies, upto=now.row)
    orders = {one.order for one in known.asked}
    return DataSets(
        lineage=seen_of(lineage(now.books, now.policy, end=end)),
        most=max((times for one in known.asked for times in one.looks.values()), default=0),
        cases=tuple(_cases(one, known) for one in known.asked[:_SHOWN]),
        registered=tuple(_registered(registry_of(now.books, now.policy, end=end))),
        imported=known.brought[:_SHOWN],
        others=tuple(_findings(known, lambda data: data not in orders))[:_SHOWN],
    )


# -- parts ---------------------------------------------------------------------------------


def _cases(one: AskedCases, known: Data) -> Cases:
    return Cases(
        suite=one.suite,
        version=one.version,
        order=one.order,
        cases=one.cases,
        seed=one.seed,
        source=one.source,
        first=one.first,
        last=one.last,
        times=len(one.runs),
        runs=tuple(one.runs[:_RUNS]),
        systems=tuple(sorted(one.systems)),
        looks=tuple(Look(system=name, times=times) for name, times in sorted(one.looks.items())),
        alike=tuple(Alike(suite=name, order=order, share=share) for name, order, share in one.resembles),
        findings=tuple(_findings(known, lambda data: data == one.order)),
    )


def _findings(known: Data, wanted: Callable[[str], bool]) -> Iterator[Finding]:
    for one in known.probes:
        if wanted(one.data):
            yield Finding(
                row=one.row,
                at=one.at,
                probe=one.probe,
                verdict=one.verdict,
                suite=one.suite,
                data=one.data,
                numbers=one.facts,
            )


def _registered(registry: Registry) -> Iterator[Registered]:
    things = registry.things.values()
    for one in things:
        entry = one.entry
        if entry.type not in ("dataset", "feature"):
            continue
        yield Registered(
            id=entry.thing,
            type=entry.type,
            owner=entry.owner,
            version=entry.version,
            digest=entry.digest,
            purpose=entry.purpose,
            sources=tuple(name for name in entry.sources if name),
            made_from=entry.made_from,
            used_by=tuple(other.entry.thing for other in things if entry.thing in other.entry.made_from),
            traced=registry.traced(entry.thing),
            state=entry.status,
            problems=tuple(f"{name}: {why}" for name, why in one.problems.items()),
        )
