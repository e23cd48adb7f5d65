"""What is spent of an error budget, how quickly, and what follows."""

from itertools import pairwise

import numpy as np
import pytest

from trimtab.decision.error_budget import (
    DAY_MINUTES,
    MINUTE,
    PAIRS,
    Counts,
    State,
    Terms,
    assess,
    burn_down,
    history,
    worst,
)

TERMS = Terms(metric="leak", tolerated=0.001, days=30)
NOW = 29_000_003  # minutes since the epoch, three past the hour
AT = NOW * MINUTE + 5


def steady(minutes, *, each, bad=0, upto=NOW):
    return [(upto - age, each, bad) for age in range(minutes)]


def test_the_budget_is_what_is_tolerated_of_the_events_of_the_window():
    counts = Counts.of([*steady(30 * DAY_MINUTES, each=10), (NOW - 5000, 0, 108)])
    budget = assess(TERMS, counts, at=AT)
    hours = 30 * DAY_MINUTES  # plus what makes the first hour a full one, of which there are no events
    assert (budget.valid, budget.bad) == (10 * hours, 108)
    assert budget.allowed == pytest.approx(432)
    assert budget.spent == pytest.approx(0.25)
    assert budget.remaining == pytest.approx(0.75)
    assert budget.state is State.OPEN


def test_what_is_older_than_the_window_is_forgotten():
    counts = Counts.of([*steady(60, each=100), (NOW - 31 * DAY_MINUTES, 1000, 1000)])
    assert assess(TERMS, counts, at=AT).bad == 0


@pytest.mark.parametrize(
    ("share", "state", "names"),
    [
        (0.0, State.OPEN, []),
        (0.5, State.OPEN, []),
        (0.8, State.CONSENT, ["spent-75"]),
        (1.0, State.STOPPED, ["spent-100"]),
        (7.0, State.STOPPED, ["spent-100"]),
    ],
)
def test_what_is_spent_decides_slowly_spent_as_it_may_be(share, state, names):
    spread = [(NOW - 100 * n - 500, 1000, round(10 * share)) for n in range(100)]
    budget = assess(Terms(metric="leak", tolerated=0.01, days=30), Counts.of(spread), at=AT)
    assert budget.spent == pytest.approx(share, abs=0.05)
    assert budget.state is state
    assert [name for name, _, _ in budget.alarms() if name.startswith("spent")] == names


@pytest.mark.parametrize(
    ("minutes", "share", "names"),
    [
        (60, 0.02, ["burn-14.4"]),
        (360, 0.008, ["burn-6"]),
        (3 * DAY_MINUTES, 0.002, ["burn-1"]),
        (60, 0.010, []),
    ],
)
def test_each_burn_rate_over_its_windows(minutes, share, names):
    """A month of good events, and what is bad at the end of it, in the last `minutes`."""
    good = [(NOW - minutes - n, 1000, 0) for n in range(30 * DAY_MINUTES - minutes)]
    budget = assess(TERMS, Counts.of([*good, *steady(minutes, each=1000, bad=round(1000 * share))]), at=AT)
    burning = [name for name, _, _ in budget.alarms() if name.startswith("burn")]
    assert set(names) <= set(burning)
    if not names:
        assert burning == []
    assert (budget.state is State.FROZEN) == bool({"burn-14.4", "burn-6"} & set(burning))


def test_what_is_over_burns_no_more():
    bad = Counts.of([*steady(30 * DAY_MINUTES, each=1000), *steady(60, each=1000, bad=40)])
    assert assess(TERMS, bad, at=AT).state is State.FROZEN
    later = bad.with_more(steady(30, each=1000, upto=NOW + 30))
    names = [name for name, _, _ in assess(TERMS, later, at=AT + 30 * MINUTE).alarms()]
    assert "burn-14.4" not in names


def test_silence_shows_no_end_of_it():
    bad = Counts.of([*steady(30 * DAY_MINUTES, each=1000), *steady(60, each=1000, bad=40)])
    burning = [name for name, _, _ in assess(TERMS, bad, at=AT).alarms()]
    assert [name for name, _, _ in assess(TERMS, bad, at=AT + 20 * MINUTE).alarms()] == burning
    hours = assess(TERMS, bad, at=AT + 500 * MINUTE)
    assert [burn.known for burn in hours.burns] == [False, False, True]


