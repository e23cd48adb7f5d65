"""A detector that breaks in whatever way, or returns what no finding is, has not looked; and tells nothing of the text."""

import asyncio
import time
from collections import deque
from fractions import Fraction

import pytest

from trimtab.detect import look, look_async
from trimtab.enforce import Action, Guard
from trimtab.errors import CallError, DetectorError, DisputedError, UsageError
from trimtab.kinds import Context, DetectorCard, Finding, plugins
from trimtab.policy import GuardSpec

TEXT = "Ana, ana@example.org, asks."


class Here:
    """Answers with whatever a function makes of the text."""

    name, version = "odd", "1"

    def __init__(self, answer):
        self.answer = answer

    def find(self, text):
        return self.answer(text)


class Away(Here):
    async def look(self, text, context):
        return self.answer(text)


def raising(error):
    """A function that raises what another makes of the text."""

    def answer(text):
        raise error(text)

    return answer


def forged(**fields):
    """A finding that nothing has checked."""
    made = Finding.__new__(Finding)
    for name, value in {"label": "x.y", "start": 0, "end": 3, "confidence": 1.0, "disguise": "", **fields}.items():
        if value is not None:
            object.__setattr__(made, name, value)
    return made


def later(text):
    """A generator, which breaks when somebody goes through it."""
    yield Finding(label="x.y", start=0, end=3)
    raise ValueError("cannot parse " + text)


class Through:
    def __init__(self, text):
        self.text = text

    def __iter__(self):
        return self

    def __next__(self):
        raise asyncio.CancelledError(self.text)


@pytest.fixture
def made(monkeypatch):
    """A guard on both sides with a detector of ours."""

    def of(detector, action="mask", **fields):
        real = plugins.make
        monkeypatch.setattr(
            plugins, "make", lambda group, name, **with_: detector if name == "odd" else real(group, name, **with_)
        )
        rules = [{"detector": "odd", "action": action}]
        return Guard(GuardSpec.model_validate({"input": rules, "output": rules, **fields}))

    return of


def rulings(guard, text=TEXT):
    """What the guard says of a text on both sides, in both forms."""
    asked = [{"role": "user", "content": text}]
    yield guard.output(text)
    yield asyncio.run(guard.aoutput(text))
    yield guard.input(asked)
    yield asyncio.run(guard.ainput(asked))


ODD = {
    "generator": later,
    "iterator": Through,
    "dict": lambda _: {},
    "text": lambda _: "",
    "bytes": lambda _: b"",
    "number": lambda _: 7,
    "nothing": lambda _: None,
    "float place": lambda _: [forged(end=2.5)],
    "float start": lambda _: [forged(start=0.0)],
    "flag place": lambda _: [Finding(label="x.y", start=False, end=True)],
    "no label": lambda _: [forged(label=7)],
    "empty label": lambda _: [Finding(label="", start=0, end=3)],
    "beyond": lambda text: [Finding(label="x.y", start=0, end=len(text) + 1)],
    "before": lambda _: [forged(start=-3)],
    "empty place": lambda _: [forged(end=0)],
    "unsure below zero": lambda _: [forged(confidence=-1.0)],
    "surer than sure": lambda _: [forged(confidence=1.5)],
    "not a number": lambda _: [forged(confidence=float("nan"))],
    "sure in words": lambda _: [forged(confidence="0.9")],
    "half made": lambda _: [forged(confidence=None)],
    "cancelled": raising(asyncio.CancelledError),
    "exits": raising(SystemExit),
    "group": raising(lambda text: BaseExceptionGroup(text, [asyncio.CancelledError(text)])),
    "error": raising(ValueError),
    "error of ours": raising(lambda text: CallError("refused", text)),
    "words": raising(lambda text: DetectorError(text, "could not read: " + text)),
    "dispute": raising(lambda text: DisputedError(text, text, text)),
}


@pytest.mark.parametrize("kind", [Here, Away])
@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_what_is_odd_is_a_check_that_was_not_made_and_quotes_nothing(made, kind, answer):
    for said in rulings(made(kind(answer), on_crash="escalate")):
        assert said.action is Action.ESCALATE
        assert {one.reason for one in said.skipped} == {"crashed"}
        assert {one.detector for one in said.skipped} == {"odd"}
        assert "ana@" not in repr(said.skipped)


