"""Weeks of single futures customer by customer: rows of a table, JSON, and what a terminal says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import numpy as np

from onelogin_sim.forecasting import Forecast
from onelogin_sim.report import formats
from onelogin_sim.report.load import words
from onelogin_sim.report.load.tables import number
from onelogin_sim.report.tables import Row, Table
from onelogin_sim.verification.journeys import AFTER
from onelogin_sim.verification.station_figures import PERCENTILES, StationFigures
from onelogin_sim.verification.windows import StationWeek, Week

#: What the numbers are, and where the other engine is known to be off; said with them wherever they are told.
NOTE = (
    "Every customer from the status date on, one by one: three whole futures, those with few (P10), median (P50) and "
    "many (P90) checks in all; the one with few may have the longest waits. Beside their waits stands what the hourly "
    "queue, on which all other figures of this report rest, says of the same week of the same future. It takes all "
    "visits of a check to fall into the hour in which it begins: behind a station that is closed at night, gives slots "
    "by the hour or is overloaded it has people come too early and too evenly. There its waits may be a third off and "
    "more, and its service level by tens of points, either way."
)

#: Futures by percentile of all checks.
_NAMES = {10: "few", 50: "median", 90: "many"}

#: Said where somebody is not served within the time that is watched.
CUT_OFF = (
    f"Some still wait {AFTER} days after their week: their waits count up to then, "
    "so that the true ones are longer."
)


class Told(NamedTuple):
    """A station's week and the future it is of."""

    percentile: int
    replication: int
    begins: date
    week: Week
    station: StationWeek

    @property
    def future(self) -> str:
        """What the future is called in tables."""
        return f"P{self.percentile}"

    @property
    def named(self) -> str:
        """What the future is called in words: it is one of few or of many checks, not of short or of long waits."""
        return f"{_NAMES[self.percentile]} checks ({self.future})"


def told(forecast: Forecast) -> Iterator[Told]:
    """Yield every station's weeks, future by future; none where nobody was followed."""
    for followed in forecast.load.followed if forecast.load else ():
        for week in followed.weeks:
            begins = forecast.plan.status_date + timedelta(days=week.days.start)
            for station in week.stations:
                yield Told(followed.percentile, followed.replication, begins, week, station)


def window_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a future, week, station and period: the week, its days, and its hours in which anything happens."""
    for one in told(forecast):
        yield _week(one)
        for period, figures in (("day", one.station.days), ("hour", one.station.hours)):
            for place in range(len(figures.came)):
                if period == "day" or _anything(figures, place):
                    yield {**_where(one), **_period(period, one.begins, figures, place)}


def _week(one: Told) -> Row:
    return {
        **_where(one),
        **_period("week", one.begins, one.station.week, 0),
        "hourly_queue_mean_wait_minutes": number(60 * one.station.expected.mean_wait),
        "hourly_queue_within_service_level": number(one.station.expected.within),
        "hourly_queue_lost": number(one.station.expected.lost),
    }


def _where(one: Told) -> Row:
    return {
        "future": one.future,
        "replication": one.replication,
        "week_of": one.begins.isoformat(),
        "station": one.station.id,
    }


def _anything(figures: StationFigures, place: int) -> bool:
    """Whether anybody comes, waits or is served in a period."""
    return bool(figures.came[place] or figures.backlog[place] or figures.utilisation[place] > 0)


def _period(period: str, monday: date, figures: StationFigures, place: int) -> Row:
    begins = datetime.combine(monday, time()) + timedelta(hours=float(figures.edges[place]))
    return {
        "period": period,
        "begins": begins.isoformat(timespec="minutes") if period == "hour" else begins.date().isoformat(),
        "came": int(figures.came[place]),
        "served": int(figures.served[place]),
        "left_unserved": int(figures.abandoned[place] + figures.blocked[place]),
        "still_waiting": int(figures.waiting[place]),
        "offered_erlangs": float(figures.offered[place]),
        "utilisation": number(float(figures.utilisation[place])),
        "mean_wait_minutes": number(60 * float(figures.mean_wait[place])),
        **{
            f"p{percent}_wait_minutes": number(60 * float(figures.waits[place, column]))
            for column, percent in enumerate(PERCENTILES)
        },
        "within_service_level": number(float(figures.within[place])),
        "lost": number(float(figures.lost[place])),
        "backlog": int(figures.backlog[place]),
    }


def windows_json(forecast: Forecast) -> dict[str, Any]:
    """Return the weeks as plain data; days and hours are in the table alone."""
    return {"note": NOTE, "weeks": [_week(one) for one in told(forecast)]}


def worst_weeks(forecast: Forecast) -> list[Told]:
    """Return each station's week in which people waited longest in all; stations nobody comes to are left out."""
    return _worst((one.station.id, one) for one in told(forecast))


def worst_of_futures(forecast: Forecast, station: str) -> list[Told]:
    """Return the week of each future in which people waited longest in all at a station; of those in which any came."""
    return _worst((one.future, one) for one in told(forecast) if one.station.id == station)


def _worst(grouped: Iterable[tuple[str, Told]]) -> list[Told]:
    """The week of each group in which people waited longest in all; of equally long the first."""
    worst: dict[str, tuple[float, Told]] = {}
    for group, one in grouped:
        came, wait = int(one.station.week.came[0]), float(one.station.week.mean_wait[0])
        if came and came * wait > worst.get(group, (-1.0, one))[0]:
            worst[group] = (came * wait, one)
    return [one for _, one in worst.values()]


def hour_rows(one: Told) -> Iterator[Row]:
    """One row an hour of a station's week: what those met who came in it."""
    for place in range(len(one.station.hours.came)):
        yield {**_where(one), **_period("hour", one.begins, one.station.hours, place)}


#: Columns of `worst_rows`.
WORST = ("Station", "Worst week", "Mean", "P95", "In time", "Lost", "Hourly")


def worst_rows(forecast: Forecast) -> Iterator[tuple[str, ...]]:
    """Yield each station's worst week in words, by the columns of `WORST`."""
    load = forecast.load
    names = {station.id: station.name for station in load.verification.stations} if load else {}
    for one in worst_weeks(forecast):
        week = one.station.week
        within = float(week.within[0])
        yield (
            formats.shortened(names[one.station.id], 17),
            f"{formats.short_date(one.begins)}, {one.future}",
            words.wait(float(week.mean_wait[0])),
            words.wait(float(week.waits[0, PERCENTILES.index(95)])),
            "no level" if np.isnan(within) else formats.percent(within),
            formats.percent(float(week.lost[0])),
            words.wait(one.station.expected.mean_wait),
        )


def worst_note(forecast: Forecast) -> str:
    """Return what the table of worst weeks shows."""
    load = forecast.load
    count = sum(len(followed.weeks) for followed in load.followed) if load else 0
    return (
        f"Customer by customer: of {formats.plural(count, 'week')} told, the one in which people waited longest in all "
        "at each station: mean wait, the wait that 95% do not exceed, and the hourly queue's mean wait of that week. "
        "All weeks by day and hour: tables/load_windows.csv."
    ) + (" " + CUT_OFF if any(one.station.week.waiting[0] for one in worst_weeks(forecast)) else "")


#: Tables of the weeks by file name.
TABLES = {
    "load_windows": Table(
        window_rows, ("future", "replication", "week_of", "station", "period", "begins", "came")
    )
}
