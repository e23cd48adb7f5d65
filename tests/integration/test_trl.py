"""The callable and the callback in TRL's own trainers: multipliers move once a step, and come back with a checkpoint."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
trl = pytest.importorskip("trl")

from datasets import Dataset  # noqa: E402
from tests.unit.enforce.rewarding import policy_with  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: E402

import trimtab  # noqa: E402

# Trainers warn of their own deprecations, which are not ours to mend.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).parents[2]
WORDS = [
    "<pad>",
    "</s>",
    "say",
    "all",
    "is",
    "well",
    "ana@example.org",
    "sorry,",
    "I",
    "cannot",
    "help",
    "with",
    "that.",
]


@pytest.fixture(scope="module")
def tokenizer():
    return tokenizer_of_words()


def tokenizer_of_words():
    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="</s>")


def model():
    torch.manual_seed(0)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=len(WORDS), **size, pad_token_id=0, eos_token_id=1, bos_token_id=1))


def trainer_of(kind, folder, tokenizer, rewards, **given):
    config = {"trl.GRPOTrainer": trl.GRPOConfig, "trl.RLOOTrainer": trl.RLOOConfig}[kind]
    trainer = {"trl.GRPOTrainer": trl.GRPOTrainer, "trl.RLOOTrainer": trl.RLOOTrainer}[kind]
    settings = {
        "output_dir": str(folder),
        "per_device_train_batch_size": 8,
        "num_generations": 4,
        "max_completion_length": 6,
        "max_steps": 4,
        "logging_steps": 1,
        "save_steps": 2,
        "beta": 0.0,  # no second model to compare with
        "report_to": [],
        "use_cpu": True,
        "seed": 3,
        **given,
    }
    rows = Dataset.from_list([{"prompt": "say all", "benign": True}, {"prompt": "say well", "benign": True}] * 8)
    return trainer(
        model=model(),
        reward_funcs=rewards,
        args=config(**settings),
        train_dataset=rows,
        eval_dataset=rows.select(range(4)),
        processing_class=tokenizer,
        callbacks=[rewards.callback()],
    )


def task(*, completions, **_):
    return [min(1.0, len(completion.split()) / 6) for completion in completions]


@pytest.mark.parametrize("kind", ["trl.GRPOTrainer", "trl.RLOOTrainer"])
def test_the_trainer_sees_the_tiers_and_the_multipliers_move_once_a_step(kind, tmp_path, tokenizer):
    rewards = trimtab.rewards(policy_with(), "bot", task=task)
    trainer = trainer_of(kind, tmp_path, tokenizer, rewards)
    trainer.train()
    standing = rewards.state.standing()
    assert standing.step == 4
    assert standing.total.completions == 4 * 8
    assert standing.total.groups == 4 * 2
    assert 0 < standing.total.unsafe < 32  # a random model says the address now and then
    logs = [one for one in trainer.state.log_history if "trimtab/unsafe" in one]
    assert len(logs) == 4
    assert sum(8 * one["trimtab/unsafe"] for one in logs) == pytest.approx(standing.total.unsafe)
    assert all(-1.0 <= one["reward"] <= 1.0 for one in logs)


def test_a_second_training_with_the_same_state_goes_on_from_the_first(tmp_path, tokenizer):
    policy = policy_with(soft=({"detector": "patterns", "labels": ("personal",), "at_most": 0.01},), hard=())
    for number in (1, 2):
        rewards = trimtab.rewards(policy, "bot", task=task, state=tmp_path / "rewards.json")
        trainer_of("trl.GRPOTrainer", tmp_path / str(number), tokenizer, rewards, max_steps=2).train()
        standing = rewards.state.standing()
        assert (standing.step, standing.held[0].steps) == (2 * number, 2 * number)
        assert standing.total.completions == 2 * number * 8


def test_training_goes_on_with_the_multipliers_of_its_checkpoint(tmp_path, tokenizer):
    strict = policy_with(soft=({"detector": "patterns", "labels": ("personal",), "at_most": 0.01},), hard=())
    whole = trimtab.rewards(strict, "bot", task=task)
    trainer_of("trl.GRPOTrainer", tmp_path / "whole", tokenizer, whole).train()
    kept = json.loads((tmp_path / "whole/checkpoint-2/trainer_state.json").read_text())
    (saved,) = [state for name, state in kept["stateful_callbacks"].items() if name == "TrimtabRewards"]
    assert saved["attributes"]["standing"]["held"][0]["value"] > 0.0
    again = trimtab.rewards(strict, "bot", task=task)
    resumed = trainer_of("trl.GRPOTrainer", tmp_path / "whole", tokenizer, again, max_steps=3)
    resumed.train(resume_from_checkpoint=str(tmp_path / "whole/checkpoint-2"))
    standing = again.state.standing()
    assert standing.step == 3
    assert standing.total.completions == 3 * 8
    other = trimtab.rewards(policy_with(), "bot", task=task)
    with pytest.raises(trimtab.errors.RewardError, match="other checks"):
        trainer_of("trl.GRPOTrainer", tmp_path / "whole", tokenizer, other, max_steps=3).train(
            resume_from_checkpoint=str(tmp_path / "whole/checkpoint-2")
        )


def test_an_evaluation_moves_nothing(tmp_path, tokenizer):
    rewards = trimtab.rewards(policy_with(), "bot", task=task)
    trainer = trainer_of(
        "trl.GRPOTrainer",
        tmp_path,
        tokenizer,
        rewards,
        eval_strategy="steps",
        eval_steps=1,
        per_device_eval_batch_size=4,
        eval_on_start=True,
    )
    trainer.train()
    assert rewards.state.standing().total.completions == 4 * 8
    for unasked in (trainer.evaluate, lambda: trainer.predict(trainer.eval_dataset)):
        unasked()
        standing, pending = rewards.state.seen()
        assert (standing.total.completions, pending.completions) == (4 * 8, 0)


async def _judge(*, completions, **_):
    return [0.5 for _ in completions]


def test_a_task_reward_that_waits_is_awaited_by_the_trainer(tmp_path, tokenizer):
    rewards = trimtab.rewards(policy_with(), "bot", task=_judge)
    trainer_of("trl.GRPOTrainer", tmp_path, tokenizer, rewards, max_steps=1).train()
    assert rewards.state.standing().total.completions == 8


def test_a_run_without_a_safe_sample_is_told_in_words(tmp_path, tokenizer, caplog):
    everything = policy_with(hard=({"metric": "right"},), soft=({"metric": "refusal"},))
    rewards = trimtab.rewards(everything, "bot", task=task)
    trainer = trainer_of("trl.GRPOTrainer", tmp_path, tokenizer, rewards, max_steps=10)
    trainer.train_dataset = trainer.train_dataset.add_column("answer", ["nobody says this"] * 16)
    with caplog.at_level("WARNING", logger="trimtab.rewards"):
        trainer.train()
    assert "no safe sample is ever drawn" in caplog.text
    assert caplog.text.count("no safe sample") == 1


_ONE_OF_TWO = """
import json, sys
from tests.integration.test_trl import policy_with, task, tokenizer_of_words, trainer_of
import trimtab
rewards = trimtab.rewards(policy_with(), "bot", task=task)
trainer_of("trl.GRPOTrainer", sys.argv[1], tokenizer_of_words(), rewards, ddp_backend="gloo").train()
print(json.dumps(rewards.state.standing().payload()))
"""


def test_processes_of_one_training_hold_the_same_multipliers(tmp_path):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "--no-python"]
    command += [sys.executable, "-c", _ONE_OF_TWO, str(tmp_path)]
    seen = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))}
    for _ in range(2):  # the two meet through a socket, and on a busy machine gloo at times aborts before they have
        done = subprocess.run(command, cwd=ROOT, env=seen, capture_output=True, text=True, timeout=140, check=False)
        if "SIGABRT" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr[-2000:]
    one, other = (json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"step"'))
    assert one == other
    assert one["step"] == 4
    assert one["total"]["completions"] == 4 * 2 * 8  # of both, not of one
