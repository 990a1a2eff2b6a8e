"""Rules that go by the planner's own list, by departments, or by chance."""

from __future__ import annotations

from itertools import chain, zip_longest

import numpy as np

from onelogin_sim.orders.policies.scoring import SEED, waiting
from onelogin_sim.plan import Item, Order, Plan
from onelogin_sim.uniforms import decision_key, uniforms


def as_listed(plan: Plan) -> Order:
    """Serve services in the planner's own order: by `position`, those without one after the rest, by id."""
    return Order.of(plan, [item.id for item in sorted(waiting(plan), key=_listed)], name="as-listed")


def by_department(plan: Plan) -> Order:
    """Serve departments in blocks, one after the other, by their best listed service; within one, as listed."""
    return Order.of(plan, list(chain(*_queues(plan))), name="by-department")


def round_robin(plan: Plan) -> Order:
    """Let departments take turns, one service each, by their best listed service; within one, as listed.

    What Nagle (1987) gives the sources of a network: nobody waits for all of somebody else's.
    """
    turns = zip_longest(*_queues(plan))
    return Order.of(plan, [name for turn in turns for name in turn if name is not None], name="round-robin")


def at_random(plan: Plan) -> Order:
    """Serve services in an order nobody chose, the same every time (RAN; Davis and Patterson 1975).

    The baseline any other rule should beat. Each service has a uniform of its own, so one more service
    leaves the others in their order. An enabler comes just before the first service that needs it.
    """
    ids = [item.id for item in waiting(plan)]
    keys = np.array([decision_key(name, "order:random") for name in ids], dtype=np.uint64)
    luck = uniforms(SEED, keys, range(1))[:, 0].tolist()
    return Order.of(plan, [name for _, name in sorted(zip(luck, ids, strict=True))], name="random")


def _listed(item: Item) -> tuple[bool, int, str]:
    return (item.position is None, item.position or 0, item.id)


def _queues(plan: Plan) -> list[list[str]]:
    """The services of each department as listed, departments by their best listed one."""
    queues: dict[str, list[str]] = {}
    for item in sorted(waiting(plan), key=_listed):
        queues.setdefault(item.department, []).append(item.id)
    return list(queues.values())
