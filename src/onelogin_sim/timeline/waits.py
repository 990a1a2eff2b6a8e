"""What each start waited for: a pure function of plan, order, draws, starts and finishes.

The same for the output of every engine, and computed only when asked. Contract 1.7: a start is judged at
the last scan in which the task was ready and did not start; if there was none, by the latest of
predecessor, earliest day, calendar, freeze and hold-back. What never starts is judged at the horizon.
"""

from __future__ import annotations

import numpy as np

from onelogin_sim.arrays import plan_arrays
from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.judging import Cause, Waits, judge_all

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
    judge_all(arrays, draws.days, draws.earliest, draws.loss_start, timeline.start, timeline.finish, result)
    return result
