"""Training rewards: the policy's floors as a number by which unsafe never outranks safe."""

from trimtab.enforce.rewards.counts import Counts, groups_of
from trimtab.enforce.rewards.diagnosis import Diagnosis
from trimtab.enforce.rewards.rewards import AsyncRewards, Rewards, rank, rewards
from trimtab.enforce.rewards.samples import Columns, NoSampleError, Sample, sample_of, turned
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.standing import Rule, Standing
from trimtab.enforce.rewards.state import FileState, MemoryState, RewardState, resting

__all__ = [
    "AsyncRewards",
    "Columns",
    "Counts",
    "Diagnosis",
    "FileState",
    "MemoryState",
    "NoSampleError",
    "RewardState",
    "Rewards",
    "Rule",
    "Sample",
    "Scored",
    "Standing",
    "groups_of",
    "rank",
    "resting",
    "rewards",
    "sample_of",
    "turned",
]
