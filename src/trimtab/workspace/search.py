"""Searches between the values of a grid for settings that are worth a test; who is certified is for the test to say.

A search tries many settings, and the best of what it saw is the luckiest of
them. So it sees only the cases that fix the order in a choice from a grid, and what
it proposes is a list of points for the policy: the run that follows tests them on the cases
that the search never asked.
"""

import asyncio
import logging
import math
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from trimtab._optional import need
from trimtab.decision import seen_early
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Subject
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Purse, Tally
from trimtab.policy import Candidate, Policy, load_policy
from trimtab.stats.selection import pareto_order
from trimtab.workspace.beginning import lines_of, started_of
from trimtab.workspace.looks import Looks
from trimtab.workspace.plan import make_plan
from trimtab.workspace.progress import Board
from trimtab.workspace.recall import recall_run
from trimtab.workspace.run import Measuring

KEPT = 12  # points that are proposed at most: each costs the rest of the cases, if the test comes to it
_RUN = "search"  # one name for all trials, so that they share replies where the same is asked
_LIKELY = 0.5  # a floor with a greater p was seen to be broken
_LEAST = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One point that was tried: how surely it breaks a floor, the worst of all, and what it is worth."""

    settings: Mapping[str, Any]
    p: float
    merit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to: all trials, the points that are proposed, and the policy that lists them."""

    candidate: str
    trials: tuple[Trial, ...]
    proposed: tuple[Trial, ...]
    path: Path
    calls: int


def search(
    path: Path,
    *,
    system: str = "",
    candidate: str = "",
    trials: int = 40,
    seed: int = 0,
    out: Path,
    said: Callable[[str], None] = lambda _: None,
) -> Found:
    """Try settings between the values of a grid, and write a policy with those that are worth a test.

    Args:
        path: The policy.
        system: Which system of it, when it has several.
        candidate: Which of its candidates with a `grid`, when it has several.
        trials: How many points are tried.
        seed: Of the search.
        out: The policy that is written; beside the first, since its files are named from there.
        said: Is told what is going on.

    Raises:
        PolicyError: The policy has mistakes.
        UsageError: There is no grid, or `out` lies elsewhere or cannot be written.
        MissingPackageError: Optuna is not installed.
    """
    optuna = need("optuna", extra="search")
    policy = load_policy(path)
    name, grid = _grid(policy, system, candidate)
    if out.resolve().parent != path.resolve().parent:
        raise UsageError(f"{out} must lie beside {path}.", "The files that it names are found from there.")
    with tempfile.TemporaryDirectory() as folder, Cache(Path(folder) / "replies.db") as cache:
        trying = _Trying(policy=policy, base=path.parent, system=name, candidate=grid, cache=cache, folder=Path(folder))
        seen = _study(optuna, policy.systems[name].candidates[grid], trying, trials=trials, seed=seed, said=said)
        calls = trying.tally.calls
    proposed = _proposed(seen)
    if not proposed:
        raise UsageError(
            f"none of {len(seen)} trials of {grid} seemed to clear every floor.",
            "Widen its grid, mend the candidate, or try more with --trials.",
        )
    changed = with_points(policy, name, grid, [trial.settings for trial in proposed])
    _write(changed, out)
    return Found(candidate=grid, trials=tuple(seen), proposed=tuple(proposed), path=out, calls=calls)


def with_points(policy: Policy, system: str, candidate: str, points: list[Mapping[str, Any]]) -> Policy:
    """The policy in which a grid is a list of points."""
    data = policy.model_dump(mode="json", by_alias=True)
    spec = data["systems"][system]["candidates"][candidate]
    spec["grid"], spec["points"] = {}, [dict(point) for point in points]
    return Policy.model_validate(data)


