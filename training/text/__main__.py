"""`python -m training.text [--data FOLDER] [--seed N] [--out FOLDER]`: the same arrays from the same seed."""

import argparse
import logging
import random
import time
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import numpy as np

from training.text import corpora, evaluate
from training.text.calibrate import calibrated
from training.text.generate import Row
from training.text.model import HEADS, learn_heads, reader_of, samples_of
from training.text.store import facts_of, state, store
from training.text.table import distil
from trimtab.builtin.detectors.learned.features import Reader
from trimtab.builtin.detectors.learned.weights import (
    FOLDER,
    Heads,
    reading_arrays,
)

_VECTOR = 128
_MOST = 4_000  # rows of one source and label: the large ones say the same again and again

_LOG = logging.getLogger("training.text")


def thinned(rows: list[Row], seed: int) -> list[Row]:
    """Not more of one source and label than says something new; rows held out all stay."""
    rng = random.Random(seed)
    rng.shuffle(rows)
    counts: dict[tuple[str, str], int] = {}
    kept = []
    for row in rows:
        key = (row.source, str(sorted(row.labels.items())))
        counts[key] = counts.get(key, 0) + 1
        if row.text.strip() and (counts[key] <= _MOST or row.held_out):
            kept.append(row)
    return kept


def main() -> None:
    """Train, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of the corpora")
    parser.add_argument("--seed", type=int, default=20_261)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--vectors", type=Path, help="keep the distilled vectors in this file, and take them from it")
    parser.add_argument("--measure", action="store_true", help="train nothing, measure what ships, renew its card")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)6d ms  %(message)s")
    started = time.monotonic()
    rows = thinned(corpora.everything(args.data, args.seed), args.seed)
    more = corpora.of_one_head(args.data, args.seed)
    _LOG.info("%d rows, and for one head alone %s", len(rows), {head: len(own) for head, own in more.items()})
    if not args.measure:
        pieces, reader, heads = _trained(args, rows, more)
        reading = reading_arrays(reader, pieces)
        facts = facts_of(reading, [*rows, *chain(*more.values())], args.seed)
        _LOG.info(store(args.out, {**reading, **heads.arrays()}, facts))
        _LOG.info("now `python -m training.text.second`: the second stage stands on these heads")
    elif args.out != FOLDER:
        parser.error("what is measured is what ships: --measure goes without --out")
    else:
        state(FOLDER, evaluate.measure(args.data))
    _LOG.info("%.0f s", time.monotonic() - started)


def _trained(
    args: argparse.Namespace, rows: list[Row], more: Mapping[str, list[Row]]
) -> tuple[list[str], Reader, Heads]:
    if args.vectors and args.vectors.exists():
        with np.load(args.vectors, allow_pickle=False) as kept:
            pieces, vectors = kept["pieces"].tobytes().decode().split("\n"), kept["vectors"]
    else:
        pieces, vectors = distil(_VECTOR)
        if args.vectors:
            np.savez(args.vectors, pieces=np.frombuffer("\n".join(pieces).encode(), np.uint8), vectors=vectors)
    _LOG.info("%d word pieces", len(pieces))
    reader = reader_of(pieces, vectors, [row for row in rows if not row.held_out], seed=args.seed)
    _LOG.info("filters learned")
    samples = samples_of(reader, rows)
    by_head = dict.fromkeys(HEADS, samples)
    for head, own in more.items():
        by_head[head] = samples + samples_of(reader, own)
    _LOG.info("features of %d windows", len(samples.rows))
    heads = calibrated(learn_heads(by_head), by_head, seed=args.seed)
    _LOG.info("heads learned and calibrated")
    return pieces, reader, heads


if __name__ == "__main__":
    main()
