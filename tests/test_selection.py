"""The selection is the procedure of Kim and Nelson, keeps its promise, and does not depend on batches."""

import importlib.util
import itertools
import math
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onelogin_sim.selection import Selection, select


def from_table(values, asked=None):
    """An observer of given values [replication, system], which notes what it is asked for."""
    table = np.asarray(values, dtype=float)

    def observe(systems, replications):
        if asked is not None:
            asked.append((systems, replications))
        return table[replications.start : replications.stop][:, list(systems)]

    return observe


def selected(values, replications=None, **settings):
    """The selection from a table of values, by default with all of its replications."""
    table = np.asarray(values, dtype=float)
    return select(
        from_table(table),
        table.shape[1],
        range(len(table)) if replications is None else replications,
        **{"delta": 2, "initial": 3, **settings},
    )


def kim_nelson(values, *, delta, alpha, initial):
    """Kim and Nelson (2001), section 2, for a minimum: one replication at a time, as the paper prints it.

    Survivors and, for each system, the number of replications after which it was eliminated; None when the
    replications run out.
    """
    systems = range(len(values[0]))
    eta = 0.5 * ((2 * alpha / (len(systems) - 1)) ** (-2 / (initial - 1)) - 1)
    h2 = 2 * eta * (initial - 1)

    def difference(i, j):
        return [row[i] - row[j] for row in values[:initial]]

    s2 = {(i, j): statistics.variance(difference(i, j)) for i in systems for j in systems}
    tied = {pair for pair in s2 if not any(difference(*pair))}
    left = [None] * len(systems)
    alive = list(systems)
    for r in range(initial, len(values) + 1):
        mean = {i: sum(row[i] for row in values[:r]) / r for i in alive}
        w = {(i, j): max(0, delta / (2 * r) * (h2 * s2[i, j] / delta**2 - r)) for i in alive for j in alive}
        old = alive
        alive = [
            i for i in old if all((i, j) in tied or not mean[i] - mean[j] > w[i, j] + 1e-12 for j in old)
        ]
        for i in set(old) - set(alive):
            left[i] = r
        if len(alive) == 1 or all(h2 * s2[i, j] / delta**2 <= r for i in alive for j in alive):
            return r, tuple(alive), tuple(left)
    return None


# alpha = 0.05, two systems and three initial replications: η = (0.1⁻¹ - 1)/2 = 4.5, h² = 2 · 4.5 · 2 = 18.
# Differences with variance 1 and δ = 2: the sums may differ by 4.5 - r after r replications.


def test_by_hand_an_early_elimination():
    """Differences 1, 2, 3: variance 1; the sum 6 exceeds 4.5 - 3."""
    found = selected([[1, 0], [2, 0], [3, 0]])
    assert found == Selection(
        best=1, survivors=(1,), replications=3, eliminated_at=(3, None), means=(2.0, 0.0), complete=True
    )
    assert found.used == (3, 3)


def test_by_hand_an_elimination_where_the_region_closes():
    """Sums 0, 0.5, 0.75 against 1.5, 0.5 and 0: on the boundary a system stays; beyond it, it goes."""
    found = selected([[1, 0], [-1, 0], [0, 0], [0.5, 0], [0.25, 0], [9, 0]])
    assert found.eliminated_at == (5, None)
    assert found.means == (0.15, 0.0)
    assert found.complete


def test_by_hand_equal_sums_where_the_region_closes_are_a_tie():
    found = selected([[1, 0], [-1, 0], [0, 0], [0.5, 0], [-0.5, 0], [9, 0]])
    assert found == Selection(
        best=0, survivors=(0, 1), replications=5, eliminated_at=(None, None), means=(0.0, 0.0), complete=True
    )


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_by_hand_what_left_eliminates_nobody(batch):
    """η is the same for three systems and alpha = 0.1. System 1 would eliminate system 0 after 5, but leaves after 4.

    Pairs 0-1 and 1-2 differ by 1, -1, 0 and -1, 1, 0 and so have variance 1; pair 0-2 is equal at first.
    After 4: 1 lies 1 above 2, more than 0.5, and leaves. After 5: 0 lies 1.5 above 1, but 1 is gone.
    """
    values = [[1, 0, 1], [-1, 0, -1], [0, 0, 0], [0, 1, 0], [2.5, 0, 2.5], [0, 0, 0]]
    found = selected(values, alpha=0.1, batch=batch)
    assert found.eliminated_at == (None, 4, None)
    assert found.survivors == (0, 2)


def test_all_that_entered_a_replication_screen_it_even_those_that_leave_with_it():
    """0 exceeds 1 by 6 and 1 exceeds 2 by 6, variance 1: beyond 1.5. 0 exceeds 2 by 12, variance 4: within 15."""
    assert selected([[2, 1, 0], [4, 2, 0], [6, 3, 0]], alpha=0.1).eliminated_at == (3, 3, None)
    assert selected([[2, 0], [4, 0], [6, 0]]).survivors == (0, 1)


