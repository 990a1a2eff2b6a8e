"""The walk along one driver chain, compiled: back from a task through what each start waited for."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays
from onelogin_sim.timeline.causes import Cause, Waits

#: Gaps on a chain that are nobody's work.
GAPS = ("readiness", "calendar", "frozen", "capacity change")
_READINESS, _CALENDAR, _FROZEN, _CAPACITY = range(4)

Counts = npt.NDArray[np.int64]


@numba.njit(cache=True)
def walk(
    plan: PlanArrays,
    stage: Ints,
    stages: int,
    items: int,
    task: int,
    at_start: bool,
    start: Ints,
    finish: Ints,
    judged: Waits,
    seen: Counts,
    future: np.int64,
    found: Counts,
    took: Counts,
    steps: list[np.int64],
) -> None:
    """Walk the chain of one replication back from a task's start or finish.

    Parameters
    ----------
    plan
        The plan under its order.
    stage, stages, items
        int32 [task]: stage of each task; numbers of stages and items.
    task, at_start
        Where the chain ends, and whether with the start of that task rather than its finish.
    start, finish, judged
        Of this replication, by task.
    seen, future
        int64 [cause]: the last future in whose chain each cause was, and a number that is this one's alone.
    found, took
        int64 [cause], as `Sums.present` and `Sums.days`: added to.
    steps
        Gets (future · items + item) · items + next item for each step from one item to another.
    """
    horizon, resources = plan.horizon, items + stages
    gaps = resources + plan.capacity.shape[1]
    if not at_start:
        _work(plan, stage, items, task, start, finish, took)
    while True:
        _mark(seen, found, plan.item[task], future)
        _mark(seen, found, items + stage[task], future)
        if plan.running[task]:
            break
        now, base = min(start[task], horizon), min(judged.base[task], horizon)
        cause, by, ready = int(judged.cause[task]), int(judged.by_task[task]), judged.ready[task]
        resource = judged.by_resource[task]
        if cause == Cause.BLOCKED and start[by] > now:
            # The blocker stopped being ready: nobody's start explains this one.
            cause = Cause.CAPACITY.value
        if resource >= 0:
            _mark(seen, found, resources + resource, future)
            # Only while the task before it on the chain worked: so the days lie within the chain.
            since = ready if cause == Cause.CAPACITY else max(ready, start[by])
            took[resources + resource] += max(now - since, 0)
        if cause in (Cause.CALENDAR, Cause.FREEZE, Cause.CAPACITY):
            if cause == Cause.CAPACITY:
                _gap(seen, found, took, gaps + _CAPACITY, now - ready, future)
                now = ready
            worked = min(judged.worked[task], now)
            _gap(seen, found, took, gaps + _CALENDAR, worked - base, future)
            _gap(seen, found, took, gaps + _FROZEN, now - worked, future)
            now = base
            cause, by = int(judged.base_cause[task]), int(judged.base_task[task])
        if cause == Cause.EARLIEST:
            _gap(seen, found, took, gaps + _READINESS, now, future)
        if by < 0:
            break
        if cause == Cause.BLOCKED:
            _gap(seen, found, took, gaps + _CALENDAR, now - start[by], future)
        else:
            _gap(seen, found, took, gaps + _CALENDAR, now - min(finish[by], horizon), future)
            _work(plan, stage, items, by, start, finish, took)
        if plan.item[by] != plan.item[task]:
            steps.append((future * items + plan.item[by]) * items + plan.item[task])
        task = by


@numba.njit(cache=True)
def _mark(seen: Counts, found: Counts, cause: int, future: np.int64) -> None:
    """Count a cause once a future."""
    if seen[cause] != future:
        seen[cause] = future
        found[cause] += 1


@numba.njit(cache=True)
def _gap(seen: Counts, found: Counts, took: Counts, cause: int, length: int, future: np.int64) -> None:
    if length > 0:
        _mark(seen, found, cause, future)
        took[cause] += length


@numba.njit(cache=True)
def _work(
    plan: PlanArrays, stage: Ints, items: int, task: int, start: Ints, finish: Ints, took: Counts
) -> None:
    """Add the calendar days a task worked, from day 0 at the earliest to the horizon at the latest."""
    length = min(finish[task], plan.horizon) - min(max(start[task], 0), plan.horizon)
    took[plan.item[task]] += length
    took[items + stage[task]] += length
