"""An independent judge of a sample of completions: does training please a check more than it should?"""

import os
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trimtab.enforce.rewards.checks import Check, judge_of
from trimtab.enforce.rewards.looking import Looker, Rows, Seen
from trimtab.enforce.rewards.scored import Scored
from trimtab.policy import AuditSpec, Policy
from trimtab.stats.hacking import HackingMonitor, differences


class Auditor:
    """Draws completions, has them judged, and says how far the check was from the judge."""

    def __init__(self, policy: Policy, spec: AuditSpec, checks: Sequence[Check], *, timeout: float) -> None:
        """Make the judge.

        Raises:
            PluginError: The judge is not installed, or does not take its fields.
        """
        self._share = spec.share
        self._place = [check.name for check in checks].index(spec.of)
        watched = checks[self._place]
        self._looker = Looker([judge_of(policy, spec.metric, where=watched.where)], timeout=timeout)
        # Processes of one training must not all draw the same places.
        self._chance = random.Random(f"{spec.seed}:{os.environ.get('RANK', '0')}")
        self.monitor = HackingMonitor(allowed=spec.gap_at_most, alpha=1.0 - spec.confidence)
        self.failed = 0  # looks of the judge that came to nothing

    @property
    def waits(self) -> bool:
        """Whether the judge must be waited for."""
        return self._looker.waits

    def draw(self, seen: Seen) -> list[int]:
        """Rows to be judged, of those that the check looked at."""
        looked = np.flatnonzero(seen.looked[:, self._place]).tolist()
        return [row for row in looked if not seen.errors[row] and self._chance.random() < self._share]

    def judge(self, rows: Rows) -> Seen:
        """What the judge says of the rows that were drawn."""
        return self._looker.run(rows)

    async def ajudge(self, rows: Rows) -> Seen:
        """As `judge`, from within an event loop."""
        return await self._looker.arun(rows)

    def gap(self, scored: Scored, rows: Sequence[int], seen: Seen, groups: NDArray[np.int64]) -> tuple[float, ...]:
        """What the judge saw beyond the check in the rows that were drawn, in [-1, 1], a number for each prompt.

        A row that the judge could not look at counts as one in which it saw the least, so that a broken judge raises
        no false alarm; `failed` counts these.
        """
        said = seen.bad[:, 0].copy()
        for row, error in enumerate(seen.errors):
            if error:
                self.failed += 1
                said[row] = 0.0
        bad = scored.bad[rows, self._place]
        return tuple(map(float, differences(1.0 - bad, 1.0 - said, groups[rows])))
