"""Which of many signs a text shows, in one pass.

Nearly every text shows none of the signs of nearly every problem, so what decides the time of a detector is how
quickly it can say so. Hyperscan looks for all signs at once; where it is not installed, or a text is not ASCII (its
bytes and Python's characters then mean different things), each is looked for by `re` or `in`. The answer is the same.
"""

import re
import threading
from collections.abc import Sequence
from typing import Any

from trimtab._optional import need
from trimtab.errors import MissingPackageError


class Signs:
    """A fixed list of signs: literals in lower case that count in any case, and regular expressions.

    Expressions use the syntax that `re` and Hyperscan share, without look-around.
    """

    def __init__(
        self, literals: Sequence[str] = (), expressions: Sequence[str] = (), *, hyperscan: bool = True
    ) -> None:
        self._literals = tuple(literals)
        self._expressions = tuple(re.compile(one) for one in expressions)
        self._allowed = hyperscan
        self._local = threading.local()  # one scratch space for each thread

    def of(self, text: str, low: str) -> list[int]:
        """Numbers of the signs shown, rising: literals first, then expressions. `low` is `text.lower()`."""
        if self._allowed and text.isascii():
            database = getattr(self._local, "database", None) or self._made()
            if database is not None:
                seen: list[int] = []
                # Positional arguments, since this call is most of the time of a clean text.
                database.scan(text.encode(), match_event_handler=lambda number, *_: seen.append(number))
                seen.sort()
                return seen
        found = [number for number, literal in enumerate(self._literals) if literal in low]
        offset = len(self._literals)
        found += [offset + number for number, one in enumerate(self._expressions) if one.search(text)]
        return found

    def _made(self) -> Any:
        try:
            library: Any = need("hyperscan", extra="guard")
        except MissingPackageError:
            self._allowed = False
            return None
        database = library.Database()
        once = library.HS_FLAG_SINGLEMATCH
        database.compile(
            expressions=[re.escape(literal).encode() for literal in self._literals]
            + [one.pattern.encode() for one in self._expressions],
            ids=list(range(len(self._literals) + len(self._expressions))),
            flags=[once | library.HS_FLAG_CASELESS] * len(self._literals) + [once] * len(self._expressions),
        )
        self._local.database = database
        return database
