"""Writes the report's files: whole or not at all."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from trimtab.errors import OutputError, ReportError
from trimtab.report.html import page
from trimtab.report.json import json_bytes
from trimtab.report.junit import junit
from trimtab.report.look import Look
from trimtab.report.look_page import look_page
from trimtab.report.markdown import markdown
from trimtab.report.view import Report


def write_reports(report: Report, folder: Path) -> list[Path]:
    """Write report.html, report.json, junit.xml and summary.md, and return their paths in this order.

    All four are made before the first is written, and each replaces its
    predecessor in one step, so that no reader sees half a file.

    Raises:
        ReportError: The folder cannot be made or written, or the disk is full.
    """
    contents = {
        "report.html": page(report).encode(),
        "report.json": json_bytes(report),
        "junit.xml": junit(report),
        "summary.md": markdown(report).encode(),
    }
    path = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            path = folder / name
            _replace(path, content)
    except OSError as error:
        raise ReportError(str(path), *_cause(error)) from error
    return [folder / name for name in contents]


def write_look(look: Look, folder: Path) -> Path:
    """Write production.html, and return its path.

    Raises:
        OutputError: As `write_page`.
    """
    return write_page(folder / "production.html", look_page(look))


def write_page(path: Path, text: str) -> Path:
    """Write one page, whole or not at all; the folder is made.

    Raises:
        OutputError: It cannot be written.
    """
    return write_file(path, text.encode())


def write_file(path: Path, content: bytes) -> Path:
    """Write one file, whole or not at all; the folder is made.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:  # a decision need not be in any ledger here, so nothing is said of one
        why, first = _cause(error)
        step = f"{first[0].upper()}{first[1:]}, or name another place." if first else "Name another place."
        raise OutputError(str(path), f"cannot be written ({why})", step) from error
    return path


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, wait for the disk, then rename over it."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())  # mkstemp gives 0600; a report is for reading
        Path(temporary).replace(path)
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    """The process's mask; there is no way to read it but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _cause(error: OSError) -> tuple[str, str]:
    """What is wrong, and what mends it other than another folder, if anything does."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file stands where a folder is needed", "move it away"
    if isinstance(error, IsADirectoryError):
        return "a folder stands where the file is to be", "move it away"
    why = error.strerror or type(error).__name__
    return why, "free some space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
