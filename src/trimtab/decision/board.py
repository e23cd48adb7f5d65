"""What a board is shown: few figures, each from evidence, and what is asked of it.

Pure, over what others computed. A part that cannot be had says why in `missing`; nothing takes its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from trimtab.decision.agenda_consents import Consented
from trimtab.decision.consent_standing import ConsentState
from trimtab.decision.control_state import DAY
from trimtab.decision.funding import Funding
from trimtab.decision.incidents import Finding, Incident
from trimtab.decision.kpis.practice import STATUTORY_DAYS
from trimtab.decision.wins import Sentence, Win

AGES: tuple[tuple[str, int, int], ...] = (
    ("under 30 days", 0, 30),
    ("30 to 90 days", 30, 90),
    ("90 to 180 days", 90, 180),
    ("180 days and more", 180, 10**9),
)
"""Ages of findings, in days, from the first number up to below the second."""

WORST_FIRST = ("fail", "inconclusive", "pass")
SEVERITIES = ("S1", "S2", "S3", "S4")
WINS = 3
EXPIRING_DAYS = 90
_WAITING = (ConsentState.ASKED, ConsentState.WAITING)


def missing(why: str) -> dict[str, Any]:
    """A part that cannot be had, and why."""
    return {"missing": why}


def tiers_of(scorecard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By tier of product: the worst verdict and band in it, and each product; from a published scorecard.

    A product without a score makes its tier's band unknown, for its band may be the worst.
    """
    by: dict[str, list[Mapping[str, Any]]] = {}
    for one in scorecard["products"]:
        by.setdefault(one["tier"], []).append(one)
    found = []
    for tier, products in by.items():
        bands = [one["band"] for one in products]
        found.append(
            {
                "tier": tier,
                "verdict": next(v for v in WORST_FIRST if any(one["verdict"] == v for one in products)),
                "band": max(bands) if all(bands) else None,
                "products": [
                    {
                        "system": one["subject"],
                        "owner": one["owner"],
                        "verdict": one["verdict"],
                        "band": one["band"],
                        "low": one["score"],
                        "high": one["if_all_were_known"],
                    }
                    for one in products
                ],
            }
        )
    return found


