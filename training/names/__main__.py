"""`python -m training.names [rounds [texts [prose]]]`: trains, writes the weights, measures them, writes the card."""

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # sums in one order, so that a seed decides every bit; set before numpy loads

import sys  # noqa: E402

from training.names.measure import write_card  # noqa: E402
from training.names.trainer import CORPUS, corpus, train, write  # noqa: E402
from trimtab.builtin.detectors.names.network import CARD, WEIGHTS  # noqa: E402

SEED, ROUNDS, TEXTS, PROSE = 7, 6, 26_000, 12_000

if __name__ == "__main__":
    rounds, count, prose = (
        int(given) for given in (*sys.argv[1:], *map(str, (ROUNDS, TEXTS, PROSE)[len(sys.argv) - 1 :]))
    )
    learner, marks = train(seed=SEED, rounds=rounds, texts_each=count, prose_each=prose)
    write(learner, marks, WEIGHTS)
    made = {"seed": SEED, "rounds": rounds, "texts_each": count, "prose_each": prose}
    write_card(CARD, WEIGHTS, corpus(CORPUS, "D"), made)
