"""The state of a reward, whatever home it has: a step counts once, nothing is lost, and rubbish is refused."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serve.reward_servers import bare, reward_server
from tests.unit.enforce.rewarding import policy_with, rewards_with

from trimtab.enforce.rewards import Counts, FileState, MemoryState, Rewards, Standing, groups_of
from trimtab.enforce.rewards.diagnosis import diagnose
from trimtab.enforce.rewards.http_state import HttpState
from trimtab.enforce.rewards.standing import Rule
from trimtab.errors import RewardError
from trimtab.kinds import ErrorRates, Interval
from trimtab.stats.hacking import HackingMonitor
from trimtab.stats.multiplier import Controller

RULES = (Rule(name="refusal", controller=Controller(bound=0.1)),)
AUDIT = HackingMonitor(allowed=0.05)


def counts(*, cost=5.0, looked=10.0, audits=(), **more):
    return Counts(completions=10.0, groups=2.0, failed=(1.0,), cost=(cost,), looked=(looked,), audits=audits, **more)


@pytest.fixture(params=["memory", "file", "http"])
def home(request, tmp_path):
    """Makes a state; of a file, another one on the same file each time, and of a server another client."""
    made = MemoryState(RULES, 1, AUDIT)
    if request.param == "http":
        with reward_server(bare(RULES, ("leak",), made)) as url:
            yield lambda: HttpState(url, RULES, 1, AUDIT)
    elif request.param == "file":
        yield lambda: FileState(tmp_path / "s" / "state.json", RULES, 1, AUDIT)
    else:
        yield lambda: made


def test_counts_move_the_multipliers_once_a_step(home):
    assert home().standing().multipliers.tolist() == [0.0]
    home().add(counts())
    home().add(counts())
    assert home().standing().step == 0
    first = home().advance(1)
    assert first.multipliers[0] > 0.0
    assert first.last.completions == 20.0
    home().add(counts())
    assert home().advance(1) == first  # somebody else's report of the same step
    assert home().advance(2).total.completions == 30.0
    home().add(counts())
    home().discard()
    assert home().advance(3).step == 2
    assert home().standing() == home().standing()


def test_a_checkpoint_comes_back_whole_and_goes_on_as_if_nothing_had_been(home):
    for step in range(1, 5):
        home().add(counts(audits=(0.5, -0.25)))
        home().advance(step)
    kept = json.loads(json.dumps(home().standing().payload(), allow_nan=False))
    home().add(counts(cost=0.0))
    after = home().advance(5)
    home().restore(Standing.from_payload(kept))
    assert home().standing().step == 4
    home().add(counts(cost=0.0))
    assert home().advance(5) == after
    assert after.audit is not None
    assert after.audit.audited == 8


def test_a_state_of_another_reward_is_refused(home):
    renamed = (replace(RULES[0], name="leak"),)
    others = [Standing.fresh((), 1, AUDIT), Standing.fresh(RULES, 2, AUDIT), Standing.fresh(RULES, 1, None)]
    others += [Standing.fresh(renamed, 1, AUDIT), replace(Standing.fresh(RULES, 1, AUDIT), recent=Counts.none(2, 1))]
    for other in (*others, Standing.fresh(RULES, 1, HackingMonitor(allowed=0.5))):
        with pytest.raises(RewardError, match="other checks"):
            home().restore(other)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"format": 2}',
        b'{"format": 1, "standing": {}, "pending": {}}',
        b'{"format": 1}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_holds_no_state_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "state.json"
    path.write_bytes(content)
    with pytest.raises(RewardError, match=r"holds no state of a reward.*Restore it"):
        FileState(path, RULES, 1)
    assert path.read_bytes() == content


def test_two_rewards_do_not_share_a_file_though_they_have_as_many_checks(tmp_path):
    path = tmp_path / "state.json"
    rewards_with(state=path)
    rewards_with(state=path)
    with pytest.raises(RewardError, match="other checks"):
        rewards_with(state=path, soft=({"detector": "names", "at_most": 0.1},))


@pytest.mark.parametrize("pending", [{"failed": [0.0, 0.0]}, {"cost": [9.0]}, {"looked": []}])
def test_counts_in_a_file_that_no_step_could_take_are_refused_when_it_is_opened(tmp_path, pending):
    path = tmp_path / "state.json"
    FileState(path, RULES, 1).add(counts())
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "pending": {**content["pending"], "looked": [8.0], **pending}}))
    with pytest.raises(RewardError, match=r"other checks|holds no state"):
        FileState(path, RULES, 1)


def places_of(value, at=()):
    """The path of every value within a value."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places_of(one, (*at, key))


