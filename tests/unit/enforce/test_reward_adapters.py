"""The adapters of other trainers: what each hands over becomes text and columns, and what is lost stops or is unsafe."""

import json
import math
import sys
import types

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.serve.reward_servers import CLEAN, LEAK, NO, plain, reward_server
from tests.unit.enforce.rewarding import DATA, rewards_with

from trimtab.enforce.rewards import FileState, verl
from trimtab.enforce.rewards.columns import alike, of_label, of_training
from trimtab.enforce.rewards.openrlhf import completion_of
from trimtab.enforce.rewards.pace import Pace
from trimtab.enforce.rewards.settings import Settings, made, task_of
from trimtab.errors import MissingPackageError, RewardError, UsageError

BENIGN = {"benign": True, "split": "train"}


def written(folder, **reward):
    """A policy file with other keys of its reward."""
    data = {**DATA, "rewards": {"careful": {**DATA["rewards"]["careful"], **reward}}}
    path = folder / "trimtab.yaml"
    path.write_text(yaml.safe_dump(plain(data)))
    return str(path)


@pytest.fixture
def tasks(monkeypatch):
    """A module of task rewards."""
    module = types.ModuleType("tasks_of_a_test")
    monkeypatch.setitem(sys.modules, "tasks_of_a_test", module)
    return module


# -- columns and completions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "columns"),
    [
        ("42", {"answer": "42"}),
        (42, {"answer": 42}),
        (None, {}),
        ({"benign": True}, {"benign": True}),
        ('{"benign": true, "answer": "x"}', {"benign": True, "answer": "x"}),
        ("{not json", {"answer": "{not json"}),
        ("[1]", {"answer": "[1]"}),
    ],
)
def test_a_label_is_an_answer_or_the_columns_that_it_spells_out(label, columns):
    assert of_label(label) == columns


def test_only_rows_of_the_training_count():
    assert of_training({})
    assert of_training({"split": "train"})
    assert of_training({"split": "Training-2"})
    assert not any(of_training({"split": split}) for split in ("test", "validation", "", 3))


def test_rows_are_scored_together_only_with_their_like():
    rows: list[dict[str, object]] = [{"a": 1}, {"b": 2}, {"a": 3}, {"a": 4, "split": "test"}, {}]
    found = {tuple(places): (columns, training) for places, columns, training in alike(rows)}
    assert found == {
        (0, 2): ({"a": [1, 3]}, True),
        (1,): ({"b": [2]}, True),
        (3,): ({"a": [4], "split": ["test"]}, False),
        (4,): ({}, True),
    }
    with pytest.raises(UsageError, match="no names of columns"):
        list(alike([{"completions": 1}]))


def test_a_completion_is_what_follows_the_prompt():
    assert completion_of("Who? Ana.", "Who?") == " Ana."
    assert completion_of("Who?", "Who?") == ""
    assert completion_of("<s> Who ? Ana.", "<s>Who?") == " Ana."  # white space that a tokenizer changed
    assert completion_of("ho? Ana.", "Who?") is None
    assert completion_of("Wh", "Who?") is None
    assert completion_of(None, "Who?") is None
    assert completion_of("Who?Ana.</s><pad><pad>", "Who?", end=("<pad>", "</s>", "")) == "Ana."


@given(st.text(), st.text())
def test_no_part_of_a_prompt_is_ever_taken_for_a_completion_nor_lost_of_one(prompt, completion):
    assert completion_of(prompt + completion, prompt) == completion


# -- settings --------------------------------------------------------------------------------------


def test_settings_come_by_keyword_or_from_the_environment(monkeypatch):
    monkeypatch.setenv("TRIMTAB_POLICY", "one.yaml")
    monkeypatch.setenv("TRIMTAB_EVERY", "8")
    assert Settings.of({}) == Settings(policy="one.yaml", every=8)
    assert Settings.of({"policy": "two.yaml", "every": 0, "system": "bot"}) == Settings(
        policy="two.yaml", system="bot", every=0
    )
    monkeypatch.setenv("TRIMTAB_EVERY", "some")
    with pytest.raises(UsageError, match="no number"):
        Settings.of({})
    monkeypatch.delenv("TRIMTAB_POLICY")
    with pytest.raises(UsageError, match="which policy"):
        Settings.of({})


def test_multipliers_that_nobody_moves_or_nobody_shares_are_refused(tmp_path):
    path = written(tmp_path)
    state = str(tmp_path / "state.json")
    with pytest.raises(UsageError, match="each process would have its own"):
        made(Settings(policy=path, every=0), alone=False)
    with pytest.raises(UsageError, match="nothing says when a step ends"):
        made(Settings(policy=path, state=state), alone=False)
    ready = made(Settings(policy=path, state=state, every=0), alone=False)
    assert ready is made(Settings(policy=path, state=state, every=0), alone=False)
    hard_only = written(tmp_path, soft=[])
    assert made(Settings(policy=hard_only, system="bot"), alone=False).rewards.soft == ()
    with pytest.raises(UsageError, match="below 0"):
        Pace(rewards_with(), -1, grouped=False)


