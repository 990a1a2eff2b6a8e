"""What the interval of a mean does not cover is said where it may matter, and only there."""

import numpy as np
import pytest

from onelogin_sim.claims import carried
from onelogin_sim.orders.search.claiming import claim_of
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.scoring import Scoring
from onelogin_sim.report import rare
from plans import plan
from test_search import target

MADE = target(plan({"a": [1], "b": [1]}, horizon=900))


def objectives(*kinds, prices=None):
    return Objectives(tuple(Objective(kind, "all", 50) for kind in kinds), prices)


def claimed(differences):
    values = np.array([[450 + differences, np.full(len(differences), 450)]], dtype=float)
    return claim_of(Scoring(MADE, objectives("mean"), Limits()), values, delta=7.0, level=0.95, seed=1)


def said(differences):
    return rare.caveat(claimed(np.array(differences)), rare.worst(objectives("mean"), MADE), "days")


def test_what_may_be_missing_is_told_with_what_would_undo_the_claim():
    """Five days earlier in 40 of 200 and never later: 1 on average, undone by 200 / 3 days in 3 of 200."""
    text = (
        "Rare futures may be missing: it is worse in none of 200. Were it worse by 67 days more in 3 of 200, nothing "
        "would be left of the difference, and the interval (Student's t) does not cover that."
    )
    assert said([-5] * 40 + [0] * 160) == text
    assert said([5] * 40 + [0] * 160) == text.replace("worse", "better")
    assert " it is worse in only 2 of 1,000. Were it worse by 265 days more in 3 of 1,000," in said(
        [-5] * 199 + [100] * 2 + [0] * 799
    )


def test_few_futures_that_carry_the_difference_are_told():
    """Of twelve that carry all but a little ten make up ten twelfths, of twenty one half, which is not over half."""
    assert said([-300] * 12 + [10] * 30 + [0] * 958) == (
        "Few futures carry the difference: 10 futures of 1,000 make up 83% of the sum of its squares, so the interval "
        "(Student's t) holds less often than the 95% it says."
    )
    assert said([-300] * 20 + [10] * 30 + [0] * 950) == ""


@pytest.mark.parametrize(
    "differences",
    [
        [-16] * 900 + [0] * 100,  # nothing within the horizon could undo it
        [-3, -7] * 450 + [5] * 100,  # many are against it
        [-5] * 200,  # the same in all
        [-9, 9] * 100,  # nothing is claimed
        [0] * 200,
    ],
)
def test_where_it_does_not_matter_nothing_is_said(differences):
    assert said(differences) == ""


def test_what_the_reviewed_mixture_falsely_claims_is_always_told():
    """Five days earlier in a fifth, 199 later in one of 200: nothing on average, and often shown better."""
    luck, false = np.random.default_rng(5), 0
    for _ in range(400):
        drawn = np.where(luck.random(200) < 0.005, 199, np.where(luck.random(200) < 0.2, -5, 0))
        if claimed(drawn).verdict == "a better":
            false += 1
            assert said(drawn)
    assert false > 40


def test_how_far_apart_two_orders_can_be():
    assert rare.worst(objectives("mean"), MADE) == 900
    assert rare.worst(objectives("p80"), MADE) == 0
    assert rare.worst(objectives("probability"), MADE) == 100
    assert rare.worst(objectives("p50", "mean", "probability", prices=(1.0, 0.5, 2.0)), MADE) == 650
    assert rare.caveat(claimed(np.array([-5] * 40 + [0] * 160)), 0.0, "days") == ""


def test_what_a_hundredth_carries():
    assert carried(np.zeros(10, dtype=np.int64)) == 0.0
    assert carried(np.array([3, -4])) == 16 / 25
    assert carried(np.array([1] * 198 + [-10, 7])) == pytest.approx(149 / (198 + 149))
