"""A guard as the runner sees it: what is measured is what would run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trimtab.enforce.guard import Guard
from trimtab.kinds import Reply, Request


@dataclass(frozen=True, slots=True)
class GuardScreen:
    """Implements `trimtab.kinds.Screen`.

    A blocked request is not sent on, and a blocked reply is not passed on:
    both become the guard's refusal, as a user would see it. The guard's own
    time counts as latency, and nothing is shown before the whole reply has
    been looked at.
    """

    guard: Guard

    def identity(self) -> Mapping[str, Any]:
        return self.guard.identity()

    async def before(self, request: Request) -> tuple[Request | Reply, float]:
        ruling = await self.guard.ainput(request.messages)
        if ruling.goes_on:
            return replace(request, messages=ruling.messages), ruling.total
        refusal = Reply(
            text=ruling.text, finish="content_filter", prompt_tokens=0, completion_tokens=0, latency=ruling.total,
            first_token=ruling.total,
        )  # fmt: skip
        return refusal, ruling.total

    async def after(self, request: Request, reply: Reply) -> Reply:
        ruling = await self.guard.aoutput(reply.text, messages=request.messages)
        latency = reply.latency + ruling.total
        return replace(
            reply,
            text=ruling.text,
            finish=reply.finish if ruling.goes_on else "content_filter",
            latency=latency,
            first_token=None if reply.first_token is None else latency,
            logprobs=reply.logprobs if ruling.text == reply.text else None,
        )
