"""A serial schedule said as an order that the engines run.

The engines hand out greedily (the parallel scheme), which never waits on purpose, so the best schedule may be one
that no permutation gives. A schedule becomes an order sorted by its starts, and where the engine starts an item
earlier than the schedule does and the end suffers, a hold-back: the item waits for the one whose end lets it begin.
Hold-backs point forward in the schedule, so they never form a cycle. For items of one task each the engine then keeps
the schedule's end. Ranks and hold-backs belong to items, so of items with several tasks a schedule can ask for
more than an order can say; then the best order that came up on the way is handed back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import deterministic
from onelogin_sim.engines.compiled import run
from onelogin_sim.orders.policies.network import latest_finish_time
from onelogin_sim.orders.search.fixed import Fixed, Ints
from onelogin_sim.plan import Order

Days = npt.NDArray[np.int64]
Pairs = list[tuple[str, str]]


class RunAs(NamedTuple):
    """The best order for a schedule, the day the engine has the last service live with it, and the runs it took."""

    order: Order
    day: int
    runs: int


def as_order(problem: Fixed, starts: Ints, room: int) -> RunAs:
    """Return the order that keeps a schedule's end, or the best that came up.

    Parameters
    ----------
    problem
        A plan without uncertainty.
    starts
        int32 [task]: the schedule.
    room
        Runs of the engine it may take, at least 2.
    """
    clerk = _Clerk(problem, starts, room)
    rule = latest_finish_time(problem.plan)
    day, _ = clerk.run(rule)
    best, held = (day, rule), Pairs()
    while clerk.runs < room:
        found = clerk.order(held)
        day, finish = clerk.run(found)
        if day < best[0] or (day == best[0] and best[1] is rule):
            best = (day, found)
        if day <= clerk.goal:
            best = (day, clerk.lighter(held, day))
            break
        more = clerk.hold_backs(finish, held)
        if not more:
            break
        held += more
    return RunAs(best[1], best[0], clerk.runs)


class _Clerk:
    """Runs orders of one schedule, and finds who must be held back to keep to it."""

    def __init__(self, problem: Fixed, starts: Ints, room: int) -> None:
        self.problem, self.plan, self.room, self.runs = problem, problem.plan, room, 0
        self.draws = deterministic(problem.plan)
        self.unfinished = [index for index, item in enumerate(self.plan.services) if item.live_on is None]
        self.goal = problem.day_of(problem.time_met(starts))
        self.begin, self.end = starts, starts + problem.days
        self.finish: Days = np.array([problem.day_of(int(time)) for time in self.end], dtype=np.int64)
        # A task's place in the schedule, by start; hold-backs point forward in it.
        topological = np.empty(len(starts), dtype=np.int64)
        topological[problem.line] = np.arange(len(starts))
        self.sequence = np.lexsort((topological, starts))
        self.place = np.empty_like(topological)
        self.place[self.sequence] = np.arange(len(starts))
        spans = {item: tasks for item, tasks in self.plan.tasks_of.items() if tasks}
        self.first = {tasks[0]: item for item, tasks in spans.items()}
        self.last = {tasks[-1]: item for item, tasks in spans.items()}
        self.ids = [self.first[task] for task in self.sequence.tolist() if task in self.first]

    def order(self, held: Pairs) -> Order:
        """The items by their starts in the schedule, some held back."""
        return Order.of(self.plan, self.ids, name="found", hold_backs=held)

    def run(self, order: Order) -> tuple[int, Days]:
        """The day the last service is live, and the finish of each task."""
        self.runs += 1
        timeline = run(self.plan, order, self.draws)
        return int(timeline.go_live[0, self.unfinished].max()), timeline.finish[0].astype(np.int64)

    def hold_backs(self, finish: Days, held: Pairs) -> Pairs:
        """A hold-back for each item that is first to run ahead of the schedule, and can be held back."""
        ahead = [task for task in np.flatnonzero(finish < self.finish).tolist() if task in self.first]
        for began in sorted({int(finish[task] - self.problem.days[task]) for task in ahead}):
            found: Pairs = []
            for task in ahead:
                if finish[task] - self.problem.days[task] == began:
                    until = self.lets_begin(task)
                    if until is not None and (self.first[task], until) not in held:
                        found.append((self.first[task], until))
            if found:
                return found
        return []

    def lets_begin(self, task: int) -> str | None:
        """The item that ends latest of those that end before a task begins in the schedule; one it competes with."""
        others = [
            other
            for other in self.last
            if self.end[other] <= self.begin[task]
            and self.place[other] < self.place[task]
            and self.last[other] != self.first[task]
        ]
        if not others:
            return None
        needs = self.problem.needs
        return self.last[
            max(
                others,
                key=lambda other: (
                    self.end[other],
                    bool((needs[other] * needs[task]).any()),
                    -self.place[other],
                ),
            )
        ]

    def lighter(self, held: Pairs, day: int) -> Order:
        """The same without the hold-backs that change nothing, as far as runs are left to see it."""
        for pair in list(held):
            if self.runs == self.room:
                break
            fewer = [other for other in held if other != pair]
            if self.run(self.order(fewer))[0] <= day:
                held = fewer
        return self.order(held)
