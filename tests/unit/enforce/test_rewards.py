"""The reward of a policy: its sign is the verdict, whatever breaks is unsafe, and one look serves every check."""

import asyncio
import inspect
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.enforce.rewarding import DATA, policy_with, rewards_with

import trimtab
from trimtab.enforce.rewards import AsyncRewards, Rewards
from trimtab.enforce.rewards.checks import Check
from trimtab.enforce.rewards.looking import Looker
from trimtab.errors import RewardError, UsageError
from trimtab.kinds import Finding, Missing, Watch
from trimtab.kinds.case import Score
from trimtab.policy import HardCheck, SoftCost

CLEAN, ONE, MANY = (
    "all is well",
    "write to ana@example.org",
    "ana@example.org bo@example.org cy@example.org dy@example.org",
)
NO = "I cannot help with that."


def test_safe_is_above_unsafe_and_the_milder_failure_above_the_worse():
    scored = rewards_with().score(["q"] * 3, [CLEAN, ONE, MANY], {"benign": [True] * 3})
    assert scored.unsafe.tolist() == [False, True, True]
    assert scored.severity.tolist() == [0.0, 0.25, 1.0]
    safe, mild, worst = scored.rewards
    assert (safe, worst) == (1.0, -1.0)
    assert worst < mild < -0.1 < 0.1 < safe


def test_no_task_reward_makes_a_leak_worth_having():
    """P3: the reward of what is unsafe does not depend on the task reward, whatever that is."""
    rewards = rewards_with()
    columns = {"benign": [True]}
    for task in (0.0, 1.0, 1e300, -1e300, float("nan"), float("inf"), None):
        assert rewards.score(["q"], [ONE], columns, task=[task]).rewards[0] == pytest.approx(-0.1 - 0.9 * 0.25)


def test_the_task_reward_counts_in_its_declared_range_and_without_one_a_completion_gets_the_lowest():
    rewards = Rewards(policy_with(task={"low": -2.0, "high": 2.0}), "bot")
    scored = rewards.score(
        ["q"] * 6, [CLEAN] * 6, {"benign": [True] * 6}, task=[-2.0, 0.0, 2.0, 9.0, None, float("nan")]
    )
    assert scored.rewards.tolist() == pytest.approx([0.1, 0.55, 1.0, 1.0, 0.1, 0.1])
    assert np.isnan(scored.task).tolist() == [False] * 4 + [True] * 2
    assert scored.counts(np.zeros(6, dtype=np.int64)).untasked == 2


def test_a_cost_is_for_the_rows_that_it_names():
    rewards = rewards_with()
    scored = rewards.score(["q"] * 3, [NO, NO, CLEAN], {"benign": [True, False, True]})
    assert scored.costs[:, 0].tolist() == [1.0, 0.0, 0.0]
    counts = scored.counts(np.zeros(3, dtype=np.int64))
    assert (counts.cost, counts.looked) == ((1.0,), (2.0,))
    assert not scored.unsafe.any()  # refusing is safe; that is why it must cost


def test_the_multiplier_of_a_cost_lowers_a_refusal_within_the_safe_tier_and_never_below_it():
    rewards = rewards_with(soft=({"metric": "refusal", "where": {"benign": True}, "cap": 2.0},))
    columns = {"benign": [True] * 4}
    told = [rewards(prompts=["q"] * 4, completions=[NO, NO, NO, CLEAN], **columns)]
    for step in range(1, 60):
        rewards.state.advance(step)
        told.append(rewards(prompts=["q"] * 4, completions=[NO, NO, NO, CLEAN], **columns))
    assert told[0] == [1.0] * 4  # nothing was counted yet
    assert told[-1][0] == pytest.approx(0.1 + 0.9 / 3)  # u = 1 - 2, of a range of 1 + 2
    assert told[-1][3] == 1.0
    standing = rewards.state.standing()
    assert standing.multipliers[0] == pytest.approx(2.0)
    assert any(one.kind == "cap:refusal" for one in rewards.diagnosis())


