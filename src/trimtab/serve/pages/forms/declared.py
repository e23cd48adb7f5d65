"""How a form is declared: what it enters, who may, which fields are asked first, and where the thing is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trimtab.evidence.entries import Entry, Said, described
from trimtab.evidence.entries.entry import Form as Holds
from trimtab.serve.pages.declared import API

FORMS_PATH = "/forms"
SENT = "sent"
"""What the address says of a form that comes back."""
_NEVER_ASKED = ("source", "currency")  # what the server knows: the way it came, and what the policy counts in


class Way(StrEnum):
    """What becomes of what was filled in."""

    ENTRY = "entry"  # it is an entry
    CONSENT = "consent"  # a request, whose digests are looked up
    STATEMENT = "statement"  # a statement is made of it, which somebody signs before it counts
    POLICY = "policy"  # another policy, which is compared with the one in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form.

    Its fields are those of the entry: `first` in their order, all others under "More" unless `more` names fewer.
    `never` says in words who may not send it whatever their role; the rules of entries see to that.
    """

    name: str
    title: str
    about: str
    kind: type[Entry]
    group: str
    roles: frozenset[str]
    first: tuple[str, ...]
    more: tuple[str, ...] | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    place: str = ""  # the page where the thing is shown, with fields in braces
    never: str = ""
    way: Way = Way.ENTRY
    minds: bool = False  # whether it stops once where others entered something about the same thing meanwhile
    whole: bool = False  # whether it is of the whole organisation, so for nobody who may see some systems only

    @property
    def path(self) -> str:
        """Where it is filled in."""
        return f"{FORMS_PATH}/{self.name}"

    @property
    def target(self) -> str:
        """Where it is sent: another address, or the browser would forget the page that somebody goes back to."""
        return f"{self.path}?{SENT}=1"

    @property
    def api(self) -> str:
        """Where programs send the same."""
        return f"{API}{self.path}"

    @property
    def fields(self) -> tuple[Said, ...]:
        """What is asked, in the order in which it is."""
        known = {one.name: one for one in described(self.kind) if one.name not in _NEVER_ASKED}
        rest = [name for name in known if name not in self.first] if self.more is None else self.more
        return tuple(known[name] for name in (*self.first, *rest) if name not in self.fixed)

    @property
    def subject(self) -> str:
        """The field with the id of a thing that must be there already; empty where there is none."""
        return "" if self.kind.opens else self.kind.about

    def needs(self, one: Said) -> bool:
        """Whether a field must be filled in: what is required, and every choice.

        Commands take some choices for granted. Here nobody would see that, and what was never said would be counted.
        """
        drawn = self.kind.opens and one.name == self.kind.about
        return (one.required and not drawn) or one.form is Holds.CHOICE
