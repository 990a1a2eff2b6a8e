"""The file model of the `verification` section: who uses what, how identities are checked, and where people wait."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from onelogin_sim.scenario.kinds import (
    Capacity,
    Count,
    Evidenced,
    Id,
    Probability,
    StrictModel,
    Text,
    Uncertain,
)

Weight = Annotated[float, Field(ge=0, le=10**6)]
Hour = Annotated[int, Field(ge=0, le=23)]
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

#: In the order in which they are counted, Monday first.
WEEKDAYS: tuple[Weekday, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Able(Evidenced):
    """Who could use which route. Who can use a harder route can use every easier one."""

    routes: dict[Id, Probability]
    """Route: share of the segment able to use it."""


class Awareness(Evidenced):
    """How many know of the single sign-on."""

    shares: dict[date, Probability]
    """Date: share of visits made by somebody who knows; straight lines between, level before and after."""


class Proven(Evidenced):
    """Identities proved by the status date."""

    P1: Probability = 0.0
    """Share of the segment who have proved theirs to P1 and no further."""
    P2: Probability = 0.0
    """Share who have proved theirs to P2."""


class Segment(Evidenced):
    """People who are alike."""

    name: Text | None = None
    """Display name."""
    people: Count
    """How many they are."""
    able: Able | None = None
    """Who could use which route; everybody where there are no routes."""
    awareness: Awareness | None = None
    """Who knows of the single sign-on; everybody where nothing is said."""
    proven: Proven | None = None
    """Who has proved an identity by the status date; nobody where nothing is said."""


class Audience(Evidenced):
    """How the users of a service divide into segments."""

    default: dict[Id, Probability] | None = None
    """Segment: share of users, where the service is not listed; as people divide where nothing is said."""
    services: dict[str, dict[Id, Probability]] = Field(default_factory=dict)
    """The same for single services."""


class Visits(Evidenced):
    """Visits a year by a user who uses the service in that year."""

    default: Annotated[float, Field(ge=0, le=10_000)] = 1.0
    """Where the service is not listed."""
    services: dict[str, Annotated[float, Field(ge=0, le=10_000)]] = Field(default_factory=dict)
    """The same for single services."""


class OnceInYears(Evidenced):
    """In how many years a person uses a service once: 1 for the same people every year, 10 for a passport."""

    default: Annotated[float, Field(ge=1, le=100)] = 1.0
    """Where the service is not listed."""
    services: dict[str, Annotated[float, Field(ge=1, le=100)]] = Field(default_factory=dict)
    """The same for single services."""


class Adoption(Evidenced):
    """Share of visits made with the single sign-on once use is full and everybody knows of it."""

    default: Probability = 1.0
    """Where the service is not listed."""
    services: dict[str, Probability] = Field(default_factory=dict)
    """The same for single services."""


class Accounts(Evidenced):
    """Users with an account at the service's old sign-in; it moves when they first sign in."""

    default: Probability = 0.0
    """Share of users, where the service is not listed."""
    services: dict[str, Probability] = Field(default_factory=dict)
    """The same for single services."""


class LastDay(Evidenced):
    """A deadline on which many come at once."""

    month: Annotated[int, Field(ge=1, le=12)]
    """Its month, 1 to 12."""
    day: Annotated[int, Field(ge=1, le=31)]
    """Its day of the month."""
    share: Probability
    """Share of the year's visits made on it; part of its month's."""
    top_hour: Hour
    """Its busiest hour, 0 to 23."""
    top_hour_share: Probability
    """Share of the day's visits in that hour."""


class Season(Evidenced):
    """When in the year, the week and the day people come. Only the ratios of weights count."""

    services: list[Id] | None = None
    """Services that follow it; the season without a list is that of all others."""
    months: list[Weight] | None = None
    """Twelve weights, January first; even where nothing is said."""
    weekdays: list[Weight] | None = None
    """Seven weights, Monday first."""
    hours: list[Weight] | None = None
    """Twenty-four weights, from midnight."""
    last_day: LastDay | None = None
    """A deadline with a rush."""


class Ramp(Evidenced):
    """How use grows after a go-live, counted from that day also where it was before the status date."""

    shares: Annotated[list[list[float]], Field(min_length=1)]
    """Pairs [calendar days from go-live, share of full use], rising to 1, straight between; nobody before the first."""


