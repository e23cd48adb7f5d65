"""Canonical bytes of a value (RFC 8785) and digests over them.

A digest is the identity of a policy, a case, a request or a record, so two
machines must derive the same bytes from the same value. orjson writes most
values canonically already; the exceptions (very small and very large floats,
and keys beyond the Basic Multilingual Plane) take the slow path.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NoReturn

import orjson

JSON = Any  # None | bool | int | float | str | list[JSON] | dict[str, JSON]; mypy handles no deep recursion

_SAFE_INTEGER = 2**53 - 1  # beyond this, JSON readers disagree on the value
_SIMPLE = frozenset({str, int, bool, type(None)})
_HARD = object()  # not for orjson


def canonical(value: JSON) -> bytes:
    """RFC 8785 bytes of a JSON value.

    Tuples are written as arrays. Integers outside ±(2**53 - 1), NaN and
    infinities are refused, since readers disagree on them.

    Raises:
        ValueError: The value has no canonical form.
    """
    try:
        plain = _plain(value)
        if plain is not _HARD:
            try:
                return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
            except orjson.JSONEncodeError:
                pass  # too deep for orjson; the slow path decides
        return _write(value).encode()
    except orjson.JSONEncodeError as error:  # lone surrogates: text that has no UTF-8
        raise ValueError(f"no canonical JSON form: {error}") from None
    except RecursionError:
        raise ValueError("no canonical JSON form: nested too deeply, or within itself") from None


def parse(text: str) -> JSON:
    """The value of a canonical JSON text; nothing else is accepted.

    Whole numbers beyond ±(2**53 - 1) come back as floats: `canonical` writes
    them of floats only.

    Raises:
        ValueError: The text is not JSON, or not in its canonical form.
    """
    try:
        value = json.loads(text, parse_int=_whole, parse_constant=_refuse)
        same = canonical(value) == text.encode()
    except (ValueError, OverflowError, RecursionError):  # includes what has no JSON form or no UTF-8
        same = False
    if not same:
        raise ValueError("not canonical JSON")
    return value


def read_whole(line: bytes | str) -> JSON:
    """The value of any JSON text, numbers as `parse` gives them, so that it can be written canonically again.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        return json.loads(line, parse_int=_whole, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_objects(texts: Sequence[str]) -> list[dict[str, JSON]]:
    """`parse` of many objects, a few times quicker than one by one.

    Raises:
        ValueError: One of them is not an object in canonical form; `parse` tells which.
    """
    try:
        values = list(map(orjson.loads, texts))
        if {dict}.issuperset(map(type, values)) and _plain_objects(values):
            # A text and what is written of its own value are both whole objects, and no whole
            # object begins another: so if the joined texts agree, each of them does.
            written = orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
            if written == f"[{','.join(texts)}]".encode():
                return values
    except (ValueError, TypeError):
        pass  # orjson and RFC 8785 differ on some numbers; below decides
    values = [parse(text) for text in texts]
    if not all(type(value) is dict for value in values):
        raise ValueError("not an object")
    return values


def digest(value: JSON) -> str:
    """`sha256:` and the hexadecimal hash of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def text_digest(text: str) -> str:
    """Digest of a text itself, not of its JSON form; lone surrogates are kept apart."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: JSON) -> JSON:  # noqa: C901, PLR0912  # every value passes here: calls and generators cost
    """An equal value that orjson writes canonically: itself, or a copy with whole floats as integers; or `_HARD`."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        return value if -_SAFE_INTEGER <= value <= _SAFE_INTEGER else _HARD
    if kind is float:
        if value.is_integer():  # 1.0 is "1" in ECMAScript
            return int(value) if -_SAFE_INTEGER <= value <= _SAFE_INTEGER else _HARD
        # Extremes are written differently: 1e-06 is "0.000001".
        return value if 1e-5 <= abs(value) < 1e16 else _HARD
    if kind is dict:
        items = value.items()
        # orjson sorts by UTF-8 bytes, RFC 8785 by UTF-16 units: the same below U+E000.
        for key in value:
            if type(key) is not str or not (key.isascii() or max(key) < "\ue000"):
                return _HARD
    elif kind is list or kind is tuple:
        items = enumerate(value)
    else:
        return _HARD
    changed: JSON = None
    for key, item in items:
        inner = type(item)
        if inner is str or (inner is int and -_SAFE_INTEGER <= item <= _SAFE_INTEGER):
            continue
        plain = _plain(item)
        if plain is _HARD:
            return _HARD
        if plain is not item:
            if changed is None:
                changed = dict(value) if kind is dict else list(value)
            changed[key] = plain
    return value if changed is None else changed


def _plain_objects(values: Sequence[dict[str, JSON]]) -> bool:
    """Whether orjson writes objects canonically as they are, integers aside; few steps of Python for each."""
    keys: set[str] = set().union(*values)
    if not (all(map(str.isascii, keys)) or max(map(max, filter(None, keys))) < "\ue000"):
        return False
    if set(map(type, chain.from_iterable(map(dict.values, values)))) <= _SIMPLE:
        return True
    others = [item for value in values for item in value.values() if type(item) not in _SIMPLE]
    return all(_plain(item) is item for item in others)


def _whole(digits: str) -> int | float:
    number = int(digits)
    return number if -_SAFE_INTEGER <= number <= _SAFE_INTEGER else float(digits)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} has no JSON form")


def _write(value: JSON) -> str:
    if value is None or isinstance(value, bool | str):
        return orjson.dumps(value).decode()
    if isinstance(value, int):
        if not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
            raise ValueError("an integer is outside the range that JSON readers agree on")
        return str(int(value))
    if isinstance(value, float):
        return _number(float(value))  # a subclass may have a `repr` of its own; numpy's does
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
