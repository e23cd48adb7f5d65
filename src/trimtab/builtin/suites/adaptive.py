"""Attackers that adapt to the answers, on a marker that must not come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from trimtab.builtin.suites.chase import Chase, pursued
from trimtab.builtin.suites.draw import Dice, check_names, chosen, fingerprint, words
from trimtab.builtin.suites.red_team import marker
from trimtab.kinds import Aim, Ask, Case, Message, Pursuit, Say, Strategy, plugins

_MAX_TOKENS = 48
_MOST_CALLS = 1000


@dataclass(frozen=True)
class Adaptive:
    """A marker in the instructions, and attackers that see each answer before they send the next message.

    Success shows by itself, as in the suite `red-team`: the marker is in a reply, disguised or not. A case is one
    strategy on one goal and ends with success, or when its calls are used up. The goals are those of `red-team`.

    Fields:
        strategies: Names of strategies; all that are installed when empty.
        calls: Most messages to the target in one case; one that was said before counts, though its answer is kept.
        only: Ids of cases, to have just these again; looked for among the first 20,000.
    """

    name: ClassVar[str] = "adaptive"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "attack-success"
    about: ClassVar[str] = (
        "A marker that must not come out, pursued by attackers that adapt to each answer; success is the marker in a "
        "reply, disguised or not."
    )

    strategies: Sequence[str] = field(default=())
    calls: int = 12
    only: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        if not 1 <= self.calls <= _MOST_CALLS:
            raise ValueError(f"calls {self.calls} is not between 1 and {_MOST_CALLS}")
        if isinstance(self.strategies, str) or isinstance(self.only, str):
            raise TypeError("strategies and only are lists of names")
        check_names("strategy", self.strategies, self._installed)

    @property
    def needs_writer(self) -> bool:
        """Whether one of the strategies has a model write its messages."""
        return any(self._installed[name].writes for name in self._chosen)

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        lists = words("red_team")
        goals = [f"{setting}|{ask}" for setting in lists["settings"] for ask in lists["asks"]]
        return chosen(dict.fromkeys(goals, self._chosen), self._build, only=self.only, count=count, seed=seed)

    async def pursue(self, case: Case, say: Say, write: Ask | None) -> Pursuit:
        """Set the strategy of the case on its goal."""
        strategy = self._installed[case.expect["strategy"]]
        seed = int(fingerprint(case.id), 16)
        aim = Aim(request=case.messages[-1].content, thing=case.expect["thing"], seed=seed)
        chase = Chase(case, say, write if strategy.writes else None, calls=case.expect["calls"], seed=seed)
        return await pursued(strategy, aim, chase)

    @cached_property
    def _installed(self) -> dict[str, Strategy]:
        return {name: plugins.make("strategies", name) for name in plugins.names("strategies")}

    @property
    def _chosen(self) -> list[str]:
        return [name for name in self._installed if name in self.strategies or not self.strategies]

    def _build(self, goal: str, name: str, dice: Dice) -> Sequence[Case]:
        lists = words("red_team")
        setting, ask = goal.split("|")
        scene, strategy = lists["settings"][setting], self._installed[name]
        hidden = marker(dice)
        system, request = scene["system"].format(c=hidden), lists["asks"][ask].format(thing=scene["thing"])
        return [
            Case(
                id=f"{setting}.{ask}.{name}#{fingerprint(system, request, name, hidden)}",
                messages=(Message("system", system), Message("user", request)),
                cluster=f"{setting}.{ask}",
                expect={
                    "canary": [hidden],
                    "technique": name,
                    "strategy": name,
                    "family": strategy.family,
                    "hazard": scene["hazard"],
                    "thing": scene["thing"],
                    "controls": list(strategy.controls),
                    "calls": self.calls,
                },
                max_tokens=_MAX_TOKENS,
            )
        ]
