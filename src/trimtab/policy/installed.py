"""What the installed plugins say of themselves, as far as a policy has to agree with it."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from trimtab.errors import MissingPackageError, PluginError
from trimtab.kinds import Shape, plugins
from trimtab.kinds.plugins import Group


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """Direction, unit and shape of a metric plugin; empty where it does not say."""

    better: str
    unit: str
    shape: Shape | None


@cache
def metric_facts(name: str) -> MetricFacts | None:
    """What a metric plugin measures, or None when it cannot be asked."""
    try:
        plugin = plugins.make("metrics", name)
        better, unit, shape = plugin.better, plugin.unit, plugin.shape
    except Exception:  # noqa: BLE001  # somebody else's code; `trouble` says what is wrong with it
        return None
    return MetricFacts(
        better=better if isinstance(better, str) else "",
        unit=unit if isinstance(unit, str) else "",
        shape=shape if isinstance(shape, Shape) else None,
    )


def default_score(suite: str, given: Mapping[str, Any] | None = None) -> str:
    """The metric plugin that scores an installed suite with these parameters, or empty text when that is unknown."""
    try:
        score = plugins.make("suites", suite, **(given or {})).score
    except Exception:  # noqa: BLE001  # as above; parameters that do not fit are reported by name
        return ""
    return score if isinstance(score, str) else ""


@cache
def trouble(group: Group, name: str) -> str:
    """Why an installed plugin cannot be used on this machine, or empty text."""
    try:
        plugins.find(group, name)
    except MissingPackageError as error:
        return str(error)
    except PluginError as error:
        return f"its module does not load ({type(error.__cause__).__name__})"
    return ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of a plugin; `kind` is its type, None when that is unknown."""

    required: bool
    kind: Any


@cache
def parameters(group: Group, name: str) -> Mapping[str, Parameter] | None:
    """The fields that a plugin takes, or None when they cannot be known or are free."""
    try:
        plugin = plugins.find(group, name)
        signature = inspect.signature(plugin)
        hints = get_type_hints(plugin)
    except Exception:  # noqa: BLE001  # unknown is checked when the plugin is made
        return None
    if any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values()):
        return None
    return {
        field: Parameter(required=one.default is one.empty, kind=hints.get(field))
        for field, one in signature.parameters.items()
        if not field.startswith("_")
    }
