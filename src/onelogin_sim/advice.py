"""Who should get the next free slot? One decision at a time, with the order in hand for everything after it.

A rollout (Bertsekas, Tsitsiklis and Wu 1997): each item that competes for the slot is served first once, all others
follow in the base order, and all of that is simulated in the same futures. What is best there need not be: so
the best is compared again with the order as it stands, and with the second choice, in futures that ranked nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.optimising.advised import Advice, Choice
from onelogin_sim.optimising.first_places import FirstPlaces, LeftOut
from onelogin_sim.optimising.judging import Judge, mean_of
from onelogin_sim.optimising.next_slot import Slot, bottleneck, next_slot, waiting
from onelogin_sim.orders.search.claiming import claim_of
from onelogin_sim.orders.search.keeping import missed
from onelogin_sim.orders.search.problem import Limits, Objectives
from onelogin_sim.orders.search.proof import OrderJudge
from onelogin_sim.orders.search.scoring import Scoring
from onelogin_sim.plan import Order, Plan

#: Choices looked at, unless they are named: those that compete for the next slot in most futures.
MOST = 20


def advise(
    plan: Plan,
    base: Order,
    objectives: Objectives,
    *,
    limits: Limits | None = None,
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
        The order that serves everybody after it; its hold-backs stay.
    limits
        As for the search: choices that break them are left out, those of luck where they surely do.
    replications
        Futures each for ranking and for the tests.
    delta
        Indifference zone, in the objectives' units.
    resource
        Id of the resource whose slot it is; None takes the one most waited for, see `bottleneck`.
    candidates
        Item ids to choose from, who are taken to have come forward: the planner sees them waiting. None takes the
        `MOST` that compete most often, see `next_slot`, and whom the order serves next.

    Raises
    ------
    PlanError
        When the resource or a candidate is unknown, a candidate does not compete or breaks the limits, fewer than
        two compete, or the limits cannot be kept.
    """
    limits = limits or Limits()
    plan = _waiting_now(plan, candidates)
    places = FirstPlaces(plan, base, limits)
    index = _resource(plan, resource) if resource else bottleneck(plan, places.base, seed, replications)
    slot = next_slot(plan, places.base, index, seed, replications, given=base)
    named = _checked(candidates, slot) if candidates else _most_often(slot)
    orders, left_out = _permitted(places, named, slot)
    ranked, claimed = range(replications), range(replications, 2 * replications)
    orders, short = _keeping(orders, OrderJudge(plan, objectives, limits, seed, workers), ranked)
    left_out += short
    if candidates and left_out:
        raise PlanError(f"candidate: '{left_out[0].item}' is not free: {left_out[0].why()}")
    left_out += [LeftOut(name, "held back", others) for name, others in slot.held.items()]
    _check_enough(plan, [*orders], left_out, slot)
    choices = _ranked(
        plan, places.base, orders, objectives, slot, Judge(plan, objectives, seed, ranked, workers=workers)
    )
    judge = Judge(plan, objectives, seed, claimed, workers=workers)
    values = judge.values([choices[0].order, places.base, choices[1].order])
    scoring = Scoring(plan, objectives, Limits())
    against_own, against_second = (
        claim_of(scoring, values[[0, other]].transpose(1, 0, 2), delta=delta, level=0.95, seed=seed)
        for other in (1, 2)
    )
    return Advice(
        plan=plan,
        given=base,
        base=places.base,
        objectives=objectives,
        limits=limits,
        slot=slot,
        own=_own(slot)[0],
        waiting=tuple(dict.fromkeys(candidates)),
        choices=choices,
        left_out=tuple(left_out),
        against_own=against_own,
        against_second=against_second,
        ranked=ranked,
        claimed=claimed,
        seed=seed,
        delta=delta,
    )


def _ranked(
    plan: Plan, base: Order, orders: dict[str, Order], objectives: Objectives, slot: Slot, judge: Judge
) -> tuple[Choice, ...]:
    scores = judge.order_scores([base, *orders.values()])
    places = {name: place for place, name in enumerate(waiting(plan, base), 1)}
    choices = [
        Choice(name, places[name], slot.competes[name], slot.gets[name], mean_of(scores[0] - row), order)
        for (name, order), row in zip(orders.items(), scores[1:], strict=True)
    ]
    return tuple(sorted(choices, key=lambda one: (-one.gain.value, one.place)))


def _permitted(
    places: FirstPlaces, names: Sequence[str], slot: Slot
) -> tuple[dict[str, Order], list[LeftOut]]:
    orders, left_out = {}, []
    for name in names:
        order, why = places.with_first(name, slot.competes)
        if why is not None:
            left_out.append(why)
        else:
            orders[name] = order
    return orders, left_out


def _keeping(
    orders: dict[str, Order], judge: OrderJudge, replications: range
) -> tuple[dict[str, Order], list[LeftOut]]:
    """The orders that keep the limits of luck, and who is left out because its order surely does not."""
    if not orders or not judge.scoring.has_luck:
        return orders, []
    outcome = judge.outcome([*orders.values()], replications)
    short = {name: missed(judge.scoring, outcome, place).surely for place, name in enumerate(orders)}
    kept = {name: order for name, order in orders.items() if not short[name]}
    return kept, [LeftOut(name, "missed", why) for name, why in short.items() if why]


def _most_often(slot: Slot) -> tuple[str, ...]:
    """Those that compete most often, and whom the order would serve: in the order of the base."""
    chosen = {*sorted(slot.competes, key=lambda name: -slot.competes[name])[:MOST], *_own(slot)}
    return tuple(name for name in slot.competes if name in chosen)


def _own(slot: Slot) -> list[str]:
    """The item the order gives the slot to most often; none where nothing competes."""
    return sorted(slot.gets, key=lambda name: -slot.gets[name])[:1]


def _waiting_now(plan: Plan, names: Sequence[str]) -> Plan:
    """The plan in which these items have come forward; what else they wait for stays.

    Raises
    ------
    PlanError
        When one is unknown.
    """
    for name in names:
        if name not in plan.item_index:
            known = list(plan.item_index)
            raise PlanError(f"candidate: '{name}' is unknown; {did_you_mean(name, known)}")
    items = tuple(replace(item, readiness=()) if item.id in names else item for item in plan.items)
    return replace(plan, items=items) if names else plan


def _checked(names: Sequence[str], slot: Slot) -> tuple[str, ...]:
    for name in names:
        if name in slot.held:
            why = LeftOut(name, "held back", slot.held[name]).why()
            raise PlanError(
                f"candidate: '{name}' is not free: {why}; take that out of the order to choose it"
            )
        if name not in slot.competes:
            able = ", ".join(slot.competes) or "none"
            raise PlanError(f"candidate: '{name}' does not compete for the next slot; these do: {able}")
    return tuple(name for name in slot.competes if name in set(names))


def _check_enough(plan: Plan, names: Sequence[str], left_out: Sequence[LeftOut], slot: Slot) -> None:
    """Require two choices."""
    if len(names) >= 2:
        return
    who = f"only '{names[0]}' can be first" if names else "nobody has to wait for another"
    if left_out and not names:
        who = "nobody can be first"
    gone = "; ".join(f"'{one.item}' is left out: {one.why()}" for one in left_out)
    raise PlanError(
        f"there is nothing to choose: {who} at the next slot of '{plan.resources[slot.resource].id}'"
        + (f" ({gone})" if gone else "")
    )


def _resource(plan: Plan, name: str) -> int:
    if name not in plan.resource_index:
        raise PlanError(f"resource: '{name}' is unknown; {did_you_mean(name, list(plan.resource_index))}")
    return plan.resource_index[name]
