"""The adapters with real tensors, called as each trainer calls them; by the trainer itself where it is installed."""

import abc
import asyncio
import json
import os
import subprocess
import sys
import types
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serve.reward_servers import CLEAN, LEAK, NO, reward_server
from tests.unit.enforce.rewarding import rewards_with
from tests.unit.enforce.test_reward_adapters import written

from trimtab.enforce.rewards import nemo_rl, openrlhf, verl
from trimtab.enforce.rewards.settings import Settings, made
from trimtab.errors import RewardError, UsageError
from trimtab.stats.tiers import group_advantages

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]  # trainers warn of themselves

BENIGN = {"benign": True, "split": "train"}
TEXTS = [CLEAN, LEAK, NO, NO, f"{LEAK} bo@example.org", LEAK, NO, NO]
INDEX = np.array(["a", "b", "a", "b", "c", "c", "d", "a"], dtype=object)


def settled(folder, **reward):
    return {"policy": written(folder, **reward), "state": str(folder / "state.json"), "every": 0}


def batch(rewards, tokens=5):
    """Rewards at the last token of each response, as verl places them, and the mask of responses."""
    lengths = [1 + number % tokens for number in range(len(rewards))]
    placed, mask = torch.zeros(len(rewards), tokens), torch.zeros(len(rewards), tokens)
    for row, (reward, length) in enumerate(zip(rewards, lengths, strict=True)):
        placed[row, length - 1] = reward
        mask[row, :length] = 1
    return placed, mask


# -- verl ------------------------------------------------------------------------------------------


def scores(given, texts=TEXTS):
    return [verl.compute_score("set", text, "well", dict(BENIGN), **given)["score"] for text in texts]


@pytest.mark.parametrize("spread", [True, False])
def test_advantages_are_those_of_grpo_and_the_batch_moves_the_multipliers_once(tmp_path, spread):
    given = settled(tmp_path)
    rewards = scores(given)
    told, mask = batch(rewards)
    estimator = verl.Estimator(tuple(sorted(given.items())))
    advantages, returns = estimator(
        token_level_rewards=told, response_mask=mask, config={"norm_adv_by_std_in_grpo": spread}, index=INDEX
    )
    expected = group_advantages(rewards, INDEX.astype(str), scale="group" if spread else "none", eps=1e-6)
    expected[6] = rewards[6] / (1 + 1e-6) if spread else rewards[6]  # alone: compared with 0, as verl does
    assert advantages is returns
    assert advantages.dtype == told.dtype
    assert torch.allclose(advantages, torch.tensor(expected, dtype=torch.float32).unsqueeze(-1) * mask, atol=1e-5)
    standing = made(Settings.of(given), alone=False).rewards.state.standing()
    assert (standing.step, standing.last.completions, standing.last.unsafe) == (1, 8.0, 3.0)
    assert (standing.last.groups, standing.last.all_unsafe, standing.last.equal_unsafe) == (4.0, 1.0, 0.0)
    assert (standing.last.cost, standing.last.looked, standing.last.failed) == ((4.0,), (8.0,), (3.0,))
    assert standing.multipliers[0] > 0.0
    scores(given)
    estimator(token_level_rewards=told, response_mask=mask, config=None, index=INDEX)
    assert made(Settings.of(given), alone=False).rewards.state.standing().step == 2


@pytest.mark.parametrize("margin", [0.1, 0.0005])
def test_the_default_of_a_manager_that_gave_up_is_unsafe_at_its_worst(tmp_path, margin):
    given = settled(tmp_path, margin=margin)
    rewards = scores(given)
    estimator = verl.Estimator(tuple(sorted(given.items())))
    for lost in (0.0, float("nan"), margin / 3):
        told, mask = batch([rewards[0], lost, rewards[1]])
        advantages, _ = estimator(token_level_rewards=told, response_mask=mask, index=np.array(["a"] * 3))
        first = advantages[:, 0]
        assert first[1] < first[2] < first[0]
    standing = made(Settings.of(given), alone=False).rewards.state.standing()
    assert (standing.total.errors, standing.total.unsafe) == (3.0, 6.0)


