"""The weighted shortest processing time rule, at the bottleneck."""

from __future__ import annotations

from itertools import accumulate
from math import prod

from onelogin_sim.distributions import table
from onelogin_sim.draws import deterministic
from onelogin_sim.orders.policies.scoring import by_score, dependants
from onelogin_sim.plan import Item, Order, Plan

#: Unit-days that what takes nothing of the bottleneck counts as, so that it comes first, and by its users.
NEXT_TO_NOTHING = 1e-9


def users_per_bottleneck_week(plan: Plan) -> Order:
    """Serve first what connects most users for a week of the scarcest resource (WSPT; Smith 1956).

    The bottleneck is the resource with the highest ratio of expected work to capacity, both in unit-days.
    A service's work there is its expected one too (Rothkopf 1966). An enabler goes by the best set of its
    dependants: most users for the work of the set and its own (after Sidney 1975; which of them wait for
    one another is left out).
    """
    unlocks = dependants(plan)
    users = {item.id: item.users for item in plan.items}
    work = _bottleneck_work(plan)

    def rate(connected: int, taken: float) -> float:
        return connected / max(taken, NEXT_TO_NOTHING)

    def best_set(item: Item) -> float:
        # Some first few by their own rates are a best set: one with a higher rate than a set can only raise it.
        ranked = sorted(unlocks[item.id], key=lambda name: (-rate(users[name], work[name]), name))
        connected = accumulate(users[name] for name in ranked)
        _, *taken = accumulate((work[name] for name in ranked), initial=work[item.id])
        return max(map(rate, connected, taken), default=0.0)

    return by_score(
        plan,
        "users-per-bottleneck-week",
        lambda item: -rate(users[item.id], work[item.id]),
        lambda item: -best_set(item),
    )


def _bottleneck_work(plan: Plan) -> dict[str, float]:
    """Expected unit-days of each item at the bottleneck (ties: lowest id), 0 in a plan without resources."""
    days = _expected_days(plan)
    work = {resource.id: dict.fromkeys(plan.item_index, 0.0) for resource in plan.resources}
    for index, task in enumerate(plan.tasks):
        for name, units in task.needs:
            work[name][task.item] += units * days[index]

    def load(name: str) -> float:
        resource = plan.resources[plan.resource_index[name]]
        capacity = sum(resource.capacity(day) for day in range(plan.horizon))
        return sum(work[name].values()) / max(capacity, NEXT_TO_NOTHING)

    return work[max(work, key=load)] if work else dict.fromkeys(plan.item_index, 0.0)


def _expected_days(plan: Plan) -> list[float]:
    """Working days of each task at ordinary pace: mean times chance to exist; the median left of what runs."""
    left = deterministic(plan).days[0]
    expected = []
    for index, task in enumerate(plan.tasks):
        if task.duration is None or task.since is not None:
            expected.append(float(left[index]))
        else:
            expected.append(table(task.duration).mean * prod(gate.probability for gate in task.gates))
    return expected
