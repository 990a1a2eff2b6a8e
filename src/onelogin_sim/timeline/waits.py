"""What each start waited for: a pure function of plan, order, draws, starts and finishes.

The same for the output of every engine, and computed only when asked. Contract 1.7: a start is judged at
the last scan in which the task was ready and did not start; if there was none, by the latest of
predecessor, earliest day, calendar, freeze and hold-back. What never starts is judged at the horizon.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays, plan_arrays
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order
from onelogin_sim.timeline import Timeline


class Cause(IntEnum):
    """What a start waited for."""

    NOTHING = 0
    PREDECESSOR = 1
    EARLIEST = 2
    CALENDAR = 3
    FREEZE = 4
    HOLD_BACK = 5
    #: A short resource, freed by a task that finished on the start day, or since the last scan before it.
    RESOURCE = 6
    #: A short resource, freed by no task: its capacity rose.
    CAPACITY = 7
    #: Nothing short, but strict hand-out: a task served before it blocked a resource.
    BLOCKED = 8


class Waits(NamedTuple):
    """What each start waited for, and since when. All int32 [replication, task] unless said otherwise.

    Attributes
    ----------
    cause
        int8: a Cause.
    by_task
        The predecessor, the task waited for by a hold-back, the task that freed the resource (for what
        never starts: one that still holds it), or the one that blocked; -1 where there is none.
    by_resource
        int16: the short or blocked resource; -1 where there is none.
    base
        Day on which predecessors had finished, hold-backs were over and the earliest day was reached.
    base_cause, base_task
        Which of these came last, as in `cause` and `by_task`.
    ready
        First day from `base` on which the calendar let the task start (NEVER if none): from here on it
        queued for capacity.
    """

    cause: npt.NDArray[np.int8]
    by_task: Ints
    by_resource: npt.NDArray[np.int16]
    base: Ints
    base_cause: npt.NDArray[np.int8]
    base_task: Ints
    ready: Ints


def waits(timeline: Timeline, order: Order, draws: Draws) -> Waits:
    """Return what each start of a timeline waited for.

    Parameters
    ----------
    timeline
        Output of an engine.
    order, draws
        What it was run with.
    """
    arrays = plan_arrays(timeline.plan, order)
    shape = timeline.start.shape
    result = Waits(
        np.zeros(shape, dtype=np.int8),
        np.full(shape, -1, dtype=np.int32),
        np.full(shape, -1, dtype=np.int16),
        np.zeros(shape, dtype=np.int32),
        np.zeros(shape, dtype=np.int8),
        np.full(shape, -1, dtype=np.int32),
        np.zeros(shape, dtype=np.int32),
    )
    _judge_all(arrays, draws.days, draws.earliest, draws.loss_start, timeline.start, timeline.finish, result)
    return result


@numba.njit(cache=True)
def _judge_all(
    plan: PlanArrays, days: Ints, earliest: Ints, losses: Ints, start: Ints, finish: Ints, out: Waits
) -> None:
    for row in range(start.shape[0]):
        for task in range(start.shape[1]):
            if not plan.running[task]:
                _judge(plan, days[row], earliest[row], losses[row], start[row], finish[row], task, row, out)


@numba.njit(cache=True)
def _judge(
    plan: PlanArrays,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    start: Ints,
    finish: Ints,
    task: int,
    row: int,
    out: Waits,
) -> None:
    base, cause, by = _base(plan, earliest, finish, task)
    out.base[row, task], out.base_cause[row, task], out.base_task[row, task] = base, cause, by
    ready = base
    if days[task] > 0:
        ready = _first_start(plan, task, base, days[task])
    out.ready[row, task] = ready
    out.cause[row, task], out.by_task[row, task] = cause, by
    if base >= plan.horizon or days[task] == 0:
        return
    until = min(start[task], plan.horizon)
    last = until - 1
    while last >= ready and not _may_start(plan, task, last, days[task]):
        last -= 1
    if last < ready:
        # It was never ready before: the calendar or a freeze, if they came after the base.
        worked = next_worked_or_frozen(plan, task, base)
        if until > worked:
            out.cause[row, task], out.by_task[row, task] = Cause.FREEZE, -1
        elif worked > base:
            out.cause[row, task], out.by_task[row, task] = Cause.CALENDAR, -1
        return
    _judge_scan(plan, days, earliest, losses, start, finish, task, last, row, out)


@numba.njit(cache=True)
def _base(plan: PlanArrays, earliest: Ints, finish: Ints, task: int) -> tuple[int, int, int]:
    """Day from which only calendar and capacity hold a task back, what came last, and which task that was."""
    base, cause, by = 0, Cause.NOTHING.value, -1
    first = True
    for place in range(plan.before_at[task], plan.before_at[task + 1]):
        before = plan.before[place]
        if first or finish[before] > base:
            base, cause, by = finish[before], Cause.PREDECESSOR.value, before
            first = False
    if earliest[plan.item[task]] > base:
        base, cause, by = earliest[plan.item[task]], Cause.EARLIEST.value, -1
    for place in range(plan.hold_at[task], plan.hold_at[task + 1]):
        until = plan.hold[place]
        if finish[until] > base:
            base, cause, by = finish[until], Cause.HOLD_BACK.value, until
    return base, cause, by


@numba.njit(cache=True)
def _judge_scan(
    plan: PlanArrays,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    start: Ints,
    finish: Ints,
    task: int,
    day: int,
    row: int,
    out: Waits,
) -> None:
    """Why the scan of one day passed over a task that was ready: what was short at its turn, or who blocked it."""
    for place in range(plan.need_at[task], plan.need_at[task + 1]):
        resource = plan.need_resource[place]
        if _free(plan, losses, start, finish, resource, day, task) < plan.need_units[place]:
            out.by_resource[row, task] = resource
            freed = _freed_by(plan, start, finish, resource, start[task], day)
            out.by_task[row, task] = freed
            out.cause[row, task] = Cause.RESOURCE if freed >= 0 else Cause.CAPACITY
            return
    # Strict: the first task served before it that was ready, did not start, and needs what this one needs.
    for place in range(plan.need_at[task], plan.need_at[task + 1]):
        resource = plan.need_resource[place]
        for other in plan.scan:
            if other == task:
                break
            if (
                start[other] > day
                and days[other] > 0
                and _needs(plan, other, resource)
                and _base(plan, earliest, finish, other)[0] <= day
                and _may_start(plan, other, day, days[other])
            ):
                out.cause[row, task], out.by_task[row, task] = Cause.BLOCKED, other
                out.by_resource[row, task] = resource
                return


@numba.njit(cache=True)
def _free(
    plan: PlanArrays, losses: Ints, start: Ints, finish: Ints, resource: int, day: int, task: int
) -> int:
    """Units of a resource free at a task's turn in the scan of a day."""
    free = plan.capacity[day, resource]
    for risk in range(len(plan.loss_resource)):
        if plan.loss_resource[risk] == resource and losses[risk] <= day < losses[risk] + plan.loss_days[risk]:
            free -= plan.loss_units[risk]
    for place in range(plan.user_at[resource], plan.user_at[resource + 1]):
        user = plan.user[place]
        if finish[user] <= day or start[user] > day or start[user] == finish[user]:
            continue
        earlier = plan.rank[user] < plan.rank[task] or (plan.rank[user] == plan.rank[task] and user < task)
        if start[user] < day or plan.running[user] or earlier:
            free -= _units(plan, user, resource)
    return int(free)


