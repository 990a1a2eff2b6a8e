"""Who should get the next free slot? One decision at a time, with the order in hand for everything after it.

A rollout (Bertsekas, Tsitsiklis and Wu 1997): each item that competes for the slot is served first once, all others
follow in the base order, and all of that is simulated in the same futures. What is best there need not be: so
the best and the second choice are compared again in futures that played no part in ranking them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled import run
from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.optimising.judging import Judge, mean_of
from onelogin_sim.orders.search.problem import Objectives
from onelogin_sim.orders.search.proof import Proof, prove
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order, Plan

#: Choices looked at, unless they are named: those that compete for the next slot in most futures.
MOST = 20

Days = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that competes for the next slot.

    Attributes
    ----------
    item
        Its id.
    place
        Its place in the base order among the items that are not done, from 1.
    competes
        Share of the futures in which it competes for the next slot.
    gain
        How much better than the base order as it stands, in the objectives' units, when it is served first;
        with a 95% interval, in the futures that rank.
    order
        The base order with the item first.
    """

    item: str
    place: int
    competes: float
    gain: Mean
    order: Order


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """Who should get the next free slot.

    Attributes
    ----------
    resource
        Index of the resource whose slot it is.
    choices
        Best first; at least two. Ties in the order of the base.
    proof
        What may be claimed of the first against the second, from futures that ranked nothing.
    ranked
        Replications that ranked the choices.
    """

    plan: Plan
    base: Order
    objectives: Objectives
    resource: int
    choices: tuple[Choice, ...]
    proof: Proof
    ranked: range
    seed: int
    delta: float


def advise(
    plan: Plan,
    base: Order,
    objectives: Objectives,
    *,
    replications: int = 1000,
    seed: int = 1,
    delta: float = 7.0,
    resource: str | None = None,
    candidates: Sequence[str] = (),
    workers: int = 1,
) -> Advice:
    """Return which item should get the next free slot.

    Parameters
    ----------
    base
        The order that serves everybody after it.
    replications
        Futures each for ranking, nominating and the claim.
    delta
        Indifference zone, in the objectives' units.
    resource
        Id of the resource whose slot it is; None takes the one most waited for, see `bottleneck`.
    candidates
        Item ids to choose from; none takes the `MOST` that compete most often, see `competing`.

    Raises
    ------
    PlanError
        When the resource or a candidate is unknown, a candidate does not compete, or fewer than two do.
    """
    index = _resource(plan, resource) if resource else bottleneck(plan, base, seed, replications)
    able = competing(plan, base, index, seed, replications)
    named = _checked(plan, candidates, able) if candidates else _most_often(able)
    if len(named) < 2:
        who = f"only '{named[0]}' competes" if named else "nothing competes"
        raise PlanError(
            f"there is nothing to choose: {who} for the next slot of '{plan.resources[index].id}'"
        )
    orders = [_first(plan, base, name) for name in named]
    ranked = range(replications)
    scores = Judge(plan, objectives, seed, ranked, workers=workers).order_scores([base, *orders])
    places = {name: place for place, name in enumerate(_waiting(plan, base), 1)}
    choices = [
        Choice(name, places[name], able[name], mean_of(scores[0] - row), order)
        for name, order, row in zip(named, orders, scores[1:], strict=True)
    ]
    choices.sort(key=lambda one: (-one.gain.value, one.place))
    proof = prove(
        plan,
        [choices[0].order],
        choices[1].order,
        objectives,
        seed=seed,
        replications=range(replications, 3 * replications),
        delta=delta,
    )
    return Advice(plan, base, objectives, index, tuple(choices), proof, ranked, seed, delta)


def bottleneck(plan: Plan, base: Order, seed: int, replications: int) -> int:
    """Return the index of the resource that most time is spent waiting for under the base order (ties: lowest).

    Raises
    ------
    PlanError
        When nothing takes any resource.
    """
    waits, _ = _waits(plan, base, seed, replications)
    total = waits.sum(axis=0)
    by_resource = [
        sum(int(total[task]) for task, needs in enumerate(plan.needs_of) if index in dict(needs))
        for index in range(len(plan.resources))
    ]
    if not any(plan.needs_of):
        raise PlanError("there is nothing to choose: nothing takes any resource")
    return by_resource.index(max(by_resource))


