"""What a station is asked for, month by month, against what it can do: the P10 to P90 band and the median."""

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
from onelogin_sim.verification.loads import StationForecast

_RIGHT = 1.25
#: Highest capacity drawn, as a multiple of the highest P90.
_MOST_ROOM = 3.0


def plot_load(forecast: Forecast, station: str, ax: Axes | None = None) -> Chart:
    """Draw the customers of one station by month against its capacity.

    Raises
    ------
    ValueError
        When the forecast has no identity load, or no such station.
    """
    load = forecast.load
    found = next((one for one in load.summary.stations if one.id == station), None) if load else None
    if load is None or found is None:
        raise ValueError(f"the forecast has no load of a station '{station}'")
    name = said.name_of(load, found)
    title = _title(name, found, forecast.plan)
    gone = said.lost(load, found)
    subtitle = (
        f"{formats.capital(name)}: customers a month. Band: P10 to P90 of "
        f"{formats.plural(forecast.replications, 'future')}, line: median; stepped line: what the station can serve "
        "in the month, customers of mean length. Capacity counts as exceeded when more work has come in seven days "
        f"than it can do in them, in each future at its own time. {words.BAND_SHORT}"
        + (f" {gone}." if gone else "")
    )
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(right=_RIGHT, left=0.85))
        days = _middles(load, forecast.plan)
        _draw(ax, forecast.plan, days, found)
        _ends(ax, forecast.plan, found)
        _first(ax, forecast.plan, found)
    rows = tuple(row for row in station_rows(forecast) if row["station"] == station)
    alt = f"Fan chart against a capacity line. {title}. {said.exceeded(load, found, forecast.plan)}."
    alt += f" {gone}." if gone else ""
    return Chart(
        f"load-{station.replace('_', '-')}", figure, title, subtitle, words.run_line(forecast), alt, rows
    )


def _title(name: str, found: StationForecast, plan: Plan) -> str:
    ever, middle = float(found.exceeded_by[-1]), found.first_exceeded[1]
    if not found.capacity.any():
        return f"{name}: no capacity at all, nobody is served"
    if ever == 0:
        most = float((found.customers.p90 / np.maximum(found.capacity, 1e-9)).max())
        return f"{name}: capacity is exceeded in no future; the fullest month's P90 is {formats.percent(most)} of it"
    if middle == NEVER:
        return f"{name}: capacity is exceeded in {formats.percent(ever)} of futures"
    return f"{name}: capacity is exceeded by {formats.day(middle, plan)} in half of the futures"


def _middles(load: IdentityLoad, plan: Plan) -> npt.NDArray[np.float64]:
    starts = [day_of(when, plan.status_date) for when in load.summary.months]
    middles: npt.NDArray[np.float64] = (np.array(starts) + np.array([*starts[1:], plan.horizon])) / 2
    return middles


def _draw(ax: Axes, plan: Plan, days: npt.NDArray[np.float64], found: StationForecast) -> None:
    band = found.customers
    asked = float(band.p90.max(initial=1.0))
    # Capacity far above what is asked for would press the fan flat: then its line leaves the chart at the top.
    ax.set_ylim(0, 1.12 * max(asked, min(float(found.capacity.max(initial=1.0)), _MOST_ROOM * asked), 1.0))
    date_axis(ax, plan)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.fill_between(days, band.p10, band.p90, facecolor=palette.BAND, edgecolor="none", zorder=1)
    for edge in (band.p10, band.p90):
        ax.plot(days, edge, color=palette.MID_BLUE, linewidth=1.0, linestyle=(0, (5, 2)), zorder=3)
    ax.plot(days, band.p50, color=palette.DARK_BLUE, linewidth=2.2, zorder=4)
    ax.step(days, found.capacity, where="mid", color=palette.DARK_PINK, linewidth=1.6, zorder=5)


def _ends(ax: Axes, plan: Plan, found: StationForecast) -> None:
    """Name the lines at their right ends."""
    band = found.customers
    if not len(band.p50):
        return
    ends = [
        ("P90", float(band.p90[-1]), palette.DARK_BLUE),
        ("median", float(band.p50[-1]), palette.DARK_BLUE),
        ("P10", float(band.p10[-1]), palette.DARK_BLUE),
        ("capacity", float(found.capacity[-1]), palette.DARK_PINK),
    ]
    scale = float(ax.figure.dpi) / 72
    low, high = (float(ax.transData.transform((0, value))[1]) for value in ax.get_ylim())
    texts = [
        wrapped(f"{name}: {formats.number(value)}", _RIGHT - 0.1, 9, bold=True) for name, value, _ in ends
    ]
    centres = [min(float(ax.transData.transform((0, value))[1]), high) for _, value, _ in ends]
    sizes = [(13.0 * (text.count("\n") + 1) + 3) * scale for text in texts]
    for text, (name, value, colour), wanted, centre in zip(
        texts, ends, centres, spread(centres, sizes, low, high), strict=True
    ):
        ax.annotate(
            text,
            (plan.horizon, min(value, ax.get_ylim()[1])),
            xytext=(6, (centre - wanted) / scale),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=colour,
            annotation_clip=False,
            fontweight="bold" if name in ("median", "capacity") else "normal",
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
