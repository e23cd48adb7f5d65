"""Names of a package that are loaded on first use, so that entering it reads nothing else."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(package: str, home: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package whose names are at `home`, each by the module that it is in."""

    def found(name: str) -> Any:
        try:
            where = home[name]
        except KeyError:
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from None
        return getattr(import_module(where), name)

    return found
