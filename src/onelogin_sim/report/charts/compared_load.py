"""What a station is asked for under each alternative, month by month, against what it can do: ninth deciles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.calendars import day_of
from onelogin_sim.comparison import Comparison
from onelogin_sim.load_pairs import LoadComparison, LoadSeries
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, sheet, text_width, wrapped
from onelogin_sim.report.comparing import words
from onelogin_sim.report.comparing.load import first_over, median
from onelogin_sim.report.comparing.load_tables import load_month_rows
from onelogin_sim.verification.load_figures import FIRST_OVER, OVER

Floats = npt.NDArray[np.float64]

#: (colour, dashes, width) of the alternatives that are named, the nominated first.
_LOOKS: tuple[tuple[str, str | tuple[int, tuple[float, ...]], float], ...] = (
    (palette.DARK_BLUE, "-", 2.4),
    (palette.ORANGE, (0, (5, 2)), 1.8),
    (palette.TURQUOISE, (0, (1, 1.2)), 2.0),
    (palette.DARK_GREY, (0, (7, 2, 1, 2)), 1.4),
)
_OTHERS = (palette.LIGHT_GREY, "-", 0.9)
_CAPACITY = (palette.DARK_PINK, "-", 1.5)

#: Inches at the right for names.
_RIGHT = 2.0
#: Capacity is drawn up to this multiple of the highest line.
_MOST_ROOM = 2.0


def plot_compared_load(comparison: Comparison, station: str, ax: Axes | None = None) -> Chart:
    """Draw the customers a month of one station under each alternative, against its capacity.

    Raises
    ------
    ValueError
        When no load was compared, or not of such a station.
    """
    load = comparison.load
    if load is None or station not in dict(load.stations):
        raise ValueError(f"the comparison has no load of a station '{station}'")
    name = dict(load.stations)[station]
    title = _title(comparison, load, station, name)
    subtitle = (
        f"{formats.capital(name)}: customers a month that nine in ten futures do not exceed, each alternative in the "
        f"same {formats.plural(load.replications, 'future')}; stepped line: what the station can "
        "serve in the month, customers of mean length. Capacity counts as exceeded when more work has come in seven "
        "days than it can do in them, in each future at its own time: a line below capacity does not rule that out."
    )
    order = _order(comparison, load, station)
    series = [_series(load, place, station) for place in order]
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(comparison),
            illustrative=comparison.illustrative,
            margins=Margins(right=_RIGHT, left=0.85),
            note=words.identical(comparison),
        )
        _draw(ax, comparison.plan, load, series)
        _names(ax, [load.alternatives[place].name for place in order], series)
    rows = tuple(row for row in load_month_rows(comparison) if row["series"] == station)
    told = [
        f"{load.alternatives[place].name}: {first_over(load, place, comparison, station)}" for place in order
    ]
    first = "Capacity first exceeded in half of the futures, and in how many ever"
    alt = f"Line chart against a capacity line. {title}. {first}: {'; '.join(told)}."
    name = f"compared-load-{station.replace('_', '-')}"
    return Chart(name, figure, title, subtitle, words.run_line(comparison), alt, rows)


def _order(comparison: Comparison, load: LoadComparison, station: str) -> list[int]:
    """Places: the best, what it is held against, who exceeds capacity last and first on average, the others."""
    first = [place for place in (comparison.best, comparison.reference) if place is not None]
    days = [one.standing(FIRST_OVER, station).mean.value for one in load.alternatives]
    first = list(dict.fromkeys([*first, days.index(max(days)), days.index(min(days))]))
    return [*first, *(k for k in range(len(comparison.alternatives)) if k not in first)]


def _series(load: LoadComparison, place: int, station: str) -> LoadSeries:
    return next(one for one in load.alternatives[place].series if one.id == station)


def _capacity(series: LoadSeries) -> Floats:
    assert series.capacity is not None
    return series.capacity


def _title(comparison: Comparison, load: LoadComparison, station: str, name: str) -> str:
    plan, alternatives = comparison.plan, load.alternatives
    ever = [one.standing(OVER, station).mean.value for one in alternatives]
    if not any(_capacity(_series(load, place, station)).any() for place in range(len(alternatives))):
        return f"{name}: no capacity at all, nobody is served"
    if not any(ever):
        return f"{name}: capacity is exceeded in no future, whatever the alternative"
    days = [int(median(one.standing(FIRST_OVER, station))) for one in alternatives]
    first, last = min(days), max(days)
    if first >= plan.horizon:
        low, high = formats.percent(min(ever)), formats.percent(max(ever))
        span = high if low == high else f"{low} to {high}"
        return f"{name}: capacity is exceeded in {span} of futures, depending on the alternative"
    soonest = formats.listed(
        [one.name for one, day in zip(alternatives, days, strict=True) if day == first], 1
    )
    when = formats.day(first, plan)
    if first == last:
        return f"{name}: capacity is exceeded in half of the futures by {when}, whatever the alternative"
    latest = formats.listed([one.name for one, day in zip(alternatives, days, strict=True) if day == last], 1)
    then = f"by {formats.day(last, plan)}" if last < plan.horizon else "in fewer"
    return f"{name}: half of the futures exceed capacity by {when} under {soonest}, {then} under {latest}"


def _draw(ax: Axes, plan: Plan, load: LoadComparison, series: list[LoadSeries]) -> None:
    starts = [day_of(when, plan.status_date) for when in load.months]
    days = (np.array(starts) + np.array([*starts[1:], plan.horizon])) / 2
    asked = max(float(one.band.p90.max(initial=1.0)) for one in series)
    can = max(float(_capacity(one).max(initial=1.0)) for one in series)
    # Capacity far above what is asked for would press the lines flat: then its line leaves the chart at the top.
    ax.set_ylim(0, 1.12 * max(asked, can if can <= _MOST_ROOM * asked else 0.0, 1.0))
    date_axis(ax, plan)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    for place in range(len(series) - 1, -1, -1):
        colour, dashes, width = _look(place)
        ax.plot(days, series[place].band.p90, color=colour, linestyle=dashes, linewidth=width, zorder=4)
    for steps in dict.fromkeys(tuple(_capacity(one).tolist()) for one in series):
        ax.step(days, steps, where="mid", color=_CAPACITY[0], linewidth=_CAPACITY[2], zorder=3)


def _look(place: int) -> tuple[str, str | tuple[int, tuple[float, ...]], float]:
    return _LOOKS[place] if place < len(_LOOKS) else _OTHERS


def _names(ax: Axes, names: list[str], series: list[LoadSeries]) -> None:
    """Name the lines in a list beside the chart, each with a piece of it, the highest first; the ends lie too close."""
    listed = [
        (float(one.band.p90.max(initial=0.0)), _label(name), _look(place))
        for place, (name, one) in enumerate(zip(names, series, strict=True))
        if place < len(_LOOKS)
    ]
    listed.sort(key=lambda entry: -entry[0])
    if len(names) > len(_LOOKS):
        listed.append((0.0, formats.plural(len(names) - len(_LOOKS), "other"), _OTHERS))
    listed.append((0.0, _said_of_capacity(ax, series), _CAPACITY))
    height = float(ax.get_window_extent().height) / float(ax.figure.dpi)
    top = 1.0
    for _, text, (colour, dashes, width) in listed:
        said = wrapped(text, _RIGHT - 0.5, 9)
        line = 12.5 / 72 / height
        ax.plot(
            [1.02, 1.02 + 0.3 / _RIGHT * _share(ax)], [top - 0.5 * line] * 2,
            color=colour, linestyle=dashes, linewidth=width, transform=ax.transAxes, clip_on=False,
        )  # fmt: skip
        ax.annotate(
            said, (1.02, top), xycoords="axes fraction", xytext=(27, 0), textcoords="offset points",
            fontsize=9, va="top", annotation_clip=False,
        )  # fmt: skip
        top -= line * (said.count("\n") + 1) + 0.5 * line


def _share(ax: Axes) -> float:
    """The room at the right as a part of the axes' width."""
    return _RIGHT / (float(ax.get_window_extent().width) / float(ax.figure.dpi))


def _said_of_capacity(ax: Axes, series: list[LoadSeries]) -> str:
    """How much the station can serve in the last month, and where its line is when it is not in the chart."""
    lasts = sorted({float(_capacity(one)[-1]) for one in series})
    text = f"capacity: {' or '.join(formats.number(last) for last in lasts)} a month"
    above = min(float(_capacity(one).max(initial=0.0)) for one in series) > ax.get_ylim()[1]
    return f"{text}, above the chart" if above else text


def _label(name: str) -> str:
    """An alternative's name, cut where it is long."""
    while text_width(name, 9) > 2 * (_RIGHT - 0.6):
        name = formats.shortened(name, len(name) - 1)
    return name
