"""What the arithmetic of money costs: years of losses, the allocation of a budget, durations, a committee.

Run with `python benches/money.py`; processor seconds of one core, best of several runs. Simulated years stand beside the
time that drawing the same random numbers takes by itself, the least that any simulation of these years needs, and beside
pyfair if it is installed. Allocations stand beside a greedy choice and a random one. Seeds are fixed.
"""

import importlib.util
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable

import numpy as np

from trimtab.decision.allocation import Plan, allocate
from trimtab.decision.allocation_why import explain
from trimtab.decision.lottery import Drawn, Person, draw
from trimtab.decision.requests import Problem, Request, TailYears
from trimtab.stats.durations import Duration, done_within, time_until
from trimtab.stats.loss import YEARS, Scenario, simulate
from trimtab.stats.poisson import GammaRate
from trimtab.stats.severity import Lognormal, Pert, Severity, Spliced

SCENARIOS = 20


def seconds(work: Callable[[], object], *, runs: int = 5) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def portfolio(kind: str) -> list[Scenario]:
    """Twenty scenarios of 0.05 to 5 events a year, log-normal losses over two powers of ten."""
    rng = np.random.default_rng(1)
    found = []
    for number in range(SCENARIOS):
        rate = float(np.exp(rng.uniform(np.log(0.05), np.log(5.0))))
        low = float(np.exp(rng.uniform(np.log(1e3), np.log(3e4))))
        body = Lognormal.from_range(low, 100.0 * low)
        loss: Severity = body
        if kind == "everything":
            loss = (body, Pert(0.0, 10.0 * low, 100.0 * low), Spliced(body, 100.0 * low, 2.5))[number % 3]
        both = kind == "everything" and number % 2
        found.append(
            Scenario(
                name=f"s{number:02}",
                rate=rate if kind == "fixed rates" else GammaRate.from_range(rate / 3.0, rate * 3.0),
                loss=loss,
                secondary=body if both else None,
                secondary_chance=0.2 if both else 0.0,
                shocked=kind == "everything",
            )
        )
    return found


def limit(scenarios: list[Scenario]) -> float:
    """Drawing alone: a count for each year and scenario, a normal number for each loss, from one stream."""
    rng = np.random.Generator(np.random.Philox(1))
    drawn = [rng.poisson(one.mean_rate, YEARS) for one in scenarios]
    sizes = [int(counts.sum() * (1.0 + one.secondary_chance)) for counts, one in zip(drawn, scenarios, strict=True)]

    def work() -> None:
        for one, size in zip(scenarios, sizes, strict=True):
            rng.poisson(one.mean_rate, YEARS)
            rng.standard_normal(size)

    return seconds(work)


def years() -> None:
    print(f"{YEARS:,} years of {SCENARIOS} scenarios")
    for kind in ("fixed rates", "uncertain rates", "everything"):
        scenarios = portfolio(kind)
        shock = 0.5 if kind == "everything" else 0.0
        ours = seconds(lambda s=scenarios, v=shock: simulate(s, seed=1, shock=v))  # type: ignore[misc]
        least = limit(scenarios)
        tracemalloc.start()
        found = simulate(scenarios, seed=1, shock=shock)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        events = sum(one.mean_rate * (1.0 + one.secondary_chance) for one in scenarios) * YEARS
        apart = found.total.mean() / found.expected - 1.0
        print(
            f"{kind:16} {ours:6.3f} s = {ours / least:4.2f} x drawing ({least:.3f} s), {events / 1e6:.1f} M losses, "
            f"{peak:.0f} MB at most, mean {apart:+.2%} of the exact one"
        )


