"""The identity load that follows from go-live days, as an order search needs it: three numbers an order and future.

`verification.weekly` has the model and its formulas. Services for which a replication decides whether they ask for an
identity do so where its draws hold a stage for it, as `verification.demand.asked` reads it from a timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import Draws
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.plan import Plan
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.weekly import WeeklyLoad, moments, weekly_load

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]


class Loading:
    """The load of orders of one plan.

    Parameters
    ----------
    dates
        Days before which avoided checks are counted.
    weeks
        Whether the busiest week is looked for, which takes seven times as long.

    Raises
    ------
    ValueError
        When the population describes other services or another time than the plan, or no stage shows whether a
        service asks for an identity.
    """

    def __init__(self, plan: Plan, verification: Verification, dates: Sequence[int], *, weeks: bool) -> None:
        if [service.id for service in verification.services] != [service.id for service in plan.services]:
            raise ValueError("the population describes other services than the plan")
        if (verification.status_date, verification.horizon) != (plan.status_date, plan.horizon):
            raise ValueError("the population has another status date or horizon than the plan")
        self._known = moments(verification, dates, weeks=weeks, past=_days_live(plan))
        self._asked = np.array([each.asked or 0.0 for each in verification.services])
        self._open = np.array([each.asked is None for each in verification.services], dtype=np.bool_)
        self._stage = np.array(
            [_identity_stage(plan, each.id) for each in verification.services if each.asked is None],
            dtype=np.int64,
        )
        self._running = np.array(
            [plan.tasks[stage].since is not None for stage in self._stage], dtype=np.bool_
        )
        self._last: tuple[Draws, Floats] | None = None

    def of(
        self, go_live: Ints, many: Many, rows: Whole | None = None, *, executor: Executor | None = None
    ) -> WeeklyLoad:
        """Return the load of int32 [order, future, service] go-live days, its rows order by order.

        Parameters
        ----------
        many
            What made the days.
        rows
            int [order, future] or [future]: the replications, as rows of its draws; None is all of them in turn.
        executor
            Threads that share the work; None does it all here.
        """
        asked = self._shares(many.draws)
        some = asked if rows is None else asked[rows]
        return weekly_load(
            self._known,
            go_live.reshape(-1, go_live.shape[-1]),
            np.broadcast_to(some, go_live.shape).reshape(-1, go_live.shape[-1]),
            workers=many.workers,
            executor=executor,
        )

    def _shares(self, draws: Draws) -> Floats:
        """float64 [replication, service]: the share of users asked; the last draws are remembered."""
        if self._last is None or self._last[0] is not draws:
            found = np.repeat(self._asked[np.newaxis], len(draws.days), axis=0)
            found[:, self._open] = (draws.days[:, self._stage] > 0) | self._running
            self._last = (draws, found)
        return self._last[1]


def over(load: WeeklyLoad, limits: Limits) -> Floats:
    """Return float64 [limit, row]: by how many percent each limit on the load is exceeded, 0 where it is kept."""
    found = []
    if limits.peak_load is not None:
        found.append(100 * np.maximum(load.peak / limits.peak_load - 1, 0))
    if limits.within_capacity:
        # A station that is closed has work over nothing: far over, and no less finite.
        found.append(np.minimum(100 * np.maximum(load.use - 1, 0), 10_000.0))
    return np.array(found).reshape(len(found), len(load.peak))


def _days_live(plan: Plan) -> int:
    """For how many days before the status date somebody has been live at the most; a live stage may still run."""
    live = [service.live_on for service in plan.services]
    live += [plan.tasks[task].since for task, at_start in plan.go_live_task.values() if at_start]
    return max(0, -min((day for day in live if day is not None), default=0))


def _identity_stage(plan: Plan, service: str) -> int:
    """The stage of the plan that shows whether a service asks for an identity."""
    for index in plan.tasks_of[service]:
        if [gate.decision for gate in plan.tasks[index].gates] == ["identity"]:
            return int(index)
    raise ValueError(f"{service}: no stage of the plan shows whether it asks for identity")
