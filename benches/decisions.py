"""What stopping early saves, and what it does not cost: ours, the fixed sample, and the rules that others use.

    python benches/decisions.py [--trials N]

Calls and error rates of floors are exact sums over outcomes; everything else is simulated from a fixed seed.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from trimtab.stats import outlook
from trimtab.stats.binomial import most_rate
from trimtab.stats.bounded import first_proof, log_evidence
from trimtab.stats.sequential import boundaries

Bools = NDArray[np.bool_]

FLOOR, ALPHA = 0.02, 0.05
FIXED = 1272  # the fixed sample with 90 % power at 1 %


def saved() -> None:
    """Calls until a floor of 2 % is decided, against the fixed sample."""
    print(f"\n== floor {FLOOR:.0%} at 95 %: calls until it is decided (fixed sample: {FIXED:,}) ==")
    print(f"{'true rate':>9} {'mean':>7} {'median':>7} {'90 %':>7} {'saved':>6}  proved refuted hopeless")
    for rate in (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1):
        seen = outlook(FLOOR, rate, side="at_most", alpha=ALPHA, most=20_000)
        print(
            f"{rate:9.1%} {seen.mean:7,.0f} {seen.likely:7,} {seen.often:7,} {1 - seen.mean / FIXED:6.0%}"
            f"  {seen.proved:6.3f} {seen.refuted:7.3f} {seen.hopeless:8.3f}"
        )


def concurrency(trials: int) -> None:
    """False PASS of a model exactly at the floor when calls are in flight and failures are slower."""
    print(f"\n== true rate {FLOOR:.0%}, floor {FLOOR:.0%}, 3,000 calls at most: passes, {trials} trials ==")
    print(f"{'in flight':>9} {'slower':>6} {'as they come':>13} {'drawn order':>12}")
    rng = np.random.default_rng(1)
    for window in (1, 50, 200):
        for slow in (1, 5, 20):
            as_come = drawn = 0
            for _ in range(trials):
                fails = rng.random(3000) < FLOOR
                as_come += _passes(fails[_arrivals(rng, fails, window, slow)])
                drawn += _passes(fails)
            print(f"{window:9} {slow:5}x {as_come / trials:13.3f} {drawn / trials:12.3f}")


def _passes(fails: Bools) -> bool:
    return first_proof(np.where(fails, 0.0, 1.0), 1.0 - FLOOR, alpha=ALPHA) is not None


def _arrivals(rng: np.random.Generator, fails: Bools, window: int, slow: float) -> NDArray[np.int64]:
    """The order in which answers come from a pool of workers, the first 3,000 of them that end."""
    takes = rng.exponential(1.0, len(fails)) * np.where(fails, slow, 1.0)
    free = np.zeros(window)
    ends = np.empty(len(fails))
    for place, long in enumerate(takes):
        worker = int(free.argmin())
        free[worker] += long
        ends[place] = free[worker]
    return np.argsort(ends, kind="stable")


def naive() -> None:
    """The rule "observed rate at most the floor", which most tools use, beside an exact bound and ours."""
    print("\n== passes, by rule: observed rate <= 2 % | Clopper-Pearson once | ours, stopping early ==")
    print(f"{'n':>6} " + " ".join(f"{f'at {rate:.1%}':>22}" for rate in (0.005, 0.02, 0.025, 0.03, 0.05)))
    for n in (100, 300, 1000):
        cells = []
        for rate in (0.005, 0.02, 0.025, 0.03, 0.05):
            counts = np.arange(n + 1)
            chance = binom.pmf(counts, n, rate)
            plain = chance[counts / n <= FLOOR].sum()
            once = chance[[most_rate(int(k), n, tail=ALPHA) <= FLOOR for k in counts]].sum()
            ours = outlook(FLOOR, rate, side="at_most", alpha=ALPHA, most=n).proved
            cells.append(f"{plain:6.1%} {once:6.1%} {ours:6.1%}")
        print(f"{n:6,} " + " ".join(f"{cell:>22}" for cell in cells))


def gates(trials: int) -> None:
    """The pairs that other release gates were run on: how often ours lets the candidate through, margin 1 point."""
    print(f"\n== paired gate, margin 1 point, {trials} trials: pass / refuted / open, by pairs ==")
    print(
        "   peers on the same pairs, five times worse (0.5 -> 2.5 %): NeMo Evaluator's gate says GO in 78 / 40 / 13 / 2 %,"
    )
    print(
        "   evalproof exits 0 in 100 / 100 / 97 / 48 % at n = 10 / 30 / 100 / 300 (shared/reference/statistics.md, 8)"
    )
    rng = np.random.default_rng(2)
    kinds: dict[str, tuple[float, float]] = {
        "unchanged 1 %": (0.01, 0.0),
        "0.5 -> 2.5 %": (0.005, 0.02),
        "1 -> 6 %": (0.01, 0.05),
    }
    sizes = (10, 30, 100, 300, 1000)
    print(f"{'':16}" + "".join(f"{f'n = {n:,}':>20}" for n in sizes))
    for name, (base, more) in kinds.items():
        cells = []
        for n in sizes:
            counts = {"pass": 0, "fail": 0}
            for _ in range(trials):
                old = rng.random(n) < base
                # The new one fails where the old one does, and now and then elsewhere: answers are alike.
                new = old | (rng.random(n) < more / (1 - base))
                values = (1.0 + new.astype(float) - old) / 2.0
                counts["pass"] += first_proof(1.0 - values, (1.0 - 0.01) / 2.0, alpha=ALPHA) is not None
                counts["fail"] += first_proof(values, (1.0 + 0.01) / 2.0, alpha=ALPHA) is not None
            ok, bad = counts["pass"] / trials, counts["fail"] / trials
            cells.append(f"{ok:.0%} / {bad:.0%} / {max(0.0, 1 - ok - bad):.0%}")
        print(f"{name:16}" + "".join(f"{cell:>20}" for cell in cells))


def speed() -> None:
    """What looking costs."""
    print("\n== speed ==")
    rng = np.random.default_rng(3)
    values = (rng.random(10_000) >= 0.01).astype(np.float64)
    _timed("look at all beginnings of 10,000 answers", lambda: first_proof(values, 0.98, alpha=1e-9))
    _timed("look once at 10,000 answers", lambda: log_evidence(values, 0.98))
    fresh = (0.05 + n * 1e-6 for n in range(100))  # another error each time, since tables are kept
    _timed(
        "table of 100 boundaries",
        lambda: boundaries(0.02, side="at_most", alpha=next(fresh), most_failures=100),
    )
    _timed("look ahead over 5,000 units, exactly", lambda: outlook(0.02, 0.01, side="at_most", alpha=0.05, most=5000))


def _timed(what: str, call: Callable[[], object]) -> None:
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    print(f"{what:45} {min(took) * 1000:8.2f} ms")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--trials", type=int, default=300)
    count = arguments.parse_args().trials
    saved()
    naive()
    gates(count)
    concurrency(count)
    speed()
