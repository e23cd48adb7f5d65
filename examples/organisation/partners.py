"""What vendors of the imaginary organisation answer and deliver, and what its people learn, drawn from a seed."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from trimtab.decision.period import Period

HOUR = 3_600_000_000
DAY = 24 * HOUR
Entered = tuple[int, list[tuple[str, dict[str, Any]]]]
"""When something is recorded, and as which entries: all or none of them."""

ASKED_OF = {
    "north-models": (
        "owasp-llm-2026:LLM01",
        "owasp-llm-2026:LLM02",
        "eu-ai-act:Art.12",
        "eu-ai-act:Art.15",
        "iso-42001-2023:A.8.4",
        "iso-42001-2023:A.10.3",
    ),
    "ward-cloud": (
        "owasp-llm-2026:LLM02",
        "eu-ai-act:Art.12",
        "iso-42001-2023:A.6.2.8",
        "iso-42001-2023:A.10.3",
    ),
    "clear-speech": ("owasp-llm-2026:LLM02", "eu-ai-act:Art.10", "iso-42001-2023:A.10.3"),
}
_ALL = ("ai-literacy", "incident-reporting")
COURSES_OF = {
    "clinical-safety-lead": (*_ALL, "reading-an-interval"),
    "privacy-officer": (*_ALL, "reading-an-interval"),
    "internal-auditor": _ALL,
    "care-lead": _ALL,
    "claims-lead": _ALL,
    "platform-lead": (*_ALL, "vendor-risk"),
    "finance-lead": (*_ALL, "vendor-risk"),
    # Who may be drawn for the committee.
    "clinical-safety-nurse": _ALL,
    "clinical-safety-pharmacist": _ALL,
    "finance-analyst": (*_ALL, "vendor-risk"),
    "audit-deputy": _ALL,
    "external-auditor": _ALL,
}


def answers_and_figures(dice: random.Random, quarters: Sequence[Period]) -> Iterator[Entered]:
    """What vendors answer each quarter, what an auditor saw of it, and figures of one contract."""
    for name, controls in ASKED_OF.items():
        for quarter in quarters:
            at = quarter.start + dice.randint(5, 20) * DAY
            answers = []
            for control in controls:
                shared = {"vendor": name, "control": control, "at": at, "by": "finance-lead"}
                own = dice.choices(("met", "partly", "not"), (12, 2, 1))[0]
                answers.append(("vendor", {**shared, "answer": own, "evidence": f"reply-{quarter.name.lower()}"}))
                if dice.random() < 0.9:
                    seen = dice.choices(("met", "partly"), (9, 1))[0]
                    looked = {"answer": seen, "at": at + 10 * DAY, "independence": "outside", "by": "internal-auditor"}
                    answers.append(("vendor", {**shared, **looked, "evidence": f"audit-{quarter.name.lower()}"}))
            yield at + 11 * DAY, sorted(answers, key=lambda one: one[1]["at"])
    for quarter in quarters:
        for clause, many, share in (("R04", 60, 0.75), ("P08", 80, 0.85)):
            values = {
                "vendor": "north-models",
                "clause": clause,
                "hits": sum(dice.random() < share for _ in range(many)),
                "of": many,
                "since": quarter.start,
                "at": quarter.end - 2 * DAY,
                "independence": "other-team",
                "by": "internal-auditor",
            }
            yield quarter.end - DAY, [("vendor-count", values)]


def courses_taken(dice: random.Random, quarters: Sequence[Period]) -> Iterator[Entered]:
    """Courses of everybody who is there for the whole year, and quizzes a month or more later."""
    for person, courses in COURSES_OF.items():
        for course in courses:
            at = quarters[0].start + dice.randint(3, 200) * DAY
            # Nobody enters what they themselves have passed.
            by = "clinical-safety-lead" if person != "clinical-safety-lead" else "internal-auditor"
            shared = {"person": person, "course": course, "by": by}
            yield at + HOUR, [("training", {**shared, "step": "completed", "at": at})]
            early = {**shared, "step": "quiz", "at": at + 9 * HOUR, "score": round(dice.uniform(0.6, 1.0), 2)}
            yield at + 10 * HOUR, [("training", early)]
            for days in range(dice.choice((35, 50, 90)), 300, 120):
                later = at + days * DAY
                kept = {**shared, "step": "retention", "at": later, "score": round(dice.uniform(0.72, 1.0), 2)}
                if dice.random() < 0.95:
                    yield later + HOUR, [("training", kept)]
