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
from onelogin_sim.verification.routes import Opening

_RIGHT = 1.6

#: Hours of a day and of a week.
_DAY, _WEEK = 24, 168

#: Lines nearer than this, as a ratio of waits, cannot be told apart.
_LINE = 0.01

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
    stated = next((one for one in load.verification.stations if one.id == station), None) if load else None
    if load is None or not load.followed or stated is None:
        raise ValueError(f"the forecast has no followed customers of a station '{station}'")
    name, opening = formats.capital(stated.name), stated.opening
    weeks = worst_of_futures(forecast, station)
    title = _title(name, weeks)
    subtitle = (
        "Mean wait of the customers who come in each hour of the week in which people wait longest in all, in three "
        "futures: with few (P10), median (P50) and many (P90) checks in all. Every customer from the status date on, "
        f"one by one. Logarithmic scale; gaps: nobody comes.{_grounds(weeks, opening)}"
    )
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(right=_RIGHT, left=0.6))
        if weeks:
            _closed(ax, opening)
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
        f"{name}: customers wait {_wait(middle)} on average in the worst week of the future with {middle.named}, "
        f"that of {formats.short_date(middle.begins)}"
    )
    lost = float(middle.station.week.lost[0])
    return f"{text}; {formats.percent(lost)} leave unserved" if lost >= 0.01 else text


def _wait(one: Told) -> str:
    hours = float(one.station.week.mean_wait[0])
    return "under a second" if hours < _LEAST else said.wait(hours).replace(" ", "\N{NO-BREAK SPACE}")


def _sentence(one: Told) -> str:
    return f"{formats.capital(one.named)}, week of {formats.short_date(one.begins)}: mean wait {_wait(one)}."


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


def _grounds(weeks: list[Told], opening: Opening) -> str:
    """Say what the grey ground is, and where lines cannot be told apart."""
    said = "" if opening.hours_a_week == _WEEK else " Grey: closed."
    return said + (" The lines of all these futures lie on one another." if _as_one(weeks) else "")


def _as_one(weeks: list[Told]) -> bool:
    """Whether two or more futures have the same waits in every hour, to the width of a line."""
    if len(weeks) < 2:
        return False
    waits = np.maximum(np.stack([one.station.hours.mean_wait for one in weeks]), _LEAST)
    same = np.isnan(waits) == np.isnan(waits[0])
    near = np.abs(np.log(np.nan_to_num(waits, nan=1.0)) - np.log(np.nan_to_num(waits[0], nan=1.0))) < _LINE
    return bool((same & near).all())


def _closed(ax: Axes, opening: Opening) -> None:
    """Shade the hours in which the station is closed."""
    is_open = np.zeros((7, _DAY), dtype=np.bool_)
    is_open[list(opening.weekdays), opening.from_hour : opening.to_hour] = True
    turns = np.diff(np.concatenate([[0], (~is_open).ravel().astype(np.int64), [0]]))
    for begin, end in zip(
        np.flatnonzero(turns == 1).tolist(), np.flatnonzero(turns == -1).tolist(), strict=True
    ):
        ax.axvspan(begin, end, facecolor=palette.LIGHT_GREY, edgecolor="none", alpha=0.35, zorder=0)


def _ends(ax: Axes, weeks: list[Told]) -> None:
    """Name each line at the right, led to its last hour; lines that lie on one another have one name."""
    scale = float(ax.figure.dpi) / 72
    low, high = (float(ax.transData.transform((0, value))[1]) for value in ax.get_ylim())
    told = [next((one for one in weeks if one.percentile == 50), weeks[0])] if _as_one(weeks) else weeks
    texts, ends = [], []
    for one in told:
        waits = one.station.hours.mean_wait
        ends.append(max(float(waits[np.flatnonzero(~np.isnan(waits))[-1]]), _LEAST))
        label = f"{one.named}, week of\n{formats.short_date(one.begins)}:\nmean {_wait(one)}"
        if len(told) < len(weeks):
            label = f"all {len(weeks)} futures:\nmean {_wait(one)}"
        texts.append(wrapped(label, _RIGHT - 0.3, 9, bold=True))
    centres = [float(ax.transData.transform((0, value))[1]) for value in ends]
    sizes = [(13.0 * (text.count("\n") + 1) + 4) * scale for text in texts]
    placed = spread(centres, sizes, low, high)
    for one, text, value, wanted, centre in zip(told, texts, ends, placed, centres, strict=True):
        ax.annotate(
            text,
            (7 * _DAY, value),
            xytext=(16, (wanted - centre) / scale),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=_LOOKS[one.percentile][0],
            annotation_clip=False,
            fontweight="bold" if one.percentile == 50 else "normal",
            arrowprops={
                "arrowstyle": "-",
                "color": _LOOKS[one.percentile][0],
                "linewidth": 0.6,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )
