"""The readable engine: SimPy, one process per task, one hand-out per day.

The phases of a day are SimPy priorities, so that at one instant everything that ends, ends before
anything is handed out, whoever asked first. Contract 1 in docs/architecture.md says why.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import simpy

from onelogin_sim.arrays import held_for, planned_capacity
from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.draws import Draws, check_fits
from onelogin_sim.plan import CapacityLoss, Order, Plan
from onelogin_sim.timeline import Timeline

#: Phases of a day. SimPy's own events use 0 and 1; all that follows from a phase happens before the next.
FINISH, READY, HAND_OUT = 2, 3, 4

T = TypeVar("T")
Process = Generator[simpy.Event, Any, None]


def run(plan: Plan, order: Order, draws: Draws) -> Timeline:
    """Return the timeline of a plan under an order, for the draws' replications.

    Parameters
    ----------
    plan, order
        What is done, and who is served first.
    draws
        Durations, earliest days and capacity losses of each replication.

    Raises
    ------
    PlanError
        When order or draws were made for another plan.
    """
    check_fits(plan, order, draws)
    rules = _Rules.of(plan, order)
    shape = (len(draws.replications), len(plan.tasks))
    start, finish = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    for row in range(len(draws.replications)):
        replication = _Replication(rules, draws, row)
        replication.simulate()
        start[row], finish[row] = replication.start, replication.finish
    return Timeline(plan, draws.replications, start, finish)


@dataclass(frozen=True)
class _Rules:
    """What does not change between replications, in plain Python for speed."""

    plan: Plan
    rank: list[int]
    predecessors: list[list[int]]
    needs: tuple[tuple[tuple[int, int], ...], ...]
    item: list[int]
    capacity: list[list[int]]
    losses: list[CapacityLoss]
    working: list[list[bool]]
    freezes: list[bool]

    @classmethod
    def of(cls, plan: Plan, order: Order) -> _Rules:
        item = [plan.item_index[task.item] for task in plan.tasks]
        held = held_for(plan, order)
        return cls(
            plan,
            [order.rank[index] for index in item],
            [[*before, *extra] for before, extra in zip(plan.predecessors, held, strict=True)],
            plan.needs_of,
            item,
            planned_capacity(plan).tolist(),
            [risk.effect for risk in plan.risks if isinstance(risk.effect, CapacityLoss)],
            _by_task(plan, lambda calendar: calendar.working[-calendar.first :].tolist()),
            _by_task(plan, lambda calendar: bool(calendar.frozen.any())),
        )

    def may_start(self, index: int, day: int, days: int) -> bool:
        """Whether a task of so many working days may start: its calendar works, and no freeze is run into."""
        if not self.working[index][day]:
            return False
        return not self.freezes[index] or self.plan.calendar_of[index].may_start(day, days)


def _by_task(plan: Plan, fact: Callable[[Calendar], T]) -> list[T]:
    """A fact of each task's calendar, worked out once a calendar."""
    facts = {calendar.id: fact(calendar) for calendar in plan.calendars}
    return [facts[task.calendar] for task in plan.tasks]


class _Replication:
    """One future: its clock, who waits, what is in use."""

    def __init__(self, rules: _Rules, draws: Draws, row: int) -> None:
        self.rules = rules
        self.env = simpy.Environment()
        self.days: list[int] = draws.days[row].tolist()
        self.earliest: list[int] = draws.earliest[row].tolist()
        self.lost: list[int] = draws.loss_start[row].tolist()
        tasks = rules.plan.tasks
        self.start = [NEVER] * len(tasks)
        self.finish = [NEVER] * len(tasks)
        self.started = [self.env.event() for _ in tasks]
        self.finished = [self.env.event() for _ in tasks]
        self.waiting: list[tuple[int, int]] = []
        self.in_use = [0] * len(rules.plan.resources)

    def simulate(self) -> None:
        """Run to the horizon, the first day outside."""
        for index, task in enumerate(self.rules.plan.tasks):
            self.env.process(self.task(index) if task.since is None else self.running_task(index))
        self.env.process(self.hand_outs())
        self.env.run(until=self.rules.plan.horizon)

    def task(self, index: int) -> Process:
        """One task: wait for predecessors and the earliest day, be handed capacity, work, finish."""
        for before in self.rules.predecessors[index]:
            if not self.finished[before].processed:
                yield self.finished[before]
        if self.earliest[self.rules.item[index]] > self.env.now:
            yield self.at(self.earliest[self.rules.item[index]], READY)
        if self.days[index] == 0:
            self.start[index] = self.finish[index] = int(self.env.now)
            self.finished[index].succeed()
            return
        insort(self.waiting, (self.rules.rank[index], index))
        yield self.started[index]
        yield from self.work(index)

    def running_task(self, index: int) -> Process:
        """A task that runs at the status date: it holds what it needs from day 0, even above capacity."""
        since = self.rules.plan.tasks[index].since
        assert since is not None
        self.take(index, since)
        yield from self.work(index)

    def work(self, index: int) -> Process:
        """Work from today on, then give everything back. What does not end within the horizon keeps it."""
        end = self.rules.plan.calendar_of[index].finish(int(self.env.now), self.days[index])
        if end == NEVER:
            return
        yield self.at(end, FINISH)
        self.finish[index] = end
        for resource, units in self.rules.needs[index]:
            self.in_use[resource] -= units
        self.finished[index].succeed()

    def hand_outs(self) -> Process:
        """One scan a day, after everything else of that day; also when only a calendar resumes."""
        for day in range(self.rules.plan.horizon):
            yield self.at(day, HAND_OUT)
            if self.waiting:
                self.hand_out(day)

    def hand_out(self, day: int) -> None:
        """Start each ready task that fits, by rank; under strict, one that does not start blocks its needs."""
        free = [units - used for units, used in zip(self.capacity(day), self.in_use, strict=True)]
        blocked: set[int] = set()
        left = []
        for rank, index in self.waiting:
            if not self.rules.may_start(index, day, self.days[index]):
                left.append((rank, index))
                continue
            needs = self.rules.needs[index]
            for resource, units in needs:
                if free[resource] < units or resource in blocked:
                    left.append((rank, index))
                    if self.rules.plan.strict:
                        blocked.update(resource for resource, _ in needs)
                    break
            else:
                for resource, units in needs:
                    free[resource] -= units
                self.take(index, day)
                self.started[index].succeed()
        self.waiting = left

    def take(self, index: int, day: int) -> None:
        """Start a task: it holds all it needs at once."""
        self.start[index] = day
        for resource, units in self.rules.needs[index]:
            self.in_use[resource] += units

    def capacity(self, day: int) -> list[int]:
        """Units of each resource today: as planned, less what risks took away."""
        units = self.rules.capacity[day]
        for loss, first in zip(self.rules.losses, self.lost, strict=True):
            if first <= day < first + loss.days:
                units = units.copy()
                units[self.rules.plan.resource_index[loss.resource]] -= loss.units
        return units

    def at(self, day: int, phase: int) -> simpy.Event:
        """Return an event that happens in one phase of a day."""
        event = self.env.event()
        event._ok, event._value = True, None  # how SimPy's own Timeout marks an event as triggered
        self.env.schedule(event, priority=phase, delay=day - self.env.now)  # type: ignore[arg-type]
        return event