def test_an_audit_is_not_left_in_the_memory_of_one_process_nor_without_steps(tmp_path):
    audit = {"metric": "planted", "of": "leak", "share": 1.0}
    policy = written(tmp_path, soft=[], audit=audit)
    with pytest.raises(UsageError, match="has an audit, and each process would have its own"):
        made(Settings(policy=policy, every=2), alone=False)
    with pytest.raises(UsageError, match="has an audit, and nothing says when a step ends"):
        made(Settings(policy=policy), alone=True)
    ready = made(Settings(policy=policy, every=2), alone=True)
    for _ in range(2):
        scored, counts = ready.rewards.worth(["q"], [CLEAN], {"canary": ["x-77-y"]})
        ready.pace.count(["q"], scored, counts)
    audited = ready.rewards.state.standing().audit
    assert audited is not None
    assert audited.audited == 2


def test_a_task_is_named_by_module_and_function(tasks):
    tasks.length = lambda completions, **_: [len(text) for text in completions]
    tasks.number = 3
    assert task_of("") is None
    assert task_of("tasks_of_a_test:length") is tasks.length
    for target in ("tasks_of_a_test:nothing", "tasks_of_a_test:number", "tasks_of_a_test", "no_such_module:f"):
        with pytest.raises(UsageError):
            task_of(target)


# -- pace ------------------------------------------------------------------------------------------


def test_groups_are_those_of_equal_prompts_between_two_steps_however_they_came():
    rewards = rewards_with(hard=({"metric": "leak"},))
    pace = Pace(rewards, 6, grouped=True)
    for prompt, text in (("a", CLEAN), ("b", LEAK), ("a", LEAK), ("c", CLEAN), ("b", LEAK), ("c", CLEAN)):
        scored, counts = rewards.worth([prompt], [text], {"benign": [True]})
        pace.count([prompt], scored, counts)
    last = rewards.state.standing().last
    assert (last.completions, last.unsafe) == (6.0, 3.0)
    assert (last.groups, last.all_unsafe, last.equal_unsafe, last.all_safe) == (3.0, 1.0, 1.0, 1.0)


def test_two_processes_that_see_a_step_full_end_it_once(tmp_path):
    both = [rewards_with(state=tmp_path / "state.json") for _ in range(2)]
    paces = [Pace(rewards, 4, grouped=False) for rewards in both]
    for turn in range(20):
        scored, counts = both[turn % 2].worth(["q"], [NO], {"benign": [True]})
        paces[turn % 2].count(["q"], scored, counts)
    standing, pending = FileState(tmp_path / "state.json", both[0].rules, 1).seen()
    assert (standing.step, standing.total.completions, pending.completions) == (5, 20.0, 0.0)
    assert standing.total.groups == 0.0  # nobody saw whole ones, so nothing is said of them


def test_a_step_that_was_full_when_its_process_was_killed_is_ended_by_the_next(tmp_path):
    rewards = rewards_with(state=tmp_path / "state.json")
    rewards.state.add(rewards.worth(["q"] * 4, [NO] * 4, {"benign": [True] * 4})[1])
    again = rewards_with(state=tmp_path / "state.json")
    assert Pace(again, 4, grouped=True).room() == 4
    standing, pending = again.state.seen()
    assert (standing.step, standing.last.completions, pending.completions) == (1, 4.0, 0.0)


class Overtaken(FileState):
    """A state that another process moves on just after this one saw a full step."""

    def seen(self):
        found = super().seen()
        if found[1].completions >= 4:
            self.advance(found[0].step + 1)
            self.add(found[1].ungrouped())  # of the step that has begun
        return found


def test_a_process_that_was_overtaken_ends_no_step_that_has_just_begun(tmp_path):
    rewards = rewards_with()
    rewards.state = Overtaken(tmp_path / "state.json", rewards.rules, 1)
    pace = Pace(rewards, 4, grouped=False)
    scored, counts = rewards.worth(["q"] * 4, [NO] * 4, {"benign": [True] * 4})
    pace.count(["q"] * 4, scored, counts)
    standing, pending = FileState(tmp_path / "state.json", rewards.rules, 1).seen()
    assert (standing.step, standing.total.completions, pending.completions) == (1, 4.0, 4.0)


# -- verl ------------------------------------------------------------------------------------------


def score(text, info=None, truth="well", **given):
    return verl.compute_score("set", text, truth, BENIGN if info is None else info, **given)


