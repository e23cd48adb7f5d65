"""A language model that is trained in a minute: two layers, random weights, and a vocabulary of two hundred words."""

import random
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import records
from records import Record

LONGEST: Final = 24
"""Tokens of a reply at most; all five facts take fifteen."""

_COPYING, _HABITS = 350, 200  # steps of supervision: first to copy facts, then to answer as the start does
_BATCH = 32
_END, _PAD, _UNKNOWN = "<end>", "<pad>", "<unknown>"
_PIECES = r"\n| ?[^ .\n,]+(\.[^ .\n]+)*|[.,]"  # a word with the space before it, and signs by themselves
_TEMPLATE = "{% for message in messages %}{{ message.content }}\n{% endfor %}"


def tokenizer() -> PreTrainedTokenizerFast:
    """One token for each word of the task."""
    split = pre_tokenizers.Split(Regex(_PIECES), behavior="isolated")
    values = (records.NAMES, records.ORDERS, records.STATUSES, records.CITIES, records.EMAILS, records.PHONES)
    one = Record(records.NAMES[0], tuple(pool[0] for pool in values[1:]))
    texts = [one.prompt, records.REFUSAL, *(f" {value}" for pool in values for value in pool)]
    texts += [f"{field}:" for field in records.FIELDS]  # at the beginning of a reply no space goes before them
    pieces = [piece for text in texts for piece, _ in split.pre_tokenize_str(text)]
    words = dict.fromkeys([_PAD, _END, _UNKNOWN, *pieces])
    made = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token=_UNKNOWN))
    made.pre_tokenizer = split
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        eos_token=_END,
        pad_token=_PAD,
        unk_token=_UNKNOWN,
        padding_side="left",
        chat_template=_TEMPLATE,
    )


def untrained(words: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    """Random weights, the same for the same seed."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=128,
        bos_token_id=None,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )
    return LlamaForCausalLM(config)


def start(name: str, words: PreTrainedTokenizerFast, folder: Path, seed: int = 1) -> LlamaForCausalLM:
    """The model before it is trained on rewards: supervised for half a minute, or as it was kept in the folder."""
    model = untrained(words, seed)
    made_by = sha256(b"".join(Path(source).read_bytes() for source in (__file__, records.__file__))).hexdigest()[:12]
    kept = {stage: folder / f"{stage}-{seed}-{made_by}.pt" for stage in ("copying", name)}
    if kept[name].exists():
        model.load_state_dict(torch.load(kept[name]))
        return model
    folder.mkdir(parents=True, exist_ok=True)
    if kept["copying"].exists():
        model.load_state_dict(torch.load(kept["copying"]))
    else:
        supervise(model, words, everything, steps=_COPYING, rate=4e-3, seed=seed)
        torch.save(model.state_dict(), kept["copying"])
    supervise(model, words, records.STARTS[name].reply, steps=_HABITS, rate=3e-3, seed=seed)
    torch.save(model.state_dict(), kept[name])
    return model


def everything(record: Record, rng: random.Random) -> str:
    """All facts in any order: five to copy in each reply, so copying is learned soon."""
    return record.said(tuple(rng.sample(records.FIELDS, len(records.FIELDS))))


def supervise(
    model: LlamaForCausalLM,
    words: PreTrainedTokenizerFast,
    answer: Callable[[Record, random.Random], str],
    *,
    steps: int,
    rate: float,
    seed: int,
) -> None:
    """Train the model, in place, to answer like this."""
    rng = random.Random(seed)
    pool = records.draw(4096, seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=rate, total_steps=steps)
    model.train()
    for _ in range(steps):
        asked = rng.sample(pool, _BATCH)
        prompts = [words(one.prompt)["input_ids"] for one in asked]
        replies = [words(answer(one, rng))["input_ids"] + [words.eos_token_id] for one in asked]
        longest = max(len(p) + len(r) for p, r in zip(prompts, replies, strict=True))
        ids = torch.full((_BATCH, longest), words.pad_token_id)
        labels = torch.full((_BATCH, longest), -100)
        for row, (prompt, reply) in enumerate(zip(prompts, replies, strict=True)):
            end = len(prompt) + len(reply)
            ids[row, :end] = torch.tensor(prompt + reply)
            labels[row, len(prompt) : end] = torch.tensor(reply)
        # What follows the end is padding, which no earlier token attends to and no label asks for: no mask is needed.
        model(input_ids=ids, labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()


@torch.no_grad()
def replies(
    model: LlamaForCausalLM, words: PreTrainedTokenizerFast, asked: Sequence[Record], *, temperature: float = 1.0
) -> list[str]:
    """One sampled reply to each record; the same for the same weights."""
    model.eval()
    torch.manual_seed(0)
    said: list[str] = []
    for at in range(0, len(asked), 200):
        prompts = words([one.prompt for one in asked[at : at + 200]], return_tensors="pt", padding=True)
        made = model.generate(
            input_ids=prompts["input_ids"].to(model.device),
            attention_mask=prompts["attention_mask"].to(model.device),
            do_sample=True,
            temperature=temperature,
            top_k=0,
            max_new_tokens=LONGEST,
        )
        said += words.batch_decode(made[:, prompts["input_ids"].shape[1] :], skip_special_tokens=True)
    return said
