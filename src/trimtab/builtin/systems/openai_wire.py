"""The OpenAI wire format: the body that is sent, and what may be taken for an answer.

Whatever does not clearly hold an answer raises `CallError`. An empty text is
an answer only if the server says so: read carelessly, it looks like a refusal
or a harmless reply, and would pass.
"""

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from trimtab.builtin.systems.prompt import as_prompt
from trimtab.errors import CallError
from trimtab.kinds import Reply, Request
from trimtab.stats.confidence import spell_all

Api = Literal["chat", "completions"]

_CODE = re.compile(r"[a-z][a-z_]{2,48}")
_MODEL_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The part of a reply that is on the wire; times are the client's."""

    text: str
    finish: str
    prompt_tokens: int | None
    completion_tokens: int | None
    logprobs: tuple[float, ...] | None
    model: str

    def reply(self, *, start: float, first_token: float | None) -> Reply:
        """The reply, now that all of it is here; `start`, by the performance counter, is when it was asked for.

        Both are in seconds, and `first_token` counts from `start`.
        """
        return Reply(
            text=self.text,
            finish=self.finish,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            latency=time.perf_counter() - start,
            first_token=first_token,
            finished_at=time.time(),
            logprobs=self.logprobs,
            model=self.model,
        )


def encode(request: Request, *, model: str, api: Api, usage: bool, overrides: Mapping[str, Any]) -> bytes:
    """JSON body of a request.

    `usage` asks for token counts at the end of a stream. `overrides` are laid
    over the result; None removes a key.

    Raises:
        CallError: "unsendable": a text has no UTF-8 form (lone surrogates).
    """
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": request.stream,
    }
    if api == "chat":
        body["messages"] = [{"role": m.role, "content": m.content} for m in request.messages]
    else:
        body["prompt"] = as_prompt(request.messages)
    if request.seed is not None:
        body["seed"] = request.seed
    if request.stop:
        body["stop"] = request.stop
    if request.logprobs:
        body |= (
            {"logprobs": True, "top_logprobs": request.logprobs} if api == "chat" else {"logprobs": request.logprobs}
        )
    if request.stream and usage:
        body["stream_options"] = {"include_usage": True}
    for name, value in overrides.items():
        if value is None:
            body.pop(name, None)
        else:
            body[name] = value
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:
        raise CallError("unsendable", "the request has no UTF-8 JSON form") from None


def error_word(payload: bytes) -> str:
    """The server's own word for an error ("insufficient_quota"), or empty text.

    Messages are never passed on, since servers quote prompts and keys in them.
    """
    try:
        data = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return ""
    error = data.get("error") if isinstance(data, dict) else None
    for source in (error, data):
        if isinstance(source, dict):
            for name in ("code", "type"):
                word = source.get(name)
                if isinstance(word, str) and _CODE.fullmatch(word):
                    return word
    return ""


def decode(payload: bytes, api: Api) -> Answer:
    """The answer in a body that is not streamed.

    Raises:
        CallError: "malformed" or "filtered".
    """
    data = _object(payload)
    choice = _first_choice(data)
    if choice is None:
        raise CallError("malformed", "no choices", retryable=True)
    if api == "chat":
        message = choice.get("message")
        if not isinstance(message, dict):
            raise CallError("malformed", "a choice without a message", retryable=True)
        said, refusal = message.get("content"), message.get("refusal")
    else:
        said, refusal = choice.get("text"), None
    finish = _finish(choice) or "unknown"
    text = said if said is not None else refusal
    if not isinstance(text, str):
        raise _no_text(finish, text)
    if not text and finish == "unknown":
        raise CallError("malformed", "neither text nor a reason to finish", retryable=True)
    prompt_tokens, completion_tokens = _usage(data)
    return Answer(
        text=text,
        finish=finish,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        logprobs=_complete(_logprobs(choice, api), text),
        model=_model(data),
    )


