"""Quality against latency of the learned detectors: what each part of the features buys, and what it costs.

    python benches/learned.py [--data ../shared/data] [--texts 2000] [--page]

Quality is recall at 1 % false alarms on corpora that no weight saw; it is left out where the corpora are absent. With
`--page` the tables of `docs/explanation/learned-detectors.md` are made of what was measured.
"""

import argparse
import os
import platform
import random
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
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

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "learned-detectors.md"
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
    parser.add_argument("--page", action="store_true", help="put the tables into the documentation")
    args = parser.parse_args()
    if args.page and not args.data.exists():
        parser.error(f"there are no corpora in {args.data}, of which the page tells")
    started = time.perf_counter()
    all_of = shipped()
    print(f"load: {(time.perf_counter() - started) * 1e3:.0f} ms")
    learned = [plugins.make("detectors", name) for name in ("injection", "toxicity", "bias", "refusal")]
    shaped = [plugins.make("detectors", name) for name in ("patterns", "names") if name in plugins.names("detectors")]

    whole: dict[str, tuple[float, float]] = {}

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
        whole[name] = middle, late
        print(f"all heads, {name}: p50 {middle:.0f} us, p99 {late:.0f} us")
        middle, late = microseconds(lambda text=text: together([*shaped, *learned], text), times)  # type: ignore[misc]
        names = " and ".join(one.name for one in shaped)
        whole[f"{name}, with {names}"] = middle, late
        print(f"  with {names}: p50 {middle:.0f} us, p99 {late:.0f} us")
    steps = stages(all_of)
    engines = encoder(all_of)
    if not args.data.exists():
        print(f"no corpora in {args.data}: quality is left out")
        return
    usual = ordinary(args.data)
    recall = quality(all_of.heads, args.data, args.texts)
    if args.page:
        put(of_parts=of_parts(steps, recall), of_all=of_all(whole), of_again=of_again(recall), of_usual=of_usual(usual), of_engines=of_engines(engines), of_machine=of_machine())  # fmt: skip


def stages(all_of: Shipped) -> dict[str, float]:
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
    taken = {}
    for name, step in steps.items():
        taken[name], _ = microseconds(step)
        print(f"  {name}: p50 {taken[name]:.0f} us")
    return taken


def encoder(all_of: Shipped) -> dict[str, dict[int, float]]:
    """What reading again takes, by engine and number of word pieces."""
    arrays = weights.read_arrays(weights.FOLDER / second.ARRAYS, all_of.card["second"]["digest"], "learned")
    engines = {one.engine: one for one in (second.encoder(), Encoder(arrays))}
    taken: dict[str, dict[int, float]] = {name: {} for name in engines}
    for name, engine in engines.items():
        for size in (16, 40, 80, 126):
            middle, late = microseconds(partial(engine.answers, range(1_000, 1_000 + size)), 100)
            taken[name][size] = middle
            print(f"  read again by {name}, {size} pieces: p50 {middle:.0f} us, p99 {late:.0f} us")
    return taken


def again(head: str, chances: np.ndarray, plains: list[str], labels: np.ndarray) -> dict[float, tuple[float, float]]:
    """Recall with the second stage, by the chance from which on it is asked."""
    asked = shipped().asked[head]
    said = np.array([second.answers(plain, 1)[0][asked.column] for plain in plains])
    found = {}
    for least in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9):
        scores = np.where(chances >= least, said, -np.inf)
        cut = np.sort(scores[labels == 0])[::-1][int(0.01 * (labels == 0).sum())]
        note = " (shipped)" if least == asked.least else ""
        found[least] = (scores[labels == 1] > cut).mean(), (chances[labels == 0] >= least).mean()
        print(f"  read again from {least}{note}: recall {found[least][0]:.2f}, {found[least][1]:.0%} of the harmless")
    return found


def ordinary(folder: Path) -> dict[str, dict[str, float]]:
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
    found = {}
    for name, some in texts.items():
        chances = np.array(weights.chances_of_all(some))
        shares = {
            head: (chances[:, shipped().heads.names.index(head)] >= one.least).mean()
            for head, one in shipped().asked.items()
        }
        found[name] = shares
        print(f"read again of {name}: " + ", ".join(f"{head} {share:.0%}" for head, share in shares.items()))
    return found


Recall = dict[str, tuple[dict[str, float], dict[float, tuple[float, float]]]]
"""Of each corpus: recall of the parts, and recall and share of the harmless read again, by the chance from which on."""


