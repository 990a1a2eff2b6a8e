"""The numbers of an optimisation as tidy tables: one row one fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.pairs import Mean
from onelogin_sim.report.optimising import moves

Row = dict[str, object]


def order_rows(found: Optimised) -> Iterator[Row]:
    """One row an item that is not done: its place in the nominated order and in the planner's own."""
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
            "item": name,
            "name": item.name,
            "department": item.department,
            "waits_for": ", ".join(held.get(name, [])),
        }


def move_rows(found: Optimised) -> Iterator[Row]:
    """One row a key move: what it gains together with those before it."""
    for number, step in enumerate(found.key_moves.steps if found.key_moves else (), 1):
        yield {
            "moves": number,
            "kind": step.move.kind,
            "item": step.move.item,
            "before": step.move.before,
            "after": step.move.after,
            "until": step.move.until,
            **_mean("gain", step.gain),
            "share": step.share,
            "text": moves.move(step.move, found.plan),
        }


def rival_rows(found: Optimised) -> Iterator[Row]:
    """One row a priority rule: how much better the nominated order is."""
    for rival in found.rivals:
        yield {"order": rival.name, **_mean("gain", rival.gain)}


def rule_rows(found: Optimised) -> Iterator[Row]:
    """One row a term of the readable rule."""
    for name, weight in found.rule.rule.weights if found.rule else ():
        yield {"feature": name, "weight": weight}


def front_rows(found: Optimised) -> Iterator[Row]:
    """One row an order: mean day against user-weeks."""
    for point in found.front:
        yield {
            "order": point.name,
            "kind": point.kind,
            "efficient": point.efficient,
            **_mean("mean_day", point.day),
            **_mean("user_weeks", point.user_weeks),
        }


def curve_rows(found: Optimised) -> Iterator[Row]:
    """One row a point of the convergence curve, in the search's own futures."""
    for step in found.found.curve:
        yield {"schedules": step.schedules, "stage": step.stage, "value": step.value}


class Table(NamedTuple):
    """How a table's rows are made, and the columns it has even without rows."""

    rows: Callable[[Optimised], Iterator[Row]]
    columns: tuple[str, ...]


#: Every table of an optimisation by file name.
TABLES = {
    "order": Table(order_rows, ("place", "own_place", "item", "name")),
    "key_moves": Table(move_rows, ("moves", "kind", "item", "before", "after", "until", "gain")),
    "rivals": Table(rival_rows, ("order", "gain")),
    "rule": Table(rule_rows, ("feature", "weight")),
    "trade_offs": Table(front_rows, ("order", "kind", "efficient", "mean_day", "user_weeks")),
    "convergence": Table(curve_rows, ("schedules", "stage", "value")),
}


def _mean(name: str, entry: Mean) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}
