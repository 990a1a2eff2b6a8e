"""The identity load for a terminal: what is said first, years, stations; in eighty columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onelogin_sim.forecasting import Forecast
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.report import formats
from onelogin_sim.report.load import words
from onelogin_sim.report.load.windows import NOTE, WORST, worst_note, worst_rows
from onelogin_sim.verification.sizing import Sizing


def load_parts(forecast: Forecast) -> Iterator[RenderableType]:
    """Yield the load's part of a forecast's summary; nothing where there is no load."""
    load = forecast.load
    if load is None:
        return
    yield Text("Identity checks and sign-ins", style="bold")
    for sentence in words.sentences(load, forecast.plan):
        row = Table.grid(padding=(0, 1))
        row.add_row(Text("•"), Text(f"{sentence}."))
        yield row
    yield Padding(_years(load), (1, 0, 0, 2))
    yield Text(
        "The highest month of each year, column by column: a future's own busiest month may be another, and higher.",
        style="dim",
    )
    if load.summary.stations:
        yield Padding(_stations(load), (1, 0, 0, 2))
        yield Text(
            "Each future's own worst month, figure by figure, and medians over futures. Load: erlangs, work that comes "
            "over the month's hours. P50, P95, P99: waits that so many customers do not exceed. Lost: who leaves "
            "unserved. Held: futures that hold the service level in every month. By month: tables/load_stations.csv.",
            style="dim",
        )
    if load.sizing:
        yield Padding(_sizes(load, load.sizing), (1, 0, 0, 2))
        yield Text(words.sized(load.sizing), style="dim")
    if load.followed:
        worst = _table(*WORST, gap=1)
        for cells in worst_rows(forecast):
            worst.add_row(*(Text(cell) for cell in cells))
        yield Padding(worst, (1, 0, 0, 2))
        yield Text(f"{worst_note(forecast)} {NOTE}", style="dim")
    for note in words.notes(load):
        yield Text(note, style="dim")
    yield Text()


def _table(*columns: str, gap: int = 2) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_header=True, header_style="bold")
    for place, column in enumerate(columns):
        table.add_column(Text(column), justify="right" if place else "left", overflow="fold")
    return table


def _years(load: IdentityLoad) -> Table:
    """Return each year's busiest month: checks, checks on its busiest day, sign-ins a second in its busiest hour."""
    found = load.summary
    table = _table("Year", "Checks: P10", "median", "P90", "a day: P90", "sign-ins/s: P90")
    years = np.array([month.year for month in found.months])
    for year in dict.fromkeys(years.tolist()):
        inside = years == year
        bands = [
            band[inside].max(initial=0.0)
            for band in (
                found.checks.p10,
                found.checks.p50,
                found.checks.p90,
                found.busiest_day.p90,
                found.sign_ins_per_second.p90,
            )
        ]
        cells = [formats.number(float(value)) for value in bands[:4]]
        table.add_row(str(year), *cells, words.decimal(float(bands[4])))
    return table


def _stations(load: IdentityLoad) -> Table:
    """Return each station in each future's own worst month: load, use, waits, who begins in time, who is lost."""
    table = _table("Station", "Load", "Use", "P50", "P95", "P99", "In time", "Lost", "Held", gap=1)
    for station in load.summary.stations:
        middle = {name: own.p50 for name, own in station.own.items()}
        table.add_row(
            Text(formats.shortened(words.name_of(load, station), 17)),
            words.decimal(middle["offered"]),
            f"{100 * middle['utilisation']:.0f}%",
            *(words.wait(middle[name]) for name in ("p50_wait", "p95_wait", "p99_wait")),
            words.share(middle["within"]),
            formats.percent(middle["lost"]),
            words.share(station.always_held),
        )
    return table


def _sizes(load: IdentityLoad, sizing: Sizing) -> Table:
    """Return the capacity each station needs in the month of each year that needs most, and what it has then."""
    years = np.array([month.year for month in load.summary.months])
    shown = {one.id: one for one in load.verification.stations}
    table = _table(
        "Capacity needed", *(formats.shortened(shown[station].name, 16) for station in sizing.stations)
    )
    table.add_row("unit", *(shown[station].unit for station in sizing.stations))
    for year in dict.fromkeys(years.tolist()):
        most = sizing.capacity[:, years == year]
        cells = ["more than any" if (row < 0).any() else formats.number(int(row.max())) for row in most]
        table.add_row(str(year), *cells)
    table.add_row("status date", *(formats.number(shown[station].steps[0][1]) for station in sizing.stations))
    return table
