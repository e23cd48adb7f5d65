"""One candidate after another against all that its policy asks: floors, regressions, red lines, gaps, mitigations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

from trimtab.decision.floors import breaks, judge_floor, level_of, see
from trimtab.decision.gaps import flattery, judge_gap, sharpened
from trimtab.decision.independence import SoleJudge, confirmed, unconfirmed
from trimtab.decision.mitigation import judge_mitigation
from trimtab.decision.model import CandidateDecision, Judgement, Measurements, Verdict
from trimtab.decision.ranking import Ranking
from trimtab.decision.red_lines import judge_red_line
from trimtab.decision.regression import COMPARABLE, judge_regression, pairs_of, worsened
from trimtab.decision.words import Wording
from trimtab.kinds import Better, Estimate, Instrument, Missing, Shape
from trimtab.policy.judges import guarded_by, judged_alone, stands_in
from trimtab.policy.model import Policy, Tier
from trimtab.policy.system_spec import SystemSpec
from trimtab.stats import holm, share_of_look


def alpha_of(tier: Tier, spec: SystemSpec) -> float:
    """Error probability of one requirement of one candidate, before looks share it, each judged for itself.

    Every candidate that the policy names competes, asked or not: measuring them one by one must not be cheaper.
    """
    return round(1.0 - tier.confidence, 12) / len(spec.all_candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Judges candidates of one system, one after the other, by the same rules."""

    policy: Policy
    spec: SystemSpec
    tier: Tier
    measurements: Measurements
    alpha: float

    @classmethod
    def of(cls, policy: Policy, system: str, measurements: Measurements) -> Self:
        """Of one system of a policy, by what was measured, each candidate at its share of the error probability.

        Raises:
            KeyError: The policy has no such system.
        """
        spec = policy.systems[system]
        tier = policy.tiers[spec.tier]
        return cls(policy=policy, spec=spec, tier=tier, measurements=measurements, alpha=alpha_of(tier, spec))

    def candidate(self, name: str) -> CandidateDecision:
        """One candidate against all that is asked of it."""
        estimates = {metric: self._see(name, metric) for metric in self._metrics()}
        estimates |= self._powered(name)
        judgements = (
            *self._floors_and_regressions(name, estimates),
            *self.red_lines(name, estimates),
            *self.gaps(name),
            *self.mitigations(name),
        )
        verdicts = {judgement.verdict for judgement in judgements}
        if Verdict.FAIL in verdicts:
            verdict = Verdict.FAIL
        elif Verdict.INCONCLUSIVE in verdicts or not verdicts:  # nothing asked is nothing proved
            verdict = Verdict.INCONCLUSIVE
        else:
            verdict = Verdict.PASS
        return CandidateDecision(candidate=name, verdict=verdict, judgements=judgements, estimates=estimates)

    def _powered(self, name: str) -> dict[str, Estimate | Missing]:
        """Of metrics that people mark and that nothing is required of: what they would say of all cases."""
        required = {*self.tier.floors, *self.policy.red_lines, *self.spec.maximise, *self.compared()}
        trials = self.measurements.trials.get(name, {})
        found: dict[str, Estimate | Missing] = {}
        for metric, spec in self.policy.metrics.items():
            if spec.gold is None or spec.gold.metric in required or spec.gold.metric in found:
                continue
            if self._anytime and not self.measurements.whole(name, metric):
                continue  # a normal interval does not hold where measuring stopped because of what it saw
            powered = sharpened(trials.get(metric, ()), trials.get(spec.gold.metric, ()), level=level_of(self.alpha))
            if powered is not None:
                found[spec.gold.metric] = powered
        return found

    def _see(self, name: str, metric: str, *, alpha: float | None = None) -> Estimate | Missing:
        """The estimate of a metric, at the error that this look may spend unless another is given."""
        floor = self.tier.floors.get(metric)
        return see(
            self.measurements.shapes.get(metric),
            self.measurements.trials.get(name, {}).get(metric, ()),
            alpha=self._alpha(name, metric) if alpha is None else alpha,
            instrument=self.measurements.instruments.get(metric),
            anytime=self._anytime,
            whole=self.measurements.whole(name, metric),
            bound=floor.bound if floor else None,
        )

    @property
    def _anytime(self) -> bool:
        return self.measurements.sampling == "sequential"

    def _look(self, name: str, metric: str) -> int:
        return self.measurements.looks.get(name, {}).get(metric, 0)

    def _alpha(self, name: str, metric: str) -> float:
        return self.alpha * share_of_look(self._look(name, metric))

    def better(self, metric: str) -> Better:
        """Which way it is good: the policy's word, else the plugin's."""
        spec = self.policy.metrics.get(metric)
        return spec.better if spec else self.measurements.better.get(metric, "lower")

    def ranking(self) -> Ranking:
        """Who is preferred among those that clear everything."""
        known = dict.fromkeys([*self.spec.maximise, *self.tier.floors, *self.tier.weights])
        metrics = [name for name in known if name in self.policy.metrics]
        return Ranking(
            measurements=self.measurements,
            maximise=self.spec.maximise,
            better={name: self.better(name) for name in metrics},
            units={name: self.policy.metrics[name].unit for name in metrics},
            floors=self.tier.floors,
            weights=self.tier.weights,
            baseline=self.spec.baseline or "",
        )

    def wording(self, metric: str) -> Wording:
        """How reasons speak of it."""
        spec = self.policy.metrics.get(metric)
        if spec is None:
            return Wording()
        return Wording(question=spec.question, unit=self.policy.currency if spec.unit == "money" else spec.unit)

    def _metrics(self) -> list[str]:
        """In the order of the policy, those that only the run knows at the end."""
        wanted = {*self.measurements.shapes, *self.tier.floors, *self.policy.red_lines}
        known = [metric for metric in self.policy.metrics if metric in wanted]
        return known + sorted(wanted - set(known))

    def compared(self) -> list[str]:
        """Metrics under the regression requirement; never an empty promise."""
        if self.tier.regression is None:
            return []
        if self.tier.regression.metrics:
            return list(self.tier.regression.metrics)
        shapes = self.measurements.shapes
        floored = [metric for metric in self.tier.floors if shapes.get(metric) is Shape.RATE]
        comparable = [metric for metric in self.spec.maximise if shapes.get(metric) in COMPARABLE]
        return floored or comparable or [self.spec.maximise[0]]

    def _floors_and_regressions(self, name: str, estimates: Mapping[str, Estimate | Missing]) -> list[Judgement]:
        shapes, trials = self.measurements.shapes, self.measurements.trials.get(name, {})
        instruments = self.measurements.instruments
        baseline = self.spec.baseline or ""
        theirs = self.measurements.trials.get(baseline, {})
        compared = [] if name == baseline else self.compared()
        margin = self.tier.regression.margin if self.tier.regression else 0.0
        names = [("floor", metric) for metric in self.tier.floors] + [("regression", metric) for metric in compared]
        anytime = self._anytime

        def refuted_at(requirement: tuple[str, str], alpha: float) -> bool:
            asked, metric = requirement
            alpha *= share_of_look(self._look(name, metric))
            shape = shapes.get(metric)
            if shape is None:
                return False
            if asked == "floor":
                floor = self.tier.floors[metric]
                # An estimate at a smaller alpha is wider: what does not break the floor now never will.
                return breaks(floor, estimates[metric]) and breaks(floor, self._see(name, metric, alpha=alpha))
            ours, other = trials.get(metric, ()), theirs.get(metric, ())
            if shape not in COMPARABLE or not (ours and other):
                return False
            pairs = pairs_of(shape, ours, other, better=self.better(metric), anytime=anytime)
            return worsened(pairs, margin, alpha=alpha, instrument=instruments.get(metric), anytime=anytime)

        refuted = holm(names, refuted_at, alpha=self.alpha)
        family = len(names)

        def floor_of(metric: str, by: str) -> Judgement:
            """The floor of one metric, judged by itself or by another."""
            return judge_floor(
                by,
                self.tier.floors[metric],
                shapes.get(by),
                trials.get(by, ()),
                alpha=self._alpha(name, by),
                refuted=("floor", metric) in refuted if by == metric else None,
                family=family,
                wording=self.wording(by),
                seen=estimates[metric] if by == metric else None,
                instrument=instruments.get(by),
                anytime=anytime,
                whole=self.measurements.whole(name, by),
                look=self._look(name, by),
            )

        def regression_of(metric: str, by: str) -> Judgement:
            return judge_regression(
                by,
                margin,
                shapes.get(by),
                trials.get(by, ()),
                theirs.get(by, ()),
                against=baseline,
                better=self.better(by),
                alpha=self._alpha(name, by),
                refuted=("regression", metric) in refuted if by == metric else None,
                family=family,
                wording=self.wording(by),
                instrument=instruments.get(by),
                anytime=anytime,
                look=self._look(name, by),
            )

        floors = [self._confirmed(name, metric, partial(floor_of, metric)) for metric in self.tier.floors]
        regressions = [self._confirmed(name, metric, partial(regression_of, metric)) for metric in compared]
        return floors + regressions

    def _confirmed(self, name: str, metric: str, judge: Callable[[str], Judgement]) -> Judgement:
        """A requirement of a metric, as an independent judge must confirm it."""
        spec = self.policy.metrics.get(metric)
        found = judged_alone(self.policy, self.measurements.system, name, self.measurements.instruments)
        alone = self._alone(name, found[metric]) if metric in found else None
        return confirmed(judge(metric), alone=alone, other=spec.judged_by if spec else None, again=judge)

    def gaps(self, name: str) -> list[Judgement]:
        """Of every metric that something rests on and that the policy holds against somebody's word."""
        rests = {*self.tier.floors, *self.policy.red_lines, *self.spec.maximise}
        rests |= set(self.tier.regression.metrics) if self.tier.regression else set()
        blind = guarded_by(self.policy, self.measurements.system, name, self.measurements.instruments)
        found = []
        for metric, spec in self.policy.metrics.items():
            if metric not in rests or spec.gold is None:
                continue
            gap = judge_gap(
                metric,
                spec.gold,
                flattery(metric, spec, name, self.measurements),
                [flattery(metric, spec, name, one) for one in self.measurements.earlier],
                alpha=self._alpha(name, metric),
                wording=self.wording(metric),
            )
            if spec.gold.metric in blind:
                gap = unconfirmed(gap, self._alone(name, self.measurements.instruments[spec.gold.metric]))
            found.append(gap)
        return found

    def _alone(self, name: str, instrument: Instrument) -> SoleJudge:
        return SoleJudge(instrument, stands_in(self.policy, self.measurements.system, name, instrument))

    def mitigations(self, name: str) -> list[Judgement]:
        """Whether enough of the baseline's gaps is gone; nothing is asked of the baseline itself."""
        asked = self.tier.mitigation
        if asked is None or name == self.spec.baseline:
            return []
        trials, theirs = (self.measurements.trials.get(who, {}) for who in (name, self.spec.baseline or ""))
        return [
            judge_mitigation(
                metric,
                asked.at_least,
                self.measurements.shapes.get(metric),
                trials.get(metric, ()),
                theirs.get(metric, ()),
                against=self.spec.baseline or "",
                alpha=self._alpha(name, metric),
                wording=self.wording(metric),
                anytime=self._anytime,
                look=self._look(name, metric),
            )
            for metric in asked.metrics
        ]

    def red_lines(self, name: str, estimates: Mapping[str, Estimate | Missing] | None = None) -> list[Judgement]:
        """Whether any event that must never happen was seen; `estimates` only if the caller has them already."""
        return [
            self._confirmed(name, metric, lambda by: self._red_line(name, by, estimates or {}))
            for metric in self.policy.red_lines
        ]

    def _red_line(self, name: str, metric: str, estimates: Mapping[str, Estimate | Missing]) -> Judgement:
        return judge_red_line(
            metric,
            self.measurements.shapes.get(metric),
            self.measurements.trials.get(name, {}).get(metric, ()),
            better=self.better(metric),
            alpha=self._alpha(name, metric),
            wording=self.wording(metric),
            seen=estimates.get(metric),
            instrument=self.measurements.instruments.get(metric),
        )
