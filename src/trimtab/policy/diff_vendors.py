"""What a new policy asks of vendors, of the liaison board and of learning, and what it asks no more."""

from collections.abc import Iterator, Sequence
from typing import Any

from trimtab.policy.change import Change, Effect, names_of, shown, values_of
from trimtab.policy.courses import Course, courses
from trimtab.policy.learning_spec import LearningSpec, RoleSpec
from trimtab.policy.model import Policy
from trimtab.policy.vendor_rules import asked_of
from trimtab.policy.vendor_spec import SLA_KPIS, SlaClause, VendorSpec


def vendor_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Every difference between what two policies ask of vendors."""
    both, gone, new = names_of(a.vendors, b.vendors)
    for name in both:
        yield from _vendor(f"vendors.{name}", a.vendors[name], b, b.vendors[name])
    for name in gone:
        yield Change(where=f"vendors.{name}", effect="loosens", text="nothing is asked of the vendor any more")
    for name in new:
        yield Change(where=f"vendors.{name}", effect="adds", text="a vendor")


def rests_on(where: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """The vendors that a system rests on: those it names are caps of its band."""
    for name in old:
        if name not in new:
            yield Change(where=where, effect="loosens", text=f"{name} caps its band no more")
    for name in new:
        if name not in old:
            yield Change(where=where, effect="tightens", text=f"{name} counts as well")


def liaison_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Lines of the board that came, went, or say something else."""
    old, new = ({line.priority: line for line in policy.liaison} for policy in (a, b))
    both, gone, added = names_of(old, new)
    for name in both:
        yield from values_of(f"liaison.{shown(name)}", old[name], new[name])
    for name in gone:
        yield Change(where="liaison", effect="removes", text=shown(name))
    for name in added:
        yield Change(where="liaison", effect="adds", text=shown(name))


def learning_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Courses that are owed no more or by fewer, and what passing them takes."""
    both, gone, new = names_of(courses(a.learning), courses(b.learning))
    before, after = courses(a.learning), courses(b.learning)
    for name in both:
        yield from _course(f"learning.courses.{name}", before[name], after[name])
    for name in gone:
        yield Change(where=f"learning.courses.{name}", effect="loosens", text="nobody owes the course any more")
    for name in new:
        yield Change(where=f"learning.courses.{name}", effect="tightens", text="is owed as well")
    yield from _roles((a.learning or LearningSpec()).roles, (b.learning or LearningSpec()).roles)


def _vendor(where: str, old: VendorSpec, b: Policy, new: VendorSpec) -> Iterator[Change]:
    if old.critical != new.critical:
        text = "critical" if new.critical else "not critical any more, so it caps no band"
        yield Change(where=f"{where}.critical", effect="tightens" if new.critical else "loosens", text=text)
    yield from _number(f"{where}.reassess", old.days, new.days, fewer="tightens", unit=" days")
    yield from _number(f"{where}.met", old.met, new.met, fewer="loosens")
    yield from _number(f"{where}.cap", old.most, new.most, fewer="loosens")
    if old.system != new.system:
        effect: Effect = "tightens" if old.system is None else "loosens"
        text = f"{shown(old.system)} becomes {shown(new.system)}"
        yield Change(where=f"{where}.system", effect=effect, text=text)
    if old.tier != new.tier:  # as for a system: whether the other is as strict is told where tiers are compared
        text = f"{old.tier} becomes {new.tier}; that it is as strict is not shown"
        yield Change(where=f"{where}.tier", effect="loosens", text=text)
    ours, theirs = set(asked_of(old.asks)), set(asked_of(new.asks))
    if ours - theirs:
        text = f"{', '.join(sorted(ours - theirs)[:5])} is asked no more"
        yield Change(where=f"{where}.asks", effect="loosens", text=text)
    if theirs - ours:
        text = f"{', '.join(sorted(theirs - ours)[:5])} is asked as well"
        yield Change(where=f"{where}.asks", effect="tightens", text=text)
    yield from _clauses(f"{where}.sla", old, b, new)
    skip = {"critical", "reassess", "met", "cap", "system", "tier", "asks", "sla"}
    yield from values_of(where, old, new, skip=skip)


def _clauses(where: str, old: VendorSpec, b: Policy, new: VendorSpec) -> Iterator[Change]:
    before, after = ({one.metric: one for one in spec.sla} for spec in (old, new))
    both, gone, added = names_of(before, after)
    for name in both:
        yield from _clause(f"{where}.{name}", before[name], after[name], higher=_higher(b, name))
    for name in gone:
        yield Change(where=f"{where}.{name}", effect="loosens", text="is promised no more")
    for name in added:
        yield Change(where=f"{where}.{name}", effect="tightens", text="is promised as well")


def _clause(where: str, old: SlaClause, new: SlaClause, *, higher: bool) -> Iterator[Change]:
    yield from _number(f"{where}.floor", old.floor, new.floor, fewer="loosens" if higher else "tightens")
    yield from _number(f"{where}.slope", old.slope, new.slope, fewer="loosens")
    if old.bonus != new.bonus:
        yield Change(where=f"{where}.bonus", effect="changes", text="another bonus")


def _higher(policy: Policy, metric: str) -> bool:
    return metric in SLA_KPIS or policy.metrics[metric].better == "higher"


def _course(where: str, old: Course, new: Course) -> Iterator[Change]:
    yield from _number(f"{where}.pass", old.pass_, new.pass_, fewer="loosens")
    yield from _number(f"{where}.valid_days", old.valid_days, new.valid_days, fewer="tightens", unit=" days")
    yield from _number(f"{where}.questions", old.questions, new.questions, fewer="loosens")
    for role in old.roles:
        if role not in new.roles:
            yield Change(where=f"{where}.roles", effect="loosens", text=f"{role} does not owe it any more")
    for role in new.roles:
        if role not in old.roles:
            yield Change(where=f"{where}.roles", effect="tightens", text=f"{role} owes it as well")
    if (old.title, old.lessons, old.topics) != (new.title, new.lessons, new.topics):
        yield Change(where=where, effect="changes", text="teaches or asks something else")


def _roles(old: dict[str, RoleSpec], new: dict[str, RoleSpec]) -> Iterator[Change]:
    both, gone, added = names_of(old, new)
    for name in both:
        yield from _players(f"learning.roles.{name}", old[name], new[name])
    for name in gone:
        yield Change(where=f"learning.roles.{name}", effect="loosens", text="is played by nobody else any more")
    for name in added:
        yield Change(where=f"learning.roles.{name}", effect="tightens", text="is played by more people")


def _players(where: str, old: RoleSpec, new: RoleSpec) -> Iterator[Change]:
    for key in ("functions", "teams", "people"):
        ours, theirs = set(getattr(old, key)), set(getattr(new, key))
        if ours - theirs:
            yield Change(where=f"{where}.{key}", effect="loosens", text=f"without {', '.join(sorted(ours - theirs))}")
        if theirs - ours:
            yield Change(where=f"{where}.{key}", effect="tightens", text=f"{', '.join(sorted(theirs - ours))} as well")
    yield from values_of(where, old, new, skip={"functions", "teams", "people"})


def _number(where: str, old: Any, new: Any, *, fewer: Effect, unit: str = "") -> Iterator[Change]:
    if old != new:
        more: Effect = "loosens" if fewer == "tightens" else "tightens"
        yield Change(where=where, effect=fewer if new < old else more, text=f"{old:g} becomes {new:g}{unit}")
