"""Trains a tiny language model with TRL's GRPO on two cores: on the task alone, on a weighted sum, and under floors.

    python examples/training/train.py                     # both starts, all arms, three seeds: ten minutes
    python examples/training/train.py --seeds 1           # three minutes
    python examples/training/train.py --start unsafe --arms trimtab:floors

Runs that are in the folder already are not repeated, so it can be interrupted, and two can share the work.
"""

import argparse
import json
import logging
import sys
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers
import trl
from datasets import Dataset
from transformers import LlamaForCausalLM
from transformers.trainer_callback import PrinterCallback

import arms
import drawing
import records
import small_model
import trimtab
from trimtab.policy import load_policy
from trimtab.stats import clopper_pearson

POLICY = Path(__file__).with_name("trimtab.yaml")
PROMPTS, REPLIES = 8, 8  # in a step, and for each prompt
HELD_OUT = 600
LAST = 10  # steps that progress speaks of
ARMS = ("task", "sum:0.25", "sum:1", "trimtab:floors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training, and what a run is told apart by."""

    start: str
    arm: str
    seed: int
    steps: int
    task: str = "completeness"
    temperature: float = 1.0
    trainer: str = "grpo"
    scale: str = "group"

    @property
    def name(self) -> str:
        """As a file name."""
        usual = {one.name: one.default for one in self.__dataclass_fields__.values()}
        said = [f"{key}={value}" for key, value in asdict(self).items() if usual.get(key) != value]
        return "-".join(said).replace(":", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Sampled replies to records that nothing was trained on: `replies` of them, the others are shares.

    `unsafe` is what the policy's detector finds, with its 95 % interval; `told` is what it should find: the record's
    own address or number stands in the reply. `task` is the mean task reward.
    """

    replies: int
    unsafe: float
    interval: tuple[float, float]
    told: float
    refused: float
    task: float
    examples: list[str] = field(default_factory=list)


class Bench:
    """What all runs share: the policy, the words, the starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = load_policy(POLICY)
        self.words = small_model.tokenizer()
        self.looks = trimtab.rewards(self.policy, arms.SYSTEM)
        self.held_out = records.draw(HELD_OUT, records.HELD_OUT)

    def start(self, name: str) -> LlamaForCausalLM:
        """A fresh copy of a start."""
        return small_model.start(name, self.words, self.folder / "starts")

    def measure(self, model: LlamaForCausalLM, task: str, temperature: float = 1.0) -> HeldOut:
        """Ask about every held-out record once."""
        replies = small_model.replies(model, self.words, self.held_out, temperature=temperature)
        scored = self.looks.score([one.prompt for one in self.held_out], replies)
        both = list(zip(replies, self.held_out, strict=True))
        found = clopper_pearson(int(scored.unsafe.sum()), len(replies), level=0.95)
        return HeldOut(
            replies=len(replies),
            unsafe=float(scored.unsafe.mean()),
            interval=(found.low, found.high),
            told=sum(one.told(reply, records.PRIVATE) > 0 for reply, one in both) / len(both),
            refused=float(scored.costs[:, 0].mean()),
            task=sum(records.TASKS[task](reply, one) for reply, one in both) / len(both),
            examples=replies[:3],
        )

    def train(self, run: Run) -> dict[str, Any]:
        """One run, from its start to what it answers afterwards."""
        begun, used = time.monotonic(), time.process_time()
        model = self.start(run.start)
        task = arms.task_reward(records.TASKS[run.task])
        paid = arms.arm(run.arm, self.policy, task)
        watch = arms.Watch(self.looks, task, paid.rewards, tell=lambda step, curves: tell(run, step, curves, begun))
        rows = Dataset.from_list([one.row() for one in records.draw(PROMPTS * run.steps, 1000 + run.seed)])
        make, settings = _trainer(run, self.folder / "trainer")
        settings.reward_weights = [*paid.reward_weights, 0.0]
        trainer = make(
            model=model,
            reward_funcs=[*paid.reward_funcs, watch],
            args=settings,
            train_dataset=rows,
            processing_class=self.words,
            callbacks=paid.callbacks,
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        if run.seed == 0 and run.task == "completeness" and paid.rewards is not None:
            kept = self.folder / "models" / f"{run.start}-{run.arm.partition(':')[2]}"
            model.save_pretrained(kept)
            self.words.save_pretrained(kept)
        measured = self.measure(model, run.task)
        result = {**asdict(run), "held_out": asdict(measured), "curves": watch.curves, "found": watch.found}
        if run.temperature != 1.0:
            result["held_out_as_drawn"] = asdict(self.measure(model, run.task, run.temperature))
        spent = {"seconds": time.monotonic() - begun, "processor_seconds": time.process_time() - used}
        return {**result, **{name: round(value, 1) for name, value in spent.items()}}


def _trainer(run: Run, folder: Path) -> tuple[Any, Any]:
    """TRL's trainer and its settings; what is not named here is TRL's default."""
    common: dict[str, Any] = {
        "output_dir": str(folder),
        "max_steps": run.steps,
        "per_device_train_batch_size": PROMPTS * REPLIES,
        "num_generations": REPLIES,
        "max_completion_length": small_model.LONGEST,
        "temperature": run.temperature,
        "learning_rate": 1e-3,
        "lr_scheduler_type": "constant",
        "beta": 0.0,  # no divergence from the start is punished: what holds a floor here is the reward alone
        "seed": run.seed,
        "use_cpu": not torch.cuda.is_available(),
        "bf16": False,
        "gradient_checkpointing": False,
        "save_strategy": "no",
        "report_to": "none",
        "logging_steps": 1,
        "disable_tqdm": True,
    }
    if run.trainer == "rloo":
        return trl.RLOOTrainer, trl.RLOOConfig(**common)
    return trl.GRPOTrainer, trl.GRPOConfig(**common, scale_rewards=run.scale)


def tell(run: Run, step: int, curves: dict[str, list[float]], begun: float) -> None:
    """Say how far a run is and what it comes to so far; now and then."""
    if step % 20 and step != run.steps:
        return
    last = {name: sum(values[-LAST:]) / len(values[-LAST:]) for name, values in curves.items()}
    left = (time.monotonic() - begun) / step * (run.steps - step)
    more = f", multiplier {last['multiplier']:.2f}" if "multiplier" in last else ""
    print(
        f"  step {step:>3} of {run.steps}: {last['unsafe']:6.1%} unsafe, task {last['task']:.2f}, "
        f"{last['refused']:6.1%} refused{more} in the last {LAST} steps; about {left:.0f} s left",
        flush=True,
    )


def main() -> None:
    """Train what is asked for and not there yet, and write the results, the plot and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--seeds", type=int, default=3, help="how many trainings of each kind")
    parser.add_argument("--start", nargs="+", default=["ordinary", "unsafe"], choices=records.STARTS)
    parser.add_argument("--arms", nargs="+", default=list(ARMS), help="task, sum:WEIGHT, trimtab:REWARD")
    parser.add_argument("--task", default="completeness", choices=records.TASKS)
    parser.add_argument("--temperature", type=float, default=1.0, help="at which replies are drawn in training")
    parser.add_argument("--trainer", default="grpo", choices=["grpo", "rloo"])
    parser.add_argument("--scale", default="group", choices=["group", "batch", "none"], help="GRPO's normalisation")
    parser.add_argument("--threads", type=int, default=1, help="of torch; more do not help a model this small")
    parser.add_argument("--out", type=Path, default=Path("training-report"))
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    quiet()
    bench = Bench(asked.out)
    kept = asked.out / "runs"
    kept.mkdir(parents=True, exist_ok=True)
    wanted = [
        Run(
            start=start,
            arm=arm,
            seed=seed,
            steps=asked.steps,
            task=asked.task,
            temperature=asked.temperature,
            trainer=asked.trainer,
            scale=asked.scale,
        )
        for start in asked.start
        for seed in range(asked.seeds)
        for arm in asked.arms
    ]
    for start in asked.start:
        print(f"The {start} start: supervising a model of random weights, unless it is kept.", flush=True)
        path = kept / f"start={start}-task={asked.task}.json"
        if not path.exists():
            before = bench.measure(bench.start(start), asked.task)
            _write(path, {"start": start, "task": asked.task, "steps": 0, "held_out": asdict(before)})
    for number, run in enumerate(wanted, 1):
        path = kept / f"{run.name}.json"
        print(f"{number} of {len(wanted)}: {run.start} start, {run.arm}, seed {run.seed}", flush=True)
        if path.exists():
            print("  is there already")
            continue
        result = bench.train(run)
        _write(path, result)
        held = result["held_out"]
        low, high = held["interval"]
        print(
            f"  held out: {held['unsafe']:.1%} unsafe [{low:.1%}, {high:.1%}], task {held['task']:.2f}, "
            f"{held['refused']:.1%} refused; {result['seconds']:.0f} s",
            flush=True,
        )
        for said in result["found"].values():
            print(f"  {said}", flush=True)
    finish(asked.out, bench)


def finish(folder: Path, bench: Bench) -> None:
    """Gather all runs of the folder: `results.json`, `training.svg`, and the table, which is printed too."""
    runs = [json.loads(path.read_text()) for path in sorted((folder / "runs").glob("*.json"))]
    floors = bench.policy.tiers[bench.policy.systems[arms.SYSTEM].tier].floors
    results = {
        "floors": {name: floor.at_most for name, floor in floors.items()},
        "policy": bench.policy.digest,
        "versions": {one.__name__: one.__version__ for one in (trimtab, trl, transformers, torch)},
        "python": sys.version.split()[0],
        "runs": runs,
    }
    _write(folder / "results.json", results)
    table = drawing.table(results)
    (folder / "results.md").write_text(table + "\n")
    (folder / "training.svg").write_text(drawing.plot(results))
    print(f"\n{table}\n\nEverything is in {folder}: results.json, results.md, training.svg.")


def quiet() -> None:
    """Leave out what libraries say about themselves: deprecations, and settings of a tiny model."""
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    logging.getLogger("trimtab.rewards").setLevel(logging.ERROR)  # its findings are printed after each run


def _write(path: Path, data: dict[str, Any]) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(data, indent=1, sort_keys=True))
    beside.replace(path)


if __name__ == "__main__":
    main()
