"""Looks whether a suite still measures, and records what was found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab import __version__
from trimtab.decision import Verdict
from trimtab.evidence import Ledger
from trimtab.evidence.records import Probed, RunStarted, Subject
from trimtab.measure.overlap import Overlap, Scanned
from trimtab.measure.suites import LoadedSuite

_MAKER = f"trimtab/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contamination:
    """What of a suite stands in some files. `shares` is by id of each case that is there: how much of its n-grams."""

    suite: str
    cases: int
    n: int
    shares: dict[str, float]
    short: tuple[str, ...]  # ids of cases with too few words to tell
    files: tuple[Scanned, ...]
    recorded: bool

    @property
    def verdict(self) -> Verdict:
        """FAIL when anything was found; PASS only if there was enough of every case to look for."""
        if self.shares:
            return Verdict.FAIL
        return Verdict.INCONCLUSIVE if self.short else Verdict.PASS


def contamination(
    suite: LoadedSuite,
    files: Sequence[Path],
    *,
    n: int,
    ledger: str = "",
    listen: Callable[[Path], None] = lambda _: None,
) -> Contamination:
    """Look for n-grams of words of a suite in texts that a model may have been trained on.

    Raises:
        UsageError: A file cannot be read.
        LedgerError: The ledger cannot be written.
    """
    overlap = Overlap(suite.cases, n)
    scanned = []
    for path in files:
        listen(path)
        scanned.append(overlap.scan(path))
    found = Contamination(
        suite=suite.name,
        cases=len(suite.cases),
        n=n,
        shares=overlap.shares,
        short=tuple(case.id for case in overlap.short),
        files=tuple(scanned),
        recorded=bool(ledger),
    )
    if ledger:
        facts = {
            "suite": suite.name,
            "cases": found.cases,
            "n": n,
            "found": len(found.shares),
            "short": len(found.short),
            "files": [{"digest": one.digest, "characters": one.characters, "cases": one.cases} for one in scanned],
        }
        _record("contamination", suite.order_digest, found.verdict, facts, ledger)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How often the very cases of a suite were asked: in so many runs, by system."""

    suite: str
    order: str  # digest of the cases in their order
    runs: dict[str, int]  # system -> runs that began with them
    latest: int  # when the last of them began, microseconds since the epoch, UTC; 0 for never

    @property
    def total(self) -> int:
        """Of all systems together: whoever tuned on them once has seen them."""
        return sum(self.runs.values())


def uses(ledger: Ledger, suites: Sequence[LoadedSuite]) -> list[Uses]:
    """Count the runs in a ledger that asked the cases of each suite, in their order and words."""
    runs: dict[str, dict[str, int]] = {suite.order_digest: {} for suite in suites}
    latest = dict.fromkeys(runs, 0)
    for row, record in ledger.records(kind=RunStarted.kind):
        if not isinstance(record, RunStarted):
            continue
        for facts in record.suites.values():
            if (order := facts["order"]) in runs:
                runs[order][row.system] = runs[order].get(row.system, 0) + 1
                latest[order] = max(latest[order], row.time)
    return [
        Uses(suite=one.name, order=one.order_digest, runs=runs[one.order_digest], latest=latest[one.order_digest])
        for one in suites
    ]


def _record(probe: str, data: str, verdict: Verdict, facts: dict[str, object], ledger: str) -> None:
    record = Probed(probe=probe, data=data, verdict=verdict.value, facts=facts, trimtab=__version__)
    with Ledger.open(ledger) as opened:
        opened.append([record], subject=Subject(), run="", maker=_MAKER, policy="", durable=True)
