"""Heavy packages are loaded where they are used, through `need`."""

from importlib import import_module
from types import ModuleType

from trimtab.errors import MissingPackageError


def need(module: str, *, extra: str) -> ModuleType:
    """Import `module`, or say which extra carries it.

    Raises:
        MissingPackageError: It is not installed, or does not load here.
    """
    try:
        return import_module(module)
    except ImportError as error:
        detail = "" if isinstance(error, ModuleNotFoundError) else "it is installed but does not load"
        raise MissingPackageError(module.partition(".")[0], extra, detail) from error
