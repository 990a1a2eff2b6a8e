"""The kernel of a station whose customers stay, or lapse after a time; `station_months` states the model."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.month_sums import CLASSES, EXPONENTIAL, STEPS, TAILS, arrive, count, note
from onelogin_sim.verification.pointwise import USE
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import CELLS, NO_WAIT

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
    worked: Floats,
    which: Whole,
    tables: Floats,
    quiet: Floats,
    guide: Whole,
    lapse: float,
    within: float,
    found: Floats,
    hourly: Floats,
) -> None:
    """Fill the figures of each month, and what is kept of each hour unless `hourly` is empty.

    Parameters
    ----------
    daily, shares, edges, found, hourly
        As `station_months.station_months`.
    capacity, opens, closed, worked, which, tables, quiet, guide, lapse, within
        As `station_hours.StationHours`.
    """
    weights, sums, cell = np.empty(STEPS), np.empty(STEPS), np.empty(1)
    bits = cell.view(np.int64)
    for replication in range(len(daily)):
        waiting = fluid = 0.0
        wait_before = fluid_before = 0.0
        reached = fluid_reached = 0
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
                        wait_before, fluid_before = min(float(closed[hour]), lapse), 0.0
                        continue
                    if total <= quiet[table] and wait_before < NO_WAIT and fluid == 0.0:
                        served += total
                        waiting, wait_before, fluid_before = 0.0, min(float(closed[hour]), lapse), 0.0
                        came += come
                        came_open += come
                        in_time += come
                        weights[0] += come
                        if len(hourly):
                            hourly[replication, 0, hour] = come
                        continue
                    use, late, pace = 0.0, 1.0, 0.0
                    left, over = total, 0.0
                    if can > 0.0:
                        entry = _entry(total, can, tables, guide, table)
                        below, above = tables[table, 0, entry - 1], tables[table, 0, entry]
                        part = min((total - below) / (above - below), 1.0)
                        use = USE[entry - 1] + part * (USE[entry] - USE[entry - 1])
                        late = _between(tables, table, 2, entry, part)
                        left = _between(tables, table, 1, entry, part) + max(total - above, 0.0)
                        pace = use * can
                    served += total - left
                    fluid = max(fluid + come - can, 0.0)
                    if lapse < np.inf:
                        ahead = worked[min(hour + 1 + int(lapse), len(worked) - 1)] - worked[hour + 1]
                        over = max(left - ahead * (use if use > 0.0 else 1.0), 0.0)
                        lost += over
                        left -= over
                        fluid = min(fluid, ahead)
                    waiting = left
                    most = max(most, left)
                    # Where some lapse the queue is as long as anybody waits, also where nobody is served.
                    if over > 0.0:
                        wait = lapse
                    else:
                        work = left / use if use > 0.0 else left
                        reached = _reached(worked, hour + 1, work, reached)
                        wait = _until(worked, hour + 1, work, reached)
                    # Who comes at closing waits all night, also behind nobody.
                    wait = max(wait, min(float(closed[hour]), lapse))
                    fluid_reached = _reached(worked, hour + 1, fluid, fluid_reached)
                    fluid_wait = _until(worked, hour + 1, fluid, fluid_reached)
                    waited = 0.0
                    if come > 0.0:
                        came += come
                        came_open += come if opens[hour] else 0.0
                        mean, sure, crossing, night = (
                            (wait_before + wait) / 2,
                            (fluid_before + fluid_wait) / 2,
                            0.0,
                            0.0,
                        )
                        if closed[hour] > 0 and pace > 0.0 and wait_before < 1.0 and over == 0.0:
                            # Before closing: who is not reached any more waits all night, whoever is does not.
                            end = left / pace
                            night = max(wait - end, 0.0)
                            crossing = end / (1.0 + end - wait_before) if end + 1.0 > wait_before else 1.0
                            mean, sure = (wait_before + end) / 2, (fluid_before + fluid / can) / 2
                        if pace == 0.0:  # when it is closed a wait is certain, and no chance is in it
                            sure = mean
                        waited = come * (mean + crossing * night)
                        if mean + crossing * night < NO_WAIT:
                            waited = 0.0
                            in_time += come
                            weights[0] += come
                        else:
                            wait_sum += waited
                            soon = 1.0 - _late(within, mean, late, sure)
                            if crossing > 0.0:
                                across = mean + night
                                soon = (1.0 - crossing) * soon + (crossing if across <= within else 0.0)
                                count(come * crossing, across, cell, bits, weights, sums)
                            in_time += come * soon
                            _spread(
                                come * (1.0 - crossing), mean, late, sure, lapse, cell, bits, weights, sums
                            )
                    wait_before, fluid_before = wait, fluid_wait
                    if len(hourly):
                        hourly[replication, 0, hour] = come
                        hourly[replication, 1, hour] = waited
                        hourly[replication, 2, hour] = over
            # Who lapses is not served in time, however short the queue looks once they have gone.
            in_time = min(in_time, max(came - lost, 0.0))
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
def _entry(total: float, can: float, tables: Floats, guide: Whole, table: int) -> int:
    """The first entry of a table above a number, at most the last: by the guide below capacity, else by halving."""
    cell, last = total / can * CELLS, tables.shape[2] - 1
    if cell < CELLS - 8:
        entry = guide[table, int(cell)]
        while entry < last and tables[table, 0, entry] <= total:
            entry += 1
        return int(entry)
    low, high = guide[table, CELLS - 8], last
    while low < high:
        middle = (low + high) // 2
        if tables[table, 0, middle] <= total:
            low = middle + 1
        else:
            high = middle
    return int(low)


@numba.njit(cache=True, error_model="numpy", inline="always")
def _between(tables: Floats, table: int, row: int, entry: int, part: float) -> float:
    below = tables[table, row, entry - 1]
    return float(below + part * (tables[table, row, entry] - below))


@numba.njit(cache=True, error_model="numpy", inline="always")
def _spread(
    come: float,
    mean: float,
    delayed: float,
    fluid: float,
    lapse: float,
    cell: Floats,
    bits: Whole,
    weights: Floats,
    sums: Floats,
) -> None:
    """Add an hour's customers by class: all wait what a fluid does, those delayed longer by an exponential."""
    chance = mean - fluid
    if not chance > 0.0 or delayed == 0.0 or mean == np.inf:
        count(come, mean, cell, bits, weights, sums)
        return
    scale, more = chance / delayed, math.log(delayed)
    for place in range(len(CLASSES)):
        wait = fluid
        if delayed >= TAILS[place]:
            wait += scale * (more + EXPONENTIAL[place])
        elif delayed > TAILS[place + 1]:  # the class holds both some who wait and some who do not
            rest = TAILS[place + 1]
            less = delayed - rest - (rest * (more - math.log(rest)) if rest > 0.0 else 0.0)
            wait += scale * less / CLASSES[place]
        count(come * CLASSES[place], min(wait, lapse), cell, bits, weights, sums)


