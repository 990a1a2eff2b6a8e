"""Who uses what: segments of people, services by level of identity, and how use grows. Frozen, valid when it exists.

A :class:`Verification` is what a scenario's ``verification:`` section means. It stands beside the Plan and has a
digest of its own: it changes no schedule, only what follows from one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.verification.routes import Outcome, Route, Station, able_to_prove, outcome
from onelogin_sim.verification.seasons import Season

Level = Literal["none", "P1", "P2"]

#: Identity levels as numbers; a higher one holds for every lower.
LEVELS: dict[Level, int] = {"none": 0, "P1": 1, "P2": 2}

#: Points (day, share), days rising: straight lines between, level before the first and after the last.
Points = tuple[tuple[int, float], ...]

#: Users may exceed people by so little: shares are decimals, and a product of them rounds.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Segment:
    """People who are alike.

    Attributes
    ----------
    people
        How many.
    able
        Share able to use each route, in the order of the routes; who can use a harder one can use the easier.
    awareness
        Share of their visits made by somebody who knows of the single sign-on, by day from the status date.
    proven_p1, proven_p2
        Share with an identity proved to exactly P1, and to P2, at the status date.
    """

    id: str
    name: str
    people: int
    able: tuple[float, ...] = ()
    awareness: Points = ((0, 1.0),)
    proven_p1: float = 0.0
    proven_p2: float = 0.0

    @property
    def able_share(self) -> float:
        """Share who can use at least one route."""
        return able_to_prove(self.able)


@dataclass(frozen=True, slots=True)
class ServiceDemand:
    """A service as its users see it.

    Attributes
    ----------
    level
        Identity it asks for; of a service of unknown level, what it asks for if it asks at all.
    asked
        Share of its users who are asked for it; None where a replication decides for all of them.
    users
        People who use it at all over the years.
    visits
        Visits a year by each of them.
    audience
        Share of its users in each segment, in the segments' order.
    season
        Index of its season.
    adoption
        Share of visits made with the single sign-on once the ramp is over and everybody knows of it.
    accounts
        Share of its users with an account that moves at their first sign-in.
    """

    id: str
    level: Level
    users: float
    visits: float
    audience: tuple[float, ...]
    season: int = 0
    asked: float | None = 1.0
    adoption: float = 1.0
    accounts: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckCost:
    """What a full check takes; a rise from P1 to P2 takes `uplift` of it.

    Attributes
    ----------
    minutes
        Of the person's own time.
    cost
        In pounds, to whoever runs the check.
    uplift
        Share of a full check, 0 to 1.
    """

    minutes: float
    cost: float
    uplift: float = 1.0


@dataclass(frozen=True)
class Verification:
    """The population and its use of services, as a scenario states them.

    Attributes
    ----------
    status_date, horizon
        Day 0, and the first day outside as a day number; as in the Plan.
    services
        In the order of the Plan's services.
    ramp
        Share of full use by days from go-live; the last is 1.
    check
        What a check costs, None where nothing is said.
    routes, stations
        How checks are made. Without routes every check succeeds.

    Raises
    ------
    PlanError
        When shares lie outside [0, 1] or do not add up, or a service has more users in a segment than people.
    """

    status_date: date
    horizon: int
    segments: tuple[Segment, ...]
    services: tuple[ServiceDemand, ...]
    seasons: tuple[Season, ...] = (Season("even"),)
    ramp: Points = ((0, 1.0),)
    check: CheckCost | None = None
    routes: tuple[Route, ...] = ()
    stations: tuple[Station, ...] = ()

    def __post_init__(self) -> None:
        for check in _CHECKS:
            check(self)

    def __getstate__(self) -> dict[str, object]:
        # The fields alone: what is cached may grow in another thread while this is sent to a worker.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def users(self) -> npt.NDArray[np.float64]:
        """float64 [service, segment]: people who use each service at all."""
        shape = (len(self.services), len(self.segments))
        return np.array([service.users * np.array(service.audience) for service in self.services]).reshape(
            shape
        )

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What becomes of a check, by segment."""
        return tuple(outcome(self.routes, segment.able) for segment in self.segments)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything but display names."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True, default=str).encode()).hexdigest()

    def as_json(self) -> dict[str, object]:
        """Return everything as plain data, display names left out."""
        plain = asdict(self)
        for section in ("segments", "routes", "stations"):
            for entry in plain[section]:
                del entry["name"]
        return plain


