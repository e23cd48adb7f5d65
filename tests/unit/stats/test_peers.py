"""The same numbers as statsmodels, an implementation that is not ours; heavy only because its import is."""

import numpy as np
import pytest

from trimtab.stats import clopper_pearson, holm, mcnemar
from trimtab.stats.selection import select

pytestmark = pytest.mark.integration


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


def test_kaplan_meier_agrees():
    """Curve, Greenwood's log-log ends and the interval of a quantile, wherever statsmodels defines them."""
    from scipy.special import ndtri
    from statsmodels.duration.survfunc import SurvfuncRight

    from trimtab.kinds import Estimate
    from trimtab.stats.durations import Duration, done_within, time_until

    rng = np.random.default_rng(14)
    compared = {"ends": 0, "quantiles": 0}
    for size in (2, 5, 12, 40, 150):
        for scale in (3.0, 40.0, 900.0):  # from many ties to none
            times, ages = np.ceil(rng.exponential(scale, size)), np.ceil(rng.exponential(1.5 * scale, size))
            over, seen = times <= ages, np.minimum(times, ages)
            if not over.any():
                continue
            peer = SurvfuncRight(seen, over.astype(int))
            cases = [Duration(t, t, not done) for t, done in zip(seen.tolist(), over.tolist(), strict=True)]
            for t, survival, error in zip(peer.surv_times, peer.surv_prob, peer.surv_prob_se, strict=True):
                ours = done_within(cases, float(t))
                assert isinstance(ours, Estimate)
                assert ours.value == pytest.approx(1 - survival, abs=1e-12)
                if 0.0 < survival < 1.0:
                    spread = np.exp(ndtri(0.975) * error / (survival * -np.log(survival)))
                    ends = (1 - survival ** (1 / spread), 1 - survival**spread)
                    assert (ours.interval.low, ours.interval.high) == pytest.approx(ends, abs=1e-12)
                    compared["ends"] += 1
            for share in (0.5, 0.9):
                quantile = time_until(cases, share)
                assert isinstance(quantile, Estimate)
                if not np.any(np.abs(peer.surv_prob - (1 - share)) < 1e-9):  # at a tie it takes the next time
                    theirs = peer.quantile(share)
                    assert quantile.value == (np.inf if np.isnan(theirs) else theirs)
                if peer.surv_prob[-1] > 0.0 and size >= 12:  # where S ends at 0 its interval leaves the last time out
                    low, high = peer.quantile_ci(share, method="cloglog")
                    if not np.isnan(low):
                        assert (quantile.interval.low, quantile.interval.high) == (low, high)
                        compared["quantiles"] += 1
    assert min(compared.values()) >= 5, compared
