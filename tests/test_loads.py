"""The load of every future: hours of stations against the functions they restate, months, bands, and capacity."""

import math
import pickle
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoints import TEN_MINUTES, VARIED, asked_of, by_app, by_post, country, desk, whole
from onelogin_sim.calendars import NEVER
from onelogin_sim.distributions import Distribution
from onelogin_sim.verification.demand import demand_of
from onelogin_sim.verification.duty import units_by_hour
from onelogin_sim.verification.erlang import erlang_a, erlang_c
from onelogin_sim.verification.hourly import queue_by_hour, virtual_waits
from onelogin_sim.verification.load_tally import LoadTally
from onelogin_sim.verification.loads import customers, load_of
from onelogin_sim.verification.passing import passing
from onelogin_sim.verification.pointwise import (
    late_shares,
    relaxed_queue,
    relaxed_waits,
    wait_quantiles,
)
from onelogin_sim.verification.rates import hours_of
from onelogin_sim.verification.routes import Opening, ServiceLevel, Step
from onelogin_sim.verification.sizing import MOST, size_capacity, smallest
from onelogin_sim.verification.station_figures import station_figures
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import FIGURES, exceeded, station_months
from onelogin_sim.verification.steps import Steps
from onelogin_sim.verification.workload import workload
from populations import asked_of as share_asked

FRIDAY = date(2024, 5, 10)
EVEN = np.full((1, 400, 24), 1 / 24)


def figures_of(verification, daily, place=0, edges=None, shares=EVEN, units=None):
    """A station's figures by name, float64 [replication, period], from daily customers [replication, day]."""
    daily = np.atleast_2d(np.asarray(daily, dtype=float))
    days = range(daily.shape[1])
    hours = station_hours(verification, workload(verification), place, days, units)
    edges = np.array([0, len(days)] if edges is None else edges)
    found = station_months(hours, daily[:, None, :], shares[:, : len(days)], edges)
    return {name: found[:, :, index] for index, name in enumerate(FIGURES)}


def alone(station, minutes=TEN_MINUTES, days=60):
    """A country with one station that everybody passes once."""
    route = by_app(1.0, then=None, steps=(Step(station.id, 1.0, minutes),))
    return country(station, routes=(route,), days=days)


# --- hours on duty ----------------------------------------------------------------------------------------


def test_hours_on_duty_by_hand():
    """From Friday 10 May: open Friday and Saturday from 9 to 12; two at work, three from day 1."""
    station = replace(desk(units=2, opening=Opening((4, 5), 9, 12)), steps=((0, 2), (1, 3)))
    found = units_by_hour(station, FRIDAY, range(3)).reshape(3, 24)
    assert found[0].tolist() == [0] * 9 + [2] * 3 + [0] * 12
    assert found[1].tolist() == [0] * 9 + [3] * 3 + [0] * 12
    assert not found[2].any()


@given(st.integers(0, 5000), st.integers(0, 23), st.integers(1, 24))
def test_a_days_appointments_are_all_given_and_evenly(appointments, start, length):
    opening = Opening(from_hour=start, to_hour=min(start + length, 24))
    found = units_by_hour(desk(units=appointments, unit="appointments", opening=opening), FRIDAY, range(1))
    assert found.sum() == appointments
    is_open = found[opening.from_hour : opening.to_hour]
    assert is_open.max() - is_open.min() <= 1


def test_workload_by_hand():
    """App 0.9 of ten minutes at the desk, half of the fifth who fail go on by post, where a tenth begin."""
    need = workload(country(desk(), desk("office", unit="appointments"), routes=(by_app(), by_post())))
    assert need.visits[0] == pytest.approx([0.9, 0.1 + 0.9 * 0.2 * 0.5])
    assert need.work[0] == pytest.approx([0.9 / 6, 0.19])
    assert need.mean_service == pytest.approx([1 / 6, 1])
    assert need.variation == pytest.approx([0, 0], abs=1e-12)
    assert need.uplift.tolist() == [0.5, 1.0]


# --- hours against the functions they restate -------------------------------------------------------------


@pytest.mark.parametrize("opening", [Opening(), Opening((0, 1, 2, 3, 4), 8, 20)])
@pytest.mark.parametrize("use", [0.4, 0.9, 1.1])
def test_patient_months_are_the_relaxed_queue(opening, use):
    """Every figure of a fortnight, in three futures, from `relaxed_queue`, `relaxed_waits` and `late_shares`.

    In the last hour before closing those who are not reached wait all night, the others by the hour's own pace.
    Percentiles to an eighth, or a sixteenth of the mean: they come in classes.
    """
    verification = alone(desk(units=6, opening=opening, level=ServiceLevel(0.9, 60.0)), VARIED)
    need = workload(verification)
    hours = station_hours(verification, need, 0, range(14))
    week = hours.capacity[:168].sum()
    daily = np.outer([0.9, 1.0, 1.1], np.tile([1.3, 1.2, 1, 1, 1, 0.8, 0.7], 2)) * use * week / 7
    shares = np.tile(np.arange(1, 25) / 300, (1, 14, 1))
    found = figures_of(verification, daily, shares=shares)
    come = (daily[:, :, None] * shares[0]).reshape(3, -1).T
    mean, variation = need.mean_service[0], need.variation[0]
    duty = np.rint(hours.capacity * mean)
    queue = relaxed_queue(come, duty, mean, variation)
    ahead = np.diff(hours.worked)
    wait = relaxed_waits(queue, ahead)
    fluid = queue_by_hour(come, hours.capacity).backlog
    sure = virtual_waits(fluid, ahead)
    middle, middle_sure = (each - np.diff(each, axis=0, prepend=0.0) / 2 for each in (wait, sure))
    closed = hours.capacity == 0
    middle_sure[closed] = middle[closed]
    before = middle * 2 - wait
    crossing, night = np.zeros((2, *come.shape))
    for hour in np.flatnonzero(~closed & np.append(closed[1:], False)):
        for future in np.flatnonzero(before[hour] < 1):
            end = queue.backlog[hour, future] / (queue.use[hour, future] * hours.capacity[hour])
            night[hour, future] = wait[hour, future] - end
            crossing[hour, future] = max(end / (1 + end - before[hour, future]), 0.0)
            middle[hour, future] = (before[hour, future] + end) / 2
            start = sure[hour - 1, future] if hour else 0.0
            middle_sure[hour, future] = (start + fluid[hour, future] / hours.capacity[hour]) / 2
    late = (1 - crossing) * late_shares(1.0, middle, queue.delayed, middle_sure)
    late += crossing * (middle + night > 1.0)
    weights = come / come.sum(axis=0)
    waited = weights * (middle + crossing * night)
    assert found["customers"][:, 0] == pytest.approx(come.sum(axis=0))
    assert found["mean_wait"][:, 0] == pytest.approx(waited.sum(axis=0), rel=1e-6, abs=1e-7)
    assert found["within"][:, 0] == pytest.approx(1 - (weights * late).sum(axis=0), rel=1e-6)
    assert found["backlog"][:, 0] == pytest.approx(queue.backlog.max(axis=0), rel=1e-9)
    served = come.sum(axis=0) - queue.backlog[-1]
    assert found["utilisation"][:, 0] == pytest.approx(served / hours.capacity.sum(), rel=1e-9)
    assert not found["lost"].any()
    groups = (
        np.concatenate([come * (1 - crossing), come * crossing]),
        np.concatenate([middle, middle + night]),
        np.tile(queue.delayed, (2, 1)),
        np.concatenate([middle_sure, middle + night]),
    )
    for name, share in (("p50_wait", 0.5), ("p95_wait", 0.95), ("p99_wait", 0.99)):
        exact = wait_quantiles(share, *groups)
        assert np.abs(found[name][:, 0] - exact).max() <= max(exact.max() / 8, waited.sum(axis=0).max() / 16)


def test_below_capacity_the_steady_queue_is_erlangs():
    """Exponential-like service is not at hand, so fixed: M/D/c by Allen and Cunneen is half of Erlang C's wait."""
    verification = alone(desk(units=5))
    found = figures_of(verification, np.full(40, 24 * 24.0), edges=[0, 20, 40])
    expected = erlang_c(5, 4.0) * (1 / 6) / (5 - 4) / 2
    assert found["mean_wait"][0, 1] == pytest.approx(expected, rel=2e-3)
    assert found["utilisation"][0, 1] == pytest.approx(0.8, rel=1e-3)
    assert found["within"][0, 1] == 1.0


def exponential(mean):
    """An exponential time in minutes, as a planner's table: to a thousandth, the rest at its end."""
    times = np.linspace(0.0, 12 * mean, 1201)
    shares = 1 - np.exp(-times / mean)
    shares[-1] = 1.0
    return Distribution("cumulative", tuple(np.stack([times, shares], axis=1).ravel().tolist()))


@pytest.mark.parametrize(("calls", "patience"), [(10, 3.0), (18, 3.0), (40, 3.0), (24, 90.0)])
def test_impatient_months_are_erlang_a(calls, patience):
    """Exponential calls of six minutes on two, exponential patience of minutes and hours, below and above capacity."""
    phone = desk("phone", 2, patience=exponential(patience), level=ServiceLevel(0.8, 1.0))
    verification = alone(phone, exponential(6.0))
    found = figures_of(verification, [24.0 * calls] * 14, edges=[0, 7, 14])
    mean_service = workload(verification).mean_service[0]
    steady = erlang_a(calls, mean_service, 2, station_hours(
        verification, workload(verification), 0, range(1)
    ).patience)  # fmt: skip
    assert found["lost"][0, 1] == pytest.approx(steady.abandoned, rel=0.01)
    assert found["mean_wait"][0, 1] == pytest.approx(steady.mean_wait, rel=0.01)
    use = calls * mean_service * (1 - steady.abandoned) / 2
    assert found["utilisation"][0, 1] == pytest.approx(use, rel=0.005)


def test_whom_nobody_answers_leaves_and_a_crowd_is_served_as_fast_as_can_be():
    """Open half the day, each half brings half the calls; of 2,000 an hour two desks of ten an hour serve 20."""
    phone = desk("phone", 2, patience=Distribution("fixed", (3.0,)), level=ServiceLevel(0.8, 1.0))
    verification = alone(phone, Distribution("fixed", (6.0,)))
    always = figures_of(verification, [240.0] * 7)
    half = replace(phone, opening=Opening(from_hour=0, to_hour=12))
    by_day = figures_of(alone(half, Distribution("fixed", (6.0,))), [240.0] * 7)
    # A twelfth hour of calls, those of the last minutes before opening, is still there when it opens.
    assert by_day["lost"][0, 0] == pytest.approx((1 + always["lost"][0, 0]) / 2, rel=0.01)
    assert by_day["within"][0, 0] == pytest.approx(always["within"][0, 0], abs=0.01)
    crowd = figures_of(verification, [24 * 2000.0])
    assert crowd["lost"][0, 0] == pytest.approx(1 - 20 / 2000, abs=0.003)
    assert crowd["utilisation"][0, 0] == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("use", [0.7, 1.0, 1.3])
def test_there_is_no_cliff_in_patience(use):
    """Patience of 55 to 70 minutes: from minute to minute waits and losses change a little, and one way."""
    found = [
        figures_of(
            alone(desk(units=10, patience=spread_patience(minutes))), [use * 1440.0] * 14, edges=[0, 7, 14]
        )
        for minutes in range(55, 71)
    ]
    for name, sign in (("mean_wait", 1), ("lost", -1)):
        values = np.array([each[name][0, 1] for each in found])
        steps = sign * np.diff(values)
        assert (steps >= -1e-6 * values[0]).all(), name
        assert steps.max() <= 0.06 * values.max(), name


def spread_patience(mean):
    """Patience as planners state it: median, and a 90th percentile 2.65 times as long; of about this mean."""
    return Distribution("lognormal", (0.75 * mean, 0.75 * 2.65 * mean))


def test_who_would_wait_beyond_the_limit_lapses():
    """24 appointments a day, 48 ask, two days are the limit: in the end half lapse, and two days' work waits.

    To two in a hundred: the queue by chance keeps a little of the capacity unused even then.
    """
    office = desk("office", 24, unit="appointments", time_limit_days=2)
    verification = country(office, routes=(by_post(1.0),))
    found = figures_of(verification, [48.0] * 30, edges=[0, 20, 30])
    assert found["lost"][0, 1] == pytest.approx(0.5, rel=0.02)
    assert found["backlog"][0, 1] == pytest.approx(48.0, rel=0.02)
    assert found["mean_wait"][0, 1] == pytest.approx(48.0, rel=0.02)
    assert found["utilisation"][0, 1] == pytest.approx(1.0, rel=0.02)
    assert found["customers"].sum() == 30 * 48


def test_nobody_lapses_before_a_limit_of_years():
    """24 slots a day, 60 ask: after 400 days the last wait for 600, and with a limit of two years nobody has lapsed.

    Capacity was looked ahead for a year alone, so that from there on everybody seemed to lapse.
    """
    office = desk("office", 24, unit="appointments", time_limit_days=730)
    verification = country(office, routes=(by_post(1.0),), days=400)
    found = figures_of(verification, [60.0] * 400, edges=[0, 390, 400])
    assert found["lost"].tolist() == [[0.0, 0.0]]
    assert found["backlog"][0, 1] == pytest.approx(36 * 400, rel=0.01)
    assert found["mean_wait"][0, 1] == pytest.approx(24 * 36 * 395 / 24, rel=0.01)


def test_all_of_one_patience_wait_nearly_as_long_in_overload():
    """Six an hour can be served, ten come, each stays two hours: four in ten leave, and the queue is two hours' work.

    Chance leaves it a little shorter: individuals wait 1.91 hours.
    """
    verification = alone(desk(units=1, patience=Distribution("fixed", (120.0,))))
    found = figures_of(verification, [240.0] * 30, edges=[0, 10, 30])
    assert found["lost"][0, 1] == pytest.approx(0.4, rel=0.01)
    assert found["mean_wait"][0, 1] == pytest.approx(1.92, rel=0.01)
    assert found["backlog"][0, 1] == pytest.approx(10 * 1.92, rel=0.01)
    assert found["p99_wait"][0, 1] == pytest.approx(2.0, rel=0.01)


# --- extremes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("patience", [None, TEN_MINUTES])
def test_no_capacity_serves_nobody_and_says_so(patience):
    verification = alone(desk(units=0, patience=patience, level=ServiceLevel(0.9, 1.0)))
    found = figures_of(verification, [100.0] * 3)
    assert found["within"].tolist() == [[0.0]]
    assert found["utilisation"].tolist() == [[0.0]]
    if patience is None:
        assert found["mean_wait"].tolist() == found["p50_wait"].tolist() == [[math.inf]]
        assert found["backlog"].tolist() == [[pytest.approx(300.0)]]
    else:
        # Ten minutes' worth of the 300 who came still wait.
        assert found["lost"].tolist() == [[pytest.approx(1 - 100 / 24 / 6 / 300, rel=1e-4)]]


@pytest.mark.parametrize(("slots", "share"), [(0, 0.0), (12, 0.25), (24, 0.5)])
def test_who_lapses_is_not_served_in_time(slots, share):
    """48 ask a day and so many can be seen: no more than these are within the limit, though nobody waits longer."""
    level = ServiceLevel(0.9, 48.0)
    office = desk("office", slots, unit="appointments", time_limit_days=2, level=level)
    found = figures_of(country(office, routes=(by_post(1.0),)), [48.0] * 30, edges=[0, 20, 30])
    assert found["within"][0, 1] == pytest.approx(share, abs=0.02)
    assert found["within"][0, 1] <= 1 - found["lost"][0, 1] + 1e-12
    if slots == 0:
        assert found["lost"].tolist() == [[pytest.approx(1.0)] * 2]
        assert found["mean_wait"][0, 1] == pytest.approx(48.0, rel=0.02)


def test_who_waits_for_ever_where_nothing_is_promised_is_no_crash():
    """No level is a limit of infinity: hardly anybody delayed, or nobody ever served, made it not a number."""
    for units in (10**4, 0):
        found = figures_of(alone(desk(units=units)), [1.0] * 3)
        assert not np.isnan(found["within"]).any()


@pytest.mark.parametrize("patience", [None, TEN_MINUTES])
def test_endless_capacity_has_no_waits(patience):
    verification = alone(desk(units=10**5, patience=patience, level=ServiceLevel(0.9, 1.0)))
    found = figures_of(verification, [1000.0] * 3)
    assert found["mean_wait"][0, 0] == pytest.approx(0.0, abs=1e-12)
    assert found["within"].tolist() == [[pytest.approx(1.0)]]
    assert found["lost"].tolist() == [[pytest.approx(0.0, abs=1e-12)]]


def test_nobody_comes():
    found = figures_of(alone(desk(level=ServiceLevel(0.9, 1.0))), [0.0] * 3)
    assert np.isnan(found.pop("within")).all()
    assert {name: values.tolist() for name, values in found.items()} == {
        name: [[0.0]] for name in FIGURES if name != "within"
    }


def cut_off(**fields):
    """A country seen from Saturday, 29 June 2024 on: of June there is a weekend; its desk works on weekdays."""
    verification = alone(desk(opening=Opening((0, 1, 2, 3, 4), 8, 18), **fields), days=40)
    return replace(verification, status_date=date(2024, 6, 29))


def test_a_month_in_which_nobody_calls_while_it_is_open_has_no_level():
    """Who calls at the weekend does not count, so that June is not missed: no share in time, none held, none needed."""
    verification = cut_off(units=20, patience=TEN_MINUTES, level=ServiceLevel(0.8, 1.0))
    demand = futures(verification, [0, 0, 5])
    (phone,) = tallied(verification, [demand]).stations
    assert phone.mean_customers[0] > 100
    assert phone.mean_closed[0] == pytest.approx(phone.mean_customers[0], rel=1e-6)
    assert np.isnan(
        [phone.within.p10[0], phone.within.p50[0], phone.within.p90[0], phone.level_held[0]]
    ).all()
    assert phone.within.p50[1] > 0.9
    assert phone.level_held[1] == 1.0
    found = size_capacity(demand)
    assert found.capacity[0, 0] == 0 < found.capacity[0, 1]
    assert np.isnan(found.held[0, 0]).all()
    assert np.isnan(found.given[0, 0])


