"""What was short when a scan passed over a task, and who freed it; compiled, see `judging`."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays
from onelogin_sim.calendars import NEVER
from onelogin_sim.timeline.causes import Cause, Room, Waits


@numba.njit(cache=True)
def find_short(
    plan: PlanArrays,
    losses: Ints,
    start: Ints,
    finish: Ints,
    passed: Ints,
    by_resource: npt.NDArray[np.int16],
    room: Room,
) -> None:
    """Find the lowest-index resource that was short at the turn of each task in the last scan it lost.

    Whoever needs one resource only was short of that one, unless hand-out is strict.
    """
    rank, running, capacity, strict = plan.rank, plan.running, plan.capacity, plan.strict
    need_at, need_resource, need_units = plan.need_at, plan.need_resource, plan.need_units
    loss_resource, loss_units, loss_days = plan.loss_resource, plan.loss_units, plan.loss_days
    scan, counted, held, first_on, next_on = (
        room.scan, room.counted, room.held, room.first_on, room.next_on
    )  # fmt: skip
    counted[:] = False
    listed = False
    for task in passed:
        day, stop = scan[task], need_at[task + 1]
        if stop - need_at[task] == 1 and not strict:
            by_resource[task] = need_resource[stop - 1]
            continue
        if not listed:
            listed = True
            _list_by_day(need_at, start, start, finish, first_on, next_on)
        for place in range(need_at[task], stop):
            resource = need_resource[place]
            if not counted[resource]:
                counted[resource] = True
                _count_held(plan, resource, start, finish, held[resource])
            free = capacity[day, resource] - held[resource, day]
            for risk in range(len(loss_resource)):
                since = losses[risk]
                if loss_resource[risk] == resource and since <= day < since + loss_days[risk]:
                    free -= loss_units[risk]
            # Those that started in this scan after its turn held nothing yet.
            user = first_on[day]
            while user >= 0:
                later = rank[user] > rank[task] or (rank[user] == rank[task] and user > task)
                if later and not running[user]:
                    for need in range(need_at[user], need_at[user + 1]):
                        if need_resource[need] == resource:
                            free += need_units[need]
                user = next_on[user]
            if free < need_units[place]:
                by_resource[task] = resource
                break


@numba.njit(cache=True)
def _list_by_day(need_at: Ints, when: Ints, start: Ints, finish: Ints, first_on: Ints, next_on: Ints) -> None:
    """List the tasks that hold something by the day of their start or finish, ascending within a day."""
    first_on[:] = -1
    for task in range(len(when) - 1, -1, -1):
        day = when[task]
        if day != NEVER and start[task] != finish[task] and need_at[task] < need_at[task + 1]:
            # What runs may have started before day 0; it is handed nothing by a scan.
            day = max(day, 0)
            next_on[task] = first_on[day]
            first_on[day] = task


@numba.njit(cache=True)
def _count_held(plan: PlanArrays, resource: int, start: Ints, finish: Ints, held: Ints) -> None:
    """Count the units of a resource in use on each day, those taken in its scan included."""
    need_at, need_resource, need_units = plan.need_at, plan.need_resource, plan.need_units
    held[:] = 0
    for place in range(plan.user_at[resource], plan.user_at[resource + 1]):
        user = plan.user[place]
        if start[user] == finish[user]:
            continue
        for need in range(need_at[user], need_at[user + 1]):
            if need_resource[need] == resource:
                held[max(start[user], 0)] += need_units[need]
                held[min(finish[user], plan.horizon)] -= need_units[need]
    for day in range(1, len(held)):
        held[day] += held[day - 1]


@numba.njit(cache=True)
def find_blocker(plan: PlanArrays, days: Ints, start: Ints, passed: Ints, scan: Ints, out: Waits) -> None:
    """Strict, nothing short: the first task served before it that was ready, did not start, and needs what it needs."""
    rank, running, calendar_of, user_at, user = (
        plan.rank,
        plan.running,
        plan.calendar,
        plan.user_at,
        plan.user,
    )
    first, need_at, need_resource = plan.first_day, plan.need_at, plan.need_resource
    worked_before, next_frozen = plan.worked_before, plan.next_frozen
    base, cause, by_task, by_resource = out.base, out.cause, out.by_task, out.by_resource
    for task in passed:
        day = scan[task]
        if by_resource[task] >= 0:
            continue
        for place in range(need_at[task], need_at[task + 1]):
            blocker = task
            for one in range(user_at[need_resource[place]], user_at[need_resource[place] + 1]):
                other = user[one]
                if rank[other] > rank[blocker] or (rank[other] == rank[blocker] and other >= blocker):
                    continue
                if start[other] <= day or days[other] == 0 or running[other] or base[other] > day:
                    continue
                work = worked_before[calendar_of[other], day - first]
                frozen = next_frozen[calendar_of[other], day - first]
                before_freeze = worked_before[calendar_of[other], frozen - first] - work
                if worked_before[calendar_of[other], day - first + 1] > work and (
                    frozen == plan.horizon or before_freeze >= days[other]
                ):
                    blocker = other
            if blocker != task:
                cause[task], by_task[task] = Cause.BLOCKED, blocker
                by_resource[task] = need_resource[place]
                break


@numba.njit(cache=True)
def find_freed(plan: PlanArrays, start: Ints, finish: Ints, passed: Ints, out: Waits, room: Room) -> None:
    """Find the task that freed what was short: the last to finish after the scan, up to the start day.

    Ties go to the lowest index. Work that ends on a Friday finishes on Saturday, so the start day itself
    is too narrow. For what never starts it is the lowest-index task that holds the resource still.
    """
    need_at, need_resource, user_at, user = plan.need_at, plan.need_resource, plan.user_at, plan.user
    scan, first_on, next_on = room.scan, room.first_on, room.next_on
    cause, by_task, by_resource = out.cause, out.by_task, out.by_resource
    _list_by_day(need_at, finish, start, finish, first_on, next_on)
    for task in passed:
        resource = by_resource[task]
        if resource < 0 or cause[task] == Cause.BLOCKED:
            continue
        freed = -1
        if start[task] == NEVER:
            for place in range(user_at[resource], user_at[resource + 1]):
                other = user[place]
                if start[other] != finish[other] and start[other] <= scan[task] < finish[other]:
                    freed = other
                    break
        day = start[task] if start[task] != NEVER else -1
        while freed < 0 and day > scan[task]:
            other = first_on[day]
            while other >= 0 and freed < 0:
                for need in range(need_at[other], need_at[other + 1]):
                    if need_resource[need] == resource:
                        freed = other
                other = next_on[other]
            day -= 1
        by_task[task] = freed
        cause[task] = Cause.RESOURCE if freed >= 0 else Cause.CAPACITY
