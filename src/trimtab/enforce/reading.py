"""Which texts a message holds, who wrote them, and the same message with other texts in their places.

Read as the proxy reads them: each part of a content is a text, and so are the arguments of each tool call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab.kinds import Message, Origin, Role

Given = Message | Mapping[str, Any]
"""A message of ours, or as on the OpenAI wire."""

_ORIGINS: dict[str, Origin] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read: `texts` are those of its content, `spoken` of them, and then the arguments of its calls.

    `odd` says what of it could not be read, if anything; it quotes nothing.
    """

    given: Given
    origin: Origin
    texts: tuple[str, ...]
    spoken: int
    odd: str = ""

    @property
    def role(self) -> Role:
        """Whoever is unknown counts as a user."""
        return "user" if self.origin == "document" else self.origin

    def message(self, texts: Sequence[str]) -> Message:
        """The message with these texts for its own, without its calls."""
        if texts is self.texts and isinstance(self.given, Message):
            return self.given
        return Message(self.role, texts[0] if self.spoken == 1 else "\n".join(texts[: self.spoken]))

    def wire(self, texts: Sequence[str]) -> dict[str, Any]:
        """The message as on the wire, with these texts for its own."""
        if isinstance(self.given, Message):
            return {"role": self.given.role, "content": texts[0]}
        if texts is self.texts:
            return dict(self.given)
        left = iter(texts)
        new = dict(self.given)
        if isinstance(new.get("content"), str):
            new["content"] = next(left)
        elif isinstance(new.get("content"), list):
            new["content"] = [{**part, "text": next(left)} for part in new["content"]]
        if new.get("tool_calls"):
            new["tool_calls"] = [
                {**call, "function": {**call["function"], "arguments": next(left)}} for call in new["tool_calls"]
            ]
        if new.get("function_call") is not None:
            new["function_call"] = {**new["function_call"], "arguments": next(left)}
        return new


def read(given: Given) -> Reading:
    """What a message holds."""
    if isinstance(given, Message):
        return Reading(given, _ORIGINS.get(given.role, "document"), (given.content,), 1)
    role, content = given.get("role"), given.get("content")
    origin = _ORIGINS.get(role, "document") if isinstance(role, str) else "document"
    if isinstance(content, str):
        if given.get("tool_calls") is None and given.get("function_call") is None:
            return Reading(given, origin, (content,), 1)  # nearly every message
        texts = [content]
    elif content is None:
        texts = []
    elif isinstance(content, list) and all(isinstance(p, Mapping) and isinstance(p.get("text"), str) for p in content):
        texts = [part["text"] for part in content]
    else:
        return Reading(given, origin, (), 0, "a message with a part that is no text")
    spoken = len(texts)
    for function in _functions(given):
        if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), str):
            return Reading(given, origin, (), 0, "a tool call without arguments that could be read")
        texts.append(function["arguments"])
    return Reading(given, origin, tuple(texts), spoken)


def _functions(given: Mapping[str, Any]) -> Iterator[object]:
    calls = given.get("tool_calls") or []
    if isinstance(calls, list):
        yield from (call.get("function") if isinstance(call, Mapping) else None for call in calls)
    else:
        yield None
    if given.get("function_call") is not None:
        yield given["function_call"]
