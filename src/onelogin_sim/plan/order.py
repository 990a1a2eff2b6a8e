"""The Order: who is served first when capacity is short."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Order:
    """Who is served first when capacity is short.

    Attributes
    ----------
    name
        What a planner calls it.
    rank
        Rank of each item of the plan, by item index: a permutation, 0 is served first.
    hold_backs
        (i, j), item indices: item i does not start before item j has finished. Waiting on purpose, which
        a permutation alone cannot say.
    """

    name: str
    rank: tuple[int, ...]
    hold_backs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(
        cls,
        plan: Plan,
        ids: Sequence[str],
        *,
        name: str = "listed",
        hold_backs: Iterable[tuple[str, str]] = (),
    ) -> Order:
        """Return the order that serves services as listed.

        Every service that is not live yet is listed once. Live services may be listed and have no effect.
        An enabler that is not listed comes just before the first service that needs it, directly or not;
        one that nothing needs comes last.

        Raises
        ------
        PlanError
            When an id is unknown, repeated or missing, or when hold-backs and arcs together form a cycle.
        """
        _check_listing(plan, ids)
        listed = set(ids)
        graph = plan.graph()
        sequence: dict[str, None] = {}
        for name_ in ids:
            ancestors = nx.ancestors(graph, name_)
            missing = (item.id for item in plan.items if item.id in ancestors and item.id not in listed)
            for enabler in _by_precedence(graph, missing):
                sequence.setdefault(enabler)
            sequence.setdefault(name_)
        for item in plan.items:
            sequence.setdefault(item.id)
        rank = {item: place for place, item in enumerate(sequence)}
        hold_backs = tuple(hold_backs)
        _check_known(plan, [item for pair in hold_backs for item in pair])
        pairs = tuple(sorted((plan.item_index[held], plan.item_index[until]) for held, until in hold_backs))
        _check_hold_backs(plan, pairs)
        return cls(name, tuple(rank[item.id] for item in plan.items), pairs)

    @property
    def digest(self) -> str:
        """SHA-256 of ranks and hold-backs: two orders with the same digest serve everybody alike."""
        return hashlib.sha256(json.dumps([self.rank, self.hold_backs]).encode()).hexdigest()

    def turns(self, plan: Plan) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        """Return who waits for whom: the items that are not done, first served first, and hold-backs among them.

        Two orders serve everybody alike where these are the same, whatever their ranks of items that are done.
        """
        left = {index for index, item in enumerate(plan.items) if plan.tasks_of[item.id]}
        served = sorted(left, key=self.rank.__getitem__)
        held = sorted({pair for pair in self.hold_backs if left.issuperset(pair)})
        return tuple(served), tuple(held)

    def ids(self, plan: Plan) -> tuple[str, ...]:
        """Return the item ids, first served first."""
        return tuple(plan.items[index].id for index in np.argsort(self.rank))


def _by_precedence(graph: nx.DiGraph, ids: Iterable[str]) -> list[str]:
    """The ids so that what is waited for comes first, ties by id."""
    return list(nx.lexicographical_topological_sort(graph.subgraph(ids)))


def _check_known(plan: Plan, ids: Sequence[str]) -> None:
    known = [item.id for item in plan.items]
    for name in ids:
        if name not in plan.item_index:
            raise PlanError(f"order: '{name}' is not an item of the plan; {did_you_mean(name, known)}")


def _check_listing(plan: Plan, ids: Sequence[str]) -> None:
    _check_known(plan, ids)
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    if repeated:
        raise PlanError("order: listed more than once: " + ", ".join(repeated))
    missing = sorted({service.id for service in plan.services if service.live_on is None} - set(ids))
    if missing:
        raise PlanError("order: services missing: " + ", ".join(missing))


def _check_hold_backs(plan: Plan, pairs: Iterable[tuple[int, int]]) -> None:
    graph = nx.DiGraph(plan.arcs)
    for held, until in pairs:
        waits, frees = plan.tasks_of[plan.items[held].id], plan.tasks_of[plan.items[until].id]
        if waits and frees:
            graph.add_edge(frees[-1], waits[0])
    if not nx.is_directed_acyclic_graph(graph):
        path = [plan.tasks[before].item for before, _ in nx.find_cycle(graph)]
        # Each item once where the path passes through several of its tasks; the path is a ring.
        names = [name for place, name in enumerate(path) if path[place - 1] != name] or path[:1]
        raise PlanError("hold-backs and dependencies form a cycle: " + " → ".join([*names, names[0]]))