def test_who_waits_over_the_weekend_counts_in_the_level():
    """Where people stay, everybody counts: nobody of the weekend begins within an hour."""
    verification = cut_off(units=20, level=ServiceLevel(0.8, 60.0))
    (review,) = tallied(verification, [futures(verification, [0])]).stations
    assert review.within.p50[0] < 0.1
    assert review.level_held[0] == 0.0


def test_capacity_is_exceeded_when_a_week_brings_more_than_a_week_can_do():
    """Six an hour can be served, 144 a day. A day of 300 among days of 100 is not beyond seven days; a second is."""
    verification = alone(desk(units=1))
    hours = station_hours(verification, workload(verification), 0, range(20))
    calm = np.full(20, 100.0)
    calm[10] = 300.0
    busy = calm.copy()
    busy[11] = 300.0
    at_once = np.full(20, 145.0)
    by_period, first = exceeded(hours, np.stack([calm, busy, at_once])[:, None], np.array([0, 10, 20]))
    assert by_period.tolist() == [[False, False], [False, True], [True, True]]
    assert first.tolist() == [NEVER, 11, 6]


@pytest.mark.parametrize("days", [4, 30])
def test_overload_from_the_first_day_on_is_seen(days):
    """Six an hour on weekdays from 8 to 18 are 300 a week; day 0 is a Friday, so a weekend comes early.

    A week's work on Friday and more on Saturday is too much by then; a week's work over the weekend is not.
    """
    verification = alone(desk(units=1, opening=Opening((0, 1, 2, 3, 4), 8, 18)))
    hours = station_hours(verification, workload(verification), 0, range(days))
    burst, weekend, flood = np.zeros((3, days))
    burst[:2] = 300.0, 1.0
    weekend[1:3] = 150.0
    flood[:4] = 2000.0
    by_period, first = exceeded(hours, np.stack([burst, weekend, flood])[:, None], np.array([0, days]))
    assert by_period.tolist() == [[True], [False], [True]]
    assert first.tolist() == [1, NEVER, 0]


def test_a_steady_load_within_capacity_is_never_too_much():
    """Whatever weekday it begins on: as much as it can do, evenly over the days of the week, or as it is open."""
    for start in range(7):
        verification = alone(desk(units=1, opening=Opening((0, 1, 2, 3, 4), 8, 18)), days=60)
        hours = station_hours(verification, workload(verification), 0, range(start, start + 40))
        can = hours.capacity.reshape(-1, 24).sum(axis=1)
        daily = np.stack([np.full(40, 300 / 7), can])[:, None]
        by_period, first = exceeded(hours, daily, np.array([0, 20, 40]))
        assert not by_period.any()
        assert (first == NEVER).all()


# --- against individuals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "wait"), [(2, 0.06), (3, 0.03), (4, 0.03)])
def test_the_ensemble_is_near_the_individuals(units, wait):
    """One desk at 75%, 50% and 38% use, varied lengths, three weeks: mean wait in 6% and 3%, service level in 1 point.

    Mean waits are 9.5, 1.0 and 0.2 minutes; eight seeds, some ten thousand people each.
    """
    verification = alone(desk(units=units, level=ServiceLevel(0.9, 5.0)), VARIED, days=40)
    demand = asked_of(replace(verification, services=(replace(verification.services[0], visits=6.0),)))
    days = range(5, 26)
    individuals = [
        station_figures(found, "desk") for seed in range(8) for found in passing(demand, 0, [days], seed)
    ]
    need, watched = workload(demand.verification), range(29)
    hours = station_hours(demand.verification, need, 0, watched)
    shares = np.array(hours_of(demand.verification, watched))
    daily = customers(demand, need, 0, watched)
    found = station_months(hours, daily, shares, np.array([0, 5, 26, 29]))[0, 1]
    named = dict(zip(FIGURES, found, strict=True))
    assert named["customers"] == pytest.approx(np.mean([each.came[0] for each in individuals]), rel=0.01)
    assert named["utilisation"] == pytest.approx(
        np.mean([each.utilisation[0] for each in individuals]), rel=0.02
    )
    mean_wait = np.mean([each.mean_wait[0] for each in individuals])
    assert named["mean_wait"] == pytest.approx(mean_wait, rel=wait)
    assert named["within"] == pytest.approx(np.mean([each.within[0] for each in individuals]), abs=0.01)


# --- blocks and bands -------------------------------------------------------------------------------------


def futures(verification, days):
    """The demand of futures that differ by the day of the go-live."""
    share = np.repeat(share_asked(verification)[None], len(days), axis=0)
    return demand_of(verification, np.array(days, dtype=np.int32)[:, None], share)


