"""The trade-off front: peak load as a third measure, and the order that spreads checks; small cases by hand."""

from dataclasses import replace

import numpy as np
import pytest

from onelogin_sim.optimising.front import trade_offs
from onelogin_sim.optimising.peaks import LOADED, peak_loads, spread_checks
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.plan import Order, Target
from onelogin_sim.verification.population import Segment, ServiceDemand, Verification
from onelogin_sim.verification.routes import Route
from plans import STATUS_DATE, plan, stage

HORIZON = 300


def made(users, enablers=()):
    """One team, services of ten days; users in millions are those of the plan too."""
    items = {f"s{place}": [stage(10, team=1)] for place in range(len(users))}
    items |= {name: [stage(1)] for name in enablers}
    drawn = plan(
        items,
        resources={"team": 1},
        horizon=HORIZON,
        enablers=enablers,
        arcs=[(name, "s0") for name in enablers],
        details={f"s{place}": {"users": count} for place, count in enumerate(users)},
    )
    total = len(users)
    return replace(drawn, targets=(Target("all", "All", "services", total, total, 200),))


def asking(drawn, users, levels=None):
    """All of their users ask on the first days; 10,000 people in all."""
    services = tuple(
        ServiceDemand(service.id, level, count, 365 * 50.0, (1.0,))
        for service, count, level in zip(drawn.services, users, levels or ["P2"] * len(users), strict=True)
    )
    return Verification(
        STATUS_DATE,
        HORIZON,
        (Segment("all", "All", 10_000, (1.0,)),),
        services,
        routes=(Route("only", "Only", 1.0, 1.0),),
    )


def test_checks_are_spread_by_hand():
    """Of 400 in 4 places a hundred are wanted by the first: 90 comes nearest; then 200 - 90 = 110: 150; and so on."""
    users = [150, 90, 20, 140]
    drawn = made(users)
    assert spread_checks(drawn, asking(drawn, users)).ids(drawn) == ("s1", "s3", "s2", "s0")


def test_who_asks_for_nothing_brings_nobody_and_enablers_come_first():
    users = [100, 5000, 100]
    drawn = made(users, enablers=("hub",))
    order = spread_checks(drawn, asking(drawn, users, ["P2", "none", "P2"]))
    assert order.ids(drawn) == ("hub", "s0", "s1", "s2")


def test_the_peak_is_that_of_the_busiest_week():
    """Ten days apart, each service is a week of its own: who is new at each; together they could not be fewer."""
    users = [900, 500]
    drawn = made(users)
    peaks = peak_loads(drawn, asking(drawn, users), [Order.of(drawn, ["s0", "s1"])], 1, range(3))
    assert peaks == pytest.approx(np.full((1, 3), 900.0))


def test_a_lower_peak_is_worth_a_place_on_the_front():
    """Big ones first connect users soonest; the day of the last is the same for all, so only the peak tells apart."""
    users = [5000, 4000, 100, 90, 80]
    drawn = made(users)
    start = Order.of(drawn, [f"s{place}" for place in range(5)], name="own")
    permitted = Permitted(drawn, Limits())
    verification = asking(drawn, users)
    points = trade_offs(
        drawn, drawn.targets[0], permitted, start, (), 1, range(20), verification=verification, workers=2
    )
    assert {"own", "spread-checks"} <= {point.name for point in points}
    numbers = np.array([[one.day.value, -one.user_weeks.value, one.peak_load.value] for one in points])
    for place, point in enumerate(points):
        no_worse = (numbers <= numbers[place]).all(axis=1)
        better = (numbers < numbers[place]).any(axis=1)
        assert point.efficient is not bool((no_worse & better).any())
    lowest = numbers[:, 2].argmin()
    assert numbers[lowest, 2] < next(one.peak_load.value for one in points if one.name == "own")
    assert any(point.efficient and point.peak_load.value == numbers[lowest, 2] for point in points)
    alone = trade_offs(drawn, drawn.targets[0], permitted, start, (), 1, range(20), verification=verification)
    assert alone == points


def test_a_list_drawn_at_random_is_no_choice():
    """Many services, so that no rule or blend happens to be the same list."""
    drawn = made([10 * place + 10 for place in range(12)])
    start = Order.of(drawn, [f"s{place}" for place in range(12)], name="own")
    points = trade_offs(drawn, drawn.targets[0], Permitted(drawn, Limits()), start, (), 1, range(5))
    names = {point.name for point in points}
    assert {"own", "biggest-first"} <= names
    assert "random" not in names


def test_without_a_population_there_is_no_peak():
    users = [500, 400, 100]
    drawn = made(users)
    start = Order.of(drawn, ["s0", "s1", "s2"], name="own")
    points = trade_offs(drawn, drawn.targets[0], Permitted(drawn, Limits()), start, (), 1, range(20))
    assert points
    assert {point.peak_load for point in points} == {None}
    assert "spread-checks" not in {point.name for point in points}


def test_orders_that_serve_everybody_alike_are_one_row_wherever_they_have_what_is_done():
    """What is live has no turn: at the front of the list or at its end, the list of the others is the same."""
    users = [500, 400, 100]
    drawn = plan(
        {f"s{place}": [stage(10, team=1)] for place in range(3)},
        resources={"team": 1},
        horizon=HORIZON,
        live={"old": -5},
        details={f"s{place}": {"users": count} for place, count in enumerate(users)},
    )
    drawn = replace(drawn, targets=(Target("all", "All", "services", 3, 3, 200),))
    start = Order.of(drawn, ["old", "s2", "s1", "s0"], name="own")
    found = [
        Order.of(drawn, ids, name=name)
        for name, ids in (
            ("own again", ["s2", "old", "s1", "s0"]),
            ("first", ["s1", "s2", "s0", "old"]),
            ("second", ["old", "s1", "s2", "s0"]),
        )
    ]
    assert len({order.digest for order in (start, *found)}) == 4
    points = trade_offs(drawn, drawn.targets[0], Permitted(drawn, Limits()), start, found, 1, range(20))
    names = [point.name for point in points]
    assert "own" in names
    assert "first" in names
    assert not {"own again", "second"} & set(names)
    assert len({point.order.turns(drawn) for point in points}) == len(points)


def test_the_load_is_looked_at_in_the_first_futures_only():
    users = [500, 400]
    drawn = made(users)
    peaks = peak_loads(drawn, asking(drawn, users), [Order.of(drawn, ["s0", "s1"])], 1, range(LOADED + 50))
    assert peaks.shape == (1, LOADED)
