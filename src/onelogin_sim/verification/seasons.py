"""When in a year, a week and a day people come: a season, and the shares of a year's visits it gives each day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float64]

HOURS = 24


@dataclass(frozen=True, slots=True)
class LastDay:
    """A deadline on which many come at once.

    Attributes
    ----------
    month, day
        The date, every year it exists.
    share
        Share of the year's visits made on it; part of its month's share.
    top_hour, top_hour_share
        The busiest hour of that day, 0 to 23, and its share of the day's visits.
    """

    month: int
    day: int
    share: float
    top_hour: int
    top_hour_share: float


@dataclass(frozen=True, slots=True)
class Season:
    """Weights of months (January first), weekdays (Monday first) and hours (midnight first), and a deadline.

    Weights are relative: only their ratios count.
    """

    id: str
    months: tuple[float, ...] = (1.0,) * 12
    weekdays: tuple[float, ...] = (1.0,) * 7
    hours: tuple[float, ...] = (1.0,) * HOURS
    last_day: LastDay | None = None


def day_shares(season: Season, first: date, days: int) -> Shares:
    """Return float64 [day]: the share of its calendar year's visits on each day from `first` on.

    A month has its weight's share of the year, whatever its length; within a month days share by the weight
    of their weekday, after the deadline has taken its own. So the shares of a calendar year add up to one.
    """
    found = np.empty(days, dtype=np.float64)
    place = 0
    while place < days:
        when = first + timedelta(days=place)
        month = _month_shares(season, when.year, when.month)[when.day - 1 :]
        count = min(len(month), days - place)
        found[place : place + count] = month[:count]
        place += count
    return found


def _month_shares(season: Season, year: int, month: int) -> Shares:
    starts_on, length = monthrange(year, month)
    weights = np.array([season.weekdays[(starts_on + day) % 7] for day in range(length)])
    whole = season.months[month - 1] / sum(season.months)
    last = season.last_day
    if last is None or last.month != month or last.day > length:
        even: Shares = weights * (whole / weights.sum())
        return even
    weights[last.day - 1] = 0.0
    shares: Shares = weights * ((whole - last.share) / weights.sum())
    shares[last.day - 1] = last.share
    return shares


def hour_shares(season: Season, first: date, days: int) -> Shares:
    """Return float64 [day, hour]: the share of a day's visits in each of its hours; each row adds up to one.

    On the deadline the top hour has its own share and the others divide the rest in their ordinary ratios.
    """
    ordinary = np.array(season.hours) / sum(season.hours)
    found = np.tile(ordinary, (days, 1))
    last = season.last_day
    if last is not None:
        rest = ordinary.copy()
        rest[last.top_hour] = 0.0
        # A service that is open for one hour only has no other hours to share the rest.
        crowded = rest * ((1 - last.top_hour_share) / rest.sum()) if rest.sum() > 0 else ordinary.copy()
        crowded[last.top_hour] = 1 - crowded[np.arange(HOURS) != last.top_hour].sum()
        for place in range(days):
            when = first + timedelta(days=place)
            if (when.month, when.day) == (last.month, last.day):
                found[place] = crowded
    return found
