"""What callers of a guard give, checked: every mistake says what was given and what to give, and quotes none of it.

Raises `UsageError`.
"""

import asyncio
from collections.abc import Iterable
from math import inf
from numbers import Real
from os import fspath

from trimtab.enforce.pseudonym import Vault
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


def check_vault(vault: object) -> None:
    """What keeps the values that pseudonyms stand for."""
    if vault is not None and not isinstance(vault, Vault):
        raise UsageError(f"`vault` is {type(vault).__name__} and no Vault.", "Give `Vault()`, one for a conversation.")


def check_ledger(ledger: object, every: object) -> None:
    """Where rulings are recorded, and how often."""
    if ledger is not None and (isinstance(ledger, bytes) or not hasattr(ledger, "append")):
        try:
            path = fspath(ledger)  # type: ignore[call-overload]  # that it may be anything is the point
        except TypeError:
            path = ""
        if not isinstance(path, str) or not path:
            raise UsageError(
                f"`ledger` is {type(ledger).__name__} and no path.", 'Give the file of a ledger, such as "rulings.db".'
            )
    if not isinstance(every, Real) or not 0 < float(every) < inf:
        raise UsageError("`every` is no number of seconds above 0.", "Give the seconds between records, such as 60.")


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