@pytest.mark.parametrize("kind", [Here, Away])
@pytest.mark.parametrize("gathered", [list, tuple, deque, iter, lambda found: (one for one in found)])
@pytest.mark.parametrize("sure", [1.0, 1, Fraction(1, 2)])
def test_whatever_can_be_gone_through_may_hold_the_findings(made, kind, gathered, sure):
    found = Finding(label="x.ana", start=0, end=3, confidence=sure)
    one = made(kind(lambda text: gathered([found] if text.startswith("Ana") else [])))
    assert [said.text for said in rulings(one)][:2] == ["[ana], ana@example.org, asks."] * 2


def test_a_list_that_a_detector_keeps_is_left_as_it_is():
    kept = [Finding(label="x.y", start=at, end=9) for at in (5, 2)]
    assert [one.start for one in look(Here(lambda _: kept), TEXT, Context())] == [2, 5]
    assert [one.start for one in kept] == [5, 2]


@pytest.mark.parametrize("kind", [Here, Away])
def test_who_ends_the_process_ends_it(kind):
    with pytest.raises(KeyboardInterrupt):
        look(kind(raising(KeyboardInterrupt)), TEXT, Context())


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("timeout", "timeout"),
        ("rate-limited: ask ana@example.org", "rate-limited"),
        ("ana", "DetectorError"),  # stands in the text
        ("hG7kq2pZ", "DetectorError"),
        ("could not read", "DetectorError"),
        ("", "DetectorError"),
        (TEXT, "DetectorError"),
    ],
)
def test_of_somebody_elses_words_only_a_reason_is_told(detail, told):
    with pytest.raises(DetectorError) as caught:
        look(Here(raising(lambda _: DetectorError(TEXT, detail))), TEXT, Context())
    assert (caught.value.detector, caught.value.detail) == ("odd", told)
    with pytest.raises(DisputedError) as disputed:
        look(Here(raising(lambda _: DisputedError("x", "order-decides", detail))), TEXT, Context())
    assert (disputed.value.reason, disputed.value.detail.replace("Disputed", "Detector")) == ("order-decides", told)


def test_our_own_detectors_say_why(made):
    text = "ana@example.org " * 70_000
    (skipped,) = (
        Guard(GuardSpec.model_validate({"output": [{"detector": "patterns", "action": "mask"}]})).output(text).skipped
    )
    assert skipped.detail == "the text has 1,120,000 characters; cut it into at most 1,000,000"


@pytest.mark.parametrize("error", [ValueError, UsageError, asyncio.CancelledError])
def test_one_that_breaks_when_it_looks_again_withholds_the_text(made, error):
    def second(text):
        if "Ana" in text:
            return [Finding(label="x.y", start=0, end=3)]
        raise error(text)

    for said in rulings(made(Here(second))):
        assert said.action is Action.BLOCK
        assert {one.detail for one in said.skipped} == {"while masking"}


# -- waiting -------------------------------------------------------------------------------------------


class Slow(Here):
    """Keeps the loop to itself, or waits, and then answers."""

    def __init__(self, answer, *, holds=0.0, waits=0.0):
        super().__init__(answer)
        self.holds, self.waits = holds, waits

    async def look(self, text, context):
        time.sleep(self.holds)  # noqa: ASYNC251  # what nobody should do
        if self.waits:
            await asyncio.sleep(self.waits)
        return self.answer(text)


async def test_who_awaits_a_detector_can_be_cancelled(made):
    for waiting in (
        look_async(Slow(lambda _: [], waits=30.0), TEXT, Context()),
        made(Slow(lambda _: [], waits=30.0), budget_ms=60_000.0).aoutput(TEXT),
    ):
        task = asyncio.ensure_future(waiting)
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()


async def test_a_look_that_nobody_awaits_any_more_is_closed_in_silence():
    begun = look_async(Slow(lambda _: [], waits=30.0), TEXT, Context())
    begun.send(None)
    begun.close()