def test_with_a_fixed_range_rewards_of_different_steps_compare():
    for fixed, worth in ((True, [1.0, 0.1 + 0.9 * 10 / 11]), (False, [1.0, 0.1])):
        rewards = rewards_with(fixed_range=fixed, soft=({"metric": "refusal", "cap": 10.0},))
        told = rewards.score(["q"] * 2, [CLEAN, NO], task=[1.0, 0.0]).rewards.tolist()
        assert told == pytest.approx(worth)  # at a multiplier of 0


def test_training_with_a_fixed_range_goes_on_with_a_lower_cap():
    rewards = rewards_with(fixed_range=True, soft=({"metric": "refusal", "cap": 2.0},))
    standing = rewards.state.standing()
    rewards.state.restore(replace(standing, held=(replace(standing.held[0], value=5.0),)))
    assert rewards.score(["q"] * 2, [CLEAN, NO]).rewards.tolist() == pytest.approx([1.0, 0.1 + 0.9 / 3])


def test_a_step_counts_once_and_what_an_evaluation_adds_does_not():
    rewards = rewards_with()
    call = {"prompts": ["q"] * 2, "completions": [NO, NO], "benign": [True] * 2}
    rewards(**call)
    first = rewards.state.advance(1)
    assert first.multipliers[0] > 0.0
    assert rewards.state.advance(1) == first
    assert rewards.state.advance(2) == first  # nothing was scored since
    rewards(**call)
    rewards.state.discard()
    assert rewards.state.advance(2) == first
    assert first.total.completions == 2


def test_a_metric_that_wants_something_fails_where_it_is_missing():
    rewards = rewards_with(hard=({"metric": "right"},), soft=())
    columns = {"answer": ["well", "ill"]}
    scored = rewards.score(["q"] * 2, [CLEAN, CLEAN], columns)
    assert scored.unsafe.tolist() == [False, True]
    assert scored.severity.tolist() == [0.0, 1.0]


def test_a_completion_that_nobody_can_score_is_unsafe():
    rewards = rewards_with(hard=({"metric": "right"},), soft=())
    scored = rewards.score(["q"] * 2, [CLEAN, CLEAN], {"answer": ["well", None]})
    assert scored.unsafe.tolist() == [False, True]
    assert scored.severity[1] == 1.0
    assert "right" in scored.errors[1]


# -- detectors of our own ------------------------------------------------------------------


class Eyes:
    """Finds what it is told to; counts its looks."""

    name, version = "eyes", "1"

    def __init__(self, answer):
        self.answer, self.looks = answer, 0

    def find(self, text):
        self.looks += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer(text) if callable(self.answer) else self.answer


class Ears:
    """Waits before it finds."""

    name, version = "ears", "1"

    def __init__(self, answer, seconds=0.0):
        self.answer, self.seconds, self.looks = answer, seconds, 0

    async def look(self, text, context):
        self.looks += 1
        await asyncio.sleep(self.seconds)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def looking_with(*detectors, soft=False, timeout=30.0, **reward):
    """Rewards whose checks are these detectors."""
    rewards = rewards_with(
        hard=tuple({"detector": "patterns", "labels": (f"personal.x{n}",)} for n in range(len(detectors)))
        if not soft
        else ({"metric": "leak"},),
        soft=({"detector": "patterns", "at_most": 0.1},) if soft else (),
        **reward,
    )
    made = []
    for number, detector in enumerate(detectors):
        spec = {"detector": "patterns", "labels": (f"personal.x{number}",)}
        kind = SoftCost.model_validate({**spec, "at_most": 0.1}) if soft else HardCheck.model_validate(spec)
        watch = Watch(key=repr(id(detector)), detector=detector)
        made.append(Check(name=f"eyes{number}", spec=kind, wanted=False, watch=watch))
    if soft:
        made = [*rewards._looker.checks[:1], *made]
    rewards._looker = Looker(made, timeout=timeout)
    return rewards


FOUND = [Finding(label="personal.email", start=0, end=3)]


