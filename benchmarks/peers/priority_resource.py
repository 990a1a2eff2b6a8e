"""A peer: the plan as an ordinary SimPy model, one process a service, its turn at a `simpy.PriorityResource`.

Written as a practitioner writes it who has no day phases in mind: what is asked for first at one instant is
served first, whatever its rank. Where a stage needs two resources it requests them one inside the other, in
the order of their ids, so that no two stages can wait for each other.

Only plans of `benchmarks.plans` can be run: constant capacity, one unit of each resource a task needs, no
milestones, no earliest days. Days are working days where those are the calendar.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy

from onelogin_sim.calendars import NEVER
from onelogin_sim.plan import Order, Plan

Process = Generator[simpy.Event, Any, None]


class Model:
    """A plan under an order, ready to be simulated any number of times."""

    def __init__(self, plan: Plan, order: Order) -> None:
        self.horizon = plan.horizon
        self.capacity = [resource.most for resource in plan.resources]
        self.needs = [[resource for resource, _ in needs] for needs in plan.needs_of]
        # Started by rank, as one would who knows that at one instant the first to ask is served first.
        self.services = sorted(
            (order.rank[plan.item_index[name]], list(tasks)) for name, tasks in plan.tasks_of.items()
        )
        # The stage before it is awaited by the service's own process; only other services need an event.
        self.awaited: list[list[int]] = [[] for _ in plan.tasks]
        for before, after in plan.arcs:
            if plan.tasks[before].item != plan.tasks[after].item:
                self.awaited[after].append(before)
        self.gates_others = {before for row in self.awaited for before in row}

    def run(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return the finishes, int32 [replication, task], for days of work of the same shape."""
        return np.array([self.one_future(row) for row in days.tolist()], dtype=np.int32)

    def one_future(self, days: list[int]) -> list[int]:
        """Return the finish of each task in one replication."""
        env = simpy.Environment()
        pools = [simpy.PriorityResource(env, units) for units in self.capacity]
        done = {task: env.event() for task in self.gates_others}
        finish = [NEVER] * len(days)
        for rank, tasks in self.services:
            env.process(self.service(env, rank, tasks, days, pools, done, finish))
        env.run(until=self.horizon)
        return finish

    def service(
        self,
        env: simpy.Environment,
        rank: int,
        tasks: list[int],
        days: list[int],
        pools: list[simpy.PriorityResource],
        done: dict[int, simpy.Event],
        finish: list[int],
    ) -> Process:
        """One service: stage after stage, each when what it waits for is done and its turn has come."""
        for task in tasks:
            for before in self.awaited[task]:
                yield done[before]
            needs = self.needs[task]
            with pools[needs[0]].request(priority=rank) as turn:
                yield turn
                if len(needs) == 1:
                    yield env.timeout(days[task])
                else:
                    with pools[needs[1]].request(priority=rank) as second:
                        yield second
                        yield env.timeout(days[task])
            finish[task] = int(env.now)
            if task in done:
                done[task].succeed()
