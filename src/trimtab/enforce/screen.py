"""A guard as the runner sees it: what is measured is what would run."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab.enforce.guard import Guard
from trimtab.enforce.pseudonym import Vault
from trimtab.kinds import Ask, Reply, Request
from trimtab.stats import of_agreement, of_logprobs

_WARM = 0.7  # the least temperature of samples that are to show how sure a model is


@dataclass(frozen=True, slots=True)
class GuardScreen:
    """Implements `trimtab.kinds.Screen`.

    A blocked request is not sent on, and a blocked reply is not passed on:
    both become what the guard says instead, as a user would see it. The
    guard's own time counts as latency, and nothing is shown before the whole
    reply has been looked at. Where the guard asks how sure an answer is, what
    it takes to know counts as well. What a reply took that somebody else wrote
    anew is not known here, so its tokens are not, either.
    """

    guard: Guard

    def identity(self) -> Mapping[str, Any]:
        return self.guard.identity()

    async def through(self, request: Request, ask: Ask) -> Reply:
        vault = Vault()
        before = await self.guard.ainput(request.messages, vault=vault)
        if not before.goes_on:
            return Reply(
                text=before.text, finish="content_filter", prompt_tokens=0, completion_tokens=0, latency=before.total,
                first_token=before.total,
            )  # fmt: skip
        reply, confidence = await self._answer(replace(request, messages=before.messages), ask)
        after = await self.guard.aoutput(reply.text, messages=request.messages, vault=vault, confidence=confidence)
        latency = before.total + reply.latency + after.total
        changed = after.text != reply.text
        asked = after.revision is not None and after.revision.calls > 0
        return replace(
            reply,
            text=after.text,
            prompt_tokens=None if asked else reply.prompt_tokens,
            completion_tokens=None if asked else reply.completion_tokens,
            finish=reply.finish if after.goes_on else "content_filter",
            latency=latency,
            first_token=None if reply.first_token is None else latency,
            logprobs=None if changed else reply.logprobs,
        )

    async def _answer(self, request: Request, ask: Ask) -> tuple[Reply, float | None]:
        """The reply, and how sure it is where the guard asks that."""
        asked = self.guard.spec.confidence
        if asked is None:
            return await ask(request), None
        if asked.from_ == "logprobs":
            reply = await ask(replace(request, logprobs=max(1, request.logprobs)))
            return reply, of_logprobs(reply.logprobs or ())
        warm = replace(request, temperature=max(_WARM, request.temperature))
        reply, *samples = await asyncio.gather(
            ask(request),
            *(
                ask(replace(warm, seed=None if request.seed is None else request.seed + number))
                for number in range(1, asked.samples + 1)
            ),
        )
        confidence = of_agreement(reply.text, [sample.text for sample in samples])
        return _with_cost_of(reply, samples), confidence


def _with_cost_of(reply: Reply, samples: Sequence[Reply]) -> Reply:
    """The reply, at the cost of all that was asked. One that does not say what it took makes the sum unknown."""
    every = [reply, *samples]
    prompts = [one.prompt_tokens for one in every]
    completions = [one.completion_tokens for one in every]
    return replace(
        reply,
        prompt_tokens=None if None in prompts else sum(one or 0 for one in prompts),
        completion_tokens=None if None in completions else sum(one or 0 for one in completions),
        latency=max(one.latency for one in every),
    )
