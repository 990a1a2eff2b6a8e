"""A station's months in every future: waits, service level, who leaves, hour by hour, kept as sums by month.

**The queue of an hour.** Where people stay, `pointwise.relaxed_queue`: the expected queue between the steady one and
the fluid; its mean wait by `pointwise.relaxed_waits`, the share late by `pointwise.late_shares`. Who would wait longer
than a time limit leaves: nobody behind them is served the later for it, so the queue is cut at what the station can
do within the limit. Where people leave within minutes, each hour is Erlang A's in the long run: the mean wait is
patience times the share who leave (Little), and of those delayed a share e = exp(-limit · delayed / wait) is in the
queue for longer than a limit. In closed hours everybody leaves, which is not held against the service level.

Arrivals are expected numbers, so chance is in the tables and counted once. An hour's customers are those of
`station_hours`, and all visits of a check fall into its hour: retries and later stations are minutes away, but where
a station is closed overnight those behind it are reached too early. Simulate individuals where that matters.

One pass over the hours of a replication keeps nothing but its state and the sums of the month.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.verification.pointwise import USE
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import CELLS, LOADS, StationHours

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Figures of a station in a month, in this order.
FIGURES = (
    "customers", "mean_wait", "p50_wait", "p95_wait", "p99_wait", "within", "lost", "utilisation", "backlog",
)  # fmt: skip

#: Doublings of an hour's wait that are told apart, each in 16 steps: from a fraction of a second to centuries.
_LEAST, _MOST, _BITS = -16, 22, 4
_STEPS = ((_MOST - _LEAST) << _BITS) + 2

#: Hours below which a mean wait is none: a millisecond.
_NO_WAIT = 1e-3 / 3600

#: Days over which work and capacity are compared.
WEEK = 7

_PER_LOAD = float(1 / LOADS[1])


def station_months(hours: StationHours, daily: Floats, shares: Floats, edges: Whole) -> Floats:
    """Return float64 [replication, period, figure]: a station's figures, by place in `FIGURES`.

    Parameters
    ----------
    hours
        The station in the days.
    daily
        float64 [replication, season, day]: expected customers.
    shares
        float64 [season, day, hour]: the share of a day's customers in each hour.
    edges
        int64 [period + 1]: the first day of each period, and the day after the last; from 0 on.
    """
    found = np.zeros((len(daily), len(edges) - 1, len(FIGURES)))
    if hours.patience:
        _impatient(
            daily,
            shares,
            edges,
            hours.capacity,
            hours.which,
            hours.tables,
            hours.patience,
            hours.within,
            found,
        )
    else:
        _patient(
            daily,
            shares,
            edges,
            hours.capacity,
            hours.worked,
            hours.which,
            hours.tables,
            hours.guide,
            hours.lapse,
            hours.within,
            found,
        )
    return found


def exceeded(
    hours: StationHours, daily: Floats, edges: Whole
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """Return where capacity is exceeded: bool [replication, period], and int32 [replication], the first such day.

    It is on a day by which, in seven whole days, more work has come than the station can do in them; NEVER is none.
    """
    can = hours.capacity.reshape(-1, HOURS).sum(axis=1)
    over = _last_week(daily.sum(axis=1)) > _last_week(can[None]) * (1 + 1e-12)
    over[:, : WEEK - 1] = False  # before there are seven days, a weekend could look like a shortage
    by_period = np.logical_or.reduceat(over, edges[:-1], axis=1)
    first = np.where(over.any(axis=1), over.argmax(axis=1), NEVER).astype(np.int32)
    return by_period, first


def _last_week(daily: Floats) -> Floats:
    """float64 [..., day]: sums over the seven days up to each."""
    sums = np.cumsum(daily, axis=-1)
    sums[..., WEEK:] -= sums[..., :-WEEK].copy()
    return sums


# What is done for every hour is inlined: as calls, which take arrays along, it would cost half as much again.


@numba.njit(cache=True, error_model="numpy", inline="always")
def _arrive(daily: Floats, shares: Floats, replication: int, day: int, hour: int) -> float:
    come = 0.0
    for season in range(len(shares)):
        come += daily[replication, season, day] * shares[season, day, hour]
    return come


@numba.njit(cache=True, error_model="numpy")
def _patient(
    daily: Floats,
    shares: Floats,
    edges: Whole,
    capacity: Floats,
    worked: Floats,
    which: Whole,
    tables: Floats,
    guide: Whole,
    lapse: float,
    within: float,
    found: Floats,
) -> None:
    """Fill the figures of a station where people stay."""
    weights, sums = np.empty(_STEPS), np.empty(_STEPS)
    for replication in range(len(daily)):
        waiting = fluid = 0.0
        wait_before = fluid_before = 0.0
        for period in range(len(edges) - 1):
            weights[:], sums[:] = 0.0, 0.0
            came = wait_sum = in_time = lost = served = possible = most = 0.0
            for day in range(edges[period], edges[period + 1]):
                for hour_of_day in range(HOURS):
                    hour = day * HOURS + hour_of_day
                    come = _arrive(daily, shares, replication, day, hour_of_day)
                    can, table = capacity[hour], which[hour]
                    total = waiting + come
                    use, late = 0.0, 1.0
                    left = total
                    if can > 0.0:
                        entry = _entry(total, can, tables, guide, table)
                        below, above = tables[table, 0, entry - 1], tables[table, 0, entry]
                        part = min((total - below) / (above - below), 1.0)
                        use = USE[entry - 1] + part * (USE[entry] - USE[entry - 1])
                        late = _between(tables, table, 2, entry, part)
                        left = _between(tables, table, 1, entry, part) + max(total - above, 0.0)
                    served += total - left
                    possible += can
                    fluid = max(fluid + come - can, 0.0)
                    if lapse < np.inf:
                        ahead = worked[min(hour + 1 + int(lapse), len(worked) - 1)] - worked[hour + 1]
                        over = left - ahead * (use if use > 0.0 else 1.0)
                        if over > 0.0:
                            lost += over
                            left -= over
                        fluid = min(fluid, ahead)
                    waiting = left
                    most = max(most, left)
                    wait = _until(worked, hour + 1, left / use if use > 0.0 else left)
                    if lapse < np.inf and over > 0.0:
                        wait = lapse  # the queue is as long as anybody waits, also where nobody is served
                    fluid_wait = _until(worked, hour + 1, fluid)
                    if come > 0.0:
                        mean, sure = (wait_before + wait) / 2, (fluid_before + fluid_wait) / 2
                        came += come
                        if mean < _NO_WAIT:
                            in_time += come
                            weights[0] += come
                        else:
                            wait_sum += come * mean
                            in_time += come * (1.0 - _late(within, mean, late, sure))
                            step = _step(mean)
                            weights[step] += come
                            sums[step] += come * mean
                    wait_before, fluid_before = wait, fluid_wait
            # Who lapses is not served in time, however short the queue looks once they have gone.
            in_time = min(in_time, max(came - lost, 0.0))
            _note(
                found[replication, period],
                came,
                wait_sum,
                in_time,
                lost,
                served,
                possible,
                most,
                weights,
                sums,
            )


@numba.njit(cache=True, error_model="numpy")
def _impatient(
    daily: Floats,
    shares: Floats,
    edges: Whole,
    capacity: Floats,
    which: Whole,
    tables: Floats,
    patience: float,
    within: float,
    found: Floats,
) -> None:
    """Fill the figures of a station where people soon leave."""
    weights, sums = np.empty(_STEPS), np.empty(_STEPS)
    last = tables.shape[2] - 1
    for replication in range(len(daily)):
        for period in range(len(edges) - 1):
            weights[:], sums[:] = 0.0, 0.0
            came = came_open = wait_sum = in_time = lost = served = possible = most = 0.0
            for day in range(edges[period], edges[period + 1]):
                for hour_of_day in range(HOURS):
                    hour = day * HOURS + hour_of_day
                    come = _arrive(daily, shares, replication, day, hour_of_day)
                    can, table = capacity[hour], which[hour]
                    possible += can
                    if come == 0.0:
                        continue
                    gone = late = 1.0
                    if can > 0.0:
                        place = come / can * _PER_LOAD
                        entry = int(min(place, last - 1.0))
                        part = place - entry
                        if part > 1.0:  # beyond the table
                            gone = 1.0 - can / come
                        else:
                            gone = tables[table, 0, entry] + part * (
                                tables[table, 0, entry + 1] - tables[table, 0, entry]
                            )
                            late = tables[table, 1, entry] + part * (
                                tables[table, 1, entry + 1] - tables[table, 1, entry]
                            )
                    wait = patience * gone
                    came += come
                    wait_sum += come * wait
                    lost += come * gone
                    served += come * (1.0 - gone)
                    most = max(most, come * wait)
                    if can > 0.0:
                        came_open += come
                        still = np.exp(-within * late / wait) if wait > 0.0 else 0.0
                        in_time += come * (1.0 - late * still - gone * (1.0 - still))
                    step = _step(wait)
                    weights[step] += come
                    sums[step] += come * wait
            # Who comes when it is closed does not count in the service level, unless it never opens.
            in_time *= came / came_open if came_open > 0.0 else 0.0
            _note(
                found[replication, period],
                came,
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
def _until(worked: Floats, hour: int, left: float) -> float:
    """Hours from the start of an hour until so many customers are served; beyond what is known, at its mean pace."""
    goal = worked[hour] + left
    if goal <= worked[hour]:  # nobody, or less than can be told
        return 0.0
    if goal <= worked[hour + 1]:
        return float(left / (worked[hour + 1] - worked[hour]))
    last = len(worked) - 1
    low, step = hour, 1  # worked[low] is short of the goal
    while low + step <= last and worked[low + step] < goal:
        low += step
        step *= 2
    high = min(low + step, last)
    if worked[high] < goal:
        pace = (worked[last] - worked[hour]) / (last - hour)
        return float(left / pace) if pace > 0.0 else np.inf
    while high - low > 1:
        middle = (low + high) // 2
        if worked[middle] < goal:
            low = middle
        else:
            high = middle
    return float(low - hour + (goal - worked[low]) / (worked[high] - worked[low]))


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


@numba.njit(cache=True, error_model="numpy", inline="always")
def _step(wait: float) -> int:
    """The step of a wait: its exponent and leading bits."""
    if wait < 2.0**_LEAST:
        return 0
    if wait >= 2.0**_MOST:
        return _STEPS - 1
    mantissa, exponent = math.frexp(wait)
    return ((exponent - 1 - _LEAST) << _BITS) + int((2.0 * mantissa - 1.0) * (1 << _BITS)) + 1


@numba.njit(cache=True, error_model="numpy")
def _note(
    row: Floats,
    came: float,
    wait_sum: float,
    in_time: float,
    lost: float,
    served: float,
    possible: float,
    most: float,
    weights: Floats,
    sums: Floats,
) -> None:
    """Fill a month's figures from its sums; percentiles are the mean waits of the steps they fall into."""
    row[0], row[8] = came, most
    row[7] = served / possible if possible > 0.0 else 0.0
    row[5] = 1.0
    if came > 0.0:
        row[1], row[5], row[6] = wait_sum / came, min(max(in_time / came, 0.0), 1.0), min(lost / came, 1.0)
        reached, percentile = 0.0, 0
        for step in range(len(weights)):
            reached += weights[step]
            while percentile < 3 and reached >= (0.5, 0.95, 0.99)[percentile] * came * (1 - 1e-12):
                row[2 + percentile] = sums[step] / weights[step]
                percentile += 1
