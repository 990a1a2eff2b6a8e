"""How the search went: the incumbent's value by schedules spent, in the search's own futures."""

from __future__ import annotations

from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, nothing, sheet
from onelogin_sim.report.charts.labels import Labels
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.tables import curve_rows

_NOTE = (
    "Each point is the value in fresh futures of the search, so the curve moves up and down by luck, and what it "
    "promises is no proof."
)

#: Look of the points of a stage, in turn: told apart by shape.
_LOOKS = (
    (palette.DARK_BLUE, "o"), (palette.TURQUOISE, "s"), (palette.DARK_PINK, "^"),
    (palette.ORANGE, "D"), (palette.LIGHT_PURPLE, "v"), (palette.DARK_GREY, "P"),
)  # fmt: skip


def plot_convergence(found: Optimised, ax: Axes | None = None) -> Chart:
    """Draw the convergence curve of an optimisation."""
    curve = found.found.curve
    title = _title(found)
    subtitle = (
        f"Value of the best order so far ({words.unit(found.question)}, lower is better) by schedules spent; a "
        "schedule is one order run in one future. Marks: stages; dashes: your own order in the same futures as the end."
    )
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(found),
            illustrative=found.plan.illustrative,
            margins=Margins(left=0.7, right=0.5, bottom=0.6),
            note=_NOTE,
        )
        if curve:
            _draw(ax, found)
        else:
            nothing(ax, "the budget ended before anything was compared")
    alt = f"Line chart. {title}. {words.spent(found)}"
    return Chart("convergence", figure, title, subtitle, words.run_line(found), alt, tuple(curve_rows(found)))


def _title(found: Optimised) -> str:
    result = found.found
    start, end = f"{result.start_value:,.1f}", f"{result.value:,.1f}"
    spent = formats.number(result.spent)
    return f"After {spent} schedules the best order found has {end}, your own {start} in the same futures"


def _draw(ax: Axes, found: Optimised) -> None:
    curve, start = found.found.curve, found.found.start_value
    x, y = [step.schedules for step in curve], [step.value for step in curve]
    has_start = start < float("inf")
    every = [*y, start] if has_start else y
    room = max(max(every) - min(every), 1.0)
    ax.set_xlim(0, found.found.budget * 1.02)
    ax.set_ylim(min(every) - 0.15 * room, max(every) + 0.25 * room)
    ax.grid(color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.0f}" if room > 8 else f"{value:,.1f}")
    )
    ax.set_xlabel("schedules spent")
    labels = Labels(ax)
    ax.plot(x, y, color=palette.LIGHT_GREY, linewidth=1.2, zorder=2)
    labels.avoid_line(x, y)
    if has_start:
        ax.axhline(start, color=palette.DARK_PINK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2)
        labels.avoid_line([0, found.found.budget], [start, start])
    for turn, (stage, steps) in enumerate(groupby(curve, key=lambda step: step.stage)):
        own = list(steps)
        colour, marker = _LOOKS[turn % len(_LOOKS)]
        ax.plot(
            [step.schedules for step in own],
            [step.value for step in own],
            linestyle="none", marker=marker, markersize=7, color=colour, markeredgecolor=palette.PAPER,
            zorder=4, clip_on=False,
        )  # fmt: skip
        labels.place(stage, own[0].schedules, own[0].value, prefer=(4, 6, 7, 3), colour=palette.INK)
    if has_start:
        labels.place(
            f"your own: {start:,.1f}",
            found.found.budget * 0.5,
            start,
            prefer=(6, 7),
            colour=palette.DARK_PINK,
        )
