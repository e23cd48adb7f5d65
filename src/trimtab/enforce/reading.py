"""Which texts a message holds, who wrote them, and the same message with other texts in their places.

Read as the proxy reads them: each part of a content is a text, so are the arguments of each tool call, and whatever
else of a message is one: names, reasoning, fields that are not known. What a model may read as one text is a run:
the parts of a content, and the contents of messages that follow each other from the same hand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab.enforce.places import Place, UnreadableError, as_json, other_texts, text_of_part
from trimtab.errors import UsageError
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
_UNSEEN = re.compile("[\u115f\u1160\u3164\uffa0]")  # pass for letters
_NO_ROLE = "a message whose role is no text"
_NO_TEXT = "a message with a part that is no text"


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read: `texts` are those of its content, `spoken` of them, then arguments of calls and the rest.

    Those of its content belong to the `run`, if there is one. `odd` says what of it could not be read, if anything; it
    quotes nothing, and then `texts` are what could be read of its content. `ids` says which of the texts are ids of
    calls.
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
        assert isinstance(self.given, dict | Mapping)
        if texts is self.texts:
            return dict(self.given)
        new: dict[str, Any] = as_json(self.given)
        for place, text in zip(_places(new, self.origin).all, texts, strict=True):
            place.put(text)
        return new


Given = Message | Mapping[str, Any] | Reading
"""A message of ours, as on the OpenAI wire, or as somebody has read it already."""


class Hands:
    """Numbers the runs of a conversation, whose messages it is told of one after the other."""

    __slots__ = ("_last", "_made", "_run")

    def __init__(self) -> None:
        self._last, self._made, self._run = "", -1, -1

    def run(self, origin: Role, *, says: bool = True) -> int:
        """The run that the content of the next message belongs to; what a tool says answers a call of its own.

        One that `says` nothing, and calls nothing, is as if it were not there: a model may see none of it.
        """
        if origin == self._last and origin != "tool":
            return self._run
        self._made += 1
        if says:
            self._last, self._run = origin, self._made
        return self._made


def read(messages: Iterable[Given]) -> list[Reading]:
    """What messages hold, and which of their contents may be read as one.

    Raises:
        UsageError: They are no messages.
    """
    if not isinstance(messages, list) and (
        isinstance(messages, str | bytes | Mapping) or not isinstance(messages, Iterable)
    ):
        raise _no_messages(messages)
    hands = Hands()
    return [_read(given, hands) for given in messages]


def runs(readings: Sequence[Reading]) -> list[list[tuple[int, int]]]:
    """Where the texts of each run stand that has more than one: message and part."""
    if len(readings) == 1 and readings[0].spoken < 2:
        return []  # nothing to read it with
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
        text
        for number, one in enumerate(own)
        for part, text in enumerate(one.texts)
        if text and (number, part) not in joined
    ]
    texts = [[own[number].texts[part] for number, part in places] for places in together]
    return (*alone, *(between.join(each) for each in texts for between in BETWEEN))


def unread(readings: Sequence[Reading]) -> str:
    """What of the operator's instructions could not be read, if anything. Whose role is no text may be the operator."""
    return next((one.odd for one in readings if one.odd and (one.origin == "system" or one.odd == _NO_ROLE)), "")


def _read(given: Given, hands: Hands) -> Reading:
    if isinstance(given, Reading):
        return given
    message = given if isinstance(given, Message) else None
    if message is not None:
        given = {"role": message.role, "content": message.content}
    if not isinstance(given, dict | Mapping):  # the first of them takes a tenth of the time
        raise _no_messages(given)
    role, content = given.get("role"), given.get("content")
    known = ORIGINS.get(role) if isinstance(role, str) else None
    if known and isinstance(content, str) and given.keys() <= _USUAL:  # nearly every message
        return Reading(message or given, known, (content,), 1, run=hands.run(known, says=speaks(content)))
    origin = known or "user"
    try:
        if role is not None and not isinstance(role, str):
            raise UnreadableError(_NO_ROLE)  # noqa: TRY301
        whole: dict[str, Any] = as_json(given)
        found = _places(whole, origin)
        texts = tuple([place.message.content for place in found.all])
    except UnreadableError as problem:
        texts = tuple(_readable(content))
        return Reading(given, origin, texts, len(texts), str(problem), run=hands.run(origin))
    says = bool(found.calls) or any(map(speaks, texts[: len(found.spoken)]))
    ids = frozenset(number for number, place in enumerate(found.all) if place.id)
    return Reading(whole, origin, texts, len(found.spoken), run=hands.run(origin, says=says), ids=ids)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the texts of a message stand: its content, the arguments of its calls, and the rest."""

    spoken: list[Place]
    calls: list[Place]
    others: list[Place]

    @property
    def all(self) -> list[Place]:
        return self.spoken + self.calls + self.others


def _places(given: Mapping[str, Any], role: Role) -> _Places:
    content = given.get("content")
    spoken: list[Place] = []
    if isinstance(content, str):
        spoken.append(Place(given, "content", role))
    elif isinstance(content, list):
        for part in content:
            key = text_of_part(part)
            if not key:
                raise UnreadableError(_NO_TEXT)
            spoken.append(Place(part, key, role))
    elif content is not None:
        raise UnreadableError(_NO_TEXT)
    calls: list[Place] = []
    for function in _functions(given):
        if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), str):
            raise UnreadableError("a tool call without arguments that could be read")
        calls.append(Place(function, "arguments", role))
    # Only a role that is known says nothing but who wrote it.
    but = _ROLE if given.get("role") in ORIGINS else frozenset[str]()
    return _Places(spoken, calls, other_texts(given, role, known=spoken + calls, but=but, ids=True))


def _functions(given: Mapping[str, Any]) -> Iterator[object]:
    calls = given.get("tool_calls") or []
    if isinstance(calls, list):
        yield from (call.get("function") if isinstance(call, Mapping) else None for call in calls)
    else:
        yield None
    if given.get("function_call") is not None:
        yield given["function_call"]


def _readable(content: object) -> Iterator[str]:
    """The text of each part of a content that could not be read as a whole; empty where a part has none."""
    for part in content if isinstance(content, list | tuple) else [content]:
        text = part.get("text") if isinstance(part, Mapping) else part
        yield text if isinstance(text, str) else ""


def speaks(text: str) -> bool:
    """Whether there is a letter or a digit in a text that can be seen."""
    return any(map(str.isalnum, text if text.isascii() else _UNSEEN.sub("", text)))


def _no_messages(given: object) -> UsageError:
    return UsageError(
        f"there is {type(given).__name__} in the place of messages.",
        'Give a list of messages, such as [{"role": "user", "content": "Hello"}].',
    )
