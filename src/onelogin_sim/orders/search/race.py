"""The first stage: known rules and the planner's own order race, the worse half leaving after each round."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.ground import FOCUSED, Candidate, Floats, Ground
from onelogin_sim.orders.search.permitted import Pairs

#: Futures of the last round, at most: by then few are left, and all are known to be good.
ENOUGH = 400

#: Rules kept for the finals besides the winner and the one to beat.
RUNNERS_UP = 2

#: Rules in the order in which they have their turn: a small budget may end before the last. The first is the one to
#: beat on published instances; those not named follow.
TURNS = ("latest-finish-time", "latest-start-time", "simulated-tail", "successors-work", "most-successors")

#: Schedules kept for the finals: the planner's own order and one other.
KEPT = 2

#: Most items of which all orders may race, and fewest futures that tell them apart at all.
MOST, FEWEST = 7, 2


def race_rules(ground: Ground, room: int) -> bool:
    """Race the rules; the winner is the incumbent. One step. Returns True: it is done.

    Each rule has at least one future, whatever the room, while the budget lasts; `State.rules` says who had a turn.
    """
    entered, places = _entered(ground)
    ground.state.best = entered[0]
    for one in reversed(entered[:2]):
        ground.consider(one)
    entered = entered[: max(ground.budget - KEPT, 1)]
    count = len(entered)
    if count < 2:
        return True
    futures = _first_futures(ground, count, room)
    if futures < 1:
        winner, values = _halve(ground, entered, max(room // count, 1), rounds=1)
    else:
        winner, values = _halve(ground, entered, futures)
    # A few futures do not tell good rules apart: those next to the winner meet it again in the finals.
    for place in sorted(range(count), key=lambda place: values[place])[RUNNERS_UP:0:-1]:
        ground.consider(entered[place])
    ground.state.rules = {name: values[place] for name, place in places.items() if place < count}
    ground.state.best = entered[winner]
    ground.consider(entered[winner])
    ground.note(values[winner])
    return True


def race_every_order(ground: Ground, room: int) -> bool:
    """Race all orders there are, where they are few enough for the room; otherwise nothing. One step."""
    items = ground.permitted.items
    if len(items) > MOST:
        return True
    keys = -np.array(list(permutations(range(len(items)))), dtype=np.float64)
    ranks = sorted(set(map(tuple, ground.permitted.ranks(keys).tolist())) - {ground.best.rank})
    entered = [ground.best, *(Candidate("one of all", rank) for rank in ranks)]
    futures = _first_futures(ground, len(entered), room)
    if len(entered) < 2 or (len(entered) + 1 > room if ground.certain else futures < FEWEST):
        return True
    winner, values = _halve(ground, entered, max(futures, 1))
    ground.state.best = entered[winner]
    ground.consider(entered[winner])
    ground.note(values[winner])
    return True


def _first_futures(ground: Ground, count: int, room: int) -> int:
    """Futures of a race's first round: each round costs what the first does, but for what runs in all and odd ones."""
    rounds = max(int(np.ceil(np.log2(count))), 1)
    room -= FOCUSED if ground.scoring.has_percentiles else 0
    return min(room // ((count + 1) * rounds + (2 << rounds)), ENOUGH)


def _halve(
    ground: Ground, entered: list[Candidate], futures: int, *, rounds: int | None = None
) -> tuple[int, list[float]]:
    """Run, drop the worse half, double the futures; judge by all futures run in. The first entered stays on.

    It ends when two are left, after so many rounds, or at once where nothing is uncertain.

    Returns the winner's place, and each one's value: by its difference from the first in the futures both ran in,
    so that it does not matter how far each came.
    """
    live, broken = list(range(len(entered))), np.zeros(len(entered))
    values = np.zeros(len(entered))
    # A single round is all that a small budget allows; where the days count it cannot tell.
    focus = ground.scoring.everywhere if rounds else ground.focus()
    scores: list[Floats] = []
    own: list[Floats] = []
    while True:
        racing = sorted({0, *live})
        outcome = ground.compare([entered[place] for place in racing], ground.fresh(futures))
        found = np.full((len(entered), outcome.values.shape[2]), np.nan)
        found[racing] = ground.scoring.scores(outcome, focus)
        scores.append(found - found[0])
        own.append(outcome.values[:, :1])
        broken[racing] = ground.scoring.broken(outcome)
        apart = np.concatenate(scores, axis=1).mean(axis=1)
        values[racing] = apart[racing]
        live.sort(key=lambda place: (broken[place], apart[place], place))
        done = len(scores)
        if len(live) <= 2 or ground.certain or done == rounds:
            break
        live = live[: -(-len(live) // 2)]
        futures = min(2 * futures, ENOUGH)
    base = ground.scoring.total(np.concatenate(own, axis=2))[0]
    return live[0], (base + values).tolist()


def _entered(ground: Ground) -> tuple[list[Candidate], dict[str, int]]:
    """The planner's own order and all rules, each made to keep the limits; the same order enters once.

    Also the place of each by name: rules that give the same order share one.
    """
    plan, start, permitted = ground.plan, ground.start, ground.permitted
    names = [*TURNS, *(name for name in RULES if name not in TURNS)]
    orders = [start, *(RULES[name](plan) for name in names)]
    keys = np.array([permitted.keys(order.rank) for order in orders])
    found: dict[tuple[tuple[int, ...], Pairs], Candidate] = {}
    places: dict[str, int] = {}
    for order, rank in zip(orders, permitted.ranks(keys), strict=True):
        own = start.hold_backs if order is start else ()
        kept = own if permitted.acyclic(permitted.held(rank, own)) else ()
        made = (tuple(rank.tolist()), kept)
        # The finals know the rule to beat by its name, also where it is the planner's own order.
        if made not in found or order.name == TURNS[0]:
            found[made] = Candidate(order.name, *made)
        places.setdefault(order.name, list(found).index(made))
    return list(found.values()), places
