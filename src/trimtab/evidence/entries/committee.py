"""Who decides on the risk budget: a seed that is committed to, seats by lot, absences, recusals."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedCommitted(Entry):
    """Somebody binds themselves to a seed that only they know, before it draws a committee."""

    kind: ClassVar[str] = "seed-committed"

    quarter: str = said("The quarter that will be drawn for, as 2027-Q1.", Form.NAME)
    digest: str = said("SHA-256 of the seed, as `trimtab committee commit` makes it.", Form.NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated(Entry):
    """Somebody has a seat from a quarter on, up to and not including another. Seed and list are published with it."""

    kind: ClassVar[str] = "seated"
    computed: ClassVar[bool] = True

    quarter: str = said("The first quarter.", Form.NAME)
    until: str = said("The first quarter in which it is over.", Form.NAME)
    member: str = said("Who.", Form.NAME)
    published: int = said("The row of the published draw.", Form.COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Entry):
    """A member was not there when the committee met."""

    kind: ClassVar[str] = "absent"

    member: str = said("Who.", Form.NAME)
    what: str = said("Which meeting.", Form.WORDS, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recused(Entry):
    """A member does not vote on a request, for a reason beyond being of its team."""

    kind: ClassVar[str] = "recused"

    member: str = said("Who.", Form.NAME)
    request: str = said("On which request.", Form.NAME)
    what: str = said("Why.", Form.WORDS, default="")
