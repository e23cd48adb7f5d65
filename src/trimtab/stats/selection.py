"""The best of many configurations that clears every floor, with one error probability for all of them.

Each configuration is a hypothesis, "it breaks at least one floor", whose
p-value is the greatest of those of its floors. Testing a hundred of them at
alpha / 100 is safe and wasteful. Pareto Testing spends part of the data on an
order instead: there, whoever is beaten in safety and in performance by
somebody else is dropped, and the rest is lined up from the safest to the
boldest. On the data that is left they are tested in this order, each at alpha,
until the first that is not certified. Since the order was fixed without that
data, the first wrong certificate in it is one test at alpha, and no later one
can come before it.

Source:
    Laufer-Goldshtein, Fisch, Barzilay & Jaakkola (2023), Efficiently
    controlling multiple risks with Pareto Testing, ICLR, arXiv:2210.07913;
    Angelopoulos, Bates, Candès, Jordan & Lei (2021), Learn then Test,
    arXiv:2110.01052; p-values of graded losses from Waudby-Smith & Ramdas
    (2024), JRSS-B 86(1), 1-27. For comparison: Holm (1979), Scandinavian
    Journal of Statistics 6(2), 65-70.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from trimtab.stats.loss_table import ORDER_SHARE, LossTable
from trimtab.stats.multiple import holm

Method = Literal["pareto", "holm", "bonferroni", "fixed-sequence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was chosen, of configurations numbered from 0 in the order of the columns.

    With probability at least 1 - delta every one of `certified` clears every
    floor, so any of them may be taken. `order` is the sequence that was fixed before
    testing; `p` are the p-values of those of it that were tested. `needed` is
    the number of independent units in all, those that fix the order included,
    at which the best candidate would probably (80 %) have been certified, if
    there is no `config`; None where more of the same cannot help.
    """

    config: int | None
    certified: tuple[int, ...]
    order: tuple[int, ...]
    p: tuple[float, ...]
    needed: int | None
    reason: str


def pareto_order(p: Sequence[float], merit: Sequence[float]) -> list[int]:
    """Who is beaten by nobody in both, from the smallest p to the greatest; merit grows along the way.

    Args:
        p: p-values of "it breaks a floor". NaN is worse than all.
        merit: The more, the better. NaN is worse than all.

    Returns:
        Places in `p`. Of equals the first.
    """

    def key(place: int) -> tuple[float, float, int]:
        return _last(p[place]), _last(-merit[place]), place

    order: list[int] = []
    best = math.inf
    for place in sorted(range(len(p)), key=key):
        loss = _last(-merit[place])
        if loss < best or not order:
            order.append(place)
            best = loss
    return order


def fixed_sequence(order: Iterable[int], certified: Callable[[int], bool]) -> list[int]:
    """Those certified before the first that is not; nobody behind it is looked at."""
    passed = []
    for place in order:
        if not certified(place):
            break
        passed.append(place)
    return passed


def select(
    losses: Mapping[str, ArrayLike],
    floors: Mapping[str, float],
    utility: ArrayLike,
    delta: float,
    *,
    order_share: float = ORDER_SHARE,
    groups: Mapping[str, Sequence[Hashable]] | None = None,
    units: Mapping[str, Sequence[str]] | None = None,
    method: Method = "pareto",
    order: Sequence[int] | None = None,
) -> Selection:
    """The configuration of greatest utility among those certified to clear every floor.

    P(any certified configuration breaks any floor) <= delta, whatever the
    number of configurations and however they depend on each other, if the
    independent units are drawn alike. Use data once: a second selection on the
    same rows has an error of its own.

    Args:
        losses: By name, one row per case and one column per configuration, in
            [0, 1]. A missing one is NaN and counts as 1. Losses may be of
            different cases, and so differ in their number of rows.
        floors: By the same names, in [0, 1): the greatest mean loss accepted.
        utility: One column per configuration, the more, the better: rows of
            cases, whose mean counts, or a single row of known numbers. NaN
            counts as the smallest number in it.
        delta: Error probability of the whole choice, in (0, 1).
        order_share: Of the units, the share that fixes the order, in (0, 1); for "pareto" only.
        groups: By name of a loss, the group of each row; each group must clear the floor as well.
        units: By name of a loss, and "utility", the independent unit of each
            row. Rows of one unit are averaged. By default each row is one, and
            the n-th rows of two losses are of the same unit.
        method: "pareto" as described above; "fixed-sequence" tests along
            `order` on all rows; "holm" and "bonferroni" test everybody on all rows.
        order: For "fixed-sequence", places from the safest to the boldest, chosen without these rows.

    Raises:
        ValueError: Names, shapes or numbers do not fit.
    """
    table = LossTable.of(losses, floors, utility, delta, groups=groups, units=units)
    if method == "pareto":
        if not 0.0 < order_share < 1.0:
            raise ValueError(f"order_share {order_share} is outside (0, 1)")
        first, rest = table.split(order_share)
        sequence = pareto_order([first.p(n) for n in range(table.width)], first.merits())
    elif method == "fixed-sequence":
        if order is None or len(set(order)) != len(order) or not set(order) <= set(range(table.width)):
            raise ValueError("a fixed sequence needs an `order` of places, each once")
        rest, sequence = table, list(order)
    else:
        rest, sequence = table, list(range(table.width))
    seen: dict[int, float] = {}

    def at(place: int, alpha: float) -> bool:
        if place not in seen:
            seen[place] = rest.p(place)
        return seen[place] <= alpha

    if method == "holm":
        fallen = holm(sequence, at, alpha=delta)
        certified = [place for place in sequence if place in fallen]
    elif method == "bonferroni":
        certified = [place for place in sequence if at(place, delta / table.width)]
    else:
        certified = fixed_sequence(sequence, lambda place: at(place, delta))
    merits = table.merits()
    winner = max(certified, key=lambda place: (merits[place], -place), default=None)
    alpha = delta if method in ("pareto", "fixed-sequence") else delta / table.width
    share = 1.0 - order_share if method == "pareto" else 1.0
    needed, reason = (None, "") if winner is not None else table.wanting(alpha, share)
    return Selection(
        config=winner,
        certified=tuple(certified),
        order=tuple(sequence),
        p=tuple(seen[place] for place in sequence if place in seen),
        needed=needed,
        reason=reason or f"{len(certified)} of {table.width} are certified, and this one has the greatest utility.",
    )


def _last(number: float) -> float:
    return math.inf if math.isnan(number) else number
