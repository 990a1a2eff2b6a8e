"""The identity load of a Forecast as tidy tables: one row one fact; None is no number, or without end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.forecasting import Forecast
from onelogin_sim.report import formats
from onelogin_sim.report.tables import Row, Table
from onelogin_sim.verification.loads import Band, StationForecast
from onelogin_sim.verification.sizing import BESIDE


def month_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a month: checks, rises, reuses, the busiest day, sign-ins a second; bands over futures, and means."""
    load = forecast.load
    if load is None:
        return
    found = load.summary
    for place, month in enumerate(found.months):
        yield {
            "month": f"{month:%Y-%m}",
            **_band("checks", found.checks, place),
            **_band("reuses", found.reuses, place),
            **_band("busiest_day_checks", found.busiest_day, place),
            **_band("sign_ins_per_second", found.sign_ins_per_second, place),
            "mean_checks": float(found.mean_checks[place]),
            "mean_uplifts": float(found.mean_uplifts[place]),
            "mean_reuses": float(found.mean_reuses[place]),
        }


def route_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a route and month: attempts."""
    load = forecast.load
    if load is None:
        return
    for route, attempts in zip(load.summary.routes, load.summary.attempts, strict=True):
        for place, month in enumerate(load.summary.months):
            yield {"route": route, "month": f"{month:%Y-%m}", **_band("attempts", attempts, place)}


def station_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a station and month: what it is asked for, what it can do, how long people wait, how surely it holds."""
    load = forecast.load
    if load is None:
        return
    for station in load.summary.stations:
        for place, month in enumerate(load.summary.months):
            yield {
                "station": station.id,
                "month": f"{month:%Y-%m}",
                "capacity": float(station.capacity[place]),
                **_band("customers", station.customers, place),
                **_band("offered_erlangs", station.offered, place),
                **_band("utilisation", station.utilisation, place),
                **_band("mean_wait_minutes", station.mean_wait, place, 60.0),
                **_band("p50_wait_minutes", station.p50_wait, place, 60.0),
                **_band("p95_wait_minutes", station.p95_wait, place, 60.0),
                **_band("p99_wait_minutes", station.p99_wait, place, 60.0),
                **_band("within_service_level", station.within, place),
                **_band("lost", station.lost, place),
                **_band("backlog", station.backlog, place),
                "mean_customers": float(station.mean_customers[place]),
                "mean_lost": float(station.mean_lost[place]),
                "mean_when_closed": float(station.mean_closed[place]),
                "level_held": number(float(station.level_held[place])),
                "exceeded": number(float(station.exceeded[place])),
                "exceeded_by": number(float(station.exceeded_by[place])),
            }


def first_exceeded(station: StationForecast, forecast: Forecast) -> Row:
    """Return the dates by which capacity has been exceeded in 10%, 50% and 90% of futures."""
    days = zip(("p10", "p50", "p90"), station.first_exceeded, strict=True)
    return {name: None if day == NEVER else formats.iso(day, forecast.plan) for name, day in days}


def dividend_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a service and year with first visits that ask for an identity: means over futures."""
    load = forecast.load
    if load is None:
        return
    found, check = load.summary.dividend, load.verification.check
    count = found.replications
    hours, cost = (found.hours_saved(check), found.cost_saved(check)) if check else (None, None)
    for place, service in enumerate(load.verification.services):
        for column, year in enumerate(found.years):
            if found.visits[place, column]:
                yield {
                    "service": service.id,
                    "year": year,
                    "checks": float(found.checks[place, column] / count),
                    "uplifts": float(found.uplifts[place, column] / count),
                    "checks_avoided": float(found.avoided[place, column]),
                    "hours_saved": None if hours is None else float(hours[place, column]),
                    "cost_saved": None if cost is None else float(cost[place, column]),
                }


def capacity_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a station and month: the smallest capacity that holds the level in enough futures, and its neighbours."""
    load = forecast.load
    sizing = load.sizing if load else None
    if load is None or sizing is None:
        return
    for row, station in enumerate(sizing.stations):
        stated = next(one for one in load.verification.stations if one.id == station)
        for place, month in enumerate(load.summary.months):
            found = int(sizing.capacity[row, place])
            yield {
                "station": station,
                "month": f"{month:%Y-%m}",
                "unit": stated.unit,
                "capacity_needed": None if found < 0 else found,
                "futures": sizing.replications,
                "to_be_held_in": sizing.hold,
                **{
                    f"held_with_{round(100 * part)}_percent": number(float(sizing.held[row, place, column]))
                    for column, part in enumerate(BESIDE)
                },
                "held_with_the_capacity_given": number(float(sizing.given[row, place])),
            }


def wait_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a station, week and hour of the day in which somebody comes: waits and losses in one typical future."""
    load = forecast.load
    for found in load.waits if load else ():
        for (week, when), hour in product(enumerate(found.weeks), range(found.waits.shape[1])):
            wait = float(found.waits[week, hour])
            if not np.isnan(wait):
                yield {
                    "station": found.station,
                    "replication": found.replication,
                    "week_of": when.isoformat(),
                    "hour": hour,
                    "customers": float(found.customers[week, hour]),
                    "mean_wait_minutes": number(60 * wait),
                    "lost": float(found.lost[week, hour]),
                }


def _band(name: str, band: Band, place: int, scale: float = 1.0) -> Row:
    return {
        f"{name}_{edge}": number(scale * float(getattr(band, edge)[place])) for edge in ("p10", "p50", "p90")
    }


def number(value: float) -> float | None:
    """A number, None where it is none or has no end."""
    return value if np.isfinite(value) else None


#: Every table of the identity load by file name.
TABLES = {
    "load_months": Table(month_rows, ("month",)),
    "load_routes": Table(route_rows, ("route", "month")),
    "load_stations": Table(station_rows, ("station", "month")),
    "load_dividend": Table(dividend_rows, ("service", "year")),
    "load_capacity": Table(capacity_rows, ("station", "month", "unit", "capacity_needed")),
    "load_waits": Table(
        wait_rows, ("station", "replication", "week_of", "hour", "customers", "mean_wait_minutes", "lost")
    ),
}
