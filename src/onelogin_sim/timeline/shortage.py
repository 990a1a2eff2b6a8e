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
    scan, counted, held = room.scan, room.counted, room.held
    need_task, first_in, next_in = room.need_task, room.first_in, room.next_in
    resources, mask = len(held), len(first_in) - 1
    counted[:] = False
    listed = False
    for task in passed:
        day, stop = scan[task], need_at[task + 1]
        if stop - need_at[task] == 1 and not strict:
            by_resource[task] = need_resource[stop - 1]
            continue
        if not listed:
            listed = True
            _list_needs(start, start, finish, need_resource, need_task, resources, first_in, next_in)
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
            other = first_in[(day * resources + resource) & mask]
            while other >= 0:
                user = need_task[other]
                if need_resource[other] == resource and start[user] == day and not running[user]:
                    later = rank[user] > rank[task] or (rank[user] == rank[task] and user > task)
                    free += need_units[other] if later else 0
                other = next_in[other]
            if free < need_units[place]:
                by_resource[task] = resource
                break


@numba.njit(cache=True)
def _list_needs(
    when: Ints,
    start: Ints,
    finish: Ints,
    need_resource: Ints,
    need_task: Ints,
    resources: int,
    first_in: Ints,
    next_in: Ints,
) -> None:
    """List needs of tasks that take time by resource and day of their start or finish, ascending by task."""
    mask = len(first_in) - 1
    first_in[:] = -1
    for place in range(len(need_task) - 1, -1, -1):
        task = need_task[place]
        if when[task] != NEVER and start[task] != finish[task]:
            bucket = (when[task] * resources + need_resource[place]) & mask
            next_in[place] = first_in[bucket]
            first_in[bucket] = place


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
    in_use = 0
    for day in range(len(held)):
        in_use += held[day]
        held[day] = in_use


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
    need_resource, user_at, user = plan.need_resource, plan.user_at, plan.user
    scan, need_task, first_in, next_in = room.scan, room.need_task, room.first_in, room.next_in
    cause, by_task, by_resource = out.cause, out.by_task, out.by_resource
    resources, mask = plan.capacity.shape[1], len(first_in) - 1
    _list_needs(finish, start, finish, need_resource, need_task, resources, first_in, next_in)
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
            place = first_in[(day * resources + resource) & mask]
            while place >= 0 and freed < 0:
                if need_resource[place] == resource and finish[need_task[place]] == day:
                    freed = need_task[place]
                place = next_in[place]
            day -= 1
        by_task[task] = freed
        cause[task] = Cause.RESOURCE if freed >= 0 else Cause.CAPACITY
