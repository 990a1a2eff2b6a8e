"""What can be had for what: mean day of a target against user-weeks, order by order, the front drawn through."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.optimising.front import FrontPoint
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, nothing, sheet
from onelogin_sim.report.charts.labels import Labels
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.tables import front_rows

#: Colour, shape and size of each kind of order.
_LOOKS = {
    "own": (palette.DARK_PINK, "D", 9),
    "found": (palette.ORANGE, "*", 14),
    "rule": (palette.DARK_BLUE, "o", 6),
    "blend": (palette.TURQUOISE, "s", 5.5),
}

#: Points nearer than this to a named one, as a share of both axes, have no name: the table has all.
_APART = 0.12


def plot_trade_offs(found: Optimised, ax: Axes | None = None) -> Chart:
    """Draw the trade-offs of an optimisation."""
    target = found.plan.targets[found.question.target]
    by = formats.day(target.by, found.plan)
    title = _title(found)
    subtitle = (
        f"Mean day “{target.name}” is met (counted to the horizon, left is earlier) against user-weeks connected "
        f"before {by} (up is more), {formats.plural(found.question.replications, 'future')}. ◆ your own, "
        "★ found, ● priority rules, ■ blends; the line joins orders that nothing here beats in both."
    )
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(found),
            illustrative=found.plan.illustrative,
            margins=Margins(left=0.95, right=0.5),
            note="Shown to choose from: nothing is claimed of any pair here.",
        )
        if found.front:
            _draw(ax, found)
        else:
            nothing(ax, "no service has users, so there is nothing to trade off")
    points = "; ".join(
        f"{point.name}: {_day(point, found)}, {formats.number(point.user_weeks.value)} user-weeks"
        for point in found.front
        if point.efficient
    )
    alt = f"Scatter chart. {title}. Orders that nothing beats in both: {points}."
    return Chart("trade-offs", figure, title, subtitle, words.run_line(found), alt, tuple(front_rows(found)))


def _title(found: Optimised) -> str:
    best = [point for point in found.front if point.efficient]
    if not best:
        return "There is nothing to trade off"
    if len(best) == 1:
        return f"No trade-off: {best[0].name} is earliest and connects most user-weeks"
    more = best[-1].user_weeks.value - best[0].user_weeks.value
    later = best[-1].day.value - best[0].day.value
    return (
        f"{formats.number(more)} more user-weeks cost {formats.days(later)}: "
        f"from {best[0].name} to {best[-1].name}"
    )


def _day(point: FrontPoint, found: Optimised) -> str:
    return formats.day(round(point.day.value), found.plan)


def _draw(ax: Axes, found: Optimised) -> None:
    points = found.front
    x, y = [point.day.value for point in points], [point.user_weeks.value for point in points]
    wide, high = max(max(x) - min(x), 1.0), max(max(y) - min(y), 1.0)
    ax.set_xlim(min(x) - 0.15 * wide, max(x) + 0.2 * wide)
    ax.set_ylim(min(y) - 0.15 * high, max(y) + 0.2 * high)
    ax.grid(color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.day(round(value), found.plan)))
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    labels = Labels(ax)
    front = [point for point in points if point.efficient]
    line = ([point.day.value for point in front], [point.user_weeks.value for point in front])
    ax.plot(*line, color=palette.SOFT_INK, linewidth=1.2, zorder=2)
    labels.avoid_line(*line)
    labels.avoid_line(x, y)
    for point in points:
        colour, marker, size = _LOOKS[point.kind]
        ax.plot(
            point.day.value, point.user_weeks.value, marker=marker, markersize=size, color=colour,
            markeredgecolor=palette.PAPER, alpha=1 if point.efficient or point.kind in ("own", "found") else 0.55,
            zorder=5 if point.kind in ("own", "found") else 4, clip_on=False,
        )  # fmt: skip
    for point in _named(points, wide, high):
        labels.place(
            point.name, point.day.value, point.user_weeks.value, width=1.7, prefer=(3, 4, 1, 7),
            bold=point.kind in ("own", "found"),
        )  # fmt: skip


def _named(points: tuple[FrontPoint, ...], wide: float, high: float) -> list[FrontPoint]:
    """Own and found, then the ends of the front and the rules, where no name stands near."""
    front = [point for point in points if point.efficient]
    named = [point for point in points if point.kind in ("own", "found")]
    for point in [*front[:1], *front[-1:], *(point for point in points if point.kind == "rule")]:
        apart = [
            abs(point.day.value - other.day.value) / wide
            + abs(point.user_weeks.value - other.user_weeks.value) / high
            for other in named
        ]
        if point not in named and min(apart, default=1.0) >= _APART:
            named.append(point)
    return named
