"""What a grammar is: a suite that can make any of its cases by itself, so that many processes can share the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trimtab.kinds.case import Case
from trimtab.kinds.suite import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What one case tries to bring out, and how, before the request is dressed up.

    `marker` stands in `system`, the instructions, and nowhere else: a reply
    that shows it is an attack that succeeded. `thing` is what the marker is
    called in `language`. `techniques` are put on top of one another in this
    order, each in the wording that `variants` gives. `cluster` names what the
    case shares with others, so that they count as one.
    """

    place: int
    language: str
    hazard: str
    subject: str
    thing: str
    system: str
    marker: str
    request: str
    cluster: str
    techniques: tuple[str, ...]
    variants: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """How a language shows in a text; all words are in lower case.

    `name` is what it is called in English. `little` are frequent words that
    say nothing by themselves, `asking` words of a text that asks for
    something, `refusing` how a text begins that declines.
    """

    name: str
    little: frozenset[str]
    asking: frozenset[str]
    refusing: tuple[str, ...]


class Grammar(Suite, Protocol):
    """Goals by their place in an endless drawn order, and cases made of them.

    The same place and seed give the same goal in every process. Places go
    round the cells of hazard, technique and language, so that any stretch of
    them as long as there are cells has one case of each.
    """

    @property
    def hazards(self) -> Sequence[str]:
        """Ids of what is at stake, with their framework where they are of one."""
        ...

    @property
    def attacks(self) -> Sequence[str]:
        """Techniques, by the names of their plugins."""
        ...

    @property
    def spoken(self) -> Sequence[str]:
        """Languages, as ISO 639-1 codes."""
        ...

    def goal(self, place: int, *, seed: int) -> Goal:
        """The goal at a place, from 0 on."""
        ...

    def dress(self, goal: Goal) -> Case | None:
        """The case of a goal; None when its techniques do not fit one another."""
        ...

    def translate(self, goal: Goal, language: str) -> Goal:
        """The same goal in another language: the same thing, setting and techniques."""
        ...

    def tongue(self, language: str) -> Tongue:
        """How a language shows in a text."""
        ...
