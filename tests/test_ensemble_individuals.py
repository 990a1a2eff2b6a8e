"""The ensemble's hourly queue against individual customers: overloaded, closed overnight, lapsing, impatient.

Tolerances are what was measured, rounded up; docs/identity-load.md says where it is off by more.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from checkpoints import by_app, by_post, country, desk
from onelogin_sim.distributions import Distribution
from onelogin_sim.verification.duty import open_by_hour, units_by_hour
from onelogin_sim.verification.loads import load_of
from onelogin_sim.verification.passing import passing
from onelogin_sim.verification.population import CheckCost, Segment
from onelogin_sim.verification.routes import Opening, ServiceLevel, Step
from onelogin_sim.verification.station import ABANDONED, SERVED, Station, visits
from onelogin_sim.verification.station_figures import station_figures
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import FIGURES, station_months
from onelogin_sim.verification.workload import timed, workload
from populations import one_future

MINUTES = Distribution("split_lognormal", (3.0, 6.0, 14.0))

#: Customers by hour of the day: few at night, most in the late morning.
DAY = np.array([0.2] * 7 + [1, 1.5, 2, 2, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1, 1, 0.8, 0.5, 0.3, 0.2])
EVEN = np.ones(24)

OFFICE_HOURS = Opening(from_hour=8, to_hour=20)


class Seen(NamedTuple):
    """Waits in hours, and shares of those who came: who left, and who began within the level (while it was open)."""

    mean: float
    p50: float
    p95: float
    p99: float
    lost: float
    within: float


def drawn(distribution, generator, count):
    lengths, parts = timed(distribution)
    return lengths.look_up(generator.random(count)) / (60 * parts)


def both(station, use, profile=EVEN, days=10, first=3, seeds=6):
    """Return what the hourly queue says of the days from `first` on, and what individuals meet: the same customers."""
    slots = station.unit == "appointments"
    route = by_post(1.0) if slots else by_app(1.0, then=None, steps=(Step(station.id, 1.0, MINUTES),))
    verification = country(station, routes=(route,), days=days)
    hours = station_hours(verification, workload(verification), 0, range(days))
    shares = np.tile(profile / profile.sum(), (1, days, 1))
    daily = np.full((1, 1, days), use * hours.capacity[:168].sum() / 7)
    found = station_months(hours, daily, shares, np.array([0, first, days]))[0, 1]
    named = dict(zip(FIGURES, found.tolist(), strict=True))
    ensemble = Seen(
        *(named[name] for name in ("mean_wait", "p50_wait", "p95_wait", "p99_wait", "lost", "within"))
    )
    duty = units_by_hour(station, verification.status_date, range(days + 60))
    queue = Station(tuple(duty.tolist()), 1.0, cyclic=False)
    waits, outcomes, at = [], [], []
    for seed in range(seeds):
        generator = np.random.default_rng([seed, 4])
        count = generator.poisson((daily[0, 0][:, None] * shares[0]).ravel())
        arrivals = np.sort(np.repeat(np.arange(24 * days), count) + generator.random(count.sum()))
        many = len(arrivals)
        service = np.ones(many) if slots else drawn(MINUTES, generator, many)
        stays = None
        if station.patience is not None:
            stays = drawn(station.patience, generator, many)
        elif station.time_limit_days is not None:
            stays = np.full(many, 24.0 * station.time_limit_days)
        seen = visits(arrivals, service, queue, stays)
        inside = arrivals >= 24 * first
        waits.append(seen.wait[inside])
        outcomes.append(seen.outcome[inside])
        at.append(arrivals[inside])
    wait, outcome = np.concatenate(waits), np.concatenate(outcomes)
    counts = np.full(len(wait), True)
    if station.patience is not None:
        opens = open_by_hour(station, verification.status_date, range(days))
        counts = opens[np.concatenate(at).astype(int)]
    soon = ((outcome == SERVED) & (wait <= hours.within))[counts].mean()
    quantiles = np.quantile(wait, [0.5, 0.95, 0.99])
    return ensemble, Seen(wait.mean(), *quantiles, (outcome == ABANDONED).mean(), soon)


def test_overload_of_a_week():
    """Use 1.3 from an empty start for ten days: 47 hours' wait, to a hundredth; percentiles to three."""
    found, seen = both(desk(units=20, level=ServiceLevel(0.9, 30.0)), 1.3)
    assert found.mean == pytest.approx(seen.mean, rel=0.01)
    assert [found.p50, found.p95, found.p99] == pytest.approx([seen.p50, seen.p95, seen.p99], rel=0.04)
    assert found.within == pytest.approx(seen.within, abs=0.01)


@pytest.mark.parametrize(("use", "mean"), [(0.5, 0.04), (0.7, 0.06), (0.9, 0.06), (1.3, 0.05)])
def test_closed_overnight(use, mean):
    """From 8 to 20 o'clock, people come around the clock: mean wait to 6%, P95 to 3%."""
    station = desk(units=20, level=ServiceLevel(0.9, 1440.0), opening=OFFICE_HOURS)
    found, seen = both(station, use, DAY, days=17)
    assert found.mean == pytest.approx(seen.mean, rel=mean)
    assert found.p95 == pytest.approx(seen.p95, rel=0.03)
    assert found.within == pytest.approx(seen.within, abs=0.01)


def test_the_last_hour_before_closing():
    """At half of capacity nobody near closing time is left but the very last: they alone wait all night."""
    station = desk(units=20, level=ServiceLevel(0.9, 30.0), opening=Opening(from_hour=8, to_hour=20))
    by_day = np.where((np.arange(24) >= 8) & (np.arange(24) < 20), 1.0, 0.0)
    found, seen = both(station, 0.8, by_day, days=17)
    assert found.mean == pytest.approx(seen.mean, rel=0.06)
    assert found.p99 == pytest.approx(seen.p99, rel=0.1)
    assert found.mean < 0.02  # it was half a night for a twelfth of them all, 0.5 hours
    assert found.within == pytest.approx(seen.within, abs=0.02)


@pytest.mark.parametrize(
    ("use", "mean", "lost"), [(0.9, 0.08, 0.001), (1.0, 0.12, 0.005), (1.3, 0.02, 0.012)]
)
def test_who_lapses(use, mean, lost):
    """200 appointments a day, limit four days: lost to 1.2 points, mean wait to 2% in overload, 12% at full use."""
    station = desk(
        "office", 200, unit="appointments", time_limit_days=4, opening=Opening((0, 1, 2, 3, 4, 5), 9, 17)
    )
    found, seen = both(station, use, DAY, days=30, first=10)
    assert found.mean == pytest.approx(seen.mean, rel=mean)
    assert found.lost == pytest.approx(seen.lost, abs=lost)
    assert found.p99 <= 96.0 + 1e-9


@pytest.mark.parametrize("minutes", [5.0, 30.0, 60.0, 240.0])
@pytest.mark.parametrize("use", [0.7, 1.1, 1.3])
def test_the_impatient(minutes, use):
    """Ten servers, patience of minutes and hours, below and above capacity: waits to 8% or 4 s, shares to a point."""
    patience = Distribution("lognormal", (0.75 * minutes, 0.75 * 2.65 * minutes))
    found, seen = both(desk(units=10, patience=patience, level=ServiceLevel(0.8, 1.0)), use)
    assert found.mean == pytest.approx(seen.mean, rel=0.08, abs=0.001)
    assert [found.p95, found.p99] == pytest.approx([seen.p95, seen.p99], rel=0.12)
    assert [found.lost, found.within] == pytest.approx([seen.lost, seen.within], abs=0.01)


@pytest.mark.parametrize("minutes", [5.0, 60.0, 240.0])
@pytest.mark.parametrize("use", [0.7, 1.3])
def test_the_impatient_closed_overnight_and_at_weekends(minutes, use):
    """Who calls when it is closed stays till patience ends: mean wait to 5%, lost to a point, in time to three."""
    patience = Distribution("lognormal", (0.75 * minutes, 0.75 * 2.65 * minutes))
    opening = Opening((0, 1, 2, 3, 4), 8, 20)
    station = desk(units=10, patience=patience, level=ServiceLevel(0.8, 1.0), opening=opening)
    found, seen = both(station, use, DAY, days=17)
    assert found.mean == pytest.approx(seen.mean, rel=0.05)
    assert found.lost == pytest.approx(seen.lost, abs=0.01)
    assert found.within == pytest.approx(seen.within, abs=0.03)