class Check(Evidenced):
    """What a full identity check takes."""

    minutes: Annotated[float, Field(ge=0, le=10_000)]
    """Minutes of the person's own time."""
    cost: Annotated[float, Field(ge=0, le=10_000)]
    """Pounds, to whoever runs it."""
    uplift: Probability = 1.0
    """Share of both that a rise from P1 to P2 takes."""


class Step(Evidenced):
    """A visit to a station on a route."""

    station: Id
    """Where."""
    share: Probability = 1.0
    """Share of the route's people who go there."""
    minutes: Uncertain | None = None
    """Minutes it takes there; not for appointments, which take a slot each."""


class Route(Evidenced):
    """A way to prove an identity."""

    name: Text | None = None
    """Display name."""
    choice: Weight
    """Weight with which people begin here; 0 where they only come from another route."""
    success: Probability
    """Chance that an attempt ends well."""
    success_source: Text | None = None
    """Source of `success`, where it differs from the route's own."""
    success_assumption: Id | None = None
    """Assumption behind `success`, where it differs from the route's own."""
    gives_up: Probability = 0.0
    """Chance that who fails stops altogether."""
    then: Id | None = None
    """Route tried next by those who fail and go on, and by those who cannot use this one."""
    steps: list[Step] = Field(default_factory=list)
    """Stations passed, in order."""


class Opening(Evidenced):
    """When a station works."""

    days: list[Weekday] = Field(default_factory=lambda: list(WEEKDAYS))
    """Weekdays; every day where nothing is said."""
    from_: int = Field(default=0, ge=0, le=24, alias="from")
    """First hour, 0 to 24."""
    to: Annotated[int, Field(ge=0, le=24)] = 24
    """Hour at which it closes."""


class TimeLimit(Evidenced):
    """How long somebody may take to keep an appointment."""

    days: Annotated[int, Field(ge=1, le=1_000)]
    """Calendar days. Who would wait longer lapses and is counted as lost; that they begin again is left out."""


class ServiceLevel(Evidenced):
    """What a station is held to. Give minutes, or days where it gives appointments."""

    share: Probability
    """Share of people who must be served in time."""
    minutes: Annotated[float, Field(ge=0, le=100_000)] | None = None
    """Longest wait in minutes."""
    days: Annotated[float, Field(ge=0, le=1_000)] | None = None
    """Longest wait for an appointment, in days."""


class Station(Evidenced):
    """Where people on a route may wait. Give exactly one of servers, concurrency and appointments_per_day."""

    name: Text | None = None
    """Display name."""
    servers: Capacity | None = None
    """People at work at a time."""
    concurrency: Capacity | None = None
    """Checks that run at once."""
    appointments_per_day: Capacity | None = None
    """Appointments on each day it is open."""
    changes: dict[date, Capacity] = Field(default_factory=dict)
    """The same from a date on."""
    opening: Opening | None = None
    """When it works; always where nothing is said."""
    time_limit: TimeLimit | None = None
    """For appointments."""
    patience: Uncertain | None = None
    """Minutes somebody waits before leaving; everybody stays where nothing is said."""
    service_level: ServiceLevel | None = None
    """What it is held to."""


class Verification(StrictModel):
    """The identity checks and sign-ins that follow from who is live when."""

    segments: Annotated[dict[Id, Segment], Field(min_length=1)]
    """People, by kind."""
    audience: Audience = Audience()
    """How users divide into segments."""
    visits: Visits = Visits()
    """How often users come."""
    once_in_years: OnceInYears = OnceInYears()
    """How often the same person is a user again."""
    adoption: Adoption = Adoption()
    """How many visits use the single sign-on."""
    accounts: Accounts = Accounts()
    """Accounts that move at the next sign-in."""
    seasons: dict[Id, Season] = Field(default_factory=dict)
    """When people come; evenly where nothing is said."""
    ramp: Ramp | None = None
    """How use grows after a go-live; full from the first day where nothing is said."""
    check: Check | None = None
    """What a check costs; needed for hours and pounds saved."""
    routes: dict[Id, Route] = Field(default_factory=dict)
    """Ways to prove an identity; without any every check succeeds."""
    stations: dict[Id, Station] = Field(default_factory=dict)
    """Where people wait."""
