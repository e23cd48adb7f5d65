"""Any function is a system; what it raises or returns wrongly is a failed try."""

import asyncio
import pickle
import subprocess
import sys
import textwrap
import threading

import pytest

from trimtab.builtin.systems.callable import CallableSystem
from trimtab.builtin.systems.threads import DaemonPool
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Message, Request

TALK = Request(messages=(Message("system", "be kind"), Message("user", "hello")))
HELLO = Request(messages=(Message("user", "hello"),))


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module into an empty working directory, and forgets it afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = []

    def write(source, name=f"bot_{tmp_path.name}"):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        written.append(name)
        return name

    yield write
    for name in written:
        sys.modules.pop(name, None)


async def answer(target, request=HELLO):
    async with CallableSystem(target=target) as system:
        return await system.ask(request)


BOTS = """
from collections.abc import Sequence
from trimtab.kinds import Reply, Request

def plain(prompt): return f"plain {prompt}"
async def later(prompt): return f"later {prompt}"
def listing(messages): return f"{len(messages)} {messages[-1]['content']}"
def hinted(talk: list[dict]): return f"{len(talk)} {talk[0]['role']}"
def sequence(talk: Sequence): return f"{len(talk)} {talk[0]['role']}"
def text(messages: str): return f"text {messages}"
def whole(request: Request): return f"{request.max_tokens}"
def counted(prompt): return Reply(text="counted", completion_tokens=7)
def optional(prompt, temperature=0.5): return f"{temperature}"
class Bot:
    def __call__(self, prompt): return f"bot {prompt}"
    def method(self, prompt): return f"method {prompt}"
class Later:
    async def __call__(self, messages): return f"{len(messages)}"
bot, later_bot = Bot(), Later()
"""


@pytest.mark.parametrize(
    ("function", "request_", "text"),
    [
        ("plain", HELLO, "plain hello"),
        ("plain", TALK, "plain System: be kind\n\nUser: hello\n\nAssistant:"),
        ("later", HELLO, "later hello"),
        ("listing", TALK, "2 hello"),
        ("hinted", TALK, "2 system"),
        ("sequence", TALK, "2 system"),
        ("text", HELLO, "text hello"),
        ("whole", HELLO, "256"),
        ("counted", HELLO, "counted"),
        ("optional", HELLO, "0.5"),
        ("bot", HELLO, "bot hello"),
        ("bot.method", HELLO, "method hello"),
        ("later_bot", TALK, "2"),
    ],
)
async def test_what_a_function_may_take(module, function, request_, text):
    reply = await answer(f"{module(BOTS)}:{function}", request_)
    assert reply.text == text
    assert reply.finished_at > 0


async def test_counts_of_a_reply_are_kept_and_none_are_made_up(module):
    name = module(BOTS)
    assert (await answer(f"{name}:counted")).completion_tokens == 7
    assert (await answer(f"{name}:plain")).completion_tokens is None


@pytest.mark.parametrize("returned", ["None", "b'bytes'", "{'text': 'x'}", "['x']", "object"])
async def test_what_is_no_text_is_malformed(module, returned):
    name = module(f"def bot(prompt): return {returned}")
    with pytest.raises(CallError, match="malformed"):
        await answer(f"{name}:bot")


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("def", "ValueError(prompt)"),
        ("def", "StopIteration(prompt)"),
        ("def", "SystemExit(3)"),
        ("def", "KeyboardInterrupt"),
        ("async def", "ValueError(prompt)"),
        ("async def", "StopIteration(prompt)"),
    ],
)
async def test_what_is_raised_is_named_and_not_quoted(module, kind, raised):
    name = module(f"{kind} bot(prompt): raise {raised}")
    with pytest.raises(CallError, match="callable-raised") as caught:
        await answer(f"{name}:bot", Request(messages=(Message("user", "private"),)))
    assert "private" not in str(caught.value) + repr(caught.value)
    assert caught.value.retryable
    assert not pickle.loads(pickle.dumps(caught.value)).lasting


