"""The end of a quarter: what was granted, spent, promised and realised, and what goes back to the pool."""

import math
from typing import Any

from trimtab.decision.credit import claims, credit
from trimtab.decision.funding import fundings
from trimtab.decision.loss_model import loss_model
from trimtab.decision.period import Period
from trimtab.decision.promises import promised, realised
from trimtab.evidence.books import Books
from trimtab.policy.model import Policy


def settlement(policy: Policy, books: Books, *, quarter: str, asof: int) -> dict[str, Any]:
    """Every request that was ever granted by the end of a quarter, as JSON. Amounts are in the policy's currency.

    `returns` is what goes back: of requests whose day is over by the end of the quarter, or that were withdrawn. The
    promise is the middle of the claimed range, in money a year of the expected loss at `asof`; so is what was
    realised, from the claims that name the request. Claims on one scenario are not added up: what is left after
    each multiplies.

    Raises:
        ValueError: `quarter` is none, is not over, or the policy has no budget.
    """
    if policy.budget is None:
        raise ValueError("the policy has no budget")
    end = Period.quarter(quarter).end
    if asof < end:
        raise ValueError(f"{quarter} is not over")
    losses = {one.name: one.scenario.expected for one in loss_model(policy, books, until=asof).scenarios}
    made = claims(books, asof=asof)
    rows: list[dict[str, Any]] = []
    for one in fundings(books, asof=asof):
        if not one.granted or one.granted >= end:
            continue
        own = [claim for claim in made if claim.made.request == one.asked.request]
        after = credit(made, team=one.asked.team, method=one.asked.method, start=policy.budget.credit)
        over = not one.returned and (one.withdrawn or one.due <= end)
        rows.append(
            {
                "request": one.asked.request,
                "team": one.asked.team,
                "category": one.asked.category,
                "state": one.state,
                "granted": one.asked.amount / 100.0,
                "released": one.released / 100.0,
                "spent": one.spent / 100.0,
                "returns": max(one.asked.amount - one.spent, 0) / 100.0 if over else None,
                "promised": promised(one, losses),
                "realised": realised(own, losses),
                "credit": {"factor": after.factor, "claims": after.claims, "from": after.basis},
            }
        )
    rows.sort(key=lambda row: str(row["request"]))
    known = [row for row in rows if row["realised"] is not None]
    return {
        "quarter": quarter,
        "currency": policy.currency,
        "requests": rows,
        "granted": math.fsum(row["granted"] for row in rows),
        "released": math.fsum(row["released"] for row in rows),
        "spent": math.fsum(row["spent"] for row in rows),
        "returns": math.fsum(row["returns"] or 0.0 for row in rows),
        "promised": math.fsum(row["promised"] for row in known),
        "realised": math.fsum(row["realised"] for row in known),
        "told": len(known),
    }
