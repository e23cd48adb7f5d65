"""What a training reward counts that it did not, and what it no longer counts.

A check more, or one that is hard and was soft, can only tighten. Where it cannot be shown from the policies that the
new way is as strict, it counts as loosening.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trimtab.policy.change import Change, Effect, names_of, shown, values_of
from trimtab.policy.reward_spec import HardCheck, RewardCheck, RewardSpec, SoftCost

if TYPE_CHECKING:
    from trimtab.policy.model import Policy

_UNSHOWN = "that it is as strict cannot be shown"


def reward_changes(a: "Policy", b: "Policy") -> Iterator[Change]:
    """Every difference between the rewards of two policies."""
    both, gone, new = names_of(a.rewards, b.rewards)
    for name in both:
        yield from _reward(f"rewards.{name}", a.rewards[name], b.rewards[name])
    for name in gone:
        yield Change(where=f"rewards.{name}", effect="loosens", text="the reward is gone")
    for name in new:
        yield Change(where=f"rewards.{name}", effect="adds", text="a reward")


def rewarded(where: str, old: str | None, new: str | None) -> Iterator[Change]:
    """What a system is trained with, or a candidate was; detectors of that reward judge such a candidate no more."""
    if old != new:
        effect: Effect = "tightens" if old is None else "loosens"
        yield Change(where=f"{where}.reward", effect=effect, text=f"{shown(old)} becomes {shown(new)}")


def _reward(where: str, old: RewardSpec, new: RewardSpec) -> Iterator[Change]:
    before, after = _checks(old), _checks(new)
    both, gone, added = names_of(before, after)
    for name in both:
        yield from _check(f"{where}.{name}", before[name], after[name])
    for name in gone:
        yield Change(where=where, effect="loosens", text=f"{name} counts no more")
    for name in added:
        kind = "hard check" if isinstance(after[name], HardCheck) else "cost"
        yield Change(where=where, effect="tightens", text=f"{name} counts as well, as a {kind}")
    if old.on_crash != new.on_crash:
        text = f"{old.on_crash} becomes {new.on_crash}"  # a model learns from a crash in neither way
        yield Change(where=f"{where}.on_crash", effect="changes", text=text)
    yield from values_of(where, old, new, skip={"hard", "soft", "on_crash"})


def _check(where: str, old: RewardCheck, new: RewardCheck) -> Iterator[Change]:
    if isinstance(old, HardCheck) != isinstance(new, HardCheck):
        hard = isinstance(new, HardCheck)
        text = "becomes a hard check" if hard else "becomes a cost, that task reward can outweigh"
        yield Change(where=where, effect="tightens" if hard else "loosens", text=text)
    if old.with_ != new.with_:
        yield Change(where=f"{where}.with", effect="loosens", text=f"the detector has other fields; {_UNSHOWN}")
    if old.threshold != new.threshold:
        effect: Effect = "tightens" if new.threshold < old.threshold else "loosens"
        yield Change(where=f"{where}.threshold", effect=effect, text=f"{old.threshold:g} becomes {new.threshold:g}")
    if old.where != new.where:
        effect = "tightens" if not new.where else "loosens"
        yield Change(where=f"{where}.where", effect=effect, text="it is for other rows")
    if isinstance(old, SoftCost) and isinstance(new, SoftCost):
        yield from _bound(f"{where}.at_most", old.at_most, new.at_most)
        if old.cap != new.cap:
            effect = "tightens" if new.cap > old.cap else "loosens"
            yield Change(where=f"{where}.cap", effect=effect, text=f"{old.cap:g} becomes {new.cap:g}")
    if isinstance(old, HardCheck) and isinstance(new, HardCheck):
        yield from values_of(where, old, new, skip=RewardCheck.model_fields)


def _bound(where: str, old: float | None, new: float | None) -> Iterator[Change]:
    if old == new:
        return
    text = f"{_accepted(old)} becomes {_accepted(new)}"
    if old is None or new is None:
        yield Change(where=where, effect="loosens", text=f"{text}; {_UNSHOWN}")
    else:
        yield Change(where=where, effect="tightens" if new < old else "loosens", text=text)


def _accepted(bound: float | None) -> str:
    return "the tier's floor" if bound is None else f"{bound:g}"


def _checks(reward: RewardSpec) -> dict[str, RewardCheck]:
    return {check.name: check for check in (*reward.hard, *reward.soft)}
