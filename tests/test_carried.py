"""Identities proved since a scenario's status date: carried forward to a later one, by hand and against one run."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from onelogin_sim.verification.carried import carried
from onelogin_sim.verification.demand import demand_of
from onelogin_sim.verification.population import Segment, ServiceDemand, Verification
from onelogin_sim.verification.routes import Route

STATUS = date(2024, 1, 1)
NEVER = 10**6


def population(*services, segments=None, days=400, **fields):
    return Verification(
        STATUS, days, tuple(segments or [Segment("adults", "Adults", 1000)]), tuple(services), **fields
    )


def service(name, users=1000.0, level="P2", visits=2.0, audience=(1.0,), **fields):
    return ServiceDemand(name, level, users, visits, audience, **fields)


def later(made, days):
    """The same population at a later date, as a scenario that is moved has it: nothing proved in between."""
    return replace(made, status_date=made.status_date + timedelta(days), horizon=made.horizon - days)


def test_everybody_who_came_has_proved_it():
    """Two visits a year, as many in each month: after three months and 9 of 30 days, 1 - exp(-2 * 3.3/12) have come."""
    made = population(service("a"))
    found = carried(made, later(made, 100), np.array([-100]))
    (segment,) = found.segments
    assert segment.proven_p2 == pytest.approx(1 - np.exp(-2 * 3.3 / 12), rel=1e-9)
    assert segment.proven_p1 == 0


def test_what_was_proved_before_is_kept_and_what_goes_live_later_adds_nothing():
    made = population(
        service("a"), segments=[Segment("adults", "Adults", 1000, proven_p1=0.2, proven_p2=0.1)]
    )
    for go_live in (0, 50, NEVER):
        assert carried(made, later(made, 100), np.array([go_live])) == later(made, 100)


def test_no_days_later_nothing_is_proved():
    made = population(service("a"))
    assert carried(made, made, np.array([-500])) is made


def test_both_levels_and_only_those_who_can():
    """At P1 alone nobody gets to P2; who can use no route is not counted, and an attempt may fail."""
    made = population(
        service("a", level="P1", audience=(0.5, 0.5)),
        segments=[
            Segment("x", "X", 1000, able=(0.6,), proven_p1=0.1, proven_p2=0.2),
            Segment("y", "Y", 3000, able=(0.0,)),
        ],
        routes=(Route("app", "App", 1.0, 0.5),),
    )
    x, y = carried(made, later(made, 200), np.array([-200])).segments
    months = 6 + 18 / 31
    came = 0.5 * (1 - np.exp(-2 * months / 12))  # half of the segment uses it
    unproven = (1 - 0.3 / 0.6) * (1 - 0.5 * came)
    assert x.proven_p2 == pytest.approx(0.2)
    assert x.proven_p1 + x.proven_p2 == pytest.approx(0.6 * (1 - unproven), rel=1e-9)
    assert (y.proven_p1, y.proven_p2) == (0, 0)


def test_a_year_after_the_date_the_checks_are_those_of_one_run():
    """Close to, not equal: who has been seen and who has proved it are taken to be independent at the new date."""
    made = population(
        *(
            service(name, users, level)
            for name, users, level in (("a", 800, "P2"), ("b", 500, "P1"), ("c", 900, "P2"))
        ),
        days=800,
    )
    go_live, when = np.array([[-30, 100, 400]]), 200
    asked = np.ones((1, 3))
    whole = demand_of(made, go_live.astype(np.int32), asked)
    moved = later(made, when)
    rest = {
        name: demand_of(one, (go_live - when).astype(np.int32), asked)
        for name, one in {"carried": carried(made, moved, go_live[0] - when), "as stated": moved}.items()
    }

    def checks(found, first):
        return float(found.checks[..., first:].sum() + found.uplifts[..., first:].sum())

    true = checks(whole, when)
    assert checks(rest["carried"], 0) == pytest.approx(true, rel=0.07)
    assert checks(rest["as stated"], 0) > 1.7 * true
