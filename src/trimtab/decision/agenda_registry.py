"""What the registry has to say at a quarterly review: what came into use, and where data cannot be followed."""

from collections.abc import Iterator

from trimtab.decision.agenda import Item, Section
from trimtab.decision.period import Period
from trimtab.decision.registered import Registry, Thing
from trimtab.evidence.books import Books
from trimtab.evidence.entries.registry import Registered

_DATA = ("dataset", "feature")


def registered_in(books: Books, registry: Registry, period: Period) -> Section:
    """What was registered for the first time in the period, with its class of risk where it is a system."""
    began: dict[str, int] = {}
    for kept in books.all(Registered):
        began.setdefault(kept.entry.thing, kept.entry.at)
    items = [
        Item(words=_told(one), at=began[name], rows=(one.seq,))
        for name, one in sorted(registry.things.items())
        if period.holds(began[name])
    ]
    return Section(name="registered", title="Registered", nothing="Nothing was registered.", items=tuple(items))


def data_governance(registry: Registry) -> Section:
    """Data in use: what of it leads to no source, and which of its fields say nothing."""
    return Section(
        name="data",
        title="Data governance",
        nothing="No data set was registered.",
        items=tuple(_data(registry)),
    )


def _data(registry: Registry) -> Iterator[Item]:
    data = [one for one in registry.active if one.entry.type in _DATA]
    if not data:
        return
    traced = sum(registry.traced(one.entry.thing) for one in data)
    rows = tuple(sorted(one.seq for one in data))
    yield Item(words=f"{traced} of {len(data)} data sets and features lead to a registered source.", rows=rows)
    for one in data:
        wrong = [f"{name} {why}" for name, why in one.problems.items()]
        if not registry.traced(one.entry.thing):
            wrong.insert(0, "it leads to no registered source")
        if wrong:
            owner = one.entry.owner or "nobody"
            yield Item(words=f"{one.entry.thing} ({owner}): {'; '.join(wrong)}.", rows=(one.seq,))


def _told(one: Thing) -> str:
    risk = f", {one.risk or 'not classified'}" if one.entry.type == "system" else ""
    gone = "" if one.active else ", retired since"
    return f"{one.entry.thing}, {one.entry.type}{risk}{gone}: {one.entry.owner or 'nobody'} answers for it."