def test_every_value_may_be_rubbish_and_none_is_taken():
    state = MemoryState(RULES, 1, AUDIT)
    state.add(counts(audits=(0.5,)))
    whole = state.advance(1).payload()
    assert Standing.from_payload(whole) == state.standing()
    places = [at for at in places_of(whole) if at[:-1] != ("audit", "logs") or at[-1] == 0]
    assert len(places) > 40
    for at in places:
        rubbish: object
        for rubbish in ("text", [[]], float("nan"), {"a": 1}):
            if rubbish == "text" and at[:-1] == ("names",):
                continue  # a name, and `check_fits` knows which
            broken = json.loads(json.dumps(whole))
            inner = broken
            for step in at[:-1]:
                inner = inner[step]
            inner[at[-1]] = rubbish
            with pytest.raises(ValueError):
                Standing.from_payload(broken)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RewardError, match="its state cannot be kept"):
        FileState(tmp_path / "file" / "state.json", RULES, 1)


def _add(path, number):
    state = FileState(path, RULES, 1)
    for _ in range(number):
        state.add(counts())


def test_processes_and_threads_that_share_a_state_lose_no_count(tmp_path):
    path = tmp_path / "state.json"
    context = multiprocessing.get_context("fork")
    adding = [context.Process(target=_add, args=(path, 40)) for _ in range(3)]
    for process in adding:
        process.start()
    for process in adding:
        process.join()
    assert FileState(path, RULES, 1).advance(1).total.completions == 3 * 40 * 10.0
    shared = MemoryState(RULES, 1)

    def add():
        for _ in range(200):
            shared.add(counts())

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared.advance(1).total.completions == 4 * 200 * 10.0


