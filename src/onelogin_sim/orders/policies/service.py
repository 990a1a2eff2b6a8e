"""Rules that look at a service by itself: its users, its work, when it comes forward."""

from __future__ import annotations

from onelogin_sim.distributions import table
from onelogin_sim.draws import deterministic
from onelogin_sim.orders.policies.scoring import by_score, dependants
from onelogin_sim.plan import Item, Order, Plan


def biggest_first(plan: Plan) -> Order:
    """Serve the services with most counted users a year first; an enabler has the users of all its dependants."""
    unlocks = dependants(plan)
    users = {item.id: item.users for item in plan.items}
    return by_score(
        plan,
        "biggest-first",
        lambda item: -users[item.id],
        lambda item: -sum(users[name] for name in unlocks[item.id]),
    )


def shortest_first(plan: Plan) -> Order:
    """Serve the services with least work left first (SPT; Smith 1956); an enabler goes by its shortest dependant."""
    days = deterministic(plan).days[0]
    work = {item.id: int(days[list(plan.tasks_of[item.id])].sum()) for item in plan.items}
    return _by_least(plan, "shortest-first", work)


def readiness(plan: Plan) -> Order:
    """Serve first what is expected to come forward first (ERD, first come first served; Pinedo 2016, 14.1).

    The mean of a service's readiness, or its release where that is later; day 0 for what has begun. Risks
    are left out. An enabler goes by its earliest dependant.
    """
    return _by_least(plan, "readiness", {item.id: _comes_forward(plan, item) for item in plan.items})


def _by_least(plan: Plan, name: str, value: dict[str, int] | dict[str, float]) -> Order:
    """By a value, least first; an enabler has the least of its dependants', its own if it unlocks nothing."""
    unlocks = dependants(plan)
    return by_score(
        plan,
        name,
        lambda item: value[item.id],
        lambda item: min((value[after] for after in unlocks[item.id]), default=value[item.id]),
    )


def _comes_forward(plan: Plan, item: Item) -> float:
    """Day an item is expected to come forward."""
    tasks = plan.tasks_of[item.id]
    if not tasks or plan.tasks[tasks[0]].since is not None:
        return 0.0
    forward = item.ready_from + sum(table(days, least=0).mean for _, days in item.readiness)
    return max(item.release, forward)
