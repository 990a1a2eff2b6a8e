"""When each department's last service goes live: P10 to P90 ranges with P50 and P80."""

from __future__ import annotations

from matplotlib.axes import Axes

from onelogin_sim.calendars import NEVER
from onelogin_sim.forecasting import DepartmentForecast, Forecast
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import at_or_end, date_axis
from onelogin_sim.report.charts.frame import HEIGHT, Margins, framed, nothing, text_width
from onelogin_sim.report.tables import department_rows

_LABEL_MOST = 2.5
_COLUMNS = (0.14, 1.09, 2.04)
_COLUMN_HEADS = ("P50", "P80", "past end")
_RIGHT = 2.72
_ROW = 0.205


def plot_departments(forecast: Forecast, ax: Axes | None = None) -> Chart:
    """Draw the go-live ranges by department, the latest on top; departments all live are said in words."""
    waiting = sorted((entry for entry in forecast.departments if entry.live < entry.services), key=_lateness)
    done = [entry.name for entry in forecast.departments if entry.live >= entry.services]
    title = _title(forecast, waiting)
    subtitle = _subtitle(forecast)
    note = f"All services live already: {formats.listed(done, 8)}." if done else ""
    labels = [_label(entry) for entry in waiting]
    left = max((text_width(text, 9) for text in labels), default=0.5) + 0.1
    height = max(HEIGHT, 2.1 + _ROW * len(waiting))
    with house_style():
        figure, ax = framed(
            forecast,
            ax,
            title,
            subtitle,
            margins=Margins(left=left, right=_RIGHT, top=0.5),
            note=note,
            height=height,
        )
        if waiting:
            _draw(ax, forecast, waiting, labels)
        else:
            nothing(ax, "Every service of every department is live already.")
    alt = f"Range chart. {title}. " + " ".join(
        f"{_label(entry)}: {_in_words(entry, forecast.plan)}." for entry in reversed(waiting)
    )
    rows = tuple(department_rows(forecast))
    return Chart("departments", figure, title, subtitle, words.run_line(forecast), alt, rows)


def _draw(ax: Axes, forecast: Forecast, waiting: list[DepartmentForecast], labels: list[str]) -> None:
    last = _last_day(waiting, forecast)
    date_axis(ax, forecast.plan, last=last)
    ax.set_ylim(-0.6, len(waiting) - 0.4)
    ax.set_yticks(range(len(waiting)), labels)
    ax.tick_params(axis="y", length=0, labelsize=9)
    for row, entry in enumerate(waiting):
        _range(ax, row, entry, last)
        _columns(ax, row, entry, forecast.plan)
    _column_heads(ax)
    _target_dates(ax, forecast, last)


def _lateness(entry: DepartmentForecast) -> tuple[object, ...]:
    later = tuple(words.quantile(entry.quantiles, percent).day for percent in (50, 80, 90, 10))
    return (*later, entry.not_within_horizon.value, entry.id)


def _label(entry: DepartmentForecast) -> str:
    name = entry.name
    while text_width(name, 9) > _LABEL_MOST:
        name = formats.shortened(name, len(name) - 1)
    return f"{name} ({entry.live}/{entry.services})"


def _title(forecast: Forecast, waiting: list[DepartmentForecast]) -> str:
    if not waiting:
        return f"Every service of {formats.plural(len(forecast.departments), 'department')} is live already"
    most = max(waiting, key=lambda entry: (entry.last, entry.id))
    middle = words.quantile(most.quantiles, 50)
    often = f"{most.name} is among the last to finish in {formats.percent(most.last)} of futures"
    if middle.day == NEVER:
        return f"{often}; in over half of all futures its last service is {formats.horizon(forecast.plan)}"
    date = formats.day(middle.day, forecast.plan)
    return f"{often}; its last service is live by {date} in {words.AT_LEAST_HALF}"


def _subtitle(forecast: Forecast) -> str:
    services = words.denominator("services", len(forecast.plan.services), 0)
    return (
        "Day the last service of each department is live, "
        f"{formats.plural(forecast.replications, 'future')}, {services}; in brackets: live/all. "
        "Bar: P10 to P90; ●\N{NO-BREAK SPACE}P50; ◆\N{NO-BREAK SPACE}P80; "
        "▶\N{NO-BREAK SPACE}goes on past the end; "
        f"past end: share of futures {formats.horizon(forecast.plan)}."
    )


