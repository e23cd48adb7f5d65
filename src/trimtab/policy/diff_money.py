"""What a new policy says of losses, of the risk budget, and of who decides on it."""

from collections.abc import Iterator, Mapping

from trimtab.policy.change import Change, Effect, names_of, shown, values_of
from trimtab.policy.model import Policy
from trimtab.policy.money_spec import AppetiteSpec, BudgetSpec, CommitteeSpec


def money_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Every difference in `currency`, `scenarios`, `budget` and `committee`."""
    if a.currency != b.currency:  # another floor for the same amounts; the books refuse to go on counting
        text = f"{a.currency} becomes {b.currency}, and no amount in the books is converted"
        yield Change(where="currency", effect="loosens", text=text)
    both, gone, added = names_of(a.scenarios, b.scenarios)
    for name in both:
        yield from values_of(f"scenarios.{name}", a.scenarios[name], b.scenarios[name])
    for name in gone:
        yield Change(where=f"scenarios.{name}", effect="loosens", text="its losses count no more")
    for name in added:
        yield Change(where=f"scenarios.{name}", effect="adds", text="a scenario")
    yield from _budget(a.budget, b.budget)
    yield from _committee(a.committee, b.committee)


def _budget(old: BudgetSpec | None, new: BudgetSpec | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not None:
            yield Change(where="budget", effect="loosens", text="there is no risk budget any more, nor an appetite")
        elif new is not None:
            yield Change(where="budget", effect="adds", text=f"a risk budget of {new.amount:,.2f} a {new.every}")
        return
    a, b = (one.amount * (4 if one.every == "quarter" else 1) for one in (old, new))
    if (old.amount, old.every) != (new.amount, new.every):
        text = f"{old.amount:,.2f} a {old.every} becomes {new.amount:,.2f} a {new.every}"
        effect: Effect = "changes" if a == b else "tightens" if b > a else "loosens"
        yield Change(where="budget.amount", effect=effect, text=text)
    yield from _appetite(old.appetite, new.appetite)
    yield from _bounds("budget.categories", _named(old), _named(new), least=True)
    yield from _bounds("budget.most_left", old.most_left, new.most_left, least=False)
    for key in ("upfront", "credit"):
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            yield _moved(f"budget.{key}", was, now, raised="loosens")
    judged = {"amount", "every", "appetite", "categories", "most_left", "upfront", "credit"}
    yield from values_of("budget", old, new, skip=judged)


def _named(one: BudgetSpec) -> dict[str, float]:
    return {str(category): share for category, share in one.categories.items()}


def _appetite(old: AppetiteSpec | None, new: AppetiteSpec | None) -> Iterator[Change]:
    """More that may be lost is a loosening, whichever figure says it."""

    def bounds(one: AppetiteSpec | None) -> dict[str, float]:
        if one is None:
            return {}
        named = {"expected": one.expected, "bad_years": one.bad_years}
        points = {f"points.{point.loss:,.12g}": point.chance for point in one.points}
        return {**{key: value for key, value in named.items() if value is not None}, **points}

    yield from _bounds("budget.appetite", bounds(old), bounds(new), least=False)


def _bounds(where: str, old: Mapping[str, float], new: Mapping[str, float], *, least: bool) -> Iterator[Change]:
    both, gone, added = names_of(old, new)
    for name in both:
        if old[name] != new[name]:
            yield _moved(f"{where}.{name}", old[name], new[name], raised="tightens" if least else "loosens")
    for name in gone:
        yield Change(where=f"{where}.{name}", effect="loosens", text=f"{old[name]:,.12g} bounds it no more")
    for name in added:
        yield Change(where=f"{where}.{name}", effect="tightens", text=f"{new[name]:,.12g} bounds it")


def _moved(where: str, was: float, now: float, *, raised: Effect) -> Change:
    lowered: Effect = "loosens" if raised == "tightens" else "tightens"
    return Change(where=where, effect=raised if now > was else lowered, text=f"{was:,.12g} becomes {now:,.12g}")


def _committee(old: CommitteeSpec | None, new: CommitteeSpec | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not None:
            yield Change(where="committee", effect="loosens", text="no committee is drawn any more")
        elif new is not None:
            yield Change(where="committee", effect="tightens", text=f"a committee of {new.size} decides, drawn by lot")
        return
    if old.notice != new.notice:
        yield _moved("committee.notice", old.notice, new.notice, raised="tightens")
    if old.beacon and not new.beacon:
        yield Change(where="committee.beacon", effect="loosens", text="whoever commits to a seed knows all of it")
    elif old.beacon != new.beacon:
        effect: Effect = "changes" if old.beacon else "tightens"
        text = f"{shown(old.beacon)} becomes {shown(new.beacon)}"
        yield Change(where="committee.beacon", effect=effect, text=text)
    yield from values_of("committee", old, new, skip={"notice", "beacon"})
