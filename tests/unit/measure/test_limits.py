"""Pace, patience, health and purse keep to their bounds whatever happens; all in virtual time."""

import asyncio
import random
from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import CallError, UsageError
from trimtab.kinds import Message, Price, Reply, Request
from trimtab.measure.limits import Health, Pace, Patience
from trimtab.measure.purse import Charge, Purse, actual, after_failure, worst_case
from trimtab.policy.system_spec import Budget
from trimtab.testing import run_virtual

BROKEN = CallError("http-500", retryable=True)


async def passes(per_minute, callers, holds=()):
    """When each try may be sent, for callers that arrive at the given moments."""
    loop = asyncio.get_running_loop()
    pace = Pace(per_minute, clock=loop.time, sleep=asyncio.sleep)
    times = []

    async def one(arrival):
        await asyncio.sleep(arrival)
        await pace.turn()
        times.append(loop.time())

    async def hold(at, seconds):
        await asyncio.sleep(at)
        pace.hold(seconds)

    await asyncio.gather(*(hold(*h) for h in holds), *map(one, callers))
    return sorted(times)


@settings(deadline=None)
@given(
    st.floats(0.5, 6000),
    st.lists(st.floats(0, 100), min_size=1, max_size=60),
    st.floats(0.01, 120),
)
def test_never_more_than_the_rate_in_any_window(per_minute, arrivals, window):
    times = run_virtual(passes(per_minute, arrivals))
    assert len(times) == len(arrivals)
    most = window * per_minute / 60 + 1
    for start in times:
        inside = bisect_left(times, start + window - 1e-6) - bisect_left(times, start)
        assert inside <= most + 1e-6


def test_the_rate_is_used_in_full_and_evenly():
    assert run_virtual(passes(60, [0.0] * 5)) == pytest.approx([0, 1, 2, 3, 4])


@settings(deadline=None)
@given(st.lists(st.floats(0, 20), min_size=1, max_size=30), st.floats(0, 20), st.floats(0.1, 20))
def test_nobody_passes_while_a_server_asks_to_wait(arrivals, at, seconds):
    times = run_virtual(passes(None, arrivals, [(at, seconds)]))
    assert not [t for t in times if at + 1e-6 < t < at + seconds - 1e-6]  # the clock adds what it waits, and rounds


@given(st.integers(0, 200), st.integers(0))
def test_jitter_is_bounded_and_repeats_with_its_seed(attempt, seed):
    patience = Patience(base=0.5, cap=30)
    wait = patience.before_retry(attempt, random.Random(seed))
    assert 0 <= wait <= min(30, 0.5 * 2 ** min(attempt, 10))
    assert wait == patience.before_retry(attempt, random.Random(seed))


def health(**patience):
    return Health("c", Patience(**patience), concurrency=1, sleep=asyncio.sleep)


def test_one_failure_does_not_raise_doubt_many_in_a_row_do():
    async def main():
        one = health(trip=3)
        for _ in range(10):
            one.failed(BROKEN, probe=False)
            one.failed(BROKEN, probe=False)
            one.answered()
        assert not one.doubtful
        for _ in range(3):
            one.failed(BROKEN, probe=False)
        assert one.doubtful
        assert not one.is_dead()

    run_virtual(main())


def test_in_doubt_one_try_at_a_time_and_then_no_more():
    async def main():
        one, tries, at_once = health(trip=1, probes=3), [], 0

        async def caller():
            nonlocal at_once
            while not one.is_dead():
                probe = await one.enter()
                if one.is_dead():
                    one.leave(probe=probe)
                    return
                tries.append(probe)
                at_once += probe
                assert at_once <= 1
                await asyncio.sleep(1)
                at_once -= probe
                one.failed(BROKEN, probe=probe)
                one.leave(probe=probe)

        await asyncio.gather(*(caller() for _ in range(20)))
        assert tries.count(True) == 3
        assert tries.count(False) == 20  # those that were already under way
        assert "stopped answering" in str(one.dead)

    run_virtual(main())


def test_when_a_probe_is_answered_everybody_goes_on():
    async def main():
        one, done = health(trip=1, probes=3), []
        one.failed(BROKEN, probe=False)

        async def caller(number):
            probe = await one.enter()
            await asyncio.sleep(1)
            one.answered()
            one.leave(probe=probe)
            done.append(asyncio.get_running_loop().time())

        await asyncio.gather(*map(caller, range(10)))
        assert len(set(done)) == 2  # the probe, then all others together
        assert not one.doubtful

    run_virtual(main())


@pytest.mark.parametrize(
    ("failures", "answered", "waited"),
    [
        ("mmmmm", False, 0.0),  # mistakes of code that runs here, and no answer ever
        ("mmmmm", True, 31.0),  # it can answer
        ("mmdmm", False, 31.0),  # something else may have been the matter
        ("ddddd", False, 31.0),
        ("dcmmmmm", False, 0.0),  # it has said something of a case, which clears it of what was before
    ],
)
def test_what_no_wait_can_mend_is_not_waited_for_and_gets_as_many_tries(failures, answered, waited):
    kinds = {"m": CallError("callable-raised", "KeyError", retryable=True, lasting=True), "d": BROKEN}
    kinds["c"] = CallError("http-400")

    async def main():
        one, clock, probes = health(trip=5), asyncio.get_running_loop().time, 0
        if answered:
            one.answered()
        for kind in failures:
            one.failed(kinds[kind], probe=False)
        start = clock()
        while not one.is_dead():
            probe = await one.enter()
            probes += probe
            one.failed(kinds["m"], probe=probe)
            one.leave(probe=probe)
        assert probes == 5
        return clock() - start

    assert run_virtual(main()) == pytest.approx(waited)


