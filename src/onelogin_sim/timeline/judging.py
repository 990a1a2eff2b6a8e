"""What each start waited for, compiled: the passes over the tasks of a replication that `waits` is made of."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays
from onelogin_sim.calendars import NEVER


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


# A replication is judged in passes over its tasks. Their inner loops call no function that takes arrays: counting
# references for each task would cost more than the judging.


@numba.njit(cache=True)
def judge_all(
    plan: PlanArrays, days: Ints, earliest: Ints, losses: Ints, start: Ints, finish: Ints, out: Waits
) -> None:
    """Judge every start of a block of replications; arguments as in `Draws` and `Timeline`, answers in `out`."""
    scan = np.empty(start.shape[1], dtype=np.int32)
    held = np.empty((plan.capacity.shape[1], plan.horizon + 1), dtype=np.int32)
    by_day = np.empty(plan.horizon, dtype=np.int32), np.empty(start.shape[1], dtype=np.int32)
    for row in range(start.shape[0]):
        _find_base(
            plan, earliest[row], finish[row],
            out.base[row], out.base_cause[row], out.base_task[row],
        )  # fmt: skip
        if _find_ready(
            plan, days[row], start[row], out.base[row], out.base_cause[row], out.base_task[row],
            out.ready[row], scan, out.cause[row], out.by_task[row],
        ):  # fmt: skip
            _find_short(plan, losses[row], start[row], finish[row], scan, held, by_day, out.by_resource[row])
            if plan.strict:
                _find_blocker(
                    plan, days[row], start[row], scan, out.base[row],
                    out.cause[row], out.by_task[row], out.by_resource[row],
                )  # fmt: skip
            _find_freed(
                plan, start[row], finish[row], scan, by_day,
                out.cause[row], out.by_task[row], out.by_resource[row],
            )  # fmt: skip


@numba.njit(cache=True)
def _find_base(
    plan: PlanArrays,
    earliest: Ints,
    finish: Ints,
    base_day: Ints,
    base_cause: npt.NDArray[np.int8],
    base_task: Ints,
) -> None:
    """Day from which only calendar and capacity hold each task back, what came last, and which task that was."""
    running, item = plan.running, plan.item
    before_at, before, hold_at, hold = plan.before_at, plan.before, plan.hold_at, plan.hold
    for task in range(len(finish)):
        if running[task]:
            continue
        base, cause, by = np.int32(0), Cause.NOTHING.value, -1
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
def _find_ready(
    plan: PlanArrays,
    days: Ints,
    start: Ints,
    base_day: Ints,
    base_cause: npt.NDArray[np.int8],
    base_task: Ints,
    ready_day: Ints,
    scan: Ints,
    cause: npt.NDArray[np.int8],
    by_task: Ints,
) -> bool:
    """Judge what was never ready before it started; return whether a scan passed over any other.

    `scan` gets the day of the last scan in which each task was ready and did not start, -1 where none was. A
    start fits before a freeze when enough working days lie between; the count of those before a day is also
    the number of the next one.
    """
    horizon, first, running, calendar_of = plan.horizon, plan.first_day, plan.running, plan.calendar
    worked_before, day_of_work, next_frozen = plan.worked_before, plan.day_of_work, plan.next_frozen
    passed_over = False
    for task in range(len(start)):
        scan[task] = -1
        if running[task]:
            continue
        cause[task], by_task[task] = base_cause[task], base_task[task]
        base, calendar = base_day[task], calendar_of[task]
        ready_day[task] = base if days[task] == 0 else NEVER
        if days[task] == 0 or base >= horizon:
            continue
        work, frozen = worked_before[calendar, base - first], next_frozen[calendar, base - first]
        worked = min(day_of_work[calendar, work], frozen)
        ready = day_of_work[calendar, work]
        while ready != NEVER:
            frozen = next_frozen[calendar, ready - first]
            if frozen == horizon or worked_before[calendar, frozen - first] - work >= days[task]:
                break
            work = worked_before[calendar, frozen - first]
            ready = day_of_work[calendar, work]
        ready_day[task] = ready
        until = min(start[task], horizon)
        if ready < until:
            work, fits, passed_over = worked_before[calendar, until - first], False, True
            while not fits:
                work -= 1
                scan[task] = day_of_work[calendar, work]
                frozen = next_frozen[calendar, scan[task] - first]
                fits = frozen == horizon or worked_before[calendar, frozen - first] - work >= days[task]
        elif until > worked:
            cause[task], by_task[task] = Cause.FREEZE, -1
        elif worked > base:
            cause[task], by_task[task] = Cause.CALENDAR, -1
    return passed_over


@numba.njit(cache=True)
def _find_short(
    plan: PlanArrays,
    losses: Ints,
    start: Ints,
    finish: Ints,
    scan: Ints,
    held: Ints,
    by_day: tuple[Ints, Ints],
    by_resource: npt.NDArray[np.int16],
) -> None:
    """Find the lowest-index resource that was short at the turn of each task in the last scan it lost.

    Whoever needs one resource only was short of that one, unless hand-out is strict.
    """
    rank, running, capacity = plan.rank, plan.running, plan.capacity
    need_at, need_resource, need_units = plan.need_at, plan.need_resource, plan.need_units
    loss_resource, loss_units, loss_days = plan.loss_resource, plan.loss_units, plan.loss_days
    first_on, next_on = by_day
    counted = np.zeros(len(held), dtype=np.bool_)
    listed = False
    for task in range(len(start)):
        day, stop = scan[task], need_at[task + 1]
        if day < 0:
            continue
        if stop - need_at[task] == 1 and not plan.strict:
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
def _find_blocker(
    plan: PlanArrays,
    days: Ints,
    start: Ints,
    scan: Ints,
    base: Ints,
    cause: npt.NDArray[np.int8],
    by_task: Ints,
    by_resource: npt.NDArray[np.int16],
) -> None:
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
    for task in range(len(start)):
        day = scan[task]
        if day < 0 or by_resource[task] >= 0:
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
def _find_freed(
    plan: PlanArrays,
    start: Ints,
    finish: Ints,
    scan: Ints,
    by_day: tuple[Ints, Ints],
    cause: npt.NDArray[np.int8],
    by_task: Ints,
    by_resource: npt.NDArray[np.int16],
) -> None:
    """Find the task that freed what was short: the last to finish after the scan, up to the start day.

    Ties go to the lowest index. Work that ends on a Friday finishes on Saturday, so the start day itself
    is too narrow. For what never starts it is the lowest-index task that holds the resource still.
    """
    need_at, need_resource, user_at, user = plan.need_at, plan.need_resource, plan.user_at, plan.user
    first_on, next_on = by_day
    _list_by_day(need_at, finish, start, finish, first_on, next_on)
    for task in range(len(start)):
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


@numba.njit(cache=True)
def next_worked_or_frozen(plan: PlanArrays, task: int, day: int) -> int:
    """Return the first day from `day` on that the task's calendar works or would work without its freezes."""
    if day >= plan.horizon:
        return day
    calendar, entry = plan.calendar[task], day - plan.first_day
    worked = plan.day_of_work[calendar, plan.worked_before[calendar, entry]]
    return int(min(worked, plan.next_frozen[calendar, entry], plan.horizon))
