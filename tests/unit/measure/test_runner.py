"""Every case ends in an exchange or in a reason; no bound is ever crossed. Virtual time, no network."""

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import CacheError, CallError, SystemUnavailableError, UsageError
from trimtab.kinds import Case, Exchange, Message, Missing, Price, Reply, Request
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Job, Patience, Purse, Tally, ask_all, asker
from trimtab.policy.system_spec import Budget, Generation, Limits
from trimtab.testing import run_virtual


@dataclass
class Scripted:
    """A system that does as `script(prompt, number of the try)` says, and keeps count."""

    script: Any = None
    seconds: Any = lambda prompt: 1.0
    name: str = "scripted"
    version: str = "1"
    tries: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0

    def identity(self):
        return {"plugin": self.name}

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        pass

    async def ask(self, request):
        prompt = request.messages[-1].content
        number = self.tries.count(prompt) if self.script else 0
        self.tries.append(prompt)
        self.times.append(asyncio.get_running_loop().time())
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await asyncio.sleep(self.seconds(prompt))
        finally:
            self.in_flight -= 1
        result = self.script(prompt, number) if self.script else None
        if isinstance(result, BaseException):
            raise result
        if result is not None:
            return result
        return Reply(text=f"re: {prompt}", prompt_tokens=2, completion_tokens=3)


def cases(count, **more):
    return [Case(id=str(n), messages=(Message("user", f"q{n}"),), **more) for n in range(count)]


def job(system, what, *, candidate="c", suite="s", **more):
    if "concurrency" in more or "per_minute" in more or "retries" in more or "timeout" in more:
        names = ("concurrency", "per_minute", "retries", "timeout")
        more["limits"] = Limits(**{name: more.pop(name) for name in names if name in more})
    return Job(candidate=candidate, system=system, identity=system.identity(), suite=suite, cases=what, **more)


async def collect(*jobs, **more):
    return [result async for result in ask_all(jobs, **more)]


def run(*jobs, **more):
    return run_virtual(collect(*jobs, **more))


def outcomes(results):
    return Counter(r.outcome.reason if isinstance(r.outcome, Missing) else "answered" for r in results)


BUSY = CallError("http-429", retryable=True)
DOWN = CallError("http-500", retryable=True)


def test_every_case_is_answered_once_and_knows_its_place():
    system = Scripted(seconds=lambda prompt: 1.0 + hash(prompt) % 7)
    results = run(job(system, cases(50), concurrency=8))
    assert sorted(r.order for r in results) == list(range(50))
    assert all(r.case.id == str(r.order) and r.outcome.text == f"re: q{r.order}" and not r.cached for r in results)
    assert len(system.tries) == 50


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 9),
    st.none() | st.floats(1, 600),
    st.lists(st.floats(0, 100), min_size=1, max_size=40),
    st.sets(st.integers(0, 39)),
    st.integers(0, 3),
)
def test_never_more_in_flight_nor_faster_than_allowed_and_nothing_lost(concurrency, per_minute, times, bad, retries):
    def script(prompt, number):
        return DOWN if int(prompt[1:]) in bad else None

    system = Scripted(script, seconds=lambda prompt: times[int(prompt[1:])])
    limits = {"concurrency": concurrency, "per_minute": per_minute, "retries": retries, "timeout": 1000.0}
    results = run(job(system, cases(len(times)), **limits), patience=Patience(trip=1000))
    assert system.peak <= concurrency
    assert sorted(r.order for r in results) == list(range(len(times)))
    assert {r.order for r in results if isinstance(r.outcome, Missing)} == bad & set(range(len(times)))
    assert Counter(system.tries) == {f"q{n}": 1 + retries * (n in bad) for n in range(len(times))}
    if per_minute is not None:
        for first, second in zip(system.times, system.times[1:], strict=False):
            assert second - first >= 60 / per_minute - 1e-6


def test_all_slots_are_used():
    system = Scripted()
    run_virtual(collect(job(system, cases(100), concurrency=10)))
    assert system.peak == 10
    assert max(system.times) == pytest.approx(9.0)


