"""Choosing from a grid: an order fixed on a part of the cases, and a test along it on the rest.

Which cases fall on which side is a hash of their cluster, known before
anything is asked. On the ordering part nobody is judged; whoever is beaten
there in safety and in performance is dropped, and the rest lined up. On the
testing part each is judged by the same rules as ever, at the whole error
probability of the tier, until the first that does not pass: that any of those
passed breaks a given requirement has at most that probability, whatever the
number of candidates (`trimtab.stats.selection`).
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from trimtab.decision.bench import Bench
from trimtab.decision.levels import Level, floor_level, regression_level
from trimtab.decision.model import CandidateDecision, Judgement, Measurements, Trial, Verdict
from trimtab.decision.regression import COMPARABLE
from trimtab.decision.tradeoff import Key, meets
from trimtab.policy.settings import ORDER_SHARE
from trimtab.stats.loss_table import in_ordering_part
from trimtab.stats.selection import fixed_sequence, pareto_order

_BEATEN = "It was not tested: where the order was fixed, another candidate was at least as safe and at least as good."
_NOTHING = "It was not tested: where the order was fixed, nothing spoke for its meeting every requirement."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """The choice from a grid, with any bounds: asked again with others, it says who would have come through.

    `whole` judges on all cases at 1/K of the error probability: whom it fails, fails. `ordering` and `testing` see
    their part only, the latter at the whole error probability.
    """

    whole: Bench
    ordering: Bench
    testing: Bench
    _levels: dict[str, dict[Key, Level]] = field(default_factory=dict, init=False, repr=False)
    _tested: dict[str, CandidateDecision] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, bench: Bench) -> "Pareto":
        """From a bench with everything that was measured."""
        first, rest = parts(bench.measurements)
        total = round(1.0 - bench.tier.confidence, 12)
        return cls(
            whole=replace(bench, alpha=total / len(bench.spec.all_candidates)),
            ordering=replace(bench, measurements=first, alpha=total),
            testing=replace(bench, measurements=rest, alpha=total),
        )

    def __call__(self, relaxed: Mapping[Key, float]) -> list[str]:
        """Names of those certified, in the order of their tests."""
        sequence = self.sequence(relaxed)
        passed = fixed_sequence(range(len(sequence)), lambda place: self._passes(sequence[place], relaxed))
        return [sequence[place] for place in passed]

    def next(self, asked: Collection[str]) -> str:
        """Who is to be asked the testing part now; empty when the test is over. `asked` are those who were."""
        for name in self.sequence({}):
            if name not in asked:
                return name
            if not self._passes(name, {}):
                break
        return ""

    def sequence(self, relaxed: Mapping[Key, float]) -> list[str]:
        """Who is to be tested, from the safest to the boldest; fixed without the testing part."""
        names = list(self.whole.spec.all_candidates)
        p = [self._p(name, relaxed) for name in names]
        ranking = self.ordering.ranking()
        scores = ranking.scores(names)
        merits = [scores[name] if scores else ranking.merit(name, ranking.maximise[0]) for name in names]
        return [names[place] for place in pareto_order(p, merits) if p[place] < 1.0]

    def candidates(self) -> tuple[CandidateDecision, ...]:
        """Every candidate's decision, in the order of the policy."""
        sequence = self.sequence({})
        passed = set(self({}))
        stopped = next((name for name in sequence if name not in passed), "")
        return tuple(self._decided(name, sequence, passed, stopped) for name in self.whole.spec.all_candidates)

    def _decided(self, name: str, sequence: Sequence[str], passed: set[str], stopped: str) -> CandidateDecision:
        seen = self.whole.candidate(name)
        if seen.verdict is Verdict.FAIL:
            return seen  # refuted on all cases, whatever the test said
        if name in passed:
            return replace(self._test(name), estimates=seen.estimates)
        if name == stopped:
            judged = [_open(j) for j in self._test(name).judgements]
        elif name in sequence:
            why = f"It was not tested, since {stopped}, which comes before it in the order, was not certified."
            judged = [_untested(j, why) for j in seen.judgements]
        else:
            why = _BEATEN if self._p(name, {}) < 1.0 else _NOTHING
            judged = [_untested(j, why) for j in seen.judgements]
        return replace(seen, verdict=Verdict.INCONCLUSIVE, judgements=tuple(judged))

    def _passes(self, name: str, relaxed: Mapping[Key, float]) -> bool:
        judged = self._test(name).judgements
        return bool(judged) and all(meets(j, relaxed.get((j.asked, j.metric))) for j in judged)

    def _test(self, name: str) -> CandidateDecision:
        if name not in self._tested:
            self._tested[name] = self.testing.candidate(name)
        return self._tested[name]

    def early(self, name: str) -> dict[Key, float]:
        """p-values of "it is not met", on the ordering part, by requirement."""
        return self._ps(name, {})

    def _p(self, name: str, relaxed: Mapping[Key, float]) -> float:
        """Of "it breaks some requirement", on the ordering part: the greatest of all."""
        return max(self._ps(name, relaxed).values(), default=1.0)

    def _ps(self, name: str, relaxed: Mapping[Key, float]) -> dict[Key, float]:
        if name not in self._levels:
            self._levels[name] = self._levels_of(name)
        bounds = self._bounds() | dict(relaxed)
        return {key: level(bounds[key]) for key, level in self._levels[name].items()}

    def _bounds(self) -> dict[Key, float]:
        tier = self.whole.tier
        found: dict[Key, float] = {("floor", metric): floor.bound for metric, floor in tier.floors.items()}
        found |= {("regression", metric): tier.regression.margin for metric in self.whole.compared() if tier.regression}
        return found | {("red-line", metric): 0.0 for metric in self.whole.policy.red_lines}

    def _levels_of(self, name: str) -> dict[Key, Level]:
        bench, seen = self.ordering, self.ordering.measurements
        trials = seen.trials.get(name, {})
        found: dict[Key, Level] = {}
        for metric, floor in bench.tier.floors.items():
            found["floor", metric] = floor_level(
                seen.shapes.get(metric),
                trials.get(metric, ()),
                up=floor.at_least is not None,
                instrument=seen.instruments.get(metric),
            )
        baseline = bench.spec.baseline or ""
        for metric in bench.compared() if name != baseline else ():
            shape = seen.shapes.get(metric)
            theirs = seen.trials.get(baseline, {}).get(metric, ())
            found["regression", metric] = _never
            if shape is not None and shape in COMPARABLE:
                found["regression", metric] = regression_level(
                    shape,
                    trials.get(metric, ()),
                    theirs,
                    better=bench.better(metric),
                    instrument=seen.instruments.get(metric),
                )
        red = [j for j in bench.red_lines(name) if j.verdict is not Verdict.PASS]
        return found | {("red-line", j.metric): _never for j in red}


