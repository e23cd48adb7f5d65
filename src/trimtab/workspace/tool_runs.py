"""Runs another tool against a candidate, and takes its log as what was measured of that candidate."""

import asyncio
import hashlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trimtab._optional import need
from trimtab.enforce import Guard, GuardScreen
from trimtab.errors import PolicyError, SystemUnavailableError, ToolError, UsageError
from trimtab.kinds import Price, Score, System, plugins
from trimtab.measure.imports import read_results
from trimtab.measure.imports.found import Imported
from trimtab.measure.imports.kept import model_of
from trimtab.measure.runner import Job, Purse, Tally, asker
from trimtab.measure.tools.child import check_installed, environment, run_child
from trimtab.measure.tools.commands import MODULES, Command, Whom, command_of
from trimtab.measure.tools.relay import Counts, Relay
from trimtab.policy import Policy
from trimtab.policy.metric_spec import SuiteSpec
from trimtab.policy.tool_run import RUNNABLE
from trimtab.workspace.imports import Held, Made, add_results
from trimtab.workspace.lock import measuring_alone
from trimtab.workspace.workspace import Workspace

_LOOK_SECONDS = 0.25  # between looks whether the candidate can still be asked
_SHOW = "`--show-tool` shows what the tool itself prints."


@dataclass(slots=True)
class Asked:
    """What is known while a tool runs: whose turn it is, and what came of its requests. `listen` hears of changes."""

    listen: Callable[["Asked"], None] = lambda _: None
    candidate: str = ""
    suite: str = ""
    tool: str = ""
    tally: Tally = field(default_factory=Tally)
    counts: Counts = field(default_factory=Counts)

    def told(self) -> None:
        """Something changed."""
        self.listen(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A tool that ran to its end: what it found, where that stands, and what came of its requests."""

    candidate: str
    imported: Imported
    held: Held
    calls: int
    answered: int
    lost: Counter[str]
    refused: int


def run_tool(
    workspace: Workspace,
    *,
    system: str,
    suite: str,
    candidate: str,
    asked: Asked | None = None,
    shown: bool = False,
) -> Ran:
    """Run the tool of a suite against one candidate, and add what its log says to the ledger: all of it, or nothing.

    Args:
        workspace: Its policy has the suite, with `run`.
        system: Of the policy.
        suite: Which.
        candidate: Of that system. It is asked as in any run: through its guard, within its limits and its budget.
        asked: Is kept up to date meanwhile.
        shown: Whether what the tool prints, which may quote what was asked, goes to standard error.

    Raises:
        UsageError: The policy has no such suite, system or candidate, or names no interpreter.
        MissingPackageError: The tool is not installed there.
        SystemUnavailableError: The candidate could not be asked.
        ToolError: The tool did not end well, or its log cannot be taken.
        LedgerError: The ledger is in use, does not verify, or cannot be written.
    """
    policy, asked = workspace.policy, asked or Asked()
    if policy is None:
        raise UsageError("running a tool needs a policy.", "Open the workspace with the path of one.")
    spec = check_run(policy, suite)
    if candidate not in policy.systems[system].all_candidates:
        known = ", ".join(policy.systems[system].all_candidates)
        raise UsageError(f"{system} has no candidate {candidate!r}.", f"It has: {known}.")
    if spec.imported == "inspect":
        need("zstandard", extra="inspect")  # its log could not be read, and the asking would be for nothing
    asked.candidate, asked.suite, asked.tool = candidate, suite, spec.imported
    asked.tally, asked.counts = Tally(), Counts()
    with (
        measuring_alone(workspace.ledger),
        tempfile.TemporaryDirectory(prefix="trimtab-tool-", ignore_cleanup_errors=True) as name,
    ):
        workspace.ledger.verify().raise_if_bad()
        running = _Running(policy, workspace.base.resolve(), system, candidate, spec, Path(name), asked, shown)
        running.prepare()
        command = asyncio.run(running.run())
        imported = _read(spec.imported, Path(name), command, replies=asked.counts.answered)
    held = add_results(
        workspace.ledger,
        policy,
        imported,
        system=system,
        candidate=candidate,
        suite=suite,
        made=Made(
            asked=spec.asked_of_tool,
            command=running.recorded(command),
            task=running.task,
            calls=asked.tally.calls,
        ),
    )
    counts = asked.counts
    return Ran(
        candidate=candidate,
        imported=imported,
        held=held,
        calls=asked.tally.calls,
        answered=counts.answered,
        lost=counts.lost,
        refused=counts.refused,
    )


def check_run(policy: Policy, suite: str) -> SuiteSpec:
    """The suite, if the policy says how its tool is run.

    Raises:
        UsageError: It does not.
    """
    spec = policy.suites.get(suite)
    if spec is None or spec.run is None:
        runnable = [name for name, one in policy.suites.items() if one.run is not None]
        there = f"It has: {', '.join(runnable)}." if runnable else ""
        what = "does not say how its tool is run" if spec else "is not in the policy"
        tools = " or ".join(RUNNABLE)
        raise UsageError(
            f"the suite {suite!r} {what}.", there or f"Give it `imported: {tools}`, and `run` with what is to be asked."
        )
    return spec


class _Running:
    """One candidate, one tool."""

    def __init__(  # noqa: PLR0917  # made in one place
        self,
        policy: Policy,
        base: Path,
        system: str,
        candidate: str,
        spec: SuiteSpec,
        folder: Path,
        asked: Asked,
        shown: bool,  # noqa: FBT001
    ) -> None:
        assert spec.run is not None
        self._policy, self._system, self._candidate = policy, system, candidate
        self._spec, self._run, self._folder, self._base = spec, spec.run, folder, base
        self._asked, self._shown = asked, shown
        self._whole = policy.systems[system].whole(candidate)
        self.task = ""

    def prepare(self) -> None:
        """See that all is there before a candidate is started, which may take long."""
        for name in ("log", "config", "data", "state"):
            (self._folder / name).mkdir()
        # Inspect takes settings from the nearest such file above it, whoever's that is.
        (self._folder / ".env").touch()
        seen = environment(self._folder, {}, self._run.env)
        tool = self._spec.imported
        check_installed(self._python(), MODULES[tool], tool=tool, folder=self._folder, environment=seen)
        file = self._run.task.partition("@")[0]
        if file.endswith(".py"):
            self.task = _digest_of(self._base / file)

    async def run(self) -> Command:
        """Start the candidate and the relay, let the tool ask, and see that it ended well."""
        whole = self._whole
        system: System = plugins.make("systems", whole.plugin, **whole.with_)
        try:
            async with system:
                return await self._with(system)
        except SystemUnavailableError as error:
            raise SystemUnavailableError(self._candidate, error.detail, error.next_step) from None

    async def _with(self, system: System) -> Command:
        whole, asked = self._whole, self._asked
        screen = None
        if whole.guard:
            screen = GuardScreen(Guard.from_policy(self._policy, system=self._system, candidate=self._candidate))
        job = Job(
            candidate=self._candidate,
            system=system,
            identity=dict(system.identity()),
            suite="",
            cases=(),
            limits=whole.limits,
            generation=whole.generation,
            price=Price(input=whole.price.input, output=whole.price.output) if whole.price else None,
            screen=screen,
        )
        purse = Purse(budget=self._policy.systems[self._system].budget)
        ask = asker(job, tally=asked.tally, purse=purse)
        relay = Relay(ask, whole.generation, max_tokens=self._spec.max_tokens, listen=asked.told)
        asked.counts = relay.counts
        async with relay:
            whom = Whom(url=relay.url, model=relay.model, token=relay.token, at_once=min(whole.limits.concurrency, 64))
            command = command_of(self._spec, whom, folder=self._folder, base=self._base)
            await self._through(command)
        if not relay.counts.answered:
            reasons = ", ".join(sorted(relay.counts.lost)) or "it asked nothing that a candidate can be asked"
            raise ToolError(self._spec.imported, f"got no answer of {self._candidate} ({reasons})", _SHOW)
        return command

    async def _through(self, command: Command) -> None:
        """Run the tool to its end, unless the candidate ends before it."""
        tool = self._spec.imported
        seen = environment(self._folder, command.environment, self._run.env)
        for name, text in command.files.items():
            (self._folder / name).write_text(text, encoding="utf-8")
        self._asked.told()
        process = asyncio.create_task(
            run_child(
                [self._python(), *command.arguments],
                tool=tool,
                folder=self._folder,
                environment=seen,
                minutes=self._run.minutes,
                shown=self._shown,
            )
        )
        unavailable = self._asked.tally.unavailable
        try:
            while not process.done() and not unavailable:
                await asyncio.wait([process], timeout=_LOOK_SECONDS)
            if unavailable:  # even if the tool has come to its end by itself: what it got is not what it asked for
                raise next(iter(unavailable.values()))
            code = process.result()
        finally:
            process.cancel()
            await asyncio.gather(process, return_exceptions=True)
        if code:
            how = f"was ended by signal {code - 128}" if code > 128 else f"ended with exit code {code}"
            raise ToolError(tool, how, _SHOW)

    def _python(self) -> str:
        named = self._run.python
        return str(self._base / Path(named).expanduser()) if "/" in named else named or sys.executable

    def recorded(self, command: Command) -> Sequence[str]:
        """The command as the ledger keeps it: with neither the folder it worked in nor ours."""
        hidden = {str(self._folder): "FOLDER", str((self._base / self._run.task).resolve()): self._run.task}
        told = []
        for argument in command.arguments:
            for path, name in hidden.items():
                argument = argument.replace(path, name)  # noqa: PLW2901
            told.append(argument)
        return ("python", *told)


def _digest_of(path: Path) -> str:
    try:
        return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    except OSError:
        raise UsageError(f"the file {path.name} cannot be read.", "`trimtab check` names what is wrong.") from None


def _read(tool: str, folder: Path, command: Command, *, replies: int) -> Imported:
    """What the one log says that the tool must have written.

    Raises:
        ToolError: There is none, or several, or it cannot be read, is of another model, or of more than was asked.
    """
    logs = sorted(path for path in folder.glob(command.log) if path.is_file() and not path.is_symlink())
    if len(logs) != 1:
        raise ToolError(tool, f"wrote {len(logs) or 'no'} logs where one was expected", _SHOW)
    try:
        found = read_results(tool, logs[0])
    except PolicyError as error:
        first = error.mistakes[0]
        where = f"{first.where}: " if first.where else ""
        more = f" and {len(error.mistakes) - 1:,} more mistakes" if len(error.mistakes) > 1 else ""
        raise ToolError(tool, f"wrote a log that cannot be read ({where}{first.message}{more})", _SHOW) from None
    if found.model != model_of(*command.told.split()):  # the log's word for it went through the same
        raise ToolError(tool, "wrote a log of another model than the one it was to ask", _SHOW)
    tries = len({one.case for one in found.found if isinstance(one.outcome, Score)})
    if tool == "garak" and tries > replies:  # of Inspect a sample may be scored without asking anybody
        raise ToolError(tool, f"wrote a log of {tries:,} tries, and {replies:,} replies were given", _SHOW)
    return found
