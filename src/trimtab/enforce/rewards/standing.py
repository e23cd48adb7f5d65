"""Where the multipliers of a reward stand: pure values, moved on by one step's counts."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from trimtab.enforce.rewards.counts import Counts
from trimtab.kinds import ErrorRates
from trimtab.stats.hacking import HackingMonitor
from trimtab.stats.multiplier import Controller, Held, advance

_KEEP = 0.9  # of what is remembered, for each step: about the last ten count


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the multiplier of one cost moves, and how often what sees the cost errs."""

    name: str
    controller: Controller
    sensitivity: float | None = None
    false_alarm: float | None = None

    @classmethod
    def of(cls, name: str, controller: Controller, rates: ErrorRates | None) -> Self:
        """A rule that allows for stated errors.

        Of each interval the end is taken that makes the corrected rate larger, so that what is not known well errs to
        the safe side. Rates by which a detector tells nothing are not used.
        """
        found = rates.sensitivity.low if rates and rates.sensitivity else None
        alarms = rates.false_alarm.low if rates and rates.false_alarm else None
        if found is None or alarms is None or not found > alarms:
            return cls(name=name, controller=controller)
        return cls(name=name, controller=controller, sensitivity=found, false_alarm=alarms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The multipliers after a step, and what the steps before came to, `recent` fading.

    `names` are those of the soft costs, in the order of `held`.
    """

    step: int
    held: tuple[Held, ...]
    names: tuple[str, ...]
    last: Counts
    recent: Counts
    total: Counts
    audit: HackingMonitor | None = None

    @classmethod
    def fresh(cls, rules: tuple[Rule, ...], hard: int, audit: HackingMonitor | None = None) -> Self:
        """Before the first step: every multiplier is 0."""
        none = Counts.none(hard, len(rules))
        names = tuple(rule.name for rule in rules)
        held = tuple(Held() for _ in rules)
        return cls(step=0, held=held, names=names, last=none, recent=none, total=none, audit=audit)

    @property
    def multipliers(self) -> NDArray[np.float64]:
        """One for each soft cost, (k,)."""
        return np.array([held.value for held in self.held], dtype=np.float64)

    def after(self, counts: Counts, rules: tuple[Rule, ...], *, step: int) -> Self:
        """The standing after a step that came to these counts."""
        held = tuple(
            advance(
                rule.controller,
                one,
                counts.cost[place],
                counts.looked[place],
                sensitivity=rule.sensitivity,
                false_alarm=rule.false_alarm,
            )
            for place, (rule, one) in enumerate(zip(rules, self.held, strict=True))
        )
        audit = self.audit.after(counts.audits) if self.audit else None
        counts = replace(counts, audits=())
        recent, total = self.recent.plus(counts, keep=_KEEP), self.total.plus(counts)
        return replace(self, step=step, held=held, last=counts, recent=recent, total=total, audit=audit)

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        counts = {name: getattr(self, name).payload() for name in ("last", "recent", "total")}
        audit = _monitor(self.audit) if self.audit else None
        held = [asdict(held) for held in self.held]
        return {"step": self.step, "held": held, "names": list(self.names), **counts, "audit": audit}

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> Self:
        """The value back from its JSON form.

        Raises:
            ValueError: It is none.
        """
        try:
            held = tuple(Held(**_numbers(one)) for one in data["held"])
            counts = {name: Counts.from_payload(data[name]) for name in ("last", "recent", "total")}
            audit = data["audit"] and _audit(data["audit"])
            names, step = _texts(data["names"]), _numbers({"step": data["step"]})["step"]
            return cls(step=step, held=held, names=names, **counts, audit=audit or None)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no state of a reward ({type(error).__name__})") from None


def _monitor(audit: HackingMonitor) -> dict[str, Any]:
    """JSON form: a logarithm of nothing, which JSON has no number for, is null."""
    return {**asdict(audit), "logs": [log if math.isfinite(log) else None for log in audit.logs]}


def _audit(data: Mapping[str, Any]) -> HackingMonitor:
    logs = tuple(-math.inf if log is None else float(log) for log in data["logs"])
    given = {name: value for name, value in data.items() if value is not None and name != "logs"}
    return HackingMonitor(**_numbers(given), logs=logs)


def _numbers(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same, of which all are numbers.

    Raises:
        ValueError: One is none.
    """
    if not all(type(value) in (int, float) and math.isfinite(value) for value in data.values()):
        raise ValueError("this is no state of a reward")
    return dict(data)


def _texts(data: object) -> tuple[str, ...]:
    """A list of texts.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(data, list) or not all(isinstance(value, str) for value in data):
        raise ValueError("this is no state of a reward")
    return tuple(data)
