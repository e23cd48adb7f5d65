"""What looking for AI in use comes to: things found, and places that could not be looked at.

A place that could not be looked at is never read as "found nothing": it is stated, and the scan is not whole.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from yarl import URL

from trimtab._canonical import JSON, digest

Kind = Literal["system", "model", "dataset", "prompt"]

MOST_FOUND = 100_000
"""More things than this are no registry of an organisation but a wrong folder."""

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that is in use somewhere.

    `digest` says how its identity is known, from the strongest to the weakest: `sha256:` of its whole content,
    `head:` of a file's header and size, `said:` of what somebody else's record states about it; empty where nothing
    but the name is known. `where` is a place without secrets. `made_from` are names of what it was made from, as the
    source states them. `notes` are words of our own on what a reader should know.
    """

    kind: Kind
    name: str
    digest: str = ""
    version: str = ""
    where: str = ""
    provider: str = ""
    made_from: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A place that could not be looked at, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one source came to. `source` is the way of looking, `place` where, `looked` how many files or records."""

    source: str
    place: str
    found: tuple[Found, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    looked: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of the place was looked at: only then does silence say that there is nothing."""
        return not self.unseen


@dataclass(slots=True)
class Notebook:
    """Collects what a source sees, each thing once."""

    found: dict[tuple[str, str, str], Found] = field(default_factory=dict)
    unseen: list[Unseen] = field(default_factory=list)
    looked: int = 0

    def add(self, one: Found) -> None:
        """Note a thing; the same name with the same digest is one."""
        if len(self.found) >= MOST_FOUND:
            self.miss(one.where, f"more than {MOST_FOUND:,} things; name a narrower place")
            return
        self.found.setdefault((one.kind, one.name, one.digest), one)

    def miss(self, where: str, why: str) -> None:
        """Note a place that could not be looked at."""
        one = Unseen(where=where, why=why)
        if one not in self.unseen:
            self.unseen.append(one)

    def scan(self, source: str, place: str) -> Scan:
        """What it came to, in an order that does not hang on the file system."""
        return Scan(
            source=source,
            place=place,
            found=tuple(self.found[key] for key in sorted(self.found)),
            unseen=tuple(sorted(self.unseen, key=lambda one: (one.where, one.why))),
            looked=self.looked,
        )


def said(record: JSON) -> str:
    """Identity of a thing of which only a record of somebody else's is known."""
    return f"said:{digest(record).removeprefix('sha256:')}"


def of_parts(digests: Iterable[tuple[str, str]]) -> str:
    """Identity of a thing of many files, from name and digest of each; as strong as the weakest of them."""
    parts = sorted(digests)
    if len(parts) == 1:
        return parts[0][1]
    strength = "head" if any(one.startswith("head:") for _, one in parts) else "sha256"
    whole = hashlib.sha256()
    for name, one in parts:
        whole.update(f"{name}\0{one}\n".encode())
    return f"{strength}:{whole.hexdigest()}"


def plain(text: str) -> str:
    """A text from elsewhere, fit to be shown: printable, on one line, not endless."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text.strip())
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def masked(address: str) -> str:
    """An address without what may be secret: user, password, query and fragment are left out."""
    try:
        url = URL(address)
    except ValueError:
        return "an address that cannot be read"
    if not url.host:
        return plain(address.partition("?")[0]) if "@" not in address else "an address that cannot be read"
    return plain(str(url.with_user(None).with_query(None).with_fragment(None)))
