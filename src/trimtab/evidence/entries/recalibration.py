"""New weights of the score: proposed with a reason from outside, tried in the shadow, and voted on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said

REASONS = ("law", "customer-promise", "appetite")
"""Why a target or a weight may change. Last year's figure and a bit is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalibrationProposed(Entry):
    """Somebody proposes another set of weights. `numbers` is the whole set, so that it can be computed from here."""

    kind: ClassVar[str] = "recalibration-proposed"
    about: ClassVar[str] = "recalibration"
    opens: ClassVar[bool] = True

    recalibration: str = said("Its id; drawn if left out.", Form.NAME)
    effective: int = said("The first day of the first quarter that it would judge.", Form.MOMENT)
    reason: str = said("What asks for it, outside of the figures themselves.", Form.CHOICE, choices=REASONS)
    outside: str = said("The article, contract or appetite statement that says so.", Form.NAME)
    what: str = said("What changes and why, in a sentence or two.", Form.WORDS)
    digest: str = said("Of the set of weights.", Form.NAME)
    numbers: Mapping[str, float] = said("The set of weights, one number for each thing it says.", Form.NUMBERS)
    until: int = said("When what is asked less of ends, if anything is.", Form.MOMENT, default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalibrationShadowed(Entry):
    """A proposal was tried beside the weights in force, for its quarter and the four before."""

    kind: ClassVar[str] = "recalibration-shadow"
    about: ClassVar[str] = "recalibration"
    computed: ClassVar[bool] = True

    recalibration: str = said("Which proposal.", Form.NAME)
    quarter: str = said("The quarter beside which it ran.", Form.NAME)
    moves: tuple[str, ...] = said("Systems whose band it changes in any of the five quarters.", Form.NAMES, default=())
    may: tuple[str, ...] = said("Members who may vote.", Form.NAMES, default=())
    recused: tuple[str, ...] = said("Members who may not: a product of their own is moved.", Form.NAMES, default=())
    published: int = said("The row with the whole report.", Form.COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalibrationVoted(Entry):
    """A member of the committee votes on a proposal; or a risk owner signs that less is asked for a time."""

    kind: ClassVar[str] = "recalibration-vote"
    about: ClassVar[str] = "recalibration"

    recalibration: str = said("Which proposal.", Form.NAME)
    choice: str = said("The vote; `sign` is for a risk owner.", Form.CHOICE, choices=("for", "against", "sign"))
    what: str = said("Why, if it is to be said.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsGiven(Entry):
    """A member shares out 100 points among what is to be weighed; the median of all members is what comes of it."""

    kind: ClassVar[str] = "points-given"

    tier: str = said("For which tier.", Form.NAME)
    points: Mapping[str, float] = said("By pillar or metric; 100 in all.", Form.NUMBERS)
