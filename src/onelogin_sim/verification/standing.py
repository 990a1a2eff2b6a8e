"""Who stands in a queue already when a look at individuals begins: what weeks or months of overload have left there.

The queue is the fluid of `hourly`: waiting at the end of an hour is max(0, waiting before + arrivals − capacity), cut
at what the station can do within the time after which people leave. Chance is left out: what it adds to a queue comes
and goes within days and arises anew among the individuals. Where people leave within minutes nobody is left over.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.network import PROVED, Paths
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import StationHours

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def standing(hours: StationHours, come: Floats) -> Whole:
    """Return int64 [day]: customers of mean length, to whole ones, who wait at the midnight that begins each day.

    Parameters
    ----------
    hours
        The station in the days.
    come
        float64 [hour]: expected customers of mean length, from the midnight that begins the days.

    Raises
    ------
    ValueError
        When there is not one number for each of the station's hours.
    """
    if come.shape != hours.capacity.shape:
        raise ValueError(f"come must be [hour], {len(hours.capacity)} of them, not of shape {come.shape}")
    if hours.patience:
        return np.zeros(len(come) // HOURS, dtype=np.int64)
    most = np.full(len(come), np.inf)
    if hours.lapse < np.inf:
        ends = np.arange(1, len(come) + 1)
        reach = np.minimum(ends + int(hours.lapse), len(hours.worked) - 1)
        most = hours.worked[reach] - hours.worked[ends]
    backlog = _fluid(np.ascontiguousarray(come), hours.capacity, most)
    return np.rint(backlog[::HOURS]).astype(np.int64)


def behind(
    waiting: Whole, lengths: Floats, paths: Paths, person: Whole, route: Whole
) -> tuple[Paths, Whole, Whole]:
    """Return the paths of people with those who wait already before them, and whose each visit is: -1 for theirs.

    Who waits already has a path of one visit that begins at 0, and no limit to their patience.

    Parameters
    ----------
    waiting
        int64 [station]: how many.
    lengths
        float64 [station]: how long each is served.
    paths, person, route
        Of the others; person and route int64 [visit].
    """
    already = int(waiting.sum())
    if not already:
        return paths, person, route
    ends, nobody = np.full(already, -1 - PROVED), np.full(already, -1)

    def moved(visits: Whole) -> Whole:
        """Visits of the others as they are numbered now; ends stay ends."""
        return np.where(visits >= 0, visits + already, visits)

    whole = Paths(
        np.concatenate([np.zeros(already), paths.arrivals]),
        np.concatenate([np.arange(already), moved(paths.first)]),
        np.concatenate([np.repeat(np.arange(len(waiting)), waiting), paths.station]),
        np.concatenate([np.repeat(lengths, waiting), paths.service]),
        np.concatenate([np.full(already, np.inf), paths.patience]),
        np.concatenate([ends, moved(paths.served)]),
        np.concatenate([ends, moved(paths.unserved)]),
    )
    return whole, np.concatenate([nobody, person]), np.concatenate([nobody, route])


@numba.njit(cache=True)
def _fluid(come: Floats, can: Floats, most: Floats) -> Floats:
    """float64 [hour]: who waits at the start of each hour."""
    found = np.empty_like(come)
    waiting = 0.0
    for hour in range(len(come)):
        found[hour] = waiting
        waiting = min(max(waiting + come[hour] - can[hour], 0.0), most[hour])
    return found
