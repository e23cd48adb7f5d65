"""One error budget for many looks: what the j-th look at the same cases may spend of it.

Whoever changes a candidate until the same cases let it pass has looked many
times, and each look is a chance for luck. The j-th look gets the share
1 / (j (j + 1)); they add up to 1 however many there are, so that the whole
series errs no more often than one look would. A later look needs more
evidence, though only by a logarithm: the tenth takes about twice the cases of
the first. Fresh cases begin a new budget.

Source:
    Alpha spending over an unlimited sequence (Bonferroni with unequal shares), as in Foster & Stine (2008),
    JRSS-B 70(2), 429-444, without its recovery of what was not lost.
"""


def share_of_look(look: int) -> float:
    """The share of an error budget that the `look`-th look may spend; of an uncounted one (0), all of it.

    Raises:
        ValueError: `look` is negative.
    """
    if look < 0:
        raise ValueError(f"look {look} is negative")
    return 1.0 if look == 0 else 1.0 / (look * (look + 1))
