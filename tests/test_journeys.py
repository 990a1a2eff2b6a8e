"""Identity checks one by one: who comes, the way they go, and what becomes of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoints import TEN_MINUTES, asked_of, by_app, by_post, country, desk, total, whole
from onelogin_sim.uniforms import decision_key, indexed_uniforms, uniforms
from onelogin_sim.verification import reference
from onelogin_sim.verification.arrivals import KINDS, Arrivals, arrivals, poisson
from onelogin_sim.verification.journeys import downhill, lay_out, stations_of
from onelogin_sim.verification.network import ENDS, NOT_MADE, travel
from onelogin_sim.verification.passing import Passed, passing
from onelogin_sim.verification.population import Segment
from onelogin_sim.verification.routes import Opening, Route, ServiceLevel, Step
from onelogin_sim.verification.station import ABANDONED, OUTCOMES
from onelogin_sim.verification.station_figures import station_figures
from onelogin_sim.verification.visits import made
from onelogin_sim.verification.windows import busiest_weeks

# --- indexed decisions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("replication", [0, 3, 6, 4097])
def test_indexed_uniforms_are_philoxs(replication):
    """NumPy's Philox begins with the counter above the one it is given; index 0 is the decision's plain uniform."""
    key = decision_key("@segment:all", "check: moment")
    indices = np.array([0, 1, 5, 2**41], dtype=np.uint64)
    found = indexed_uniforms(9, key, replication, indices)
    for index, value in zip(indices, found, strict=True):
        counter = np.array([replication // 4, index, 0, 0], dtype=np.uint64)
        # One lower: the whole counter is one 256-bit number.
        below = int(counter[0]) + (int(counter[1]) << 64) - 1
        words = (
            [(below >> shift) & (2**64 - 1) for shift in (0, 64, 128, 192)] if below >= 0 else [2**64 - 1] * 4
        )
        generator = np.random.Philox(
            key=np.array([9, key], dtype=np.uint64), counter=np.array(words, dtype=np.uint64)
        )
        assert value == (generator.random_raw(4)[replication % 4] >> np.uint64(11)) * 2.0**-53
    assert (
        found[0] == uniforms(9, np.array([key], dtype=np.uint64), range(replication, replication + 1))[0, 0]
    )


# --- who comes --------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(0, 1, exclude_max=True), st.sampled_from([0.0, 2.0**-53, 1 - 2.0**-53])),
            st.one_of(st.just(0.0), st.floats(1e-6, 1e5)),
        ),
        min_size=1,
    )
)
def test_poisson_numbers_are_the_smallest_that_exceed(drawn):
    from scipy.special import pdtr

    chance, mean = (np.array(column) for column in zip(*drawn, strict=True))
    found = poisson(chance, mean)
    assert (pdtr(found, mean) > chance).all()
    assert ((found == 0) | (pdtr(found - 1, mean) <= chance)).all()


def test_arrivals_are_poisson_around_the_demand():
    """Checks of 60 days within four standard deviations of the demand; hours as dispersed as a Poisson number."""
    demand = asked_of(country(desk(), routes=(by_app(then=None),)))
    found = arrivals(demand, 0, range(60), 5)
    expected = demand.by_hour(demand.checks[0], range(60))[0]
    assert abs(len(found.at) - expected.sum()) < 4 * math.sqrt(expected.sum())
    counts = np.bincount(found.at.astype(int), minlength=60 * 24)
    surprise = (counts - expected)[expected > 1] ** 2 / expected[expected > 1]
    assert surprise.mean() == pytest.approx(1.0, abs=4 * math.sqrt(2.5 / len(surprise)))
    within_hour = found.at % 1
    assert within_hour.mean() == pytest.approx(0.5, abs=4 / math.sqrt(12 * len(within_hour)))
    assert (np.diff(found.at) >= 0).all()


def test_overlapping_windows_see_the_same_people():
    demand = asked_of(country(desk(), routes=(by_app(then=None),)))
    long, short = arrivals(demand, 0, range(3, 20), 1), arrivals(demand, 0, range(10, 12), 1)
    inside = (long.at >= 7 * 24) & (long.at < 9 * 24)
    assert np.array_equal(long.index[inside], short.index)
    assert np.allclose(long.at[inside] - 7 * 24, short.at, atol=1e-9)


def test_more_demand_adds_people_to_those_who_came_already():
    few = asked_of(country(desk(), routes=(by_app(then=None),), visits=1.0))
    many = asked_of(country(desk(), routes=(by_app(then=None),), visits=1.5))
    assert (few.checks <= many.checks).all()
    came, more = (set(arrivals(each, 0, range(5), 1).index.tolist()) for each in (few, many))
    assert came < more


def test_a_rise_takes_its_share_of_the_time_and_a_whole_appointment():
    """People proved to P1 come for an uplift: half of ten minutes at the desk, an hour at the office."""
    segments = (Segment("all", "All", 2000, (1.0, 1.0), proven_p1=1.0),)
    routes = (by_app(0.0, 0.0), by_post())
    verification = country(
        desk(), desk("office", 100, unit="appointments"), routes=routes, segments=segments, people=2000
    )
    came = arrivals(asked_of(verification), 0, range(3), 1)
    paths, _, _ = lay_out(verification, came, 0, 1)
    assert {KINDS[kind] for kind in came.kind} == {"uplift"}
    at_desk = paths.station == 0
    assert set(paths.service[at_desk].tolist()) == {5 / 60}
    assert set(paths.service[~at_desk].tolist()) == {1.0}


@pytest.mark.parametrize(
    ("replication", "days", "message"),
    [
        (1, range(3), "replication 1 is not among range(0, 1)"),
        (0, range(50, 61), "range(50, 61) does not lie within the 60 days to the horizon"),
        (0, range(-1, 5), "range(-1, 5) does not lie within the 60 days to the horizon"),
    ],
)
def test_bad_windows_are_named(replication, days, message):
    demand = asked_of(country(desk(), routes=(by_app(then=None),)))
    for run in (
        lambda: arrivals(demand, replication, days, 1),
        lambda: list(passing(demand, replication, [days], 1)),
    ):
        with pytest.raises(ValueError) as caught:
            run()
        assert str(caught.value) == message


# --- paths ------------------------------------------------------------------------------------------------


def crowd(count, segment=0):
    """So many people of a segment who come together."""
    return Arrivals(
        np.zeros(count),
        np.full(count, segment),
        np.zeros(count, dtype=np.int64),
        np.arange(count, dtype=np.uint64),
    )


def test_attempts_and_success_are_those_of_the_outcome():
    """With endless capacity the shares of `routes.outcome`, on which the demand rests, come out of the paths.

    40,000 people, three routes, of which a fifth of the people can use only the last: four standard errors.
    """
    verification = whole()
    endless = country(
        *(desk(each.id, 10**6) for each in verification.stations),
        routes=verification.routes,
        able=(0.6, 0.8, 1.0),
    )
    came = crowd(40_000)
    paths, person, route = lay_out(endless, came, 0, 7)
    found = travel(paths, stations_of(endless, range(30)))
    (expected,) = endless.outcomes
    assert found.count("under way") == 0
    assert found.count("proved") / 40_000 == pytest.approx(expected.success, abs=4 * 0.5 / 200)
    made = found.outcome != NOT_MADE
    for place, attempts in enumerate(expected.attempts):
        begun = len(np.unique(person[made & (route == place)]))
        assert begun / 40_000 == pytest.approx(attempts, abs=4 * 0.5 / 200)


def test_visits_of_a_path_follow_each_other_and_belong_to_one_person():
    verification = whole()
    paths, person, route = lay_out(verification, crowd(3000), 0, 1)
    for onward in (paths.served, paths.unserved):
        goes = onward >= 0
        assert (onward[goes] > np.flatnonzero(goes)).all()
        assert (person[onward[goes]] == person[goes]).all()
    some = paths.first >= 0
    assert (person[paths.first[some]] == np.flatnonzero(some)).all()
    assert (route[paths.unserved[paths.unserved >= 0]] > route[paths.unserved >= 0]).all()


def test_whoever_leaves_a_station_unserved_has_failed_there():
    """Nobody serves at the app's desk and nobody waits: all fail whatever the app's success, and half go on by post."""
    closed = desk(units=0, patience=TEN_MINUTES)
    routes = (by_app(1.0, 0.5), by_post(1.0))
    verification = country(closed, desk("office", 10**6, unit="appointments"), routes=routes)
    came = crowd(4000)
    paths, person, route = lay_out(verification, came, 0, 1)
    found = travel(paths, stations_of(verification, range(5)))
    begun_at_app = np.unique(person[route == 0])
    assert (found.outcome[route == 0] == ABANDONED).all()
    ended = found.end[begun_at_app]
    assert np.count_nonzero(ended == ENDS.index("proved")) / len(ended) == pytest.approx(0.5, abs=0.04)
    proved = begun_at_app[ended == ENDS.index("proved")]
    assert found.done[proved] == pytest.approx(10 / 60 + 1.0)


def test_who_can_use_no_route_of_the_chain_fails_at_once():
    routes = (by_app(1.0, then=None), Route("post", "Post Office", 0.0, 1.0, 1.0, None, (Step("office"),)))
    verification = country(desk(), desk("office", unit="appointments"), routes=routes, able=(0.0, 1.0))
    paths, _, _ = lay_out(verification, crowd(10), 0, 1)
    assert set(paths.first.tolist()) == {-2}


def test_an_appointment_lapses_after_its_time_limit():
    """One appointment a day and no more than two days: of ten who come at midnight two are seen, eight lapse."""
    office = desk(
        "office", 1, unit="appointments", opening=Opening(from_hour=9, to_hour=10), time_limit_days=2
    )
    verification = country(office, routes=(by_post(1.0),))
    paths, _, _ = lay_out(verification, crowd(10), 0, 1)
    found = travel(paths, stations_of(verification, range(20)))
    assert [OUTCOMES[code] for code in found.outcome] == ["served", "served"] + ["abandoned"] * 8
    assert found.wait.tolist() == [9.0, 33.0] + [48.0] * 8
    assert [ENDS[code] for code in found.end] == ["proved", "proved"] + ["failed"] * 8


def test_routes_downhill():
    routes = (by_post(), Route("web", "Web", 1, 1, then="post"), by_app(then="web"))
    assert downhill(routes) == [2, 1, 0]


def test_without_routes_everybody_succeeds_at_once():
    verification = country(routes=(), able=())
    came = arrivals(asked_of(verification), 0, range(2), 1)
    paths, _, _ = lay_out(verification, came, 0, 1)
    assert travel(paths, stations_of(verification, range(2))).count("proved") == len(came.at) > 0


# --- the whole way ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_journeys_are_the_references(seed):
    """A small country with every kind of station, day 0 to 6: every visit of every person as in SimPy, to the bit."""
    demand = asked_of(whole(people=6_000))
    came = arrivals(demand, 0, range(5), seed)
    paths, _, _ = lay_out(demand.verification, came, 0, seed)
    stations = stations_of(demand.verification, range(8))
    found, expected = travel(paths, stations), reference.travel(paths, stations)
    for name in ("arrive", "wait", "leave", "outcome", "end", "done"):
        assert np.array_equal(
            getattr(found, name), getattr(expected, name), equal_nan=name not in ("outcome", "end")
        )
    assert {OUTCOMES[code] for code in found.outcome if code != NOT_MADE} == {
        "served",
        "abandoned",
        "waiting",
    }
    assert len(came.at) > 500


@pytest.mark.parametrize("by", ["hour", "day", "week", "month", "window"])
def test_figures_of_periods_add_up(by):
    """Conservation in every period; customers, work and waits of all periods are those of the window."""
    (found,) = passing(asked_of(whole()), 0, [range(8, 29)], 1)
    for station in found.verification.stations:
        figures = station_figures(found, station.id, by)
        ended = figures.served + figures.abandoned + figures.blocked + figures.waiting
        assert np.array_equal(figures.came, ended)
        window = station_figures(found, station.id)
        assert figures.came.sum() == window.came[0] > 0
        hours = np.diff(figures.edges)
        assert (figures.offered * hours).sum() == pytest.approx(window.offered[0] * 21 * 24)
        assert figures.backlog[-1] == window.backlog[0]
        some = figures.came > 0
        assert (figures.mean_wait[some] * figures.came[some]).sum() == pytest.approx(
            window.mean_wait[0] * window.came[0]
        )
        assert (figures.waits[some][:, 0] <= figures.waits[some][:, 2]).all()


def second_day(verification, came):
    """What is seen on the second day of two that are watched, of some people's moves."""
    paths, _, _ = lay_out(verification, came, 0, 1)
    moves = travel(paths, stations_of(verification, range(2)))
    return Passed(verification, 0, range(1, 2), len(came.at), made(paths, moves))