@pytest.mark.parametrize(
    ("found", "action"),
    [
        ([], Action.ESCALATE),
        ([Finding(label="x.y", start=0, end=3)], Action.BLOCK),  # too late, and still found
    ],
)
def test_a_judge_that_keeps_the_loop_beyond_its_time_has_not_looked(made, found, action):
    one = made(Slow(lambda _: found, holds=0.05), "block", budget_ms=10.0, on_crash="escalate")
    for said in rulings(one):
        assert said.action is action
        assert [skipped.reason for skipped in said.skipped] == ["timeout"]
    (said, *_) = rulings(made(Slow(lambda _: [], holds=0.001), "block", budget_ms=5_000.0))
    assert (said.action, said.skipped) == (Action.ALLOW, ())


# -- settings that mean nothing ------------------------------------------------------------------------


def patterns(**fields):
    return {"detector": "patterns", "action": "mask", **fields}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (patterns(labels=["secert"]), "'secert'.*Did you mean `secret`"),
        (patterns(labels=["personal", "secert"]), "'secert'"),
        (patterns(labels=["Personal"]), "'Personal'.*Did you mean `personal`"),
        (patterns(labels=["personal.mail"]), "Did you mean `personal.email`"),
        (patterns(labels=["secret"], **{"with": {"labels": ["personal"]}}), "'secret'"),
        ({"detector": "leak", "labels": ["secret"], "action": "block"}, "'secret'"),
        (
            {
                "detector": "llm-judge", "labels": ["harm.violence"], "action": "block",
                "with": {"url": "http://127.0.0.1:9", "model": "m", "labels": ["harm.hate"]},
            },
            "'harm.violence'",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("side", ["input", "output"])
def test_a_rule_that_counts_what_nobody_finds_is_refused(rule, told, side):
    with pytest.raises(UsageError, match=told):
        Guard(GuardSpec.model_validate({side: [rule]}))


@pytest.mark.parametrize(
    "rule",
    [
        patterns(labels=["personal"]),
        patterns(labels=["personal.email", "secret"]),
        patterns(labels=["personal.email"], **{"with": {"labels": ["personal"]}}),
        patterns(labels=["personal"], **{"with": {"labels": ["personal.email"]}}),
        {
            # Its questions are its labels, and the field `labels` names only some of them.
            "detector": "llm-judge", "labels": ["principle.kind"], "action": "block",
            "with": {
                "url": "http://127.0.0.1:9", "model": "m", "labels": ["harm.hate"], "rubrics": {"principle.kind": "Is it?"},
            },
        },
    ],
)  # fmt: skip
def test_a_rule_that_counts_what_may_be_found_is_taken(rule):
    Guard(GuardSpec.model_validate({"output": [rule]}))


class Mute(Here):
    card = DetectorCard(labels=())


@pytest.mark.parametrize("kind", [Here, Mute])
def test_who_does_not_say_what_they_find_may_find_anything(made, kind):
    made(kind(lambda _: []))
    Guard(GuardSpec.model_validate({"output": [{"detector": "odd", "labels": ["x.y"], "action": "block"}]}))


@pytest.mark.parametrize(
    ("side", "fields", "told"),
    [
        ("input", {"origins": []}, "at least 1 item"),
        ("output", {"origins": []}, "at least 1 item"),
        ("output", {"origins": ["user"]}, "output is the model's own"),
        ("input", {"labels": [""]}, "at least 1 character"),
        ("output", {"labels": ["personal", ""]}, "at least 1 character"),
    ],
)
def test_a_setting_that_would_say_nothing_is_refused(side, fields, told):
    with pytest.raises(ValueError, match=told):
        GuardSpec.model_validate({side: [patterns(**fields)]})


def test_a_guard_that_is_written_out_can_be_read_again():
    spec = GuardSpec.model_validate({"input": [patterns()], "output": [patterns()]})
    again = GuardSpec.model_validate_json(spec.model_dump_json(by_alias=True))
    assert again == spec
    assert Guard(again).digest == Guard(spec).digest