def _grid(policy: Policy, system: str, candidate: str) -> tuple[str, str]:
    names = [system] if system else list(policy.systems)
    found = [
        (name, one)
        for name in names
        if name in policy.systems
        for one, spec in policy.systems[name].candidates.items()
        if spec.grid and candidate in ("", one)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError("there is no such candidate with a `grid` to search in.", "Give one, as the reference shows.")
    listed = ", ".join(f"{one} of {name}" for name, one in found)
    raise UsageError(f"there are several grids: {listed}.", "Name one with --system and --candidate.")


@dataclass(slots=True, kw_only=True)
class _Trying:
    """Asks one point the cases that fix the order, in a ledger that is thrown away."""

    policy: Policy
    base: Path
    system: str
    candidate: str
    cache: Cache
    folder: Path
    tally: Tally = field(default_factory=Tally)
    count: int = 0

    def __call__(self, settings: Mapping[str, Any]) -> tuple[dict[str, float], float]:
        policy = with_points(self.policy, self.system, self.candidate, [settings])
        plan = make_plan(policy, self.base, system=self.system, candidates=(self.candidate,))
        point = next(name for name in plan.candidates if name.startswith(f"{self.candidate}@"))
        self.count += 1
        board = Board()
        board.lines = lines_of(policy, plan)
        ledger = Ledger.open(self.folder / f"{self.count}.db")
        try:
            started = started_of(policy, plan, fresh=False)
            subject = Subject(system=self.system)
            ledger.append([started], subject=subject, run=_RUN, maker="search", policy=policy.digest)
            measuring = Measuring(
                policy=policy,
                plan=plan,
                ledger=ledger,
                cache=self.cache,
                board=board,
                run=_RUN,
                purse=Purse(budget=plan.spec.budget),
                recorded={},
                artefacts={},
                before=Looks(before=[]),
                looks={},
                only_order=True,
                tally=self.tally,
            )
            asyncio.run(measuring.measure())
            measured = recall_run(ledger, _RUN).measurements()
        finally:
            ledger.close()
        if self.tally.unavailable:
            raise next(iter(self.tally.unavailable.values()))
        levels, merit = seen_early(policy, self.system, measured, point)
        return {" ".join(key): p for key, p in levels.items()}, merit


def _study(
    optuna: Any, spec: Candidate, trying: _Trying, *, trials: int, seed: int, said: Callable[[str], None]
) -> list[Trial]:
    """Optuna's trials: performance is maximised, and a floor that was seen to be broken is a broken constraint."""
    seen: list[Trial] = []
    tried: dict[str, Trial] = {}

    def objective(trial: Any) -> float:
        settings = {path: _suggested(trial, path, values) for path, values in spec.grid.items()}
        key = repr(settings)
        if key not in tried:
            levels, merit = trying(settings)
            tried[key] = Trial(settings=settings, p=max(levels.values(), default=1.0), merit=merit)
            seen.append(tried[key])
            said(f"{len(seen)} points tried, {sum(one.p < _LIKELY for one in seen)} within every floor")
        trial.set_user_attr("over", math.log(max(tried[key].p, _LEAST) / _LIKELY))
        return tried[key].merit if math.isfinite(tried[key].merit) else -1e9

    logging.getLogger("optuna").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constraints are marked as experimental in Optuna
        sampler = optuna.samplers.TPESampler(seed=seed, constraints_func=lambda trial: (trial.user_attrs["over"],))
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.optimize(objective, n_trials=trials)
    return seen


def _suggested(trial: Any, path: str, values: tuple[Any, ...]) -> Any:
    """A value between the least and the greatest of the list if all are numbers, else one of the list."""
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        return values[trial.suggest_categorical(path, list(range(len(values))))]
    if all(isinstance(value, int) for value in values) and path.rpartition(".")[2] != "temperature":
        return trial.suggest_int(path, min(values), max(values))
    low, high = float(min(values)), float(max(values))
    return float(f"{trial.suggest_float(path, low, high):.4g}") if low < high else low


def _proposed(seen: list[Trial]) -> list[Trial]:
    """The front of those within every floor, thinned evenly, both ends kept."""
    likely = [trial for trial in seen if trial.p < _LIKELY]
    front = [likely[place] for place in pareto_order([t.p for t in likely], [t.merit for t in likely])]
    if len(front) <= KEPT:
        return front
    return [front[round(step * (len(front) - 1) / (KEPT - 1))] for step in range(KEPT)]


def _write(policy: Policy, out: Path) -> None:
    data = policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = "# Written by `trimtab search`: the points of a grid are proposals, and no verdict.\n"
    try:
        out.write_text(text + yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}).", "Name another with --out.") from error
    load_policy(out)  # what is written must be a policy
