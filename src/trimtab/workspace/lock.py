"""One run at a time on one ledger: two would go on with each other's work and count cases twice."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from trimtab.errors import LedgerError


@contextmanager
def alone(folder: Path, name: str, said: str) -> Iterator[None]:
    """Hold a lock of this folder; it ends with the process, however that ends.

    Raises:
        LedgerError: Somebody else holds it, which `said` puts into words, or the folder cannot be written.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = path.open("w")
    except OSError as error:
        raise LedgerError(
            str(path), f"cannot be made ({error.strerror})", "Choose another place with --ledger."
        ) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LedgerError(str(folder), said, "Wait for it to end, or name another with --ledger.") from None
        yield


def measuring_alone(folder: Path) -> AbstractContextManager[None]:
    """`alone`, of measuring."""
    return alone(folder, "run.lock", "is in use by another run")
