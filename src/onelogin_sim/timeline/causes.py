"""What a start can wait for, and how it is written down: for compiled code as for everybody."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays


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
    worked
        First day from `base` on that the calendar works, or would work without its freezes; until then it
        was the calendar that held the task back, and a freeze from then to `ready`.
    """

    cause: npt.NDArray[np.int8]
    by_task: Ints
    by_resource: npt.NDArray[np.int16]
    base: Ints
    base_cause: npt.NDArray[np.int8]
    base_task: Ints
    ready: Ints
    worked: Ints


class Room(NamedTuple):
    """Room to judge one replication in.

    Attributes
    ----------
    passed
        int32 [task]: the tasks that a scan passed over, first come.
    scan
        int32 [task]: the last day on which each of them was ready and did not start.
    counted, held
        bool [resource], int32 [resource, day]: units in use on each day, where they have been counted.
    need_task
        int32 [need]: whose need it is, by the entries of `PlanArrays.need_resource`.
    first_in, next_in
        int32 [bucket], [need]: lists of needs by day and resource, several pairs to a bucket.
    """

    passed: Ints
    scan: Ints
    counted: npt.NDArray[np.bool_]
    held: Ints
    need_task: Ints
    first_in: Ints
    next_in: Ints


@numba.njit(cache=True)
def room_for(plan: PlanArrays) -> Room:
    """Return room to judge the replications of a plan in, one after the other."""
    tasks, needs, resources = len(plan.item), len(plan.need_resource), plan.capacity.shape[1]
    need_task = np.empty(needs, dtype=np.int32)
    for task in range(tasks):
        need_task[plan.need_at[task] : plan.need_at[task + 1]] = task
    buckets = 64
    while buckets < 2 * needs:
        buckets *= 2
    return Room(
        np.empty(tasks, dtype=np.int32),
        np.empty(tasks, dtype=np.int32),
        np.empty(resources, dtype=np.bool_),
        np.empty((resources, plan.horizon + 1), dtype=np.int32),
        need_task,
        np.empty(buckets, dtype=np.int32),
        np.empty(needs, dtype=np.int32),
    )


@numba.njit(cache=True)
def waits_for(tasks: int) -> Waits:
    """Return the waits of one replication, to be filled in."""
    return Waits(
        np.empty(tasks, dtype=np.int8),
        np.empty(tasks, dtype=np.int32),
        np.empty(tasks, dtype=np.int16),
        np.empty(tasks, dtype=np.int32),
        np.empty(tasks, dtype=np.int8),
        np.empty(tasks, dtype=np.int32),
        np.empty(tasks, dtype=np.int32),
        np.empty(tasks, dtype=np.int32),
    )