def test_jobs_on_one_endpoint_share_its_limits_and_others_run_beside():
    shared, alone = Scripted(), Scripted()
    run(
        job(shared, cases(10), candidate="a", endpoint="one", concurrency=4),
        job(shared, cases(10), candidate="b", endpoint="one", concurrency=2),
        job(alone, cases(10), candidate="d", concurrency=5),
    )
    assert shared.peak == 2
    assert alone.peak == 5
    assert min(alone.times) == 0.0


def test_a_case_that_recovers_is_answered_and_its_errors_are_counted():
    system = Scripted(lambda prompt, number: [BUSY, DOWN, None][number])
    tally = Tally()
    results = run(job(system, cases(5)), tally=tally)
    assert outcomes(results) == {"answered": 5}
    assert tally.errors == {"http-429": 5, "http-500": 5}
    assert (tally.calls, tally.done, tally.missing, tally.in_flight, tally.retrying) == (15, 5, 0, 0, 0)
    assert tally.tokens == 25


@pytest.mark.parametrize("reason", ["http-500", "http-429", "timeout", "malformed", "truncated"])
def test_a_case_that_stays_broken_is_missing_with_its_reason(reason):
    def script(prompt, number):
        return CallError(reason, retryable=True) if prompt == "q1" else None

    system = Scripted(script)
    tally = Tally()
    results = run(job(system, cases(3), retries=2), tally=tally)
    assert outcomes(results) == {"answered": 2, reason: 1}
    assert tally.errors == {reason: 3}
    assert tally.missing == 1
    assert system.tries.count("q1") == 3


def test_what_is_not_retryable_is_tried_once():
    system = Scripted(lambda prompt, number: CallError("http-400"))
    assert outcomes(run(job(system, cases(30)))) == {"http-400": 30}
    assert len(system.tries) == 30


def test_a_try_that_hangs_is_cut_off():
    system = Scripted(seconds=lambda prompt: 1e9 if prompt == "q0" else 1)
    tally = Tally()
    assert outcomes(run(job(system, cases(3), timeout=10, retries=1), tally=tally)) == {"answered": 2, "timeout": 1}
    assert tally.errors == {"timeout": 2}


def test_retry_after_is_waited_for_by_everybody():
    def script(prompt, number):
        return CallError("http-429", retryable=True, retry_after=100.0) if prompt == "q0" and number == 0 else None

    system = Scripted(script)
    run(job(system, cases(8), concurrency=2))
    assert not [t for t in system.times if 1.0 < t < 101.0]
    assert outcomes(run(job(Scripted(script), cases(8), concurrency=2))) == {"answered": 8}


def test_a_wait_beyond_all_patience_ends_the_case():
    system = Scripted(lambda prompt, number: CallError("http-429", retryable=True, retry_after=86_400.0))
    results = run(job(system, cases(3), concurrency=1))
    assert outcomes(results) == {"http-429": 3}
    assert max(system.times) < 1000


@pytest.mark.parametrize("raised", [ValueError("the prompt: q1"), asyncio.CancelledError(), KeyError("q1")])
def test_a_system_that_crashes_costs_the_case_and_not_the_run(raised):
    system = Scripted(lambda prompt, number: raised if prompt == "q1" else None)
    results = run(job(system, cases(4), retries=0))
    assert outcomes(results) == {"answered": 3, "crashed": 1}
    (missing,) = [r.outcome for r in results if isinstance(r.outcome, Missing)]
    assert missing.detail == type(raised).__name__


@pytest.mark.parametrize("returned", ["text", 7, Reply(text=None), Reply(text="\udc80")])  # type: ignore[arg-type]
def test_what_is_no_reply_is_not_taken_for_one(returned, tmp_path):
    system = Scripted(lambda prompt, number: returned)
    with Cache(tmp_path / "c") as cache:
        assert outcomes(run(job(system, cases(2), retries=0), cache=cache)) == {"malformed": 2}


def test_a_text_that_cannot_be_sent_is_missing():
    odd = Case(id="odd", messages=(Message("user", "\ud800"),))
    assert outcomes(run(job(Scripted(), [odd, *cases(1)]))) == {"unsendable": 1, "answered": 1}