tables = st.integers(2, 5).flatmap(
    lambda systems: st.lists(
        st.lists(st.integers(0, 12), min_size=systems, max_size=systems), min_size=40, max_size=40
    )
)


@given(tables, st.integers(1, 50), st.integers(2, 8), st.sampled_from([0.5, 1.5, 3]))
def test_it_is_the_procedure_as_printed(values, batch, initial, delta):
    settings_ = {"delta": delta, "alpha": 0.07, "initial": initial}
    expected = kim_nelson(values, **settings_)
    found = selected(values, batch=batch, **settings_)
    assert found.complete == (expected is not None)
    if expected is not None:
        assert (found.replications, found.survivors, found.eliminated_at) == expected
        means = [statistics.fmean(row[i] for row in values[: found.used[i]]) for i in range(len(values[0]))]
        assert found.means == pytest.approx(means)
        assert found.best == min(found.survivors, key=lambda i: means[i])


@given(
    st.integers(0, 10**6),
    st.integers(2, 8),
    st.integers(1, 300),
    st.integers(20, 400),
    st.sampled_from([0.1, 0.5, 2.0]),
)
def test_batches_do_not_show_even_in_the_last_bit(seed, systems, batch, budget, delta):
    """Values with all their digits, some systems equal, a budget that may run out: the same in every field."""
    values = np.random.Generator(np.random.PCG64(seed)).normal(0, 3, (budget, systems)) ** 3
    values[:, -1] = values[:, 0] + (seed % 2) * (np.arange(budget) > 30)
    assert selected(values, delta=delta, initial=10, batch=batch) == selected(
        values, delta=delta, initial=10, batch=1
    )


def test_only_survivors_are_observed_and_each_replication_once():
    """System 2 is far off and leaves at once; replications go on from where they stopped."""
    generator = np.random.Generator(np.random.PCG64(1))
    values = generator.normal([0, 0.3, 90], 5, (1000, 3))
    asked = []
    found = select(from_table(values, asked), 3, range(100, 900), delta=0.5, initial=20, batch=30)
    assert found.eliminated_at[2] == 20
    assert asked[0] == ((0, 1, 2), range(100, 120))
    assert {systems for systems, _ in asked[1:]} == {(0, 1)}
    assert asked[1][1] == range(120, 150)
    for (_, before), (_, after) in itertools.pairwise(asked):
        assert before.stop == after.start
    assert asked[-1][1].start < 100 + found.replications <= asked[-1][1].stop


def test_the_budget_ends_it_with_the_lowest_mean_and_no_promise():
    """Differences of mean -0.01 and variance 1 take far more than 60 replications at δ = 0.01."""
    values = np.tile([[0, 0.99], [0, -1.01]], (30, 1))
    found = selected(values, delta=0.01)
    assert (found.best, found.complete, found.replications) == (1, False, 60)
    assert found.survivors == (0, 1)
    assert found.means == pytest.approx((0, -0.01))


def test_fewer_replications_than_the_initial_ones_eliminate_nobody():
    found = selected([[1, 0, 90], [1, 0, 90]], initial=3)
    assert found == Selection(1, (0, 1, 2), 2, (None, None, None), (1.0, 0.0, 90.0), False)


def test_identical_systems_are_ties_and_end_at_once():
    asked = []
    values = np.repeat(np.arange(500.0)[:, np.newaxis], 4, axis=1)
    found = select(from_table(values, asked), 4, range(500), delta=2, initial=30)
    assert (found.best, found.survivors, found.replications, found.complete) == (0, (0, 1, 2, 3), 30, True)
    assert asked == [((0, 1, 2, 3), range(30))]


def test_identical_systems_stay_together_against_another():
    """1 and 2 are equal in the initial replications, and both beat 0 later: 2 is lower by then, and nominated."""
    generator = np.random.Generator(np.random.PCG64(3))
    values = generator.normal([1, 0, 0], 4, (2000, 3))
    values[:, 2] = values[:, 1]
    values[25:, 2] -= 0.25
    found = selected(values, delta=1, initial=20)
    assert found.complete
    assert found.survivors == (1, 2)
    assert found.best == 2
    assert found.eliminated_at[0] > 20


def test_a_constant_difference_is_decided_at_once():
    """Nothing random between them, as where every duration is fixed: a hair's breadth decides."""
    values = np.arange(10.0)[:, np.newaxis] + [0.5, 0, 0.25]
    found = selected(values, delta=5)
    assert (found.best, found.eliminated_at, found.complete) == (1, (3, None, 3), True)


