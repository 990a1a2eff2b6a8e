"""What can be had for what: the date of a target, users connected sooner and the load's peak, over many orders.

No search is made for it: the orders are those that are known anyway (the planner's own, the priority rules,
what the search found) and blends between the best found, the order that connects users fastest, and one that spreads
people to be checked evenly over the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.optimising.judging import Judge, mean_of
from onelogin_sim.optimising.peaks import peak_loads, spread_checks
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Objective, Objectives
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order, Plan, Target
from onelogin_sim.verification.population import Verification

#: Blends between two orders: weight of the first.
BLENDS = tuple(step / 8 for step in range(7, 0, -1))


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """One order and what it comes to.

    Attributes
    ----------
    name
        What it is called.
    kind
        "own": the planner's; "found": by the search; "rule": a priority rule; "blend": between two others.
    day
        Mean day the target is met, counted to the horizon.
    user_weeks
        Mean user-weeks connected before the target's date.
    peak_load
        Mean number of identity checks and rises in the busiest week, Monday to Sunday, over the first futures
        (`peaks.LOADED`); None where the scenario says nothing of identity checks.
    efficient
        Whether no other order here has a mean day as early, as many user-weeks and as low a peak, and is better in
        one of them.
    """

    name: str
    kind: str
    day: Mean
    user_weeks: Mean
    peak_load: Mean | None
    efficient: bool
    order: Order


def trade_offs(
    plan: Plan,
    target: Target,
    permitted: Permitted,
    start: Order,
    found: Sequence[Order],
    seed: int,
    futures: range,
    *,
    verification: Verification | None = None,
    workers: int = 1,
) -> tuple[FrontPoint, ...]:
    """Return orders by their mean day, earliest first; () where no service has users.

    Parameters
    ----------
    start, found
        The planner's own order, and what the search found, the best first.
    permitted
        The limits that rules and blends are made to keep.
    verification
        Whose identity checks there are; None leaves their peak out.
    """
    if not int(plan.users.sum()):
        return ()
    own = [(start.name, "own", start), *((order.name, "found", order) for order in found)]
    # A list drawn at random is a baseline to compare with, not one to choose.
    rules = [
        (name, "rule", _within(permitted, rule(plan), name))
        for name, rule in RULES.items()
        if name != "random"
    ]
    by = min(target.by, plan.horizon)
    parts = (Objective("mean", target.id), Objective("user_weeks", by=by))
    judge = Judge(plan, Objectives(parts), seed, futures, workers=workers)
    if verification is not None:
        rules.append(
            ("spread-checks", "rule", _within(permitted, spread_checks(plan, verification), "spread-checks"))
        )
    known = _distinct(plan, [*own, *rules])
    values = judge.values([order for _, _, order in known])
    soonest, fastest = (known[int(values[:, part].mean(axis=1).argmin())][2] for part in range(2))
    between = _blends(permitted, soonest, fastest)
    if verification is not None:
        between += _blends(permitted, soonest, rules[-1][2])
    blends = _distinct(plan, [*known, *between])[len(known) :]
    if blends:
        values = np.concatenate([values, judge.values([order for _, _, order in blends])])
    entries = [*known, *blends]
    days, weeks = values[:, 0], values[:, 1] * (-by * float(plan.users.sum()) / 700)
    means, peaks = [days.mean(axis=1), -weeks.mean(axis=1)], None
    if verification is not None:
        peaks = peak_loads(
            plan, verification, [order for _, _, order in entries], seed, futures, workers=workers
        )
        means.append(peaks.mean(axis=1))
    points = [
        FrontPoint(
            name,
            kind,
            mean_of(days[place]),
            mean_of(weeks[place]),
            None if peaks is None else mean_of(peaks[place]),
            _efficient(np.stack(means, axis=1), place),
            order,
        )
        for place, (name, kind, order) in enumerate(entries)
    ]
    return tuple(sorted(points, key=lambda point: (point.day.value, -point.user_weeks.value, point.name)))


def _efficient(means: npt.NDArray[np.float64], place: int) -> bool:
    no_worse = (means <= means[place]).all(axis=1)
    better = (means < means[place]).any(axis=1)
    return not bool((no_worse & better).any())


def _distinct(plan: Plan, orders: Sequence[tuple[str, str, Order]]) -> list[tuple[str, str, Order]]:
    """Of orders that serve everybody alike one each, under its first name."""
    seen: dict[object, tuple[str, str, Order]] = {}
    for entry in orders:
        seen.setdefault(entry[2].turns(plan), entry)
    return list(seen.values())


def _within(permitted: Permitted, order: Order, name: str) -> Order:
    """The order itself where limits change nothing, else what they make of it."""
    ranks = permitted.ranks(permitted.keys(order.rank)[np.newaxis])[0]
    return Order(name, tuple(int(rank) for rank in ranks), permitted.held(ranks, order.hold_backs))


def _blends(permitted: Permitted, one: Order, other: Order) -> list[tuple[str, str, Order]]:
    first, second = permitted.keys(one.rank), permitted.keys(other.rank)
    made = []
    for weight in BLENDS:
        ranks = permitted.ranks((weight * first + (1 - weight) * second)[np.newaxis])[0]
        held = permitted.held(ranks, one.hold_backs if weight >= 0.5 else other.hold_backs)
        if not permitted.acyclic(held):
            continue
        order = Order("blend", tuple(int(rank) for rank in ranks), held)
        made.append((f"{weight:.0%} {one.name}, {1 - weight:.0%} {other.name}", "blend", order))
    return made
