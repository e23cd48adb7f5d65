"""Canonical bytes are those of RFC 8785, and nothing without a canonical form gets one."""

import enum
import json
import math
import shutil
import struct
import subprocess
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Context
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trimtab._canonical import canonical, digest, parse, parse_objects, text_digest

# RFC 8785, appendix B: bits of a double, and how ECMAScript writes it.
APPENDIX_B = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]

DOUBLES = st.floats(allow_nan=False, allow_infinity=False) | st.builds(
    # Uniform in the exponent, since the forms change there.
    lambda mantissa, exponent: mantissa * 10.0**exponent,
    st.floats(-10, 10),
    st.integers(-12, 25),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | DOUBLES | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


def ecmascript(value):
    """Number::toString by its definition: shortest digits that round-trip, then where the point goes."""
    if value == 0:
        return "0"
    if value < 0:
        return "-" + ecmascript(-value)
    # Both neighbours of each length: where the value lies in the middle, formatting takes the even one, which may be
    # another double.
    digits, exponent = next(
        (text.replace(".", "").split("E")[0], int(text.split("E")[1]))
        for precision in range(18)
        for rounding in (ROUND_HALF_EVEN, ROUND_UP, ROUND_DOWN)
        for text in (f"{Context(precision + 1, rounding).create_decimal_from_float(value):.{precision}E}",)
        if float(text) == value
    )
    digits = digits.rstrip("0") or "0"
    k, n = len(digits), exponent + 1
    if k <= n <= 21:
        return digits + "0" * (n - k)
    if 0 < n <= 21:
        return digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return "0." + "0" * -n + digits
    mantissa = digits if k == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'+' if n > 0 else '-'}{abs(n - 1)}"


@pytest.mark.parametrize(("bits", "text"), APPENDIX_B)
def test_numbers_of_the_rfc(bits, text):
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(value).decode() == text
    assert canonical([value]).decode() == f"[{text}]"
    assert canonical({"a": {"b": value}}).decode() == f'{{"a":{{"b":{text}}}}}'


@given(DOUBLES)
@example(1e-6)
@example(9.999999999999999e-6)
@example(2.0**-24)
@example(1e-5)
@example(1e16)
@example(123456789012345.6)
@example(2.0**53 - 1)
@example(2.0**53)
@example(1e21)
def test_numbers_are_written_as_in_ecmascript(value):
    text = canonical(value).decode()
    assert float(text) == value
    assert text == ecmascript(value)


@pytest.mark.skipif(shutil.which("node") is None, reason="no ECMAScript engine here")
@settings(max_examples=10)
@given(st.lists(DOUBLES, min_size=200, max_size=200))
def test_numbers_agree_with_an_ecmascript_engine(values):
    code = "console.log(require('fs').readFileSync(0,'utf8').trim().split(' ').map(h=>JSON.stringify("
    code += "Buffer.from(h,'hex').readDoubleBE(0))).join(' '))"
    packed = " ".join(struct.pack(">d", value).hex() for value in values)
    done = subprocess.run(["node", "-e", code], input=packed, capture_output=True, text=True, check=True)
    assert [canonical(value).decode() for value in values] == done.stdout.split()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53, -(2**53), 2**70, b"x", {1, 2}, object(), 1j])
def test_what_readers_disagree_on_is_refused_wherever_it_stands(value):
    for holder in (value, [value], {"a": value}, {"a": [1.0, {"b": value}]}, (value,)):
        with pytest.raises(ValueError):
            canonical(holder)


