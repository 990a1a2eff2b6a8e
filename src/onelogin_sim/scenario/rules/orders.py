"""An order is a rule or a list of every service that is not live, each once."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.orders.policies import RULES
from onelogin_sim.scenario.model import OrderEntry
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw


def orders_are_complete(facts: Facts) -> Iterator[Flaw]:
    """Live services and enablers may be listed; a service that is not live must be."""
    for name, order in facts.file.orders.items():
        path = ("orders", name)
        if name in RULES and (order.rule != name or order.hold_back):
            yield Flaw(
                path,
                "this name is kept for the priority rule",
                f"choose another name, or write {{rule: {name}}} alone",
                key=True,
            )
        if (order.rule is None) == (order.list_ is None):
            found = "neither" if order.rule is None else "both"
            yield Flaw(path, "needs exactly one of rule and list", value=found)
        if order.list_ is not None:
            yield from _listing(facts, name, order)


def _listing(facts: Facts, name: str, order: OrderEntry) -> Iterator[Flaw]:
    listed = order.list_ or []
    path = facts.at(("orders", name), "list")
    repeated = sorted({entry for entry in listed if listed.count(entry) > 1})
    if repeated:
        yield Flaw(path, "listed more than once: " + ", ".join(repeated), "keep one of each")
    waiting = {row.id for row in facts.file.services if row.live_on is None}
    missing = sorted(waiting - set(listed))
    if missing:
        yield Flaw(path, "services missing: " + ", ".join(missing), "list every service that is not live yet")
