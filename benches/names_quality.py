"""What the detector of names finds, and what it wrongly finds, on corpora that its weights never saw; and its speed.

Characters count, white space not: "covered" is the share of marked characters (names, places, organisations,
addresses, ages, titles) that some finding covers, "right" the share of found characters that are marked as anything.
"with patterns" asks for all that a corpus marks, of both detectors together. The corpora are not part of the
repository; without them only the speed is shown.

With `--presidio PIPELINE` (the name of a spaCy pipeline that is installed, or "-" for none) Presidio looks at the same
texts, all of its types reported, in one run on the same machine. It needs `pip install presidio-analyzer`.

    python benches/names_quality.py [confidence ...] [--presidio PIPELINE]
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one thread, as the bar says

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

from trimtab.builtin.detectors.names.detector import NameDetector
from trimtab.builtin.detectors.names.network import network
from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.presidio import PresidioDetector

CORPUS = Path(os.environ.get("TRIMTAB_DATA", Path(__file__).parents[2] / "shared" / "data")) / "pii.jsonl.gz"
OURS = {"PERSON", "LOCATION", "ORG", "ADDRESS", "ZIP", "AGE", "TITLE"}
SHORT = (
    "Hi {}, could you please check why the invoice of last month was sent twice to our office in {} and tell the "
    "customer that we will refund the second payment within five days?"
)


def places(detector, text):
    return {at for f in detector.find(text) for at in range(f.start, f.end) if not text[at].isspace()}


def quality(levels, peers):
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["use"] == "D"]
    patterns = PatternDetector()
    shaped = [places(patterns, row["text"]) for row in rows]
    print(
        "| detector | corpus | covered | right | with patterns: covered | right | ms |\n|---|---|---|---|---|---|---|"
    )
    for name, detector in [*((f"names {level}", NameDetector(confidence=level)) for level in levels), *peers]:
        counts: dict[str, Counter[str]] = {}
        for row, other in zip(rows, shaped, strict=True):
            if row["lang"] != "en" and not name.startswith("names"):
                continue
            text, count = row["text"], counts.setdefault(row["source"], Counter())
            start = time.process_time()
            found = places(detector, text)
            count["us"] += round((time.process_time() - start) * 1e6)
            marked = {at for s in row["spans"] for at in range(s["start"], s["end"]) if not text[at].isspace()}
            ours = {at for s in row["spans"] if s["label"] in OURS for at in range(s["start"], s["end"])} & marked
            count.update(
                ours=len(ours), hit=len(ours & found), found=len(found), right=len(found & marked),
                all=len(marked), all_hit=len(marked & (found | other)), rows=1,
                both=len(found | other), both_right=len(marked & (found | other)),
            )  # fmt: skip
        for corpus, c in counts.items():
            shares = [
                c["hit"] / c["ours"],
                c["right"] / max(1, c["found"]),
                c["all_hit"] / c["all"],
                c["both_right"] / c["both"],
            ]
            shown = " | ".join(f"{share:.3f}" for share in shares)
            print(f"| {name} | {corpus} | {shown} | {c['us'] / c['rows'] / 1e3:.2f} |", flush=True)


def speed():
    network.cache_clear()
    start = time.perf_counter()
    network()
    print(f"\nload: {(time.perf_counter() - start) * 1e3:.0f} ms")
    detector = NameDetector()
    names = ("Anna", "Bilal", "Chidi", "Wei", "Sofia", "Ioana", "Tariq", "Maeve")
    towns = ("Lyon", "Graz", "Pune", "Lima", "Oslo", "Recife", "Ghent")
    texts = [SHORT.format(name, town) for name in names for town in towns]
    for label, wanted, repeats in (("30 words", texts, 20), ("1,000 words", [" ".join(texts)[:5_600]], 30)):
        taken = []
        for _ in range(repeats):
            for text in wanted:
                start = time.process_time()
                detector.find(text)
                taken.append(time.process_time() - start)
        taken.sort()
        print(
            f"{label}: p50 {taken[len(taken) // 2] * 1e3:.2f} ms, p99 {taken[int(len(taken) * 0.99)] * 1e3:.2f} ms of processor time"
        )
    for piece in ("a", "a ", "A.", "John ", "\n", "x.y@"):
        took = []
        for size in (20_000, 40_000):
            start = time.process_time()
            detector.find((piece * size)[:size])
            took.append(time.process_time() - start)
        print(f"40,000 characters of {piece!r}: {took[1] * 1e3:.0f} ms, {took[1] / took[0]:.1f} times that of 20,000")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("confidence", nargs="*", type=float, default=[0.3, 0.5, 0.7])
    asked.add_argument("--presidio", metavar="PIPELINE")
    given = asked.parse_args()
    peers = []
    if given.presidio:
        # Dates and pages are no concern of the adapter by default; the corpora mark them.
        every = {"DATE_TIME": "personal.date", "URL": "personal.url"}
        model = "" if given.presidio == "-" else given.presidio
        peers.append((f"presidio {given.presidio}", PresidioDetector(model=model, labels=every)))
    if CORPUS.exists():
        quality(given.confidence, peers)
    else:
        print(f"{CORPUS} is not there: no quality is measured")
    speed()


if __name__ == "__main__":
    main()
