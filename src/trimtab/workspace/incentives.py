"""What the score does to bonuses in a quarter, by the rule that was published before it began."""

from collections.abc import Mapping
from typing import Any

from trimtab.decision.incentives import bonuses, rule_of
from trimtab.decision.period import Period
from trimtab.decision.persons import persons
from trimtab.decision.recalibration import DAY, policy_before
from trimtab.errors import InsufficientEvidenceError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.ratings import Rated
from trimtab.evidence.published import Published
from trimtab.evidence.records import HuntFiled, HuntTriaged
from trimtab.policy import Policy
from trimtab.policy.score_spec import IncentiveSpec
from trimtab.stats.raters import Raters, Rating, raters
from trimtab.workspace.kpis import gather_evidence
from trimtab.workspace.scorecards import quarter_of, table_of

_PLACES = 9


def rule_figures(_: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> dict[str, Any]:  # noqa: ARG001
    """What `incentive-rule` publishes: the rule, and from which quarter on it counts.

    Raises:
        UsageError: The policy has no rule, or the quarter has begun.
    """
    period = quarter_of(str(asked.get("quarter", "")), moment)
    if not asked.get("quarter"):
        period = Period.quarter_at(period.end)
    if period.start <= moment:
        raise UsageError(
            f"{period.name} has begun: a rule that is published now counts from a later quarter on.",
            f"Publish it for {Period.quarter_at(Period.quarter_at(moment).end).name}.",
        )
    return {"quarter": period.name, **rule_of(_spec(policy))}


def figures(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> dict[str, Any]:
    """What `incentives` publishes: every team's multiplier, with its explanation.

    Raises:
        UsageError: The policy has no rule, or no weights for the quarter.
    """
    period = quarter_of(str(asked.get("quarter", "")), moment)
    spec = _spec(policy)
    if period.start > moment:
        raise UsageError(f"{period.name} has not begun.", "Ask for one that has.")
    published = _rule_for(ledger, period, row)
    rule = dict(published[1].result) if published else rule_of(spec)
    evidence = gather_evidence(ledger, upto=row)
    now = table_of(evidence, policy, period, moment=moment)
    before = now.given.end - int(rule["deadline_days"]) * DAY
    earlier = table_of(evidence, policy, Period.quarter_at(before), moment=before, weights=now.given.in_force)
    begun = policy_before(evidence.books, policy, period.start, evidence.policies)
    found = bonuses(now, earlier, rule, before=begun)
    return {
        "quarter": period.name,
        "final": moment >= period.end,
        "counts": published is not None,
        "rule": {name: value for name, value in rule.items() if name != "quarter"},
        "published": published[0] if published else None,
        "teams": [
            {
                "team": one.team,
                "multiplier": None if one.multiplier is None else round(one.multiplier, _PLACES),
                "score": None if one.score is None else round(one.score, _PLACES),
                "overdue": list(one.overdue),
                "why": one.why,
            }
            for one in found
        ],
    }


def person_figures(
    ledger: Ledger,
    policy: Policy,
    quarter: str,
    *,
    name: str,
    by: str,
    upto: int | None = None,
    moment: int | None = None,
) -> dict[str, Any]:
    """One person's figures, for themselves or for whom the policy lets see them, by the rows up to one, as of a moment.

    Raises:
        UsageError: They are not shown, or not to whoever asks, or there is nobody of this name.
    """
    if policy.score is None or not policy.score.persons.shown:
        raise UsageError(
            "figures of persons are not shown.", "They are off unless `score.persons.shown` says otherwise."
        )
    if name not in policy.people:
        raise UsageError(f"{name[:60]!r} is not listed under people.", f"There are {', '.join(policy.people)}.")
    asker = policy.people.get(by)
    if asker is None or (by != name and not set(asker.roles) & set(policy.score.persons.may_see)):
        roles = ", ".join(policy.score.persons.may_see) or "no role"
        raise UsageError(f"{by[:60] or 'nobody'!r} may not see figures of {name}.", f"They may, and {roles}.")
    now = ledger.now() if moment is None else moment
    period = quarter_of(quarter, now)
    everybody = persons(Books.of(ledger, upto=upto), policy, period, now, hunted=_hunted(ledger, period, upto))
    found = next(one for one in everybody if one.name == name)
    return {"quarter": period.name, "least": policy.score.persons.least, **found.payload()}


def severities(ledger: Ledger, scale: str) -> Raters:
    """How severe those who rated are, in one round.

    Raises:
        UsageError: Too little was rated, or by groups that nothing connects.
    """
    given = [one.entry for one in Books.of(ledger).all(Rated)]
    own = [Rating(rater=one.by, of=one.of, points=one.points) for one in given if one.scale == scale]
    if not own:
        known = ", ".join(sorted({one.scale for one in given})) or "none yet"
        raise UsageError(f"nothing was rated on the scale {scale[:60]!r}.", f"Scales: {known}.")
    try:
        return raters(own)
    except InsufficientEvidenceError as error:
        raise UsageError(str(error), "Until then severities cannot be told from what was rated.") from None


def _hunted(ledger: Ledger, period: Period, upto: int | None) -> list[tuple[str, int]]:
    """Who filed what in hunts of a period, without what was found invalid, or the same as another's."""
    ruled = {
        record.finding: record.ruling
        for _, record in ledger.records(kind=HuntTriaged.kind, upto=upto)
        if isinstance(record, HuntTriaged)
    }
    return [
        (record.hunter, row.seq)
        for row, record in ledger.records(kind=HuntFiled.kind, upto=upto)
        if isinstance(record, HuntFiled)
        and record.found_by == "hunter"
        and period.holds(row.time)
        and ruled.get(record.finding, "valid") == "valid"
    ]


def _spec(policy: Policy) -> IncentiveSpec:
    if policy.score is None or policy.score.incentives is None:
        raise UsageError("the policy has no `score.incentives`.", "Bonuses do not rest on the score.")
    return policy.score.incentives


def _rule_for(ledger: Ledger, period: Period, upto: int) -> tuple[int, Published] | None:
    """The last rule that was published before a quarter began, for it or an earlier one; with its row."""
    found: tuple[int, Published] | None = None
    for row, record in ledger.records(upto=upto, kind=Published.kind):
        if not isinstance(record, Published) or record.what != "incentive-rule" or row.time >= period.start:
            continue
        if Period.quarter(record.result["quarter"]).start <= period.start:
            found = (row.seq, record)
    return found
