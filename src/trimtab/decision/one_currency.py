"""Amounts in the books are whole hundredths of the currency that the policy had when they were entered."""

from collections.abc import Callable

from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.consents import ConsentDecided
from trimtab.evidence.entries.funding import AppetiteStated, Requested
from trimtab.evidence.entries.spending import Spent
from trimtab.policy.model import Policy

_AMOUNTS: tuple[type[Entry], ...] = (Spent, Requested, AppetiteStated, ConsentDecided)


def another_currency(books: Books, policy: Policy, policies: Callable[[str], Policy | None]) -> str:
    """In words, that the last amount was entered in another currency than the policy's; empty where it was not.

    Nothing is converted, so a figure that goes on counting would be one of no currency at all.

    Args:
        books: With the amounts.
        policy: In force.
        policies: An earlier policy by its digest, where it is known.
    """
    last: list[Kept[Entry]] = [kept[-1] for kind in _AMOUNTS if (kept := books.all(kind))]
    newest = max(last, key=lambda one: one.seq, default=None)
    if newest is None or newest.policy in ("", policy.digest):
        return ""
    then = policies(newest.policy)
    if then is None or then.currency == policy.currency:
        return ""
    return f"the books count in {then.currency} (row {newest.seq}) and the policy in {policy.currency}"
