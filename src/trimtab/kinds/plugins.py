"""Finds plugins by entry point; ours have no privileges over anybody else's.

Groups: `trimtab.detectors`, `trimtab.metrics`, `trimtab.systems`,
`trimtab.suites`, `trimtab.stores`, `trimtab.attacks`, `trimtab.strategies`. A plugin is a class whose fields are its
configuration.
"""

import difflib
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from trimtab.errors import MissingPackageError, PluginError, TrimtabError

Group = Literal["detectors", "metrics", "systems", "suites", "stores", "attacks", "strategies"]


@cache
def _installed(group: Group) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"trimtab.{group}")}


def names(group: Group) -> list[str]:
    """Every plugin of a group that is installed, sorted."""
    return sorted(_installed(group))


def near(group: Group, name: str) -> str:
    """The plugin that was probably meant by a name that none has; empty where none is near."""
    return next(iter(difflib.get_close_matches(name[:100], names(group), n=1)), "")


def find(group: Group, name: str) -> Any:
    """The plugin class itself.

    Raises:
        PluginError: No such plugin, or it does not load.
        MissingPackageError: It needs an extra that is not installed.
    """
    point = _installed(group).get(name)
    if point is None:
        close = near(group, name)
        guess = f"Did you mean {close!r}?" if close else f"Installed: {', '.join(names(group)) or 'none'}."
        raise PluginError(group, name, "is not installed", guess)
    try:
        return point.load()
    except MissingPackageError:
        raise
    except Exception as error:  # somebody else's module may raise anything
        raise PluginError(group, name, f"does not load ({type(error).__name__}: {error})") from error


def make(group: Group, name: str, **fields: Any) -> Any:
    """An instance with the given fields.

    Raises:
        PluginError: As `find`, or the fields do not fit.
    """
    plugin = find(group, name)
    try:
        return plugin(**fields)
    except TrimtabError:
        raise
    except ValueError as error:  # its own words: they name what was given
        raise PluginError(group, name, f"does not take its fields: {error}") from error
    except TypeError as error:
        raise PluginError(group, name, f"does not take {sorted(fields)} ({error})") from error
