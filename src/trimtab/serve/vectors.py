"""The reply of an upstream that was asked for embeddings: vectors, and nothing that could be read."""

import base64
import binascii
import math
from array import array
from typing import Any

from trimtab.enforce.places import UnreadableError
from trimtab.serve.about import Lets, by_form, head, used

_LARGEST = 1e6  # of a coordinate; letters taken for one are larger by far


def embedded(body: dict[str, Any], lets: Lets = by_form) -> dict[str, Any]:
    """The reply with what is known of it.

    Raises:
        UnreadableError: It has not the form of a reply, or holds something else than vectors.
    """
    data = body.get("data")
    if not isinstance(data, list) or not data:
        raise UnreadableError("the upstream's answer has no embeddings")
    usage = body.get("usage")
    return {
        "object": "list",
        "data": [_one(number, each) for number, each in enumerate(data)],
        **{key: value for key, value in head(body, lets).items() if key == "model"},
        **({} if usage is None else {"usage": used(usage)}),
    }


def _one(number: int, given: Any) -> dict[str, Any]:
    vector = given.get("embedding") if isinstance(given, dict) else None
    if not (_is_packed(vector) if isinstance(vector, str) else _is_vector(vector)):
        raise UnreadableError("an embedding of the upstream's answer is no vector")
    index = given.get("index")
    known = isinstance(index, int) and 0 <= index < 1_000_000
    return {"object": "embedding", "index": index if known else number, "embedding": vector}


def _is_vector(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(map(_is_coordinate, given))


def _is_packed(given: str) -> bool:
    """Whether it is what `encoding_format: base64` asks for: used of four bytes."""
    try:
        raw = base64.b64decode(given, validate=True)
        return bool(raw) and all(map(_is_coordinate, array("f", raw)))
    except (binascii.Error, ValueError):
        return False


def _is_coordinate(given: Any) -> bool:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return number and math.isfinite(given) and abs(given) < _LARGEST


__all__ = ["embedded"]
