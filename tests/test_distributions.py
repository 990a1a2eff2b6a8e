"""Durations and factors: closed forms, SciPy as an oracle, and the rounding rule of contract 4.1."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onelogin_sim.distributions import LONGEST_TABLE, TAIL, Z90, Distribution, Table, cdf, table

sizes = st.floats(0.5, 200.0)


def sorted_floats(count):
    return st.lists(sizes, min_size=count, max_size=count).map(sorted)


def at(distribution, *points):
    return cdf(distribution, np.array(points, dtype=float))


def bounded(kind, low, mode, high):
    """SciPy's distribution of the same name and parameters."""
    width = high - low
    if kind == "triangular":
        return stats.triang((mode - low) / width, loc=low, scale=width)
    return stats.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, loc=low, scale=width)


bounded_cases = st.tuples(st.sampled_from(["pert", "triangular"]), sorted_floats(3)).filter(
    lambda case: case[1][2] - case[1][0] > 0.01
)


# -- the continuous distributions -------------------------------------------------------------------------


def test_z90_is_the_standard_normals():
    assert pytest.approx(stats.norm.ppf(0.9), abs=1e-15) == Z90


@given(sorted_floats(3))
def test_the_percentiles_given_are_hit(p):
    """A planner's own P10, P50 and P90 come back; equal ones put all of that side on the median."""
    p10, p50, p90 = p
    split = Distribution("split_lognormal", tuple(p))
    below, middle, above = at(split, p10, p50, p90)
    assert above == pytest.approx(0.9, abs=1e-9) if p90 > p50 else above == 1.0
    if p50 > p10:
        assert below == pytest.approx(0.1, abs=1e-9)
        if p90 > p50:
            assert middle == pytest.approx(0.5, abs=1e-12)


@given(sorted_floats(2), st.floats(0.1, 900.0))
def test_lognormal_is_scipys(p, x):
    median, p90 = p
    if p90 / median < 1.0001:
        return
    oracle = stats.lognorm(s=math.log(p90 / median) / stats.norm.ppf(0.9), scale=median)
    assert at(Distribution("lognormal", (median, p90)), x)[0] == pytest.approx(oracle.cdf(x), abs=1e-9)


@given(sorted_floats(3), st.floats(0.1, 900.0))
def test_each_side_of_a_split_lognormal_is_a_lognormal(p, x):
    p10, p50, p90 = p
    if p50 / p10 < 1.0001 or p90 / p50 < 1.0001:
        return
    spread = math.log(p50 / p10) if x < p50 else math.log(p90 / p50)
    oracle = stats.lognorm(s=spread / stats.norm.ppf(0.9), scale=p50)
    assert at(Distribution("split_lognormal", tuple(p)), x)[0] == pytest.approx(oracle.cdf(x), abs=1e-9)


@given(bounded_cases, st.floats(0.0, 250.0))
def test_pert_and_triangular_are_scipys(case, x):
    kind, p = case
    assert at(Distribution(kind, tuple(p)), x)[0] == pytest.approx(bounded(kind, *p).cdf(x), abs=1e-9)


@given(sorted_floats(3).filter(lambda p: p[2] - p[0] > 1))
def test_pert_has_the_textbook_mean_and_variance(p):
    """Mean (low + 4 mode + high)/6; variance (mean - low)(high - mean)/7, by integrating our own F."""
    low, mode, high = p
    x = np.linspace(low, high, 20_001)
    survival = 1 - cdf(Distribution("pert", tuple(p)), x)
    mean = low + np.trapezoid(survival, x)
    second = low**2 + 2 * np.trapezoid(x * survival, x)
    expected = (low + 4 * mode + high) / 6
    assert mean == pytest.approx(expected, rel=1e-5)
    assert second - mean**2 == pytest.approx((expected - low) * (high - expected) / 7, rel=1e-2, abs=1e-4)


