"""Which texts a message holds, who wrote them, and the same message with other texts in their places.

Read as the proxy reads them: each part of a content is a text, so are the arguments of each tool call, and whatever
else of a message is one: names, reasoning, fields that are not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from trimtab.enforce.places import Place, UnreadableError, other_texts, text_of_part
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
_ROLE = frozenset({"role"})
_USUAL = frozenset({"role", "content"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read: `texts` are those of its content, `spoken` of them, then arguments of calls and the rest.

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
        new = deepcopy(dict(self.given))
        for place, text in zip(_places(new, self.role)[0], texts, strict=True):
            place.put(text)
        return new


def read(given: Given) -> Reading:
    """What a message holds."""
    if isinstance(given, Message):
        return Reading(given, _ORIGINS.get(given.role, "document"), (given.content,), 1)
    role, content = given.get("role"), given.get("content")
    origin = _ORIGINS.get(role, "document") if isinstance(role, str) else "document"
    if isinstance(content, str) and given.keys() <= _USUAL:
        return Reading(given, origin, (content,), 1)  # nearly every message
    try:
        places, spoken = _places(given, "user")
    except UnreadableError as problem:
        return Reading(given, origin, (), 0, str(problem))
    return Reading(given, origin, tuple(place.message.content for place in places), spoken)


def _places(given: Mapping[str, Any], role: Role) -> tuple[list[Place], int]:
    """Where the texts of a message stand, and how many of them are its content."""
    content = given.get("content")
    places: list[Place] = []
    if isinstance(content, str):
        places.append(Place(given, "content", role))
    elif isinstance(content, list):
        for part in content:
            key = text_of_part(part)
            if not key:
                raise UnreadableError("a message with a part that is no text")
            places.append(Place(part, key, role))
    elif content is not None:
        raise UnreadableError("a message with a part that is no text")
    spoken = len(places)
    for function in _functions(given):
        if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), str):
            raise UnreadableError("a tool call without arguments that could be read")
        places.append(Place(function, "arguments", role))
    return places + other_texts(given, role, known=places, but=_ROLE, ids=True), spoken


def _functions(given: Mapping[str, Any]) -> Iterator[object]:
    calls = given.get("tool_calls") or []
    if isinstance(calls, list):
        yield from (call.get("function") if isinstance(call, Mapping) else None for call in calls)
    else:
        yield None
    if given.get("function_call") is not None:
        yield given["function_call"]
