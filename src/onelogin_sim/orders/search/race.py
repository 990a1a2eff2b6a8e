"""The first stage: known rules and the planner's own order race, the worse half leaving after each round."""

from __future__ import annotations

import numpy as np

from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.ground import Candidate, Ground

#: Futures of the last round, at most: by then few are left, and all are known to be good.
ENOUGH = 400


def race_rules(ground: Ground, room: int) -> bool:
    """Race the rules; the winner is the incumbent. One step, whatever the room. Returns True: it is done."""
    entered = _entered(ground)
    ground.state.best = entered[0]
    ground.consider(entered[0])
    count = len(entered)
    rounds = max(int(np.ceil(np.log2(count))), 1)
    futures = min(room // (count * rounds), ENOUGH)
    if futures < 1:
        return True
    live = list(range(count))
    while True:
        outcome = ground.compare([entered[place] for place in live], ground.fresh(futures))
        value, broken = ground.scoring.value(outcome), ground.scoring.broken(outcome)
        for place, found in zip(live, value.tolist(), strict=True):
            ground.state.rules[entered[place].name] = found
        ranked = sorted(range(len(live)), key=lambda at: (broken[at], value[at], live[at]))
        live = [live[at] for at in ranked[: -(-len(live) // 2)]]
        best = float(value[ranked[0]])
        if len(live) == 1 or len(ranked) == 1:
            break
        futures = min(2 * futures, ENOUGH)
    ground.state.best = entered[live[0]]
    ground.consider(entered[live[0]])
    ground.note(best)
    return True


def _entered(ground: Ground) -> list[Candidate]:
    """The planner's own order and all rules, each made to keep the limits; the same order enters once."""
    plan, start, permitted = ground.plan, ground.start, ground.permitted
    orders = [start, *(rule(plan) for rule in RULES.values())]
    keys = np.array([permitted.keys(order.rank) for order in orders])
    found: dict[tuple[int, ...], Candidate] = {}
    for order, rank in zip(orders, permitted.ranks(keys), strict=True):
        own = start.hold_backs if order is start else ()
        kept = own if permitted.acyclic(permitted.held(rank, own)) else ()
        found.setdefault(tuple(rank.tolist()), Candidate(order.name, tuple(rank.tolist()), kept))
    return list(found.values())
