"""P11 vendor assurance, and F08 what vendors owe or have earned."""

from collections.abc import Mapping

from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.vendor_sla import credit_of
from trimtab.decision.vendors import standing
from trimtab.kinds import Estimate, Interval, Missing


def assurance(asked: Asked) -> Estimate | Missing:
    """P11: the score of the weakest vendor that counts, from 0 to 1: of the critical ones, or of all if none is.

    Of a system, those that it rests on. The ends are its score, and what it would be if all that is missing were
    perfect; a vendor of which nothing is known may be anything.
    """
    counted = _counted(asked)
    if not counted:
        return Missing("no-vendors", "the policy names no vendor that this rests on")
    cards = [
        standing(asked.policy, asked.books, name, end=asked.end, decisions=asked.decisions).card for name in counted
    ]
    known = [card for card in cards if card.score is not None]
    if not known:
        return Missing("nothing-seen", "no vendor was assessed or measured")
    low = min(card.score or 0.0 for card in cards) / 100.0
    high = min(card.high if card.high is not None else 100.0 for card in cards) / 100.0
    interval = Interval(low, max(low, high), asked.level, "score-bounds")
    return Estimate(value=low, interval=interval, count=len(cards), cases=len(cards), missing=len(cards) - len(known))


def own_word(asked: Asked) -> bool:
    """Whether P11 rests on what a vendor that counts says of itself: then nothing else of it was looked at."""
    return any(
        standing(asked.policy, asked.books, name, end=asked.end, decisions=asked.decisions).words()["attested"]
        for name in _counted(asked)
    )


def credits_(asked: Asked) -> Estimate | Missing:
    """F08: what all vendors owe for the period less what they have earned, in the policy's currency.

    Of a system, those that it rests on or that supply it.
    """
    rests_on = asked.policy.systems[asked.system].vendors if asked.system else ()
    found = [
        credit_of(asked, name)
        for name, spec in asked.policy.vendors.items()
        if spec.sla and (not asked.system or name in rests_on or spec.system == asked.system)
    ]
    clauses = sum(len(one.clauses) for one in found)
    missing = sum(len(one.missing) for one in found)
    if not clauses:
        return Missing("no-clauses", "no vendor promises a figure under `sla`")
    if clauses == missing:
        return Missing("nothing-seen", "no figure that a vendor promises was measured or counted in this period")
    ends = Interval(sum(one.low for one in found), sum(one.high for one in found), asked.level, "shortfall-ends")
    value = sum(one.value for one in found)
    return Estimate(value=value, interval=ends, count=clauses - missing, cases=clauses, missing=missing)


def _counted(asked: Asked) -> list[str]:
    named = asked.policy.systems[asked.system].vendors if asked.system else tuple(asked.policy.vendors)
    return [name for name in named if asked.policy.vendors[name].critical] or list(named)


ESTIMATORS: Mapping[str, Estimator] = {"P11": assurance, "F08": credits_}
