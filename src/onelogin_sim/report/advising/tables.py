"""The numbers of advice as tidy tables: one row one choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from onelogin_sim.optimising.advised import Advised
from onelogin_sim.report import formats
from onelogin_sim.report.advising import words

Row = dict[str, object]


def choice_rows(advised: Advised) -> Iterator[Row]:
    """One row a choice, best first: what is gained when it is served first."""
    advice = advised.advice
    for number, one in enumerate(advice.choices, 1):
        yield {
            "choice": number,
            "item": one.item,
            "name": words.name(advice, one.item),
            "place": one.place,
            "competes": one.competes,
            "gets": one.gets,
            "gain": one.gain.value,
            "gain_low": one.gain.low,
            "gain_high": one.gain.high,
            "own": one.item == advice.own,
        }


def left_out_rows(advised: Advised) -> Iterator[Row]:
    """One row an item that would compete and is no choice."""
    advice = advised.advice
    for one in advice.left_out:
        yield {"item": one.item, "name": words.name(advice, one.item), "kind": one.kind, "why": one.why()}


def slot_rows(advised: Advised) -> Iterator[Row]:
    """One row a percentile of the day the slot falls free, in the futures that have one."""
    advice = advised.advice
    for percent in (10, 50, 90):
        yield {
            "resource": advice.plan.resources[advice.slot.resource].id,
            "percent": percent,
            "date": formats.iso(advice.slot.day(percent), advice.plan),
            "contested": advice.slot.contested,
        }


class Table(NamedTuple):
    """How a table's rows are made, and the columns it has even without rows."""

    rows: Callable[[Advised], Iterator[Row]]
    columns: tuple[str, ...]


#: Every table of advice by file name.
TABLES = {
    "choices": Table(choice_rows, ("choice", "item", "name", "place", "competes", "gain")),
    "left_out": Table(left_out_rows, ("item", "name", "kind", "why")),
    "slot": Table(slot_rows, ("resource", "percent", "date", "contested")),
}
