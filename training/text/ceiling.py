"""`python -m training.text.ceiling [--data FOLDER] [--encoder]`: what heads find of a corpus that taught them.

Learned from four fifths of the D rows of a source, asked about the fifth, in turns: how far the labels of a corpus can
be told at all by what the detectors look at. Nothing of it ships, and no setting comes from it.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.text import corpora
from trimtab.builtin.detectors.learned.features import BUCKETS, plain_form
from trimtab.builtin.detectors.learned.learning import matrix, regress
from trimtab.builtin.detectors.learned.weights import shipped

_SOURCES = ("olid", "edos")
_FOLDS, _PENALTY, _SPARSE, _DENSE = 5, 1e-4, 2.0, 0.25  # as `trimtab fit` has them


def main() -> None:
    """Print recall at 1, 5 and 10 % false alarms, of all folds together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--encoder", action="store_true", help="the encoder of the second stage as well, on one fold")
    parser.add_argument("--seed", type=int, default=20_261)
    args = parser.parse_args()
    rows = list(corpora.read(args.data / "toxicity.jsonl.gz", "D"))
    for source in _SOURCES:
        chosen = [row for row in rows if row["source"] == source]
        labels = np.array([row["label"] for row in chosen], float)
        folds = np.random.default_rng(args.seed).integers(0, _FOLDS, len(chosen))
        plains = [plain_form(row["text"][:1_000]) for row in chosen]
        _told(f"{source}, heads", _of_heads(plains, labels, folds), labels)
        if args.encoder:
            asked = folds == 0
            _told(f"{source}, encoder", _of_encoder(plains, labels, asked, args.seed), labels[asked])


def _told(what: str, scores: NDArray[Any], labels: NDArray[Any]) -> None:
    clean = np.sort(scores[labels == 0])[::-1]
    found = [f"{(scores[labels == 1] > clean[int(share * len(clean))]).mean():.2f}" for share in (0.01, 0.05, 0.1)]
    print(f"{what}: recall {', '.join(found)} at 1, 5 and 10 % false alarms", flush=True)


def _of_heads(plains: list[str], labels: NDArray[Any], folds: NDArray[Any]) -> NDArray[Any]:
    sparse, dense = matrix([shipped().reader.read(plain) for plain in plains], BUCKETS)
    sparse, dense = sparse * np.float32(_SPARSE), dense * np.float32(_DENSE)
    scores = np.zeros(len(labels))
    for fold in range(_FOLDS):
        away = folds == fold
        known = labels[~away]
        counts = np.where(known == 1, 0.5 / known.mean(), 0.5 / (1 - known.mean()))
        wide, narrow, intercept = regress(sparse[~away], dense[~away], known, counts, penalty=_PENALTY)
        scores[away] = sparse[away] @ wide + dense[away] @ narrow + intercept
    return scores


def _of_encoder(plains: list[str], labels: NDArray[Any], asked: NDArray[Any], seed: int) -> NDArray[Any]:
    """Two looks at each row, both labels alike."""
    from training.text.second.__main__ import LAYERS, RANK
    from training.text.second.draws import LEARNED, Texts
    from training.text.second.finetune import learn
    from training.text.second.network import said
    from trimtab.builtin.detectors.learned.encoder import LONGEST
    from trimtab.builtin.detectors.learned.weights import FOLDER, pieces_of, read_folder

    numbers = [shipped().reader.vocabulary.numbers(plain)[:LONGEST] for plain in plains]
    column = LEARNED.index("toxicity")
    told = np.zeros((len(labels), len(LEARNED)), np.float32)
    told[:, column] = labels
    known = np.zeros(told.shape, bool)
    known[:, column] = True
    shares = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum())
    texts = Texts([], plains, numbers, told, known, shares, np.array([""] * len(labels)), asked)
    pieces = pieces_of(read_folder(FOLDER, "learned")[0])
    draws = 2 * int((~asked).sum())
    encoder = learn(pieces, texts, ~asked, draws=draws, layers=LAYERS, rank=RANK, longest=LONGEST, seed=seed)
    return np.asarray(said(encoder, [numbers[at] for at in np.flatnonzero(asked)])[:, column])


if __name__ == "__main__":
    main()