@pytest.mark.parametrize("text", ["\ud800", "\udfff", "a\udc80b", "\ud83d\ude00"])  # noqa: PT014  # ruff reads them as one
def test_lone_surrogates_have_no_form(text):
    for holder in (text, [text], {text: 1}, {"a": text}, {text: 1.0, "\U0001f600": 1}, [text, 1e-7]):
        with pytest.raises(ValueError):
            canonical(holder)
    assert text_digest(text) != text_digest(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def test_keys_are_sorted_by_utf_16_units():
    # The example of RFC 8785, section 3.2.3: the astral key comes before U+FB33.
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert [json.loads(canonical(value))[key] for key in json.loads(canonical(value))] == [2, 4, 6, 7, 1, 5, 3]
    assert list(json.loads(canonical(value))) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(st.dictionaries(TEXT, st.integers(0, 9)))
def test_any_keys_are_sorted_by_utf_16_units(value):
    assert list(json.loads(canonical(value))) == sorted(value, key=lambda key: key.encode("utf-16-be"))


def test_strings_are_escaped_as_little_as_the_rfc_says():
    short = {8: r"\b", 9: r"\t", 10: r"\n", 12: r"\f", 13: r"\r", 34: r"\"", 92: r"\\"}
    for point in [*range(0x300), 0x2028, 0x2029, 0xFEFF, 0xFFFF, 0x1F600]:
        expected = short.get(point) or (f"\\u{point:04x}" if point < 32 else chr(point))
        assert canonical(chr(point)).decode() == f'"{expected}"'
        assert canonical([chr(point), 1e-7]).decode() == f'["{expected}",1e-7]'


@given(VALUES)
def test_the_value_survives_and_its_form_is_the_only_one(value):
    text = canonical(value).decode()
    assert canonical(parse(text)).decode() == text
    assert canonical(json.loads(text, parse_int=float)) == text.encode()  # numbers are doubles in RFC 8785
    assert digest(value) == digest(parse(text))


@given(VALUES)
def test_quick_and_slow_ways_agree(value):
    # A tiny float beside it sends the whole value down the slow way.
    assert canonical([value, 1e-7]) == b"[" + canonical(value) + b",1e-7]"


def test_types_that_only_look_like_json_are_written_as_what_they_are():
    class Colour(enum.StrEnum):
        RED = "red"

    class Level(enum.IntEnum):
        HIGH = 3

    assert (
        canonical({"a": Colour.RED, "b": Level.HIGH, "c": (1, 2), "d": True}) == b'{"a":"red","b":3,"c":[1,2],"d":true}'
    )
    assert canonical({Colour.RED: 1}) == b'{"red":1}'
    assert canonical([np.float64(0.5), np.float64(1.0), np.float64(1e-7)]) == b"[0.5,1,1e-7]"
    for value in ({1: 2}, {None: 1}, {True: 1}, np.int64(1), np.array([1.0])):
        with pytest.raises(ValueError):
            canonical(value)


def test_depth_is_a_value_error_and_never_a_crash():
    deep: Any = 1
    shallow: Any = 1
    for _ in range(100_000):
        deep = [deep]
    for _ in range(300):
        shallow = {"a": shallow}
    with pytest.raises(ValueError):
        canonical(deep)
    assert parse(canonical(shallow).decode()) == shallow  # deeper than orjson goes
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ValueError):
        canonical(loop)
    with pytest.raises(ValueError):
        parse("[" * 100_000 + "]" * 100_000)


NOT_CANONICAL = [
    "",
    "nul",
    '{"a":1} ',
    ' {"a":1}',
    '{"a": 1}',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":0.10}',
    '{"a":1E-7}',
    '{"a":1e-06}',
    '{"a":-0}',
    '{"a":01}',
    '{"a":9007199254740993}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":1e999}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\u001F"}',
    '{"a":"\\ud800"}',
    '{"a":"\x1f"}',
    '{"a":1}{"a":1}',
    '{"a":1},{"a":1}',
    '{"\U0001f600":1,"\ufb33":1,"a":1}',
    '\ufeff{"a":1}',
    '{"a":"\udc80"}',
    '{"a":' + "9" * 5000 + "}",
]


@pytest.mark.parametrize("text", NOT_CANONICAL)
def test_only_canonical_text_is_parsed(text):
    with pytest.raises(ValueError):
        parse(text)
    with pytest.raises(ValueError):
        parse_objects(['{"b":1}', text, '{"a":2}'])


@pytest.mark.parametrize(
    "texts",
    [
        ['{"a":[1', "2]}", "{},{}"],  # joined, these are three objects
        ['{"a":[{}', "{}]}"],
        ["1"],
        ["[]"],
        ["null", "{}"],
    ],
)
def test_objects_are_told_apart(texts):
    with pytest.raises(ValueError):
        parse_objects(texts)


@settings(max_examples=50)
@given(st.lists(st.dictionaries(TEXT, VALUES, max_size=2), max_size=3))
@example([{"": 1}, {}, {"a": 1e16}, {"b": 1e-6, "c": [1.0]}])
def test_parsing_many_is_parsing_each(values):
    texts = [canonical(value).decode() for value in values]
    assert (
        parse_objects(texts) == [parse(text) for text in texts] == [json.loads(text, parse_int=float) for text in texts]
    )


@given(st.dictionaries(TEXT, VALUES, max_size=4), st.data())
def test_a_changed_character_never_parses_to_the_same_value(value, data):
    text = canonical(value).decode()
    at = data.draw(st.integers(0, len(text) - 1))
    other = text[:at] + data.draw(st.characters(exclude_categories=["Cs"])) + text[at + 1 :]
    try:
        seen = parse_objects([other])[0]
    except ValueError:
        return
    assert (canonical(seen) == canonical(value)) == (other == text)


def test_orjson_still_differs_where_we_think_it_does():
    """If this fails, orjson changed and `_plain` can be narrowed or must be widened."""
    assert orjson.dumps(1e-6) != canonical(1e-6)
    assert orjson.dumps(1.0) != canonical(1.0)
