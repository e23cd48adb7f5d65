"""The review queue: what waits for a person, since when, why, and the command that handles it."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.policy.spans import DAY
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.workspace.queue import Waiting, waiting

_MOST = 100  # that are shown: a queue that nobody reads to its end is worked off from its beginning
_LINKS: Mapping[str, str] = {"consent": "/gates/{}", "fix": "/incidents#findings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits: `hours` how long, of whom, and what handles it. `count` is of how many cases."""

    kind: str
    id: str
    system: str
    since: int
    hours: float
    why: str
    who: str
    command: str
    row: int
    count: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How many of a kind wait, and how long the first of them has, in hours."""

    kind: str
    count: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """All of the page, what has waited longest first; `more` are not shown."""

    system: str
    systems: tuple[str, ...]
    kinds: tuple[Kind, ...]
    items: tuple[Item, ...]
    count: int
    more: int


def queue(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> Queue:
    """What waits now, of all systems or of one."""
    system = asked.get("system", "")
    every = now.books.once(
        ("queue", now.policy.digest, now.moment),
        lambda: waiting(now.ledger, now.policy, now.evidence, row=now.row, moment=now.moment),
    )
    own = [one for one in every if system in ("", one.system)]
    first: dict[str, list[Waiting]] = {}
    for one in own:
        first.setdefault(one.kind, []).append(one)
    return Queue(
        system=system,
        systems=tuple(sorted({one.system for one in every if one.system})),
        kinds=tuple(
            Kind(kind=kind, count=sum(one.count for one in many), hours=_hours(now, many[0].since))
            for kind, many in first.items()
        ),
        items=tuple(_item(now, one) for one in own[:_MOST]),
        count=len(own),
        more=max(0, len(own) - _MOST),
    )


def _item(now: Snapshot, one: Waiting) -> Item:
    return Item(
        kind=one.kind,
        id=one.id,
        system=one.system,
        since=one.since,
        hours=_hours(now, one.since),
        why=one.why,
        who=one.who,
        command=one.command,
        row=one.row,
        count=one.count,
        link=_LINKS.get(one.kind, "").format(one.id),
    )


def _hours(now: Snapshot, since: int) -> float:
    return max(0.0, (now.moment - since) / (DAY / 24))
