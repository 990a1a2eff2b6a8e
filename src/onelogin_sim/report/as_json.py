"""A Forecast as one JSON object: what ``forecast --json`` prints and ``forecast.json`` keeps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from onelogin_sim.drivers import CAUSES, Drivers
from onelogin_sim.forecasting import Coverage, Forecast, Quantile, Share, TargetForecast
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words
from onelogin_sim.report.load.as_json import load_json
from onelogin_sim.report.tables import department_rows, finding_rows, service_rows

ASSUMPTIONS = (
    "Every duration, share and capacity is what the scenario states; the assumptions register lists each "
    "with its source or rationale. What becomes known after the status date is not in it."
)


def forecast_json(forecast: Forecast) -> dict[str, Any]:
    """Return the forecast as plain data: dates ISO, None: not within the horizon, shares between 0 and 1."""
    plan = forecast.plan
    services = words.coverage(forecast, "services")
    load = load_json(forecast)
    return {
        "scenario": forecast.title,
        "variants": list(forecast.variants),
        "illustrative": plan.illustrative,
        "digest": plan.digest,
        "result_digest": forecast.result_digest,
        "seed": forecast.seed,
        "replications": forecast.replications,
        "order": forecast.order,
        "status_date": plan.status_date.isoformat(),
        "horizon": formats.iso(plan.horizon, plan),
        "headlines": [words.headline(entry, plan) for entry in forecast.targets],
        "targets": [_target(entry, forecast) for entry in forecast.targets],
        "coverage": _series(services, plan) if services else {"date": [], "p10": [], "p50": [], "p90": []},
        "coverage_by_measure": {
            entry.measure: {
                "total": entry.total,
                "imputed": entry.imputed,
                "unit": words.MEASURES[entry.measure],
                **_series(entry, plan),
                "sample_futures": entry.paths.tolist(),
            }
            for entry in forecast.coverage
        },
        "services": list(service_rows(forecast)),
        "departments": list(department_rows(forecast)),
        "drivers": [_drivers(entry, plan) for entry in forecast.drivers],
        "time_use": _time_use(forecast),
        "findings": list(finding_rows(forecast)),
        **({} if load is None else {"load": load}),
        "notes": [ASSUMPTIONS, words.ERROR_CAVEAT, words.BAND_CAVEAT, words.NULL_DATES],
    }


def as_text(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text, the same text for the same numbers; what is not a number is refused."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _target(entry: TargetForecast, forecast: Forecast) -> dict[str, Any]:
    plan, target = forecast.plan, entry.target
    return {
        "id": target.id,
        "name": target.name,
        "by": formats.iso(target.by, plan),
        "measure": target.measure,
        "needed": target.needed,
        "total": target.total,
        "share": None if target.share is None else float(target.share),
        "imputed_share": words.imputed_share(forecast, target.measure),
        "probability_met": entry.met_by.value,
        "interval": _interval(entry.met_by),
        **{f"p{one.percent}": formats.iso(one.day, plan) for one in entry.quantiles},
        "intervals": _intervals(entry.quantiles, plan),
        "not_within_horizon": entry.not_within_horizon.value,
        "not_within_horizon_interval": _interval(entry.not_within_horizon),
        "deterministic": formats.iso(entry.deterministic, plan),
        "deterministic_share": words.deterministic_share(entry),
        "headline": words.headline(entry, plan),
    }


def _interval(share: Share) -> list[float]:
    return [share.low, share.high]


def _intervals(quantiles: Iterable[Quantile], plan: Plan) -> dict[str, list[str | None]]:
    """Monte Carlo error at 95% of each percentile's date; None as an end: not bounded, see `words.NULL_DATES`."""
    return {f"p{one.percent}": [formats.iso(one.low, plan), formats.iso(one.high, plan)] for one in quantiles}


def _series(covered: Coverage, plan: Plan) -> dict[str, list[Any]]:
    return {
        "date": [formats.iso(int(day), plan) for day in covered.days],
        "p10": covered.p10.tolist(),
        "p50": covered.p50.tolist(),
        "p90": covered.p90.tolist(),
    }


def _drivers(entry: Drivers, plan: Plan) -> dict[str, Any]:
    return {
        "target": entry.target,
        "met": entry.met,
        "futures": entry.futures,
        "drivers": [
            {
                "kind": one.kind,
                "id": one.id,
                "name": words.driver_name(one, plan),
                "criticality": one.criticality,
                "days": one.days,
            }
            for one in entry.drivers
        ],
        "links": [{"before": before, "after": after, "share": share} for before, after, share in entry.links],
    }


def _time_use(forecast: Forecast) -> dict[str, Any]:
    """Mean calendar days a replication, summed over items."""
    use = forecast.time_use
    return {
        "stages": {
            stage: dict(zip(CAUSES, days.tolist(), strict=True))
            for stage, days in zip(use.stages, use.by_stage, strict=True)
        },
        "resources": dict(zip(use.resources, use.by_resource.tolist(), strict=True)),
        "items": {
            item: dict(zip(CAUSES, days.tolist(), strict=True))
            for item, days in zip(use.items, use.by_item, strict=True)
        },
    }