def test_a_conversation_is_held_turn_by_turn():
    heard = []

    class Listening(Scripted):
        async def ask(self, request):
            heard.append([(m.role, m.content) for m in request.messages])
            return await super().ask(request)

    case = Case(
        id="1", messages=(Message("system", "be"), Message("user", "one")), follow_ups=("two", "three"), max_tokens=9
    )
    (result,) = run(job(Listening(), [case]))
    assert [reply.text for reply in result.outcome.replies] == ["re: one", "re: two", "re: three"]
    assert heard[2] == [
        ("system", "be"),
        ("user", "one"),
        ("assistant", "re: one"),
        ("user", "two"),
        ("assistant", "re: two"),
        ("user", "three"),
    ]


def test_a_conversation_that_breaks_is_missing_as_a_whole():
    system = Scripted(lambda prompt, number: CallError("filtered") if prompt == "two" else None)
    case = Case(id="1", messages=(Message("user", "one"),), follow_ups=("two", "three"))
    (result,) = run(job(system, [case]))
    assert result.outcome == Missing("filtered", "")
    assert system.tries == ["one", "two"]


def test_settings_reach_the_system():
    seen = []

    class Looking(Scripted):
        async def ask(self, request):
            seen.append(request)
            return await super().ask(request)

    generation = Generation(temperature=0.7, top_p=0.9, max_tokens=99, seed=4, stream=False)
    run(job(Looking(), cases(1) + cases(1, max_tokens=5), generation=generation))
    assert {(r.temperature, r.top_p, r.seed, r.stream) for r in seen} == {(0.7, 0.9, 4, False)}
    assert sorted(r.max_tokens for r in seen) == [5, 99]


# -- cache ------------------------------------------------------------------


def test_what_was_answered_is_not_asked_again(tmp_path):
    system = Scripted()
    with Cache(tmp_path / "c") as cache:
        first = run(job(system, cases(20)), cache=cache)
        tally = Tally()
        second = run(job(system, cases(25)), cache=cache, tally=tally)
    assert len(system.tries) == 25
    assert (tally.calls, tally.cached) == (5, 20)
    assert sum(r.cached for r in second) == 20
    texts = {r.order: r.outcome for r in second}
    assert all(texts[r.order] == r.outcome for r in first)


def test_failures_are_not_kept(tmp_path):
    system = Scripted(lambda prompt, number: DOWN if number == 0 else None)
    with Cache(tmp_path / "c") as cache:
        assert outcomes(run(job(system, cases(3), retries=0), cache=cache)) == {"http-500": 3}
        assert outcomes(run(job(system, cases(3), retries=0), cache=cache)) == {"answered": 3}


@pytest.mark.parametrize("cached", [True, False])
def test_the_same_question_at_the_same_time_is_asked_once(tmp_path, cached):
    system = Scripted()
    cache = Cache(tmp_path / "c") if cached else None
    tally = Tally()
    same = [replace(case, messages=(Message("user", "same"),)) for case in cases(40)]
    results = run(job(system, same, concurrency=40), cache=cache, tally=tally)
    assert system.tries == ["same"]
    assert len({r.case.id for r in results if r.outcome.text == "re: same"}) == 40
    assert (tally.calls, tally.cached) == (1, 39)
    if cache is not None:
        cache.close()


def test_another_identity_or_repeat_is_another_question(tmp_path):
    system = Scripted()
    jobs = [
        job(system, cases(2)),
        job(system, cases(2), repeat=1),
        replace(job(system, cases(2)), identity={"other": 1}),
    ]
    with Cache(tmp_path / "c") as cache:
        run(*jobs, cache=cache)
    assert len(system.tries) == 6


def test_a_cache_that_cannot_be_written_stops_the_run_with_its_message(tmp_path):
    system = Scripted()
    cache = Cache(tmp_path / "c")
    pages = cache._db.execute("PRAGMA page_count").fetchone()[0]
    cache._db.execute(f"PRAGMA max_page_count={pages}")
    system.script = lambda prompt, number: Reply(text="x" * 100_000)
    with pytest.raises(CacheError, match="disk is full"):
        run(job(system, cases(20)), cache=cache)
    cache.close()


# -- budget -----------------------------------------------------------------


