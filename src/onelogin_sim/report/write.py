"""Everything a run folder shows, file by file: JSON, tables, charts with their text and data, summary.

Importing this module loads matplotlib; the command line does so only when there is something to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from onelogin_sim.forecasting import Forecast
from onelogin_sim.report.as_json import as_text, forecast_json
from onelogin_sim.report.charts import (
    Chart,
    plot_coverage,
    plot_departments,
    plot_drivers,
    plot_target,
    plot_time_use,
)
from onelogin_sim.report.charts.checks_and_reuses import plot_checks_and_reuses
from onelogin_sim.report.charts.dividend import plot_dividend
from onelogin_sim.report.charts.followed_week import plot_followed
from onelogin_sim.report.charts.load_fan import plot_load
from onelogin_sim.report.charts.wait_heat import plot_waits
from onelogin_sim.report.load.tables import TABLES as LOAD_TABLES
from onelogin_sim.report.load.windows import TABLES as WINDOW_TABLES
from onelogin_sim.report.tables import TABLES, as_csv
from onelogin_sim.report.terminal import summary_text

#: What the register has at least, also when it is empty.
_REGISTER_COLUMNS = ("id",)


class Folder(Protocol):
    """Where files go, whole or not at all: a `store.RunFolder`."""

    def write(self, name: str, data: bytes) -> Path:
        """Write `data` as `name`, in which ``/`` parts folders, and return where it is."""


def charts(forecast: Forecast) -> Iterator[Chart]:
    """Draw every chart of a forecast, one at a time."""
    for covered in forecast.coverage:
        yield plot_coverage(forecast, covered.measure)
    for entry in forecast.targets:
        yield plot_target(forecast, entry.target.id)
    yield plot_departments(forecast)
    yield plot_time_use(forecast)
    for entry in forecast.targets:
        yield plot_drivers(forecast, entry.target.id)
    yield from load_charts(forecast)


def load_charts(forecast: Forecast) -> Iterator[Chart]:
    """Draw every chart of the identity load; none where the forecast has no load."""
    if forecast.load is None:
        return
    yield plot_checks_and_reuses(forecast)
    for station in forecast.load.summary.stations:
        yield plot_load(forecast, station.id)
    for found in forecast.load.waits:
        yield plot_waits(forecast, found.station)
    for place in forecast.load.verification.stations if forecast.load.followed else ():
        yield plot_followed(forecast, place.id)
    yield plot_dividend(forecast)


def report_files(
    forecast: Forecast, register_rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the report as (name in the folder, content); names use ``/``.

    Parameters
    ----------
    forecast
        What is shown.
    register_rows
        The assumptions register, one mapping a row.
    """
    yield "forecast.json", as_text(forecast_json(forecast)).encode("utf-8")
    for name, table in TABLES.items():
        yield f"tables/{name}.csv", as_csv(table.rows(forecast), table.columns)
    for name, table in LOAD_TABLES.items() if forecast.load else ():
        if name == "load_capacity" and forecast.load and forecast.load.sizing is None:
            continue  # it was not asked for
        yield f"tables/{name}.csv", as_csv(table.rows(forecast), table.columns)
    for name, table in WINDOW_TABLES.items() if forecast.load and forecast.load.followed else ():
        yield f"tables/{name}.csv", as_csv(table.rows(forecast), table.columns)
    yield "tables/assumptions.csv", as_csv(register_rows, _REGISTER_COLUMNS)
    for chart in charts(forecast):
        yield f"charts/{chart.name}.svg", chart.svg()
        yield f"charts/{chart.name}.png", chart.png()
        yield f"charts/{chart.name}.txt", f"{chart.alt}\n{chart.source}\n".encode()
        yield f"charts/{chart.name}.csv", as_csv(chart.rows)
    yield "summary.txt", summary_text(forecast).encode("utf-8")


def write_report(
    forecast: Forecast, register_rows: Iterable[Mapping[str, object]], folder: Folder
) -> tuple[Path, ...]:
    """Write the report into `folder` file by file; return the files in the order written.

    Raises
    ------
    StoreError
        A file cannot be written.
    """
    return tuple(folder.write(name, data) for name, data in report_files(forecast, register_rows))