@numba.njit(cache=True)
def _freed_by(plan: PlanArrays, start: Ints, finish: Ints, resource: int, started: int, day: int) -> int:
    """The task that freed the resource: the last to finish after the scan of `day`, up to the start day.

    Ties go to the lowest index. Work that ends on a Friday finishes on Saturday, so the start day itself
    is too narrow. For what never starts it is the lowest-index task that holds the resource still.
    """
    best, latest = -1, day
    for place in range(plan.user_at[resource], plan.user_at[resource + 1]):
        user = plan.user[place]
        if start[user] == finish[user]:
            continue
        if started == NEVER:
            if start[user] <= day < finish[user]:
                return int(user)
        elif latest < finish[user] <= started:
            best, latest = int(user), finish[user]
    return best


@numba.njit(cache=True)
def _units(plan: PlanArrays, task: int, resource: int) -> int:
    for place in range(plan.need_at[task], plan.need_at[task + 1]):
        if plan.need_resource[place] == resource:
            return int(plan.need_units[place])
    return 0


@numba.njit(cache=True)
def _needs(plan: PlanArrays, task: int, resource: int) -> bool:
    return _units(plan, task, resource) > 0


@numba.njit(cache=True)
def _works(plan: PlanArrays, task: int, day: int) -> bool:
    counts, entry = plan.worked_before[plan.calendar[task]], day - plan.first_day
    return bool(counts[entry + 1] > counts[entry])


@numba.njit(cache=True)
def _is_frozen(plan: PlanArrays, task: int, day: int) -> bool:
    counts, entry = plan.frozen_before[plan.calendar[task]], day - plan.first_day
    return bool(counts[entry + 1] > counts[entry])


@numba.njit(cache=True)
def _may_start(plan: PlanArrays, task: int, day: int, days: int) -> bool:
    """As `Calendar.may_start`."""
    if not _works(plan, task, day):
        return False
    calendar = plan.calendar[task]
    last = plan.worked_before[calendar, day - plan.first_day] + days - 1
    end = plan.horizon
    if last < plan.day_of_work.shape[1] and plan.day_of_work[calendar, last] < plan.horizon:
        end = plan.day_of_work[calendar, last] + 1
    frozen = plan.frozen_before[calendar]
    return bool(frozen[end - plan.first_day] == frozen[day - plan.first_day])


@numba.njit(cache=True)
def _first_start(plan: PlanArrays, task: int, day: int, days: int) -> int:
    while day < plan.horizon:
        if _may_start(plan, task, day, days):
            return int(day)
        day += 1
    return NEVER


@numba.njit(cache=True)
def next_worked_or_frozen(plan: PlanArrays, task: int, day: int) -> int:
    """Return the first day from `day` on that the task's calendar works or would work without its freezes."""
    while day < plan.horizon and not _works(plan, task, day) and not _is_frozen(plan, task, day):
        day += 1
    return int(day)
