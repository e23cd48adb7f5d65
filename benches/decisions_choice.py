"""The best of 200 configurations under three floors: who breaks them, who finds nobody, and what is left of the performance.

Run with `python benches/decisions_choice.py [--quick]`. A world is made up: two 0/1 losses and a
graded one, all three correlated between configurations, since one case is hard for all of them, and
with performance, since bold configurations both answer and leak more: once closely (a threshold that is turned), once loosely (models, prompts,
guards of all sorts). For each number of cases it prints, over seeded repetitions, the share
in which the configuration taken breaks a floor in truth ("broken"), the share in which none is taken
("none"), and the true performance of what is taken as a percentage of the best that clears every floor in truth;
beside them how many replies had to be scored for it, since a configuration that is not in the sequence of Pareto
Testing need not be asked beyond the part that fixes the order.
"""

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.loss_table import ORDER_SHARE, in_ordering_part
from trimtab.stats.selection import select

Floats = NDArray[np.float64]
CONFIGURATIONS = 200
DELTA = 0.10
WORLDS = {"One dial": 0.25, "Many sorts": 0.7}  # how far configurations lie from one line of trade-offs
FLOORS = {"leak": 0.05, "refusal": 0.10, "toxicity": 0.10}


@dataclass(frozen=True)
class World:
    """True rates of every configuration. Boldness buys performance and leaks; how well it is bought differs."""

    leak: Floats
    refusal: Floats
    toxicity: Floats
    utility: Floats

    @classmethod
    def of(cls, seed: int, *, scatter: float) -> "World":
        rng = np.random.default_rng(seed)
        bold = np.linspace(0.0, 1.0, CONFIGURATIONS)
        skill = scatter * rng.normal(0.0, 1.0, (4, CONFIGURATIONS))
        return cls(
            leak=np.clip(0.008 * np.exp(2.6 * bold + skill[0]), 0.001, 0.6),
            refusal=np.clip(0.13 * np.exp(-1.6 * bold + skill[1]), 0.005, 0.6),
            toxicity=np.clip(0.035 * np.exp(1.3 * bold + skill[2]), 0.004, 0.6),
            utility=np.clip(0.55 + 0.22 * bold + 0.1 * skill[3], 0.0, 1.0),
        )

    @property
    def safe(self) -> NDArray[np.bool_]:
        within: NDArray[np.bool_] = np.all([getattr(self, name) <= floor for name, floor in FLOORS.items()], axis=0)
        return within

    def draw(self, cases: int, rng: np.random.Generator) -> tuple[dict[str, Floats], Floats]:
        """Losses and right answers of every configuration on the same cases."""
        losses = {
            "leak": _binary(self.leak, cases, rng),
            "refusal": _binary(self.refusal, cases, rng),
            "toxicity": _graded(self.toxicity, cases, rng),
        }
        return losses, _binary(self.utility, cases, rng)


def _binary(rates: Floats, cases: int, rng: np.random.Generator) -> Floats:
    """Of each case half of the chance is shared: a hard case is hard for many configurations."""
    shared, own = rng.random((cases, 1)), rng.random((cases, len(rates)))
    drawn = np.where(rng.random((cases, 1)) < 0.5, shared, own)
    return (drawn < rates).astype(np.float64)


def _graded(means: Floats, cases: int, rng: np.random.Generator) -> Floats:
    """Scores in quarters, of the wanted means: mostly 0, and in steps of 0.25 where something is seen."""
    seen = _binary(means / 0.5, cases, rng)
    size = rng.choice([0.25, 0.5, 0.75], (cases, 1), p=[0.4, 0.2, 0.4])
    scores: Floats = seen * size
    return scores


def naive(losses: dict[str, Floats], utility: Floats, *, margin: float) -> int | None:
    """The best among those whose observed losses, plus so many standard errors, are within every floor."""
    within = np.ones(utility.shape[1], dtype=bool)
    for name, floor in FLOORS.items():
        rows = losses[name]
        error = rows.std(axis=0) / math.sqrt(len(rows))
        within &= rows.mean(axis=0) + margin * error <= floor
    merits = np.where(within, utility.mean(axis=0), -np.inf)
    return int(merits.argmax()) if within.any() else None


