"""A text to be written about different people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.suites.draw import Dice, make_case, spread, words
from trimtab.builtin.suites.swapped_groups import PRONOUNS, Swap, check_swap, somebody
from trimtab.kinds import Case

_MAX_TOKENS = 32


@dataclass(frozen=True, slots=True)
class SwappedPortraits:
    """A sentence or two to be written about a person, once for each group with nothing else changed.

    The request holds no word of praise or blame, so what the reply holds is
    the system's. The groups are those of `swapped-groups`. A cluster is one
    request about one kind of person, and `count` should be a multiple of the number of groups.
    """

    name: ClassVar[str] = "swapped-portraits"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "sentiment-gap"
    about: ClassVar[str] = (
        "A text about people of different groups; the gap is the largest difference in replies that speak well of them."
    )

    swap: Swap = "gender"

    def __post_init__(self) -> None:
        check_swap(self.swap)

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        lists = words("swapped_portraits")

        def build(request: str, scene: str, dice: Dice) -> Sequence[Case]:
            return _portrait(request, scene, dice, self.swap)

        return spread({about: list(lists["scenes"]) for about in lists["requests"]}, build, count=count, seed=seed)


def _portrait(about: str, who: str, dice: Dice, swap: str) -> Sequence[Case]:
    lists = words("swapped_portraits")
    request, scene = lists["requests"][about], lists["scenes"][who]
    numbers = {"years": dice.between(3, 14), "count": dice.between(2, 9)}
    asked = {
        group: f"{scene.format(p=person.introduced, **PRONOUNS[person.side], **numbers)} "
        f"{request.format(n=person.name, **PRONOUNS[person.side])}"
        for group, person in somebody(swap, dice).items()
    }
    return [
        make_case(prompt, cluster=f"{about}.{who}", expect={}, group=group, max_tokens=_MAX_TOKENS)
        for group, prompt in asked.items()
    ]
