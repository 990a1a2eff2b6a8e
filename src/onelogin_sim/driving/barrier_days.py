"""Barriers on the driver chain: in how many futures each changed work on it, and the days it added there.

A barrier is no link of the chain but a factor on the work that is. So each task on the chain is compared
with what it would have taken without the barrier, from the same start and with the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays, plan_arrays
from onelogin_sim.calendars import NEVER
from onelogin_sim.chains import chain_ends
from onelogin_sim.draws import Draws
from onelogin_sim.drivers import Driver, Drivers
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.waits import Cause, Waits, waits

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class BarrierSums(NamedTuple):
    """Sums over the replications of a block; whole numbers, so blocks add up in any order.

    Attributes
    ----------
    present
        int64 [target, missed, barrier]: futures in which the barrier changed the days of work on the chain.
    days
        int64 [target, missed, barrier]: calendar days by which work on the chain was longer for it; those
        of several barriers on one task overlap, as factors multiply.
    """

    present: Counts
    days: Counts


def barrier_sums(
    timeline: Timeline, order: Order, draws: Draws, without: Mapping[str, npt.NDArray[np.int32]]
) -> BarrierSums:
    """Return how barriers touch the chains of a block of replications.

    Parameters
    ----------
    timeline
        Output of an engine.
    order, draws
        What it was run with.
    without
        By barrier: int32 [replication, task], the days of ``draws`` had there not been that barrier.
    """
    plan = timeline.plan
    arrays = plan_arrays(plan, order)
    judged = waits(timeline, order, draws)
    shape = (len(plan.targets), 2, len(plan.barriers))
    present, days = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    chains = []
    for target in plan.targets:
        end, at_start, missed = chain_ends(timeline, target)
        chains.append((missed, work_on_chains(arrays, end, at_start, timeline, judged)))
    begun = timeline.start < plan.horizon
    for place, barrier in enumerate(plan.barriers):
        added = added_days(arrays, timeline, draws.days, without[barrier.id])
        for index, (missed, worked) in enumerate(chains):
            on_chain = np.where(worked, added, 0)
            changed = (worked & begun & (draws.days != without[barrier.id])).any(axis=1)
            for side in (0, 1):
                rows = missed == bool(side)
                present[index, side, place] = changed[rows].sum()
                days[index, side, place] = on_chain[rows].sum()
    return BarrierSums(present, days)


def add(first: BarrierSums, second: BarrierSums) -> BarrierSums:
    """Return the sums of two blocks together."""
    return BarrierSums(first.present + second.present, first.days + second.days)


def with_barriers(drivers: tuple[Drivers, ...], plan: Plan, sums: BarrierSums) -> tuple[Drivers, ...]:
    """Return drivers with those of kind ``barrier`` among them.

    Its `criticality` is the share of the futures in which it changed work on the chain, its `days` the mean
    calendar days it added there; they are part of the days of items and stages, not beside them.
    """
    place_of = {target.id: index for index, target in enumerate(plan.targets)}
    result = []
    for entry in drivers:
        index, side = place_of[entry.target], 0 if entry.met else 1
        barriers = [
            Driver(
                "barrier",
                barrier.id,
                int(sums.present[index, side, place]) / entry.futures,
                int(sums.days[index, side, place]) / entry.futures,
            )
            for place, barrier in enumerate(plan.barriers)
            if sums.present[index, side, place]
        ]
        found = sorted(
            [*entry.drivers, *barriers], key=lambda one: (-one.criticality, -one.days, one.kind, one.id)
        )
        result.append(replace(entry, drivers=tuple(found)))
    return tuple(result)


def work_on_chains(
    arrays: PlanArrays, end: Ints, at_start: Flags, timeline: Timeline, judged: Waits
) -> Flags:
    """Return bool [replication, task]: whether the task's work lies on the driver chain.

    Parameters
    ----------
    end, at_start
        Where each chain starts, from `chains.chain_ends`.
    judged
        What each start waited for.
    """
    worked = np.zeros(timeline.start.shape, dtype=np.bool_)
    _walk(
        arrays.running, arrays.horizon, end, at_start, timeline.start,
        judged.cause, judged.by_task, judged.base_task, worked,
    )  # fmt: skip
    return worked


@numba.njit(cache=True)
def _walk(
    running: Flags,
    horizon: int,
    end: Ints,
    at_start: Flags,
    start: Ints,
    cause: npt.NDArray[np.int8],
    by_task: Ints,
    base_task: Ints,
    worked: Flags,
) -> None:
    """Follow what each start waited for, back to day 0: the same steps as the sums of `chains`."""
    for row in range(start.shape[0]):
        task = end[row]
        if task < 0:
            continue
        if not at_start[row]:
            worked[row, task] = True
        while not running[task]:
            now = min(start[row, task], horizon)
            why, by = cause[row, task], by_task[row, task]
            blocked = why == Cause.BLOCKED and start[row, by] <= now
            if why in (Cause.CALENDAR, Cause.FREEZE, Cause.CAPACITY) or (
                why == Cause.BLOCKED and not blocked
            ):
                by = base_task[row, task]
            if by < 0:
                break
            # From a start that blocked this one the chain goes on: none of its work lies between.
            if not blocked:
                worked[row, by] = True
            task = by


def added_days(
    arrays: PlanArrays, timeline: Timeline, days: npt.NDArray[np.int32], without: npt.NDArray[np.int32]
) -> Counts:
    """Return int64 [replication, task]: calendar days a task finishes later with `days` than `without`.

    Both from its own start, within the horizon; negative where it finishes earlier.
    """
    horizon = arrays.horizon
    start = np.clip(timeline.start, 0, horizon)
    before = arrays.worked_before[arrays.calendar[None, :], start - arrays.first_day]
    last = before + without - 1
    limit = arrays.day_of_work.shape[1] - 1
    day = arrays.day_of_work[arrays.calendar[None, :], np.minimum(last, limit)]
    finish = np.where((day == NEVER) | (day >= horizon), horizon, day + 1).astype(np.int64)
    finish = np.where(without == 0, start, finish)
    added: Counts = np.where(days == without, 0, np.minimum(timeline.finish, horizon) - finish)
    return np.where(start >= horizon, 0, added)
