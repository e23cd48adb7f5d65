"""What a form is filled in against: the books as they are, the policy, the moment, and whoever sits there."""

import re
from dataclasses import dataclass
from typing import Any

from trimtab.errors import EntryError, Mistake
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries import ENTRIES, Entry
from trimtab.policy import Policy
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.forms.declared import Form
from trimtab.serve.pages.forms.known import Known, known_to, named_in

_ROW = re.compile(r"row:(\d{1,15})")
LISTED = (
    "Ask whoever keeps the policy to list you under `people` by this name, or whoever administers these pages for a "
    "user with the name that you have there."
)
"""What somebody does next whose name is in no policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a form may know. `now` is in microseconds since the epoch, UTC.

    `alone` says that one person on their own machine is served, who names who speaks as at a command line. Everybody
    else speaks under their own name.
    """

    ledger: Ledger
    policy: Policy
    books: Books
    now: int
    person: Person
    alone: bool

    @property
    def speaker(self) -> str:
        """Under whose name entries are made; empty where that is chosen."""
        return "" if self.alone else self.person.name

    @property
    def nobody(self) -> bool:
        """Whether entries would be under a name that is no person's by the policy; a team enters nothing itself."""
        return bool(self.speaker) and self.speaker not in self.policy.people

    @property
    def known(self) -> Known:
        """What of the policy this person may know, and so name."""
        return known_to(self.person, self.policy, now=self.now)

    @property
    def systems(self) -> tuple[str, ...]:
        """Those of the policy of which this person may act."""
        return tuple(name for name in self.policy.systems if self.person.within(name))

    def sees(self, entry: Entry) -> bool:
        """Whether an entry is of a system that they may see; one of none is for who sees all, and whose it is."""
        if entry.system:
            return self.person.within(entry.system)
        return self.person.systems is None or entry.by == self.person.name

    def about(self, form: Form, id_: str) -> Entry | None:
        """The entry that opened the thing that a form is about, if this person may act on it.

        Raises:
            RefusedError: They may not.
        """
        if not form.subject or not id_:
            return None
        found = opened(self.books, form.kind, id_)
        self.allow(form)
        if self.person.systems is not None and (found is None or not self.sees(found)):
            raise self._not_theirs()  # the same for what is not there: nobody is told of what they may not see
        return found

    def refer(self, field: str, text: str) -> None:
        """That what a field names besides is for this person to speak of; whoever sees all may name anything.

        Raises:
            RefusedError: It is of another system.
        """
        if self.person.systems is None or not text:
            return
        openers = [one for one in ENTRIES.values() if one.opens and field in (one.about, "on")]
        found = [kept.entry for one in openers for kept in self.books.about(one, text)]
        if field == "on" and (row := _ROW.fullmatch(text)):
            seq = int(row[1])
            for kept, record in self.ledger.records(after=seq - 1, upto=seq):
                mine = (
                    self.person.within(kept.system) if kept.system else isinstance(record, Entry) and self.sees(record)
                )
                if not mine:
                    raise self._not_theirs()
        if any(not self.sees(one) for one in found):
            raise self._not_theirs()

    def names(self, field: str, value: Any) -> None:
        """That what a field names of the policy is for this person to know; whoever sees all is told by the rules.

        Raises:
            EntryError: It is not, or is not there, which is not told apart.
        """
        known = self.known.of(field) if self.person.systems is not None else None
        if known is not None and not set(named_in(value)) <= set(known):
            listed = ", ".join(known) or "none"
            raise mistake(field, "names what is not there, or not of a system of yours", f"You may name: {listed}.")

    def allow(self, form: Form, system: str = "") -> None:
        """That this person may send a form, about a system where it is about one.

        Raises:
            RefusedError: They may not.
        """
        if not offered(form, self.person):
            raise not_for(form)
        if not self.person.may_act(form.roles, system):
            raise self._not_theirs()

    def _not_theirs(self) -> RefusedError:
        return RefusedError(403, "This is not of a system of yours", f"Yours: {', '.join(self.systems) or 'none'}.")

    def speaks(self, by: str) -> str:
        """Under whose name something is entered, given what the form says.

        Raises:
            EntryError: It says somebody else's, or the policy lists nobody of their name.
        """
        if self.nobody:
            raise mistake("by", f"is {self.speaker}, and nobody under people of the policy is called that", LISTED)
        if not self.speaker or by in ("", self.speaker):
            return self.speaker or by
        raise mistake("by", f"is {by[:40]!r}, and you are {self.speaker}", "Everybody enters under their own name.")


def offered(form: Form, person: Person) -> bool:
    """Whether a form is for somebody at all: by their role, and, if they see some systems only, by what it is about."""
    return person.may_act(form.roles) and (person.systems is None or not form.whole)


def not_for(form: Form) -> RefusedError:
    """That a form is for others."""
    scope = " who may see all systems" if form.whole else ""
    return RefusedError(403, "This form is not for you", f"It is for: {', '.join(sorted(form.roles))}{scope}.")


def opened(books: Books, kind: type[Entry], id_: str) -> Entry | None:
    """The entry that opened the thing that another one is about."""
    openers = [one for one in ENTRIES.values() if one.opens and one.about == kind.about]
    return next((kept.entry for one in openers for kept in books.about(one, id_)), None)


def mistake(field: str, what: str, next_step: str = "", *, clash: bool = False) -> EntryError:
    """One mistake of a field, as entries have them."""
    one = Mistake(path="form", line=0, column=0, where=field, message=what, suggestion=next_step, code=EntryError.code)
    return EntryError([one], clash)
