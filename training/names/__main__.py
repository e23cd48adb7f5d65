"""`python -m training.names [--out FOLDER] [--rounds N] [--texts N] [--prose N]`.

Trains, writes the weights, measures them, writes the card; into the package unless another folder is named. The SHA-256
that it prints is that of the weights: the same seed and numbers give the same one.
"""

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # sums in one order, so that a seed decides every bit; set before numpy loads

import argparse  # noqa: E402
import hashlib  # noqa: E402
from pathlib import Path  # noqa: E402

from training.names.measure import write_card  # noqa: E402
from training.names.trainer import CORPUS, corpus, train, write  # noqa: E402
from trimtab.builtin.detectors.names.network import CARD, WEIGHTS  # noqa: E402

SEED = 7


def main() -> None:
    """Everything, by the options."""
    asked = argparse.ArgumentParser(prog="python -m training.names")
    asked.add_argument("--out", type=Path, default=None, help="a folder for the weights alone; they are not measured")
    asked.add_argument("--rounds", type=int, default=6)
    asked.add_argument("--texts", type=int, default=26_000, help="generated texts of a round")
    asked.add_argument("--prose", type=int, default=12_000, help="pieces of prose of a round")
    given = asked.parse_args()
    path = WEIGHTS if given.out is None else given.out / WEIGHTS.name
    learner, marks = train(seed=SEED, rounds=given.rounds, texts_each=given.texts, prose_each=given.prose)
    write(learner, marks, path)
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")  # noqa: T201
    if given.out is None:
        made = {"seed": SEED, "rounds": given.rounds, "texts_each": given.texts, "prose_each": given.prose}
        write_card(CARD, WEIGHTS, corpus(CORPUS, "D"), made)


if __name__ == "__main__":
    main()
