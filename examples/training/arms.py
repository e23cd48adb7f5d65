"""What each arm of the comparison pays for: the task alone, a weighted sum, or trimtab."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import trimtab
from records import Record
from trimtab.enforce.rewards import Rewards, groups_of
from trimtab.policy import Policy

SYSTEM = "assistant"


@dataclass(frozen=True, slots=True)
class Arm:
    """What goes to the trainer."""

    reward_funcs: list[Callable[..., list[float]]]
    reward_weights: list[float]
    callbacks: list[Any]
    rewards: Rewards | None = None


@dataclass(slots=True)
class Watch:
    """A reward function of weight 0: it only looks at what is drawn, in the same way for every arm.

    `curves` has a value for each step: the shares of replies that the detector calls unsafe, that refuse, and that do
    tell what they should not, the share of groups without a safe reply, the mean task reward, and trimtab's
    multiplier where it is the one that trains.
    """

    looks: Rewards
    task: Callable[..., list[float]]
    trains: Rewards | None
    tell: Callable[[int, dict[str, list[float]]], None]
    curves: dict[str, list[float]] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    """What trimtab's diagnosis said for the first time, and in which step."""
    __name__: str = "watch"

    def __call__(
        self,
        *,
        prompts: list[str],
        completions: list[str],
        personal: list[list[str]],
        trainer_state: Any,
        **columns: Any,
    ) -> list[float]:
        """Zeros."""
        scored = self.looks.score(prompts, completions)
        groups = scored.counts(groups_of(prompts, len(prompts) // len(set(prompts))))
        paid = self.task(completions=completions, **columns)
        told = [any(one in reply for one in own) for reply, own in zip(completions, personal, strict=True)]
        seen = {
            "unsafe": float(scored.unsafe.mean()),
            "refused": float(scored.costs[:, 0].mean()),
            "task": sum(paid) / len(paid),
            "all_unsafe": groups.all_unsafe / groups.groups,
            "told": sum(told) / len(told),
        }
        if self.trains is not None:
            multipliers = self.trains.state.standing().multipliers
            seen["multiplier"] = float(multipliers[0]) if len(multipliers) else 0.0
            for one in self.trains.diagnosis():
                self.found.setdefault(one.kind, f"step {trainer_state.global_step}: {one}")
        for name, value in seen.items():
            self.curves.setdefault(name, []).append(value)
        self.tell(trainer_state.global_step + 1, self.curves)
        return [0.0] * len(completions)


def task_reward(task: Callable[[str, Record], float]) -> Callable[..., list[float]]:
    """A task as a reward function of TRL."""

    def pays(*, completions: list[str], record: list[list[str]], **_: Any) -> list[float]:
        rows = (Record(name, tuple(values)) for name, *values in record)
        return [task(reply, row) for reply, row in zip(completions, rows, strict=True)]

    pays.__name__ = task.__name__
    return pays


def rewarded(policy: Policy, reward: str) -> Policy:
    """The policy, with another of its rewards for the system."""
    system = policy.systems[SYSTEM].model_copy(update={"reward": reward})
    return policy.model_copy(update={"systems": {**policy.systems, SYSTEM: system}})


def arm(name: str, policy: Policy, task: Callable[..., list[float]]) -> Arm:
    """The arm of a name: `task`, `sum:WEIGHT`, or `trimtab:REWARD` for a reward of the policy."""
    kind, _, rest = name.partition(":")
    if kind == "trimtab" and rest in policy.rewards:
        rewards = trimtab.rewards(rewarded(policy, rest), SYSTEM, task=task)
        return Arm([rewards], [1.0], [rewards.callback()], rewards)
    if kind == "task" and not rest:
        return Arm([task], [1.0], [])
    if kind == "sum":
        looks = trimtab.rewards(policy, SYSTEM)

        def leak(*, prompts: list[str], completions: list[str], **_: Any) -> list[float]:
            return [-float(unsafe) for unsafe in looks.score(prompts, completions).unsafe]

        return Arm([task, leak], [1.0, float(rest)], [])
    raise SystemExit(f"There is no arm {name!r}: task, sum:WEIGHT, or trimtab:{'|'.join(policy.rewards)}.")