def competing(plan: Plan, base: Order, resource: int, seed: int, replications: int) -> dict[str, float]:
    """Return the items that compete for the next slot of a resource, in the base order, with how often they do.

    An item's next need is its first task that takes the resource and has not begun. The next slot of a future
    is the first day on which such a task is ready and has to wait; those compete that are ready by then and
    have not started before. Shares are of all futures; items that never compete are left out.
    """
    tasks = {name: _next_need(plan, name, resource) for name in _waiting(plan, base)}
    needs = {name: task for name, task in tasks.items() if task is not None}
    if not needs:
        return {}
    waits, ready = _waits(plan, base, seed, replications)
    waits, ready = waits[:, list(needs.values())], ready[:, list(needs.values())]
    slot = np.where(waits > 0, ready, plan.horizon).min(axis=1, keepdims=True)
    queue = (ready <= slot) & (ready + waits >= slot) & (slot < plan.horizon)
    shares = dict(zip(needs, queue.mean(axis=0).tolist(), strict=True))
    return {name: share for name, share in shares.items() if share > 0}


def _next_need(plan: Plan, name: str, resource: int) -> int | None:
    return next(
        (
            task
            for task in plan.tasks_of[name]
            if plan.tasks[task].since is None and resource in dict(plan.needs_of[task])
        ),
        None,
    )


def _waits(plan: Plan, base: Order, seed: int, replications: int) -> tuple[Days, Days]:
    """int64 [replication, task]: days each task waits that takes a resource, and the day it is ready."""
    draws = draw(plan, seed, replications)
    timeline = run(plan, base, draws)
    start, finish = (
        np.minimum(days, plan.horizon).astype(np.int64) for days in (timeline.start, timeline.finish)
    )
    ready = np.zeros_like(start)
    first = {span[0]: plan.item_index[name] for name, span in plan.tasks_of.items() if span}
    for task, before in enumerate(plan.predecessors):
        if task in first:
            ready[:, task] = np.minimum(draws.earliest[:, first[task]], plan.horizon)
        for other in before:
            np.maximum(ready[:, task], finish[:, other], out=ready[:, task])
    takes = np.array([bool(needs) for needs in plan.needs_of])
    waits = np.where(takes & (draws.days > 0), np.maximum(start - ready, 0), 0)
    return waits, ready


def _most_often(able: dict[str, float]) -> tuple[str, ...]:
    chosen = sorted(able, key=lambda name: -able[name])[:MOST]
    return tuple(name for name in able if name in chosen)


def _checked(plan: Plan, names: Sequence[str], able: dict[str, float]) -> tuple[str, ...]:
    for name in names:
        if name not in plan.item_index:
            known = list(plan.item_index)
            raise PlanError(f"candidate: '{name}' is unknown; {did_you_mean(name, known)}")
        if name not in able:
            raise PlanError(
                f"candidate: '{name}' does not compete for the next slot; these do: {', '.join(able) or 'none'}"
            )
    chosen = set(names)
    return tuple(name for name in able if name in chosen)


def _resource(plan: Plan, name: str) -> int:
    if name not in plan.resource_index:
        raise PlanError(f"resource: '{name}' is unknown; {did_you_mean(name, list(plan.resource_index))}")
    return plan.resource_index[name]


def _waiting(plan: Plan, base: Order) -> list[str]:
    return [name for name in base.ids(plan) if plan.tasks_of[name]]


def _first(plan: Plan, base: Order, name: str) -> Order:
    """The base order with one item first, all else as it stands."""
    index = plan.item_index[name]
    own = base.rank[index]
    rank = tuple(0 if place == index else one + (one < own) for place, one in enumerate(base.rank))
    return Order(f"{name} first", rank, base.hold_backs)
