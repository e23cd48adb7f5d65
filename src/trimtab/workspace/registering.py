"""Fills the registry: by hand, from what a look found, from the policy. What is not said stays as it was."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trimtab.decision.discovered import Matcher
from trimtab.decision.registered import registry_of
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries import described
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.entries.registry import Registered, as_name, likeness
from trimtab.measure.discovery.found import Found, Scan, masked
from trimtab.policy import Policy
from trimtab.policy.secrecy import is_a_secret
from trimtab.workspace.discover import name_of
from trimtab.workspace.keeping import Receipt, keep

_KEPT = tuple(one.name for one in described(Registered) if one.name not in {"at", "by", "source"})


def register(
    ledger: Ledger, policy: Policy, things: Sequence[Mapping[str, Any]], *, by: str, now: int | None = None
) -> Receipt:
    """Register things, each given by some of its fields; what is not given stays as the registry has it.

    A thing of which nothing changes is left out. User, password and query of an address are dropped.

    Raises:
        EntryError: Some of them cannot stand; nothing was recorded.
        LedgerError: They cannot be recorded.
    """
    books = Books.of(ledger)
    drafts = [
        Draft(kind=Registered.kind, values={**whole, "by": by})
        for given in things
        if (whole := amended(books, given)) is not None
    ]
    return keep(ledger, policy, drafts, now=now) if drafts else Receipt(kept=(), masked={})


def amended(books: Books, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Fields of a thing with those that are not given as the registry has them; None where nothing changes."""
    said = {name: value for name, value in given.items() if value not in (None, "", ())}
    if "//" in str(said.get("location", "")):
        said["location"] = masked(str(said["location"]))
    words = books.about(Registered, str(said.get("thing", "")))
    if not words:
        return said
    last = {name: getattr(words[-1].entry, name) for name in _KEPT}
    whole = {**last, **said}
    changed = any(_plain(whole[name]) != _plain(last.get(name)) for name in whole if name not in {"at", "by", "source"})
    return {name: value for name, value in whole.items() if value not in ("", ())} if changed else None


def from_policy(policy: Policy) -> list[dict[str, Any]]:
    """The systems of a policy, with what it says of them."""
    return [
        {"thing": name, "type": "system", "owner": one.owner, "purpose": one.intended_use, "system": name}
        for name, one in policy.systems.items()
    ]


def from_scans(books: Books, policy: Policy, scans: Iterable[Scan], *, owner: str, end: int) -> list[dict[str, Any]]:
    """What looks found as things to register: known ones by their id, others by their name.

    Of several versions of one thing the last counts, numbers by their size. An owner is set where there is none.
    """
    registry = registry_of(books, policy, end=end)
    matcher = Matcher(registry)
    last: dict[tuple[str, str], Found] = {}
    for one in (one for scan in scans for one in scan.found):
        key: tuple[str, str] = (one.kind, likeness(name_of(one)))
        if key not in last or _order(one.version) >= _order(last[key].version):
            last[key] = one
    ids = {key: matcher.find(key[0], name_of(one), one.digest)[0] or name_of(one) for key, one in last.items()}
    known = {likeness(name): thing for (_, name), thing in ids.items()}
    found = []
    for key, one in sorted(last.items()):
        links = [name_of(Found(kind="model", name=name)) for name in one.made_from]
        held = registry.things.get(ids[key])
        values: dict[str, Any] = {
            "thing": ids[key],
            "type": one.kind,
            "version": _harmless(as_name(one.version)),
            "digest": one.digest,
            "location": _harmless(one.where if "://" in one.where else as_name(one.where)),
            "provider": _harmless(as_name(one.provider)),
            "made_from": tuple(dict.fromkeys(known.get(likeness(name), name) for name in links)),
            "owner": owner if held is None or not held.entry.owner else "",
        }
        found.append(values)
    return found


def _order(version: str) -> tuple[int, str]:
    return (int(version), "") if version.isdecimal() else (-1, version)


def _harmless(text: str) -> str:
    return "" if "@" in text or is_a_secret(text) else text


def _plain(value: Any) -> Any:
    """As it is compared: an entry's texts and tuples against what somebody wrote."""
    if isinstance(value, list | tuple):
        return tuple(value)
    return "" if value is None else value
