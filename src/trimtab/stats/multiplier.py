"""How much a soft cost weighs in the reward: as much as keeps its rate within bounds, and no more.

Once a step, on the raw rate q of all completions of all processes, never on normalised values:

    q*  = clip((q - f) / (s - f), 0, 1)                          where the detector's rates s and f are known
    e   = min(1, q* + z sqrt(q (1 - q) / n) / (s - f)) - d       above the bound d, noise counted against the policy
    P   = w P' + (1 - w) e                                       smoothed
    I   = clip(I' + Ki e, 0, cap)                                no more is remembered than can be used
    lam = clip(Kp P + I + Kd max(0, P - P'), 0, cap)

A multiplier holds no floor by itself. In a group that is unsafe throughout it changes nothing, and how much it takes
is learned from violations. It is for what may happen sometimes; what must not happen is a tier (`trimtab.stats.tiers`),
and that a policy keeps a bound is shown by measuring it. A floor of the kind "at least" is a bound on its complement:
pass what was not achieved as violations. Without any violation no noise is allowed for, or few completions could never
lower it.

Source:
    Stooke, Achiam & Abbeel (2020), Responsive safety in reinforcement learning by PID Lagrangian methods,
    arXiv:2007.03964; Sohrabi et al. (2024), On PI controllers for updating Lagrange multipliers, arXiv:2406.04558, for
    the smoothed error; Rogan & Gladen (1978), American Journal of Epidemiology 107(1), 71-76, for q* and its variance.
"""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """What is fixed for a training run, for one soft cost."""

    bound: float  # highest rate tolerated, in [0, 1)
    kp: float = 2.0
    ki: float = 0.1
    kd: float = 1.0
    cap: float = 10.0  # the most that the multiplier becomes, > 0
    z: float = 1.0  # standard errors by which the rate is taken to be worse than seen
    smooth: float = 0.9  # share of the old error that stays, in [0, 1)

    def __post_init__(self) -> None:
        gains = (self.kp, self.ki, self.kd, self.z)
        if not all(0.0 <= gain < math.inf for gain in gains):
            raise ValueError("gains and z must be finite and not negative")
        if not (0.0 <= self.bound < 1.0 and 0.0 < self.cap < math.inf and 0.0 <= self.smooth < 1.0):
            raise ValueError(f"out of range: {self.bound=}, {self.cap=}, {self.smooth=}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held from step to step; part of a checkpoint, since beginning anew forgets what was learned."""

    value: float = 0.0  # the multiplier to use, in [0, cap]
    p: float = 0.0  # smoothed error
    i: float = 0.0  # summed error
    steps: int = 0
    unscored: int = 0  # steps of these without a scored completion
    at_cap: int = 0  # scored steps in a row that left it at its cap

    def __post_init__(self) -> None:
        if not (0.0 <= self.value < math.inf and 0.0 <= self.i < math.inf and math.isfinite(self.p)):
            raise ValueError(f"not a state of a multiplier: {self.value=}, {self.p=}, {self.i=}")
        if not (0 <= self.unscored <= self.steps and 0 <= self.at_cap <= self.steps):
            raise ValueError(f"not a state of a multiplier: {self.steps=}, {self.unscored=}, {self.at_cap=}")


def advance(
    controller: Controller,
    state: Held,
    violations: float,
    scored: float,
    *,
    n_eff: float | None = None,
    sensitivity: float | None = None,
    false_alarm: float | None = None,
) -> Held:
    """The state after one more step.

    Args:
        controller: What is fixed.
        state: After the step before; `Held()` at first.
        violations: Sum of the cost over the scored completions of all processes, in [0, scored]. A multiplier kept
            by each process for itself would drift apart from the others.
        scored: How many completions the sum is over. One whose check crashed is a violation among them.
        n_eff: How many independent ones they are worth, in (0, scored]: fewer where those of one prompt are alike.
            None takes them all for independent.
        sensitivity: Probability that the detector sees a violation, if it was audited.
        false_alarm: Probability that it sees one where there is none. Both or neither.

    Returns:
        Without a scored completion the same multiplier, and one step more that was unscored.

    Raises:
        ValueError: An argument is outside its range, or the rates of the detector say nothing (sensitivity not above
            false alarms).
    """
    if not (0.0 <= violations <= scored < math.inf):
        raise ValueError(f"out of range: {violations=}, {scored=}")
    floor, sharpness = _audit(sensitivity, false_alarm)
    if scored == 0:
        return replace(state, steps=state.steps + 1, unscored=state.unscored + 1)
    trials = scored if n_eff is None else n_eff
    if not 0.0 < trials <= scored:
        raise ValueError(f"out of range: {n_eff=} of {scored=}")
    seen = violations / scored
    true = min(max((seen - floor) / sharpness, 0.0), 1.0)
    noise = controller.z * math.sqrt(seen * (1.0 - seen) / trials) / sharpness
    error = min(1.0, true + noise) - controller.bound
    p = controller.smooth * state.p + (1.0 - controller.smooth) * error
    i = _within(state.i + controller.ki * error, controller.cap)
    value = _within(controller.kp * p + i + controller.kd * max(0.0, p - state.p), controller.cap)
    return Held(
        value=value,
        p=p,
        i=i,
        steps=state.steps + 1,
        unscored=state.unscored,
        at_cap=state.at_cap + 1 if value >= controller.cap else 0,
    )


def capped(state: Held, steps: int) -> bool:
    """Whether the multiplier has been at its cap for so many scored steps in a row, >= 1: it can do no more."""
    if steps < 1:
        raise ValueError(f"out of range: {steps=}")
    return state.at_cap >= steps


def _audit(sensitivity: float | None, false_alarm: float | None) -> tuple[float, float]:
    """The rate that is seen where nothing happens, and by how much more is seen where all do."""
    if sensitivity is None and false_alarm is None:
        return 0.0, 1.0
    if sensitivity is None or false_alarm is None:
        raise ValueError("a correction takes both the sensitivity and the false-alarm rate")
    if not 0.0 <= false_alarm < sensitivity <= 1.0:
        raise ValueError(f"a detector that tells nothing apart: {sensitivity=}, {false_alarm=}")
    return false_alarm, sensitivity - false_alarm


def _within(value: float, cap: float) -> float:
    return min(max(value, 0.0), cap)
