"""Looks whether a suite still measures, and records what was found."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab import __version__
from trimtab.decision import Verdict
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Probed, RunStarted, Subject
from trimtab.kinds import Case, Message, System, plugins
from trimtab.measure.canary import goes_on, is_canary, requests
from trimtab.measure.overlap import Overlap, Scanned
from trimtab.measure.suites import LoadedSuite
from trimtab.policy import Policy

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
    data: str  # digest of the cases in their order

    @property
    def record(self) -> Probed:
        """As the ledger keeps it: digests and numbers, no text."""
        facts = {
            "suite": self.suite,
            "cases": self.cases,
            "n": self.n,
            "found": len(self.shares),
            "short": len(self.short),
            "files": [{"digest": one.digest, "characters": one.characters, "cases": one.cases} for one in self.files],
        }
        return _probed("contamination", self.data, self.verdict, facts)

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
    planted = [Case(id=f"canary {one[-4:]}", messages=(Message("user", one),)) for one in suite.canaries]
    overlap = Overlap([*suite.cases, *planted], n)
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
        data=suite.order_digest,
    )
    if ledger:
        _keep(found.record, ledger)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryAsked:
    """Whether a candidate could go on with the canaries of a suite."""

    suite: str
    candidate: str
    canaries: int
    asked: int  # calls
    known: int  # canaries that it went on with
    recorded: bool

    @property
    def verdict(self) -> Verdict:
        """FAIL when one was known. PASS says that none was, which is no proof that it never saw the file."""
        return Verdict.FAIL if self.known else Verdict.PASS


def ask_canaries(policy: Policy, suite: LoadedSuite, *, system: str, candidate: str, ledger: str = "") -> CanaryAsked:
    """Ask a candidate to go on with each canary of a suite, in several ways.

    Raises:
        UsageError: No such candidate, or the suite has no canary of ours.
        SystemUnavailableError: It could not be asked.
        CallError: A call failed: then nothing is known.
        LedgerError: The ledger cannot be written.
    """
    spec = policy.systems.get(system)
    if spec is None or candidate not in spec.candidates:
        raise UsageError(
            f"the policy has no candidate {candidate!r} of a system {system!r}.", "`trimtab check` lists them."
        )
    canaries = [one for one in suite.canaries if is_canary(one)]
    if not canaries:
        hint = "`trimtab suites export` plants one in every line of the file that it writes."
        raise UsageError(f"suite {suite.name} has no canary.", hint)
    whole = spec.whole(candidate)
    known, asked = asyncio.run(_ask(plugins.make("systems", whole.plugin, **whole.with_), canaries))
    found = CanaryAsked(
        suite=suite.name,
        candidate=candidate,
        canaries=len(canaries),
        asked=asked,
        known=known,
        recorded=bool(ledger),
    )
    if ledger:
        facts = {
            "suite": suite.name,
            "system": system,
            "candidate": candidate,
            "canaries": len(canaries),
            "known": known,
        }
        _record("canary", suite.order_digest, found.verdict, facts, ledger)
    return found


async def _ask(system: System, canaries: Sequence[str]) -> tuple[int, int]:
    known = asked = 0
    async with system:
        for canary in canaries:
            replies = []
            for request in requests(canary):
                asked += 1
                replies.append((await system.ask(request)).text)
            known += any(goes_on(canary, reply) for reply in replies)
    return known, asked


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
    _keep(_probed(probe, data, verdict, facts), ledger)


def _probed(probe: str, data: str, verdict: Verdict, facts: dict[str, object]) -> Probed:
    return Probed(probe=probe, data=data, verdict=verdict.value, facts=facts, trimtab=__version__)


def _keep(record: Probed, ledger: str) -> None:
    with Ledger.open(ledger) as opened:
        opened.append([record], subject=Subject(), run="", maker=_MAKER, policy="", durable=True)