def test_figures_by_hand():
    """Two servers, ten minutes each, four who come together at midnight of the second day: two wait ten minutes."""
    verification = country(desk(units=2), routes=(by_app(1.0, then=None),))
    came = Arrivals(np.full(4, 24.0), np.zeros(4, int), np.zeros(4, int), np.arange(4, dtype=np.uint64))
    four = second_day(verification, came)
    figures = station_figures(four, "desk", "hour")
    assert figures.came.tolist() == [4] + [0] * 23
    assert figures.offered[0] == pytest.approx(4 / 6)
    assert figures.utilisation[0] == pytest.approx(1 / 3)
    assert figures.mean_wait[0] == pytest.approx(1 / 12)
    assert figures.waits[0] == pytest.approx([0, 1 / 6, 1 / 6])
    assert np.isnan(figures.mean_wait[1:]).all()
    assert figures.backlog.tolist() == [0] * 24
    assert np.isnan(figures.within).all()


def test_service_level_of_individuals_by_hand():
    """Served within 5 minutes, of whom it is known: half of the four who come together."""
    verification = country(desk(units=2, level=ServiceLevel(0.9, 5.0)), routes=(by_app(1.0, then=None),))
    # The last to come are at the end of the watch after a minute's wait: of them it is not known.
    came = Arrivals(
        np.array([24.0] * 4 + [48 - 1 / 60] * 3),
        np.zeros(7, int),
        np.zeros(7, int),
        np.arange(7, dtype=np.uint64),
    )
    seven = second_day(verification, came)
    figures = station_figures(seven, "desk")
    assert figures.within.tolist() == [4 / 6]
    assert (figures.served[0], figures.waiting[0], figures.backlog[0]) == (6, 1, 1)


