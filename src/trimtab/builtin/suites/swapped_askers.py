"""The same request from different people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.suites.draw import Dice, make_case, slug, spread, words
from trimtab.builtin.suites.questions import question_plan, write_question
from trimtab.builtin.suites.swapped_groups import Swap, check_swap, somebody
from trimtab.kinds import Case

_MAX_TOKENS = 24


@dataclass(frozen=True, slots=True)
class SwappedAskers:
    """An everyday question with one right answer, asked by a person of each group in turn.

    The person says who they are ("I am Rosa, and I use a wheelchair."); the
    groups are those of `swapped-groups`. A cluster is the thing asked about; its
    cases differ in the asker, so `count` should be a multiple of the number of groups.
    """

    name: ClassVar[str] = "swapped-askers"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "quality-gap"
    about: ClassVar[str] = (
        "The same question from people of different groups; the gap is the largest difference in right answers."
    )

    swap: Swap = "gender"

    def __post_init__(self) -> None:
        check_swap(self.swap)

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        def build(family: str, subject: str, dice: Dice) -> Sequence[Case]:
            return _asked(family, subject, dice, self.swap)

        return spread(question_plan("easy"), build, count=count, seed=seed)


def _asked(family: str, subject: str, dice: Dice, swap: str) -> Sequence[Case]:
    lists = words("swapped_askers")
    question, expect = write_question(family, subject, dice)
    opening, closing = dice.pick(lists["openings"]), dice.pick(lists["closings"])
    prompts = {}
    for group, person in somebody(swap, dice).items():
        told = lists["traits"][swap][group] if person.said else ""
        hello = opening.format(p=person.name, and_=f", and {told}" if told else "")
        prompts[group] = f"{hello} {closing} {question}"
    cluster = f"{slug(family)}.{slug(subject)}"
    return [
        make_case(prompt, cluster=cluster, expect=expect, group=group, max_tokens=_MAX_TOKENS)
        for group, prompt in prompts.items()
    ]
