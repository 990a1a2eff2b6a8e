"""The load at a few moments: by hand, against the daily recursion, and facts that hold whatever the numbers."""

import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onelogin_sim
from onelogin_sim.calendars import NEVER
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.verification.demand import asked, demand, demand_of
from onelogin_sim.verification.population import Segment
from onelogin_sim.verification.rates import month_starts
from onelogin_sim.verification.routes import Opening, Route, Station, Step
from onelogin_sim.verification.weekly import moments, weekly_load
from onelogin_sim.verification.windows import busiest_weeks
from populations import MIXED_GO_LIVE, STATUS, YEAR, asked_of, mixed, population, service


def told(verification, go_live, dates=(), *, weeks=True, past=0):
    days = np.array([go_live], dtype=np.int32)
    known = moments(verification, dates, weeks=weeks, past=past)
    return weekly_load(known, days, asked_of(verification)[None])


def often(name, level, users, **fields):
    """A service whose users all come on its first days."""
    return service(name, level, users, 365 * 50.0, **fields)


def test_two_services_with_the_same_users_by_hand():
    """All 1,000 prove at the first and reuse it at the second; half of them fail, so half are checked twice."""
    both = [often("a", "P2", 1000), often("b", "P2", 1000)]
    found = told(population(*both), [10, 100], [90, 200])
    assert found.avoided[0] == pytest.approx([0, 1000])
    assert found.peak[0] == pytest.approx(1000)
    half = told(population(*both, success=0.5), [10, 100], [90, 200])
    assert half.avoided[0] == pytest.approx([0, 500])
    apart = told(population(often("a", "P2", 500), often("b", "P2", 400)), [10, 100], [200])
    assert apart.avoided[0, 0] == pytest.approx(500 * 400 / 1000)  # who uses both, by chance


def test_a_rise_is_no_check_avoided_by_hand():
    """All prove P1 at the first; the second wants P2 of 600: 600 rises. The other way round 600 reuses."""
    made = population(often("a", "P1", 1000), often("b", "P2", 600))
    low_first = told(made, [10, 100], [200])
    assert low_first.avoided[0, 0] == pytest.approx(0, abs=1e-6)
    high_first = told(made, [100, 10], [200])
    assert high_first.avoided[0, 0] == pytest.approx(600)


def test_who_has_proved_before_and_who_cannot_by_hand():
    """Of 1,000 people 800 can prove, of whom 200 have: at a service of all of them 200 checks are avoided."""
    segments = (Segment("all", "All", 1000, able=(0.8,), proven_p2=0.2),)
    found = told(population(often("a", "P2", 1000), segments=segments), [10], [100])
    assert found.avoided[0, 0] == pytest.approx(200)
    assert found.peak[0] == pytest.approx(600)


def test_capacity_is_compared_by_whole_weeks_by_hand():
    """600 checks in the busiest week, 6 minutes each, half of them by the desk: 30 hours; it has 2 people for 10."""
    desk = Station("desk", "Desk", "servers", ((0, 2),), Opening((0, 1), 9, 14))
    fixed = Distribution("fixed", (6.0,))
    routes = (Route("only", "Only", 1.0, 1.0, steps=(Step("desk", 0.5, fixed),)),)
    made = population(often("a", "P2", 600), routes=routes, stations=(desk,))
    monday = -STATUS.weekday() % 7 + 14
    assert told(made, [monday]).use[0] == pytest.approx(30 / 20)
    closed = population(
        often("a", "P2", 600),
        routes=routes,
        stations=(Station("desk", "Desk", "servers", ((0, 0),), Opening((0, 1), 9, 14)),),
    )
    assert told(closed, [monday]).use[0] == np.inf
    assert told(closed, [NEVER]).use[0] == 0


@pytest.mark.parametrize("people", [1000, 2_000_000])
def test_it_agrees_with_the_daily_recursion(people):
    """Every feature used: within half a percent, the day an identity takes to count and the trapezoids of P1."""
    verification = mixed(people)
    starts = month_starts(verification)
    days = MIXED_GO_LIVE[None]
    daily = demand_of(verification, days, asked_of(verification)[None])
    both = (daily.checks + daily.uplifts).sum(axis=(0, 1, 2))
    found = told(verification, MIXED_GO_LIVE, starts[1:].tolist(), past=100)
    busiest = max(both[week.start : week.stop].sum() for week in busiest_weeks(daily, 0))
    assert found.peak[0] == pytest.approx(busiest, rel=5e-3)
    avoided = np.cumsum(daily.reuses_by_month[0])
    assert found.avoided[0] == pytest.approx(avoided, rel=5e-3, abs=avoided[-1] * 1e-3)