class StreamedAnswer:
    """Puts an answer together from the events of a stream.

    `add` takes the data of one event and says whether it brought content.
    `done` turns true at `[DONE]`; `result` judges what is there at the end.
    """

    __slots__ = ("_api", "_finish", "_logprobs", "_model", "_saw_text", "_texts", "_usage", "done")

    def __init__(self, api: Api) -> None:
        self._api: Api = api
        self._texts: list[str] = []
        self._saw_text = False  # a text, be it empty, and not only null
        self._finish = ""
        self._logprobs: _Tokens | None = None
        self._usage: tuple[int | None, int | None] = (None, None)
        self._model = ""
        self.done = False

    def add(self, data: bytes) -> bool:
        """Take in one event.

        Raises:
            CallError: "malformed".
        """
        if data.strip() == b"[DONE]":
            self.done = True
            return False
        event = _object(data)
        self._model = self._model or _model(event)
        if event.get("usage") is not None:
            self._usage = _usage(event)
        choice = _first_choice(event)
        if choice is None:
            return False  # the event with the usage has no choices
        self._finish = _finish(choice) or self._finish
        logprobs = _logprobs(choice, self._api)
        if logprobs is not None:
            self._logprobs = (self._logprobs or []) + logprobs
        return self._text(choice)

    def _text(self, choice: Mapping[str, Any]) -> bool:
        if self._api == "chat":
            delta = choice.get("delta")
            if delta is None:
                return False
            if not isinstance(delta, dict):
                raise CallError("malformed", "a delta that is no object", retryable=True)
            content = delta.get("content")
            piece = content if content is not None else delta.get("refusal")
        else:
            piece = choice.get("text")
        if piece is None:
            return False
        if not isinstance(piece, str):
            raise CallError("malformed", "content that is not text", retryable=True)
        self._saw_text = True
        if piece:
            self._texts.append(piece)
        return bool(piece)

    def result(self) -> Answer:
        """The whole answer.

        Raises:
            CallError: "truncated", "malformed" or "filtered".
        """
        if not self._finish and not self.done:
            raise CallError("truncated", "the stream ended without [DONE] or a finish_reason", retryable=True)
        text = "".join(self._texts)
        prompt_tokens, completion_tokens = self._usage
        # Some servers send no content at all, not even "", when the first token ends the answer.
        ended_at_once = self._finish == "stop" and completion_tokens is not None and completion_tokens <= 1
        if not text and not (self._finish and self._saw_text) and not ended_at_once:
            raise _no_text(self._finish, None)
        return Answer(
            text=text,
            finish=self._finish or "unknown",
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            logprobs=_complete(self._logprobs, text),
            model=self._model,
        )


def _no_text(finish: str, found: object) -> CallError:
    if finish == "content_filter":
        return CallError("filtered", "the server withheld the answer")
    if found is None:
        return CallError("malformed", "an answer without text", retryable=True)
    return CallError("malformed", "content that is not text", retryable=True)


def _object(payload: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise CallError("malformed", "not JSON in UTF-8", retryable=True) from None
    if not isinstance(data, dict):
        raise CallError("malformed", "JSON that is no object", retryable=True)
    if data.get("error") is not None:
        word = error_word(payload)
        raise CallError("malformed", f"an error in place of an answer{word and f' ({word})'}", retryable=True)
    return data


def _first_choice(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Choice 0 or None; only one is ever asked for."""
    choices = data.get("choices")
    if choices is None or choices == []:
        return None
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise CallError("malformed", "choices that are no list of objects", retryable=True)
    return next((choice for choice in choices if choice.get("index", 0) in (0, None)), None)


def _finish(choice: Mapping[str, Any]) -> str:
    finish = choice.get("finish_reason")
    if finish is None:
        return ""
    if not isinstance(finish, str):
        raise CallError("malformed", "a finish_reason that is not text", retryable=True)
    return finish[:40]


def _usage(data: Mapping[str, Any]) -> tuple[int | None, int | None]:
    usage = data.get("usage")
    if not isinstance(usage, dict):
        return None, None
    return _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))


def _count(value: object) -> int | None:
    """A count that makes sense, or None: a number we would have to interpret is not known."""
    return value if type(value) is int and 0 <= value < 2**53 else None


def _model(data: Mapping[str, Any]) -> str:
    model = data.get("model")
    return model[:_MODEL_LENGTH] if isinstance(model, str) else ""


_Tokens = list[tuple[object, float]]
"""Tokens as a server spells them, each with the natural logarithm of its probability."""


def _logprobs(choice: Mapping[str, Any], api: Api) -> _Tokens | None:
    """Of the tokens in this piece, or None when not offered."""
    found = choice.get("logprobs")
    if not isinstance(found, dict):
        return None
    tokens: list[object] = []
    if api == "chat":
        content = found.get("content")
        if not isinstance(content, list):
            return None
        known = [token if isinstance(token, dict) else {} for token in content]
        tokens, values = [one.get("token") for one in known], [one.get("logprob") for one in known]
    else:
        if not isinstance(found.get("token_logprobs"), list):
            return None
        values = found["token_logprobs"]
        if isinstance(found.get("tokens"), list):
            tokens = found["tokens"]
    numbers = [float(value) for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if len(numbers) != len(values):
        raise CallError("malformed", "log probabilities that are not numbers", retryable=True)
    return [(tokens[at] if at < len(tokens) else None, number) for at, number in enumerate(numbers)]


def _complete(tokens: _Tokens | None, text: str) -> tuple[float, ...] | None:
    """The logarithms, where they are those of the whole text; of part of it they would say nothing of the rest."""
    if tokens is None or not spell_all([token for token, _ in tokens], text):
        return None
    return tuple(number for _, number in tokens)
