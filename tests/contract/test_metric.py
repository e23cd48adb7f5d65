"""Every metric installed, ours or not: what a system answers never breaks it, and the same answer scores the same."""

import math
import pickle
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.kinds import Case, Exchange, Message, Missing, Price, Reply, Score, Shape, plugins

DATA = Path(__file__).parents[1] / "data" / "metrics"
NAMES = plugins.names("metrics")
WHOLE = {Shape.RATE, Shape.GAP, Shape.PRECISION, Shape.RECALL, Shape.F1}


@cache
def examples(name: str) -> list[dict[str, Any]]:
    path = DATA / f"{name}.yaml"
    if not path.exists():
        assert not plugins.find("metrics", name).__module__.startswith("trimtab."), f"{name} needs {path}"
        return []
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def posed(example: dict[str, Any]) -> tuple[Case, Exchange]:
    replies = [Reply(**reply) if isinstance(reply, dict) else Reply(text=reply) for reply in example["replies"]]
    case = Case(
        id="1",
        messages=(Message("user", example.get("prompt", "?")),),
        expect=example.get("expect", {}),
        group=example.get("group", "") if "scored" in example or "missing" in example else "",
    )
    price = Price(**example["price"]) if "price" in example else None
    return case, Exchange(replies=tuple(replies), price=price)


# Any text at all: random alone never looks like an answer, so real ones are mixed in, whole and in pieces.
REAL = sorted(
    {
        reply if isinstance(reply, str) else reply["text"]
        for name in NAMES
        for e in examples(name)
        for reply in e["replies"]
    }
)
TEXTS = st.lists(
    st.sampled_from(REAL)
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["\0", "\ud800", "\u202e", "\u200b", "\n"]),
    max_size=6,
).map("".join)
FIGURES = st.none() | st.integers(0, 10**6)
REPLIES = st.builds(
    Reply,
    text=TEXTS,
    finish=st.sampled_from(["stop", "length", "content_filter", ""]),
    prompt_tokens=FIGURES,
    completion_tokens=FIGURES,
    latency=st.floats(0, 1e4),
    first_token=st.none() | st.floats(0, 1e4),
    finished_at=st.floats(0, 4e9),
)
EXCHANGES = st.builds(
    Exchange,
    replies=st.lists(REPLIES, min_size=1, max_size=3).map(tuple),
    price=st.none() | st.builds(Price, input=st.floats(0, 100), output=st.floats(0, 100)),
)


@pytest.mark.parametrize(
    ("name", "example"),
    [pytest.param(name, e, id=f"{name}-{place}") for name in NAMES for place, e in enumerate(examples(name))],
)
def test_it_says_what_the_examples_say(name, example):
    outcome = plugins.make("metrics", name).score(*posed(example))
    if "missing" in example:
        assert isinstance(outcome, Missing)
        assert outcome.reason == example["missing"]
        return
    assert isinstance(outcome, Score)
    assert outcome.value == pytest.approx(example["value"])
    assert outcome.per == example.get("per", 1.0)
    assert outcome.at == example.get("at", 0.0)
    assert outcome.group == example.get("scored", example.get("group", ""))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)  # of each of many metrics
@given(data=st.data())
def test_no_answer_breaks_it_and_scores_are_in_range(name, data):
    metric = plugins.make("metrics", name)
    expects = [e.get("expect", {}) for e in examples(name)] or [{}]
    case = Case(
        id="1",
        messages=(Message("user", data.draw(TEXTS)),),
        expect=data.draw(st.sampled_from(expects)),
        group=data.draw(st.sampled_from(["", "women"])),
    )
    exchange = data.draw(EXCHANGES)
    outcome = metric.score(case, exchange)
    assert outcome == metric.score(case, exchange)
    if isinstance(outcome, Missing):
        assert outcome.reason
        return
    assert math.isfinite(outcome.value)
    assert outcome.per >= 0
    if metric.shape in WHOLE:
        assert outcome.value in {0.0, 1.0}
    if metric.shape in {Shape.PRECISION, Shape.RECALL, Shape.F1}:
        assert outcome.group in {"tp", "fp", "fn", "tn"}
        assert outcome.value == float(outcome.group in {"tp", "tn"})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "expect", [{}, {"answer": None, "canary": 5, "token": [None], "personal": {"a": 1}, "choices": "x"}]
)
def test_a_case_that_lacks_what_it_needs_is_missing(name, expect):
    metric = plugins.make("metrics", name)
    outcome = metric.score(
        Case(id="1", messages=(Message("user", "?"),), expect=expect), Exchange(replies=(Reply(text="x"),))
    )
    assert isinstance(outcome, Missing) or not getattr(metric, "needs", ())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("piece", ["a", "1-", "i cannot ", "\ud800", "no or yes "])
def test_a_reply_of_a_hundred_thousand_characters_is_only_long(name, piece):
    metric = plugins.make("metrics", name)
    text = (piece * 100_000)[:100_000]
    for example in examples(name)[:1]:
        case, _ = posed(example)
        metric.score(case, Exchange(replies=(Reply(text=text, finish="length"),)))


@pytest.mark.parametrize("name", NAMES)
def test_it_travels_to_other_processes_and_names_itself(name):
    metric = plugins.make("metrics", name)
    assert pickle.loads(pickle.dumps(metric)) == metric
    assert metric.name == name
    assert metric.version
    assert metric.unit
    assert metric.better in {"higher", "lower"}
    assert isinstance(metric.shape, Shape)
    assert (type(metric).__doc__ or "").strip().partition("\n")[0].endswith((".", ":"))  # shown by `suites metrics`
