"""Which few moves give most of what a better order gives: nobody adopts a list of 139 places at once.

A *move* takes one item from its place in the planner's own order to its place in the better one, or adds or
lifts one hold-back. All moves together are the better order. They are chosen greedily: at each step the one
that gains most on top of those before it, in futures of their own; what is told of each step is measured in
the futures that the claims rest on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from onelogin_sim.optimising.judging import Floats, Judge, Pairs, Ranks, mean_of
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order

#: Moves told at most, and the share of the gain that is called most of it.
MOST, ENOUGH = 10, 0.8

#: Moves tried again at each step: those that gained most when they were tried last.
TRIED = 30


@dataclass(frozen=True, slots=True)
class Move:
    """One change to the planner's own order.

    Attributes
    ----------
    kind
        "place": served at another place; "hold back": waits until another has finished; "release": no longer does.
    item
        Id of the item.
    before, after
        Places among the items that are not done, from 1, in the planner's own order and in the better one.
    until
        Id of the item it waits for, None for "place".
    """

    kind: Literal["place", "hold back", "release"]
    item: str
    before: int
    after: int
    until: str | None = None


@dataclass(frozen=True, slots=True)
class KeyStep:
    """The planner's own order with this move and those before it.

    Attributes
    ----------
    gain
        How much better than the planner's own order, in the objectives' units, with a 95% interval.
    share
        Of what the whole better order gains.
    order
        The order that this is.
    """

    move: Move
    gain: Mean
    share: float
    order: Order


@dataclass(frozen=True, slots=True)
class KeyMoves:
    """The few moves that matter most.

    Attributes
    ----------
    moves
        How many moves there are from the planner's own order to the better one.
    gain
        What all of them together gain.
    """

    steps: tuple[KeyStep, ...]
    moves: int
    gain: Mean

    @property
    def enough(self) -> int | None:
        """How many of the steps give `ENOUGH` of the gain, None when they do not."""
        return next((place + 1 for place, step in enumerate(self.steps) if step.share >= ENOUGH), None)


def key_moves(start: Order, better: Order, permitted: Permitted, choosing: Judge, telling: Judge) -> KeyMoves:
    """Return the few moves from `start` towards `better` that gain most.

    Parameters
    ----------
    permitted
        What every order on the way keeps to; where `start` itself does not, it is first made to.
    choosing, telling
        Judges in the futures in which moves are chosen, and in those in which their gain is told.
    """
    way = _Way(start, better, permitted)
    chosen: list[Move] = []
    left = list(way.moves)
    base, goal = choosing.order_scores([start, better]).mean(axis=1)
    gained = 0.0
    while left and len(chosen) < MOST and base > goal:
        ranks, held = way.orders([[*chosen, move] for move in left])
        allowed = [place for place, pairs in enumerate(held) if permitted.acyclic(pairs)]
        if not allowed:
            break
        gains = base - choosing.scores(ranks[allowed], [held[place] for place in allowed]).mean(axis=1)
        ranked = np.argsort(-gains, kind="stable")
        if gains[ranked[0]] <= gained:
            break
        gained = float(gains[ranked[0]])
        chosen.append(left[allowed[ranked[0]]])
        left = [left[allowed[place]] for place in ranked[1 : TRIED + 1]]
    on_the_way = [way.order(chosen[: place + 1], "key moves") for place in range(len(chosen))]
    scores = telling.order_scores([start, better, *on_the_way])
    gain = mean_of(scores[0] - scores[1])
    steps = tuple(
        KeyStep(move, mean_of(scores[0] - row), _share(scores, row), order)
        for move, row, order in zip(chosen, scores[2:], on_the_way, strict=True)
    )
    return KeyMoves(steps, len(way.moves), gain)


def _share(scores: Floats, row: Floats) -> float:
    whole = float((scores[0] - scores[1]).mean())
    return float((scores[0] - row).mean()) / whole if whole > 0 else 0.0


class _Way:
    """All orders between two: each move made or not."""

    def __init__(self, start: Order, better: Order, permitted: Permitted) -> None:
        self.start, self.better, self.permitted = start, better, permitted
        self._places = [_turns(order, permitted) for order in (start, better)]
        self._column = {permitted.plan.items[index].id: place for place, index in enumerate(permitted.items)}
        self.moves = tuple(self._all())

    def _all(self) -> list[Move]:
        plan = self.permitted.plan
        before, after = (places.astype(int).tolist() for places in self._places)
        found = [
            Move("place", name, before[column] + 1, after[column] + 1)
            for name, column in self._column.items()
            if before[column] != after[column]
        ]
        imposed = set(self.permitted.held(np.asarray(self.better.rank), ()))
        old, new = set(self.start.hold_backs), set(self.better.hold_backs) - imposed
        for kind, pairs in (("hold back", new - old), ("release", old - new)):
            for one, until in sorted(pairs):
                name = plan.items[one].id
                if name in self._column:
                    column = self._column[name]
                    found.append(
                        Move(kind, name, before[column] + 1, after[column] + 1, plan.items[until].id)  # type: ignore[arg-type]
                    )
        return found

    def hold_backs(self, moves: Sequence[Move]) -> Pairs:
        """Hold-backs once these moves are made, those that limits impose apart."""
        index = self.permitted.plan.item_index
        pairs = {pair for pair in self.start.hold_backs if self._open(pair)}
        for move in moves:
            if move.until is not None:
                pair = (index[move.item], index[move.until])
                pairs = pairs | {pair} if move.kind == "hold back" else pairs - {pair}
        return tuple(sorted(pairs))

    def _open(self, pair: tuple[int, int]) -> bool:
        return all(self.permitted.plan.items[index].id in self._column for index in pair)

    def orders(self, all_moves: Sequence[Sequence[Move]]) -> tuple[Ranks, list[Pairs]]:
        """Ranks and hold-backs of several orders, each within the limits."""
        keys = np.array([self._keys(moves) for moves in all_moves])
        ranks = self.permitted.ranks(keys)
        held = [
            self.permitted.held(rank, self.hold_backs(moves))
            for rank, moves in zip(ranks, all_moves, strict=True)
        ]
        return ranks, held

    def order(self, moves: Sequence[Move], name: str) -> Order:
        """The order with these moves made."""
        ranks, held = self.orders([moves])
        return Order(name, tuple(int(rank) for rank in ranks[0]), held[0])

    def _keys(self, moves: Sequence[Move]) -> Floats:
        """Highest first. Who moves forward comes before whom it finds at its place, who moves back behind."""
        keys: Floats = -self._places[0]
        for move in moves:
            if move.kind == "place":
                step = 0.25 if move.after < move.before else -0.25
                keys[self._column[move.item]] = step - (move.after - 1)
        return keys


def _turns(order: Order, permitted: Permitted) -> Floats:
    """float64 [place]: the turn of each item that is not done among all that are not."""
    ranks = np.asarray(order.rank)[permitted.items]
    turns = np.empty(len(ranks))
    turns[np.argsort(ranks, kind="stable")] = np.arange(len(ranks))
    return turns
