"""Which requests a risk budget should fund: a mixed-integer program, solved to a stated gap, said in full.

What is left of scenario j after the requests x is r_j = exp(-sum a_ji x_i):
convex, so the tangents at some points lie below it. With those in its place
the program is linear, its optimum a lower bound. Then what is left is
computed exactly, tangents are added where the bound was loose, and it is
solved again until bound and truth agree. The exact rules are checked on the
answer without the solver: an answer that breaks one is none.

Source:
    Kelley (1960), J. SIAM 8(4), 703-712, for cutting planes; Rockafellar & Uryasev (2000), Journal of Risk 2(3),
    21-41, for bad years; HiGHS (Huangfu & Hall 2018) through `scipy.optimize.milp`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from trimtab.decision.requests import Problem
from trimtab.stats.clusters import Floats

GAP = 1e-3
"""An answer this near to the best there may be, relative to it, is taken for the best."""

Chosen = NDArray[np.bool_]

_LEAST_LEFT = 1e-3  # tangents go on to where so little is left
_LEAST_STAKE = 1e-2  # of the loss before: the solver itself stops at a millionth of it
_STEP = 0.4  # between the first tangents, on the logarithm of what is left
_ROUNDS = 40
_LOOSE_ROUNDS = 12  # with fractions of requests, to find where tangents are needed
_NODES = 200_000  # not seconds: the same question has the same answer on a slower machine
_INFEASIBLE = 2
_COARSE = 1e-4
_TOLERANCE = 1e-6  # the solver's own, of rows and of its bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is funded, in the order of the requests, and how sure it is that nothing does better.

    `aim` is what was made small; `bound` what no choice can go below; `gap` how far the two are apart, relative
    to `aim` (or to a hundredth of the loss before, if less is left). `proved` says that this is within the gap asked
    for; the solver itself stops at a millionth of the loss before. `left` is by scenario, a share.
    """

    chosen: tuple[str, ...]
    spent: float
    left: Mapping[str, float]
    expected: float
    bad_years: float | None
    aim: float
    bound: float
    gap: float
    proved: bool
    rounds: int
    nodes: int
    solver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlan:
    """Nothing can be funded under these rules, or no answer was found; `why` in words, for those who made the rules."""

    why: str
    impossible: bool


def allocate(problem: Problem, *, gap: float = GAP) -> Plan | NoPlan:
    """The choice that leaves the least, within the budget and the rules.

    Args:
        problem: What is asked, and under which rules.
        gap: How near to the best is near enough, relative, > 0.

    Returns:
        A plan; or, where rules cannot be kept together, which of them alone would have to give way.
    """
    found = _solve(problem, gap)
    if isinstance(found, Plan) or not found.impossible:
        return found
    guilty = [name for name, other in without_each_rule(problem).items() if isinstance(_solve(other, 1.0), Plan)]
    if guilty:
        return NoPlan(
            why=f"No choice within {problem.budget:,.2f} keeps every rule. It would without "
            + ("this one: " if len(guilty) == 1 else "any one of these: ")
            + "; ".join(guilty),
            impossible=True,
        )
    rules = "; ".join(without_each_rule(problem))
    return NoPlan(
        why=f"No choice within {problem.budget:,.2f} keeps every rule, nor would it without one of them: {rules}",
        impossible=True,
    )


def without_each_rule(problem: Problem) -> dict[str, Problem]:
    """By each rule that somebody made, in words, the same problem without it."""
    found: dict[str, Problem] = {}
    for name, share in problem.category_shares.items():
        rest = {key: value for key, value in problem.category_shares.items() if key != name}
        found[f"at least {share:.4g} of what is spent goes to {name}"] = replace(problem, category_shares=rest)
    for name, floor in problem.team_floors.items():
        rest = {key: value for key, value in problem.team_floors.items() if key != name}
        found[f"{name} gets at least {floor:,.2f}"] = replace(problem, team_floors=rest)
    for name, most in problem.most_left.items():
        rest = {key: value for key, value in problem.most_left.items() if key != name}
        found[f"at most {most:.4g} of {name} is left"] = replace(problem, most_left=rest)
    if problem.appetite is not None:
        found[f"an expected loss of at most {problem.appetite:,.2f} is left"] = replace(problem, appetite=None)
    if problem.tail is not None and problem.tail.at_most is not None:
        tail = replace(problem.tail, at_most=None)
        found[f"bad years cost at most {problem.tail.at_most:,.2f}"] = replace(problem, tail=tail)
    return found


