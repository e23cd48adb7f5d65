"""What the first stage says of texts: that which ships, and heads that a third of the sources were kept from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.text.model import HEADS, learn, samples_of
from training.text.second.draws import ASKED, Texts
from trimtab.builtin.detectors.learned.features import Floats, plain_form
from trimtab.builtin.detectors.learned.weights import chances_of_all, shipped

_MOST = 20_000  # windows that a head learns from here


def of_shipped(texts: Texts, places: Sequence[int]) -> NDArray[np.float64]:
    """Chances, (texts, heads of ASKED)."""
    names = shipped().heads.names
    said = np.array(chances_of_all([texts.windows[at] for at in places]))
    return np.asarray(said[:, [names.index(head) for head in ASKED]])


class Strangers:
    """Heads of the first stage that learned without some sources, on what ships otherwise: features and calibration."""

    def __init__(self, texts: Texts, away: Sequence[str], *, seed: int) -> None:
        self._texts = texts
        rng = np.random.default_rng(seed)
        self._heads: list[tuple[Floats, Floats, float]] = []
        for head in ASKED:
            known = np.array([head in row.labels for row in texts.rows])
            chosen = np.flatnonzero(known & ~texts.held_out & ~np.isin(texts.sources, away))
            chosen = rng.permutation(chosen)[:_MOST]
            samples = samples_of(shipped().reader, [texts.rows[at] for at in chosen], most=1)
            everything = np.ones(len(samples.rows), bool)
            self._heads.append(learn(samples, everything, HEADS.index(head)))

    def chances(self, places: Sequence[int]) -> NDArray[np.float64]:
        """As `of_shipped`."""
        heads, columns = shipped().heads, [shipped().heads.names.index(head) for head in ASKED]
        found = np.zeros((len(places), len(ASKED)))
        for number, at in enumerate(places):
            seen = shipped().reader.read(plain_form(self._texts.windows[at]))
            for column, (wide, narrow, intercept) in enumerate(self._heads):
                odds = wide[seen.buckets].sum() * seen.unit + seen.dense @ narrow + intercept
                found[number, column] = expit(heads.slope[columns[column]] * odds + heads.offset[columns[column]])
        return found
