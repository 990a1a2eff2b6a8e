"""What is claimed of what a search found: rarely wrong, never of what was not shown."""

import numpy as np
import pytest
from scipy.stats import binomtest

from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.proof import prove
from onelogin_sim.orders.search.searching import search
from onelogin_sim.plan import Order
from plans import plan, stage
from test_search import MEAN, crowded, listed, spread, target

TRIALS = 400


def alike(count):
    """Services alike in everything but their luck, that want one team: no order is better than another."""
    return target(
        plan(
            {f"s{place}": [stage(spread(2, 9), team=1)] for place in range(count)},
            resources={"team": 1},
            horizon=200,
        ),
        count // 2,
    )


def test_where_all_orders_are_equal_hardly_ever_is_one_shown_better():
    """400 searches and proofs on their own seeds: the claim in at most 5%, by the exact 99% interval.

    Half of the services must be live, so each order has another luck, and the search often finds a lucky one.
    """
    made = alike(6)
    start, shown, lucky = listed(made), 0, 0
    for seed in range(TRIALS):
        found = search(made, MEAN, start=start, budget=1500, seed=seed)
        proof = prove(made, found, start, MEAN, seed=seed, replications=range(400), delta=0.1)
        lucky += found.order.digest != start.digest
        shown += proof.said == "shown better"
        assert (proof.answer == start) == (proof.said != "shown better")
    interval = binomtest(shown, TRIALS).proportion_ci(confidence_level=0.99, method="exact")
    assert interval.low <= 0.05
    assert lucky > TRIALS / 5


def test_a_better_order_is_shown():
    made = crowded(12)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(2000), delta=0.5)
    assert (proof.said, proof.answer, proof.nominated) == ("shown better", proof.nominated, proof.nominated)
    assert proof.nominated in found.finalists
    assert proof.claim.high < 0
    assert proof.claim.replications == 1000
    assert (proof.claimed, proof.nomination.start) == (range(1000, 2000), 0)
    assert proof.nomination.stop <= 1000


def test_an_order_that_cannot_be_told_apart_is_not_the_answer():
    """Fixed days, one team: the end is the sum of the work whatever the order."""
    made = target(plan({name: [stage(3, team=1)] for name in "abc"}, resources={"team": 1}))
    start, other = listed(made), Order.of(made, ["c", "b", "a"])
    proof = prove(made, [other], start, MEAN, seed=1, replications=range(400), delta=1.0)
    assert (proof.said, proof.answer, proof.nominated, proof.claim) == (
        "not distinguishable",
        start,
        start,
        None,
    )


def test_nothing_but_the_planners_own_was_found():
    made = crowded(6)
    proof = prove(made, [listed(made)], listed(made), MEAN, seed=1, replications=range(400), delta=1.0)
    assert (proof.said, proof.answer, proof.claim) == ("not distinguishable", listed(made), None)


@pytest.mark.parametrize("kind", ["p50", "p80", "probability"])
def test_other_objectives_are_claimed_in_their_units(kind):
    made = crowded(12)
    start = Order.of(made, [item.id for item in made.items][::-1])
    objectives = Objectives((Objective(kind, "all", 50),))
    found = search(made, objectives, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, objectives, seed=1, replications=range(2000), delta=0.5)
    assert proof.said == "shown better"
    assert proof.claim.low <= found.value - found.start_value + 8
    assert proof.claim.high >= found.value - found.start_value - 8


def test_a_better_order_that_misses_a_latest_day_is_not_the_answer():
    made = crowded(12)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    limits = Limits(latest={"s11": 1})
    proof = prove(made, found, start, MEAN, seed=1, replications=range(2000), delta=0.5, limits=limits)
    assert proof.said == "shown better"
    assert proof.answer == start
    assert proof.missed == ("'s11' live by 2024-01-02 (0% of futures)",)


def test_the_claim_is_the_paired_one_of_the_timelines():
    from onelogin_sim.coverage import met_day
    from onelogin_sim.draws import draw
    from onelogin_sim.engines import compiled

    made = crowded(12)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(100, 1100), delta=0.5)
    draws = draw(made, 1, proof.claimed)
    days = [
        met_day(made, made.targets[0], compiled.run(made, order, draws).go_live)
        for order in (proof.nominated, start)
    ]
    assert proof.claim.mean == pytest.approx(np.mean(days[0].astype(int) - days[1]))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"replications": range(399)}, "a proof needs at least 400 replications, got 399"),
        ({"delta": 0.0}, "delta, the indifference zone, must be above 0, got 0.0"),
        ({"level": 1.0}, "a confidence level lies between 0 and 1, got 1.0"),
    ],
)
def test_arguments_out_of_range(fields, message):
    made = crowded(6)
    given = {"seed": 1, "replications": range(400), "delta": 1.0, **fields}
    with pytest.raises(ValueError, match="^" + message + "$"):
        prove(made, [listed(made)], listed(made), MEAN, **given)
