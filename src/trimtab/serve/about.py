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
_MOST = 10**9  # of whatever is counted; longer numbers name something
_LATEST = 10**10  # seconds since 1970
_LONG_NUMBER = 7  # digits, from which on one may name somebody
_ENDS = frozenset({
    "stop", "length", "tool_calls", "function_call", "content_filter", "error", "abort", "cancelled", "eos",
    "eos_token", "stop_sequence", "end_turn", "max_tokens", "model_length", "tool_use", "sensitive", "network_error",
    "insufficient_system_resource",
})  # fmt: skip
# Names of what was used are made of these; any other word in one could be a message.
_COUNTED = frozenset({
    "accepted", "audio", "billed", "cache", "cached", "citation", "completion", "cost", "count", "creation", "details",
    "draft", "duration", "eval", "hit", "image", "in", "inference", "input", "load", "miss", "num", "output", "per",
    "prediction", "prompt", "queries", "queue", "read", "reasoning", "rejected", "requests", "search", "seconds",
    "server", "sources", "speed", "text", "thinking", "thoughts", "ticks", "time", "token", "tokens", "tool", "total",
    "units", "upstream", "usd", "use", "used", "video", "web", "write",
})  # fmt: skip
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
    """Why a choice ended, in a word that is known; empty of one that goes on, of which some servers say "null"."""
    if not given or given in ("null", "None"):
        return ""
    return given if isinstance(given, str) and given in _ENDS else "stop"


def used(given: Any) -> Any:
    """What was used: counts and shares, at most three deep, under such names as there are for them."""
    return _numbers(given, 3)


def _numbers(given: Any, depth: int) -> Any:
    if isinstance(given, dict) and depth:
        return {key: _numbers(value, depth - 1) for key, value in given.items() if _COUNTED.issuperset(key.split("_"))}
    return given if isinstance(given, int | float) and abs(given) < _MOST else None


def spell_numbers(error: dict[str, Any]) -> dict[str, Any]:
    """An upstream's error with its long numbers as texts, so that they are looked at: one may be that of a card."""
    todo: list[Any] = [error]
    while todo:
        holder = todo.pop()
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(value, dict | list):
                todo.append(value)
            elif type(value) in (int, float) and sum(map(str.isdigit, str(value))) >= _LONG_NUMBER:
                holder[key] = str(value)
    return error


def _moment(given: Any) -> int | float:
    return given if isinstance(given, int | float) and 0 <= given < _LATEST else 0


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and _NAME.fullmatch(given) is not None


__all__ = ["HEAD", "Lets", "by_form", "call_id", "finish", "head", "spell_numbers", "used"]
