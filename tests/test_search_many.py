"""Many orders in one compiled call: the go-live days of the engine, order by order, future by future."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plans
import strategies
from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.plan import Order


def agree(plan, orders, draws, rows, **settings):
    many = Many(plan, draws, **settings)
    with ThreadPoolExecutor(many.workers) as executor:
        found = many.go_live(
            np.array([order.rank for order in orders]),
            [order.hold_backs for order in orders],
            rows,
            executor=executor if many.workers > 1 else None,
        )
    wanted = np.stack([compiled.run(plan, order, draws).go_live for order in orders])
    picked = np.broadcast_to(rows, (len(orders), np.shape(rows)[-1]))
    np.testing.assert_array_equal(found, wanted[np.arange(len(orders))[:, np.newaxis], picked])


@given(data=st.data())
@settings(max_examples=150)
def test_on_any_plan_and_orders(data):
    """With and without hold-backs one after the other: nothing of an order is left over for the next."""
    plan = data.draw(strategies.plans())
    orders = [data.draw(strategies.orders(plan)) for _ in range(3)]
    agree(plan, [*orders, orders[0]], data.draw(strategies.made_draws(plan)), np.array([1, 0, 1]))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_share_the_orders(workers):
    plan = plans.everything()
    ids = [item.id for item in plan.items]
    orders = [plans.order(plan, hold_backs=[("pension", "mot")]), plans.order(plan)]
    orders += [Order.of(plan, ids[place:] + ids[:place]) for place in range(5)]
    rows = np.arange(len(orders) * 4).reshape(-1, 4) % 30
    agree(plan, orders, draw(plan, 3, 30), rows, workers=workers)


def test_a_hold_back_until_what_is_live_holds_nobody():
    plan = plans.plan({"a": [3], "b": [2]}, live={"c": -4})
    agree(plan, [Order("held", (0, 1, 2), ((0, 2), (1, 0)))], draw(plan, 1, 2), np.arange(2))


def test_rows_there_are_none_of():
    plan = plans.tiny()
    with pytest.raises(ValueError, match=r"^rows lie between 0 and 4, got up to 5$"):
        Many(plan, draw(plan, 1, 5)).go_live(np.array([plans.order(plan).rank]), [()], np.array([5]))
