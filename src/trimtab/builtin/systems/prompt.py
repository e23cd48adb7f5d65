"""A conversation as one text, for systems that take no list of messages."""

from collections.abc import Sequence

from trimtab.kinds import Message


def as_prompt(messages: Sequence[Message]) -> str:
    """A single message is its own text; several become `Role: text` blocks that end in `Assistant:`."""
    if len(messages) == 1:
        return messages[0].content
    blocks = [f"{message.role.capitalize()}: {message.content}" for message in messages]
    return "\n\n".join([*blocks, "Assistant:"])
