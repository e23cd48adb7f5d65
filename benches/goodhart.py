"""What watching a measure costs, and what it saves: alarms about a gap to gold, and thresholds for giving answers.

Two tables, simulated with fixed seeds. The first: 40 checkpoints with 50 marks each, a measure that never flatters by
more than the bound of 5 points, and one that begins to at checkpoint 11. The second: a threshold that should keep wrong
answers among those given at most 5 %.
"""

import argparse
import math

import numpy as np
from scipy.stats import ttest_1samp

from trimtab.stats.drift import growth, slope
from trimtab.stats.release import GRID, release_threshold

BOUND, ALPHA, MARKS, STEPS, GOOD = 0.05, 0.05, 50, 40, 10


def step(generator, gap):
    noise = max(0.2, abs(gap))
    return generator.choice([1.0, -1.0, 0.0], MARKS, p=[(noise + gap) / 2, (noise - gap) / 2, 1 - noise])


def by_evidence(steps):
    return growth(steps, BOUND).first(ALPHA)


def by_slope(steps):
    """Alarm when the last five steps rise by a point each, and the last is above the bound."""
    for at in range(5, len(steps) + 1):
        rise = slope(steps[:at])
        if rise is not None and rise > 0.01 and np.mean(steps[at - 1]) > BOUND:
            return at - 1
    return None


def by_t_test(steps):
    """Alarm at the first step whose own marks are significantly above the bound."""
    for at, seen in enumerate(steps):
        if np.std(seen) > 0 and ttest_1samp(seen, BOUND, alternative="greater").pvalue < ALPHA:
            return at
    return None


def alarms(runs):
    rules = {
        "betting, looked at after each step": by_evidence,
        "t-test at each step": by_t_test,
        "slope of the last five": by_slope,
    }
    print(f"{'rule':38}{'false alarm':>12}{'at the bound':>14}   alarms before, missed, median delay; gap opens to")
    print(f"{'':64}   {'10 points':>14}{'15 points':>14}{'20 points':>14}")
    for name, rule in rules.items():
        cells = []
        for gap in (0.0, BOUND):
            generator = np.random.default_rng(1)
            found = [rule([step(generator, gap) for _ in range(STEPS)]) for _ in range(runs)]
            cells.append(np.mean([one is not None for one in found]))
        delays = []
        for gap in (0.10, 0.15, 0.20):
            generator = np.random.default_rng(2)
            early, late = 0, []
            for _ in range(runs):
                steps = [step(generator, 0.0) for _ in range(GOOD)] + [
                    step(generator, gap) for _ in range(STEPS - GOOD)
                ]
                first = rule(steps)
                if first is not None and first < GOOD:
                    early += 1  # before anything was wrong: no merit of the rule's
                else:
                    late.append(math.inf if first is None else first - GOOD + 1)
            missed = np.mean(np.isinf(late)) if late else math.nan
            delays.append(f"{early / runs:.2f} {missed:.2f} {np.median(late) if late else math.nan:.0f}")
        print(f"{name:38}{cells[0]:12.3f}{cells[1]:14.3f}   " + "".join(f"{one:>14}" for one in delays))


def naive(sure, right, error):
    """The least threshold at which few enough were wrong, as seen."""
    for threshold in sorted(GRID):
        given = sure >= threshold
        if given.any() and 1 - right[given].mean() <= error:
            return threshold
    return None


def thresholds(runs):
    error = 0.05
    grid = np.linspace(0, 1, 4001)
    # Confidence is the square root of a uniform number, so its density is 2c.
    chance = lambda sure: np.clip(1 - 1.2 * (1 - sure) ** 1.3, 0, 1)  # noqa: E731
    true = {t: float(np.average(1 - chance(grid[grid >= t]), weights=grid[grid >= t])) for t in GRID}
    best = min(t for t in GRID if true[t] <= error)
    print(f"\n{'answers':>8}{'rule':>18}{'too many wrong':>16}{'none found':>12}{'coverage of the best':>22}")
    for answers in (300, 1000, 5000):
        for name in ("naive", "calibrate"):
            generator = np.random.default_rng(3)
            broken, none, coverage = 0, 0, []
            for _ in range(runs):
                sure = np.sqrt(generator.random(answers))
                right = generator.random(answers) < chance(sure)
                if name == "naive":
                    taken = naive(sure, right, error)
                else:
                    found = release_threshold(zip(sure, right, strict=True), error=error, level=0.9)
                    taken = found.threshold if found else None
                none += taken is None
                if taken is not None:
                    broken += true[round(taken, 2)] > error
                    coverage.append((1 - taken**2) / (1 - best**2))
            mean = np.mean(coverage) if coverage else float("nan")
            print(f"{answers:8,}{name:>18}{broken / runs:16.3f}{none / runs:12.3f}{mean:22.1%}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    runs = parser.parse_args().runs
    alarms(runs)
    thresholds(runs)


if __name__ == "__main__":
    main()
