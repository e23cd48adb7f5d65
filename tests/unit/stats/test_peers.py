"""The same numbers as statsmodels, an implementation that is not ours. Slow only because its import is."""

import numpy as np
import pytest

from trimtab.stats import clopper_pearson, holm, mcnemar
from trimtab.stats.selection import select

pytestmark = pytest.mark.slow


def test_clopper_pearson_agrees():
    from statsmodels.stats.proportion import proportion_confint

    for trials in (1, 7, 40, 333, 5000):
        for hits in sorted({0, 1, trials // 50, trials // 3, trials - 1, trials}):
            for level in (0.5, 0.9, 0.95, 0.999):
                ours = clopper_pearson(hits, trials, level=level)
                peer = proportion_confint(hits, trials, alpha=1 - level, method="beta")
                assert (ours.low, ours.high) == pytest.approx(peer, abs=1e-12)


def test_mcnemar_agrees():
    from statsmodels.stats.contingency_tables import mcnemar as peer

    for first in range(0, 30, 3):
        for second in range(0, 50, 7):
            if first + second:
                assert mcnemar(first, second) == pytest.approx(peer([[0, first], [second, 0]], exact=True).pvalue)


def test_holm_agrees():
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(12)
    rejections = 0
    for size in (1, 2, 5, 8, 20) * 3:
        p = rng.beta(0.2, 3.0, size=size)
        ours = holm(range(size), lambda k, level, p=p: bool(p[k] <= level), alpha=0.05)  # type: ignore[misc]
        assert ours == set(np.flatnonzero(multipletests(p, alpha=0.05, method="holm")[0]))
        rejections += len(ours)
    assert rejections > 10  # the comparison compared something


@pytest.mark.parametrize("method", ["holm", "bonferroni"])
def test_certificates_agree(method):
    """p-values from SciPy's binomial, the family from statsmodels: the same configurations are certified."""
    from scipy.stats import binomtest
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(13)
    certified = 0
    for width in (1, 3, 10, 30):
        rates = rng.uniform(0.0, 0.12, (2, width))
        losses = {name: (rng.random((150, width)) < rate).astype(float) for name, rate in zip("ab", rates, strict=True)}
        floors = {"a": 0.1, "b": 0.15}
        ours = select(losses, floors, rng.random(width), 0.1, method=method)
        p = np.max(
            [
                [binomtest(int(k), 150, floors[name], alternative="less").pvalue for k in rows.sum(axis=0)]
                for name, rows in losses.items()
            ],
            axis=0,
        )
        assert set(ours.certified) == set(np.flatnonzero(multipletests(p, alpha=0.1, method=method)[0]))
        certified += len(ours.certified)
    assert certified > 10