def test_triangular_by_hand():
    """On [2, 10] with the mode at 4, F(4) = (4 - 2)/(10 - 2) = 1/4, F(7) = 1 - 9/48."""
    assert at(Distribution("triangular", (2, 4, 10)), 1, 2, 4, 7, 10, 11).tolist() == pytest.approx(
        [0, 0, 0.25, 1 - 9 / 48, 1, 1]
    )


@pytest.mark.parametrize("p", [(0.0, 0.0, 4.0), (0.0, 4.0, 4.0)])
@pytest.mark.parametrize("kind", ["triangular", "pert"])
def test_the_mode_may_be_an_end(kind, p):
    assert at(Distribution(kind, p), 1.0, 3.0) == pytest.approx(bounded(kind, *p).cdf([1.0, 3.0]))


@pytest.mark.parametrize("kind", ["triangular", "pert"])
def test_low_mode_and_high_may_all_be_equal(kind):
    """PERT divides by zero there if nobody looks."""
    same = Distribution(kind, (7.0, 7.0, 7.0))
    assert at(same, 6.9, 7.0, 7.1).tolist() == [0, 1, 1]
    assert table(same).look_up(np.array([0.0, 0.5, 1 - 2**-53])).tolist() == [7, 7, 7]


def test_observed_is_the_share_seen():
    seen = Distribution("observed", (5.0, 2.0, 2.0, 9.0))
    assert at(seen, 1.9, 2, 4.9, 5, 8.9, 9).tolist() == [0, 0.5, 0.5, 0.75, 0.75, 1]
    made = table(seen)
    assert (made.first, made.last) == (2, 9)
    assert made.cumulative.tolist() == [0.5, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75, 1.0]


def test_cumulative_with_a_share_on_the_first_value():
    """21% are ready today; the rest come forward evenly over 100 days."""
    ready = Distribution("cumulative", (0.0, 0.21, 100.0, 1.0))
    assert at(ready, -1, 0, 50, 100, 101).tolist() == pytest.approx([0, 0.21, 0.605, 1, 1])
    made = table(ready, least=0)
    assert made.first == 0
    assert made.cumulative[0] == pytest.approx(0.21 + 0.79 * 0.005)  # half a day rounds down to today
    assert made.median == math.ceil((0.5 - 0.21) / 0.0079 - 0.5)


# -- tables -----------------------------------------------------------------------------------------------

kinds = st.one_of(
    sorted_floats(3).map(lambda p: Distribution("split_lognormal", tuple(p))),
    sorted_floats(2).filter(lambda p: p[1] / p[0] < 20).map(lambda p: Distribution("lognormal", tuple(p))),
    sorted_floats(3).map(lambda p: Distribution("pert", tuple(p))),
    sorted_floats(3).map(lambda p: Distribution("triangular", tuple(p))),
    sizes.map(lambda value: Distribution("fixed", (value,))),
    st.lists(sizes, min_size=1, max_size=8).map(lambda p: Distribution("observed", tuple(p))),
    sorted_floats(2).map(lambda p: Distribution("cumulative", (p[0], 0.3, p[1] + 1, 1.0))),
).filter(lambda distribution: at(distribution, 20_000.0)[0] > TAIL)

units_and_least = st.sampled_from([(1, 1), (1, 0), (4, 1)])


@given(kinds, units_and_least)
def test_the_chance_of_at_most_n_is_f_of_n_and_a_half(distribution, how):
    """Rounded to the nearest; what lies below the least becomes it; the table ends where F reaches 0.9999."""
    unit, least = how
    made = table(distribution, unit, least)
    values = np.arange(made.first, made.last + 1)
    exact = cdf(distribution, (values + 0.5) / unit)
    assert made.cumulative[:-1].tolist() == exact[:-1].tolist()
    assert made.cumulative[-1] == 1.0
    assert exact[-1] >= TAIL
    assert (exact[:-1] < TAIL).all()
    assert made.first >= least
    if made.first > least:  # what was left out in front never happens
        assert at(distribution, (made.first - 0.5) / unit)[0] == 0.0


