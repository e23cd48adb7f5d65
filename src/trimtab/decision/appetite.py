"""How much may be lost: what the policy says, and what those who bear the risk said since; the smaller binds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trimtab.evidence.books import Books
from trimtab.evidence.entries.funding import AppetiteStated
from trimtab.policy.money_spec import BudgetSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Appetite:
    """Money a year, in the policy's currency; None where nothing is said.

    `points` is by amount the chance that a year may have of losing more.
    """

    expected: float | None = None
    bad_years: float | None = None
    points: Mapping[float, float] = field(default_factory=dict)

    @property
    def stated(self) -> bool:
        """Whether anything is."""
        return self.expected is not None or self.bad_years is not None or bool(self.points)


def appetite_of(budget: BudgetSpec | None, books: Books, *, asof: int) -> Appetite:
    """What binds at a moment. The last statement counts, as far as it asks for less than the policy."""
    promised = budget.appetite if budget else None
    said = [one.entry for one in books.all(AppetiteStated) if one.entry.at <= asof]
    last = max(enumerate(said), key=lambda one: (one[1].at, one[0]))[1] if said else None
    points = {one.loss: one.chance for one in promised.points} if promised else {}
    for name, chance in last.points.items() if last else ():
        points[float(name)] = min(chance, points.get(float(name), 1.0))
    return Appetite(
        expected=_smaller(promised.expected if promised else None, last.expected if last else 0),
        bad_years=_smaller(promised.bad_years if promised else None, last.bad_years if last else 0),
        points=dict(sorted(points.items())),
    )


def _smaller(promised: float | None, said: int) -> float | None:
    given = [one for one in (promised, said / 100.0 if said else None) if one is not None]
    return min(given) if given else None
