"""Reads a document that somebody records: its digest, and which of its mandatory sections say something."""

import hashlib
from pathlib import Path
from typing import Any

from trimtab.decision.sections import sections_of
from trimtab.errors import UsageError

_MOST_BYTES = 5_000_000


def document_facts(path: Path, kind: str) -> dict[str, Any]:
    """Digest, filled and mandatory, as fields of an entry.

    Raises:
        UsageError: It cannot be read, or is no text.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Name a file that can.") from error
    if data is None:
        raise UsageError(f"{path} has more than {_MOST_BYTES:,} bytes.", "Give its counts yourself, without --file.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is no text in UTF-8.", "Give --digest, --filled and --mandatory instead of --file."
        ) from error
    found = sections_of(text, kind)
    return {
        "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "filled": found.filled,
        "mandatory": found.mandatory,
    }
