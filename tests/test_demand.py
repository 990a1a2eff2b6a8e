"""The daily recursion: closed forms, the formulas written out, conservation, extremes, and what follows from it."""

import math
import pickle
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.calendars import NEVER
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import Gate
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.demand import asked, demand, demand_of
from onelogin_sim.verification.dividend import add, dividend
from onelogin_sim.verification.population import CheckCost, Segment, Verification
from onelogin_sim.verification.routes import Route, outcome
from onelogin_sim.verification.seasons import LastDay, Season, day_shares, hour_shares
from plans import plan, stage
from populations import (
    MIXED_GO_LIVE,
    STATUS,
    YEAR,
    asked_of,
    by_the_book,
    mixed,
    one_future,
    population,
    service,
)

# -- closed forms -----------------------------------------------------------------------------------------


def test_the_users_of_a_single_service_are_all_checked_once_and_die_out_exponentially():
    """One visit a year each: in a whole calendar year 1 - 1/e of the users come, and every one is checked."""
    verification = Verification(
        date(2023, 1, 1), YEAR, (Segment("all", "All", 500),), (service("a", "P2", 200, 1),)
    )
    found = demand_of(verification, np.array([[0]], dtype=np.int32), np.ones((1, 1)))
    assert found.checks.sum() == pytest.approx(200 * (1 - math.exp(-1)), rel=1e-12)
    assert found.reuses_by_month.sum() == pytest.approx(0, abs=1e-9)
    assert found.sign_ins.sum() == pytest.approx(200, rel=1e-12)
    assert found.proven[0, -1] == pytest.approx(200 * (1 - math.exp(-1)), rel=1e-12)


def test_who_proved_it_at_one_service_reuses_it_at_another_by_the_product_of_chances():
    """Everybody of a uses it on day 0; b goes live later: of its first visits the share of a's users is reuse."""
    often, horizon = 10_000.0, 2 * YEAR
    verification = population(
        service("a", "P2", 300, often),
        service("b", "P2", 500, 1.0),
        people=1000,
        horizon=horizon,
        success=0.8,
    )
    found = one_future(verification, (0, 100))
    first_b = found.service_visits[0, 1].sum()
    assert found.service_checks[0, 1].sum() == pytest.approx(first_b * (1 - 0.8 * 0.3), rel=1e-9)
    assert found.reuses_by_month.sum() == pytest.approx(first_b * 0.8 * 0.3, rel=1e-9)


def test_a_rise_from_p1_is_an_uplift_and_p2_holds_for_p1():
    """All prove P1 at a on day 0, all rise at b on day 100, c asks for P1 again: check, uplift, reuse."""
    verification = population(
        service("a", "P1", 1000, 1e4), service("b", "P2", 1000, 1e4), service("c", "P1", 1000, 1e4)
    )
    found = one_future(verification, (0, 100, 200))
    assert found.service_checks[0].sum(axis=1) == pytest.approx([1000, 0, 0], abs=1e-6)
    assert found.service_uplifts[0].sum(axis=1) == pytest.approx([0, 1000, 0], abs=1e-6)
    assert found.reuses_by_month.sum() == pytest.approx(1000, rel=1e-9)
    assert (found.proven[0, -1], found.proven_p2[0, -1]) == pytest.approx((1000, 1000))


def test_users_seen_before_the_status_date_do_not_come_for_the_first_time_again():
    verification = population(service("a", "P2", 1000, 1.0))
    old, new = one_future(verification, (-YEAR,)), one_future(verification, (0,))
    seen = day_shares(Season("even"), STATUS - timedelta(days=YEAR), YEAR).sum()
    assert old.checks.sum() == pytest.approx(new.checks.sum() * math.exp(-seen), rel=1e-12)
    assert old.sign_ins.sum() == pytest.approx(new.sign_ins.sum(), rel=1e-12)


# -- the formulas written out ------------------------------------------------------------------------------


