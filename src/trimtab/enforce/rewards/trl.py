"""The callback for trainers of `transformers` and TRL: one step of the multipliers for each step of the optimiser."""

from functools import reduce
from typing import TYPE_CHECKING, Any

from trimtab._optional import need
from trimtab.enforce.rewards.counts import Counts
from trimtab.enforce.rewards.standing import Standing
from trimtab.enforce.rewards.telling import Teller

if TYPE_CHECKING:
    from trimtab.enforce.rewards.rewards import Rewards


def callback(rewards: "Rewards") -> Any:
    """A `TrainerCallback` that moves the multipliers, keeps them with checkpoints, and says what goes wrong.

    Each process holds the same multipliers: counts are summed over all of them first. What is scored for an
    evaluation moves nothing. The state is saved in `trainer_state.json` of a checkpoint, and comes back with it.

    Raises:
        MissingPackageError: `transformers` is not installed.
    """
    trainer_callback: Any = need("transformers.trainer_callback", extra="rl")

    class TrimtabRewards(_Steps, trainer_callback.TrainerCallback, trainer_callback.ExportableState):  # type: ignore[misc]
        """Ours, with the bases by which trainers know a callback and keep its state."""

        def __init__(self) -> None:
            super().__init__(rewards)

    return TrimtabRewards()


class _Steps:
    """What happens at each event of a trainer."""

    def __init__(self, rewards: "Rewards") -> None:
        self._rewards = rewards
        self._teller = Teller(rewards)
        self._before = 0  # steps of trainings that went before this one with the same state

    # -- with a checkpoint: the names are those of `ExportableState` -------------------

    def state(self) -> dict[str, Any]:
        return {"args": {}, "attributes": {"standing": self.standing}}

    @property
    def standing(self) -> dict[str, Any]:
        return self._rewards.state.standing().payload()

    @standing.setter
    def standing(self, payload: dict[str, Any]) -> None:
        self._rewards.state.restore(Standing.from_payload(payload))

    # -- events ------------------------------------------------------------------------

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._rewards.group_size = getattr(args, "num_generations", None)
        kept = state.stateful_callbacks.get(type(self).__name__)
        if state.global_step and kept:  # of the checkpoint that training goes on from
            self.standing = (kept[-1] if isinstance(kept, list) else kept)["attributes"]["standing"]
        # A trainer begins at 0 again; the state goes on, and would take those steps for counted already.
        self._before = max(0, self._rewards.state.standing().step - state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._rewards.state.advance(self._before + state.global_step, total=_over_processes)
        if state.is_world_process_zero:
            self._teller.tell()

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._rewards.state.discard()

    on_predict = on_evaluate


def _over_processes(counts: Counts) -> Counts:
    """The sums over all processes of a distributed training."""
    distributed = need("torch", extra="rl").distributed
    if not (distributed.is_available() and distributed.is_initialized()):
        return counts
    everywhere: list[dict[str, Any]] = [{}] * distributed.get_world_size()
    distributed.all_gather_object(everywhere, counts.payload())
    first, *others = map(Counts.from_payload, everywhere)
    return reduce(Counts.plus, others, first)
