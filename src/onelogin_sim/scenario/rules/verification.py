"""The `verification` section fits: everything named exists, shares add up, users are people, routes lead somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from onelogin_sim.errors import did_you_mean
from onelogin_sim.scenario.by_service import audience_of, users_over_the_years
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path
from onelogin_sim.scenario.verification import Season, Segment, Station, Verification

ROOT: Path = ("verification",)

#: Decimals that should add up to one may miss it by so little.
ROUNDING = 1e-9

#: How a station's capacity may be given.
UNITS = ("servers", "concurrency", "appointments_per_day")

#: Parts of a season and how many weights each has.
WEIGHTS = (("months", 12, "January"), ("weekdays", 7, "Monday"), ("hours", 24, "midnight"))

LONGEST_RAMP = 10_000


def _unknown(path: Path, word: str, kind: str, known: Collection[str], key: bool = True) -> Iterator[Flaw]:
    if word not in known:
        hint = did_you_mean(word, list(known)) or "the scenario has none"
        yield Flaw(path, f"is not a known {kind}", hint, f"'{word}'", key)


def names_exist(facts: Facts) -> Iterator[Flaw]:
    """Services, segments, routes and stations that the section names."""
    section = facts.file.verification
    if section is None:
        return
    services = facts.names("services")
    for key in ("audience", "visits", "once_in_years", "adoption", "accounts"):
        for service in getattr(section, key).services:
            yield from _unknown((*ROOT, key, "services", service), service, "service", services)
    for name, season in section.seasons.items():
        for index, service in enumerate(season.services or ()):
            path: Path = (*ROOT, "seasons", name, "services", index)
            yield from _unknown(path, service, "service", services, key=False)
    for at, shares in _audiences(section):
        for segment in shares:
            yield from _unknown((*at, segment), segment, "segment", section.segments)
    for name, group in section.segments.items():
        for route in group.able.routes if group.able else ():
            path = (*ROOT, "segments", name, "able", "routes", route)
            yield from _unknown(path, route, "route", section.routes)
    for name, way in section.routes.items():
        path = (*ROOT, "routes", name)
        if way.then is not None:
            yield from _unknown((*path, "then"), way.then, "route", section.routes, key=False)
        for index, step in enumerate(way.steps):
            at = (*path, "steps", index, "station")
            yield from _unknown(at, step.station, "station", section.stations, key=False)


def _audiences(section: Verification) -> Iterator[tuple[Path, dict[str, float]]]:
    if section.audience.default is not None:
        yield (*ROOT, "audience", "default"), section.audience.default
    for service, shares in section.audience.services.items():
        yield (*ROOT, "audience", "services", service), shares


def users_are_people(facts: Facts) -> Iterator[Flaw]:
    """Audience shares add up to one, and no segment uses a service more often than it has people."""
    section = facts.file.verification
    if section is None:
        return
    wrong = False
    for path, shares in _audiences(section):
        if abs(sum(shares.values()) - 1) > ROUNDING:
            wrong = True
            yield Flaw(
                path, f"the shares add up to {sum(shares.values()):g}, not 1", "share out all users", ""
            )
    if wrong or not facts.whole("services"):
        return
    for row in facts.file.services:
        users = users_over_the_years(facts.file, section, row)
        for name, share in audience_of(section, row.id).items():
            people = section.segments[name].people if name in section.segments else None
            if people is not None and users * share > people * (1 + ROUNDING):
                own = (*ROOT, "audience", "services", row.id, name)
                path = own if facts.tree.find(own) else (*ROOT, "segments", name, "people")
                rule = f"the service '{row.id}' has {users * share:,.0f} users here, more than the {people:,} people"
                yield Flaw(path, rule, "lower its users, its share or its years, or count more people", "")


def segments_are_whole(facts: Facts) -> Iterator[Flaw]:
    """Each segment says who can use each route, and has proved no more than it can."""
    section = facts.file.verification
    for name, segment in section.segments.items() if section else ():
        assert section is not None
        path = (*ROOT, "segments", name)
        able = segment.able.routes if segment.able else {}
        missing = [route for route in section.routes if route not in able]
        if missing:
            at = (*path, "able") if segment.able else path
            yield Flaw(at, "must say who is able to use: " + ", ".join(missing), "0 where nobody is", "")
            continue
        most = max(able.values(), default=1.0)
        proven = segment.proven.P1 + segment.proven.P2 if segment.proven else 0.0
        if proven > most + ROUNDING:
            rule = f"{proven:g} of the segment have proved their identity, and only {most:g} can use a route"
            yield Flaw((*path, "proven"), rule, "lower it, or say who used another way", "")
        if segment.awareness and not segment.awareness.shares:
            yield Flaw((*path, "awareness", "shares"), "must have at least one date")


def routes_lead_somewhere(facts: Facts) -> Iterator[Flaw]:
    """Somebody can use each route and comes to it; what is tried next ends."""
    section = facts.file.verification
    if section is None:
        return
    if section.routes and all(route.choice == 0 for route in section.routes.values()):
        yield Flaw((*ROOT, "routes"), "nobody begins at any route", "give one a choice above 0")
    reached = _reached(section)
    for name, route in section.routes.items():
        path = (*ROOT, "routes", name)
        if not any(_able(segment, name) for segment in section.segments.values()):
            yield Flaw(
                path, "nobody can use this route", "take it out, or say in a segment who is able", key=True
            )
        if name not in reached:
            yield Flaw(
                path,
                "nobody comes to this route",
                "give it a choice, or name it as another's `then` from which somebody goes on",
                key=True,
            )
        ring, after = [name], route.then
        while after in section.routes and after not in ring:
            ring.append(after)
            after = section.routes[after].then
        if after == name:
            yield Flaw(
                (*path, "then"), "the routes tried next form a ring: " + " → ".join([*ring, name]), "end it"
            )


def _reached(section: Verification) -> set[str]:
    """Routes that somebody begins at, or goes on to from one of these: having failed there, or unable to use it."""
    reached: set[str] = set()
    waiting = [name for name, route in section.routes.items() if route.choice > 0]
    while waiting:
        name = waiting.pop()
        route = section.routes.get(name)
        if route is None or name in reached:
            continue
        reached.add(name)
        fails = route.success < 1 and route.gives_up < 1
        able = [one.able.routes for one in section.segments.values() if one.people > 0 and one.able]
        unable = any(shares.get(name, 0.0) < max(shares.values(), default=0.0) for shares in able)
        if route.then is not None and (fails or unable):
            waiting.append(route.then)
    return reached


def _able(segment: Segment, route: str) -> bool:
    return segment.people > 0 and segment.able is not None and segment.able.routes.get(route, 0) > 0


def stations_have_one_unit(facts: Facts) -> Iterator[Flaw]:
    """A station's capacity is of one kind, and everything else about it is of that kind too."""
    section = facts.file.verification
    for name, station in section.stations.items() if section else ():
        path = (*ROOT, "stations", name)
        given = [unit for unit in UNITS if getattr(station, unit) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            yield Flaw(
                path, "needs exactly one of servers, concurrency and appointments_per_day", value=found
            )
            continue
        yield from _units_match(path, station, given[0])
        for when in station.changes:
            if when <= facts.file.status_date:
                rule = f"must be after the status date {facts.file.status_date}"
                yield Flaw((*path, "changes", str(when)), rule, "", str(when), key=True)
    for name, route in section.routes.items() if section else ():
        for index, step in enumerate(route.steps):
            assert section is not None
            at = section.stations.get(step.station)
            path = (*ROOT, "routes", name, "steps", index)
            if at is not None and at.appointments_per_day is not None and step.minutes is not None:
                rule = f"'{step.station}' gives appointments, which take a slot each and no minutes"
                yield Flaw((*path, "minutes"), rule, "take the minutes out", "")
            if at is not None and at.appointments_per_day is None and step.minutes is None:
                unit = "servers" if at.servers is not None else "concurrency"
                yield Flaw(path, f"'{step.station}' has {unit}: say how many minutes it takes", "add minutes")


def _units_match(path: Path, station: Station, unit: str) -> Iterator[Flaw]:
    level, slots = station.service_level, unit == "appointments_per_day"
    if station.patience is not None and unit != "servers":
        yield Flaw((*path, "patience"), f"is for servers, and this station has {unit}", "take it out", "")
    if station.time_limit is not None and not slots:
        rule = f"is for appointments, and this station has {unit}"
        yield Flaw((*path, "time_limit"), rule, "take it out", "")
    if level is not None and (level.minutes is None) == (level.days is None):
        found = "neither" if level.minutes is None else "both"
        yield Flaw((*path, "service_level"), "needs exactly one of minutes and days", value=found)
    elif level is not None and (level.days is not None) != slots:
        key, other = ("minutes", "days") if slots else ("days", "minutes")
        yield Flaw(
            (*path, "service_level", key), f"with {unit} the wait is counted in {other}", f"give {other}"
        )


def stations_open(facts: Facts) -> Iterator[Flaw]:
    """A station with opening hours opens."""
    section = facts.file.verification
    for name, station in section.stations.items() if section else ():
        opening, path = station.opening, (*ROOT, "stations", name, "opening")
        if opening is not None and not opening.days:
            yield Flaw((*path, "days"), "never opens: no weekday is named", "name one")
        if opening is not None and opening.from_ >= opening.to:
            rule = f"never opens: from {opening.from_} to {opening.to} o'clock is no time"
            yield Flaw(path, rule, "end it later than it begins", "")


def seasons_fit(facts: Facts) -> Iterator[Flaw]:
    """Weights are as many as they should be and not all zero; a service has one season."""
    section = facts.file.verification
    if section is None:
        return
    others = [name for name, season in section.seasons.items() if season.services is None]
    for name in others[1:]:
        rule = f"only one season can be that of all other services, and '{others[0]}' is"
        yield Flaw((*ROOT, "seasons", name), rule, "list its services", key=True)
    seen: dict[str, str] = {}
    for name, season in section.seasons.items():
        path = (*ROOT, "seasons", name)
        for index, service in enumerate(season.services or ()):
            if service in seen:
                yield Flaw(
                    (*path, "services", index), f"follows '{seen[service]}' already", "keep one of them"
                )
            seen.setdefault(service, name)
        right = True
        for key, many, first in WEIGHTS:
            weights = getattr(season, key)
            if weights is not None and len(weights) != many:
                right = False
                yield Flaw((*path, key), f"must have {many} numbers from {first} on, and has {len(weights)}")
            elif weights is not None and sum(weights) == 0:
                right = False
                yield Flaw((*path, key), "must not all be 0")
        if right:
            yield from _last_day(path, season)


def _last_day(path: Path, season: Season) -> Iterator[Flaw]:
    last = season.last_day
    if last is None:
        return
    months = season.months or [1.0] * 12
    whole = months[last.month - 1] / sum(months)
    if last.day > (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[last.month - 1]:
        yield Flaw((*path, "last_day", "day"), "is a day that month never has")
    elif last.share > whole:
        rule = f"must not be above the whole month's share, {whole:.3g}"
        yield Flaw((*path, "last_day", "share"), rule, "raise the month's weight or lower the day's share")


def ramps_rise(facts: Facts) -> Iterator[Flaw]:
    """Use grows from go-live on and becomes full."""
    section = facts.file.verification
    if section is None or section.ramp is None:
        return
    path, pairs = (*ROOT, "ramp", "shares"), section.ramp.shares
    if any(len(pair) != 2 for pair in pairs):
        yield Flaw(path, "must be pairs [days from go-live, share of full use]")
        return
    days, shares = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if any(day != int(day) or not 0 <= day <= LONGEST_RAMP for day in days):
        yield Flaw(path, f"days must be whole, from 0 to {LONGEST_RAMP:,}")
    elif any(later <= earlier for earlier, later in pairwise(days)):
        yield Flaw(path, "the days must rise from pair to pair")
    if _falls(shares) or not 0 <= shares[0] <= 1:
        yield Flaw(path, "the shares must rise from pair to pair, from 0 on")
    elif shares[-1] != 1:
        yield Flaw(path, f"the last share must be 1, and is {shares[-1]:g}")


def _falls(shares: Iterable[float]) -> bool:
    return any(later < earlier for earlier, later in pairwise(shares))
