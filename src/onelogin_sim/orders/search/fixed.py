"""A plan in which nothing is uncertain, as the scheduling problem the literature knows: activities, arcs, capacities.

Days are counted in working days of the one calendar all tasks share, so that holidays and weekends vanish: work of
n days begun at k ends at k + n, and what it held is free again at k + n. What a bound or a schedule says becomes
a day of the calendar again at the end. Where that is not possible, the plan is refused and told why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import rows_of
from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.draws import deterministic
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import Plan

Ints = npt.NDArray[np.int32]

#: What of a task makes its service live.
NOTHING, FINISH, START = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Fixed:
    """A plan without uncertainty. All times are working days from the first on or after day 0.

    Attributes
    ----------
    plan
        What it was made of.
    days, release
        int32 [task]: days of work, and the first on which it may begin.
    running
        bool [task]: under way on day 0, so it begins at 0 whatever it waits for.
    counted
        int8 [task]: NOTHING, or whether its FINISH or its START makes a service live.
    before_at, before, after_at, after
        Predecessors and successors of each task; row i is [at[i], at[i + 1]).
    needs
        int32 [task, resource]
    capacity
        int32 [time, resource], never falling; as long as everything done one after the other would take.
    """

    plan: Plan
    days: Ints
    release: Ints
    running: npt.NDArray[np.bool_]
    counted: npt.NDArray[np.int8]
    before_at: Ints
    before: Ints
    after_at: Ints
    after: Ints
    needs: Ints
    capacity: Ints

    @cached_property
    def graph(self) -> nx.DiGraph:
        """The tasks and their arcs."""
        graph = nx.DiGraph()
        graph.add_nodes_from(range(len(self.days)))
        for task in range(len(self.days)):
            graph.add_edges_from((before, task) for before in self.waits_for(task).tolist())
        return graph

    @cached_property
    def line(self) -> Ints:
        """int32 [place]: the tasks, none before one it waits for."""
        return np.array(list(nx.lexicographical_topological_sort(self.graph)), dtype=np.int32)

    @cached_property
    def awaited(self) -> npt.NDArray[np.bool_]:
        """Whether a task waits for another, directly or not: bool [task, other]."""
        awaited = np.zeros((len(self.days), len(self.days)), dtype=np.bool_)
        for task in self.line:
            before = self.waits_for(task)
            awaited[task] = awaited[before].any(axis=0)
            awaited[task, before] = True
        return awaited

    @cached_property
    def tail(self) -> Ints:
        """int32 [task]: the longest path from the end of a task to the end of all that waits for it."""
        tail = np.zeros(len(self.days), dtype=np.int32)
        for task in self.line[::-1].tolist():
            tail[task] = max(
                (tail[other] + self.days[other] for other in self.graph.successors(task)), default=0
            )
        return tail

    @cached_property
    def least_time(self) -> int:
        """A time before which not every service can be live: the longest path, and the work of each resource."""
        starts = np.zeros(len(self.days), dtype=np.int32)
        for task in self.line[~self.running[self.line]]:
            before = self.waits_for(task)
            starts[task] = max(self.release[task], (starts[before] + self.days[before]).max(initial=0))
        least = self.time_met(starts)
        needed = self.awaited[self.counted != NOTHING].any(axis=0) | (self.counted == FINISH)
        work = (self.days[needed, None].astype(np.int64) * self.needs[needed]).sum(axis=0)
        there = self.capacity.astype(np.int64).cumsum(axis=0)
        for resource in np.flatnonzero(work):
            least = max(least, int(np.searchsorted(there[:, resource], work[resource])) + 1)
        return least

    def waits_for(self, task: int) -> Ints:
        """Return the predecessors of a task."""
        return self.before[self.before_at[task] : self.before_at[task + 1]]

    def time_met(self, starts: Ints) -> int:
        """Return when the last service is live, in working days, if tasks begin at these times."""
        ends = np.where(self.counted == START, starts, starts + self.days)
        return int(ends[self.counted != NOTHING].max(initial=0))

    def day_of(self, time: int) -> int:
        """Return the day on which work that ends at a time is finished; NEVER if not within the horizon."""
        if time == 0 or not self.plan.tasks:
            return 0
        calendar = _calendar(self.plan)
        last = _worked_before(calendar, 0) + time - 1
        day = int(calendar.day_of_work[last]) + 1 if last < len(calendar.day_of_work) else NEVER
        return day if day < self.plan.horizon else NEVER


def fixed(plan: Plan) -> Fixed:
    """Return a plan without uncertainty as arrays.

    Raises
    ------
    PlanError
        When something of the plan is uncertain, tasks have different calendars or a freeze, a capacity falls,
        or what runs on day 0 holds more than there is.
    """
    for check in _CHECKS:
        for reason in check(plan):
            raise PlanError(f"bound not available: {reason}")
    drawn = deterministic(plan)
    days = drawn.days[0].astype(np.int32)
    running = np.array([task.since is not None for task in plan.tasks], dtype=np.bool_)
    release = np.zeros(len(plan.tasks), dtype=np.int32)
    for task, before in enumerate(plan.predecessors):
        item = plan.tasks[task].item
        begun = running[task] or any(
            plan.tasks[other].item == item and not running[other] for other in before
        )
        if not begun:
            release[task] = _time_of(plan, int(drawn.earliest[0, plan.item_index[item]]))
    waits_for = [() if running[task] else row for task, row in enumerate(plan.predecessors)]
    after: list[list[int]] = [[] for _ in plan.tasks]
    for task, row in enumerate(waits_for):
        for other in row:
            after[other].append(task)
    needs = np.zeros((len(plan.tasks), len(plan.resources)), dtype=np.int32)
    for task, pairs in enumerate(plan.needs_of):
        for resource, units in pairs:
            needs[task, resource] = units
    made = Fixed(
        plan,
        days,
        release,
        running,
        _counted(plan),
        *rows_of(waits_for),
        *rows_of(after),
        needs,
        _capacity(plan, days, release),
    )
    _check_running(made)
    return made


def _calendar(plan: Plan) -> Calendar:
    """The calendar all work shares; milestones need none."""
    pairs = zip(plan.tasks, plan.calendar_of, strict=True)
    return next((calendar for task, calendar in pairs if task.duration is not None), plan.calendar_of[0])


def _time_of(plan: Plan, day: int) -> int:
    """The first working day on or after a day, as a time."""
    calendar = _calendar(plan)
    last = min(max(day, 0), plan.horizon)
    # What comes forward beyond the horizon comes forward after all that is within it.
    return _worked_before(calendar, last) - _worked_before(calendar, 0) + max(day, 0) - last


def _worked_before(calendar: Calendar, day: int) -> int:
    return int(calendar.worked_before[day - calendar.first])


def _counted(plan: Plan) -> npt.NDArray[np.int8]:
    counted = np.zeros(len(plan.tasks), dtype=np.int8)
    for task, at_start in plan.go_live_task.values():
        counted[task] = START if at_start else FINISH
    return counted


def _capacity(plan: Plan, days: Ints, release: Ints) -> Ints:
    steps = [
        (_time_of(plan, day) if plan.tasks else 0, place, units)
        for place, resource in enumerate(plan.resources)
        for day, units in resource.steps
    ]
    latest = max([int(release.max(initial=0)), *(time for time, _, _ in steps)])
    capacity = np.zeros((latest + int(days.sum()) + 1, len(plan.resources)), dtype=np.int32)
    for time, place, units in steps:
        capacity[time:, place] = units
    return capacity


def _check_running(made: Fixed) -> None:
    held = made.needs[made.running].sum(axis=0)
    for place, resource in enumerate(made.plan.resources):
        if held[place] > made.capacity[0, place]:
            raise PlanError(
                f"bound not available: what runs on day 0 holds {held[place]} of '{resource.id}', "
                f"of which there are {made.capacity[0, place]}"
            )


def _nothing_is_uncertain(plan: Plan) -> Iterator[str]:
    for task in plan.tasks:
        name = f"{task.item}.{task.stage}"
        if task.duration is not None and task.duration.kind != "fixed":
            yield f"the days of {name} are uncertain ({task.duration.kind}); they must be fixed"
        if task.gates:
            yield f"{name} may not exist or be repeated ('{task.gates[0].decision}')"
        if task.slowed_by:
            yield f"{name} may be slowed by '{task.slowed_by[0]}'"
    for item in plan.items:
        for owner, distribution in item.readiness:
            if distribution.kind != "fixed":
                yield f"when {item.id} comes forward is uncertain ('{owner}', {distribution.kind})"
    for kind in ("programme", "department", "optimism_bias"):
        if getattr(plan.pace, kind) is not None:
            yield f"all work is scaled by an uncertain factor ({kind.replace('_', ' ')})"
    for risk in plan.risks:
        yield f"risk '{risk.id}' may happen or not"


def _one_calendar(plan: Plan) -> Iterator[str]:
    used = {
        task.calendar: calendar
        for task, calendar in zip(plan.tasks, plan.calendar_of, strict=True)
        if task.duration is not None
    }
    for name in sorted(used):
        if used[name].frozen.any():
            yield f"calendar '{name}' has a freeze"
    names = sorted(used)
    for other in names[1:]:
        first, second = used[names[0]], used[other]
        if first.first != second.first or not np.array_equal(first.working, second.working):
            yield f"tasks work by different calendars ('{names[0]}', '{other}'); all must share one"


def _no_capacity_falls(plan: Plan) -> Iterator[str]:
    """Work under way goes on when capacity falls below what it holds, which a capacity of the literature forbids."""
    for resource in plan.resources:
        for (_, units), (day, fewer) in zip(resource.steps, resource.steps[1:], strict=False):
            if fewer < units:
                yield f"the capacity of '{resource.id}' falls from {units} to {fewer} on day {day}"


_CHECKS: tuple[Callable[[Plan], Iterator[str]], ...] = (
    _nothing_is_uncertain,
    _one_calendar,
    _no_capacity_falls,
)