@pytest.mark.parametrize("kind", [Eyes, Ears])
@pytest.mark.parametrize(
    "answer",
    [RuntimeError("ana@example.org"), SystemExit(3), None, 7, ["text"], [Finding(label="a.b", start=0, end=99)]],
)
@pytest.mark.parametrize("soft", [False, True])
def test_a_check_that_breaks_makes_a_completion_unsafe_and_tells_no_text(kind, answer, soft):
    rewards = looking_with(kind(answer), soft=soft)
    scored = rewards.score(["q", "q"], [CLEAN, CLEAN], task=[1.0, 1.0])
    assert scored.unsafe.all()
    assert scored.rewards.tolist() == [-1.0, -1.0]
    assert all(scored.errors)
    assert "ana@" not in " ".join(scored.errors)
    with pytest.raises(RewardError, match="2 of 2 completions could not be looked at") as caught:
        looking_with(kind(answer), soft=soft, on_crash="raise").score(["q", "q"], [CLEAN, CLEAN])
    assert "ana@" not in str(caught.value)


def test_a_judge_that_takes_too_long_makes_a_completion_unsafe():
    rewards = looking_with(Ears([], seconds=30.0), timeout=0.05)
    scored = rewards.score(["q"], [CLEAN])
    assert scored.unsafe.all()
    assert "timeout" in scored.errors[0]


class Cut:
    """Waits for something that somebody else cancels."""

    name, version = "cut", "1"

    async def look(self, text, context):
        shared = asyncio.ensure_future(asyncio.sleep(30.0))
        asyncio.get_running_loop().call_soon(shared.cancel)
        await shared
        return []


def test_a_judge_whose_wait_is_cancelled_has_not_looked():
    scored = looking_with(Cut()).score(["q"] * 2, [CLEAN, ONE])
    assert scored.unsafe.all()
    assert scored.errors == ("eyes0: DetectorError",) * 2


class Deaf:
    """Takes being cut off for having found nothing."""

    name, version = "deaf", "1"

    async def look(self, text, context):
        try:
            await asyncio.sleep(30.0)
        except asyncio.CancelledError:
            return []


def test_a_judge_that_takes_being_cut_off_for_an_answer_has_not_looked():
    assert looking_with(Deaf(), timeout=0.02).score(["q"], [CLEAN]).errors == ("eyes0: timeout",)


def test_judges_are_waited_for_together():
    class Together(Ears):
        """Answers nobody before all have asked."""

        async def look(self, text, context):
            self.looks += 1
            if self.looks == 30:
                all_asked.set()
            await all_asked.wait()
            return []

    all_asked, patient = asyncio.Event(), Together([])
    rewards = looking_with(patient, timeout=60.0)
    scored = asyncio.run(rewards.ascore(["q"] * 30, [f"text {n}" for n in range(30)]))
    assert not scored.unsafe.any()
    assert patient.looks == 30


def test_a_broken_check_does_not_hide_what_another_found():
    rewards = looking_with(Eyes(RuntimeError("x")), Eyes(lambda text: FOUND))
    scored = rewards.score(["q"], [CLEAN])
    assert scored.failed.tolist() == [[False, True]]
    assert scored.severity.tolist() == [1.0]
    assert rewards.verdicts(scored) == ["patterns:personal.x1, eyes0: DetectorError"]


@pytest.mark.parametrize("completion", [None, 7, [], [{"role": "user", "content": "x"}]])
def test_what_is_no_text_is_unsafe(completion):
    scored = rewards_with().score(["q"], [completion], {"benign": [True]})
    assert scored.unsafe.all()
    assert scored.errors == ("no text",)


def test_one_look_serves_every_check_with_the_same_detector():
    rewards = Rewards(
        policy_with(
            hard=({"metric": "leak"}, {"detector": "patterns", "labels": ("secret",), "severity": 0.5}),
            soft=({"detector": "patterns", "labels": ("personal.email",), "at_most": 0.1},),
        ),
        "bot",
    )
    assert rewards.hard == ("leak", "patterns:secret")
    assert len(rewards._looker._probes) == 1
    scored = rewards.score(["q"] * 2, [ONE, "password = 'hG7!kq2pZ'"])
    assert scored.failed.tolist() == [[True, False], [False, True]]
    assert scored.severity.tolist() == pytest.approx([1 / 3, 0.5 / 3])
    assert scored.costs.tolist() == [[1.0], [0.0]]


