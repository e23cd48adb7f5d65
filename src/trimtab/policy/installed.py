"""What the installed plugins say of themselves, as far as a policy has to agree with it."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, get_type_hints

from trimtab.errors import MissingPackageError, PluginError
from trimtab.kinds import Instrument, Shape, plugins
from trimtab.kinds.plugins import Group

IMPORTED = "imported"
"""The metric plugin on suites whose results another tool gave."""


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """Direction, unit, shape and instrument of a metric plugin; empty where it does not say."""

    better: str
    unit: str
    shape: Shape | None
    instrument: Instrument | None = None


def metric_facts(name: str, given: Mapping[str, Any] | None = None) -> MetricFacts | None:
    """What a metric plugin with these fields measures, or None when it cannot be asked."""
    return _asked(name, given) if given else _asked_plainly(name)


@cache
def _asked_plainly(name: str) -> MetricFacts | None:
    return _asked(name, {})


def _asked(name: str, given: Mapping[str, Any]) -> MetricFacts | None:
    try:
        plugin = plugins.make("metrics", name, **given)
        better, unit, shape = plugin.better, plugin.unit, plugin.shape
        instrument = getattr(plugin, "instrument", None)
    except Exception:  # noqa: BLE001  # somebody else's code; `trouble` says what is wrong with it
        return None
    return MetricFacts(
        better=better if isinstance(better, str) else "",
        unit=unit if isinstance(unit, str) else "",
        shape=shape if isinstance(shape, Shape) else None,
        instrument=instrument if isinstance(instrument, Instrument) else None,
    )


def does_not_fit(group: Group, name: str, given: Mapping[str, Any]) -> str:
    """What a plugin has against these fields, or empty text."""
    try:
        plugins.make(group, name, **given)
    except PluginError as error:
        return error.detail
    except Exception as error:  # noqa: BLE001  # as above
        return f"it breaks ({type(error).__name__})"
    return ""


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
        plugin = plugins.find(group, name)
    except MissingPackageError as error:
        return str(error)
    except PluginError as error:
        return f"its module does not load ({type(error.__cause__).__name__})"
    # What a plugin loads when it first works would be missing only then.
    lacking = [package for package in getattr(plugin, "packages", {}) if not _is_there(package)]
    return str(MissingPackageError(lacking[0], plugin.packages[lacking[0]])) if lacking else ""


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # it was put there by hand
        return True


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


def judges_of(detector: str, given: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Who looks where a detector with these fields does, each with the model behind it, if any.

    Read from the fields alone: of a panel its judges count too, whether or not it could be made here.
    """
    model = given.get("model", "")
    found = {(detector, model if isinstance(model, str) else "")}
    for value in given.values():
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, Mapping) and isinstance(one.get("detector"), str):
                inner = one.get("with", {})
                found |= judges_of(one["detector"], inner if isinstance(inner, Mapping) else {})
    return found