def test_a_sample_of_verl_gets_a_score_with_its_verdict_and_always_the_same_keys(tmp_path):
    given = {"policy": written(tmp_path), "state": str(tmp_path / "state.json"), "every": 0}
    safe, leaky, none = (score(text, **given, reward_router_address=None) for text in (CLEAN, LEAK, None))
    assert safe["score"] == 1.0
    assert leaky["score"] == pytest.approx(-0.1 - 0.9 / 4)
    assert none["score"] == -1.0
    assert [one["verdict"] for one in (safe, leaky, none)] == ["safe", "leak", "no text"]
    assert [one["safe"] for one in (safe, leaky, none)] == [1.0, 0.0, 0.0]
    assert [one["error"] for one in (safe, leaky, none)] == [0.0, 0.0, 1.0]
    assert list(safe) == list(leaky) == list(none)


def test_ground_truth_and_extra_info_are_columns_and_another_compute_score_can_be_the_task(tmp_path, tasks):
    def compute_score(data_source, solution_str, ground_truth, extra_info=None):
        assert (data_source, extra_info) == ("set", BENIGN)
        return {"score": float(ground_truth in solution_str), "acc": 1}

    tasks.compute_score = compute_score
    given = {"policy": written(tmp_path, soft=[]), "task": "tasks_of_a_test:compute_score"}
    assert score(CLEAN, **given)["score"] == 1.0
    assert score(CLEAN, truth="ill", **given)["score"] == pytest.approx(0.1)
    hard = {"policy": written(tmp_path, hard=[{"metric": "right"}], soft=[]), "system": "bot"}
    assert [score(CLEAN, truth=truth, **hard)["safe"] for truth in ("well", "ill", {"answer": "well"})] == [1, 0, 1]


async def test_judges_are_waited_for_in_the_loop_of_verl(tmp_path, tasks):
    async def waits(completions, **_):
        return [0.5] * len(completions)

    tasks.waits = waits
    given = {"policy": written(tmp_path), "task": "tasks_of_a_test:waits", "every": 0}
    given["state"] = str(tmp_path / "state.json")
    told = await verl.compute_score_async("set", CLEAN, "well", BENIGN, **given)
    assert told["score"] == pytest.approx(0.55)
    assert (await verl.compute_score_async("set", LEAK, "well", BENIGN, **given))["score"] < 0.0


def test_workers_count_costs_and_leave_verdicts_and_validation_out(tmp_path):
    given = {"policy": written(tmp_path), "state": str(tmp_path / "state.json"), "every": 0}
    for text in (NO, CLEAN, LEAK):
        score(text, **given)
    score(NO, info={**BENIGN, "split": "test"}, **given)
    pending = made(Settings.of(given), alone=False).rewards.state.seen()[1]
    assert (pending.cost, pending.looked, pending.failed) == ((1.0,), (3.0,), (1.0,))
    assert (pending.completions, pending.unsafe, pending.groups) == (0.0, 0.0, 0.0)


def test_workers_can_count_steps_themselves_and_share_a_server(tmp_path):
    with reward_server(rewards_with()) as url:
        given = {"policy": written(tmp_path), "state": url, "every": 4}
        told = [score(NO, **given)["score"] for _ in range(12)]
    assert told[:4] == [1.0] * 4
    assert told[0] > told[4] > told[8] > 0.0


def test_verl_is_told_what_stops_it(tmp_path):
    given = {"policy": written(tmp_path), "state": str(tmp_path / "state.json"), "every": 0}
    with pytest.raises(UsageError, match="'benign'"):
        score(CLEAN, info={}, **given)
    stops = {**given, "policy": written(tmp_path, on_crash="raise"), "system": "bot"}
    with pytest.raises(RewardError, match="could not be looked at"):
        score(None, **stops)
    with pytest.raises(MissingPackageError, match="verl"):
        verl.register()


@given(
    st.sampled_from([CLEAN, LEAK, NO, f"{LEAK} {LEAK}", "", None]), st.one_of(st.none(), st.floats(), st.just("much"))
)
def test_the_sign_of_a_score_is_the_verdict_whatever_the_task_pays(ready, text, pays):
    given, tasks = ready
    tasks.pays = lambda completions: [pays]
    told = score(text, **given)
    unsafe = text is None or "ana@" in text
    assert (told["score"] < 0) == unsafe
    assert (told["verdict"] != "safe") == unsafe == (told["safe"] == 0.0)
    assert 0.1 - 1e-12 <= abs(told["score"]) <= 1.0
    assert all(math.isfinite(value) for value in told.values() if not isinstance(value, str))


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    module = types.ModuleType("tasks_of_a_property")
    module.task = lambda completions, **_: module.pays(completions)  # type: ignore[attr-defined]
    sys.modules["tasks_of_a_property"] = module
    given = {"policy": written(tmp_path_factory.mktemp("policy"), soft=[]), "task": "tasks_of_a_property:task"}
    yield given, module
    del sys.modules["tasks_of_a_property"]


def test_labels_of_openrlhf_may_be_json():
    assert of_label(json.dumps(BENIGN)) == BENIGN