@pytest.mark.parametrize("opening", [Opening(), OFFICE_HOURS])
def test_days_without_staff_are_not_closed(opening):
    """Four of ten days nobody is on duty: who calls in opening hours is late and lost, the same to a point in both."""
    patience = Distribution("lognormal", (5.0, 15.0))
    station = desk(units=20, patience=patience, level=ServiceLevel(0.8, 1.0), opening=opening)
    station = replace(station, steps=((0, 20), (8, 0), (12, 20)))
    found, seen = both(station, 0.7, DAY, days=14, first=4)
    assert found.within == pytest.approx(seen.within, abs=0.01)
    assert found.lost == pytest.approx(seen.lost, abs=0.01)
    assert found.within < 0.6


def met(verification, seeds):
    """Return people, mean wait in minutes, lost and in time of June: of the hourly queue, and of individuals."""
    demand = one_future(verification, [0])
    load = load_of(demand)
    assert demand.month_starts.tolist() == [0, 22, 52, 60]
    named = dict(zip(FIGURES, load.stations[0, 0, 1].tolist(), strict=True))
    hourly = [named["customers"], 60 * named["mean_wait"], named["lost"], named["within"]]
    seen = [
        station_figures(found, "phone")
        for seed in range(seeds)
        for found in passing(demand, 0, [range(22, 52)], seed)
    ]
    single = [(one.came[0], 60 * one.mean_wait[0], one.lost[0], one.within[0]) for one in seen]
    return np.array(hourly), np.array(single).mean(axis=0)


PHONE = desk("phone", 3, patience=Distribution("lognormal", (5.0, 15.0)), level=ServiceLevel(0.8, 1.0))


def test_rises_to_p2_are_people_with_short_visits():
    """All have proved P1, and a rise takes a quarter of twelve minutes: four times as many, and fewer give up."""
    minutes = Distribution("lognormal", (12.0, 24.0))
    phone = by_app(1.0, then=None, steps=(Step("phone", 1.0, minutes),))
    verification = replace(
        country(PHONE, routes=(phone,), people=1_000_000, visits=0.55),
        check=CheckCost(1.0, 1.0, 0.25),
        segments=(Segment("all", "All", 1_000_000, (1.0,), proven_p1=1.0),),
    )
    verification = replace(verification, services=(replace(verification.services[0], users=1_000_000.0),))
    hourly, single = met(verification, 2)
    assert hourly[0] == pytest.approx(single[0], rel=0.01)
    assert hourly[1] == pytest.approx(single[1], rel=0.08)
    assert hourly[2:] == pytest.approx(single[2:], abs=0.015)


def test_a_large_segment_that_hardly_comes_lengthens_no_visit():
    """Visits of five minutes by those who know of it; nine tenths take an hour, and one in a thousand comes."""
    quick = by_app(1.0, 1.0, "web", steps=(Step("phone", 1.0, Distribution("fixed", (5.0,))),))
    slow = by_app(1.0, then=None, steps=(Step("phone", 1.0, Distribution("fixed", (60.0,))),))
    segments = (
        Segment("knows", "Knows", 100_000, (1.0, 1.0)),
        Segment("hardly", "Hardly", 900_000, (0.0, 1.0), ((0, 0.001),)),
    )
    verification = country(
        replace(PHONE, steps=((0, 4),)), routes=(quick, replace(slow, id="web", choice=0.0)), people=1_000_000
    )
    users = replace(verification.services[0], users=100_000.0, audience=(0.5, 0.5), visits=3.5)
    hourly, single = met(replace(verification, segments=segments, services=(users,)), 2)
    assert hourly[0] == pytest.approx(single[0], rel=0.01)
    assert hourly[1] == pytest.approx(single[1], rel=0.25)
    assert hourly[2:] == pytest.approx(single[2:], abs=0.015)
