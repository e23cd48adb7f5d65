"""For NeMo-RL: an environment of one turn, whose actor holds the state.

Source:
    NeMo-RL: `nemo_rl.environments.interfaces` and `nemo_rl.experience.rollouts.run_multi_turn_rollout` of its
    repository, read in November 2026.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from trimtab._optional import need
from trimtab.enforce.rewards.columns import alike, of_label
from trimtab.enforce.rewards.openrlhf import answered
from trimtab.enforce.rewards.settings import KEYS, Settings, made
from trimtab.errors import RewardError, UsageError


def environment() -> type[Any]:
    """The class of an environment, for `ray.remote(environment())`; its configuration is as `Settings`.

    Raises:
        MissingPackageError: NeMo-RL is not installed.
    """
    interfaces: Any = need("nemo_rl.environments.interfaces", extra="")

    class TrimtabEnvironment(_Floors, interfaces.EnvironmentInterface):  # type: ignore[misc]
        """Ours, with the base by which NeMo-RL knows an environment."""

        def __init__(self, cfg: Mapping[str, Any]) -> None:
            super().__init__(cfg, interfaces.EnvironmentReturn)

    return TrimtabEnvironment


class _Floors:
    """Scores conversations by a policy. One actor for the whole training, so that it sees whole groups."""

    def __init__(self, cfg: Mapping[str, Any], answer: Any) -> None:
        """Make the reward; `answer` is NeMo-RL's type of what `step` returns."""
        self._made = made(Settings.of({name: cfg.get(name) for name in KEYS}), alone=True)
        self._answer = answer

    def step(self, message_log_batch: Sequence[Sequence[Mapping[str, Any]]], metadata: Sequence[Any]) -> Any:
        """Score each conversation and end it.

        The completion is all from the first message of the assistant on. Columns come from the metadata, as in
        `trimtab.enforce.rewards.columns.of_label`; its `ground_truth` is also `answer`.

        Returns:
            An `EnvironmentReturn`: rewards (n,), whose sign is the verdict; empty observations; every conversation at
            its end.

        Raises:
            UsageError: A column that a check asks for is not there.
            RewardError: A conversation could not be looked at, and the policy says `on_crash: raise`; or the state is
                lost.
        """
        torch = need("torch", extra="rl")
        if len(message_log_batch) != len(metadata):
            raise UsageError("there is not one entry of metadata for each conversation.", "Give one for each.")
        parted = [_parted(log) for log in message_log_batch]
        parts = []
        for places, columns, training in alike([_columns(entry) for entry in metadata]):
            prompts = [parted[place][0] for place in places]
            scored, counts = self._made.rewards.worth(prompts, [parted[place][1] for place in places], columns)
            if training:
                self._made.pace.count(prompts, scored, counts)
            parts.append((places, scored))
        rewards = torch.tensor(answered(parts, len(parted))["rewards"], dtype=torch.float32)
        return self._answer(
            observations=[{"role": "environment", "content": ""} for _ in parted],
            metadata=list(metadata),
            next_stop_strings=[None] * len(parted),
            rewards=rewards,
            terminateds=torch.ones_like(rewards),
            answers=None,
        )

    def global_post_process_and_metrics(self, batch: Any) -> tuple[Any, dict[str, float]]:
        """The batch as it is, and what is to be logged.

        Rewards of conversations that did not end are left alone: the 0.0 that other environments write ranks above
        everything unsafe.

        Raises:
            RewardError: There is a reward between the tiers, which is not ours.
        """
        told = batch["rewards"] if "rewards" in batch else batch["total_reward"]
        margin = self._made.rewards.spec.margin
        if not bool((told.abs() >= margin - min(1e-3, margin / 2.0)).all()):
            detail = "a reward lies between what is safe and what is not, so it is not of this environment"
            raise RewardError(self._made.rewards.name, detail, "Use this environment alone, for one turn.")
        standing = self._made.rewards.state.standing()
        figures = self._made.rewards.figures(standing.last)
        return batch, {"trimtab/unsafe_in_batch": float((told < 0).float().mean()), **figures}

    def standing(self) -> dict[str, Any]:
        """The state in JSON form, for whoever saves checkpoints."""
        return self._made.rewards.state.standing().payload()


def _parted(log: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A conversation, as prompt and completion."""
    plain = [{"role": message.get("role"), "content": message.get("content")} for message in log]
    first = next((place for place, message in enumerate(plain) if message["role"] == "assistant"), len(plain))
    return plain[:first], plain[first:]


def _columns(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        return of_label(entry)
    truth = entry.get("ground_truth")
    return {**of_label(truth), **of_label(entry)}
