"""A station hour by hour, as the ensemble needs it: what it can do, and tables of how a steady queue stands.

What people of a chosen segment and route need differs, but a queue in the ensemble has one kind of customer: of mean
length, as many as make the same work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.duty import open_by_hour, units_by_hour
from onelogin_sim.verification.impatient import (
    LOADS,
    ROWS,
    impatient_table,
    patience_classes,
    patience_hours,
)
from onelogin_sim.verification.pointwise import USE, steady_table
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.workload import Workload

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Days after the last for which capacity is looked ahead, to work off what waits then; or a longer time limit.
AHEAD = 366

#: Hours below which a mean wait is none: a millisecond.
NO_WAIT = 1e-3 / 3600

#: Cells of a guide into a table below capacity.
CELLS = 256


@dataclass(frozen=True, eq=False)
class StationHours:
    """What a station can do in some days.

    Attributes
    ----------
    capacity
        float64 [hour]: customers it can serve in each hour of the days.
    worked
        float64 [hour + 1]: capacity up to the start of each hour of the days, and of `AHEAD` days more or the time
        limit.
    opens
        bool [hour]: whether it is open in each hour of the days, whoever is on duty.
    closed
        int64 [hour]: hours from the end of each hour of the days until it works again; none where it goes on.
    which
        int64 [hour]: table of the hour's number of servers.
    tables
        float64 [table, 3, entry]: `pointwise.steady_table`; where people are impatient float64 [table, entry, ROWS],
        `impatient.impatient_table`.
    quiet
        float64 [table]: who may come in an hour so that nobody waits longer than `NO_WAIT` on average; empty where
        people are impatient.
    guide
        int64 [table, cell]: the first entry above each cell's lower edge, in parts of capacity.
    mean_service
        Hours.
    patience
        Mean hours until an impatient customer leaves; 0 where people stay, or lapse.
    unserved
        float64 [class]: hours that those wait whom nobody serves, `impatient.patience_classes`; empty where people
        stay.
    lapse
        Hours after which who waits lapses, whole days of them; inf without. No station has both.
    within
        Hours of the service level; inf without.
    """

    capacity: Floats
    worked: Floats
    opens: npt.NDArray[np.bool_]
    closed: Whole
    which: Whole
    tables: Floats
    quiet: Floats
    guide: Whole
    mean_service: float
    patience: float
    unserved: Floats
    lapse: float
    within: float


def station_hours(
    verification: Verification, load: Workload, place: int, days: range, units: int | None = None
) -> StationHours:
    """Return one station in some days.

    Parameters
    ----------
    load
        What a check asks of the stations.
    place
        Which station.
    days
        From the status date on.
    units
        Capacity on every day instead of the scenario's, in the station's own unit.
    """
    station = verification.stations[place]
    if units is not None:
        station = replace(station, steps=((0, units),))
    mean, variation = float(load.mean_service[place]), float(load.variation[place])
    limit = station.time_limit_days
    ahead = range(days.start, days.stop + max(AHEAD, 0 if limit is None else limit))
    on_duty = units_by_hour(station, verification.status_date, ahead)
    counts, which = np.unique(on_duty, return_inverse=True)
    level = station.level
    within = np.inf
    if level is not None:
        within = level.within * HOURS if station.unit == "appointments" else level.within / 60
    if station.patience is not None:
        patience, unserved = patience_hours(station.patience), patience_classes(station.patience)
        nobody = np.zeros((len(LOADS), ROWS))
        tables = np.array(
            [
                impatient_table(int(count), mean, variation, station.patience, within).T if count else nobody
                for count in counts
            ]
        )
        quiet, guide = np.zeros(0), np.zeros((len(counts), 0), dtype=np.int64)
    else:
        patience, unserved = 0.0, np.zeros(0)
        tables = np.array([_patient_table(int(count), mean, variation) for count in counts])
        quiet = np.array([_quiet(table) for table in tables])
        guide = np.array([_guide(int(count), mean, variation) for count in counts])
    hours = len(days) * HOURS
    return StationHours(
        on_duty[:hours] / mean,
        np.concatenate([[0.0], np.cumsum(on_duty / mean)]),
        open_by_hour(station, verification.status_date, days),
        _until_works(on_duty)[:hours],
        which[:hours].astype(np.int64),
        tables,
        quiet,
        guide,
        mean,
        patience,
        unserved,
        np.inf if limit is None else limit * float(HOURS),
        within,
    )


def _until_works(on_duty: Whole) -> Whole:
    """int64 [hour]: hours from the end of each hour until somebody is on duty again, or the hours end."""
    hours = np.arange(len(on_duty))
    works = np.where(on_duty > 0, hours, len(on_duty))
    following = np.minimum.accumulate(works[::-1])[::-1]
    later: Whole = np.append(following[1:], len(on_duty))
    return later - hours - 1


@lru_cache(maxsize=4096)
def _patient_table(servers: int, mean_service: float, variation: float) -> Floats:
    return steady_table(float(servers), mean_service, variation)


def _quiet(table: Floats) -> float:
    """The most who may come, or wait, in an hour of a `steady_table` whose mean wait is none."""
    work, queue, _ = table
    none = np.flatnonzero(queue <= NO_WAIT * (work - queue))  # the first entries: waits rise with use
    return float(work[none[-1]]) if len(none) else 0.0


@lru_cache(maxsize=4096)
def _guide(servers: int, mean_service: float, variation: float) -> Whole:
    edges = np.arange(CELLS) / CELLS * (servers / mean_service)
    found: Whole = np.searchsorted(_patient_table(servers, mean_service, variation)[0], edges, side="right")
    return np.minimum(found, len(USE) - 1)