@pytest.mark.parametrize(
    ("does", "lasts"),
    [
        ("{}['answer']", True),
        ("return prompt.answer", True),
        ("return prompt + 1", True),
        ("return 1 / 0", True),
        ("return not_defined", True),
        ("import not_there_at_all", True),
        ("return None", True),
        ("raise ConnectionRefusedError", False),
        ("raise TimeoutError", False),
        ("raise RuntimeError", False),
        ("import json; json.loads('<html>')", False),
        ("class Busy(Exception): pass\n    raise Busy", False),
    ],
)
async def test_a_mistake_of_its_own_code_lasts_and_what_it_calls_may_come_back(module, does, lasts):
    name = module(f"def bot(prompt):\n    {does}")
    with pytest.raises(CallError) as caught:
        await answer(f"{name}:bot")
    assert caught.value.lasting is lasts
    assert pickle.loads(pickle.dumps(caught.value)).lasting is lasts


@pytest.mark.parametrize(
    ("source", "function", "said"),
    [
        ("", "bot", "has no bot"),
        ("bot = 3", "bot", "cannot be called"),
        ("import not_there_at_all", "bot", "no module not_there_at_all"),
        ("raise RuntimeError('private')", "bot", "raised RuntimeError"),
        ("def bot(", "bot", "raised SyntaxError"),
        ("def bot(): pass", "bot", "exactly one argument"),
        ("def bot(a, b): pass", "bot", "exactly one argument"),
        ("def bot(*, prompt): pass", "bot", "exactly one argument"),
    ],
)
async def test_what_cannot_be_called_is_said_on_entering(module, source, function, said):
    with pytest.raises(SystemUnavailableError, match=said) as caught:
        await answer(f"{module(source)}:{function}")
    assert "private" not in str(caught.value)
    assert caught.value.next_step


async def test_a_module_that_is_not_there(module):
    with pytest.raises(SystemUnavailableError, match="no module nowhere_to_be_found"):
        await answer("nowhere_to_be_found:bot")


@pytest.mark.parametrize("target", ["", "module", ":function", "module:"])
def test_a_target_has_two_parts(target):
    with pytest.raises(ValueError, match="module:function"):
        CallableSystem(target=target)


async def test_changing_the_source_changes_the_identity(module):
    identities = []
    for text, revision in (("a", ""), ("b", ""), ("b", "2")):
        name = module(f"def bot(prompt): return {text!r}")
        sys.modules.pop(name, None)
        async with CallableSystem(target=f"{name}:bot", revision=revision) as system:
            identities.append(dict(system.identity()))
    assert len({str(identity) for identity in identities}) == 3


async def test_blocking_functions_run_side_by_side_and_threads_are_used_again(module):
    name = module("""
        import threading
        together = threading.Barrier(8, timeout=90)
        def bot(prompt):
            together.wait()
            return threading.current_thread().name
    """)
    async with CallableSystem(target=f"{name}:bot") as system:
        rounds = [await asyncio.gather(*(system.ask(HELLO) for _ in range(8))) for _ in range(3)]
    names = [{reply.text for reply in replies} for replies in rounds]
    assert all(len(n) == 8 for n in names)
    assert len(set.union(*names)) <= 16


async def test_threads_end_when_the_pool_is_closed():
    pool = DaemonPool(4, name="ending")
    await asyncio.gather(*(pool.run(lambda: None) for _ in range(10)))
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("ending")]
    pool.close()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive()


async def test_what_comes_too_late_is_dropped():
    pool, go = DaemonPool(1, name="late"), threading.Event()
    waiting = asyncio.create_task(pool.run(go.wait))
    await asyncio.sleep(0.01)
    waiting.cancel()
    go.set()
    assert await pool.run(lambda: "next") == "next"
    pool.close()


def test_a_function_that_hangs_does_not_keep_the_process(module):
    name = module("""
        import threading
        def bot(prompt): threading.Event().wait()
    """)
    script = f"""
import asyncio
from trimtab.builtin.systems.callable import CallableSystem
from trimtab.kinds import Message, Request
async def main():
    async with CallableSystem(target="{name}:bot") as system:
        try:
            async with asyncio.timeout(0.1):
                await system.ask(Request(messages=(Message("user", "x"),)))
        except TimeoutError:
            print("gave up")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=90, check=True)
    assert done.stdout == "gave up\n"
    assert done.stderr == ""