def noise() -> None:
    scenarios = portfolio("fixed rates")
    print(
        "\nhow far 20 seeds are apart: standard deviation relative to the mean; and half of what a run says of itself"
    )
    for count in (1_000, 10_000, 100_000):
        found = [simulate(scenarios, seed=seed, years=count) for seed in range(20)]
        cells = []
        for name in ("var", "cvar"):
            readings = [getattr(one, name)() for one in found]
            values = [one.value for one in readings]
            said = statistics.mean((one.noise.high - one.noise.low) / 3.92 for one in readings)
            mean = statistics.mean(values)
            cells.append(f"{name} {statistics.stdev(values) / mean:7.2%} (says {said / mean:7.2%})")
        print(f"{count:>9,} years   " + "   ".join(cells))


def peer() -> None:
    """pyfair multiplies one frequency by one magnitude for each year."""
    if importlib.util.find_spec("pyfair") is None:
        print("\npyfair is not installed: no peer")
        return
    warnings.simplefilter("ignore")
    from pyfair import FairModel  # type: ignore[import-not-found]

    rng = np.random.default_rng(1)
    rates = np.exp(rng.uniform(np.log(0.05), np.log(5.0), SCENARIOS)).tolist()

    def theirs() -> list[object]:
        found = []
        for number, rate in enumerate(rates):
            model = FairModel(name=str(number), n_simulations=YEARS, random_seed=number)
            model.input_data("Loss Event Frequency", low=rate / 3, mode=rate, high=rate * 3)
            model.input_data("Loss Magnitude", low=1e3, mode=1e4, high=1e5)
            model.calculate_all()
            found.append(model.export_results()["Risk"].to_numpy())
        return found

    def ours() -> object:
        names = [
            Scenario(name=str(n), rate=GammaRate.from_range(rate / 3, rate * 3), loss=Pert(1e3, 1e4, 1e5))
            for n, rate in enumerate(rates)
        ]
        return simulate(names, seed=1)

    times = seconds(ours, runs=3), seconds(theirs, runs=3)
    print(f"\npyfair, the same ranges: {times[1]:.2f} s against {times[0]:.2f} s of ours ({times[1] / times[0]:.1f} x)")
    one = Scenario(name="rare", rate=GammaRate.from_range(0.02, 0.3), loss=Pert(1e3, 1e5, 1e6))
    mine = simulate([one], seed=1)
    model = FairModel(name="rare", n_simulations=YEARS, random_seed=1)
    model.input_data("Loss Event Frequency", low=0.02, mode=0.1, high=0.3)
    model.input_data("Loss Magnitude", low=1e3, mode=1e5, high=1e6)
    model.calculate_all()
    risk = model.export_results()["Risk"].to_numpy()
    print(
        f"a rare scenario: years without a loss {np.mean(mine.total == 0):.0%} of ours, {np.mean(risk == 0):.0%} of pyfair's; "
        f"the worst 5 % of years are {mine.cvar().value / mine.total.mean():.1f} and {np.sort(risk)[-YEARS // 20 :].mean() / risk.mean():.1f} "
        "times an average one"
    )


def asked(count: int, seed: int, share: float, *, tail: int = 0) -> Problem:
    rng = np.random.default_rng(seed)
    names = [f"s{n}" for n in range(SCENARIOS)]
    losses = {name: float(np.exp(rng.normal(12.0, 1.2))) for name in names}
    requests = tuple(
        Request(
            name=f"r{n}",
            cost=float(np.exp(rng.normal(10.0, 0.8))),
            category=("audit", "red-team", "privacy", "tooling")[n % 4],
            team=f"t{n % 7}",
            removes={name: float(rng.uniform(0.02, 0.4)) for name in rng.choice(names, 3, replace=False)},
            needs=(f"r{n - 1}",) if n % 9 == 8 else (),
        )
        for n in range(count)
    )
    years = None
    if tail:
        rate = rng.exponential(1.0, (SCENARIOS, tail)) * (rng.random((SCENARIOS, tail)) < 0.3)
        years = TailYears(years=rate / 0.3 * np.array(list(losses.values()))[:, None])
    return Problem(
        requests=requests,
        losses=losses,
        budget=share * sum(one.cost for one in requests),
        category_shares={"audit": 0.1, "privacy": 0.1},
        tail=years,
    )


