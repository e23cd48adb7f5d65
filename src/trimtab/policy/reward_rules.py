"""Rules about training rewards: what they count can be told of one completion, and silence does not pay."""

from collections.abc import Mapping

from trimtab.kinds import Shape, plugins
from trimtab.policy.guards import check_rule
from trimtab.policy.include import Gathered
from trimtab.policy.installed import MetricFacts, judges_of, metric_facts
from trimtab.policy.keys import nearest
from trimtab.policy.model import Policy
from trimtab.policy.part import Part
from trimtab.policy.reward_spec import RewardCheck, RewardSpec, SoftCost
from trimtab.policy.scored import metric_plugin, score_of
from trimtab.policy.secrecy import quote

_ELSEWHERE = frozenset({"human-marks", "imported"})  # nobody is there to say it of a completion in training


def check_rewards(root: Part, gathered: Gathered) -> None:
    """Report what is wrong with the rewards of a policy, and with where they are named."""
    for _, reward in root["rewards"].entries():
        for side in ("hard", "soft"):
            for check in reward[side].items():
                _check(check, side, root, gathered)
        if "audit" in reward:
            _check(reward["audit"], "soft", root, gathered)
    for name, system in root["systems"].entries():
        for part in (system, *(candidate for _, candidate in system["candidates"].entries())):
            _named(part["reward"], root, gathered)
        used = root["rewards"][system["reward"].text]
        for check in used["soft"].items():
            _bound(check, name, system, root, gathered)


def check_audits(policy: Policy, gathered: Gathered) -> None:
    """Report audits that are none: by the detector that does the check, or by one that asks the same model."""
    for name, reward in policy.rewards.items():
        if reward.audit is None:
            continue
        checked = next(one for one in (*reward.hard, *reward.soft) if one.name == reward.audit.of)
        facts = _facts(policy, reward.audit.metric)
        same = checked.metric and metric_plugin(policy, reward.audit.metric) == metric_plugin(policy, checked.metric)
        if facts and (facts.instrument.decided_by(_detectors(policy, checked)) if facts.instrument else same):
            how = (
                f"by the detector that {checked.name} is checked with" if facts.instrument else f"as {checked.name} is"
            )
            message = f"{quote(reward.audit.metric)} is scored {how}"
            hint = "Name a metric with another detector, or another model behind it."
            gathered.report(("rewards", name, "audit", "metric"), message, hint)


def warn_of_rewards(policy: Policy, gathered: Gathered) -> None:
    """Warn of rewards by which silence is the best reply, and of red lines that they do not draw."""
    for name, reward in policy.rewards.items():
        if reward.hard and not any(_against_silence(policy, cost) for cost in reward.soft):
            message = "has hard checks and no cost on refusing, so the safest reply is none at all"
            hint = "Add a soft cost on over-refusal, or on a metric of helpfulness, on prompts that should be answered."
            gathered.report(("rewards", name), message, hint, key=True, warning=True)
        drawn = {check.metric for check in reward.hard}
        for red_line in policy.red_lines:
            if red_line not in drawn and _tellable(policy, red_line):
                message = f"draws no line at {quote(red_line)}, which must never happen"
                hint = f"Add `- {{metric: {red_line}}}` under `hard`."
                gathered.report(("rewards", name), message, hint, key=True, warning=True)


def reward_instruments(policy: Policy, reward: RewardSpec) -> set[tuple[str, str]]:
    """The detectors that a reward looks with, each with the model behind it, if any."""
    return {one for check in (*reward.hard, *reward.soft) for one in _detectors(policy, check)}


def _detectors(policy: Policy, check: RewardCheck) -> set[tuple[str, str]]:
    if check.metric is None:
        return judges_of(check.detector, check.with_)
    facts = _facts(policy, check.metric)
    one = facts.instrument if facts else None
    found = set(one.judges or ((one.detector, one.model),)) if one else set()
    given = policy.metrics[check.metric].source.with_ if check.metric in policy.metrics else {}
    detector, fields = given.get("detector"), given.get("fields", {})
    if isinstance(detector, str) and isinstance(fields, Mapping):  # also where the metric cannot be made here
        found |= judges_of(detector, fields)
    return found


