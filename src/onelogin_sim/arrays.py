"""A plan and an order as flat arrays, for compiled code: the same facts, no objects."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.once import once
from onelogin_sim.plan import CapacityLoss, Order, Plan

Ints = npt.NDArray[np.int32]


class PlanArrays(NamedTuple):
    """The plan under one order. Lists of lists are stored one after the other: row i is [at[i], at[i + 1]).

    Attributes
    ----------
    horizon, first_day
        First day outside, and the day of entry 0 of the calendar arrays.
    item, rank, calendar
        int32 [task]: item index, rank of its item, calendar index.
    scan
        int32 [task]: task indices in the order a hand-out looks at them.
    running
        bool [task]: begun before day 0, or on it.
    before_at, before
        Predecessors of each task, by task index.
    hold_at, hold
        Last tasks of the items each task is held back for.
    need_at, need_resource, need_units
        Needs of each task, by resource index.
    user_at, user
        Tasks that need each resource, by task index.
    worked_before, frozen_before
        int32 [calendar, day]: counts over days before; one entry more than days.
    day_of_work
        int32 [calendar, k]: day of working day k; NEVER beyond the last.
    capacity
        int32 [day, resource]: planned units, from day 0 to the horizon.
    loss_resource, loss_units, loss_days
        int32 [capacity risk].
    strict
        Whether a ready task that does not start blocks what it needs.
    next_frozen
        int32 [calendar, day]: first frozen day from each day on, by the same entries as `worked_before`; the
        horizon if none.
    """

    horizon: int
    first_day: int
    item: Ints
    rank: Ints
    calendar: Ints
    scan: Ints
    running: npt.NDArray[np.bool_]
    before_at: Ints
    before: Ints
    hold_at: Ints
    hold: Ints
    need_at: Ints
    need_resource: Ints
    need_units: Ints
    user_at: Ints
    user: Ints
    worked_before: Ints
    frozen_before: Ints
    day_of_work: Ints
    capacity: Ints
    loss_resource: Ints
    loss_units: Ints
    loss_days: Ints
    strict: bool
    next_frozen: Ints


def plan_arrays(plan: Plan, order: Order) -> PlanArrays:
    """Return the arrays of a plan under an order. All but those of the order are made once a plan, and shared."""
    arrays = _plan_alone(plan)
    rank = np.array(order.rank, dtype=np.int32)[arrays.item]
    hold_at, hold = arrays.hold_at, arrays.hold
    if order.hold_backs:
        hold_at, hold = rows_of(held_for(plan, order))
    scan = np.lexsort((np.arange(len(rank)), rank)).astype(np.int32)
    return arrays._replace(rank=rank, scan=scan, hold_at=hold_at, hold=hold)


@once
def _plan_alone(plan: Plan) -> PlanArrays:
    """The arrays of a plan under no order: nobody has a rank, nobody is held back."""
    item = np.array([plan.item_index[task.item] for task in plan.tasks], dtype=np.int32)
    calendar_index = {calendar.id: index for index, calendar in enumerate(plan.calendars)}
    before_at, before = rows_of(plan.predecessors)
    needs = plan.needs_of
    need_at, need_resource = rows_of([[resource for resource, _ in row] for row in needs])
    users: list[list[int]] = [[] for _ in plan.resources]
    for index, row in enumerate(needs):
        for resource, _ in row:
            users[resource].append(index)
    user_at, user = rows_of(users)
    losses = [risk.effect for risk in plan.risks if isinstance(risk.effect, CapacityLoss)]
    first_day = min((calendar.first for calendar in plan.calendars), default=0)
    return PlanArrays(
        horizon=plan.horizon,
        first_day=first_day,
        item=item,
        rank=np.zeros_like(item),
        calendar=np.array([calendar_index[task.calendar] for task in plan.tasks], dtype=np.int32),
        scan=np.arange(len(item), dtype=np.int32),
        running=np.array([task.since is not None for task in plan.tasks], dtype=np.bool_),
        before_at=before_at,
        before=before,
        hold_at=np.zeros(len(item) + 1, dtype=np.int32),
        hold=np.zeros(0, dtype=np.int32),
        need_at=need_at,
        need_resource=need_resource,
        need_units=np.array([units for row in needs for _, units in row], dtype=np.int32),
        user_at=user_at,
        user=user,
        worked_before=_counts([_padded(c.worked_before, c.first - first_day) for c in plan.calendars]),
        frozen_before=_counts([_padded(c.frozen_before, c.first - first_day) for c in plan.calendars]),
        day_of_work=_table([c.day_of_work for c in plan.calendars]),
        capacity=planned_capacity(plan),
        loss_resource=np.array([plan.resource_index[loss.resource] for loss in losses], dtype=np.int32),
        loss_units=np.array([loss.units for loss in losses], dtype=np.int32),
        loss_days=np.array([loss.days for loss in losses], dtype=np.int32),
        strict=plan.strict,
        next_frozen=_counts([_next_frozen(c, first_day) for c in plan.calendars]),
    )


def planned_capacity(plan: Plan) -> Ints:
    """Return int32 [day, resource]: units of each resource on each day, losses from risks apart."""
    capacity = np.zeros((plan.horizon, len(plan.resources)), dtype=np.int32)
    for index, resource in enumerate(plan.resources):
        for day, units in resource.steps:
            capacity[max(day, 0) :, index] = units
    return capacity


def held_for(plan: Plan, order: Order) -> list[list[int]]:
    """Return for each task the last tasks of the items its own item is held back for (first tasks only)."""
    held: list[list[int]] = [[] for _ in plan.tasks]
    for waits, until in order.hold_backs:
        first, last = plan.tasks_of[plan.items[waits].id], plan.tasks_of[plan.items[until].id]
        if first and last:
            held[first[0]].append(last[-1])
    return held


def rows_of(rows: object) -> tuple[Ints, Ints]:
    """Return lists one after the other, as (where each begins, all values); row i is [at[i], at[i + 1])."""
    lists = [list(row) for row in rows]  # type: ignore[attr-defined]
    at = np.concatenate(([0], np.cumsum([len(row) for row in lists]))).astype(np.int32)
    return at, np.array([value for row in lists for value in row], dtype=np.int32)


def _next_frozen(calendar: Calendar, first_day: int) -> Ints:
    """int32 [day - first_day]: first frozen day from each day on, the horizon if none; one entry more than days."""
    days = np.full(calendar.horizon - first_day + 1, calendar.horizon, dtype=np.int32)
    frozen = np.flatnonzero(calendar.frozen) + calendar.first
    days[frozen - first_day] = frozen
    return np.minimum.accumulate(days[::-1])[::-1]


def _padded(counts: Ints, days: int) -> Ints:
    """Counts with `days` leading zeros, so that all calendars begin on the same day."""
    return np.concatenate((np.zeros(days, dtype=np.int32), counts))


def _counts(rows: list[Ints]) -> Ints:
    """Rows of one length as a table; a plan in which everything is live has no calendars, hence no rows."""
    return np.array(rows, dtype=np.int32).reshape(len(rows), -1 if rows else 0)


def _table(rows: list[Ints]) -> Ints:
    out = np.full((len(rows), max((len(row) for row in rows), default=0) + 1), NEVER, dtype=np.int32)
    for index, row in enumerate(rows):
        out[index, : len(row)] = row
    return out