def test_the_worst_of_several_failures_counts_whichever_comes_first():
    for first, second in ((0.2, 0.9), (0.9, 0.2)):
        rewards = rewards_with(
            hard=(
                {"detector": "patterns", "labels": ("personal.email",), "full": 1, "severity": first},
                {"detector": "patterns", "labels": ("secret",), "full": 1, "severity": second},
            ),
            soft=(),
        )
        assert rewards.score(["q"], [f"{ONE} password = 'hG7!kq2pZ'"]).severity.tolist() == [0.9]


def test_what_a_detector_finds_may_be_wanted_and_each_check_is_for_its_own_rows():
    source = {
        "suite": "assistant-questions",
        "score": "detector-rate",
        "with": {"labels": ["personal"], "better": "higher"},
    }
    named = {"question": "Is whom to ask named?", "better": "higher", "target": 1, "owner": "team", "source": source}
    policy = policy_with(
        hard=({"metric": "named", "where": {"asks": "whom"}}, {"metric": "leak", "where": {"asks": "what"}}), soft=()
    )
    whole = policy.model_validate({**policy.model_dump(by_alias=True), "metrics": {**DATA["metrics"], "named": named}})
    scored = Rewards(whole, "bot").score(
        ["q"] * 4, [ONE, CLEAN, ONE, CLEAN], {"asks": ["whom", "whom", "what", "what"]}
    )
    assert scored.failed.tolist() == [[False, False], [True, False], [False, True], [False, False]]
    assert scored.severity.tolist() == pytest.approx([0.0, 1.0, 1 / 3, 0.0])


# -- as trainers call it -------------------------------------------------------------------


def test_it_is_called_as_trl_calls_a_reward_function():
    said: dict[str, list[str]] = {}
    logged: dict[str, float] = {}

    def task(*, prompts, completions, answer, completion_ids, **given):
        assert {"trainer_state", "log_extra", "log_metric", "benign"} == set(given)
        assert completion_ids == [[1], [2]]
        return [0.5 for _ in completions]

    rewards = rewards_with(task=task)
    told = rewards(
        prompts=[[{"role": "user", "content": "q"}]] * 2,
        completions=[[{"role": "assistant", "content": CLEAN}], [{"role": "assistant", "content": ONE}]],
        completion_ids=[[1], [2]],
        answer=["a", "b"],
        benign=[True, True],
        trainer_state=object(),
        log_extra=said.__setitem__,
        log_metric=logged.__setitem__,
    )
    assert told == pytest.approx([0.55, -0.325])
    assert all(type(one) is float for one in told)
    assert said == {"verdict": ["safe", "leak"]}
    assert logged["trimtab/unsafe"] == 0.5
    assert logged["trimtab/failed/leak"] == 0.5
    assert logged["trimtab/multiplier/refusal"] == 0.0
    assert logged["trimtab/groups_all_unsafe"] == 0.0
    assert rewards.__name__ == "trimtab"


def test_a_task_reward_that_raises_stops_the_training():
    def task(**_):
        raise KeyError("answer")

    with pytest.raises(KeyError):
        rewards_with(task=task)(prompts=["q"], completions=[CLEAN], benign=[True])


def test_what_a_task_reward_does_to_what_it_is_given_is_not_what_is_looked_at():
    def task(*, prompts, completions, benign, **_):
        completions[0][0]["content"] = completions[1] = CLEAN
        benign[:] = [False, False]
        prompts.clear()
        return [1.0, 1.0]

    rewards = rewards_with(task=task, hard=({"metric": "leak", "where": {"benign": True}},), soft=())
    given = {"prompts": ["q", "q"], "completions": [[{"role": "assistant", "content": ONE}], ONE]}
    assert max(rewards(**given, benign=[True, True])) < 0.0


async def test_a_task_reward_that_expects_texts_is_not_broken_by_a_completion_that_is_none():
    def task(*, completions, **_):
        return [len(text) / 40 for text in completions]

    async def waited(*, completions, **_):
        return task(completions=completions)

    given = {"prompts": ["q"] * 2, "completions": [None, CLEAN]}
    expected = pytest.approx([-1.0, 0.1 + 0.9 * len(CLEAN) / 40])
    assert rewards_with(task=task, soft=())(**given) == expected
    assert await rewards_with(task=waited, soft=()).acall(**given) == expected


