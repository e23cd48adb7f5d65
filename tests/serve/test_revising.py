"""Behind the proxy a reply is written anew where the policy says so, whole or streamed, and nothing else of it is."""

import asyncio
import json

from tests.serve.proxies import events, post, proxy, saying, serving, text_of, upstream
from tests.unit.enforce.revising import reviser
from tests.unit.enforce.test_mending import LEAK, WELL, guarded

from trimtab.evidence import Ledger, Revised
from trimtab.testing import Behaviour

POLICY = """\
trimtab: 1
organisation: Example
people: {team: {function: engineering}}
models:
  helper: {openai: {url: "REVISER", model: h, key_env: ""}}
principles:
  no-contact: {text: A reply holds nobody's address., test: {detector: patterns, labels: [personal]}}
metrics:
  leak: {question: "Does it leak?", better: lower, target: 0.01, owner: team, source: {suite: secret-keeping}}
tiers:
  high: {confidence: 0.9, floors: {leak: {at_most: 0.2}}}
guards:
  standard:
    output: [{detector: patterns, labels: [personal], action: revise}]
    revise: {model: helper}
    refusal: Not that.
systems:
  bot:
    tier: high
    owner: team
    intended_use: Answers.
    maximise: leak
    guard: standard
    candidates:
      one: {openai: {url: "http://127.0.0.1:9", model: m}}
"""


def test_the_command_has_replies_written_anew_and_keeps_the_evidence(tmp_path):
    with upstream() as server, reviser(WELL) as helper:
        policy = POLICY.replace("REVISER", helper.url)
        ledger = ("--ledger", "ledger.db", "--workers", "1")
        with proxy(tmp_path, f"{server.url}/v1", *ledger, policy=policy) as running:
            chat = f"{running.url}/chat/completions"
            status, headers, raw = post(chat, saying(LEAK))
            assert (status, headers["X-Trimtab-Ruling"]) == (200, "revise")
            (choice,) = json.loads(raw)["choices"]
            assert (choice["message"]["content"], choice["finish_reason"]) == (WELL, "stop")

            status, headers, raw = post(chat, saying(LEAK, stream=True))
            assert text_of(events(raw)) == WELL
            assert b"ana@" not in raw

            helper.script = lambda _: Behaviour(status=500)
            for body in (saying(LEAK), saying(LEAK, stream=True)):
                assert b"Not that." in post(chat, body)[2]
            assert running.metric('trimtab_guard_rulings_total{side="output",ruling="revise"}') == 2
            assert running.metric('trimtab_guard_rulings_total{side="output",ruling="block"}') == 2
            assert running.end() == 0
    with Ledger.open(tmp_path / "ledger.db", create=False) as opened:
        records = [record for _, record in opened.records() if isinstance(record, Revised)]
        opened.verify().raise_if_bad()
    assert sorted(record.stop for record in records) == ["no-reply", "no-reply", "repaired", "repaired"]


async def test_what_is_no_answer_is_blocked_and_not_written_anew():
    message = {"role": "assistant", "content": WELL, "reasoning_content": LEAK}
    call = {"id": "a", "type": "function", "function": {"name": "ana@example.org", "arguments": "{}"}}
    bodies = [message, {"role": "assistant", "content": None, "tool_calls": [call]}]
    with upstream() as server, reviser(WELL) as helper, guarded(helper) as guard:
        async with serving(f"{server.url}/v1", guard=guard) as (url, _):
            for said in bodies:
                choice = {"index": 0, "finish_reason": "stop", "message": said}
                raw = json.dumps({"object": "chat.completion", "model": "m", "choices": [choice]}).encode()
                server.script = lambda _, raw=raw: Behaviour(body=raw)
                got = await asyncio.to_thread(post, f"{url}/v1/chat/completions", saying("x"))
                assert json.loads(got[2])["choices"][0]["finish_reason"] == "content_filter"
                assert b"ana@" not in got[2]
        assert not helper.seen
