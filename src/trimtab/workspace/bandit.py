"""Where the next case is spent: on the suite that has failed most, as far as is known.

Every suite is an arm, and a case that comes out badly is what is sought.
Thompson sampling draws a rate for each from what was seen of it, and asks the
one with the most failures per call. Which case comes next so depends on earlier answers only, and within a
suite cases keep their drawn order: intervals that hold at every moment hold
for each suite, however few or many of its cases were asked.

Source:
    Thompson (1933), Biometrika 25(3/4), 285-294; Russo et al. (2018), A Tutorial on Thompson Sampling,
    Foundations and Trends in Machine Learning 11(1), 1-96.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trimtab.kinds import Better, Missing, Score


@dataclass(slots=True, kw_only=True)
class Bandit:
    """`better` says of each metric which way is good. What is drawn depends on `seed` and on the answers so far."""

    better: Mapping[str, Better]
    seed: int = 0
    _failed: dict[str, int] = field(default_factory=dict)  # suite -> cases that came out badly by any of its metrics
    _held: dict[str, int] = field(default_factory=dict)
    _calls: dict[str, int] = field(default_factory=dict)  # replies that those cases took
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def take(self, suite: str, outcomes: Mapping[str, Score | Missing], *, calls: int) -> None:
        """Learn from one case, which took so many calls; one without any outcome teaches nothing."""
        known = {name: one.value for name, one in outcomes.items() if isinstance(one, Score)}
        if not known:
            return
        failed = any(value > 0.0 if self.better[name] == "lower" else value < 1.0 for name, value in known.items())
        counts = self._failed if failed else self._held
        counts[suite] = counts.get(suite, 0) + 1
        self._calls[suite] = self._calls.get(suite, 0) + max(1, calls)

    def choose(self, suites: Sequence[str]) -> str:
        """The suite to ask next, of those that have cases left; at least one."""
        return max(suites, key=self._draw)

    def _draw(self, suite: str) -> float:
        failed, held = self._failed.get(suite, 0), self._held.get(suite, 0)
        each = self._calls.get(suite, 1) / max(1, failed + held)
        return self._chance.betavariate(1 + failed, 1 + held) / each
