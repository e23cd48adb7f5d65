"""How quick an estimate is, beside what a team would otherwise reach for.

Run with `python benches/stats.py`. For every shape and for 100 and 10,000
outcomes, alone and in clusters of 5: milliseconds of one core for
`trimtab.stats.estimate`, the median of several runs, beside a peer on the same
numbers. Peers are given plain arrays and know neither clusters nor missing
cases, so the comparison favours them: statsmodels' Clopper-Pearson, and
SciPy's BCa bootstrap with its default 9,999 resamples.
"""

import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
from scipy.stats import bootstrap
from statsmodels.stats.proportion import proportion_confint

from trimtab.kinds import Missing, Score, Shape
from trimtab.stats import estimate

Outcomes = list[tuple[str, Score | Missing]]
CELLS = ["tp", "fp", "fn", "tn"]
PEER_CLUSTER = 5


def outcomes(shape: Shape, count: int, cluster: int) -> Outcomes:
    rng = np.random.default_rng(count)
    rare, heavy = (rng.random(count) < 0.03).astype(float), rng.lognormal(0.0, 0.7, count)
    cells = rng.choice(CELLS, count, p=[0.4, 0.1, 0.1, 0.4])
    values = {Shape.RATE: rare, Shape.GAP: rare, Shape.MEAN: rng.beta(2, 5, count)}.get(shape, heavy)
    groups = {Shape.GAP: ["ab"[i % 2] for i in range(count)]}.get(shape, [str(cell) for cell in cells])
    return [
        (f"c{i // cluster}", Score(value=float(values[i]), per=20.0, group=groups[i], at=1e9 + i * 0.05))
        for i in range(count)
    ]


def peer(shape: Shape, rows: Outcomes) -> tuple[str, Callable[[], object] | None]:
    """The nearest thing on the shelf; None where one would have to write it."""
    scores = [outcome for _, outcome in rows if isinstance(outcome, Score)]
    values = np.array([score.value for score in scores])
    cells = np.array([score.group for score in scores])
    if shape is Shape.RATE:
        return "statsmodels beta", lambda: proportion_confint(int(values.sum()), len(values), 0.1, method="beta")
    if shape in (Shape.PRECISION, Shape.RECALL):
        relevant = cells[(cells == "tp") | (cells == ("fp" if shape is Shape.PRECISION else "fn"))]
        return "statsmodels beta", lambda: proportion_confint(
            int((relevant == "tp").sum()), len(relevant), 0.1, method="beta"
        )
    statistic = {
        Shape.MEAN: np.mean,
        Shape.AVERAGE: np.mean,
        Shape.RATIO: np.mean,
        Shape.P50: np.median,
        Shape.P95: lambda x, axis: np.quantile(x, 0.95, axis=axis),
    }.get(shape)
    if statistic is None:
        return "none found", None
    # In batches, or 9,999 resamples of 10,000 numbers take 800 MB.
    method = "BCa" if len(values) <= 1000 else "percentile"  # BCa's jackknife of 10,000 needs as much again
    return f"scipy {method}", lambda: bootstrap(
        (values,), statistic, confidence_level=0.9, method=method, batch=200, rng=np.random.default_rng(0)
    )


def milliseconds(work: Callable[[], object], *, least: float = 0.5) -> float:
    """Median of processor time; at least three runs and `least` seconds."""
    times: list[float] = []
    while len(times) < 3 or (sum(times) < least and len(times) < 50):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1e3


def main() -> None:
    warnings.simplefilter("ignore")  # SciPy warns where a statistic has no spread
    print(
        f"{'shape':12}{'outcomes':>9}{'alone':>10}{'clusters':>10}{'peer':>10}   ms of one core; peer, on cases alone"
    )
    for shape in Shape:
        for count in (100, 10_000):
            alone, clustered = outcomes(shape, count, 1), outcomes(shape, count, PEER_CLUSTER)
            ours = milliseconds(lambda shape=shape, rows=alone: estimate(shape, rows, level=0.9))  # type: ignore[misc]
            grouped = milliseconds(lambda shape=shape, rows=clustered: estimate(shape, rows, level=0.9))  # type: ignore[misc]
            name, work = peer(shape, alone)
            theirs = f"{milliseconds(work):10.1f}" if work else f"{'-':>10}"
            print(f"{shape.value:12}{count:>9,}{ours:10.1f}{grouped:10.1f}{theirs}   {name}", flush=True)


if __name__ == "__main__":
    main()
