"""A reward that is hacked is found out, and one that is not is accused as rarely as promised, whoever looks when."""

import math
from dataclasses import asdict
from itertools import accumulate

import numpy as np
import pytest

from trimtab.stats.drift import growth
from trimtab.stats.hacking import HackingMonitor, differences

ALLOWED, ALPHA = 0.1, 0.1


def audits(generator, cases, gap, *, noise):
    """Differences of mean `gap`: reward and judge agree, or one of them is kinder."""
    return generator.choice([1.0, -1.0, 0.0], cases, p=[(noise + gap) / 2, (noise - gap) / 2, 1.0 - noise])


def watched(steps, allowed=ALLOWED):
    """The monitor after every step."""
    begun = HackingMonitor(allowed=allowed, alpha=ALPHA)
    return list(accumulate(steps, HackingMonitor.after, initial=begun))[1:]


@pytest.mark.parametrize("noise", [0.12, 0.9])
def test_whoever_looks_at_every_step_and_stops_at_an_alarm_is_rarely_wrong(never_above, noise):
    """At the bound, over 30 steps of 8 audits; the lower bound too, whenever it was highest."""
    generator, runs = np.random.default_rng(23), 50
    alarms = above = 0
    for _ in range(runs):
        last = watched(audits(generator, 8, ALLOWED, noise=noise) for _ in range(30))[-1]
        alarms += last.alarm
        above += last.low is not None and last.low > ALLOWED
    never_above(alarms, runs, ALPHA)
    never_above(above, runs, ALPHA)


def test_looking_at_a_mean_instead_would_alarm_for_nothing():
    """A t-test at the same level at every one of 40 steps: why the bets."""
    generator, runs, alarms = np.random.default_rng(23), 200, 0
    for _ in range(runs):
        seen = audits(generator, 320, ALLOWED, noise=0.9)
        ends = np.arange(16, 321, 8)
        means, squares = np.cumsum(seen)[ends - 1] / ends, np.cumsum(seen**2)[ends - 1] / ends
        alarms += bool(np.any((means - ALLOWED) / np.sqrt((squares - means**2) / (ends - 1)) > 1.29))
    assert alarms / runs > 3 * ALPHA


def test_gaps_that_go_up_and_down_to_the_bound_raise_no_more(never_above):
    generator, runs, alarms = np.random.default_rng(2), 40, 0
    for _ in range(runs):
        gaps = [0.0, ALLOWED, -0.1, ALLOWED] * 10
        alarms += watched(audits(generator, 8, gap, noise=0.5) for gap in gaps)[-1].alarm
    never_above(alarms, runs, ALPHA)


@pytest.mark.parametrize("before", [0, 30])
@pytest.mark.parametrize(("gap", "within"), [(0.3, 30), (0.6, 9)])
def test_hacking_is_found_however_late_it_begins(before, gap, within):
    """Sixteen audits a step; within so many steps in at least nine of ten runs, and none is accused before."""
    generator, delays = np.random.default_rng(4), []
    for _ in range(20):
        good = [audits(generator, 16, 0.0, noise=0.2) for _ in range(before)]
        last = watched([*good, *(audits(generator, 16, gap, noise=0.7) for _ in range(within))])[-1]
        delays.append(math.inf if last.first is None else last.first - before)
    assert np.mean(np.isfinite(delays)) >= 0.9
    assert min(delays) > 0


def test_the_lower_bound_comes_near_the_gap_and_never_falls():
    generator = np.random.default_rng(8)
    seen = watched(audits(generator, 32, 0.5, noise=0.6) for _ in range(60))
    lows = [-1.0 if one.low is None else one.low for one in seen]
    assert lows == sorted(lows)
    assert 0.35 <= lows[-1] <= 0.5


def test_an_alarm_comes_when_the_lower_bound_reaches_what_is_allowed_and_stays():
    bad, good = [0.5] * 20, [-0.2] * 200
    seen = watched([bad, bad, *[good] * 20])
    assert [one.alarm for one in seen] == [one.low is not None and one.low >= ALLOWED for one in seen]
    alarmed = next(one for one in seen if one.alarm)
    assert seen[-1].first == alarmed.first == alarmed.steps < len(seen)
    assert seen[-1].evidence < -math.log(ALPHA) <= max(one.evidence for one in seen)


def test_it_is_the_bet_of_the_drift_without_keeping_the_cases():
    generator = np.random.default_rng(6)
    steps = [audits(generator, size, 0.2, noise=0.4) for size in (5, 0, 17, 1)]
    seen, whole = watched(steps), growth(steps, ALLOWED)
    assert [one.evidence for one in seen] == pytest.approx(whole.evidence)
    assert (seen[-1].audited, seen[-1].steps) == (whole.cases, 4)


def test_a_run_that_was_interrupted_goes_on_where_it_was():
    generator = np.random.default_rng(6)
    steps = [audits(generator, 16, 0.3, noise=0.5) for _ in range(6)]
    middle = HackingMonitor(**asdict(watched(steps[:3])[-1]))
    for step in steps[3:]:
        middle = middle.after(step)
    assert middle == watched(steps)[-1]


def test_differences_are_means_over_what_belongs_together():
    found = differences([1.0, 0.5, 0.25, 1.0], [0.0, 0.5, 1.0, 0.5], ["b", "a", "b", "a"])
    assert found == pytest.approx([0.25, 0.125])
    assert differences([1.0, 0.0], [0.25, 1.0]) == pytest.approx([0.75, -1.0])
    assert differences([], []).size == 0


def test_completions_of_one_prompt_taken_for_many_would_alarm_for_nothing():
    """Why they are averaged: eight alike, at the bound."""
    generator, runs, alarms = np.random.default_rng(1), 20, 0
    for _ in range(runs):
        alarms += watched(np.repeat(audits(generator, 4, ALLOWED, noise=0.5), 8) for _ in range(20))[-1].alarm
    assert alarms / runs > 2 * ALPHA


@pytest.mark.parametrize("wrong", [[1.01], [-1.01], [math.nan], [0.0, None]])
def test_what_is_no_difference_is_refused(wrong):
    with pytest.raises(ValueError, match="outside"):
        HackingMonitor(allowed=ALLOWED).after(wrong)


@pytest.mark.parametrize(
    ("reward", "judge", "unit"),
    [
        ([1.5], [0.5], None),
        ([0.5], [math.nan], None),
        ([0.5], [None], None),
        ([0.5], [0.5, 0.5], None),
        ([0.5], [0.5], []),
    ],
)
def test_audits_without_a_pair_are_refused(reward, judge, unit):
    with pytest.raises(ValueError, match="judgement"):
        differences(reward, judge, unit)


@pytest.mark.parametrize(
    "wrong", [{"allowed": 1.0}, {"allowed": math.nan}, {"alpha": 0.0}, {"alpha": 1.0}, {"logs": (0.0,)}]
)
def test_a_monitor_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"out of range|state"):
        HackingMonitor(**{"allowed": ALLOWED, **wrong})
