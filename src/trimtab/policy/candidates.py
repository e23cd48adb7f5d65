"""Rules about a candidate: its plugin is installed, takes these parameters, and no key stands in the file."""

import os
import re
from typing import Any, Literal, get_args, get_origin

from trimtab.kinds import plugins
from trimtab.kinds.plugins import Group
from trimtab.policy.include import Gathered
from trimtab.policy.installed import parameters, trouble
from trimtab.policy.keys import nearest, not_enforced
from trimtab.policy.part import Part
from trimtab.policy.secrecy import is_a_secret, names_a_secret, quote

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ALONE = ("of", "guard", "reward", "grid", "points", "set")
_FIELDS = frozenset(
    {"about", "limits", "generation", "price", "plugin", "with", "guard", "reward", "set", "grid", "points"}
)
_SIMPLE: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}


def check_candidate(candidate: Part, gathered: Gathered) -> None:
    """Report what is wrong with the plugin of a candidate and its parameters."""
    if "of" in candidate:
        return  # it has no plugin of its own
    if "plugin" in candidate:
        named, given = candidate["plugin"], candidate["with"]
        plugin, of_key = named.text, False
    else:
        keys = [key for key in candidate.names if key not in _FIELDS]
        chosen = [key for key in keys if key in plugins.names("systems")] if len(keys) > 1 else keys
        if len(chosen) != 1:
            return  # the model reports it
        plugin, named, of_key = chosen[0], candidate[chosen[0]], True
        given = named
    if not plugin:
        return
    check_no_keys(given, gathered)
    if of_key and not_enforced(named.where):
        gathered.report(
            named.where,
            "is not enforced by this version, so it is refused rather than ignored",
            "Remove it.",
            key=True,
        )
        return
    if check_installed("systems", plugin, named, gathered, key=of_key):
        check_parameters("systems", plugin, given, gathered)


def check_alone(model: Part, noun: str, gathered: Gathered) -> None:
    """Report what is wrong with a model that competes with nobody, written as a candidate is."""
    check_candidate(model, gathered)
    for key in _ALONE:
        if key in model:
            message = f"is for candidates: {noun} is one model, and nothing stands in front of it"
            gathered.report(model[key].where, message, "Remove it.", key=True)


def check_installed(group: Group, name: str, at: Part, gathered: Gathered, *, key: bool = False) -> bool:
    """Report a plugin that is not there or does not load; say whether it can be asked about itself."""
    if name not in plugins.names(group):
        noun = {"systems": "system", "suites": "suite", "metrics": "metric", "detectors": "detector"}.get(group, group)
        message = f"no {noun} plugin {quote(name, at.where)} is installed"
        gathered.report(at.where, message, nearest(name, plugins.names(group)), key=key)
        return False
    wrong = trouble(group, name)
    if wrong:  # a lack of this machine, not of the policy: a run says it again and stops
        message = f"the plugin {quote(name)} is installed but cannot be used here: {wrong}"
        gathered.report(at.where, message, key=key, warning=True)
    return not wrong


def check_parameters(group: Group, plugin: str, given: Part, gathered: Gathered) -> None:
    """Report parameters that a plugin does not have, lacks, or has of another type."""
    known = parameters(group, plugin)
    if known is None or not (given.value is None or isinstance(given.value, dict)):
        return
    for name, value in given.entries():
        if name not in known:
            gathered.report(value.where, f"is not a parameter of {plugin}", nearest(name, known), key=True)
        else:
            parameter_trouble(value, known[name].kind, gathered)
    for name, parameter in known.items():
        if parameter.required and name not in given:
            gathered.report((*given.where, name), f"is missing: {plugin} needs it", key=True)


def parameter_trouble(value: Part, kind: Any, gathered: Gathered) -> None:
    """Report a value that is not of the type of its parameter."""
    if get_origin(kind) is Literal:
        options = get_args(kind)
        if value.value not in options:
            message = f"{quote(value.value, value.where)} is not a choice here"
            gathered.report(value.where, message, nearest(value.text, map(str, options)))
    elif kind in _SIMPLE:
        types, words = _SIMPLE[kind]
        if not isinstance(value.value, types) or (isinstance(value.value, bool) and bool not in types):
            hint = "Put it in quotes." if types == (str,) and not isinstance(value.value, dict | list) else ""
            gathered.report(value.where, f"must be {words}", hint)


def check_no_keys(part: Part, gathered: Gathered, *, of_env: bool = False) -> None:
    """Report access keys and passwords written into the file; never quotes one."""
    name = str(part.where[-1])
    of_env = of_env or name.endswith("_env")
    for _, inner in part.entries():
        check_no_keys(inner, gathered, of_env=of_env)
    if isinstance(part.value, list):
        for inner in part.items():
            check_no_keys(inner, gathered, of_env=of_env)
    text = part.text
    if not text:
        return
    if of_env:
        if not _VARIABLE.fullmatch(text):
            message = "takes the name of an environment variable, not the key itself"
            gathered.report(part.where, message, "Write a name such as `OPENAI_API_KEY`, and export the key under it.")
        elif not os.environ.get(text, "").strip():  # a lack of this machine: the key may be set where the run is
            called = "NAME" if is_a_secret(text) else text
            hint = f"`export {called}=...` before `trimtab run`; nothing is amiss if that is done on another machine."
            message = f"the environment variable {quote(text)} is not set here"
            gathered.report(part.where, message, hint, warning=True)
    elif names_a_secret(name) or is_a_secret(text):
        message = "holds an access key or password, which does not belong in a file"
        gathered.report(part.where, message, "Put it in the environment and name the variable with `key_env`.")
