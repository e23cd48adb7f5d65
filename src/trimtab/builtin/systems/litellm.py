"""Any vendor that LiteLLM knows."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import orjson

from trimtab._optional import need
from trimtab.builtin.systems.openai_http import retry_after
from trimtab.builtin.systems.openai_wire import Answer, StreamedAnswer, decode
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Reply, Request

# LiteLLM's exceptions carry a status even when no server gave one; these say more.
_REASONS = {
    "Timeout": "timeout",
    "APIConnectionError": "unreachable",
    "ContentPolicyViolationError": "filtered",
    "ContextWindowExceededError": "too-long",
    "UnsupportedParamsError": "unsupported",
    "JSONSchemaValidationError": "malformed",
    "APIResponseValidationError": "malformed",
}


@dataclass(slots=True, kw_only=True, eq=False)
class LiteLLMSystem:
    """`litellm.acompletion` without its retries, fallbacks, caches and telemetry.

    `model` is LiteLLM's name ("anthropic/...", "bedrock/..."). Keys come from
    the environment variables that LiteLLM documents for each vendor, or from
    the one that `key_env` names. `params` are further arguments of the call;
    they must hold no secrets. Where a vendor counts no tokens, LiteLLM does,
    and nothing tells the two apart.
    """

    name: ClassVar[str] = "litellm"
    version: ClassVar[str] = "1"

    model: str
    api_base: str = ""
    key_env: str = ""
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _litellm: Any = field(init=False, repr=False, default=None)
    _key: str = field(init=False, repr=False, default="")

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("model must be named")
        secret = sorted(name for name in self.params if "key" in name.lower() or "token" in name.lower().split("_"))
        if secret:
            raise ValueError(f"params hold a secret ({secret[0]}): name its variable in key_env")

    def identity(self) -> Mapping[str, Any]:
        """Model, address and parameters."""
        known: dict[str, Any] = {"plugin": self.name, "version": self.version, "model": self.model}
        if self.api_base:
            known["url"] = self.api_base
        if self.params:
            known["params"] = dict(self.params)
        return known

    async def __aenter__(self) -> Self:
        if self.key_env:
            self._key = os.environ.get(self.key_env, "").strip()
            if not self._key:
                raise SystemUnavailableError(
                    self.model,
                    f"the environment variable {self.key_env} is not set",
                    f"Set it: `export {self.key_env}=...`.",
                )
        # Read at import: without it, a price list is fetched from the network.
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        self._litellm = need("litellm", extra="litellm")
        self._litellm.telemetry = False
        self._litellm.suppress_debug_info = True
        self._litellm.turn_off_message_logging = True
        return self

    async def __aexit__(self, *exc: object) -> None:
        litellm, self._litellm, self._key = self._litellm, None, ""
        if litellm is not None:
            await litellm.close_litellm_async_clients()

    async def ask(self, request: Request) -> Reply:
        """One call.

        Raises:
            CallError: No answer; `reason` says why.
        """
        if self._litellm is None:
            raise RuntimeError("enter the system first: `async with system:`")
        start = time.perf_counter()
        first_token: float | None = None
        try:
            response = await self._litellm.acompletion(**self._arguments(request))
            if request.stream:
                answer, first_at = await _collect(response)
                first_token = None if first_at is None else first_at - start
            else:
                answer = decode(_json(response), "chat")
        except CallError:
            raise
        except Exception as error:  # noqa: BLE001  # LiteLLM passes on the exceptions of many clients
            raise _failure(error) from None
        return answer.reply(start=start, first_token=first_token)

    def _arguments(self, request: Request) -> dict[str, Any]:
        given: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "stream": request.stream,
            "num_retries": 0,  # retrying is the runner's work, and it counts
            "max_retries": 0,
        }
        if self.api_base:
            given["api_base"] = self.api_base
        if self._key:
            given["api_key"] = self._key
        if request.seed is not None:
            given["seed"] = request.seed
        if request.stop:
            given["stop"] = list(request.stop)
        if request.logprobs:
            given |= {"logprobs": True, "top_logprobs": request.logprobs}
        if request.stream:
            given["stream_options"] = {"include_usage": True}
        return given | dict(self.params)


async def _collect(chunks: Any) -> tuple[Answer, float | None]:
    answer = StreamedAnswer("chat")
    first: float | None = None
    async for chunk in chunks:
        if answer.add(_json(chunk)) and first is None:
            first = time.perf_counter()
    # LiteLLM adds an end of its own to a stream that broke off; only this says whether the vendor sent one.
    if getattr(chunks, "received_finish_reason", None) is None:
        raise CallError("truncated", "the stream ended without a finish_reason", retryable=True)
    return answer.result(), first


def _json(response: Any) -> bytes:
    try:
        return orjson.dumps(response.model_dump())
    except (AttributeError, TypeError):
        raise CallError("malformed", "LiteLLM returned no answer", retryable=True) from None


def _failure(error: Exception) -> CallError:
    """The reason, by type and status alone: the texts quote requests."""
    name = type(error).__name__
    status = getattr(error, "status_code", None)
    headers = getattr(error, "litellm_response_headers", None) or {}
    wait = retry_after(str(headers.get("retry-after", "")), now=time.time())
    reason = next((_REASONS[t.__name__] for t in type(error).__mro__ if t.__name__ in _REASONS), "")
    if not reason:
        reason = f"http-{status}" if isinstance(status, int) and 400 <= status < 600 else "crashed"
    retryable = reason in ("timeout", "unreachable", "malformed") or status in (408, 409, 429)
    retryable = retryable or (reason.startswith("http-5") and reason != "http-501")
    return CallError(reason, name, retryable=retryable, retry_after=wait)