_WORK = """
import sys
from tests.unit.enforce.test_reward_state import RULES, counts
from trimtab.enforce.rewards import FileState
state = FileState(sys.argv[1], RULES, 1)
print("begun", flush=True)
for step in range(state.standing().step + 1, 100_000):
    state.add(counts())
    state.advance(step)
    print(step, flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_the_file_holds_a_whole_state(tmp_path):
    path = tmp_path / "state.json"
    for killed, (steps, moment) in enumerate(((1, 0.003), (20, 0.008)), start=1):
        process = subprocess.Popen(
            [sys.executable, "-c", _WORK, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        )
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "begun\n"
            for _ in range(steps):
                process.stdout.readline()
            time.sleep(moment)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
        standing = FileState(path, RULES, 1).standing()
        assert standing.held[0].steps == standing.step
        assert (
            standing.step <= standing.total.completions / 10.0 < standing.step + killed
        )  # what was added, and then came
    assert standing.step >= 1 + 20


@given(st.lists(st.sampled_from(["a", "b"]), max_size=12), st.none() | st.integers(1, 4))
def test_groups_are_runs_of_the_same_prompt_cut_to_size(prompts, size):
    ids = groups_of(prompts, size)
    assert len(ids) == len(prompts)
    for one, other, before, after in zip(ids, ids[1:], prompts, prompts[1:], strict=False):
        assert other - one in (0, 1)
        assert before == after or other == one + 1
    if len(ids):
        sizes = np.bincount(ids)
        assert sizes.min() >= 1
        assert size is None or sizes.max() <= size


def test_a_detector_whose_errors_are_known_has_its_rate_corrected_to_the_safe_side():
    alarms = Interval(0.02, 0.2, 0.95, "x")
    rates = ErrorRates(corpus="c", sensitivity=Interval(0.6, 0.9, 0.95, "x"), false_alarm=alarms)
    rule = Rule.of("x", Controller(bound=0.1), rates)
    assert (rule.sensitivity, rule.false_alarm) == (0.6, 0.02)
    useless = ErrorRates(corpus="c", sensitivity=Interval(0.0, 0.9, 0.95, "x"), false_alarm=alarms)
    for unknown in (None, ErrorRates(corpus=""), useless):
        assert Rule.of("x", Controller(bound=0.1), unknown).sensitivity is None
    seen = MemoryState((rule,), 1)
    seen.add(counts(cost=1.0))
    plain = MemoryState(RULES, 1)
    plain.add(counts(cost=1.0))
    assert seen.advance(1).multipliers[0] > plain.advance(1).multipliers[0]  # 10 % seen of what 60 % see is more


# -- what is said of it -------------------------------------------------------------------------


def said(*steps, rules=RULES, hard=("leak",), audit=None):
    state = MemoryState(rules, 1, audit)
    for number, step in enumerate(steps, start=1):
        state.add(step)
        state.advance(number)
    return {one.kind: str(one) for one in diagnose(state.standing(), rules, hard)}


def test_a_training_that_goes_well_is_left_in_peace():
    assert said(*[counts(cost=0.5, all_unsafe=0.0, unsafe=3.0)] * 40) == {}


def test_what_goes_wrong_is_said_in_words_with_the_remedy():
    none_safe = said(*[counts(unsafe=10.0, all_unsafe=2.0, equal_unsafe=2.0, cost=0.0)] * 10)
    assert "no safe sample is ever drawn" in none_safe["no-safe-sample"]
    assert "most often by leak" in none_safe["no-safe-sample"]
    assert "higher temperature" in none_safe["no-safe-sample"]
    graded = said(*[counts(unsafe=10.0, all_unsafe=2.0, equal_unsafe=0.0, cost=0.0)] * 10)
    assert "Only their severity tells them apart" in graded["few-safe-samples"]
    assert "could not be looked at" in said(counts(errors=1.0, cost=0.0))["errors"]
    assert "had no task reward" in said(*[counts(untasked=1.0, cost=0.0)] * 10)["untasked"]
    assert "hold no unsafe completion" in said(*[counts(all_safe=2.0, cost=0.0)] * 10)["all-safe"]
    low = (Rule(name="refusal", controller=Controller(bound=0.1, cap=0.5)),)
    assert "at its cap for" in said(*[counts(cost=9.0)] * 30, rules=low)["cap:refusal"]
    hacked = said(*[counts(cost=0.0, audits=(0.9,) * 5)] * 20, audit=AUDIT)["audit"]
    assert "the independent judge sees what the check misses" in hacked
    assert said(*[counts(unsafe=10.0, all_unsafe=2.0, equal_unsafe=2.0, cost=0.0)] * 2) == {}  # too few to say so


# -- audits ---------------------------------------------------------------------------------------


def audited(judge, *, share=1.0, check="leak"):
    return Rewards(
        policy_with(
            hard=({"metric": "leak"},),
            soft=({"metric": "refusal"},),
            audit={"metric": judge, "of": check, "share": share},
        ),
        "bot",
    )


def test_a_judge_who_sees_more_than_the_check_raises_an_alarm_and_one_who_agrees_does_not():
    # `planted` sees a code that `patterns` takes for a word; `right` is bad wherever the answer is not given.
    blind = audited("planted")
    for step in range(1, 30):
        blind(prompts=["q", "r", "s"], completions=["the code is MELON-7", "fine", "MELON-7"], canary=["MELON-7"] * 3)
        blind.state.advance(step)
    standing = blind.state.standing()
    assert standing.audit is not None
    assert standing.audit.alarm
    assert standing.audit.audited == 29 * 3
    assert "audit" in {one.kind for one in blind.diagnosis()}
    fair = audited("planted")
    for step in range(1, 30):
        fair(prompts=["q", "r", "s"], completions=["fine", "well", "good"], canary=["MELON-7"] * 3)
        fair.state.advance(step)
    after = fair.state.standing().audit
    assert after is not None
    assert not after.alarm


def test_only_a_share_is_judged_and_a_judge_that_breaks_is_counted_and_raises_no_false_alarm():
    some = audited("planted", share=0.25)
    for step in range(1, 21):
        some(prompts=[f"q{n}" for n in range(20)], completions=["fine"] * 20, canary=["MELON-7"] * 20)
        some.state.advance(step)
    assert some.state.standing().audit is not None
    assert 60 <= some.state.standing().audit.audited <= 140  # of 400, a quarter; 8 standard deviations either way
    broken = audited("planted")
    figures: dict[str, float] = {}
    for step in range(1, 30):
        broken(prompts=["q", "r"], completions=["fine", "well"], canary=[None, None], log_metric=figures.__setitem__)
        broken.state.advance(step)
    assert broken.state.standing().audit.alarm is False
    assert figures["trimtab/audit_failed"] >= 2 * 28


def test_what_was_seen_over_all_processes_is_logged_with_its_interval():
    rewards = rewards_with(soft=())
    figures: dict[str, float] = {}
    call = {"prompts": ["q"] * 4, "completions": ["fine", "fine", "fine", "ana@example.org"]}
    rewards(**call, log_metric=figures.__setitem__)
    assert "trimtab/unsafe_low" not in figures
    rewards.state.advance(1)
    rewards(**call, log_metric=figures.__setitem__)
    assert figures["trimtab/unsafe_low"] < 0.25 < figures["trimtab/unsafe_high"]
