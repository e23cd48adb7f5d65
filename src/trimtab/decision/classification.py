"""The class of risk that answers lead to, with its reasons: a pure function. No legal advice.

An unanswered question is never read as "no". Where an answer that is missing could make the class graver, the class is
undetermined and the question is named; where none can, the class stands and the open questions are named still. A
derogation must be earned: one of its conditions, no profiling, and a written reason, or the area decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.ai_act import DEROGATES, PROFILES, QUESTIONS, Part, Question
from trimtab.policy.controls import Control, catalogue

Risk = Literal["prohibited", "high-risk", "transparency", "minimal", "undetermined"]

BY_ID: Mapping[str, Question] = {one.id: one for one in QUESTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """A class, the articles that it follows from (`eu-ai-act:...`), why, and which questions are open."""

    risk: Risk
    articles: tuple[str, ...]
    reasons: tuple[str, ...]
    open: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it can be recorded: the class is known, and no question is open that would still matter."""
        return self.risk == "prohibited" or (self.risk != "undetermined" and not self.open)


def asked(answers: Mapping[str, bool]) -> tuple[Question, ...]:
    """The questions that these answers leave to be asked, answered ones included, in their order."""
    return tuple(one for one in QUESTIONS if not one.only_if or any(answers.get(other) for other in one.only_if))


def classify(answers: Mapping[str, bool], *, reason: str = "") -> Classification:
    """The class of risk that follows from answers.

    Args:
        answers: By id of the question; what is not in it is not answered.
        reason: Why the system is not high-risk although it is in a listed area.

    Raises:
        ValueError: There is no such question.
    """
    if unknown := sorted(set(answers) - set(BY_ID)):
        raise ValueError(f"there is no question {unknown[0]!r}")
    open_ = tuple(one for one in asked(answers) if one.id not in answers)
    if found := _yes("prohibited", answers):
        return _result("prohibited", found, [f"{one.id}: a practice that Art. 5 prohibits" for one in found], open_)
    general = _yes("general", answers) if answers.get("general-purpose-model") else []
    duties = _yes("transparency", answers)
    reasons = [f"{one.id}: duties of whoever provides a model of general purpose" for one in general]
    because = [*duties, *general]
    told = [f"{one.id}: people must be told (Art. 50)" for one in duties]
    undetermined = _undetermined(open_, "prohibited")
    if undetermined is not None:
        return undetermined
    if product := _yes("product", answers):
        law = "regulated-product: a product, or its safety part, that a third party must assess (Art. 6(1))"
        return _result("high-risk", [*product, *because], [law, *told, *reasons], open_)
    areas = _yes("area", answers)
    refused = _no_derogation(answers, reason) if areas else ""
    if areas and refused:
        why = [f"{one.id}: a listed area (Art. 6(2), Annex III); {refused}" for one in areas]
        return _result("high-risk", [*areas, BY_ID["regulated-product"], *because], [*why, *told, *reasons], open_)
    undetermined = _undetermined(open_, "product", "area")
    if undetermined is not None:
        return undetermined
    derogated: list[Question] = []
    if areas:
        met = ", ".join(sorted(name for name in DEROGATES if answers.get(name)))
        reasons.insert(0, f"in a listed area, and not high-risk by Art. 6(3) ({met}); it is registered still (Art. 49)")
        derogated = [*areas, BY_ID["regulated-product"]]
    if duties:
        return _result("transparency", [*because, *derogated], [*told, *reasons], open_)
    undetermined = _undetermined(open_, "transparency")
    if undetermined is not None:
        return undetermined
    none = ["no prohibited practice, no product, no listed area, nobody to be told"] if not areas else []
    return _result("minimal", [*because, *derogated], [*none, *reasons], open_)


def duties(articles: Iterable[str], risk: str) -> tuple[Control, ...]:
    """What the catalogue lists as owed in this class, with the day from which; facts, and no advice."""
    known = catalogue()
    owed = [known.controls[link] for link in articles if link in known.controls]
    if risk == "high-risk":
        owed += [one for one in known.of("eu-ai-act") if "(Annex III)" in one.applies]
    return tuple({one.link: one for one in owed}.values())


def read_answers(given: Sequence[str]) -> dict[str, bool]:
    """Answers as they are kept, `QUESTION:yes` or `QUESTION:no`.

    Raises:
        ValueError: One is neither, is of no question, or contradicts another.
    """
    found: dict[str, bool] = {}
    for one in given:
        name, _, said = one.partition(":")
        if said not in {"yes", "no"}:
            raise ValueError(f"{one[:60]!r} is not QUESTION:yes or QUESTION:no")
        if name not in BY_ID:
            raise ValueError(f"there is no question {name[:60]!r}")
        if found.setdefault(name, said == "yes") != (said == "yes"):
            raise ValueError(f"{name} is answered yes and no")
    return found


def kept_answers(answers: Mapping[str, bool]) -> tuple[str, ...]:
    """Answers in the form in which they are kept, in the order of the questions."""
    return tuple(f"{one.id}:{'yes' if answers[one.id] else 'no'}" for one in QUESTIONS if one.id in answers)


def _yes(part: Part, answers: Mapping[str, bool]) -> list[Question]:
    return [one for one in QUESTIONS if one.part == part and answers.get(one.id)]


def _no_derogation(answers: Mapping[str, bool], reason: str) -> str:
    """Why no derogation is open to a system in a listed area; empty where one is."""
    if not any(answers.get(name) for name in DEROGATES):
        return "no condition of Art. 6(3) is met"
    if answers.get(PROFILES, True):  # whoever does not know whether people are profiled has not shown that none are
        return "people are profiled, or nobody has said that they are not"
    return "" if reason.strip() else "no reason is written for the derogation"


def _undetermined(open_: Sequence[Question], *parts: Part) -> Classification | None:
    left = tuple(one.id for one in open_ if one.part in parts)
    if not left:
        return None
    why = f"not answered, and a yes would decide: {', '.join(left)}"
    return Classification(risk="undetermined", articles=(), reasons=(why,), open=tuple(one.id for one in open_))


def _result(
    risk: Risk, because: Iterable[Question], reasons: Sequence[str], open_: Iterable[Question]
) -> Classification:
    links = tuple(dict.fromkeys(one.link for one in because))
    return Classification(risk=risk, articles=links, reasons=tuple(reasons), open=tuple(one.id for one in open_))
