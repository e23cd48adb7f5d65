"""The models that write attackers' messages: started when the first suite needs them, once for a whole run."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Self

from trimtab._canonical import digest, text_digest
from trimtab.errors import SystemUnavailableError
from trimtab.evidence.records import Pursued
from trimtab.kinds import Case, Exchange, Price, Reply, Request, System, plugins
from trimtab.measure.runner import Job
from trimtab.measure.suites import LoadedSuite
from trimtab.policy import Policy, SuiteSpec
from trimtab.policy.attackers import EMBEDDED, attacker_named
from trimtab.workspace.machine import machine


@dataclass(slots=True, kw_only=True)
class Writers:
    """Use with `async with`; one that does not start answers nobody, so that its cases have no outcome."""

    policy: Policy
    run: str
    fresh: bool = False
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _jobs: dict[str, Job | None] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def of(self, suite: LoadedSuite) -> Job | None:
        """The job, without cases, of the model that writes for a suite; None when nobody does."""
        if suite.pursuer is None or not suite.pursuer.needs_writer:
            return None
        spec = self.policy.suites.get(suite.name) or SuiteSpec(builtin=suite.name)
        name = spec.attacker or EMBEDDED
        if name not in self._jobs:
            self._jobs[name] = await self._started(name)
        return self._jobs[name]

    async def _started(self, name: str) -> Job | None:
        spec = attacker_named(self.policy, name)
        if spec is None:
            return None
        told = f"attacker {name}"
        identity: Mapping[str, Any] = {}
        try:
            system: System = await self._stack.enter_async_context(plugins.make("systems", spec.plugin, **spec.with_))
            identity = system.identity()
        except SystemUnavailableError as error:
            system = _Down(SystemUnavailableError(told, error.detail, _next(name, error.next_step)))
        key: dict[str, Any] = {**identity, "candidate": told, "spec": digest(spec.told), "machine": machine()}
        if "weights" not in identity or self.fresh:
            key["run"] = self.run
        return Job(
            candidate=told,
            system=system,
            identity=key,
            suite="",
            cases=(),
            limits=spec.limits,
            generation=spec.generation,
            price=Price(input=spec.price.input, output=spec.price.output) if spec.price else None,
        )


def pursued(suite: str, case: Case, exchange: Exchange) -> Pursued:
    """What an attacker did in one case, as the ledger keeps it: digests of what was said, and what came of it."""
    assert exchange.pursuit is not None
    pursuit = exchange.pursuit
    return Pursued(
        suite=suite,
        case=case.id,
        cluster=case.independent_unit,
        steps=tuple(
            (step.move, _short(step.said), _short(reply.text), round(step.near, 3), step.won)
            for step, reply in zip(pursuit.steps, exchange.replies, strict=False)
        ),
        written=pursuit.written,
        unwritten=pursuit.unwritten,
    )


def _short(text: str) -> str:
    return text_digest(text).removeprefix("sha256:")[:16]


@dataclass(frozen=True, slots=True)
class _Down:
    """Stands for a model that could not be started."""

    name: ClassVar[str] = "unavailable"
    version: ClassVar[str] = "1"

    error: SystemUnavailableError

    def identity(self) -> Mapping[str, Any]:
        return {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    async def ask(self, request: Request) -> Reply:
        raise self.error


def _next(name: str, next_step: str) -> str:
    own = "give the suite another `attacker`, or `attacker: none` for messages that need no model."
    return f"{next_step} Or {own}" if name == EMBEDDED else next_step