def _solve(problem: Problem, gap: float) -> Plan | NoPlan:
    program = _Program(problem)
    program.prepare()
    best: tuple[float, tuple[str, ...]] | None = None
    bound, nodes, rounds = -math.inf, 0, 0
    for rounds in range(1, _ROUNDS + 1):  # noqa: B007 - how many it took is told
        answer = program.solve(gap)
        nodes += int(getattr(answer, "mip_node_count", 0) or 0)
        if answer.status == _INFEASIBLE:
            # Tangents lie below the truth, so what breaks a rule with them breaks it in truth.
            if best is None:
                return NoPlan(why="no choice keeps every rule", impossible=True)
            break  # rounding: a choice that was found keeps them all
        if answer.x is None:
            break
        dual = answer.fun if answer.mip_dual_bound is None and not problem.requests else answer.mip_dual_bound
        bound = max(bound, -math.inf if dual is None else program.scale * float(dual))
        taken = answer.x[: len(problem.requests)] > 0.5
        chosen = tuple(one.name for one, is_taken in zip(problem.requests, taken, strict=True) if is_taken)
        kept = not problem.breaches(chosen)
        if kept and (best is None or problem.aim(chosen) < best[0]):
            best = problem.aim(chosen), chosen
        loose = program.cut(taken, answer.x, _TOLERANCE)
        if not kept:  # the solver keeps rules to a millionth of the budget; we keep them
            program.forbid(taken)
        elif not loose or (best is not None and best[0] - bound <= gap * _stake(problem, best[0])):
            break
    if best is None:
        return NoPlan(
            why="the solver found no choice that keeps every rule, and could not prove that there is none",
            impossible=False,
        )
    chosen = _without_idlers(problem, best[1])
    aim = problem.aim(chosen)
    apart = max(aim - bound, 0.0) / _stake(problem, aim) if aim > bound else 0.0
    return Plan(
        chosen=chosen,
        spent=problem.spent(chosen),
        left=dict(zip(problem.losses, problem.left(chosen).tolist(), strict=True)),
        expected=problem.expected(chosen),
        bad_years=problem.bad_years(chosen),
        aim=aim,
        bound=min(bound, aim),
        gap=apart,
        proved=apart <= gap * (1.0 + 1e-6),
        rounds=rounds,
        nodes=nodes,
        solver=f"HiGHS, SciPy {scipy.__version__}",
    )


def _stake(problem: Problem, aim: float) -> float:
    """What a gap is relative to: what is left, or a hundredth of what there was if that is more."""
    return max(aim, _LEAST_STAKE * problem.aim(()))


