"""The OpenAI wire format, as far as a guard must understand it: where the texts stand, and what a refusal looks like.

Everything else of a request goes on as it came. Of a reply only the fields known here do, since a field nobody has
looked at may hold the very text that was masked elsewhere.
"""

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
_REPLY_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")


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


def answered(body: Body) -> list[list[Place]]:
    """The texts of each choice of a reply; what is not known is taken out of it.

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
    return [list(_choice(choice)) for choice in choices]


def _choice(choice: Body) -> Iterator[Place]:
    for key in set(choice) - {"index", "message", "text", "finish_reason", "logprobs"}:
        del choice[key]
    choice["logprobs"] = None  # they spell out the text before it was masked
    if isinstance(choice.get("text"), str):
        yield Place(choice, "text", "assistant")
        return
    message = choice.get("message")
    if not isinstance(message, dict):
        raise UnreadableError("a choice of the upstream's answer has neither message nor text")
    for key in set(message) - {"role", "tool_calls", "function_call", *_REPLY_TEXTS}:
        del message[key]
    for key in _REPLY_TEXTS:
        if isinstance(message.get(key), str):
            yield Place(message, key, "assistant")
        elif message.get(key) is not None:
            raise UnreadableError(f"{key} of the upstream's answer is no text")
    yield from _calls(message, "assistant")


def _messages(messages: Any) -> Iterator[Place]:
    if not isinstance(messages, list) or not messages:
        raise UnreadableError("messages is not a list with something in it")
    for message in messages:
        if not isinstance(message, dict):
            raise UnreadableError("a message is not an object")
        role = message.get("role")
        if not isinstance(role, str) or role not in _ROLES:
            raise UnreadableError("a message has no role that is known")
        content = message.get("content")
        if isinstance(content, str):
            yield Place(message, "content", _ROLES[role])
        elif isinstance(content, list):
            for part in content:
                if not isinstance(part, dict) or not isinstance(part.get("text"), str):
                    raise UnreadableError("a message has a part that is no text")
                yield Place(part, "text", _ROLES[role])
        elif content is not None:
            raise UnreadableError("the content of a message is no text")
        yield from _calls(message, _ROLES[role])


def _calls(message: Body, role: Role) -> Iterator[Place]:
    """The arguments of tool calls: written by a model, and acted upon."""
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise UnreadableError("tool_calls is not a list")
    functions = [call.get("function") if isinstance(call, dict) else None for call in calls]
    if message.get("function_call") is not None:
        functions.append(message["function_call"])
    for function in functions:
        if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
            raise UnreadableError("a tool call has no arguments that could be read")
        yield Place(function, "arguments", role)


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


def error(message: str, *, kind: str, code: str) -> Body:
    """An error in the API's own shape."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
