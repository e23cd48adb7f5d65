"""Where the texts of a JSON body stand, so that each can be looked at, and what may go on put back."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any

from trimtab.kinds import Message, Role

PLAIN_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
# A single lower-case word, or a small number: every schema is full of them, and they tell nothing of anybody.
_PLAIN_WORD = re.compile(r"[a-z_$-]{1,40}|[0-9]{1,6}")
# Of a part of a content; whatever else it holds may be an image or a sound.
_PART = frozenset({"type", "text", "refusal", "cache_control", "annotations", "citations", "id", "index"})
_PART_TYPES = frozenset({"text", "refusal", "input_text", "output_text"})
# An id of a call that is too short for anything worth hiding.
_SHORT_ID = re.compile(r"(?:call_)?[A-Za-z0-9]{1,6}")
_IDS = frozenset({"id", "tool_call_id"})
_PLAIN = (str, int, float, NoneType)
_LONG_NUMBER = 7  # digits, from which on a number may name somebody
_DEEPEST = 100
_TOO_DEEP = "it is nested too deeply"


class UnreadableError(ValueError):
    """A request or reply holds something that nobody could look at. The text says what, and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands in a body. One that is `beside` the conversation is looked at, and no part of it.

    Texts of the same `run` follow each other, and a model may read them as one. An `id` of a call is not worth asking
    somebody else about.
    """

    holder: Any
    key: str | int
    role: Role
    beside: bool = False
    run: int | None = None
    id: bool = False

    @property
    def message(self) -> Message:
        """The text, as a message of who wrote it."""
        return Message(self.role, self.holder[self.key])

    def put(self, text: str) -> None:
        """Replace the text."""
        self.holder[self.key] = text


@dataclass(frozen=True, slots=True)
class _FieldName(Place):
    """The name of a field, which a model may read as well as what stands in it."""

    @property
    def message(self) -> Message:
        return Message(self.role, str(self.key))

    def put(self, text: str) -> None:
        if text != self.key:
            name = _free(text, self.holder)
            fields = [(name if key == self.key else key, value) for key, value in self.holder.items()]
            self.holder.clear()
            self.holder.update(fields)


def _free(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where it is taken: what two masked names hold must not become one."""
    if name not in taken:
        return name
    low, high = 1, 2
    while f"{name} {high}" in taken:  # there may be thousands, so the first that is free is found by halving
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if f"{name} {middle}" in taken else (low, middle)
    return f"{name} {high}"


@dataclass(frozen=True, slots=True)
class _Number(Place):
    """A number, which becomes a text where something of it is replaced."""

    @property
    def message(self) -> Message:
        return Message(self.role, _written(self.holder[self.key]))

    def put(self, text: str) -> None:
        if text != self.message.content:
            self.holder[self.key] = text


def as_json(value: Any, depth: int = 0) -> Any:
    """The value as JSON has it, with lists for tuples and nothing in it that stands in two places.

    Raises:
        UnreadableError: It holds something that is no JSON, or is nested too deeply.
    """
    if isinstance(value, _PLAIN):
        return value
    if depth > _DEEPEST:
        raise UnreadableError(_TOO_DEEP)
    if isinstance(value, dict | Mapping) and all(isinstance(key, str) for key in value):
        return {key: as_json(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner, depth + 1) for inner in value]
    raise UnreadableError("something that is no JSON")


def text_of_part(part: Any) -> str:
    """Where the text of a part of a content stands; empty where it is no text, or more than that."""
    if not isinstance(part, Mapping) or not part.keys() <= _PART:
        return ""
    kind = part.get("type", "text")
    key = "refusal" if kind == "refusal" else "text"
    known = isinstance(kind, str) and kind in _PART_TYPES
    return key if known and isinstance(part.get(key), str) else ""


def other_texts(
    root: Any, role: Role, *, known: Iterable[Place] = (), but: Container[str] = (), ids: bool = False
) -> list[Place]:
    """Every text at any depth that is not `known`, and every name of a field, but for plain words.

    Put back in this order: names come last, since what stands in a field is found by its name.

    Args:
        root: An object or a list.
        role: Who wrote it.
        known: Places that are looked at already.
        but: Fields of the root itself that are passed over.
        ids: Whether it is a message. Then the id of a call is known as one, and passed over if it can carry no text
            worth hiding, and long numbers are texts; elsewhere they are seeds and bounds, and go on as they came.

    Raises:
        UnreadableError: It is nested too deeply to be sent on, or a number is too long to be written.
    """
    seen = {(id(place.holder), place.key) for place in known}
    values: list[Place] = []
    names: list[Place] = []
    todo: list[tuple[Any, int]] = [(root, 0)]
    while todo:
        holder, depth = todo.pop()
        if depth > _DEEPEST:
            raise UnreadableError(_TOO_DEEP)
        named = isinstance(holder, Mapping)
        for key, value in holder.items() if named else enumerate(holder):
            if depth == 0 and key in but:
                continue
            if named and not _PLAIN_WORD.fullmatch(str(key)):
                names.append(_FieldName(holder, key, role, beside=True))
            if isinstance(value, Mapping | list):
                todo.append((value, depth + 1))
            elif isinstance(value, str) and value and (id(holder), key) not in seen:
                an_id = ids and key in _IDS
                if not (_PLAIN_WORD.fullmatch(value) or (an_id and _SHORT_ID.fullmatch(value))):
                    id_alone = an_id and PLAIN_ID.fullmatch(value) is not None
                    values.append(Place(holder, key, role, beside=True, id=id_alone))
            elif ids and isinstance(value, int | float) and sum(map(str.isdigit, _written(value))) >= _LONG_NUMBER:
                values.append(_Number(holder, key, role, beside=True))
    return values + names


def _written(number: float) -> str:
    try:
        return repr(number)
    except ValueError:  # Python writes no number of more than some thousand digits
        raise UnreadableError("a number that is too long") from None


__all__ = ["PLAIN_ID", "Place", "UnreadableError", "as_json", "other_texts", "text_of_part"]
