"""What a scenario's `verification` section means, beside its Plan. The file has passed every rule."""

from __future__ import annotations

from datetime import date

from onelogin_sim.calendars import day_of
from onelogin_sim.plan import Plan
from onelogin_sim.scenario import verification as stated
from onelogin_sim.scenario.by_service import audience_of, season_of, users_over_the_years
from onelogin_sim.scenario.model import ScenarioFile, ServiceRow
from onelogin_sim.scenario.uncertain import distribution
from onelogin_sim.verification import population as model
from onelogin_sim.verification.routes import Opening, Route, ServiceLevel, Station, Step, Unit
from onelogin_sim.verification.seasons import HOURS, LastDay, Season

#: The season of services of which nothing is said.
EVEN = Season("even")


def resolve_verification(file: ScenarioFile, plan: Plan) -> model.Verification | None:
    """Return the population and its use of services; None where the scenario says nothing of them."""
    if file.verification is None:
        return None
    return _Resolver(file, file.verification, plan).verification()


class _Resolver:
    """One pass over the section; each method makes one part."""

    def __init__(self, file: ScenarioFile, section: stated.Verification, plan: Plan) -> None:
        self.file, self.section, self.plan = file, section, plan
        self.rows = {row.id: row for row in file.services}
        seasons = {name: _season(name, season) for name, season in section.seasons.items()}
        everybody_listed = all(season_of(section, service.id) for service in plan.services)
        self.seasons = {**seasons, **({} if everybody_listed else {"": EVEN})}

    def verification(self) -> model.Verification:
        section, check, ramp = self.section, self.section.check, self.section.ramp
        return model.Verification(
            status_date=self.plan.status_date,
            horizon=self.plan.horizon,
            segments=tuple(self.segment(name, segment) for name, segment in section.segments.items()),
            services=tuple(self.service(self.rows[service.id]) for service in self.plan.services),
            seasons=tuple(self.seasons.values()),
            ramp=tuple((int(day), share) for day, share in ramp.shares) if ramp else ((0, 1.0),),
            check=model.CheckCost(check.minutes, check.cost, check.uplift) if check else None,
            routes=tuple(_route(name, route) for name, route in section.routes.items()),
            stations=tuple(self.station(name, station) for name, station in section.stations.items()),
        )

    def day(self, when: date) -> int:
        return day_of(when, self.plan.status_date)

    def segment(self, name: str, segment: stated.Segment) -> model.Segment:
        able = segment.able.routes if segment.able else {}
        awareness = segment.awareness.shares if segment.awareness else {}
        proven = segment.proven or stated.Proven()
        return model.Segment(
            name,
            segment.name or name,
            segment.people,
            able=tuple(able.get(route, 0.0) for route in self.section.routes),
            awareness=tuple(sorted((self.day(when), share) for when, share in awareness.items()))
            or ((0, 1.0),),
            proven_p1=proven.P1,
            proven_p2=proven.P2,
        )

    def service(self, row: ServiceRow) -> model.ServiceDemand:
        section = self.section
        visits, years, name = section.visits, section.once_in_years, row.id
        a_year = visits.services.get(name, visits.default)
        return model.ServiceDemand(
            name,
            level="P2" if row.identity == "unknown" else row.identity,
            users=users_over_the_years(self.file, section, row),
            visits=a_year / years.services.get(name, years.default),
            audience=tuple(audience_of(section, name).values()),
            season=list(self.seasons).index(season_of(section, name) or ""),
            asked=self.asked(row),
            adoption=section.adoption.services.get(name, section.adoption.default),
            accounts=section.accounts.services.get(name, section.accounts.default),
        )

    def asked(self, row: ServiceRow) -> float | None:
        """Share of users asked for an identity; None where the service's stages show it in each replication.

        A service of unknown level that has no such stage left (it is live, or past them) is taken to ask the
        share of its users that is the chance of such a service asking all of them.
        """
        if row.identity != "unknown":
            return 0.0 if row.identity == "none" else 1.0
        stages = (self.plan.tasks[index] for index in self.plan.tasks_of[row.id])
        if any([gate.decision for gate in task.gates] == ["identity"] for task in stages):
            return None
        return self.file.unknown_identity.share if self.file.unknown_identity else 0.0

    def station(self, name: str, station: stated.Station) -> Station:
        units: dict[Unit, int | None] = {
            "servers": station.servers,
            "concurrency": station.concurrency,
            "appointments": station.appointments_per_day,
        }
        unit, capacity = next((unit, count) for unit, count in units.items() if count is not None)
        steps = {0: capacity} | {self.day(when): count for when, count in station.changes.items()}
        opening, level = station.opening or stated.Opening(), station.service_level
        within = None if level is None else level.minutes if level.days is None else level.days
        return Station(
            name,
            station.name or name,
            unit,
            tuple(sorted(steps.items())),
            Opening(
                tuple(sorted(stated.WEEKDAYS.index(day) for day in opening.days)), opening.from_, opening.to
            ),
            station.time_limit.days if station.time_limit else None,
            distribution(station.patience) if station.patience else None,
            None if level is None or within is None else ServiceLevel(level.share, within),
        )


def _season(name: str, season: stated.Season) -> Season:
    last = season.last_day
    return Season(
        name,
        tuple(season.months or (1.0,) * 12),
        tuple(season.weekdays or (1.0,) * 7),
        tuple(season.hours or (1.0,) * HOURS),
        None
        if last is None
        else LastDay(last.month, last.day, last.share, last.top_hour, last.top_hour_share),
    )


def _route(name: str, route: stated.Route) -> Route:
    return Route(
        name,
        route.name or name,
        route.choice,
        route.success,
        route.gives_up,
        route.then,
        tuple(
            Step(step.station, step.share, distribution(step.minutes) if step.minutes else None)
            for step in route.steps
        ),
    )
