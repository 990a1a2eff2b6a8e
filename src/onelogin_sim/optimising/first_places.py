"""An order with one item served first: as limits permit, or why they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from onelogin_sim.orders.search.permitted import Pairs, Permitted
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.plan import Order, Plan

#: Share of the futures from which on somebody who must come before another leaves it no choice.
OFTEN = 0.5


def first(plan: Plan, base: Order, name: str) -> Order:
    """Return an order with one item first and all else as it stands, hold-backs too."""
    index = plan.item_index[name]
    own = base.rank[index]
    rank = tuple(0 if place == index else one + (one < own) for place, one in enumerate(base.rank))
    return Order(f"{name} first", rank, base.hold_backs)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that would compete for a slot and is no choice.

    Attributes
    ----------
    kind
        "before": others who compete must come before it. "at once": no more of its department may be in hand.
        "held back": the order holds it back. "missed": with it first a limit of luck is surely not kept.
    others
        Ids of those that it waits for; of "missed" what is not kept, in words.
    """

    item: str
    kind: Literal["before", "at once", "held back", "missed"]
    others: tuple[str, ...]

    def why(self, call: Callable[[str], str] = "'{}'".format) -> str:
        """Return why, with items called by a function of their ids."""
        if self.kind == "missed":
            return f"with it first the order does not keep {'; '.join(self.others)}"
        names = " and ".join(call(other) for other in self.others)
        if self.kind == "before":
            return f"{names} must come before it"
        has = "has" if len(self.others) == 1 else "have"
        whose = "the order holds it back" if self.kind == "held back" else "no more at once: it waits"
        return f"{whose} until {names} {has} finished"


class FirstPlaces:
    """Orders that serve one item first, each made from the same order and within limits.

    Attributes
    ----------
    base
        The order everybody else is served by: what the limits make of the one given.

    Raises
    ------
    PlanError
        When the limits contradict one another or the plan.
    """

    def __init__(self, plan: Plan, base: Order, limits: Limits) -> None:
        self.plan, self.limits = plan, limits
        self._given = base
        self._permitted = None if limits == Limits() else Permitted(plan, limits)
        # Lanes of a department run along all that waits for one another: that is no limit on who is next.
        self._served = None if limits == Limits() else Permitted(plan, replace(limits, at_once={}))
        self.base = base if self._permitted is None else self._permitted.kept(base)

    def with_first(self, name: str, competes: Mapping[str, float]) -> tuple[Order, LeftOut | None]:
        """Return the order with an item first, and why the limits forbid it, None where they do not.

        They do where somebody who must come before it competes too, in half of the futures or more, or where it has
        to wait until one of its department has finished. Who must come before it and competes less often is served
        before it where both compete.

        Parameters
        ----------
        competes
            Share of the futures in which each item competes, by id.
        """
        order = first(self.plan, self.base, name)
        if self._permitted is None or self._served is None:
            return order, None
        keys = self._permitted.keys(order.rank)[np.newaxis]
        ranks = self._served.ranks(keys)[0]
        held = self._permitted.held(ranks, self._given.hold_backs)
        if not self._permitted.acyclic(held):
            ranks = self._permitted.ranks(keys)[0]
            held = self._permitted.held(ranks, ())
        made = replace(order, rank=tuple(int(rank) for rank in ranks), hold_backs=held)
        index = self.plan.item_index[name]
        before = [
            other
            for other, share in competes.items()
            if share >= OFTEN and ranks[self.plan.item_index[other]] < ranks[index] and other != name
        ]
        before += [
            one
            for one, other in self.limits.must_before
            if other == name and one not in before and self._waits(one, held)
        ]
        if before:
            return made, LeftOut(name, "before", tuple(before))
        lanes = [self.plan.items[until].id for held_back, until in held if held_back == index]
        new = [other for other in lanes if self.plan.tasks_of[other] and other not in self._own(index)]
        if new:
            return made, LeftOut(name, "at once", tuple(new))
        return made, None

    def _waits(self, name: str, held: Pairs) -> bool:
        """Whether an item is held back: who must come after it then waits with it, however rarely it competes."""
        index = self.plan.item_index[name]
        tasks = self.plan.tasks_of[name]
        return self.plan.tasks[tasks[0]].since is None and any(
            one == index and self.plan.tasks_of[self.plan.items[until].id] for one, until in held
        )

    def _own(self, index: int) -> list[str]:
        return [self.plan.items[until].id for one, until in self._given.hold_backs if one == index]
