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
from onelogin_sim.coverage import first_live, met_day
from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order, Plan, Target
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.judging import Cause, Waits, next_worked_or_frozen
from onelogin_sim.timeline.waits import waits

#: Gaps on a chain that are nobody's work.
GAPS = ("readiness", "calendar", "frozen", "capacity change")
_READINESS, _CALENDAR, _FROZEN, _CAPACITY = range(4)

#: Where an item's time goes.
CAUSES = ("working", "dependency", "readiness", "resource", "calendar", "frozen")

Counts = npt.NDArray[np.int64]


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
    judged = waits(timeline, order, draws)
    stages = {name: index for index, name in enumerate(stage_names(plan))}
    stage = np.array([stages[task.stage] for task in plan.tasks], dtype=np.int32)
    causes = len(plan.items) + len(stages) + len(plan.resources) + len(GAPS)
    shape = (len(plan.targets), 2)
    futures = np.zeros(shape, dtype=np.int64)
    present, days = np.zeros((*shape, causes), dtype=np.int64), np.zeros((*shape, causes), dtype=np.int64)
    links = [np.zeros((0, 4), dtype=np.int64)]
    for index, target in enumerate(plan.targets):
        end, at_start, missed = chain_ends(timeline, target)
        steps = _walk_all(
            arrays, stage, len(stages), end, at_start, missed, timeline.start, timeline.finish, judged,
            futures[index], present[index], days[index],
        )  # fmt: skip
        links.append(_count_links(index, steps, len(plan.items), len(timeline.start)))
    time_use, queued = _time_use(arrays, draws.earliest, timeline.start, timeline.finish, judged)
    return Sums(futures, present, days, np.concatenate(links), time_use, queued)


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
def _walk_all(
    plan: PlanArrays,
    stage: Ints,
    stages: int,
    end: Ints,
    at_start: npt.NDArray[np.bool_],
    missed: npt.NDArray[np.bool_],
    start: Ints,
    finish: Ints,
    judged: Waits,
    futures: Counts,
    present: Counts,
    days: Counts,
) -> Counts:
    """Walk the chain of each replication; return its steps as (missed · replications + row) · items² + code."""
    items = present.shape[1] - stages - plan.capacity.shape[1] - 4
    seen = np.full(present.shape[1], -1, dtype=np.int64)
    steps = [np.int64(0) for _ in range(0)]
    for row in range(start.shape[0]):
        task = end[row]
        if task < 0:
            continue
        side = 1 if missed[row] else 0
        futures[side] += 1
        found, took = present[side], days[side]
        gaps = items + stages + plan.capacity.shape[1]
        if not at_start[row]:
            _work(plan, stage, items, task, start[row], finish[row], took)
        while True:
            _mark(seen, found, plan.item[task], row)
            _mark(seen, found, items + stage[task], row)
            if plan.running[task]:
                break
            now = min(start[row, task], plan.horizon)
            cause, by = int(judged.cause[row, task]), int(judged.by_task[row, task])
            resource = judged.by_resource[row, task]
            base, ready = min(judged.base[row, task], plan.horizon), judged.ready[row, task]
            if cause == Cause.BLOCKED and start[row, by] > now:
                # The blocker stopped being ready: nobody's start explains this one.
                cause = Cause.CAPACITY.value
            if resource >= 0:
                _mark(seen, found, items + stages + resource, row)
                # Only while the task before it on the chain worked: so the days lie within the chain.
                since = ready if cause == Cause.CAPACITY else max(ready, start[row, by])
                took[items + stages + resource] += max(now - since, 0)
            if cause in (Cause.CALENDAR, Cause.FREEZE, Cause.CAPACITY):
                if cause == Cause.CAPACITY:
                    _gap(seen, found, took, gaps + _CAPACITY, now - ready, row)
                    now = ready
                worked = min(next_worked_or_frozen(plan, task, int(base)), now)
                _gap(seen, found, took, gaps + _CALENDAR, worked - base, row)
                _gap(seen, found, took, gaps + _FROZEN, now - worked, row)
                now = base
                cause, by = int(judged.base_cause[row, task]), int(judged.base_task[row, task])
            if cause == Cause.EARLIEST:
                _gap(seen, found, took, gaps + _READINESS, now, row)
            if by < 0:
                break
            if cause == Cause.BLOCKED:
                _gap(seen, found, took, gaps + _CALENDAR, now - start[row, by], row)
            else:
                _gap(seen, found, took, gaps + _CALENDAR, now - min(finish[row, by], plan.horizon), row)
                _work(plan, stage, items, by, start[row], finish[row], took)
            if plan.item[by] != plan.item[task]:
                future = np.int64(side) * start.shape[0] + row
                steps.append((future * items + plan.item[by]) * items + plan.item[task])
            task = by
    return np.array(steps)


@numba.njit(cache=True)
def _mark(seen: Counts, found: Counts, cause: int, row: int) -> None:
    """Count a cause once a future."""
    if seen[cause] != row:
        seen[cause] = row
        found[cause] += 1


@numba.njit(cache=True)
def _gap(seen: Counts, found: Counts, took: Counts, cause: int, length: int, row: int) -> None:
    if length > 0:
        _mark(seen, found, cause, row)
        took[cause] += length


@numba.njit(cache=True)
def _work(
    plan: PlanArrays, stage: Ints, items: int, task: int, start: Ints, finish: Ints, took: Counts
) -> None:
    """Add the calendar days a task worked, from day 0 at the earliest to the horizon at the latest."""
    length = min(finish[task], plan.horizon) - min(max(start[task], 0), plan.horizon)
    took[plan.item[task]] += length
    took[items + stage[task]] += length


def _count_links(target: int, steps: Counts, items: int, replications: int) -> Counts:
    """Futures with each step, however often a future takes it; rows as in `Sums.links`."""
    future, code = np.divmod(np.unique(steps), items * items)
    found, counts = np.unique(future // replications * (items * items) + code, return_counts=True)
    return np.column_stack((np.full(len(found), target), *np.divmod(found, items * items), counts))


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
def _time_use(
    plan: PlanArrays, earliest: Ints, start: Ints, finish: Ints, judged: Waits
) -> tuple[Counts, Counts]:
    """Split each task's time, from the end of the task before it, by what it was spent on."""
    use = np.zeros((start.shape[1], 6), dtype=np.int64)
    queued = np.zeros(plan.capacity.shape[1], dtype=np.int64)
    horizon = plan.horizon
    for row in range(start.shape[0]):
        for task in range(start.shape[1]):
            begin = min(max(start[row, task], 0), horizon)
            use[task, 0] += min(finish[row, task], horizon) - begin
            if plan.running[task]:
                continue
            since = 0
            if task > 0 and plan.item[task - 1] == plan.item[task]:
                since = min(finish[row, task - 1], horizon)
            forward = max(since, min(earliest[row, plan.item[task]], horizon))
            base = min(judged.base[row, task], horizon)
            ready = min(judged.ready[row, task], horizon)
            worked = min(next_worked_or_frozen(plan, task, base), ready)
            use[task, 1] += base - forward
            use[task, 2] += forward - since
            use[task, 3] += begin - ready
            use[task, 4] += worked - base
            use[task, 5] += ready - worked
            if judged.by_resource[row, task] >= 0:
                queued[judged.by_resource[row, task]] += begin - ready
    return use, queued
