"""What a hunt shows: numbers as people write them, and no estimate that reads as proof."""

import io
import re

import pytest
from rich.console import Console
from tests.unit.decision.test_hunting import filed, hunt, shared

from trimtab.decision.hunting import judge_hunt
from trimtab.report.hunt import hunt_view


def shown(found):
    written = io.StringIO()
    Console(file=written, width=160).print(hunt_view(found, judge_hunt(found), state="over"))
    return written.getvalue()


def test_large_and_small_numbers_have_no_exponent():
    many = [(1.0, filed(f"c{i}", "model:crow")) for i in range(240)]
    found = hunt(*many, *((2.0, filed(f"a{i}", "ann", same_as=f"c{i}")) for i in range(5)), (3.0, filed("b", "ann")))
    assert "e+" not in shown(found)
    assert re.search(r"about 39 more \(\d+–\d{2,3}\)", shown(found))
    assert "0.000046 an hour" in shown(hunt((1.0, filed("a", "ann")), hours=7200.0))


@pytest.mark.parametrize("both", [3, 20])
def test_where_hunters_found_the_same_it_does_not_read_as_if_nothing_were_hidden(both):
    told = shown(hunt(*shared(both, both)))
    assert "none by this estimate, which proves nothing" in told
    assert "0 more" not in told
