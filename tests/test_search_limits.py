"""Limits of luck: an order is refused only where it surely falls short of them."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

import onelogin_sim
from onelogin_sim.errors import PlanError
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.orders.search.keeping import missed, surely_broken
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.orders.search.proof import prove
from onelogin_sim.orders.search.scoring import Outcome, Scoring
from onelogin_sim.orders.search.searching import search
from test_search import MEAN, crowded

SMALL = onelogin_sim.load_scenario(Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml")


def kept_in(*counts, of):
    """What one limit comes to that each order keeps in so many futures."""
    kept = np.array([[[place < count for place in range(of)] for count in counts]])
    return Outcome(
        np.zeros((1, len(counts), of)), np.zeros((len(counts), of)), kept, np.zeros((0, len(counts), of))
    )


def by_day(share):
    made = crowded(6)
    return Scoring(made, MEAN, Limits(latest={"s01": 5}, share=share))


@pytest.mark.parametrize(("share", "of"), [(0.8, 400), (0.8, 20), (1.0, 400), (0.3, 50)])
def test_a_limit_is_surely_broken_where_the_interval_of_the_share_lies_below_it(share, of):
    counts = list(range(of + 1))
    found = surely_broken(by_day(share), kept_in(*counts, of=of))
    upper = [binomtest(one, of).proportion_ci(confidence_level=0.95, method="exact").high for one in counts]
    assert found.tolist() == [high < share for high in upper]
    assert 0 < found.sum() < of + 1


@pytest.mark.parametrize(
    ("count", "of", "surely", "perhaps"),
    [
        (320, 400, "", ""),
        (319, 400, "", "79.8%"),
        (7999, 10_000, "", "79.99%"),
        (316, 400, "", "79%"),
        (280, 400, "70%", ""),
        (0, 400, "0%", ""),
    ],
)
def test_a_share_below_the_limit_is_told_with_the_decimals_that_show_it(count, of, surely, perhaps):
    found = missed(by_day(0.8), kept_in(count, of=of), 0)
    for told, share in zip(found, (surely, perhaps), strict=True):
        assert [text.split("(")[1] for text in told] == ([f"{share} of futures)"] if share else [])


def small(day, budget, seed):
    plan = SMALL.plan()
    kept = limits(plan, latest=[f"pensions:{day}"])
    return search(plan, objectives(plan, []), kept, start=SMALL.order(), budget=budget, seed=seed), kept


def test_an_order_is_not_thrown_away_for_missing_a_limit_that_the_own_order_misses_by_as_much():
    plan, start = SMALL.plan(), SMALL.order()
    found, kept = small("2024-05-24", 5000, 3)
    proof = prove(
        plan,
        found,
        start,
        objectives(plan, []),
        seed=3,
        replications=range(1000, 3000),
        delta=7.0,
        limits=kept,
    )
    assert (proof.said, proof.own_breaks, proof.missed) == ("shown better", (), ())
    assert proof.answer is proof.nominated
    assert proof.unsure == ("'pensions' live by 2024-05-24 (79.6% of futures)",)
    assert proof.own_unsure == proof.unsure


@pytest.mark.parametrize("day", ["2024-05-21", "2024-05-28", "2024-06-03"])
@pytest.mark.parametrize("budget", [300, 5000, 50_000])
def test_a_search_is_not_refused_where_the_own_order_keeps_the_limit(day, budget):
    """The own order keeps these in 80.9%, 83.1% and 85.1% of 20,000 futures."""
    for seed in range(1, 2 if budget > 5000 else 6):
        found, _ = small(day, budget, seed)
        assert found.finalists
        assert found.spent <= budget


def test_a_search_is_refused_where_no_order_keeps_the_limit_by_far():
    with pytest.raises(PlanError, match=r"^no order was found that keeps every limit in 80% of futures; the best does "
                       r"not keep: 'pensions' live by 2024-04-12 \(\d\d% of futures\)$"):  # fmt: skip
        small("2024-04-12", 5000, 3)
