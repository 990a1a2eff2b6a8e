"""The driver chain of a replication: back from the day a target is met, through what each start waited for.

The chain follows resources as well as dependencies: a start that waited for a freed unit leads to the
task that freed it. Work on the chain and the gaps between add up to the whole time from day 0 (the
status date) to the day the target is met.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, PlanArrays, plan_arrays
from onelogin_sim.calendars import NEVER
from onelogin_sim.chain_walk import GAPS, Counts, walk
from onelogin_sim.coverage import first_live, met_day
from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order, Plan, Target
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.causes import Waits, room_for, waits_for
from onelogin_sim.timeline.judging import judge

__all__ = ["CAUSES", "GAPS", "Sums", "add", "block_sums", "chain_ends", "stage_names"]

#: Where an item's time goes.
CAUSES = ("working", "dependency", "readiness", "resource", "calendar", "frozen")


class Sums(NamedTuple):
    """Sums over the replications of a block; whole numbers, so blocks add up in any order.

    Attributes
    ----------
    futures
        int64 [target, missed]: futures with a chain; `missed` is 0 for those that meet the target within
        the horizon and 1 for those that do not. Targets met by the status date have none.
    present, days
        int64 [target, missed, cause]: futures in whose chain a cause appears, and its days on them. Causes
        are the items, then the stages, the resources and the `GAPS`. Days of items and stages are work on
        the chain; days of a resource are those of them while what comes next stood ready and queued for it.
    links
        int64 [link, 4]: target, missed, code (item · items + next item) and the futures with that step.
    time_use
        int64 [task, cause]: calendar days, causes as in `CAUSES`.
    queued
        int64 [resource]: calendar days tasks queued for it.
    """

    futures: Counts
    present: Counts
    days: Counts
    links: Counts
    time_use: Counts
    queued: Counts


def stage_names(plan: Plan) -> tuple[str, ...]:
    """Return the stages of a plan in the order in which pathways first name them."""
    return tuple(dict.fromkeys(task.stage for task in plan.tasks))


def block_sums(timeline: Timeline, order: Order, draws: Draws) -> Sums:
    """Return the chains and the use of time of a block of replications, summed.

    Parameters
    ----------
    timeline
        Output of an engine.
    order, draws
        What it was run with.
    """
    plan = timeline.plan
    arrays = plan_arrays(plan, order)
    names = stage_names(plan)
    number = {name: index for index, name in enumerate(names)}
    stage = np.array([number[task.stage] for task in plan.tasks], dtype=np.int32)
    causes = len(plan.items) + len(names) + len(plan.resources) + len(GAPS)
    count = len(timeline.start)
    end = np.empty((len(plan.targets), count), dtype=np.int32)
    at_start, missed = np.empty(end.shape, dtype=np.bool_), np.empty(end.shape, dtype=np.bool_)
    for index, target in enumerate(plan.targets):
        end[index], at_start[index], missed[index] = chain_ends(timeline, target)
    futures = np.zeros((len(plan.targets), 2), dtype=np.int64)
    present, days = (np.zeros((*futures.shape, causes), dtype=np.int64) for _ in range(2))
    time_use = np.zeros((len(CAUSES), len(plan.tasks)), dtype=np.int64)
    queued = np.zeros(len(plan.resources), dtype=np.int64)
    steps = _sum_up(
        arrays, stage, len(names), draws.days, draws.earliest, draws.loss_start, timeline.start, timeline.finish,
        end, at_start, missed, futures, present, days, time_use, queued,
    )  # fmt: skip
    links = _count_links(steps, len(plan.items), count)
    return Sums(futures, present, days, links, np.ascontiguousarray(time_use.T), queued)


def add(first: Sums, second: Sums) -> Sums:
    """Return the sums of two blocks together."""
    return Sums(
        first.futures + second.futures,
        first.present + second.present,
        first.days + second.days,
        _merge_links(np.concatenate((first.links, second.links))),
        first.time_use + second.time_use,
        first.queued + second.queued,
    )


def chain_ends(
    timeline: Timeline, target: Target
) -> tuple[Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where the chain of each replication starts (contract 4.12).

    Returns
    -------
    task
        int32 [replication]: the task whose start or finish met the target; in a future that misses it, the
        first unfinished task of the counted item that has waited longest; -1 where there is no chain.
    at_start
        bool [replication]: whether the start counts rather than the finish.
    missed
        bool [replication]: whether the future misses the target within the horizon.
    """
    plan, go_live = timeline.plan, timeline.go_live
    met = met_day(plan, target, go_live)
    missed = met == NEVER
    counted = _counted(plan, target, go_live)
    decisive = np.argmax(counted & (go_live == met[:, None]), axis=1)
    tasks = np.full(len(plan.services), -1, dtype=np.int32)
    starts = np.zeros(len(plan.services), dtype=np.bool_)
    spans = np.zeros(len(plan.services), dtype=np.int32)
    for column, service in enumerate(plan.services):
        if service.id in plan.go_live_task:
            tasks[column], starts[column] = plan.go_live_task[service.id]
            spans[column] = plan.tasks_of[service.id][0]
    end, at_start = tasks[decisive], starts[decisive]
    waiting = _longest_waiting(
        timeline.start, timeline.finish, spans, tasks, counted & (go_live == NEVER), plan.horizon
    )
    end = np.where(missed, waiting, end).astype(np.int32)
    end[~missed & (met <= 0)] = -1
    return end, at_start & ~missed, missed


