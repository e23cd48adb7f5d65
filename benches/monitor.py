"""How soon a monitor tells of an incident, how often it cries wolf, and how quickly it counts.

Run with `python benches/monitor.py`. Simulated products with a tolerated share of bad events of 0.1 %, seeds fixed:

- an incident of 5 % (and of 1 and 0.3 %) begins: minutes until the first page, median and 90th percentile of 200 runs, by
  burn rates under the low-traffic rule and by the e-detector with one false alarm a year;
- a healthy product at its objective and at half of it: share of minutes in which a burn rate pages, with the low-traffic
  rule and without, and alarms of the e-detector a year;
- seconds for a year of minutes with all windows, and for one more minute.
"""

import time

import numpy as np

from trimtab.decision.error_budget import DAY_MINUTES, MINUTE, PAIRS, Counts, Terms, assess, history
from trimtab.stats.e_detector import ALTERNATIVES, step

TOLERATED = 0.001
TERMS = Terms(metric="leak", tolerated=TOLERATED, days=30)
RUNS = 200
GOOD_HOURS, BAD_HOURS = 72, 48


def first(found):
    """Minutes to the first True of each row; infinite where there is none."""
    return np.where(found.any(axis=1), found.argmax(axis=1) + 1.0, np.inf)


def detected(valid, bad, *, years=1.0, restart=False):
    """By minute, whether the e-detector alarms; one row a run."""
    logs = np.full((len(valid), ALTERNATIVES), -np.inf)
    found = np.zeros(valid.shape, bool)
    for minute in range(valid.shape[1]):
        logs = step(logs, bad[:, minute], valid[:, minute], 1 / DAY_MINUTES, at_most=TOLERATED)
        found[:, minute] = np.exp(np.minimum(logs, 600)).sum(axis=1) >= 365.0 * years
        if restart:
            logs[found[:, minute]] = -np.inf
    return found


def incidents():
    print(f"minutes from the beginning of an incident to the first page, {RUNS} runs each: median (90th percentile)")
    print(f"{'events/h':>9}{'bad':>7}{'burn rates':>18}{'e-detector':>18}{'first of both':>18}")
    for hourly in (30, 600, 6000):
        for share in (0.05, 0.01, 0.003):
            generator = np.random.default_rng(hourly + int(1000 * share))
            good, bad_for = GOOD_HOURS * 60, BAD_HOURS * 60
            valid = generator.poisson(hourly / 60, (RUNS, good + bad_for))
            risk = np.where(np.arange(good + bad_for) < good, TOLERATED / 2, share)
            bad = generator.binomial(valid, risk)
            burnt = np.array([history(TERMS, v, b).counts[:2].any(axis=0) for v, b in zip(valid, bad, strict=True)])
            alarmed = detected(valid, bad)
            found = [first(one[:, good:]) for one in (burnt, alarmed, burnt | alarmed)]
            cells = [f"{np.median(one):.0f} ({np.quantile(one, 0.9, method='higher'):.0f})" for one in found]
            print(f"{hourly:>9}{share:>7.1%}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


def wolves():
    print("\nhealthy products, a year each: share of minutes that page, and alarms of the e-detector a year")
    print(f"{'events/h':>9}{'bad':>7}{'burn rates':>13}{'without the rule':>18}{'e-detector':>12}   (20 products)")
    for hourly in (30, 600):
        for share in (TOLERATED, TOLERATED / 2):
            generator = np.random.default_rng(hourly)
            minutes = 365 * DAY_MINUTES
            valid = generator.poisson(hourly / 60, minutes)
            bad = generator.binomial(valid, share)
            with_rule = history(TERMS, valid, bad).counts[:2].any(axis=0).mean()
            without = naive(valid, bad).mean()
            hours = generator.poisson(hourly, (20, 365 * 24))
            logs = np.full((20, ALTERNATIVES), -np.inf)
            alarms = 0
            for hour in range(hours.shape[1]):
                wrong = generator.binomial(hours[:, hour], share)
                logs = step(logs, wrong, hours[:, hour], 1 / 24, at_most=TOLERATED)
                loud = np.exp(np.minimum(logs, 600)).sum(axis=1) >= 365.0
                alarms += int(loud.sum())
                logs[loud] = -np.inf
            print(f"{hourly:>9}{share:>7.2%}{with_rule:>13.4%}{without:>18.2%}{alarms / 20:>12.2f}", flush=True)


def naive(valid, bad):
    """Pages of the two quickest pairs by rates alone."""
    sums = np.concatenate([np.zeros((2, 1)), np.cumsum([valid, bad], axis=1)], axis=1)
    minutes = np.arange(len(valid))
    paged = np.zeros(len(valid), bool)
    for pair in PAIRS[:2]:
        over = [sums[:, 1:] - sums[:, np.maximum(minutes + 1 - window, 0)] for window in (pair.long, pair.short)]
        paged |= np.logical_and(*(wrong > pair.rate * TOLERATED * events for events, wrong in over))
    return paged


def speed():
    generator = np.random.default_rng(0)
    valid = generator.poisson(10, 365 * DAY_MINUTES)
    bad = generator.binomial(valid, 0.002)
    years = []
    for _ in range(9):
        begun = time.process_time()
        history(TERMS, valid, bad)
        years.append(time.process_time() - begun)
    year = float(np.median(years))
    rows = [(n, int(v), int(b)) for n, (v, b) in enumerate(zip(valid, bad, strict=True))]
    counts = Counts.of(rows).gathered(now=len(valid), days=30)
    begun = time.process_time()
    for minute in range(50):
        counts = counts.with_more([(len(valid) + minute, 10, 0)])
        assess(TERMS, counts, at=(len(valid) + minute) * MINUTE)
    one = (time.process_time() - begun) / 50
    print(
        f"\na year of minutes with all windows: {year:.3f} s of one core; one more minute, and the state after it: {one * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    incidents()
    wolves()
    speed()
