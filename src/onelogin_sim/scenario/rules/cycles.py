"""Nothing waits for itself by a detour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx

from onelogin_sim.scenario.model import Enabler, ServiceRow
from onelogin_sim.scenario.rules.facts import Facts, Row
from onelogin_sim.scenario.tree import Flaw, Path

#: A stage of an item.
Step = tuple[str, str]

#: (item waited for, item that waits, stage that waits or None for the first, where this is written)
Wait = tuple[str, str, str | None, Path]


def waits_form_no_cycle(facts: Facts) -> Iterator[Flaw]:
    """Refuse circles of needs, hubs, sign-ins and hold-backs; stage by stage, so that detours are fair."""
    waits = list(_waits(facts))
    cycles = list(_cycles(facts, waits))
    yield from cycles
    if cycles:
        return
    for name, order in facts.file.orders.items():
        held = [(until, item, None, ("orders", name, *at)) for item, until, at in order.held()]
        yield from _cycles(facts, [*waits, *held])


def _waits(facts: Facts) -> Iterator[Wait]:
    gate = facts.gates
    for path, row in facts.rows:
        for index, need in enumerate(row.needs):
            name, _, stage = need.partition(":")
            if not stage and isinstance(row, ServiceRow):
                stage = gate.get(name, "")
            yield name, row.id, stage or None, (*path, "needs", index)
        if isinstance(row, Enabler):
            continue
        for index, sign_in in enumerate(row.sign_in):
            for enabler in facts.replaced_by.get(sign_in, []):
                yield enabler, row.id, gate.get(enabler), (*path, "sign_in", index)
        if row.fronted_by is not None:
            yield row.fronted_by, row.id, _done_by(facts, row), (*path, "fronted_by")


def _done_by(facts: Facts, row: Row) -> str | None:
    """Return the stage whose finish makes an item done for those that wait: a service's live stage, else the last."""
    stages = facts.ahead(row)
    live = (stage.stage for stage in stages if stage.live and isinstance(row, ServiceRow))
    return next(live, stages[-1].stage if stages else None)


def _cycles(facts: Facts, waits: Iterable[Wait]) -> Iterator[Flaw]:
    graph = nx.DiGraph()
    written: dict[tuple[Step, Step], Path] = {}
    for _, row in facts.rows:
        names = [stage.stage for stage in facts.ahead(row)]
        nx.add_path(graph, [(row.id, name) for name in names])
    for before, after, stage, path in waits:
        source, target = facts.row.get(before), facts.row.get(after)
        if source is None or target is None or before == after:
            continue
        held = path[0] == "orders"
        ahead = [entry.stage for entry in facts.ahead(target)]
        last = [entry.stage for entry in facts.ahead(source)][-1:]
        done = last[0] if held and last else _done_by(facts, source)
        waiting = stage if stage is not None else next(iter(ahead), None)
        if done is None or waiting not in ahead:
            continue
        if target.since is not None and waiting == target.stage and not held:
            continue  # it is running: it waits for nothing any more
        arc = ((before, done), (after, waiting))
        graph.add_edge(*arc)
        written.setdefault(arc, path)
    for knot in sorted(sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1):
        arcs = [(start, end) for start, end in nx.find_cycle(graph.subgraph(knot))]
        items = [start[0] for start, end in arcs if start[0] != end[0]]
        first = items.index(min(items))
        items = [*items[first:], *items[:first]]
        path = min(written[arc] for arc in arcs if arc in written and arc[1][0] == items[0])
        rule = "these wait for one another: " + " → ".join([*items, items[0]])
        yield Flaw(path, rule, "take one of them out")
