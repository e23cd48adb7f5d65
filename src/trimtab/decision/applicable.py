"""From when a control applies, read from what the catalogue says of it.

The catalogue keeps the words of whoever checked it: one date, a date for each annex, a date and what comes later, or
no date at all. What cannot be read is said, and taken for "applies now": a date that nobody knows postpones nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTS = re.compile(r"\s*[/;]\s*")
_JOINING = (" by", " from", " on", " until")  # between what a date is of and the date


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A day from which something applies: its beginning in UTC, in microseconds, and what it is of.

    `of` is in the catalogue's words ("Annex III", "additions"), empty where it is the whole control.
    """

    at: int
    of: str = ""

    @property
    def day(self) -> str:
        """The day as 2027-12-02."""
        return datetime.fromtimestamp(self.at / 1e6, UTC).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applies:
    """When a control applies: `dates` in the order of time, and of `text` what no date could be read from."""

    text: str
    dates: tuple[Dated, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def begins(self) -> int | None:
        """When it first applies to anybody; None where it always does, or where nobody knows.

        Which annex a system falls under is for people to say; until they do, the earliest date is the one to be held
        to. A part without a date might be the earliest of all.
        """
        return self.dates[0].at if self.dates and not self.unread else None


def applies(text: str) -> Applies:
    """Read what a catalogue says in `applies`; nothing is dropped."""
    dates, unread = [], []
    for part in _PARTS.split(text.strip()) if text.strip() else ():
        found = [day for one in _DATE.findall(part) if (day := _day(one)) is not None]
        if len(found) == 1 and len(_DATE.findall(part)) == 1:
            dates.append(Dated(at=found[0], of=_of(part)))
        elif part:
            unread.append(part)
    return Applies(text=text, dates=tuple(sorted(dates, key=lambda one: (one.at, one.of))), unread=tuple(unread))


def _day(text: str) -> int | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000


def _of(part: str) -> str:
    words = " ".join(_DATE.sub(" ", part).split()).strip(" ,:")
    if words.startswith("(") and words.endswith(")"):
        return words[1:-1]
    return next((words.removesuffix(end) for end in _JOINING if words.endswith(end)), words)