def accepted(policy: Policy, system: str, cost: SoftCost) -> float | None:
    """The rate of failures that is accepted of a soft cost: its own, or what the floor of the system's tier leaves."""
    if cost.at_most is not None:
        return cost.at_most
    floor = policy.tiers[policy.systems[system].tier].floors.get(cost.metric or "")
    if floor is None:
        return None
    return floor.at_most if floor.at_most is not None else 1.0 - floor.bound


def _named(named: Part, root: Part, gathered: Gathered) -> None:
    if named.text and named.text not in root["rewards"] and not gathered.full:
        message = f"{quote(named.text, named.where)} is not a reward of this policy"
        gathered.report(named.where, message, nearest(named.text, root["rewards"].names))


def _check(check: Part, side: str, root: Part, gathered: Gathered) -> None:
    if check["detector"].text:
        check_rule(check, gathered)
    named = check["metric"]
    if not named.text:
        return
    if named.text not in root["metrics"]:
        message = f"{quote(named.text, named.where)} is not a metric of this policy"
        gathered.report(named.where, message, nearest(named.text, root["metrics"].names))
        return
    metric = root["metrics"][named.text]
    score = score_of(metric, root)
    given = metric["source"]["with"].value
    facts = (
        metric_facts(score, given if isinstance(given, dict) else None) if score in plugins.names("metrics") else None
    )
    if score in _ELSEWHERE or (facts and not _of_one_reply(facts, side)):
        message = f"{quote(named.text)} cannot be told of one completion, so no reward can count it"
        gathered.report(named.where, message, "Name a 0/1 metric that one reply is enough for, or a detector.")


def _bound(cost: Part, name: str, system: Part, root: Part, gathered: Gathered) -> None:
    """Report a soft cost of which nothing says what rate is accepted."""
    if cost["at_most"].value is not None:
        return
    metric, tier = cost["metric"].text, system["tier"].text
    if metric and (metric not in root["metrics"] or metric in root["tiers"][tier]["floors"] or not tier):
        return
    what = (
        f"tier {quote(tier)} of system {quote(name)} has no floor on {metric}" if metric else "a detector has no floor"
    )
    gathered.report(cost.where, f"needs `at_most`: {what}", "Write the rate that is accepted, `at_most: 0.05` say.")


def _against_silence(policy: Policy, cost: RewardCheck) -> bool:
    """Whether a cost is on refusing, or on not helping."""
    if cost.metric is None:
        return _is_refusal(cost.detector, cost.labels)
    spec = policy.metrics.get(cost.metric)
    if spec is None:
        return False
    if spec.better == "higher" or metric_plugin(policy, cost.metric) == "over-refusal":
        return True
    labels = spec.source.with_.get("labels", ())
    return _is_refusal(str(spec.source.with_.get("detector", "")), tuple(map(str, labels)))


def _is_refusal(detector: str, labels: tuple[str, ...]) -> bool:
    return detector == "refusal" or any(label.partition(".")[0] == "refusal" for label in labels)


def _tellable(policy: Policy, metric: str) -> bool:
    facts = _facts(policy, metric)
    return metric_plugin(policy, metric) not in _ELSEWHERE and facts is not None and _of_one_reply(facts, "hard")


def _of_one_reply(facts: MetricFacts, side: str) -> bool:
    fit = (None, Shape.RATE) if side == "hard" else (None, Shape.RATE, Shape.MEAN)
    return facts.shape in fit


def _facts(policy: Policy, metric: str) -> MetricFacts | None:
    spec = policy.metrics.get(metric)
    plugin = metric_plugin(policy, metric) if spec else ""
    return metric_facts(plugin, spec.source.with_) if spec and plugin in plugins.names("metrics") else None
