"""The measuring loop: plan → ask → score → ledger."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from trimtab import __version__
from trimtab._canonical import digest, text_digest
from trimtab.decision import next_to_test
from trimtab.enforce import Guard, GuardScreen
from trimtab.errors import SystemUnavailableError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Observation, Record, Subject
from trimtab.kinds import Case, Exchange, Missing, Price, Score, Screen, System, plugins
from trimtab.measure.cache import Cache
from trimtab.measure.redact import planted, redact
from trimtab.measure.runner import Job, Order, Purse, Result, Tally, ask_all
from trimtab.policy import Candidate, Policy
from trimtab.policy.settings import ORDER_SHARE
from trimtab.stats import share_of_look
from trimtab.stats.loss_table import in_ordering_part
from trimtab.workspace.breaches import Breaches
from trimtab.workspace.brought import Baggage
from trimtab.workspace.course import Course
from trimtab.workspace.looks import Looks, to_records
from trimtab.workspace.machine import machine
from trimtab.workspace.plan import Plan, Scored
from trimtab.workspace.progress import Board
from trimtab.workspace.recall import recall_run
from trimtab.workspace.scoring import awaited, outcome_of, undesired
from trimtab.workspace.standing import Standing
from trimtab.workspace.writers import Writers, pursued

_BATCH = 500  # observations appended at once
_BATCH_SECONDS = 1.0  # or after this long: what the ledger holds lags the cache by no more
_MAKER = f"trimtab/{__version__}"
_JUDGED_AT_ONCE = 8  # cases that wait for a judge; the endpoint is asked on meanwhile


@dataclass(slots=True, kw_only=True)
class Measuring:
    """One run in the making: what the loop needs, and what it counts.

    `recorded` names what the ledger holds of this run already, when it goes
    on after an interruption, and `artefacts` what its candidates were then. A
    `fresh` run uses no replies but its own. `before` counts what other runs looked at.
    """

    policy: Policy
    plan: Plan
    ledger: Ledger
    cache: Cache
    board: Board
    run: str
    purse: Purse
    recorded: Mapping[tuple[str, str, str], Score]
    artefacts: Mapping[str, str]
    before: Looks
    looks: dict[str, dict[str, int]]  # candidate -> suite -> which look; filled as candidates begin
    brought: Baggage = field(default_factory=dict)
    fresh: bool = False
    only_order: bool = False  # of a grid: ask nothing but the part that fixes the order
    tally: Tally = field(default_factory=Tally)
    breaches: Breaches = field(default_factory=Breaches)
    _pending: dict[str, list[Record]] = field(default_factory=dict)  # by what made them
    _flushed: float = 0.0
    _courses: dict[str, Course] = field(default_factory=dict)  # of sequential runs, by candidate
    _leader: str = ""  # the best of those that pass by now
    _early: bool = True  # of a grid: whether the part that fixes the order is asked, or the other
    _counted: set[str] = field(default_factory=set)  # whose display knows how many looks there were
    _writers: Writers = field(init=False)

    def __post_init__(self) -> None:
        self._writers = Writers(policy=self.policy, run=self.run, fresh=self.fresh)

    async def measure(self) -> None:
        """Ask every candidate, one after the other so that timings are fair; the baseline first, for comparisons."""
        self.board.tally = self.tally
        self._bring()
        if not self.plan.suites:
            return  # other tools have asked everything
        async with self._writers:
            await self._all()

    async def _all(self) -> None:
        alike: dict[str, list[str]] = {}
        for candidate in sorted(self.plan.candidates, key=lambda name: name != self.plan.spec.baseline):
            alike.setdefault(self.plan.spec.model_of(candidate), []).append(candidate)
        if self.plan.spec.has_grid:
            await self._from_grid(alike)
            return
        for model, names in alike.items():
            await self._alike(model, names)

    def _bring(self) -> None:
        """Write down what other tools measured, first of all: it can refute a candidate before anything is asked."""
        for candidate, suites in self.brought.items():
            for suite, one in suites.items():
                if suite in self.looks.get(candidate, {}):
                    continue  # the run goes on, and the ledger holds it
                subject = Subject(system=self.plan.system, candidate=candidate)
                rows = [row for group in one.observations.values() for row in group]
                maker = one.record.maker if one.record else f"trimtab/{__version__}"
                told = [one.record] if one.record else []
                self.ledger.append(
                    [*told, *rows], subject=subject, run=self.run, maker=maker, policy=self.policy.digest
                )
                if one.record is None:
                    continue
                number = self.before.number(one.sketch, artefact=one.record.file, repeats=True)
                self.ledger.append(
                    to_records({suite: number}, {suite: one.sketch}),
                    subject=replace(subject, artefact=one.record.file),
                    run=self.run,
                    maker=maker,
                    policy=self.policy.digest,
                    durable=True,
                )
                self.looks.setdefault(candidate, {})[suite] = number

    async def _from_grid(self, alike: Mapping[str, Sequence[str]]) -> None:
        """Everybody the cases that fix the order; the others along it only, until the first that is not certified.

        The baseline is asked everything, since others are compared with it.
        """
        self._early = True
        for model, names in alike.items():
            await self._alike(model, names)
        if self.only_order:
            return
        self._early = False
        asked: list[str] = []
        name = self.plan.spec.baseline if self.plan.spec.baseline in self.plan.candidates else self._next(asked)
        while name:
            await self._alike(self.plan.spec.model_of(name), [name])
            asked.append(name)
            name = self._next(asked)
        for line in self.board.lines:
            line.end()

    def _next(self, asked: Sequence[str]) -> str:
        """Who is tested next, as far as the ledger knows."""
        known = recall_run(self.ledger, self.run).measurements()
        return next_to_test(self.policy, self.plan.system, known, asked)

    def _part(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, int, Case]]:
        """The cases of one part of a grid's test."""
        for job in jobs:
            for place, case in enumerate(job.cases):
                if in_ordering_part(case.independent_unit, share=ORDER_SHARE) is self._early:
                    yield job, place, case

    async def _alike(self, model: str, names: Sequence[str]) -> None:
        """Candidates that are one model behind different guards: it is started once."""
        self.board.say(f"starting {model}")
        spec = self.plan.spec.whole(names[0])
        waiting = deque(names)
        try:
            system: System = plugins.make("systems", spec.plugin, **spec.with_)
            async with system:
                while waiting:
                    await self._candidate(waiting[0], model, system)
                    waiting.popleft()
        except SystemUnavailableError as error:
            for name in waiting:
                # A system knows its model; people know their candidates.
                self.tally.unavailable[name] = SystemUnavailableError(name, error.detail, error.next_step)
                self._give_up(name)
        finally:
            for name in () if self.plan.spec.has_grid else names:
                for line in self.board.of(name):
                    line.end()

    async def _candidate(self, name: str, model: str, system: System) -> None:
        spec = self.plan.spec.whole(name)
        identity = dict(system.identity())
        screen = None
        if spec.guard:
            screen = GuardScreen(Guard.from_policy(self.policy, system=self.plan.system, candidate=name))
        whole = {**identity, "guard": screen.identity()} if screen else identity
        subject = Subject(system=self.plan.system, candidate=name, artefact=digest(whole))
        self._same_as_before(subject)
        self._count_look(subject, repeats="weights" in identity and not self.fresh)
        self.board.say(f"asking {name}")
        jobs = [
            replace(job, pursuer=suite.pursuer, writer=await self._writers.of(suite)) if suite.pursuer else job
            for job, suite in zip(
                self._jobs(name, model, spec, system, identity, screen), self.plan.suites.values(), strict=True
            )
        ]
        try:
            if self.plan.sequential:
                await self._until_decided(jobs, subject)
            else:
                await self._ask(jobs, subject, self._part if self.plan.spec.has_grid else None)
        finally:
            self._flush(subject)

    def _count_look(self, subject: Subject, *, repeats: bool) -> None:
        """Say which look at its cases this is, before anything is asked."""
        known = self.looks.setdefault(subject.candidate, {})
        sketches = {suite: sketch for suite, sketch in self.plan.sketches.items() if suite not in known}
        if sketches:
            numbers = {
                suite: self.before.number(sketch, artefact=subject.artefact, repeats=repeats)
                for suite, sketch in sketches.items()
            }
            self.ledger.append(
                list(to_records(numbers, sketches)),
                subject=subject,
                run=self.run,
                maker=_MAKER,
                policy=self.policy.digest,
                durable=True,
            )
            known |= numbers
        if subject.candidate in self._counted:
            return
        self._counted.add(subject.candidate)
        for line in self.board.of(subject.candidate):
            for watched in line.watched:
                watched.alpha *= share_of_look(self.looks[subject.candidate][line.suite])

    async def _until_decided(self, jobs: list[Job], subject: Subject) -> None:
        """Ask until every requirement is decided, the candidate is out, or nothing is left to ask."""
        name = subject.candidate
        trials = {
            candidate: {metric: rows for one in suites.values() for metric, rows in one.trials.items()}
            for candidate, suites in self.brought.items()
        }
        standing = Standing(policy=self.policy, plan=self.plan, looks=self.looks, brought=trials)
        finished = {other: course.trials for other, course in self._courses.items()}
        course = standing.course(name, finished, leader=self._leader)
        self._courses[name] = course
        if any(trials.get(name, {}).values()):
            course.look()  # what others measured may have decided already
        while course.rest:
            await self._ask(jobs, subject, course.order)
            course.look()
        self._leader = standing.winner({**finished, name: course.trials})

    async def _ask(self, jobs: list[Job], subject: Subject, order: Order | None = None) -> None:
        """Ask and score. Who scores by asking somebody else does so beside the asking, or it would wait."""
        judged: set[asyncio.Task[None]] = set()
        try:
            async with aclosing(
                ask_all(jobs, cache=self.cache, tally=self.tally, purse=self.purse, order=order)
            ) as results:
                async for result in results:
                    if not any(hasattr(scored.plugin, "ascore") for scored in self.plan.scored[result.suite]):
                        self._take(result, subject)
                        continue
                    judged.add(asyncio.create_task(self._judge(result, subject)))
                    if len(judged) >= _JUDGED_AT_ONCE:
                        done, judged = await asyncio.wait(judged, return_when=asyncio.FIRST_COMPLETED)
                        for task in done:
                            task.result()  # what went wrong in it goes on
            while judged:
                await judged.pop()
        finally:
            for task in judged:
                task.cancel()
            await asyncio.gather(*judged, return_exceptions=True)

    async def _judge(self, result: Result, subject: Subject) -> None:
        waited = {
            scored.name: await awaited(scored, result)
            for scored in self.plan.scored[result.suite]
            if hasattr(scored.plugin, "ascore") and self._recorded(scored, result) is None
        }
        self._take(result, subject, waited)

    def _recorded(self, scored: Scored, result: Result) -> Score | None:
        return self.recorded.get((result.candidate, scored.name, result.case.id))

    def _jobs(  # noqa: PLR0917  # all of one candidate
        self, name: str, model: str, spec: Candidate, system: System, identity: Mapping[str, Any], screen: Screen | None
    ) -> list[Job]:
        # Without a digest of the weights, the same name may answer differently tomorrow: replies
        # are then good for this run (and for going on with it) only.
        # Two models never share replies, nor do two machines: their timings are evidence too.
        unheard = {
            "about",
            "price",
            "guard",
            "of",
            "set_",
            "grid",
            "points",
        }  # by the model; what is set has been applied
        told = {key: value for key, value in spec.told.items() if key not in unheard}
        key: dict[str, Any] = {**identity, "candidate": model, "spec": digest(told), "machine": machine()}
        if "weights" not in identity or self.fresh:
            key["run"] = self.run
        price = Price(input=spec.price.input, output=spec.price.output) if spec.price else None
        return [
            Job(
                candidate=name,
                system=system,
                identity=key,
                limits=spec.limits,
                generation=spec.generation,
                price=price,
                suite=suite.name,
                cases=suite.cases,
                screen=screen,
                logprobs=any(getattr(one.plugin, "logprobs", False) is True for one in self.plan.scored[suite.name]),
            )
            for suite in self.plan.suites.values()
        ]

    def _same_as_before(self, subject: Subject) -> None:
        """Refuse to go on with a run whose candidate has become another; the mix would be of neither."""
        before = self.artefacts.get(subject.candidate)
        if before and before != subject.artefact:
            raise UsageError(
                f"{subject.candidate} is not what it was when run {self.run} began (its weights or settings changed).",
                "Measure it anew with `trimtab run --fresh`.",
            )

    def _take(self, result: Result, subject: Subject, waited: Mapping[str, Score | Missing] | None = None) -> None:
        """Score one finished case for every metric of its suite; `waited` are scores that took a wait."""
        line = self.board.line(result.candidate, result.suite)
        line.begin()
        outcomes: dict[str, Score | Missing] = {}
        new = False
        for scored, watched in zip(self.plan.scored[result.suite], line.watched, strict=True):
            known = self._recorded(scored, result)
            given = (waited or {}).get(scored.name)
            outcome = known or given or outcome_of(scored, result)
            watched.outcomes.append((result.case.independent_unit, outcome))
            outcomes[scored.name] = outcome
            self.breaches.take(result, scored.name, scored.plugin, outcome)
            if known is None:
                new = True
                maker = f"{scored.plugin.name}/{scored.plugin.version}"
                self._pending.setdefault(maker, []).append(self._observation(scored, result, outcome))
        if new and isinstance(result.outcome, Exchange) and result.outcome.pursuit is not None:
            self._pending.setdefault(_MAKER, []).append(pursued(result.suite, result.case, result.outcome))
        if (course := self._courses.get(result.candidate)) is not None:
            course.take(result, outcomes)
        line.done += 1
        line.missing += isinstance(result.outcome, Missing)
        if line.done == line.total:
            line.end()
        self.board.listen(self.board)
        if sum(map(len, self._pending.values())) >= _BATCH or time.monotonic() - self._flushed >= _BATCH_SECONDS:
            self._flush(subject)

    def _observation(self, scored: Scored, result: Result, outcome: Score | Missing) -> Observation:
        text = result.outcome.text if isinstance(result.outcome, Exchange) else ""
        excerpt = ""
        if text and self.policy.evidence.text == "redacted" and undesired(scored, outcome):
            excerpt = redact(text, secrets=planted(result.case))
        return Observation(
            metric=scored.name,
            suite=result.suite,
            case=result.case.id,
            cluster=result.case.independent_unit,
            order=result.order,
            outcome=outcome,
            reply=text_digest(text) if text else "",
            excerpt=excerpt,
        )

    def _give_up(self, name: str) -> None:
        """Everything of a candidate that could not even be started is missing, and says so."""
        subject = Subject(system=self.plan.system, candidate=name)
        for suite in self.plan.suites.values():
            for order, case in enumerate(suite.cases):
                lost = Missing("unavailable")
                result = Result(candidate=name, suite=suite.name, order=order, case=case, outcome=lost, cached=False)
                self._take(result, subject)
        self._flush(subject)

    def _flush(self, subject: Subject) -> None:
        # What attackers did goes first: a case that has a score is not looked into again after a kill.
        for maker in sorted(self._pending, key=lambda maker: maker != _MAKER):
            pending = self._pending[maker]
            self.ledger.append(pending, subject=subject, run=self.run, maker=maker, policy=self.policy.digest)
            del self._pending[maker]  # only now: what could not be written is not forgotten
        self._flushed = time.monotonic()
