"""One future's stations hour by hour: how long people wait and how many leave, by week and hour of the day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from onelogin_sim.identity_load import WaitMap
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.demand import Demand, demand
from onelogin_sim.verification.loads import customers
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import hours_of
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import HOURLY, station_months
from onelogin_sim.verification.workload import Workload, workload

Floats = npt.NDArray[np.float64]

#: Days of a week of the map, from Monday on; the first is cut off at the status date.
WEEK = 7


def wait_maps(verification: Verification, timeline: Timeline) -> tuple[WaitMap, ...]:
    """Return the waits at each station in the first future of a timeline, from the very hours that make its months."""
    asked, need = demand(verification, timeline), workload(verification)
    return tuple(_map(asked, need, place) for place in range(len(verification.stations)))


def _map(asked: Demand, need: Workload, place: int) -> WaitMap:
    verification = asked.verification
    days = range(verification.horizon)
    first = verification.status_date
    before = first.weekday()
    weeks = -(-(before + len(days)) // WEEK)
    hourly = np.zeros((1, len(HOURLY), len(days) * HOURS))
    station = station_hours(verification, need, place, days)
    station_months(
        station,
        customers(asked, need, place)[:1],
        np.array(hours_of(verification, days)),
        np.array([0, len(days)]),
        hourly,
    )
    padded = np.zeros((len(HOURLY), weeks * WEEK * HOURS))
    padded[:, before * HOURS : (before + len(days)) * HOURS] = hourly[0]
    came, waited, lost = padded.reshape(len(HOURLY), weeks, WEEK, HOURS).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, share = (np.where(came > 0, sums / came, np.nan) for sums in (waited, lost))
    if station.lapse < np.inf:
        # Who lapses does so because of days of others before them, whatever the hour of the day in which they came.
        weekly = lost.sum(axis=1, keepdims=True) / np.maximum(came.sum(axis=1, keepdims=True), 1e-300)
        share = np.where(came > 0, weekly, np.nan)
    return WaitMap(
        verification.stations[place].id,
        asked.replications.start,
        tuple(first + timedelta(days=max(WEEK * week - before, 0)) for week in range(weeks)),
        came,
        mean,
        share,
    )
