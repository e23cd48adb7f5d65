"""Looks for AI in use, holds it against the registry, and records what was found: names and digests, nothing else."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.decision.discovered import Matcher, Seen, ids_of
from trimtab.decision.registry import Standing, standing
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.entries.registry import Scanned, as_name
from trimtab.measure.discovery.artefacts import Progress, artefacts
from trimtab.measure.discovery.endpoints import endpoint
from trimtab.measure.discovery.fetch import SECONDS, Access
from trimtab.measure.discovery.found import Found, Scan, masked
from trimtab.measure.discovery.hub_cache import hub_cache
from trimtab.measure.discovery.manifests import SUFFIXES, manifests
from trimtab.measure.discovery.mlflow import mlflow
from trimtab.measure.discovery.mlflow_files import is_database, mlflow_files
from trimtab.measure.discovery.packages import packages
from trimtab.policy import Policy
from trimtab.policy.secrecy import is_a_secret
from trimtab.workspace.keeping import keep

MOST_THINGS = 1_000
"""In one place; more is a place to be looked at in parts."""

_WAYS = {"folder", "hub", "mlflow", "endpoint", "manifests", "packages"}
_ON_DISK = {"folder", "hub-cache", "manifests", "packages", "mlflow-files"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look, and how."""

    looked: str
    where: str

    @property
    def shown(self) -> str:
        """What may be told of it."""
        return masked(self.where) if self.looked in {"mlflow", "endpoint"} else Path(self.where).name or self.where

    @property
    def digest(self) -> str:
        """By which the same place is known again, without telling which it is."""
        known = (
            masked(self.where)
            if self.looked in {"mlflow", "endpoint"}
            else str(Path(self.where).expanduser().resolve())
        )
        return f"sha256:{hashlib.sha256(f'{self.looked}:{known}'.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found now, and how all of it stands to the registry.

    `seen` are the things that these looks found; `standing` is of all looks within a quarter.
    """

    scans: tuple[Scan, ...]
    seen: tuple[Seen, ...]
    vanished: tuple[str, ...]
    standing: Standing
    rows: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether every place could be looked at as a whole."""
        return all(one.whole for one in self.scans)

    @property
    def stray(self) -> tuple[Seen, ...]:
        """What is in use and not registered so."""
        return tuple(one for one in self.seen if one.state != "registered")


def read_place(text: str) -> Place:
    """A place as people write it: how to look, a colon, and where; or where alone, if it can be told what it is.

    Ways are `folder:`, `hub:`, `manifests:` and `packages:` with a path, `endpoint:` with an address, and `mlflow:`
    with either. An http address alone is an endpoint, a folder a folder, a YAML file a manifest.

    Raises:
        UsageError: It cannot be told.
    """
    way, _, where = text.partition(":")
    if way in _WAYS and where:
        if way == "mlflow":
            return Place(looked="mlflow" if _is_address(where) else "mlflow-files", where=where)
        return Place(looked="hub-cache" if way == "hub" else way, where=where)
    if _is_address(text):
        return Place(looked="endpoint", where=text)
    path = Path(text)
    if path.is_dir():
        return Place(looked="folder", where=text)
    if path.suffix.lower() in SUFFIXES:
        return Place(looked="manifests", where=text)
    if is_database(path):
        return Place(looked="mlflow-files", where=text)
    shown = masked(text) if "//" in text else text[:80]
    raise UsageError(
        f"{shown} is no folder, no manifest and no address.",
        f"Say how to look: one of {', '.join(f'{one}:' for one in sorted(_WAYS))}, then the path or address.",
    )