def quality(heads: Heads, folder: Path, count: int) -> Recall:
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
    told: Recall = {}
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
        by_part = {}
        for name, part in parts(heads).items():
            scores = np.array([part.answers(one)[column] for one in found])
            clean = np.sort(scores[labels == 0])[::-1]
            cut = clean[int(0.01 * len(clean))]
            by_part[name] = (scores[labels == 1] > cut).mean()
            print(f"  {name:28s} recall {by_part[name]:.2f}")
        chances = np.array([heads.chances(one)[column] for one in found])
        told[title] = by_part, again(head, chances, [plain_form(row["text"][:1_000]) for row in chosen], labels)
    return told


# -- the page ------------------------------------------------------------------------

_STEPS = {
    "characters alone": ("n-grams of characters",),
    "n-grams alone": ("n-grams of characters", "word pieces", "n-grams of pieces"),
    "vectors and filters alone": ("word pieces", "vectors and filters"),
    "everything (first stage)": ("n-grams of characters", "word pieces", "n-grams of pieces", "vectors and filters"),
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As Markdown has it."""
    return "\n".join((_line(head), "|---" * len(head) + "|", *map(_line, rows)))


def _line(cells: Sequence[str]) -> str:
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _corpora(recall: Recall) -> list[str]:
    return [title.partition(" against ")[0] for title in recall]


def of_parts(steps: Mapping[str, float], recall: Recall) -> str:
    rows = []
    for part, named in _STEPS.items():
        micros = sum(steps[one] for one in ("plain form", *named, "answers of all heads"))
        rows.append([part, f"{micros / 1e3:.2f} ms", *(f"{by_part[part]:.2f}" for by_part, _ in recall.values())])
    return table(["looks at", "time", *_corpora(recall)], rows)


def of_all(whole: Mapping[str, tuple[float, float]]) -> str:
    rows = [[f"the four, {name}", *(f"{one / 1e3:.2f} ms" for one in times)] for name, times in whole.items()]
    return table(["", "p50", "p99"], rows)


def of_again(recall: Recall) -> str:
    never = [f"{by_part['everything (first stage)']:.2f}" for by_part, _ in recall.values()]
    rows = [["never", *(cell for one in never for cell in (one, ""))]]
    leasts = sorted(next(iter(recall.values()))[1], reverse=True)
    shipped_at = {one.least for one in shipped().asked.values()}
    for least in leasts:
        cells = [cell for _, found in recall.values() for cell in (f"{found[least][0]:.2f}", f"{found[least][1]:.0%}")]
        rows.append(
            [f"**{least}**" if least in shipped_at else str(least), *(cell.replace("%", " %") for cell in cells)]
        )
    return table(["asked from", *(cell for name in _corpora(recall) for cell in (name, "read again"))], rows)


def of_usual(usual: Mapping[str, Mapping[str, float]]) -> str:
    heads = list(next(iter(usual.values())))
    rows = [[name, *(f"{shares[head]:.0%}".replace("%", " %") for head in heads)] for name, shares in usual.items()]
    return table(["", *(f"`{head}`" for head in heads)], rows)


def of_engines(engines: Mapping[str, Mapping[int, float]]) -> str:
    sizes = next(iter(engines.values()))
    rows = [[str(size), *(f"{taken[size] / 1e3:.1f} ms" for taken in engines.values())] for size in sizes]
    return table(["word pieces", *engines], rows)


def of_machine() -> str:
    described = Path("/proc/cpuinfo")
    facts = described.read_text(encoding="utf-8") if described.exists() else ""
    name = re.search(r"^model name\s*: (.+)$", facts, re.MULTILINE)
    flags = frozenset(facts.partition("flags")[2].partition("\n")[0].split())
    can = [
        called for flag, called in (("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_vnni", "VNNI")) if flag in flags
    ]
    return (
        f"Measured on {time.strftime('%Y-%m-%d')} with Python {platform.python_version()} on {os.cpu_count()} cores of"
        f" {name[1] if name else platform.machine()} ({', '.join(can) or 'what it can is not known'})."
    )


def put(**blocks: str) -> None:
    """Each block between its markers."""
    text = PAGE.read_text(encoding="utf-8")
    for name, made in blocks.items():
        marks = re.compile(rf"(<!-- {name}:begin[^\n]*-->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        text, count = marks.subn(lambda marked, made=made: f"{marked[1]}{made}\n{marked[2]}", text)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"{PAGE} has no markers {name}, or has them twice")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
