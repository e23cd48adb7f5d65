"""Rules between the parts of a policy: what is named exists, what is promised makes sense.

They work on the values as written, not on the model, so that a file with a
mistake of type in one place still has every other mistake reported.
"""

import re
from collections.abc import Iterable

from trimtab.kinds import Shape, plugins
from trimtab.policy.attackers import check_attackers
from trimtab.policy.candidates import check_candidate, check_installed, check_no_keys, check_parameters
from trimtab.policy.consents import check_consent, check_keys
from trimtab.policy.cost_rules import check_costs
from trimtab.policy.grids import check_settings, check_sizes
from trimtab.policy.guards import check_actions, check_guard
from trimtab.policy.imports import check_imported_score, check_imported_suite
from trimtab.policy.include import Gathered
from trimtab.policy.installed import MetricFacts, does_not_fit, metric_facts
from trimtab.policy.keys import nearest
from trimtab.policy.kpi_rules import check_kpis
from trimtab.policy.learning_rules import check_learning
from trimtab.policy.liaison_rules import check_liaison
from trimtab.policy.links import check_links
from trimtab.policy.model import WEIGHED, Policy
from trimtab.policy.money_rules import check_money
from trimtab.policy.part import Part
from trimtab.policy.principles import check_models, check_principles, check_reviser
from trimtab.policy.proof import FloorCost, costs
from trimtab.policy.reward_rules import check_rewards
from trimtab.policy.score_rules import check_score
from trimtab.policy.scored import score_of
from trimtab.policy.secrecy import quote
from trimtab.policy.slo import check_notify, check_slo
from trimtab.policy.vendor_rules import check_vendors

_GAPS = frozenset({Shape.GAP, Shape.FLIPS, Shape.BALANCE})
_FUNCTION = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def check_rules(gathered: Gathered) -> None:
    """Report every rule that the gathered values break."""
    root = Part(gathered.value)
    for _, suite in root["suites"].entries():
        _suite(suite, gathered)
    check_attackers(root, gathered)
    for _, metric in root["metrics"].entries():
        _metric(metric, root, gathered)
    for _, tier in root["tiers"].entries():
        _tier(tier, root, gathered)
    for red_line in root["red_lines"].items():
        _red_line(red_line, root, gathered)
    check_models(root, gathered)
    check_principles(root, gathered)
    for _, guard in root["guards"].entries():
        check_guard(guard, gathered)
        check_reviser(guard, root["models"], gathered)
    check_rewards(root, gathered)
    check_keys(root, gathered)
    for _, tier in root["tiers"].entries():
        check_actions(tier["actions"], root["guards"], gathered)
        check_consent(tier, root, gathered)
    for _, system in root["systems"].entries():
        _system(system, root, gathered)
        check_slo(system, root, gathered)
    for _, notify in root["notify"].entries():
        check_notify(notify, gathered)
    check_costs(root, gathered)
    check_kpis(root, gathered)
    check_score(root, gathered)
    check_vendors(root, gathered)
    check_liaison(root, gathered)
    check_learning(root, gathered)
    check_money(root, gathered)
    _owners(root, gathered)


def warn_of_costs(policy: Policy, gathered: Gathered) -> None:
    """Warn of floors that the cases of their suite cannot prove, once for each floor of a tier."""
    worst: dict[tuple[str, str], FloorCost] = {}
    for cost in costs(policy):
        if not cost.affordable:
            at = (cost.tier, cost.metric)
            worst[at] = max(worst.get(at, cost), cost, key=lambda one: one.candidates)
    for (tier, metric), cost in worst.items():
        where = ("tiers", tier, "floors", metric)
        if cost.provable:
            message = f"{cost}; suite {cost.suite} has {cost.cases:,}"
            spec = policy.suites.get(cost.suite)
            rows = f" (its file, {quote(spec.file)}, must hold as many rows)" if spec and spec.file else ""
            gathered.report(where, message, f"Raise its `cases`{rows}, or accept a looser floor.", warning=True)
        elif cost.unknown:
            message = "Count its errors on cases that people have read, and give them as `errors` of the metric."
            gathered.report(where, str(cost), message, warning=True)
        else:
            lower = policy.metrics[cost.metric].better == "lower"
            instead = (
                "List the metric under `red_lines` instead." if lower else "Accept one that can be missed, 0.999 say."
            )
            gathered.report(where, str(cost), instead, warning=True)


