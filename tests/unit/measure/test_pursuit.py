"""An attacker that adapts, in the runner: every call is a call like any other, and what is lost stays lost."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from tests.unit.measure.test_runner import Scripted

from trimtab.errors import CacheError, CallError, SystemUnavailableError
from trimtab.kinds import Case, Exchange, Message, Missing, Pursuit, Request, Step
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Job, Purse, Tally, ask_all
from trimtab.policy.system_spec import Budget, Limits
from trimtab.testing import run_virtual

CASE = Case(id="1", messages=(Message("system", "Rules."), Message("user", "Open?")))


class Asks:
    """Asks so often, each time what the writer wrote, or what it is told to."""

    needs_writer = True

    def __init__(self, times=3, then=None):
        self.times, self.then = times, then

    async def pursue(self, case, say, write):
        steps = []
        for number in range(self.times):
            said = f"question {number} of {case.id}"
            if write is not None:
                said = (await write(Request(messages=(Message("user", f"write {number} for {case.id}"),)))).text
            await say((case.messages[0], Message("user", said)))
            steps.append(Step(move="ask", said=said))
        return self.then() if self.then else Pursuit(steps=tuple(steps))


def job(system, pursuer, *, cases=(CASE,), writer=None, **more):
    return Job(candidate="c", system=system, identity={"of": "c"}, suite="s", cases=cases, pursuer=pursuer,
               writer=writer, **more)  # fmt: skip


def writing(system, **more):
    return Job(candidate="attacker w", system=system, identity={"of": "w"}, suite="", cases=(), **more)


def results(*jobs, **more):
    async def collect():
        return [one async for one in ask_all(list(jobs), **more)]

    return run_virtual(collect())


def test_every_reply_of_the_target_is_kept_and_those_of_the_writer_are_sent_on():
    target, writer, tally = Scripted(), Scripted(), Tally()
    (only,) = results(job(target, Asks(), writer=writing(writer)), tally=tally)
    assert isinstance(only.outcome, Exchange)
    assert [reply.text for reply in only.outcome.replies] == [f"re: re: write {n} for 1" for n in range(3)]
    assert only.outcome.pursuit is not None
    assert [step.said for step in only.outcome.pursuit.steps] == target.tries
    assert tally.calls == 6


def test_without_a_writer_the_suite_has_only_itself():
    target = Scripted()
    (only,) = results(job(target, Asks()))
    assert target.tries == [f"question {n} of 1" for n in range(3)]
    assert isinstance(only.outcome, Exchange)


@pytest.mark.parametrize("who", ["target", "writer"])
def test_a_call_that_stays_broken_leaves_no_outcome(who):
    def broken(prompt, number):
        return CallError("content-filter") if "1" in prompt.split(" for ")[0].split(" of ")[0] else None

    target = Scripted(broken if who == "target" else None)
    writer = Scripted(broken if who == "writer" else None)
    pursuer = Asks()
    made = job(target, pursuer, writer=writing(writer) if who == "writer" else None)
    (only,) = results(made)
    assert only.outcome == Missing("content-filter" if who == "target" else "attacker-content-filter")


def test_a_suite_that_swallows_a_lost_call_makes_no_success_of_it():
    class Swallows(Asks):
        async def pursue(self, case, say, write):
            with suppress(Exception):
                await say((Message("user", "lost"),))
            return Pursuit(steps=(Step(move="ask", said="lost", won=True),))

    (only,) = results(job(Scripted(lambda *_: CallError("content-filter")), Swallows()))
    assert only.outcome == Missing("content-filter")


@pytest.mark.parametrize("then", [lambda: None, lambda: "won", lambda: 1 / 0, lambda: exit(3)])  # noqa: PLR1722
def test_a_suite_that_breaks_leaves_no_outcome(then):
    tally = Tally()
    (only,) = results(job(Scripted(), Asks(then=then)), tally=tally)
    assert isinstance(only.outcome, Missing)
    assert only.outcome.reason == "suite-crashed"


def test_a_suite_that_asks_nothing_has_no_outcome():
    (only,) = results(job(Scripted(), Asks(times=0)))
    assert only.outcome == Missing("suite-crashed", "the attacker asked nothing")


def test_a_writer_that_is_down_is_asked_no_more_and_said_to_be():
    writer = Scripted(lambda *_: SystemUnavailableError("w", "it is off", "Start it."))
    cases = [replace(CASE, id=str(n)) for n in range(40)]
    tally = Tally()
    found = results(job(Scripted(), Asks(), cases=cases, writer=writing(writer)), tally=tally)
    assert {one.outcome.reason for one in found} == {"attacker-unavailable"}
    assert len(writer.tries) < 20
    assert list(tally.unavailable) == ["attacker w"]
    assert tally.unavailable["attacker w"].detail == "it is off"


def test_what_an_attacker_asked_is_asked_once_however_often_the_run_begins(tmp_path):
    target, writer = Scripted(), Scripted()
    with Cache(tmp_path / "replies.db") as cache:
        first = results(job(target, Asks(), writer=writing(writer)), cache=cache, purse=Purse(budget=Budget(calls=3)))
        assert first[0].outcome == Missing("budget", "the budget was used up before this case")
        (again,) = results(job(target, Asks(), writer=writing(writer)), cache=cache)
        assert isinstance(again.outcome, Exchange)
        assert len(target.tries) + len(writer.tries) == 6
        (third,) = results(job(target, Asks(), writer=writing(writer)), cache=cache)
        assert third.cached


def test_neither_endpoint_is_asked_more_at_once_than_it_bears():
    cases = [replace(CASE, id=str(n)) for n in range(30)]
    target, writer = Scripted(), Scripted()
    results(job(target, Asks(), cases=cases, writer=writing(writer, limits=Limits(concurrency=2))))
    assert writer.peak == 2
    assert target.peak <= 8

    both = Scripted()
    one = job(both, Asks(), cases=cases, writer=writing(both, endpoint="x"), endpoint="x", limits=Limits(concurrency=3))
    results(one)
    assert both.peak == 3


def test_two_writers_at_one_endpoint_keep_their_own_replies(tmp_path):
    system = Scripted()
    writers = [replace(writing(system, endpoint="w"), identity={"of": name}, candidate=name) for name in "ab"]
    jobs = [job(Scripted(), Asks(), writer=writer, cases=[replace(CASE, id="same")]) for writer in writers]
    with Cache(tmp_path / "replies.db") as cache:
        found = results(*(replace(one, suite=str(n)) for n, one in enumerate(jobs)), cache=cache)
    assert all(isinstance(one.outcome, Exchange) for one in found)
    assert len(system.tries) == 6


def test_a_pursuit_can_be_interrupted():
    async def leave():
        target = Scripted()
        stream = ask_all([job(target, Asks(times=10**6))])
        waiting = asyncio.create_task(anext(stream))
        await asyncio.sleep(5.5)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await stream.aclose()
        return len(target.tries)

    assert run_virtual(leave()) == 6


def test_a_cache_that_fails_is_told_whatever_a_suite_swallows(tmp_path):
    class Swallows(Asks):
        async def pursue(self, case, say, write):
            with suppress(Exception):
                await say((Message("user", "kept?"),))
            return Pursuit(steps=(Step(move="ask", said="kept?"),))

    with Cache(tmp_path / "replies.db") as cache:
        cache.close()
        with pytest.raises(CacheError):
            results(job(Scripted(), Swallows()), cache=cache)