async def test_what_an_awaited_task_reward_does_is_not_looked_at_either():
    async def task(*, completions, **_):
        completions[0] = CLEAN
        return [1.0]

    rewards = trimtab.rewards(policy_with(soft=()), "bot", task=task)
    assert (await rewards.acall(prompts=["q"], completions=[ONE]))[0] < 0.0


@pytest.mark.parametrize("numbers", [None, 1.0, "1", {"score": 1.0}, asyncio.sleep])
def test_a_task_reward_that_gives_no_numbers_is_refused_and_no_best_one(numbers):
    with pytest.raises(UsageError, match="no list of numbers"):
        rewards_with(task=lambda **_: numbers, soft=())(prompts=["q"], completions=[CLEAN])


def test_task_rewards_come_in_any_list_and_one_that_no_float_holds_is_none():
    for numbers in (np.array([0.5]), (0.5 for _ in "a"), (np.float32(0.5),)):
        assert rewards_with(task=lambda given=numbers, **_: given, soft=())(prompts=["q"], completions=[CLEAN]) == [
            0.55
        ]
    assert rewards_with(task=lambda **_: [10**400], soft=())(prompts=["q"], completions=[CLEAN]) == [0.1]


@pytest.mark.parametrize("numbers", [[], [1.0, 2.0]])
def test_a_task_reward_of_another_length_is_refused(numbers):
    with pytest.raises(UsageError, match="numbers for 1 completions"):
        rewards_with(task=lambda **_: numbers)(prompts=["q"], completions=[CLEAN], benign=[True])


@pytest.mark.parametrize("completions", [CLEAN[:1], {"role": "assistant"}, {CLEAN}, (text for text in [CLEAN])])
def test_what_is_no_list_of_completions_is_refused(completions):
    with pytest.raises(UsageError, match="did not come as lists"):
        rewards_with(soft=()).score(["q"], completions)


def test_prompts_and_completions_may_be_arrays():
    prompt = np.array([{"role": "user", "content": "q"}, {"role": "user", "content": "r"}])
    rewards = rewards_with(soft=())
    assert rewards(prompts=[prompt, prompt], completions=np.array([CLEAN, ONE])) == [1.0, pytest.approx(-0.325)]
    assert rewards.state.seen()[1].groups == 1.0


def test_names_of_columns_may_be_data_and_are_not_told():
    with pytest.raises(UsageError, match="'benign', which did not come") as caught:
        rewards_with().score(["q"], [CLEAN], {"Ana Silva, ana@example.org": [1]})
    assert "Ana" not in str(caught.value)
    with pytest.raises(UsageError, match="Did you mean 'benigne'"):
        rewards_with().score(["q"], [CLEAN], {"benigne": [True]})


def test_what_breaks_is_said_in_the_log_once_and_quotes_nothing(caplog):
    rewards = looking_with(Eyes(RuntimeError("ana@example.org")))
    for _ in range(2):
        rewards.score(["q"] * 2, [CLEAN] * 2)
    assert caplog.messages == ["reward careful: a completion could not be looked at (eyes0: DetectorError)"]


THOUGHT = "x " * 300


def test_what_is_thought_must_not_leak_and_hides_no_refusal_and_is_no_answer():
    def worth(thought, said, **columns):
        completion = [{"role": "assistant", "reasoning_content": thought, "content": said}]
        hard = ({"metric": "leak"}, {"metric": "right"}, {"metric": "planted"})
        scored = rewards_with(hard=hard).score(
            ["q"], [completion], {"answer": ["well"], "canary": ["ZX-91"], **columns}
        )
        assert not scored.errors[0]
        return scored.failed[0].tolist(), scored.costs[0].tolist()

    benign = {"benign": [True]}
    assert worth(THOUGHT, CLEAN, **benign) == ([False] * 3, [0.0])
    assert worth(ONE, CLEAN, **benign) == ([True, False, False], [0.0])
    assert worth("ZX-91", CLEAN, **benign) == ([False, False, True], [0.0])
    assert worth(f"{THOUGHT} well", NO, **benign) == ([False, True, False], [1.0])
    assert worth(THOUGHT, "", **benign) == ([False, True, False], [1.0])


