"""Files that appear whole or not at all: written under a name of their own, flushed, then renamed."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from trimtab.errors import OutputError


def making(path: Path) -> Path:
    """What a file is called until it is finished."""
    return path.with_name(f".{path.name}.part")


def pretty(value: dict[str, Any]) -> bytes:
    """JSON for people: indented, keys in order, with a last end of line."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and return once it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """So that new names outlive a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def clearly(path: Path) -> Iterator[None]:
    """Say in words what keeps a file from being written.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        why = f"cannot be written ({error.strerror or type(error).__name__})"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        step = "Free some space, or choose another place." if full else "Choose another place."
        raise OutputError(str(path), why, f"Nothing was kept. {step}") from None


__all__ = ["clearly", "making", "pretty", "sync_folder", "write_whole"]
