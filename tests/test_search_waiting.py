"""A must-before and hold-backs together: who has to come first is not made to wait alone."""

import numpy as np
import pytest

from onelogin_sim.draws import deterministic
from onelogin_sim.engines import compiled
from onelogin_sim.optimising.first_places import FirstPlaces
from onelogin_sim.orders.search.breaches import breaches
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.searching import search
from onelogin_sim.plan import Department, Order, Target
from plans import plan, stage

MEAN = Objectives((Objective("mean", "all"),))


def laned(**fields):
    """`a` waits for its department's only place, which `x` has for 24 days; `b` is of another department."""
    return plan(
        {"x": [stage(4, team=1), 20], "a": [stage(3, team=1)], "b": [stage(4, team=1), 8]},
        resources={"team": 1},
        departments=[Department("d", "D"), Department("e", "E")],
        details={"b": {"department": "e"}},
        targets=(Target("all", "All", "services", 3, 3, 99),),
        **fields,
    )


BOTH = Limits(must_before=(("a", "b"),), at_once={"d": 1})


@pytest.mark.parametrize("ids", [["x", "a", "b"], ["b", "x", "a"], ["a", "b", "x"]])
def test_what_lanes_hold_back_holds_back_whoever_must_come_after_it(ids):
    made = laned()
    kept = Permitted(made, BOTH).kept(Order.of(made, ids))
    start = compiled.run(made, kept, deterministic(made)).start[0]
    assert start[made.tasks_of["a"][0]] < start[made.tasks_of["b"][0]]
    assert breaches(made, BOTH, kept, seed=1, replications=range(1)) == ()
    assert Permitted(made, BOTH).kept(kept) is kept


def test_every_order_found_keeps_the_one_before_the_other():
    made = laned()
    found = search(made, MEAN, BOTH, start=Order.of(made, ["x", "a", "b"]), budget=500, seed=1)
    for order in found.finalists:
        start = compiled.run(made, order, deterministic(made)).start[0]
        assert start[made.tasks_of["a"][0]] < start[made.tasks_of["b"][0]]


def test_waiting_is_handed_on_from_pair_to_pair():
    """`a` is held for `x`, `b` comes after `a`, `c` after `b`: both wait too."""
    made = plan({name: [stage(3, team=1)] for name in "xabc"}, resources={"team": 2})
    a, b, c, x = range(4)
    rank, held = np.array([1, 2, 3, 0]), ((a, x),)
    for pairs in ((("a", "b"), ("b", "c")), (("b", "c"), ("a", "b"))):
        permitted = Permitted(made, Limits(must_before=pairs))
        assert permitted.held(rank, held) == ((a, x), (b, x), (c, x))


def test_an_order_that_holds_back_the_one_alone_breaks_the_limit():
    made = laned()
    order = Order.of(made, ["x", "a", "b"], hold_backs=[("a", "x")])
    one = Limits(must_before=(("a", "b"),))
    assert breaches(made, one, order, seed=1, replications=range(1)) == (
        "'a' waits until 'x' has finished, and 'b', which must come after it, does not",
    )
    kept = Permitted(made, one).kept(order)
    assert sorted(made.items[one].id for one, _ in kept.hold_backs) == ["a", "b"]
    assert breaches(made, one, kept, seed=1, replications=range(1)) == ()


def test_an_order_that_holds_back_the_one_for_the_other_is_made_to_keep_the_limit():
    made = laned()
    order = Order.of(made, ["x", "b", "a"], hold_backs=[("a", "b")])
    one = Limits(must_before=(("a", "b"),))
    kept = Permitted(made, one).kept(order)
    assert (kept.ids(made), kept.hold_backs) == (("x", "a", "b"), ())


def test_who_must_come_after_one_that_is_held_back_is_no_next_choice():
    """`a` is held back by the order itself, so it does not compete: `b` is left out all the same, with the reason."""
    made = laned()
    order = Order.of(made, ["x", "a", "b"], hold_backs=[("a", "x")])
    places = FirstPlaces(made, order, Limits(must_before=(("a", "b"),)))
    _, why = places.with_first("b", {"x": 1.0, "b": 1.0})
    assert why is not None
    assert why.why() == "'a' must come before it"


def test_who_is_to_be_first_is_not_held_back():
    made = laned()
    order = Order.of(made, ["a", "x", "b"], hold_backs=[("a", "x")])
    one = Limits(first=("a",))
    assert breaches(made, one, order, seed=1, replications=range(1)) == (
        "'a' is to be first and waits until 'x' has finished",
    )
    assert Permitted(made, one).kept(order).hold_backs == ()


def test_waiting_is_not_handed_on_to_whom_a_running_service_waits_for():
    """`x` runs and has the place `a` needs; a late stage of `x` needs `b`, who comes after `a`: all must end."""
    made = plan(
        {"x": [stage(5, since=-2), 5], "a": [stage(3, team=1)], "b": [stage(4, team=1)]},
        arcs=[("b.s0", "x.s1")],
        resources={"team": 1},
        departments=[Department("d", "D"), Department("e", "E")],
        details={"b": {"department": "e"}},
    )
    kept = Permitted(made, BOTH).kept(Order.of(made, ["a", "b", "x"]))
    assert compiled.run(made, kept, deterministic(made)).finish.max() < made.horizon
