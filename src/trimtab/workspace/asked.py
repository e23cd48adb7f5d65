"""Models of a policy that are asked for something to train on: entered once, within their limits, and remembered."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from trimtab._canonical import digest
from trimtab.errors import CallError
from trimtab.kinds import Ask, Missing, Price, Reply, Request, System, plugins
from trimtab.measure.cache import Cache
from trimtab.measure.job import Job, Tally
from trimtab.measure.purse import Purse
from trimtab.measure.runner import asker
from trimtab.policy import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedModel:
    """One model; `ask` raises `CallError` where there is no reply after all retries. `identity` is a digest."""

    name: str
    spec: Candidate
    ask: Ask
    identity: str


@dataclass(slots=True, kw_only=True)
class AskedModels:
    """All models of one piece of work. What they said is in the cache before anybody reads it."""

    stack: AsyncExitStack
    cache: Cache
    tally: Tally
    purse: Purse
    _known: dict[str, AskedModel] = field(default_factory=dict)

    async def of(self, name: str, spec: Candidate) -> AskedModel:
        """A model under its name in the policy, entered when it is first asked for.

        Raises:
            SystemUnavailableError: It does not start.
            PluginError: It is not installed, or does not take its fields.
            UsageError: The budget cannot be kept.
        """
        if name not in self._known:
            self._known[name] = await self._entered(name, spec)
        return self._known[name]

    def check(self) -> None:
        """Stop where a model is gone.

        Raises:
            SystemUnavailableError: One stopped answering.
        """
        for error in self.tally.unavailable.values():
            raise error

    async def _entered(self, name: str, spec: Candidate) -> AskedModel:
        system: System = await self.stack.enter_async_context(plugins.make("systems", spec.plugin, **spec.with_))
        identity: Mapping[str, Any] = {**system.identity(), "generation": spec.generation.model_dump(mode="json")}
        job = Job(
            candidate=name,
            system=system,
            identity=identity,
            suite="",
            cases=(),
            limits=spec.limits,
            generation=spec.generation,
            price=Price(input=spec.price.input, output=spec.price.output) if spec.price else None,
        )
        asked = asker(job, tally=self.tally, purse=self.purse, cache=self.cache)

        async def ask(request: Request) -> Reply:
            reply = await asked(request)
            if isinstance(reply, Missing):
                raise CallError(reply.reason, reply.detail)
            return reply

        return AskedModel(name=name, spec=spec, ask=ask, identity=digest(dict(identity)))


__all__ = ["AskedModel", "AskedModels"]
