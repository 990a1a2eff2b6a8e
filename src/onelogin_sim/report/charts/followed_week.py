"""How long customers wait at a station, hour by hour, in the worst week of each future that was followed one by one."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from onelogin_sim.forecasting import Forecast
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, framed, nothing, wrapped
from onelogin_sim.report.charts.labels import spread
from onelogin_sim.report.load import words as said
from onelogin_sim.report.load.windows import Told, hour_rows, worst_of_futures

_RIGHT = 1.45

#: Hours of a day.
_DAY = 24

#: Waits that are labelled, in hours; what is below the first is drawn on it.
_TICKS = {
    1 / 3600: "1 s or less",
    10 / 3600: "10 s",
    1 / 60: "1 min",
    10 / 60: "10 min",
    0.5: "30 min",
    1.0: "1 h",
    6.0: "6 h",
    24.0: "1 day",
    72.0: "3 days",
    168.0: "1 week",
    720.0: "30 days",
    2160.0: "90 days",
    8760.0: "1 year",
    87600.0: "10 years",
}
_LEAST = min(_TICKS)

#: Colour, dashes and width of a future's line, by percentile.
_LOOKS = {
    10: (palette.MID_BLUE, (0, (4, 2)), 1.5),
    50: (palette.DARK_BLUE, "solid", 2.2),
    90: (palette.DARK_PINK, (0, (1, 1.2)), 2.0),
}


def plot_followed(forecast: Forecast, station: str, ax: Axes | None = None) -> Chart:
    """Draw the mean wait of those who come to a station in each hour of the worst week of each future followed.

    Raises
    ------
    ValueError
        When nobody was followed, or there is no such station.
    """
    load = forecast.load
    name = next((one.name for one in load.verification.stations if one.id == station), None) if load else None
    if load is None or not load.followed or name is None:
        raise ValueError(f"the forecast has no followed customers of a station '{station}'")
    weeks = worst_of_futures(forecast, station)
    title = _title(name, weeks)
    subtitle = (
        f"{formats.capital(name)}: mean wait of the customers who come in each hour of the week in which people wait "
        "longest in all, in the futures at the 10th, 50th and 90th percentile of all checks. Every customer from the "
        "status date on, one by one. Logarithmic scale; gaps: nobody comes."
    )
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(right=_RIGHT, left=0.6))
        if weeks:
            _draw(ax, weeks)
            _ends(ax, weeks)
        else:
            nothing(ax, "Nobody comes to this station in any of the weeks.")
    alt = f"Line chart by hour of the week. {title}. {' '.join(_sentence(one) for one in weeks)}".strip()
    rows = tuple(row for one in weeks for row in hour_rows(one))
    return Chart(
        f"followed-{station.replace('_', '-')}", figure, title, subtitle, words.run_line(forecast), alt, rows
    )


def _title(name: str, weeks: list[Told]) -> str:
    if not weeks:
        return f"{name}: nobody comes in any of the weeks"
    middle = next((one for one in weeks if one.percentile == 50), weeks[0])
    text = (
        f"{name}: customers wait {_wait(middle)} on average in the worst week of the {middle.future} future, that of "
        f"{formats.short_date(middle.begins)}"
    )
    lost = float(middle.station.week.lost[0])
    return f"{text}; {formats.percent(lost)} leave unserved" if lost >= 0.01 else text


def _wait(one: Told) -> str:
    hours = float(one.station.week.mean_wait[0])
    return "under a second" if hours < _LEAST else said.wait(hours).replace(" ", "\N{NO-BREAK SPACE}")


def _sentence(one: Told) -> str:
    return f"{one.future}, week of {formats.short_date(one.begins)}: mean wait {_wait(one)}."


def _draw(ax: Axes, weeks: list[Told]) -> None:
    waits = np.maximum(np.concatenate([one.station.hours.mean_wait for one in weeks]), _LEAST)
    low = max((tick for tick in _TICKS if tick <= np.nanmin(waits)), default=_LEAST)
    high = min((tick for tick in _TICKS if tick >= np.nanmax(waits) and tick > low), default=max(_TICKS))
    shown = {tick: label for tick, label in _TICKS.items() if low <= tick <= high}
    ax.set_yscale("log")
    ax.set_ylim(0.85 * low, 1.15 * high)
    ax.set_xlim(0, 7 * _DAY)
    ax.yaxis.set_major_locator(FixedLocator(list(shown)))
    ax.yaxis.set_major_formatter(FixedFormatter(list(shown.values())))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xticks(
        [_DAY * day + _DAY / 2 for day in range(7)], ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    )
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    for day in range(1, 7):
        ax.axvline(_DAY * day, color=palette.LIGHT_GREY, linewidth=0.6, zorder=1)
    for one in weeks:
        colour, dashes, width = _LOOKS[one.percentile]
        hourly = np.maximum(one.station.hours.mean_wait, _LEAST)
        middles = np.arange(len(hourly)) + 0.5
        ax.plot(middles, hourly, color=colour, linestyle=dashes, linewidth=width, zorder=3)


def _ends(ax: Axes, weeks: list[Told]) -> None:
    """Name each line at the right, beside its last hour."""
    scale = float(ax.figure.dpi) / 72
    low, high = (float(ax.transData.transform((0, value))[1]) for value in ax.get_ylim())
    texts, ends = [], []
    for one in weeks:
        waits = one.station.hours.mean_wait
        ends.append(max(float(waits[np.flatnonzero(~np.isnan(waits))[-1]]), _LEAST))
        label = f"{one.future}: week of\n{formats.short_date(one.begins)},\nmean {_wait(one)}"
        texts.append(wrapped(label, _RIGHT - 0.1, 9, bold=True))
    centres = [float(ax.transData.transform((0, value))[1]) for value in ends]
    sizes = [(13.0 * (text.count("\n") + 1) + 4) * scale for text in texts]
    placed = spread(centres, sizes, low, high)
    for one, text, value, wanted, centre in zip(weeks, texts, ends, placed, centres, strict=True):
        ax.annotate(
            text,
            (7 * _DAY, value),
            xytext=(6, (wanted - centre) / scale),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=_LOOKS[one.percentile][0],
            annotation_clip=False,
            fontweight="bold" if one.percentile == 50 else "normal",
        )
