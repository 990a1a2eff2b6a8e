"""What rules have in common: who waits, who depends on whom, and an order by scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import networkx as nx

from onelogin_sim.plan import Item, Order, Plan

#: Root seed of the rules' own luck: the last there is, so that hardly a forecast is run on it.
SEED = 2**64 - 1


def waiting(plan: Plan) -> Iterable[Item]:
    """Return the services that are not live yet, by id."""
    return (item for item in plan.services if item.live_on is None)


def dependants(plan: Plan) -> dict[str, set[str]]:
    """Return for each item the unfinished services that wait for it, directly or not."""
    graph = plan.graph()
    unfinished = {item.id for item in waiting(plan)}
    return {item.id: nx.descendants(graph, item.id) & unfinished for item in plan.items}


def by_score(
    plan: Plan, name: str, service: Callable[[Item], float], enabler: Callable[[Item], float]
) -> Order:
    """Order unfinished items by score, lowest first, enablers before services on ties (they unlock them), then id."""

    def key(item: Item) -> tuple[float, bool, str]:
        is_service = item.kind == "service"
        return (service(item) if is_service else enabler(item), is_service, item.id)

    unfinished = [item for item in plan.items if item.live_on is None]
    return Order.of(plan, [item.id for item in sorted(unfinished, key=key)], name=name)
