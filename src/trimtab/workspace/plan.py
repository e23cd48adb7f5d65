"""What a run asks and scores: derived from the policy before anything is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trimtab.errors import UsageError
from trimtab.kinds import Metric, plugins
from trimtab.measure.suites import LoadedSuite, load_suite
from trimtab.policy import Policy, SuiteSpec, SystemSpec
from trimtab.policy.installed import IMPORTED
from trimtab.policy.settings import grid_of
from trimtab.workspace.looks import Sketch, sketch_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A metric of the policy, with the plugin that scores it and the suite it is scored on."""

    name: str
    suite: str
    plugin: Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Suites in the order they are asked, and what is scored on each."""

    system: str
    spec: SystemSpec
    candidates: tuple[str, ...]
    suites: Mapping[str, LoadedSuite]
    scored: Mapping[str, tuple[Scored, ...]]  # by suite
    sketches: Mapping[str, Sketch]  # by suite: what its cases are, to be told again

    brought: Mapping[str, tuple[Scored, ...]] = field(
        default_factory=dict
    )  # by suite: judged by another tool's results
    sequential: bool = False  # whether measuring stops once it knows enough
    bandit: bool = False  # and where it goes on is where most fails

    @property
    def cases(self) -> int:
        """Cases per candidate."""
        return sum(len(suite.cases) for suite in self.suites.values())

    @property
    def metrics(self) -> dict[str, Scored]:
        """Every metric that will be judged, by name."""
        return {scored.name: scored for group in (*self.scored.values(), *self.brought.values()) for scored in group}


def required_metrics(policy: Policy, system: str) -> list[str]:
    """Metrics that the system's requirements and aims mention, in the order of the policy."""
    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    named = {*tier.floors, *policy.red_lines, *spec.maximise, *tier.weights, *spec.slo}
    if tier.regression:
        named |= set(tier.regression.metrics)
    if tier.mitigation:
        named |= set(tier.mitigation.metrics)
    named |= {gold.metric for name in named if name in policy.metrics and (gold := policy.metrics[name].gold)}
    named |= {people for name in named if name in policy.metrics and (people := policy.metrics[name].reviewed_by)}
    named |= {other for name in named if name in policy.metrics and (other := policy.metrics[name].judged_by)}
    return [name for name in policy.metrics if name in named]


def make_plan(policy: Policy, base: Path, *, system: str, candidates: tuple[str, ...] = (), require: str = "") -> Plan:
    """Decide what to ask.

    Asked are the suites behind the required metrics; every other metric of the
    policy on one of those suites is scored as well, since it costs no call.
    All candidates take part unless some are named; the baseline always does
    where the tier compares with it, and `require` too.
    File suites are relative to `base`, the folder of the policy. Of suites that another tool asked, nothing is.

    Raises:
        UsageError: No such candidate, or points of a grid that another tool should have asked.
        PolicyError: A suite cannot be read or is empty.
        PluginError: A plugin is missing.
    """
    spec = policy.systems[system]
    named = {*candidates, *filter(None, [require])}
    known = spec.all_candidates
    unknown = sorted(named - set(known) - {grid_of(name) for name in candidates if name in spec.candidates})
    if unknown:
        raise UsageError(
            f"{system} has no candidate {', '.join(map(repr, unknown))}.",
            f"It has: {', '.join(known)}.",
        )
    sources = {name: metric.source for name, metric in policy.metrics.items()}
    asked = dict.fromkeys(sources[name].suite for name in required_metrics(policy, system))
    specs = {name: policy.suites.get(name) or SuiteSpec(builtin=name) for name in asked}
    suites = {name: load_suite(name, suite, base=base) for name, suite in specs.items() if not suite.imported}
    usual = {name: suites[name].score if name in suites else suite.score or IMPORTED for name, suite in specs.items()}
    scored: dict[str, list[Scored]] = {name: [] for name in specs}
    for name, source in sources.items():
        if source.suite in specs:
            plugin = plugins.make("metrics", source.score or usual[source.suite], **source.with_)
            scored[source.suite].append(Scored(name=name, suite=source.suite, plugin=plugin))
    brought = [name for name in specs if name not in suites]
    if brought and spec.has_grid:
        raise UsageError(
            f"{system} has a grid, and the suite {brought[0]} is another tool's: its points were not measured by it.",
            "List the points as candidates of their own.",
        )
    # The name of a grid means all of its points.
    chosen = {name for name in known if {name, grid_of(name)} & named} if candidates else set(known)
    tier = policy.tiers[spec.tier]
    if (tier.regression or tier.mitigation) and spec.baseline:
        chosen.add(spec.baseline)  # nothing can be compared with what was not measured
    return Plan(
        system=system,
        spec=spec,
        candidates=tuple(name for name in known if name in chosen),
        suites=suites,
        # From a grid is chosen on a fixed number of cases: an order is made on a part, and tested on the rest.
        sequential=tier.anytime and not spec.has_grid,
        bandit=tier.sampling == "bandit" and not spec.has_grid,
        sketches={name: sketch_of(suite.cases) for name, suite in suites.items()},
        scored={name: tuple(group) for name, group in scored.items() if name in suites},
        brought={name: tuple(scored[name]) for name in brought},
    )
