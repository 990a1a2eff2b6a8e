"""Coverage through time: the P10 to P90 band, the median, whole sample futures, and the targets."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.forecasting import Coverage, Forecast, TargetForecast
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, framed, wrapped
from onelogin_sim.report.charts.labels import Labels, spread
from onelogin_sim.report.tables import coverage_rows

_RIGHT = 1.15
#: Sample futures drawn at most.
_PATHS = 10
#: Room above the total for the label of a target that wants all of it.
_HEADROOM = 1.28


def plot_coverage(forecast: Forecast, measure: str = "services", ax: Axes | None = None) -> Chart:
    """Draw the coverage fan of one measure.

    Raises
    ------
    ValueError
        When the forecast holds no coverage of `measure`.
    """
    covered = words.coverage(forecast, measure)
    if covered is None:
        raise ValueError(f"the forecast has no coverage of '{measure}'")
    targets = [entry for entry in forecast.targets if entry.target.measure == measure]
    title, subtitle = _title(covered, targets, forecast.plan), _subtitle(covered, forecast)
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(right=_RIGHT, left=0.85))
        _axes(ax, covered, forecast.plan)
        _fan(ax, covered)
        _ends(ax, covered, forecast.plan)
        _targets(ax, covered, targets, forecast.plan)
    alt = " ".join(
        [f"Fan chart. {title}.", subtitle, *(f"{words.headline(one, forecast.plan)}." for one in targets)]
    )
    rows = tuple(coverage_rows(covered, forecast.plan))
    return Chart(
        f"coverage-{measure.replace('_', '-')}", figure, title, subtitle, words.run_line(forecast), alt, rows
    )


def _title(covered: Coverage, targets: list[TargetForecast], plan: Plan) -> str:
    if not len(covered.days):
        return (
            f"The horizon ends before the first month does: no coverage of {words.MEASURES[covered.measure]}"
        )
    by = targets[0].target.by if targets else int(covered.days[-1])
    place = int(np.searchsorted(covered.days, by, side="right")) - 1
    if targets and (place < 0 or covered.days[place] != by):
        # The fan is drawn at month ends; about any other day the target itself has the exact word.
        return words.headline(targets[0], plan)
    low, middle, high = (int(band[place]) for band in (covered.p10, covered.p50, covered.p90))
    when = formats.day(int(covered.days[place]), plan)
    what = f"{words.MEASURES[covered.measure]} on {when}"
    total = formats.number(covered.total)
    if low == high:
        return f"At least eight in ten futures have {formats.number(middle)} of {total} {what}"
    span = f"{formats.number(low)} to {formats.number(high)}"
    return (
        f"The median is {formats.number(middle)} of {total} {what}; at least eight in ten futures have {span}"
    )


def _subtitle(covered: Coverage, forecast: Forecast) -> str:
    plan = forecast.plan
    measure = formats.capital(words.MEASURES[covered.measure])
    return (
        f"{measure} at month ends, {words.denominator(covered.measure, covered.total, covered.imputed)}, "
        f"{formats.day(0, plan)} to {formats.day(plan.horizon - 1, plan)}. "
        f"Band: P10 to P90 of {formats.plural(forecast.replications, 'future')}; "
        f"thin lines: {formats.plural(len(covered.paths[:_PATHS]), 'whole sample future')}. "
        f"{words.BAND_SHORT}"
    )


def _axes(ax: Axes, covered: Coverage, plan: Plan) -> None:
    ax.set_ylim(0, max(covered.total, 1) * _HEADROOM)
    date_axis(ax, plan)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    ticks = MaxNLocator(nbins=6, integer=True).tick_values(0, covered.total)
    ax.set_yticks([*(tick for tick in ticks if 0 <= tick <= 0.92 * covered.total), covered.total])
    ax.spines["left"].set_bounds(0, covered.total)
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.axhline(covered.total, color=palette.SOFT_INK, linewidth=0.8, linestyle=(0, (1, 2)))


def _fan(ax: Axes, covered: Coverage) -> None:
    days = covered.days
    ax.fill_between(days, covered.p10, covered.p90, facecolor=palette.BAND, edgecolor="none", zorder=1)
    for path in covered.paths[:_PATHS]:
        ax.plot(days, path, color=palette.SOFT_INK, linewidth=0.6, alpha=0.55, zorder=2)
    for edge in (covered.p10, covered.p90):
        ax.plot(days, edge, color=palette.MID_BLUE, linewidth=1.2, linestyle=(0, (5, 2)), zorder=3)
    ax.plot(days, covered.p50, color=palette.DARK_BLUE, linewidth=2.4, zorder=4)


def _ends(ax: Axes, covered: Coverage, plan: Plan) -> None:
    """Name the lines at their right ends; lines that end together share a name."""
    if not len(covered.days):
        return
    ends: dict[int, list[str]] = {}
    for name, band in (("P90", covered.p90), ("median", covered.p50), ("P10", covered.p10)):
        ends.setdefault(int(band[-1]), []).append(name)
    texts = [
        wrapped(f"{formats.listed(names)}: {formats.number(value)}", _RIGHT - 0.1, 9, bold=True, even=True)
        for value, names in ends.items()
    ]
    scale = float(ax.figure.dpi) / 72
    low, high = (float(ax.transData.transform((0, value))[1]) for value in ax.get_ylim())
    centres = [float(ax.transData.transform((0, value))[1]) for value in ends]
    sizes = [(13.0 * (text.count("\n") + 1) + 3) * scale for text in texts]
    for text, value, wanted, centre in zip(
        texts, ends, centres, spread(centres, sizes, low, high), strict=True
    ):
        ax.annotate(
            text,
            (plan.horizon, value),
            xytext=(6, (centre - wanted) / scale),
            textcoords="offset points",
            fontsize=9,
            va="center",
            ha="left",
            linespacing=1.15,
            color=palette.DARK_BLUE,
            annotation_clip=False,
            fontweight="bold" if "median" in ends[value] else "normal",
        )


def _targets(ax: Axes, covered: Coverage, targets: list[TargetForecast], plan: Plan) -> None:
    """Mark where level and date of each target meet, and say how many futures are there by then."""
    labels = Labels(ax)
    for line in (covered.p10, covered.p50, covered.p90):
        if len(covered.days):
            labels.avoid_line(covered.days, line)
    for entry in targets:
        target = entry.target
        ax.plot(
            [0, target.by],
            [target.needed] * 2,
            color=palette.DARK_PINK,
            linewidth=0.9,
            linestyle=(0, (3, 3)),
            zorder=4,
        )
        ax.plot(
            [target.by] * 2,
            [0, target.needed],
            color=palette.DARK_PINK,
            linewidth=0.9,
            linestyle=(0, (3, 3)),
            zorder=4,
        )
        ax.plot(
            target.by,
            target.needed,
            marker="D",
            markersize=8,
            color=palette.DARK_PINK,
            markeredgecolor=palette.PAPER,
            zorder=5,
        )
        labels.avoid_line([0, target.by], [target.needed] * 2)
        labels.avoid_line([target.by] * 2, [0, target.needed])
    for entry in targets:
        target = entry.target
        text = (
            f"{formats.shortened(target.name, 56)}\n"
            f"{formats.number(target.needed)} by {formats.day(target.by, plan)}:\n"
            f"met in {formats.percent_interval(entry.met_by)}"
        )
        labels.place(
            text,
            target.by,
            target.needed,
            width=3.0,
            prefer=(3, 1, 7) if entry.met_by.value > 0.5 else (2, 4, 0, 6),
            colour=palette.DARK_PINK,
        )
