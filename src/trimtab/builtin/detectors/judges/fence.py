"""Shows a text to a model as data, so that nothing in it can speak as an instruction.

Three walls: a fence whose name is drawn anew for each question, so that no
text can close it; control marks of chat formats broken up, since some servers
read them inside a message, too; and a ticket that the answer must repeat, so
that an answer which merely echoes the text is none.
"""

import re
import secrets

# What common chat formats end a turn or begin one with. A space after the first sign takes the power from it.
_MARKS = re.compile(
    r"<(?=\|[^|<>\n]{1,40}\|>)|<(?=\uff5c[^\uff5c<>\n]{1,40}\uff5c>)|<(?=/?s>)|<(?=(?:start|end)_of_turn>)"
    r"|<(?=<?/?SYS>>)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)
_TICKET_BYTES = 8


def disarmed(text: str) -> str:
    """The text with the control marks of chat formats broken up, and otherwise unchanged."""
    return _MARKS.sub(lambda mark: f"{mark.group()} ", text)


def ticket(text: str) -> str:
    """A word that does not stand in the text and that nobody can guess."""
    while (word := secrets.token_hex(_TICKET_BYTES)) in text:
        pass
    return word


def fenced(text: str, word: str) -> str:
    """The text between two lines that only this question has."""
    return f"<<<text {word}>>>\n{disarmed(text)}\n<<<end {word}>>>"
