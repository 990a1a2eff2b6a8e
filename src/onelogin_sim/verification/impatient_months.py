"""The kernel of a station whose customers leave when their patience ends; `station_months` states the model."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.month_sums import CLASSES, STEPS, arrive, count, note
from onelogin_sim.verification.seasons import HOURS

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@numba.njit(cache=True, error_model="numpy")
def fill(
    daily: Floats,
    shares: Floats,
    edges: Whole,
    capacity: Floats,
    opens: npt.NDArray[np.bool_],
    closed: Whole,
    which: Whole,
    tables: Floats,
    patience: float,
    unserved: Floats,
    found: Floats,
    hourly: Floats,
) -> None:
    """Fill the figures of each month, and what is kept of each hour unless `hourly` is empty.

    Parameters
    ----------
    daily, shares, edges, found, hourly
        As `station_months.station_months`.
    capacity, opens, closed, which, tables, patience, unserved
        As `station_hours.StationHours`.
    """
    weights, sums, cell = np.empty(STEPS), np.empty(STEPS), np.empty(1)
    bits = cell.view(np.int64)
    last, low = tables.shape[1] - 1, 1
    stay = np.exp(-1.0 / patience)
    # Half of the wait at an hour's start where queues last, none of it where they soon settle.
    before = 1.0 / (2.0 + 1.0 / patience)
    for replication in range(len(daily)):
        waiting = 0.0
        for period in range(len(edges) - 1):
            weights[:], sums[:] = 0.0, 0.0
            came = came_open = wait_sum = in_time = lost = served = possible = most = 0.0
            for day in range(edges[period], edges[period + 1]):
                for hour_of_day in range(HOURS):
                    hour = day * HOURS + hour_of_day
                    come = arrive(daily, shares, replication, day, hour_of_day)
                    can, table = capacity[hour], which[hour]
                    possible += can
                    total = waiting + come
                    if total == 0.0:
                        continue
                    if can > 0.0:
                        while low > 1 and tables[table, low - 1, 0] >= total:
                            low -= 1
                        while low < last and tables[table, low, 0] < total:
                            low += 1
                        below, above = tables[table, low - 1, 0], tables[table, low, 0]
                        part = min((total - below) / (above - below), 1.0)
                        gone = _between(tables, table, 1, low, part)
                        left = _between(tables, table, 2, low, part)
                        beyond = total - above
                        if beyond > 0.0:  # more than any table: who leaves and who waits stay in proportion
                            gone += beyond * gone / (gone + left)
                            left = total - can - gone
                        through = total - left
                        end = left / through
                        waited = come * (end + (waiting / through - end) * before)
                        if closed[hour] > 0:
                            # Who waits at closing waits on until patience ends: beyond what is counted, half the queue.
                            night = patience * (1.0 - np.exp(-closed[hour] / patience))
                            waited += left * max(night - end / 2, 0.0)
                        in_time += come * _between(tables, table, 3, low, part)
                        served += through - gone
                        if come > 0.0:
                            scale = waited / (come * end) if end > 0.0 else 0.0
                            for place in range(len(CLASSES)):
                                wait = scale * _between(tables, table, 4 + place, low, part)
                                count(come * CLASSES[place], wait, cell, bits, weights, sums)
                    else:
                        left = waiting * stay + come * patience * (1.0 - stay)
                        gone = total - left
                        waited = 0.0
                        for place in range(len(CLASSES)):
                            wait = min(unserved[place], closed[hour] + 0.5)
                            waited += come * CLASSES[place] * wait
                            count(come * CLASSES[place], wait, cell, bits, weights, sums)
                    waiting = left if left > 1e-9 else 0.0
                    lost += gone
                    came += come
                    came_open += come if opens[hour] else 0.0
                    wait_sum += waited
                    most = max(most, left)
                    if len(hourly):
                        hourly[replication, 0, hour] = come
                        hourly[replication, 1, hour] = waited
                        hourly[replication, 2, hour] = gone
            # Who comes when it is closed does not count in the service level.
            in_time = in_time * came / came_open if came_open > 0.0 else np.nan
            note(
                found[replication, period],
                came,
                came_open,
                wait_sum,
                in_time,
                lost,
                served,
                possible,
                most,
                weights,
                sums,
            )


@numba.njit(cache=True, error_model="numpy", inline="always")
def _between(tables: Floats, table: int, row: int, entry: int, part: float) -> float:
    below = tables[table, entry - 1, row]
    return float(below + part * (tables[table, entry, row] - below))
