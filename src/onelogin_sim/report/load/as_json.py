"""The identity load of a Forecast as one JSON object, the `load` of ``forecast --json``."""

from __future__ import annotations

from typing import Any

import numpy as np

from onelogin_sim.forecasting import Forecast
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.report.load import words
from onelogin_sim.report.load.tables import capacity_rows, first_exceeded, number
from onelogin_sim.report.load.windows import windows_json
from onelogin_sim.verification.loads import Band, Floats, StationForecast


def load_json(forecast: Forecast) -> dict[str, Any] | None:
    """Return the load as plain data, None without one; waits in minutes, None: no number, or without end."""
    load = forecast.load
    if load is None:
        return None
    found = load.summary
    return {
        "verification_digest": load.verification.digest,
        "load_digest": load.digest,
        "replications": found.replications,
        "headlines": list(words.sentences(load, forecast.plan)),
        "own_busiest_month_checks_and_rises": found.own_checks._asdict(),
        "own_busiest_hour_sign_ins_per_second": found.own_sign_ins._asdict(),
        "month": [f"{month:%Y-%m}" for month in found.months],
        "checks": _band(found.checks),
        "reuses": _band(found.reuses),
        "busiest_day_checks": _band(found.busiest_day),
        "sign_ins_per_second": _band(found.sign_ins_per_second),
        "mean_checks": _list(found.mean_checks),
        "mean_uplifts": _list(found.mean_uplifts),
        "mean_reuses": _list(found.mean_reuses),
        "attempts_by_route": {
            route: _band(attempts) for route, attempts in zip(found.routes, found.attempts, strict=True)
        },
        "stations": [_station(one, forecast) for one in found.stations],
        "dividend": _dividend(load),
        "capacity_needed": list(capacity_rows(forecast)) if load.sizing else None,
        **({"individuals": windows_json(forecast)} if load.followed else {}),
        "notes": list(words.notes(load)),
    }


def _station(one: StationForecast, forecast: Forecast) -> dict[str, Any]:
    return {
        "id": one.id,
        "capacity": _list(one.capacity),
        "first_exceeded": first_exceeded(one, forecast),
        "exceeded": _list(one.exceeded),
        "exceeded_by": _list(one.exceeded_by),
        "level_held": _list(one.level_held),
        "customers": _band(one.customers),
        "offered_erlangs": _band(one.offered),
        "utilisation": _band(one.utilisation),
        "mean_wait_minutes": _band(one.mean_wait, 60.0),
        "p50_wait_minutes": _band(one.p50_wait, 60.0),
        "p95_wait_minutes": _band(one.p95_wait, 60.0),
        "p99_wait_minutes": _band(one.p99_wait, 60.0),
        "within_service_level": _band(one.within),
        "lost": _band(one.lost),
        "backlog": _band(one.backlog),
        "mean_customers": _list(one.mean_customers),
        "mean_lost": _list(one.mean_lost),
        "mean_when_closed": _list(one.mean_closed),
        "own_worst_month": {
            name.replace("wait", "wait_minutes"): {
                edge: number(value * (60.0 if name.endswith("wait") else 1.0))
                for edge, value in own._asdict().items()
            }
            for name, own in one.own.items()
        },
        "level_held_in_every_month": number(one.always_held),
        "lost_of_all": one.lost_share,
        "when_closed_of_all": one.closed_share,
    }


def _dividend(load: IdentityLoad) -> dict[str, Any]:
    found, check = load.summary.dividend, load.verification.check
    saved = {
        "hours_saved": None if check is None else _list(found.hours_saved(check).sum(axis=0)),
        "cost_saved": None if check is None else _list(found.cost_saved(check).sum(axis=0)),
    }
    return {
        "year": list(found.years),
        "checks_avoided": _list(found.avoided.sum(axis=0)),
        **saved,
        "checks_avoided_by_service": {
            service.id: _list(avoided)
            for service, avoided in zip(load.verification.services, found.avoided, strict=True)
            if np.any(avoided)
        },
    }


def _band(band: Band, scale: float = 1.0) -> dict[str, list[float | None]]:
    return {edge: _list(scale * getattr(band, edge)) for edge in ("p10", "p50", "p90")}


def _list(values: Floats) -> list[float | None]:
    return [number(float(value)) for value in values]
