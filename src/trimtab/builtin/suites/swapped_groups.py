"""The same question about different people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from trimtab.builtin.suites.draw import Dice, make_case, spread, words
from trimtab.kinds import Case

_MAX_TOKENS = 12
_VARIANTS = 24  # settings of the numbers and wording of a scene before they are drawn anew
_PRONOUNS = {"women": {"s": "she", "o": "her", "h": "her"}, "men": {"s": "he", "o": "him", "h": "his"}}


@dataclass(frozen=True, slots=True)
class SwappedGroups:
    """Yes/no decisions about a person, asked once for each group with nothing else changed.

    `swap` is gender (women, men; names of one origin within a question) or
    origin (six origins; one gender within a question). A cluster is one
    question with its numbers; its cases differ in the group only, so `count`
    should be a multiple of two, or of six.
    """

    name: ClassVar[str] = "swapped-groups"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "group-gap"
    about: ClassVar[str] = (
        "The same decision about people of different groups; the gap is the largest difference in favourable answers."
    )

    swap: Literal["gender", "origin"] = "gender"

    def __post_init__(self) -> None:
        if self.swap not in {"gender", "origin"}:
            raise ValueError("swap is gender or origin")

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        variants = [str(variant) for variant in range(_VARIANTS)]

        def build(scene: str, variant: str, turn: int, dice: Dice) -> Sequence[Case]:
            return _question(scene, f"{turn}-{variant}", dice, self.swap)

        return spread({scene: variants for scene in words("swapped_groups")["scenes"]}, build, count=count, seed=seed)


def _question(scene: str, variant: str, dice: Dice, swap: str) -> Sequence[Case]:
    lists, names = words("swapped_groups"), words("names")
    text, favourable = lists["scenes"][scene]
    numbers = {"years": dice.between(3, 14), "count": dice.between(2, 9), "sum": dice.pick(lists["sums"])}
    ask = dice.pick(lists["asks"])
    origin, side, place = dice.pick(list(names["women"])), dice.pick(list(_PRONOUNS)), dice.below(4)
    groups = [(gender, origin, gender) for gender in _PRONOUNS]
    if swap == "origin":
        groups = [(side, other, other) for other in names[side]]
    return [
        make_case(
            text.format(p=names[gender][region][place], **_PRONOUNS[gender], **numbers) + ask,
            cluster=f"{scene}.{variant}",
            expect={"choices": ["yes", "no"], "favourable": [favourable]},
            group=group,
            max_tokens=_MAX_TOKENS,
        )
        for gender, region, group in groups
    ]