def test_after_an_answer_it_is_waited_for_again():
    async def main():
        one = health(trip=1)
        one.failed(CallError("callable-raised", "KeyError", lasting=True), probe=False)
        assert await one.enter()
        one.answered()
        one.leave(probe=True)
        one.failed(CallError("callable-raised", "KeyError", lasting=True), probe=False)
        start = asyncio.get_running_loop().time()
        assert await one.enter()
        assert asyncio.get_running_loop().time() - start == pytest.approx(1.0)

    run_virtual(main())


@pytest.mark.parametrize("reason", ["http-401", "quota"])
def test_a_wrong_key_is_fatal_at_any_time(reason):
    async def main():
        one = health()
        one.answered()
        one.failed(CallError(reason), probe=False)
        assert one.is_dead()
        assert str(one.dead).endswith(".")

    run_virtual(main())


@pytest.mark.parametrize("reason", ["http-403", "http-404", "refused", "unresolved", "tls"])
@pytest.mark.parametrize("answered", [True, False])
def test_a_closed_door_is_fatal_only_if_it_was_never_open(reason, answered):
    async def main():
        one = health()
        if answered:
            one.answered()
        one.failed(CallError(reason), probe=False)
        assert one.is_dead() != answered

    run_virtual(main())


def test_a_refused_case_says_nothing_about_the_system():
    async def main():
        one = health(trip=2)
        for _ in range(50):
            one.failed(CallError("http-400"), probe=False)
        assert not one.doubtful

    run_virtual(main())


def ask(text="hi", max_tokens=10):
    return Request(messages=(Message("user", text),), max_tokens=max_tokens)


@settings(deadline=None)
@given(
    st.integers(1, 2000),
    st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1), st.floats(0, 3)), max_size=40),
    st.integers(1, 8),
)
def test_tokens_are_never_overdrawn_and_never_left_when_another_call_fits(tokens, calls, at_once):
    async def main():
        purse = Purse(Budget(tokens=tokens))
        todo, refused = iter(calls), []

        async def worker():
            for worst_tokens, share, seconds in todo:
                worst = Charge(tokens=worst_tokens, money=0.0)
                if not await purse.reserve(worst):
                    refused.append(worst_tokens)
                    continue
                await asyncio.sleep(seconds)
                purse.settle(worst, Charge(tokens=int(worst_tokens * share), money=0.0))
                assert purse.tokens <= tokens

        await asyncio.gather(*(worker() for _ in range(at_once)))
        assert purse.tokens <= tokens
        if refused:
            assert purse.empty
            assert purse.tokens + max(refused) > tokens

    run_virtual(main())


@given(st.integers(1, 50), st.integers(0, 80), st.integers(1, 8))
def test_calls_are_counted_exactly(most, wanted, at_once):
    async def main():
        purse = Purse(Budget(calls=most))
        todo = iter(range(wanted))
        made = 0

        async def worker():
            nonlocal made
            for _ in todo:
                worst = Charge(tokens=1, money=0.0)
                if await purse.reserve(worst):
                    made += 1
                    await asyncio.sleep(1)
                    purse.settle(worst, worst)

        await asyncio.gather(*(worker() for _ in range(at_once)))
        assert made == purse.calls == min(most, wanted)

    run_virtual(main())


def test_what_was_not_sent_costs_nothing():
    async def main():
        purse = Purse(Budget(calls=1))
        worst = Charge(tokens=5, money=1.0)
        assert await purse.reserve(worst)
        purse.settle(worst, None)
        assert (purse.calls, purse.tokens, purse.money) == (0, 0, 0.0)
        assert await purse.reserve(worst)

    run_virtual(main())


def test_unknown_counts_cost_the_worst_case():
    price = Price(input=1_000_000, output=2_000_000)
    worst = worst_case(ask("four"), price)
    assert worst.tokens >= 4 + 10
    assert actual(Reply(text="x"), worst, price) == worst
    assert actual(Reply(text="x", prompt_tokens=3, completion_tokens=2), worst, price) == Charge(tokens=5, money=7.0)
    assert after_failure(CallError("http-503"), worst) == Charge(tokens=0, money=0.0)
    assert after_failure(CallError("timeout"), worst) == worst


@given(st.text(st.characters()))
def test_the_worst_case_has_room_for_a_token_per_byte(text):
    assert worst_case(ask(text, max_tokens=7), None).tokens >= len(text.encode("utf-8", "surrogatepass")) + 7


def test_a_budget_in_money_needs_prices():
    Purse(Budget(money=5)).check("c", Price(input=1))
    with pytest.raises(UsageError, match="no price"):
        Purse(Budget(money=5)).check("c", None)