def _defined(part: Part, names: Iterable[str], what: str, gathered: Gathered) -> bool:
    """Report a name that is not among those defined; an absent one is somebody else's to report."""
    known = tuple(names)
    if not part.text or part.text in known:
        return bool(part.text)
    if not gathered.full:
        gathered.report(part.where, f"{quote(part.text, part.where)} {what}", nearest(part.text, known))
    return False


def _suite(suite: Part, gathered: Gathered) -> None:
    builtin, file, function = suite["builtin"], suite["file"], suite["python"]
    if builtin.text and check_installed("suites", builtin.text, builtin, gathered):
        before = len(gathered.mistakes)
        check_parameters("suites", builtin.text, suite["with"], gathered)
        given = suite["with"]
        if isinstance(given.value, dict) and len(gathered.mistakes) == before:
            against = does_not_fit("suites", builtin.text, given.value)
            if against:
                gathered.report(given.where, f"{builtin.text} {against}")
    if file.text:
        try:
            found = (gathered.folder / file.text).is_file()
        except (OSError, ValueError):
            found = False
        if not found:
            message = f"there is no file {quote(file.text)} beside the policy"
            gathered.report(file.where, message, "Its path counts from the folder of the file that names it.")
    if function.text and not _FUNCTION.fullmatch(function.text):
        gathered.report(function.where, "must be `module:function`")
    if suite["score"].text:
        check_installed("metrics", suite["score"].text, suite["score"], gathered)
    check_imported_suite(suite, gathered)
    if suite["with"].value is not None:
        check_no_keys(suite["with"], gathered)


def _metric(metric: Part, root: Part, gathered: Gathered) -> None:
    source = metric["source"]
    _defined(
        source["suite"],
        [*root["suites"].names, *plugins.names("suites")],
        "is neither a suite of this policy nor an installed one",
        gathered,
    )
    if source["score"].text:
        check_installed("metrics", source["score"].text, source["score"], gathered)
    score = score_of(metric, root)
    check_imported_score(metric, score, root["suites"], gathered)
    facts = _facts(score, source["with"], gathered) if score in plugins.names("metrics") else None
    unit = metric["unit"].text or "ratio"
    if facts and facts.better and metric["better"].text in {"higher", "lower"} - {facts.better}:
        message = f"must be `{facts.better}`: that is the good direction of {score}"
        gathered.report(metric["better"].where, message)
    if facts and facts.unit and unit != facts.unit:
        message = f"is {quote(unit)}, but {score} measures in {facts.unit}"
        gathered.report(metric["unit"].where, message, f"Write `unit: {facts.unit}`, and its numbers in that unit.")
    elif unit == "ratio":
        _in_ratio(metric["target"], gathered)
    _other_judge(metric["judged_by"], metric, root["metrics"], gathered)
    _gold(metric, root["metrics"], root["suites"], gathered)
    _review(metric, facts, root["metrics"], gathered)
    check_links(metric["links"], gathered)


def _other_judge(named: Part, metric: Part, metrics: Part, gathered: Gathered) -> None:
    """Report another judge of a metric that is none: the metric itself, or one that measures something else."""
    others = [name for name in metrics.names if name != metric.where[-1]]
    if not _defined(named, others, "is not another metric of this policy", gathered) or named.text not in others:
        return
    other = metrics[named.text]
    for key, usual in (("better", ""), ("unit", "ratio")):
        if (other[key].text or usual) != (metric[key].text or usual):
            message = f"{quote(named.text)} has another `{key}`, so it cannot confirm what this metric says"
            gathered.report(named.where, message, f"Name a metric with the same `{key}`.")


def _review(metric: Part, facts: MetricFacts | None, metrics: Part, gathered: Gathered) -> None:
    """Report a review that counts for nothing: of no detector, or by nobody."""
    named = metric["reviewed_by"]
    if not named.text:
        return
    _other_judge(named, metric, metrics, gathered)
    if facts and facts.instrument is None:
        gathered.report(named.where, "is for metrics that a detector scores", "Remove it.", key=True)
    if named.text not in metrics:
        return
    source = metrics[named.text]["source"]
    if source["score"].text != "human-marks":
        message = f"{quote(named.text)} is not marked by people"
        gathered.report(named.where, message, "Give that metric `score: human-marks`.")
    elif source["suite"].text != metric["source"]["suite"].text:
        gathered.report(named.where, f"{quote(named.text)} is marked on another suite", "Name the same suite.")


