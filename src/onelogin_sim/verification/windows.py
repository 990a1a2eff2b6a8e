"""Weeks of single futures looked at customer by customer: by default the busiest of each quarter.

The future is simulated person by person from the status date on, so what months of overload have left is in the waits.
Beside each week stands what the hourly queue of the ensemble says of the same week of the same future, so that it is
seen how far off it is just there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from onelogin_sim.errors import PlanError
from onelogin_sim.verification.demand import Demand
from onelogin_sim.verification.loads import customers
from onelogin_sim.verification.passing import Passed, passing
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import hours_of
from onelogin_sim.verification.station_figures import Floats, StationFigures, station_figures
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import FIGURES, station_months
from onelogin_sim.verification.workload import workload

#: Days of a window.
WEEK = 7


@dataclass(frozen=True, slots=True)
class Expected:
    """What the hourly queue says of a station's week, as `loads.Load.stations` has it: waits in hours.

    All of it is nan where it expects nobody, `within` also where nobody counts in the level.
    """

    mean_wait: float
    within: float
    lost: float


@dataclass(frozen=True, slots=True, eq=False)
class StationWeek:
    """A station in a week of one future.

    Attributes
    ----------
    id
        Of the station.
    hours, days, week
        What individuals met there, by when they came.
    expected
        Of the same week by the hourly queue.
    """

    id: str
    hours: StationFigures
    days: StationFigures
    week: StationFigures
    expected: Expected


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """A week of one future, customer by customer.

    Attributes
    ----------
    replication
        The future.
    days
        Monday to Sunday.
    checks
        People who came for a check in it.
    stations
        In the scenario's order.
    """

    replication: int
    days: range
    checks: int
    stations: tuple[StationWeek, ...]


def weeks(asked: Demand, replication: int, seed: int, chosen: Sequence[range] = ()) -> Iterator[Week]:
    """Yield weeks of a future customer by customer, one after the other: no more than one is held at a time.

    Parameters
    ----------
    asked
        Of a block that holds the replication.
    seed
        The run's root seed.
    chosen
        Days of each, from `week_of`; none: `busiest_weeks`.

    Raises
    ------
    ValueError
        When the demand does not hold the replication.
    """
    whole = sorted(chosen, key=lambda days: days.start) or busiest_weeks(asked, replication)
    expected = _expected(asked, replication, whole)
    for place, found in enumerate(passing(asked, replication, whole, seed)):
        yield _week(found, expected[:, place])


def _week(found: Passed, expected: Floats) -> Week:
    stations = tuple(
        StationWeek(
            station.id,
            station_figures(found, station.id, "hour"),
            station_figures(found, station.id, "day"),
            station_figures(found, station.id),
            _of(expected[place]),
        )
        for place, station in enumerate(found.verification.stations)
    )
    return Week(found.replication, found.days, found.came, stations)


def _of(figures: Floats) -> Expected:
    named = dict(zip(FIGURES, figures.tolist(), strict=True))
    if not named["customers"]:
        return Expected(np.nan, np.nan, np.nan)
    return Expected(named["mean_wait"], named["within"], named["lost"])


def _expected(asked: Demand, replication: int, chosen: Sequence[range]) -> Floats:
    """float64 [station, week, figure]: what the hourly queue says of some weeks of a future."""
    verification, row = asked.verification, replication - asked.replications.start
    horizon, need = range(verification.horizon), workload(verification)
    shares = np.array(hours_of(verification, horizon))
    starts = [days.start for days in chosen]
    edges = np.array(sorted({0, *starts, *(days.stop for days in chosen), len(horizon)}), dtype=np.int64)
    figures = np.zeros((len(verification.stations), len(chosen), len(FIGURES)))
    for place in range(len(figures)):
        hours = station_hours(verification, need, place, horizon)
        daily = customers(asked, need, place)[row : row + 1]
        figures[place] = station_months(hours, daily, shares, edges)[0][np.searchsorted(edges, starts)]
    return figures


def week_of(verification: Verification, when: date) -> range:
    """Return the days from Monday to Sunday of the week a date is in.

    Raises
    ------
    PlanError
        When they do not lie between the status date and the horizon.
    """
    status = verification.status_date
    first = (when - status).days - when.weekday()
    if not 0 <= first <= verification.horizon - WEEK:
        earliest = status + timedelta(days=-status.weekday() % WEEK)
        whole = (verification.horizon - (earliest - status).days) // WEEK
        if whole < 1:
            raise PlanError("there is no whole week from Monday to Sunday within the horizon to look at")
        latest = earliest + timedelta(days=WEEK * whole - 1)
        raise PlanError(
            f"the week of {when.isoformat()} is not within the horizon: "
            f"choose a day from {earliest.isoformat()} to {latest.isoformat()}"
        )
    return range(first, first + WEEK)


def busiest_weeks(asked: Demand, replication: int) -> list[range]:
    """Return the days of the busiest week of each calendar quarter in one future: from Monday to Sunday.

    A week belongs to the quarter in which it begins; of weeks with equally many checks and uplifts the first is taken.
    Weeks cut off by the status date or the horizon do not count, nor do quarters without a check.

    Raises
    ------
    ValueError
        When the demand does not hold the replication.
    """
    if replication not in asked.replications:
        raise ValueError(f"replication {replication} is not among {asked.replications}")
    row = replication - asked.replications.start
    daily = (asked.checks[row] + asked.uplifts[row]).sum(axis=(0, 1))
    status = asked.verification.status_date
    monday = -status.weekday() % WEEK
    starts = range(monday, len(daily) - WEEK + 1, WEEK)
    best: dict[tuple[int, int], tuple[float, range]] = {}
    for start in starts:
        begins = status + timedelta(days=start)
        quarter = (begins.year, (begins.month - 1) // 3)
        checks = float(np.sum(daily[start : start + WEEK]))
        if checks > best.get(quarter, (0.0, range(0)))[0]:
            best[quarter] = (checks, range(start, start + WEEK))
    return [days for _, days in best.values()]
