"""What a new policy says that failures cost. None of it is a promise, so nothing tightens or loosens by it."""

from collections.abc import Iterator
from typing import Any

from trimtab.policy.change import Change, names_of, shown
from trimtab.policy.model import Policy

_TABLES = ("incident", "reputation", "hazards", "attempts")


def cost_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Every difference between what two policies say of costs."""
    if a.costs is None or b.costs is None:
        if a.costs is not b.costs:
            text = "what failures cost" if b.costs else "what failures cost; expected costs are not shown any more"
            yield Change(where="costs", effect="adds" if b.costs else "removes", text=text)
        return
    if a.costs.hour != b.costs.hour:
        yield Change(where="costs.hour", effect="changes", text=f"{shown(a.costs.hour)} becomes {shown(b.costs.hour)}")
    old, new = a.costs.model_dump(), b.costs.model_dump()
    for table in _TABLES:
        yield from _table(f"costs.{table}", old[table], new[table])


def _table(where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    both, gone, added = names_of(old, new)
    for name in both:
        if old[name] != new[name]:
            text = f"{_said(old[name])} becomes {_said(new[name])}"
            yield Change(where=f"{where}.{name}", effect="changes", text=text)
    for name in gone:
        yield Change(where=f"{where}.{name}", effect="removes", text=_said(old[name]))
    for name in added:
        yield Change(where=f"{where}.{name}", effect="adds", text=_said(new[name]))


def _said(value: Any) -> str:
    """A severity, a range, or the ranges of an incident."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(part)}" for name, part in value.items() if part is not None)
    return value if isinstance(value, str) else " to ".join(f"{end:,.12g}" for end in value)
