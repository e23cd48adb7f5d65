"""What a ledger knows of data: cases that runs asked, what is alike or was seen before, and files of other tools."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trimtab.evidence import Ledger
from trimtab.evidence.records import Import, Looked, Probed, RunStarted
from trimtab.policy import Policy
from trimtab.workspace.looks import Sketch, alike

_ALIKE = 0.01  # shares below are not told: sketches of 64 hashes do not know better


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Somebody looked at the cases of a suite: `probe` says for what, `at` when (microseconds since the epoch, UTC)."""

    row: int
    at: int
    probe: str
    verdict: str
    suite: str
    data: str  # digest of the cases in their order
    facts: tuple[tuple[str, float], ...]  # numbers by name


@dataclass(slots=True, kw_only=True)
class AskedCases:
    """The very same cases in the same order, wherever they were asked.

    `order` is their digest. `looks` is by system how often it was looked at on these or much the same cases, and
    `resembles` about which share of all cases of this and another suite both have.
    """

    suite: str
    version: str
    order: str
    cases: int
    seed: str
    source: str
    first: int
    last: int = 0
    runs: list[str] = field(default_factory=list)  # the newest first
    systems: list[str] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    resembles: list[tuple[str, str, float]] = field(default_factory=list)  # suite, order, share
    sketch: Sketch = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Results of another tool's file, as some run rests on them; `file` is its digest, `at` microseconds (UTC)."""

    run: str
    at: int
    system: str
    candidate: str
    suite: str
    tool: str
    version: str
    model: str
    file: str
    results: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """All of it, the newest first."""

    asked: tuple[AskedCases, ...]
    brought: tuple[Brought, ...]
    probes: tuple[Probe, ...]


def data_of(ledger: Ledger, policies: Callable[[str], Policy | None], *, upto: int) -> Data:
    """What a ledger knows of data by a row. No text of a case is in it.

    Args:
        ledger: Where it is.
        policies: Finds a policy by its digest, for where cases come from.
        upto: The row.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    asked: dict[str, AskedCases] = {}
    of_run: dict[tuple[str, str], AskedCases] = {}
    for row, record in ledger.records(kind=RunStarted.kind, upto=upto):
        if not isinstance(record, RunStarted):
            continue
        for name, facts in record.suites.items():
            one = asked.get(facts["order"])
            if one is None:
                one = asked[facts["order"]] = AskedCases(
                    suite=name,
                    version=str(facts.get("version", "")),
                    order=facts["order"],
                    cases=int(facts["cases"]),
                    seed=str(facts.get("seed", "")),
                    source=_source(policies(row.policy), name),
                    first=row.time,
                )
            of_run[row.run, name] = one
            one.last = row.time
            if row.run not in one.runs:
                one.runs.insert(0, row.run)
            if row.system not in one.systems:
                one.systems.append(row.system)
    for row, record in ledger.records(kind=Looked.kind, upto=upto):
        if isinstance(record, Looked) and (seen := of_run.get((row.run, record.suite))) is not None:
            seen.sketch = record.sketch
            seen.looks[row.system] = max(seen.looks.get(row.system, 0), record.number)
    _resemblances([*asked.values()])
    return Data(
        asked=tuple(sorted(asked.values(), key=lambda one: -one.last)),
        brought=tuple(_brought(ledger, upto)),
        probes=tuple(_probes(ledger, upto)),
    )


def _resemblances(every: list[AskedCases]) -> None:
    for place, one in enumerate(every):
        for other in every[place + 1 :]:
            if one.sketch and other.sketch and (share := alike(one.sketch, other.sketch)) >= _ALIKE:
                one.resembles.append((other.suite, other.order, share))
                other.resembles.append((one.suite, one.order, share))


def _source(policy: Policy | None, name: str) -> str:
    """Where a suite's cases come from, as the policy says; no path, since a report may go to many."""
    spec = policy.suites.get(name) if policy else None
    if spec is None:
        return f"built in: {name}" if policy else "not known"
    if spec.builtin:
        return f"built in: {spec.builtin}"
    return "a file" if spec.file else "code of the policy" if spec.python else f"results of {spec.imported}"


def _brought(ledger: Ledger, upto: int) -> Iterable[Brought]:
    found = [
        Brought(
            run=row.run,
            at=row.time,
            system=row.system,
            candidate=row.candidate,
            suite=record.suite,
            tool=record.tool,
            version=record.version,
            model=record.model,
            file=record.file,
            results=record.results,
        )
        for row, record in ledger.records(kind=Import.kind, upto=upto)
        if isinstance(record, Import)
    ]
    return found[::-1]


def _probes(ledger: Ledger, upto: int) -> Iterable[Probe]:
    found = [
        Probe(
            row=row.seq,
            at=row.time,
            probe=record.probe,
            verdict=record.verdict,
            suite=str(record.facts.get("suite", "")),
            data=record.data,
            facts=tuple(
                (name, float(number))
                for name, number in record.facts.items()
                if isinstance(number, int | float) and not isinstance(number, bool)
            ),
        )
        for row, record in ledger.records(kind=Probed.kind, upto=upto)
        if isinstance(record, Probed)
    ]
    return found[::-1]
