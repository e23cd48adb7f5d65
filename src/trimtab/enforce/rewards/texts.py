"""What trainers hand over, as text: strings, or messages as on the OpenAI wire."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from trimtab.kinds import Message, Role

_ROLES: dict[object, Role] = {role: role for role in get_args(Role)}


def completion_text(completion: object) -> str | None:
    """What a completion says: its text, or all that the assistant says and calls in its messages.

    Messages of tools within a completion are not the model's words. None where
    nothing can be read as the assistant's: whoever cannot read it cannot call it safe.
    """
    if isinstance(completion, str):
        return completion
    if isinstance(completion, Mapping):
        completion = [completion]
    if not isinstance(completion, Sequence):
        return None
    said: list[str] = []
    spoke = False
    for message in completion:
        if not isinstance(message, Mapping):
            return None
        if message.get("role", "assistant") != "assistant":
            continue
        spoke = True
        text = _content(message.get("content"))
        calls = _calls(message.get("tool_calls"))
        if text is None or calls is None:
            return None
        said += [one for one in (text, *calls) if one]
    return "\n".join(said) if spoke else None


def prompt_messages(prompt: object) -> tuple[Message, ...]:
    """A prompt as messages; what has no role is the user's."""
    if isinstance(prompt, Mapping):
        prompt = [prompt]
    if isinstance(prompt, str) or not isinstance(prompt, Sequence):
        return (Message("user", prompt if isinstance(prompt, str) else ""),)
    found = []
    for message in prompt:
        given = message if isinstance(message, Mapping) else {}
        role = given.get("role")
        known = _ROLES.get(role, "user") if isinstance(role, str) else "user"
        found.append(Message(known, _content(given.get("content")) or ""))
    return tuple(found) or (Message("user", ""),)


def _content(content: object) -> str | None:
    """The text of a message's content; None where it has parts that are no text."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, Sequence):
        return None
    parts: list[str] = []
    for part in content:
        text = part.get("text") if isinstance(part, Mapping) else part
        if not isinstance(text, str):
            return None
        parts.append(text)
    return "\n".join(parts)


def _calls(calls: object) -> list[str] | None:
    """What is handed to tools, which leaves the model as its words do; None where that cannot be read."""
    if not calls:
        return []
    if not isinstance(calls, Sequence) or isinstance(calls, str):
        return None
    found: list[str] = []
    for call in calls:
        function: Any = call.get("function", call) if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping):
            return None
        given = function.get("arguments", "")
        try:
            found.append(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))
        except (TypeError, ValueError):
            return None
    return found
