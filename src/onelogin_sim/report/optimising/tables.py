"""The numbers of an optimisation as tidy tables: one row one fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.orders.search.features import FEATURES
from onelogin_sim.pairs import Mean
from onelogin_sim.report.optimising import moves, words

Row = dict[str, object]


def order_rows(found: Optimised) -> Iterator[Row]:
    """One row an item that is not done: its place in the nominated order, in the planner's own, and how far it moves.

    Above 0 it comes forward by so many places.
    """
    plan = found.plan
    own, new = (
        [name for name in order.ids(plan) if plan.tasks_of[name]]
        for order in (found.question.start, found.nominated)
    )
    before = {name: place for place, name in enumerate(own, 1)}
    held: dict[str, list[str]] = {}
    for one, until in found.nominated.hold_backs:
        held.setdefault(plan.items[one].id, []).append(plan.items[until].id)
    for place, name in enumerate(new, 1):
        item = plan.items[plan.item_index[name]]
        yield {
            "place": place,
            "own_place": before[name],
            "forward": before[name] - place,
            "item": name,
            "name": item.name,
            "department": item.department,
            "waits_for": ", ".join(held.get(name, [])),
        }


def move_rows(found: Optimised) -> Iterator[Row]:
    """One row a move, in the order in which they are made: what its step gains together with those before it.

    Step 0 makes the planner's own list keep the limits. `hold_backs` are all of the order after the step.
    """
    if found.key_moves is None:
        return
    mending, plan = found.key_moves.mending, found.plan
    for number, step in enumerate((*([mending] if mending else []), *found.key_moves.steps), not mending):
        held = [f"{plan.items[one].id}: {plan.items[until].id}" for one, until in step.order.hold_backs]
        told = {
            **_mean("gain", step.gain),
            "unit": words.unit(found.question),
            "share": step.share,
            "shown": step.shown,
            "missed": "; ".join(step.missed),
            "hold_backs": ", ".join(held),
        }
        if not step.moves:
            yield {"step": number, "kind": "hold-backs of the limits", **told}
        for one in step.moves:
            yield {
                "step": number,
                "kind": one.kind,
                "item": one.item,
                "name": plan.items[plan.item_index[one.item]].name,
                "before": one.before,
                "after": one.after,
                "follows": one.follows,
                "until": one.until,
                **told,
                "text": moves.move(one, plan),
            }


def rival_rows(found: Optimised) -> Iterator[Row]:
    """One row a priority rule: how much better the nominated order is."""
    for rival in found.rivals:
        yield {
            "order": rival.name,
            **_mean("gain", rival.gain),
            "unit": words.unit(found.question),
            "changed_by_limits": rival.changed,
        }


def rule_rows(found: Optimised) -> Iterator[Row]:
    """One row a term of the readable rule, the heaviest first."""
    if found.rule is None:
        return
    weights = found.rule.rule.weights
    percent = moves.weight_percents(weights)
    for name, weight in weights:
        yield {
            "feature": name,
            "counts": FEATURES[name],
            "weight": weight,
            "percent": percent[name],
            "first": moves.read(name, weight),
        }


def front_rows(found: Optimised) -> Iterator[Row]:
    """One row an order: mean day against user-weeks and the busiest week of checks, where there are any."""
    for point in found.front:
        yield {
            "order": point.name,
            "kind": point.kind,
            "efficient": point.efficient,
            **_mean("mean_day", point.day),
            **_mean("user_weeks", point.user_weeks),
            **({} if point.peak_load is None else _mean("peak_load", point.peak_load)),
        }


def curve_rows(found: Optimised) -> Iterator[Row]:
    """One row a point of the convergence curve: what the incumbent gains on the planner's own order."""
    for point in found.curve:
        yield {
            "schedules": point.schedules,
            "stage": point.stage,
            **_mean("gain", point.gain),
            "unit": words.unit(found.question),
        }


class Table(NamedTuple):
    """How a table's rows are made, and the columns it has even without rows."""

    rows: Callable[[Optimised], Iterator[Row]]
    columns: tuple[str, ...]


#: Every table of an optimisation by file name.
TABLES = {
    "order": Table(order_rows, ("place", "own_place", "item", "name")),
    "key_moves": Table(move_rows, ("step", "kind", "item", "before", "after", "until", "gain")),
    "rivals": Table(rival_rows, ("order", "gain")),
    "rule": Table(rule_rows, ("feature", "weight", "percent")),
    "trade_offs": Table(front_rows, ("order", "kind", "efficient", "mean_day", "user_weeks")),
    "convergence": Table(curve_rows, ("schedules", "stage", "gain")),
}


def _mean(name: str, entry: Mean) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}