def test_a_batch_whose_signs_are_no_verdicts_stops_the_training(tmp_path):
    given = settled(tmp_path)
    told, mask = batch(scores(given))
    estimator = verl.Estimator(tuple(sorted(given.items())))
    for config in ({"use_kl_in_reward": True}, SimpleNamespace(use_kl_in_reward=True)):
        with pytest.raises(RewardError, match="signs are no verdicts"):
            estimator(token_level_rewards=told, response_mask=mask, config=config, index=INDEX)
    with pytest.raises(RewardError, match="signs are no verdicts"):
        estimator(token_level_rewards=told - 1.0, response_mask=mask, index=INDEX)
    with pytest.raises(RewardError, match="which samples belong together"):
        estimator(token_level_rewards=told, response_mask=mask)
    paced = verl.Estimator(tuple(sorted({**given, "every": 8}.items())))
    with pytest.raises(UsageError, match="and so would `every`"):
        paced(token_level_rewards=told, response_mask=mask, index=INDEX)
    assert made(Settings.of(given), alone=False).rewards.state.standing().step == 0


def test_a_driver_whose_workers_use_another_state_stops_the_training(tmp_path):
    given = settled(tmp_path, soft=[{"metric": "refusal"}])
    told, mask = batch(scores({**given, "state": str(tmp_path / "other.json")}))
    estimator = verl.Estimator(tuple(sorted(given.items())))
    with pytest.raises(RewardError, match="no worker has told"):
        estimator(token_level_rewards=told, response_mask=mask, index=INDEX)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_within_a_group_every_safe_sample_has_the_larger_advantage(estimating, data):
    verdicts = data.draw(st.lists(st.tuples(st.booleans(), st.floats(0.0, 1.0)), min_size=2, max_size=12))
    rewards = [0.1 + 0.9 * share if safe else -0.1 - 0.9 * share for safe, share in verdicts]
    told, mask = batch(rewards)
    index = np.array(data.draw(st.lists(st.sampled_from("ab"), min_size=len(rewards), max_size=len(rewards))))
    spread = data.draw(st.booleans())
    advantages, _ = estimating(
        token_level_rewards=told, response_mask=mask, config={"norm_adv_by_std_in_grpo": spread}, index=index
    )
    first = advantages[:, 0].tolist()
    for group in "ab":
        safe = [first[row] for row, one in enumerate(verdicts) if one[0] and index[row] == group]
        unsafe = [first[row] for row, one in enumerate(verdicts) if not one[0] and index[row] == group]
        assert not (safe and unsafe) or min(safe) > max(unsafe)


