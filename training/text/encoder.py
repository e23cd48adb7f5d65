"""`python -m training.text.encoder`: what the whole encoder would buy as a second stage, and what it would cost.

Heads on the sentence embeddings of the untouched MiniLM, learned from a sample of the same rows, asked on a sample of
the same corpora that no weight saw. Nothing of it ships; the figures are in docs/explanation/learned-detectors.md.
"""

import argparse
import random
import statistics
import time
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from training.text import corpora
from training.text.minilm import MiniLM, vocabulary
from training.text.model import HEADS, labels_and_weights
from trimtab.builtin.detectors.learned.features import Floats, plain_form
from trimtab.builtin.detectors.learned.learning import regress
from trimtab.builtin.detectors.learned.tokens import Vocabulary

_PIECES = 96  # of a text; what follows is not read
_ASKED = {
    "injection": (("tensor_trust", "mitre_frr"), ("spikee", "mitre_frr"), ("bipia_train", "bipia_train")),
    "toxicity": (("madlibs", "madlibs"), ("olid", "olid"), ("edos", "edos")),
}


def main() -> None:
    """Print recall at 1 % false alarms, and the milliseconds of one text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rows", type=int, default=6_000, help="to learn from")
    parser.add_argument("--texts", type=int, default=500, help="of each corpus and label")
    parser.add_argument("--seed", type=int, default=20_261)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    encoder, words = MiniLM(), Vocabulary(vocabulary())

    def read(texts: list[str]) -> Floats:
        found = encoder.encode([words.numbers(plain_form(text[:1_000]))[:_PIECES] for text in texts], batch=32)
        return found * np.float32(found.shape[1] ** 0.5)

    rows = [row for row in corpora.everything(args.data, args.seed) if not row.held_out]
    rows = [row for row in rows if "injection" in row.labels or "toxicity" in row.labels]
    weights = labels_and_weights(rows)[1]
    shares = weights[:, [HEADS.index(head) for head in _ASKED]].sum(1)
    chosen = np.random.default_rng(args.seed).choice(
        len(rows), args.rows, replace=False, p=shares / shares.sum()
    )  # drawn by weight, so each counts the same
    picked = [rows[at] for at in chosen]
    dense = read([row.text for row in picked])
    for head, pairs in _ASKED.items():
        known = np.array([head in row.labels for row in picked])
        labels = np.array([float(row.labels.get(head, 0)) for row in picked])[known]
        counts = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum()) * len(labels)
        nothing = csr_matrix((len(labels), 1), dtype=np.float32)
        _, narrow, intercept = regress(nothing, dense[known], labels, counts, penalty=1e-4)
        for bad, good in pairs:
            scores = []
            for source, label in ((bad, 1), (good, 0)):
                rows_of = [
                    row
                    for row in corpora.read(args.data / f"{head}.jsonl.gz", "D")
                    if row["source"] == source and row["label"] == label
                ]
                rng.shuffle(rows_of)
                scores.append(read([row["text"] for row in rows_of[: args.texts]]) @ narrow + intercept)
            cut = np.sort(scores[1])[::-1][int(0.01 * len(scores[1]))]
            print(f"{head}: {bad} against {good}: recall {(scores[0] > cut).mean():.2f}", flush=True)
    for count in (16, 40, 80):
        taken = []
        for _ in range(20):
            started = time.thread_time()
            encoder.encode([list(range(2_000, 2_000 + count))])
            taken.append((time.thread_time() - started) * 1e3)
        print(f"{count} word pieces: {statistics.median(taken):.1f} ms a text")


if __name__ == "__main__":
    main()
