"""One candidate's way through its suites: what is asked next, and when enough is known.

Cases are asked in the drawn order, and verdicts look only at the beginning of
it that is finished: whoever counted answers as they come would let their speed
choose, and slow failures would pass (`docs/methods.md`). Clusters are asked
whole, for half of one is no independent unit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trimtab.decision import CandidateDecision, Judgement, Trial, Verdict
from trimtab.kinds import Case, Exchange, Missing, Score
from trimtab.measure.runner import Job, Result
from trimtab.workspace.bandit import Bandit

_TRIED = 4  # cases of every arm before a bandit prefers any
_FIRST = 16  # cases of every suite before anything is preferred: what nobody has looked at cannot be foreseen
_FEW = 8  # results that are worth a judgement at the very least
_SHARE = 0.03  # and so many of those there are already: judgements grow with the logarithm of the cases

Trials = dict[str, list[Trial]]  # metric -> the finished beginning of its suite


@dataclass(slots=True, kw_only=True)
class Course:
    """What was asked of one candidate and what came of it.

    `cases` are those of each suite, `metrics` what is scored on each. Suites in
    `whole` are asked to their end while the candidate can still win, those in
    `wanted` in any case: others are compared with their answers. `judge` says where the candidate
    stands, given its trials; `beaten` whether somebody who passes is surely better. With a
    `bandit` the point is to see where it fails: nothing that was refuted ends it, and each suite is asked until it is
    decided itself, or the calls are used up.
    """

    cases: Mapping[str, Sequence[Case]]
    metrics: Mapping[str, Sequence[str]]
    whole: frozenset[str]
    wanted: frozenset[str]
    judge: Callable[[Trials], CandidateDecision]
    beaten: Callable[[Trials], bool] = lambda _: False
    bandit: Bandit | None = None
    stopped: str = ""  # why, once it is: "decided", "refuted", "hopeless", "beaten"
    _asked: dict[str, int] = field(default_factory=dict)  # suite -> cases handed out
    _came: dict[str, dict[int, Mapping[str, Score | Missing]]] = field(default_factory=dict)
    _front: dict[str, int] = field(default_factory=dict)  # suite -> cases finished without a gap
    _trials: Trials = field(default_factory=dict)
    _open: dict[str, float] = field(default_factory=dict)  # suite -> how far it is from a decision, nearest first
    _fresh: int = 0

    def __post_init__(self) -> None:
        for suite, names in self.metrics.items():
            self._asked[suite] = self._front[suite] = 0
            self._came[suite] = {}
            self._open[suite] = 0.0
            for name in names:
                self._trials[name] = []

    @property
    def trials(self) -> Trials:
        """Whole clusters from the finished beginning of each suite."""
        whole = {suite: self._complete(suite) for suite in self.cases}
        return {name: self._trials[name][: whole[suite]] for suite, names in self.metrics.items() for name in names}

    @property
    def rest(self) -> bool:
        """Whether something is left to ask."""
        return any(self._asked[suite] < len(self.cases[suite]) for suite in self._open)

    def order(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, int, Case]]:
        """Cases one after the other, each from the suite that is nearest to a decision when it is asked for."""
        by_suite = {job.suite: job for job in jobs}
        while (suite := self._next()) is not None:
            cases, start = self.cases[suite], self._asked[suite]
            end = start + 1
            while end < len(cases) and cases[end].independent_unit == cases[start].independent_unit:
                end += 1
            for place in range(start, end):
                self._asked[suite] = place + 1
                yield by_suite[suite], place, cases[place]

    def take(self, result: Result, outcomes: Mapping[str, Score | Missing]) -> None:
        """Count a finished case, and judge anew when that is worth its time."""
        suite = result.suite
        if any(isinstance(one, Missing) and one.reason == "budget" for one in outcomes.values()):
            self.stopped, self._open = "budget", {}
        if self.bandit is not None:
            replies = result.outcome.replies if isinstance(result.outcome, Exchange) else ()
            self.bandit.take(suite, outcomes, calls=len(replies))
        came = self._came[suite]
        came[result.order] = outcomes
        while (front := self._front[suite]) in came:
            case, scored = self.cases[suite][front], came.pop(front)
            for outcome in scored.values():
                if isinstance(outcome, Missing) and outcome.reason == "budget":
                    return  # what was not paid for is behind the end
            for name, outcome in scored.items():
                self._trials[name].append(Trial(case=case.id, cluster=case.independent_unit, outcome=outcome))
            self._front[suite] = front + 1
            self._fresh += 1
        if self._fresh >= max(_FEW, _SHARE * sum(self._front.values())):
            self.look()

    def look(self) -> None:
        """Judge what is known by now, and close what needs no more answers."""
        if self.stopped == "budget":
            return
        trials = self.trials
        decided = self.judge(trials)
        self._fresh = 0
        if self.bandit is not None:
            self._open = dict.fromkeys(self._undecided(decided), 0.0)
            self.stopped = "" if self._open else "decided"
        elif any(one.verdict is Verdict.FAIL for one in decided.judgements):
            self._stop("refuted")
        elif any(one.hopeless for one in decided.judgements) and not any(one.near for one in decided.judgements):
            self._stop("hopeless")
        elif decided.verdict is Verdict.PASS and self.beaten(trials):
            self._stop("beaten")
        else:
            self._open = {suite: self._distance(suite, decided.judgements) for suite in self._still_open(decided)}
            self.stopped = "" if self._open else "decided"

    def _still_open(self, decided: CandidateDecision) -> list[str]:
        undecided = {one.metric for one in decided.judgements if one.verdict is Verdict.INCONCLUSIVE}
        return [
            suite
            for suite, names in self.metrics.items()
            if suite in self.whole or suite in self.wanted or undecided.intersection(names)
        ]

    def _undecided(self, decided: CandidateDecision) -> list[str]:
        """Suites of which something is still to be decided, or nothing ever will be, since nothing is asked of them."""
        judged = {one.metric for one in decided.judgements}
        pending = {one.metric for one in decided.judgements if one.verdict is Verdict.INCONCLUSIVE}
        return [
            suite
            for suite, names in self.metrics.items()
            if any(name in pending or name not in judged for name in names)
        ]

    def _stop(self, why: str) -> None:
        self.stopped = why
        self._open = {suite: 0.0 for suite in self.cases if suite in self.wanted}

    def _distance(self, suite: str, judgements: Sequence[Judgement]) -> float:
        """Cases until all that is asked of a suite is probably decided; those that are merely wanted come last."""
        own = [
            one
            for one in judgements
            if one.metric in self.metrics[suite] and one.asked != "red-line" and one.verdict is Verdict.INCONCLUSIVE
        ]
        if not own:
            return float("inf")
        left = len(self.cases[suite]) - self._front[suite]
        return float(max(left if one.needed is None else one.needed for one in own))

    def _next(self) -> str | None:
        left = [suite for suite in self._open if self._asked[suite] < len(self.cases[suite])]
        if self.bandit is not None:
            untried = [suite for suite in left if self._asked[suite] < _TRIED]
            return untried[0] if untried else self.bandit.choose(left) if left else None
        begin = [suite for suite in left if self._asked[suite] < _FIRST]
        return min(begin or left, key=lambda suite: (self._open[suite], self._asked[suite]), default=None)

    def _complete(self, suite: str) -> int:
        """How many finished cases make whole clusters."""
        cases, front = self.cases[suite], self._front[suite]
        if front in (0, len(cases)):
            return front
        unit = cases[front].independent_unit
        while front and cases[front - 1].independent_unit == unit:
            front -= 1
        return front
