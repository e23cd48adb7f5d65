"""In which order a judge reads its questions and the answers it may give, so that no place in a list decides."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from trimtab.errors import DisputedError

Ordering = Literal["shuffled", "both", "fixed"]
ORDERINGS = ("shuffled", "both", "fixed")

_YES = 0.5  # share of votes from which on they say yes


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Labels in the order in which they are asked, and answers in the order in which they are offered."""

    labels: tuple[str, ...]
    answers: tuple[str, ...] = ("yes", "no", "unclear")

    def turned(self) -> "Order":
        """The other way round. "unclear" stays last: it is no answer that a list could push."""
        yes, no, unclear = self.answers
        return replace(self, labels=self.labels[::-1], answers=(no, yes, unclear))


def order_of(labels: Sequence[str], text: str, *, seed: int) -> Order:
    """An order drawn for one text: the same text is always asked in the same one."""
    drawn = hashlib.sha256(f"{seed}:".encode() + text.encode("utf-8", "surrogatepass")).digest()
    dice = random.Random(drawn)
    shuffled = dice.sample(list(labels), len(labels))
    order = Order(labels=tuple(shuffled))
    return order.turned() if dice.random() < 0.5 else order


def agreed(detector: str, shares: Mapping[Order, Mapping[str, float]]) -> dict[str, float]:
    """The share of yes by label over every order that was asked in.

    Raises:
        DisputedError: With one order it is yes, with another no. Says what the answer follows.
    """
    for label in next(iter(shares)).labels:
        said = {order: one[label] >= _YES for order, one in shares.items()}
        if len(set(said.values())) > 1:
            first = all((order.answers[0] == "yes") is yes for order, yes in said.items())
            raise DisputedError(detector, "order-decides", f"{label}: takes what stands {'first' if first else 'last'}")
    return {label: sum(one[label] for one in shares.values()) / len(shares) for label in next(iter(shares)).labels}
