"""Lengths of time and days as people read them. Microseconds, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ((86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"))


def span(length: int) -> str:
    """In the two largest units that say something: `2 days 3 hours`; `less than a minute` below one."""
    said = []
    for size, name in _UNITS:
        count, length = divmod(length, size)
        if count:
            said.append(f"{count:,} {name}{'' if count == 1 else 's'}")
    return " ".join(said[:2]) or "less than a minute"


def day(moment: int) -> str:
    """The day that a moment lies in, as 2026-03-01."""
    return (_EPOCH + timedelta(microseconds=moment)).date().isoformat()


def minute(moment: int) -> str:
    """A moment to the minute, as 2026-03-01 10:00."""
    return (_EPOCH + timedelta(microseconds=moment)).strftime("%Y-%m-%d %H:%M")