def test_two_bad_events_are_too_few_whatever_their_share():
    budget = assess(TERMS, Counts.of([(NOW, 3, 2)]), at=AT)
    assert budget.spent > 100
    assert budget.state is State.OPEN
    assert "too few" in budget.reason
    assert budget.alarms() == []


def test_three_bad_events_that_come_by_chance_do_not_page():
    counts = Counts.of([(NOW - 59, 597, 0), (NOW, 3, 3)])  # 5 times what is tolerated: P = 0.02
    by_chance = assess(TERMS, counts, at=AT)
    assert by_chance.burns[0].long < PAIRS[0].rate
    assert not any(burn.counts for burn in by_chance.burns)
    assert 0.01 < by_chance.burns[0].chance < 0.03


def test_no_events_are_no_good_sign():
    budget = assess(TERMS, Counts(), at=AT)
    assert budget.state is State.UNKNOWN
    assert "nothing is known" in budget.reason


def test_a_red_line_event_spends_its_share_at_once_and_four_spend_all():
    counts = Counts.of(steady(DAY_MINUTES, each=100))
    assert assess(TERMS, counts, severe=[AT - MINUTE], at=AT).spent == 0.25
    stopped = assess(TERMS, counts, severe=[AT - 7 * MINUTE] * 4, at=AT)
    assert stopped.state is State.STOPPED
    assert "4 red-line events" in stopped.reason
    assert assess(TERMS, counts, severe=[AT - 31 * DAY_MINUTES * MINUTE] * 4, at=AT).spent == 0.0
    assert assess(TERMS, Counts(), severe=[AT] * 4, at=AT).state is State.STOPPED


def noisy(days, seed):
    generator = np.random.default_rng(seed)
    valid = generator.poisson(3, days * DAY_MINUTES)
    risk = np.where(generator.random(len(valid)) < 0.3, 0.05, 0.001)
    return valid.astype(np.int64), generator.binomial(valid, risk).astype(np.int64)


def rows_of(valid, bad, first):
    return [(first + n, int(v), int(b)) for n, (v, b) in enumerate(zip(valid, bad, strict=True)) if v]


def test_what_is_gathered_by_the_hour_gives_the_same():
    valid, bad = noisy(40, 1)
    first = NOW - len(valid) + 1
    counts = Counts.of(rows_of(valid, bad, first))
    small = counts.gathered(now=NOW, days=30)
    assert len(small.minutes) < 1400 < len(counts.minutes)
    for later in (0, 1, 59, 60, 200):
        assert assess(TERMS, small, at=AT + later * MINUTE) == assess(TERMS, counts, at=AT + later * MINUTE)
    again = small.gathered(now=NOW + 200, days=30)
    assert assess(TERMS, again, at=AT + 200 * MINUTE) == assess(TERMS, counts, at=AT + 200 * MINUTE)


def test_all_minutes_at_once_are_the_same_as_one_by_one():
    valid, bad = noisy(8, 2)
    terms = Terms(metric="leak", tolerated=0.004, days=3)
    first = NOW - len(valid) + 1
    counts, found = Counts.of(rows_of(valid, bad, first)), history(terms, valid, bad, first=first)
    for minute in (0, 4, 61, 900, 4321, 7000, len(valid) - 1):
        budget = assess(terms, counts, at=(first + minute) * MINUTE)
        assert [burn.counts for burn in budget.burns] == found.counts[:, minute].tolist()
        assert budget.spent == pytest.approx(found.spent[minute])
    assert found.counts.any()


def test_a_burn_down_begins_whole_and_ends_at_what_remains():
    counts = Counts.of([*steady(DAY_MINUTES, each=100), (NOW - 700, 0, 50)])
    severe = [AT - 100 * MINUTE]
    line = burn_down(TERMS, counts, severe=severe, at=AT)
    assert line[0][1] == 1.0
    assert line[-1][0] == NOW
    assert line[-1][1] == pytest.approx(assess(TERMS, counts, severe=severe, at=AT).remaining)
    assert all(before >= after for (_, before), (_, after) in pairwise(line))


def test_the_worst_of_several_decides_and_unknown_hides_nothing():
    good, unknown = assess(TERMS, Counts.of(steady(60, each=10)), at=AT), assess(TERMS, Counts(), at=AT)
    assert worst({"a": good, "b": unknown}) is State.OPEN
    assert worst({"b": unknown}) is worst({}) is State.UNKNOWN
