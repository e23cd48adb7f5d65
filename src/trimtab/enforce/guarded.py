"""A system with a guard in front of it: what is measured is what would run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

from trimtab.enforce.guard import Guard
from trimtab.enforce.pseudonym import Vault
from trimtab.kinds import Reply, Request, System


class GuardedSystem:
    """Implements `trimtab.kinds.System` around another one.

    A blocked request is not sent on, and a blocked reply is not passed on:
    both become the guard's refusal, as a user would see it. The guard's own
    time counts as latency, and nothing is shown before the whole reply has
    been looked at.
    """

    name: ClassVar[str] = "guarded"
    version: ClassVar[str] = "1"

    def __init__(self, system: System, guard: Guard) -> None:
        self._system, self._guard = system, guard

    def identity(self) -> Mapping[str, Any]:
        return {**self._system.identity(), "guard": self._guard.identity()}

    async def __aenter__(self) -> Self:
        await self._system.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._system.__aexit__(*exc)

    async def ask(self, request: Request) -> Reply:
        vault = Vault()
        before = await self._guard.ainput(request.messages, vault=vault)
        if not before.goes_on:
            return Reply(
                text=before.text, finish="content_filter", prompt_tokens=0, completion_tokens=0, latency=before.total,
                first_token=before.total,
            )  # fmt: skip
        reply = await self._system.ask(replace(request, messages=before.messages))
        after = await self._guard.aoutput(reply.text, messages=request.messages, vault=vault)
        latency = before.total + reply.latency + after.total
        changed = after.text != reply.text
        return replace(
            reply,
            text=after.text,
            finish=reply.finish if after.goes_on else "content_filter",
            latency=latency,
            first_token=None if reply.first_token is None else latency,
            logprobs=None if changed else reply.logprobs,
        )
