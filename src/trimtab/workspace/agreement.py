"""How far judges and people say the same of the same replies, told from what the ledger holds of a run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from trimtab.errors import InsufficientEvidenceError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Observation
from trimtab.kinds import DISPUTED, NOT_MARKED, Estimate, Missing, Score, Shape
from trimtab.report.agreement import Agreement, Rater
from trimtab.stats import estimate
from trimtab.stats.agreement import COEFFICIENTS, Unit, shares
from trimtab.workspace.recall import Recalled, recall_policy

_ORDER = "order-decides"


def agreement(ledger: Ledger, recalled: Recalled, metrics: Sequence[str]) -> Agreement:
    """Compare yes/no metrics of one suite, case by case, over all candidates; "bad" is what each is to keep low.

    Raises:
        UsageError: Fewer than two metrics, or one that cannot be compared with the others.
        InsufficientEvidenceError: No case has been rated by two of them.
    """
    _comparable(recalled, metrics)
    policy = recall_policy(ledger, recalled.policy_digest)
    level = policy.tiers[policy.systems[recalled.system].tier].confidence
    rows = {name: _rows(recalled, name) for name in metrics}
    places = sorted({place for one in rows.values() for place in one})
    units = []
    for place in places:
        cluster = next(one[place].cluster for one in rows.values() if place in one)
        units.append(Unit(cluster, tuple(_bad(recalled, name, rows[name].get(place)) for name in metrics)))
    share = shares(units, level=level)
    coefficients: dict[str, Estimate | Missing] = {}
    for name, coefficient in COEFFICIENTS.items():
        if name == "kappa" and len(metrics) != 2:
            continue
        try:
            coefficients[name] = coefficient(units, level=level)
        except InsufficientEvidenceError as error:
            coefficients[name] = Missing("insufficient", f"{error.metric}: {error.have}, need {error.need}")
    both = {name for name in metrics if _asked_both_ways(policy.metrics[name].source.with_)}
    pairs = Counter(unit.said for unit in units if None not in unit.said)
    return Agreement(
        run=recalled.run,
        raters=tuple(_rater(recalled, name, rows[name], both=name in both, level=level) for name in metrics),
        share=share,
        coefficients=coefficients,
        table=(pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False])
        if len(metrics) == 2
        else None,
        in_order=all(_in_order(recalled, name) for name in metrics),
    )


def _comparable(recalled: Recalled, metrics: Sequence[str]) -> None:
    facts = recalled.started.metrics
    if len(metrics) < 2 or len(set(metrics)) < len(metrics):
        raise UsageError("agreement is between two metrics or more, each once.", "Name them with --metric.")
    for name in metrics:
        if name not in facts:
            raise UsageError(f"run {recalled.run} has no metric {name!r}.", f"It has: {', '.join(facts)}.")
        if facts[name]["shape"] != Shape.RATE:
            raise UsageError(f"{name} is no yes/no metric.", "Compare those that score each case 0 or 1.")
        if facts[name]["suite"] != facts[metrics[0]]["suite"]:
            raise UsageError(f"{name} and {metrics[0]} score other cases.", "Give them the same suite in the policy.")


def _rows(recalled: Recalled, metric: str) -> dict[tuple[str, str], Observation]:
    """By candidate and case."""
    return {
        (candidate, case): row
        for candidate, seen in recalled.seen.items()
        for case, row in seen.get(metric, {}).items()
    }


def _bad(recalled: Recalled, metric: str, row: Observation | None) -> bool | None:
    if row is None or isinstance(row.outcome, Missing):
        return None
    return bool(row.outcome.value == (0.0 if recalled.started.metrics[metric]["better"] == "higher" else 1.0))


def _rater(
    recalled: Recalled, metric: str, rows: Mapping[tuple[str, str], Observation], *, both: bool, level: float
) -> Rater:
    missing: Counter[str] = Counter()
    leans: Counter[str] = Counter()
    asked: list[tuple[str, Score | Missing]] = []
    bad = 0
    for row in rows.values():
        outcome = row.outcome
        if isinstance(outcome, Score):
            bad += _bad(recalled, metric, row) is True
            asked.append((row.cluster, Score(value=0.0)))
            continue
        missing[_why(outcome)] += 1
        if outcome.reason == _ORDER:
            leans[outcome.detail.rpartition(" ")[2]] += 1
            asked.append((row.cluster, Score(value=1.0)))
    turned = estimate(Shape.RATE, asked, level=level) if both and asked else None
    return Rater(
        metric=metric,
        scored=sum(isinstance(row.outcome, Score) for row in rows.values()),
        bad=bad,
        missing=dict(missing),
        disputed=sum(missing[reason] for reason in DISPUTED),
        turned=turned if isinstance(turned, Estimate) else None,
        leans=dict(leans),
    )


def _why(outcome: Missing) -> str:
    """The reason; of a detector that failed what it failed of, which is the first word of the detail."""
    return outcome.detail.partition(":")[0] or outcome.reason if outcome.reason == "detector-failed" else outcome.reason


def _asked_both_ways(given: Mapping[str, object]) -> bool:
    fields = given.get("fields")
    return isinstance(fields, Mapping) and fields.get("order") == "both"


def _in_order(recalled: Recalled, metric: str) -> bool:
    """Whether no case before the last one that was marked still waits for a mark; true of metrics that nobody marks."""
    for seen in recalled.seen.values():
        rows = sorted(seen.get(metric, {}).values(), key=lambda row: row.order)
        waits = [isinstance(row.outcome, Missing) and row.outcome.reason == NOT_MARKED for row in rows]
        if any(before and not after for before, after in pairwise(waits)):
            return False
    return True
