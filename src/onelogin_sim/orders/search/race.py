"""The first stage: known rules and the planner's own order race, the worse half leaving after each round."""

from __future__ import annotations

import numpy as np

from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.ground import FOCUSED, Candidate, Floats, Ground

#: Futures of the last round, at most: by then few are left, and all are known to be good.
ENOUGH = 400


def race_rules(ground: Ground, room: int) -> bool:
    """Race the rules; the winner is the incumbent. One step, whatever the room. Returns True: it is done."""
    entered = _entered(ground)
    ground.state.best = entered[0]
    ground.consider(entered[0])
    count = len(entered)
    # Each round costs what the first does, but for the planner's own order and odd ones, which add up to the last.
    rounds = max(int(np.ceil(np.log2(count))), 1)
    futures = min((room - FOCUSED) // ((count + 1) * rounds + 2 ** (rounds + 1)), ENOUGH)
    if futures < 1:
        return True
    _halve(ground, entered, futures)
    return True


def _halve(ground: Ground, entered: list[Candidate], futures: int) -> None:
    """Run, drop the worse half, double the futures; judge by all futures run in. The planner's own stays on.

    Rules are valued by their difference from the planner's own in the futures both ran in, so that it does not
    matter how far each came.
    """
    live, broken = list(range(len(entered))), np.zeros(len(entered))
    values: dict[str, float] = {}
    focus = ground.focus()
    scores: list[Floats] = []
    own: list[Floats] = []
    while True:
        racing = sorted({0, *live})
        outcome = ground.compare([entered[place] for place in racing], ground.fresh(futures))
        found = np.full((len(entered), futures), np.nan)
        found[racing] = ground.scoring.scores(outcome, focus)
        scores.append(found - found[0])
        own.append(outcome.values[:, :1])
        broken[racing] = ground.scoring.broken(outcome)
        apart = np.concatenate(scores, axis=1).mean(axis=1)
        values |= {entered[place].name: float(apart[place]) for place in racing}
        live.sort(key=lambda place: (broken[place], apart[place], place))
        if len(live) <= 2:
            break
        live = live[: -(-len(live) // 2)]
        futures = min(2 * futures, ENOUGH)
    base = ground.scoring.total(np.concatenate(own, axis=2))[0]
    ground.state.rules = {one.name: float(base + values[one.name]) for one in entered}
    ground.state.best = entered[live[0]]
    ground.consider(entered[live[0]])
    ground.note(ground.state.rules[entered[live[0]].name])


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