def vetoes_of(scorecard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Veto metrics that do not pass, and vendors that hold a product down; failed ones first."""
    found = []
    for product in scorecard["products"]:
        for one in product["metrics"]:
            if one["veto"] and one["verdict"] != "pass":
                fields = ("metric", "verdict", "low", "high", "floor", "better", "source", "why")
                found.append({"system": product["subject"], **{name: one[name] for name in fields}})
        for name in product["capped_by"]:
            vendor = name.removeprefix("vendor ")
            if vendor != name:
                card = next((one for one in scorecard["vendors"] if one["subject"] == vendor), None)
                verdict = card["verdict"] if card else "inconclusive"
                why = f"It rests on {vendor}, which is {verdict}; its own band can be no better."
                found.append({"system": product["subject"], "metric": name, "verdict": verdict, "why": why})
    return sorted(found, key=lambda one: WORST_FIRST.index(one["verdict"]))


def findings_of(found: Iterable[Finding], *, asof: int) -> dict[str, Any]:
    """Open findings by age and severity, how many are beyond their day, and the rows they stand in."""
    still = [one for one in found if one.opened.at <= asof and not 0 < one.verified <= asof]
    ages = [(asof - one.opened.at) // DAY for one in still]
    return {
        "open": len(still),
        "overdue": sum(0 < one.opened.due <= asof for one in still),
        "oldest_days": max(ages, default=None),
        "ages": [
            {
                "age": name,
                **{
                    severity: sum(
                        low <= age < high and one.opened.severity == severity
                        for age, one in zip(ages, still, strict=True)
                    )
                    for severity in SEVERITIES
                },
            }
            for name, low, high in AGES
        ],
        "rows": [one.seq for one in still],
    }


def reports_due(found: Iterable[Incident], *, asof: int) -> list[dict[str, Any]]:
    """Incidents that the law wants reported and that are not: by when, the soonest first."""
    due = []
    for one in found:
        days = STATUTORY_DAYS.get(one.opened.duty)
        if days is None or one.opened.at > asof or 0 < one.reported <= asof:
            continue
        by = min(one.detected or one.opened.at, one.opened.at) + days * DAY  # as P16 counts
        due.append(
            {
                "incident": one.opened.incident,
                "system": one.opened.system,
                "duty": one.opened.duty,
                "by": by,
                "late": by < asof,
                "row": one.seq,
            }
        )
    return sorted(due, key=lambda one: int(one["by"]))


def wins_of(told: Iterable[tuple[Win, int, str, Sequence[Sentence], Sequence[int]]]) -> list[dict[str, Any]]:
    """The last three wins, those first whose numbers still hold: (win, when, by whom, sentences, rows)."""
    made: list[dict[str, Any]] = [
        {
            "win": win.win,
            "title": win.title,
            "system": win.system,
            "at": at,
            "by": by,
            "rows": list(rows),
            "stale": any(one.stale for one in sentences),
            **{
                part: " ".join(one.text for one in sentences if one.part == part)
                for part in ("numbers", "money", "limits", "ask")
            },
        }
        for win, at, by, sentences, rows in told
    ]
    return sorted(made, key=lambda one: (one["stale"], -one["at"]))[:WINS]


def asks_of(
    *,
    consents: Iterable[Consented] = (),
    fundings: Iterable[Funding] = (),
    appetite: Mapping[str, Any] | None = None,
    wins: Iterable[Mapping[str, Any]] = (),
    votes: Iterable[tuple[str, int]] = (),
    currency: str = "",
    asof: int,
) -> list[dict[str, Any]]:
    """Decisions that wait for somebody, in the order in which a board would take them.

    `votes` are proposals under vote in words, with their rows. What a win asks for is its author's statement.
    """
    found = [
        _ask("appetite", _beyond(one, currency), who="the risk owners")
        for one in (appetite or {}).get("appetite", ())
        if one["verdict"] == "fail"
    ]
    asked_for = list(consents)
    last = {one.system: one for one in asked_for}  # what lapsed and was followed by another waits for nobody
    for consent in asked_for:
        stands = consent.standing
        if stands.state in _WAITING or (stands.state is ConsentState.LAPSED and last[consent.system] is consent):
            what = f"{consent.system}, {consent.candidate}: {stands.why}"
            found.append(_ask("consent", what, who=stands.asked_by, row=consent.row))
        elif stands.opens and asof < stands.expires <= asof + EXPIRING_DAYS * DAY:
            what = f"{consent.system}, {consent.candidate}: {stands.id} expires on {_day(stands.expires)}."
            found.append(_ask("consent", what, who=stands.asked_by, row=consent.row))
    for funding in fundings:
        if funding.state in ("asked", "planned"):
            asked = funding.asked
            votes_for = sum(choice == "for" for choice in funding.votes.values())
            state = f"{votes_for} of {funding.needed} votes for it" if funding.plan else "in no plan yet"
            what = (
                f"{asked.request} of {asked.team}: {asked.amount / 100:,.0f} {currency} for {asked.category}, {state}."
            )
            found.append(_ask("money", what, who=asked.owner, row=funding.seq))
    found += [_ask("weights", words, row=row) for words, row in votes]
    found += [
        {**_ask("win", str(one["ask"]), who=str(one["by"]), row=int(one["rows"][-1])), "statement": True}
        for one in wins
        if one["ask"]
    ]
    return found


def _ask(kind: str, what: str, *, who: str = "", row: int = 0) -> dict[str, Any]:
    return {"kind": kind, "what": what, "by": who, "row": row, "statement": False}


def _beyond(one: Mapping[str, Any], currency: str) -> str:
    if one["what"] == "point":
        return (
            f"{one['seen']:.1%} of years lose more than {one['loss']:,.0f} {currency}; "
            f"{one['bound']:.1%} were accepted. Accept more, or pay for less."
        )
    named = {"expected": "The expected loss of a year", "bad-years": "The loss of bad years"}[one["what"]]
    return f"{named} is {one['seen']:,.0f} {currency}; {one['bound']:,.0f} were accepted. Accept more, or pay for less."


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).date().isoformat()
