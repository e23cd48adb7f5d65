"""What the decision of a run says to the controls that its metrics answer to."""

from trimtab.decision.control_state import DAY, Answer
from trimtab.decision.model import Decision, Judgement, Verdict

DECISION_DAYS = 180
"""For how long the decision of a run counts as evidence: two quarters, as the longest consent does."""

_WORST = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)


def decided_answers(decision: Decision, *, row: int, at: int) -> tuple[Answer, ...]:
    """An answer for each metric that was judged, by the worst of what was asked of it.

    It is of the candidate in production, the baseline, whoever wins: until the winner is shipped, people meet the
    other. Where no baseline is named it is of the winner, and of the only candidate where nobody wins.
    """
    name = decision.baseline or decision.winner
    judged = [one for one in decision.candidates if one.candidate == name]
    if not name and len(decision.candidates) == 1:
        judged = list(decision.candidates)
    by_metric: dict[str, list[Judgement]] = {}
    for candidate in judged:
        for one in candidate.judgements:
            by_metric.setdefault(one.metric, []).append(one)
    found = []
    for metric, many in by_metric.items():
        worst = min(many, key=lambda one: _WORST.index(one.verdict))
        found.append(
            Answer(
                metric=metric,
                subject=decision.system,
                verdict=worst.verdict,
                at=at,
                valid_until=at + DECISION_DAYS * DAY,
                row=row,
                words=f"{judged[0].candidate}, {worst.requirement}: {worst.reason}",
            )
        )
    return tuple(found)
