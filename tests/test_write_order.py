"""A found order written into a copy of a scenario: the copy is valid, means the same, and keeps its default order."""

from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim.errors import PlanError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.plan import Order
from onelogin_sim.scenario import write_order
from onelogin_sim.scenario.write_order import scenario_copy, with_order
from scenario_files import TINY, TINY_DEPARTMENTS, TINY_SERVICES

ROADMAP = Path(__file__).parents[1] / "scenarios" / "roadmap-2025" / "scenario.yaml"

MORE_SERVICES = TINY_SERVICES + "three,Three,dep,short\n"


def write(folder: Path, more: str = "", tables: dict[str, str] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    files = {"scenario.yaml": TINY + more, "services.csv": TINY_SERVICES, "departments.csv": TINY_DEPARTMENTS}
    for name, text in {**files, **(tables or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "scenario.yaml"


def copied(scenario, order: Order, folder: Path, **given) -> Path:
    """The copy, written out."""
    folder.mkdir()
    given = {"name": "found", "source": "judgement", "provenance": ("why",), **given}
    for name, data in scenario_copy(scenario, order, **given):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / scenario.path.name


def test_an_order_for_a_variant_that_adds_services_is_written_into_the_variant(tmp_path):
    """Under `orders:` it would name a service that the scenario without the variant does not have."""
    path = write(
        tmp_path / "own",
        "orders:\n  mine: {rule: biggest-first}\nvariants:\n  more:\n    why: What if there is one more?\n"
        "    set:\n      services: more.csv\n",
        {"more.csv": MORE_SERVICES},
    )
    scenario = onelogin_sim.load_scenario(path, ["more"])
    order = Order.of(scenario.plan(), ["three", "one", "two"])
    made = copied(scenario, order, tmp_path / "copy")
    onelogin_sim.scenario.read.validate_scenario(made)
    again = onelogin_sim.load_scenario(made, ["more"])
    assert again.plan().digest == scenario.plan().digest
    assert again.order("found").digest == order.digest
    assert again.order().name == "mine"
    assert onelogin_sim.load_scenario(made).order().name == "mine"
    assert "        # why\n        found:\n" in made.read_text(encoding="utf-8")


def test_a_variant_that_sets_or_takes_out_orders_keeps_them_beside_the_new_one(tmp_path):
    orders = "orders:\n  mine: [two, one]\n  other: {rule: random}\nvariants:\n"
    less = "  less:\n    why: What if?\n    set: {services: less.csv, orders.mine: [one]}\n    remove: [orders.other]\n"
    path = write(
        tmp_path / "own", orders + less, {"less.csv": TINY_SERVICES.replace("two,Two,dep,short\n", "")}
    )
    scenario = onelogin_sim.load_scenario(path, ["less"])
    made = copied(scenario, Order.of(scenario.plan(), ["one"]), tmp_path / "copy")
    again = onelogin_sim.load_scenario(made, ["less"])
    assert list(again.file.orders) == ["mine", "found"]
    assert list(onelogin_sim.load_scenario(made).file.orders) == ["mine", "other"]


def test_an_order_that_holds_without_the_variant_too_stays_under_orders(tmp_path):
    path = write(
        tmp_path / "own",
        "orders:\n  mine: [two, one]\nvariants:\n  slow:\n    why: What if?\n    set: {departments.dep.teams: 2}\n",
    )
    scenario = onelogin_sim.load_scenario(path, ["slow"])
    made = copied(scenario, Order.of(scenario.plan(), ["one", "two"]), tmp_path / "copy")
    assert list(onelogin_sim.load_scenario(made).file.orders) == ["mine", "found"]


def test_a_scenario_without_orders_keeps_its_default(tmp_path):
    """As-listed is the default of a scenario without orders: the first order written must not take its place."""
    scenario = onelogin_sim.load_scenario(write(tmp_path / "own"))
    made = copied(scenario, Order.of(scenario.plan(), ["two", "one"]), tmp_path / "copy")
    again = onelogin_sim.load_scenario(made)
    assert (list(again.file.orders), again.order().name) == (["as-listed", "found"], "as-listed")
    assert again.order().digest == scenario.order().digest


def test_an_order_that_is_replaced_keeps_its_place(tmp_path):
    """So the default stays the default."""
    path = write(tmp_path / "own", "orders:\n  mine: [two, one]\n  other: {rule: random}\n")
    scenario = onelogin_sim.load_scenario(path)
    order = Order.of(scenario.plan(), ["one", "two"])
    text = with_order(path.read_text(encoding="utf-8"), scenario.plan(), order, "other", "judgement")
    assert text.index("mine:") < text.index("other:")
    with pytest.raises(PlanError, match="the default order would be another"):
        scenario_copy(scenario, order, name="mine", source="judgement")


def test_a_copy_that_would_mean_something_else_is_refused(tmp_path, monkeypatch):
    scenario = onelogin_sim.load_scenario(write(tmp_path / "own"))
    plan = scenario.plan()
    order, other = Order.of(plan, ["two", "one"]), Order.of(plan, ["one", "two"])
    entry = write_order._entry
    monkeypatch.setattr(write_order, "_entry", lambda plan, _, source: entry(plan, other, source))
    with pytest.raises(PlanError) as caught:
        scenario_copy(scenario, order, name="found", source="judgement")
    assert str(caught.value) == (
        "order 'found' cannot be written into a copy of scenario.yaml: read again it would be another order. Write "
        "it by hand from the list of its places"
    )


def test_the_copy_of_the_real_scenario_is_the_scenario_with_one_more_order(tmp_path):
    scenario = onelogin_sim.load_scenario(ROADMAP, ["all_ready"])
    order = RULES["latest-finish-time"](scenario.plan())
    made = copied(scenario, order, tmp_path / "copy")
    again = onelogin_sim.load_scenario(made, ["all_ready"])
    assert again.order("found").digest == order.digest
    assert again.verification().digest == scenario.verification().digest