def test_calls_beyond_the_budget_are_missing_and_the_budget_lasts_over_runs():
    system, purse, tally = Scripted(), Purse(Budget(calls=7)), Tally()
    first = run(job(system, cases(5)), purse=purse, tally=tally)
    second = run(job(system, cases(10), suite="t"), purse=purse, tally=tally)
    assert outcomes(first) == {"answered": 5}
    assert outcomes(second) == {"answered": 2, "budget": 8}
    assert len(system.tries) == tally.calls == purse.calls == 7


def test_retries_count_against_the_budget():
    system = Scripted(lambda prompt, number: DOWN)
    results = run(job(system, cases(2), concurrency=1), purse=Purse(Budget(calls=3)))
    assert len(system.tries) == 3
    assert outcomes(results) == {"budget": 2}


def test_tokens_and_money_are_never_overdrawn():
    system = Scripted()
    purse = Purse(Budget(tokens=500))
    results = run(job(system, cases(300), concurrency=9, generation=Generation(max_tokens=20)), purse=purse)
    assert 400 < purse.tokens <= 500
    assert outcomes(results)["budget"] > 0
    priced = Purse(Budget(money=1.0))
    run(
        job(system, cases(300), price=Price(input=1000, output=1000), generation=Generation(max_tokens=20)),
        purse=priced,
    )
    assert 0.8 < priced.money <= 1.0


def test_replies_in_the_cache_need_no_budget(tmp_path):
    with Cache(tmp_path / "c") as cache:
        run(job(Scripted(), cases(5)), cache=cache)
        results = run(job(Scripted(), cases(8)), cache=cache, purse=Purse(Budget(calls=1)))
    assert outcomes(results) == {"answered": 6, "budget": 2}


def test_money_without_prices_is_refused():
    with pytest.raises(UsageError, match="price"):
        run(job(Scripted(), cases(1)), purse=Purse(Budget(money=1.0)))


# -- systems that are not there ----------------------------------------------


@pytest.mark.parametrize("reason", ["http-401", "http-403", "http-404", "refused"])
def test_a_closed_door_ends_that_candidate_and_no_other(reason):
    closed = Scripted(lambda prompt, number: CallError(reason, "nobody", retryable=True), name="closed")
    tally = Tally()
    results = run(
        job(closed, cases(1000), candidate="closed", concurrency=4),
        job(Scripted(), cases(20), candidate="open"),
        tally=tally,
    )
    assert outcomes(r for r in results if r.candidate == "closed") == {reason: 1000}
    assert outcomes(r for r in results if r.candidate == "open") == {"answered": 20}
    assert len(closed.tries) <= 4
    assert list(tally.unavailable) == ["closed"]
    assert tally.unavailable["closed"].next_step


def test_what_is_in_flight_is_given_up_when_the_door_closes():
    def script(prompt, number):
        return CallError("http-401") if prompt == "q0" else None

    system = Scripted(script, seconds=lambda prompt: 1.0 if prompt == "q0" else 50.0)

    async def main():
        start = asyncio.get_running_loop().time()
        results = await collect(job(system, cases(10), concurrency=5))
        return results, asyncio.get_running_loop().time() - start

    results, seconds = run_virtual(main())
    assert outcomes(results) == {"http-401": 10}
    assert seconds == pytest.approx(1.0)


def test_a_system_that_says_itself_that_it_is_gone_is_believed():
    gone = SystemUnavailableError("m", "the process ended", "Look at its log.")
    tally = Tally()
    results = run(job(Scripted(lambda prompt, number: gone), cases(50), concurrency=2), tally=tally)
    assert outcomes(results) == {"unavailable": 50}
    assert "the process ended" in str(tally.unavailable["c"])


def test_a_server_that_dies_midway_does_not_cost_retries_times_cases():
    system = Scripted()
    system.script = lambda prompt, number: DOWN if len(system.tries) > 100 else None
    tally = Tally()
    results = run(job(system, cases(2000), concurrency=8), tally=tally)
    counts = outcomes(results)
    assert counts["answered"] + counts["http-500"] == 2000
    assert counts["answered"] >= 90
    assert tally.calls - 100 < 40
    assert "stopped answering" in str(tally.unavailable["c"])


def test_a_server_that_comes_back_loses_no_case():
    def script(prompt, number):
        now = asyncio.get_running_loop().time()
        return CallError("refused", retryable=True) if 20 < now < 32 else None

    results = run(job(Scripted(script), cases(300), concurrency=5))
    assert outcomes(results) == {"answered": 300}


