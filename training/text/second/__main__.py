"""`python -m training.text.second [--data FOLDER] [--seed N] [--kept FOLDER]`: the encoder of the second stage.

Fine-tunes it, and three others that a third of the sources are kept from, by which the thresholds are set; then stores
arrays and graph beside the heads and renews the card. Trained encoders are kept in a folder, and taken from there.
"""

import argparse
import hashlib
import logging
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.text import corpora
from training.text.__main__ import thinned
from training.text.second.arrays import arrays_of
from training.text.second.calibrate import calibrated
from training.text.second.draws import ASKED, LEARNED, Texts, texts_of
from training.text.second.finetune import learn
from training.text.second.first import Strangers, of_shipped
from training.text.second.graph import graph_of
from training.text.second.network import Encoder
from training.text.store import read_card, store
from trimtab.builtin.detectors.learned.asked import Asked, asked_arrays
from trimtab.builtin.detectors.learned.encoder import LONGEST
from trimtab.builtin.detectors.learned.encoder import Encoder as Whole
from trimtab.builtin.detectors.learned.second import ARRAYS, GRAPH
from trimtab.builtin.detectors.learned.weights import (
    FOLDER,
    content_digest,
    pieces_of,
    read_folder,
    shipped,
)

LAYERS, RANK = 3, 192
_DRAWS, _DRAWS_OF_A_FOLD, FOLDS = 32_000, 16_000, 3

_LOG = logging.getLogger("training.text.second")


def main() -> None:
    """Train, quantise, calibrate, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of the corpora")
    parser.add_argument("--seed", type=int, default=20_261)
    parser.add_argument("--kept", type=Path, default=Path("build/second"), help="trained encoders, kept and taken")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)6d ms  %(message)s")
    started = time.monotonic()
    rows = thinned(corpora.everything(args.data, args.seed), args.seed)
    rows += corpora.of_one_head(args.data, args.seed)["toxicity"]
    texts = texts_of(rows, shipped().reader.vocabulary, longest=LONGEST)
    _LOG.info("%d texts", len(texts.numbers))
    args.kept.mkdir(parents=True, exist_ok=True)
    trained = ~texts.held_out
    whole = arrays_of(_trained(args.kept / "whole.pt", texts, trained, draws=_DRAWS, seed=args.seed))
    graph = graph_of(whole)
    folds = []
    for fold in range(FOLDS):
        away = kept_away(texts, fold)
        chosen = trained & ~np.isin(texts.sources, away)
        one = _trained(args.kept / f"fold-{fold}.pt", texts, chosen, draws=_DRAWS_OF_A_FOLD, seed=args.seed)
        folds.append((Whole(arrays_of(one), graph), Strangers(texts, away, seed=args.seed).chances, away))
    heads = shipped().heads
    thresholds = dict(zip(heads.names, heads.threshold.tolist(), strict=True))
    asked = calibrated(Whole(whole, graph), folds, texts, partial(of_shipped, texts), thresholds)
    for head, how in asked.items():
        _LOG.info("%s: %s", head, how)
    _store(
        whole, graph, asked, {source: int((texts.sources == source).sum()) for source in set(texts.sources.tolist())}
    )
    _LOG.info("stored; now `python -m training.text --measure`. %.0f s", time.monotonic() - started)


def _store(whole: dict[str, NDArray[Any]], graph: bytes, asked: dict[str, Asked], rows: dict[str, int]) -> None:
    """Beside the heads, whose arrays get the few numbers that say how the encoder is asked."""
    np.savez(FOLDER / ARRAYS, allow_pickle=False, **whole)
    (FOLDER / GRAPH).write_bytes(graph)
    heads, _ = read_folder(FOLDER, "learned")
    facts = read_card(FOLDER)
    facts["second"] = {
        "digest": content_digest(whole),
        "made_by": "python -m training.text.second",
        "graph_sha256": hashlib.sha256(graph).hexdigest(),
        "pieces_drawn": {"whole": _DRAWS, "fold": _DRAWS_OF_A_FOLD, "folds": FOLDS},
        "windows": dict(sorted(rows.items())),
    }
    store(FOLDER, {**heads, **asked_arrays(asked)}, {name: one for name, one in facts.items() if name != "digest"})


def kept_away(texts: Texts, fold: int) -> list[str]:
    """The sources that an encoder of a fold does not learn from: every third of those with harmless texts."""
    asked = [LEARNED.index(head) for head in ASKED]
    clean = (texts.known[:, asked] & (texts.labels[:, asked] == 0)).any(1)
    return sorted(set(texts.sources[clean].tolist()))[fold::FOLDS]


def _trained(path: Path, texts: Texts, chosen: NDArray[np.bool_], *, draws: int, seed: int) -> Encoder:
    pieces = pieces_of(read_folder(FOLDER, "learned")[0])
    if path.exists():
        encoder = Encoder(pieces, layers=LAYERS, rank=RANK, longest=LONGEST, heads=len(LEARNED))
        encoder.load_state_dict(torch.load(path, weights_only=True))
        return encoder.eval()
    _LOG.info("%s: %d of %d texts", path.name, chosen.sum(), len(chosen))
    encoder = learn(pieces, texts, chosen, draws=draws, layers=LAYERS, rank=RANK, longest=LONGEST, seed=seed)
    torch.save(encoder.state_dict(), path)
    return encoder


if __name__ == "__main__":
    main()
