"""What measuring a candidate will cost, before anything is asked: pure arithmetic on a policy and what is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.kinds import Shape
from trimtab.policy.model import Floor, Policy
from trimtab.stats import Outlook, Side, outlook, share_of_look

Scene = str  # "good", "floor", "bad"

SCENES: Mapping[Scene, str] = {
    "good": "as good as expected",
    "floor": "exactly at the floor",
    "bad": "failing at twice the odds",
}
_FORESEEN = {Shape.RATE, Shape.MEAN}
_LIKELY = 0.5  # a floor that a good candidate is less likely to prove ends its run early, as a bad one's
_FIRST = 16  # cases of every suite that are asked before any is preferred


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteSize:
    """Cases of a suite, the independent units among them, and whether it is asked to its end whatever is decided.

    `turns` are the calls that an average case takes.
    """

    cases: int
    units: int
    whole: bool = False
    turns: float = 1.0

    @property
    def calls(self) -> float:
        """What all its cases take."""
        return self.cases * self.turns


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorForecast:
    """One floor: the rate expected of a good candidate, where that comes from, and an outlook for each scene.

    Outlooks count independent units. There are none for shapes that cannot be foreseen; their suites are taken whole.
    """

    metric: str
    suite: str
    floor: Floor
    expected: float
    source: str  # "measured" on the baseline, or "target"
    scenes: Mapping[Scene, Outlook]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What one candidate of a system will probably cost to decide.

    `calls[scene]` counts every turn of a conversation. `everything` is what a fixed design takes.
    """

    system: str
    alpha: float
    floors: tuple[FloorForecast, ...]
    calls: Mapping[Scene, float]
    everything: float
    sequential: bool


def forecast(
    policy: Policy,
    system: str,
    sizes: Mapping[str, SuiteSize],
    *,
    shapes: Mapping[str, Shape],
    measured: Mapping[str, float],
    look: int = 1,
) -> Forecast:
    """Look ahead for each floor: a candidate as good as expected, one at the floor, and a bad one.

    Args:
        policy: Whose tier says what must be proved.
        system: Which system.
        sizes: By suite.
        shapes: By metric; metrics without one are not foreseen.
        measured: What the baseline was last measured at, by metric; the target stands in for the rest.
        look: Which look at these cases it will be.

    Raises:
        KeyError: The policy has no such system.
    """
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    alpha = round(1.0 - tier.confidence, 12) / len(spec.candidates) * share_of_look(look)
    compared = len(tier.regression.metrics or tier.floors) if tier.regression else 0
    family = max(1, len(tier.floors) + compared)
    floors = []
    for metric, floor in tier.floors.items():
        suite = policy.metrics[metric].source.suite
        expected = measured.get(metric, policy.metrics[metric].target)
        rates = _rates(floor, expected)
        foreseen = shapes.get(metric) in _FORESEEN and 0.0 < floor.bound < 1.0 and suite in sizes
        side: Side = "at_most" if floor.at_most is not None else "at_least"
        scenes = {
            scene: outlook(floor.bound, rate, side=side, alpha=alpha, most=sizes[suite].units, family=family)
            for scene, rate in rates.items()
            if foreseen and tier.sampling == "sequential"
        }
        source = "measured" if metric in measured else "target"
        floors.append(
            FloorForecast(metric=metric, suite=suite, floor=floor, expected=expected, source=source, scenes=scenes)
        )
    everything = sum(size.calls for size in sizes.values())
    calls = {scene: _calls(scene, floors, sizes) for scene in SCENES} if tier.sampling == "sequential" else {}
    return Forecast(
        system=system,
        alpha=alpha,
        floors=tuple(floors),
        calls=calls or dict.fromkeys(SCENES, everything),
        everything=everything,
        sequential=tier.sampling == "sequential",
    )


def _rates(floor: Floor, expected: float) -> dict[Scene, float]:
    """The true rate in each scene."""
    failing = floor.bound if floor.at_most is not None else 1.0 - floor.bound
    worse = 2.0 * failing / (1.0 + failing)  # twice the odds
    bad = worse if floor.at_most is not None else 1.0 - worse
    return {"good": min(max(expected, 0.0), 1.0), "floor": floor.bound, "bad": bad}


def _calls(scene: Scene, floors: list[FloorForecast], sizes: Mapping[str, SuiteSize]) -> float:
    """Cases until a candidate is decided. One that is no good stops with the first floor that says so."""
    needed: dict[str, float] = {}
    refused = scene != "good" or any(one.scenes and one.scenes["good"].proved < _LIKELY for one in floors)
    for one in floors:
        if one.scenes and not sizes[one.suite].whole:
            size = sizes[one.suite]
            units = one.scenes[scene].mean
            needed[one.suite] = max(needed.get(one.suite, 0.0), min(units / size.units, 1.0) * size.calls)
    unforeseen = {name: size.calls for name, size in sizes.items() if name not in needed}
    if not refused:
        return sum(needed.values()) + sum(unforeseen.values())
    if not needed:
        return sum(unforeseen.values())
    begun = sum(min(_FIRST, size.cases) * size.turns for size in sizes.values())
    return begun + max(0.0, min(needed.values()) - _FIRST)
