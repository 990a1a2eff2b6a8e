"""A plan as the compiled engine reads it: what does not change between orders or replications, laid out flat.

Tasks with the same needs form a *class*: of two ready tasks of one class the one served first starts
first, whatever else is going on, so a hand-out looks at the first ready task of each class, never at all
that wait. The tasks of a class own a run of *slots*, a multiple of 64 long, in the order in which they are
served: ready tasks are bits, and the lowest bit is served first. Tasks that need nothing come last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import planned_capacity, rows_of
from onelogin_sim.once import once
from onelogin_sim.plan import CapacityLoss, Plan

#: Whole numbers that are never negative, in the smallest type that holds them all: the engine's state then
#: stays in the fastest memory, and no index needs a look at its sign.
Numbers = npt.NDArray[np.unsignedinteger[Any]]
Ints = npt.NDArray[np.int32]
Bits = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

#: Tasks in a word of ready bits.
WORD = 64


class Layout(NamedTuple):
    """The plan as flat arrays. Lists of lists are stored one after the other: row i is [at[i], at[i + 1]).

    Attributes
    ----------
    horizon
        First day outside.
    width
        Length of a calendar's row in the tables by calendar and day, which lie one after the other.
    strict
        Whether a ready task that does not start blocks what it needs.
    steady
        Whether all tasks with needs share one calendar without freezes, so that which of them may start
        changes only when that calendar stops or resumes.
    task_at
        Tasks of each item: item i has [task_at[i], task_at[i + 1]).
    item, class_of, calendar
        [task]: item, class and calendar; tasks that need nothing have the class after the last.
    waits_for
        [task]: number of predecessors, and one more for those in `forward`.
    endless
        More than any task can wait for.
    running, since
        Tasks that run at the status date, and the day each started.
    forward
        Tasks that must look at their item's earliest day: what follows a task of its own item that had not
        begun cannot be earlier anyway.
    after_at, after
        Tasks that wait for each task, by task index.
    first_word
        [class + 2]: first word of ready bits of each class, and the end.
    need_at, need_resource, need_units
        Needs of each class, by resource index.
    plain
        [class]: whether its tasks share one calendar without freezes.
    soles, units
        How many classes are *sole*, and for each how much it needs. A sole class needs one resource that no
        other class needs, it is plain, and what does not start blocks nobody: how much is free and whether
        anybody is ready decide alone. Sole classes come first and resources are numbered so that the resource
        of sole class c is number c.
    calendars
        [class]: the calendars of its tasks, a bit each, index modulo 64.
    rivals
        [resource, word]: the classes that need each resource, a bit each. Resources are numbered anew.
    capacity
        [resource]: planned units on day 0.
    step_day, step_resource, step_units
        [step]: changes of planned capacity after day 0, as differences.
    loss_resource, loss_units, loss_days
        [capacity risk].
    works
        [day]: the calendars worked on each day, a bit each, index modulo 64.
    freezes
        [task]: whether its calendar has a freeze.
    worked_before
        [calendar, day]: working days in [0, day).
    day_after
        [calendar, k]: the day after working day k from day 0 on; the horizon or later beyond the last.
    next_work, next_frozen
        [calendar, day]: first worked and first frozen day from each day on; the horizon if none.
    """

    horizon: int
    width: int
    strict: bool
    steady: bool
    task_at: Numbers
    item: Numbers
    class_of: Numbers
    calendar: Numbers
    waits_for: Numbers
    endless: int
    running: Numbers
    since: Ints
    forward: Numbers
    after_at: Numbers
    after: Numbers
    first_word: Numbers
    need_at: Numbers
    need_resource: Numbers
    need_units: Ints
    plain: Flags
    soles: int
    units: Ints
    calendars: Bits
    rivals: Bits
    capacity: Ints
    step_day: Ints
    step_resource: Ints
    step_units: Ints
    loss_resource: Ints
    loss_units: Ints
    loss_days: Ints
    works: Bits
    freezes: Flags
    worked_before: Numbers
    day_after: Numbers
    next_work: Numbers
    next_frozen: Numbers


@once
def layout(plan: Plan) -> Layout:
    """Return the layout of a plan, made once."""
    losses = [risk.effect for risk in plan.risks if isinstance(risk.effect, CapacityLoss)]
    planned = planned_capacity(plan)
    steps = np.argwhere(np.diff(planned, axis=0))
    index = {calendar.id: number for number, calendar in enumerate(plan.calendars)}
    calendar = [index[task.calendar] for task in plan.tasks]
    # A task that begins on the last day may have the whole horizon to go.
    width = 2 * plan.horizon + 2
    classes = _classes(plan, calendar)
    numbered = classes.pop("numbered")
    parts: dict[str, Any] = {
        "horizon": plan.horizon,
        "strict": plan.strict,
        **_tasks(plan),
        "width": width,
        "calendar": calendar,
        "freezes": np.array([plan.calendars[which].frozen.any() for which in calendar], dtype=np.bool_),
        **classes,
        "capacity": planned[0, np.argsort(numbered)],
        "step_resource": numbered[steps[:, 1]],
        "loss_resource": numbered[[plan.resource_index[loss.resource] for loss in losses]],
        "step_day": _ints(steps[:, 0] + 1),
        "step_units": _ints([planned[day + 1, which] - planned[day, which] for day, which in steps]),
        "loss_units": _ints([loss.units for loss in losses]),
        "loss_days": _ints([loss.days for loss in losses]),
        **_days(plan, width),
    }
    slots = int(parts["first_word"][-1]) * WORD
    # No task waits for more than every arc and every item, so one that waits for more never becomes ready.
    parts["endless"] = len(plan.arcs) + len(plan.items) + slots + 1
    largest = max(
        2 * slots + len(steps) + 2 * len(losses) + 1, width, parts["endless"], len(parts["need_resource"])
    )
    small = np.uint16 if largest < np.iinfo(np.uint16).max else np.uint32
    numbers = [name for name, kind in get_type_hints(Layout).items() if kind == Numbers]
    parts |= {name: np.asarray(parts[name], dtype=small) for name in numbers}
    return Layout(**parts)


def _tasks(plan: Plan) -> dict[str, Any]:
    item = [plan.item_index[task.item] for task in plan.tasks]
    begun = [task.since is not None for task in plan.tasks]
    forward = [
        task
        for task, before in enumerate(plan.predecessors)
        if not begun[task] and not any(item[other] == item[task] and not begun[other] for other in before)
    ]
    waits_for = np.array([len(before) for before in plan.predecessors], dtype=np.int64)
    waits_for[forward] += 1
    after: list[list[int]] = [[] for _ in plan.tasks]
    for before, task in sorted(plan.arcs):
        after[before].append(task)
    after_at, after_ = rows_of(after)
    return {
        "task_at": np.cumsum([0, *(len(plan.tasks_of[entry.id]) for entry in plan.items)]),
        "item": item,
        "waits_for": waits_for,
        "running": np.flatnonzero(begun),
        "since": _ints([task.since for task in plan.tasks if task.since is not None]),
        "forward": forward,
        "after_at": after_at,
        "after": after_,
    }


def _classes(plan: Plan, calendar: list[int]) -> dict[str, Any]:
    needs = plan.needs_of
    sizes = Counter(needs)
    users = Counter(resource for row in sizes for resource, _ in row)
    used: dict[tuple[tuple[int, int], ...], set[int]] = {row: set() for row in sizes}
    for which, needed in zip(calendar, needs, strict=True):
        used[needed].add(which)
    sole = {
        row: not plan.strict and len(row) == 1 and users[row[0][0]] == 1 and _is_plain(plan, used[row])
        for row in sizes
    }
    classes = sorted((row for row in sizes if row), key=lambda row: (not sole[row], row))
    number = {row: index for index, row in enumerate([*classes, ()])}
    soles = sum(sole.values())
    # The resource of sole class c is number c; the others follow in their own order.
    own = [row[0][0] for row in classes[:soles]]
    rest = [resource for resource in range(len(plan.resources)) if resource not in set(own)]
    numbered = _ints(np.argsort([*own, *rest]))
    inside = [[(int(numbered[resource]), units) for resource, units in row] for row in classes]
    rivals: list[list[int]] = [[] for _ in plan.resources]
    for index, pairs in enumerate(inside):
        for resource, _ in pairs:
            rivals[resource].append(index)
    need_at, need_resource = rows_of([[resource for resource, _ in row] for row in inside])
    return {
        "class_of": [number[row] for row in needs],
        "first_word": np.cumsum([0, *(-(-sizes[row] // WORD) for row in [*classes, ()])]),
        "need_at": need_at,
        "need_resource": need_resource,
        "need_units": _ints([units for row in inside for _, units in row]),
        "plain": np.array([_is_plain(plan, used[row]) for row in classes], dtype=np.bool_),
        "soles": soles,
        "units": _ints([row[0][1] for row in inside[:soles]]),
        "steady": _is_plain(plan, set().union(*(used[row] for row in classes))),
        "calendars": _masks([used[row] for row in classes], 1)[:, 0],
        "rivals": _masks(rivals, -(-len(classes) // WORD)),
        "numbered": numbered,
    }


def _is_plain(plan: Plan, used: set[int]) -> bool:
    # With more calendars than bits in a word, a bit speaks for several, and each task must be asked itself.
    return (
        len(plan.calendars) <= WORD
        and len(used) == 1
        and not any(plan.calendars[which].frozen.any() for which in used)
    )


def _days(plan: Plan, width: int) -> dict[str, Any]:
    """Return the calendars as tables from day 0 on, one row of `width` entries after the other."""
    horizon = plan.horizon
    worked_before = np.zeros((len(plan.calendars), width), dtype=np.int64)
    day_after, next_work, next_frozen = (np.full_like(worked_before, horizon) for _ in range(3))
    working = np.zeros((len(plan.calendars), horizon), dtype=np.bool_)
    for index, calendar in enumerate(plan.calendars):
        working[index] = calendar.working[-calendar.first :]
        days = np.flatnonzero(working[index])
        worked_before[index, 1 : horizon + 1] = np.cumsum(working[index])
        worked_before[index, horizon + 1 :] = len(days)
        day_after[index, : len(days)] = days + 1
        next_work[index, :horizon] = _next(working[index])
        next_frozen[index, :horizon] = _next(calendar.frozen[-calendar.first :])
    return {
        "works": _masks([np.flatnonzero(day) for day in working.T], 1)[:, 0],
        "worked_before": worked_before.reshape(-1),
        "day_after": day_after.reshape(-1),
        "next_work": next_work.reshape(-1),
        "next_frozen": next_frozen.reshape(-1),
    }


def _next(days: Flags) -> npt.NDArray[np.int64]:
    """Return the first marked day from each day on; the number of days if none."""
    found: npt.NDArray[np.int64] = np.where(days, np.arange(len(days)), len(days))
    return np.minimum.accumulate(found[::-1])[::-1]


def _ints(values: object) -> Ints:
    return np.asarray(values, dtype=np.int32)


def _masks(rows: Iterable[Iterable[int]], words: int) -> Bits:
    """Return sets of numbers as bits, uint64 [row, word]; what does not fit into the words goes round."""
    listed = list(rows)
    masks = np.zeros((len(listed), max(words, 1)), dtype=np.uint64)
    for index, row in enumerate(listed):
        for number in row:
            bit = int(number) % (max(words, 1) * WORD)
            masks[index, bit // WORD] |= np.uint64(1) << np.uint64(bit % WORD)
    return masks
