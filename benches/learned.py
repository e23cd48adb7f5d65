"""Quality against latency of the learned detectors: what each part of the features buys, and what it costs.

    python benches/learned.py [--data ../shared/data] [--texts 2000]

Quality is recall at 1 % false alarms on corpora that no weight saw; it is left out where the corpora are absent.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from detectors import varied  # type: ignore[import-not-found]  # the bench beside this one

from trimtab.builtin.detectors.learned import detector, features, second, weights
from trimtab.builtin.detectors.learned.encoder import Encoder
from trimtab.builtin.detectors.learned.features import plain_form
from trimtab.builtin.detectors.learned.weights import Heads, Shipped, features_of, shipped
from trimtab.kinds import plugins

SHORT = (
    "Please summarise the attached meeting notes for me and list the three decisions that were taken, who is "
    "responsible for each, and by when they should be done, thanks."
)


def parts(heads: Heads) -> dict[str, Heads]:
    """The heads with some of what they look at taken away."""
    nothing = np.zeros_like(heads.sparse)
    half = len(nothing) // 2
    grams, pieces = nothing.copy(), nothing.copy()
    grams[:half], pieces[half:] = heads.sparse[:half], heads.sparse[half:]
    blind = np.zeros_like(heads.dense)
    return {
        "characters alone": replace(heads, sparse=grams, dense=blind),
        "n-grams alone": replace(heads, dense=blind),
        "vectors and filters alone": replace(heads, sparse=nothing),
        "everything (first stage)": heads,
    }


def microseconds(call: Callable[[], object], times: int = 400) -> tuple[float, float]:
    """Median and 99th percentile of processor time, which another process beside it does not lengthen."""
    seen = []
    for _ in range(times):
        started = time.thread_time()
        call()
        seen.append((time.thread_time() - started) * 1e6)
    return statistics.median(seen), sorted(seen)[int(0.99 * times)]


def forget() -> None:
    """Answers are kept for texts just seen; a benchmark must not profit from that."""
    detector._views.cache_clear()  # noqa: SLF001
    features_of.cache_clear()
    weights.forget()
    second.forget()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--texts", type=int, default=2_000, help="of each corpus and label")
    args = parser.parse_args()
    started = time.perf_counter()
    all_of = shipped()
    print(f"load: {(time.perf_counter() - started) * 1e3:.0f} ms")
    learned = [plugins.make("detectors", name) for name in ("injection", "toxicity", "bias", "refusal")]
    shaped = [plugins.make("detectors", name) for name in ("patterns", "names") if name in plugins.names("detectors")]

    def together(detectors: list[Any], text: str) -> None:
        forget()
        for one in detectors:
            one.find(text)

    for name, text in {
        "30 words": SHORT,
        "1,000 characters": (SHORT * 8)[:1_000],
        "40,000 characters": (SHORT * 300)[:40_000],
        "40,000 characters, one repeated": "a" * 40_000,
    }.items():
        times = 400 if len(text) < 2_000 else 10
        middle, late = microseconds(lambda text=text: together(learned, text), times)  # type: ignore[misc]
        print(f"all heads, {name}: p50 {middle:.0f} us, p99 {late:.0f} us")
        middle, late = microseconds(lambda text=text: together([*shaped, *learned], text), times)  # type: ignore[misc]
        print(f"  with {' and '.join(one.name for one in shaped)}: p50 {middle:.0f} us, p99 {late:.0f} us")
    stages(all_of)
    encoder(all_of)
    if not args.data.exists():
        print(f"no corpora in {args.data}: quality is left out")
        return
    ordinary(args.data)
    quality(all_of.heads, args.data, args.texts)


def stages(all_of: Shipped) -> None:
    """What each step takes for 30 words, so that the time of every part can be added up."""
    reader, plain = all_of.reader, plain_form(SHORT)
    numbers = np.array(reader.vocabulary.numbers(plain), np.uint32)
    read = reader.read(plain)
    steps: dict[str, Callable[[], object]] = {
        "plain form": lambda: plain_form(SHORT),
        "n-grams of characters": lambda: features.gram_buckets(plain, features.GRAM_BITS),
        "word pieces": lambda: reader.vocabulary.numbers(plain),
        "n-grams of pieces": lambda: features.piece_buckets(numbers, features.GRAM_BITS),
        "vectors and filters": lambda: reader.table.pooled(numbers),
        "answers of all heads": lambda: all_of.heads.chances(read),
    }
    for name, step in steps.items():
        middle, _ = microseconds(step)
        print(f"  {name}: p50 {middle:.0f} us")


def encoder(all_of: Shipped) -> None:
    """What reading again takes, by engine and number of word pieces."""
    arrays = weights.read_arrays(weights.FOLDER / second.ARRAYS, all_of.card["second"]["digest"], "learned")
    engines = {one.engine: one for one in (second.encoder(), Encoder(arrays))}
    for name, engine in engines.items():
        for size in (16, 40, 80, 126):
            middle, late = microseconds(partial(engine.answers, range(1_000, 1_000 + size)), 100)
            print(f"  read again by {name}, {size} pieces: p50 {middle:.0f} us, p99 {late:.0f} us")


def again(head: str, chances: np.ndarray, plains: list[str], labels: np.ndarray) -> None:
    """Recall with the second stage, by the chance from which on it is asked."""
    asked = shipped().asked[head]
    said = np.array([second.answers(plain, 1)[0][asked.column] for plain in plains])
    for least in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9):
        scores = np.where(chances >= least, said, -np.inf)
        cut = np.sort(scores[labels == 0])[::-1][int(0.01 * (labels == 0).sum())]
        note = " (shipped)" if least == asked.least else ""
        print(
            f"  read again from {least}{note}: recall {(scores[labels == 1] > cut).mean():.2f}, "
            f"{(chances[labels == 0] >= least).mean():.0%} of the harmless"
        )


def ordinary(folder: Path) -> None:
    """How many ordinary texts are read again: headlines, and texts with personal data, none of which trained."""
    import csv
    import gzip
    import json

    texts: dict[str, list[str]] = {"short texts of benches/detectors.py": varied(500)}
    with gzip.open(folder / "headlines.csv.gz", "rt", encoding="utf-8") as lines:
        texts["headlines"] = [row["headline"] for row in csv.DictReader(lines)][::20]
    with gzip.open(folder / "pii.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for source in ("presidio_v2", "wnut17", "wikigold"):
        texts[source] = [row["text"] for row in rows if row["source"] == source][:1_000]
    for name, some in texts.items():
        chances = np.array(weights.chances_of_all(some))
        shares = {
            head: (chances[:, shipped().heads.names.index(head)] >= one.least).mean()
            for head, one in shipped().asked.items()
        }
        print(f"read again of {name}: " + ", ".join(f"{head} {share:.0%}" for head, share in shares.items()))


def quality(heads: Heads, folder: Path, count: int) -> None:
    """Recall at 1 % false alarms of each part, with the time that reading and answering takes."""
    import gzip
    import json

    read = shipped().reader.read
    questions: dict[str, tuple[str, dict[str, int | None]]] = {
        "injection: tensor_trust against mitre_frr": ("injection", {"tensor_trust": 1, "mitre_frr": 0}),
        "injection: spikee against mitre_frr": ("injection", {"spikee": 1, "mitre_frr": 0}),
        "toxicity: madlibs": ("toxicity", {"madlibs": None}),
        "toxicity: olid": ("toxicity", {"olid": None}),
        "toxicity: edos": ("toxicity", {"edos": None}),
    }
    for title, (head, wanted) in questions.items():
        column = heads.names.index(head)
        with gzip.open(folder / f"{head}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        rows = [row for row in rows if row["use"] == "D" and row["source"] in wanted]
        rows = [row for row in rows if wanted[row["source"]] in {None, row["label"]}]
        random.Random(0).shuffle(rows)
        chosen = [row for label in (0, 1) for row in [one for one in rows if one["label"] == label][:count]]
        found = [read(plain_form(row["text"][:1_000])) for row in chosen]
        labels = np.array([row["label"] for row in chosen])
        print(f"\n{title} ({(labels == 1).sum()} with, {(labels == 0).sum()} without)")
        for name, part in parts(heads).items():
            scores = np.array([part.answers(one)[column] for one in found])
            clean = np.sort(scores[labels == 0])[::-1]
            cut = clean[int(0.01 * len(clean))]
            print(f"  {name:28s} recall {(scores[labels == 1] > cut).mean():.2f}")
        chances = np.array([heads.chances(one)[column] for one in found])
        again(head, chances, [plain_form(row["text"][:1_000]) for row in chosen], labels)


if __name__ == "__main__":
    main()
