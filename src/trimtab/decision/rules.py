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

from collections.abc import Collection

from trimtab.decision.bench import Bench
from trimtab.decision.choice import choose
from trimtab.decision.model import Asked, CandidateDecision, Decision, Measurements, Verdict
from trimtab.decision.pareto import Pareto
from trimtab.decision.review import reviewed
from trimtab.decision.tradeoff import Alone, Tradeoff, tradeoff
from trimtab.errors import UsageError
from trimtab.policy.model import Policy


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
    bench = Bench.of(policy, system, reviewed(policy, measurements))
    tier, alpha = bench.tier, bench.alpha
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
    bench = Bench.of(policy, decision.system, measurements)
    clearing = Pareto.of(bench) if bench.spec.has_grid else Alone(decision)
    limits = {name: (0.0, 1.0) for name, metric in policy.metrics.items() if metric.unit == "ratio"}
    return tradeoff(decision, bench.ranking(), clearing, alpha=bench.alpha, limits=limits)


def judge(policy: Policy, system: str, measurements: Measurements, candidate: str) -> CandidateDecision:
    """Where one candidate stands by now, by the rules of `decide`. In a sequential run it may be asked at any moment.

    Raises:
        KeyError: The policy has no such system or candidate.
    """
    return Bench.of(policy, system, reviewed(policy, measurements)).candidate(candidate)


def next_to_test(policy: Policy, system: str, measurements: Measurements, asked: Collection[str]) -> str:
    """Of a system with a grid, whose answers to the testing part are wanted next; empty when nobody's are.

    Args:
        policy: Its policy.
        system: Its name.
        measurements: What is known by now: of everybody the ordering part, of those in `asked` everything.
        asked: Who was asked the testing part.
    """
    return Pareto.of(Bench.of(policy, system, reviewed(policy, measurements))).next(asked)


def seen_early(
    policy: Policy, system: str, measurements: Measurements, name: str
) -> tuple[dict[tuple[Asked, str], float], float]:
    """How one candidate of a grid looks on the part that fixes the order, for whoever proposes candidates.

    Returns:
        p-values of "it is not met" by requirement, and what it is worth in the
        first metric that is maximised, the more, the better. Nobody is certified by them.
    """
    bench = Bench.of(policy, system, reviewed(policy, measurements))
    grid = Pareto.of(bench)
    return grid.early(name), grid.ordering.ranking().merit(name, bench.spec.maximise[0])


def compared_metrics(policy: Policy, system: str, measurements: Measurements) -> tuple[str, ...]:
    """The metrics that candidates are compared with the baseline on; of the measurements only shapes are looked at."""
    bench = Bench.of(policy, system, measurements)
    mitigation = bench.tier.mitigation
    return tuple(dict.fromkeys([*bench.compared(), *(mitigation.metrics if mitigation else ())]))
