"""What trainers hand over, as text: strings, or messages as on the OpenAI wire."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from trimtab.enforce.places import PLAIN_ID, UnreadableError
from trimtab.enforce.rewards.columns import listed
from trimtab.kinds import Message, Role

_ROLES: dict[object, Role] = {role: role for role in get_args(Role)} | {"developer": "system", "function": "tool"}
# Whoever else speaks within a completion. What has any other role, or none, counts as the model's.
_OTHERS = frozenset({"system", "developer", "user", "tool", "function", "ipython", "environment"})
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_TEXT_PARTS = frozenset({"text", "output_text", "refusal"})
_CALLS = ("tool_calls", "function_call")
_PLAIN_TYPES = frozenset({"function", "custom", *_TEXT_PARTS})
_ESCAPES = re.compile(r'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]')


def completion_texts(completion: object) -> tuple[str, ...] | None:
    """What a completion says: its text, or all that the model thinks, says and calls in its messages.

    Messages of tools within a completion are not the model's words.

    Returns:
        What it says, last; before it what it thought, where that stands apart and there is any. None where something of
        the model's cannot be read, or nothing is there: whoever cannot read it cannot call it safe.
    """
    if isinstance(completion, str):
        return (completion,)
    messages = [completion] if isinstance(completion, Mapping) else completion
    if not isinstance(messages, Sequence):
        return None
    thought: list[str] = []
    said: list[str] = []
    spoke = False
    try:
        for message in messages:
            if not isinstance(message, Mapping):
                return None
            role = message.get("role")
            if isinstance(role, str) and role in _OTHERS:
                continue
            spoke = True
            held = {name: value for name, value in message.items() if name != "role" and value is not None}
            if not held and "content" not in message:
                return None
            for name in _THOUGHTS:
                thought += filter(None, _content(held.pop(name, "")))
            said += filter(None, _said(held))
    except (UnreadableError, RecursionError, TypeError):
        return None
    if not spoke:
        return None
    return ("\n".join(thought), "\n".join(said)) if thought else ("\n".join(said),)


def completion_text(completion: object) -> str | None:
    """As `completion_texts`, in one text."""
    texts = completion_texts(completion)
    return None if texts is None else "\n".join(filter(None, texts))


def prompt_messages(prompt: object) -> tuple[Message, ...]:
    """A prompt as messages, with what of them is text; what has no role is the user's."""
    if isinstance(prompt, Mapping):
        prompt = [prompt]
    if isinstance(prompt, str):
        return (Message("user", prompt),)
    found = []
    for message in listed(prompt) or ():
        given = message if isinstance(message, Mapping) else {}
        role = given.get("role")
        known = _ROLES.get(role, "user") if isinstance(role, str) else "user"
        found.append(Message(known, _asked(given.get("content"))))
    return tuple(found) or (Message("user", ""),)


def _asked(content: object) -> str:
    if not isinstance(content, Sequence) or isinstance(content, str):
        return content if isinstance(content, str) else ""
    parts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
    return "\n".join(part for part in parts if isinstance(part, str))


def _said(held: dict[str, Any]) -> Iterator[str]:
    """What the model says and calls in a message, and whatever else it holds.

    Raises:
        UnreadableError: It holds something that is no text.
    """
    yield from _content(held.pop("content", ""))
    for name in _CALLS:
        calls = held.pop(name, ())
        for call in [calls] if isinstance(calls, Mapping) else _sequence(calls):
            yield from _called(call)
    yield from (_shown(value) for value in _marks_aside(held).values() if not _says_nothing(value))


def _content(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
        return
    for part in _sequence(content):
        held = {"text": part} if isinstance(part, str) else part
        if not isinstance(held, Mapping) or not isinstance(held.get("text", held.get("refusal")), str):
            raise UnreadableError("a part of a message is no text")
        if held.get("type", "text") not in _TEXT_PARTS:
            raise UnreadableError("a part of a message is no text")
        yield from map(_shown, _marks_aside(held).values())


def _called(call: object) -> Iterator[str]:
    """What is handed to tools, which leaves the model as its words do: of a call everything, as the model wrote it."""
    if not isinstance(call, Mapping):
        raise UnreadableError("a call cannot be read")
    beside = _marks_aside(call)
    function = beside.pop("function", {})
    if not isinstance(function, Mapping):
        raise UnreadableError("a call cannot be read")
    for name, value in (*_marks_aside(function).items(), *beside.items()):
        shown = _unescaped(value) if isinstance(value, str) else _shown(value)
        yield shown if name in {"name", "arguments"} else f"{name}: {shown}"


def _sequence(value: object) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise UnreadableError("a list is none")
    return value


def _marks_aside(held: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what says nothing: identifiers, names of kinds, and what is not there."""
    return {
        name: value
        for name, value in held.items()
        if value is not None
        and not (name == "id" and isinstance(value, str) and PLAIN_ID.fullmatch(value))
        and not (name == "type" and isinstance(value, str) and value in _PLAIN_TYPES)
    }


def _says_nothing(value: object) -> bool:
    """Whether it is a flag, a number or an empty list, as data sets keep beside what was said."""
    return isinstance(value, bool | int | float) or (isinstance(value, Sequence | Mapping) and not len(value))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return _unescaped(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        raise UnreadableError("something is no text") from None


def _unescaped(text: str) -> str:
    """JSON as whoever receives it reads it: a word after an escaped end of line begins there."""
    return _ESCAPES.sub(lambda found: json.loads(f'"{found.group()}"'), text) if "\\" in text else text