@given(kinds, st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=2, max_size=20))
def test_a_draw_is_the_first_value_whose_cumulative_exceeds_it(distribution, uniforms):
    """`searchsorted`, side right, written out; and monotone in the uniform."""
    made = table(distribution)
    drawn = made.look_up(np.array(uniforms))
    expected = [
        made.first + next(i for i, share in enumerate(made.cumulative) if share > u) for u in uniforms
    ]
    assert drawn.tolist() == expected
    assert sorted(drawn.tolist()) == made.look_up(np.array(sorted(uniforms))).tolist()
    assert drawn.min() >= 1
    assert drawn.max() <= made.last


@given(kinds)
def test_mean_median_and_shares_are_those_of_a_grid_of_uniforms(distribution):
    made = table(distribution)
    drawn = made.look_up((np.arange(100_000) + 0.5) / 100_000)
    assert made.mean == pytest.approx(drawn.mean(), rel=1e-3, abs=0.02)
    assert made.median == np.sort(drawn)[49_999]
    for value in (made.first - 3, made.first, made.median, made.last, made.last + 1, made.last + 9):
        assert made.probability_below(value) == pytest.approx((drawn < value).mean(), abs=2e-5)


def test_a_draw_on_the_edge_belongs_to_the_next_value():
    """With half the mass on 2, a uniform of exactly ½ is the next one; the median is still 2."""
    made = Table(2, np.array([0.5, 1.0]))
    assert made.look_up(np.array([0.0, 0.4999, 0.5, 0.9999])).tolist() == [2, 2, 3, 3]
    assert made.median == 2
    assert made.quantile(0.51) == 3


def test_fixed_days():
    made = table(Distribution("fixed", (12.0,)))
    assert (made.first, made.last, made.mean, made.median) == (12, 12, 12.0, 12)


def test_what_takes_time_takes_at_least_a_day():
    """Half the mass lies below half a day; a day it is."""
    short = Distribution("split_lognormal", (0.1, 0.5, 2.5))
    made = table(short)
    assert made.first == 1
    assert made.cumulative[0] == at(short, 1.5)[0] > 0.5


def test_tables_of_factors_count_thousandths():
    """Slows by 1.1 / 1.4 / 2.2: the median is 1400 thousandths and a tenth of the draws are at most 1100."""
    slows = Distribution("split_lognormal", (1.1, 1.4, 2.2))
    made = table(slows, 1000)
    assert made.median == 1400
    assert made.quantile(0.1) == 1100
    assert made.quantile(0.9) == 2200
    assert table(Distribution("pert", (1.1, 1.4, 2.2)), 1000).first == 1100  # what never happens is left out
    exactly = table(Distribution("fixed", (1.0,)), 1000)
    assert (exactly.first, exactly.last) == (1000, 1000)


def test_the_tail_takes_the_rest():
    """P90 at twice the median: the last value is the first with F ≥ 0.9999, and 0.9999 draws it."""
    long = Distribution("lognormal", (20.0, 40.0))
    made = table(long)
    exact = 20 * math.exp(stats.norm.ppf(TAIL) * math.log(2) / stats.norm.ppf(0.9))
    assert made.last == math.ceil(exact - 0.5)
    assert made.look_up(np.array([0.99995, 1 - 2**-53])).tolist() == [made.last, made.last]


@pytest.mark.parametrize(
    ("distribution", "unit"),
    [
        (Distribution("fixed", (LONGEST_TABLE + 1.0,)), 1),
        (Distribution("fixed", (1e12,)), 1),
        (Distribution("lognormal", (100.0, 9000.0)), 1),
        (Distribution("split_lognormal", (1.0, 50.0, 1000.0)), 1000),
    ],
)
def test_tables_that_would_be_too_long_are_refused(distribution, unit):
    with pytest.raises(ValueError, match=r"^reaches beyond 100000 units$"):
        table(distribution, unit)


def test_the_longest_table_is_allowed():
    assert table(Distribution("fixed", (float(LONGEST_TABLE),))).last == LONGEST_TABLE


def test_tables_cannot_be_changed():
    made = table(Distribution("fixed", (3.0,)))
    with pytest.raises(ValueError, match="read-only"):
        made.cumulative[0] = 0.5
