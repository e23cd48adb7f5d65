"""What was rendered for one use counts once: an entry names the form, or the call, that it came by."""

from collections.abc import Hashable

from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import Entry

SINGLE_USE = ("form:", "api:")
"""How a `source` begins that is good for one entry of its type."""


def entered_by(books: Books, kind: type[Entry], source: str) -> Kept[Entry] | None:
    """The entry of a type that came by a form or a call, if there is one."""
    found = books.grouped(kind, _source).get(source, ())
    return found[0] if found else None


def _source(entry: Entry) -> Hashable:
    return entry.source
