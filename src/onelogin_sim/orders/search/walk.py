"""A stage for plans without uncertainty: a walk from order to order, each step to the best of some neighbours.

One future says it all, so every comparison is exact and nothing needs to be confirmed. Steps to an order that is as
good are taken too, for many orders end on the same day and the way down leads across them; where none has led
down for long, the walk begins again some moves away from the best (iterated local search, Lourenço et al. 2003).
"""

from __future__ import annotations

from onelogin_sim.orders.search.ground import Candidate, Ground
from onelogin_sim.orders.search.neighbours import neighbours_of

#: Neighbours looked at before a step.
FIELD = 12

#: Steps that lead nowhere before the walk begins again.
PATIENCE = 60

#: Neighbour of a neighbour, and so on, so many times: how far away it begins again.
AWAY = 4


def walk(ground: Ground, room: int) -> bool:
    """Take one step. Returns whether the stage is done."""
    if room < FIELD + 1 or not ground.certain:
        return True
    if ground.state.data is None:
        ground.state.data = {"at": ground.best.as_json(), "stalled": 0}
    here = Candidate.from_json(ground.state.data["at"])
    stalled, luck = ground.state.data["stalled"], ground.luck()
    if stalled == PATIENCE:
        here, stalled = ground.best, 0
        for _ in range(AWAY):
            here = next(iter(neighbours_of(ground, luck, here, 1)), here)
    field = neighbours_of(ground, luck, here, FIELD)
    if not field:
        return True
    outcome = ground.compare([ground.best, here, *field], ground.fresh(1))
    broken, value = ground.scoring.broken(outcome), ground.scoring.value(outcome)
    late = ground.scoring.scores(outcome, ground.scoring.everywhere).mean(axis=1)
    marks = list(zip(broken.tolist(), late.tolist(), strict=True))
    to = min(range(2, len(marks)), key=lambda at: marks[at])
    if (broken[to], value[to]) < (broken[0], value[0]):
        if ground.best.name == "neighbour":
            ground.state.considered = [one for one in ground.state.considered if one != ground.best]
        ground.state.best = field[to - 2]
        ground.consider(ground.best)
        ground.note(float(value[to]))
        stalled = -1
    if marks[to] <= marks[1]:
        here = field[to - 2]
    ground.state.data = {"at": here.as_json(), "stalled": stalled + 1}
    return False