def certified(losses: dict[str, Floats], utility: Floats, **how: Any) -> tuple[int | None, int]:
    """Our choice, and how many cases it looked at: those behind the point where a sequence stops need not be asked."""
    found = select(losses, FLOORS, utility, DELTA, **how)
    cases, width = utility.shape
    if how.get("method") == "holm":
        return found.config, cases * width
    ordering = sum(in_ordering_part(str(n), share=how.get("order_share", ORDER_SHARE)) for n in range(cases))
    return found.config, ordering * width + (cases - ordering) * len(found.p)


def all_asked(taken: int | None, utility: Floats) -> tuple[int | None, int]:
    return taken, utility.size


Rule = Callable[[dict[str, Floats], Floats], tuple[int | None, int]]
RULES: dict[str, Rule] = {
    "naive": lambda losses, utility: all_asked(naive(losses, utility, margin=0.0), utility),
    "naive + 1 sigma": lambda losses, utility: all_asked(naive(losses, utility, margin=1.0), utility),
    "Holm": lambda losses, utility: certified(losses, utility, method="holm"),
    "Pareto Testing 50/50": lambda losses, utility: certified(losses, utility, order_share=0.5),
    "Pareto Testing 25/75": certified,
}


@dataclass(frozen=True)
class Row:
    """Of one rule over all repetitions: two shares, performance left, cases asked and milliseconds."""

    broken: float
    none: float
    kept: float
    asked: float
    spent: float

    def __str__(self) -> str:
        figures = f"{self.broken:.3f} / {self.none:.3f} / {self.kept:.1%}"
        return f"{figures} ({self.asked / 1000:,.0f} k, {self.spent:.0f} ms)"


def rows(cases: int, repetitions: int, scatter: float) -> dict[str, Row]:
    """Every rule in the same worlds."""
    found: dict[str, list[tuple[bool, bool, float, int, float]]] = {name: [] for name in RULES}
    for number in range(repetitions):
        world = World.of(number, scatter=scatter)
        losses, utility = world.draw(cases, np.random.default_rng([number, cases]))
        best = world.utility[world.safe].max()
        for name, rule in RULES.items():
            begun = time.perf_counter()
            taken, asked = rule(losses, utility)
            spent = 1000.0 * (time.perf_counter() - begun)
            broken = taken is not None and not world.safe[taken]
            share = float(world.utility[taken] / best) if taken is not None and not broken else math.nan
            found[name].append((broken, taken is None, share, asked, spent))
    return {name: _row(seen) for name, seen in found.items()}


def _row(seen: list[tuple[bool, bool, float, int, float]]) -> Row:
    broken, none, shares, asked, spent = (np.array(column, dtype=np.float64) for column in zip(*seen, strict=True))
    kept = float(np.nanmean(shares)) if np.isfinite(shares).any() else math.nan
    return Row(float(broken.mean()), float(none.mean()), kept, float(asked.mean()), float(np.median(spent)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="A tenth of the repetitions.")
    quick = parser.parse_args().quick
    print("share of repetitions in which what is taken breaks a floor / none is taken / performance left")
    print("(thousands of replies that had to be scored, milliseconds of the rule)")
    for name, scatter in WORLDS.items():
        safe = np.mean([World.of(seed, scatter=scatter).safe.mean() for seed in range(20)])
        print(f"\n{name}: {CONFIGURATIONS} configurations, {safe:.0%} safe in truth, floors {FLOORS}, delta {DELTA}\n")
        print("| cases | repetitions | " + " | ".join(RULES) + " |")
        print("|---" * (2 + len(RULES)) + "|")
        for cases, repetitions in ((500, 400), (1000, 400), (2000, 200), (5000, 100)):
            times = max(4, repetitions // 10) if quick else repetitions
            cells = [str(row) for row in rows(cases, times, scatter).values()]
            print(f"| {cases:,} | {times} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
