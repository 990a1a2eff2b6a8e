"""When one target is met: the share of futures that have met it, day by day, with P50 and P80."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from onelogin_sim.calendars import NEVER
from onelogin_sim.forecasting import Forecast, TargetForecast
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, framed, wrapped
from onelogin_sim.report.charts.labels import Labels
from onelogin_sim.report.tables import target_curve_rows

_RIGHT = 1.25
#: Room above 100% for labels.
_HEADROOM = 1.2


def plot_target(forecast: Forecast, target: str, ax: Axes | None = None) -> Chart:
    """Draw the S-curve of the target with id `target`.

    Raises
    ------
    KeyError
        When the forecast has no such target.
    """
    found = {entry.target.id: entry for entry in forecast.targets}[target]
    plan = forecast.plan
    title = words.headline(found, plan)
    subtitle = (
        f"Share of all futures ({forecast.replications:,}) that have met “{found.target.name}” "
        f"({formats.number(found.target.needed)} {_denominator(forecast, found)}) by each date, "
        f"{formats.day(0, plan)} to {formats.day(plan.horizon - 1, plan)}. {words.ERROR_CAVEAT}"
    )
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(left=0.45, right=_RIGHT))
        _axes(ax, forecast)
        labels = Labels(ax)
        _curve(ax, found, plan.horizon, labels)
        _target_date(ax, found, forecast, labels)
        _percentiles(ax, found, forecast, labels)
        _deterministic(ax, found, forecast, labels)
        _censored(ax, found)
    alt = " ".join(
        [
            f"Cumulative curve. {title}.",
            _in_words(found, forecast),
            words.censored(found, plan),
            words.deterministic(found, plan),
        ]
    )
    rows = tuple(target_curve_rows(found, plan))
    return Chart(f"target-{target}", figure, title, subtitle, words.run_line(forecast), alt, rows)


def _denominator(forecast: Forecast, found: TargetForecast) -> str:
    covered = words.coverage(forecast, found.target.measure)
    return words.denominator(found.target.measure, found.target.total, covered.imputed if covered else 0)


def _in_words(found: TargetForecast, forecast: Forecast) -> str:
    parts = [
        f"P{entry.percent} {formats.day(entry.day, forecast.plan)} "
        f"({formats.day_interval(entry, forecast.plan)})"
        for entry in found.quantiles
    ]
    return f"Percentiles with their Monte Carlo error at 95%: {'; '.join(parts)}."


def _axes(ax: Axes, forecast: Forecast) -> None:
    ax.set_ylim(0, _HEADROOM)
    ax.spines["left"].set_bounds(0, 1)
    ax.set_yticks([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    date_axis(ax, forecast.plan)


def _curve(ax: Axes, found: TargetForecast, horizon: int, labels: Labels) -> None:
    days = np.sort(found.days[found.days != NEVER])
    x = np.concatenate(([0], np.maximum(days, 0), [horizon]))
    y = np.concatenate(([0], np.arange(1, len(days) + 1), [len(days)])) / len(found.days)
    ax.step(x, y, where="post", color=palette.DARK_BLUE, linewidth=2.4, zorder=3, clip_on=False)
    labels.avoid_line(np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1])


def _target_date(ax: Axes, found: TargetForecast, forecast: Forecast, labels: Labels) -> None:
    by, share = found.target.by, found.met_by
    ax.axvline(by, color=palette.DARK_PINK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2)
    labels.avoid_line([by, by], [0, _HEADROOM])
    ax.plot(
        by,
        share.value,
        marker="D",
        markersize=8,
        color=palette.DARK_PINK,
        markeredgecolor=palette.PAPER,
        zorder=5,
        clip_on=False,
    )
    text = f"Target {formats.day(by, forecast.plan)}:\nmet in {formats.percent_interval(share)}"
    labels.place(text, by, share.value, width=2.2, prefer=(2, 0, 3, 1), colour=palette.DARK_PINK, bold=True)


def _percentiles(ax: Axes, found: TargetForecast, forecast: Forecast, labels: Labels) -> None:
    for percent, marker in ((50, "o"), (80, "s")):
        entry = words.quantile(found.quantiles, percent)
        if entry.day == NEVER:
            continue
        x, y = max(entry.day, 0), percent / 100
        ax.plot([0, x], [y, y], color=palette.MID_BLUE, linewidth=0.8, linestyle=(0, (1, 2)), zorder=2)
        if entry.low != entry.high:
            ends = [max(entry.low or 0, 0), min(entry.high, forecast.plan.horizon)]
            ax.plot(
                ends, [y, y], color=palette.MID_BLUE, linewidth=4, alpha=0.7, zorder=4, solid_capstyle="butt"
            )
        ax.plot(
            x,
            y,
            marker=marker,
            markersize=8,
            color=palette.DARK_BLUE,
            markeredgecolor=palette.PAPER,
            zorder=5,
            clip_on=False,
        )
        text = f"P{percent} {formats.day(entry.day, forecast.plan)}"
        if entry.low != entry.high:
            text += f"\n({formats.day_interval(entry, forecast.plan)})"
        labels.place(text, x, y, width=2.2, prefer=(2, 3, 0, 1), colour=palette.DARK_BLUE)


def _deterministic(ax: Axes, found: TargetForecast, forecast: Forecast, labels: Labels) -> None:
    if found.deterministic == NEVER:
        return
    x, y = max(found.deterministic, 0), found.deterministic_share
    ax.plot(
        x,
        y,
        marker="^",
        markersize=10,
        color=palette.ORANGE,
        markeredgecolor=palette.INK,
        zorder=5,
        clip_on=False,
    )
    text = (
        f"Every duration at its median:\n{formats.day(found.deterministic, forecast.plan)}, reached\n"
        f"by {formats.percent(y)} of futures"
    )
    labels.place(text, x, y, width=2.2, prefer=(3, 1, 7, 5))


def _censored(ax: Axes, found: TargetForecast) -> None:
    """Say at the right edge how many futures do not get there."""
    share = found.not_within_horizon
    if share.value == 0:
        return
    low = 1 - share.value
    no_p80 = "; so P80 has no date" if words.quantile(found.quantiles, 80).day == NEVER else ""
    ax.annotate(
        "",
        (1.012, low),
        (1.012, 1),
        xycoords=("axes fraction", "data"),
        arrowprops={
            "arrowstyle": "|-|,widthA=0.25,widthB=0.25",
            "color": palette.DARK_GREY,
            "linewidth": 1.1,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    text = wrapped(f"{formats.percent_interval(share)} not within the horizon{no_p80}", _RIGHT - 0.2, 9)
    middle = min(max((low + 1) / 2, 0.15), 0.95)
    ax.annotate(
        text,
        (1.0, middle),
        xycoords=("axes fraction", "data"),
        xytext=(14, 0),
        textcoords="offset points",
        fontsize=9,
        va="center",
        ha="left",
        linespacing=1.15,
    )
