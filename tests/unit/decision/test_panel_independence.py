"""A panel that the guard's own detectors can decide alone is no other judge."""

import pytest

from trimtab.kinds import Instrument, plugins

JUDGES = (("toxicity", ""), ("llm-judge", "large"), ("moderation", "small"))


@pytest.mark.parametrize(
    ("agree", "guards", "alone"),
    [
        (3, {("toxicity", "")}, False),
        (3, {("toxicity", ""), ("llm-judge", "large")}, False),
        (3, set(JUDGES), True),
        (2, {("toxicity", "")}, False),
        (2, {("toxicity", ""), ("llm-judge", "large")}, True),
        (2, {("toxicity", ""), ("llm-judge", "other")}, False),
        (2, {("patterns", "")}, False),
        (2, set(), False),
    ],
)
def test_who_decides_a_panel(agree, guards, alone):
    panel = Instrument(detector="panel", version="1", judges=JUDGES, agree=agree)
    assert panel.decided_by(guards) is alone
    assert Instrument.from_payload(panel.payload()) == panel


def test_a_single_detector_is_decided_by_itself():
    one = Instrument(detector="toxicity", version="1")
    assert one.decided_by({("toxicity", ""), ("patterns", "")})
    assert not one.decided_by({("patterns", "")})
    assert "judges" not in one.payload()  # old ledgers stay as they are


def test_a_metric_says_who_sits_on_its_panel():
    metric = plugins.make(
        "metrics",
        "detector-rate",
        detector="panel",
        labels=["harm.toxicity"],
        fields={
            "judges": [
                {"detector": "toxicity"},
                {"detector": "llm-judge", "with": {"url": "http://127.0.0.1:1/v1", "model": "m", "rubrics": {"harm.toxicity": "Is it abusive?"}, "key_env": ""}},
            ],
            "labels": ["harm.toxicity"],
        },
    )  # fmt: skip
    assert metric.instrument.judges == (("toxicity", ""), ("llm-judge", "m"))
    assert metric.instrument.agree == 2
