"""Rules that look at what waits behind an item in the network of tasks, capacity apart."""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import deterministic, draw
from onelogin_sim.orders.policies.scoring import SEED, by_score, dependants
from onelogin_sim.plan import Item, Order, Plan

#: Futures behind an expected tail: its standard error is a fourteenth of the spread of a single one.
FUTURES = 200


def latest_finish_time(plan: Plan) -> Order:
    """Serve first what must finish its first task earliest not to delay the end (LFT; Davis and Patterson 1975).

    The latest finish of a task is the longest path through everything, less the longest path from the
    task's end to the end of anything that waits for it, capacity apart. Items are ranked by their first
    unfinished task. LFT is the best simple rule for list scheduling in Kolisch's comparison (1996).
    """
    return _by_first_task(plan, "latest-finish-time", _tails(plan, deterministic(plan).days)[:, 0])


def latest_start_time(plan: Plan) -> Order:
    """Serve first what must start its first task earliest (LST; Alvarez-Valdes and Tamarit 1989, Kolisch 1996).

    The latest finish as in `latest_finish_time`, less the task's own days: by the longest path from its start.
    """
    days = deterministic(plan).days
    return _by_first_task(plan, "latest-start-time", _tails(plan, days)[:, 0] + days[0])


def simulated_tail(plan: Plan) -> Order:
    """Serve first what has the longest path behind it on average: the LFT rule over simulated futures.

    The mean over `FUTURES` futures of the longest path in working days from the end of an item's first
    unfinished task (Van Slyke 1963). Where paths merge it exceeds the path of typical durations (Fulkerson
    1962), which is all that LFT sees; repeats, barriers and delays count as well. Chen et al. (2018) compare
    rules that know the spread of durations with rules that do not. Items whose tails differ by less than
    their standard error come in the same order every time, but by luck.
    """
    return _by_first_task(plan, "simulated-tail", _tails(plan, draw(plan, SEED, FUTURES).days).mean(axis=1))


def successors_work(plan: Plan) -> Order:
    """Serve first what most work waits for (GRPW*; Helgeson and Birnie 1961, Alvarez-Valdes and Tamarit 1989).

    The rank positional weight of an item's first unfinished task: its own working days and those of all
    tasks that wait for it, directly or not, the rest of its own item included.
    """
    days = deterministic(plan).days[0]
    graph = _task_graph(plan)
    weight = np.zeros(len(plan.tasks))
    for first in _first_tasks(plan).values():
        weight[first] = days[[first, *nx.descendants(graph, first)]].sum()
    return _by_first_task(plan, "successors-work", weight)


def most_successors(plan: Plan) -> Order:
    """Serve first what most unfinished services wait for, directly or not (MTS; Alvarez-Valdes and Tamarit 1989)."""
    unlocks = dependants(plan)

    def score(item: Item) -> int:
        return -len(unlocks[item.id])

    return by_score(plan, "most-successors", score, score)


def _by_first_task(plan: Plan, name: str, weight: npt.NDArray[np.generic]) -> Order:
    """By the weight of each item's first unfinished task, highest first; weights of all tasks."""
    first = _first_tasks(plan)

    def score(item: Item) -> float:
        return -float(weight[first[item.id]])

    return by_score(plan, name, score, score)


def _first_tasks(plan: Plan) -> dict[str, int]:
    """The first unfinished task of each unfinished item."""
    return {name: tasks[0] for name, tasks in plan.tasks_of.items() if tasks}


def _task_graph(plan: Plan) -> nx.DiGraph:
    graph = nx.DiGraph(plan.arcs)
    graph.add_nodes_from(range(len(plan.tasks)))
    return graph


def _tails(plan: Plan, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Longest path in working days from the end of each task to the end of all that waits for it.

    From int32 [replication, task] to int64 [task, replication].
    """
    own = np.ascontiguousarray(days.T, dtype=np.int64)
    tails = np.zeros_like(own)
    graph = _task_graph(plan)
    for task in reversed(list(nx.topological_sort(graph))):
        for after in graph.successors(task):
            np.maximum(tails[task], own[after] + tails[after], out=tails[task])
    return tails
