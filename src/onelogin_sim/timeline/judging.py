"""What each start waited for, compiled: one replication at a time, for `waits` and for chains."""

from __future__ import annotations

import numba
import numpy as np

from onelogin_sim.arrays import Ints, PlanArrays
from onelogin_sim.calendars import NEVER
from onelogin_sim.timeline.causes import Cause, Room, Waits
from onelogin_sim.timeline.shortage import find_blocker, find_freed, find_short

# A replication is judged in passes over its tasks. Their loops call no function that takes arrays: counting
# references for each task would cost more than the judging.


@numba.njit(cache=True)
def judge(
    plan: PlanArrays,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    start: Ints,
    finish: Ints,
    out: Waits,
    room: Room,
) -> int:
    """Judge every start of one replication; return how many tasks a scan passed over, first in `room.passed`.

    Parameters
    ----------
    plan
        The plan under its order.
    days, earliest, losses, start, finish
        A row of `Draws` and of a `Timeline`.
    out
        Filled in.
    room
        From `room_for`; what was in it does not matter.
    """
    _find_base(plan, earliest, finish, out)
    count = _find_ready(plan, days, start, out, room.passed)
    if count:
        passed = room.passed[:count]
        _find_scan(plan, days, start, passed, room.scan)
        find_short(plan, losses, start, finish, passed, out.by_resource, room)
        if plan.strict:
            find_blocker(plan, days, start, passed, room.scan, out)
        find_freed(plan, start, finish, passed, out, room)
    return count


@numba.njit(cache=True)
def _find_base(plan: PlanArrays, earliest: Ints, finish: Ints, out: Waits) -> None:
    """Day from which only calendar and capacity hold each task back, what came last, and which task that was."""
    running, item = plan.running, plan.item
    before_at, before, hold_at, hold = plan.before_at, plan.before, plan.hold_at, plan.hold
    base_day, base_cause, base_task = out.base, out.base_cause, out.base_task
    for task in range(len(finish)):
        base, cause, by = np.int32(0), Cause.NOTHING.value, -1
        if not running[task]:
            for place in range(before_at[task], before_at[task + 1]):
                if by < 0 or finish[before[place]] > base:
                    by = before[place]
                    base, cause = finish[by], Cause.PREDECESSOR.value
            if earliest[item[task]] > base:
                base, cause, by = earliest[item[task]], Cause.EARLIEST.value, -1
            for place in range(hold_at[task], hold_at[task + 1]):
                if finish[hold[place]] > base:
                    by = hold[place]
                    base, cause = finish[by], Cause.HOLD_BACK.value
        base_day[task], base_cause[task], base_task[task] = base, cause, by


@numba.njit(cache=True)
def _find_ready(plan: PlanArrays, days: Ints, start: Ints, out: Waits, passed: Ints) -> int:
    """Judge what was never ready before it started; list what a scan passed over, and return how many.

    A start fits before a freeze when enough working days lie between. The number of working days before a
    day is also the index of the next one.
    """
    horizon, first, running, calendar_of = plan.horizon, plan.first_day, plan.running, plan.calendar
    worked_before, day_of_work, next_frozen = plan.worked_before, plan.day_of_work, plan.next_frozen
    base_day, base_cause, base_task, ready_day, worked_day = (
        out.base, out.base_cause, out.base_task, out.ready, out.worked
    )  # fmt: skip
    cause, by_task, by_resource = out.cause, out.by_task, out.by_resource
    count = 0
    for task in range(len(start)):
        base, calendar = base_day[task], calendar_of[task]
        cause[task], by_task[task], by_resource[task] = base_cause[task], base_task[task], -1
        ready_day[task], worked_day[task] = base, base
        if days[task] == 0 or running[task]:
            continue
        if base >= horizon:
            ready_day[task] = NEVER
            continue
        work, frozen = worked_before[calendar, base - first], next_frozen[calendar, base - first]
        ready = day_of_work[calendar, work]
        worked = min(ready, frozen)
        while ready != NEVER and frozen != horizon:
            if ready > frozen:
                frozen = next_frozen[calendar, ready - first]
            if frozen == horizon or worked_before[calendar, frozen - first] - work >= days[task]:
                break
            work = worked_before[calendar, frozen - first]
            ready = day_of_work[calendar, work]
        ready_day[task], worked_day[task] = ready, worked
        until = min(start[task], horizon)
        passed[count] = task
        if ready < until:
            count += 1
        elif until > worked:
            cause[task], by_task[task] = Cause.FREEZE, -1
        elif worked > base:
            cause[task], by_task[task] = Cause.CALENDAR, -1
    return count


@numba.njit(cache=True)
def _find_scan(plan: PlanArrays, days: Ints, start: Ints, passed: Ints, scan: Ints) -> None:
    """Find the last scan that passed over each task of a list: the last day before its start that fits."""
    horizon, first, calendar_of = plan.horizon, plan.first_day, plan.calendar
    worked_before, day_of_work, next_frozen = plan.worked_before, plan.day_of_work, plan.next_frozen
    for task in passed:
        calendar = calendar_of[task]
        work, fits = worked_before[calendar, min(start[task], horizon) - first], False
        while not fits:
            work -= 1
            scan[task] = day_of_work[calendar, work]
            frozen = next_frozen[calendar, scan[task] - first]
            fits = frozen == horizon or worked_before[calendar, frozen - first] - work >= days[task]
