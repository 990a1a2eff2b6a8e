"""Barriers on the driver chain, by hand, and the walk along the chain against that of `chains`."""

from dataclasses import replace

import numpy as np
from hypothesis import given

from onelogin_sim.arrays import plan_arrays
from onelogin_sim.chains import block_sums, chain_ends
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw
from onelogin_sim.drivers import drivers
from onelogin_sim.driving.alterations import without_barrier
from onelogin_sim.driving.barrier_days import add, barrier_sums, with_barriers, work_on_chains
from onelogin_sim.engines import reference
from onelogin_sim.plan import Barrier, Department, Target
from onelogin_sim.timeline.waits import waits
from plans import order, plan, stage, worked
from strategies import cases

HALF_AS_MUCH_AGAIN = Distribution("fixed", (1.5,))
SLOWED = {
    "barriers": (Barrier("legacy", 0.0, HALF_AS_MUCH_AGAIN),),
    "departments": [Department("d", "Department", certain=("legacy",))],
}


def all_live(made, by=90):
    size = len(made.services)
    return replace(made, targets=(Target("all", "All", "services", size, size, by),))


def sums_of(made, served, which):
    draws = draw(made, 1, which)
    timeline = reference.run(made, served, draws)
    without = {
        barrier.id: draw(without_barrier(made, barrier.id), 1, which).days for barrier in made.barriers
    }
    return timeline, draws, barrier_sums(timeline, served, draws, without)


def barriers_of(made, text=""):
    made, served = all_live(made), None
    served = order(made, text)
    timeline, draws, sums = sums_of(made, served, range(1))
    (found,) = with_barriers(drivers(made, block_sums(timeline, served, draws)), made, sums)
    return {one.id: (one.criticality, one.days) for one in found.drivers if one.kind == "barrier"}


def test_a_barrier_adds_the_days_the_work_takes_longer():
    """10 days become 15: five were added."""
    made = plan({"a": [stage(10, slowed_by=("legacy",))]}, **SLOWED)
    assert barriers_of(made) == {"legacy": (1.0, 5.0)}


def test_days_added_are_calendar_days_from_the_same_start():
    """4 working days become 6. From a Monday: Friday against the Tuesday after, four calendar days."""
    made = plan(
        {"a": [stage(4, slowed_by=("legacy",), calendar="week")]},
        calendars=[worked("week", "#####.." * 15 + "#####")],
        horizon=110,
        **SLOWED,
    )
    assert barriers_of(made) == {"legacy": (1.0, 4.0)}


def test_a_barrier_off_the_chain_is_not_counted():
    """b is the last to be live and no barrier slows it; what slows a is nobody's concern."""
    made = plan({"a": [stage(10, slowed_by=("legacy",))], "b": [40]}, **SLOWED)
    assert barriers_of(made) == {}


def test_a_barrier_on_the_work_that_held_the_team_is_on_the_chain():
    """b waits for the team that a holds until day 15 rather than 10."""
    made = plan(
        {"a": [stage(10, slowed_by=("legacy",), team=1)], "b": [stage(3, team=1)]},
        resources={"team": 1},
        **SLOWED,
    )
    assert barriers_of(made) == {"legacy": (1.0, 5.0)}


def test_two_barriers_overlap():
    """20 · 1.5 · 1.5 = 45 days. Without either 30: each adds 15, both together 25."""
    made = plan(
        {"a": [stage(20, slowed_by=("legacy", "skills"))]},
        barriers=(Barrier("legacy", 0.0, HALF_AS_MUCH_AGAIN), Barrier("skills", 0.0, HALF_AS_MUCH_AGAIN)),
        departments=[Department("d", "Department", certain=("legacy", "skills"))],
    )
    assert barriers_of(made) == {"legacy": (1.0, 15.0), "skills": (1.0, 15.0)}


def test_work_in_hand_is_compared_by_what_is_left_of_it():
    """10 days begun 4 days ago: 15 - 4 = 11 are left with the barrier, 6 without."""
    made = plan({"a": [stage(10, slowed_by=("legacy",), since=-4)]}, **SLOWED)
    assert barriers_of(made) == {"legacy": (1.0, 5.0)}


def test_added_days_end_at_the_horizon():
    made = plan({"a": [stage(80, slowed_by=("legacy",))]}, horizon=100, **SLOWED)
    assert barriers_of(made) == {"legacy": (1.0, 20.0)}


@given(cases())
def test_the_work_on_the_chain_is_that_of_the_chains(case):
    """Two walks that share no code: their days of work agree, item by item."""
    made, served, draws = case
    timeline = reference.run(made, served, draws)
    sums = block_sums(timeline, served, draws)
    arrays, judged = plan_arrays(made, served), waits(timeline, served, draws)
    length = np.minimum(timeline.finish, made.horizon) - np.clip(timeline.start, 0, made.horizon)
    for index, target in enumerate(made.targets):
        end, at_start, missed = chain_ends(timeline, target)
        on_chain = np.where(work_on_chains(arrays, end, at_start, timeline, judged), length, 0)
        for side in (0, 1):
            by_task = on_chain[missed == bool(side)].sum(axis=0)
            by_item = np.bincount(arrays.item, by_task, minlength=len(made.items))
            assert by_item.tolist() == sums.days[index, side, : len(made.items)].tolist()


@given(cases())
def test_blocks_add_up(case):
    made, served, _ = case
    *_, whole = sums_of(made, served, range(5))
    parts = [sums_of(made, served, part)[2] for part in (range(2), range(2, 5))]
    for one, other in zip(whole, add(*parts), strict=True):
        assert np.array_equal(one, other)
    assert (whole.present >= 0).all()
