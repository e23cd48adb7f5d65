"""What an adapter is told: by keyword, or by the environment of the processes that a trainer starts."""

import importlib
import inspect
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from trimtab.enforce.rewards.pace import Pace
from trimtab.enforce.rewards.rewards import Rewards, Task
from trimtab.enforce.rewards.state import MemoryState
from trimtab.errors import UsageError
from trimtab.policy import Policy, load_policy

KEYS = ("policy", "system", "task", "state", "every")
_VARIABLES = {name: f"TRIMTAB_{name.upper()}" for name in KEYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which reward, and where its state lives.

    `policy` is a file and `task` is `module:function`; `state` is a file, the address of a `trimtab rewards serve`, or
    empty for the memory of this process. `every` is as in `Pace`.
    """

    policy: str
    system: str = ""
    task: str = ""
    state: str = ""
    every: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """From keywords, and from the variables TRIMTAB_POLICY, _SYSTEM, _TASK, _STATE and _EVERY for those left out.

        Raises:
            UsageError: There is no policy, or `every` is no number.
        """
        told = {name: given.get(name) for name in KEYS}
        told = {name: os.environ.get(_VARIABLES[name]) if value is None else value for name, value in told.items()}
        if not told["policy"]:
            step = f"Give `policy=`, or set the variable {_VARIABLES['policy']}."
            raise UsageError("nothing says which policy the reward is of.", step)
        every = told.pop("every")
        try:
            number = None if every in {None, ""} else int(every)
        except (TypeError, ValueError):
            raise UsageError("`every` is no number.", "Give the completions of a step, or 0.") from None
        return cls(**{name: str(value) for name, value in told.items() if value is not None}, every=number)


@dataclass(frozen=True, slots=True)
class Made:
    """A reward, ready in this process, and what moves it on."""

    rewards: Rewards
    pace: Pace


_made: dict[tuple[Settings, bool], Made] = {}
_lock = threading.Lock()


def made(settings: Settings, *, alone: bool) -> Made:
    """The reward that these settings say; made once in a process, since trainers call a function for each sample.

    Args:
        settings: Which.
        alone: Whether this process sees every completion of the training, whole groups of them. If not, soft costs
            and an audit need a state that processes share.

    Raises:
        PolicyError: The policy has mistakes.
        UsageError: There is no such system, reward or task; or what moves with the steps would live in the memory of
            one of many.
        PluginError: A detector or metric is not installed, or does not take its fields.
        RewardError: The state cannot be kept, or is of another reward.
    """
    with _lock:
        if (found := _made.get((settings, alone))) is not None:
            return found
        policy = load_policy(settings.policy)
        rewards = Rewards(
            policy, system_of(policy, settings.system), task=task_of(settings.task), state=settings.state or None
        )
        if not alone and rewards.moves and isinstance(rewards.state, MemoryState):
            step = "Give `state=`: a file, if all run on one machine, or the address of a `trimtab rewards serve`."
            detail = f"reward {rewards.name} has {rewards.moves}, and each process would have its own."
            raise UsageError(detail, step)
        found = _made[settings, alone] = Made(rewards, Pace(rewards, settings.every, grouped=alone))
        return found


def system_of(policy: Policy, name: str) -> str:
    """The system that is meant; the only one of the policy where none is named.

    Raises:
        UsageError: There are several.
    """
    if not name and len(policy.systems) > 1:
        raise UsageError("the policy has several systems.", f"Name one: {', '.join(policy.systems)}.")
    return name or next(iter(policy.systems))


def task_of(target: str) -> Task | None:
    """The function that `module:function` names, looked for on the import path, then in the working directory.

    Raises:
        UsageError: There is none.
    """
    if not target:
        return None
    module, _, name = target.partition(":")
    try:
        found: Any = _imported(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (AttributeError, ValueError):
        raise UsageError(f"there is no {target!r}.", "Name a function as `module:function`.") from None
    except Exception as error:  # somebody else's code
        detail = f"importing {module} for the task reward raised {type(error).__name__}."
        raise UsageError(detail, f'Try `python -c "import {module}"`.') from error
    if not callable(found):
        raise UsageError(f"{target!r} cannot be called.", "Name a function as `module:function`.")
    return _in_our_order(found)


def _imported(name: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # last, so that nothing installed is shadowed
        importlib.invalidate_caches()
    return importlib.import_module(name)


def _in_our_order(function: Any) -> Task:
    """A function of verl's kind, known by its parameter `solution_str`, as one of TRL's; any other as it is."""
    try:
        names = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function  # type: ignore[no-any-return]
    if "solution_str" not in names:
        return function  # type: ignore[no-any-return]

    def given(row: int, completions: list[str], columns: Mapping[str, Any]) -> dict[str, Any]:
        keys = ("data_source", "ground_truth", "extra_info")
        return {"solution_str": completions[row], **{key: columns[key][row] for key in keys}}

    if inspect.iscoroutinefunction(function):

        async def waited(*, completions: list[str], **columns: Any) -> list[Any]:
            return [_score(await function(**given(row, completions, columns))) for row in range(len(completions))]

        return waited

    def called(*, completions: list[str], **columns: Any) -> list[Any]:
        return [_score(function(**given(row, completions, columns))) for row in range(len(completions))]

    return called


def _score(result: Any) -> Any:
    return result["score"] if isinstance(result, Mapping) else result