def share_on(points: Points, days: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return float64 [day]: the share on each of some days."""
    when, shares = zip(*points, strict=True)
    found: npt.NDArray[np.float64] = np.interp(days, when, shares)
    return found


# -- what makes it valid: one function per rule -----------------------------------------------------------


def _shares(verification: Verification) -> Iterator[tuple[str, float]]:
    for segment in verification.segments:
        for share in (*segment.able, segment.proven_p1, segment.proven_p2):
            yield segment.id, share
        yield from ((segment.id, share) for _, share in segment.awareness)
    for service in verification.services:
        for share in (*service.audience, service.adoption, service.accounts, service.asked or 0.0):
            yield service.id, share
    yield from (("ramp", share) for _, share in verification.ramp)
    for route in verification.routes:
        yield from ((route.id, share) for share in (route.success, route.gives_up))
    if verification.check is not None:
        yield "check", verification.check.uplift


def _shares_are_shares(verification: Verification) -> None:
    for owner, share in _shares(verification):
        if not 0 <= share <= 1:
            raise PlanError(f"{owner}: a share must lie between 0 and 1, not {share:g}")


def _sizes_fit(verification: Verification) -> None:
    segments, seasons = len(verification.segments), len(verification.seasons)
    for service in verification.services:
        if len(service.audience) != segments:
            raise PlanError(f"{service.id}: an audience share for each of {segments} segments is needed")
        if not 0 <= service.season < seasons:
            raise PlanError(f"{service.id}: there is no season {service.season}")
        if service.users > 0 and abs(sum(service.audience) - 1) > ROUNDING:
            raise PlanError(f"{service.id}: the audience shares add up to {sum(service.audience):g}, not 1")
        if not (service.users >= 0 and service.visits >= 0):
            raise PlanError(f"{service.id}: users and visits must not be negative")
    for segment in verification.segments:
        if len(segment.able) != len(verification.routes):
            raise PlanError(f"{segment.id}: a share able to use each route is needed")


def _points_rise(verification: Verification) -> None:
    listed = [(segment.id, segment.awareness) for segment in verification.segments]
    for owner, points in [*listed, ("ramp", verification.ramp)]:
        days = [day for day, _ in points]
        if not days or days != sorted(set(days)):
            raise PlanError(f"{owner}: days must rise from point to point")
    if verification.ramp[0][0] < 0 or verification.ramp[-1][1] != 1:
        raise PlanError("ramp: begins at go-live at the earliest, and ends at 1")


def _users_are_people(verification: Verification) -> None:
    for service, users in zip(verification.services, verification.users, strict=True):
        for segment, count in zip(verification.segments, users, strict=True):
            if count > segment.people * (1 + ROUNDING):
                raise PlanError(
                    f"{service.id}: has {count:,.0f} users in the segment '{segment.id}', "
                    f"which has {segment.people:,} people"
                )


def _proven_can_prove(verification: Verification) -> None:
    for segment in verification.segments:
        if segment.proven_p1 + segment.proven_p2 > segment.able_share + ROUNDING:
            raise PlanError(
                f"{segment.id}: {segment.proven_p1 + segment.proven_p2:g} have proved their identity, "
                f"and only {segment.able_share:g} can use a route"
            )


def _routes_are_known(verification: Verification) -> None:
    names = [route.id for route in verification.routes]
    stations = [station.id for station in verification.stations]
    then = {route.id: route.then for route in verification.routes}
    for route in verification.routes:
        seen, after = {route.id}, route.then
        while after is not None:
            if after not in then:
                raise PlanError(f"{route.id}: '{after}' is not a route; {did_you_mean(after, names)}")
            if after in seen:
                raise PlanError(f"{route.id}: the routes tried next form a ring")
            seen.add(after)
            after = then[after]
        for step in route.steps:
            if step.station not in stations:
                hint = did_you_mean(step.station, stations)
                raise PlanError(f"{route.id}: '{step.station}' is not a station; {hint}")
    if names and sum(route.choice for route in verification.routes) <= 0:
        raise PlanError("routes: nobody begins at any of them")


_CHECKS = (
    _shares_are_shares,
    _sizes_fit,
    _points_rise,
    _users_are_people,
    _proven_can_prove,
    _routes_are_known,
)