def _same_cases(suite: str, other: str, suites: Part) -> bool:
    """Whether two suites ask the same cases, in whatever words."""

    def asked(name: str) -> dict[str, object]:
        given = suites[name].value if name in suites else {"builtin": name}
        named = given if isinstance(given, dict) else {}
        return {key: value for key, value in named.items() if key not in ("rewrite", "score", "max_tokens")}

    def cases_of(name: str) -> object:
        # Two files may hold the same cases under the same ids, in other words; where they do not, there are no pairs.
        return {**asked(name), "file": True} if asked(name).get("file") else asked(name)

    return suite == other or cases_of(suite) == cases_of(other)


def _gold(metric: Part, metrics: Part, suites: Part, gathered: Gathered) -> None:
    """Report whom a metric cannot be held against: they must score the same cases, and in the same way."""
    named = metric["gold"]["metric"]
    _other_judge(named, metric, metrics, gathered)
    if named.text not in metrics or named.text == metric.where[-1]:
        return
    suite, theirs = metric["source"]["suite"].text, metrics[named.text]["source"]["suite"].text
    if suite and theirs and not _same_cases(suite, theirs, suites):
        message = f"{quote(named.text)} is scored on {quote(theirs)}, and this metric on {quote(suite)}"
        hint = "They are compared case by case: name one on the same suite, a `rewrite` of it, or a file with its ids."
        gathered.report(named.where, message, hint)
    if (metric["unit"].text or "ratio") != "ratio":
        gathered.report(
            named.where, "needs a metric of unit ratio", "Only scores from 0 to 1 are compared case by case."
        )


def _facts(score: str, given: Part, gathered: Gathered) -> MetricFacts | None:
    """What a metric plugin with these fields measures; report those that it does not take."""
    if not given.names:
        return metric_facts(score)
    before = len(gathered.mistakes)
    check_parameters("metrics", score, given, gathered)
    check_no_keys(given, gathered)
    detector = given["detector"]
    if detector.text and check_installed("detectors", detector.text, detector, gathered):
        check_parameters("detectors", detector.text, given["fields"], gathered)
    if any(not mistake.warning for mistake in gathered.mistakes[before:]):
        return None
    against = does_not_fit("metrics", score, given.value)
    if against:
        gathered.report(given.where, f"{score} {against}")
        return None
    return metric_facts(score, given.value)


def _in_ratio(part: Part, gathered: Gathered) -> None:
    if part.number is not None and not 0.0 <= part.number <= 1.0:
        hint = f"Write `{part.number / 100:g}` for {part.number:g} %." if 1.0 < part.number <= 100.0 else ""
        gathered.report(part.where, f"must lie between 0 and 1, and is {quote(part.value)}: the unit is ratio", hint)


def _tier(tier: Part, root: Part, gathered: Gathered) -> None:
    metrics = root["metrics"]
    for name, floor in tier["floors"].entries():
        if name not in metrics:
            message = "is not a metric of this policy"
            if not gathered.full:
                gathered.report(floor.where, message, nearest(name, metrics.names), key=True)
        else:
            _floor(floor, metrics[name], gathered)
    for name, weight in tier["weights"].entries():
        if name not in (*WEIGHED, *metrics.names) and not gathered.full:
            message = f"is neither {' nor '.join(WEIGHED)} nor a metric of this policy"
            gathered.report(weight.where, message, nearest(name, [*WEIGHED, *metrics.names]), key=True)
    for compared in tier["regression"]["metrics"].items():
        if _defined(compared, metrics.names, "is not a metric of this policy", gathered):
            unit = metrics[compared.text]["unit"].text or "ratio"
            if unit != "ratio":
                message = f"{quote(compared.text)} is measured in {quote(unit)}; regression compares 0/1 metrics only"
                gathered.report(compared.where, message, "Give it a floor instead.")
    for mitigated in tier["mitigation"]["metrics"].items():
        _mitigated(mitigated, root, gathered)


def _mitigated(named: Part, root: Part, gathered: Gathered) -> None:
    """Report a metric of which no share of a gap can be said, since it measures none."""
    metrics = root["metrics"]
    if not _defined(named, metrics.names, "is not a metric of this policy", gathered):
        return
    score, given = score_of(metrics[named.text], root), metrics[named.text]["source"]["with"]
    facts = metric_facts(score, given.value if isinstance(given.value, dict) else None) if score else None
    if facts and facts.shape is not None and facts.shape not in _GAPS:
        hint = "Name metrics like group-gap, decision-flips or bbq-bias; for others there is `regression`."
        gathered.report(named.where, f"{quote(named.text)} measures no gap between groups", hint)


