"""What a guard's rulings in production say of a metric: how many events, how many of them bad."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trimtab.evidence.rulings import Rulings
from trimtab.kinds import Interval
from trimtab.policy.system_spec import SloSpec
from trimtab.stats.binomial import clopper_pearson

UNLOOKED = frozenset({"crashed", "timeout", "budget", "late"})
"""Reasons why a check was not made although it was called for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Events of one metric in one record of rulings; `severe` counts findings, each an event of its own."""

    valid: int
    bad: int
    severe: int


def events(slo: SloSpec, record: Rulings) -> Events:
    """The events of a metric in a record.

    A text with findings of several labels is bad once for each of them, as far as there are texts, since a
    record holds sums. A check that was not made counts as bad: nobody knows what it would have found.
    """
    # What was revised would have been blocked without whoever revises, so it is as bad an event.
    actions = {*slo.actions, *(("revise",) if "block" in slo.actions else ())}
    ruled = [row for row in record.rulings if row["side"] == slo.side]
    found = [row for row in record.findings if row["side"] == slo.side]
    valid = sum(row["count"] for row in ruled)
    if slo.labels:
        bad = sum(_texts(row) for row in found if row["action"] in actions and _is_a(row["label"], slo.labels))
        bad += sum(row["count"] for row in record.skipped if row["side"] == slo.side and row["reason"] in UNLOOKED)
    else:
        bad = sum(row["count"] for row in ruled if row["action"] in actions)
    severe = sum(_texts(row) for row in found if _is_a(row["label"], slo.severe))
    return Events(valid=valid, bad=min(bad, valid), severe=severe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of the texts on one side something happened to: an action, a finding of a family, a check not made.

    `interval` is for the rate behind them, if texts are independent of each other.
    """

    side: str
    what: str
    texts: int
    of: int
    interval: Interval


def shares(records: Iterable[Rulings]) -> list[Share]:
    """The rulings of several records in shares: of each action, family of labels and missing check."""
    all_texts: Counter[str] = Counter()
    counted: Counter[tuple[str, str]] = Counter()
    for record in records:
        for row in record.rulings:
            all_texts[row["side"]] += row["count"]
            if row["action"] != "allow":
                counted[row["side"], f"{_DONE[row['action']]}"] += row["count"]
        for row in record.findings:
            family = str(row["label"]).partition(".")[0]
            counted[row["side"], f"{family}, {_DONE.get(row['action'], row['action'])}"] += _texts(row)
        for row in record.skipped:
            if row["reason"] in UNLOOKED:
                counted[row["side"], f"not looked at ({row['reason']})"] += row["count"]
    return [
        Share(side=side, what=what, texts=some, of=of, interval=clopper_pearson(some, of, level=_LEVEL))
        for (side, what), texts in sorted(counted.items())
        if (of := all_texts[side]) and (some := min(texts, of))
    ]


_LEVEL = 0.95
_DONE = {"mask": "masked", "revise": "revised", "escalate": "escalated", "block": "blocked", "allow": "allowed"}


def _texts(row: Any) -> int:
    """Texts with such a finding; records of earlier versions count findings only, which are no fewer."""
    return int(row.get("texts", row["count"]))


def _is_a(label: str, names: Iterable[str]) -> bool:
    return any(label == name or label.startswith(f"{name}.") for name in names)
