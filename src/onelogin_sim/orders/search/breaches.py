"""Which limits an order breaks that somebody else made: the planner's own is asked for under limits it may not keep.

What the search makes keeps the limits by construction. That is more than they say: lanes of a department are
hold-backs, and an order without any may keep to a number at once all the same. So an order that is given is
judged by what the limits say.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline

#: Replications run at a time.
BLOCK = 200


def breaches(plan: Plan, limits: Limits, order: Order, *, seed: int, replications: range) -> tuple[str, ...]:
    """Return what an order breaks of must-befores, first, last and at once, in words.

    Parameters
    ----------
    replications
        Futures in which services at once are counted; one in which there are too many is a breach.
    """
    return (
        *_places(plan, limits, order),
        *_waits(plan, limits, order),
        *_at_once(plan, limits, order, seed, replications),
    )


def _places(plan: Plan, limits: Limits, order: Order) -> list[str]:
    served = [name for name in order.ids(plan) if plan.tasks_of[name]]
    found = [
        f"'{one}' is not before '{other}'"
        for one, other in limits.must_before
        if served.index(one) > served.index(other)
    ]
    graph = plan.graph()
    needed = {
        name
        for wanted in limits.first
        for name in nx.ancestors(graph, wanted)
        if plan.items[plan.item_index[name]].kind == "enabler" and name not in limits.first
    }
    in_the_way = [name for name in served if name not in needed]
    if tuple(in_the_way[: len(limits.first)]) != limits.first:
        found.append(f"{_quoted(limits.first)} is not first")
    if limits.last and tuple(served[-len(limits.last) :]) != limits.last:
        found.append(f"{_quoted(limits.last)} is not last")
    return found


def _waits(plan: Plan, limits: Limits, order: Order) -> list[str]:
    """Who is to come first, or before another, and is held back: it would be passed."""
    waits: dict[str, set[str]] = {}
    for held, until in order.hold_backs:
        name, other = plan.items[held].id, plan.items[until].id
        if plan.tasks_of[name] and plan.tasks_of[other] and not plan.has_begun(name):
            waits.setdefault(name, set()).add(other)
    found = [
        f"'{one}' waits until {_quoted(alone)} has finished, and '{other}', which must come after it, does not"
        for one, other in limits.must_before
        if not plan.has_begun(other) and (alone := sorted(waits.get(one, set()) - waits.get(other, set())))
    ]
    return found + [
        f"'{name}' is to be first and waits until {_quoted(sorted(waits[name]))} has finished"
        for name in limits.first
        if name in waits and plan.items[plan.item_index[name]].department not in limits.at_once
    ]


def _at_once(plan: Plan, limits: Limits, order: Order, seed: int, replications: range) -> list[str]:
    if not limits.at_once:
        return []
    most = dict.fromkeys(limits.at_once, 0)
    for first in range(replications.start, replications.stop, BLOCK):
        block = range(first, min(first + BLOCK, replications.stop))
        timeline = compiled.run(plan, order, draw(plan, seed, block))
        for name in most:
            most[name] = max(most[name], _in_hand(plan, timeline, name))
    return [
        f"up to {most[name]} of '{name}' at once, not {allowed}"
        for name, allowed in limits.at_once.items()
        if most[name] > allowed
    ]


def _in_hand(plan: Plan, timeline: Timeline, department: str) -> int:
    """Most services of a department in hand on one day: from the first work on one to the end of its last stage."""
    begun, ended = [], []
    for item in plan.items:
        tasks = list(plan.tasks_of[item.id])
        if item.department != department or item.kind != "service" or not tasks:
            continue
        begun.append(first_work(plan, timeline, item.id))
        ended.append(timeline.finish[:, tasks[-1]])
    if not begun:
        return 0
    first, last = np.stack(begun, axis=1), np.stack(ended, axis=1)
    counted = [
        ((first <= day[:, np.newaxis]) & (day[:, np.newaxis] < last) & (first < plan.horizon)).sum(axis=1)
        for day in first.T
    ]
    return int(np.max(counted))


def first_work(plan: Plan, timeline: Timeline, item: str) -> npt.NDArray[np.int64]:
    """Return int64 [replication]: the first day of work on an item, the horizon where there is none within it.

    A milestone settles when it is ready, long before anybody works on what comes after it: it is no work.
    """
    tasks = list(plan.tasks_of[item])
    start, finish = timeline.start[:, tasks], timeline.finish[:, tasks]
    begun: npt.NDArray[np.int64] = np.where(finish > start, start, plan.horizon).min(axis=1).astype(np.int64)
    return begun.clip(max=plan.horizon)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
