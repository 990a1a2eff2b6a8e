"""Schedules from lists, compiled, for plans without uncertainty: serial generation and justification.

The serial scheme (Kelley 1963; Kolisch 1996, *Serial and parallel resource-constrained project scheduling methods
revisited*) takes tasks in list order and starts each as early as predecessors and capacity let it. Some list gives
the best there is, which is not so of the parallel scheme, a greedy hand-out. Justification shifts every task as
late as it can go without a later end, by decreasing finish, and then as early as it can go, by increasing start:
what comes out is never longer and often shorter (Valls, Ballestín and Quintanilla 2005, *Justification and RCPSP:
a technique that pays*, European Journal of Operational Research 165).

Each pass, forward or backward, is one schedule of a budget. Times are those of `Fixed`.
"""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import rows_of
from onelogin_sim.orders.search.fixed import NOTHING, START, Fixed, Ints

_kernel = numba.njit(cache=True, nogil=True)


class Network(NamedTuple):
    """A `Fixed` plan as kernels want it.

    Attributes
    ----------
    days, release, running, counted, before_at, before, after_at, after
        As in `Fixed`.
    need_at, need_resource, need_units
        Needs of each task; row i is [at[i], at[i + 1]).
    capacity
        int32 [resource, time]
    """

    days: Ints
    release: Ints
    running: npt.NDArray[np.bool_]
    counted: npt.NDArray[np.int8]
    before_at: Ints
    before: Ints
    after_at: Ints
    after: Ints
    need_at: Ints
    need_resource: Ints
    need_units: Ints
    capacity: Ints


def network(problem: Fixed) -> Network:
    """Return the arrays of a plan without uncertainty; tasks of no days need nothing."""
    rows: list[list[int]] = [
        np.flatnonzero(row).tolist() if days else []
        for row, days in zip(problem.needs, problem.days, strict=True)
    ]
    need_at, need_resource = rows_of(rows)
    units = [problem.needs[task, resource] for task, row in enumerate(rows) for resource in row]
    return Network(
        problem.days,
        problem.release,
        problem.running,
        problem.counted,
        problem.before_at,
        problem.before,
        problem.after_at,
        problem.after,
        need_at,
        need_resource,
        np.array(units, dtype=np.int32),
        np.ascontiguousarray(problem.capacity.T),
    )


@_kernel
def forward(net: Network, sequence: Ints, free: Ints, start: Ints) -> int:
    """Fill `start` by the serial scheme and return the end of the last task.

    Parameters
    ----------
    net
        The plan.
    sequence
        All tasks, none before one it waits for.
    free
        int32 [resource, time]: as the capacity is; given back so.
    start
        int32 [task]
    """
    end, days, resource, units = 0, net.days, net.need_resource, net.need_units
    for task in range(len(sequence)):
        if net.running[task]:
            start[task], end = 0, max(end, days[task])
            _hold(days[task], 0, net.need_at[task], net.need_at[task + 1], resource, units, free)
    for place in range(len(sequence)):
        task = sequence[place]
        if net.running[task]:
            continue
        day = net.release[task]
        for arc in range(net.before_at[task], net.before_at[task + 1]):
            other = net.before[arc]
            day = max(day, start[other] + days[other])
        low, high = net.need_at[task], net.need_at[task + 1]
        day = _first_fit(days[task], day, low, high, resource, units, free)
        start[task], end = day, max(end, day + days[task])
        _hold(days[task], day, low, high, resource, units, free)
    _clear(net.capacity, free, end)
    return end


@_kernel
def backward(net: Network, sequence: Ints, end: int, free: Ints, start: Ints) -> None:
    """Shift every task as late as it can go without an end after `end`; what runs stays where it is.

    As `forward`, with the tasks by decreasing finish; `start` holds a schedule and is changed.
    """
    days, resource, units = net.days, net.need_resource, net.need_units
    for place in range(len(sequence)):
        task = sequence[place]
        last = end
        for arc in range(net.after_at[task], net.after_at[task + 1]):
            last = min(last, start[net.after[arc]])
        low, high = net.need_at[task], net.need_at[task + 1]
        if not net.running[task]:
            start[task] = _last_fit(days[task], last - days[task], low, high, resource, units, free)
        _hold(days[task], start[task], low, high, resource, units, free)
    _clear(net.capacity, free, end)


@_kernel
def time_met(net: Network, start: Ints) -> int:
    """Return when the last service is live."""
    met = 0
    for task in range(len(start)):
        if net.counted[task] != NOTHING:
            met = max(met, start[task] if net.counted[task] == START else start[task] + net.days[task])
    return met


@_kernel
def _first_fit(days: int, day: int, low: int, high: int, resources: Ints, units: Ints, free: Ints) -> int:
    """The first day from `day` on from which all that is needed is free all the while."""
    clear = day  # from `day` to here everything fits
    while True:
        hit = -1
        for need in range(low, high):
            row, wanted = free[resources[need]], units[need]
            for at in range(day + days - 1, max(clear, hit + 1) - 1, -1):
                if row[at] < wanted:
                    hit = at
                    break
        if hit < 0:
            return day
        clear, day = day + days, hit + 1
        clear = max(clear, day)


@_kernel
def _last_fit(days: int, day: int, low: int, high: int, resources: Ints, units: Ints, free: Ints) -> int:
    """The last day up to `day` from which all that is needed is free all the while."""
    clear = day + days  # from here to the end of the work everything fits
    while True:
        hit = -1
        for need in range(low, high):
            row, wanted = free[resources[need]], units[need]
            for at in range(day, clear if hit < 0 else min(clear, hit)):
                if row[at] < wanted:
                    hit = at
                    break
        if hit < 0:
            return day
        clear, day = day, hit - days
        clear = min(clear, day + days)


@_kernel
def _hold(days: int, day: int, low: int, high: int, resources: Ints, units: Ints, free: Ints) -> None:
    """Take what a task needs for as long as it lasts."""
    for need in range(low, high):
        row, wanted = free[resources[need]], units[need]
        for at in range(day, day + days):
            row[at] -= wanted


@_kernel
def _clear(capacity: Ints, free: Ints, end: int) -> None:
    """Everything is free again."""
    for resource in range(len(capacity)):
        for at in range(end):
            free[resource, at] = capacity[resource, at]
