"""What evidence says of scenarios that somebody claims to have made smaller, each with its interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.decision.avoided import Change

LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChange:
    """The expected loss of a scenario before and after, in money a year, and its reduction from `low` to `high`."""

    name: str
    before: float
    after: float
    reduction: float
    low: float
    high: float
    credit: float
    claims: int


def seen_changes(found: Sequence[Change]) -> Iterator[SeenChange]:
    """Each of them, over what the two rates may be."""
    tail = (1.0 - LEVEL) / 2.0
    for one in found:
        low, high = (float(end) for end in np.quantile(one.draws(), (tail, 1.0 - tail)))
        yield SeenChange(
            name=one.name,
            before=one.before.scenario.expected,
            after=one.after.scenario.expected,
            reduction=one.reduction,
            low=min(low, one.reduction),
            high=max(high, one.reduction),
            credit=one.credit,
            claims=one.claims,
        )