def _floor(floor: Part, metric: Part, gathered: Gathered) -> None:
    better, target = metric["better"].text, metric["target"].number
    for side, fits, word in (("at_most", "lower", "smaller"), ("at_least", "higher", "larger")):
        bound = floor[side].number
        if bound is None:
            continue
        name = floor.where[-1]
        if better in {"higher", "lower"} and better != fits:
            other = "at_least" if side == "at_most" else "at_most"
            message = f"bounds {name} on the wrong side: {better} is better for it"
            gathered.report(floor[side].where, message, f"Write `{other}`, or correct `better`.", key=True)
        elif target is not None and better and (target > bound if side == "at_most" else target < bound):
            message = f"is stricter than the target of {name}, {target:g}"
            gathered.report(floor[side].where, message, f"A target is at least as strict: the same or {word}.")
        if (metric["unit"].text or "ratio") == "ratio":
            _in_ratio(floor[side], gathered)
            if bound == (1.0 if side == "at_most" else 0.0):
                message = f"asks nothing of {name}: every rate is {side.replace('_', ' ')} {bound:g}"
                gathered.report(floor[side].where, message, "Ask for something, or take the floor out.")


def _red_line(red_line: Part, root: Part, gathered: Gathered) -> None:
    if not _defined(red_line, root["metrics"].names, "is not a metric of this policy", gathered):
        return
    metric = root["metrics"][red_line.text]
    if metric["better"].text == "higher" or (metric["unit"].text or "ratio") != "ratio":
        message = f"{quote(red_line.text)} does not count events that must not happen"
        gathered.report(red_line.where, message, "A red line needs a metric with `better: lower` and `unit: ratio`.")
    elif metric["source"]["score"].text == "human-marks":
        message = f"{quote(red_line.text)} is what people mark of a sample, and a red line wants to see every case"
        hint = "Draw it for the metric of a detector, and let people read what that flags: `reviewed_by`."
        gathered.report(red_line.where, message, hint)


def _system(system: Part, root: Part, gathered: Gathered) -> None:
    tiers = root["tiers"]
    if _defined(system["tier"], tiers.names, "is not a tier of this policy", gathered):
        floors = tiers[system["tier"].text]["floors"]
        unclear = floors.value is not None and not isinstance(floors.value, dict)
        if not floors.names and not unclear and not root["red_lines"].value:
            message = f"is held to nothing: tier {quote(system['tier'].text)} has no floors and there are no red lines"
            gathered.report(system["tier"].where, message, "Give the tier a floor; nothing configured is not a pass.")
    _defined(system["risk_owner"], root["people"].names, "is not listed under people", gathered)
    for aim in system["maximise"].items():
        _defined(aim, root["metrics"].names, "is not a metric of this policy", gathered)
    if system["candidates"].names:
        _defined(system["baseline"], system["candidates"].names, "is not a candidate of this system", gathered)
    for _, candidate in system["candidates"].entries():
        check_candidate(candidate, gathered)
        _guarded_again(candidate, system["candidates"], gathered)
        check_settings(candidate, system["candidates"], root["guards"], gathered)
    check_sizes(system, gathered)
    for guarded in (system, *(candidate for _, candidate in system["candidates"].entries())):
        _defined(guarded["guard"], root["guards"].names, "is not a guard of this policy", gathered)


def _guarded_again(candidate: Part, candidates: Part, gathered: Gathered) -> None:
    """Report a candidate that is `of` one that is not there, of itself, or of one that is `of` another."""
    of = candidate["of"]
    own = [name for name, other in candidates.entries() if "of" not in other]
    if of.text in candidates.names and of.text not in own:
        message = f"{quote(of.text)} is itself `of` another candidate"
        gathered.report(of.where, message, "Name the one that has the plugin.")
    else:
        _defined(of, own, "is not a candidate of this system", gathered)


def _owners(root: Part, gathered: Gathered) -> None:
    """Warn of owners who are not listed under people or teams, once for each; report teams without people."""
    for _, person in root["people"].entries():
        _defined(person["team"], root["teams"].names, "is not listed under teams", gathered)
    for _, team in root["teams"].entries():
        _defined(team["lead"], root["people"].names, "is not listed under people", gathered)
    owned = [*root["metrics"].entries(), *root["systems"].entries()]
    seen = {*root["people"].names, *root["teams"].names}
    for _, part in owned:
        owner = part["owner"]
        if owner.text and owner.text not in seen and not gathered.full:
            seen.add(owner.text)
            message = f"{quote(owner.text, owner.where)} is not listed under people"
            close = nearest(owner.text, (*root["people"].names, *root["teams"].names))
            suggestion = close if close.startswith("Did") else "Add an entry, so that readers know who that is."
            gathered.report(owner.where, message, suggestion, warning=True)
