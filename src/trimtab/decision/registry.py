"""How complete the registry is (P01), and how far data can be followed to its source (P06).

P01 = registered / (discovered + hidden) x weight of valid fields / weight of mandatory fields

`discovered` is what looks found and what is registered, together; what is registered as retired and still found counts
as not registered. `hidden` is what neither has found, told by capture-recapture between different ways of looking, less
what is registered and was not found: that much of the hidden part is known already.

The interval is the hull of two, times the share of valid fields, which is a census: the exact binomial interval of the
share of things *found* that are registered, which takes a look as a sample and needs no second one; and the share that
follows from either end of what is hidden. Without any look there is no figure: a registry that is held against nothing
but itself is always complete.

Source:
    Chapman (1951), see `trimtab.stats.recapture`; Clopper & Pearson (1934), Biometrika 26(4), 404-413.
"""

import math
from dataclasses import dataclass

from trimtab.decision.discovered import Discovered, Hiding, discovered, hiding
from trimtab.decision.registered import Registry, Thing, registry_of, validity
from trimtab.evidence.books import Books
from trimtab.kinds import Estimate, Interval, Missing
from trimtab.policy.model import Policy
from trimtab.stats.binomial import clopper_pearson

_DATA = frozenset({"dataset", "feature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The registry, what looks found, and what is hidden from them, as of a moment."""

    registry: Registry
    found: Discovered
    hiding: Hiding
    valid: float  # share of the weight of mandatory fields

    @property
    def registered(self) -> int:
        """Things in use that are registered."""
        return len(self.registry.active)

    @property
    def known(self) -> int:
        """Things in use that are registered or were found."""
        return self.registered + sum(one.state in {"unregistered", "retired"} for one in self.found.seen)


def standing(books: Books, policy: Policy, *, end: int, level: float = 0.95) -> Standing:
    """The registry held against what was found, before a moment (microseconds since the epoch, UTC)."""
    first = registry_of(books, policy, end=end)
    found = discovered(books, first, end=end)
    altered = frozenset(one.thing for one in found.of("altered"))
    registry = registry_of(books, policy, end=end, altered=altered)
    return Standing(registry=registry, found=found, hiding=hiding(found, level=level), valid=validity(registry))


def completeness(books: Books, policy: Policy, *, end: int, level: float = 0.95) -> Estimate | Missing:
    """P01, a share; `count` is how many things are registered or were found.

    Args:
        books: Entries up to some row.
        policy: Says who is there.
        end: What happened from this moment on does not count; microseconds since the epoch, UTC.
        level: Coverage probability of the interval.

    Returns:
        Missing with `no-look` where nobody has looked within a quarter, `look-failed` where nothing could be seen, and
        `nothing-known` where nothing is registered and nothing was found.
    """
    now = standing(books, policy, end=end, level=level)
    if not now.found.looks:
        return Missing("no-look", "nobody has looked within a quarter for what is not registered: `trimtab discover`")
    if not now.found.whole and not now.found.seen:
        return Missing("look-failed", "no place could be looked at as a whole, and nothing was found")
    if not now.known:
        return Missing("nothing-known", "nothing is registered, and nothing was found")
    share, ends = coverage(now, level=level)
    interval = Interval(ends.low * now.valid, ends.high * now.valid, level, ends.method)
    return Estimate(value=share * now.valid, interval=interval, count=now.known, cases=now.known)


def coverage(now: Standing, *, level: float) -> tuple[float, Interval]:
    """Registered of everything in use, with its interval; before fields are looked at."""
    here = {one.thing for one in now.found.seen}
    unseen = sum(one.entry.type in now.hiding.types and one.entry.thing not in here for one in now.registry.active)

    def share(beyond: float) -> float:
        rest = now.known + max(0.0, beyond - unseen)
        return now.registered / rest if math.isfinite(rest) else 0.0

    value = share(now.hiding.value)
    lows, highs = [value], [value]
    if now.hiding.interval is not None:
        lows.append(share(now.hiding.interval.high))
        highs.append(share(now.hiding.interval.low))
    if seen := len(now.found.seen):
        hits = sum(one.state in {"registered", "altered"} for one in now.found.seen)
        sampled = clopper_pearson(hits, seen, level=level)
        lows.append(sampled.low)
        highs.append(sampled.high)
    return value, Interval(min(lows), max(highs), level, "clopper-pearson, joined with recapture")


def lineage(books: Books, policy: Policy, *, end: int, level: float = 0.95, system: str = "") -> Estimate | Missing:
    """P06: data sets and features in use whose every path leads to a registered source, of all; a census.

    Each weighs 1, and 1 more for each thing in use that rests on it: data that more is built on counts for more. Data
    sets that were found and are not registered count as without a path.

    Args:
        books: Entries up to some row.
        policy: Says who is there.
        end: What happened from this moment on does not count.
        level: Of the interval, whose ends are the value: everything was counted.
        system: Only what is behind this system, by its id or by the one of the policy that it is; all if empty.

    Returns:
        Missing with `not-registered` for a system that is not, `no-data` where there is no data set and no feature.
    """
    registry = registry_of(books, policy, end=end)
    own = [name for name, one in registry.things.items() if one.entry.type == "system" and system in _meant(one)]
    if system and not own:
        return Missing("not-registered", f"`trimtab register {system} --type system` registers it")
    wanted = frozenset[str]().union(*(registry.behind(name) for name in own)) if system else registry.things.keys()
    data = [one.entry.thing for one in registry.active if one.entry.type in _DATA and one.entry.thing in wanted]
    weights = {name: 1 + registry.used_by(name) for name in data}
    stray = 0 if system else sum(one.type in _DATA for one in discovered(books, registry, end=end).unregistered)
    total = sum(weights.values()) + stray
    if not total:
        return Missing("no-data", "no data set or feature is registered: `trimtab register`")
    value = sum(weight for name, weight in weights.items() if registry.traced(name)) / total
    return Estimate(
        value=value,
        interval=Interval(value, value, level, "census"),
        count=len(data) + stray,
        cases=len(data) + stray,
    )


def _meant(one: Thing) -> tuple[str, str]:
    """The names of a system: its id, and the system of the policy that it is."""
    return one.entry.thing, one.entry.system
