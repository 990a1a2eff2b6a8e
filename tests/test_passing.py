"""A whole future person by person in stages: the moves of one pass, and SimPy's, wherever it is cut."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoints import asked_of, by_app, by_post, country, desk, whole
from onelogin_sim.errors import PlanError
from onelogin_sim.verification import reference
from onelogin_sim.verification.arrivals import arrivals
from onelogin_sim.verification.journeys import AFTER, lay_out, stations_of
from onelogin_sim.verification.network import NOT_MADE, UNDER_WAY, stage, travel
from onelogin_sim.verification.passing import Passed, passing
from onelogin_sim.verification.station_figures import station_figures
from onelogin_sim.verification.visits import made
from test_network import networks


def in_order(visits):
    """Columns of visits, sorted: in what order they are told does not matter."""
    order = np.lexsort(visits[::-1])
    return [column[order].tolist() for column in visits]


@given(networks(), st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 4.5, 8.0]), max_size=4))
def test_a_pass_cut_anywhere_makes_the_moves_of_one(drawn, cuts):
    """Rooms, patience, ties, servers by the hour: every stage goes on where the one before was cut."""
    paths, stations = drawn
    expected = travel(paths, stations)
    people, visits = len(paths.arrivals), len(paths.station)
    outcome, end = np.full(visits, NOT_MADE), np.full(people, UNDER_WAY)
    wait, done = np.full(visits, np.nan), np.full(people, np.nan)
    cut, who, left = None, np.arange(people), paths
    for until in [*sorted(cuts), np.inf]:
        found, cut = stage(left, stations, until, cut)
        here = found.outcome != NOT_MADE
        outcome[here], wait[here] = found.outcome[here], found.wait[here]
        ended = found.end != UNDER_WAY
        end[who[ended]], done[who[ended]] = found.end[ended], found.done[ended]
        who = who[cut.person]
        left = replace(paths, arrivals=cut.at, first=cut.visit)
    assert np.array_equal(outcome, expected.outcome)
    assert np.array_equal(end, expected.end)
    assert np.array_equal(wait, expected.wait, equal_nan=True)
    assert np.array_equal(done, expected.done, equal_nan=True)


@pytest.mark.parametrize("stage_days", [1, 2, 7])
def test_the_stages_of_a_future_are_simpys_one_pass(stage_days):
    """A window after three weeks, at a country with every kind of station: all its visits, equal to the bit."""
    asked = asked_of(whole(people=2000))
    window = range(22, 26)
    (found,) = passing(asked, 0, [window], 5, stage_days)
    came = arrivals(asked, 0, range(26), 5)
    paths, _, _ = lay_out(asked.verification, came, 0, 5)
    everything = made(paths, reference.travel(paths, stations_of(asked.verification, range(26 + AFTER))))
    inside = (everything.arrive < 26 * 24) & (everything.leave > 22 * 24)
    begun = found.visits.arrive < 26 * 24
    assert begun.all()
    assert in_order(found.visits) == in_order(everything.where(inside))
    assert found.came == np.count_nonzero(came.at >= 22 * 24)
    assert (found.visits.arrive < 22 * 24).any()  # some stand there from before


def test_what_overload_has_left_is_in_the_waits():
    """One desk asked for a third more than it can do: after three weeks waits are days, not those of a week's lead."""
    asked = asked_of(country(desk(units=2), routes=(by_app(1.0, then=None),), people=140_000, visits=1.0))
    window = range(31, 38)
    (found,) = passing(asked, 0, [window], 1)
    whole_story = station_figures(found, "desk")
    late = arrivals(asked, 0, range(24, 38), 1, since=0)
    paths, _, _ = lay_out(asked.verification, late, 0, 1)
    moves = travel(paths, stations_of(asked.verification, range(38 + AFTER)))
    short = station_figures(Passed(asked.verification, 0, window, 0, made(paths, moves)), "desk")
    assert whole_story.came[0] == pytest.approx(short.came[0], rel=1e-3)
    before = len(arrivals(asked, 0, range(31), 1).at)
    left = before - 31 * 24 * 12  # two servers, ten minutes
    assert left > 2000
    middle = left + (found.came - 7 * 24 * 12) / 2
    assert whole_story.mean_wait[0] == pytest.approx(middle / 12, rel=0.01)
    assert short.mean_wait[0] < 0.6 * whole_story.mean_wait[0]


def test_windows_come_in_order():
    asked = asked_of(country(desk(), routes=(by_app(then=None),)))
    with pytest.raises(ValueError) as caught:
        list(passing(asked, 0, [range(7, 14), range(10, 17)], 1))
    assert str(caught.value) == "range(10, 17) begins before range(7, 14) ends"
    assert list(passing(asked, 0, [], 1)) == []


def test_two_windows_are_each_what_one_would_be():
    asked = asked_of(whole(people=4000))
    windows = [range(3, 10), range(24, 31)]
    both = list(passing(asked, 0, windows, 1))
    for one, window in zip(both, windows, strict=True):
        (alone,) = passing(asked, 0, [window], 1)
        assert in_order(one.visits) == in_order(alone.visits)
    assert [one.days for one in both] == windows


@pytest.mark.parametrize(
    ("station", "route"),
    [
        (desk(units=5), by_app(1.0, then=None)),
        (desk("office", 150, unit="appointments", time_limit_days=368), by_post(1.0)),
    ],
)
def test_a_week_is_watched_as_long_whichever_others_are_told(station, route):
    """From the second day on nobody works for 370 days: some wait longer than is watched after the first week alone.

    Served, lapsed, and still waiting: none may change because a later week is told too.
    """
    units = station.steps[0][1]
    closed = replace(station, steps=((0, units), (1, 0), (371, units)))
    asked = asked_of(country(closed, routes=(route,), people=20_000, days=420))
    first, later = range(2, 9), range(400, 407)
    (alone,) = passing(asked, 0, [first], 1)
    told, _ = passing(asked, 0, [first, later], 1)
    assert in_order(told.visits) == in_order(alone.visits)
    found, expected = station_figures(told, station.id), station_figures(alone, station.id)
    assert found.waiting[0] == expected.waiting[0] > 0
    assert found.served[0] == expected.served[0] > 0
    assert found.waits[0, 2] < (9 + AFTER) * 24
    assert found.mean_wait.tolist() == expected.mean_wait.tolist()


def test_too_many_at_once_are_refused_before_anybody_is_followed():
    """Thirty million people whose service goes live without a ramp: nobody is drawn before it is refused."""
    asked = asked_of(country(desk(), routes=(by_app(then=None),), people=30_000_000, visits=10_000.0))
    with pytest.raises(PlanError) as caught:
        next(passing(asked, 0, [range(7, 14), range(21, 28)], 1))
    assert str(caught.value) == (
        "30.0 million people are expected for an identity check in 7 days from 2024-05-10 in replication 0: no more "
        "than 16.0 million at once can be followed one by one; spread them by a ramp, or follow no individuals"
    )
