"""What it takes to have people read what is not given straight away."""

from dataclasses import dataclass

from trimtab.kinds import Interval
from trimtab.stats.binomial import clopper_pearson


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Reading, for so many texts as `volume`: the share that is read, and what follows, each with an interval."""

    volume: int
    share: float
    shares: Interval
    hours: float
    hours_interval: Interval
    money: float | None  # in whatever the hourly rate is in; None without one
    money_interval: Interval | None


def review_load(
    read: int, texts: int, *, volume: int, minutes: float, hourly: float | None = None, level: float = 0.95
) -> Load:
    """Hours and money of reading, if texts to come are like those counted.

    Args:
        read: Of the texts counted, those that a person would read.
        texts: All that were counted, >= 1.
        volume: Texts to come.
        minutes: For one text.
        hourly: What an hour costs.
        level: Of the intervals, which come from the exact one of the share. The number of texts and the minutes are
            taken as given.
    """
    shares = clopper_pearson(read, texts, level=level)
    share, hours = read / texts, volume * minutes / 60.0
    money = None if hourly is None else hours * hourly
    return Load(
        volume=volume,
        share=share,
        shares=shares,
        hours=hours * share,
        hours_interval=_times(shares, hours),
        money=None if money is None else money * share,
        money_interval=None if money is None else _times(shares, money),
    )


def _times(interval: Interval, by: float) -> Interval:
    return Interval(interval.low * by, interval.high * by, interval.level, interval.method)