def test_a_metric_that_needs_two_turns_is_not_satisfied_by_a_thought():
    class Turns:
        def score(self, case, exchange):
            return Score(value=0.0) if len(exchange.replies) > 1 else Missing("ana@example.org wrote one turn")

    rewards = rewards_with(hard=({"metric": "planted"},), soft=())
    spec = HardCheck.model_validate({"metric": "planted"})
    rewards._looker = Looker([Check(name="turns", spec=spec, wanted=False, metric=Turns())])
    scored = rewards.score(["q"], [[{"role": "assistant", "thinking": "x", "content": "y"}]])
    assert (scored.unsafe.tolist(), scored.errors) == ([True], ("turns: missing",))


def test_what_is_wanted_must_be_said_and_not_thought():
    eyes = Eyes(lambda text: FOUND if "ana" in text else [])
    rewards = looking_with(eyes)
    check = rewards._looker.checks[0]
    rewards._looker = Looker([replace(check, wanted=True)])
    thought, said = ({"thinking": "ana", "content": "no"}, {"thinking": "no", "content": "ana"})
    assert rewards.score(["q"] * 2, [thought, said]).unsafe.tolist() == [True, False]


def test_a_column_that_does_not_come_is_refused_and_not_taken_as_another_row():
    with pytest.raises(UsageError, match="'benign'"):
        rewards_with().score(["q"], [CLEAN])
    with pytest.raises(UsageError, match="prompts"):
        rewards_with().score(["q", "q"], [CLEAN])


@pytest.mark.parametrize("column", [[1], (True,), np.array([True]), [np.True_], np.array([1.0, 0.0])[:1]])
def test_a_column_may_be_of_any_kind_of_list(column):
    rewards = rewards_with(hard=({"metric": "leak", "where": {"benign": True}},), soft=())
    assert rewards.score(["q"], [ONE], {"benign": column}).unsafe.all()


@pytest.mark.parametrize("value", ["True", "true", [True], {}, np.array([True, False]), object()])
def test_a_column_of_another_kind_than_its_check_names_is_refused_and_drops_no_check(value):
    rewards = rewards_with(hard=({"metric": "leak", "where": {"benign": True}},), soft=())
    with pytest.raises(UsageError, match="'benign' holds values of another kind"):
        rewards.score(["q", "q"], [ONE, ONE], {"benign": [False, value]})


@pytest.mark.parametrize("value", [None, float("nan"), np.float64("nan")])
def test_a_row_that_says_nothing_is_not_one_that_a_check_names(value):
    rewards = rewards_with(hard=({"metric": "leak", "where": {"benign": True}},), soft=())
    assert rewards.score(["q", "q"], [ONE, ONE], {"benign": [value, True]}).unsafe.tolist() == [False, True]


CODE = "ZX-91-QQ7"


@pytest.mark.parametrize("canary", [[CODE], [[CODE]], [(CODE,)], np.array([CODE]), [np.array(["other", CODE])]])
def test_what_must_not_be_told_may_come_in_any_kind_of_list(canary):
    rewards = rewards_with(hard=({"detector": "leak"},), soft=())
    scored = rewards.score(["q"], [f"The code is {CODE}."], {"canary": canary})
    assert (scored.unsafe.tolist(), scored.errors) == ([True], ("",))
    assert not rewards.score(["q"], ["The code is secret."], {"canary": canary}).unsafe.any()


def test_what_must_not_be_told_is_unsafe_where_nobody_can_look_for_it():
    rewards = rewards_with(hard=({"detector": "leak"},), soft=())
    canaries: list[object] = [7, [CODE, None], {}]
    for canary in canaries:
        scored = rewards.score(["q"], [CLEAN], {"canary": [canary]})
        assert (scored.unsafe.tolist(), scored.errors) == ([True], ("leak: TypeError",)), canary
    assert not rewards.score(["q"], [CLEAN], {"canary": [None]}).unsafe.any()
    with pytest.raises(UsageError, match="canary"):
        rewards.score(["q"], [CLEAN], {"canary": [CODE, CODE]})


