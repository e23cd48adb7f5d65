"""An answer that is not known to be sure enough does not go on by itself."""

import math
from typing import Any

import pytest
from tests.unit.enforce.test_guard import rule
from tests.unit.enforce.test_log import log_of, records
from tests.unit.enforce.test_stream import PROSE

from trimtab.enforce import Action, Guard, GuardScreen, Seal
from trimtab.evidence import Escalated, Ledger
from trimtab.kinds import Message, Reply, Request
from trimtab.policy import GuardSpec


def asking(log=None, **fields):
    confidence = {"at_least": 0.7, "from": "logprobs", **fields}
    spec = {"output": [rule("patterns", "mask")], "confidence": confidence, "held": "Wait.", "refusal": "No."}
    return Guard(GuardSpec.model_validate(spec), log=log)


@pytest.mark.parametrize("confidence", [0.7, 0.99, 1.0])
def test_a_sure_answer_goes_on(confidence):
    said = asking().output("It is ana@example.org.", confidence=confidence)
    assert (said.action, said.text, said.doubt) == (Action.MASK, "It is [email].", None)


@pytest.mark.parametrize("confidence", [None, math.nan, 0.0, 0.699, -0.1, 1.1, math.inf])
@pytest.mark.parametrize(("action", "text"), [("escalate", "Wait."), ("block", "No.")])
def test_an_answer_that_is_not_known_to_be_sure_is_held(confidence, action, text):
    said = asking(action=action).output("It is so.", confidence=confidence)
    assert (str(said.action), said.text) == (action, text)
    assert said.doubt is not None
    missing = confidence is None or not 0.0 <= confidence <= 1.0
    assert ("no confidence" in said.reason) == missing


async def test_it_is_asked_in_every_way_of_asking():
    guard = asking()
    assert (await guard.aoutput("It is so.")).action is Action.ESCALATE
    assert (await guard.aoutput("It is so.", confidence=0.8)).action is Action.ALLOW
    stream = guard.stream()
    assert "".join(stream.feed(PROSE) for _ in range(30)) == ""  # nothing goes on before it is known
    assert (stream.close(confidence=0.4), stream.ruling.action) == ("Wait.", Action.ESCALATE)
    stream = guard.stream()
    await stream.afeed(PROSE)
    assert await stream.aclose(confidence=0.8) == PROSE
    assert guard.stream().close() == "Wait."


def test_who_is_not_asked_need_not_say():
    guard = Guard(GuardSpec.model_validate({"output": [rule("patterns", "mask")]}))
    assert guard.output("It is so.", confidence=0.0).action is Action.ALLOW


def test_confidence_alone_makes_a_guard_and_the_strictest_wins():
    alone = Guard(GuardSpec.model_validate({"confidence": {"at_least": 0.5, "from": "agreement"}}))
    assert alone.output("It is so.", confidence=0.4).action is Action.ESCALATE
    assert alone.output("It is so.", confidence=0.5).action is Action.ALLOW
    spec = {"output": [rule("patterns", "block")], "confidence": {"at_least": 0.5, "from": "agreement"}}
    assert Guard(GuardSpec.model_validate(spec)).output("ana@example.org").action is Action.BLOCK


def test_each_answer_that_is_held_is_recorded(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        with asking(log=log_of(ledger, seal=(seal := Seal()))) as guard:
            guard.output("It is so.", confidence=0.25, about="request-9")
            guard.output("It is not so.")
            guard.output("It may be.", confidence=0.9)
        escalated = [record for record in records(ledger) if isinstance(record, Escalated)]
        (sums,) = [record for record in records(ledger) if not isinstance(record, Escalated)]
    assert [(one.confidence, one.at_least, one.about) for one in escalated] == [
        (0.25, 0.7, "request-9"),
        (None, 0.7, ""),
    ]
    assert seal.shows(escalated[0].text, "It is so.")
    assert escalated[0].why == "confidence 0.25 below 0.7"
    assert sums.skipped == [{"side": "output", "detector": "guard", "reason": "unsure", "count": 2}]


class Model:
    """Says what it is told to, in turn."""

    def __init__(self, *texts, logprobs=None):
        self.texts, self.logprobs, self.asked = list(texts), logprobs, []

    async def ask(self, request):
        self.asked.append(request)
        return Reply(
            text=self.texts[len(self.asked) - 1], prompt_tokens=3, completion_tokens=2, latency=0.1 * len(self.asked),
            logprobs=self.logprobs if request.logprobs else None,
        )  # fmt: skip


@pytest.mark.parametrize(("logprobs", "text"), [((-0.1, -0.2), "Nine."), ((-3.0,), "Wait."), (None, "Wait.")])
async def test_a_guarded_candidate_is_asked_how_sure_it_is(logprobs, text):
    model: Any = Model("Nine.", logprobs=logprobs)
    reply = await GuardScreen(asking()).through(Request(messages=(Message("user", "When?"),)), model.ask)
    assert reply.text == text
    assert reply.finish == ("stop" if text == "Nine." else "content_filter")


@pytest.mark.parametrize(("second", "text"), [("nine.", "Nine."), ("Ten.", "Wait.")])
async def test_samples_are_drawn_warm_and_paid_for(second, text):
    model: Any = Model("Nine.", "Nine.", second)
    guard = asking(**{"from": "agreement", "samples": 2})
    reply = await GuardScreen(guard).through(Request(messages=(Message("user", "When?"),), seed=7), model.ask)
    assert reply.text == text
    assert [(one.temperature, one.seed) for one in model.asked] == [(0.0, 7), (0.7, 8), (0.7, 9)]
    assert (reply.prompt_tokens, reply.completion_tokens) == (9, 6)
    assert reply.latency > 0.3


@pytest.mark.parametrize(
    "bad",
    [{"at_least": 1.5}, {"from": "feeling"}, {"action": "mask"}, {"other": 1}],
)
def test_a_confidence_that_means_nothing_is_a_mistake(bad):
    with pytest.raises(ValueError):
        asking(**bad)
