"""Percentiles, intervals and summaries, against closed forms and SciPy as an oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onelogin_sim.calendars import NEVER
from onelogin_sim.chains import block_sums
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.engines import reference
from onelogin_sim.forecasting import PERCENTILES, quantiles, share, summarise
from onelogin_sim.plan import Department, Target
from onelogin_sim.tally import Block, Tally
from plans import order, plan, stage


@pytest.mark.parametrize(("count", "of"), [(0, 10), (5, 10), (10, 10), (1, 1), (37, 1000), (999, 1000)])
def test_shares_carry_their_wilson_interval(count, of):
    oracle = stats.binomtest(count, of).proportion_ci(method="wilson")
    found = share(count, of)
    assert found.value == count / of
    assert found.low == pytest.approx(oracle.low, abs=1e-12)
    assert found.high == pytest.approx(oracle.high, abs=1e-12)


def histogram(days, horizon=50):
    return np.bincount([horizon if day == NEVER else day for day in days], minlength=horizon + 1)


def test_a_percentile_is_the_smallest_day_by_which_so_many_are_there():
    """Ten futures on days 1 to 10: P10 is day 1, P50 day 5, P80 day 8, P90 day 9."""
    assert [found.day for found in quantiles(histogram(range(1, 11)))] == [1, 5, 8, 9]


def test_what_does_not_happen_counts_in_percentiles():
    """Of ten futures three never get there: the P80 and the P90 are not within the horizon."""
    found = quantiles(histogram([4] * 7 + [NEVER] * 3))
    assert [entry.day for entry in found] == [4, 4, NEVER, NEVER]


def test_a_single_future_bounds_nothing_above():
    found = quantiles(histogram([7]))
    assert {entry.day for entry in found} == {7}
    assert {entry.high for entry in found} == {NEVER}


@given(st.lists(st.one_of(st.integers(0, 49), st.just(NEVER)), min_size=1, max_size=60))
def test_percentiles_and_intervals_agree_with_sorting(days):
    ordered = sorted(days)
    for entry in quantiles(histogram(days)):
        share_ = entry.percent / 100
        assert entry.day == ordered[-(-entry.percent * len(days) // 100) - 1]
        low = int(stats.binom.ppf(0.025, len(days), share_))
        high = int(stats.binom.ppf(0.975, len(days), share_)) + 1
        assert entry.low == (ordered[low - 1] if low else None)
        assert entry.high == (ordered[high - 1] if high <= len(days) else NEVER)
        assert (entry.low or 0) <= entry.day <= entry.high


@pytest.mark.parametrize("futures", [1, 3, 10, 20, 35, 200])
@pytest.mark.parametrize("place", range(len(PERCENTILES)))
def test_the_interval_of_a_percentile_holds_the_truth_as_often_as_it_says(futures, place):
    """Of a known distribution, 2,000 times from few and many futures: 95% less three standard errors.

    Few futures hold it only because a side that they cannot bound is left open.
    """
    generator = np.random.default_rng(np.random.PCG64(5))
    truth = PERCENTILES[place] // 2 - 1  # of 0 to 49, each as likely, so many percent are at most this
    held = 0
    for days in generator.integers(0, 50, size=(2000, futures)):
        entry = quantiles(histogram(days))[place]
        held += (entry.low is None or entry.low <= truth) and truth <= entry.high
    assert held / 2000 > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 2000)


def made_forecast(made, served, blocks=(40,)):
    tally = Tally(made)
    start = 0
    for size in blocks:
        draws = draw(made, 1, range(start, start + size))
        timeline = reference.run(made, served, draws)
        tally.add(
            draws.replications, Block(timeline.start, timeline.finish, block_sums(timeline, served, draws))
        )
        start += size
    return tally, summarise(
        tally,
        reference.run(made, served, deterministic(made)),
        title="T",
        variants=(),
        order=served.name,
        seed=1,
        findings=(),
    )


def certain(**fields):
    """Two services behind one team, all certain: live on days 3 and 5; c has been live since before."""
    return plan(
        {"a": [stage(3, team=1)], "b": [stage(2, team=1)]},
        resources={"team": 1},
        live={"c": -10},
        targets=(Target("all", "All", "services", 3, 3, by=4), Target("two", "Two", "services", 2, 3, by=3)),
        **fields,
    )


def test_a_certain_plan_is_forecast_without_doubt():
    made = certain()
    _, found = made_forecast(made, order(made, "a b"))
    everything, two = found.targets
    assert (everything.met_by.value, two.met_by.value) == (0.0, 1.0)
    assert [entry.day for entry in everything.quantiles] == [5, 5, 5, 5]
    assert (everything.deterministic, everything.deterministic_share) == (5, 1.0)
    assert everything.not_within_horizon.value == 0.0
    assert [entry.service.id for entry in found.services if entry.last] == ["b"]
    assert [entry.quantiles[1].day for entry in found.services] == [3, 5, -10]
    assert (found.departments[0].services, found.departments[0].live) == (3, 1)
    assert found.coverage[0].p50.tolist() == [3, 3, 3]
    assert found.coverage[0].paths.shape == (10, 3)


def test_a_planned_date_is_scored():
    made = certain(details={"a": {"planned_live": 3}, "b": {"planned_live": 4}})
    _, found = made_forecast(made, order(made, "a b"))
    assert [entry.planned_met and entry.planned_met.value for entry in found.services] == [1.0, 0.0, None]


def test_a_planned_date_before_the_status_date_is_never_met():
    made = certain(details={"a": {"planned_live": -3}})
    _, found = made_forecast(made, order(made, "a b"))
    assert found.services[0].planned_met.value == 0.0


def test_days_before_the_status_date_keep_their_true_day():
    """a has been live since its live stage began four days before; c since day -10: two of three on day -4."""
    made = plan(
        {"a": [stage(6, live=True, since=-4)], "b": [3]},
        live={"c": -10},
        targets=(Target("two", "Two", "services", 2, 3, by=9),),
        departments=[Department("d", "D"), Department("e", "E")],
        details={"c": {"department": "e"}},
    )
    _, found = made_forecast(made, order(made))
    assert [entry.day for entry in found.targets[0].quantiles] == [-4, -4, -4, -4]
    assert found.targets[0].deterministic == -4
    assert [entry.quantiles[1].day for entry in found.services] == [-4, 3, -10]
    assert [(entry.id, entry.quantiles[1].day) for entry in found.departments] == [("d", 3), ("e", -10)]


def test_coverage_in_users_is_what_some_future_has():
    """Three services of very different size: the bands are sums of their users, never less than what is live."""
    users = {"a": 7, "b": 123_457, "c": 99_000_001}
    spread = Distribution("pert", (5.0, 30.0, 90.0))
    made = plan(
        {"a": [spread], "b": [spread]},
        live={"c": -10},
        details={name: {"users": number} for name, number in users.items()},
        targets=(Target("users", "Users", "annual_users", 99_000_002, sum(users.values()), by=50),),
    )
    _, found = made_forecast(made, order(made))
    covered = found.coverage[1]
    possible = {users["c"] + one + other for one in (0, users["a"]) for other in (0, users["b"])}
    for band in (covered.p10, covered.p50, covered.p90):
        assert set(band.tolist()) <= possible


def test_nothing_depends_on_the_size_of_blocks():
    made = certain()
    whole, _ = made_forecast(made, order(made, "a b"))
    parts, _ = made_forecast(made, order(made, "a b"), blocks=(7, 13, 20))
    assert whole.result_digest == parts.result_digest
    assert (whole.go_live == parts.go_live).all()
    assert (whole.coverage["services"] == parts.coverage["services"]).all()
    assert (whole.paths["services"] == parts.paths["services"]).all()
    assert (whole.target_days == parts.target_days).all()


def test_blocks_come_in_order():
    made = certain()
    tally = Tally(made)
    draws = draw(made, 1, range(5, 9))
    timeline = reference.run(made, order(made, "a b"), draws)
    block = Block(timeline.start, timeline.finish, block_sums(timeline, order(made, "a b"), draws))
    with pytest.raises(ValueError, match=r"range\(5, 9\) does not follow"):
        tally.add(draws.replications, block)


def test_what_never_goes_live_is_a_finding():
    made = plan({"a": [500]}, targets=(Target("all", "All", "services", 1, 1, by=9),))
    _, found = made_forecast(made, order(made))
    assert [finding.text for finding in found.findings] == [
        "Not live within the horizon in any of the futures: A."
    ]
    assert found.targets[0].not_within_horizon.value == 1.0
    assert found.targets[0].deterministic == NEVER