def _without_idlers(problem: Problem, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Money that buys nothing stays in the budget: the solver does not care, those who pay do."""
    kept = set(chosen)
    costs = {one.name: one.cost for one in problem.requests}
    for name in sorted(chosen, key=lambda name: (-costs[name], name)):
        fewer = kept - {name}
        if problem.aim(fewer) <= problem.aim(kept) and not problem.breaches(fewer):
            kept = fewer
    return tuple(name for name in chosen if name in kept)


class _Program:
    """Rows and columns: requests x, what is left r, then for bad years eta and the excess of each year."""

    def __init__(self, problem: Problem) -> None:
        self.steps = problem.steps
        scenarios, requests = self.steps.shape
        self.requests = requests
        tail = problem.tail
        years = tail.years.shape[1] if tail else 0
        losses = np.fromiter(problem.losses.values(), float, scenarios)
        self.scale = max(float(losses.sum()), float(tail.years.sum(axis=0).max()) if tail else 0.0) or 1.0
        self.width = requests + scenarios + (1 + years if tail else 0)
        self.aim = np.zeros(self.width)
        self.aim[requests : requests + scenarios] = losses / self.scale * (1.0 - tail.weight if tail else 1.0)
        self.rows: list[csr_array] = []
        self.low: list[Floats] = []
        self._rules(problem, losses)
        if tail:
            worst = np.zeros(self.width)
            worst[requests + scenarios] = 1.0
            worst[requests + scenarios + 1 :] = 1.0 / ((1.0 - tail.level) * years)
            self.aim += tail.weight * worst
            # u_s >= sum l_sj r_j - eta
            left = csr_array((years, requests))
            over = csr_array(-tail.years.T / self.scale)
            ones = csr_array(np.ones((years, 1)))
            self._add(hstack([left, over, ones, csr_array(scipy.sparse.eye(years))], format="csr"), np.zeros(years))
            if tail.at_most is not None:
                self._row(-worst, -tail.at_most / self.scale)
        for place in np.arange(0.0, -math.log(_LEAST_LEFT) + _STEP, _STEP):
            self._tangents(np.full(scenarios, place), np.minimum(place, self.steps.sum(axis=1)) == place)

    def _rules(self, problem: Problem, losses: Floats) -> None:
        costs, requests = problem.costs, self.requests
        unit = problem.budget or 1.0  # so that all numbers are near 1
        self._row(-self._of(costs / unit), -problem.budget / unit)
        for category, share in problem.category_shares.items():
            own = np.array([one.category == category for one in problem.requests], dtype=np.float64)
            self._row(self._of(costs / unit * (own - share)), 0.0)
        for team, floor in problem.team_floors.items():
            own = np.array([one.team == team for one in problem.requests], dtype=np.float64)
            self._row(self._of(costs / unit * own), floor / unit)
        place = {one.name: number for number, one in enumerate(problem.requests)}
        for number, one in enumerate(problem.requests):
            for need in one.needs:
                row = np.zeros(requests)
                row[place[need]] += 1.0
                row[number] -= 1.0
                self._row(self._of(row), 0.0)
        names = list(problem.losses)
        for name, most in problem.most_left.items():
            self._row(self._of(self.steps[names.index(name)]), -math.log(most))
        if problem.appetite is not None:
            row = np.zeros(self.width)
            row[requests : requests + len(losses)] = -losses / self.scale
            self._row(row, -problem.appetite / self.scale)

    def _of(self, requests: Floats) -> Floats:
        return np.concatenate([requests, np.zeros(self.width - self.requests)])

    def _row(self, row: Floats, low: float) -> None:
        self._add(csr_array(row[None, :]), np.array([low]))

    def _add(self, rows: csr_array, low: Floats) -> None:
        self.rows.append(rows)
        self.low.append(low)

    def _tangents(self, at: Floats, which: Chosen) -> None:
        """For the scenarios `which`: r_j >= exp(-s) (1 + s - sum a_ji x_i), the tangent at s = `at`."""
        wanted = np.flatnonzero(which)
        if len(wanted):
            slope = np.exp(-at[wanted])
            own = csr_array((np.ones(len(wanted)), (np.arange(len(wanted)), wanted)), shape=(len(wanted), len(at)))
            rest = csr_array((len(wanted), self.width - self.requests - len(at)))
            rows = hstack([csr_array(self.steps[wanted] * slope[:, None]), own, rest], format="csr")
            self._add(rows, slope * (1.0 + at[wanted]))

    def prepare(self) -> None:
        """Add tangents about the best plan of fractions: linear programs are quick, and the answer lies near."""
        for _ in range(_LOOSE_ROUNDS):
            answer = self.solve(GAP, fractions=True)
            if answer.x is None or not self.cut(answer.x[: self.requests], answer.x, _COARSE):
                return

    def cut(self, taken: Floats | Chosen, solved: Floats, tolerance: float) -> bool:
        """Add tangents at a choice, where what is left lies below the truth; False if it lies nowhere below."""
        at: Floats = self.steps @ taken.astype(np.float64)
        claimed = solved[self.requests : self.requests + len(at)]
        loose = np.exp(-at) - claimed > tolerance
        self._tangents(at, loose)
        return bool(loose.any())

    def forbid(self, taken: Chosen) -> None:
        """Rule out one choice, and no other."""
        self._row(self._of(np.where(taken, -1.0, 1.0)), 1.0 - float(taken.sum()))

    def solve(self, gap: float, *, fractions: bool = False) -> scipy.optimize.OptimizeResult:
        low = np.zeros(self.width)
        high = np.full(self.width, np.inf)
        high[: self.requests] = 1.0
        whole = np.zeros(self.width)
        whole[: self.requests] = 0.0 if fractions else 1.0
        return milp(
            self.aim,
            integrality=whole,
            bounds=Bounds(low, high),
            constraints=LinearConstraint(vstack(self.rows, format="csr"), np.concatenate(self.low), np.inf),
            options={"mip_rel_gap": gap / 2.0, "node_limit": _NODES},
        )
