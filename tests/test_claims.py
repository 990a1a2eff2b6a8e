"""Claims about pairs: by hand, against SciPy as an oracle, and true as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onelogin_sim.bootstrap import (
    QuantileDifference,
    difference_of_quantiles,
    quantile_difference,
    resampled_quantiles,
)
from onelogin_sim.calendars import NEVER
from onelogin_sim.claims import Claim, levels, paired
from onelogin_sim.forecasting import PERCENTILES, quantiles
from onelogin_sim.uniforms import decision_key, uniforms


def days(*values):
    return np.array(values, dtype=np.int32)


def claimed(a, b, **settings):
    return paired(days(*a), days(*b), **{"horizon": 1000, "level": 0.95, "delta": 3, **settings})


def generator(seed):
    return np.random.Generator(np.random.PCG64(seed))


def at_most(count, of, share):
    """Whether the exact 99% interval of a share does not lie above a promise."""
    return stats.binomtest(int(count), of).proportion_ci(0.99, "exact").low <= share


def test_by_hand():
    """Differences -1, -2, -3: mean -2, standard error 1/√3, and 4.302653 of them on 2 degrees of freedom."""
    half = 4.302652729696142 / math.sqrt(3)
    found = claimed([10, 20, 30], [11, 22, 33])
    assert found == Claim(
        verdict="not distinguishable",
        mean=-2.0,
        low=pytest.approx(-2 - half),
        high=pytest.approx(-2 + half),
        level=0.95,
        delta=3,
        within_delta=False,
        replications=3,
        earlier=3,
        equal=0,
        later=0,
        censored=0,
        carried=9 / 14,
    )


@pytest.mark.parametrize(
    ("differences", "delta", "verdict", "within"),
    [
        ([-5, -6, -7, -6], 3, "a better", False),
        ([-5, -6, -7, -6], 9, "a better", True),
        ([5, 6, 7, 6], 3, "b better", False),
        ([5, 6, 7, 6], 9, "b better", True),
        ([1, -1, 1, -1, 1, -1], 3, "equivalent", True),
        ([1, -1, 1, -1, 1, -1], 1, "not distinguishable", False),
        ([20, -20, 20, -20], 3, "not distinguishable", False),
        ([0, 0, 0], 3, "identical", True),
        ([4, 4], 3, "b better", False),
        ([-3, -3], 3, "a better", False),
        ([-2, -2], 3, "a better", True),
    ],
)
def test_verdicts(differences, delta, verdict, within):
    """The last ones have no variance: the interval is the difference itself, and ±δ is not within δ."""
    found = claimed([100 + value for value in differences], [100] * len(differences), delta=delta)
    assert (found.verdict, found.within_delta) == (verdict, within)


pairs = st.lists(st.tuples(st.integers(-30, 400), st.integers(-30, 400)), min_size=2, max_size=60)


@given(pairs, st.sampled_from([0.8, 0.95, 0.999]))
def test_the_interval_is_that_of_the_paired_t_test(values, level):
    a, b = (days(*column) for column in zip(*values, strict=True))
    found = paired(a, b, horizon=400, level=level, delta=5)
    difference = a - b
    assert found.mean == pytest.approx(difference.mean())
    if difference.std() > 0:
        oracle = stats.ttest_rel(a, b).confidence_interval(level)
        assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high))
    else:
        assert found.low == found.mean == found.high
    assert (found.earlier, found.equal, found.later) == tuple(
        int(found_.sum()) for found_ in (a < b, a == b, a > b)
    )
    assert found.earlier + found.equal + found.later == found.replications == len(values)
    assert found.censored == sum(400 in pair for pair in values)


@given(pairs, st.randoms(use_true_random=False))
def test_neither_the_order_of_replications_nor_of_the_pair_matters(values, shuffle):
    """To the last bit; and a - b mirrors b - a."""
    a, b = zip(*values, strict=True)
    found = claimed(a, b)
    mixed = list(values)
    shuffle.shuffle(mixed)
    assert claimed(*zip(*mixed, strict=True)) == found
    mirrored = claimed(b, a)
    assert (mirrored.mean, mirrored.low, mirrored.high) == (-found.mean, -found.high, -found.low)
    assert (mirrored.earlier, mirrored.later) == (found.later, found.earlier)
    swapped = {"a better": "b better", "b better": "a better"}
    assert mirrored.verdict == swapped.get(found.verdict, found.verdict)


def skewed(numbers, shape, *, differing=1.0):
    """Whole, skewed days that two orders share but for a part of their own, in some replications only."""
    shared = np.floor(numbers.lognormal(6, 0.3, shape))
    own = numbers.gamma(1, 20, (2, *shape)) * (numbers.random((2, *shape)) < differing)
    return (shared + np.floor(own)).astype(np.int32)


@pytest.mark.parametrize("differing", [1.0, 0.1])
@pytest.mark.parametrize("shift", [0, 4])
def test_claims_are_false_no_more_often_than_they_say(differing, shift):
    """2,000 pairs of orders that truly differ by 0 days or by 4, 400 replications each.

    The interval misses the truth in 5% at most; so no claim is false more often: of equal orders, that one is better;
    of orders δ = 4 apart, that they are equivalent (a one-sided test at half the error), or the wrong one better.
    """
    a, b = skewed(generator(11), (2000, 400), differing=differing)
    found = [
        paired(one + shift, other, horizon=NEVER, level=0.95, delta=4)
        for one, other in zip(a, b, strict=True)
    ]
    missed = sum(not claim.low <= shift <= claim.high for claim in found)
    assert at_most(missed, 2000, 0.05)
    assert missed > 40, "and not far less often either: the intervals are no wider than they need to be"
    verdicts = [claim.verdict for claim in found]
    if shift == 0:
        assert at_most(verdicts.count("a better") + verdicts.count("b better"), 2000, 0.05)
        assert verdicts.count("equivalent") > 500 or differing == 1.0
    else:
        assert at_most(verdicts.count("equivalent"), 2000, 0.025)
        assert verdicts.count("a better") == 0
        assert verdicts.count("b better") > 1000


def test_all_claims_together_are_true_with_95_percent():
    """Six equal orders, 15 pairs, 1,000 times: at least one false claim in 5% of the times at most."""
    numbers = generator(12)
    level = levels(15)
    false = 0
    for _ in range(1000):
        orders = (numbers.lognormal(6, 0.3, 300) + numbers.gamma(1, 20, (6, 300))).astype(np.int32)
        false += any(
            paired(orders[i], orders[j], horizon=NEVER, level=level, delta=1).verdict.endswith("better")
            for i in range(6)
            for j in range(i)
        )
    assert at_most(false, 1000, 0.05)
    assert not at_most(1000, 1000, 0.05), "the check can fail"


def test_levels_share_the_error_out():
    assert levels(1) == 0.95
    assert levels(15) == pytest.approx(1 - 0.05 / 15)
    assert levels(4, overall=0.2) == 0.95


def test_pairs_touching_the_horizon_are_counted_once_and_lead_above_a_twentieth():
    """Of 40 pairs two have a or b at the horizon: exactly 5%, the mean still leads. A third tips it."""
    a, b = np.full(40, 50), np.full(40, 60)
    a[0] = a[1] = b[1] = 100
    found = paired(a, b, horizon=100, level=0.95, delta=1)
    assert (found.censored, found.shares_lead) == (2, False)
    assert (found.earlier, found.equal, found.later) == (38, 1, 1)
    b[2] = 100
    assert paired(a, b, horizon=100, level=0.95, delta=1).shares_lead


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: claimed([1], [1]), "an interval needs at least 2 replications, got 1"),
        (lambda: claimed([], []), "an interval needs at least 2 replications, got 0"),
        (
            lambda: claimed([1, 2], [1, 2, 3]),
            "pairs need the same replications in both, got shapes (2,) and (3,)",
        ),
        (lambda: claimed([1, 2], [3, 4], level=1), "a confidence level lies between 0 and 1, got 1"),
        (
            lambda: claimed([1, 2], [3, 4], delta=0),
            "delta, the indifference zone, must be above 0 days, got 0",
        ),
        (
            lambda: claimed([1, 2], [3, NEVER]),
            "count days to the horizon first: day 2147483647 lies beyond day 1000",
        ),
        (lambda: levels(0), "there must be at least 1 claim, got 0"),
        (
            lambda: levels(3, overall=1),
            "the overall probability of error must lie between 0 and 1, got 1",
        ),
        (
            lambda: quantile_difference(days(1, 2), days(2, 3), 0, horizon=9, level=0.95, seed=1),
            "a percentile lies between 1 and 100, got 0",
        ),
        (
            lambda: quantile_difference(days(1, 2), days(2, 3), 50, horizon=9, level=0.9999, seed=1),
            "2000 resamples cannot bound an interval at a level of 0.9999; take 19999 or more",
        ),
        (
            lambda: resampled_quantiles(np.zeros((2, 0), dtype=np.int32), (50,), seed=1),
            "no replications to resample",
        ),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


def test_resamples_are_those_of_the_docstring():
    """Five replications, four resamples, spelled out: positions by uniforms, days by sorting."""
    given_ = np.array([[7, 3, 3, 9, 5], [1, 8, 2, 2, 6]])
    key = np.array([decision_key("@comparison", "bootstrap")], dtype=np.uint64)
    luck = uniforms(42, key, range(20))[0]
    found = resampled_quantiles(given_, (50, 80, 100), seed=42, resamples=4)
    assert found.shape == (3, 2, 5)
    for order, row in enumerate(given_):
        samples = [row, *(row[[int(u * 5) for u in luck[5 * j : 5 * j + 5]]] for j in range(4))]
        for column, sample in enumerate(samples):
            ordered = sorted(sample)
            assert found[:, order, column].tolist() == [ordered[2], ordered[3], ordered[4]]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_percentiles_are_those_of_the_forecast(values):
    """The same definition on both sides; day 50 is the horizon, NEVER in the forecast."""
    found = resampled_quantiles(np.array([values]), PERCENTILES, seed=1, resamples=0)[:, 0, 0]
    expected = [entry.day for entry in quantiles(np.bincount(values, minlength=51))]
    assert found.tolist() == [min(day, 50) for day in expected]


def test_orders_are_resampled_together_and_do_not_see_each_other():
    """An order shifted by seven days differs by seven in every resample, whoever else is compared."""
    a = generator(1).integers(0, 300, 500)
    together = resampled_quantiles(np.stack([a, a + 7, a[::-1]]), (50, 80), seed=3, resamples=50)
    assert (together[:, 1] - together[:, 0] == 7).all()
    assert np.array_equal(
        resampled_quantiles(np.stack([a[::-1], a]), (80,), seed=3, resamples=50)[0, 0], together[1, 2]
    )
    found = quantile_difference(a + 7, a, 80, horizon=1000, level=0.95, seed=3)
    assert (found.difference, found.low, found.high, found.bound) == (7, 7, 7, "exact")


def test_the_interval_of_a_difference_by_hand():
    """39 resamples at 95%: rank 40 · 0.025 = 1, so from the lowest to the highest; at 90% the second of each."""
    a = np.array([50, *range(30, 69)])
    b = np.full(40, 40)
    found = difference_of_quantiles(a, b, 80, horizon=100, level=0.95)
    assert found == QuantileDifference(
        percent=80, a=50, b=40, difference=10, bound="exact", low=-10, high=28, level=0.95
    )
    found = difference_of_quantiles(a, b, 80, horizon=100, level=0.9)
    assert (found.low, found.high) == (-9, 27)


@pytest.mark.parametrize(
    ("a", "b", "bound", "low", "high"),
    [
        ([100] * 40, [40] * 40, "at least", 60, None),
        ([40] * 40, [100] * 40, "at most", None, -60),
        ([100] * 40, [100] * 40, "unknown", None, None),
        ([90] * 39 + [100], [40] * 40, "exact", 50, None),
        ([90] * 40, [40] * 39 + [100], "exact", None, 50),
        ([100] + [99] * 39, [40] * 40, "at least", 59, 59),
        ([30] + [50] * 39, [40] * 40, "exact", 10, 10),
        ([60] + [50] * 39, [40] * 40, "exact", 10, 10),
    ],
)
def test_the_horizon_leaves_a_side_open(a, b, bound, low, high):
    """Day 100 is the horizon. A percentile beyond it, in the sample or in a resample, is only known to be later.

    The interval comes from the resamples alone, not from the sample, which stands first.
    """
    found = difference_of_quantiles(np.array(a), np.array(b), 80, horizon=100, level=0.95)
    assert (found.bound, found.low, found.high) == (bound, low, high)
    assert found.difference == a[0] - b[0]


@pytest.mark.parametrize("percent", [50, 80])
def test_the_interval_of_a_percentile_difference_holds_the_truth_as_often_as_it_says(percent):
    """300 pairs of orders of 300 replications, b exactly a's distribution five days later: -5, in 95% or more.

    More often than it says, on whole days; so a level of one half, where that would show, is held to it too.
    """
    numbers = generator(13)
    held = {0.5: 0, 0.95: 0}
    for _ in range(300):
        a, b = skewed(numbers, (300,))
        both = resampled_quantiles(np.stack([a, b + 5]), (percent,), seed=1, resamples=199)[0]
        for level in held:
            found = difference_of_quantiles(both[0], both[1], percent, horizon=10_000, level=level)
            held[level] += found.low <= -5 <= found.high
    assert at_most(300 - held[0.95], 300, 0.05)
    assert at_most(300 - held[0.5], 300, 0.5)
    assert 150 <= held[0.5] < 240


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99, 0.999, levels(15), levels(66)])
def test_the_resamples_asked_for_are_enough_and_one_less_is_not(level):
    few = np.zeros(2, dtype=np.int64)
    with pytest.raises(ValueError) as caught:
        difference_of_quantiles(few, few, 50, horizon=9, level=level)
    enough = np.zeros(1 + int(str(caught.value).split()[-3]), dtype=np.int64)
    assert difference_of_quantiles(enough, enough, 50, horizon=9, level=level).low == 0
    with pytest.raises(ValueError):
        difference_of_quantiles(enough[1:], enough[1:], 50, horizon=9, level=level)


def test_canary():
    """Numbers written down once: a change here changes every comparison ever stored."""
    found = resampled_quantiles(np.arange(1000)[np.newaxis], (50, 80), seed=1, resamples=5)
    assert found[:, 0].tolist() == [
        [499, 499, 520, 508, 477, 504],
        [799, 818, 804, 810, 808, 804],
    ]
    other = resampled_quantiles(np.arange(1000)[np.newaxis], (50, 80), seed=2, resamples=5)
    assert not np.array_equal(found[:, :, 1:], other[:, :, 1:])
