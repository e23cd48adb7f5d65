"""How sure the model is of each choice of a reply, where the policy wants to know.

From its own probabilities, for which the upstream is asked though the client did not and which never reach the
client; or from whether it says the same again, for which it is asked several times. What cannot be known is None,
and a guard that asks for confidence holds such an answer.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from trimtab.policy.guard_spec import ConfidenceSpec
from trimtab.serve.upstream import UpstreamError
from trimtab.serve.wire import Body
from trimtab.stats import of_agreement, of_logprobs, spell_all

SAMPLES = 4
"""Further answers that are compared with the one that would be given."""

_OK = 200
_TEMPERATURE = 0.7  # of samples, where the client wants none: the same answer again and again would agree with itself
Answer = tuple[int, Body, str]
Ask = Callable[[Body], Awaitable[Answer]]
"""Asks the upstream: status, body and `Retry-After`."""


async def ask_surely(spec: ConfidenceSpec, ask: Ask, body: Body, *, chat: bool) -> tuple[Answer, list[float | None]]:
    """The upstream's answer, and the confidence in each of its choices; none where it is an error.

    Raises:
        UpstreamError: From `ask`, for the answer itself. A sample that fails counts as one that says something else.
    """
    if spec.from_ == "logprobs":
        answer = await ask({**body, "logprobs": True if chat else 1})
        return answer, [_expected(choice) for choice in _choices(answer)]
    again = {key: value for key, value in body.items() if key not in {"n", "best_of", "seed"}}
    if not again.get("temperature", 1.0):
        again["temperature"] = _TEMPERATURE
    samples = [asyncio.ensure_future(_tried(ask, again)) for _ in range(SAMPLES)]
    try:
        answer = await ask(body)
        if answer[0] != _OK:
            return answer, []
        others = [_said(choice) for other in await asyncio.gather(*samples) for choice in _choices(other)[:1]]
    finally:
        for sample in samples:
            sample.cancel()
    heard = [said for said in others if said is not None]
    return answer, [_agreed(choice, heard) for choice in _choices(answer)]


async def _tried(ask: Ask, body: Body) -> Answer:
    try:
        return await ask(body)
    except UpstreamError as problem:
        return problem.status, {}, ""


def _choices(answer: Answer) -> list[Any]:
    choices = answer[1].get("choices") if answer[0] == _OK else None
    return choices if isinstance(choices, list) else []


def _expected(choice: Any) -> float | None:
    """From the probabilities of the tokens, as a chat or a completion has them."""
    found = choice.get("logprobs") if isinstance(choice, Mapping) else None
    if not isinstance(found, Mapping):
        return None
    tokens = found.get("content")
    if isinstance(tokens, list):
        known = [token if isinstance(token, Mapping) else {} for token in tokens]
        values = [token.get("logprob") for token in known]
        spelled = [token.get("token") for token in known]
    else:
        values = given if isinstance(given := found.get("token_logprobs"), list) else []
        spelled = given if isinstance(given := found.get("tokens"), list) else []
    numbers = [float(one) for one in values if isinstance(one, int | float) and math.isfinite(one)]
    complete = len(numbers) == len(values) == len(spelled) and _all_of(choice, spelled)
    return of_logprobs(numbers) if complete else None


def _all_of(choice: Mapping[str, Any], tokens: list[Any]) -> bool:
    """Whether tokens can be all that a choice says, its calls, which have another form, included."""
    said = _said(choice)
    return said is not None and spell_all(tokens, said)


def _agreed(choice: Any, samples: list[str]) -> float | None:
    said = _said(choice)
    share = of_agreement(said, samples) if said is not None else None
    return None if share is None else share * len(samples) / SAMPLES


def _said(choice: Any) -> str | None:
    """What a choice says, its calls included; None if that cannot be read."""
    if not isinstance(choice, Mapping):
        return None
    if isinstance(choice.get("text"), str):
        return str(choice["text"])
    message = choice.get("message")
    if not isinstance(message, Mapping):
        return None
    calls = message.get("tool_calls")
    found = [call.get("function") for call in calls if isinstance(call, Mapping)] if isinstance(calls, list) else []
    said = [f"{one.get('name')} {one.get('arguments')}" for one in found if isinstance(one, Mapping)]
    return "\n".join([str(message.get("content") or ""), *said])


__all__ = ["SAMPLES", "ask_surely"]
