"""An order written into a copy of a scenario: one more entry under ``orders:``, everything else as it stands.

The copy is the YAML file read and written by a round trip that keeps comments, and the tables it names, so
that it can be forecast, compared and edited like any other scenario.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from onelogin_sim.errors import PlanError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario.read import Scenario
from onelogin_sim.scenario.shape import TABLES

#: The round trip breaks no line that a planner wrote whole.
_WIDE = 2**20


def scenario_copy(
    scenario: Scenario, order: Order, *, name: str, source: str, provenance: Sequence[str] = ()
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of a copy of a scenario that has one more order, as (name in its folder, content).

    Parameters
    ----------
    scenario
        What is copied; variants stay in the file, whichever were applied.
    order
        What is written: services and enablers that are not done, first served first, and hold-backs.
    name
        What it is called under ``orders:``. An order of that name is replaced.
    source
        What the entry cites as its source.
    provenance
        Lines of a comment above it.

    Raises
    ------
    PlanError
        When the name is that of a priority rule, or the order holds an item back for several others.
    """
    text = scenario.path.read_text(encoding="utf-8")
    yield scenario.path.name, with_order(text, scenario.plan(), order, name, source, provenance).encode()
    for table in sorted(set(_tables(scenario))):
        yield table, (scenario.path.parent / table).read_bytes()


def with_order(
    text: str, plan: Plan, order: Order, name: str, source: str, provenance: Sequence[str] = ()
) -> str:
    """Return a scenario's YAML text with one more order, at the end of ``orders:``; comments stay.

    Raises
    ------
    PlanError
        When the name is that of a priority rule, or the order holds an item back for several others.
    """
    if name in RULES:
        raise PlanError(f"order '{name}': this name is kept for the priority rule; choose another name")
    yaml = _round_trip(text)
    document = yaml.load(text)
    orders = document.get("orders")
    if orders is None:
        orders = document["orders"] = CommentedMap()
    orders.pop(name, None)
    orders[name] = _entry(plan, order, source)
    # What is written in one line takes no comment within.
    if provenance and not orders.fa.flow_style():
        lines = [line for part in provenance for line in part.splitlines()]
        indent = max(orders.lc.col or 0, 2) if len(orders) > 1 else 2
        orders.yaml_set_comment_before_after_key(name, before="\n".join(lines), indent=indent)
    stream = io.StringIO(newline="")
    yaml.dump(document, stream)
    return stream.getvalue()


def _round_trip(text: str) -> Any:
    """A reader and writer that leaves what it does not change as it was; lists keep the indent they have."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    offset = 2 if any(line.startswith("  - ") for line in text.splitlines()) else 0
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    return yaml


def _entry(plan: Plan, order: Order, source: str) -> CommentedMap:
    """An entry under ``orders:``: the order as a list in one line, its hold-backs, where it came from."""
    ids = [name for name in order.ids(plan) if plan.tasks_of[name]]
    listed = CommentedSeq(ids)
    listed.fa.set_flow_style()
    entry = CommentedMap([("list", listed)])
    if order.hold_backs:
        entry["hold_back"] = _hold_backs(plan, order.hold_backs)
    entry["source"] = source
    return entry


def _hold_backs(plan: Plan, pairs: Iterable[tuple[int, int]]) -> CommentedMap:
    """Hold-backs as a scenario writes them: an item is held back for one other, or for a list of several."""
    held: dict[str, list[str]] = {}
    for one, until in pairs:
        held.setdefault(plan.items[one].id, []).append(plan.items[until].id)
    written = CommentedMap()
    for name, others in held.items():
        listed = CommentedSeq(others)
        listed.fa.set_flow_style()
        written[name] = others[0] if len(others) == 1 else listed
    return written


def _tables(scenario: Scenario) -> Iterator[str]:
    """The CSV files a scenario file names, those of its variants included."""
    document = YAML(typ="safe", pure=True).load(scenario.path.read_text(encoding="utf-8"))
    for section in TABLES:
        if isinstance(document.get(section), str):
            yield document[section]
        for variant in (document.get("variants") or {}).values():
            table = (variant.get("set") or {}).get(section)
            if isinstance(table, str):
                yield table
