"""Priority rules: plain functions from a Plan to an Order.

A rule scores services; an enabler is scored by its unfinished dependants, so that what many wait for is
not forgotten. Ties are broken by id. Durations are those of the deterministic run where a rule does not
say otherwise; no rule looks at the futures by which orders are judged.
"""

from collections.abc import Callable

from onelogin_sim.orders.policies.listing import as_listed, at_random, by_department, round_robin
from onelogin_sim.orders.policies.network import (
    latest_finish_time,
    latest_start_time,
    most_successors,
    simulated_tail,
    successors_work,
)
from onelogin_sim.orders.policies.service import biggest_first, readiness, shortest_first
from onelogin_sim.orders.policies.wspt import users_per_bottleneck_week
from onelogin_sim.plan import Order, Plan

#: The rules by the name a planner writes.
RULES: dict[str, Callable[[Plan], Order]] = {
    "as-listed": as_listed,
    "biggest-first": biggest_first,
    "shortest-first": shortest_first,
    "latest-finish-time": latest_finish_time,
    "most-successors": most_successors,
    "by-department": by_department,
    "latest-start-time": latest_start_time,
    "successors-work": successors_work,
    "simulated-tail": simulated_tail,
    "readiness": readiness,
    "users-per-bottleneck-week": users_per_bottleneck_week,
    "round-robin": round_robin,
    "random": at_random,
}
