"""More capacity, later finish: Graham's anomaly, found between alternatives and explained in one future.

List scheduling is not monotone (Graham 1966, *Bounds for certain multiprocessing anomalies*): a unit more
lets a task start that had to wait before, and what it then holds is missed by another that matters more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.alternatives import Alternative, adds_capacity
from onelogin_sim.draws import Draws, draw
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.waits import Cause, waits


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A target that more capacity meets later in some futures.

    Attributes
    ----------
    less, more
        Indices of the alternatives: `more` has more capacity on some day, never less, and nothing else differs.
    target
        Index of the target.
    futures, replications
        In how many of how many futures `more` meets it later.
    replication
        The future told: the one with the longest delay, the first of them on a tie.
    delay
        Days by which it is later there, counted to the horizon.
    task
        In that future, the first task to start later with more capacity: of those the one that would have
        started first.
    start, later_start
        Its start with less and with more capacity; the second may be NEVER.
    cause, by_task, by_resource
        What the later start waited for, as in `timeline.waits.Waits`.
    by_start, by_later_start
        Starts of `by_task` with less and with more capacity; None where it waited for no task.
    """

    less: int
    more: int
    target: int
    futures: int
    replications: int
    replication: int
    delay: int
    task: int
    start: int
    later_start: int
    cause: Cause
    by_task: int
    by_resource: int
    by_start: int | None
    by_later_start: int | None


def find_anomalies(
    alternatives: tuple[Alternative, ...],
    days: npt.NDArray[np.int32],
    seed: int,
    run: Callable[[Plan, Order, Draws], Timeline],
) -> tuple[Anomaly, ...]:
    """Return the anomalies among all pairs in which one has more capacity and nothing else.

    Parameters
    ----------
    alternatives
        What was compared.
    days
        int32 [alternative, target, replication]: the day each target is met, replications from 0 on.
    seed
        Root seed, to replay the future told.
    run
        An engine.
    """
    found = []
    for less, one in enumerate(alternatives):
        for more, other in enumerate(alternatives):
            if less != more and adds_capacity(one, other):
                for target in range(days.shape[1]):
                    late = np.minimum(days[more, target], one.plan.horizon).astype(np.int64)
                    late -= np.minimum(days[less, target], one.plan.horizon)
                    if (late > 0).any():
                        found.append(_tell(alternatives, less, more, target, late, seed, run))
    return tuple(found)


def _tell(
    alternatives: tuple[Alternative, ...],
    less: int,
    more: int,
    target: int,
    late: npt.NDArray[np.int64],
    seed: int,
    run: Callable[[Plan, Order, Draws], Timeline],
) -> Anomaly:
    replication = int(np.argmax(late))
    which = range(replication, replication + 1)
    one, other = alternatives[less], alternatives[more]
    before = run(one.plan, one.order, draw(one.plan, seed, which))
    draws = draw(other.plan, seed, which)
    after = run(other.plan, other.order, draws)
    slipped = np.flatnonzero(after.start[0] > before.start[0])
    # A later target has a later task behind it, so there is one; ties go to the lowest index.
    task = int(slipped[np.argmin(before.start[0, slipped])])
    judged = waits(after, other.order, draws)
    by = int(judged.by_task[0, task])
    return Anomaly(
        less=less,
        more=more,
        target=target,
        futures=int((late > 0).sum()),
        replications=len(late),
        replication=replication,
        delay=int(late[replication]),
        task=task,
        start=int(before.start[0, task]),
        later_start=int(after.start[0, task]),
        cause=Cause(int(judged.cause[0, task])),
        by_task=by,
        by_resource=int(judged.by_resource[0, task]),
        by_start=int(before.start[0, by]) if by >= 0 else None,
        by_later_start=int(after.start[0, by]) if by >= 0 else None,
    )
