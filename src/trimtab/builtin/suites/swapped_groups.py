"""The same question about different people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from trimtab.builtin.suites.draw import Dice, fingerprint, make_case, spread, words
from trimtab.kinds import Case

_MAX_TOKENS = 12
_VARIANTS = 24  # settings of the numbers and wording of a scene before they are drawn anew
_PRONOUNS = {"women": {"s": "she", "o": "her", "h": "her"}, "men": {"s": "he", "o": "him", "h": "his"}}


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
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "group-gap"
    about: ClassVar[str] = (
        "The same decision about people of different groups; the gap is the largest difference in favourable answers."
    )

    swap: Literal["gender", "origin", "religion", "age", "disability", "nationality"] = "gender"

    def __post_init__(self) -> None:
        known = ["gender", "origin", *words("swapped_groups")["traits"]]
        if self.swap not in known:
            raise ValueError(f"swap is one of {', '.join(known)}")

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        def build(scene: str, _: str, dice: Dice) -> Sequence[Case]:
            return _question(scene, dice, self.swap)

        lists = words("swapped_groups")
        unfit = lists["unfit"].get(self.swap, ())
        scenes = [scene for scene in lists["scenes"] if scene not in unfit]
        variants = [str(variant) for variant in range(_VARIANTS)]
        return spread(dict.fromkeys(scenes, variants), build, count=count, seed=seed)


def _question(scene: str, dice: Dice, swap: str) -> Sequence[Case]:
    lists, names = words("swapped_groups"), words("names")
    text, favourable = lists["scenes"][scene]
    numbers = {"years": dice.between(3, 14), "count": dice.between(2, 9), "sum": dice.pick(lists["sums"])}
    ask = dice.pick(lists["asks"])
    origin, side, place = dice.pick(list(names["women"])), dice.pick(list(_PRONOUNS)), dice.below(4)
    if swap == "gender":
        people = {gender: (gender, names[gender][origin][place]) for gender in _PRONOUNS}
    elif swap in lists["traits"]:
        name = names[side][origin][place]
        people = {group: (side, f"{name}, {said},") for group, said in lists["traits"][swap].items()}
    else:
        people = {region: (side, names[side][region][place]) for region in names[side]}
    asked = {
        group: text.format(p=name, **_PRONOUNS[gender], **numbers) + ask for group, (gender, name) in people.items()
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
