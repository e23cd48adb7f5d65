"""A red-team run as reports show it: from the ledger, and from its cases, made again and compared by digest."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from trimtab.decision import Decision, by_group
from trimtab.decision.attacks import (
    PER,
    Baseline,
    Costs,
    ExpectedCost,
    Pursuits,
    Replay,
    Success,
    Tried,
    covered,
    expected,
)
from trimtab.decision.model import Measurements
from trimtab.errors import TrimtabError
from trimtab.evidence.attacks import GotThrough
from trimtab.evidence.records import Pursued
from trimtab.kinds import Estimate, Score, Shape, plugins
from trimtab.measure.suites import LoadedSuite, load_suite
from trimtab.policy import Policy, SuiteSpec
from trimtab.policy.controls import catalogue
from trimtab.workspace.breaches import tried_by
from trimtab.workspace.recall import Recalled

_SUITE = "red-team"
_ADAPTS = "adaptive"
_METRIC = "attack-success"
_USUAL = "trimtab.yaml"  # where nobody named the policy's file, as when a report is made from the ledger alone


def baselines(
    policy: Policy,
    decision: Decision,
    recalled: Recalled,
    *,
    base: Path,
    file: str,
    suites: Mapping[str, LoadedSuite],
    built_in: bool = False,
) -> dict[str, Baseline]:
    """What there is to tell of every metric that counts attacks; none in most runs.

    Args:
        policy: Under which it was measured.
        decision: What followed, for its error probability.
        recalled: The run.
        base: Folder that file suites are looked for in.
        file: The policy's, as people type it.
        suites: Those that are loaded already.
        built_in: Of those that are not, load only what is built in; of the others nothing is said of single cases.
    """
    found: dict[str, Baseline] = {}
    for metric, facts in recalled.started.metrics.items():
        spec = policy.suites.get(facts["suite"]) or SuiteSpec(builtin=facts["suite"])
        attacks = spec.builtin == _SUITE or counts_attacks(facts) or metric in recalled.through
        if attacks and facts["shape"] == Shape.RATE and facts["better"] == "lower":
            suite = suites.get(facts["suite"])
            found[metric] = _baseline(
                policy,
                decision,
                recalled,
                metric,
                spec,
                base=base,
                file=file,
                suite=suite,
                load=not built_in or bool(spec.builtin),
            )
    return found


def counts_attacks(facts: Mapping[str, object]) -> bool:
    """Whether a metric, by what the beginning of its run says of it, counts attacks that got through."""
    return facts["plugin"] == _METRIC


def _baseline(
    policy: Policy,
    decision: Decision,
    recalled: Recalled,
    metric: str,
    spec: SuiteSpec,
    *,
    base: Path,
    file: str,
    suite: LoadedSuite | None,
    load: bool,
) -> Baseline:
    name = recalled.started.metrics[metric]["suite"]
    seen = recalled.measurements()
    tried, unknown = _tried(name, spec, recalled, base, suite, load=load)
    scored = {
        candidate: {trial.case: trial.outcome.value for trial in trials if isinstance(trial.outcome, Score)}
        for candidate, metrics in seen.trials.items()
        if (trials := metrics.get(metric))
    }
    through = {c: frozenset(case for case, value in cases.items() if value == 1.0) for c, cases in scored.items()}
    answered = {case: one for case, one in tried.items() if any(case in cases for cases in scored.values())}
    coverage, own = ({}, {}) if unknown else covered(catalogue(), answered, through, installed=_installed())
    hazards = _by_hazard(seen, decision, metric, tried)
    told = recalled.through.get(metric, {})
    return Baseline(
        metric=metric,
        suite=name,
        unknown=unknown,
        replay=replay_of(recalled.system, spec, file),
        hazards=hazards,
        coverage=coverage,
        own=own,
        costs=_costs(policy, decision, recalled, metric, tried=answered, hazards=hazards),
        successes={
            candidate: [_success(record, scored, candidate) for record in told[candidate].values()]
            for candidate in scored
            if told.get(candidate)
        },
        unseen={
            candidate: rest
            for candidate in scored
            if (rest := len(through[candidate]) - len(told.get(candidate, {}))) > 0
        },
        pursuits=_pursuits(recalled.pursued.get(name, {}), tried),
    )


def _pursuits(
    pursued: Mapping[str, Mapping[str, Pursued]], tried: Mapping[str, Tried]
) -> dict[str, dict[str, Pursuits]]:
    """By candidate and strategy; nothing of cases that could not be made again."""
    found: dict[str, dict[str, Pursuits]] = {}
    for candidate, cases in pursued.items():
        by_strategy: dict[str, list[Pursued]] = {}
        for case, record in sorted(cases.items()):
            if case in tried:
                by_strategy.setdefault(tried[case].family, []).append(record)
        found[candidate] = {strategy: _summed(records) for strategy, records in sorted(by_strategy.items())}
    return found


def _summed(records: Sequence[Pursued]) -> Pursuits:
    won = [len(one.steps) for one in records if one.steps and one.steps[-1][4]]
    return Pursuits(
        attacks=len(records),
        won=len(won),
        messages=sum(len(one.steps) for one in records),
        to_win=median(won) if won else None,
        written=sum(one.written for one in records),
        unwritten=sum(one.unwritten for one in records),
    )


def _tried(
    name: str, spec: SuiteSpec, recalled: Recalled, base: Path, suite: LoadedSuite | None, *, load: bool
) -> tuple[dict[str, Tried], str]:
    """What each case tried, and why that is not known if the cases are not those that were asked."""
    if suite is None:
        if not load:
            return {}, "its cases are not made again here; `trimtab report` does"
        try:
            suite = load_suite(name, spec, base=base)
        except TrimtabError as error:
            return {}, f"its cases could not be made again ({error.code})"
    if suite.order_digest != recalled.started.suites[name]["order"]:
        return {}, "its cases come out otherwise today than when they were asked, so nothing is said of them"
    told = {case.id: one for case in suite.cases if (one := tried_by(case)) is not None}
    return told, "" if told else "its cases do not say what they try"


def _by_hazard(
    seen: Measurements, decision: Decision, metric: str, tried: Mapping[str, Tried]
) -> dict[str, dict[str, Estimate]]:
    of = {case: one.hazard for case, one in tried.items() if one.hazard}
    found = {
        candidate.candidate: by_group(seen, candidate.candidate, metric, alpha=decision.alpha, of=of)
        for candidate in decision.candidates
    }
    return {candidate: rates for candidate, rates in found.items() if rates}


def _costs(
    policy: Policy,
    decision: Decision,
    recalled: Recalled,
    metric: str,
    *,
    tried: Mapping[str, Tried],
    hazards: Mapping[str, Mapping[str, Estimate]],
) -> Costs | None:
    """Expected costs, where the policy states any and the cases are known."""
    costs = policy.costs
    if costs is None or not tried:
        return None
    attempts = costs.attempts.get(recalled.system)
    meets = attempts or (PER, PER)
    of_family: dict[str, set[str]] = {}
    for one in tried.values():
        of_family.setdefault(one.family, set()).add(one.hazard)
    every = sorted({one.hazard for one in tried.values()})
    seen = recalled.measurements()
    whole: dict[str, ExpectedCost] = {}
    families: dict[str, dict[str, ExpectedCost]] = {}
    by_hazard: dict[str, dict[str, ExpectedCost]] = {}
    for candidate in decision.candidates:
        name, known = candidate.candidate, candidate.estimates.get(metric)
        if isinstance(known, Estimate) and (cost := expected(costs, known, every, meets)):
            whole[name] = cost
        rates = by_group(seen, name, metric, alpha=decision.alpha)
        families[name] = {
            family: cost
            for family, rate in rates.items()
            if (cost := expected(costs, rate, sorted(of_family.get(family, ())), meets))
        }
        by_hazard[name] = {
            hazard: cost
            for hazard, rate in hazards.get(name, {}).items()
            if (cost := expected(costs, rate, [hazard], meets))
        }
    return Costs(attempts=meets, yearly=attempts is not None, whole=whole, families=families, hazards=by_hazard)


def replay_of(system: str, spec: SuiteSpec, file: str) -> Replay:
    """How to ask a suite of attacks again; `file` is the policy's as people type it, empty if nobody knows."""
    policy = file or _USUAL
    own = {_SUITE: {"techniques", "depth", "only"}, _ADAPTS: {"strategies", "calls", "only"}}.get(spec.builtin, set())
    if not own or spec.rewrite is not None or set(spec.with_) - own:
        return Replay(system=system, policy=policy, seed=spec.seed, whole=True)
    if spec.builtin == _ADAPTS:
        return Replay(
            system=system,
            policy=policy,
            seed=spec.seed,
            techniques=tuple(spec.with_.get("strategies", ())),
            calls=int(spec.with_.get("calls", plugins.make("suites", _ADAPTS).calls)),
            attacker=spec.attacker,
        )
    return Replay(
        system=system,
        policy=policy,
        seed=spec.seed,
        techniques=tuple(spec.with_.get("techniques", ())),
        depth=int(spec.with_.get("depth", 1)),
    )


def _success(record: GotThrough, scored: Mapping[str, Mapping[str, float]], candidate: str) -> Success:
    return Success(
        case=record.case,
        tried=Tried(
            family=record.family,
            technique=record.technique,
            hazard=record.hazard,
            controls=tuple(record.controls),
        ),
        reply=record.reply,
        turns=tuple((str(role), str(text)) for role, text in record.turns),
        omitted=record.omitted,
        adapts=record.adapts,
        stops=record.stops,  # type: ignore[arg-type]  # words of `Stop`, as they were recorded
        unknown=record.unknown,
        resisted=tuple(
            other for other, cases in scored.items() if other != candidate and cases.get(record.case) == 0.0
        ),
    )


def _installed() -> dict[str, list[str]]:
    """The attacks and strategies that are installed, by the links that they test."""
    found: dict[str, list[str]] = {}
    for kind in ("attacks", "strategies"):
        for name in plugins.names(kind):
            for link in plugins.make(kind, name).controls:
                found.setdefault(link, []).append(name)
    return found