def greedy(problem: Problem) -> list[str]:
    """Take what removes most for its money while anything fits."""
    chosen: list[str] = []
    while True:
        before = problem.aim(chosen)
        fits = []
        for one in problem.requests:
            more = [*chosen, one.name]
            if (
                one.name not in chosen
                and set(one.needs) <= set(chosen)
                and problem.spent(more) <= problem.budget
                and one.cost > 0
            ):
                fits.append(((before - problem.aim(more)) / one.cost, one.name))
        if not fits or max(fits)[0] <= 0.0:
            return chosen
        chosen.append(max(fits)[1])


def at_random(problem: Problem, seed: int) -> list[str]:
    chosen: list[str] = []
    for one in np.random.default_rng(seed).permutation(np.array([one.name for one in problem.requests])).tolist():
        if problem.spent([*chosen, *problem.with_needs(one)]) <= problem.budget:
            chosen += problem.with_needs(one) - set(chosen)
    return chosen


def allocations() -> None:
    print("\nrequests   budget      s   of the loss is left: plan, greedy, at random   gap      rounds  nodes")
    for count, share, tail in (
        (14, 0.25, 0),
        (60, 0.25, 0),
        (60, 0.05, 0),
        (500, 0.05, 0),
        (500, 0.25, 0),
        (60, 0.25, 1000),
    ):
        problem = asked(count, count, share, tail=tail)
        start = time.process_time()
        found = allocate(problem)
        spent = time.process_time() - start
        assert isinstance(found, Plan)
        whole = problem.aim(())
        others = (
            problem.aim(greedy(problem)) / whole if count <= 60 else float("nan"),
            statistics.mean(problem.aim(at_random(problem, seed)) / whole for seed in range(5)),
        )
        bad = ", bad years too" if tail else ""
        known = f"{others[0]:.2%}" if count <= 60 else "-"
        print(
            f"{count:8} {share:7.0%} {spent:8.2f}   {found.aim / whole:24.2%} {known:>8} {others[1]:8.2%}   "
            f"{found.gap:8.1e} {found.rounds:5} {found.nodes:7}{bad}",
            flush=True,
        )
    problem = asked(60, 60, 0.25)
    found = allocate(problem)
    assert isinstance(found, Plan)
    print(f"explaining the second: {seconds(lambda: explain(problem, found), runs=1):.2f} s")


def others() -> None:
    rng = np.random.default_rng(5)
    print()
    for count in (100, 1_000):
        true, age = rng.weibull(0.7, count) * 10.0, rng.uniform(0.0, 40.0, count)
        time_, still = np.minimum(true, age), age < true
        known = [Duration(t, t, bool(o)) for t, o in zip(time_.tolist(), still.tolist(), strict=True)]
        blurred = [
            Duration(t, t + (2.0 if n % 10 == 0 else 0.0), one.open) for n, one in enumerate(known) for t in [one.least]
        ]
        cells = [
            1e3 * seconds(work, runs=3)
            for work in (
                lambda k=known: done_within(k, 7.0),
                lambda k=known: time_until(k, 0.9),
                lambda b=blurred: time_until(b, 0.9),
            )
        ]
        print(
            f"{count:,} durations: within a limit {cells[0]:.2f} ms, p90 {cells[1]:.1f} ms, "
            f"p90 with a tenth of the starts unknown {cells[2]:.0f} ms"
        )
    people = [Person(name=f"p{n}", function=f"f{n % 5}", outside=n % 11 == 0) for n in range(2_000)]

    def committee() -> None:
        assert isinstance(draw(people, size=12, quarter=1, seed="s"), Drawn)

    print(f"a committee of 12 from 2,000: {1e3 * seconds(committee):.0f} ms")


if __name__ == "__main__":
    years()
    noise()
    peer()
    allocations()
    others()
