"""How the search came on: what the best order known after so many schedules gains on the planner's own."""

from __future__ import annotations

from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.optimising.convergence import CurvePoint
from onelogin_sim.optimising.key_moves import ENOUGH
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, nothing, sheet
from onelogin_sim.report.charts.labels import Labels
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.tables import curve_rows

#: Look of the points of a stage, in turn: told apart by shape.
_LOOKS = (
    (palette.DARK_BLUE, "o"), (palette.TURQUOISE, "s"), (palette.DARK_PINK, "^"),
    (palette.ORANGE, "D"), (palette.LIGHT_PURPLE, "v"), (palette.DARK_GREY, "P"),
)  # fmt: skip


def plot_convergence(found: Optimised, ax: Axes | None = None) -> Chart:
    """Draw the convergence curve of an optimisation."""
    title = _title(found)
    futures = formats.plural(len(found.proof.claimed) or found.question.replications, "future")
    subtitle = (
        f"Gain of the best order known so far on your own order ({words.unit(found.question)}, up is better) by "
        "schedules spent: a schedule is one order run in one future. Shapes: stages of the search; bars: 95% intervals."
    )
    note = (
        f"Every point is judged in the same {futures}, which the search never saw. The claim is about the order that "
        "was nominated, which need not be the last one here."
    )
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(found),
            illustrative=found.plan.illustrative,
            margins=Margins(left=0.7, right=0.5, bottom=0.6),
            note=note,
        )
        if found.curve:
            _draw(ax, found)
        else:
            nothing(ax, "the budget ended before anything was compared")
    told = "; ".join(
        f"{formats.number(point.schedules)} schedules ({point.stage}): {words.amount(point.gain.value)} "
        f"({words.amount(point.gain.low)} to {words.amount(point.gain.high)})"
        for point in _ends(found.curve)
    )
    alt = f"Line chart. {title}. At the end of each stage: {told}."
    return Chart("convergence", figure, title, subtitle, words.run_line(found), alt, tuple(curve_rows(found)))


def _title(found: Optimised) -> str:
    if not found.curve:
        return "The budget ended before anything was compared"
    spent, unit = formats.number(found.found.spent), words.unit(found.question)
    last = found.curve[-1].gain
    told = f"{words.amount(last.value)} {unit} ({words.amount(last.low)} to {words.amount(last.high)})"
    if last.low <= 0:
        return f"After {spent} schedules the best order known gains {told}: not surely more than your own"
    most = next(point for point in found.curve if point.gain.value >= ENOUGH * last.value)
    if most.gain == last and most.schedules == found.curve[-1].schedules:
        return f"The gain of {told} came at the end, after {spent} schedules"
    return f"{ENOUGH:.0%} of the gain of {told} was there after {formats.number(most.schedules)} of {spent} schedules"


def _ends(curve: tuple[CurvePoint, ...]) -> list[CurvePoint]:
    """The last point of each stage."""
    return [list(points)[-1] for _, points in groupby(curve, key=lambda point: point.stage)]


def _draw(ax: Axes, found: Optimised) -> None:
    curve = found.curve
    x, y = [point.schedules for point in curve], [point.gain.value for point in curve]
    low = min(0.0, *(point.gain.low for point in curve))
    high = max(0.0, *(point.gain.high for point in curve))
    room = max(high - low, 1e-6)
    ax.set_xlim(0, found.found.budget * 1.02)
    ax.set_ylim(low - 0.12 * room, high + 0.2 * room)
    ax.grid(color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    # At most eight steps of 1, 2 or 5: a label has all the decimals that its tick has.
    ax.yaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    decimals = 0 if room > 8 else 1 if room > 0.8 else 2
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.{decimals}f}"))
    ax.set_xlabel("schedules spent")
    ax.set_ylabel(f"gain, {words.unit(found.question)}")
    labels = Labels(ax)
    ax.axhline(0, color=palette.DARK_PINK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2)
    labels.avoid_line([0, found.found.budget], [0, 0])
    steps_x = [x[0], *(later for later in x[1:] for _ in range(2))]
    steps_y = [*(one for value in y[:-1] for one in (value, value)), y[-1]]
    ax.plot(steps_x, steps_y, color=palette.SOFT_INK, linewidth=1.1, zorder=3)
    labels.avoid_line(steps_x, steps_y)
    for point in curve:
        bar = ([point.schedules] * 2, [point.gain.low, point.gain.high])
        ax.plot(*bar, color=palette.LIGHT_GREY, linewidth=1.6, zorder=2)
        labels.avoid_line(*bar)
    _stages(ax, labels, curve)
    labels.place(
        f"your own order, '{found.question.start.name}'",
        found.found.budget * 0.5,
        0,
        width=4.0,
        prefer=(7, 6),
        colour=palette.DARK_PINK,
    )


def _stages(ax: Axes, labels: Labels, curve: tuple[CurvePoint, ...]) -> None:
    """Draw the points of each stage, in a look of their own, with its name at the first."""
    looks = {
        stage: _LOOKS[turn % len(_LOOKS)] for turn, stage in enumerate(dict.fromkeys(p.stage for p in curve))
    }
    for stage, steps in groupby(curve, key=lambda point: point.stage):
        own = list(steps)
        colour, marker = looks[stage]
        ax.plot(
            [point.schedules for point in own],
            [point.gain.value for point in own],
            linestyle="none", marker=marker, markersize=7, color=colour, markeredgecolor=palette.PAPER,
            zorder=4, clip_on=False,
        )  # fmt: skip
        labels.place(stage, own[0].schedules, own[0].gain.value, prefer=(2, 4, 6, 7, 3), colour=palette.INK)
