"""A training reward in which nothing unsafe ever outranks anything safe, whatever the task pays for it.

One number per completion, and its sign is the verdict. With r in [0, 1] what the task pays, c_k in [0, 1] the soft
costs, lam_k their multipliers, L the sum of these (or of their caps) and m the margin:

    safe        R =  m + (1 - m) (r + L - sum_k lam_k c_k) / (1 + L)          in [m, 1]
    unsafe      R = -m - (1 - m) severity                                     in [-1, -m]

A trainer that takes one number and shifts and scales it by group or by batch (GRPO, Dr. GRPO, RLOO) keeps that order.
One that normalises several rewards apart and adds them does not. What is unsafe is paid nothing for the task, so that
in a group in which all is unsafe the milder wins and not the better; a weighted sum has it the other way round.

Every operation below rises or falls in each of its arguments, also after rounding, and safe sums are taken in the
order of their greatest value. So the ranges hold to the last bit, and nothing is clipped.

Source:
    The lexicographic rule is ours. Liu et al. (2026), GDPO, arXiv:2601.05242, for rewards that are normalised apart,
    and trl 1.16 for the advantages.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.stats.clusters import Floats

MARGIN = 0.1
Scale = Literal["group", "batch", "none"]


def tiered(
    task: ArrayLike,
    unsafe: ArrayLike,
    severity: ArrayLike,
    costs: ArrayLike,
    multipliers: ArrayLike,
    *,
    margin: float = MARGIN,
    caps: ArrayLike | None = None,
) -> Floats:
    """The reward of each of n completions under k soft costs.

    Args:
        task: What the task pays, (n,), in [0, 1]; `task_to_unit` brings it there. Not read where unsafe.
        unsafe: Whether a hard check failed or could not be made, (n,), of truth values and nothing else.
        severity: How bad it is, (n,), in [0, 1]. It does not count where safe, and must be a number there too.
        costs: Soft costs, (n, k), in [0, 1]. Not read where unsafe.
        multipliers: Their weights, (k,), >= 0. The same for all completions that are compared with each other;
            were they not, safe would still be above unsafe.
        margin: Half of the gap between the tiers, in (0, 1).
        caps: The most that each multiplier can become, (k,). With them rewards of different steps compare, as
            replay and asynchronous rollouts need; without them the task has the widest range that this step allows.

    Returns:
        (n,), in [margin, 1] where safe and in [-1, -margin] where not, exactly. Where safe it does not fall as the
        task pays more, and does not rise with a cost.

    Raises:
        ValueError: A shape is wrong, a value that counts is missing or outside its range, or a multiplier is above
            its cap. A reward that was not computed is no reward of 0: the caller decides what a failure costs.
    """
    bad = np.asarray(unsafe)
    if bad.ndim != 1 or (bad.dtype != np.bool_ and bad.size):  # a NaN would be true, and a string too
        raise ValueError("`unsafe` must be one truth value for each completion")
    bad = bad.astype(np.bool_)
    n = len(bad)
    weights = _checked("multipliers", multipliers, None, most=math.inf)
    most = weights if caps is None else _checked("caps", caps, weights.shape, most=math.inf)
    paid = _checked("task", _where_safe(task, bad), (n,))
    harm = _checked("severity", severity, (n,))
    spent = _checked("costs", _where_safe(costs, bad), (n, len(weights)))
    if not 0.0 < margin < 1.0:
        raise ValueError(f"out of range: {margin=}")
    if np.any(weights > most):
        raise ValueError("a multiplier is above its cap")
    depth = np.where(bad, harm, _share_of_best(paid, spent, weights, most))
    return np.where(bad, -1.0, 1.0) * (margin + (1.0 - margin) * depth)


def _share_of_best(paid: Floats, spent: Floats, weights: Floats, most: Floats) -> Floats:
    """What is earned, over what would be with the best task reward and no cost; in [0, 1].

    Each term is at most its own limit and both sums are taken in one order, so rounding cannot carry it above 1.
    """
    earned, best = paid, 1.0
    with np.errstate(over="ignore"):  # told below
        for weight, limit, cost in zip(weights, most, spent.T, strict=True):
            earned = earned + (limit - weight * cost)
            best += float(limit)
    if not math.isfinite(best):
        raise ValueError("the multipliers are too large to be added")
    return earned / best


def _where_safe(values: ArrayLike, bad: NDArray[np.bool_]) -> Floats:
    """The values, and 0 in rows that are unsafe: what they say of such a row must not matter."""
    array = np.array(values, dtype=np.float64)
    if array.shape[:1] == bad.shape:
        array[bad] = 0.0
    return array


def _checked(name: str, values: ArrayLike, shape: tuple[int, ...] | None, *, most: float = 1.0) -> Floats:
    """As an array of floats, of one dimension where no shape is given, finite and in [0, `most`]."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 if shape is None else array.shape != shape:
        raise ValueError(f"`{name}` has shape {array.shape} instead of {shape or '(k,)'}")
    if array.size and not (array.min() >= 0.0 and array.max() <= most and math.isfinite(array.max())):
        raise ValueError(f"`{name}` has a value outside [0, {most:g}], or none")
    return array


