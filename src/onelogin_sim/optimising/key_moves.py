"""Which few moves give most of what a better order gives: nobody adopts a list of 139 places at once.

A *move* is what a planner does to his own list: he takes one item from its place and puts it at another, or holds
it back until another item has finished. Moves are told in the order in which they are to be made, each on the list
as those before it left it, and the list after every step is one that the limits permit, as it stands: where a move
alone would break a limit, the moves that mend it belong to the same step. Where the planner's own list breaks a
limit, the moves that mend it come first, whatever they cost.

Moves are chosen greedily: at each step the one that gains most on top of those before it, in futures of their own;
what is told of each step is measured in the futures that the claims rest on. Steps are then picked by what is told of
them, the first that surely gains so much, so their intervals hold all together (Bonferroni).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from onelogin_sim.claims import levels
from onelogin_sim.optimising.judging import Judge, Pairs
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order

#: Steps told at most, the share of the gain that is called most of it, and of the most that steps surely gain.
MOST, ENOUGH, NEARLY = 10, 0.8, 0.9

#: Steps tried again at each turn: those that gained most when they were tried last.
TRIED = 30

#: Steps of a turn looked at for one that keeps the limits of luck, those that gain most first.
LOOKED = 5

#: Moves that a step may have at most: one, and those that keep the limits with it.
TOGETHER = 3

Kind = Literal["place", "hold back", "release"]

#: Item indices, first served first: the items that are not done.
List = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One change to the list as the moves before it left it.

    Attributes
    ----------
    kind
        "place": served at another place; "hold back": waits until another has finished; "release": no longer does.
    item
        Id of the item.
    before, after
        Its places among the items that are not done, from 1, before and after this move.
    follows
        Id of the item just before it once it has moved, None at the first place or where it is not moved.
    until
        Id of the item it waits for, None for "place".
    """

    kind: Kind
    item: str
    before: int
    after: int
    follows: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class KeyStep:
    """The planner's own order with these moves and all before them.

    Attributes
    ----------
    moves
        Made together: one, and where the limits ask for it those that keep them.
    gain
        How much better than the planner's own order, in the objectives' units. The intervals of all steps hold
        together with 95%.
    share
        Of what the whole better order gains.
    order
        The order that this is. Its hold-backs are the planner's own, those told, and those by which "at once"
        limits are kept in its list.
    missed
        Limits of luck, latest days and the load, that it does not keep in enough of the futures, in words.
    """

    moves: tuple[Move, ...]
    gain: Mean
    share: float
    order: Order
    missed: tuple[str, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether the interval of the gain lies above 0."""
        return self.gain.low > 0


@dataclass(frozen=True, slots=True)
class KeyMoves:
    """The few moves that matter most.

    Attributes
    ----------
    mending
        The planner's own list where it breaks the limits: the moves that make it keep them, to be made first,
        none where only hold-backs are missing. None where it keeps them.
    moves
        How many moves it takes, at least, from the planner's own list to the better one.
    gain
        What all of them together gain, with a 95% interval.
    """

    mending: KeyStep | None
    steps: tuple[KeyStep, ...]
    moves: int
    gain: Mean

    @property
    def enough(self) -> int | None:
        """How many of the steps give `ENOUGH` of the gain, surely above 0; None when they do not."""
        return next(
            (place + 1 for place, step in enumerate(self.steps) if step.share >= ENOUGH and step.shown), None
        )

    @property
    def shown(self) -> int:
        """How few steps give `NEARLY` all of what any of them surely gain, 0 where none surely gains anything."""
        sure = [(place, step.gain.value) for place, step in enumerate(self.steps, 1) if step.shown]
        most = max((gain for _, gain in sure), default=0.0)
        return next((place for place, gain in sure if gain >= NEARLY * most), 0)


def key_moves(start: Order, better: Order, permitted: Permitted, choosing: Judge, telling: Judge) -> KeyMoves:
    """Return the few moves from `start` towards `better` that gain most.

    Parameters
    ----------
    permitted
        What the list after every step keeps to.
    choosing, telling
        Judges in the futures in which moves are chosen, and in those in which their gain is told.
    """
    way = _Way(start, better, permitted)
    now = way.mended
    chosen: list[tuple[tuple[Move, ...], _Stand]] = []
    ideas = way.ideas()
    base, goal = choosing.order_scores([way.order(now), better]).mean(axis=1)
    gained = 0.0
    while ideas and len(chosen) < MOST and base > goal:
        tried = [(idea, *made) for idea in ideas if (made := way.after(now, idea)) is not None]
        if not tried:
            break
        orders = [way.order(stand) for _, _, stand in tried]
        gains = base - choosing.order_scores(orders).mean(axis=1)
        ranked = np.argsort(-gains, kind="stable")
        better_still = [int(place) for place in ranked if gains[place] > gained]
        best = next((place for place in better_still[:LOOKED] if way.keeps(orders[place], choosing)), None)
        if best is None:
            break
        gained = float(gains[best])
        _, moves, now = tried[best]
        chosen.append((moves, now))
        ideas = [tried[place][0] for place in ranked if place != best][:TRIED]
    if way.mends is not None:
        chosen.insert(0, (way.mends, way.mended))
    on_the_way = [way.order(stand) for _, stand in chosen]
    (whole,) = _over(start, [better], telling, 0.95)
    gains = _over(start, on_the_way, telling, levels(len(chosen))) if chosen else ()
    missed = way.missed(on_the_way, telling)
    steps = [
        KeyStep(moves, gain, gain.value / whole.value if whole.value > 0 else 0.0, order, misses)
        for (moves, _), gain, order, misses in zip(chosen, gains, on_the_way, missed, strict=True)
    ]
    mending = steps.pop(0) if way.mends is not None else None
    return KeyMoves(mending, tuple(steps), way.count(), whole)


def _over(start: Order, others: Sequence[Order], telling: Judge, level: float) -> tuple[Mean, ...]:
    """What others gain on the planner's own order: the contrary of what that gains on them."""
    gains = telling.gains(start, others, level=level)
    return tuple(Mean(0.0 - value, 0.0 - high, 0.0 - low) for value, low, high in gains)


def moves_between(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the fewest moves from a list to a permutation of it: (entry, place before, place after), from 0.

    Entries that stay are a longest increasing subsequence (Schensted 1961); the others are moved one by one,
    those that come first in `other` first, so that each goes right behind its neighbour there.
    """
    turn = {entry: place for place, entry in enumerate(other)}
    stay = _longest_increasing([turn[entry] for entry in one])
    now = list(one)
    settled = {other[place] for place in stay}
    found = []
    for place, entry in enumerate(other):
        if entry in settled:
            continue
        before = now.index(entry)
        now.pop(before)
        after = now.index(other[place - 1]) + 1 if place else 0
        now.insert(after, entry)
        found.append((entry, before, after))
    return found


def _longest_increasing(values: Sequence[int]) -> list[int]:
    """A longest increasing subsequence of distinct values, by patience sorting from the end.

    Of several it is that of the highest values: so those move that come forward, rather than those they pass.
    """
    tops: list[int] = []
    ahead: dict[int, int | None] = {}
    for value in reversed(values):
        place = bisect_left(tops, -value)
        ahead[value] = -tops[place - 1] if place else None
        tops[place : place + 1] = [-value]
    found: list[int] = []
    following: int | None = -tops[-1] if tops else None
    while following is not None:
        found.append(following)
        following = ahead[following]
    return found


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a planner is: the list, and hold-backs apart from those that limits impose."""

    listed: List
    held: frozenset[tuple[int, int]]


#: What may be tried: an item to a place (index, place from 0), or a hold-back to add or to lift.
_Idea = tuple[Kind, int, int]


class _Way:
    """From the planner's own list to the better one, move by move, within the limits."""

    def __init__(self, start: Order, better: Order, permitted: Permitted) -> None:
        self.permitted, self.plan = permitted, permitted.plan
        self._open = set(permitted.items.tolist())
        self._lucky = bool(permitted.limits.latest or permitted.limits.on_load)
        own = self._listed(start)
        self.goal = self._stand(better)
        self.mended = self._stand(start)
        imposed = set(permitted.held(self._rank(self.mended.listed), ()))
        lacking = imposed - set(start.hold_backs)
        self.mends = self._told(own, self.mended.listed) if own != self.mended.listed or lacking else None

    def ideas(self) -> list[_Idea]:
        """Everything in which the planner's own list, limits kept, is not the better one."""
        now, goal = self.mended, self.goal
        found: list[_Idea] = [
            ("place", item, place)
            for place, item in enumerate(goal.listed)
            if now.listed.index(item) != place
        ]
        found += [("hold back", *pair) for pair in sorted(goal.held - now.held)]
        return found + [("release", *pair) for pair in sorted(now.held - goal.held)]

    def count(self) -> int:
        """The fewest moves for the whole way, hold-backs included; what mends the own list is on it."""
        moved = moves_between(self.mended.listed, self.goal.listed)
        return len(self.mends or ()) + len(moved) + len(self.mended.held ^ self.goal.held)

    def after(self, now: _Stand, idea: _Idea) -> tuple[tuple[Move, ...], _Stand] | None:
        """The moves of an idea with those that keep the limits, and where they lead; None where they do not."""
        kind, item, value = idea
        if kind == "place":
            wanted = [one for one in now.listed if one != item]
            wanted.insert(value, item)
            listed = self._kept(wanted)
            moves = self._told(now.listed, listed)
            stand = _Stand(listed, now.held)
        else:
            place = now.listed.index(item) + 1
            ids = (self.plan.items[item].id, self.plan.items[value].id)
            moves = (Move(kind, ids[0], place, place, until=ids[1]),)
            pair = {(item, value)}
            stand = _Stand(now.listed, now.held | pair if kind == "hold back" else now.held - pair)
        if not 0 < len(moves) <= TOGETHER or not self.permitted.acyclic(self._hold_backs(stand)):
            return None
        return moves, stand

    def keeps(self, order: Order, judge: Judge) -> bool:
        """Whether an order keeps each limit of luck in enough futures, or as often as the planner's own, mended."""
        limits = self.permitted.limits
        if not self._lucky:
            return True
        own, new = judge.kept([self.order(self.mended), order], limits)
        return bool((new >= np.minimum(own, limits.share)).all())

    def missed(self, orders: Sequence[Order], judge: Judge) -> Sequence[tuple[str, ...]]:
        """The limits of luck that each order misses; nothing is run where there are none."""
        if not (orders and self._lucky):
            return [()] * len(orders)
        return judge.missed(orders, self.permitted.limits)

    def order(self, stand: _Stand) -> Order:
        """The order that a list is, with the hold-backs that limits impose."""
        rank = self._rank(stand.listed)
        return Order("key moves", tuple(rank.tolist()), self._hold_backs(stand))

    def _hold_backs(self, stand: _Stand) -> Pairs:
        return self.permitted.held(self._rank(stand.listed), tuple(sorted(stand.held)))

    def _stand(self, order: Order) -> _Stand:
        """An order as it stands once it keeps the limits; hold-backs that they impose on it are not its own."""
        imposed = set(self.permitted.held(np.asarray(order.rank, dtype=np.int64), ()))
        listed = self._kept(self._listed(order))
        held = {pair for pair in set(order.hold_backs) - imposed if set(pair) <= self._open}
        return _Stand(listed, frozenset(held))

    def _listed(self, order: Order) -> List:
        return tuple(sorted(self._open, key=lambda index: order.rank[index]))

    def _kept(self, listed: Sequence[int]) -> List:
        """The list as the limits let it be."""
        rank = self.permitted.ranks(self.permitted.keys(self._rank(listed))[np.newaxis])[0]
        return tuple(sorted(self._open, key=lambda index: int(rank[index])))

    def _rank(self, listed: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """int64 [item]: ranks of a list, those of items that are done behind it."""
        rank = np.empty(len(self.plan.items), dtype=np.int64)
        done = [index for index in range(len(self.plan.items)) if index not in self._open]
        rank[[*listed, *done]] = np.arange(len(rank))
        return rank

    def _told(self, one: List, other: List) -> tuple[Move, ...]:
        """The fewest moves from a list to another, as a planner makes them one by one."""
        now, found = list(one), []
        for item, before, after in moves_between(one, other):
            now.insert(after, now.pop(before))
            follows = self.plan.items[now[after - 1]].id if after else None
            found.append(Move("place", self.plan.items[item].id, before + 1, after + 1, follows))
        return tuple(found)
