"""Where the time goes: calendar days by stage, split by what they are spent on."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from onelogin_sim.drivers import CAUSES, TimeUse
from onelogin_sim.forecasting import Forecast
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import HEIGHT, Margins, framed, nothing, text_width
from onelogin_sim.report.tables import time_use_rows

_LABEL_MOST = 30


def plot_time_use(forecast: Forecast, ax: Axes | None = None) -> Chart:
    """Draw the days of unfinished items as one bar a stage, in pathway order from the top."""
    use = forecast.time_use
    total = float(use.by_stage.sum())
    title = _title(use, total)
    end = formats.day(forecast.plan.horizon - 1, forecast.plan)
    subtitle = (
        f"Calendar days from the status date to {end} at the latest, summed over "
        f"{formats.plural(_unfinished(forecast), 'unfinished item')} (services and enablers), mean of "
        f"{formats.plural(forecast.replications, 'future')}. Percentages are of all these days."
    )
    names = [formats.shortened(stage.replace("_", " "), _LABEL_MOST) for stage in use.stages]
    left = max((text_width(name, 9) for name in names), default=0.5) + 0.15
    height = max(HEIGHT, 2.3 + 0.3 * len(names))
    with house_style():
        figure, ax = framed(
            forecast,
            ax,
            title,
            subtitle,
            margins=Margins(left=left, right=0.8, top=0.4, bottom=0.5),
            note=_resources(forecast),
            height=height,
        )
        if total:
            _axes(ax, use, names)
            _bars(ax, use, total)
        else:
            nothing(ax, "Every service and enabler is live already.")
    shares = [
        f"{cause} {formats.percent(_part(days, total))}"
        for cause, days in zip(CAUSES, use.by_stage.sum(axis=0), strict=True)
    ]
    alt = f"Stacked bar chart. {title}. Of all days: {', '.join(shares)}. {_resources(forecast)}"
    rows = tuple(row for row in time_use_rows(forecast) if row["kind"] != "item")
    return Chart("time-use", figure, title, subtitle, words.run_line(forecast), alt.strip(), rows)


def _unfinished(forecast: Forecast) -> int:
    return sum(item.live_on is None for item in forecast.plan.items)


def _part(days: float, total: float) -> float:
    return float(days) / total if total else 0.0


def _title(use: TimeUse, total: float) -> str:
    if not total:
        return "Nothing is left to do: no day is spent"
    by_cause = dict(zip(CAUSES, use.by_stage.sum(axis=0), strict=True))
    waiting = max((cause for cause in CAUSES if cause != "working"), key=lambda cause: by_cause[cause])
    stage = use.stages[int(np.argmax(use.by_stage[:, CAUSES.index(waiting)]))].replace("_", " ")
    of_all = formats.percent(_part(by_cause[waiting], total))
    work = formats.percent(_part(by_cause["working"], total))
    cause = formats.capital(words.CAUSES[waiting])
    return f"{cause} takes {of_all} of all days, longest in {stage}; work takes {work}"


def _resources(forecast: Forecast) -> str:
    """Say what is waited for, resource by resource."""
    use = forecast.time_use
    order = [int(k) for k in np.argsort(-use.by_resource, kind="stable") if use.by_resource[k] > 0]
    if not order:
        return ""
    name_of = {resource.id: resource.name for resource in forecast.plan.resources}
    total = float(use.by_resource.sum())
    parts = [
        f"{name_of[use.resources[k]]} {formats.percent(_part(use.by_resource[k], total))}" for k in order
    ]
    return f"Days waited for a resource, by resource: {formats.listed(parts, 4)}."


def _axes(ax: Axes, use: TimeUse, names: list[str]) -> None:
    ax.set_ylim(max(len(names), 1) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.set_xlim(0, max(float(use.by_stage.sum(axis=1).max(initial=0.0)), 1.0))
    ax.locator_params(axis="x", nbins=7)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    ax.set_xlabel("mean calendar days a future, summed over services and enablers", fontsize=9, loc="left")
    ax.grid(axis="x", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=palette.PAPER, label=cause)
        for cause, (colour, hatch) in palette.CAUSE_LOOK.items()
    ]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncol=len(handles),
        frameon=False,
        fontsize=9,
        handlelength=1.8,
        handleheight=1.2,
        columnspacing=1.6,
        borderaxespad=0.2,
        borderpad=0,
    )


def _bars(ax: Axes, use: TimeUse, total: float) -> None:
    width = float(ax.get_window_extent().width) / float(ax.figure.dpi)
    inch = width / float(ax.get_xlim()[1])
    for row, days in enumerate(use.by_stage):
        start = 0.0
        for cause, value in zip(CAUSES, days, strict=True):
            colour, hatch = palette.CAUSE_LOOK[cause]
            ax.barh(
                row,
                value,
                left=start,
                height=0.66,
                color=colour,
                hatch=hatch,
                edgecolor=palette.PAPER,
                linewidth=0.8,
            )
            text = formats.percent(_part(value, total))
            if float(value) * inch > text_width(text, 9) + 0.26:
                ax.text(
                    start + value / 2,
                    row,
                    text,
                    ha="center",
                    va="center",
                    fontsize=9,
                    bbox={"boxstyle": "square,pad=0.15", "facecolor": palette.PAPER, "edgecolor": "none"},
                )
            start += float(value)
        ax.annotate(
            formats.percent(_part(start, total)),
            (start, row),
            xytext=(5, 0),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold",
            va="center",
            annotation_clip=False,
        )
