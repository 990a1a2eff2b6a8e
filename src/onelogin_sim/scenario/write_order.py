"""An order written into a copy of a scenario: one more entry under ``orders:``, everything else as it stands.

The copy is the YAML file read and written by a round trip that keeps comments, and the tables it names, so
that it can be forecast, compared and edited like any other scenario. An order that only makes sense with the
variants it was found with, because they add services, take some out or set orders of their own, is written into
the last of these variants instead. Before anything is handed out the copy is read again and must mean the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from onelogin_sim.errors import PlanError, ScenarioError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario.read import Scenario, load_scenario
from onelogin_sim.scenario.shape import TABLES

#: The round trip breaks no line that a planner wrote whole.
_WIDE = 2**20


def scenario_copy(
    scenario: Scenario, order: Order, *, name: str, source: str, provenance: Sequence[str] = ()
) -> tuple[tuple[str, bytes], ...]:
    """Return each file of a copy of a scenario that has one more order, as (name in its folder, content).

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
        When the name is that of a priority rule, or the copy would not mean the same.
    """
    text = scenario.path.read_text(encoding="utf-8")
    entry = (scenario.plan(), order, name, source, provenance)
    tables = [
        (table, (scenario.path.parent / table).read_bytes()) for table in sorted(set(_tables(scenario)))
    ]
    texts = [with_order(text, *entry)]
    if scenario.variants:
        texts.append(with_order(text, *entry, within=scenario))
    why: list[str] = []
    for made in texts:
        files = ((scenario.path.name, made.encode()), *tables)
        wrong = _difference(scenario, order, name, files)
        if wrong is None:
            return files
        why.append(wrong)
    raise PlanError(
        f"order '{name}' cannot be written into a copy of {scenario.path.name}: {why[-1]}. "
        "Write it by hand from the list of its places"
    )


def with_order(
    text: str,
    plan: Plan,
    order: Order,
    name: str,
    source: str,
    provenance: Sequence[str] = (),
    *,
    within: Scenario | None = None,
) -> str:
    """Return a scenario's YAML text with one more order, at the end of ``orders:``; comments stay.

    The default order stays what it is: where there are no orders, as-listed is written down before the new one.

    Parameters
    ----------
    within
        The scenario of the text, for an order that belongs into the last of its variants: there all its orders
        are set, and the new one.

    Raises
    ------
    PlanError
        When the name is that of a priority rule.
    """
    if name in RULES:
        raise PlanError(f"order '{name}': this name is kept for the priority rule; choose another name")
    yaml = _round_trip(text)
    document = yaml.load(text)
    orders = _orders(document) if within is None else _orders_of_variant(document, within)
    if not orders:
        orders["as-listed"] = CommentedMap([("rule", "as-listed")])
        orders["as-listed"].fa.set_flow_style()
    orders[name] = _entry(plan, order, source)
    # What is written in one line takes no comment within.
    if provenance and not _in_a_line(document, orders, within):
        lines = [line for part in provenance for line in part.splitlines()]
        indent = 8 if within else max(orders.lc.col or 0, 2) if len(orders) > 1 else 2
        orders.yaml_set_comment_before_after_key(name, before="\n".join(lines), indent=indent)
    stream = io.StringIO(newline="")
    yaml.dump(document, stream)
    return stream.getvalue()


def _orders(document: CommentedMap) -> CommentedMap:
    """The scenario's own orders, empty where it has none."""
    if document.get("orders") is None:
        document["orders"] = CommentedMap()
    found: CommentedMap = document["orders"]
    return found


def _orders_of_variant(document: CommentedMap, scenario: Scenario) -> CommentedMap:
    """The orders that hold with the variants applied, set as a whole in the last of them."""
    variant = document["variants"][scenario.variants[-1]]
    changed = variant.get("set")
    if changed is None:
        changed = variant["set"] = CommentedMap()
    for path in [path for path in changed if _about_orders(path)]:
        del changed[path]
    taken = variant.get("remove") or []
    for place in reversed([place for place, path in enumerate(taken) if _about_orders(path)]):
        del taken[place]
    if "remove" in variant and not taken:
        del variant["remove"]
    node = scenario.tree.find(("orders",))
    orders = CommentedMap()
    for one, value in (node.plain or {} if node else {}).items():
        orders[one] = _in_line(value)
    changed["orders"] = orders
    return orders


def _about_orders(path: object) -> bool:
    return str(path).split(".")[0] == "orders"


def _in_a_line(document: CommentedMap, orders: CommentedMap, within: Scenario | None) -> bool:
    """Whether the orders, or what encloses them, are written in one line."""
    around: list[Any] = [orders]
    if within is not None:
        variant = document["variants"][within.variants[-1]]
        around += [document["variants"], variant, variant["set"]]
    return any(one.fa.flow_style() for one in around)


def _in_line(value: Any) -> Any:
    """A list or mapping that is written in one line."""
    if isinstance(value, list):
        written: Any = CommentedSeq([_in_line(one) for one in value])
    elif isinstance(value, dict):
        written = CommentedMap((key, _in_line(one)) for key, one in value.items())
    else:
        return value
    written.fa.set_flow_style()
    return written


def _difference(
    scenario: Scenario, order: Order, name: str, files: Iterable[tuple[str, bytes]]
) -> str | None:
    """In what a copy differs from what it should mean: it is written, read as a planner would, and compared."""
    plan = scenario.plan()
    with TemporaryDirectory() as folder:
        for file, data in files:
            path = Path(folder) / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            if not scenario.variants:
                copied = load_scenario(Path(folder) / scenario.path.name)
            else:
                load_scenario(Path(folder) / scenario.path.name)
                copied = load_scenario(Path(folder) / scenario.path.name, scenario.variants)
            written, default = copied.order(name), copied.order()
        except (ScenarioError, PlanError) as error:
            return str(error).splitlines()[0]
    if copied.plan().digest != plan.digest:
        return "its plan would be another"
    if _served(plan, written) != _served(plan, order):
        return "read again it would be another order"
    if default.digest != scenario.order().digest:
        return "the default order would be another"
    return None


def _served(plan: Plan, order: Order) -> tuple[list[str], list[tuple[int, int]]]:
    """Who is served in turn, and who is held back for whom, of those that are not done."""
    waiting = [name for name in order.ids(plan) if plan.tasks_of[name]]
    pairs = [pair for pair in order.hold_backs if all(plan.tasks_of[plan.items[one].id] for one in pair)]
    return waiting, sorted(pairs)


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
    entry = CommentedMap([("list", _in_line(ids))])
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
        written[name] = others[0] if len(others) == 1 else _in_line(others)
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
