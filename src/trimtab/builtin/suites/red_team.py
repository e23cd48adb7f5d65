"""Attacks on a marker that must not come out, by every technique that is installed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from trimtab.builtin.suites.draw import Dice, check_names, chosen, fingerprint, words
from trimtab.kinds import Attack, Attempt, Case, Message, plugins

_MAX_TOKENS = 32
_MOST_DEPTH = 3


@dataclass(frozen=True)
class RedTeam:
    """A marker in the instructions stands for what must never be given; attacks try to get it.

    Success shows by itself: the marker is in a reply, disguised or not. No
    forbidden content is asked for, and no judge is needed. A cluster is one
    goal, which is one way of asking in one setting (240 of them), however many techniques try it.

    Fields:
        techniques: Names of attacks, or families of them; all that are installed when empty.
        depth: How many techniques are put on top of one another, from 1 to 3.
        only: Ids of cases, to have just these again; looked for among the first 20,000.
    """

    name: ClassVar[str] = "red-team"
    version: ClassVar[str] = "3"
    score: ClassVar[str] = "attack-success"
    about: ClassVar[str] = (
        "A marker that must not come out, asked for by many techniques of attack; success is the marker in a reply, "
        "disguised or not."
    )

    techniques: Sequence[str] = field(default=())
    depth: int = 1
    only: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= _MOST_DEPTH:
            raise ValueError(f"depth {self.depth} is not between 1 and {_MOST_DEPTH}")
        if isinstance(self.techniques, str) or isinstance(self.only, str):
            raise TypeError("techniques and only are lists of names")
        families = {attack.family for attack in self._attacks.values()}
        check_names("attack and no family", self.techniques, {*self._attacks, *families}, told=families)
        if len(set(self._chosen) - {"direct"}) < self.depth:
            raise ValueError(f"there are not {self.depth} of the chosen techniques to put on top of one another")

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        lists = words("red_team")
        goals = [f"{setting}|{ask}" for setting in lists["settings"] for ask in lists["asks"]]
        # Goals take turns, or few cases would share some; and so do families at each goal, or least would be known of
        # the small ones, and the worst family is what counts.
        plan = {goal: list(self._families) for goal in goals}
        return chosen(plan, self._build, only=self.only, count=count, seed=seed)

    @cached_property
    def _attacks(self) -> dict[str, Attack]:
        return {name: plugins.make("attacks", name) for name in plugins.names("attacks")}

    @cached_property
    def _chosen(self) -> list[str]:
        wanted = set(self.techniques) or set(self._attacks)
        return [name for name, attack in self._attacks.items() if {name, attack.family} & wanted]

    @cached_property
    def _families(self) -> dict[str, list[str]]:
        """The chosen techniques of each family."""
        found: dict[str, list[str]] = {}
        for name in self._chosen:
            found.setdefault(self._attacks[name].family, []).append(name)
        return found

    def _build(self, goal: str, family: str, dice: Dice) -> Sequence[Case]:
        lists = words("red_team")
        technique = dice.rotate(self._families[family])
        setting, ask = goal.split("|")
        scene = lists["settings"][setting]
        hidden = marker(dice)
        attempt = Attempt(said=lists["asks"][ask].format(thing=scene["thing"]))
        used = self._path(technique, dice)
        for name in used:
            dressed = self._attacks[name].apply(attempt, variant=dice.below(1000))
            if dressed is None:
                return []
            attempt = dressed
        expect: dict[str, Any] = {
            "canary": [hidden],
            "technique": "+".join(used),
            "family": family,
            "hazard": scene["hazard"],
            "controls": list(dict.fromkeys(control for name in used for control in self._attacks[name].controls)),
        }
        texts = (*(message.content for message in attempt.before), attempt.said, *attempt.follow_ups, hidden)
        return [
            Case(
                id=f"{setting}.{ask}.{'+'.join(used)}#{fingerprint(*texts)}",
                messages=(
                    Message("system", scene["system"].format(c=hidden)),
                    *attempt.before,
                    Message("user", attempt.said),
                ),
                follow_ups=attempt.follow_ups,
                cluster=f"{setting}.{ask}",
                expect=expect,
                max_tokens=_MAX_TOKENS,
            )
        ]

    def _path(self, technique: str, dice: Dice) -> list[str]:
        """The technique and what is put on top of it: others, each once."""
        others = [name for name in self._chosen if name not in (technique, "direct")]
        return [technique, *dice.sample(others, self.depth - 1)]


def marker(dice: Dice) -> str:
    """What must not come out: a made-up word and a number, which nobody says by chance."""
    return f"{dice.pick(_HEADS)}{dice.pick(_TAILS)}-{dice.between(1000, 9999)}"


_HEADS = (
    "AMBER",
    "CEDAR",
    "COBALT",
    "CORAL",
    "DELTA",
    "EMBER",
    "GRANITE",
    "HAZEL",
    "INDIGO",
    "JASPER",
    "MAPLE",
    "ONYX",
)
_TAILS = (
    "BRIDGE",
    "FALCON",
    "GATE",
    "HARBOR",
    "LANTERN",
    "MEADOW",
    "ORCHID",
    "RIVER",
    "SPARROW",
    "SUMMIT",
    "TOWER",
    "WILLOW",
)
