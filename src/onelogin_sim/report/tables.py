"""The numbers of a Forecast as tidy tables: one row one fact, dates ISO, None for not within the horizon."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.drivers import CAUSES
from onelogin_sim.forecasting import Coverage, Forecast, Quantile, Share, TargetForecast
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words

Row = dict[str, object]

#: What a spreadsheet reads as the start of a formula, also in full width.
_FORMULA_STARTS = ("=", "+", "-", "@")
#: What starts a new cell or line where a file is split carelessly.
_BREAKS = ("\t", "\r", "\n")


def target_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a target: probability, dates with their Monte Carlo error, the deterministic date."""
    plan = forecast.plan
    for entry in forecast.targets:
        target = entry.target
        yield {
            "target": target.id,
            "name": target.name,
            "measure": target.measure,
            "needed": target.needed,
            "total": target.total,
            "share": None if target.share is None else float(target.share),
            "imputed_share": words.imputed_share(forecast, target.measure),
            "by": formats.iso(target.by, plan),
            **_share("probability_met", entry.met_by),
            **_quantiles(entry.quantiles, plan),
            **_share("not_within_horizon", entry.not_within_horizon),
            "deterministic": formats.iso(entry.deterministic, plan),
            "deterministic_share": words.deterministic_share(entry),
        }


def target_curve_rows(entry: TargetForecast, plan: Plan) -> Iterator[Row]:
    """One row a day on which another future meets the target: how many have met it by then."""
    days = entry.days[entry.days != NEVER]
    for day, count in zip(*np.unique(days, return_counts=True), strict=True):
        until = int((days <= day).sum())
        yield {
            "target": entry.target.id,
            "date": formats.iso(int(day), plan),
            "futures": int(count),
            "futures_by_then": until,
            "share_by_then": until / len(entry.days),
        }


def coverage_rows(covered: Coverage, plan: Plan) -> Iterator[Row]:
    """One row a month: percentiles and sample futures."""
    for place, day in enumerate(covered.days):
        row: Row = {
            "measure": covered.measure,
            "total": covered.total,
            "imputed": covered.imputed,
            "date": formats.iso(int(day), plan),
            "p10": int(covered.p10[place]),
            "p50": int(covered.p50[place]),
            "p90": int(covered.p90[place]),
        }
        yield row | {f"future_{index}": int(path[place]) for index, path in enumerate(covered.paths)}


def all_coverage_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a measure, month and series: the long form, for pivot tables."""
    for covered in forecast.coverage:
        for row in coverage_rows(covered, forecast.plan):
            fixed = {key: row[key] for key in ("measure", "total", "imputed", "date")}
            yield from (
                fixed | {"series": key, "value": value} for key, value in row.items() if key not in fixed
            )


def service_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a service: go-live dates, chance of its own planned date, how often it is last."""
    plan = forecast.plan
    for entry in forecast.services:
        service, planned = entry.service, entry.service.planned_live
        yield {
            "service": service.id,
            "name": service.name,
            "department": service.department,
            "users": service.users,
            "users_imputed": service.users_imputed,
            "fronted_by": service.fronted_by,
            "live_on": None if service.live_on is None else formats.iso(service.live_on, plan),
            **_quantiles(entry.quantiles, plan),
            **_share("not_within_horizon", entry.not_within_horizon),
            "planned_live": None if planned is None else formats.iso(planned, plan),
            **_share("planned_met", entry.planned_met),
            "last": entry.last,
        }


def department_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a department: when its last service is live."""
    for entry in forecast.departments:
        yield {
            "department": entry.id,
            "name": entry.name,
            "services": entry.services,
            "live": entry.live,
            **_quantiles(entry.quantiles, forecast.plan),
            **_share("not_within_horizon", entry.not_within_horizon),
            "last": entry.last,
        }


def driver_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a target, set of futures and driver."""
    for drivers in forecast.drivers:
        for entry in drivers.drivers:
            yield {
                "target": drivers.target,
                "target_met": drivers.met,
                "futures": drivers.futures,
                "kind": entry.kind,
                "driver": entry.id,
                "name": words.driver_name(entry, forecast.plan),
                "criticality": entry.criticality,
                "days": entry.days,
            }


def link_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a target, set of futures and pair of items that follow one another on the chain."""
    for drivers in forecast.drivers:
        for before, after, share in drivers.links:
            yield {
                "target": drivers.target,
                "target_met": drivers.met,
                "before": before,
                "after": after,
                "share": share,
            }


def time_use_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a stage, resource or item and cause: mean calendar days a replication."""
    use = forecast.time_use
    for kind, names, days in (("stage", use.stages, use.by_stage), ("item", use.items, use.by_item)):
        for name, row in zip(names, days, strict=True):
            for cause, value in zip(CAUSES, row, strict=True):
                yield {"kind": kind, "id": name, "cause": cause, "days": float(value)}
    for name, value in zip(use.resources, use.by_resource, strict=True):
        yield {"kind": "resource", "id": name, "cause": "resource", "days": float(value)}


def finding_rows(forecast: Forecast) -> Iterator[Row]:
    """One row a finding."""
    return ({"code": entry.code, "text": entry.text} for entry in forecast.findings)


class Table(NamedTuple):
    """How a table's rows are made, and the columns it has even without rows."""

    rows: Callable[[Forecast], Iterator[Row]]
    columns: tuple[str, ...]


_DRIVER_COLUMNS = ("target", "target_met", "futures", "kind", "driver", "name", "criticality", "days")

#: Every table of a Forecast by file name.
TABLES = {
    "targets": Table(target_rows, ("target", "name")),
    "coverage": Table(all_coverage_rows, ("measure", "total", "imputed", "date", "series", "value")),
    "services": Table(service_rows, ("service", "name")),
    "departments": Table(department_rows, ("department", "name")),
    "drivers": Table(driver_rows, _DRIVER_COLUMNS),
    "links": Table(link_rows, ("target", "target_met", "before", "after", "share")),
    "time_use": Table(time_use_rows, ("kind", "id", "cause", "days")),
    "findings": Table(finding_rows, ("code", "text")),
}


def _share(name: str, share: Share | None) -> Row:
    if share is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}


def _quantiles(quantiles: Sequence[Quantile], plan: Plan) -> Row:
    row: Row = {}
    for entry in quantiles:
        name = f"p{entry.percent}"
        row |= {
            name: formats.iso(entry.day, plan),
            f"{name}_low": formats.iso(entry.low, plan),
            f"{name}_high": formats.iso(entry.high, plan),
        }
    return row


def as_csv(rows: Iterable[Mapping[str, object]], columns: Iterable[str] = ()) -> bytes:
    """Return rows as UTF-8 CSV: the named columns, then others in the order they are first met.

    Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers, and
    None is an empty cell.
    """
    rows = list(rows)
    columns = dict.fromkeys([*columns, *(key for row in rows for key in row)])
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return stream.getvalue().encode("utf-8")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        unseen = next((place for place, letter in enumerate(value) if not _unseen(letter)), len(value))
        start = unicodedata.normalize("NFKC", value[unseen : unseen + 1])
        if start in _FORMULA_STARTS or any(one in value[:unseen] for one in _BREAKS):
            return "'" + value
    return value


def _unseen(letter: str) -> bool:
    """Whether a spreadsheet may strip a letter: space of any width, control or format character."""
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")
