"""Says what goes wrong in a training: once, and again if it had come right meanwhile."""

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trimtab.enforce.rewards.rewards import Rewards

_log = logging.getLogger("trimtab.rewards")


class Teller:
    """Warns of what the state of a reward shows. For whoever moves the multipliers, after each step."""

    def __init__(self, rewards: "Rewards") -> None:
        """Nothing was said yet."""
        self._rewards = rewards
        self._said: set[str] = set()

    def tell(self) -> None:
        """Warn of what is new."""
        found = {one.kind: one for one in self._rewards.diagnosis()}
        for kind, one in found.items():
            if kind not in self._said:
                _log.warning("reward %s: %s", self._rewards.name, one)
        self._said = set(found)