def test_a_few_poisoned_cases_do_not_condemn_the_system():
    def script(prompt, number):
        return DOWN if int(prompt[1:]) % 5 == 0 else None

    tally = Tally()
    results = run(job(Scripted(script), cases(400), concurrency=8), tally=tally)
    assert outcomes(results) == {"answered": 320, "http-500": 80}
    assert not tally.unavailable


# -- leaving early, and size --------------------------------------------------


async def test_leaving_early_cancels_promptly_and_what_was_finished_is_kept(tmp_path):
    system = Scripted(seconds=lambda prompt: 0.001 if int(prompt[1:]) < 20 else 3600)
    with Cache(tmp_path / "c") as cache:
        seen = []
        async with aclosing(ask_all([job(system, cases(100), concurrency=4)], cache=cache)) as results:
            async for result in results:
                seen.append(result)
                if len(seen) == 10:
                    break
        assert system.in_flight == 0
        assert len(cache) >= 10
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_being_cancelled_leaves_no_task_behind(tmp_path):
    system = Scripted(seconds=lambda prompt: 0.001 if int(prompt[1:]) < 20 else 3600)
    with Cache(tmp_path / "c") as cache:
        running = asyncio.create_task(collect(job(system, cases(100), concurrency=4), cache=cache))
        while len(system.tries) < 24:  # noqa: ASYNC110  # the system is asked, and tells nobody
            await asyncio.sleep(0.005)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 60)
        assert len(cache) == 20
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


def test_cases_that_cannot_be_read_stop_the_run_with_their_error():
    def broken():
        yield from cases(3)
        raise ValueError("line 4")

    with pytest.raises(ValueError, match="line 4"):
        run(job(Scripted(), broken()))


def test_the_jitter_repeats_with_its_seed():
    def times(seed):
        system = Scripted(lambda prompt, number: DOWN if number < 3 else None)
        run(job(system, cases(5), concurrency=5), seed=seed, patience=Patience(trip=100))
        return system.times

    assert times(1) == times(1)
    assert times(1) != times(2)


def test_no_jobs_no_results():
    assert run() == []
    assert run(job(Scripted(), [])) == []


def test_memory_does_not_grow_with_the_number_of_cases():
    class Instant(Scripted):
        async def ask(self, request):
            await asyncio.sleep(0)
            return Reply(text="x", prompt_tokens=1, completion_tokens=1)

    async def main():
        issued = done = most_open = most_tasks = 0

        def many():
            nonlocal issued
            for n in range(5000):
                issued += 1
                yield Case(id=str(n), messages=(Message("user", str(n)),))

        async for result in ask_all([job(Instant(), many(), concurrency=50)]):
            done += isinstance(result.outcome, Exchange)
            most_open = max(most_open, issued - done)
            if done % 100 == 0:
                most_tasks = max(most_tasks, len(asyncio.all_tasks()))
        assert done == issued == 5000
        assert most_open < 400  # those being asked, and a short queue
        assert most_tasks <= 51

    run_virtual(main())


def test_what_failed_tries_took_is_part_of_the_latency_and_waits_between_them_are_not():
    def script(prompt, number):
        return DOWN if number < 2 else Reply(text="at last", latency=0.5, first_token=0.25)

    system = Scripted(script, seconds=lambda prompt: 3.0)
    (result,) = run(job(system, cases(1), retries=4))
    assert isinstance(result.outcome, Exchange)
    (reply,) = result.outcome.replies
    assert reply.latency == pytest.approx(2 * 3.0 + 0.5)
    assert reply.first_token == pytest.approx(2 * 3.0 + 0.25)


def test_a_repeated_question_from_outside_is_asked_again_within_the_limits():
    system, tally = Scripted(), Tally()
    one = job(system, [], concurrency=2)
    request = Request(messages=(Message("user", "again"),))

    async def main():
        ask = asker(one, tally=tally)
        return await asyncio.gather(*(ask(request) for _ in range(6)))

    replies = run_virtual(main())
    assert [reply.text for reply in replies] == ["re: again"] * 6
    assert system.tries == ["again"] * 6
    assert (tally.calls, system.peak) == (6, 2)
