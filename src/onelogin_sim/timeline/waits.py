"""What each start waited for: a pure function of plan, order, draws, starts and finishes.

The same for the output of every engine, and computed only when asked. Contract 1.7: a start is judged at
the last scan in which the task was ready and did not start; if there was none, by the latest of
predecessor, earliest day, calendar, freeze and hold-back. What never starts is judged at the horizon.
"""

from __future__ import annotations

import numba
import numpy as np

from onelogin_sim.arrays import Ints, PlanArrays, plan_arrays
from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.causes import Cause, Waits, room_for
from onelogin_sim.timeline.judging import judge

__all__ = ["Cause", "Waits", "waits"]


def waits(timeline: Timeline, order: Order, draws: Draws) -> Waits:
    """Return what each start of a timeline waited for.

    Parameters
    ----------
    timeline
        Output of an engine.
    order, draws
        What it was run with.
    """
    shape = timeline.start.shape
    result = Waits(
        np.empty(shape, dtype=np.int8),
        np.empty(shape, dtype=np.int32),
        np.empty(shape, dtype=np.int16),
        np.empty(shape, dtype=np.int32),
        np.empty(shape, dtype=np.int8),
        np.empty(shape, dtype=np.int32),
        np.empty(shape, dtype=np.int32),
        np.empty(shape, dtype=np.int32),
    )
    arrays = plan_arrays(timeline.plan, order)
    _judge_all(arrays, draws.days, draws.earliest, draws.loss_start, timeline.start, timeline.finish, result)
    return result


@numba.njit(cache=True)
def _judge_all(
    plan: PlanArrays, days: Ints, earliest: Ints, losses: Ints, start: Ints, finish: Ints, out: Waits
) -> None:
    room = room_for(plan)
    for row in range(len(start)):
        mine = Waits(
            out.cause[row], out.by_task[row], out.by_resource[row], out.base[row],
            out.base_cause[row], out.base_task[row], out.ready[row], out.worked[row],
        )  # fmt: skip
        judge(plan, days[row], earliest[row], losses[row], start[row], finish[row], mine, room)
