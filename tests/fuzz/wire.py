"""Any JSON as a request or a reply: it is refused as unreadable, or every text of it is looked at, and it can be sent on."""

import json
from contextlib import suppress
from typing import Any

import orjson
from tests.fuzz.texts import text_of

from trimtab.enforce.places import UnreadableError
from trimtab.serve import pieces, wire

_MARK = "\u00a7 what must be looked at"
_KEYS = (
    "messages", "prompt", "input", "suffix", "role", "content", "type", "text", "tool_calls", "function_call", "function", "name",
    "arguments", "id", "tools", "functions", "parameters", "response_format", "metadata", "user", "stop", "n", "stream", "stream_options",
    "choices", "message", "delta", "index", "finish_reason", "logprobs", "usage", "model", "refusal", "reasoning_content", "audio", "created",
    "object", "prediction", "image_url", "tool_call_id", _MARK, "system_fingerprint", "error", "annotations", "logit_bias", "parts",
)  # fmt: skip
_TEXTS = (
    _MARK,
    "user",
    "assistant",
    "system",
    "tool",
    "text",
    "function",
    "stop",
    "refusal",
    "call_1",
    "{}",
    "chat.completion",
    f"a{_MARK}",
    "",
)


def check(data: bytes) -> None:
    """Raises AssertionError when a body of these bytes breaks a promise."""
    if not data:
        return
    kind, rest = data[0], data[1:]
    if kind & 1:
        raw = text_of(rest).encode("utf-8", "replace")
    else:  # not by orjson, which reads bodies that are nested more deeply than it writes
        raw = json.dumps(_Maker(rest).body(reply=bool(kind & 2), natural=bool(kind & 4))).encode()
    try:
        given = orjson.loads(raw)
    except ValueError:
        return
    if isinstance(given, dict):
        _request(orjson.loads(raw))
        _reply(orjson.loads(raw), told=bool(kind & 8))
        _piece(given)


def _request(body: wire.Body) -> None:
    assert wire.offered(body) is not None
    assert wire.wants_usage(body) in {True, False}
    orjson.dumps(wire.refusal(body, "no", request_id="1"))
    try:
        places = wire.asked(body)
    except UnreadableError:
        return
    assert [place.beside for place in places] == sorted(place.beside for place in places)
    assert wire.wanted(body) >= 1
    before = orjson.dumps(body)
    for place in places:
        place.put(place.message.content)
    assert orjson.dumps(body) == before
    for place in places:
        place.put("x")
    if isinstance(body.get("model"), str):
        del body["model"]
    assert _MARK.encode() not in orjson.dumps(body)


def _reply(body: wire.Body, *, told: bool) -> None:
    try:
        choices = wire.answered(body, frozenset(["send"]))
    except UnreadableError:
        return
    for choice, places in zip(body["choices"], choices, strict=True):
        for place in places:
            place.put(place.message.content and "x")
        if told:
            wire.refuse(choice, "no")
    assert _MARK.encode() not in orjson.dumps(body)
    chunks = b"".join(map(pieces.event, wire.as_chunks(body, usage=True)))
    assert _MARK.encode() not in chunks


def _piece(choice: wire.Body) -> None:
    for chat in (True, False):
        with suppress(UnreadableError):
            pieces.delta(choice, chat=chat)


class _Maker:
    """Bodies out of bytes: of the right shape for the most part, with anything in any place."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def _next(self) -> int:
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def body(self, *, reply: bool, natural: bool) -> wire.Body:
        made: wire.Body = {"model": self._text()}
        if natural:
            message = {"role": "assistant" if reply else "user", "content": self._value(2)}
            if reply:
                made["choices"] = [{"index": 0, "message": self._and_more(message), "finish_reason": "stop"}]
            else:
                made["messages"] = [self._and_more(message)]
        return self._and_more(made)

    def _and_more(self, made: wire.Body) -> wire.Body:
        for _ in range(self._next() % 6):
            made[_KEYS[self._next() % len(_KEYS)]] = self._value(4)
        return made

    def _text(self) -> str:
        return _TEXTS[self._next() % len(_TEXTS)]

    def _value(self, depth: int) -> Any:
        kind = self._next()
        if depth == 0 or kind % 8 < 3:
            return self._text()
        if kind % 8 == 3:
            return (None, True, 0, 1, -1, 1.5, 2**63, 1e300)[kind // 8 % 8]
        if kind % 8 == 4:
            return [self._value(depth - 1) for _ in range(kind // 8 % 4)]
        if kind % 8 == 5:
            return self._and_more({})
        if kind % 8 == 6:
            return [{"type": "text", "text": self._text(), **self._and_more({})}]
        function = {"name": self._text(), "arguments": self._text()}
        return [{"id": self._text(), "type": "function", "function": self._and_more(function)}]
