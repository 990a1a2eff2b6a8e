"""What a station is asked for a day, by month, against what it can do: the P10 to P90 band and the median."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.calendars import NEVER, day_of
from onelogin_sim.forecasting import Forecast
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, framed, wrapped
from onelogin_sim.report.charts.labels import spread
from onelogin_sim.report.load import words as said
from onelogin_sim.report.load.tables import station_rows
from onelogin_sim.verification.loads import Band, StationForecast

_RIGHT = 1.4
#: Points from the end of a line to its label.
_LEAD = 16
#: Highest capacity drawn, as a multiple of the highest P90.
_MOST_ROOM = 3.0


def plot_load(forecast: Forecast, station: str, ax: Axes | None = None) -> Chart:
    """Draw the customers of one station against its capacity: a day, as the mean of each month.

    A month's own numbers would rise and fall with its days, and drop in the months that the status date and the horizon
    cut off.

    Raises
    ------
    ValueError
        When the forecast has no identity load, or no such station.
    """
    load = forecast.load
    found = next((one for one in load.summary.stations if one.id == station), None) if load else None
    if load is None or found is None:
        raise ValueError(f"the forecast has no load of a station '{station}'")
    name = formats.capital(said.name_of(load, found))
    title = _title(name, found, forecast.plan)
    gone = said.lost(load, found)
    subtitle = (
        f"Customers a day, mean of each month. Band: P10 to P90 of "
        f"{formats.plural(forecast.replications, 'future')}, line: median; stepped line: what the station can serve "
        "a day, customers of mean length. Capacity counts as exceeded when more work has come in seven days than it "
        f"can do in them, in each future at its own time. {words.BAND_SHORT}" + (f" {gone}." if gone else "")
    )
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(right=_RIGHT, left=0.85))
        edges = _edges(load, forecast.plan)
        daily = _a_day(found, np.diff(edges))
        _draw(ax, forecast.plan, edges, daily)
        _ends(ax, forecast.plan, daily)
        _first(ax, forecast.plan, found)
    of_station = (row for row in station_rows(forecast) if row["station"] == station)
    rows = tuple({**row, "days": int(days)} for row, days in zip(of_station, np.diff(edges), strict=True))
    alt = f"Fan chart against a capacity line. {title}. {said.exceeded(load, found, forecast.plan)}."
    alt += f" {gone}." if gone else ""
    return Chart(
        f"load-{station.replace('_', '-')}", figure, title, subtitle, words.run_line(forecast), alt, rows
    )


def _title(name: str, found: StationForecast, plan: Plan) -> str:
    ever, middle = float(found.exceeded_by[-1]), found.first_exceeded[1]
    if not found.capacity.any():
        return f"{name}: no capacity at all, nobody is served"
    if not found.mean_customers.any():
        return f"{name}: nobody comes within the horizon"
    if ever == 0:
        most = float((found.customers.p90 / np.maximum(found.capacity, 1e-9)).max())
        return f"{name}: capacity is exceeded in no future; the fullest month's P90 is {formats.percent(most)} of it"
    if middle == NEVER:
        return f"{name}: capacity is exceeded in {formats.percent(ever)} of futures"
    return f"{name}: capacity is exceeded by {formats.day(middle, plan)} in half of the futures"


def _edges(load: IdentityLoad, plan: Plan) -> npt.NDArray[np.float64]:
    """float64 [month + 1]: days on which months begin, and the horizon."""
    starts = [day_of(when, plan.status_date) for when in load.summary.months]
    return np.array([*starts, plan.horizon], dtype=np.float64)


def _a_day(found: StationForecast, days: npt.NDArray[np.float64]) -> tuple[Band, npt.NDArray[np.float64]]:
    """Customers, and capacity, a day of each month."""
    band = found.customers
    return Band(band.p10 / days, band.p50 / days, band.p90 / days), found.capacity / days


def _draw(
    ax: Axes, plan: Plan, edges: npt.NDArray[np.float64], daily: tuple[Band, npt.NDArray[np.float64]]
) -> None:
    band, capacity = daily
    asked, can = float(band.p90.max(initial=0.0)), float(capacity.max(initial=0.0))
    # Capacity far above what is asked for would press the fan flat: then its line leaves the chart at the top.
    top = max(asked, can if can <= _MOST_ROOM * asked or not asked else 0.0) or 1.0
    ax.set_ylim(0, 1.12 * top)
    date_axis(ax, plan)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _number(value)))
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    days = (edges[:-1] + edges[1:]) / 2
    ax.fill_between(days, band.p10, band.p90, facecolor=palette.BAND, edgecolor="none", zorder=1)
    for edge in (band.p10, band.p90):
        ax.plot(days, edge, color=palette.MID_BLUE, linewidth=1.0, linestyle=(0, (5, 2)), zorder=3)
    ax.plot(days, band.p50, color=palette.DARK_BLUE, linewidth=2.2, zorder=4)
    ax.stairs(capacity, edges, baseline=None, color=palette.DARK_PINK, linewidth=1.6, zorder=5)


def _number(value: float) -> str:
    """Return a number of customers, small ones with the decimals they have."""
    return formats.number(value) if abs(value) >= 10 else f"{value:.3g}"


def _ends(ax: Axes, plan: Plan, daily: tuple[Band, npt.NDArray[np.float64]]) -> None:
    """Name the lines at their right ends, each label led to its line where it lies away from it."""
    band, capacity = daily
    if not len(capacity):
        return
    top = ax.get_ylim()[1]
    ends = [
        ("P10", float(band.p10[-1]), palette.DARK_BLUE),
        ("median", float(band.p50[-1]), palette.DARK_BLUE),
        ("P90", float(band.p90[-1]), palette.DARK_BLUE),
        ("capacity", float(capacity[-1]), palette.DARK_PINK),
    ]
    scale = float(ax.figure.dpi) / 72
    low, high = (float(ax.transData.transform((0, value))[1]) for value in ax.get_ylim())
    texts = [
        wrapped(
            f"{name}: {_number(value)}" + (", above the chart" if value > top else ""),
            _RIGHT - 0.3,
            9,
            bold=True,
        )
        for name, value, _ in ends
    ]
    centres = [min(float(ax.transData.transform((0, value))[1]), high) for _, value, _ in ends]
    sizes = [(13.0 * (text.count("\n") + 1) + 3) * scale for text in texts]
    for text, (name, value, colour), wanted, centre in zip(
        texts, ends, centres, spread(centres, sizes, low, high), strict=True
    ):
        ax.annotate(
            text,
            (plan.horizon, min(value, top)),
            xytext=(_LEAD, (centre - wanted) / scale),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=colour,
            annotation_clip=False,
            fontweight="bold" if name in ("median", "capacity") else "normal",
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.6,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )


def _first(ax: Axes, plan: Plan, found: StationForecast) -> None:
    """Mark the day by which capacity has been exceeded in half of the futures."""
    day = found.first_exceeded[1]
    if day == NEVER:
        return
    top = ax.get_ylim()[1]
    ax.axvline(day, color=palette.DARK_PINK, linewidth=1.1, linestyle=(0, (3, 3)), zorder=2)
    right = day < 0.6 * plan.horizon
    ax.annotate(
        f"exceeded in half of the futures\nby {formats.day(day, plan)}",
        (day, top),
        xytext=(5 if right else -5, -3),
        textcoords="offset points",
        fontsize=9,
        va="top",
        ha="left" if right else "right",
        color=palette.DARK_PINK,
        bbox={"boxstyle": "square,pad=0.12", "facecolor": palette.PAPER, "edgecolor": "none", "alpha": 0.85},
        zorder=6,
    )