async def _task(*, completions, **_):
    await asyncio.sleep(0)
    return [1.0 for _ in completions]


async def test_within_an_event_loop_what_must_wait_says_what_to_await():
    rewards = looking_with(Ears([]))
    for call in (lambda: rewards.score(["q"], [CLEAN]), lambda: rewards(prompts=["q"], completions=[CLEAN])):
        with pytest.raises(UsageError, match="Await `ascore`"):
            call()


async def test_an_object_that_is_awaited_when_it_is_called_is_a_task_reward():
    class Asked:
        async def __call__(self, *, completions, **_):
            return [0.5 for _ in completions]

    rewards = trimtab.rewards(policy_with(soft=()), "bot", task=Asked())
    assert await rewards.acall(prompts=["q"], completions=[CLEAN]) == [0.55]
    assert isinstance(rewards, AsyncRewards)


async def test_what_waits_is_a_coroutine_function_so_that_trl_awaits_it():
    rewards = trimtab.rewards(policy_with(), "bot", task=_task)
    assert isinstance(rewards, AsyncRewards)
    assert inspect.iscoroutinefunction(rewards.__call__)
    assert await rewards(prompts=["q"], completions=[CLEAN], benign=[True]) == [1.0]
    assert not inspect.iscoroutinefunction(trimtab.rewards(policy_with(), "bot").__call__)


def test_who_has_no_reward_is_told_what_to_write():
    policy = policy_with()
    bot = policy.systems["bot"].model_copy(update={"reward": None})
    without = policy.model_copy(update={"systems": {"bot": bot}})
    with pytest.raises(UsageError, match="Name one there: `reward: careful`"):
        trimtab.rewards(without, "bot")
    with pytest.raises(UsageError, match="no system 'pot'"):
        trimtab.rewards(policy, "pot")


def test_bounds_come_from_the_floors_of_the_tier_on_either_side():
    rewards = rewards_with(soft=({"metric": "refusal"}, {"metric": "right"}, {"detector": "names", "at_most": 0.2}))
    assert [rule.controller.bound for rule in rewards.rules] == pytest.approx([0.3, 0.2, 0.2])


texts = st.sampled_from([CLEAN, ONE, MANY, NO, "", None, [{"role": "assistant", "content": ONE}]])


@given(
    st.lists(st.tuples(texts, st.floats() | st.none(), st.booleans()), min_size=1, max_size=12),
    st.floats(0.01, 0.99),
    st.integers(0, 3),
)
def test_p1_whatever_comes_unsafe_never_outranks_safe(rows, margin, steps):
    rewards = rewards_with(margin=margin)
    completions = [text for text, _, _ in rows]
    columns = {"benign": [benign for _, _, benign in rows]}
    for step in range(steps):
        rewards(prompts=["q"] * len(rows), completions=completions, **columns)
        rewards.state.advance(step + 1)
    scored = rewards.score(["q"] * len(rows), completions, columns, task=[task for _, task, _ in rows])
    for reward, unsafe, text in zip(scored.rewards, scored.unsafe, completions, strict=True):
        assert unsafe == (text is None or "@" in str(text))
        assert margin <= reward <= 1.0 if not unsafe else -1.0 <= reward <= -margin


def test_missing_is_told_apart_from_a_score():
    class Odd:
        def __init__(self, answer):
            self.answer = answer

        def score(self, case, exchange):
            return self.answer

    for answer in (Missing("no-counts"), Score(value=float("nan")), Score(value=1.5), Score(value=-0.5), 1.0, None):
        spec = HardCheck.model_validate({"metric": "planted"})
        rewards = rewards_with(hard=({"metric": "planted"},), soft=())
        rewards._looker = Looker([Check(name="odd", spec=spec, wanted=False, metric=Odd(answer))])
        assert rewards.score(["q"], [CLEAN]).unsafe.all(), answer
