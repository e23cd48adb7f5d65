"""Opens a policy and a ledger; measures, decides, and shows what was decided."""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from trimtab import __version__
from trimtab.decision import decide, to_payload
from trimtab.errors import SystemUnavailableError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Decided, PolicyAdopted, Record, RunFinished, RunStarted, Subject
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Purse
from trimtab.measure.suites import LoadedSuite
from trimtab.policy import Policy, load_policy
from trimtab.report import Report
from trimtab.workspace.again import decided_again
from trimtab.workspace.beginning import lines_of, started_of
from trimtab.workspace.brought import bring
from trimtab.workspace.location import DEFAULT_LEDGER
from trimtab.workspace.lock import measuring_alone
from trimtab.workspace.looks import Looks
from trimtab.workspace.plan import make_plan
from trimtab.workspace.progress import Board
from trimtab.workspace.recall import Recalled, recall_earlier, recall_policy, recall_run
from trimtab.workspace.run import Measuring
from trimtab.workspace.showing import report_of

_MAKER = f"trimtab/{__version__}"


@dataclass(slots=True, kw_only=True)
class Workspace:
    """One policy, one ledger. Use `Workspace.open` and `with`.

    `policy` is None for work on the ledger alone; `base` is the folder that
    file suites are relative to.
    """

    policy: Policy | None
    base: Path
    ledger: Ledger
    replies: Path
    file: str = ""  # the policy's, as somebody in the same folder would type it

    @classmethod
    def open(cls, policy: str | Path | None, *, ledger: str | Path = "") -> Self:
        """Open a policy file and the ledger, which is made if need be.

        Args:
            policy: Path of the policy; None to work on an existing ledger alone.
            ledger: Path or URL; `.trimtab/ledger.db` below the current folder if empty.

        Raises:
            PolicyError: The policy has mistakes.
            LedgerError: The ledger cannot be opened.
        """
        loaded = load_policy(policy) if policy is not None else None
        where = str(ledger or DEFAULT_LEDGER)
        folder = Path(DEFAULT_LEDGER).parent if "://" in where else Path(where).parent
        return cls(
            policy=loaded,
            base=Path(policy).parent if policy is not None else Path(),
            ledger=Ledger.open(where, create=policy is not None),
            replies=folder / "replies.db",
            file=typed(policy),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.ledger.close()

    # -- measuring ---------------------------------------------------------------

    def run(
        self,
        system: str = "",
        *,
        candidates: Sequence[str] = (),
        require: str = "",
        max_calls: int | None = None,
        fresh: bool = False,
        board: Board | None = None,
    ) -> Report:
        """Measure the candidates of a system, decide, and record everything.

        Only one run at a time measures with one ledger. A run of the same
        policy and suites that was interrupted, or ended by its budget or for
        want of an answer, goes on where it was, unless `fresh`. `require`
        names a candidate that must be among those measured, since somebody
        will ask for its verdict.

        Raises:
            UsageError: No such system or candidate, or several systems and none named.
            SystemUnavailableError: Not one candidate could be asked.
            LedgerAlteredError: The ledger does not verify; nothing was asked.
            TrimtabError: See its subclasses.
        """
        board = board or Board()
        policy, name = self._system(system)
        plan = make_plan(policy, self.base, system=name, candidates=tuple(candidates), require=require)
        budget = plan.spec.budget if max_calls is None else plan.spec.budget.model_copy(update={"calls": max_calls})
        with measuring_alone(self.ledger), Cache(self.replies) as cache:
            board.say("verifying the ledger")
            self.ledger.verify().raise_if_bad()
            brought = bring(self.ledger, policy, plan)
            started = started_of(policy, plan, fresh=fresh, brought=brought)
            resumed = None if fresh else self._interrupted(policy, name, started)
            if resumed:
                started = resumed.started
            run = resumed.run if resumed else self._begin(policy, name, started)
            board.lines = lines_of(policy, plan)
            measuring = Measuring(
                policy=policy,
                plan=plan,
                ledger=self.ledger,
                cache=cache,
                board=board,
                run=run,
                purse=Purse(budget=budget),
                recorded=resumed.recorded() if resumed else {},
                artefacts=resumed.artefacts if resumed else {},
                before=Looks.of(self.ledger, name, without=run),
                brought=brought,
                looks=resumed.looks if resumed else {},
                fresh=started.fresh,
            )
            return self._measured(measuring)

    def _measured(self, measuring: Measuring) -> Report:
        """Measure, and record how it ended together with what was decided, so that neither is without the other."""
        begun = time.monotonic()
        asyncio.run(measuring.measure())
        plan, tally, run = measuring.plan, measuring.tally, measuring.run
        lost = all(name in tally.unavailable for name in plan.candidates)
        finished = RunFinished(
            outcome="unavailable" if lost else "budget" if measuring.purse.empty else "complete",
            calls=tally.calls,
            cached=tally.cached,
            tokens=tally.tokens,
            errors=dict(tally.errors),
            seconds=round(time.monotonic() - begun, 3),
        )
        recalled = recall_run(self.ledger, run)
        if lost and not recalled.answered:
            self._append(finished, system=plan.system, run=run, policy=measuring.policy.digest)
            raise _nobody_answered({name: tally.unavailable[name] for name in plan.candidates})
        if measuring.breaches.found:
            measuring.board.say("looking what would have stopped each attack")
            self._tell_breaches(measuring)
            recalled = recall_run(self.ledger, run)
        measuring.board.say("deciding")
        return self._decide(recalled, finished, suites=plan.suites)

    def _tell_breaches(self, measuring: Measuring) -> None:
        """Record each attack that got through, with what would have stopped it."""
        policy, system = measuring.policy, measuring.plan.system
        for candidate, records in measuring.breaches.records(policy, system):
            subject = Subject(system=system, candidate=candidate)
            self.ledger.append(records, subject=subject, run=measuring.run, maker=_MAKER, policy=policy.digest)

    def _system(self, name: str) -> tuple[Policy, str]:
        if self.policy is None:
            raise UsageError("measuring needs a policy.", "Open the workspace with the path of one.")
        systems = self.policy.systems
        if not name and len(systems) == 1:
            return self.policy, next(iter(systems))
        if name not in systems:
            what = f"there is no system {name!r} in the policy." if name else "the policy has several systems."
            raise UsageError(what, f"Name one with --system: {', '.join(systems)}.")
        return self.policy, name

    def _interrupted(self, policy: Policy, system: str, started: RunStarted) -> Recalled | None:
        """The last run of this system, if it asked the very same and was not completed."""
        last = next((run for run in self.ledger.runs() if run.system == system), None)
        if last is None or last.outcome == "complete" or last.policy != policy.digest:
            return None
        recalled = recall_run(self.ledger, last.run)
        same = replace(recalled.started, fresh=False) == replace(started, fresh=False)
        return recalled if same else None

    def _begin(self, policy: Policy, system: str, started: RunStarted) -> str:
        begun = time.gmtime(self.ledger.now() // 1_000_000)
        run = f"{time.strftime('%Y%m%dT%H%M%S', begun)}-{secrets.token_hex(3)}"
        known = any(row.policy == policy.digest for row in self.ledger.rows(kind=PolicyAdopted.kind))
        adopted = [] if known else [PolicyAdopted(text=policy.model_dump_json(by_alias=True))]
        if adopted:
            self._append(*adopted, system="", run="", policy=policy.digest)
        self._append(started, system=system, run=run, policy=policy.digest)
        return run

    def _append(self, *records: Record, system: str, run: str, policy: str) -> int:
        row = self.ledger.append(
            records, subject=Subject(system=system), run=run, maker=_MAKER, policy=policy, durable=True
        )
        return row.time

    # -- deciding ----------------------------------------------------------------

    def _decide(
        self, recalled: Recalled, finished: RunFinished, *, suites: Mapping[str, LoadedSuite] | None = None
    ) -> Report:
        """Decide from what the ledger holds and nothing else, the policy included, and record it."""
        policy = recall_policy(self.ledger, recalled.policy_digest)
        moment = self.ledger.now()
        earlier = recall_earlier(self.ledger, recalled, policy)
        measured = replace(recalled.measurements(), earlier=earlier)
        decision = decide(policy, recalled.system, measured, run=recalled.run, time=moment)
        decided = Decided(decision=to_payload(decision))
        ended = [finished] if recalled.finished is None or finished != recalled.finished else []
        self._append(*ended, decided, system=recalled.system, run=recalled.run, policy=policy.digest)
        recalled.finished = finished
        return report_of(self.ledger, policy, decision, recalled, base=self.base, file=self.file, suites=suites)

    def decide_again(self, run: str) -> Report:
        """Decide a finished run anew, since people have marked some of it; the earlier decision stays in the ledger.

        Raises:
            UsageError: No such run, or it is not finished.
        """
        recalled = recall_run(self.ledger, run)
        if recalled.finished is None:
            raise UsageError(f"run {run} is not finished.", "Go on with it: `trimtab run`.")
        return self._decide(recalled, recalled.finished)

    def report(self, run: str = "latest") -> Report:
        """A recorded decision again: recomputed from the ledger alone, and the same to the digit.

        Raises:
            UsageError: No such run, or it was never decided.
            LedgerAlteredError: The ledger does not verify.
            UnreproducibleError: Today's code decides differently.
        """
        self.ledger.verify().raise_if_bad()
        return self.recomputed(run)

    def recomputed(self, run: str) -> Report:
        """As `report`, on a ledger that has been verified.

        Raises:
            UsageError: No such run, or it was never decided.
            UnreproducibleError: Today's code decides differently.
        """
        return decided_again(self.ledger, self._named(run), base=self.base, file=self.file)

    def recalled(self, run: str = "latest") -> Recalled:
        """A run as the ledger holds it; the latest that was decided unless named.

        Raises:
            UsageError: No such run.
        """
        return recall_run(self.ledger, self._named(run))

    def _named(self, run: str) -> str:
        """The run that a name or the beginning of one means, if it means just one; "latest" is the last one decided."""
        if run == "latest":
            decided = next((summary.run for summary in self.ledger.runs() if summary.verdict), "")
            if not decided:
                raise UsageError("the ledger holds no decision yet.", "Make one with `trimtab run`.")
            return decided
        known = [summary.run for summary in self.ledger.runs()]
        meant = [name for name in known if name.startswith(run)]
        return meant[0] if run not in known and len(meant) == 1 else run


def typed(policy: str | Path | None) -> str:
    """A policy's path for people elsewhere: as it was given, but nothing that tells of a machine."""
    if policy is None:
        return ""
    path = Path(policy)
    return path.name if path.is_absolute() else str(path)


def _nobody_answered(unavailable: Mapping[str, SystemUnavailableError]) -> SystemUnavailableError:
    if len(unavailable) == 1:
        return next(iter(unavailable.values()))
    first = next(iter(unavailable.values()))
    names = ", ".join(unavailable)
    return SystemUnavailableError(
        names, f"not one candidate could be asked; the first says: {first.detail}", first.next_step
    )
