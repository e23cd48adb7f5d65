"""The checks of a reward, made ready: what each looks with, and what it makes of what is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.errors import UsageError
from trimtab.kinds import DetectorCard, ErrorRates, Instrument, Watch, plugins
from trimtab.policy import HardCheck, Policy, RewardSpec, SoftCost
from trimtab.policy.reward_rules import accepted
from trimtab.policy.scored import metric_plugin

_USUAL_THRESHOLD = 0.5  # the one that the rates on a card are about


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. It has a `watch` where a detector looks at the text, else a `metric` that scores it as in a run."""

    name: str
    spec: HardCheck | SoftCost
    wanted: bool  # what it looks for is good, and its absence bad
    watch: Watch | None = None
    metric: Any = None
    rates: ErrorRates | None = None

    @property
    def soft(self) -> bool:
        """Whether it is a cost, and no line."""
        return isinstance(self.spec, SoftCost)

    @property
    def where(self) -> Mapping[str, Any]:
        """Columns, with the values of the rows that it is for."""
        return self.spec.where

    def severity(self, found: int) -> float:
        """How bad a failure is of which so much was found, in (0, 1]; only of hard checks."""
        assert isinstance(self.spec, HardCheck)
        if self.wanted or self.watch is None:
            return self.spec.severity
        return self.spec.severity * min(found, self.spec.full) / self.spec.full


def checks_of(policy: Policy, reward: RewardSpec) -> tuple[Check, ...]:
    """The checks of a reward, hard ones first, each with its detector or metric.

    Raises:
        PluginError: A detector or metric is not installed, or does not take its fields.
        MissingPackageError: One needs an extra.
    """
    specs: list[HardCheck | SoftCost] = [*reward.hard, *reward.soft]
    return tuple(_check(policy, spec) for spec in specs)


def bounds_of(policy: Policy, system: str, reward: RewardSpec) -> tuple[float, ...]:
    """The rate accepted of each soft cost: its own, or what the floor of the system's tier leaves.

    Raises:
        UsageError: Nothing says what is accepted.
    """
    found = []
    for cost in reward.soft:
        rate = accepted(policy, system, cost)
        if rate is None:
            raise UsageError(f"nothing says what rate of {cost.name} is accepted.", "Give it `at_most`.")
        found.append(rate)
    return tuple(found)


def judge_of(policy: Policy, metric: str, *, where: Mapping[str, Any]) -> Check:
    """The check that a metric makes as a judge, of these rows.

    Raises:
        PluginError: It is not installed, or does not take its fields.
        MissingPackageError: It needs an extra.
    """
    return _check(policy, SoftCost.model_validate({"metric": metric, "at_most": 0.5, "where": dict(where)}))


def _check(policy: Policy, spec: HardCheck | SoftCost) -> Check:
    if spec.metric is None:
        detector = plugins.make("detectors", spec.detector, **spec.with_)
        key = repr((spec.detector, sorted(spec.with_.items())))
        watch = Watch(key=key, detector=detector, labels=spec.labels, threshold=spec.threshold)
        return Check(name=spec.name, spec=spec, wanted=False, watch=watch, rates=_on_card(watch))
    source = policy.metrics[spec.metric]
    metric = plugins.make("metrics", metric_plugin(policy, spec.metric), **source.source.with_)
    looks = getattr(metric, "watch", None)
    instrument = getattr(metric, "instrument", None)
    return Check(
        name=spec.name,
        spec=spec,
        wanted=source.better == "higher",
        watch=looks if isinstance(looks, Watch) else None,
        metric=metric,
        rates=instrument.rates if isinstance(instrument, Instrument) else None,
    )


def _on_card(watch: Watch) -> ErrorRates | None:
    card = getattr(watch.detector, "card", None)
    if not isinstance(card, DetectorCard) or len(watch.labels) != 1 or watch.threshold != _USUAL_THRESHOLD:
        return None
    return card.errors.get(watch.labels[0])
