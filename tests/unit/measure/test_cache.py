"""What was kept comes back as it was; what is damaged is never believed."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import CacheError
from trimtab.kinds import Message, Reply, Request
from trimtab.measure.cache import Cache, request_key

HELLO = Request(messages=(Message("user", "hello"),))
IDENTITY = b"identity"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "replies.db"


def keep(path, replies):
    async def main():
        with Cache(path) as cache:
            await asyncio.gather(*(cache.put(key, reply) for key, reply in replies.items()))

    asyncio.run(main())


texts = st.text(st.characters(exclude_categories=["Cs"]))
counts = st.none() | st.integers(0, 2**40)
seconds = st.floats(0, 1e9)


@settings(deadline=None, max_examples=30)
@given(
    st.builds(
        Reply,
        text=texts,
        finish=texts,
        prompt_tokens=counts,
        completion_tokens=counts,
        latency=seconds,
        first_token=st.none() | seconds,
        finished_at=seconds,
        logprobs=st.none() | st.lists(st.floats(-1e9, 0)).map(tuple),
        model=texts,
    )
)
def test_a_reply_comes_back_exactly(tmp_path_factory, reply):
    path = tmp_path_factory.mktemp("cache") / "c"
    keep(path, {b"k" * 32: reply})
    with Cache(path) as cache:
        assert cache.get(b"k" * 32) == reply


CHANGES: list[dict[str, Any]] = [
    {"messages": (Message("user", "hello "),)},
    {"messages": (Message("system", "hello"),)},
    {"messages": (Message("user", "hello"), Message("user", ""))},
    {"max_tokens": 255},
    {"temperature": 0.1},
    {"top_p": 0.9},
    {"seed": 0},
    {"stop": ("x",)},
    {"logprobs": 1},
    {"stream": True},
]


def test_everything_that_can_change_an_answer_changes_the_key():
    requests = [HELLO] + [replace(HELLO, **change) for change in CHANGES]
    keys = {request_key(IDENTITY, request) for request in requests}
    keys |= {request_key(b"other", HELLO), request_key(IDENTITY, HELLO, repeat=1)}
    assert len(keys) == len(requests) + 2
    assert all(len(key) == 32 for key in keys)


def test_a_text_without_utf8_has_no_key():
    with pytest.raises(ValueError):
        request_key(IDENTITY, Request(messages=(Message("user", "\udc80"),)))


async def test_replies_of_one_turn_share_a_commit(path):
    with Cache(path) as cache:
        statements: list[str] = []
        cache._db.set_trace_callback(statements.append)
        await asyncio.gather(*(cache.put(bytes([n]) * 32, Reply(text=str(n))) for n in range(40)))
        assert statements.count("COMMIT") == 1
        assert len(cache) == 40


async def test_a_reply_is_committed_before_anything_can_count_it(path):
    with Cache(path) as cache, sqlite3.connect(path) as other:
        await cache.put(b"k" * 32, Reply(text="x"))
        assert other.execute("SELECT count(*) FROM replies").fetchone() == (1,)
    other.close()


async def test_a_cancelled_caller_loses_no_reply(path):
    cache = Cache(path)
    waiting = asyncio.create_task(cache.put(b"k" * 32, Reply(text="x")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    cache.close()
    with Cache(path) as again:
        assert again.get(b"k" * 32) == Reply(text="x")


def test_a_kill_loses_no_reply(path):
    script = """
import asyncio, os, signal, sys
from trimtab.kinds import Reply
from trimtab.measure.cache import Cache
async def main():
    cache = Cache(sys.argv[1])
    for n in range(100):
        await cache.put(bytes([n]) * 32, Reply(text=str(n)))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    with Cache(path) as cache:
        assert len(cache) == 100
        assert not cache.notices


def test_only_the_owner_may_read_it(path):
    old = os.umask(0)
    try:
        keep(path, {b"k" * 32: Reply(text="x")})
        cache = Cache(path)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        cache.close()
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}, modes


