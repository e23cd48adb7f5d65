"""Reviews to be classified as positive or negative."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from trimtab.builtin.suites.draw import Dice, make_case, slug, spread, words
from trimtab.kinds import Case

_SIDES = ("positive", "negative")
_MAX_TOKENS = 16


@dataclass(frozen=True, slots=True)
class Sentiment:
    """One-sentence reviews of invented things; "positive" is the positive class.

    `difficulty` is easy (the words say it), hard (negation, irony) or mixed.
    A cluster is one judgement of one subject; a case is one wording of the question about it.
    """

    name: ClassVar[str] = "sentiment"
    version: ClassVar[str] = "1"
    score: ClassVar[str] = "f1"
    about: ClassVar[str] = "Short reviews, positive or negative; success is the right class, alone or in a sentence."

    difficulty: Literal["easy", "hard", "mixed"] = "easy"

    def __post_init__(self) -> None:
        if self.difficulty not in {"easy", "hard", "mixed"}:
            raise ValueError("difficulty is easy, hard or mixed")

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        lists = words("sentiment")
        plan: dict[str, list[str]] = {}
        for kind, spec in lists["kinds"].items():
            for side in _SIDES:
                if self.difficulty != "hard":
                    plan |= {f"{kind} {side} {place}": spec["subjects"] for place in range(len(spec[side]))}
        if self.difficulty != "easy":
            subjects = [subject for spec in lists["kinds"].values() for subject in spec["subjects"]]
            for side in _SIDES:
                plan |= {f"hard {side} {place}": subjects for place in range(len(lists["hard"][side]))}
        return spread(plan, _build, count=count, seed=seed)


def _build(template: str, subject: str, dice: Dice) -> Sequence[Case]:
    lists = words("sentiment")
    kind, side, place = template.split()
    spec = lists["hard"] if kind == "hard" else lists["kinds"][kind]
    review = spec[side][int(place)].format(x=subject)
    ask = dice.rotate(lists["ask"])
    return [
        make_case(
            ask.format(review=review),
            cluster=f"{slug(template)}.{slug(subject)}",
            expect={"answer": [side], "choices": list(_SIDES), "positive": [_SIDES[0]]},
            max_tokens=_MAX_TOKENS,
        )
    ]
