"""What an incident did to business: told only against units that it did not meet."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, ttest_ind
from tests.unit.kpis.world import DAY, END, HOUR, START, incident, policy

from trimtab.decision.business import effects
from trimtab.decision.entry_rules import doubts
from trimtab.decision.entry_rules.doubt import Held
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.business import Business
from trimtab.stats.differences import Cell, changes_apart, rates_apart

MOMENT = START + 30 * DAY
OPENED = incident("I1", MOMENT + HOUR, started=MOMENT, detected=MOMENT + HOUR)


def seen(what, unit, group, before, after, *, of=0, days=10):
    common = {"what": what, "unit": unit, "group": group, "incident": "I1", "by": "care", "of": of}
    return [
        Business(value=before, since=MOMENT - days * DAY, at=MOMENT, **common),
        Business(value=after, since=MOMENT, at=MOMENT + 2 * days * DAY, **common),
    ]


def told(*entries, end=END):
    books = Books([Kept(one, seq, one.at) for seq, one in enumerate([OPENED, *itertools.chain(*entries)], 1)])
    return effects(books, "I1", end=end)


def test_what_all_units_went_through_is_not_the_incidents():
    units = [
        seen("revenue", "north", "exposed", 1000, 1400),  # 100 a day before, 70 after
        seen("revenue", "south", "exposed", 2000, 3200),  # 200, then 160
        seen("revenue", "east", "unexposed", 1000, 1800),  # 100, then 90
        seen("revenue", "west", "unexposed", 500, 960),  # 50, then 48
    ]
    found = told(*units)["revenue"]
    assert found.value == pytest.approx(-35.0 - -6.0)
    assert found.interval.low < found.value < found.interval.high
    assert found.count == 4
    assert told(*reversed(units))["revenue"] == found
    # What lies across the beginning, or after the end, says nothing.
    across = Business(
        what="revenue", value=9.0, since=MOMENT - DAY, at=MOMENT + DAY, unit="north", group="exposed", incident="I1", by="x"
    )  # fmt: skip
    assert told(*units, [across])["revenue"] == found
    assert told(*units, end=MOMENT + DAY)["revenue"].reason == "no-comparison"


def test_without_others_to_compare_with_nothing_is_said():
    alone = told(seen("trust", "north", "exposed", 80, 40), seen("trust", "south", "exposed", 80, 50))
    assert alone["trust"].reason == "no-comparison"
    assert "unexposed" in alone["trust"].detail
    assert alone["churn"].reason == "nothing-recorded"
    one_each = told(seen("downtime", "north", "exposed", 0, 4), seen("downtime", "east", "unexposed", 0, 0))
    assert one_each["downtime"].reason == "too-little"
    churn = told(
        seen("churn", "north", "exposed", 10, 60, of=1000), seen("churn", "east", "unexposed", 10, 20, of=1000)
    )
    assert churn["churn"].value == pytest.approx(0.04)
    assert churn["churn"].interval.low > 0.0


def test_differences_of_differences_cover():
    rng, missed, tried = np.random.default_rng(3), 0, 1500
    for _ in range(tried):
        _, interval = changes_apart(rng.normal(-3.0, 4.0, 5).tolist(), rng.normal(0.0, 1.0, 7).tolist())
        missed += not interval.low <= -3.0 <= interval.high
    assert missed / tried <= 0.06
    rates, sizes = (0.2, 0.5, 0.3, 0.3), (8, 8, 6, 6)
    outside = 0.0
    for hits in itertools.product(*(range(of + 1) for of in sizes)):
        chance = np.prod([binom.pmf(hit, of, rate) for hit, of, rate in zip(hits, sizes, rates, strict=True)])
        if chance > 1e-5:
            cells = [Cell(hit, of) for hit, of in zip(hits, sizes, strict=True)]
            _, interval = rates_apart((cells[0], cells[1]), (cells[2], cells[3]))
            outside += chance * (not interval.low <= 0.3 <= interval.high)
    assert outside <= 0.05


def test_changes_of_units_are_compared_as_others_compare_them():
    ours, theirs = [-3.0, -9.0, -4.5], [0.5, 0.0, 1.5, -0.5]
    ends = ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
    _, interval = changes_apart(ours, theirs)
    assert (interval.low, interval.high) == pytest.approx((ends.low, ends.high))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"since": MOMENT + DAY, "at": MOMENT + DAY}, "since"),
        ({"what": "churn", "of": 3, "value": 4.0}, "of"),
        ({"what": "downtime", "value": 25.0}, "value"),
        ({"incident": "I9"}, "incident"),
        ({"since": MOMENT - DAY}, "since"),
        ({"group": "unexposed"}, "group"),
    ],
)
def test_what_cannot_be_is_refused(given, field):
    values: dict[str, Any] = {
        "what": "revenue",
        "value": 5.0,
        "since": MOMENT,
        "at": MOMENT + DAY,
        "unit": "north",
        "group": "exposed",
    }
    before = Business(**{**values, "since": MOMENT - 2 * DAY, "at": MOMENT}, incident="I1", by="care")
    books = Books([Kept(OPENED, 1, OPENED.at), Kept(before, 2, before.at)])
    held = Held(books=books, policy=policy(), now=END)
    assert not doubts(Business(**values, incident="I1", by="care"), held)
    found = doubts(Business(**{**values, "incident": "I1", "by": "care", **given}), held)
    assert [one.field for one in found] == [field]
