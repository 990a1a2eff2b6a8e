"""A small country with routes and stations for tests: a few people, one service, whatever stations are given."""

from __future__ import annotations

import numpy as np

from onelogin_sim.distributions import Distribution
from onelogin_sim.verification.demand import Demand
from onelogin_sim.verification.population import CheckCost, Segment, Verification
from onelogin_sim.verification.routes import Opening, Route, ServiceLevel, Station, Step
from populations import one_future, population, service

TEN_MINUTES = Distribution("fixed", (10.0,))
VARIED = Distribution("split_lognormal", (4.0, 7.0, 15.0))


def desk(name: str = "desk", units: int = 2, **fields) -> Station:
    """A station of servers that is always open."""
    return Station(name, name, fields.pop("unit", "servers"), ((0, units),), **fields)


def by_app(success: float = 0.8, gives_up: float = 0.5, then: str | None = "post", **fields) -> Route:
    """A route with one desk."""
    steps = fields.pop("steps", (Step("desk", 1.0, TEN_MINUTES),))
    return Route("app", "App", 0.9, success, gives_up, then, steps)


def by_post(success: float = 0.9) -> Route:
    """A route with an appointment."""
    return Route("post", "Post Office", 0.1, success, 1.0, None, (Step("office"),))


def country(
    *stations: Station, routes: tuple[Route, ...], people: int = 20_000, able=None, days: int = 60, **fields
) -> Verification:
    """A country in which one service goes live at the status date and everybody soon comes for a check."""
    able = (1.0,) * len(routes) if able is None else able
    segments = fields.pop("segments", (Segment("all", "All", people, able),))
    level = fields.pop("level", "P2")
    return population(
        service("s", level, float(people), fields.pop("visits", 8.0), (1.0,)),
        people=people,
        horizon=days,
        routes=routes,
        segments=segments,
        stations=stations,
        check=CheckCost(20.0, 3.0, 0.5),
        **fields,
    )


def whole(**fields) -> Verification:
    """A country with every kind of station: varied lengths, opening hours, appointments, patience."""
    stations = (
        desk(units=3, level=ServiceLevel(0.9, 5.0)),
        desk("review", 2, opening=Opening((0, 1, 2, 3, 4), 8, 20), level=ServiceLevel(0.9, 4320.0)),
        desk(
            "office", 25, unit="appointments", opening=Opening((0, 1, 2, 3, 4, 5), 9, 17), time_limit_days=5
        ),
        desk(
            "phone",
            1,
            opening=Opening((0, 1, 2, 3, 4), 8, 20),
            patience=Distribution("lognormal", (5.0, 15.0)),
            level=ServiceLevel(0.8, 1.0),
        ),
    )
    steps = (Step("desk", 1.0, VARIED), Step("review", 0.2, VARIED), Step("phone", 0.1, VARIED))
    web = Route("web", "Web", 0.3, 0.6, 0.4, "post", steps)
    routes = (by_app(0.7, 0.3, "web", steps=steps), web, by_post())
    return country(*stations, routes=routes, able=(0.6, 0.8, 1.0), **fields)


def asked_of(verification: Verification, go_live: int = 0) -> Demand:
    """The demand of one future in which the service goes live on a day."""
    return one_future(verification, [go_live])


def total(demand: Demand) -> float:
    """All checks and uplifts of the first future."""
    return float(np.sum(demand.checks[0]) + np.sum(demand.uplifts[0]))
