"""Rows that may train: those marked T, and text of our own. D rows are read by `training.text.evaluate` alone."""

import gzip
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.text import generate
from training.text.generate import Row

# What label 1 of a source means to each head, and what label 0 does. A benign request insults nobody, and a rude
# tweet is no injection, so most sources teach more than their own head. `None`: the source does not say.
_MEANS: dict[str, dict[str, tuple[int | None, int | None]]] = {
    "deepset_prompt_injections": {"injection": (0, 1), "toxicity": (0, None)},
    "inthewild_jailbreaks": {"injection": (None, 1)},
    "bipia_train": {"injection": (0, 1), "toxicity": (0, 0)},
    "awesome_chatgpt_prompts": {"injection": (0, None), "toxicity": (0, None), "bias": (0, None)},
    "self_instruct": {"injection": (0, None), "toxicity": (0, None), "bias": (0, None), "refusal": (0, None)},
    "mt_bench": {"injection": (0, None), "toxicity": (0, None), "bias": (0, None), "refusal": (0, None)},
    "edos": {"toxicity": (0, 1), "injection": (0, 0), "refusal": (0, 0)},
    "davidson": {"toxicity": (0, 1), "injection": (0, 0)},
    "toxigen_prompts": {"toxicity": (0, 1), "bias": (0, 1), "injection": (0, 0)},
    "redditbias": {"bias": (0, 1), "injection": (0, 0), "refusal": (0, 0)},
}


# Davidson was gathered with a word list, so there a group is nearly always named to insult it. Its insults that name
# one are left out, or the name itself would become the sign.
_TERMS = frozenset(
    "gay gays queer queers lesbian lesbians homosexual bisexual transgender trans black white asian chinese mexican muslim "
    "muslims jew jews jewish arab arabs african indian christian catholic immigrant immigrants old blind deaf disabled".split()
)


def read(path: Path, use: str) -> Iterator[dict[str, Any]]:
    """Rows of a file with this mark, T or D."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["use"] == use:
                yield row


def permitted(folder: Path) -> list[Row]:
    """All T rows. A tenth, chosen by a hash of the text, is held out for calibration."""
    rows = []
    for name in ("injection", "toxicity", "bias"):
        for row in read(folder / f"{name}.jsonl.gz", "T"):
            means = _MEANS[row["source"]]
            labels = {head: side[row["label"]] for head, side in means.items() if side[row["label"]] is not None}
            known = {head: label for head, label in labels.items() if label is not None}
            if row["source"] == "davidson" and row["label"] == 1 and not _TERMS.isdisjoint(row["text"].lower().split()):
                continue
            rows.append(Row(text=row["text"], labels=known, source=row["source"], held_out=_tenth(row["text"])))
            if row["source"] == "bipia_train":
                rows += _sentences(row)
    return rows


def _sentences(row: dict[str, Any]) -> list[Row]:
    """The planted sentence of a mail, and the lines of a clean one."""
    text, span = row["text"], row["meta"].get("span")
    held_out = _tenth(text)
    if span:
        planted = text[span[0] : span[1]]
        return [Row(text=planted, labels={"instruction": 1}, source="bipia_train", held_out=held_out)]
    lines = [line.strip() for line in text.splitlines() if len(line.strip()) > 20]
    return [Row(text=line, labels={"instruction": 0}, source="bipia_train", held_out=held_out) for line in lines]


def own(seed: int) -> list[Row]:
    """Text drawn from the seed; a tenth is held out like the rest."""
    rng = random.Random(seed)
    rows = [
        *generate.direct(rng, 4_000),
        *generate.embedded(rng, 3_000),
        *generate.ordinary(rng, 6_000),
        *generate.neutral(rng, 6_000),
        *generate.insults(rng, 4_000),
        *generate.generalisations(rng, 3_000),
        *generate.replies(rng, 3_000),
    ]
    seen: set[str] = set()
    kept = []
    for row in rows:
        if (key := f"{row.text}\0{sorted(row.labels)}") not in seen:
            seen.add(key)
            kept.append(Row(text=row.text, labels=row.labels, source=row.source, held_out=_tenth(row.text)))
    return kept


def _tenth(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] < 26
