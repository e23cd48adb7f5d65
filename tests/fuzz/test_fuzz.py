"""A little of what `tests/fuzz/run.py` does for long, and what it once found."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.run import TARGETS, _seeds

DATA = st.lists(st.sampled_from(_seeds()) | st.binary(max_size=12), max_size=12).map(b"".join)
SLOW = {"learned", "mask", "stream"}
FOUND: list[tuple[str, bytes]] = [
    ("stream", b"$e:An\x89\x01\xad\x02\xcf\x03\x8b"),  # names behind escapes, further than their detector's card says
]


@pytest.mark.parametrize(
    "target", [pytest.param(one, marks=pytest.mark.slow) if one in SLOW else one for one in TARGETS]
)
def test_no_promise_is_broken(target):
    check = importlib.import_module(f"tests.fuzz.{target}").check

    @given(DATA)
    def any_text(data):
        check(data)

    any_text()


@pytest.mark.parametrize(("target", "data"), FOUND)
def test_what_was_found_stays_mended(target, data):
    importlib.import_module(f"tests.fuzz.{target}").check(data)
