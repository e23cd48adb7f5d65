"""What a report says of groups: their rates, every two of them, and how much of the baseline's gaps is gone."""

from collections.abc import Mapping

from trimtab.decision import Decision, Measurements, between_groups, by_group, removed
from trimtab.kinds import Estimate, Missing


def by_groups(decision: Decision, seen: Measurements) -> dict[str, dict[str, dict[str, Estimate]]]:
    """Candidate -> metric -> rates by the group of their cases."""
    found = {
        candidate.candidate: {
            metric: rates
            for metric in candidate.estimates
            if (rates := by_group(seen, candidate.candidate, metric, alpha=decision.alpha))
        }
        for candidate in decision.candidates
    }
    return {candidate: metrics for candidate, metrics in found.items() if metrics}


def between(decision: Decision, seen: Measurements) -> dict[str, dict[str, Mapping[tuple[str, str], Estimate]]]:
    """Candidate -> metric -> differences of every two groups."""
    names = [candidate.candidate for candidate in decision.candidates]
    found = {name: between_groups(seen, name, alpha=decision.alpha) for name in names}
    return {candidate: metrics for candidate, metrics in found.items() if metrics}


def gone(decision: Decision, seen: Measurements) -> dict[str, dict[str, Estimate | Missing]]:
    """Candidate -> metric -> the share of the baseline's gap that is gone; what was judged, as it was judged."""
    found: dict[str, dict[str, Estimate | Missing]] = {}
    for candidate in decision.candidates:
        shown = removed(seen, candidate.candidate, baseline=decision.baseline, alpha=decision.alpha)
        judged = {one.metric: one.seen for one in candidate.judgements if one.asked == "mitigation"}
        if shown or judged:
            found[candidate.candidate] = {**shown, **judged}
    return found
