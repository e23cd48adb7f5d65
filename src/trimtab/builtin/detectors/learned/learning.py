"""Logistic regression on the shared features: convex, so it has one answer, and quick."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from trimtab.builtin.detectors.learned.features import Features, Floats

_STEPS = 60


def matrix(found: Sequence[Features], buckets: int) -> tuple[Any, Floats]:
    """The texts as rows: sparse n-gram columns, and dense ones."""
    starts = np.zeros(len(found) + 1, np.int64)
    columns, values = [], []
    for row, one in enumerate(found):
        numbers, counts = np.unique(one.buckets, return_counts=True)
        columns.append(numbers.astype(np.int32))
        values.append((counts * one.unit).astype(np.float32))
        starts[row + 1] = starts[row] + len(numbers)
    shape = (len(found), buckets)
    sparse = csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=shape)
    return sparse, np.stack([one.dense for one in found])


def regress(
    sparse: Any, dense: Floats, labels: NDArray[np.float64], weights: NDArray[np.float64], *, penalty: float
) -> tuple[Floats, Floats, float]:
    """Weights of the sparse and dense columns and the intercept that make the labels most likely.

    Args:
        sparse: (rows, buckets).
        dense: (rows, size), columns of about unit variance.
        labels: 1 or 0.
        weights: What each row counts; their sum is the number of rows.
        penalty: On the squared length of the weights, for one row.
    """
    rows, size = dense.shape
    filled = np.zeros(sparse.shape[1], np.bool_)
    filled[sparse.indices] = True
    used = np.flatnonzero(filled)  # a column that no row fills has no weight: the penalty sees to that
    place = np.cumsum(filled, dtype=np.int32) - 1
    buckets = len(used)
    sparse = csr_matrix((sparse.data, place[sparse.indices], sparse.indptr), shape=(rows, buckets))
    turned = sparse.T.tocsr()

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        wide, narrow, intercept = point[:buckets], point[buckets:-1], point[-1]
        logit = sparse @ wide.astype(np.float32) + dense @ narrow.astype(np.float32) + intercept
        logit = logit.astype(np.float64)
        value = np.sum(weights * (np.logaddexp(0, logit) - labels * logit)) / rows
        error = weights * (expit(logit) - labels) / rows
        narrowed = error.astype(np.float32)
        gradient = np.empty_like(point)
        gradient[:buckets] = turned @ narrowed + penalty * wide
        gradient[buckets:-1] = dense.T @ narrowed + penalty * narrow
        gradient[-1] = error.sum()
        return float(value + penalty / 2 * (wide @ wide + narrow @ narrow)), gradient

    found = minimize(loss, np.zeros(buckets + size + 1), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    point = found.x
    wide = np.zeros(len(filled), np.float32)
    wide[used] = point[:buckets]
    return wide, point[buckets:-1].astype(np.float32), float(point[-1])
