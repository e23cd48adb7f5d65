"""`python -m training.names [rounds [texts]]`: trains, writes the weights, measures them, writes the card."""

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # sums in one order, so that a seed decides every bit; set before numpy loads

import sys  # noqa: E402

from training.names.measure import write_card  # noqa: E402
from training.names.trainer import CORPUS, corpus, train, write  # noqa: E402
from trimtab.builtin.detectors.names.network import CARD, WEIGHTS  # noqa: E402

SEED, ROUNDS, TEXTS = 7, 4, 30_000

if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    count = int(sys.argv[2]) if len(sys.argv) > 2 else TEXTS
    learner, marks = train(seed=SEED, rounds=rounds, texts_each=count)
    write(learner, marks, WEIGHTS)
    write_card(CARD, WEIGHTS, corpus(CORPUS, "D"), seed=SEED, rounds=rounds, texts=count)
