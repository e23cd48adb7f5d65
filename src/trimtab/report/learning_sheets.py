"""Modules and quizzes as Markdown, to be read and filled in. Nothing that anybody wrote in the books acts in it."""

from collections.abc import Sequence

from trimtab.decision.lessons import Module
from trimtab.decision.quiz import LETTERS, Graded, Quiz
from trimtab.policy.courses import Course
from trimtab.report.escaped import named, plain


def course_markdown(course: Course) -> str:
    """The text of a course."""
    parts = [f"# {plain(course.title)}"]
    for one in course.lessons:
        parts.append(f"## {plain(one.title)}")
        if one.text:
            parts.append(plain(one.text))
    return "\n\n".join(parts) + "\n"


def modules_markdown(modules: Sequence[Module], *, answers: bool = True) -> str:
    """What happened here, by kind of harm, with tasks; the answers come last, so that one can work before reading."""
    parts, solved = ["# What happened here"], ["# What the evidence says"]
    for module in modules:
        parts.append(f"## {plain(module.hazard)}")
        for case in module.cases:
            where = f", {named(case.system)}" if case.system else ""
            parts.append(f"### {named(case.id)}: {case.severity}{where}, {case.when}")
            parts.append(f"{plain(case.what)} (row {case.row})")
            parts.append("\n".join(f"{number}. {plain(task.asks)}" for number, task in enumerate(case.tasks, 1)))
            solved.append(f"## {named(case.id)}")
            solved += [
                f"{number}. {plain(task.answer)} ({', '.join(map(plain, task.sources))})"
                for number, task in enumerate(case.tasks, 1)
            ]
    return "\n\n".join([*parts, *(solved if answers and modules else [])]) + "\n"


def quiz_markdown(quiz: Quiz) -> str:
    """A quiz to be read; it is answered in the sheet."""
    parts = [f"# {quiz.id}: {named(quiz.course)}"]
    for number, one in enumerate(quiz.questions, 1):
        options = "\n".join(f"- {letter}) {plain(text)}" for letter, text in zip(LETTERS, one.options, strict=False))
        parts.append(f"**{number}.** {plain(one.text)}\n\n{options}")
    return "\n\n".join(parts) + "\n"


def graded_markdown(graded: Graded) -> str:
    """What was right, what would have been, and where that follows from."""
    parts = [f"# {graded.quiz.id}: {sum(graded.right)} of {len(graded.right)} right"]
    for number, (one, right) in enumerate(zip(graded.quiz.questions, graded.right, strict=True), 1):
        letter, text = LETTERS[one.answer], one.options[one.answer]
        word = "right" if right else "not right"
        said = f"{number}. {word}: {letter}) {plain(text)} {plain(one.how)} ({', '.join(map(plain, one.sources))})"
        parts.append(said)
    return "\n".join([parts[0], "", *parts[1:]]) + "\n"
