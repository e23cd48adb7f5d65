"""Training rewards: the policy's floors as a number by which unsafe never outranks safe."""

from trimtab.enforce.rewards.counts import Counts, groups_of
from trimtab.enforce.rewards.diagnosis import Diagnosis
from trimtab.enforce.rewards.rewards import AsyncRewards, Rewards, rewards
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.standing import Rule, Standing
from trimtab.enforce.rewards.state import FileState, MemoryState, RewardState

__all__ = [
    "AsyncRewards",
    "Counts",
    "Diagnosis",
    "FileState",
    "MemoryState",
    "RewardState",
    "Rewards",
    "Rule",
    "Scored",
    "Standing",
    "groups_of",
    "rewards",
]
