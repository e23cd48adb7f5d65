"""An answer that the model is not sure of is held, and its record says why; nobody sees the probabilities."""

import json
import math

import pytest
from tests.serve import proxies
from tests.serve.proxies import events, post, saying, text_of
from tests.serve.test_relay import done

from trimtab.evidence import Escalated, Ledger
from trimtab.policy.guard_spec import ConfidenceSpec
from trimtab.serve.confidence import SAMPLES, ask_surely
from trimtab.serve.upstream import UpstreamError
from trimtab.testing import Behaviour

CONFIDENCE = "    refusal: Not that.\n    confidence: {at_least: 0.8, from: logprobs}\n"


def reply(text, *logprobs, spelled=(), **more):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **more}}
    if logprobs:
        choice["logprobs"] = {"content": [{"token": text, "logprob": one} for one in logprobs]}
    if spelled:
        choice["logprobs"] = {"content": [{"token": token, "logprob": -1.0} for token in spelled]}
    return {"object": "chat.completion", "choices": [choice]}


@pytest.mark.slow
def test_an_answer_that_is_not_sure_is_held_for_a_person(tmp_path):
    policy = proxies.POLICY.replace("    refusal: Not that.\n", CONFIDENCE)
    with (
        proxies.upstream() as server,
        proxies.proxy(tmp_path, f"{server.url}/v1", "--workers", "1", "--ledger", "l.db", policy=policy) as running,
    ):
        for logprob, text in ((-0.1, "Seven."), (-0.9, "A person will look at this first.")):
            body = json.dumps(reply("Seven.", logprob)).encode()
            server.script = lambda _, body=body: Behaviour(body=body)
            status, headers, raw = post(
                f"{running.url}/chat/completions", saying("x"), **{"X-Request-Id": f"row-{-10 * logprob:.0f}"}
            )
            choice = json.loads(raw)["choices"][0]
            assert (status, choice["message"]["content"], choice["logprobs"]) == (200, text, None)
            sure = text == "Seven."
            assert headers["X-Trimtab-Ruling"] == ("allow" if sure else "escalate")
            assert choice["finish_reason"] == ("stop" if sure else "content_filter")
            _, _, raw = post(f"{running.url}/chat/completions", saying("x", stream=True))
            assert (text_of(events(raw)), events(raw)[-1]) == (text, "[DONE]")
        assert all(seen.body["logprobs"] is True and "stream" not in seen.body for seen in server.seen)
        server.script = None
        server.logprobs = False  # an upstream that gives none
        _, headers, _ = post(f"{running.url}/chat/completions", saying("x"))
        assert headers["X-Trimtab-Ruling"] == "escalate"
        assert running.end() == 0
    with Ledger.open(tmp_path / "l.db", create=False) as ledger:
        ledger.verify().raise_if_bad()
        held = [record for _, record in ledger.records(kind=Escalated.kind) if isinstance(record, Escalated)]
    assert [one.confidence for one in held] == [pytest.approx(math.exp(-0.9)), pytest.approx(math.exp(-0.9)), None]
    assert held[0].about == "row-9"


def surely(spec, replies, body=None):
    """The confidences that come of these replies, the answer first; an error is raised."""
    asked, left = [], iter(replies)

    async def ask(body):
        asked.append(body)
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return 200, answer, ""

    return done(ask_surely(ConfidenceSpec.model_validate(spec), ask, body or {}, chat=True))[1], asked


LOGPROBS = {"at_least": 0.5, "from": "logprobs"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (reply("a b", -1.0, -3.0), [math.exp(-2.0)]),
        (
            {"choices": [{"text": "a", "logprobs": {"tokens": ["a", "."], "token_logprobs": [-1.0, -1.0]}}]},
            [math.exp(-1.0)],
        ),
        ({"choices": [{"text": "a", "logprobs": {"token_logprobs": [-1.0, -1.0]}}]}, [None]),
        ({"choices": [{"text": "a b", "logprobs": {"tokens": ["a"], "token_logprobs": [-1.0]}}]}, [None]),
        (reply("It opens at nine in June.", spelled=["It"]), [None]),
        (reply("It opens.", spelled=["It", " opens", ".", "<|end|>"]), [math.exp(-1.0)]),
        (reply("\u6f22\u5b57", spelled=["\ufffd", "\ufffd", "\u5b57"]), [math.exp(-1.0)]),
        (reply(None, tool_calls=[{"function": {"name": "pay", "arguments": '{"sum": 5}'}}], spelled=["pay"]), [None]),
        (reply("a"), [None]),
        (reply("a", None, -1.0), [None]),
        (reply("a", "x"), [None]),
        (reply("a", 5.0), [None]),
        ({"choices": [{"logprobs": {"content": []}}, 5]}, [None, None]),
        ({"choices": "x"}, []),
        ({}, []),
    ],
)
def test_probabilities_as_servers_give_them(body, expected):
    found, asked = surely(LOGPROBS, [body])
    assert found == [None if one is None else pytest.approx(one) for one in expected]
    assert asked == [{"logprobs": True}]


async def agreement(answer, samples, body=None):
    asked, left = [], iter([answer, *samples])

    async def ask(body):
        asked.append(body)
        given = next(left)
        if isinstance(given, Exception):
            raise given
        return 200, given, ""

    spec = ConfidenceSpec.model_validate({"at_least": 0.5, "from": "agreement"})
    return (await ask_surely(spec, ask, body or {}, chat=True))[1], asked


async def test_agreement_is_the_share_of_samples_that_say_the_same():
    yes, no, failed = reply("Yes."), reply("No."), UpstreamError(502, "gone")
    assert await agreement(yes, [reply(" yes. "), yes, yes, no]) == ([0.75], [{}, *[{}] * SAMPLES])
    assert (await agreement(yes, [yes, failed, failed, failed]))[0] == [0.25]
    assert (await agreement(yes, [failed] * SAMPLES))[0] == [None]
    call = [{"function": {"name": "pay", "arguments": '{"sum": 5}'}}]
    other = [{"function": {"name": "pay", "arguments": '{"sum": 6}'}}]
    same = reply(None, tool_calls=call)
    assert (await agreement(same, [same, same, reply(None, tool_calls=other), yes]))[0] == [0.5]
    with pytest.raises(UpstreamError):
        await agreement(failed, [yes] * SAMPLES)


async def test_samples_are_drawn_and_not_repeated():
    given = {"temperature": 0.0, "seed": 1, "n": 2, "model": "m"}
    _, asked = await agreement(reply("a"), [reply("a")] * SAMPLES, given)
    assert asked[0] == given
    assert asked[1:] == [{"temperature": 0.7, "model": "m"}] * SAMPLES
    _, asked = await agreement(reply("a"), [reply("a")] * SAMPLES, {"temperature": 1.1})
    assert asked[1:] == [{"temperature": 1.1}] * SAMPLES