def test_it_is_the_recursion_that_the_module_states():
    verification = mixed(1000)
    found = one_future(verification, MIXED_GO_LIVE)
    visits, checks, uplifts = by_the_book(verification, MIXED_GO_LIVE)
    assert found.checks.sum(axis=(0, 1, 2)) == pytest.approx(checks.sum(axis=1), rel=1e-9)
    assert found.uplifts.sum(axis=(0, 1, 2)) == pytest.approx(uplifts.sum(axis=1), rel=1e-9, abs=1e-12)
    assert found.service_checks.sum(axis=(0, 2)) == pytest.approx(checks.sum(axis=0), rel=1e-9)
    assert found.service_uplifts.sum(axis=(0, 2)) == pytest.approx(uplifts.sum(axis=0), rel=1e-9)
    assert found.first_visits.sum() == pytest.approx(visits.sum(), rel=1e-9)
    moved = visits.sum(axis=0) @ [each.accounts for each in verification.services]
    assert found.migrations.sum() == pytest.approx(moved, rel=1e-9)


shares = st.floats(0, 1)
small_services = st.lists(
    st.tuples(st.sampled_from(["none", "P1", "P2"]), shares, st.floats(0, 60), shares), min_size=1, max_size=5
)


@given(
    services=small_services,
    go_live=st.lists(st.one_of(st.integers(-60, 90), st.just(NEVER)), min_size=5, max_size=5),
    success=shares,
    proven=st.tuples(shares, shares),
    ramp=st.sampled_from([((0, 1.0),), ((0, 0.1), (40, 1.0)), ((5, 0.0), (20, 1.0))]),
)
def test_any_small_population_follows_the_formulas_and_loses_nobody(services, go_live, success, proven, ramp):
    made = [
        service(f"s{number}", level, 1000 * share, visits, asked=asks)
        for number, (level, share, visits, asks) in enumerate(services)
    ]
    p1, p2 = proven[0] * (1 - proven[1]), proven[1]
    segment = Segment("all", "All", 1000, (1.0,), proven_p1=p1, proven_p2=p2)
    verification = population(*made, horizon=70, success=success, segments=(segment,), ramp=ramp)
    days_live = go_live[: len(made)]
    found = one_future(verification, days_live)
    visits, checks, uplifts = by_the_book(verification, days_live)
    assert found.checks.sum(axis=(0, 1, 2)) == pytest.approx(checks.sum(axis=1), rel=1e-7, abs=1e-9)
    assert found.uplifts.sum(axis=(0, 1, 2)) == pytest.approx(uplifts.sum(axis=1), rel=1e-7, abs=1e-9)
    assert found.first_visits.sum() == pytest.approx(visits.sum(), rel=1e-7, abs=1e-9)
    parts = found.checks_by_month + found.uplifts_by_month + found.reuses_by_month
    assert parts == pytest.approx(found.identity_visits)
    for numbers in (found.checks, found.uplifts, found.reuses_by_month):
        assert np.all(numbers >= -1e-9)
    assert np.all(np.diff(found.proven[0]) >= -1e-9)
    assert found.proven[0, -1] <= 1000 + 1e-9


def test_use_grows_and_becomes_full_wherever_in_a_month_the_ramp_ends():
    """One service, live on each day in turn: the whole-month path takes over on the right day."""
    verification = population(service("a", "P2", 800, 3), horizon=80, ramp=((0, 0.1), (10, 1.0)))
    go_live = np.arange(-12, 80, dtype=np.int32)[:, None]
    found = demand_of(verification, go_live, np.ones((len(go_live), 1)))
    for replication, (day,) in enumerate(go_live):
        _, checks, _ = by_the_book(verification, [int(day)])
        assert found.checks[replication].sum(axis=(0, 1)) == pytest.approx(checks[:, 0], rel=1e-9, abs=1e-12)


def test_first_visits_that_ask_for_identity_are_checks_uplifts_and_reuses():
    """Independently of the split: of N p asked able people, as many come as stop being unseen."""
    verification = mixed(1000)
    found = one_future(verification, MIXED_GO_LIVE)
    visits, _, _ = by_the_book(verification, MIXED_GO_LIVE)
    # Services 0, 1, 4 and 5 ask everybody who comes; of service 2 the asked are 0.6 × able of 0.4 + 0.6 × able.
    whole = visits[:, [0, 1, 4, 5]].sum()
    assert found.service_visits[0, [0, 1, 4, 5]].sum() == pytest.approx(whole, rel=1e-9)
    total = found.checks.sum() + found.uplifts.sum() + found.reuses_by_month.sum()
    assert total == pytest.approx(found.service_visits.sum(), rel=1e-12)


# -- extremes ---------------------------------------------------------------------------------------------