def _counted(plan: Plan, target: Target, go_live: Ints) -> npt.NDArray[np.bool_]:
    """Return bool [replication, service]: whether a service going live (or not) moves the measure."""
    if target.measure == "annual_users":
        return np.broadcast_to(plan.users > 0, go_live.shape)
    if target.measure == "departments":
        place = np.searchsorted(np.unique(plan.department_of), plan.department_of)
        counts: npt.NDArray[np.bool_] = go_live == first_live(plan, go_live)[:, place]
        return counts
    return np.ones(go_live.shape, dtype=np.bool_)


@numba.njit(cache=True)
def _longest_waiting(
    start: Ints, finish: Ints, span: Ints, last: Ints, unfinished: npt.NDArray[np.bool_], horizon: int
) -> Ints:
    """The first unfinished task of the service that has waited longest; work in hand has not waited at all."""
    result = np.full(start.shape[0], -1, dtype=np.int32)
    for row in range(start.shape[0]):
        longest = -1
        for service in range(len(span)):
            if not unfinished[row, service]:
                continue
            task = span[service]
            while task < last[service] and finish[row, task] != NEVER:
                task += 1
            wait = 0
            if start[row, task] == NEVER:
                wait = horizon - (finish[row, task - 1] if task > span[service] else 0)
            if wait > longest:
                longest = wait
                result[row] = task
    return result


@numba.njit(cache=True)
def _sum_up(
    plan: PlanArrays,
    stage: Ints,
    stages: int,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    start: Ints,
    finish: Ints,
    end: Ints,
    at_start: npt.NDArray[np.bool_],
    missed: npt.NDArray[np.bool_],
    futures: Counts,
    present: Counts,
    took: Counts,
    time_use: Counts,
    queued: Counts,
) -> Counts:
    """Judge each replication, add up its use of time and walk its chains; arguments as in `Sums`, added to.

    Returns the steps of the chains as ((target · 2 + missed) · replications + row) · items² + code.
    """
    room, judged = room_for(plan), waits_for(start.shape[1])
    seen = np.full(present.shape[2], -1, dtype=np.int64)
    items = present.shape[2] - stages - len(queued) - len(GAPS)
    steps = [np.int64(0) for _ in range(0)]
    for row in range(len(start)):
        passed = judge(plan, days[row], earliest[row], losses[row], start[row], finish[row], judged, room)
        _add_time_use(plan, earliest[row], start[row], finish[row], judged, time_use)
        _add_queues(plan.horizon, start[row], judged, room.passed[:passed], queued)
        for target in range(len(end)):
            if end[target, row] >= 0:
                side = 1 if missed[target, row] else 0
                futures[target, side] += 1
                walk(
                    plan, stage, stages, items, end[target, row], at_start[target, row],
                    start[row], finish[row], judged, seen, np.int64(target * 2 + side) * len(start) + row,
                    present[target, side], took[target, side], steps,
                )  # fmt: skip
    return np.array(steps)


def _count_links(steps: Counts, items: int, replications: int) -> Counts:
    """Futures with each step, however often a future takes it; rows as in `Sums.links`."""
    future, code = np.divmod(np.unique(steps), items * items)
    found, counts = np.unique(future // replications * (items * items) + code, return_counts=True)
    side, code = np.divmod(found, items * items)
    return np.column_stack((*np.divmod(side, 2), code, counts))


def _merge_links(links: Counts) -> Counts:
    """Links of two blocks as one: the futures of equal ones added up, in the order of the others' columns."""
    codes = int(links[:, 2].max(initial=0)) + 1
    keys = (links[:, 0] * 2 + links[:, 1]) * codes + links[:, 2]
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    merged = links[first]
    # Whole numbers far below 2**53, so that adding them up as floats is exact.
    merged[:, 3] = np.bincount(place, links[:, 3])
    return merged


@numba.njit(cache=True)
def _add_time_use(
    plan: PlanArrays, earliest: Ints, start: Ints, finish: Ints, judged: Waits, use: Counts
) -> None:
    """Split each task's time, from the end of the task before it, by what it was spent on; [cause, task]."""
    horizon, item, running = plan.horizon, plan.item, plan.running
    base_day, ready_day, worked_day = judged.base, judged.ready, judged.worked
    for task in range(len(start)):
        begin = min(max(start[task], 0), horizon)
        use[0, task] += min(finish[task], horizon) - begin
        if running[task]:
            continue
        follows = task > 0 and item[task - 1] == item[task]
        since = min(finish[task - 1], horizon) if follows else 0
        forward = max(since, min(earliest[item[task]], horizon))
        base, ready = min(base_day[task], horizon), min(ready_day[task], horizon)
        worked = min(worked_day[task], ready)
        use[1, task] += base - forward
        use[2, task] += forward - since
        use[3, task] += begin - ready
        use[4, task] += worked - base
        use[5, task] += ready - worked


@numba.njit(cache=True)
def _add_queues(horizon: int, start: Ints, judged: Waits, passed: Ints, queued: Counts) -> None:
    """Add the days for which those that a scan passed over queued for what was short."""
    ready_day, by_resource = judged.ready, judged.by_resource
    for task in passed:
        if by_resource[task] >= 0:
            queued[by_resource[task]] += min(start[task], horizon) - ready_day[task]
