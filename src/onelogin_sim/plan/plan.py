"""The Plan: a scenario resolved, and what makes it valid."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import cached_property, lru_cache

import networkx as nx
import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import Calendar, date_of
from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.plan.parts import (
    Barrier,
    CapacityLoss,
    Department,
    Item,
    Pace,
    Resource,
    Risk,
    Target,
    Task,
)

#: No factor on anything.
ORDINARY_PACE = Pace()


@dataclass(frozen=True)
class Plan:
    """A scenario resolved. Items are in id order; tasks by item, then in the order they follow one another.

    Attributes
    ----------
    status_date, horizon
        Day 0, and the first day outside as a day number.
    strict
        Whether a ready task that does not fit blocks what it needs for all behind it (contract 1.4).
    arcs
        (task, task): the second is ready only when the first has finished. Includes each item's own sequence.
    illustrative
        Whether some numbers have no evidence; stamped on every output.

    Raises
    ------
    PlanError
        When ids repeat, something named does not exist, a need can never be met, or arcs form a cycle.
    """

    status_date: date
    horizon: int
    items: tuple[Item, ...]
    tasks: tuple[Task, ...]
    arcs: tuple[tuple[int, int], ...]
    departments: tuple[Department, ...]
    calendars: tuple[Calendar, ...]
    resources: tuple[Resource, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    risks: tuple[Risk, ...] = ()
    targets: tuple[Target, ...] = ()
    pace: Pace = ORDINARY_PACE
    strict: bool = False
    illustrative: bool = False

    def __post_init__(self) -> None:
        for check in _CHECKS:
            check(self)

    def __reduce__(self) -> tuple[Callable[[bytes], Plan], tuple[bytes]]:
        # As bytes that are made once, so that a worker to which a plan comes again and again with every block
        # knows it, and keeps what it has worked out for it.
        return _received, (self._sent,)

    @cached_property
    def _sent(self) -> bytes:
        # The fields alone: what is cached may grow in another thread while a plan is sent to a worker.
        return pickle.dumps({field.name: getattr(self, field.name) for field in fields(self)})

    # -- look-ups ---------------------------------------------------------------------------------------

    @cached_property
    def services(self) -> tuple[Item, ...]:
        """The items that count as coverage, in id order."""
        return tuple(item for item in self.items if item.kind == "service")

    @cached_property
    def item_index(self) -> dict[str, int]:
        """Position of each item by id."""
        return {item.id: index for index, item in enumerate(self.items)}

    @cached_property
    def resource_index(self) -> dict[str, int]:
        """Position of each resource by id."""
        return {resource.id: index for index, resource in enumerate(self.resources)}

    @cached_property
    def calendar_of(self) -> tuple[Calendar, ...]:
        """The calendar of each task."""
        by_id = {calendar.id: calendar for calendar in self.calendars}
        return tuple(by_id[task.calendar] for task in self.tasks)

    @cached_property
    def needs_of(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """(resource index, units) of each task, by resource index."""
        index = self.resource_index
        return tuple(
            tuple(sorted((index[resource], units) for resource, units in task.needs)) for task in self.tasks
        )

    @cached_property
    def tasks_of(self) -> dict[str, range]:
        """Task indices of each item; empty for an item that is already done."""
        spans = {item.id: range(0, 0) for item in self.items}
        for index, task in enumerate(self.tasks):
            span = spans[task.item]
            spans[task.item] = range(span.start if span else index, index + 1)
        return spans

    @cached_property
    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """Task indices each task waits for, ascending."""
        found: list[list[int]] = [[] for _ in self.tasks]
        for before, after in self.arcs:
            found[after].append(before)
        return tuple(tuple(sorted(row)) for row in found)

    @cached_property
    def go_live_task(self) -> dict[str, tuple[int, bool]]:
        """For each service not live yet: (task index, whether its start counts rather than its finish)."""
        result = {}
        for service in self.services:
            span = self.tasks_of[service.id]
            if span:
                live = next((index for index in span if self.tasks[index].live), None)
                result[service.id] = (span[-1], False) if live is None else (live, True)
        return result

    @cached_property
    def users(self) -> npt.NDArray[np.int64]:
        """int64 [service]: counted users a year."""
        return np.array([service.users for service in self.services], dtype=np.int64)

    @cached_property
    def department_of(self) -> npt.NDArray[np.int64]:
        """int64 [service]: index of its department in `departments`."""
        index = {department.id: number for number, department in enumerate(self.departments)}
        return np.array([index[service.department] for service in self.services], dtype=np.int64)

    def as_date(self, day: int) -> date | None:
        """Return the date of a day number, None for "not within the horizon"."""
        return date_of(day, self.status_date)

    def has_begun(self, item: str) -> bool:
        """Return whether an item is done already or its first stage is running: nothing holds it back any more."""
        tasks = self.tasks_of[item]
        return not tasks or self.tasks[tasks[0]].since is not None

    def graph(self) -> nx.DiGraph:
        """Return the arcs between items as a networkx graph; edges carry the gated stage as ``stage``."""
        graph = nx.DiGraph()
        for item in self.items:
            graph.add_node(item.id, name=item.name, department=item.department, kind=item.kind)
        for before, after in self.arcs:
            first, second = self.tasks[before], self.tasks[after]
            if first.item != second.item:
                graph.add_edge(first.item, second.item, stage=second.stage)
        return graph

    # -- identity ---------------------------------------------------------------------------------------

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the resolved plan: values and units, no names, no file positions, no prose."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True, default=str).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """Return the resolved plan as plain data; what the digest is made of, and what a run folder keeps."""
        return {
            "status_date": self.status_date.isoformat(),
            "horizon": self.horizon,
            "strict": self.strict,
            "items": [_item_as_json(item) for item in self.items],
            "tasks": [asdict(task) for task in self.tasks],
            "arcs": sorted(self.arcs),
            "departments": [asdict(replace(department, name="")) for department in self.departments],
            "calendars": {
                calendar.id: {
                    "first": calendar.first,
                    "off": _runs(~calendar.working),
                    "frozen": _runs(calendar.frozen),
                }
                for calendar in self.calendars
            },
            "resources": [asdict(replace(resource, name="")) for resource in self.resources],
            "barriers": [asdict(barrier) for barrier in self.barriers],
            "risks": [
                asdict(replace(risk, name="")) | {"kind": type(risk.effect).__name__} for risk in self.risks
            ],
            "targets": [asdict(replace(target, name="")) for target in self.targets],
            "pace": asdict(self.pace),
        }


@lru_cache(maxsize=16)
def _received(sent: bytes) -> Plan:
    """Return the plan that was sent; the same plan when the same bytes come again."""
    plan = object.__new__(Plan)
    plan.__dict__.update(pickle.loads(sent))
    return plan


def _item_as_json(item: Item) -> dict[str, object]:
    """An item without its name; what readiness is counted from only where that is not the status date."""
    entry = asdict(replace(item, name=""))
    if not item.ready_from:
        del entry["ready_from"]
    return entry


def _runs(days: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Half-open [start, stop) runs of true entries."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], days, [False])).astype(np.int8)))
    pairs: list[list[int]] = edges.reshape(-1, 2).tolist()
    return pairs


# -- what makes a plan valid: one function per rule -------------------------------------------------------


def _ids_are_unique_and_sorted(plan: Plan) -> None:
    for name in ("items", "departments", "calendars", "resources", "barriers", "risks", "targets"):
        ids = [entry.id for entry in getattr(plan, name)]
        if len(set(ids)) < len(ids):
            twice = next(entry for entry in ids if ids.count(entry) > 1)
            raise PlanError(f"{name}: '{twice}' is there twice")
        if name != "targets" and ids != sorted(ids):
            raise PlanError(f"{name} must be in the order of their ids")


def _everything_named_exists(plan: Plan) -> None:
    known = {
        name: [entry.id for entry in getattr(plan, name)]
        for name in ("items", "departments", "calendars", "resources", "barriers")
    }

    def check(kind: str, word: str, user: str) -> None:
        if word not in known[kind]:
            raise PlanError(f"{user}: '{word}' is not among the {kind}; {did_you_mean(word, known[kind])}")

    for item in plan.items:
        check("departments", item.department, item.id)
    for task in plan.tasks:
        user = f"{task.item}.{task.stage}"
        check("items", task.item, user)
        check("calendars", task.calendar, user)
        for resource, _ in task.needs:
            check("resources", resource, user)
        for barrier in task.slowed_by:
            check("barriers", barrier, user)
    for risk in plan.risks:
        if isinstance(risk.effect, CapacityLoss):
            check("resources", risk.effect.resource, risk.id)
        else:
            for name in risk.effect.items:
                check("items", name, risk.id)


def _arcs_join_tasks(plan: Plan) -> None:
    if not all(0 <= end < len(plan.tasks) for arc in plan.arcs for end in arc):
        raise PlanError("arcs name tasks that do not exist")


def _calendars_cover_every_day(plan: Plan) -> None:
    first = min((task.since for task in plan.tasks if task.since is not None), default=0)
    for calendar in plan.calendars:
        if calendar.first > min(first, 0) or calendar.horizon != plan.horizon:
            raise PlanError(
                f"calendar '{calendar.id}' covers days {calendar.first} to {calendar.horizon - 1}, "
                f"the plan needs {min(first, 0)} to {plan.horizon - 1}"
            )


def _tasks_are_in_item_order(plan: Plan) -> None:
    order = [plan.item_index[task.item] for task in plan.tasks]
    if order != sorted(order):
        raise PlanError("tasks must be in the order of their items")
    for item in plan.items:
        has_tasks = bool(plan.tasks_of[item.id])
        if has_tasks == (item.live_on is not None):
            raise PlanError(f"{item.id}: an item has tasks exactly when it is not live yet")


def _running_tasks_come_first(plan: Plan) -> None:
    for index, task in enumerate(plan.tasks):
        if task.since is not None and (task.since > 0 or index != plan.tasks_of[task.item][0]):
            raise PlanError(
                f"{task.item}.{task.stage}: only an item's first task may be running, since day 0 or earlier"
            )
        if task.since is not None and (task.duration is None or task.gates):
            raise PlanError(f"{task.item}.{task.stage}: what is running exists and takes time")


def _milestones_need_nothing(plan: Plan) -> None:
    for task in plan.tasks:
        if task.duration is None and (task.needs or task.live):
            raise PlanError(
                f"{task.item}.{task.stage}: a stage of zero days takes no resource and is not the live stage"
            )
        if task.live and task.gates:
            raise PlanError(f"{task.item}.{task.stage}: the live stage always exists")


def _needs_can_be_met(plan: Plan) -> None:
    most = {resource.id: resource.most for resource in plan.resources}
    for task in plan.tasks:
        for resource, units in task.needs:
            if units < 1 or units > most[resource]:
                raise PlanError(
                    f"{task.item}.{task.stage}: needs {units} of '{resource}', "
                    f"which never has more than {most[resource]}"
                )


def _arcs_form_no_cycle(plan: Plan) -> None:
    graph = nx.DiGraph(plan.arcs)
    if not nx.is_directed_acyclic_graph(graph):
        path = [plan.tasks[before] for before, _ in nx.find_cycle(graph)]
        raise PlanError("cycle: " + " → ".join(f"{task.item}.{task.stage}" for task in [*path, path[0]]))


_CHECKS = (
    _ids_are_unique_and_sorted,
    _everything_named_exists,
    _arcs_join_tasks,
    _calendars_cover_every_day,
    _tasks_are_in_item_order,
    _running_tasks_come_first,
    _milestones_need_nothing,
    _needs_can_be_met,
    _arcs_form_no_cycle,
)