def test_nobody_live_no_load():
    found = one_future(mixed(1000), (NEVER,) * 6)
    for numbers in (found.checks, found.uplifts, found.sign_ins, found.first_visits, found.peaks.per_second):
        assert not numbers.any()


def test_everybody_proven_reuses_only():
    verification = population(
        service("a", "P2", 900, 3), service("b", "P1", 500, 3),
        segments=(Segment("all", "All", 1000, (1.0,), proven_p2=1.0),),
    )  # fmt: skip
    found = one_future(verification, (0, 0))
    assert not found.checks.any()
    assert not found.uplifts.any()
    assert found.reuses_by_month.sum() > 1300


def test_people_without_a_route_come_only_where_nobody_asks():
    verification = population(
        service("a", "P2", 900, 3), service("b", "none", 500, 3),
        segments=(Segment("all", "All", 1000, (0.0,)),),
    )  # fmt: skip
    found = one_future(verification, (0, 0))
    assert found.identity_visits.sum() == 0
    assert found.first_visits.sum() == pytest.approx(500 * (1 - math.exp(-_years(3))), rel=1e-9)


def _years(visits):
    return visits * day_shares(Season("even"), STATUS, 2 * YEAR).sum()


def test_nothing_overflows_at_seventy_million_people_and_ten_years():
    """Every one of them uses 200 services, up to thirty times a day; their products fall below any float."""
    count, horizon = 200, 3653
    services = [
        service(
            f"s{number:03d}", ("P1", "P2")[number % 2], 7e7, 10_000.0 if number < 10 or number % 3 else 1.0
        )
        for number in range(count)
    ]
    verification = population(*services, people=70_000_000, horizon=horizon)
    found = one_future(verification, [number * 10 for number in range(count)])
    for numbers in (found.checks, found.uplifts, found.sign_ins, found.first_visits, found.service_visits):
        assert np.all(np.isfinite(numbers))
    assert found.first_visits.sum() == pytest.approx(count * 7e7, rel=1e-3)
    assert found.checks.sum() == pytest.approx(7e7, rel=1e-9)
    assert found.uplifts.sum() == pytest.approx(7e7, rel=1e-9)
    paid = dividend(found)
    assert paid.visits.sum() == pytest.approx(found.service_visits.sum(), rel=1e-9)


# -- blocks, hours, seasons -------------------------------------------------------------------------------


def test_a_replication_is_the_same_in_any_block():
    verification = mixed(1000)
    rng = np.random.default_rng(5)
    go_live = rng.integers(-50, 700, (6, 6)).astype(np.int32)
    share = np.tile(asked_of(verification), (6, 1))
    whole = demand_of(verification, go_live, share)
    parts = [demand_of(verification, go_live[k : k + 1], share[k : k + 1], range(k, k + 1)) for k in range(6)]
    for name in ("checks", "uplifts", "sign_ins", "first_visits", "proven", "service_checks", "migrations"):
        assert np.array_equal(getattr(whole, name), np.concatenate([getattr(part, name) for part in parts]))
    assert np.array_equal(whole.peaks.hour, np.concatenate([part.peaks.hour for part in parts]))


def test_the_shares_of_a_calendar_year_add_up_to_one_whatever_the_season():
    season = Season("s", tuple(range(12)), (0, 1, 2, 3, 4, 5, 6), last_day=LastDay(2, 29, 0.01, 0, 1.0))
    for year in (2023, 2024):
        found = day_shares(season, date(year, 1, 1), 366 if year == 2024 else 365)
        assert found.sum() == pytest.approx(1, rel=1e-12)
        assert found[31:59].sum() == pytest.approx(1 / 66 - (0.01 if year == 2024 else 0), rel=1e-12)
    assert day_shares(season, date(2024, 2, 29), 1)[0] == 0.01


