"""One run at a time on one ledger: two would go on with each other's work and count cases twice.

A ledger that several machines share holds itself. For a file, the lock is a file beside it, and not the ledger itself:
whoever closes a file of SQLite's gives up the locks that SQLite holds on it. Runs on other ledgers of the same folder
go on side by side; they share the replies kept there.
"""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from trimtab.errors import LedgerError
from trimtab.evidence import Ledger

_FOLDER = Path(".trimtab")  # for ledgers that are no file here, and cannot hold themselves


def alone(ledger: Ledger, what: str) -> AbstractContextManager[None]:
    """Hold this ledger for a run, or for `what` else is done by one process at a time; ends with the process.

    Args:
        ledger: On this machine or another.
        what: A word, part of the lock's name.

    Raises:
        LedgerError: Somebody else holds it, or the folder cannot be written.
    """
    return ledger.hold(what) or _alone_here(ledger.location, what)


def measuring_alone(ledger: Ledger) -> AbstractContextManager[None]:
    """`alone`, of measuring."""
    return alone(ledger, "run")


@contextmanager
def _alone_here(ledger: str, what: str) -> Iterator[None]:
    path, told = _place(ledger, what)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = path.open("w")
    except OSError as error:
        raise LedgerError(
            str(path), f"cannot be made ({error.strerror})", "Choose another place with --ledger."
        ) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            step = "Wait for it to end, or name another file with --ledger."
            raise LedgerError(told, f"is in use by another {what}", step) from None
        yield


def _place(ledger: str, what: str) -> tuple[Path, str]:
    """The file of the lock, and the ledger in words; a URL is not told, since it may hold a password."""
    scheme, separator, _ = ledger.partition("://")
    if separator:
        return _FOLDER / f"{what}.lock", f"{scheme}://..."
    file = Path(ledger).resolve()  # a link to a ledger is the same ledger
    return file.with_name(f"{file.name}.{what}.lock"), ledger
