"""Where the texts of a JSON body stand, so that each can be looked at, and what may go on put back."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
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
_DEEPEST = 100


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
            fields = [(text if key == self.key else key, value) for key, value in self.holder.items()]
            self.holder.clear()
            self.holder.update(fields)


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
        ids: Whether the id of a call is known as one, and passed over if it can carry no text worth hiding.

    Raises:
        UnreadableError: It is nested too deeply to be sent on.
    """
    seen = {(id(place.holder), place.key) for place in known}
    values: list[Place] = []
    names: list[Place] = []
    todo: list[tuple[Any, int]] = [(root, 0)]
    while todo:
        holder, depth = todo.pop()
        if depth > _DEEPEST:
            raise UnreadableError("it is nested too deeply")
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
    return values + names


__all__ = ["PLAIN_ID", "Place", "UnreadableError", "other_texts", "text_of_part"]
