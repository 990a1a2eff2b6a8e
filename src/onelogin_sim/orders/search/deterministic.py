"""Orders for plans in which nothing is uncertain: a search over serial schedules, said as an order the engines run.

A genetic search looks for a serial schedule, CP-SAT polishes it where that is asked for, and `as_order` says it as an
order with hold-backs that the engines run. What is reported is what the engine does with that order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelogin_sim.errors import PlanError
from onelogin_sim.orders.search.as_order import as_order
from onelogin_sim.orders.search.cp_sat import solve
from onelogin_sim.orders.search.fixed import Fixed, Ints, fixed
from onelogin_sim.orders.search.genetic import evolve, population
from onelogin_sim.orders.search.sgs import network
from onelogin_sim.plan import Order, Plan
from onelogin_sim.uniforms import decision_key

#: Share of the budget kept for turning the schedule into an order, and the most that takes, by item.
SHARE_KEPT, KEPT_BY_ITEM = 10, 4


@dataclass(frozen=True, eq=False)
class Scheduled:
    """The best order found for a plan without uncertainty.

    Attributes
    ----------
    order
        With hold-backs where greed would spoil the schedule.
    day
        When the last service is live if the engine runs this order; NEVER if not within the horizon.
    schedule_day
        The same in the serial schedule the order stands for.
    starts
        int32 [task]: of that schedule, in working days, as in `Fixed`.
    bound_day
        No order is earlier: by CP-SAT where it was asked, else by the longest path and the work there is.
    spent
        Schedules: passes of schedule generation, and runs of the engine.
    """

    order: Order
    day: int
    schedule_day: int
    starts: Ints
    bound_day: int
    spent: int

    @property
    def kept(self) -> bool:
        """Whether the engine is as early as the schedule."""
        return self.day <= self.schedule_day

    @property
    def proven(self) -> bool:
        """Whether no order is better."""
        return self.day == self.bound_day


def search_fixed(
    plan: Plan, *, budget: int = 50_000, seed: int = 1, polish: float = 0.0, workers: int = 1
) -> Scheduled:
    """Return the best order found for the day the last service is live.

    Parameters
    ----------
    plan
        A plan without uncertainty.
    budget
        Schedules: one pass of schedule generation, or one run of the engine.
    seed
        Root seed, 0 ≤ seed < 2**64. Without polish, the same plan, budget and seed give the same order.
    polish
        Seconds of CP-SAT after the search, which also give the bound; 0 for none.
    workers
        Of CP-SAT.

    Raises
    ------
    PlanError
        When something of the plan is uncertain (see `fixed`), nothing is left to order, or OR-tools is not
        installed and polish is asked for.
    ValueError
        When the budget is below 20 schedules, or seed or polish is out of range.
    """
    if budget < 20:
        raise ValueError(f"the budget must be at least 20 schedules, got {budget}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
    if not polish >= 0:
        raise ValueError(f"polish must be 0 seconds or more, got {polish:g}")
    problem = fixed(plan)
    if not problem.counted.any():
        raise PlanError("every service is live: there is nothing to order")
    kept = min(budget // SHARE_KEPT, KEPT_BY_ITEM * len(plan.items))
    starts, spent = best_schedule(problem, budget=budget - kept, seed=seed)
    bound = problem.least_time
    if polish > 0:
        answer = solve(problem, limit=polish, workers=workers, known=starts)
        bound = answer.bound
        if answer.starts is not None:
            starts = np.array(answer.starts, dtype=np.int32)
    run_as = as_order(problem, starts, budget - spent)
    return Scheduled(
        run_as.order,
        run_as.day,
        problem.day_of(problem.time_met(starts)),
        starts,
        problem.day_of(bound),
        spent + run_as.runs,
    )


def best_schedule(problem: Fixed, *, budget: int, seed: int) -> tuple[Ints, int]:
    """Return the starts of the best serial schedule found, and the schedules spent; stops at the bound."""
    luck = np.zeros(7, dtype=np.uint64)
    luck[0], luck[1] = seed, decision_key("@search", "deterministic")
    best = np.zeros(len(problem.days), dtype=np.int32)
    place = np.empty_like(problem.line)
    place[problem.line] = np.arange(len(place), dtype=np.int32)
    spent = evolve(
        network(problem),
        place,
        problem.awaited,
        problem.tail,
        luck,
        budget,
        problem.least_time,
        best,
        population(len(best)),
    )
    return best, int(spent)
