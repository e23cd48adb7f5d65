"""Values that an operator keeps pass, and nothing else does: not what only looks like them, and no secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.kept import LONGEST_KEPT
from trimtab.enforce import Guard
from trimtab.policy import GuardSpec

KEEP = ("info@example.com", "030 23125 000", "+44 20 7946 0000", "12 Harbour Street, Saltmere SQ3 5YB")
DETECTOR, PLAIN = PatternDetector(keep=KEEP), PatternDetector()


@pytest.mark.parametrize(
    "text",
    [
        "Write to info@example.com.", "Write to INFO@Example.com", "mailto:info@example.com", "Tel. 030 23125 000", "call 030/23125-000 today",
        "call (030) 23125000", "+44 20 7946 0000, ask for us", "+44 (20) 7946-0000", "We are at 12 Harbour Street, Saltmere  SQ3 5YB.",
        "Here: 12 Harbour Street,\nSaltmere SQ3 5YB",
    ],
)  # fmt: skip
def test_a_kept_value_passes_however_its_digits_are_parted(text):
    assert PLAIN.find(text)
    assert DETECTOR.find(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Write to info@example.com.au", "info@example.com.au"),
        ("Write to ana.info@example.com", "ana.info@example.com"),
        ("Write to info@example.org", "info@example.org"),
        ("call 030 23125 0007", "030 23125 0007"),
        ("call 030 23125 001", "030 23125 001"),
        ("call +49 30 23125 000", "+49 30 23125 000"),
        ("i n f o @ e x a m p l e . c o m", "i n f o @ e x a m p l e . c o m"),
        ("info (at) example (dot) com", "info (at) example (dot) com"),
        ("We are at 12 Harbour Street, Fennoway", "12 Harbour Street, Fennoway"),
        ("info@example.com and ana@example.com", "ana@example.com"),
    ],
)
def test_what_is_only_like_a_kept_value_is_found(text, value):
    start = text.rindex(value)
    assert [(one.start, one.end) for one in DETECTOR.find(text)] == [(start, start + len(value))]


def test_a_secret_is_found_whatever_is_kept():
    text = "password = 'hG7!kq2pZ'"
    assert PatternDetector(keep=("hG7!kq2pZ", text)).find(text) == PLAIN.find(text) != []


@given(
    st.lists(
        st.sampled_from(["ana@example.org", "tel 030 23125 000", "info@example.com", ", ", "x", "+", "1", " "])
    ).map("".join)
)
def test_keeping_takes_away_and_adds_nothing(text):
    assert set(DETECTOR.find(text)) <= set(PLAIN.find(text))


@pytest.mark.parametrize(
    "keep", ["info@example.com", [3023125000], [""], [" - "], ["7" * (LONGEST_KEPT + 1)], {"a": 1}]
)
def test_a_list_that_cannot_be_meant_is_refused_without_being_quoted(keep):
    with pytest.raises(ValueError, match="keep") as refused:
        PatternDetector(keep=keep)
    assert "3023125000" not in str(refused.value)
    assert "777" not in str(refused.value)


def test_a_guard_masks_all_but_the_kept_values():
    rule = {"detector": "patterns", "labels": ["personal"], "action": "mask", "with": {"keep": ["info@example.com"]}}
    ruling = Guard(GuardSpec.model_validate({"output": [rule]})).output("Ask info@example.com or ana@example.com.")
    assert ruling.text == "Ask info@example.com or [email]."


def test_a_stricter_rule_beside_it_decides():
    keeping = {"detector": "patterns", "action": "mask", "with": {"keep": ["info@example.com"]}}
    spec = GuardSpec.model_validate({"output": [keeping, {"detector": "patterns", "action": "block"}]})
    assert str(Guard(spec).output("Ask info@example.com.").action) == "block"
