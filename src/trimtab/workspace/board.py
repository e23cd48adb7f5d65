"""What a board is shown of a quarter, gathered from a ledger up to a row, so that it comes out the same again."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trimtab.decision.agenda import Section, regulation
from trimtab.decision.agenda_consents import Consented
from trimtab.decision.board import asks_of, findings_of, missing, reports_due, tiers_of, vetoes_of, wins_of
from trimtab.decision.funding import fundings, pool
from trimtab.decision.incidents import findings, incidents
from trimtab.decision.period import Period
from trimtab.decision.recalibration import standing
from trimtab.decision.settlement import settlement
from trimtab.errors import MissingPackageError, TrimtabError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.recalibration import RecalibrationProposed
from trimtab.policy import Policy
from trimtab.policy.controls import catalogue
from trimtab.stats.loss import YEARS
from trimtab.workspace import money, scorecards
from trimtab.workspace.consents_at import consents_at
from trimtab.workspace.wins import told_wins

_DATES = 6  # of the law that are shown


def figures(ledger: Ledger, policy: Policy, asked: Mapping[str, Any], row: int, moment: int) -> dict[str, Any]:
    """What `board` publishes; asked are `quarter`, the present one if empty, and `seed` and `years` of the losses.

    Raises:
        UsageError: There is no such quarter, or it has not begun.
    """
    period = scorecards.quarter_of(str(asked.get("quarter", "")), moment)
    if period.start > moment:
        raise UsageError(f"{period.name} has not begun.", "Ask for one that has.")
    books = Books.of(ledger, upto=row)
    at = min(moment, period.end - 1)
    scorecard = _part(lambda: scorecards.figures(ledger, policy, {"quarter": period.name}, row, moment))
    drawn = {"seed": int(asked.get("seed", 0)), "years": int(asked.get("years", YEARS))}
    loss = _part(lambda: money.losses(ledger, policy, drawn, row, at))
    consents = _consents(ledger, policy, books, at)
    told = told_wins(ledger, books, asof=at, currency=policy.currency)
    wins = wins_of((one.win, one.at, one.by, one.sentences, one.rows) for one in told)
    known = "missing" not in scorecard
    return {
        "organisation": policy.organisation,
        "currency": policy.currency,
        "quarter": period.name,
        "asof": at,
        "row": row,
        "policy": policy.digest,
        "tiers": tiers_of(scorecard) if known else scorecard,
        "vetoes": vetoes_of(scorecard) if known else scorecard,
        "loss": _loss(loss),
        "money": _part(lambda: _money(policy, books, period, at)),
        "findings": findings_of(findings(books, before=at + 1), asof=at),
        "regulation": {
            "reports": reports_due(incidents(books, before=at + 1), asof=at),
            **_dates(regulation(catalogue(), at)),
        },
        "wins": wins,
        "asks": asks_of(
            consents=consents if isinstance(consents, list) else (),
            fundings=[one for one in fundings(books, asof=at) if not one.withdrawn],
            appetite=loss,
            wins=wins,
            votes=_votes(books, at),
            currency=policy.currency,
            asof=at,
        ),
        "not_asked": [] if isinstance(consents, list) else [consents["missing"]],
    }


def _part(made: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """A part, or why it cannot be had: a policy without weights or scenarios has no such figures."""
    try:
        return dict(made())
    except UsageError as error:
        return missing(error.message.rstrip("."))
    except ValueError as error:
        if isinstance(error, TrimtabError):
            raise  # a ledger that cannot be read is no gap
        return missing(str(error))


def _consents(ledger: Ledger, policy: Policy, books: Books, at: int) -> list[Consented] | dict[str, Any]:
    try:
        return list(consents_at(ledger, policy, books, moment=at))
    except MissingPackageError as error:
        return missing(f"consents could not be checked: {error}")


def _loss(found: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("currency", "expected", "var", "cvar", "level", "years", "seed", "appetite", "verdict", "missing")
    return {name: found[name] for name in kept if name in found}


def _money(policy: Policy, books: Books, period: Period, at: int) -> dict[str, Any]:
    if policy.budget is None:
        return missing("the policy has no `budget`")
    over = period if at >= period.end - 1 else period.before()
    settled = settlement(policy, books, quarter=over.name, asof=max(at, over.end))
    budget, back, given = pool(books, policy.budget, at, asof=at)
    return {
        "quarter": over.name,
        "budget": budget / 100.0,
        "returned": back / 100.0,
        "given": given / 100.0,
        "every": policy.budget.every,
        "requests": len(settled["requests"]),
        **{name: settled[name] for name in ("granted", "released", "spent", "promised", "realised", "told")},
    }


def _dates(found: Section) -> dict[str, Any]:
    dated = [one for one in found.items if one.at]
    return {
        "dates": [{"at": one.at, "what": one.words} for one in dated[:_DATES]],
        "more": max(len(dated) - _DATES, 0),
        "unread": sum("cannot be read" in one.words for one in found.items),
        "catalogue": str(catalogue().as_of),
    }


def _votes(books: Books, at: int) -> Iterator[tuple[str, int]]:
    for one in books.all(RecalibrationProposed):
        stands = standing(books, one.entry.recalibration, at)
        if stands.state in ("proposed", "shadowed"):
            yield f"{one.entry.recalibration}, new weights: {len(stands.votes_for)} of {stands.needed} votes.", one.seq
