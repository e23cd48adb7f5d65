"""Looks whether a suite still measures, and records what was found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab import __version__
from trimtab.decision import Verdict
from trimtab.evidence import Ledger
from trimtab.evidence.records import Probed, Subject
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


def _record(probe: str, data: str, verdict: Verdict, facts: dict[str, object], ledger: str) -> None:
    record = Probed(probe=probe, data=data, verdict=verdict.value, facts=facts, trimtab=__version__)
    with Ledger.open(ledger) as opened:
        opened.append([record], subject=Subject(), run="", maker=_MAKER, policy="", durable=True)
