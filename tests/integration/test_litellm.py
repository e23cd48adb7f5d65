"""LiteLLM against a real local server: answers, counts, and every failure by its name."""

import pytest

from trimtab.builtin.systems.litellm import LiteLLMSystem
from trimtab.errors import CallError
from trimtab.kinds import Message, Request
from trimtab.testing import Behaviour, OpenAIServer

pytest.importorskip("litellm")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore"),  # LiteLLM's own warnings are not ours to fix
]


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("LOCAL_KEY", "sk-test-of-litellm")


def system(server):
    return LiteLLMSystem(model="openai/m", api_base=f"{server.url}/v1", key_env="LOCAL_KEY")


def ask(text, **settings):
    return Request(messages=(Message("user", text),), **settings)


@pytest.mark.parametrize("stream", [False, True])
async def test_answers_with_counts(key, stream):
    async with OpenAIServer(key="sk-test-of-litellm") as server, system(server) as one:
        reply = await one.ask(ask("What is 20 + 22?", stream=stream))
    assert reply.text == "The answer is 42."
    assert (reply.prompt_tokens, reply.completion_tokens) == (5, 4)
    assert (reply.first_token is not None) == stream


@pytest.mark.parametrize(
    ("behaviour", "reason", "retryable"),
    [
        (Behaviour(status=429, headers={"Retry-After": "7"}), "http-429", True),
        (Behaviour(status=500), "http-500", True),
        (Behaviour(status=401), "http-401", False),
        (Behaviour(status=404), "http-404", False),
        (Behaviour(status=400), "http-400", False),
    ],
)
async def test_failures_keep_their_name_and_are_not_retried_behind_our_back(key, behaviour, reason, retryable):
    async with OpenAIServer(script=lambda _: behaviour) as server, system(server) as one:
        with pytest.raises(CallError) as caught:
            await one.ask(ask("What is 1 + 1?"))
        assert len(server.seen) == 1
    assert caught.value.reason == reason
    assert caught.value.retryable == retryable
    if reason == "http-429":
        assert caught.value.retry_after == 7.0
    assert "1 + 1" not in str(caught.value)
    assert "sk-test" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["truncate", "garbage", "disconnect", "no-end"])
async def test_half_an_answer_is_none(key, fault, stream):
    if fault == "no-end" and not stream:
        pytest.skip("only streams have an end to leave out")
    async with OpenAIServer(script=lambda _: Behaviour(fault=fault)) as server, system(server) as one:
        with pytest.raises(CallError):
            await one.ask(ask("What is 1 + 1?", stream=stream))
