"""Which orders the limits permit, and how every list of keys becomes one of them.

The search moves keys, one number for each item that is not done: highest first. `must_before`, `first` and
`last` lift or lower keys, so what comes out always keeps them. `at_once` becomes hold-backs: the services of
a department with a limit of n take turns in n lanes; in the order of the list, each waits for the one n places
before it. That is on the safe side: where work of one ends early, or where the next in a lane has not come forward,
a service in another lane starts later than it had to. Who must come after one that is held back waits for the
same, or it would pass it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import numpy.typing as npt

from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.plan import Order, Plan

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Pairs = tuple[tuple[int, int], ...]

#: Beyond every key: who is first or last whatever the others' keys.
_BEYOND = 1e6


class Permitted:
    """The orders that limits permit on a plan.

    Attributes
    ----------
    items
        int64 [place]: the items that are not done, by item index: what keys are for.

    Raises
    ------
    PlanError
        When an id is unknown, the limits contradict one another or the plan, or there is nothing to order.
    """

    def __init__(self, plan: Plan, limits: Limits) -> None:
        self.plan, self.limits = plan, limits
        # Who is to come before others would let them pass while held back for something else.
        self.may_hold_back = not (limits.must_before or limits.first or limits.last)
        self.items: Whole = np.array(
            [index for index, item in enumerate(plan.items) if plan.tasks_of[item.id]], dtype=np.int64
        )
        if len(self.items) < 2:
            only = "".join(f": only '{plan.items[index].id}' is not live yet" for index in self.items)
            raise PlanError(f"there is nothing to order{only}")
        self._place = {int(index): place for place, index in enumerate(self.items)}
        self._done = np.setdiff1d(np.arange(len(plan.items)), self.items)
        first, last = self._with_enablers(limits.first), self._known("last", limits.last)
        named = [name for pair in limits.must_before for name in pair]
        ends = self._known("must-before", named)
        befores = list(zip(ends[::2], ends[1::2], strict=True))
        self._known("latest", [name for name in limits.latest if name in plan.item_index])
        # An enabler that is done is no longer waited for.
        self._first = [self._place[index] for index in first if index in self._place]
        self._last = [self._place[index] for index in last]
        self._check(befores, self._first, self._last)
        self._reach = _reach(plan, self.items)
        self._queues = self._departments()
        if self._queues:
            befores += self._precedence()
            self._check_lanes(befores, self._first, self._last)
        self._befores = self._sorted({(self._place[one], self._place[two]) for one, two in befores})
        self._musts = [
            (int(self.items[one]), int(self.items[two]))
            for one, two in reversed(self._befores)
            if (self._id(one), self._id(two)) in set(limits.must_before)
        ]

    def ranks(self, keys: Floats) -> Whole:
        """Return int64 [order, item]: ranks by float64 [order, place] keys, highest first, within the limits."""
        lifted = keys.astype(np.float64, copy=True)
        for turn, place in enumerate(self._first):
            lifted[:, place] = _BEYOND - turn
        for turn, place in enumerate(self._last):
            lifted[:, place] = -_BEYOND - turn
        for before, after in self._befores:
            lifted[:, before] = np.maximum(lifted[:, before], np.nextafter(lifted[:, after], np.inf))
        served = self.items[np.argsort(-lifted, axis=1, kind="stable")]
        ranks = np.empty((len(keys), len(self.plan.items)), dtype=np.int64)
        np.put_along_axis(ranks, served, np.arange(len(self.items))[np.newaxis], axis=1)
        ranks[:, self._done] = np.arange(len(self.items), len(self.plan.items))
        return ranks

    def keys(self, rank: Sequence[int] | Whole) -> Floats:
        """Return float64 [place]: keys that give these ranks, evenly spread, with mean 0 and variance 1."""
        return standardised(-_turns(np.asarray(rank)[self.items]))

    def held(self, rank: Whole, extra: Pairs) -> Pairs:
        """Return the hold-backs of an order: its own, and what limits make of them.

        Those that keep a department's services in lanes come to them; who is to come first loses its own; and who
        must come after one that is held back waits for the same.
        """
        leading = {int(self.items[place]) for place in self._first}
        pairs = {pair for pair in extra if pair[0] not in leading}
        for queue, most in self._queues:
            turns = sorted(queue, key=lambda index: (not self._runs(index), rank[index]))
            pairs |= {(turns[turn], turns[turn - most]) for turn in range(most, len(turns))}
        handed = self._handed_on(pairs)
        # Lanes begin with who runs, whatever its rank: it may wait for who would then wait for it.
        if len(handed) > len(pairs) and self._queues and not self.acyclic(tuple(handed)):
            handed = pairs
        return tuple(sorted(handed))

    def acyclic(self, pairs: Pairs) -> bool:
        """Return whether hold-backs and arcs together form no cycle; what is done holds nobody."""
        pairs = tuple(pair for pair in pairs if all(index in self._place for index in pair))
        leads = {
            number: [
                other
                for other, (_, until) in enumerate(pairs)
                if self._reach[self._place[held], self._place[until]]
            ]
            for number, (held, _) in enumerate(pairs)
        }
        return bool(nx.is_directed_acyclic_graph(nx.DiGraph(leads)))

    def keeps(self, rank: Sequence[int], hold_backs: Pairs) -> bool:
        """Return whether an order that somebody else made keeps what is kept here by construction."""
        ranks = np.asarray(rank)
        made = self.ranks(self.keys(ranks)[np.newaxis])[0]
        served_alike = bool((_turns(made[self.items]) == _turns(ranks[self.items])).all())
        return served_alike and set(self.held(ranks, hold_backs)) == set(hold_backs)

    def kept(self, order: Order) -> Order:
        """Return what the limits make of an order; the order itself where it keeps them already."""
        if self.keeps(order.rank, order.hold_backs):
            return order
        ranks = self.ranks(self.keys(order.rank)[np.newaxis])[0]
        held = self.held(ranks, order.hold_backs)
        if not self.acyclic(held):
            held = self.held(ranks, ())
        return replace(order, rank=tuple(int(rank) for rank in ranks), hold_backs=held)

    def _handed_on(self, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
        handed = set(pairs)
        for before, after in self._musts:
            if not self._runs(before) and not self._runs(after):
                handed |= {(after, until) for held, until in handed if held == before}
        return handed

    def _runs(self, index: int) -> bool:
        return self.plan.has_begun(self.plan.items[index].id)

    def _known(self, limit: str, names: Iterable[str]) -> list[int]:
        known = list(self.plan.item_index)
        for name in names:
            if name not in self.plan.item_index:
                raise PlanError(f"{limit}: '{name}' is not an item of the plan; {did_you_mean(name, known)}")
            if self.plan.item_index[name] not in self._place:
                state = "live" if self.plan.items[self.plan.item_index[name]].kind == "service" else "done"
                raise PlanError(
                    f"{limit}: '{name}' is {state} already, so no order changes when it is served"
                )
        return [self.plan.item_index[name] for name in names]

    def _with_enablers(self, names: Sequence[str]) -> list[int]:
        """Who is first, with the enablers they wait for just before them."""
        self._known("first", names)
        graph, index = self.plan.graph(), self.plan.item_index
        found: dict[int, None] = {}
        for name in names:
            needed = [
                one for one in nx.ancestors(graph, name) if self.plan.items[index[one]].kind == "enabler"
            ]
            for one in nx.lexicographical_topological_sort(graph.subgraph(needed)):
                if one not in names:
                    found.setdefault(index[one])
            found.setdefault(index[name])
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise PlanError(f"first and last: '{twice}' is named twice")
        return list(found)

    def _check(self, befores: list[tuple[int, int]], first: list[int], last: list[int]) -> None:
        """Refuse limits that contradict one another, or the plan: each is an arc between first tasks."""
        starts = [self.plan.tasks_of[self.plan.items[index].id][0] for index in self.items]
        twice = sorted({place for row in (first, last) for place in row if row.count(place) > 1})
        both = [*twice, *(place for place in first if place in last)]
        if both:
            raise PlanError(f"first and last: '{self._id(both[0])}' is named twice")
        graph = nx.DiGraph(self.plan.arcs)
        graph.add_edges_from((starts[self._place[one]], starts[self._place[two]]) for one, two in befores)
        graph.add_edges_from((starts[one], starts[two]) for one, two in self._ends(first, last))
        if not nx.is_directed_acyclic_graph(graph):
            path = [self.plan.tasks[before].item for before, _ in nx.find_cycle(graph)]
            names = [name for place, name in enumerate(path) if path[place - 1] != name] or path[:1]
            raise PlanError("must-befores, first and last contradict: " + " → ".join([*names, names[0]]))

    def _ends(self, first: list[int], last: list[int]) -> list[tuple[int, int]]:
        """Pairs of places that put some before, and some after, all others."""
        middle = [place for place in range(len(self.items)) if place not in first and place not in last]
        pairs = [pair for row in (first, last, [*first[-1:], *last[:1]]) for pair in pairwise(row)]
        pairs += [(place, other) for place in first[-1:] for other in middle]
        return pairs + [(other, place) for place in last[:1] for other in middle]

    def _check_lanes(self, befores: list[tuple[int, int]], first: list[int], last: list[int]) -> None:
        """Refuse first and last against what lanes run along with: there whole items wait, not stages alone."""
        graph = nx.DiGraph((self._place[one], self._place[two]) for one, two in befores)
        graph.add_edges_from(self._ends(first, last))
        if not nx.is_directed_acyclic_graph(graph):
            path = [self._id(before) for before, _ in nx.find_cycle(graph)]
            raise PlanError(
                "at once: the plan, must-befores, first and last contradict: " + " → ".join([*path, path[0]])
            )

    def _id(self, place: int) -> str:
        return self.plan.items[int(self.items[place])].id

    def _departments(self) -> list[tuple[list[int], int]]:
        """The unfinished services of each department with fewer places than services, and how many places."""
        known = [department.id for department in self.plan.departments]
        queues = []
        for name, most in self.limits.at_once.items():
            if name not in known:
                raise PlanError(f"at once: '{name}' is not a department; {did_you_mean(name, known)}")
            if most < 1:
                raise PlanError(f"at once: at least 1 service of '{name}' at a time, got {most}")
            queue = [
                int(index)
                for index in self.items
                if self.plan.items[index].department == name and self.plan.items[index].kind == "service"
            ]
            running = [self.plan.items[index].id for index in queue if self._runs(index)]
            if len(running) > most:
                raise PlanError(
                    f"at once: no order keeps '{name}' to {most}: {len(running)} run at the status date "
                    f"({', '.join(running)})"
                )
            if len(queue) > most:
                queues.append((queue, most))
        return queues

    def _precedence(self) -> list[tuple[int, int]]:
        """Item pairs of which the second waits for the first: lanes must run along with them, never against."""
        index = self.plan.item_index
        graph = nx.DiGraph(
            (index[self.plan.tasks[one].item], index[self.plan.tasks[two].item])
            for one, two in self.plan.arcs
            if self.plan.tasks[one].item != self.plan.tasks[two].item
        )
        if not nx.is_directed_acyclic_graph(graph):
            path = [self.plan.items[one].id for one, _ in nx.find_cycle(graph)]
            raise PlanError(
                "at once: cannot be kept where items wait for one another's stages: "
                + " → ".join([*path, path[0]])
            )
        return list(graph.edges)

    def _sorted(self, pairs: set[tuple[int, int]]) -> list[tuple[int, int]]:
        """The pairs so that what lifts others is lifted first."""
        graph = nx.DiGraph(sorted(pairs))
        if not nx.is_directed_acyclic_graph(graph):
            path = [self._id(one) for one, _ in nx.find_cycle(graph)]
            raise PlanError("must-befores, first and last contradict: " + " → ".join([*path, path[0]]))
        turn = {place: number for number, place in enumerate(nx.lexicographical_topological_sort(graph))}
        return sorted(pairs, key=lambda pair: (-turn[pair[1]], pair))


def standardised(values: npt.NDArray[np.generic]) -> Floats:
    """Return values with mean 0 and variance 1; all 0 where they are the same."""
    centred = values.astype(np.float64) - float(np.mean(values.astype(np.float64)))
    spread = float(np.sqrt(np.mean(centred * centred)))
    return centred / spread if spread > 0 else centred


def _turns(values: Whole) -> Whole:
    """The turn of each among all, lowest first."""
    turns = np.empty(len(values), dtype=np.int64)
    turns[np.argsort(values, kind="stable")] = np.arange(len(values))
    return turns


def _reach(plan: Plan, items: Whole) -> npt.NDArray[np.bool_]:
    """Whether the last task of the second follows from the first task of the first: bool [place, place]."""
    graph = nx.DiGraph(plan.arcs)
    graph.add_nodes_from(range(len(plan.tasks)))
    spans = [plan.tasks_of[plan.items[index].id] for index in items]
    masks = [0] * len(plan.tasks)
    for place, span in enumerate(spans):
        masks[span[-1]] |= 1 << place
    for task in reversed(list(nx.topological_sort(graph))):
        for after in graph.successors(task):
            masks[task] |= masks[after]
    return np.array(
        [[bool(masks[span[0]] >> place & 1) for place in range(len(spans))] for span in spans], dtype=np.bool_
    )
