"""What people judge of each other's work, and appeals against what was computed of a person."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Entry):
    """A person (`by`) rates a request, a design, a review: a number on a scale that all raters share."""

    kind: ClassVar[str] = "rated"

    of: str = said("What is rated: the id of a request, a finding, a design.", Form.NAME)
    points: float = said("How good it is, on the scale of the round.", Form.NUMBER)
    scale: str = said("The round, or the form, that the scale belongs to.", Form.NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed(Entry):
    """Somebody does not agree with what was computed of them or of their team."""

    kind: ClassVar[str] = "appeal"
    about: ClassVar[str] = "appeal"
    opens: ClassVar[bool] = True

    appeal: str = said("Its id; drawn if left out.", Form.NAME)
    figure: str = said("Which figure: the row of what was published, or what it is called.", Form.NAME)
    what: str = said("What is wrong with it, without personal data.", Form.WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAnswered(Entry):
    """A human decides on an appeal."""

    kind: ClassVar[str] = "appeal-answer"
    about: ClassVar[str] = "appeal"

    appeal: str = said("Which appeal.", Form.NAME)
    answer: str = said("What was decided.", Form.CHOICE, choices=("upheld", "partly", "rejected"))
    what: str = said("Why, and what follows.", Form.WORDS)