def test_a_file_that_others_could_read_is_closed_to_them(path):
    keep(path, {b"k" * 32: Reply(text="x")})
    path.chmod(0o644)
    Cache(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_no_flipped_bit_ever_becomes_a_wrong_answer(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cache") / "c"
    kept = {bytes([n]) * 32: Reply(text=f"answer {n}", finished_at=float(n)) for n in range(20)}
    keep(path, kept)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 30))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    try:
        with Cache(path) as cache:
            for key, reply in kept.items():
                assert cache.get(key) in (reply, None)
    except CacheError:
        pass  # said in words; nothing was believed


@pytest.mark.parametrize("junk", [b"not a database, and long enough to look like something " * 40, b"\0" * 4096])
def test_junk_is_set_aside_and_a_new_file_begun(path, junk, caplog):
    path.write_bytes(junk)
    keep(path, {b"k" * 32: Reply(text="x")})
    assert "damaged" in caplog.text
    assert path.with_name("replies.db.damaged-1").read_bytes() == junk
    with Cache(path) as cache:
        assert cache.get(b"k" * 32) == Reply(text="x")


def test_a_second_damage_does_not_overwrite_the_first(path):
    for _ in range(2):
        path.write_bytes(b"junk" * 1000)
        Cache(path).close()
    assert sorted(file.name for file in path.parent.glob("*.damaged-?")) == [
        "replies.db.damaged-1",
        "replies.db.damaged-2",
    ]


async def test_damage_in_the_middle_of_a_run_is_survived(path, caplog):
    cache = Cache(path)
    await asyncio.gather(*(cache.put(bytes([n]) * 32, Reply(text="x" * 3000)) for n in range(50)))
    cache._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    path.write_bytes(raw)
    cache._db.execute("PRAGMA shrink_memory")
    assert all(cache.get(bytes([n]) * 32) is None for n in range(50))
    await cache.put(b"n" * 32, Reply(text="new"))
    assert cache.get(b"n" * 32) == Reply(text="new")
    assert cache.notices
    cache.close()


def test_a_row_that_does_not_fit_its_checksum_is_asked_again(path, caplog):
    keep(path, {b"a" * 32: Reply(text="safe"), b"b" * 32: Reply(text="unsafe")})
    with sqlite3.connect(path) as db:  # two rows change places
        db.execute(
            "UPDATE replies SET reply = (SELECT reply FROM replies WHERE key = ?) WHERE key = ?", (b"a" * 32, b"b" * 32)
        )
    db.close()
    with Cache(path) as cache:
        assert cache.get(b"a" * 32) == Reply(text="safe")
        assert cache.get(b"b" * 32) is None
    assert "asked again" in caplog.text


def test_somebody_elses_database_is_not_written_into(path, caplog):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE precious (x)")
    db.close()
    Cache(path).close()
    with sqlite3.connect(path.with_name("replies.db.damaged-1")) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("precious",)]
    db.close()
    assert "another version" in caplog.text


def test_a_path_that_cannot_be_written_is_said_in_words(tmp_path):
    with pytest.raises(CacheError, match="Choose a path"):
        Cache(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheError, match="TT304"):
        Cache(tmp_path / "file" / "replies.db")


async def test_a_full_disk_is_an_error_and_not_a_lost_reply(path):
    cache = Cache(path)
    pages = cache._db.execute("PRAGMA page_count").fetchone()[0]
    cache._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(CacheError, match="disk is full"):
        await cache.put(b"k" * 32, Reply(text="x" * 100_000))
    cache.close()


async def test_two_processes_may_share_it(path):
    with Cache(path) as one, Cache(path) as two:
        await asyncio.gather(*(c.put(bytes([n]) * 32, Reply(text=str(n))) for n, c in enumerate([one, two] * 20)))
        assert all(one.get(bytes([n]) * 32) == two.get(bytes([n]) * 32) == Reply(text=str(n)) for n in range(40))
