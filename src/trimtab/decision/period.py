"""Quarters and other stretches of time that figures are of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` to before `end`, microseconds since the epoch, UTC; `name` as people say it."""

    start: int
    end: int
    name: str = ""

    @classmethod
    def quarter(cls, name: str) -> Self:
        """Of a text such as `2026-Q3`, which is [1 July, 1 October).

        Raises:
            ValueError: It is none.
        """
        found = _QUARTER.fullmatch(name)
        if found is None:
            raise ValueError(f"{name[:20]!r} is no quarter; write one as 2026-Q3")
        year, number = int(found[1]), int(found[2])
        after = (year, 3 * number + 1) if number < 4 else (year + 1, 1)
        return cls(_moment(year, 3 * number - 2), _moment(*after), name)

    @classmethod
    def quarter_at(cls, moment: int) -> Self:
        """The quarter that a moment lies in."""
        found = _EPOCH + timedelta(microseconds=moment)
        return cls.quarter(f"{found.year}-Q{(found.month + 2) // 3}")

    def before(self) -> "Period":
        """The quarter before the one that this begins in."""
        return Period.quarter_at(self.start - 1)

    def holds(self, moment: int) -> bool:
        """Whether a moment lies within."""
        return self.start <= moment < self.end


def _moment(year: int, month: int) -> int:
    return (datetime(year, month, 1, tzinfo=UTC) - _EPOCH).days * 86_400_000_000
