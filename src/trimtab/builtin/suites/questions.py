"""Everyday questions with one right answer: facts, words, classes, sums, short texts."""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal

from trimtab.builtin.suites.draw import Dice, make_case, slug, spread, words
from trimtab.kinds import Case

Difficulty = Literal["easy", "hard", "mixed"]
_MAX_TOKENS = 24
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
}
_LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class AssistantQuestions:
    """Short questions of everyday life.

    `difficulty` is easy, hard or mixed. `form` is open (the answer is
    written) or letters (four lettered options, the answer is a letter or its text).
    Cases about the same thing ("the capital of Kenya") share a cluster.
    """

    name: ClassVar[str] = "assistant-questions"
    version: ClassVar[str] = "1"
    about: ClassVar[str] = (
        "Facts, word classes, sums and short texts with one right answer; success is an answer that gives it."
    )

    difficulty: Difficulty = "easy"
    form: Literal["open", "letters"] = "open"

    def __post_init__(self) -> None:
        if self.difficulty not in {"easy", "hard", "mixed"} or self.form not in {"open", "letters"}:
            raise ValueError("difficulty is easy, hard or mixed; form is open or letters")

    @property
    def score(self) -> str:
        """Letters are read as options, sentences as answers."""
        return "multiple-choice" if self.form == "letters" else "contains"

    def cases(self, *, count: int, seed: int) -> Iterable[Case]:
        plan = question_plan(self.difficulty)
        if self.form == "letters":  # only where wrong answers are at hand: other items, other classes
            lettered = {*words("questions")["short"], "class 0", "class 1"}
            plan = {family: subjects for family, subjects in plan.items() if family in lettered}

        def build(family: str, subject: str, dice: Dice) -> Sequence[Case]:
            return [_build(family, subject, dice, lettered=self.form == "letters")]

        return spread(plan, build, count=count, seed=seed)


def question_plan(difficulty: Difficulty) -> dict[str, list[str]]:
    """Subjects by family."""
    lists = words("questions")
    easy: dict[str, list[str]] = {}
    hard: dict[str, list[str]] = {}
    for family, spec in lists["short"].items():
        (hard if spec.get("difficulty") == "hard" else easy)[family] = list(spec["items"])
    for half in range(2):
        kinds = list(lists["classes"]["words"].items())[half::2]
        easy[f"class {half}"] = [f"{word}|{kind}" for kind, members in kinds for word in members]
    order = lists["sizes"]["order"]
    easy["size"] = [f"{small}|{large}" for i, small in enumerate(order) for large in order[i + 2 :]]
    for kind in lists["reading"]["told"]:
        easy[f"reading {kind}"] = [f"{thing}|{place}" for thing in lists["reading"]["things"] for place in range(4)]
    for operation in lists["sums"]:
        easy[f"sum {operation}"] = _operands(operation, range(2, 10))
        hard[f"sum {operation}"] = _operands(operation, range(23, 90, 7))
        easy[f"story {operation}"] = _operands(operation, range(2, 10))
        hard[f"story {operation}"] = _operands(operation, range(31, 90, 11))
    hard["taller"] = [str(size) for size in range(3, 7)]
    if difficulty == "mixed":
        return {f"{family}": [*easy.get(family, []), *hard.get(family, [])] for family in {**easy, **hard}}
    return easy if difficulty == "easy" else hard


def _operands(operation: str, numbers: range) -> list[str]:
    """Pairs whose result is none of the two, so that repeating the question is not answering it."""
    result = _OPERATIONS[operation]
    return [f"{a}|{b}" for a in numbers for b in numbers if result(a, b) > 0 and result(a, b) not in {a, b}]


def _build(family: str, subject: str, dice: Dice, *, lettered: bool) -> Case:
    prompt, expect = write_question(family, subject, dice, lettered=lettered)
    return make_case(prompt, cluster=f"{slug(family)}.{slug(subject)}", expect=expect, max_tokens=_MAX_TOKENS)


