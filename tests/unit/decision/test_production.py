"""Events of a metric, counted from what a guard ruled."""

import pytest

from trimtab.decision.production import Events, events, shares
from trimtab.evidence import Rulings
from trimtab.policy import SloSpec
from trimtab.stats import clopper_pearson


def finding(label, action, texts, *, side="output", count=None):
    row = {"side": side, "detector": "patterns", "label": label, "action": action, "count": count or texts, "chars": 9}
    return row if count else {**row, "texts": texts}


RECORD = Rulings(
    guard="sha256:1",
    begun=0,
    ended=60_000_000,
    chars=1000,
    seconds=0.1,
    slowest=0.01,
    rulings=[
        {"side": "input", "action": "allow", "count": 100},
        {"side": "input", "action": "block", "count": 2},
        {"side": "output", "action": "allow", "count": 90},
        {"side": "output", "action": "mask", "count": 6},
        {"side": "output", "action": "block", "count": 4},
    ],
    findings=[
        finding("personal.email", "mask", 4),
        finding("personal.telephone", "mask", 3),
        finding("secret.jwt", "block", 1),
        finding("personal.email", "block", 1, side="input"),
        finding("secret", "block", 2, side="input"),
    ],
    skipped=[
        {"side": "output", "detector": "names", "reason": "crashed", "count": 2},
        {"side": "output", "detector": "names", "reason": "needless", "count": 50},
    ],
)


@pytest.mark.parametrize(
    ("slo", "seen"),
    [
        ({}, (100, 10, 0)),
        ({"side": "input"}, (102, 2, 0)),
        ({"actions": ("block",)}, (100, 4, 0)),
        ({"labels": ("personal",)}, (100, 9, 0)),  # seven texts, and two at which nobody looked
        ({"labels": ("personal.email",)}, (100, 6, 0)),
        ({"labels": ("personal",), "actions": ("block",)}, (100, 2, 0)),
        ({"labels": ("person",)}, (100, 2, 0)),  # no part of a name is a family
        ({"severe": ("secret",)}, (100, 10, 1)),
        ({"severe": ("secret",), "side": "input", "labels": ("secret",)}, (102, 2, 2)),
    ],
)
def test_what_counts_as_an_event_and_which_are_bad(slo, seen):
    valid, bad, severe = seen
    assert events(SloSpec(**slo), RECORD) == Events(valid=valid, bad=bad, severe=severe)


def test_what_was_revised_is_as_bad_an_event_as_what_was_blocked():
    """Or whoever revises would mend the number, and the system says what it said."""
    told = RECORD.payload()
    revised = Rulings.from_payload(
        {
            **told,
            "rulings": [
                {**row, "action": "revise" if row["action"] == "block" else row["action"]} for row in told["rulings"]
            ],
            "findings": [
                {**row, "action": "revise" if row["action"] == "block" else row["action"]} for row in told["findings"]
            ],
        }
    )
    for slo in ({}, {"actions": ("block",)}, {"labels": ("secret",)}, {"labels": ("personal",), "side": "input"}):
        assert events(SloSpec(**slo), revised) == events(SloSpec(**slo), RECORD)
    assert events(SloSpec(actions=("mask",)), revised).bad == 6
    assert {share.what for share in shares([revised])} >= {"revised", "personal, revised"}


def test_no_more_events_are_bad_than_there_are():
    crowded = Rulings.from_payload(
        {**RECORD.payload(), "findings": [finding("personal.email", "mask", 1, count=5000)], "skipped": []}
    )
    assert events(SloSpec(labels=("personal",)), crowded) == Events(valid=100, bad=100, severe=0)


def test_a_share_has_its_interval():
    (masked,) = [share for share in shares([RECORD]) if (share.side, share.what) == ("output", "masked")]
    assert masked.interval == clopper_pearson(6, 100, level=0.95)


def test_shares_by_action_by_family_and_of_what_nobody_looked_at():
    said = {(share.side, share.what): (share.texts, share.of) for share in shares([RECORD, RECORD])}
    assert said == {
        ("input", "blocked"): (4, 204),
        ("input", "personal, blocked"): (2, 204),
        ("input", "secret, blocked"): (4, 204),
        ("output", "masked"): (12, 200),
        ("output", "blocked"): (8, 200),
        ("output", "personal, masked"): (14, 200),
        ("output", "secret, blocked"): (2, 200),
        ("output", "not looked at (crashed)"): (4, 200),
    }
