"""The fourth stage: neighbours of the incumbent race it, future by future, and must confirm what they promise.

Insertions, swaps and blocks move on the list; *hold-backs* let one item wait for another, which a list handed
out greedily cannot say. The worse half of a field leaves after each round, when all have run in twice as many
futures (successive halving, Karnin et al. 2013). The winner of a field looks better than it is, so it must win
once more, in fresh futures, by `SURE` standard errors of the paired difference. Near the best order what is left
to gain is small, so that fields without a winner are followed by fields that run in twice as many futures.
"""

from __future__ import annotations

import numpy as np

from onelogin_sim.orders.search.ground import Candidate, Floats, Ground
from onelogin_sim.orders.search.permitted import Pairs

FIELD = 24
FIRST = 8
ROUNDS = 3
CONFIRM = 96
SURE = 2.0

#: Schedules a field may take, and those that tell where days count.
COST, BEGIN = FIELD * FIRST * ROUNDS + FIRST * 2**ROUNDS + 2 * CONFIRM, 40

#: Fields without a winner before futures are doubled, and how often they are.
PATIENCE, DOUBLINGS = 2, 4

#: Share of moves that change hold-backs, and of these, that take one away.
HOLDING, LETTING_GO = 0.4, 0.4

#: Share of neighbours that are one move away; of the others as many are two moves away, and so on.
ALONE = 0.6

#: Up to so many items an order may also be met by chance: share of a field that starts anew.
FEW, ANEW = 12, 0.4

#: One in so many places is how far a move goes on average.
NEARBY = 0.08


def race_neighbours(ground: Ground, room: int) -> bool:
    """Race one field of neighbours against the incumbent. Returns whether the room is used up."""
    if room < COST + BEGIN:
        return True
    if ground.state.data is None:
        ground.state.data = {"focus": [list(pair) for pair in ground.focus()], "failures": 0}
    failures = ground.state.data["failures"]
    times: int = 2 ** min(failures // PATIENCE, DOUBLINGS)
    while times * COST + BEGIN > room:
        times //= 2
    ground.state.data = {**ground.state.data, "failures": failures + 1}
    field = neighbours_of(ground, ground.luck(), ground.best, FIELD)
    if not field:
        return True
    winner = _winner(ground, field, times * FIRST)
    if winner is None:
        return False
    outcome = ground.compare([ground.best, winner], ground.fresh(times * CONFIRM))
    broken, value = ground.scoring.broken(outcome), ground.scoring.value(outcome)
    sure = _sure(ground.scoring.scores(outcome, ground.state.data["focus"]))
    if broken[1] < broken[0] or (broken[1] == broken[0] and sure):
        if ground.best.name == "neighbour":
            ground.state.considered = [one for one in ground.state.considered if one != ground.best]
        # What was won at so many futures will hardly be won at fewer.
        ground.state.data["failures"] = max(failures - 1, 0)
        ground.state.best = winner
        ground.consider(winner)
        ground.note(float(value[1]))
    return False


def _sure(scores: Floats) -> bool:
    """Whether the second order is lower than the first by so many standard errors."""
    difference = scores[1] - scores[0]
    error = float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return bool(difference.mean() < -SURE * error)


def _winner(ground: Ground, field: list[Candidate], first: int) -> Candidate | None:
    """The neighbour with the lowest score after all rounds, None if none is below the incumbent."""
    assert ground.state.data is not None
    rows = ground.fresh(first * 2 ** (ROUNDS - 1))
    scores = np.zeros((len(field) + 1, len(rows)))
    live, done = list(range(1, len(field) + 1)), 0
    for turn in range(ROUNDS):
        upto = first * 2**turn
        racing = [0, *live]
        outcome = ground.compare(
            [ground.best if at == 0 else field[at - 1] for at in racing], rows[done:upto]
        )
        scores[racing, done:upto] = ground.scoring.scores(outcome, ground.state.data["focus"])
        done = upto
        mean = (scores[:, :done] - scores[0, :done]).mean(axis=1)
        live = sorted((at for at in live if mean[at] < 0), key=lambda at: (mean[at], at))
        live = live[: max(len(field) >> (turn + 1), 1)]
        if not live:
            return None
    return field[live[0] - 1]


def neighbours_of(ground: Ground, luck: np.random.Generator, best: Candidate, count: int) -> list[Candidate]:
    """Return so many different neighbours of an order, all within the limits, or as many as can be found."""
    rank = np.array(best.rank, dtype=np.int64)
    order = ground.permitted.items[np.argsort(rank[ground.permitted.items])].tolist()
    place = {int(item): at for at, item in enumerate(ground.permitted.items)}
    found: dict[tuple[tuple[int, ...], Pairs], Candidate] = {}
    for _ in range(4 * count):
        if len(found) == count:
            break
        moved, pairs = list(order), best.hold_backs
        if len(order) <= FEW and luck.random() < ANEW:
            luck.shuffle(moved)
        for _ in range(int(luck.geometric(ALONE))):
            if luck.random() < HOLDING and ground.permitted.may_hold_back:
                pairs = _held(luck, moved, pairs)
            else:
                _move(luck, moved)
        keys = np.zeros((1, len(order)))
        keys[0, [place[item] for item in moved]] = -np.arange(len(moved))
        made = tuple(ground.permitted.ranks(keys)[0].tolist())
        if (made, pairs) != (best.rank, best.hold_backs) and ground.permitted.acyclic(
            ground.permitted.held(np.array(made), pairs)
        ):
            found[made, pairs] = Candidate("neighbour", made, pairs)
    return list(found.values())


def _move(luck: np.random.Generator, order: list[int]) -> None:
    """Move one item, swap two, or move a block."""
    size = len(order)
    which, at = luck.random(), int(luck.integers(size))
    far = int(luck.geometric(NEARBY)) * (1 if luck.random() < 0.5 else -1)
    to = min(max(at + far, 0), size - 1)
    if which < 0.6:
        order.insert(to, order.pop(at))
    elif which < 0.85:
        order[at], order[to] = order[to], order[at]
    else:
        length = int(luck.integers(2, 6))
        block = order[at : at + length]
        del order[at : at + length]
        to = min(to, len(order))
        order[to:to] = block


def _held(luck: np.random.Generator, order: list[int], pairs: Pairs) -> Pairs:
    """Take a hold-back away, or let an item wait for one that is served shortly before it."""
    if pairs and luck.random() < LETTING_GO:
        gone = int(luck.integers(len(pairs)))
        return pairs[:gone] + pairs[gone + 1 :]
    until = int(luck.integers(len(order) - 1))
    held = min(until + int(luck.geometric(2 * NEARBY)), len(order) - 1)
    return tuple(sorted({*pairs, (order[held], order[until])}))
