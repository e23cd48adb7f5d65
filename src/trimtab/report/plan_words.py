"""Why a request was left out of a plan, and what stops its money, in words: the same on every page."""

from trimtab.report.money_charts import money


def left_out(*, cost: float, worth: float, free: float, noise: float, currency: str) -> str:
    """Why a plan does not fund a request.

    Args:
        cost: What it costs with what it needs.
        worth: The loss a year that it would remove on top of the plan.
        free: Money that the plan does not spend.
        noise: Differences within it are none.
        currency: Of all of them.
    """
    if worth <= noise:
        return "On top of what is funded it would hardly remove anything."
    if cost > free:
        short = money(cost - free, currency)
        return f"{short} are missing, and what is funded removes more for its money."
    return "There is money for it, and a rule of the policy keeps it out."


def votes_words(*, ours: int, against: int, needed: int, entitled: int, cast: int) -> str:
    """How a vote stands on a request that is planned."""
    said = f"{ours} of {needed} votes needed are for it"
    if against:
        said += f", {against} against"
    if ours >= needed:
        return said
    waiting = entitled - cast
    if ours + waiting < needed:
        return f"{said}; nobody is left who could grant it"
    return f"{said}; {waiting} still may vote"
