"""Priority rules: plain functions from a Plan to an Order.

A rule scores services; an enabler is scored by its unfinished dependants, so that what many wait for is
not forgotten. Ties are broken by id. Durations are those of the deterministic run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import networkx as nx

from onelogin_sim.draws import deterministic
from onelogin_sim.plan import Item, Order, Plan


def as_listed(plan: Plan) -> Order:
    """Serve services in the planner's own order: by `position`, those without one after the rest, by id."""
    return Order.of(plan, [item.id for item in sorted(_waiting(plan), key=_listed)], name="as-listed")


def biggest_first(plan: Plan) -> Order:
    """Serve the services with most counted users a year first; an enabler has the users of all its dependants."""
    dependants = _dependants(plan)
    users = {item.id: item.users for item in plan.items}
    return _by_score(
        plan,
        "biggest-first",
        lambda item: -users[item.id],
        lambda item: -sum(users[name] for name in dependants[item.id]),
    )


def shortest_first(plan: Plan) -> Order:
    """Serve the services with least work left first (SPT; Smith 1956); an enabler goes by its shortest dependant."""
    dependants = _dependants(plan)
    work = _work(plan)
    return _by_score(
        plan,
        "shortest-first",
        lambda item: work[item.id],
        lambda item: min((work[name] for name in dependants[item.id]), default=work[item.id]),
    )


def latest_finish_time(plan: Plan) -> Order:
    """Serve first what must finish its first task earliest not to delay the end (LFT; Davis and Patterson 1975).

    The latest finish of a task is the longest path through everything, less the longest path from the
    task's end to the end of anything that waits for it, capacity apart. Items are ranked by their first
    unfinished task. LFT is the best simple rule for list scheduling in Kolisch's comparison (1996).
    """
    tail = _tails(plan)

    def score(item: Item) -> int:
        return -tail[plan.tasks_of[item.id][0]]

    return _by_score(plan, "latest-finish-time", score, score)


def most_successors(plan: Plan) -> Order:
    """Serve first what most unfinished services wait for, directly or not (MTS; Alvarez-Valdes and Tamarit 1989)."""
    dependants = _dependants(plan)

    def score(item: Item) -> int:
        return -len(dependants[item.id])

    return _by_score(plan, "most-successors", score, score)


def by_department(plan: Plan) -> Order:
    """Serve department after department, by their best listed service; within one, as listed."""
    waiting = sorted(_waiting(plan), key=_listed)
    first = {item.department: place for place, item in reversed(list(enumerate(waiting)))}
    return Order.of(
        plan,
        [item.id for item in sorted(waiting, key=lambda item: first[item.department])],
        name="by-department",
    )


#: The rules by the name a planner writes.
RULES: dict[str, Callable[[Plan], Order]] = {
    "as-listed": as_listed,
    "biggest-first": biggest_first,
    "shortest-first": shortest_first,
    "latest-finish-time": latest_finish_time,
    "most-successors": most_successors,
    "by-department": by_department,
}


def _waiting(plan: Plan) -> Iterable[Item]:
    return (item for item in plan.services if item.live_on is None)


def _listed(item: Item) -> tuple[bool, int, str]:
    return (item.position is None, item.position or 0, item.id)


def _by_score(
    plan: Plan, name: str, service: Callable[[Item], float], enabler: Callable[[Item], float]
) -> Order:
    """Every unfinished item by its score, enablers before services on ties (they unlock them), then by id."""

    def key(item: Item) -> tuple[float, bool, str]:
        is_service = item.kind == "service"
        return (service(item) if is_service else enabler(item), is_service, item.id)

    unfinished = [item for item in plan.items if item.live_on is None]
    return Order.of(plan, [item.id for item in sorted(unfinished, key=key)], name=name)


def _dependants(plan: Plan) -> dict[str, set[str]]:
    """For each item the unfinished services that wait for it, directly or not."""
    graph = plan.graph()
    unfinished = {item.id for item in _waiting(plan)}
    return {item.id: nx.descendants(graph, item.id) & unfinished for item in plan.items}


def _work(plan: Plan) -> dict[str, int]:
    """Working days left of each item in the deterministic run."""
    days = deterministic(plan).days[0]
    return {item.id: int(days[list(plan.tasks_of[item.id])].sum()) for item in plan.items}


def _tails(plan: Plan) -> list[int]:
    """Longest path in working days from the end of each task to the end of all that waits for it."""
    days = deterministic(plan).days[0]
    tails = [0] * len(plan.tasks)
    graph = nx.DiGraph(plan.arcs)
    for task in reversed(list(nx.topological_sort(graph))):
        tails[task] = max((int(days[after]) + tails[after] for after in graph.successors(task)), default=0)
    return tails
