"""How the search came on: what the best order known after so many schedules gains on the planner's own."""

from __future__ import annotations

from itertools import groupby
from math import isfinite

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.optimising.convergence import CurvePoint
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.orders.search.claiming import apart_of
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, nothing, sheet
from onelogin_sim.report.charts.labels import Labels
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.tables import curve_rows

#: Most of a gain: more than this share of it, from some point of the search on.
_MOST = 0.5

#: Look of the points of a stage, in turn: told apart by shape.
_LOOKS = (
    (palette.DARK_BLUE, "o"), (palette.TURQUOISE, "s"), (palette.DARK_PINK, "^"),
    (palette.ORANGE, "D"), (palette.LIGHT_PURPLE, "v"), (palette.DARK_GREY, "P"),
)  # fmt: skip


def plot_convergence(found: Optimised, ax: Axes | None = None) -> Chart:
    """Draw the convergence curve of an optimisation."""
    title = _title(found)
    futures = formats.plural(len(found.proof.claimed) or found.question.replications, "future")
    claimed = _claimed(found)
    subtitle = (
        f"Gain of the best order known so far on your own order ({words.unit(found.question)}, up is better) by "
        "schedules spent: a schedule is one order run in one future. Shapes: stages of the search; bars: 95% intervals."
    )
    note = f"Every point is judged in the same {futures}, which the search never saw."
    if claimed is not None:
        subtitle += " ★: the order nominated, as claimed."
        note += (
            " Which order is nominated, of all finalists and known rules, was settled in others still: it need not be "
            "the last of the search, nor seem the best here."
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
        f"{formats.number(point.schedules)} schedules ({point.stage}): {_gain(point.gain)}"
        for point in _ends(found.curve)
    )
    alt = f"Line chart. {title}. At the end of each stage: {told}."
    if claimed is not None:
        alt += f" The order nominated: {_gain(claimed)}."
    return Chart("convergence", figure, title, subtitle, words.run_line(found), alt, tuple(curve_rows(found)))


def _title(found: Optimised) -> str:
    """Say when most of the gain was there; how much it is the answer says, of the order nominated."""
    if not found.curve:
        return "The budget ended before anything was compared"
    spent, last = formats.number(found.found.spent), found.curve[-1].gain
    if last.low <= 0:
        return f"What the search had after {spent} schedules is not surely better than your own order"
    short = [place for place, point in enumerate(found.curve) if point.gain.value < _MOST * last.value]
    first = found.curve[short[-1] + 1 if short else 0].schedules
    if first == found.curve[-1].schedules:
        return f"Most of what the search gained came at its end, after {spent} schedules"
    return f"The search had most of its gain after {formats.number(first)} of {spent} schedules"


def _claimed(found: Optimised) -> Mean | None:
    """The gain that is claimed of the order nominated; None for the planner's own, or where the horizon hides it."""
    if found.proof.claim is None or found.proof.claim.bound == "unknown":
        return None
    apart = apart_of(found.proof.claim)
    return Mean(0.0 - apart.value, 0.0 - apart.high, 0.0 - apart.low)


def _gain(gain: Mean) -> str:
    return f"{words.amount(gain.value)} {words.interval(gain.low, gain.high)}"


def _ends(curve: tuple[CurvePoint, ...]) -> list[CurvePoint]:
    """The last point of each stage."""
    return [list(points)[-1] for _, points in groupby(curve, key=lambda point: point.stage)]


def _draw(ax: Axes, found: Optimised) -> None:
    curve = found.curve
    x, y = [point.schedules for point in curve], [point.gain.value for point in curve]
    claimed, budget = _claimed(found), found.found.budget
    gains = [point.gain for point in curve] + ([claimed] if claimed else [])
    bounds = [end for gain in gains for end in gain if isfinite(end)]
    low, high = min(0.0, *bounds), max(0.0, *bounds)
    room = max(high - low, 1e-6)
    # The proof comes after the search, and spends none of its budget.
    after = budget * 1.07
    ax.set_xlim(0, budget * 1.02 if claimed is None else budget * 1.14)
    ax.set_ylim(low - 0.12 * room, high + 0.2 * room)
    ax.grid(color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ticks = MaxNLocator(8, integer=True).tick_values(0, budget)
    ax.set_xticks([tick for tick in ticks if 0 <= tick <= budget])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    # At most eight steps of 1, 2 or 5: a label has all the decimals that its tick has.
    ax.yaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    decimals = 0 if room > 8 else 1 if room > 0.8 else 2
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.{decimals}f}"))
    ax.set_xlabel("schedules spent")
    ax.set_ylabel(f"gain, {words.unit(found.question)}")
    labels = Labels(ax)
    ax.axhline(0, color=palette.DARK_PINK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2)
    labels.avoid_line([0, budget], [0, 0])
    steps_x = [x[0], *(later for later in x[1:] for _ in range(2))]
    steps_y = [*(one for value in y[:-1] for one in (value, value)), y[-1]]
    ax.plot(steps_x, steps_y, color=palette.SOFT_INK, linewidth=1.1, zorder=3)
    labels.avoid_line(steps_x, steps_y)
    ends = [point.schedules for point in curve] + ([after] if claimed else [])
    for place, gain in zip(ends, gains, strict=True):
        # A side that the horizon leaves open goes on to the edge.
        bar = ([place] * 2, [max(gain.low, low - room), min(gain.high, high + room)])
        ax.plot(*bar, color=palette.LIGHT_GREY, linewidth=1.6, zorder=2)
        labels.avoid_line(*bar)
    if claimed is not None:
        ax.plot(
            after, claimed.value, marker="*", markersize=14, color=palette.ORANGE,
            markeredgecolor=palette.PAPER, zorder=5,
        )  # fmt: skip
        labels.avoid_mark(after, claimed.value, 14)
        labels.place("nominated", after, claimed.value, prefer=(6, 7, 2, 5), bold=True)
    _stages(ax, labels, curve)
    labels.place(
        f"your own order, '{found.question.start.name}'",
        budget * 0.5,
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
    runs = [(stage, list(points)) for stage, points in groupby(curve, key=lambda point: point.stage)]
    for stage, own in runs:
        colour, marker = looks[stage]
        ax.plot(
            [point.schedules for point in own],
            [point.gain.value for point in own],
            linestyle="none", marker=marker, markersize=7, color=colour, markeredgecolor=palette.PAPER,
            zorder=4, clip_on=False,
        )  # fmt: skip
        for point in own:
            labels.avoid_mark(point.schedules, point.gain.value, 7)
    for stage, own in runs:
        labels.place(stage, own[0].schedules, own[0].gain.value, prefer=(2, 4, 6, 7, 3), colour=palette.INK)
