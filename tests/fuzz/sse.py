"""Any bytes of an upstream, cut anywhere: the same events, the same answer, and nothing that the guard stops."""

import json
from collections.abc import Coroutine
from typing import Any

from tests.fuzz.guards import SAID, cuts, guard
from tests.fuzz.texts import text_of

from trimtab._sse import EventSplitter
from trimtab.serve.looking import Looking
from trimtab.serve.relay import BrokenStreamError, Relay
from trimtab.serve.tally import Tally

_GUARD = guard("patterns", "leak", action="block")
_ROW = Tally(1).row(0)
_SECRET = "MAROLIN-4827"
_KEYS = ("content", "refusal", "reasoning_content", "reasoning", "text", "role", "audio", "annotations")


def check(data: bytes) -> None:
    """Raises AssertionError when these bytes break a promise."""
    if len(data) < 2:
        return
    about, rest = data[2 : 2 + data[1] % 16], data[2 + data[1] % 16 :]
    raw = rest if data[0] & 1 else _events(rest)
    pieces = [raw[start:end] for start, end in cuts(about * 60, len(raw))]
    assert _split(pieces) == _split([raw]) == _split([raw[at : at + 1] for at in range(len(raw))])
    chat, wanted = bool(data[0] & 2), 1 + (data[0] >> 2 & 1)
    said, broke = _relayed(pieces, chat=chat, choices=wanted)
    whole, broke_too = _relayed([raw], chat=chat, choices=wanted)
    for one in (said, whole):  # what had gone on before it broke included
        assert _SECRET not in one.pop("all")
    assert broke == broke_too
    assert broke or said == whole


def _split(pieces: list[bytes]) -> list[bytes]:
    splitter = EventSplitter()
    found = [event for piece in pieces for event in splitter.feed(piece)]
    return found + splitter.rest()


def _relayed(pieces: list[bytes], *, chat: bool, choices: int) -> tuple[dict[str, str], bool]:
    """What a client reads of each text, and whether the stream broke."""
    one = Relay(
        Looking(_GUARD, _ROW).begin(SAID), chat=chat, choices=choices, usage=True, limit=100_000, names=["send"]
    )
    out, broke = b"", False
    try:
        for piece in pieces:
            out += b"" if one.over else _now(one.feed(piece))
        out += b"" if one.over else _now(one.end())
    except BrokenStreamError:
        broke = True
    return _read(out), broke


def _read(out: bytes) -> dict[str, str]:
    read = {"all": out.decode()}
    events = [event.removeprefix("data: ") for event in read["all"].split("\n\n")]
    for choice in [choice for event in events if event[:1] == "{" for choice in json.loads(event)["choices"]]:
        for key, value in {**choice, **choice.get("delta", {})}.items():
            if isinstance(value, str):
                name = f"{choice['index']}.{key}"
                read[name] = read.get(name, "") + value
            elif key in {"tool_calls", "function_call"}:
                read["all"] += json.dumps(value, ensure_ascii=False)
    read["all"] = " ".join(value for key, value in read.items() if key != "all") + read["all"]
    return read


def _now(coroutine: Coroutine[Any, Any, bytes]) -> bytes:
    """What a coroutine that waits for nothing returns."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return bytes(ended.value)
    raise AssertionError("it waits")


def _events(data: bytes) -> bytes:
    """Events that a server might send: each run of up to nine bytes is a piece of a choice."""
    end = (b"\n", b"\r\n", b"\r")[data[0] % 3] if data else b"\n"
    out: list[Any] = []
    for at in range(0, len(data), 9):
        kind, text = data[at], text_of(data[at + 1 : at + 9])[:600]
        if data[at + 1 : at + 2] < b"0":
            text += f" {_SECRET}"
        delta: dict[str, Any] = {_KEYS[kind & 7]: text}
        if kind & 0x18 == 0x18:
            call = {"index": kind >> 5, "id": text[:9], "function": {"name": "send", "arguments": text}}
            delta = {"tool_calls": [call]} if kind & 4 else {"function_call": call["function"]}
        choice: dict[str, Any] = {"index": kind >> 7, "delta": delta, "finish_reason": None, **delta}
        if kind & 0x1F == 0x1F:
            choice = {"index": kind >> 7, "delta": {}, "finish_reason": "stop"}
        out.append({"id": "1", "choices": [choice]})
    out += [{"choices": [{"index": one, "delta": {}, "finish_reason": "stop"}]} for one in (0, 1)][: 1 + len(data) % 3]
    indent, plain = (1, None)[len(data) >> 1 & 1], bool(len(data) & 1)  # an event may have several lines
    events = [json.dumps(one, ensure_ascii=plain, indent=indent).encode("utf-8", "replace") for one in out] + [
        b"[DONE]"
    ]
    return b"".join(b"".join(b"data: " + line + end for line in event.split(b"\n")) + end for event in events)
