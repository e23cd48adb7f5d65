"""Statements of people that no measurement makes: kept under their name, and never shown as more than that."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Entry):
    """Somebody states something about a system, an entry or a figure."""

    kind: ClassVar[str] = "note"
    about: ClassVar[str] = "note"
    opens: ClassVar[bool] = True

    note: str = said("Its id; drawn if left out.", Form.NAME)
    on: str = said("What it is about: an id, a KPI, a run.", Form.NAME, default="")
    what: str = said("What is stated, without personal data.", Form.WORDS)
    evidence: tuple[str, ...] = said("What it rests on: runs, rows, links.", Form.NAMES, default=())