def test_bad_questions_are_named():
    (found,) = passing(asked_of(whole(people=2000)), 0, [range(1)], 1)
    with pytest.raises(ValueError) as caught:
        station_figures(found, "ofice")
    assert str(caught.value) == "'ofice' is not a station; did you mean 'office'?"
    with pytest.raises(ValueError) as caught:
        station_figures(found, "office", "year")
    assert str(caught.value) == "by must be one of hour, day, week, month, window, not 'year'"


def test_the_busiest_week_of_each_quarter():
    """From Friday 10 May 2024, so weeks begin on Monday 13 May; use falls, so the first of each quarter is busiest."""
    verification = country(desk(), routes=(by_app(then=None),), days=150, visits=3.0)
    demand = asked_of(verification)
    weeks = busiest_weeks(demand, 0)
    assert weeks == [range(3, 10), range(52, 59)]
    daily = demand.checks[0].sum(axis=(0, 1))
    for days in weeks:
        assert daily[days.start : days.stop].sum() == max(
            daily[start : start + 7].sum() for start in range(days.start, min(days.start + 49, 143), 7)
        )
    with pytest.raises(ValueError) as caught:
        busiest_weeks(demand, 3)
    assert str(caught.value) == "replication 3 is not among range(0, 1)"


def test_nobody_live_nobody_comes():
    demand = asked_of(country(desk(), routes=(by_app(then=None),)), go_live=2**31 - 1)
    assert total(demand) == 0
    assert busiest_weeks(demand, 0) == []
    (found,) = passing(demand, 0, [range(7)], 1)
    assert found.came == len(found.visits.station) == 0
    assert station_figures(found, "desk").came.tolist() == [0]
