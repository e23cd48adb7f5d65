"""For verl: a score for one sample, and an estimator of advantages that moves the multipliers once a step.

verl scores each sample alone, in workers that share nothing; its driver sees the whole batch, but only the rewards. So
workers add what soft costs came to into a state that all share, and the driver counts verdicts, which are the signs of
the rewards, and moves on. Config lines are in docs/how-to/trainers.md.

Source:
    verl 0.9.1: `verl.trainer.ppo.reward.get_custom_reward_fn`, `verl.trainer.ppo.ray_trainer.compute_advantage` and
    `verl.trainer.ppo.core_algos.compute_grpo_outcome_advantage`.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trimtab._optional import need
from trimtab.enforce.rewards.columns import of_label, of_training
from trimtab.enforce.rewards.counts import Counts
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.settings import KEYS, Made, Settings, made
from trimtab.errors import RewardError, UsageError
from trimtab.stats.groups_signal import group_signal

_EPSILON = 1e-6  # verl's
_ROUNDING = 1e-3  # of rewards on their way through tensors of other precision


def compute_score(
    data_source: object, solution_str: str, ground_truth: object, extra_info: Any = None, **given: Any
) -> dict[str, Any]:
    """What a sample is worth, as verl's reward managers ask for it.

    Columns are `data_source`, `ground_truth`, `extra_info`, the keys of the latter, and those of the ground truth where
    it is an object or JSON; any other ground truth is also `answer`. The prompt is `extra_info["prompt"]`, if it is
    there. What `extra_info["split"]` says is not of the training counts for nothing.

    Args:
        data_source: As verl gives it.
        solution_str: The completion.
        ground_truth: As verl gives it.
        extra_info: As verl gives it.
        **given: `policy`, `system`, `task`, `state` and `every` as in `Settings`; others are verl's, and not used.
            `task` may also name a function such as this one.

    Returns:
        `score`, whose sign is the verdict, in [-1, -m] or [m, 1]; `safe`, `error` and `untasked` (0 or 1), `severity`
        and `task` in [0, 1]; `verdict` in words. The keys are always the same: verl takes those of the first sample.

    Raises:
        UsageError: A setting is wrong, or a column that a check asks for is not there.
        RewardError: The sample could not be looked at, and the policy says `on_crash: raise`; or the state is lost.
    """
    ready = _ready(given)
    prompts, columns = _row(data_source, ground_truth, extra_info)
    scored, counts = ready.rewards.worth(prompts, [solution_str], columns)
    _count(ready, prompts, scored, counts, columns)
    return _answer(ready, scored)


async def compute_score_async(
    data_source: object, solution_str: str, ground_truth: object, extra_info: Any = None, **given: Any
) -> dict[str, Any]:
    """As `compute_score`, for rewards with judges, which are then waited for beside each other."""
    ready = await asyncio.to_thread(_ready, given)
    prompts, columns = _row(data_source, ground_truth, extra_info)
    scored, counts = await ready.rewards.aworth(prompts, [solution_str], columns)
    await asyncio.to_thread(_count, ready, prompts, scored, counts, columns)
    return _answer(ready, scored)


def _ready(given: Mapping[str, Any]) -> Made:
    return made(Settings.of({name: given.get(name) for name in KEYS}), alone=False)


def _row(data_source: object, ground_truth: object, extra_info: Any) -> tuple[list[object], dict[str, list[Any]]]:
    """The prompt, and the columns of a row."""
    info = {str(name): value for name, value in extra_info.items()} if isinstance(extra_info, Mapping) else {}
    prompt = info.pop("prompt", "")
    whole = {"data_source": data_source, "ground_truth": ground_truth, "extra_info": extra_info}
    columns = {**info, **of_label(ground_truth), **whole}
    return [prompt], {name: [value] for name, value in columns.items() if name not in {"prompts", "completions"}}


def _count(
    ready: Made, prompts: list[object], scored: Scored, counts: Counts, columns: Mapping[str, list[Any]]
) -> None:
    if not of_training({name: values[0] for name, values in columns.items()}):
        return
    if not ready.pace.every:  # the driver counts completions and verdicts: it knows which were trained on
        counts = replace(counts, completions=0.0, unsafe=0.0)
    ready.pace.count(prompts, scored, counts)


def _answer(ready: Made, scored: Scored) -> dict[str, Any]:
    task = float(scored.task[0])
    return {
        "score": float(scored.rewards[0]),
        "safe": float(not scored.unsafe[0]),
        "severity": float(scored.severity[0]),
        "task": 0.0 if math.isnan(task) else task,
        "untasked": float(math.isnan(task)),
        "error": float(bool(scored.errors[0])),
        "verdict": ready.rewards.verdicts(scored)[0],
    }


# -- on the driver ---------------------------------------------------------------------


def register(name: str = "trimtab", **given: Any) -> Callable[..., Any]:
    """Register an estimator for `algorithm.adv_estimator`, in a module that `VERL_USE_EXTERNAL_MODULES` names.

    verl imports that in each of its processes. Settings are read when the estimator is first used. To register the same
    again changes nothing: verl may load a file twice.

    Args:
        name: What it is called in verl's configuration.
        **given: As for `compute_score`, with the same values.

    Raises:
        MissingPackageError: verl is not installed.
    """
    algorithms: Any = need("verl.trainer.ppo.core_algos", extra="")
    estimator = Estimator(tuple(sorted(given.items())))
    algorithms.register_adv_est(name)(estimator)
    return estimator


@dataclass(frozen=True)
class Estimator:
    """Advantages within groups, as verl's GRPO has them, from rewards whose sign is the verdict.

    A reward between the tiers, such as the 0.0 that a manager of verl writes after a time-out or a crash, is of a
    sample that was not scored: it counts as unsafe at its worst.
    """

    given: tuple[tuple[str, Any], ...] = ()

    def __call__(
        self, token_level_rewards: Any, response_mask: Any, config: Any = None, index: Any = None, **_: Any
    ) -> tuple[Any, Any]:
        """Count the batch, move the multipliers on, and compare within groups.

        Args:
            token_level_rewards: (samples, tokens); each row sums up to the reward of its sample.
            response_mask: (samples, tokens).
            config: verl's `algorithm` section: `norm_adv_by_std_in_grpo` and `use_kl_in_reward` are read.
            index: Which prompt each sample answers, (samples,).
            **_: Whatever else verl gives.

        Returns:
            Advantages and returns, (samples, tokens) each, the same tensor.

        Raises:
            UsageError: A setting is wrong.
            RewardError: Something was added to the rewards, so that their signs are no verdicts; there are no groups;
                or the state is lost, or is not the one that the workers use.
        """
        torch = need("torch", extra="rl")
        ready = _ready(dict(self.given))
        if ready.pace.every:
            raise UsageError("the estimator ends each step, and so would `every`.", "Give `every=0`, here and there.")
        if _option(config, "use_kl_in_reward", otherwise=False):
            raise _changed(ready, "Set algorithm.use_kl_in_reward=False, and actor.use_kl_loss=True for a KL term.")
        if index is None or len(index) != len(token_level_rewards):
            raise RewardError(ready.rewards.name, "the batch does not say which samples belong together", "")
        with torch.no_grad():
            told = token_level_rewards.sum(dim=-1).to(torch.float64)
            groups = np.unique(np.asarray(index).astype(str), return_inverse=True)[1]
            rewards = self._counted(ready, told.cpu().numpy(), groups)
            spread = _option(config, "norm_adv_by_std_in_grpo", otherwise=True)
            advantages = _grpo(torch.as_tensor(rewards), torch.as_tensor(groups), spread=spread)
            whole = advantages.to(token_level_rewards).unsqueeze(-1) * response_mask
        return whole, whole

    def _counted(self, ready: Made, told: np.ndarray[Any, np.dtype[np.float64]], groups: Any) -> Any:
        """The rewards of samples that were scored, -1 of others; after they were counted and the state moved on."""
        margin, state = ready.rewards.spec.margin, ready.rewards.state
        if np.any(np.abs(told) > 1.0 + _ROUNDING):  # NaN is not
            raise _changed(ready, "Use the reward manager `naive`, and no length penalty.")
        scored = np.abs(told) >= margin - min(_ROUNDING, margin / 2.0)  # 0.0 is not, however small the margin
        rewards = np.where(scored, told, -1.0)
        unsafe = rewards < 0.0
        severity = np.clip(np.round((-rewards - margin) / (1.0 - margin), 3), 0.0, 1.0)
        signal = group_signal(unsafe, severity, groups)
        counts = Counts.none(len(ready.rewards.hard), len(ready.rewards.soft))
        counts = replace(
            counts, completions=float(len(told)), unsafe=float(unsafe.sum()), errors=float((~scored).sum())
        )
        state.add(counts.with_groups(*map(float, (signal.groups, signal.all_unsafe, signal.equal, signal.all_safe))))
        standing, pending = state.seen()
        for place, cost in enumerate(ready.rewards.spec.soft):
            if not (cost.where or standing.total.looked[place] or pending.looked[place]):
                step = "Give `state=` the same value there and here."
                raise RewardError(ready.rewards.name, f"no worker has told what {cost.name} came to", step)
        ready.pace.advance(standing.step + 1)
        return rewards


def _grpo(rewards: Any, groups: Any, *, spread: bool) -> Any:
    """Less the mean of the group, over its standard deviation (n - 1); for a sample that is alone these are 0 and 1."""
    count = groups.bincount().to(rewards)
    mean = (groups.bincount(rewards) / count) * (count > 1)
    centred = rewards - mean[groups]
    if not spread:
        return centred
    variance = groups.bincount(centred**2) / (count - 1).clamp(min=1)
    deviation = variance.sqrt().where(count > 1, count.new_ones(()))
    return centred / (deviation[groups] + _EPSILON)


def _option(config: Any, name: str, *, otherwise: bool) -> bool:
    found = config.get(name, otherwise) if hasattr(config, "get") else getattr(config, name, otherwise)
    return bool(found)


def _changed(ready: Made, step: str) -> RewardError:
    return RewardError(ready.rewards.name, "something was added to the rewards, so their signs are no verdicts", step)
