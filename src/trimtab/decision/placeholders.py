"""Texts that say nothing: what people write where they have not written yet."""

import re

WORDS = frozenset(
    {"", "-", "?", "tbd", "todo", "unknown", "none", "n/a", "na", "tba", "xxx", "fixme", "...", "undisclosed"}
)
"""Texts that stand for nothing, in lower case."""

_BEGINS = re.compile(
    r"(todo|tbd|tba|fixme|xxx|lorem ipsum|to be (written|done|defined|completed|announced))\b", re.IGNORECASE
)
_SLOT = re.compile(r"[<\[{(].{0,200}[>\]})]\.?")  # <describe it here>, [more information needed]


def says(text: str) -> bool:
    """Whether a section says something: a placeholder, however it is written, fills nothing."""
    bare = " ".join(text.split())
    if bare.lower().strip(" .!:_*") in WORDS or not any(char.isalnum() for char in bare):
        return False
    return not _BEGINS.match(bare.lstrip("<[({*_ ")) and not _SLOT.fullmatch(bare)