@pytest.fixture(scope="module")
def estimating(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    return verl.Estimator((("policy", written(folder, soft=[])),))


def test_verl_itself_finds_the_estimator_and_gets_what_its_own_would_give(tmp_path):
    data_proto = pytest.importorskip("verl").DataProto
    algorithm = pytest.importorskip("verl.trainer.config").AlgoConfig
    compute_advantage = pytest.importorskip("verl.trainer.ppo.ray_trainer").compute_advantage
    given = settled(tmp_path)
    rewards = scores(given)
    told, mask = batch(rewards)
    name = f"trimtab-{tmp_path.name}"
    verl.register(name, **given)
    verl.register(name, **given)  # verl may load a file twice

    def data():
        tensors = {"token_level_rewards": told.clone(), "response_mask": mask.clone()}
        return data_proto.from_dict(tensors=tensors, non_tensors={"uid": INDEX})

    for spread in (True, False):
        config = algorithm(adv_estimator=name, norm_adv_by_std_in_grpo=spread)
        ours = compute_advantage(data(), name, norm_adv_by_std_in_grpo=spread, config=config)
        theirs = compute_advantage(data(), "grpo", norm_adv_by_std_in_grpo=spread, config=config)
        assert torch.allclose(ours.batch["advantages"], theirs.batch["advantages"], atol=1e-4)
    config = algorithm(adv_estimator=name, use_kl_in_reward=True)
    with pytest.raises(RewardError, match="signs are no verdicts"):
        compute_advantage(data(), name, config=config)


@pytest.mark.parametrize("name", ["compute_score", "compute_score_async"])
def test_the_reward_manager_of_verl_loads_the_function_from_its_configuration_and_calls_it(tmp_path, name):
    data_proto = pytest.importorskip("verl").DataProto
    managers = pytest.importorskip("verl.experimental.reward_loop.reward_manager.naive")
    get_custom_reward_fn = pytest.importorskip("verl.trainer.ppo.reward").get_custom_reward_fn
    function = {"path": "pkg://trimtab.enforce.rewards.verl", "name": name, "reward_kwargs": settled(tmp_path)}
    config = pytest.importorskip("omegaconf").OmegaConf.create({"reward": {"custom_reward_function": function}})
    words = ["", *TEXTS]
    tokenizer = SimpleNamespace(decode=lambda ids, skip_special_tokens: words[int(ids[0])])
    tensors = {
        "responses": torch.arange(1, len(words)).unsqueeze(-1),
        "attention_mask": torch.ones(len(TEXTS), 1, dtype=torch.long),
    }
    other = {
        "data_source": np.array(["set"] * len(TEXTS), dtype=object),
        "reward_model": np.array([{"ground_truth": "well"}] * len(TEXTS), dtype=object),
        "extra_info": np.array([dict(BENIGN) for _ in TEXTS], dtype=object),
    }
    data = data_proto.from_dict(tensors=tensors, non_tensors=other)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        manager = managers.NaiveRewardManager(config, tokenizer, get_custom_reward_fn(config))
        manager.loop = loop
        told = [loop.run_until_complete(manager.run_single(data[row : row + 1])) for row in range(len(TEXTS))]
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert [one["reward_score"] < 0 for one in told] == ["ana@" in text for text in TEXTS]
    assert {tuple(one["reward_extra_info"]) for one in told} == {tuple(told[0]["reward_extra_info"])}


def test_verl_loads_a_module_of_two_lines_that_registers(tmp_path):
    pytest.importorskip("verl")
    (tmp_path / "floors.py").write_text("from trimtab.enforce.rewards.verl import register\nregister()\n")
    asks = "import verl\nfrom verl.trainer.ppo.core_algos import get_adv_estimator_fn\nprint(get_adv_estimator_fn('trimtab'))"
    told = {**os.environ, "VERL_USE_EXTERNAL_MODULES": "floors", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", asks], env=told, capture_output=True, text=True, check=False)
    assert "Estimator" in done.stdout, done.stderr


# -- OpenRLHF ----------------------------------------------------------------------------------------


def test_a_reward_function_gives_tensors_whose_signs_are_verdicts(tmp_path, monkeypatch):
    for name, value in settled(tmp_path).items():
        monkeypatch.setenv(f"TRIMTAB_{name.upper()}", str(value))
    queries = [f"q{text}" for text in TEXTS] + ["?"]
    labels = [json.dumps(BENIGN)] * len(queries)
    told = openrlhf.reward_func(queries, ["q"] * len(queries), labels, images=None)
    expected = ["ana@" in text for text in TEXTS] + [True]  # the last does not begin with its prompt
    assert (told["rewards"] < 0).tolist() == expected
    assert (told["scores"] < 0.5).tolist() == expected
    assert bool(((told["scores"] >= 0) & (told["scores"] <= 1)).all())
    assert told["extra_logs"]["trimtab_unsafe"].tolist() == [float(one) for one in expected]
    assert told["extra_logs"]["trimtab_error"].tolist() == [0.0] * len(TEXTS) + [1.0]
    with pytest.raises(UsageError, match="'benign'"):
        openrlhf.reward_func(["qx"], ["q"], ["plain"])


class Tokens:
    """A tokenizer of characters, with the calls that OpenRLHF makes."""

    def __call__(self, text, add_special_tokens, return_tensors):
        return {"input_ids": torch.tensor([[ord(letter) for letter in text]])}

    def decode(self, tokens, skip_special_tokens):
        return "".join(map(chr, tokens))


class Engine:
    """Generates what it was told to."""

    def __init__(self, text):
        self.text = text

    async def generate(self, prompt_token_ids, sampling_params, multi_modal_data=None):
        output = SimpleNamespace(token_ids=[ord(letter) for letter in self.text], finish_reason="stop", logprobs=None)
        return SimpleNamespace(outputs=[output])


async def executed(where, text, label):
    executor = pytest.importorskip("openrlhf.utils.agent").SingleTurnAgentExecutor
    sampling = SimpleNamespace(max_tokens=200, logprobs=None)
    return await executor(where).execute("Who? ", label, sampling, 1000, Tokens(), Engine(text))


async def test_openrlhf_itself_calls_a_file_of_two_lines(tmp_path, monkeypatch):
    for name, value in settled(tmp_path).items():
        monkeypatch.setenv(f"TRIMTAB_{name.upper()}", str(value))
    file = tmp_path / "reward.py"
    file.write_text('"""Ours."""\nfrom trimtab.enforce.rewards.openrlhf import reward_func\n')
    for text in TEXTS:
        told = await executed(str(file), text, json.dumps(BENIGN))
        reward, score = torch.tensor([told["reward"]]), torch.tensor([told["scores"]])
        assert bool((reward < 0).all()) == bool((score < 0.5).all()) == ("ana@" in text)
        assert set(told["extra_logs"]) == {"trimtab_unsafe", "trimtab_severity", "trimtab_error"}


async def test_openrlhf_itself_asks_the_server(tmp_path):
    with reward_server(rewards_with(), every=4, token="t0ken") as url:
        address = url.replace("http://", "http://trimtab:t0ken@") + "/get_reward"
        told = await asyncio.gather(*(executed([address], text, json.dumps(BENIGN)) for text in TEXTS))
    for text, one in zip(TEXTS, told, strict=True):
        reward, score = torch.tensor([one["reward"]]), torch.tensor([one["scores"]])
        assert bool((reward < 0).all()) == bool((score < 0.5).all()) == ("ana@" in text)


# -- NeMo-RL -----------------------------------------------------------------------------------------


class EnvironmentReturn(NamedTuple):
    """As NeMo-RL's."""

    observations: list[dict[str, str]]
    metadata: list[Any]
    next_stop_strings: list[Any]
    rewards: Any
    terminateds: Any
    answers: list[Any] | None = None


class EnvironmentInterface(abc.ABC):
    """As NeMo-RL's."""

    @abc.abstractmethod
    def step(self, message_log_batch, metadata): ...

    @abc.abstractmethod
    def global_post_process_and_metrics(self, batch): ...


@pytest.fixture
def environment(monkeypatch):
    peer = types.ModuleType("nemo_rl.environments.interfaces")
    peer.EnvironmentReturn, peer.EnvironmentInterface = EnvironmentReturn, EnvironmentInterface  # type: ignore[attr-defined]
    for name in ("nemo_rl", "nemo_rl.environments"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "nemo_rl.environments.interfaces", peer)
    return nemo_rl.environment()


def logs(texts=TEXTS):
    return [
        [{"role": "user", "content": f"q{row // 2}"}, {"role": "assistant", "content": text}]
        for row, text in enumerate(texts)
    ]


def test_an_environment_scores_ends_and_moves_on_by_itself(tmp_path, environment):
    config = {"policy": written(tmp_path), "every": len(TEXTS)}
    made_here = environment(config)
    metadata = [{**BENIGN, "ground_truth": "well"} for _ in TEXTS]
    told = made_here.step(logs(), metadata)
    assert isinstance(told, EnvironmentReturn)
    assert (told.rewards < 0).tolist() == ["ana@" in text for text in TEXTS]
    assert told.terminateds.bool().all()
    assert told.metadata == metadata
    assert [one["content"] for one in told.observations] == [""] * len(TEXTS)
    standing = made_here.standing()
    assert standing["step"] == 1
    assert standing["last"]["groups"] == 4.0
    whole, metrics = made_here.global_post_process_and_metrics({"total_reward": told.rewards})
    assert whole["total_reward"] is told.rewards
    assert metrics["trimtab/unsafe_in_batch"] == pytest.approx(3 / 8)
    assert metrics["trimtab/multiplier/refusal"] > 0.0
    held_out = made_here.step(logs(), [{**one, "split": "validation"} for one in metadata])
    assert (held_out.rewards < 0).tolist() == (told.rewards < 0).tolist()
    assert made_here.standing() == standing


def test_a_conversation_without_an_answer_and_a_reward_of_nobody_are_not_let_pass(tmp_path, environment):
    made_here = environment({"policy": written(tmp_path, soft=[])})
    images = {"role": "assistant", "content": [{"type": "image"}]}
    told = made_here.step([logs()[0][:1], [images], logs()[0]], [None, None, None])
    assert told.rewards.tolist() == pytest.approx([-1.0, -1.0, 1.0])
    with pytest.raises(RewardError, match="not of this environment"):
        made_here.global_post_process_and_metrics({"rewards": torch.tensor([1.0, 0.0])})
    with pytest.raises(UsageError, match="metadata"):
        made_here.step(logs(), [None])
    stops = environment({"policy": written(tmp_path, soft=[], on_crash="raise"), "system": "bot"})
    with pytest.raises(RewardError, match="could not be looked at"):
        stops.step([[images]], [None])


def test_what_the_user_says_is_not_looked_at_and_all_that_the_assistant_says_is(tmp_path, environment):
    made_here = environment({"policy": written(tmp_path, soft=[])})
    asking = [{"role": "user", "content": LEAK}, {"role": "assistant", "content": CLEAN}]
    later = [*asking, {"role": "environment", "content": "go on"}, {"role": "assistant", "content": LEAK}]
    assert (made_here.step([asking, later], [{}, {}]).rewards < 0).tolist() == [False, True]
