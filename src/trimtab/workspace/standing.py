"""Where the candidates of a sequential run stand while it goes on: decisions asked for early, recorded by nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trimtab.decision import Measurements, ahead, alpha_of, compared_metrics, decide, judge
from trimtab.decision.regression import COMPARABLE
from trimtab.kinds import Better, Instrument
from trimtab.policy import Policy
from trimtab.stats import APPROXIMATE
from trimtab.workspace.bandit import Bandit
from trimtab.workspace.course import Course, Trials
from trimtab.workspace.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Asks `decision` about a run that has not ended."""

    policy: Policy
    plan: Plan
    looks: Mapping[str, Mapping[str, int]]  # candidate -> suite -> which look
    brought: Mapping[str, Trials] = field(default_factory=dict)  # candidate -> what other tools measured

    def course(self, candidate: str, finished: Mapping[str, Trials], *, leader: str) -> Course:
        """The way of a candidate, given the trials of those before it and the best of them that passes."""
        return Course(
            cases={name: suite.cases for name, suite in self.plan.suites.items()},
            metrics={name: [scored.name for scored in group] for name, group in self.plan.scored.items()},
            whole=self.whole(),
            wanted=self._wanted(candidate),
            judge=lambda trials: judge(
                self.policy, self.plan.system, self._measurements({**finished, candidate: trials}), candidate
            ),
            beaten=lambda trials: self._beaten(candidate, {**finished, candidate: trials}, leader),
            bandit=Bandit(better={name: self._better(name) for name in self.plan.metrics})
            if self.plan.bandit
            else None,
        )

    def winner(self, trials: Mapping[str, Trials]) -> str:
        """The best of those that pass by now; empty if none does."""
        return decide(self.policy, self.plan.system, self._measurements(trials), run="", time=0).winner

    def _measurements(self, trials: Mapping[str, Trials]) -> Measurements:
        scored = self.plan.metrics
        instruments = {name: getattr(one.plugin, "instrument", None) for name, one in scored.items()}
        return Measurements(
            system=self.plan.system,
            trials={candidate: {**self.brought.get(candidate, {}), **seen} for candidate, seen in trials.items()},
            shapes={name: one.plugin.shape for name, one in scored.items()},
            better={name: self._better(name) for name in scored},
            instruments={name: one for name, one in instruments.items() if isinstance(one, Instrument)},
            sampling="sequential",
            planned={
                name: len(self.plan.suites[one.suite].cases)
                for name, one in scored.items()
                if one.suite in self.plan.suites
            },
            looks={
                candidate: {name: looks[one.suite] for name, one in scored.items() if one.suite in looks}
                for candidate, looks in self.looks.items()
            },
        )

    def _better(self, metric: str) -> Better:
        return self.policy.metrics[metric].better

    def whole(self) -> frozenset[str]:
        """Suites that are asked to their end.

        Ranks want every case, red lines every chance of an event, other judges whatever they confirm, and
        approximate intervals hold for a number of cases that was fixed beforehand.
        """
        scored, tier = self.plan.metrics, self.policy.tiers[self.plan.spec.tier]
        approximate = [name for name in tier.floors if name in scored and scored[name].plugin.shape in APPROXIMATE]
        weighed = [*tier.floors, *tier.weights] if tier.weights else []  # they rank, too
        names = [*self.plan.spec.maximise, *self.policy.red_lines, *approximate, *weighed, *self._others()]
        return frozenset(scored[name].suite for name in names if name in scored)

    def _others(self) -> list[str]:
        """Metrics whose word another requirement waits for; nothing of their own would keep their suites open."""
        specs = [self.policy.metrics[name] for name in self.plan.metrics]
        named = [(spec.judged_by, spec.gold.metric if spec.gold else None, spec.reviewed_by) for spec in specs]
        return [name for names in named for name in names if name]

    def _wanted(self, candidate: str) -> frozenset[str]:
        """Suites that others are compared on: the baseline answers them whatever becomes of itself."""
        if candidate != self.plan.spec.baseline or len(self.plan.candidates) < 2:
            return frozenset()
        scored = self.plan.metrics
        names = compared_metrics(self.policy, self.plan.system, self._measurements({}))
        return frozenset(scored[name].suite for name in names if name in scored)

    def _beaten(self, candidate: str, trials: Mapping[str, Trials], leader: str) -> bool:
        """Whether the leader is surely better at what is maximised first, so that this one cannot win."""
        first = self.plan.spec.maximise[0]
        shape = self.plan.metrics[first].plugin.shape
        if not leader or candidate in (leader, self.plan.spec.baseline) or shape not in COMPARABLE:
            return False
        if self.policy.tiers[self.plan.spec.tier].weights:
            return False  # it may win by what it is weighed for besides
        alpha = alpha_of(self.policy.tiers[self.plan.spec.tier], self.plan.spec)
        known = self._measurements(trials).trials
        ours, theirs = known[candidate].get(first, ()), known[leader].get(first, ())
        return bool(ours and theirs) and ahead(
            shape, theirs, ours, better=self._better(first), alpha=alpha, anytime=True
        )