def test_the_top_hour_of_the_last_day_is_the_peak_of_the_year():
    """12.2 million due, three visits each, 5.5% of them on 31 January, 7.5% of that day in an hour: 42 a second."""
    season = Season("tax", (43, *(57 / 11,) * 11), hours=(1,) * 24, last_day=LastDay(1, 31, 0.055, 15, 0.075))
    verification = population(
        service("tax", "none", 12_200_000, 3.0), people=50_000_000, horizon=400, seasons=(season,)
    )
    peaks = one_future(verification, (0,)).peaks
    month = int(np.argmax(peaks.per_second[0]))
    assert peaks.per_second[0, month] == pytest.approx(12_200_000 * 3 * 0.055 * 0.075 / 3600, rel=1e-9)
    when = STATUS + timedelta(days=int(peaks.hour[0, month]) // 24)
    assert (when, peaks.hour[0, month] % 24) == (date(2025, 1, 31), 15)


def test_hours_add_up_to_their_day():
    verification = mixed(1000)
    found = one_future(verification, MIXED_GO_LIVE)
    days_wanted = range(255, 270)
    hourly = found.by_hour(found.checks, days_wanted)
    assert hourly.shape == (1, 2, 15 * 24)
    by_day = hourly.reshape(1, 2, 15, 24).sum(axis=-1)
    assert by_day == pytest.approx(found.checks[..., 255:270].sum(axis=2))
    last = (date(2025, 1, 31) - STATUS).days - 255
    tax, even = found.checks[0, 0, 1, 255 + last], found.checks[0, 0, 0, 255 + last]
    assert hourly[0, 0, last * 24 + 16] == pytest.approx(tax * 0.2 + even / 24)


def test_a_deadline_of_a_service_open_one_hour_only():
    season = Season("s", hours=(0,) * 9 + (1,) + (0,) * 14, last_day=LastDay(1, 31, 0.05, 9, 0.5))
    assert hour_shares(season, date(2024, 1, 31), 1)[0].tolist() == [0] * 9 + [1] + [0] * 14


def test_it_can_be_sent_to_a_worker_and_is_the_same_there():
    verification = mixed(1000)
    before = verification.digest
    one_future(verification, MIXED_GO_LIVE)
    there = pickle.loads(pickle.dumps(verification))
    assert there == verification
    assert there.digest == before
    assert replace(there, ramp=((0, 1.0),)).digest != before


# -- from a timeline --------------------------------------------------------------------------------------


def _timeline():
    """Two services whose identity stage exists in the first replication only, and one that is live."""
    asks = stage(3, "identity_design", gates=(Gate("identity", 0.4),))
    made = plan({"a": [asks, 2], "b": [2, 2]}, live={"c": -10}, horizon=100)
    start = np.array([[0, 3, 0, 2], [0, 0, 0, 2]], dtype=np.int32)
    finish = np.array([[3, 5, 2, 4], [0, 2, 2, 4]], dtype=np.int32)
    return Timeline(made, range(7, 9), start, finish)


def _described(**fields):
    services = (
        service("a", "P2", 100, 1, asked=None), service("b", "P2", 100, 1), service("c", "P2", 100, 1, asked=0.4)
    )  # fmt: skip
    return Verification(date(2024, 1, 1), 100, (Segment("all", "All", 1000),), services, **fields)


def test_the_timeline_shows_who_asks_for_identity():
    timeline = _timeline()
    assert asked(_described(), timeline).tolist() == [[1, 1, 0.4], [0, 1, 0.4]]
    found = demand(_described(), timeline)
    assert found.replications == range(7, 9)
    assert found.service_visits[:, 0].sum(axis=1)[0] > 0
    assert found.service_visits[:, 0].sum(axis=1)[1] == 0


def test_a_population_of_another_plan_is_refused():
    timeline = _timeline()
    other = plan({"a": [1]}, horizon=100)
    with pytest.raises(ValueError, match=r"^the population describes other services than the plan$"):
        demand(_described(), Timeline(other, range(1), np.zeros((1, 1), np.int32), np.ones((1, 1), np.int32)))
    with pytest.raises(
        ValueError, match=r"^the population has another status date or horizon than the plan$"
    ):
        demand(replace(_described(), horizon=99), timeline)
    undecided = replace(
        _described(), services=(*_described().services[:2], service("c", "P2", 100, 1, asked=None))
    )
    message = r"^c: no stage of the plan shows whether it asks for identity$"
    with pytest.raises(ValueError, match=message):
        demand(undecided, timeline)


# -- the dividend and the spread --------------------------------------------------------------------------


def test_the_dividend_counts_reuses_and_adds_up_over_blocks():
    verification = mixed(1000)
    go_live = np.array([MIXED_GO_LIVE, [0] * 6, [300] * 6], dtype=np.int32)
    share = np.tile(asked_of(verification), (3, 1))
    whole = dividend(demand_of(verification, go_live, share))
    parts = [dividend(demand_of(verification, go_live[k : k + 1], share[k : k + 1])) for k in range(3)]
    together = add(add(parts[2], parts[0]), parts[1])
    for name in ("checks", "uplifts", "reuses"):
        assert np.array_equal(getattr(whole, name), getattr(together, name))
    assert together.replications == whole.replications == 3
    assert whole.years == (2024, 2025, 2026)
    found = demand_of(verification, go_live, share)
    assert whole.avoided.sum() * 3 == pytest.approx(found.reuses_by_month.sum(), rel=0.01)


def test_what_is_saved_by_hand():
    """Everybody proves P1 at a and rises at b, c needs nothing: 1000 reuses and half a check for each rise."""
    verification = population(
        service("a", "P1", 1000, 1e4), service("b", "P2", 1000, 1e4), service("c", "P1", 1000, 1e4)
    )
    paid = dividend(one_future(verification, (0, 100, 200)))
    check = CheckCost(minutes=30, cost=4, uplift=0.5)
    assert paid.avoided.sum(axis=1).tolist() == [0, 0, 1000]
    assert paid.saved(check).sum(axis=1).tolist() == [0, 500, 1000]
    assert paid.hours_saved(check).sum() == 750
    assert paid.cost_saved(check).sum() == 6000


# -- routes -----------------------------------------------------------------------------------------------


def test_what_becomes_of_a_check_by_hand():
    """Nine in ten able: six can use both routes, three the post only; 70% begin in the app."""
    routes = (Route("app", "App", 0.7, 0.8, 0.3, then="post"), Route("post", "Post", 0.3, 0.9))
    found = outcome(routes, (0.6, 0.9))
    both, post_only = 6 / 9, 3 / 9
    again = both * 0.7 * 0.2 * 0.7
    assert found.attempts == pytest.approx((both * 0.7, both * 0.3 + again + post_only))
    assert found.success == pytest.approx(both * 0.7 * 0.8 + 0.9 * (both * 0.3 + again + post_only))


def test_without_routes_every_check_succeeds_and_without_ability_none():
    assert outcome((), ()).success == 1
    assert outcome((Route("app", "App", 1, 1),), (0.0,)).success == 0


# -- what a population refuses ----------------------------------------------------------------------------

HALF = Segment("all", "All", 1000, (0.5,))


@pytest.mark.parametrize(
    ("services", "fields", "message"),
    [
        (
            [service("a", "P2", 1001, 1)], {},
            "a: has 1,001 users in the segment 'all', which has 1,000 people",
        ),
        ([service("a", "P2", 10, 1, (0.9,))], {}, "a: the audience shares add up to 0.9, not 1"),
        ([service("a", "P2", 10, 1, (0.5, 0.5))], {}, "a: an audience share for each of 1 segments is needed"),
        ([service("a", "P2", 10, 1, season=1)], {}, "a: there is no season 1"),
        ([service("a", "P2", 10, -1)], {}, "a: users and visits must not be negative"),
        ([service("a", "P2", 10, 1, adoption=1.5)], {}, "a: a share must lie between 0 and 1, not 1.5"),
        ([service("a", "P2", 10, 1, adoption=math.nan)], {}, "a: a share must lie between 0 and 1, not nan"),
        ([], {"ramp": ((0, 0.5),)}, "ramp: begins at go-live at the earliest, and ends at 1"),
        ([], {"ramp": ((5, 0.5), (5, 1.0))}, "ramp: days must rise from point to point"),
        (
            [], {"segments": (Segment("all", "All", 9, (0.5,), proven_p1=0.3, proven_p2=0.3),)},
            "all: 0.6 have proved their identity, and only 0.5 can use a route",
        ),
        ([], {"segments": (Segment("all", "All", 9),)}, "all: a share able to use each route is needed"),
        ([], {"routes": (Route("a", "A", 0, 1),), "segments": (HALF,)}, "routes: nobody begins at any of them"),
        (
            [], {"routes": (Route("app", "A", 1, 1, then="ap"),), "segments": (HALF,)},
            "app: 'ap' is not a route; did you mean 'app'?",
        ),
        (
            [], {"routes": (Route("a", "A", 1, 1, then="a"),), "segments": (HALF,)},
            "a: the routes tried next form a ring",
        ),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(services, fields, message):
    with pytest.raises(PlanError) as refusal:
        population(*services, **fields)
    assert str(refusal.value) == message
