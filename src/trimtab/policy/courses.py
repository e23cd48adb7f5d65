"""The catalogue of courses that ships with trimtab: short, in our own words, for roles that most organisations have.

It teaches what this product's evidence is about. No course here is legal advice, and none replaces what an organisation
tells its people about its own systems: that is what the modules made from its incidents are for.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import orjson

from trimtab.policy.learning_spec import CourseSpec, LearningSpec

TOPICS: Mapping[str, str] = {
    "floors": "what is the least that the policy accepts, of what",
    "interval": "what verdict an interval gives",
    "red-lines": "what must never happen",
    "incidents": "what happened here, and how long it took",
    "steps": "what comes next in an incident or a finding",
    "reporting": "by when an authority must be told",
    "owners": "who accepts the risk of what",
    "vendors": "whom products rest on, and when vendors are looked at again",
}
"""What a quiz can ask about; every answer is derived from the policy or the books."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One part of a course."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course as somebody takes it."""

    name: str
    title: str
    roles: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    topics: tuple[str, ...]
    valid_days: int = 365
    pass_: float = 0.8
    questions: int = 8


@functools.cache
def shipped() -> Mapping[str, Course]:
    """The courses of the catalogue by name."""
    data = orjson.loads(files("trimtab.policy").joinpath("courses.json").read_bytes())
    return {
        name: Course(
            name=name,
            title=one["title"],
            roles=tuple(one["roles"]),
            lessons=tuple(Lesson(**lesson) for lesson in one["lessons"]),
            topics=tuple(one["topics"]),
        )
        for name, one in data.items()
    }


def courses(learning: LearningSpec | None) -> Mapping[str, Course]:
    """The courses of a policy by name, what it leaves out taken from the catalogue; empty where it says nothing."""
    return {name: _whole(name, spec) for name, spec in (learning.courses if learning else {}).items()}


def _whole(name: str, spec: CourseSpec) -> Course:
    base = shipped().get(name)
    own = tuple(Lesson(title=text, text="") for text in spec.modules)
    return Course(
        name=name,
        title=spec.title or (base.title if base else name),
        roles=spec.roles or (base.roles if base else ()),
        lessons=own or (base.lessons if base else ()),
        topics=spec.topics or (base.topics if base else tuple(TOPICS)),
        valid_days=spec.valid_days,
        pass_=spec.pass_,
        questions=spec.questions,
    )