def write_question(family: str, subject: str, dice: Dice, *, lettered: bool = False) -> tuple[str, dict[str, Any]]:
    """A question about the subject, and what is expected of the answer."""
    lists = words("questions")
    kind, _, rest = family.partition(" ")
    if kind == "class":
        return _class(subject, dice, lettered=lettered)
    if kind == "size":
        return _size(subject, dice)
    if kind == "reading":
        return _reading(rest, subject, dice)
    if kind in {"sum", "story"}:
        return _sum(kind, rest, subject, dice)
    if kind == "taller":
        return _taller(int(subject), dice)
    spec = lists["short"][family]
    answer = spec["items"][subject]
    accepted = [answer] if isinstance(answer, str) else list(answer)
    prompt = dice.rotate(spec["ask"]).format(x=subject)
    return _lettered(prompt, accepted, spec["items"], dice) if lettered else (prompt, {"answer": accepted})


def _class(subject: str, dice: Dice, *, lettered: bool) -> tuple[str, dict[str, Any]]:
    spec = words("questions")["classes"]
    word, kind = subject.split("|")
    others = dice.sample([other for other in spec["words"] if other != kind], 3 if lettered else 2)
    options = dice.shuffled([word, *(dice.pick(spec["words"][other]) for other in others)])
    if lettered:
        lines = [f"{letter}) {option}" for letter, option in zip(_LETTERS, options, strict=True)]
        prompt = "\n".join([f"Which of these is {kind}?", *lines, "Answer with the letter."])
    else:
        listed = f"{', '.join(options[:-1])} or {options[-1]}"
        prompt = dice.rotate(spec["ask"]).format(x=kind, options=listed)
    return prompt, {"answer": [word], "choices": options}


def _lettered(prompt: str, accepted: list[str], items: dict[str, Any], dice: Dice) -> tuple[str, dict[str, Any]]:
    answers = [answer if isinstance(answer, str) else answer[0] for answer in items.values()]
    wrong = [answer for answer in dict.fromkeys(answers) if answer not in accepted]
    options = dice.shuffled([accepted[0], *dice.sample(wrong, 3)])
    lines = [f"{letter}) {option}" for letter, option in zip(_LETTERS, options, strict=True)]
    return "\n".join([prompt, *lines, "Answer with the letter."]), {"answer": [accepted[0]], "choices": options}


def _size(pair: str, dice: Dice) -> tuple[str, dict[str, Any]]:
    spec = words("questions")["sizes"]
    small, large = pair.split("|")
    first, second = dice.shuffled([small, large])
    ask = dice.rotate(spec["ask"])
    answer = small if "smaller" in ask else large
    return ask.format(a=first, b=second), {"answer": [answer], "choices": [first, second]}


def _reading(kind: str, subject: str, dice: Dice) -> tuple[str, dict[str, Any]]:
    spec = words("questions")["reading"]
    thing = subject.partition("|")[0]
    other = dice.pick([item for item in spec["things"] if item != thing])
    place, elsewhere = dice.sample(spec["places"], 2)
    day, later = dice.sample(list(words("questions")["short"]["day-after"]["items"]), 2)
    person, friend = dice.sample(everybody(), 2)
    told = spec["told"][kind].format(p=person, q=friend, t=thing, u=other, a=place, b=elsewhere, d=day, e=later)
    asked = dice.rotate(spec["asked"][kind]).format(p=person, t=thing)
    right, wrong = {"where": (place, elsewhere), "who": (person, friend), "when": (day, later)}[kind]
    return f"{told} {asked}", {"answer": [right], "choices": sorted([right, wrong])}


def _sum(kind: str, operation: str, subject: str, dice: Dice) -> tuple[str, dict[str, Any]]:
    lists = words("questions")
    a, b = map(int, subject.split("|"))
    ask = dice.rotate(lists["sums" if kind == "sum" else "stories"][operation])
    return ask.format(a=a, b=b, p=dice.pick(everybody())), {"answer": [str(_OPERATIONS[operation](a, b))]}


def _taller(size: int, dice: Dice) -> tuple[str, dict[str, Any]]:
    people = dice.sample(everybody(), size)
    facts = dice.shuffled([f"{tall} is taller than {short}." for tall, short in pairwise(people)])
    tallest = bool(dice.below(2))
    asked = f"Who is the {'tallest' if tallest else 'shortest'}? Answer with the name only."
    return " ".join([*facts, asked]), {"answer": [people[0 if tallest else -1]], "choices": sorted(people)}


def everybody() -> list[str]:
    """All given names."""
    names = words("names")
    return [name for side in ("women", "men") for origin in names[side].values() for name in origin]
