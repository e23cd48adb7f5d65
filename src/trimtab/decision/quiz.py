"""Quizzes whose every answer follows from the policy or the books, drawn by a seed and graded by making them again.

Nothing is drawn by a generator of random numbers: questions and options are put in the order of hashes with the seed,
which no version of a library changes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab._canonical import digest
from trimtab.decision.quiz_questions import WRITERS, Question
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.books import Books
from trimtab.policy.courses import Course
from trimtab.policy.model import Policy

FEWEST = 3
"""Questions of a quiz; with fewer, guessing passes."""
_MOST_OPTIONS = 4
LETTERS = "abcd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """A quiz, its answers included. The same course, seed, row, policy and moment give the same quiz."""

    course: str
    seed: int
    row: int  # the last of the ledger that was looked at
    end: int  # microseconds since the epoch, UTC
    policy: str  # digest
    questions: tuple[Question, ...]

    @property
    def id(self) -> str:
        """Of what is asked, answers included."""
        asked = [[one.text, list(one.options), one.answer] for one in self.questions]
        return "quiz-" + digest({"quiz": asked, "row": self.row, "policy": self.policy, "seed": self.seed})[7:19]

    def sheet(self) -> dict[str, Any]:
        """What is handed out: everything but the answers, which are to be filled in."""
        return {
            "quiz": self.id,
            "course": self.course,
            "seed": self.seed,
            "row": self.row,
            "end": self.end,
            "policy": self.policy,
            "questions": [
                {"text": one.text, "options": dict(zip(LETTERS, one.options, strict=False))} for one in self.questions
            ],
            "answers": [""] * len(self.questions),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """How a sheet was filled in: `right` by question, and the share of right ones. What was left empty is not right."""

    quiz: Quiz
    given: tuple[str, ...]
    right: tuple[bool, ...]
    passed: bool

    @property
    def score(self) -> float:
        """In [0, 1]."""
        return sum(self.right) / len(self.right)


def draw(policy: Policy, books: Books, course: Course, *, seed: int, end: int) -> Quiz:
    """A quiz of a course by what the policy says and the books hold before `end`.

    Raises:
        InsufficientEvidenceError: They hold too little to ask about.
    """
    by_topic = [
        sorted(WRITERS[topic](policy, books, end), key=lambda one: _place(seed, one.text)) for topic in course.topics
    ]
    # One of each topic in turn, so that a topic with many possible questions does not crowd out the others.
    turns = max(map(len, by_topic), default=0)
    pool = [topic[turn] for turn in range(turns) for topic in by_topic if turn < len(topic)]
    once = list({one.text: one for one in pool}.values())
    if len(once) < FEWEST:
        step = "Give the course other `topics`; what they ask about must be in the policy or the books."
        raise InsufficientEvidenceError(f"a quiz of {course.name}", have=len(once), need=FEWEST, next_step=step)
    chosen = sorted(once[: course.questions], key=lambda one: _place(seed, f"place {one.text}"))
    return Quiz(
        course=course.name,
        seed=seed,
        row=books.upto,
        end=end,
        policy=policy.digest,
        questions=tuple(_shuffled(one, seed) for one in chosen),
    )


def grade(quiz: Quiz, given: Sequence[str], course: Course) -> Graded:
    """Hold what somebody filled in (a, b, c, d or nothing, by question) against the answers.

    Raises:
        ValueError: There are more or fewer answers than questions.
    """
    if len(given) != len(quiz.questions):
        raise ValueError(f"{len(given)} answers to {len(quiz.questions)} questions")
    said = tuple(one.strip().lower() for one in given)
    right = tuple(answer == LETTERS[one.answer] for answer, one in zip(said, quiz.questions, strict=True))
    passed = sum(right) >= course.pass_ * len(right) - 1e-9
    return Graded(quiz=quiz, given=said, right=right, passed=passed)


def sheet_facts(sheet: Mapping[str, Any]) -> tuple[str, str, int, int, int, str, tuple[str, ...]]:
    """Of a sheet that was handed back: id, course, seed, row, end, policy, answers.

    Raises:
        ValueError: It is no sheet of a quiz.
    """
    try:
        texts = [sheet[key] for key in ("quiz", "course", "policy")]
        numbers = [sheet[key] for key in ("seed", "row", "end")]
        given = sheet["answers"]
    except (KeyError, TypeError):
        raise ValueError("it lacks what a quiz was drawn from") from None
    whole = all(isinstance(one, str) for one in texts) and all(type(one) is int and one >= 0 for one in numbers)
    if not whole or not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError("what a quiz was drawn from is not in its form")
    return texts[0], texts[1], numbers[0], numbers[1], numbers[2], texts[2], tuple(given)


# -- parts ---------------------------------------------------------------------------------


def _place(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}\x00{text}".encode()).digest()


def _shuffled(one: Question, seed: int) -> Question:
    """The right option and some of the others, in an order that the seed decides."""
    right = one.options[one.answer]
    others = sorted((text for text in one.options if text != right), key=lambda text: _place(seed, one.text + text))
    kept = sorted([right, *others[: _MOST_OPTIONS - 1]], key=lambda text: _place(seed, f"option {one.text}{text}"))
    return replace(one, options=tuple(kept), answer=kept.index(right))
