"""One future's stations hour by hour: how long people wait, by week and hour of the day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from onelogin_sim.identity_load import WaitMap
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.demand import Demand, demand
from onelogin_sim.verification.duty import units_by_hour
from onelogin_sim.verification.loads import customers
from onelogin_sim.verification.pointwise import relaxed_queue, relaxed_waits
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import LOADS, StationHours, station_hours
from onelogin_sim.verification.workload import Workload, workload

Floats = npt.NDArray[np.float64]

#: Days of a week of the map; the first begins on the status date.
WEEK = 7


def wait_maps(verification: Verification, timeline: Timeline) -> tuple[WaitMap, ...]:
    """Return the waits at each station without a time limit, in the one future of a timeline.

    They are those of `station_months`: the relaxed queue where people stay, and Erlang A's hour by hour where
    they soon leave. Where people lapse after a time the queue by hour would have to forget them; the monthly
    waits do, and there is no map.
    """
    asked, need = demand(verification, timeline), workload(verification)
    days = range(verification.horizon)
    return tuple(
        _map(asked, need, place)
        for place in range(len(verification.stations))
        if not station_hours(verification, need, place, days).lapse < np.inf
    )


def _map(asked: Demand, need: Workload, place: int) -> WaitMap:
    verification = asked.verification
    days = range(verification.horizon)
    hours = station_hours(verification, need, place, days)
    come = asked.by_hour(customers(asked, need, place), days)[0]
    waits = _impatient(come, hours) if hours.patience else _patient(asked, need, place, come, hours)
    weeks = -(-len(days) // WEEK)
    shape = (weeks, WEEK, HOURS)
    weight, wait = np.zeros((2, weeks * WEEK * HOURS))
    # Where nobody can be served nobody is counted: a closed hour has no wait of its own.
    weight[: len(come)] = np.where(hours.capacity > 0, come, 0.0)
    wait[: len(come)] = np.where(weight[: len(come)] > 0, waits, 0.0)
    customers_of = weight.reshape(shape).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weight * wait).reshape(shape).sum(axis=1) / customers_of
    first = verification.status_date
    return WaitMap(
        verification.stations[place].id,
        asked.replications.start,
        tuple(first + timedelta(days=WEEK * week) for week in range(weeks)),
        np.where(customers_of > 0, mean, np.nan),
    )


def _patient(asked: Demand, need: Workload, place: int, come: Floats, hours: StationHours) -> Floats:
    """Mean wait of those who come in each hour: of its two ends, as `station_months` has it.

    Of the last hour before closing the start alone: who comes at its very end waits all night, and few do.
    """
    verification, days = asked.verification, range(asked.verification.horizon)
    units = units_by_hour(verification.stations[place], verification.status_date, days).astype(np.float64)
    mean, variation = float(need.mean_service[place]), float(need.variation[place])
    queue = relaxed_queue(come[:, None], units, mean, variation)
    ends = relaxed_waits(queue, np.diff(hours.worked))[:, 0]
    starts = np.concatenate([[0.0], ends[:-1]])
    closing = (units > 0) & (np.append(units[1:], 1.0) == 0)
    waits: Floats = np.where(closing, starts, (starts + ends) / 2)
    return waits


def _impatient(come: Floats, hours: StationHours) -> Floats:
    """Mean wait of each hour's customers, those who leave included: patience times the share who do (Little)."""
    waits = np.zeros_like(come)
    for table in np.unique(hours.which).tolist():
        chosen = (hours.which == table) & (hours.capacity > 0)
        offered = come[chosen] / hours.capacity[chosen]
        beyond = 1 - 1 / np.maximum(offered, LOADS[-1])
        left = np.where(offered > LOADS[-1], beyond, np.interp(offered, LOADS, hours.tables[table, 0]))
        waits[chosen] = hours.patience * left
    return waits
