"""The busiest week of identity checks under some orders, and an order that spreads people to be checked evenly."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search.loading import Loading
from onelogin_sim.plan import Order, Plan
from onelogin_sim.verification.population import Verification

Floats = npt.NDArray[np.float64]

#: Futures in which the load is looked at: the first ones. It takes twice as long as a schedule.
LOADED = 200


def peak_loads(
    plan: Plan,
    verification: Verification,
    orders: Sequence[Order],
    seed: int,
    futures: range,
    *,
    workers: int = 1,
) -> Floats:
    """Return float64 [order, future]: identity checks and rises in the busiest week, in the first `LOADED` futures."""
    some = futures[:LOADED]
    many = Many(plan, draw(plan, seed, some), workers=workers)
    loading = Loading(plan, verification, (), weeks=True)
    rows, found = np.arange(len(some)), []
    with ThreadPoolExecutor(workers) as threads:
        for order in orders:
            days = many.go_live(np.array([order.rank]), [order.hold_backs], rows)
            found.append(loading.of(days, many, executor=threads).peak)
    return np.array(found)


def spread_checks(plan: Plan, verification: Verification) -> Order:
    """Return an order in which the people who will be asked for an identity come as evenly as their sizes let them.

    Place by place, the service next is the one that brings the sum of people asked so far nearest to its share of the
    list; of equals the first listed. Where a future decides whether a service asks, all its users count. Enablers come
    just before the first that needs them.
    """
    asked = {
        service.id: float(people @ [segment.able_share for segment in verification.segments])
        * (1.0 if service.asked is None else service.asked)
        for service, people in zip(verification.services, verification.users, strict=True)
        if service.level != "none"
    }
    left = [service.id for service in plan.services if plan.tasks_of[service.id]]
    whole, count, so_far = sum(asked.get(name, 0.0) for name in left), len(left), 0.0
    served = []
    for place in range(1, count + 1):
        wanted = whole * place / count - so_far
        name = min(left, key=lambda one: abs(asked.get(one, 0.0) - wanted))
        left.remove(name)
        served.append(name)
        so_far += asked.get(name, 0.0)
    return Order.of(plan, served, name="spread-checks")