def task_to_unit(
    values: ArrayLike | Sequence[float | None], low: float, high: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """A task reward in the range that was declared for it, as a share of that range.

    The range must not come from the values: what pays 1 would then differ from batch to batch.

    Args:
        values: Rewards as the task gives them, (n,); None, NaN and infinities for those that it could not give.
        low: What pays 0; below it nothing gets worse.
        high: What pays 1, above `low`.

    Returns:
        Shares in [0, 1], NaN where there is no number, and whether that is so. `tiered` refuses such a row unless
        it is unsafe, so whoever forgets the mask gets an error and no reward.

    Raises:
        ValueError: The range is empty, or too wide for a float.
    """
    if not (low < high and math.isfinite(high - low)):
        raise ValueError(f"no range: {low=}, {high=}")
    array = np.asarray(values, dtype=np.float64)
    unknown = ~np.isfinite(array)
    share = (np.clip(array, low, high) - low) / (high - low)
    return np.where(unknown, np.nan, share), unknown


def graded(counts: ArrayLike, full: int) -> Floats:
    """Severity from how many things were found: a slope for a policy all of whose samples are unsafe.

    Args:
        counts: Findings of each completion, whole numbers >= 0.
        full: From how many on it cannot get worse, >= 1.

    Returns:
        In (0, 1] wherever anything was found, 0 elsewhere; rises up to `full` findings.

    Raises:
        ValueError: An argument is outside its range.
    """
    array = np.asarray(counts, dtype=np.float64)
    if full < 1 or not np.all((array >= 0.0) & (array == np.floor(array))):  # also refuses NaN
        raise ValueError("counts must be whole numbers from 0 on, and `full` at least 1")
    return np.minimum(array / full, 1.0)


def group_advantages(rewards: ArrayLike, group: ArrayLike, *, scale: Scale, eps: float = 1e-4) -> Floats:
    """What GRPO makes of rewards: less the mean of their group, over a standard deviation.

    Args:
        rewards: (n,), finite.
        group: Which group each belongs to, (n,): completions of one prompt.
        scale: By the standard deviation (n - 1) of each group, of the whole batch, or not at all (Dr. GRPO).
        eps: Added to the standard deviation.

    Returns:
        (n,). 0 throughout a group whose rewards are all equal, but for rounding.

    Raises:
        ValueError: A reward is not finite, shapes differ, or the scale is none of these.

    Source:
        Shao et al. (2024), DeepSeekMath, arXiv:2402.03300; Liu et al. (2025), arXiv:2503.20783, without scaling. As
        trl 1.16 with `scale_rewards`.
    """
    array, place, size = _grouped(rewards, group)
    centred = array - (np.bincount(place, array) / size)[place]
    if scale == "none":
        return centred
    if scale == "batch":
        spread = array.std(ddof=1) if len(array) > 1 else 0.0
        return centred / (spread + eps)
    if scale != "group":
        raise ValueError(f"unknown: {scale=}")
    squares = np.bincount(place, centred**2)
    return centred / (np.sqrt(squares / np.maximum(size - 1, 1))[place] + eps)


def rloo_advantages(rewards: ArrayLike, group: ArrayLike) -> Floats:
    """What RLOO makes of rewards: less the mean of the others of their group; 0 for one without others.

    Args:
        rewards: (n,), finite.
        group: Which group each belongs to, (n,).

    Raises:
        ValueError: A reward is not finite, or shapes differ.

    Source:
        Ahmadian et al. (2024), arXiv:2402.14740.
    """
    array, place, size = _grouped(rewards, group)
    others = (np.bincount(place, array)[place] - array) / np.maximum(size - 1, 1)[place]
    return np.where(size[place] > 1, array - others, 0.0)


def _grouped(rewards: ArrayLike, group: ArrayLike) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """The rewards, the number of the group of each, and the size of each group."""
    array = np.asarray(rewards, dtype=np.float64)
    names = np.asarray(group)
    if array.ndim != 1 or array.shape != names.shape or not np.all(np.isfinite(array)):
        raise ValueError("one finite reward and one group for each completion")
    _, place, size = np.unique(names, return_inverse=True, return_counts=True)
    return array, place, size