def parts(measurements: Measurements) -> tuple[Measurements, Measurements]:
    """What fixes the order, and what is tested on."""
    early = cache(lambda cluster: in_ordering_part(cluster, share=ORDER_SHARE))
    halves = []
    for wanted in (True, False):
        trials = {
            name: {metric: _kept(rows, early, wanted=wanted) for metric, rows in metrics.items()}
            for name, metrics in measurements.trials.items()
        }
        halves.append(replace(measurements, trials=trials, planned={}))
    return halves[0], halves[1]


def _kept(rows: Sequence[Trial], early: Callable[[str], bool], *, wanted: bool) -> list[Trial]:
    return [trial for trial in rows if early(trial.cluster) is wanted]


def _never(_: float) -> float:
    return 1.0


def _open(judged: Judgement) -> Judgement:
    """Of the one at which the test stopped: what it lacked, counted in cases of both parts."""
    if judged.verdict is Verdict.PASS:
        return judged
    needed = None if judged.needed is None else math.ceil(judged.needed / (1.0 - ORDER_SHARE))
    return replace(judged, verdict=Verdict.INCONCLUSIVE, needed=needed)


def _untested(judged: Judgement, why: str) -> Judgement:
    return replace(judged, verdict=Verdict.INCONCLUSIVE, needed=None, reason=why)