def test_avoided_checks_do_not_depend_on_what_else_is_told():
    """With services at P1 their integral has steps of a week either way; an edge more changes it in the fifth digit."""
    verification = mixed(1000)
    with_weeks, without = (
        told(verification, MIXED_GO_LIVE, [400], weeks=weeks, past=100) for weeks in (True, False)
    )
    assert with_weeks.avoided == pytest.approx(without.avoided, rel=1e-9)
    assert without.peak[0] == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-60, 800), min_size=6, max_size=6),
    st.integers(0, 5),
    st.integers(1, 200),
)
def test_whatever_the_days(days, which, later):
    """Nothing is negative; a service later never raises first visits; each row is its own, whoever shares the work."""
    verification = mixed(1000)
    known = moments(verification, [100, 300, 730], weeks=True, past=60)
    asked = np.repeat(asked_of(verification)[None], 3, axis=0)
    moved = [day + later * (place == which) for place, day in enumerate(days)]
    rows = np.array([days, moved, days], dtype=np.int32)
    found = weekly_load(known, rows, asked)
    assert found.peak.min() >= 0
    assert found.avoided.min() >= -1e-6
    assert (np.diff(found.avoided, axis=1) >= -1e-6).all()
    assert found.peak[0] == found.peak[2]
    assert (found.avoided[0] == found.avoided[2]).all()
    alone = weekly_load(known, rows[1:2], asked[1:2])
    assert alone.peak[0] == found.peak[1]
    assert (alone.avoided[0] == found.avoided[1]).all()


def test_many_visits_a_year_are_no_trouble():
    """A thousand a day for two years, beyond what one exponential can hold: a late go-live is seen like any other."""
    made = population(service("a", "P2", 1000, 365_000.0), service("b", "P2", 1000, 365_000.0))
    found = told(made, [10, 700], [720])
    assert found.avoided[0, 0] == pytest.approx(1000)


def test_weeks_cut_off_do_not_count():
    """Who comes before the first Monday is in no week."""
    assert STATUS.weekday() == 4
    made = population(often("a", "P2", 1000), horizon=YEAR)
    assert told(made, [0]).peak[0] < 1e-6
    assert told(made, [3]).peak[0] == pytest.approx(1000)
    assert (STATUS + timedelta(days=3)).weekday() == 0


def test_nobody_is_ever_proved_where_no_check_succeeds():
    found = told(population(often("a", "P2", 1000), often("b", "P2", 1000), success=0.0), [10, 100], [200])
    assert found.avoided[0, 0] == pytest.approx(0, abs=0.01)
    assert found.peak[0] == pytest.approx(1000, rel=1e-4)


def test_the_real_scenario_is_told_closely_and_quickly():
    """Within half a percent of the daily recursion, busiest week and avoided checks, in a third of its time at most.

    Measured: 0.2% and 0.2% off at worst in 20 futures of three orders; a twelfth of the time with weeks, an eightieth
    without.
    """
    scenario = onelogin_sim.load_scenario(
        Path(__file__).parents[1] / "scenarios" / "roadmap-2025" / "scenario.yaml"
    )
    verification, plan = scenario.verification(), scenario.plan()
    timeline = compiled.run(plan, scenario.order("as_listed"), draw(plan, 1, 6))
    share = asked(verification, timeline)
    past = -min(service.live_on for service in plan.services if service.live_on is not None)
    starts = month_starts(verification)
    known = moments(verification, [int(starts[25]), int(starts[60])], weeks=True, past=past)
    weekly_load(known, timeline.go_live[:1], share[:1])  # what it takes to compile is not measured
    demand_of(verification, timeline.go_live[:1], share[:1])
    begun = time.process_time()
    found = weekly_load(known, timeline.go_live, share)
    weekly = time.process_time() - begun
    begun = time.process_time()
    daily = demand(verification, timeline)
    assert weekly < (time.process_time() - begun) / 3
    both = (daily.checks + daily.uplifts).sum(axis=(1, 2))
    busiest = [
        max(both[row, week.start : week.stop].sum() for week in busiest_weeks(daily, row)) for row in range(6)
    ]
    assert found.peak == pytest.approx(busiest, rel=5e-3)
    avoided = np.cumsum(daily.reuses_by_month, axis=1)[:, [24, 59]]
    assert found.avoided == pytest.approx(avoided, rel=5e-3)