def parts(demand, *edges):
    """The same demand in blocks."""
    go_live = list(range(0, 5 * len(demand.replications), 5))
    for first, last in pairwise(edges):
        share = np.repeat(share_asked(demand.verification)[None], last - first, axis=0)
        days = np.array(go_live[first:last], dtype=np.int32)[:, None]
        yield demand_of(demand.verification, days, share, range(first, last))


def alike(one, other):
    """Equal to the bit, field by field."""
    if is_dataclass(one):
        return all(alike(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    return one == other or (one != one and other != other)  # nan is alike nan


def tallied(verification, blocks):
    tally = LoadTally(verification)
    for demand in blocks:
        tally.add(load_of(demand))
    return tally.forecast()


def test_results_do_not_depend_on_blocks():
    verification = whole()
    demand = futures(verification, range(0, 55, 5))
    once = tallied(verification, [demand])
    assert alike(once, tallied(verification, parts(demand, 0, 3, 4, 11)))
    assert once.replications == 11


def test_a_forecast_by_hand():
    """Four futures, live on day 0, 10, 30 and never, of 60 days: bands are the futures' own numbers, to a step."""
    verification = whole()
    demand = futures(verification, [0, 10, 30, NEVER])
    load = load_of(demand)
    found = tallied(verification, [demand])
    assert [when.isoformat() for when in found.months] == ["2024-05-10", "2024-06-01", "2024-07-01"]
    checks = np.sort(load.checks, axis=0)
    assert found.checks.p10 == pytest.approx(checks[0], rel=1 / 64)
    assert found.checks.p50 == pytest.approx(checks[1], rel=1 / 64)
    assert found.checks.p90 == pytest.approx(checks[3], rel=1 / 64)
    assert found.mean_checks == pytest.approx(load.checks.mean(axis=0), abs=0.5)
    assert found.typical == ((10, 3), (50, 2), (90, 0))
    desk_, review, office, phone = found.stations
    assert (desk_.id, review.id, office.id, phone.id) == ("desk", "review", "office", "phone")
    assert np.isnan(office.level_held).all()
    within = load.stations[:, 0, :, FIGURES.index("within")]
    come = load.stations[:, 0, :, FIGURES.index("customers")] > 0
    assert come.sum(axis=0).tolist() == [2, 3, 3]  # where nobody comes no level is held, and none is missed
    assert desk_.level_held == pytest.approx((come & (within >= 0.9)).sum(axis=0) / come.sum(axis=0))
    assert desk_.within.p10 == pytest.approx(
        [np.sort(within[come[:, month], month])[0] for month in range(3)], rel=1 / 16
    )
    share, people = load.stations[:, 3, :, FIGURES.index("lost")], load.stations[:, 3, :, 0]
    assert phone.mean_lost == pytest.approx((people * share).mean(axis=0), abs=1e-3)
    assert phone.lost_share == pytest.approx((people * share).sum() / people.sum(), rel=1e-4)
    assert 0.3 < phone.closed_share < phone.lost_share  # nights and weekends, and who hangs up
    work = np.sort(load.work[:, 3, 1])[3]
    assert phone.offered.p90[1] == pytest.approx(work / (30 * 24), rel=1 / 16)
    firsts = sorted(load.first_exceeded[:, 2].tolist())
    assert office.first_exceeded == (firsts[0], firsts[1], firsts[3]) == (*firsts[:2], NEVER)
    assert office.exceeded_by[-1] == 0.75
    assert (np.diff(office.exceeded_by) >= 0).all()
    assert office.capacity[1] == 25 * sum(date(2024, 6, day).weekday() < 6 for day in range(1, 31))
    both = demand.checks + demand.uplifts
    attempts = both.sum(axis=(1, 2, 3)) * verification.outcomes[0].attempts[0]
    assert load.attempts[:, 0].sum(axis=1) == pytest.approx(attempts)
    assert load.busiest_day.max(axis=1) == pytest.approx(both.sum(axis=(1, 2)).max(axis=1))


def test_nobody_live_no_load():
    verification = whole()
    demand = futures(verification, [NEVER])
    for station in tallied(verification, [demand]).stations:
        assert np.isnan(station.level_held).all()
        assert np.isnan(station.within.p50).all()
        assert station.lost_share == station.closed_share == 0
    load = load_of(demand)
    assert not load.checks.any()
    assert not load.attempts.any()
    assert not load.exceeded.any()
    assert load.first_exceeded.tolist() == [[NEVER] * 4]


def test_a_load_can_be_sent_to_a_worker():
    load = load_of(futures(whole(), [0, 20]))
    assert alike(load, pickle.loads(pickle.dumps(load)))


def test_blocks_come_in_order():
    verification = whole()
    demand = futures(verification, [0, 5])
    tally = LoadTally(verification)
    with pytest.raises(ValueError) as caught:
        tally.forecast()
    assert str(caught.value) == "there are no replications to make a forecast of"
    tally.add(load_of(demand))
    with pytest.raises(ValueError) as caught:
        tally.add(load_of(demand))
    assert str(caught.value) == "block range(0, 2) does not follow replication 1"


def test_own_worst_months_are_those_of_each_future():
    """Eleven futures, whose worst months differ: percentiles of their maxima, not maxima of percentiles."""
    verification = whole()
    load = load_of(futures(verification, range(0, 55, 5)))
    tally = LoadTally(verification)
    tally.add(load)
    found = tally.forecast()

    def median(values):
        return np.sort(values)[5]

    assert found.own_checks.p50 == pytest.approx(median((load.checks + load.uplifts).max(axis=1)), rel=0.02)
    assert found.own_sign_ins.p50 == pytest.approx(median(load.sign_ins_per_second.max(axis=1)), rel=0.02)
    hours = np.diff(tally.starts) * 24
    for place, station in enumerate(found.stations):
        named = dict(zip(FIGURES, np.moveaxis(load.stations[:, place], 2, 0), strict=True))
        for name in ("utilisation", "p50_wait", "p95_wait", "p99_wait", "lost"):
            assert station.own[name].p50 == pytest.approx(median(named[name].max(axis=1)), rel=0.02), name
        assert station.own["offered"].p50 == pytest.approx(
            median((load.work[:, place] / hours).max(axis=1)), rel=0.02
        )
        level = verification.stations[place].level
        if level is None:
            assert math.isnan(station.always_held)
            continue
        least = np.nanmin(named["within"], axis=1)
        assert station.own["within"].p50 == pytest.approx(median(least), rel=0.02)
        assert station.always_held == np.mean(least >= level.share)
        assert station.always_held <= np.nanmin(station.level_held) + 1e-12


# --- steps ------------------------------------------------------------------------------------------------

numbers = st.one_of(st.floats(0, 1e12), st.integers(0, 100).map(float), st.just(math.inf), st.floats(0, 1e-5))


@given(st.lists(numbers, min_size=1, max_size=60), st.floats(0.01, 1), st.integers(1, 59))
def test_steps_are_less_than_a_step_off(values, share, cut):
    """Of values above a millionth and below 2**40; and blocks in any order give the same."""
    exact = np.sort(np.array(values, dtype=np.float32))[max(math.ceil(share * len(values) - 1e-9) - 1, 0)]
    one, other = Steps(1, 5), Steps(1, 5)
    one.add(np.array(values)[:, None])
    for part in (values[cut:], values[:cut]):
        other.add(np.array(part).reshape(-1, 1))
    (found,) = one.quantile(share)
    assert found == other.quantile(share)[0]
    assert np.float32(min(values)) <= found <= np.float32(max(values))
    if 2**-19 < exact < 2**40:
        assert exact * (1 - 1 / 32) <= found <= exact * (1 + 1 / 32)


def test_percentiles_are_not_rounded_down_to_steps():
    """A thousand even numbers in a doubling of four steps: each percentile is the exact one, not its step's least."""
    values = 1000.0 + np.arange(1000)
    steps = Steps(1, 2)
    steps.add(np.random.default_rng(3).permutation(values)[:, None])
    for share in (0.1, 0.37, 0.5, 0.9, 1.0):
        assert steps.quantile(share)[0] == pytest.approx(values[round(1000 * share) - 1], abs=0.5)


@given(
    st.lists(st.integers(0, 2000).map(float), min_size=1, max_size=2),
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(0.01, 1),
)
def test_two_numbers_in_a_step_are_exact(values, first, second, share):
    """Once each; and one number any number of times."""
    for made in (values, values[:1] * (first + second)):
        steps = Steps(1, 0)
        steps.add(np.array(made)[:, None])
        exact = np.sort(made)[max(math.ceil(share * len(made) - 1e-9) - 1, 0)]
        assert steps.quantile(share)[0] == pytest.approx(exact, rel=1e-6)


def test_a_tenth_of_a_hundred_is_the_tenth_and_what_has_no_end_stays_so():
    """0.07 times 100 is above 7 in floating point: the seventh is asked for."""
    steps = Steps(1, 10)
    steps.add((1.0 + np.arange(100))[:, None])
    assert steps.quantile(0.07)[0] == 7.0
    endless = Steps(2, 4)
    endless.add(np.array([[2.0**41, math.inf], [math.inf, math.inf]]))
    assert endless.quantile(0.5).tolist() == [2.0**41, math.inf]
    assert endless.quantile(1.0).tolist() == [2.0**41, math.inf]  # the last step has no upper end


def test_bad_numbers_are_refused():
    steps = Steps(1, 4)
    for wrong in (-1.0, math.nan):
        with pytest.raises(ValueError, match=r"^numbers must be 0 or more$"):
            steps.add(np.array([[wrong]]))
    with pytest.raises(ValueError, match=r"^there are no futures to take a percentile of$"):
        steps.quantile(0.5)


def test_what_does_not_count_is_in_no_percentile():
    steps = Steps(2, 4)
    steps.add(
        np.array([[1.0, math.nan], [math.nan, -1.0], [3.0, 0.0]]), np.array([[1, 0], [0, 0], [1, 0]]) > 0
    )
    assert steps.quantile(0.5).tolist()[0] == 1.0
    assert steps.quantile(0.51).tolist()[0] == 3.0
    assert math.isnan(steps.quantile(0.5)[1])


# --- capacity ---------------------------------------------------------------------------------------------


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_the_smallest_that_holds_is_found_from_any_guess(answer, guess):
    asked = []

    def holds(units):
        asked.append(units)
        return units >= answer

    assert smallest(holds, guess) == answer
    assert min(asked) >= 0
    assert len(asked) <= 2 + 2 * max(abs(answer - guess), 2).bit_length() + 2


def test_what_never_holds_is_none():
    assert smallest(lambda units: False, 5) is None
    assert smallest(lambda units: True, 0) == 0
    assert smallest(lambda units: units >= MOST, 3) == MOST


def test_capacity_holds_the_level_and_one_less_does_not():
    """Ten futures: with the capacity found at least eight hold each month's level, with one unit less fewer do."""
    verification = whole(days=50)
    demand = futures(verification, range(0, 50, 5))
    found = size_capacity(demand, hold=0.8)
    assert found.stations == ("desk", "review", "phone")
    assert (found.capacity >= 0).all()
    assert (found.held[:, :, 1] >= 0.8).all()
    assert (np.diff(found.held, axis=2) >= 0).all()
    for row, name in enumerate(found.stations):
        place = [station.id for station in verification.stations].index(name)
        station = verification.stations[place]
        month = int(np.argmax(found.capacity[row]))
        units = int(found.capacity[row, month])
        assert units > 0
        fewer = replace(station, steps=((0, units - 1),))
        smaller = replace(
            verification, stations=tuple(fewer if each.id == name else each for each in verification.stations)
        )
        given_ = size_capacity(futures(smaller, range(0, 50, 5)), hold=0.8)
        assert given_.given[row, month] < 0.8
        assert given_.capacity[row, month] == units


def test_more_capacity_never_holds_less():
    verification = alone(desk(units=5, level=ServiceLevel(0.9, 5.0)), VARIED)
    held = [figures_of(verification, [500.0] * 14, units=units)["within"][0, 0] for units in range(1, 12)]
    assert held == sorted(held)
    assert held[0] < 0.1 < 0.9 < held[-1]


def test_no_demand_needs_no_capacity():
    found = size_capacity(futures(whole(days=40), [NEVER, NEVER]))
    assert not found.capacity.any()
    assert np.isnan(found.held).all()
    assert np.isnan(found.given).all()


def test_sizing_and_forecast_count_the_same_futures():
    """Two futures in five have nobody: the share held is of the other three, whatever is asked."""
    verification = alone(desk(units=3, level=ServiceLevel(0.9, 5.0)), days=60)
    demand = futures(verification, [0, 0, 25, NEVER, NEVER])
    (station,) = tallied(verification, [demand]).stations
    found = size_capacity(demand)
    some = ~np.isnan(station.level_held)
    assert found.given[0, some] == pytest.approx(station.level_held[some])
    assert set(np.round(3 * found.given[0, some], 6)) <= {0.0, 1.0, 2.0, 3.0}
    enough = int(found.capacity[0].max())
    one = size_capacity(futures(verification, [0, 0, 25]))
    assert found.capacity.tolist() == one.capacity.tolist()
    assert enough > 0


def test_a_level_no_capacity_holds_is_minus_one():
    """Closed all night and a limit of a minute: no capacity serves nine in ten so soon."""
    night = desk(units=3, opening=Opening(from_hour=8, to_hour=10), level=ServiceLevel(0.9, 1.0))
    found = size_capacity(futures(alone(night, days=35), [0]))
    assert (found.capacity == -1).all()
    assert np.isnan(found.held).all()


@pytest.mark.parametrize("hold", [0.0, 1.1, math.nan])
def test_a_bad_share_is_named(hold):
    with pytest.raises(ValueError) as caught:
        size_capacity(futures(whole(days=40), [0]), hold=hold)
    assert str(caught.value) == f"hold must be above 0 and at most 1, not {hold}"