def test_a_probability_is_selected_as_minus_an_indicator():
    """0.5, 0.6 and 0.9 of meeting a date: the last is nominated."""
    generator = np.random.Generator(np.random.PCG64(4))
    met = generator.random((20_000, 1)) < [0.5, 0.6, 0.9]
    found = selected(-met.astype(float), delta=0.05, initial=200)
    assert (found.best, found.complete) == (2, True)


def benchmark():
    """The benchmark as a module: the promise is kept by the same problems there and here."""
    path = Path(__file__).parents[1] / "benchmarks" / "selection.py"
    spec = importlib.util.spec_from_file_location("benchmarks_selection", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BENCHMARK = benchmark()


@pytest.mark.parametrize(
    ("family", "initial"),
    [*((family, 200) for family in BENCHMARK.FAMILIES), ("normal, slippage", 10)],
)
def test_the_promise_is_kept(family, initial):
    """500 problems whose best is known: the exact 99% interval of the correct ones does not lie below 95%."""
    found = BENCHMARK.decide(BENCHMARK.FAMILIES[family], 500, initial=initial)
    _, high = BENCHMARK.interval(found.correct, 500)
    assert high >= 0.95


def test_the_check_of_the_promise_can_fail():
    """Ten initial replications are too few for skewed days that differ in a fifth of the futures: hence 200."""
    found = BENCHMARK.decide(BENCHMARK.FAMILIES["days, a fifth differ"], 500, initial=10)
    assert BENCHMARK.interval(found.correct, 500)[1] < 0.95


def test_the_benchmark_names_the_right_best():
    """The means of 100,000 replications of each of its families put the best δ ahead of all others."""
    for make in BENCHMARK.FAMILIES.values():
        problem = make(np.random.Generator(np.random.PCG64(6)), True)
        values = problem.draw(np.random.Generator(np.random.PCG64(7)), 100_000)
        behind = np.delete(values - values[:, [problem.best]], problem.best, axis=1)
        error = behind.std(axis=0) / math.sqrt(len(values))
        assert (behind.mean(axis=0) > problem.delta - 4 * error).all()
        assert behind.mean(axis=0).min() < problem.delta + 4 * error.max()


def test_the_interval_is_clopper_and_pearsons():
    """0 of 10: the upper end p solves (1 - p)¹⁰ = 0.005."""
    assert BENCHMARK.interval(0, 10) == pytest.approx((0, 1 - 0.005**0.1))
    low, high = BENCHMARK.interval(480, 500)
    assert stats.binom.sf(479, 500, low) == pytest.approx(0.005)
    assert stats.binom.cdf(480, 500, high) == pytest.approx(0.005)


def test_common_random_numbers_save_replications():
    """The same systems, with the luck they share and with independent luck: at least three times as many."""
    make = BENCHMARK.FAMILIES["normal, slippage"]
    shared, apart = (np.mean(BENCHMARK.decide(make, 60, common=common).schedules) for common in (True, False))
    assert apart > 3 * shared


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"systems": 1}, "a selection needs at least 2 systems, got 1"),
        ({"replications": range(5, 5)}, "no replications to select with"),
        ({"delta": 0.0}, "delta, the indifference zone, must be above 0, got 0.0"),
        ({"delta": math.inf}, "delta, the indifference zone, must be above 0, got inf"),
        ({"delta": math.nan}, "delta, the indifference zone, must be above 0, got nan"),
        ({"alpha": 0.5}, "alpha, the probability of error, must lie between 0 and 0.5, got 0.5"),
        ({"alpha": 0.0}, "alpha, the probability of error, must lie between 0 and 0.5, got 0.0"),
        ({"initial": 1}, "a variance needs at least 2 initial replications, got 1"),
        ({"batch": 0}, "a batch has at least 1 replication, got 0"),
        ({"systems": 3}, "observe returned the shape (5, 2), not [replication, system] (5, 3)"),
    ],
)
def test_bad_arguments_are_named(change, message):
    given_ = {"systems": 2, "replications": range(9), "delta": 1.0, "initial": 5, **change}
    with pytest.raises(ValueError) as caught:
        select(lambda _, replications: np.zeros((len(replications), 2)), **given_)
    assert str(caught.value) == message


def test_values_that_are_not_finite_are_named():
    values = np.zeros((9, 2))
    values[2, 1] = np.nan
    with pytest.raises(ValueError) as caught:
        selected(values)
    assert str(caught.value) == (
        "observe returned nan for system 1, replication 2; values must be finite, so count days to the horizon"
    )


def test_the_caller_keeps_its_values():
    """Sums are built in a copy."""
    values = np.random.Generator(np.random.PCG64(1)).normal(size=(50, 2))
    kept = values.copy()
    select(
        lambda _, replications: values[replications.start : replications.stop],
        2,
        range(50),
        delta=0.01,
        initial=5,
    )
    assert np.array_equal(values, kept)
