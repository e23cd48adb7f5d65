"""Rows that may train: those marked T, and text of our own. D rows are read by `training.text.evaluate` alone."""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from training.text import generate
from training.text.generate import Row
from training.text.written import written, written_insults
from trimtab.builtin.detectors.learned.pieces import sentences

# What label 1 of a source means to each head, and what label 0 does. A benign request insults nobody, and a rude
# tweet is no injection, so most sources teach more than their own head. `None`: the source does not say.
_REQUESTS: dict[str, tuple[int | None, int | None]] = {
    **dict.fromkeys(("injection", "toxicity", "bias", "refusal", *generate.KINDS), (0, None)),
    "instruction": (1, None),  # in a document it would be one
}
_MEANS: dict[str, dict[str, tuple[int | None, int | None]]] = {
    "deepset_prompt_injections": {"injection": (0, 1), "toxicity": (0, None)},
    "inthewild_jailbreaks": {"injection": (None, 1)},
    "bipia_train": {"injection": (0, 1), "toxicity": (0, 0)},
    "awesome_chatgpt_prompts": {"injection": (0, None), "toxicity": (0, None), "bias": (0, None)},
    "self_instruct": _REQUESTS,
    "mt_bench": _REQUESTS,
    "edos": {"toxicity": (0, 1), "injection": (0, 0), "instruction": (0, 0), "refusal": (0, 0)},
    "davidson": {"toxicity": (0, 1), "injection": (0, 0), "instruction": (0, 0)},
    "toxigen_prompts": {"toxicity": (0, 1), "bias": (0, 1), "injection": (0, 0)},
    "redditbias": {"bias": (0, 1), "injection": (0, 0), "instruction": (0, 0), "refusal": (0, 0)},
}

_WORD = re.compile(r"[a-z]+")


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
            # EDOS asks for sexism alone, so its other rows may insult in other ways: those with a word of our own list
            # of insults say nothing of toxicity.
            if row["source"] == "edos" and not row["label"] and holds_insult(row["text"]):
                del known["toxicity"]
            rows.append(Row(text=row["text"], labels=known, source=row["source"], held_out=_tenth(row["text"])))
            if row["source"] == "bipia_train":
                rows += _sentences(row)
    return rows


def holds_insult(text: str) -> bool:
    """Whether a word of our own list of insults stands there."""
    return not generate.RUDE.isdisjoint(_WORD.findall(text.lower()))


def _sentences(row: dict[str, Any]) -> list[Row]:
    """The planted sentence of a mail, and the lines of a clean one."""
    text, span = row["text"], row["meta"].get("span")
    held_out = _tenth(text)
    if span:
        planted = text[span[0] : span[1]]
        return [Row(text=planted, labels={"instruction": 1}, source="bipia_train", held_out=held_out)]
    lines = [line.strip() for line in text.splitlines() if len(line.strip()) > 20]
    return [Row(text=line, labels={"instruction": 0}, source="bipia_train", held_out=held_out) for line in lines]


def everything(folder: Path, seed: int) -> list[Row]:
    """All rows that train or calibrate."""
    given = permitted(folder)
    return [*given, *own(seed), *mixed(seed, given, 5_000)]


def of_one_head(folder: Path, seed: int) -> dict[str, list[Row]]:
    """What one head alone learns from, by head.

    The others, and the filters that all look through, do not: a head that gets better then changes nothing else, and
    heads that somebody has fitted stay valid.
    """
    return {"refusal": _of_refusals(folder, seed), "toxicity": _of_toxicity(seed)}


def _of_refusals(folder: Path, seed: int) -> list[Row]:
    """Texts of our own in four languages, and Spanish ones of a clinic."""
    rng = random.Random(f"{seed}/refusals")
    clinic = [row["text"] for row in read(folder / "pii.jsonl.gz", "T") if row["source"] == "meddocan"]
    said = [(text[start:end].strip(), _tenth(text)) for text in clinic for start, end in sentences(text)]
    own = _different(generate.refusing(rng, 8_000))
    rng.shuffle(said)
    plain = [
        Row(text=text, labels={"refusal": 0}, source="meddocan", held_out=held_out, language="es")
        for text, held_out in said[:1_500]
    ]
    return [*own, *plain]


def _of_toxicity(seed: int) -> list[Row]:
    """Everyday insults in some languages, and what refuses or is refused there, which insults nobody."""
    rng = random.Random(f"{seed}/toxicity")
    insults = generate.rude(rng, 1_500)
    civil = [replace(row, labels={"toxicity": 0}) for row in generate.refusing(rng, 1_000)]
    own = [replace(row, held_out=_tenth(row.text)) for row in written_insults()]
    return _different([*insults, *civil, *own])


def _different(rows: list[Row]) -> list[Row]:
    return list({row.text: row for row in rows}.values())


_CARRIERS = frozenset({"self_instruct", "mt_bench", "redditbias", "edos", "awesome_chatgpt_prompts"})


def mixed(seed: int, rows: list[Row], count: int) -> list[Row]:
    """Longer texts made of harmless ones; every other has an attack among them, so that length is no sign of one."""
    rng = random.Random(seed)
    carriers = [row.text for row in rows if row.source in _CARRIERS and row.labels.get("injection") == 0]
    made = []
    for number in range(count):
        parts: list[str] = []
        while sum(map(len, parts)) < 150 + number % 12 * 90:
            parts.append(rng.choice(carriers)[:600] if rng.random() < 0.5 else " ".join(generate.clutter(rng)))
        if number % 2:
            parts.insert(rng.randrange(len(parts) + 1), generate.attack(rng))
        text = rng.choice((" ", "\n", "\n\n")).join(parts)
        made.append(Row(text=text, labels={"injection": number % 2}, source="own-mixed", held_out=_tenth(text)))
    return made


def own(seed: int) -> list[Row]:
    """Text drawn from the seed; a tenth is held out like the rest."""
    rng = random.Random(seed)
    rows = [
        *generate.direct(rng, 4_000),
        *generate.built(rng, 4_000),
        *generate.alike(rng, 4_000),
        *generate.embedded(rng, 3_000),
        *generate.ordinary(rng, 6_000),
        *generate.hostile(rng, 6_000),
        *generate.harmless(rng, 6_000),
        *generate.neutral(rng, 6_000),
        *generate.insults(rng, 4_000),
        *generate.generalisations(rng, 3_000),
        *generate.replies(rng, 3_000),
        *generate.sensitive(rng, 6_000),
        *written(),
        *generate.overrides(random.Random(f"{seed}/overrides"), 4_000),
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
