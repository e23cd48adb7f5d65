"""The OpenAI wire format, as far as a guard must understand it: where the texts stand, and what a refusal looks like.

Everything else of a request goes on as it came. Of a reply only the fields known here do, since a field nobody has
looked at may hold the very text that was masked elsewhere.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trimtab.kinds import Message, Role

Body = dict[str, Any]

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_PLAIN_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
REPLY_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")


class UnreadableError(ValueError):
    """A request or reply holds something that nobody could look at. The text says what, and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands in a body, so that what may go on can be put back."""

    holder: Any
    key: str | int
    role: Role

    @property
    def message(self) -> Message:
        """The text, as a message of who wrote it."""
        return Message(self.role, self.holder[self.key])

    def put(self, text: str) -> None:
        """Replace the text."""
        self.holder[self.key] = text


def asked(body: Body) -> list[Place]:
    """Every text of a request for a chat, a completion or an embedding.

    Raises:
        UnreadableError: There is something that is no text, or no text at all.
    """
    if "messages" in body:
        places = list(_messages(body["messages"]))
    elif "prompt" in body:
        places = list(_plain(body, "prompt"))
    elif "input" in body:
        places = list(_plain(body, "input"))
    else:
        raise UnreadableError("there are neither messages, prompt nor input")
    if isinstance(body.get("suffix"), str):
        places.append(Place(body, "suffix", "user"))
    return places


def offered(body: Body) -> frozenset[str]:
    """The functions that a request lets the model call, by name."""
    tools, functions = body.get("tools"), body.get("functions")
    found = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    found += functions if isinstance(functions, list) else []
    names = (function.get("name") for function in found if isinstance(function, dict))
    return frozenset(name for name in names if isinstance(name, str))


def wanted(body: Body) -> int:
    """How many choices a request asks for."""
    number, prompt = body.get("n"), body.get("prompt")
    each = number if isinstance(number, int) and number > 0 else 1
    return each * (len(prompt) if isinstance(prompt, list) else 1)


def wants_usage(body: Body) -> bool:
    """Whether a stream shall end with what was used."""
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def answered(body: Body, names: frozenset[str] = frozenset()) -> list[list[Place]]:
    """The texts of each choice of a reply; what is not known is taken out of it.

    The name of a function is a text too, unless it is one of `names`, which the client offered.

    Raises:
        UnreadableError: It has not the form of a reply.
    """
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not all(isinstance(choice, dict) for choice in choices):
        raise UnreadableError("the upstream's answer has no choices")
    for key in set(body) - {
        "id",
        "object",
        "created",
        "model",
        "choices",
        "usage",
        "system_fingerprint",
        "service_tier",
    }:
        del body[key]
    return [list(_choice(choice, names)) for choice in choices]


def _choice(choice: Body, names: frozenset[str]) -> Iterator[Place]:
    _only(choice, "index", "message", "text", "finish_reason", "logprobs")
    choice["logprobs"] = None  # they spell out the text before it was masked
    if isinstance(choice.get("text"), str):
        yield Place(choice, "text", "assistant")
        return
    message = choice.get("message")
    if not isinstance(message, dict):
        raise UnreadableError("a choice of the upstream's answer has neither message nor text")
    _only(message, "role", "tool_calls", "function_call", *REPLY_TEXTS)
    for key in REPLY_TEXTS:
        if isinstance(message.get(key), str):
            yield Place(message, key, "assistant")
        elif message.get(key) is not None:
            raise UnreadableError(f"{key} of the upstream's answer is no text")
    for function in _functions(message):
        _only(function, "name", "arguments")
        if not isinstance(function.get("name"), str):
            raise UnreadableError("a tool call has no name that could be read")
        if function["name"] not in names:
            yield Place(function, "name", "assistant")
        yield Place(function, "arguments", "assistant")
    for call in message.get("tool_calls") or []:
        _only(call, "id", "type", "function")
        call["id"] = plain_id(call.get("id"))


def _only(holder: Body, *known: str) -> None:
    for key in holder.keys() - set(known):
        del holder[key]


def _messages(messages: Any) -> Iterator[Place]:
    if not isinstance(messages, list) or not messages:
        raise UnreadableError("messages is not a list with something in it")
    for message in messages:
        if not isinstance(message, dict):
            raise UnreadableError("a message is not an object")
        role = message.get("role")
        if not isinstance(role, str) or role not in _ROLES:
            raise UnreadableError("a message has no role that is known")
        yield from _content(message, _ROLES[role])
        for function in _functions(message):
            yield Place(function, "arguments", _ROLES[role])


def _content(message: Body, role: Role) -> Iterator[Place]:
    content = message.get("content")
    if isinstance(content, str):
        yield Place(message, "content", role)
    elif isinstance(content, list):
        for part in content:
            if not isinstance(part, dict) or not isinstance(part.get("text"), str):
                raise UnreadableError("a message has a part that is no text")
            yield Place(part, "text", role)
    elif content is not None:
        raise UnreadableError("the content of a message is no text")


def _functions(message: Body) -> Iterator[Body]:
    """The functions of tool calls; their arguments are written by a model, and acted upon."""
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise UnreadableError("tool_calls is not a list")
    functions = [call.get("function") if isinstance(call, dict) else None for call in calls]
    if message.get("function_call") is not None:
        functions.append(message["function_call"])
    for function in functions:
        if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
            raise UnreadableError("a tool call has no arguments that could be read")
        yield function


def _plain(body: Body, key: str) -> Iterator[Place]:
    value = body[key]
    if isinstance(value, str):
        yield Place(body, key, "user")
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        for number in range(len(value)):
            yield Place(value, number, "user")
    else:
        raise UnreadableError(f"{key} is no text, nor a list of texts")


def refusal(body: Body, text: str, *, request_id: str) -> Body:
    """What a client gets instead of a reply: an ordinary reply that says why it stops."""
    chat = "messages" in body
    choice: Body = {"index": 0, "finish_reason": "content_filter", "logprobs": None}
    choice |= {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    return {
        "id": f"{'chatcmpl' if chat else 'cmpl'}-{request_id}",
        "object": "chat.completion" if chat else "text_completion",
        "created": int(time.time()),
        "model": body.get("model") if isinstance(body.get("model"), str) else "",
        "choices": [choice],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def refuse(choice: Body, text: str) -> None:
    """Put a refusal in the place of a choice."""
    if "message" in choice:
        choice["message"] = {"role": "assistant", "content": text}
    else:
        choice["text"] = text
    choice["finish_reason"] = "content_filter"


def as_chunks(reply: Body, *, usage: bool) -> Iterator[Body]:
    """A whole reply as the chunks of a stream: its text, its end, and what it used if that was asked for."""
    chat = reply.get("object") == "chat.completion"
    head: Body = {key: reply[key] for key in ("id", "created", "model", "system_fingerprint") if key in reply}
    head["object"] = "chat.completion.chunk" if chat else "text_completion"
    for choice in reply["choices"]:
        index, finish = choice.get("index", 0), choice.get("finish_reason")
        if not chat:
            yield {
                **head,
                "choices": [{"index": index, "text": choice["text"], "finish_reason": finish, "logprobs": None}],
            }
            continue
        delta = dict(choice["message"])
        if delta.get("tool_calls"):
            delta["tool_calls"] = [{"index": number, **call} for number, call in enumerate(delta["tool_calls"])]
        yield {**head, "choices": [{"index": index, "delta": delta, "finish_reason": None}]}
        yield {**head, "choices": [{"index": index, "delta": {}, "finish_reason": finish}]}
    if usage:
        yield {**head, "choices": [], "usage": reply.get("usage")}


def known_error(given: Any) -> Body:
    """What is known of an upstream's own error."""
    if not isinstance(given, dict):
        return {"message": "the upstream failed", "type": "server_error", "param": None, "code": "upstream"}
    return {key: given.get(key) for key in ("message", "type", "param", "code")}


def plain_id(given: Any) -> str:
    """The id of a call if it can carry no text worth hiding, else a digest of it: clients only compare them."""
    if isinstance(given, str) and _PLAIN_ID.fullmatch(given):
        return given
    return f"call_{hashlib.sha256(repr(given).encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def error(message: str, *, kind: str, code: str) -> Body:
    """An error in the API's own shape."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
