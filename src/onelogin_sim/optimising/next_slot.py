"""The next slot of a resource that more than one item wants: when it is, who wants it, who would get it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import held_for
from onelogin_sim.draws import Draws, draw
from onelogin_sim.engines.compiled import run
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import Order, Plan

Days = npt.NDArray[np.int64]

#: Replications run at a time.
BLOCK = 250


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """The next contested slot of a resource under an order.

    In each future it is the first day on which an item begins its next stage that takes the resource while
    another, ready for its own, has to wait.

    Attributes
    ----------
    resource
        Index of the resource.
    days
        int64 [replication]: that day, the plan's horizon where nobody ever has to wait.
    contested
        Share of the replications in which there is such a day.
    competes
        Share of all replications in which an item is ready by then and has not begun, by id, in the order's own
        sequence; those that never compete are left out.
    gets
        Share of all replications in which the order gives it a slot on that day, for the same items.
    held
        Items the order holds back in every replication, each with those it waits for.
    """

    resource: int
    days: Days
    contested: float
    competes: dict[str, float]
    gets: dict[str, float]
    held: dict[str, tuple[str, ...]]

    def day(self, percent: int) -> int:
        """Return the smallest day by which the slot is there in so many percent of the futures that have one."""
        found = np.sort(self.days)[: round(self.contested * len(self.days))]
        return int(found[max(-(-percent * len(found) // 100), 1) - 1])


class _Block(NamedTuple):
    """Some replications under an order: int64 [replication, task] starts and ready days, and whether it exists."""

    start: Days
    ready: Days
    exists: npt.NDArray[np.bool_]


def bottleneck(plan: Plan, base: Order, seed: int, replications: int) -> int:
    """Return the index of the resource that most time is spent waiting for under an order (ties: lowest).

    Raises
    ------
    PlanError
        When nothing takes any resource.
    """
    if not any(plan.needs_of):
        raise PlanError("there is nothing to choose: nothing takes any resource")
    total = np.zeros(len(plan.tasks), dtype=np.int64)
    takes = np.array([bool(needs) for needs in plan.needs_of])
    for block in _blocks(plan, base, seed, replications, base):
        waits = np.where(takes & block.exists, np.maximum(block.start - block.ready, 0), 0)
        total += waits.sum(axis=0)
    by_resource = [
        sum(int(total[task]) for task, needs in enumerate(plan.needs_of) if index in dict(needs))
        for index in range(len(plan.resources))
    ]
    return by_resource.index(max(by_resource))


def next_slot(
    plan: Plan, base: Order, resource: int, seed: int, replications: int, *, given: Order | None = None
) -> Slot:
    """Return the next contested slot of a resource under an order, in replications 0, 1, ...

    Parameters
    ----------
    given
        The order whose hold-backs keep an item from competing; None is `base`. What else holds it back, as lanes
        of a department do, is no reason why it could not be first: it would be the first of its lane.
    """
    given = given or base
    tasks = {name: _next_need(plan, name, resource) for name in waiting(plan, base)}
    needs = {name: task for name, task in tasks.items() if task is not None}
    columns = list(needs.values())
    days, competes, gets = [], np.zeros(len(needs), np.int64), np.zeros(len(needs), np.int64)
    for block in _blocks(plan, base, seed, replications, given):
        start, ready = block.start[:, columns], block.ready[:, columns]
        exists = block.exists[:, columns]
        slot = _slots(start, ready, exists, plan.horizon)
        there = exists & (slot < plan.horizon)[:, np.newaxis] & (ready <= slot[:, np.newaxis])
        competes += (there & (start >= slot[:, np.newaxis])).sum(axis=0)
        gets += (there & (start == slot[:, np.newaxis])).sum(axis=0)
        days.append(slot)
    able = [(name, place) for place, name in enumerate(needs) if competes[place]]
    found = np.concatenate(days)
    return Slot(
        resource=resource,
        days=found,
        contested=float((found < plan.horizon).mean()),
        competes={name: float(competes[place]) / replications for name, place in able},
        gets={name: float(gets[place]) / replications for name, place in able},
        held=_held_back(plan, given, [name for place, name in enumerate(needs) if not competes[place]]),
    )


def waiting(plan: Plan, base: Order) -> list[str]:
    """Return the ids of the items that are not done, in an order's sequence."""
    return [name for name in base.ids(plan) if plan.tasks_of[name]]


def _next_need(plan: Plan, name: str, resource: int) -> int | None:
    """The item's first task that takes the resource and has not begun."""
    return next(
        (
            task
            for task in plan.tasks_of[name]
            if plan.tasks[task].since is None and resource in dict(plan.needs_of[task])
        ),
        None,
    )


def _slots(start: Days, ready: Days, exists: npt.NDArray[np.bool_], horizon: int) -> Days:
    """int64 [replication]: the first start at which somebody else is ready and has not begun."""
    slot = np.full(len(start), horizon, dtype=np.int64)
    for mine in range(start.shape[1]):
        day = start[:, mine]
        at = day[:, np.newaxis]
        wanted = (exists & (ready <= at) & (start > at)).any(axis=1)
        earlier = exists[:, mine] & wanted & (day < slot)
        slot[earlier] = day[earlier]
    return slot


def _held_back(plan: Plan, base: Order, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    held: dict[str, list[str]] = {}
    for one, until in base.hold_backs:
        name, other = plan.items[one].id, plan.items[until].id
        if name in names and plan.tasks_of[other] and not plan.has_begun(name):
            held.setdefault(name, []).append(other)
    return {name: tuple(others) for name, others in held.items()}


def _blocks(plan: Plan, base: Order, seed: int, replications: int, given: Order) -> Iterator[_Block]:
    held = held_for(plan, given)
    for first in range(0, replications, BLOCK):
        draws = draw(plan, seed, range(first, min(first + BLOCK, replications)))
        timeline = run(plan, base, draws)
        start = np.minimum(timeline.start, plan.horizon).astype(np.int64)
        if given.hold_backs != base.hold_backs:
            timeline = run(plan, replace(base, hold_backs=given.hold_backs), draws)
        finish = np.minimum(timeline.finish, plan.horizon).astype(np.int64)
        yield _Block(start, _ready(plan, held, draws, finish), draws.days > 0)


def _ready(plan: Plan, held: Sequence[Sequence[int]], draws: Draws, finish: Days) -> Days:
    """int64 [replication, task]: the day it waits for nothing but capacity: dependencies and hold-backs have ended."""
    ready = np.zeros_like(finish)
    for name, span in plan.tasks_of.items():
        if span:
            forward = draws.earliest[:, plan.item_index[name]]
            ready[:, span[0]] = np.minimum(forward, plan.horizon)
    for task, before in enumerate(plan.predecessors):
        for other in (*before, *held[task]):
            np.maximum(ready[:, task], finish[:, other], out=ready[:, task])
    return ready
