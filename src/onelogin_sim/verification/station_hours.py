"""A station hour by hour, as the ensemble needs it: what it can do, and tables of how a steady queue stands.

What people of a chosen segment and route need differs, but a queue in the ensemble has one kind of customer: of mean
length, as many as make the same work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.duty import units_by_hour
from onelogin_sim.verification.erlang import erlang_a
from onelogin_sim.verification.pointwise import USE, steady_table
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.routes import Station
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.workload import Workload, moments

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Days after the last for which capacity is looked ahead, to work off what waits then.
AHEAD = 366

#: Patience of this many hours on average or less leaves within the hour: the queue is Erlang A's, hour by hour.
IMPATIENT = 1.0

#: Offered load over servers at which Erlang A is tabulated; beyond the last, a fluid.
LOADS = np.arange(0.0, 4.0 + 1 / 128, 1 / 64)

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
        float64 [hour + 1]: capacity up to the start of each hour of the days, and of `AHEAD` days more.
    which
        int64 [hour]: table of the hour's number of servers.
    tables
        float64 [table, 3, entry]: `pointwise.steady_table`; [table, 2, entry] for the impatient: share who leave and
        share who wait at each of `LOADS`.
    guide
        int64 [table, cell]: the first entry above each cell's lower edge, in parts of capacity.
    mean_service
        Hours.
    patience
        Mean hours until an impatient customer leaves; 0 where the queue is patient.
    lapse
        Hours after which whoever is patient leaves after all, to the whole hour; inf without.
    within
        Hours of the service level; inf without.
    """

    capacity: Floats
    worked: Floats
    which: Whole
    tables: Floats
    guide: Whole
    mean_service: float
    patience: float
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
    ahead = range(days.start, days.stop + AHEAD)
    on_duty = units_by_hour(station, verification.status_date, ahead)
    counts, which = np.unique(on_duty, return_inverse=True)
    patience, lapse = _leaves(station)
    if patience:
        tables = np.array([_impatient_table(int(count), mean, patience) for count in counts])
        guide = np.zeros((len(counts), 0), dtype=np.int64)
    else:
        tables = np.array([_patient_table(int(count), mean, variation) for count in counts])
        guide = np.array([_guide(int(count), mean, variation) for count in counts])
    hours = len(days) * HOURS
    worked = np.concatenate([[0.0], np.cumsum(on_duty / mean)])
    level = station.level
    within = np.inf
    if level is not None:
        within = level.within * HOURS if station.unit == "appointments" else level.within / 60
    return StationHours(
        on_duty[:hours] / mean,
        worked,
        which[:hours].astype(np.int64),
        tables,
        guide,
        mean,
        patience,
        lapse,
        within,
    )


def _leaves(station: Station) -> tuple[float, float]:
    """Hours of the impatient (0 without), and hours after which the patient leave (inf without)."""
    limit = np.inf if station.time_limit_days is None else station.time_limit_days * float(HOURS)
    if station.patience is None:
        return 0.0, limit
    mean = moments(station.patience)[0]
    return (mean, limit) if mean <= IMPATIENT else (0.0, min(mean, limit))


@lru_cache(maxsize=4096)
def _patient_table(servers: int, mean_service: float, variation: float) -> Floats:
    return steady_table(float(servers), mean_service, variation)


@lru_cache(maxsize=4096)
def _guide(servers: int, mean_service: float, variation: float) -> Whole:
    edges = np.arange(CELLS) / CELLS * (servers / mean_service)
    found: Whole = np.searchsorted(_patient_table(servers, mean_service, variation)[0], edges, side="right")
    return np.minimum(found, len(USE) - 1)


@lru_cache(maxsize=4096)
def _impatient_table(servers: int, mean_service: float, patience: float) -> Floats:
    if servers == 0:
        return np.ones((2, len(LOADS)))
    steady = [erlang_a(load * servers / mean_service, mean_service, servers, patience) for load in LOADS]
    return np.array([[each.abandoned for each in steady], [each.delayed for each in steady]])
