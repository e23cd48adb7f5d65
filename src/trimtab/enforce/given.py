"""What callers of a guard give, checked: every mistake says what was given and what to give, and quotes none of it.

Raises `UsageError`.
"""

import asyncio
from collections.abc import Iterable
from numbers import Real

from trimtab.errors import UsageError


def values(kept: object) -> tuple[str, ...]:
    """Values that must never come out. One text would be taken for its letters."""
    found = tuple(kept) if isinstance(kept, Iterable) and not isinstance(kept, str | bytes) else ("",)
    if not all(isinstance(one, str) and one.strip() for one in found):
        raise UsageError("`kept` is no list of texts that say something.", 'Give one, such as ["MAROLIN-4827"].')
    return found


def check_id(about: object) -> None:
    """What a call is about."""
    if not isinstance(about, str):
        raise UsageError(f"`about` is {type(about).__name__} and no text.", 'Give an id, such as "request-7".')


def check_reply(text: object, confidence: object) -> None:
    """A whole reply, and how sure the model is of it."""
    if not isinstance(text, str):
        raise UsageError(f"the reply is {type(text).__name__} and no text.", 'Give what it says, and "" for nothing.')
    if confidence is not None and not isinstance(confidence, Real):
        kind = type(confidence).__name__
        raise UsageError(
            f"`confidence` is {kind} and no number.", "Give a number in [0, 1], or None where it is missing."
        )


def check_piece(piece: object) -> None:
    """A piece of a reply."""
    if not isinstance(piece, str):
        raise UsageError(f"the piece is {type(piece).__name__} and no text.", 'Give what it says, and "" for nothing.')


def outside_a_loop(name: str) -> None:
    """That whoever must be waited for is not asked from within an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError(
        f"`{name}` of a guard that must wait for somebody was called from within an event loop.",
        f"Use `await guard.a{name}(...)` there.",
    )
