"""What individuals met at a station, hour by hour, day by day, week by week, month by month.

Customers belong to the period in which they came; work in service, people waiting and capacity to the time itself.
Who comes while a station with impatient callers is closed is not held against its service level, as in
`station_months`, and is counted among the abandoned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from onelogin_sim.errors import did_you_mean
from onelogin_sim.verification.duty import open_by_hour, units_by_hour
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station import ABANDONED, BLOCKED, SERVED, WAITING
from onelogin_sim.verification.visits import Visits

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

Period = Literal["hour", "day", "week", "month", "window"]

#: Percentiles of waits.
PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, eq=False)
class StationFigures:
    """One station by period.

    Attributes
    ----------
    edges
        float64 [period + 1], hours from the midnight that begins the window.
    came, served, abandoned, blocked, waiting
        int64 [period]: visits by when they began, and how they ended; `waiting` at the end of the watch.
    offered
        float64 [period]: offered load in erlangs, the work that came over the length of the period.
    utilisation
        float64 [period]: work done over what the servers on duty could do; nan when there were none. It may exceed 1:
        a server whose duty ends completes the customer in hand.
    mean_wait
        float64 [period]: hours, over all who came; who waits at the end of the watch counts up to it. nan: nobody came.
    waits
        float64 [period, percentile]: the waits that 50%, 95% and 99% of them do not exceed.
    within
        float64 [period]: share of customers who began within the service level, of those of whom that is known; nan
        without level or customers.
    backlog
        int64 [period]: people waiting at the end of the period, whenever they came.
    """

    edges: Floats
    came: Whole
    served: Whole
    abandoned: Whole
    blocked: Whole
    waiting: Whole
    offered: Floats
    utilisation: Floats
    mean_wait: Floats
    waits: Floats
    within: Floats
    backlog: Whole

    @property
    def lost(self) -> Floats:
        """float64 [period]: share of who came that left unserved; nan: nobody came."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share: Floats = (self.abandoned + self.blocked) / self.came
        return share


class Seen(Protocol):
    """What is seen of a window: its days, when they begin on the clock, visits in it and those not over before it."""

    @property
    def verification(self) -> Verification:
        """Whose stations they are."""

    @property
    def days(self) -> range:
        """The window."""

    @property
    def begins(self) -> float:
        """Its first midnight on the clock of the visits, in hours."""

    @property
    def visits(self) -> Visits:
        """Visits made in it, and earlier ones not over when it began; others do no harm."""


def station_figures(found: Seen, station: str, by: Period = "window") -> StationFigures:
    """Return what the individuals of a window met at a station.

    Parameters
    ----------
    found
        From :func:`passing.passing`; who came before the window is left out, but for the work they make and the queue
        they stand in.
    station
        Its id.
    by
        Length of the periods; weeks begin on Mondays, the first and the last may be cut off.

    Raises
    ------
    ValueError
        When there is no such station or period.
    """
    verification = found.verification
    ids = [each.id for each in verification.stations]
    if station not in ids:
        raise ValueError(f"'{station}' is not a station; {did_you_mean(station, ids)}")
    needs = verification.stations[ids.index(station)]
    since_midnight = edges_of(found, by)
    edges = since_midnight + found.begins
    visits = found.visits
    here = visits.station == ids.index(station)
    service, arrive, wait, _, outcome = (column[here] for column in visits[1:])
    inside = (arrive >= edges[0]) & (arrive < edges[-1])
    period = np.searchsorted(edges, arrive[inside], side="right") - 1
    count = len(edges) - 1

    def counted(code: int) -> Whole:
        return np.bincount(period[outcome[inside] == code], minlength=count)

    came = np.bincount(period, minlength=count)
    units = units_by_hour(needs, verification.status_date, found.days)
    duty = np.concatenate([[0], np.cumsum(units)])[since_midnight.astype(np.int64)]
    started = outcome == SERVED
    work = _work_done(arrive[started] + wait[started], service[started], edges)
    with np.errstate(divide="ignore", invalid="ignore"):
        utilisation = np.where(np.diff(duty) > 0, np.diff(work) / np.diff(duty), np.nan)
        mean_wait = np.bincount(period, wait[inside], count) / came
    within = np.full(count, np.nan)
    if needs.level is not None:
        limit = needs.level.within * HOURS if needs.unit == "appointments" else needs.level.within / 60
        counts = (outcome[inside] != WAITING) | (wait[inside] > limit)
        if needs.patience is not None:
            opens = open_by_hour(needs, verification.status_date, found.days)
            counts &= opens[(arrive[inside] - found.begins).astype(np.int64)]
        soon = (outcome[inside] == SERVED) & (wait[inside] <= limit)
        with np.errstate(divide="ignore", invalid="ignore"):
            within = np.bincount(period[soon & counts], minlength=count) / np.bincount(
                period[counts], minlength=count
            )
    return StationFigures(
        since_midnight,
        came,
        counted(SERVED),
        counted(ABANDONED),
        counted(BLOCKED),
        counted(WAITING),
        np.bincount(period, service[inside], count) / np.diff(edges),
        utilisation,
        mean_wait,
        _percentiles(period, wait[inside], came),
        within,
        _waiting_at(arrive, arrive + wait, edges[1:]),
    )


def edges_of(found: Seen, by: Period) -> Floats:
    """Return float64 [period + 1]: hours from the midnight that begins the window.

    Raises
    ------
    ValueError
        When there is no such period.
    """
    days = len(found.days)
    first = found.verification.status_date + timedelta(days=found.days.start)
    dates = [first + timedelta(days=day) for day in range(1, days)]
    inner: dict[str, list[int]] = {
        "hour": list(range(1, days * HOURS)),
        "day": [HOURS * day for day in range(1, days)],
        "week": [HOURS * (place + 1) for place, date in enumerate(dates) if date.weekday() == 0],
        "month": [HOURS * (place + 1) for place, date in enumerate(dates) if date.day == 1],
        "window": [],
    }
    if by not in inner:
        raise ValueError(f"by must be one of {', '.join(inner)}, not '{by}'")
    return np.array([0, *inner[by], days * HOURS], dtype=np.float64)


def _work_done(start: Floats, service: Floats, edges: Floats) -> Floats:
    """float64 [edge]: hours of work done by each edge: each service from its start on, until it ends."""

    def since(times: Floats) -> Floats:
        """Hours passed since all of some times, added up, at each edge."""
        times = np.sort(times)
        sums = np.concatenate([[0.0], np.cumsum(times)])
        before = np.searchsorted(times, edges, side="right")
        passed: Floats = before * edges - sums[before]
        return passed

    return since(start) - since(start + service)


def _waiting_at(arrive: Floats, stop: Floats, edges: Floats) -> Whole:
    """int64 [edge]: who has come before an edge and not yet stopped waiting at it."""
    came = np.searchsorted(np.sort(arrive), edges, side="left")
    gone = np.searchsorted(np.sort(stop), edges, side="left")
    return came - gone


def _percentiles(period: Whole, wait: Floats, came: Whole) -> Floats:
    """float64 [period, percentile]: the smallest wait that so many of a period's customers do not exceed."""
    found = np.full((len(came), len(PERCENTILES)), np.nan)
    ordered = wait[np.lexsort((wait, period))]
    first = np.cumsum(came) - came
    some = came > 0
    for place, percentile in enumerate(PERCENTILES):
        rank = np.maximum(-(-percentile * came // 100) - 1, 0)
        found[some, place] = ordered[(first + rank)[some]]
    return found
