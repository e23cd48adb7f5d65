"""Steps for trainers that tell none: the multipliers move after so many completions."""

import hashlib
import math
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trimtab.enforce.rewards.counts import Counts
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.standing import Standing
from trimtab.enforce.rewards.telling import Teller
from trimtab.errors import UsageError
from trimtab.stats.groups_signal import group_signal

if TYPE_CHECKING:
    from trimtab.enforce.rewards.rewards import Rewards


class Pace:
    """Adds counts to the state of a reward, and moves it on once there are `every` completions; never where that is 0.

    Where the completions of a prompt come one by one, `grouped` makes groups of equal prompts between two steps; they
    are remembered by digest, in this process only. Threads may share it.
    """

    def __init__(self, rewards: "Rewards", every: int | None, *, grouped: bool) -> None:
        """Begin to count.

        Args:
            rewards: Whose state it is.
            every: Completions of a step of the optimiser, >= 1; 0 where somebody else tells the steps.
            grouped: Whether all completions of a prompt come here.

        Raises:
            UsageError: `every` is None, though there is what moves with a step; or it is below 0.
        """
        if every is None and rewards.moves:
            step = "Give `every`: the completions of a step, or 0 where the trainer tells its steps."
            raise UsageError(f"reward {rewards.name} has {rewards.moves}, and nothing says when a step ends.", step)
        if every is not None and every < 0:
            raise UsageError("`every` is below 0.", "Give the completions of a step.")
        self.every = every or 0
        self._rewards, self._grouped, self._teller = rewards, grouped, Teller(rewards)
        self._lock = threading.Lock()
        self._prompts: list[str] = []
        self._unsafe: list[bool] = []
        self._severity: list[float] = []

    def room(self) -> int | None:
        """How many completions still belong to this step, >= 1; None if it has no end of its own.

        A step that is full already, since whoever filled it was killed before it moved on, is ended first.
        """
        if not self.every:
            return None
        with self._lock:
            self._end_if_full()
            return max(1, math.ceil(self.every - self._rewards.state.seen()[1].completions))

    def count(self, prompts: Sequence[object], scored: Scored, counts: Counts) -> None:
        """Add what was scored, and move on if the step is full.

        Raises:
            RewardError: The state cannot be kept.
        """
        with self._lock:
            self._rewards.state.add(counts.ungrouped())
            if self._grouped:
                self._prompts += [digest(prompt) for prompt in prompts]
                self._unsafe += map(bool, scored.unsafe)
                self._severity += map(float, scored.severity)
            if self.every:
                self._end_if_full()

    def advance(self, step: int) -> Standing:
        """Move on because a trainer said so.

        Raises:
            RewardError: The state cannot be kept.
        """
        with self._lock:
            return self._move(step)

    def _end_if_full(self) -> None:
        standing, pending = self._rewards.state.seen()
        if pending.completions >= self.every:
            # The step is of the same look as the counts: whoever else saw it full names it too, and it counts once.
            self._move(standing.step + 1)

    def _move(self, step: int) -> Standing:
        if self._prompts:
            self._rewards.state.add(self._groups())
        standing = self._rewards.state.advance(step)
        self._teller.tell()
        return standing

    def _groups(self) -> Counts:
        """What there is to say of the groups since this was last asked."""
        ids = np.unique(np.array(self._prompts), return_inverse=True)[1]
        signal = group_signal(np.array(self._unsafe), np.array(self._severity), ids)
        self._prompts, self._unsafe, self._severity = [], [], []
        sums = (signal.groups, signal.all_unsafe, signal.equal, signal.all_safe)
        return Counts.none(len(self._rewards.hard), len(self._rewards.soft)).with_groups(*map(float, sums))


def digest(prompt: object) -> str:
    """What a prompt is known by, since no text is kept."""
    return hashlib.blake2b(repr(prompt).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