def _last_day(waiting: list[DepartmentForecast], forecast: Forecast) -> int:
    """Where the axis ends: just past the latest P90 or target; the horizon when a P90 is past it."""
    ends = [entry.day for department in waiting for entry in department.quantiles]
    ends += [entry.target.by for entry in forecast.targets]
    horizon = forecast.plan.horizon
    if not ends or max(ends) == NEVER:
        return horizon
    return min(horizon, int(max(ends) * 1.08) + 20)


def _range(ax: Axes, row: int, entry: DepartmentForecast, last: int) -> None:
    p10, p50, p80, p90 = (words.quantile(entry.quantiles, percent).day for percent in (10, 50, 80, 90))
    start, end = max(at_or_end(p10, last), 0), max(at_or_end(p90, last), 0)
    if p10 != NEVER:
        ax.plot(
            [start, end], [row, row], color=palette.LIGHT_BLUE, linewidth=6, solid_capstyle="butt", zorder=2
        )
        ax.plot([start], [row], marker="|", markersize=9, color=palette.DARK_BLUE, zorder=3)
    if p90 == NEVER:
        ax.plot(
            [last],
            [row],
            marker=">",
            markersize=9,
            color=palette.DARK_BLUE,
            markeredgecolor=palette.PAPER,
            zorder=5,
            clip_on=False,
        )
    else:
        ax.plot([end], [row], marker="|", markersize=9, color=palette.DARK_BLUE, zorder=3, clip_on=False)
    for value, marker in ((p80, "D"), (p50, "o")):
        if value != NEVER:
            ax.plot(
                [max(value, 0)],
                [row],
                marker=marker,
                markersize=6.5,
                color=palette.DARK_BLUE,
                markeredgecolor=palette.PAPER,
                markeredgewidth=0.8,
                zorder=4,
                clip_on=False,
            )


def _columns(ax: Axes, row: int, entry: DepartmentForecast, plan: Plan) -> None:
    cells = [_date(words.quantile(entry.quantiles, percent).day, plan) for percent in (50, 80)]
    for offset, text in zip(_COLUMNS, [*cells, formats.percent(entry.not_within_horizon.value)], strict=True):
        ax.annotate(
            text,
            (1, row),
            xycoords=("axes fraction", "data"),
            xytext=(offset * 72, 0),
            textcoords="offset points",
            fontsize=9,
            va="center_baseline",
            ha="left",
        )


def _date(day: int, plan: Plan) -> str:
    return "past end" if day == NEVER else formats.day(day, plan)


def _column_heads(ax: Axes) -> None:
    for offset, text in zip(_COLUMNS, _COLUMN_HEADS, strict=True):
        ax.annotate(
            text,
            (1, 1),
            xycoords="axes fraction",
            xytext=(offset * 72, 4),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold",
            va="bottom",
            ha="left",
        )


def _target_dates(ax: Axes, forecast: Forecast, last: int) -> None:
    """Draw each target's date once, named above the axes; without room for its name only the line."""
    edges = [float("-inf"), float("-inf")]  # how far names reach in each of two rows
    inch = float(ax.get_window_extent().width) / float(ax.figure.dpi) / last
    for by in sorted({entry.target.by for entry in forecast.targets if 0 <= entry.target.by <= last}):
        ax.axvline(by, color=palette.DARK_PINK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=1)
        text = f"target {formats.day(by, forecast.plan)}"
        half = text_width(text, 9) / 2
        centre = min(max(by * inch, half), last * inch - half)
        level = next((level for level, edge in enumerate(edges) if centre - half >= edge + 0.1), None)
        if level is None:
            continue
        edges[level] = centre + half
        ax.annotate(
            text,
            (by, 1),
            xycoords=("data", "axes fraction"),
            xytext=((centre - by * inch) * 72, 4 + 13 * level),
            textcoords="offset points",
            fontsize=9,
            color=palette.DARK_PINK,
            va="bottom",
            ha="center",
        )


def _in_words(entry: DepartmentForecast, plan: Plan) -> str:
    parts = [f"P{one.percent} {formats.day(one.day, plan)}" for one in entry.quantiles]
    return f"{', '.join(parts)}; {formats.percent(entry.not_within_horizon.value)} not within the horizon"
