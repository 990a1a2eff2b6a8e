"""How the search came on: the best order known after so many schedules, against the planner's own.

The values a search goes by are each of other futures, so a curve of them moves by luck. Here every incumbent is
judged against the planner's own order in one set of futures that the search never saw: those of the claim.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelogin_sim.optimising.judging import Judge
from onelogin_sim.orders.search.problem import Found, Step
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order

#: Incumbents judged at most: the first, the last and others evenly between them.
MOST = 30


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The incumbent after so many schedules, in a stage of the search.

    Attributes
    ----------
    gain
        How much better it is than the planner's own order, in the objectives' units, with a 95% interval.
    """

    schedules: int
    stage: str
    gain: Mean


def convergence(found: Found, start: Order, telling: Judge) -> tuple[CurvePoint, ...]:
    """Return how good the incumbents of a search are, by schedules spent.

    Parameters
    ----------
    telling
        Judge in the futures in which gains are told.
    """
    steps = _told(found.curve)
    orders = {step.order.digest: step.order for step in steps}
    if not orders:
        return ()
    # The planner's own is better by so much, so the incumbent is worse.
    behind = dict(zip(orders, telling.gains(start, list(orders.values())), strict=True))
    points = []
    for step in steps:
        value, low, high = behind[step.order.digest]
        points.append(CurvePoint(step.schedules, step.stage, Mean(0.0 - value, 0.0 - high, 0.0 - low)))
    return tuple(points)


def _told(steps: tuple[Step, ...]) -> list[Step]:
    """The steps of a curve, those of some incumbents left out where there are too many."""
    orders = list(dict.fromkeys(step.order.digest for step in steps))
    if len(orders) <= MOST:
        return list(steps)
    chosen = {orders[place] for place in np.linspace(0, len(orders) - 1, MOST).round().astype(int).tolist()}
    return [step for step in steps if step.order.digest in chosen]
