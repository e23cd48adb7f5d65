"""Canonical bytes of a value (RFC 8785) and digests over them.

A digest is the identity of a policy, a case, a request or a record, so two
machines must derive the same bytes from the same value. orjson writes most
values canonically already; the two exceptions (floats whose ECMAScript form
differs, and keys beyond the Basic Multilingual Plane) take the slow path.
"""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import orjson

JSON = Any  # None | bool | int | float | str | list[JSON] | dict[str, JSON]; mypy handles no deep recursion

_SAFE_INTEGER = 2**53 - 1  # beyond this, JSON readers disagree on the value


def canonical(value: JSON) -> bytes:
    """RFC 8785 bytes of a JSON value.

    Tuples are written as arrays. Integers outside ±(2**53 - 1), NaN and
    infinities are refused, since readers disagree on them.

    Raises:
        ValueError: The value has no canonical form.
    """
    try:
        if _plain(value):
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return _write(value).encode()
    except orjson.JSONEncodeError as error:  # lone surrogates: text that has no UTF-8
        raise ValueError(f"no canonical JSON form: {error}") from None


def digest(value: JSON) -> str:
    """`sha256:` and the hexadecimal hash of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def text_digest(text: str) -> str:
    """Digest of a text itself, not of its JSON form; lone surrogates are kept apart."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: JSON) -> bool:
    """Whether orjson's output is already canonical."""
    kind = type(value)
    if kind is str:
        return True
    if kind is dict:
        for key, item in value.items():
            # orjson sorts by UTF-8 bytes, RFC 8785 by UTF-16 units: the same below U+E000.
            if type(key) is not str or not (key.isascii() or max(key) < "\ue000"):
                return False
            if not _plain(item):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_plain, value))
    if kind is int:
        return -_SAFE_INTEGER <= value <= _SAFE_INTEGER
    if kind is float:
        # Integral floats and extremes are written differently in ECMAScript (1.0 is "1").
        return 1e-6 <= abs(value) < 1e16 and not value.is_integer()
    return value is None or isinstance(value, bool)


def _write(value: JSON) -> str:
    if value is None or isinstance(value, bool | str):
        return orjson.dumps(value).decode()
    if isinstance(value, int):
        if not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
            raise ValueError(f"integer {value} is outside the range that JSON readers agree on")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("JSON keys must be text")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_write(key)}:{_write(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_write, value)) + "]"
    raise ValueError(f"{type(value).__name__} has no canonical JSON form")


def _number(value: float) -> str:
    """ECMAScript Number::toString, which RFC 8785 section 3.2.2.3 prescribes."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value == 0:
        return "0"  # also for -0.0
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)  # the decimal point follows this many of whole+fraction
    point -= len(whole + fraction) - len((whole + fraction).lstrip("0"))
    stripped = digits.rstrip("0")
    count = len(stripped)
    if count <= point <= 21:
        return sign + stripped + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{stripped[:point]}.{stripped[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{stripped}"
    tail = f".{stripped[1:]}" if count > 1 else ""
    power = point - 1
    return f"{sign}{stripped[0]}{tail}e{'+' if power > 0 else '-'}{abs(power)}"
