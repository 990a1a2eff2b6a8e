"""What a priority rule may look at: features of each unfinished item, plain numbers of the deterministic run.

Work is in working days; *weighted* work counts each day by the share of each resource's capacity that is
held, times that resource's own load against the busiest one's, so that days at the bottleneck count most.
Paths start at an item's first unfinished task, as in the rules of `orders.policies`.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import deterministic
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.permitted import standardised
from onelogin_sim.plan import Plan

Floats = npt.NDArray[np.float64]

#: Each feature and what a planner reads for it.
FEATURES = {
    "tail": "longest path behind its first stage",
    "path": "longest path from the start of its first stage",
    "waiting": "stages that wait for it",
    "work behind": "own work and that of all stages that wait for it",
    "own work": "own work",
    "own weighted work": "own work at scarce resources",
    "weighted work behind": "work at scarce resources, own and of all that wait for it",
    "weighted path": "longest path counted in work at scarce resources",
    "unlocks": "stages its first stage unlocks by itself",
    "demand": "share of scarce resources its first stage holds",
    "largest demand": "largest share of a resource its first stage holds",
    "head": "longest path before its first stage",
    "users": "users a year, square root",
    "users per bottleneck week": "place by users for each week at the bottleneck",
    "comes forward": "place by the day it comes forward",
    "department": "unfinished items of its department",
}


def features(plan: Plan, items: npt.NDArray[np.int64]) -> tuple[tuple[str, ...], Floats]:
    """Return names and float64 [feature, place], standardised; features in which items do not differ are left out."""
    days = deterministic(plan).days[0].astype(np.float64)
    graph = nx.DiGraph(plan.arcs)
    graph.add_nodes_from(range(len(plan.tasks)))
    turns = list(nx.topological_sort(graph))
    share, weight = _demands(plan, days)
    weighted = days * (share @ weight)
    spans = [plan.tasks_of[plan.items[index].id] for index in items]
    first = [span[0] for span in spans]
    behind = [list(nx.descendants(graph, task)) for task in first]
    tail, head = _longest(graph, days, turns)
    weighted_tail, _ = _longest(graph, weighted, turns)
    entries = [plan.items[index] for index in items]
    sizes = {entry.department: 0 for entry in entries}
    for entry in entries:
        sizes[entry.department] += 1
    values = {
        "tail": tail[first],
        "path": tail[first] + days[first],
        "waiting": [len(row) for row in behind],
        "work behind": [days[task] + days[row].sum() for task, row in zip(first, behind, strict=True)],
        "own work": [days[list(span)].sum() for span in spans],
        "own weighted work": [weighted[list(span)].sum() for span in spans],
        "weighted work behind": [
            weighted[task] + weighted[row].sum() for task, row in zip(first, behind, strict=True)
        ],
        "weighted path": weighted_tail[first] + weighted[first],
        "unlocks": [graph.out_degree(task) for task in first],
        "demand": (share @ weight)[first],
        "largest demand": share[first].max(axis=1) if share.shape[1] else np.zeros(len(first)),
        "head": head[first],
        "users": [entry.users**0.5 for entry in entries],
        "users per bottleneck week": -np.array(RULES["users-per-bottleneck-week"](plan).rank)[items],
        "comes forward": -np.array(RULES["readiness"](plan).rank)[items],
        "department": [sizes[entry.department] for entry in entries],
    }
    if not any(entry.readiness or entry.release for entry in entries):
        values["comes forward"] = np.zeros(len(items))
    if len({entry.users for entry in entries}) == 1:
        values["users per bottleneck week"] = np.zeros(len(items))
    made = {name: standardised(np.array(row)) for name, row in values.items()}
    kept = tuple(name for name in FEATURES if made[name].any())
    return kept, np.array([made[name] for name in kept]).reshape(len(kept), len(items))


def _demands(plan: Plan, days: Floats) -> tuple[Floats, Floats]:
    """Share of each resource's capacity that each task holds, [task, resource]; each load against the busiest."""
    share = np.zeros((len(plan.tasks), len(plan.resources)))
    capacity = [
        max(
            sum(resource.capacity(day) for day in range(0, plan.horizon, 7)) / len(range(0, plan.horizon, 7)),
            1e-9,
        )
        for resource in plan.resources
    ]
    for task, row in enumerate(plan.needs_of):
        for resource, units in row:
            share[task, resource] = units / capacity[resource]
    load = days @ share
    return share, load / load.max() if load.size and load.max() > 0 else load


def _longest(graph: nx.DiGraph, length: Floats, turns: list[int]) -> tuple[Floats, Floats]:
    """Longest path behind each task and before it, in lengths of other tasks."""
    tail, head = np.zeros(len(length)), np.zeros(len(length))
    for task in reversed(turns):
        for after in graph.successors(task):
            tail[task] = max(tail[task], length[after] + tail[after])
    for task in turns:
        for after in graph.successors(task):
            head[after] = max(head[after], head[task] + length[task])
    return tail, head
