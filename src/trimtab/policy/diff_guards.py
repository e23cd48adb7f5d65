"""What a guard does that it did not, and what it no longer does.

The strictest of all rules decides, so another rule can only tighten, and one that is gone can only loosen. Where it
cannot be shown from the policies that the new way is as strict, it counts as loosening.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from trimtab.policy.change import STRICTER, Change, Effect, shown, values_of
from trimtab.policy.guard_spec import GuardRule, GuardSpec
from trimtab.policy.guards import labels_of

_UNSHOWN = "that it is as strict cannot be shown"


def guard_changes(where: str, old: GuardSpec, new: GuardSpec) -> Iterator[Change]:
    """Every difference between two guards of the same name."""
    yield from _rules(f"{where}.input", old.input, new.input)
    yield from _rules(f"{where}.output", old.output, new.output)
    yield from _stricter(f"{where}.on_crash", old.on_crash, new.on_crash)
    yield from _hold_back(f"{where}.hold_back", old.hold_back, new.hold_back)
    if old.restore != new.restore:
        text = "replies get back what was masked" if new.restore else "replies get back nothing of what was masked"
        yield Change(where=f"{where}.restore", effect="loosens" if new.restore else "tightens", text=text)
    yield from _confidence(f"{where}.confidence", old, new)
    judged = {"input", "output", "on_crash", "hold_back", "restore", "confidence"}
    yield from values_of(where, old, new, skip=judged)


def _rules(where: str, old: Sequence[GuardRule], new: Sequence[GuardRule]) -> Iterator[Change]:
    """Rules are told apart by what they look with and for; their order says nothing."""
    left, right = [rule for rule in old if rule not in new], [rule for rule in new if rule not in old]
    keys: tuple[Callable[[GuardRule], Any], ...] = (
        lambda rule: (rule.detector, rule.with_, sorted(rule.labels)),
        lambda rule: (rule.detector, rule.with_),
        lambda rule: (rule.detector, _fields(rule), sorted(rule.labels)),
        lambda rule: (rule.detector, _fields(rule)),
        lambda rule: rule.detector,
    )
    for key in keys:
        for rule in list(left):
            match = next((one for one in right if key(one) == key(rule)), None)
            if match is not None:
                left.remove(rule)
                right.remove(match)
                yield from _rule(f"{where}.{rule.detector}", rule, match)
    for rule in left:
        text = f"{_named(rule)} is looked for no more, to {rule.action} it"
        yield Change(where=where, effect="loosens", text=text)
    for rule in right:
        text = f"{_named(rule)} is looked for as well, to {rule.action} it"
        yield Change(where=where, effect="tightens", text=text)


def _rule(where: str, old: GuardRule, new: GuardRule) -> Iterator[Change]:
    if _fields(old) != _fields(new):
        yield Change(where=f"{where}.with", effect="loosens", text=f"the detector has other fields; {_UNSHOWN}")
    yield from _kept(f"{where}.with.keep", _keep(old), _keep(new))
    if sorted(old.labels) != sorted(new.labels):
        wider, narrower = _covers(new.labels, old.labels), _covers(old.labels, new.labels)
        if wider != narrower:
            text = f"{_labels(old.labels)} becomes {_labels(new.labels)}"
            yield Change(where=f"{where}.labels", effect="tightens" if wider else "loosens", text=text)
        elif not wider:
            yield Change(where=f"{where}.labels", effect="loosens", text=f"counts other labels; {_UNSHOWN}")
    if old.threshold != new.threshold:
        effect: Effect = "tightens" if new.threshold < old.threshold else "loosens"
        yield Change(where=f"{where}.threshold", effect=effect, text=f"{old.threshold:g} becomes {new.threshold:g}")
    yield from _stricter(f"{where}.action", old.action, new.action)
    if old.how != new.how:
        text = f"{old.how} becomes {new.how}"
        yield Change(where=f"{where}.how", effect="tightens" if new.how == "label" else "loosens", text=text)
    before, after = (set(rule.looks_at(labels_of(rule.detector) or ())) for rule in (old, new))
    gone, added = before - after, after - before
    if gone:
        text = f"messages of {' and '.join(sorted(gone))} are looked at no more"
        yield Change(where=f"{where}.origins", effect="loosens", text=text)
    if added:
        text = f"messages of {' and '.join(sorted(added))} are looked at as well"
        yield Change(where=f"{where}.origins", effect="tightens", text=text)


def _keep(rule: GuardRule) -> frozenset[str] | None:
    """The values that a rule lets pass; None where the detector is another one, whose fields may mean anything."""
    kept = rule.with_.get("keep", ()) if rule.detector == "patterns" else None
    return frozenset(map(str, kept)) if isinstance(kept, list | tuple) else None


def _fields(rule: GuardRule) -> dict[str, Any]:
    """The fields of a detector, without those of which it is known what more or less of them does."""
    return rule.with_ if _keep(rule) is None else {key: value for key, value in rule.with_.items() if key != "keep"}


def _kept(where: str, old: frozenset[str] | None, new: frozenset[str] | None) -> Iterator[Change]:
    """Values are counted and not quoted: they are personal data in form."""
    if old is None or new is None:
        return
    sides: tuple[tuple[frozenset[str], Effect, str], ...] = (
        (new - old, "loosens", "more"),
        (old - new, "tightens", "fewer"),
    )
    for values, effect, how in sides:
        if values:
            text = f"{len(values)} {how} {'value is' if len(values) == 1 else 'values are'} let through"
            yield Change(where=where, effect=effect, text=text)


def _stricter(where: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        effect: Effect = "tightens" if STRICTER.index(new) > STRICTER.index(old) else "loosens"
        yield Change(where=where, effect=effect, text=f"{old} becomes {new}")


def _hold_back(where: str, old: int | None, new: int | None) -> Iterator[Change]:
    if old == new:
        return
    text = f"{shown(old)} becomes {shown(new)}"
    if new is None:
        yield Change(where=where, effect="changes", text=f"{text}: as much as the detectors reach")
    elif old is None:
        yield Change(where=where, effect="loosens", text=f"{text}; {_UNSHOWN}")
    else:
        yield Change(where=where, effect="tightens" if new > old else "loosens", text=text)


def _confidence(where: str, old: GuardSpec, new: GuardSpec) -> Iterator[Change]:
    before, after = old.confidence, new.confidence
    if before is None and after is None:
        return
    if after is None:
        yield Change(where=where, effect="loosens", text="answers need not be sure any more")
        return
    if before is None:
        text = f"answers less sure than {after.at_least:g} do not go on"
        yield Change(where=where, effect="tightens", text=text)
        return
    if before.from_ != after.from_:
        text = f"{before.from_} becomes {after.from_}; {_UNSHOWN}"
        yield Change(where=f"{where}.from", effect="loosens", text=text)
    elif before.at_least != after.at_least:
        effect: Effect = "tightens" if after.at_least > before.at_least else "loosens"
        text = f"{before.at_least:g} becomes {after.at_least:g}"
        yield Change(where=f"{where}.at_least", effect=effect, text=text)
    yield from _stricter(f"{where}.action", before.action, after.action)
    yield from values_of(where, before, after, skip={"from_", "at_least", "action"})


def _covers(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Whether whatever one list of labels counts, the other counts too; an empty one counts all."""
    if not wide:
        return True
    return bool(narrow) and all(any(label == one or label.startswith(f"{one}.") for one in wide) for label in narrow)


def _labels(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "everything"


def _named(rule: GuardRule) -> str:
    return f"what {rule.detector} finds" + (f" ({', '.join(rule.labels)})" if rule.labels else "")
