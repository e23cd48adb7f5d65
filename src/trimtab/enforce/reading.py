"""Which texts a message holds, who wrote them, and the same message with other texts in their places.

Read as the proxy reads them: each part of a content is a text, so are the arguments of each tool call, and whatever
else of a message is one: names, reasoning, fields that are not known. What a model may read as one text is a run:
the parts of a content, and the contents of messages that follow each other from the same hand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from trimtab.enforce.places import Place, UnreadableError, other_texts, text_of_part
from trimtab.kinds import Message, Role

BETWEEN = ("", " ", "\n")
"""What may stand between two texts of a run when a model reads it: templates differ, and nobody outside can tell."""

ORIGINS: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
"""Who wrote a message, by its role. Whoever is unknown counts as a user, whose word has the least weight."""

_ROLE = frozenset({"role"})
_USUAL = frozenset({"role", "content"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read: `texts` are those of its content, `spoken` of them, then arguments of calls and the rest.

    Those of its content belong to the `run`, if there is one. `odd` says what of it could not be read, if anything; it
    quotes nothing. `ids` says which of the texts are ids of calls.
    """

    given: "Given"
    origin: Role
    texts: tuple[str, ...]
    spoken: int
    odd: str = ""
    run: int | None = None
    ids: frozenset[int] = frozenset()

    @classmethod
    def of(cls, place: Place) -> "Reading":
        """A text that was found in a body, as a message of who wrote it."""
        message = place.message
        ids = frozenset({0}) if place.id else frozenset[int]()
        return cls(message, message.role, (message.content,), 1, run=place.run, ids=ids)

    def message(self, texts: Sequence[str]) -> Message:
        """The message with these texts for its own, without its calls."""
        if texts is self.texts and isinstance(self.given, Message):
            return self.given
        return Message(self.origin, texts[0] if self.spoken == 1 else "\n".join(texts[: self.spoken]))

    def wire(self, texts: Sequence[str]) -> dict[str, Any]:
        """The message as on the wire, with these texts for its own."""
        if isinstance(self.given, Message):
            return {"role": self.given.role, "content": texts[0]}
        assert isinstance(self.given, Mapping)
        if texts is self.texts:
            return dict(self.given)
        new = deepcopy(dict(self.given))
        for place, text in zip(_places(new, self.origin)[0], texts, strict=True):
            place.put(text)
        return new


Given = Message | Mapping[str, Any] | Reading
"""A message of ours, as on the OpenAI wire, or as somebody has read it already."""


class Hands:
    """Numbers the runs of a conversation, whose messages it is told of one after the other."""

    __slots__ = ("_last", "_run")

    def __init__(self) -> None:
        self._last, self._run = "", -1

    def run(self, origin: Role) -> int:
        """The run that the content of the next message belongs to; what a tool says answers a call of its own."""
        if origin != self._last or origin == "tool":
            self._run += 1
        self._last = origin
        return self._run


def read(messages: Iterable[Given]) -> list[Reading]:
    """What messages hold, and which of their contents may be read as one."""
    hands = Hands()
    return [_read(given, hands) for given in messages]


def runs(readings: Sequence[Reading]) -> list[list[tuple[int, int]]]:
    """Where the texts of each run stand that has more than one: message and part."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, one in enumerate(readings):
        if one.run is not None:
            spoken = [(number, part) for part in range(one.spoken) if one.texts[part]]
            found.setdefault(one.run, []).extend(spoken)
    return [places for places in found.values() if len(places) > 1]


def instructions(readings: Sequence[Reading]) -> tuple[str, ...]:
    """What the operator wrote, each text by itself, or with those that may be read as one with it."""
    own = [one for one in readings if one.origin == "system"]
    together = runs(own)
    joined = {place for places in together for place in places}
    alone = [
        text for number, one in enumerate(own) for part, text in enumerate(one.texts) if (number, part) not in joined
    ]
    texts = [[own[number].texts[part] for number, part in places] for places in together]
    return (*alone, *(between.join(each) for each in texts for between in BETWEEN))


def _read(given: Given, hands: Hands) -> Reading:
    if isinstance(given, Reading):
        return given
    if isinstance(given, Message):
        origin = _origin(given.role)
        return Reading(given, origin, (given.content,), 1, run=hands.run(origin))
    content, origin = given.get("content"), _origin(given.get("role"))
    run = hands.run(origin)
    if isinstance(content, str) and given.keys() <= _USUAL:
        return Reading(given, origin, (content,), 1, run=run)  # nearly every message
    try:
        places, spoken = _places(given, origin)
    except UnreadableError as problem:
        return Reading(given, origin, (), 0, str(problem))
    texts = tuple(place.message.content for place in places)
    ids = frozenset(number for number, place in enumerate(places) if place.id)
    return Reading(given, origin, texts, spoken, run=run, ids=ids)


def _origin(role: object) -> Role:
    return ORIGINS.get(role, "user") if isinstance(role, str) else "user"


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
