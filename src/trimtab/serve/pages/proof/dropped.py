"""An export that somebody drops: read as a whole, so only a few at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from trimtab.serve.pages.access.refused import RefusedError

_AT_ONCE = 2  # of up to `shield.EXPORT_BYTES` each


class Dropped:
    """Counts those that are read or verified now. Of one event loop, so no lock is needed."""

    def __init__(self) -> None:
        self._now = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """While one is read and verified.

        Raises:
            RefusedError: There are as many already as memory is planned for.
        """
        if self._now >= _AT_ONCE:
            raise RefusedError(429, "Others have exports verified", "Try again in 5 seconds.", wait=5)
        self._now += 1
        try:
            yield
        finally:
            self._now -= 1


async def content_of(request: Any, *, form: bool) -> bytes:
    """The bytes of an export; the name of its file is not looked at.

    Raises:
        RefusedError: There is none.
    """
    if form:
        fields = await request.form(max_files=1, max_fields=1)
        dropped = fields.get("export")
        content: bytes = await dropped.read() if hasattr(dropped, "read") else b""
        await fields.close()
    else:
        content = await request.body()
    if not content:
        raise RefusedError(400, "There is no export in this", "", "Choose a file that `trimtab ledger export` wrote.")
    return content
