"""What completions are worth that were looked at: two tiers, whose sign is the verdict."""

import logging
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trimtab.enforce.rewards.checks import Check
from trimtab.enforce.rewards.looking import Seen
from trimtab.enforce.rewards.scored import Scored
from trimtab.errors import RewardError, UsageError
from trimtab.policy import RewardSpec
from trimtab.stats.tiers import task_to_unit, tiered

_log = logging.getLogger("trimtab.rewards")


class Weigher:
    """Makes rewards of what was seen, by a policy's word on severities, margins and what could not be looked at."""

    def __init__(self, name: str, spec: RewardSpec, checks: Sequence[Check]) -> None:
        """Weigh with these checks, hard ones first."""
        self._name, self._spec = name, spec
        self._severity = [check.severity for check in checks if not check.soft]
        self._caps = np.array([cost.cap for cost in spec.soft]) if spec.fixed_range else None
        self._said: set[str] = set()  # why completions could not be looked at, each once

    def scored(self, seen: Seen, task: Sequence[float | None] | None, multipliers: NDArray[np.float64]) -> Scored:
        """The rewards.

        Args:
            seen: What looking at n completions came to.
            task: Task rewards (n,), in the declared range. All completions are equally good if left out.
            multipliers: Of the soft costs, (k,).

        Raises:
            UsageError: There is not one task reward for each completion.
            RewardError: A completion could not be looked at, and the policy says `on_crash: raise`.
        """
        number, hard = len(seen.errors), len(self._severity)
        broken = [row for row, error in enumerate(seen.errors) if error]
        self._tell(seen, broken)
        failed = seen.bad[:, :hard] > 0.0
        severity = np.zeros(number)
        for row, place in zip(*np.nonzero(failed), strict=True):
            severity[row] = max(severity[row], self._severity[place](int(seen.found[row, place])))
        unsafe = np.asarray(failed.any(axis=1))
        severity[broken], unsafe[broken] = 1.0, True
        costs = seen.bad[:, hard:]
        told = np.ones(number) if task is None else self._in_range(task, number)
        if self._caps is not None:  # of a checkpoint that had higher ones
            multipliers = np.minimum(multipliers, self._caps)
        rewards = tiered(
            np.where(np.isnan(told), 0.0, told),  # without a task reward: the lowest
            unsafe,
            severity,
            costs,
            multipliers,
            margin=self._spec.margin,
            caps=self._caps,
        )
        return Scored(
            rewards=rewards,
            unsafe=unsafe,
            severity=severity,
            task=told,
            failed=failed,
            costs=costs,
            looked=seen.looked,
            errors=tuple(seen.errors),
            labels=tuple(tuple(sorted(seen.labels.get(row, ()))) for row in range(number)),
        )

    def _tell(self, seen: Seen, broken: Sequence[int]) -> None:
        """Say what could not be looked at, each reason once; stop there if the policy says so."""
        for error in set(filter(None, seen.errors)) - self._said:
            self._said.add(error)
            _log.warning("reward %s: a completion could not be looked at (%s)", self._name, error)
        if broken and self._spec.on_crash == "raise":
            first = seen.errors[broken[0]]
            detail = f"{len(broken)} of {len(seen.errors)} completions could not be looked at ({first})"
            raise RewardError(self._name, detail, "Mend the check, or let such completions count as unsafe.")

    def _in_range(self, task: Sequence[float | None], number: int) -> NDArray[np.float64]:
        if len(task) != number:
            told = f"the task reward gave {len(task)} numbers for {number} completions."
            raise UsageError(told, "Give one for each.")
        values = np.array([_number(value) for value in task])
        return task_to_unit(values, self._spec.task.low, self._spec.task.high)[0]


def _number(value: object) -> float:
    """A number, or NaN for whatever is none."""
    try:
        told = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return told if math.isfinite(told) else math.nan
