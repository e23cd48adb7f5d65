"""Quarters meet without a gap and hold what lies in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.decision.period import Period


@given(st.integers(0, 4_000_000_000_000_000))
def test_every_moment_lies_in_its_quarter_and_in_no_neighbour(moment):
    found = Period.quarter_at(moment)
    assert found.holds(moment)
    assert Period.quarter(found.name) == found
    assert found.before().end == found.start
    assert not found.before().holds(moment)


@pytest.mark.parametrize("text", ["2026", "2026-Q5", "2026-q1", "Q1-2026", ""])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ValueError, match="2026-Q3"):
        Period.quarter(text)
