"""Learning: which courses there are, who owes them, and who plays which role."""

from typing import Annotated

from pydantic import Field

from trimtab.policy.fields import Name, Names, Strict, Texts

EVERYONE = "everyone"
"""The role that everybody has who is in the policy or was enrolled."""

RETENTION_DAYS = 30
"""A quiz counts for P09 when it is passed so many days after the course or later."""


class CourseSpec(Strict):
    """A course: of the catalogue that ships with trimtab where it has that name, or of the organisation's own."""

    title: str = Field(default="", max_length=200, description="The catalogue's if left out.")
    roles: Texts = Field(default=(), description="Who owes it: roles of people or of `learning`; `everyone`.")
    valid_days: Annotated[int, Field(ge=31, le=3_650)] = Field(
        default=365, description="How long a completed course counts, in days."
    )
    pass_: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=0.8, alias="pass", description="The least share of right answers."
    )
    modules: Texts = Field(default=(), description="What it teaches, in a few words each; the catalogue's if left out.")
    topics: Texts = Field(default=(), description="What its quizzes ask about; the catalogue's if left out.")
    questions: Annotated[int, Field(ge=3, le=50)] = Field(default=8, description="How many questions a quiz has.")


class RoleSpec(Strict):
    """Who plays a role, besides those who have it under `people`."""

    about: str = ""
    functions: Texts = Field(default=(), description="Everybody of these functions of `people`.")
    teams: Names = Field(default=(), description="Everybody of these teams.")
    people: Names = ()


class LearningSpec(Strict):
    """Courses by name, and roles by name."""

    courses: dict[Name, CourseSpec] = Field(default_factory=dict)
    roles: dict[Name, RoleSpec] = Field(default_factory=dict)
