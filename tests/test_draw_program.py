"""The compiled draws are the readable ones, bit for bit, for any plan."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from onelogin_sim.distributions import Distribution, table
from onelogin_sim.draws import draw, draw_swapped
from onelogin_sim.draws.decisions import ByChance, decide
from onelogin_sim.draws.guide_tables import guide_tables
from onelogin_sim.draws.kernels import days_left
from onelogin_sim.draws.program import draw_program
from onelogin_sim.plan import Pace
from plans import everything, plan, stage

WIDE = Distribution("split_lognormal", (5.0, 12.0, 40.0))
HIGHEST = 1 - 2.0**-53


def same(draws, decided):
    """All arrays equal, type and all."""
    for name in decided._fields:
        ours, readable = getattr(draws, name), getattr(decided, name)
        assert ours.dtype == readable.dtype
        assert np.array_equal(ours, readable), name


@given(strategies.plans(), st.integers(0, 2**64 - 1), st.integers(0, 2**40), st.integers(1, 150))
@settings(max_examples=200)
def test_compiled_and_readable_draws_are_the_same(made, seed, first, count):
    """Whatever the plan, wherever the block starts, over one tile of 64 and more."""
    which = range(first, first + count)
    same(draw(made, seed, which), decide(made, count, ByChance(seed, which)))


@given(
    strategies.plans(),
    st.integers(0, 99),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(1, 70),
    st.data(),
)
@settings(max_examples=100)
def test_compiled_and_readable_swaps_are_the_same(made, seed, first, second, count, data):
    """Any set of decisions taken from others that begin at another place in a block of the generator."""
    names = draw_program(made).names
    swapped = data.draw(st.sets(st.sampled_from(names))) if names else set()
    which, other = range(first, first + count), range(second, second + count)
    readable = ByChance(seed, which, lambda *name: other if name in swapped else which)
    found = draw_swapped(made, seed, which, lambda *name: name in swapped, other)
    same(found, decide(made, count, readable))


def test_with_everything_a_plan_can_have():
    same(draw(everything(), 3, 1000), decide(everything(), 1000, ByChance(3, range(1000))))


@given(strategies.plans())
def test_the_program_names_each_decision_that_is_asked_for(made):
    """No more and no less, but for the presence of barriers that are certain, which needs no luck."""
    decider = ByChance(1, range(4))
    decide(made, 4, decider)
    names = draw_program(made).names
    assert len(set(names)) == len(names)
    assert set(names) == set(decider.drawn)
    assert draw_program(made).arrays.keys.tolist() == [
        next(key for key, name in decider.keys.items() if name == wanted) for wanted in names
    ]


def test_a_new_plan_has_a_new_program():
    """Worked out once for a plan; `replace` makes another plan."""
    made = plan({"a": [WIDE]})
    assert draw_program(made) is draw_program(made)
    slower = replace(made, pace=Pace(programme=Distribution("fixed", (3.0,))))
    assert draw_program(slower) is not draw_program(made)
    assert (draw(slower, 1, 9).days == 3 * draw(made, 1, 9).days).all()


@pytest.mark.parametrize("since", [0, -1, -9, -30, -60, -500])
def test_what_is_left_of_a_running_stage(since):
    """Under factors that differ between replications, from nothing done to beyond the whole table."""
    factor = Distribution("triangular", (0.5, 1.0, 3.0))
    made = plan({"a": [stage(WIDE, since=since)]}, first=min(since, 0), pace=Pace(programme=factor))
    same(draw(made, 1, 500), decide(made, 500, ByChance(1, range(500))))


@given(
    strategies.durations,
    st.integers(0, 40),
    st.integers(300, 3000),
    st.one_of(st.sampled_from([0.0, 0.5, HIGHEST]), st.floats(0.0, HIGHEST)),
)
def test_what_is_left_at_the_edges(distribution, elapsed, factor, uniform):
    """As the rule reads, for any uniform; never more than what is left of the last value of the table."""
    made = table(distribution)
    tables = guide_tables([made])
    left = days_left(
        uniform, factor, elapsed, made.first, 0, len(made.cumulative), tables.cumulative, tables.guide[0]
    )
    least = -(-(1000 * (elapsed + 1) - 500) // factor) if elapsed else 0
    if least > made.last:
        assert left == 1
        return
    below = made.probability_below(least)
    drawn = max(int(made.look_up(np.array([below + uniform * (1.0 - below)]))[0]), least)
    assert left == max(1, (drawn * factor + 500) // 1000) - elapsed
    assert 1 <= left <= max(1, (made.last * factor + 500) // 1000) - elapsed


def test_the_highest_uniform_stays_within_the_table(monkeypatch):
    """Rescaled into the share above what is done it rounds to 1, which lies beyond every table."""
    monkeypatch.setattr(
        "onelogin_sim.draws.decisions.uniforms",
        lambda seed, keys, which: np.full((len(keys), len(which)), HIGHEST),
    )
    made = table(WIDE)
    tables = guide_tables([made])
    for elapsed in (10, made.last - 30, made.last - 2, made.last - 1):
        running = plan({"a": [stage(WIDE, since=-elapsed)]}, first=-made.last)
        assert decide(running, 1, ByChance(1, range(1))).days.tolist() == [[made.last - elapsed]]
        left = days_left(
            HIGHEST, 1000, elapsed, made.first, 0, len(made.cumulative), tables.cumulative, tables.guide[0]
        )
        assert left == made.last - elapsed
