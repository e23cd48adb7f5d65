"""What all entries of the books have in common, and how their fields are described.

Everything that asks somebody for an entry (options of a command, columns of a file, a web hook, a form) is made from
the descriptions given here with `said`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Self

from trimtab.evidence.fields import Fields


class Form(StrEnum):
    """What a field holds, and in which form it is kept."""

    NAME = "name"  # letters, digits and . _ : / @ + # ( ) -, up to 120
    NAMES = "names"  # a tuple of them
    LINK = "link"  # a control of the catalogue, as eu-ai-act:Art.9(8): as a name, with spaces and parentheses
    LINKS = "links"  # a tuple of them
    WORDS = "words"  # text of people, kept as detectors leave it
    LINES = "lines"  # a tuple of them, each on one line
    CHOICE = "choice"  # one of `choices`
    FLAG = "flag"
    MOMENT = "moment"  # microseconds since the epoch, UTC; 0 for unknown
    MONEY = "money"  # whole hundredths of the policy's currency, >= 0
    COUNT = "count"  # a whole number, >= 0
    NUMBER = "number"  # finite
    SHARE = "share"  # in [0, 1]
    RANGE = "range"  # two numbers, from the lower to the higher
    MONEY_RANGE = "money-range"  # two amounts, from the lower to the higher
    NUMBERS = "numbers"  # name -> number
    RANGES = "ranges"  # name -> range
    DUTIES = "duties"  # name -> (moment by which, words)
    SIGNED = "signed"  # an SSH signature in its armour


@dataclass(frozen=True, slots=True)
class Said:
    """What a field is, for whoever fills it in. `required` ones have no default."""

    name: str
    help: str
    form: Form
    choices: tuple[str, ...] = ()
    required: bool = False
    default: Any = None


def said(help_: str, form: Form, *, choices: Sequence[str] = (), default: Any = MISSING) -> Any:
    """A field of an entry with its description; without a default it must be given."""
    metadata = {"said": (help_, form, tuple(choices))}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Fields):
    """Something that somebody reports, or a feed does.

    `at` says when it happened and not when it was recorded, which is the row's `time`.
    """

    kind: ClassVar[str] = ""
    about: ClassVar[str] = ""  # the field with the id of what the entry is about; empty without one
    opens: ClassVar[bool] = False  # whether the id is new with this entry, so that it may come once only
    fed: ClassVar[bool] = False  # whether a feed may say it in its own name, by whatever way it came
    computed: ClassVar[bool] = False  # whether trimtab alone makes it, so that nobody can enter one

    at: int = said("When it happened; now if left out.", Form.MOMENT)
    by: str = said("Who says so: one of `people` or `teams` of the policy.", Form.NAME)
    source: str = said(
        "By which way it came: command, the digest of a file, hook:NAME, form:ID or api:ID.",
        Form.NAME,
        default="command",
    )
    system: str = said(
        "Which system of the policy it concerns; left out, only the organisation as a whole.", Form.NAME, default=""
    )

    @property
    def id(self) -> str:
        """Of what it is about, or empty."""
        return str(getattr(self, self.about)) if self.about else ""

    @property
    def metric(self) -> str:
        """The KPI or metric that it counts for, or empty; a column of the ledger's row."""
        return ""

    @property
    def candidate(self) -> str:
        """The version of the system, or empty; a column of the ledger's row."""
        return ""

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The record back from its JSON form, lists as tuples again.

        Raises:
            ValueError: A choice is none that this version knows: what it does not understand it must not judge.
        """
        given = dict(payload)
        for name, choices in _chosen(cls):
            if name in given and given[name] not in choices:
                raise ValueError(f"{name} is none of {', '.join(choices)}")
        for name, form in _compound(cls):
            value = given.get(name)
            if isinstance(value, list):
                given[name] = tuple(value)
            elif form in {Form.RANGES, Form.DUTIES} and isinstance(value, dict):
                given[name] = {key: tuple(pair) for key, pair in value.items()}
        return cls(**given)


@cache
def described(kind: type[Entry]) -> tuple[Said, ...]:
    """The fields of an entry as people give them: its own first, then those that all have."""
    shared = {one.name for one in fields(Entry)}
    own = [one for one in fields(kind) if one.name not in shared]
    return tuple(_said(one) for one in (*own, *fields(Entry)))


_PLAIN = (Form.NAME, Form.WORDS, Form.CHOICE, Form.FLAG, Form.MOMENT, Form.MONEY, Form.COUNT, Form.NUMBER, Form.SHARE)


@cache
def _compound(kind: type[Entry]) -> tuple[tuple[str, Form], ...]:
    """The fields whose JSON form is not their value; most entries have none, and books hold many entries."""
    return tuple((one.name, one.form) for one in described(kind) if one.form not in _PLAIN)


@cache
def _chosen(kind: type[Entry]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields that hold one of several choices, and those."""
    return tuple((one.name, one.choices) for one in described(kind) if one.form is Form.CHOICE)


def _said(one: Field[Any]) -> Said:
    help_, form, choices = one.metadata["said"]
    required = one.default is MISSING and one.default_factory is MISSING
    default = None if required else one.default_factory() if one.default_factory is not MISSING else one.default
    return Said(one.name, help_, form, choices, required and one.name != "at", default)
