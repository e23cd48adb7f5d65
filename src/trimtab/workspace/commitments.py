"""Names people who are not in the policy by salted commitments. The salts stay outside of the ledger.

The file holds no names: to find somebody's commitment one must know the name. Who deletes a salt makes the commitment
in the ledger one of nobody, and no row has to change.
"""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trimtab.decision.learning import COMMITTED
from trimtab.errors import OutputError, UsageError

DEFAULT_SALTS = ".trimtab/people.salts"
_BYTES = 32
_DIGITS = 32  # of the digest: 128 bits


def commitment(name: str, salts: Path) -> str:
    """`person:` and a digest: the one that this name has, or a new one with a salt of its own.

    Raises:
        UsageError: The name is empty, or the file of salts is none or open to others.
        OutputError: It cannot be written.
    """
    who = _normal(name)
    with _held(salts) as rows:
        for one in rows:
            if _commit(one["salt"], who) == one["person"]:
                return one["person"]
        salt = secrets.token_hex(_BYTES)
        made = _commit(salt, who)
        rows.append({"salt": salt, "person": made})
        return made


def forget(name: str, salts: Path) -> bool:
    """Delete the salt of a name; False when there was none. Its commitments can be told to be nobody's from then on.

    Raises:
        UsageError, OutputError: As `commitment`.
    """
    who = _normal(name)
    with _held(salts) as rows:
        kept = [one for one in rows if _commit(one["salt"], who) != one["person"]]
        found = len(kept) < len(rows)
        rows[:] = kept
    return found


# -- parts ---------------------------------------------------------------------------------


def _normal(name: str) -> str:
    """One spelling of a name: spaces, letter case and composed letters do not tell people apart."""
    found = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    if not found or len(found) > 200:
        raise UsageError("that is no name of a person.", "Give a name, or - to read one from standard input.")
    return found


def _commit(salt: str, who: str) -> str:
    # The salt has a fixed length, so salt and name cannot be parted in another way.
    return COMMITTED + hashlib.sha256(bytes.fromhex(salt) + who.encode()).hexdigest()[:_DIGITS]


@contextmanager
def _held(path: Path) -> Iterator[list[dict[str, str]]]:
    """The rows of the file, to be changed: written anew, whole, when left without an error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutputError(str(path), error.strerror or "cannot be opened", "Name another with --salts.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = _read(path)
        rows = [dict(one) for one in before]
        yield rows
        if rows != before:
            _write(path, rows)
    finally:
        os.close(lock)


def _read(path: Path) -> list[dict[str, str]]:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path} cannot be read as salts.", "Name the file with --salts.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"others may read {path}, so its salts hide nobody.", f"Run: chmod 600 {path}")
    try:
        rows = json.loads(text)
        whole = all(
            set(one) == {"salt", "person"}
            and len(bytes.fromhex(one["salt"])) == _BYTES
            and one["person"].startswith(COMMITTED)
            for one in rows
        )
    except (ValueError, TypeError, AttributeError):
        whole = False
    if not whole:  # never written over: the people in the ledger would be lost
        raise UsageError(f"{path} holds no salts, or was damaged.", "Restore it from a copy, or name another.")
    return list(rows)


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    made = path.with_name(path.name + ".making")
    try:
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except OSError as error:
        raise OutputError(str(path), error.strerror or "cannot be written", "Nothing was changed.") from None
