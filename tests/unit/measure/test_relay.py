"""Where a tool asks: what reaches the candidate is the tool's words with the candidate's settings, and nothing else."""

import asyncio

import aiohttp
import pytest

from trimtab.kinds import Message, Missing, Reply
from trimtab.measure.tools.relay import Relay
from trimtab.policy.system_spec import Generation

OWN = Generation(temperature=0.3, top_p=0.9, max_tokens=77, seed=5, stream=False)


def talk(*bodies, ask=None, max_tokens=None, headers=None, path="/chat/completions", method="POST"):
    """What came back of each body, what was asked, and the counts."""
    asked = []

    async def answer(request):
        asked.append(request)
        return Reply(text=f"reply {len(asked)}", finish="length", prompt_tokens=3, completion_tokens=2)

    async def main():
        async with Relay(ask or answer, OWN, max_tokens=max_tokens) as relay, aiohttp.ClientSession() as session:
            told = {"Authorization": f"Bearer {relay.token}"} if headers is None else headers
            got = []
            for body in bodies:
                given = {"model": relay.model, **body} if isinstance(body, dict) else body
                async with session.request(method, relay.url + path, json=given, headers=told) as response:
                    got.append((response.status, await response.json()))
            return got, asked, relay.counts

    return asyncio.run(main())


def said(text="hello", **more):
    return {"messages": [{"role": "user", "content": text}], **more}


def test_the_words_are_the_tools_and_the_settings_the_candidates():
    conversation = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        {"role": "assistant", "content": "three"},
        {"role": "user", "content": "four"},
    ]
    wanted = {"temperature": 2, "top_p": 0.1, "max_tokens": 9, "seed": 1, "stop": ["#"], "logit_bias": {"1": 100}}
    ((status, answer),), (request,), counts = talk({"messages": conversation, **wanted})
    assert status == 200
    assert request.messages == (
        Message("system", "Be brief."), Message("user", "one\ntwo"), Message("assistant", "three"), Message("user", "four"),
    )  # fmt: skip
    assert (request.temperature, request.top_p, request.max_tokens, request.seed, request.stop) == (0.3, 0.9, 77, 5, ())
    assert answer["choices"][0] == {
        "index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": "reply 1"},
    }  # fmt: skip
    assert answer["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    assert (counts.answered, counts.refused) == (1, 0)


def test_a_suite_may_bound_the_replies():
    _, (request,), _ = talk(said(), max_tokens=12)
    assert request.max_tokens == 12


def test_several_choices_are_so_many_askings():
    ((status, answer),), asked, counts = talk(said(n=3))
    assert (status, len(asked), counts.answered) == (200, 3, 3)
    assert [one["message"]["content"] for one in answer["choices"]] == ["reply 1", "reply 2", "reply 3"]


@pytest.mark.parametrize(
    "body",
    [
        said(tools=[{"type": "function"}]),
        said(functions=[{}]),
        said(stream=True),
        said(model="other"),
        said(n=0),
        said(n=True),
        said(n=1000),
        said(n="2"),
        {"messages": []},
        {"messages": "hello"},
        {},
        ["hello"],
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": ["user"], "content": "x"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        {"messages": ["hello"]},
    ],
)
def test_what_cannot_be_put_to_a_candidate_is_refused_and_quoted_nowhere(body):
    ((status, answer),), asked, counts = talk(body)
    assert (status, asked, counts.refused, counts.answered) == (422, [], 1, 0)
    assert "hello" not in str(answer)


def test_no_reply_is_an_error_that_nobody_tries_again():
    replies = iter([Reply(text="a"), Missing("timeout", "of PRIVATE")])

    async def ask(_):
        return next(replies)

    ((status, answer),), _, counts = talk(said(n=2), ask=ask)
    assert (status, dict(counts.lost), counts.answered) == (422, {"timeout": 1}, 1)
    assert "PRIVATE" not in str(answer)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Bearer ümlaut"}])
def test_only_the_tool_is_let_in(headers):
    ((status, _),), asked, _ = talk(said(), headers=headers)
    assert (status, asked) == (401, [])


def test_nothing_else_is_served_there():
    assert talk(said(), path="/completions")[0][0][0] == 404
    assert talk(said(), method="PUT")[0][0][0] == 404
    ((status, answer),), _, _ = talk(None, path="/models", method="GET")
    assert (status, len(answer["data"])) == (200, 1)


def test_every_relay_has_a_name_and_a_word_of_its_own():
    async def ask(_):
        return Missing("nobody")

    relays = [Relay(ask, OWN) for _ in range(50)]
    assert len({one.model for one in relays}) == len({one.token for one in relays}) == 50
