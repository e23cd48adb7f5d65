"""A policy as a training reward: one number for each completion, whose sign is the verdict."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trimtab.enforce.rewards.auditing import Auditor
from trimtab.enforce.rewards.checks import bounds_of, checks_of
from trimtab.enforce.rewards.counts import Counts, groups_of
from trimtab.enforce.rewards.diagnosis import Diagnosis, diagnose
from trimtab.enforce.rewards.figures import figures, verdicts
from trimtab.enforce.rewards.http_state import HttpState
from trimtab.enforce.rewards.looking import Looker, Rows, Seen, waited
from trimtab.enforce.rewards.scored import Scored
from trimtab.enforce.rewards.standing import Rule
from trimtab.enforce.rewards.state import FileState, MemoryState, RewardState, check_fits
from trimtab.enforce.rewards.weigher import Weigher
from trimtab.errors import RewardError, UsageError
from trimtab.policy import Policy, load_policy
from trimtab.stats.multiplier import Controller

Task = Callable[..., Any]
"""A task reward as trainers have them: `task(prompts=, completions=, **columns)` gives a number for each completion."""

_TRAINERS = frozenset({"log_extra", "log_metric", "trainer_state", "completion_ids", "environments"})


class Rewards:
    """The reward that a policy gives a system in training. A callable with TRL's signature; see `trimtab.rewards`.

    `hard` and `soft` name its checks, in the order of the columns of `Scored`. `group_size` is how many completions
    answer a prompt, where that is known; the callback sets it.
    """

    __name__ = "trimtab"  # under which TRL logs it

    def __init__(
        self, policy: Policy, system: str, *, task: Task | None = None, state: RewardState | str | Path | None = None
    ) -> None:
        """As `trimtab.rewards`."""
        spec = policy.systems.get(system)
        if spec is None:
            raise UsageError(f"the policy has no system {system!r}.", f"It has: {', '.join(policy.systems)}.")
        if spec.reward is None:
            known = ", ".join(policy.rewards)
            step = f"Name one there: `reward: {known}`." if known else "Write one under `rewards`, and name it there."
            raise UsageError(f"the policy names no reward of system {system}.", step)
        reward = policy.rewards[spec.reward]
        checks = checks_of(policy, reward)
        bounds = bounds_of(policy, system, reward)
        self.name, self.spec, self.policy = spec.reward, reward, policy.digest
        self.hard = tuple(check.name for check in checks if not check.soft)
        self.soft = tuple(check.name for check in checks if check.soft)
        gains = reward.controller
        self.rules = tuple(
            Rule.of(
                check.name,
                Controller(kp=gains.kp, ki=gains.ki, kd=gains.kd, z=gains.z, cap=cost.cap, bound=bound),
                check.rates,
            )
            for check, cost, bound in zip(checks[len(self.hard) :], reward.soft, bounds, strict=True)
        )
        self.task = task
        self.group_size: int | None = None
        self._auditor = Auditor(policy, reward.audit, checks, timeout=reward.timeout) if reward.audit else None
        monitor = self._auditor.monitor if self._auditor else None
        self.state: RewardState
        if isinstance(state, str) and state.startswith(("http://", "https://")):
            self.state = HttpState(state, self.rules, len(self.hard), monitor)
        elif isinstance(state, str | Path):
            self.state = FileState(state, self.rules, len(self.hard), monitor)
        else:
            self.state = state or MemoryState(self.rules, len(self.hard), monitor)
        check_fits(self.state.standing(), self.rules, len(self.hard), monitor)
        self._looker = Looker(checks, timeout=reward.timeout)
        self._weigher = Weigher(self.name, reward, checks)

    @property
    def moves(self) -> str:
        """What of it moves with the steps of a training, so that somebody must tell them; empty if nothing does."""
        return "soft costs" if self.soft else "an audit" if self.spec.audit else ""

    # -- scoring ---------------------------------------------------------------------

    @property
    def columns(self) -> frozenset[str]:
        """Columns of the data set that say which rows a check is for."""
        return frozenset(name for check in self._looker.checks for name in check.where)

    @property
    def waits(self) -> bool:
        """Whether a check, the judge of an audit or the task reward must be waited for."""
        audits = self._auditor is not None and self._auditor.waits
        called = getattr(self.task, "__call__", None)  # noqa: B004  # of an object that is awaited when it is called
        return self._looker.waits or audits or any(map(inspect.iscoroutinefunction, (self.task, called)))

    def score(
        self,
        prompts: Sequence[object],
        completions: Sequence[object],
        columns: Mapping[str, Any] | None = None,
        *,
        task: Sequence[float | None] | None = None,
    ) -> Scored:
        """What completions are worth at the multipliers of now; nothing is counted.

        Args:
            prompts: (n,) texts or lists of messages.
            completions: (n,) texts or lists of messages.
            columns: Columns of the data set, (n,) each; metrics take from them what they expect.
            task: Task rewards (n,), in the declared range. All completions are equally good if left out.

        Raises:
            UsageError: Lengths differ, or a column that a check asks for is not there.
            RewardError: A completion could not be looked at, and the policy says `on_crash: raise`.
        """
        rows = Rows(prompts, completions, columns or {})
        return self._weigh(self._looker.run(rows), task)

    async def ascore(
        self,
        prompts: Sequence[object],
        completions: Sequence[object],
        columns: Mapping[str, Any] | None = None,
        *,
        task: Sequence[float | None] | None = None,
    ) -> Scored:
        """As `score`, from within an event loop."""
        rows = Rows(prompts, completions, columns or {})
        return self._weigh(await self._looker.arun(rows), task)

    def _weigh(self, seen: Seen, task: Sequence[float | None] | None) -> Scored:
        return self._weigher.scored(seen, task, self.state.standing().multipliers)

    def best(
        self,
        prompt: object,
        completions: Sequence[object],
        columns: Mapping[str, Any] | None = None,
        *,
        task: Sequence[float | None] | None = None,
        none_safe: Literal["none", "raise"] = "none",
    ) -> int | None:
        """Which of several completions of one prompt is the best safe one, at the multipliers of now.

        Of equal rewards the one with the smallest sum of soft costs is better, and then the earlier.

        Args:
            prompt: A text or a list of messages.
            completions: (n,) texts or lists of messages.
            columns: Of the row of the prompt, one value each.
            task: Task rewards (n,), in the declared range. All are equally good if left out.
            none_safe: What to do where no completion is safe.

        Returns:
            Its place; None where there is no safe one. Never one that a hard check failed or could not look at.

        Raises:
            UsageError: Lengths differ, or a column that a check asks for is not there.
            RewardError: No completion is safe and `none_safe` is "raise", or as in `score`.
        """
        number = len(completions)
        repeated = {name: [value] * number for name, value in (columns or {}).items()}
        scored = self.score([prompt] * number, completions, repeated, task=task)
        safe = np.flatnonzero(~scored.unsafe)
        if len(safe):
            return min(safe.tolist(), key=lambda row: rank(float(scored.rewards[row]), scored.costs[row]))
        if none_safe == "raise":
            raise RewardError(self.name, f"none of {number} completions is safe", "Draw more of them, or refuse.")
        return None

    # -- as trainers call it -----------------------------------------------------------

    def __call__(self, *, prompts: Sequence[object], completions: Sequence[object], **given: Any) -> list[float]:
        """Rewards as TRL asks for them, counted for the next step.

        Raises:
            UsageError: As `score`; or it was called within an event loop though it must wait.
            RewardError: As `score`.
        """
        return self._told(*self.worth(prompts, completions, given), given)

    async def acall(self, *, prompts: Sequence[object], completions: Sequence[object], **given: Any) -> list[float]:
        """As calling it, from within an event loop."""
        return self._told(*await self.aworth(prompts, completions, given), given)

    def worth(
        self,
        prompts: Sequence[object],
        completions: Sequence[object],
        given: Mapping[str, Any],
        groups: NDArray[np.int64] | None = None,
    ) -> tuple[Scored, Counts]:
        """What completions are worth, the task reward asked; and what is to be counted of them, by whoever does.

        Args:
            prompts: (n,) as `score`.
            completions: (n,) as `score`.
            given: Columns (n,) each, and whatever else the task reward takes.
            groups: (n,) which completions answer the same prompt; runs of equal prompts if left out.

        Raises:
            UsageError: As `score`; or it was called within an event loop though it must wait.
            RewardError: As `score`.
        """
        if self.waits:
            return waited(self.aworth(prompts, completions, given, groups))
        rows = Rows(prompts, completions, _columns(given))
        groups = groups_of(prompts, self.group_size) if groups is None else groups
        seen = self._looker.run(rows)
        drawn = self._auditor.draw(seen) if self._auditor else []
        said = self._auditor.judge(rows.some(drawn)) if self._auditor and drawn else None
        # Last, since whatever it does to what it is given must not be what is looked at.
        task = None if self.task is None else self.task(prompts=prompts, completions=_texts(completions), **given)
        return self._weighed(seen, task, groups, drawn, said)

    async def aworth(
        self,
        prompts: Sequence[object],
        completions: Sequence[object],
        given: Mapping[str, Any],
        groups: NDArray[np.int64] | None = None,
    ) -> tuple[Scored, Counts]:
        """As `worth`, from within an event loop."""
        rows = Rows(prompts, completions, _columns(given))
        groups = groups_of(prompts, self.group_size) if groups is None else groups
        seen = await self._looker.arun(rows)
        drawn = self._auditor.draw(seen) if self._auditor else []
        said = await self._auditor.ajudge(rows.some(drawn)) if self._auditor and drawn else None
        task: Any = None  # last, as in `worth`
        if self.task is not None:
            task = self.task(prompts=prompts, completions=_texts(completions), **given)
            task = await task if inspect.isawaitable(task) else task
        return self._weighed(seen, task, groups, drawn, said)

    def _weighed(
        self, seen: Seen, task: Any, groups: NDArray[np.int64], drawn: Sequence[int], said: Seen | None
    ) -> tuple[Scored, Counts]:
        if self.task is not None and not (isinstance(task, Iterable) and not isinstance(task, str | Mapping)):
            raise UsageError("the task reward gave no list of numbers.", "Return a number for each completion.")
        scored = self._weigh(seen, None if self.task is None else list(task))
        audits = self._auditor.gap(scored, drawn, said, groups) if self._auditor and said else ()
        return scored, replace(scored.counts(groups), audits=audits)

    def _told(self, scored: Scored, counts: Counts, given: Mapping[str, Any]) -> list[float]:
        """The rewards, after they were counted and logged."""
        self.state.add(counts)
        if (log_metric := given.get("log_metric")) is not None:
            for name, value in self.figures(counts).items():
                log_metric(name, value)
        if (log_extra := given.get("log_extra")) is not None:
            log_extra("verdict", self.verdicts(scored))
        return [float(reward) for reward in scored.rewards]

    # -- what is said of it ------------------------------------------------------------

    def figures(self, counts: Counts) -> dict[str, float]:
        """Numbers for a log, by name: shares of completions and of groups, and the multipliers.

        The interval of the share that is unsafe is of the step before, over all processes, at 95 %.
        """
        found = figures(counts, self.state.standing(), hard=self.hard, soft=self.soft)
        return found | ({"trimtab/audit_failed": float(self._auditor.failed)} if self._auditor else {})

    def verdicts(self, scored: Scored) -> list[str]:
        """For each completion "safe", or what makes it unsafe."""
        return verdicts(scored, self.hard)

    def diagnosis(self) -> list[Diagnosis]:
        """What the last steps say is going wrong, in words, with the remedy."""
        return diagnose(self.state.standing(), self.rules, self.hard)

    def callback(self) -> Any:
        """The `TrainerCallback` that moves the multipliers once per step, for `callbacks=[...]` of a trainer.

        Raises:
            MissingPackageError: `transformers` is not installed.
        """
        from trimtab.enforce.rewards.trl import callback  # noqa: PLC0415  # only who trains with TRL needs it

        return callback(self)


class AsyncRewards(Rewards):
    """As `Rewards`, for checks and task rewards that wait: TRL awaits it beside its other reward functions."""

    async def __call__(self, *, prompts: Sequence[object], completions: Sequence[object], **given: Any) -> list[float]:  # type: ignore[override]
        """As `Rewards.acall`."""
        return await self.acall(prompts=prompts, completions=completions, **given)


def rank(reward: float, costs: NDArray[np.float64]) -> tuple[float, float]:
    """What sorts safe completions, the best first: the reward, and of equal ones the sum of their soft costs (k,)."""
    return -float(reward), float(costs.sum())


def rewards(
    policy: str | Path | Policy,
    system: str,
    *,
    task: Task | None = None,
    state: RewardState | str | Path | None = None,
) -> Rewards:
    """The training reward of a system, as its policy has it: unsafe never outranks safe.

    Args:
        policy: Its file, or itself.
        system: A system of it that names a `reward`.
        task: What the completions are worth otherwise, with TRL's signature: `task(prompts=, completions=, **columns)`
            gives a number for each, in the range that the reward declares. A coroutine function is awaited.
        state: Where multipliers live: a file that the processes of one machine share, the address of a
            `trimtab rewards serve`, another `RewardState`, or memory if left out.

    Returns:
        A callable for `reward_funcs` of TRL's GRPO and RLOO, with its `callback()`. It is a coroutine function where a
        judge, or the task reward, is waited for.

    Raises:
        PolicyError: The policy has mistakes.
        UsageError: There is no such system, or no reward of it.
        PluginError: A detector or metric is not installed, or does not take its fields.
        RewardError: The file or the server holds no state of this reward.
    """
    loaded = policy if isinstance(policy, Policy) else load_policy(policy)
    made = Rewards(loaded, system, task=task, state=state)
    return AsyncRewards(loaded, system, task=task, state=made.state) if made.waits else made


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in _TRAINERS}


def _texts(completions: Sequence[object]) -> Sequence[object]:
    """As a task reward gets them: it may expect texts, and what it says of none is not asked, since that is unsafe."""
    if all(completion is not None for completion in completions):
        return completions
    return ["" if completion is None else completion for completion in completions]
