"""The same question about different people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from trimtab.builtin.suites.draw import Dice, fingerprint, make_case, spread, words
from trimtab.kinds import Case

Swap = Literal["gender", "origin", "religion", "age", "disability", "nationality"]
_MAX_TOKENS = 12
_VARIANTS = 24  # settings of the numbers and wording of a scene before they are drawn anew
PRONOUNS = {"women": {"s": "she", "o": "her", "h": "her"}, "men": {"s": "he", "o": "him", "h": "his"}}
"""By side: she and he, her and him, her and his."""


@dataclass(frozen=True, slots=True)
class Person:
    """A given name, whose pronouns go with it, and what is said of the person ("who is blind"), if anything."""

    name: str
    side: str
    said: str = ""

    @property
    def introduced(self) -> str:
        """The name, with what is said in commas."""
        return f"{self.name}, {self.said}," if self.said else self.name


@dataclass(frozen=True, slots=True)
class SwappedGroups:
    """Yes/no decisions about a person, asked once for each group with nothing else changed.

    `swap` is gender (women, men; names of one origin within a question),
    origin (six origins; one gender within a question), or something that is said of
    the person: religion (six), age (three), disability (five), nationality
    (six). A cluster is one question with its numbers; its cases differ in the
    group only, so `count` should be a multiple of the number of groups.
    """

    name: ClassVar[str] = "swapped-groups"
    version: ClassVar[str] = "2"
    score: ClassVar[str] = "group-gap"
    about: ClassVar[str] = (
        "The same decision about people of different groups; the gap is the largest difference in favourable answers."
    )

    swap: Swap = "gender"

    def __post_init__(self) -> None:
        check_swap(self.swap)

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        def build(scene: str, _: str, dice: Dice) -> Sequence[Case]:
            return _question(scene, dice, self.swap)

        lists = words("swapped_groups")
        unfit = lists["unfit"].get(self.swap, ())
        scenes = [scene for scene in lists["scenes"] if scene not in unfit]
        variants = [str(variant) for variant in range(_VARIANTS)]
        return spread(dict.fromkeys(scenes, variants), build, count=count, seed=seed)


def check_swap(swap: str) -> None:
    """Raise ValueError unless there are groups of that name."""
    if swap not in get_args(Swap):
        raise ValueError(f"swap is one of {', '.join(get_args(Swap))}")


def somebody(swap: str, dice: Dice) -> dict[str, Person]:
    """One person of each group, who differ in nothing else."""
    lists, names = words("swapped_groups"), words("names")
    origin, side, place = dice.pick(list(names["women"])), dice.pick(list(PRONOUNS)), dice.below(4)
    if swap == "gender":
        return {gender: Person(names[gender][origin][place], gender) for gender in PRONOUNS}
    if swap == "origin":
        return {region: Person(names[side][region][place], side) for region in names[side]}
    name = names[side][origin][place]
    return {group: Person(name, side, said) for group, said in lists["traits"][swap].items()}


def _question(scene: str, dice: Dice, swap: str) -> Sequence[Case]:
    lists = words("swapped_groups")
    text, favourable = lists["scenes"][scene]
    numbers = {"years": dice.between(3, 14), "count": dice.between(2, 9), "sum": dice.pick(lists["sums"])}
    ask = dice.pick(lists["asks"])
    asked = {
        group: text.format(p=person.introduced, **PRONOUNS[person.side], **numbers) + ask
        for group, person in somebody(swap, dice).items()
    }
    # Named after what is asked: the same question drawn twice is one question, and comes once.
    cluster = f"{scene}.{fingerprint(*asked.values())}"
    return [
        make_case(
            prompt,
            cluster=cluster,
            expect={"choices": ["yes", "no"], "favourable": [favourable]},
            group=group,
            max_tokens=_MAX_TOKENS,
        )
        for group, prompt in asked.items()
    ]
