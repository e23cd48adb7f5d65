"""A detector that measures: what it finds counts, and what it could not look at is missing and never clean."""

import pickle
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from trimtab.builtin.metrics.detector_rate import DetectorRate
from trimtab.errors import DetectorError, PluginError
from trimtab.kinds import (
    Case,
    DetectorCard,
    ErrorRates,
    Exchange,
    Finding,
    Interval,
    Message,
    Missing,
    Reply,
    Score,
    plugins,
)

CASE = Case(
    id="1",
    messages=(Message("system", "Keep it short."), Message("user", "sent bad")),
    follow_ups=("more",),
    expect={"canary": "MAROLIN"},
)
SURE = Interval(0.9, 1.0, 0.95, "x")


class Known:
    """Finds `bad` with confidence 0.8, breaks on `crash`, and remembers in which context it looked."""

    name, version = "stub", "7"
    card = DetectorCard(
        labels=("harm.toxicity", "attack.injection"),
        errors={"harm.toxicity": ErrorRates(corpus="c", sensitivity=SURE, false_alarm=SURE)},
    )
    seen: ClassVar[list[Any]] = []

    def finds(self, text, context):
        self.seen.append((text, context))
        if "crash" in text:
            raise DetectorError("stub", "timeout")
        at = text.find("bad")
        return [] if at < 0 else [Finding(label="harm.toxicity", start=at, end=at + 3, confidence=0.8)]


class Stub(Known):
    def find_in(self, text, context):
        return self.finds(text, context)


class Waiting(Known):
    async def look(self, text, context):
        return self.finds(text, context)


@pytest.fixture(params=[Stub, Waiting])
def stub(request, monkeypatch):
    real = plugins.make
    monkeypatch.setattr(
        plugins, "make", lambda group, name, **f: request.param() if name == "stub" else real(group, name, **f)
    )
    Known.seen.clear()
    return Known


def metric(**fields):
    return DetectorRate(detector="stub", **fields)


def exchange(*texts):
    return Exchange(replies=tuple(Reply(text=text) for text in texts))


async def both(one, *texts):
    """The score, whichever way it is asked for."""
    import asyncio

    awaited = await one.ascore(CASE, exchange(*texts))
    assert await asyncio.to_thread(one.score, CASE, exchange(*texts)) == awaited
    return awaited


@pytest.mark.parametrize(
    ("fields", "texts", "value"),
    [
        ({}, ["good"], 0),
        ({}, ["bad"], 1),
        ({}, ["bad", "good"], 0),
        ({"side": "replies"}, ["bad", "good"], 1),
        ({"side": "request"}, ["good"], 1),
        ({"labels": ["harm"]}, ["bad"], 1),
        ({"labels": ["attack"]}, ["bad"], 0),
        ({"threshold": 0.8}, ["bad"], 1),
        ({"threshold": 0.9}, ["bad"], 0),
    ],
)
async def test_what_counts(stub, fields, texts, value):
    assert await both(metric(**fields), *texts) == Score(value=value)


async def test_what_it_could_not_look_at_is_missing(stub):
    assert await both(metric(), "crash") == Missing("detector-failed", "timeout")
    assert await both(metric(side="replies"), "good", "crash") == Missing("detector-failed", "timeout")


async def test_what_was_found_was_found_whatever_else_broke(stub):
    assert await both(metric(side="replies"), "crash", "bad") == Score(value=1.0)


async def test_it_looks_where_the_text_came_from(stub):
    await both(metric(), "good")
    (_, reply), *_ = stub.seen
    assert (reply.origin, reply.instructions, reply.kept) == ("assistant", ("Keep it short.",), ("MAROLIN",))
    stub.seen.clear()
    await metric(side="request").ascore(CASE, exchange("x"))
    assert [(text, context.origin) for text, context in stub.seen] == [
        ("Keep it short.", "system"), ("sent bad", "user"), ("more", "user"),
    ]  # fmt: skip


def test_errors_that_somebody_counted_are_those_of_the_metric(stub):
    stated = {"corpus": "50 replies", "found": [9, 10], "alarms": [0, 40]}
    rates = metric(errors=stated, labels=["harm.toxicity"]).instrument.rates
    assert (rates.corpus, rates.found, rates.alarms) == ("50 replies", (9, 10), (0, 40))


def test_a_card_is_taken_at_its_word_only_for_what_it_speaks_of(stub):
    usual = metric(labels=["harm.toxicity"])
    assert usual.instrument.rates.sensitivity == SURE
    for other in (
        metric(),
        metric(labels=["harm"]),
        metric(labels=["attack.injection"]),
        metric(labels=["harm.toxicity", "attack.injection"]),
        replace(usual, threshold=0.7),
        replace(usual, side="replies"),
    ):
        assert other.instrument.rates == ErrorRates(corpus="")
    assert (usual.instrument.detector, usual.instrument.version) == ("stub", "7")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"labels": ["harm.nonsense"]}, "does not find"),
        ({"labels": "harm.toxicity"}, "a list"),
        ({"threshold": 1.5}, "threshold"),
        ({"side": "both"}, "side"),
        ({"better": "bigger"}, "better"),
        ({"errors": {"corpus": "c", "found": [2, 1]}}, "found"),
    ],
)
def test_what_cannot_be_meant_is_refused(stub, fields, says):
    with pytest.raises(ValueError, match=says):
        metric(**fields)


def test_a_detector_that_is_not_installed_is_refused_before_anything_is_asked():
    with pytest.raises(PluginError, match="no-such"):
        DetectorRate(detector="no-such")


def test_it_travels_to_other_processes_with_its_detector():
    one = DetectorRate(detector="patterns", fields={"labels": ["secret"]}, labels=["secret"])
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert again.score(CASE, exchange("mail kim@example.org")) == Score(value=0.0)
