"""What a reply says of itself beside what it says: ids, names and numbers, none of which may carry a text out.

Their form alone does not tell: a card number looks like an id, and a code that must not come out like the name of a
model. So the guard is asked about each, and what it does not let on is replaced.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Any

from trimtab.enforce.places import PLAIN_ID

Lets = Callable[[str], bool]
"""Whether the guard lets an id or a name on as it is."""

HEAD = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
_NAME = re.compile(r"[\w./:+ -]{0,200}", re.ASCII)
_WORD = re.compile(r"[a-z_]{1,40}")
_MOST = 10**9  # of whatever is counted; longer numbers name something
_LATEST = 10**10  # seconds since 1970
_KEY = secrets.token_bytes(32)  # a digest without one could be undone: there are few card numbers


def by_form(_: str) -> bool:
    """Lets on whatever has the right form, where there is no guard to ask."""
    return True


def head(body: dict[str, Any], lets: Lets = by_form) -> dict[str, Any]:
    """What a reply, or an event of one, says of itself; empty where that could be a text, or is not let on."""
    found = {key: body[key] for key in HEAD if body.get(key) is not None}
    return {
        key: _moment(value) if key == "created" else value if _is_name(value) and lets(value) else ""
        for key, value in found.items()
    }


def call_id(given: Any, lets: Lets = by_form) -> str:
    """The id of a call, or one of ours in its place, always the same for the same: clients compare and send it back."""
    if isinstance(given, str) and PLAIN_ID.fullmatch(given) and lets(given):
        return given
    raw = repr(given).encode("utf-8", "surrogatepass")
    return f"call_{hmac.new(_KEY, raw, hashlib.sha256).hexdigest()[:24]}"


def finish(given: Any) -> str:
    """Why a choice ended."""
    return given if isinstance(given, str) and _WORD.fullmatch(given) else "stop"


def numbers(given: Any) -> Any:
    """What was used: counts and shares by name, at most three deep, and nothing else."""
    return _numbers(given, 3)


def _numbers(given: Any, depth: int) -> Any:
    if isinstance(given, dict) and depth:
        return {key: _numbers(value, depth - 1) for key, value in given.items() if _WORD.fullmatch(key)}
    return given if isinstance(given, int | float) and abs(given) < _MOST else None


def _moment(given: Any) -> int | float:
    return given if isinstance(given, int | float) and 0 <= given < _LATEST else 0


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and _NAME.fullmatch(given) is not None


__all__ = ["HEAD", "Lets", "by_form", "call_id", "finish", "head", "numbers"]