@numba.njit(cache=True, error_model="numpy", inline="always")
def _reached(worked: Floats, hour: int, left: float, before: int) -> int:
    """The hour in which so many customers, waiting at the start of an hour, will have been served; the end beyond all.

    Looked for from the one found before: hour by hour it moves on by about an hour.
    """
    goal, place, last = worked[hour] + left, max(before, hour), len(worked) - 1
    while place > hour and worked[place] >= goal:
        place -= 1
    while place < last and worked[place + 1] < goal:
        place += 1
    return place


@numba.njit(cache=True, error_model="numpy", inline="always")
def _until(worked: Floats, hour: int, left: float, place: int) -> float:
    """Hours from the start of an hour until so many customers are served, in the hour `place`; beyond, at mean pace."""
    goal = worked[hour] + left
    if goal <= worked[hour]:  # nobody, or less than can be told
        return 0.0
    last = len(worked) - 1
    if place == last:
        pace = (worked[last] - worked[hour]) / (last - hour)
        return float(left / pace) if pace > 0.0 else np.inf
    if place == hour:
        return float(left / (worked[hour + 1] - worked[hour]))
    return float(place - hour + (goal - worked[place]) / (worked[place + 1] - worked[place]))


@numba.njit(cache=True, error_model="numpy", inline="always")
def _late(limit: float, mean: float, delayed: float, fluid: float) -> float:
    """As `pointwise.late_shares`."""
    if limit == np.inf or delayed == 0.0:
        return 1.0 if mean == np.inf else 0.0
    over = limit - fluid
    if over < 0.0:
        return 1.0
    chance = mean - fluid
    if not chance > 0.0:
        return 1.0 if mean == np.inf else 0.0
    return float(delayed * np.exp(-over * delayed / chance))
