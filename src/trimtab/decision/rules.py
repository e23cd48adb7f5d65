"""From a policy and what was measured to a decision: one pure function.

Error probabilities: a requirement that is in truth violated passes with
probability at most alpha = (1 - confidence) / K for each of the K candidates
that compete (or, of a system with a grid, alpha = 1 - confidence along a fixed
sequence, see `trimtab.decision.pareto`), so the winner violates a given requirement with probability at
most 1 - confidence. All requirements of a candidate must pass, so
passing needs no further correction (intersection-union); failing does, and gets
Holm's, so that a candidate with many requirements is not failed by luck.
When a system is looked at on the same cases again, that look spends only its
share of alpha (`trimtab.stats.spending`), so that looking often buys nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from trimtab.decision.choice import choose
from trimtab.decision.floors import breaks, judge_floor, level_of, see
from trimtab.decision.gaps import flattery, judge_gap, sharpened
from trimtab.decision.independence import SoleJudge, confirmed, unconfirmed
from trimtab.decision.mitigation import judge_mitigation
from trimtab.decision.model import Asked, CandidateDecision, Decision, Judgement, Measurements, Verdict
from trimtab.decision.pareto import Pareto
from trimtab.decision.ranking import Ranking
from trimtab.decision.red_lines import judge_red_line
from trimtab.decision.regression import COMPARABLE, judge_regression, pairs_of, worsened
from trimtab.decision.review import reviewed
from trimtab.decision.tradeoff import Alone, Tradeoff, tradeoff
from trimtab.decision.words import Wording
from trimtab.errors import UsageError
from trimtab.kinds import Better, Estimate, Instrument, Missing, Shape
from trimtab.policy.judges import guarded_by, judged_alone, stands_in
from trimtab.policy.model import Policy, Tier
from trimtab.policy.system_spec import SystemSpec
from trimtab.stats import holm, share_of_look


def decide(policy: Policy, system: str, measurements: Measurements, *, run: str, time: int) -> Decision:
    """What follows for one system; the same to the digit whenever it is asked again.

    Args:
        policy: What was promised.
        system: Which of its systems.
        measurements: What was seen of its candidates. Candidates that the
            policy does not name do not compete.
        run: Name of the run, recorded as given.
        time: Microseconds since the epoch, UTC, recorded as given.

    Raises:
        UsageError: The policy has no such system, or the measurements are of another.
    """
    spec = policy.systems.get(system)
    if spec is None or measurements.system != system:
        raise UsageError(f"nothing to decide for system {system!r}: the policy or the measurements are of another.")
    measurements = reviewed(policy, measurements)
    tier = policy.tiers[spec.tier]
    alpha = alpha_of(tier, spec)
    bench = Bench(policy=policy, spec=spec, tier=tier, measurements=measurements, alpha=alpha)
    sequence: list[str] = []
    if spec.has_grid:  # known before anything is asked, and never changed by what is seen
        grid = Pareto.of(bench)
        sequence, candidates = grid.sequence({}), grid.candidates()
    else:
        candidates = tuple(bench.candidate(name) for name in spec.all_candidates)
    wordings = {name: bench.wording(name) for name in spec.maximise}
    choice = choose(candidates, bench.ranking(), alpha=alpha, wordings=wordings)
    if choice.winner:
        verdict = Verdict.PASS
    elif all(candidate.verdict is Verdict.FAIL for candidate in candidates):
        verdict = Verdict.FAIL
    else:
        verdict = Verdict.INCONCLUSIVE
    return Decision(
        system=system,
        tier=spec.tier,
        policy=policy.digest,
        run=run,
        time=time,
        confidence=tier.confidence,
        alpha=round(1.0 - tier.confidence, 12) if spec.has_grid else alpha,
        baseline=spec.baseline or "",
        maximise=tuple(spec.maximise),
        candidates=candidates,
        winner=choice.winner,
        verdict=verdict,
        reason=choice.reason,
        rule="pareto" if spec.has_grid else "each",
        sequence=tuple(sequence),
    )


def explore(policy: Policy, decision: Decision, measurements: Measurements) -> Tradeoff:
    """What a decision rests on, and what each requirement costs in performance; nothing in it is a verdict.

    Args:
        policy: Under which the decision was made.
        decision: It.
        measurements: From which it was made.
    """
    spec = policy.systems[decision.system]
    tier = policy.tiers[spec.tier]
    bench = Bench(policy=policy, spec=spec, tier=tier, measurements=measurements, alpha=alpha_of(tier, spec))
    clearing = Pareto.of(bench) if spec.has_grid else Alone(decision)
    limits = {name: (0.0, 1.0) for name, metric in policy.metrics.items() if metric.unit == "ratio"}
    return tradeoff(decision, bench.ranking(), clearing, alpha=bench.alpha, limits=limits)


def judge(policy: Policy, system: str, measurements: Measurements, candidate: str) -> CandidateDecision:
    """Where one candidate stands by now, by the rules of `decide`. In a sequential run it may be asked at any moment.

    Raises:
        KeyError: The policy has no such system or candidate.
    """
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    read, alpha = reviewed(policy, measurements), alpha_of(tier, spec)
    return Bench(policy=policy, spec=spec, tier=tier, measurements=read, alpha=alpha).candidate(candidate)


def next_to_test(policy: Policy, system: str, measurements: Measurements, asked: Collection[str]) -> str:
    """Of a system with a grid, whose answers to the testing part are wanted next; empty when nobody's are.

    Args:
        policy: Its policy.
        system: Its name.
        measurements: What is known by now: of everybody the ordering part, of those in `asked` everything.
        asked: Who was asked the testing part.
    """
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    read = reviewed(policy, measurements)
    bench = Bench(policy=policy, spec=spec, tier=tier, measurements=read, alpha=alpha_of(tier, spec))
    return Pareto.of(bench).next(asked)


def seen_early(
    policy: Policy, system: str, measurements: Measurements, name: str
) -> tuple[dict[tuple[Asked, str], float], float]:
    """How one candidate of a grid looks on the part that fixes the order, for whoever proposes candidates.

    Returns:
        p-values of "it is not met" by requirement, and what it is worth in the
        first metric that is maximised, the more, the better. Nobody is certified by them.
    """
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    read = reviewed(policy, measurements)
    bench = Bench(policy=policy, spec=spec, tier=tier, measurements=read, alpha=alpha_of(tier, spec))
    grid = Pareto.of(bench)
    return grid.early(name), grid.ordering.ranking().merit(name, spec.maximise[0])


def compared_metrics(policy: Policy, system: str, measurements: Measurements) -> tuple[str, ...]:
    """The metrics that candidates are compared with the baseline on; of the measurements only shapes are looked at."""
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    bench = Bench(policy=policy, spec=spec, tier=tier, measurements=measurements, alpha=alpha_of(tier, spec))
    return tuple(dict.fromkeys([*bench.compared(), *(tier.mitigation.metrics if tier.mitigation else ())]))


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
