"""The pieces of a streamed reply on the OpenAI wire, and the tool calls that are put together from them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from trimtab.enforce.places import UnreadableError
from trimtab.serve.about import Lets, call_id
from trimtab.serve.wire import REPLY_TEXTS, Body

DONE = b"data: [DONE]\n\n"
_KINDS = (None, "", "function")  # of a tool call; only its first piece says so


@dataclass(slots=True)
class Part:
    """A piece of a tool call."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    @property
    def size(self) -> int:
        """Characters."""
        return len(self.id) + len(self.name) + len(self.arguments)


@dataclass(slots=True)
class Delta:
    """What one event adds to a choice. A call without a number comes from a server that does not number them.

    `elsewhere` says that something is said in a field that no piece of such a stream has.
    """

    texts: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[int | None, Part]] = field(default_factory=list)
    old_call: Part | None = None
    elsewhere: bool = False


class Call:
    """A tool call that is being put together."""

    __slots__ = ("_arguments", "_id", "_looked", "_name")

    def __init__(self) -> None:
        self._id = ""
        self._name: list[str] = []
        self._arguments: list[str] = []
        self._looked = ""

    def add(self, part: Part) -> None:
        """Take one more piece."""
        self._id = self._id or part.id
        if part.name:
            self._name.append(part.name)
        self._arguments.append(part.arguments)

    def texts(self, offered: frozenset[str]) -> Iterator[tuple[str, bool, Callable[[str], None]]]:
        """What must be looked at, whether it is arguments, and where it is put back.

        A name that the client did not offer is a text too.
        """
        name = "".join(self._name)
        if name not in offered:
            yield name, False, self._rename
        yield "".join(self._arguments), True, self._rewrite

    @property
    def named(self) -> bool:
        """Whether it says which function is called."""
        return any(self._name)

    def function(self) -> Body:
        """Name and arguments, as they may go on."""
        return {"name": "".join(self._name), "arguments": "".join(self._arguments)}

    def body(self, lets: Lets) -> Body:
        """The whole call; an id that `lets` does not let on is replaced."""
        return {"id": call_id(self._id, lets), "type": "function", "function": self.function()}

    def _rename(self, name: str) -> None:
        self._name = [name]

    def _rewrite(self, arguments: str) -> None:
        self._arguments = [arguments]


def delta(choice: Body, *, chat: bool) -> Delta:
    """What a choice of one event says; what is not known is passed over.

    Raises:
        UnreadableError: There is something that is no text where one belongs.
    """
    if not chat:
        text = choice.get("text")
        elsewhere = bool(choice.get("message") or choice.get("delta"))
        return Delta(texts={"text": _text(text, "text")} if text else {}, elsewhere=elsewhere)
    given, elsewhere = choice.get("delta"), bool(choice.get("message") or choice.get("text"))
    if given is None:
        return Delta(elsewhere=elsewhere)
    if not isinstance(given, dict):
        raise UnreadableError("a piece of the upstream's answer is no object")
    texts = {key: _text(given[key], key) for key in REPLY_TEXTS if given.get(key)}
    found = Delta(texts=texts, elsewhere=elsewhere)
    calls = given.get("tool_calls") or []
    if not isinstance(calls, list):
        raise UnreadableError("tool_calls of the upstream's answer is not a list")
    for call in calls:
        if not isinstance(call, dict):
            raise UnreadableError("a tool call of the upstream's answer is no object")
        number = call.get("index")
        if number is not None and not isinstance(number, int):
            raise UnreadableError("a tool call of the upstream's answer has an odd number")
        if call.get("type") not in _KINDS or call.get("custom") is not None:
            raise UnreadableError("a tool call of the upstream's answer is of a kind that is not known")
        found.calls.append((number, _part(call.get("function"), call.get("id"))))
    if given.get("function_call"):
        found.old_call = _part(given["function_call"], None)
    return found


def _part(function: Any, name: Any) -> Part:
    if function is None:
        function = {}
    if not isinstance(function, dict):
        raise UnreadableError("a tool call of the upstream's answer has no function")
    return Part(
        id=_text(name or "", "id"),
        name=_text(function.get("name") or "", "name"),
        arguments=_text(function.get("arguments") or "", "arguments"),
    )


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise UnreadableError(f"{what} of the upstream's answer is no text")
    return value


def event(data: Body) -> bytes:
    """One event of a stream."""
    return b"data: " + orjson.dumps(data) + b"\n\n"
