"""Detectors that crash, dawdle or must be waited for, and pseudonyms, seen from the other end of the proxy."""

import asyncio
import json
import threading
import time

import aiohttp
import pytest
from tests.serve import proxies
from tests.serve.proxies import events, saying, text_of

from trimtab.enforce import Guard
from trimtab.kinds import DetectorCard, Finding, plugins
from trimtab.policy import GuardSpec
from trimtab.testing import OpenAIServer


class Word:
    """Finds `bad`; `does` says how it misbehaves."""

    name, version = "word", "1"
    card = DetectorCard(labels=("test.word",), reach=20)

    def __init__(self, does=""):
        self.does = does

    def find(self, text):
        if self.does == "crash":
            raise RuntimeError(text)
        if self.does == "slow":
            time.sleep(0.05)
        at = text.find("bad")
        return [] if at < 0 else [Finding(label="test.word", start=at, end=at + 3)]


class Remote(Word):
    async def look(self, text, context):
        await asyncio.sleep(5 if self.does == "slow" else 0.001)
        return self.find(text)


@pytest.fixture
def installed(monkeypatch):
    detectors: dict[str, object] = {}
    real = plugins.make
    monkeypatch.setattr(
        plugins,
        "make",
        lambda group, name, **fields: detectors[name] if name in detectors else real(group, name, **fields),
    )
    return detectors


async def asked(guard, text, *, stream=False):
    """Header, text and metrics of an answer that says `text`."""
    async with (
        OpenAIServer() as server,
        proxies.serving(f"{server.url}/v1", guard=guard) as (address, proxy),
        aiohttp.ClientSession() as session,
        session.post(f"{address}/v1/chat/completions", json=saying(text, stream=stream)) as got,
    ):
        raw = await got.read()
        said = text_of(events(raw)) if stream else json.loads(raw)["choices"][0]["message"]["content"]
        return got.headers["X-Trimtab-Ruling"], said, proxy.tally.prometheus()


def guarded(detector, installed, **more):
    installed["word"] = detector
    rule = {"detector": "word", "action": "block"}
    return Guard(GuardSpec.model_validate({"output": [rule], "refusal": "Not that.", "held": "Wait.", **more}))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", [Word, Remote])
async def test_one_that_works_whether_or_not_it_must_be_waited_for(installed, kind, stream):
    guard = guarded(kind(), installed)
    assert (await asked(guard, "all is well", stream=stream))[1] == "all is well"
    assert (await asked(guard, "this is bad", stream=stream))[1].endswith("Not that.")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("kind", "does", "reason"), [(Word, "crash", "crashed"), (Remote, "crash", "crashed"), (Remote, "slow", "timeout")])  # fmt: skip
async def test_one_that_does_not_is_no_clean_result(installed, kind, does, reason, stream):
    budget = 50 if does == "slow" else 60_000
    _, said, metrics = await asked(guarded(kind(does), installed, budget_ms=budget), "secret words", stream=stream)
    assert said == "Not that."
    assert f'trimtab_guard_checks_missing_total{{side="output",reason="{reason}"}} 1' in metrics
    ruling, said, _ = await asked(
        guarded(kind(does), installed, budget_ms=budget, on_crash="escalate"), "secret words", stream=stream
    )
    assert said == "Wait."
    assert ruling == ("allow" if stream else "escalate")


async def test_pseudonyms_go_in_and_what_they_stand_for_comes_out(monkeypatch):
    monkeypatch.setenv("GUARD_KEY", "2b7e151628aed2a6abf7158809cf4f3c")
    rule = {"detector": "patterns", "labels": ["personal"], "action": "mask"}
    spec = {"input": [{**rule, "how": "pseudonym"}], "output": [rule], "key_env": "GUARD_KEY", "restore": True}
    for stream in (False, True):
        guard = Guard(GuardSpec.model_validate(spec))
        _, said, _ = await asked(guard, "write to ana@example.org or zoë@example.org", stream=stream)
        assert said == "write to ana@example.org or zoë@example.org"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_long_text_keeps_nobody_else_waiting(installed, stream):
    """It is looked at beside the event loop, which answers others meanwhile."""
    go_on = threading.Event()

    class Patient(Word):
        card = DetectorCard(labels=("test.word",))

        def find(self, text):
            assert len(text) < 10_000 or go_on.wait(90)
            return super().find(text)

    long = "word after word " * 2_000 + "bad"
    async with (
        OpenAIServer() as server,
        proxies.serving(f"{server.url}/v1", guard=guarded(Patient(), installed)) as (address, _),
        aiohttp.ClientSession() as session,
    ):

        async def ask(text):
            async with session.post(f"{address}/v1/chat/completions", json=saying(text, stream=stream)) as got:
                raw = await got.read()
                return text_of(events(raw)) if stream else json.loads(raw)["choices"][0]["message"]["content"]

        first = asyncio.ensure_future(ask(long))
        while not server.seen or server.in_flight:  # noqa: ASYNC110  # they are the server's
            await asyncio.sleep(0.01)
        assert await ask("all is well") == "all is well"
        assert not first.done()
        go_on.set()
        assert await first == "Not that."
