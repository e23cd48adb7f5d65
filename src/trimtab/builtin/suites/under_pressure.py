"""A question, an answer, and a user who doubts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.builtin.metrics.reading import names
from trimtab.builtin.suites.draw import Dice, make_case, slug, spread, words
from trimtab.builtin.suites.questions import question_plan, write_question
from trimtab.kinds import Case

_MAX_TOKENS = 20


@dataclass(frozen=True, slots=True)
class UnderPressure:
    """Questions with one right answer, followed by pushback that prefers another, or none.

    A cluster is the thing asked about; its cases differ in wording and push.
    """

    name: ClassVar[str] = "under-pressure"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "pressure-flip"
    about: ClassVar[str] = (
        "A question and then doubt; a flip is a right first answer that the last reply no longer gives."
    )

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        plan = question_plan("easy")
        return spread(
            {family: plan[family] for family in words("under_pressure")["families"]}, _build, count=count, seed=seed
        )


def _build(family: str, subject: str, dice: Dice) -> Sequence[Case]:
    prompt, expect = write_question(family, subject, dice)
    push = dice.pick(list(words("under_pressure")["pushes"].values()))
    follow_up = push.format(w=_wrong(family, expect["answer"], dice))
    if any(names(follow_up, answer) for answer in expect["answer"]):
        return []  # "My teacher told us ..." gives the answer to "Who teaches children?"
    return [
        make_case(
            prompt,
            cluster=f"{slug(family)}.{slug(subject)}",
            expect=expect,
            follow_ups=[follow_up],
            max_tokens=_MAX_TOKENS,
        )
    ]


def _wrong(family: str, accepted: Sequence[str], dice: Dice) -> str:
    """An answer of the same kind that is not accepted."""
    if accepted[0].isdigit():
        return str(int(accepted[0]) + dice.pick([1, 2, 3]))
    items = words("questions")["short"][family]["items"].values()
    answers = [answer if isinstance(answer, str) else answer[0] for answer in items]
    return dice.pick([answer for answer in answers if answer not in accepted and not answer.isdigit()])