def may_look(policy: Policy, by: str) -> None:
    """Make sure that whoever looks is in the policy, before a look that takes long.

    Raises:
        UsageError: Nobody is named, or somebody whom the policy does not list.
    """
    if by not in policy.people and by not in policy.teams:
        listed = ", ".join([*policy.people, *policy.teams][:12]) or "nobody"
        who = f"{by[:80]!r} is not listed in the policy." if by else "nobody is named who looks."
        raise UsageError(who, f"Give --by, or set TRIMTAB_BY. The policy lists {listed}.")


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def look(
    places: Sequence[Place],
    access: Mapping[Place, Access] | None = None,
    *,
    quick: bool = False,
    progress: Progress | None = None,
    seconds: float = SECONDS,
) -> list[Scan]:
    """What is in each place; servers are asked side by side, each within `seconds` for one answer.

    Args:
        places: Where to look.
        access: How servers know who asks.
        quick: Know large files by their header and size.
        progress: Told how far reading has come.
        seconds: For one answer of a server.

    Raises:
        UsageError: An address is none.
    """
    found: dict[int, Scan] = {}
    for number, place in enumerate(places):
        if place.looked in _ON_DISK:
            found[number] = _on_disk(place, quick=quick, progress=progress)
    servers = {number: place for number, place in enumerate(places) if number not in found}
    found |= asyncio.run(_servers(servers, access or {}, seconds)) if servers else {}
    return [found[number] for number in range(len(places))]


async def _servers(places: Mapping[int, Place], access: Mapping[Place, Access], seconds: float) -> dict[int, Scan]:
    asked = [
        (mlflow if place.looked == "mlflow" else endpoint)(place.where, access.get(place), seconds=seconds)
        for place in places.values()
    ]
    return dict(zip(places, await asyncio.gather(*asked), strict=True))


def _on_disk(place: Place, *, quick: bool, progress: Progress | None) -> Scan:
    path = Path(place.where).expanduser()
    match place.looked:
        case "folder":
            return artefacts(path, quick=quick, progress=progress)
        case "hub-cache":
            return hub_cache(path)
        case "manifests":
            return manifests(path)
        case "packages":
            return packages(path)
    return mlflow_files(path)


def discover(
    ledger: Ledger, policy: Policy, places: Sequence[Place], scans: Sequence[Scan], *, by: str, now: int | None = None
) -> Discovery:
    """Record what looks found, and hold it against the registry.

    Args:
        ledger: Whose registry.
        policy: Names people and teams.
        places: Where was looked.
        scans: What came of it, in the same order.
        by: Who looked.
        now: Microseconds since the epoch, UTC; the clock's if left out.

    Raises:
        UsageError: More was found in one place than can be recorded.
        EntryError: Whoever looked is not in the policy.
    """
    drafts = [_draft(place, scan, by) for place, scan in zip(places, scans, strict=True)]
    kept = keep(ledger, policy, drafts, now=now).kept
    books = Books.of(ledger)
    end = max(one.entry.at for one in kept) + 1
    stands = standing(books, policy, end=end)
    rows = {one.seq for one in kept}
    here = {place.digest for place in places}
    matcher = Matcher(stands.registry)
    before = {id_ for one in books.all(Scanned) if one.entry.place in here for id_ in ids_of(one.entry, matcher)}
    return Discovery(
        scans=tuple(scans),
        seen=tuple(one for one in stands.found.seen if rows & set(one.rows)),
        vanished=tuple(one for one in stands.found.vanished if one in before),
        standing=stands,
        rows=tuple(sorted(rows)),
    )


def _draft(place: Place, scan: Scan, by: str) -> Draft:
    if len(scan.found) > MOST_THINGS:
        raise UsageError(
            f"{place.shown} holds {len(scan.found):,} things, and {MOST_THINGS:,} of one place can be recorded.",
            "Look at narrower places.",
        )
    named = {(one.kind, name_of(one), one.digest or "none") for one in scan.found}
    ordered = sorted(named)
    values = {
        "looked": place.looked,
        "place": place.digest,
        "label": as_name(place.shown),
        "found": [f"{kind}:{name}" for kind, name, _ in ordered],
        "digests": [digest for _, _, digest in ordered],
        "unseen": len(scan.unseen),
        "records": scan.looked,
        "by": by,
    }
    return Draft(kind=Scanned.kind, values=values, path=place.shown)


def name_of(one: Found) -> str:
    """The name of a thing as it may be kept."""
    return "withheld" if is_a_secret(one.name) else as_name(one.name) or "unnamed"
