"""Rules about principles and the models that help, and what a change of them does to the promise."""

from collections.abc import Iterator, Mapping
from typing import Any

from trimtab.kinds import Shape, plugins
from trimtab.policy.candidates import check_alone
from trimtab.policy.change import Change, Effect, names_of, shown, values_of
from trimtab.policy.guards import check_rule
from trimtab.policy.include import Gathered
from trimtab.policy.installed import IMPORTED, does_not_fit, metric_facts
from trimtab.policy.keys import nearest
from trimtab.policy.model import Policy
from trimtab.policy.part import Part
from trimtab.policy.principle_spec import JudgeQuestion, PrincipleSpec
from trimtab.policy.scored import score_of
from trimtab.policy.secrecy import quote
from trimtab.policy.system_spec import Candidate

JUDGE = "llm-judge"
"""The detector that asks a judge's question."""

_SHARED = ("url", "model", "key_env", "headers_env", "body", "verify_tls", "ca_file", "trust_env")
_SINGLE = frozenset({Shape.RATE, Shape.MEAN})  # the score of one reply means something by itself
_ELSEWHERE = frozenset({IMPORTED, "human-marks"})  # nobody can say of a new reply what they would
_UNSHOWN = "that it is as strict cannot be shown"


def judge_fields(name: str, question: str, model: Candidate) -> dict[str, Any]:
    """Fields of the detector `llm-judge` that puts a principle's question to a model reached as `openai`."""
    shared = {key: model.with_[key] for key in _SHARED if key in model.with_}
    return {
        **shared,
        "rubrics": {label_of(name): question},
        "timeout": model.limits.timeout,
        "retries": model.limits.retries,
    }


def label_of(principle: str) -> str:
    """What a judge's finding is called; labels know no hyphens."""
    return f"principle.{principle.replace('-', '_')}"


def check_models(root: Part, gathered: Gathered) -> None:
    """Report models that are none of their own."""
    for _, model in root["models"].entries():
        check_alone(model, "a model that helps", gathered)


def check_principles(root: Part, gathered: Gathered) -> None:
    """Report tests that could not say whether a reply keeps its principle."""
    for name, principle in root["principles"].entries():
        test = principle["test"]
        check_rule(test, gathered)
        _metric(test["metric"], root, gathered)
        _judge(name, test["judge"], root["models"], gathered)


def check_reviser(guard: Part, models: Part, gathered: Gathered) -> None:
    """Report a reviser that is no model of this policy, or that no rule asks."""
    revise = guard["revise"]
    _known(revise["model"], models, gathered)
    if revise.names and not any(rule["action"].text == "revise" for rule in guard["output"].items()):
        message = "says who revises, and no rule on output has `action: revise`"
        gathered.report(revise.where, message, "Give a rule that action, or remove it.", key=True, warning=True)


def _known(named: Part, models: Part, gathered: Gathered) -> bool:
    if named.text and named.text not in models.names and not gathered.full:
        message = f"{quote(named.text, named.where)} is none of `models`"
        gathered.report(named.where, message, nearest(named.text, models.names))
    return named.text in models.names


def _metric(named: Part, root: Part, gathered: Gathered) -> None:
    metrics = root["metrics"]
    if not named.text or gathered.full:
        return
    if named.text not in metrics:
        gathered.report(named.where, f"{quote(named.text)} is not a metric of this policy", _near(named, metrics))
        return
    metric = metrics[named.text]
    plugin, given = score_of(metric, root), metric["source"]["with"].value
    facts = metric_facts(plugin, given if isinstance(given, dict) else None) if plugin else None
    unit = metric["unit"].text or (facts.unit if facts else "ratio")
    if plugin in _ELSEWHERE or unit != "ratio" or (facts and facts.shape is not None and facts.shape not in _SINGLE):
        message = f"{quote(named.text)} does not score a single reply from 0 to 1"
        hint = "Name a metric of unit ratio that looks at one reply, such as detector-rate or contains."
        gathered.report(named.where, message, hint)
        return
    target = metric["target"].number
    idle = 1.0 if metric["better"].text == "lower" else 0.0
    if target is not None and target == idle:
        message = f"{quote(named.text)} has the target {target:g}, of which no reply can fall short"
        gathered.report(named.where, message, "Give it a target that asks for something.")


def _near(named: Part, among: Part) -> str:
    return nearest(named.text, among.names)


def _judge(name: str, judge: Part, models: Part, gathered: Gathered) -> None:
    named = judge["model"]
    if not _known(named, models, gathered):
        return
    model = models[named.text]
    plugin = model["plugin"].text or next((key for key in model.names if key in plugins.names("systems")), "")
    if plugin != "openai":
        message = f"{quote(named.text)} cannot be a judge: it is no `openai` address"
        gathered.report(named.where, message, "Name a model with `openai`, or use `detector: llm-judge` with its own.")
        return
    given = model["with"] if model["plugin"].text else model[plugin]
    fields = {key: value.value for key, value in given.entries() if key in _SHARED}
    question = judge["question"].text
    if question and {"url", "model"} <= fields.keys():
        against = does_not_fit("detectors", JUDGE, {**fields, "rubrics": {label_of(name): question}})
        if against:
            gathered.report(judge.where, f"{JUDGE} {against}")


def principle_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """How the constitution and the models that help differ."""
    both, gone, added = names_of(a.principles, b.principles)
    for name in both:
        yield from _principle(f"principles.{name}", a, a.principles[name], b, b.principles[name])
    for name in gone:
        yield Change(where=f"principles.{name}", effect="loosens", text="the principle is asked no more")
    for name in added:
        yield Change(where=f"principles.{name}", effect="tightens", text="is asked as well")
    both, gone, added = names_of(a.models, b.models)
    for name in both:
        if a.models[name].told != b.models[name].told:
            yield from values_of(f"models.{name}", a.models[name], b.models[name])
    for name in gone:
        yield Change(where=f"models.{name}", effect="removes", text="the model")
    for name in added:
        yield Change(where=f"models.{name}", effect="adds", text="a model that helps")


def _principle(where: str, a: Policy, old: PrincipleSpec, b: Policy, new: PrincipleSpec) -> Iterator[Change]:
    if old.hard != new.hard:
        text = "a reply that breaks it is never good enough" if new.hard else "a reply may break it"
        yield Change(where=f"{where}.hard", effect="tightens" if new.hard else "loosens", text=text)
    if old.severity != new.severity:
        text = f"{old.severity:g} becomes {new.severity:g}"
        effect: Effect = "tightens" if new.severity > old.severity else "loosens"
        yield Change(where=f"{where}.severity", effect=effect, text=text)
    if old.text != new.text:
        yield Change(where=f"{where}.text", effect="changes", text=f"{shown(old.text)} becomes {shown(new.text)}")
    if _tested(a, old) != _tested(b, new):
        yield Change(where=f"{where}.test", effect="loosens", text=f"is tested in another way; {_UNSHOWN}")


def _tested(policy: Policy, spec: PrincipleSpec) -> Mapping[str, Any]:
    """All that a test comes to, wherever in the policy it stands."""
    found: dict[str, Any] = spec.test.model_dump(mode="json")
    if spec.test.metric in policy.metrics:
        metric = policy.metrics[spec.test.metric]
        found["metric"] = metric.model_dump(mode="json", include={"better", "target", "source"})
    judge: JudgeQuestion | None = spec.test.judge
    if judge is not None and judge.model in policy.models:
        found["model"] = policy.models[judge.model].told
    return found
