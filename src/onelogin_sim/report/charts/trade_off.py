"""What can be had for what: mean day of a target against user-weeks, and against the peak load, order by order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.comparison import DELTA
from onelogin_sim.optimising.front import FrontPoint
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, nothing, sheet, text_width
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

#: Ends and rules nearer than this to a named point, as a share of both axes, have no name: the table has all.
_APART = 0.1

#: Mean days nearer than this are one day; a peak lower by a smaller share is about as low; an order with all
#: user-weeks but this share has nearly the most.
_ALIKE, _LITTLE, _NEARLY = 0.5, 0.005, 0.02

#: Of orders that come to about the same the planner's own or what was found gives its name, and a blend last.
_PLACES = {"own": 0, "found": 0, "rule": 1, "blend": 2}

#: Days from which on months are told on the axis of dates, rather than days.
_MONTHS = 150

#: Inches between two panels: tick labels of the second.
_BETWEEN = 1.0


@dataclass(frozen=True, slots=True)
class _Panel:
    """One thing that is traded against the date: what it is, its value, and whether more of it is better."""

    title: str
    value: Callable[[FrontPoint], float]
    more: bool


def plot_trade_offs(found: Optimised, ax: Axes | None = None) -> Chart:
    """Draw the trade-offs of an optimisation; into an `ax` of the caller's own only those against user-weeks."""
    target = found.plan.targets[found.question.target]
    title = _title(found)
    panels = _panels(found)
    read = "lines join" if len(panels) > 1 else "the line joins"
    subtitle = (
        f"Mean day “{target.name}” is met (left is earlier; counted to the horizon), "
        f"{formats.plural(found.question.replications, 'future')}. ◆ your own, ★ found, ● priority rules, ■ blends of "
        f"two; {read} orders that nothing here beats in both."
    )
    with house_style():
        figure, first = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(found),
            illustrative=found.plan.illustrative,
            margins=Margins(left=0.95, right=0.3, top=0.42),
            note=_note(found),
        )
        if not found.front:
            nothing(first, "no service has users, so there is nothing to trade off")
        else:
            shown = panels if ax is None else panels[:1]
            for axes, panel in zip(_axes(figure, first, len(shown)), shown, strict=True):
                _draw(axes, found, panel, wide=len(shown) == 1)
    points = "; ".join(_told(point, found) for point in found.front if point.efficient)
    alt = f"Scatter chart. {title}. Orders that nothing beats in everything: {points}."
    return Chart("trade-offs", figure, title, subtitle, words.run_line(found), alt, tuple(front_rows(found)))


def _note(found: Optimised) -> str:
    own = (
        ""
        if found.keeps_limits
        else " Your own order breaks the limits; the others keep what lists can keep."
    )
    return (
        f"Shown to choose from: nothing is claimed of any pair here.{_peak_note(found)} Every order is in "
        f"tables/trade_offs.csv.{own}"
    )


def _title(found: Optimised) -> str:
    """Say whether an order is among the earliest and connects users soonest too."""
    best = [point for point in found.front if point.efficient]
    if not best:
        return "There is nothing to trade off"
    earliest, most = _earliest(best), _most(best)
    both = _both(found, best)
    if both is None:
        more = formats.number(most.user_weeks.value - earliest.user_weeks.value)
        if earliest.user_weeks.value > 0:
            more = formats.percent(most.user_weeks.value / earliest.user_weeks.value - 1)
        later = formats.days(most.day.value - earliest.day.value)
        return (
            f"No order here has both: {_name(most)} connects {more} more user-weeks than {_name(earliest)}, "
            f"the earliest, and is {later} later"
        )
    if most.user_weeks.value <= 0:
        return "No order here connects anybody in time"
    lacks = 1 - both.user_weeks.value / most.user_weeks.value
    weeks = "most user-weeks" if lacks <= 0 else "about the most user-weeks"
    if lacks >= _LITTLE:
        weeks = f"all but {formats.percent(lacks)} of the most user-weeks"
    later_by = both.day.value - earliest.day.value
    if later_by < _ALIKE:
        return f"No trade-off: {_name(both)} is as early as any and connects {weeks}"
    return (
        f"Connecting users sooner costs the date little: {_name(both)} connects {weeks}, "
        f"{formats.days(later_by)} later than the earliest order"
    )


def _peak_note(found: Optimised) -> str:
    """What the lowest peak costs the date."""
    best = [point for point in found.front if point.efficient and point.peak_load is not None]
    if not best:
        return ""
    earliest, lowest = _earliest(best), min(best, key=lambda point: (_peak(point), *_first(point)))
    lower, later = 1 - _peak(lowest) / max(_peak(earliest), 1e-9), lowest.day.value - earliest.day.value
    if lower < _LITTLE:
        return " The earliest order has about the lowest peak too."
    when = "about as early as any" if later < _ALIKE else f"{formats.days(later)} later than the earliest"
    return f" The busiest week is lowest, by {formats.percent(lower)}, under {_name(lowest)}, {when}."


def _both(found: Optimised, best: Sequence[FrontPoint]) -> FrontPoint | None:
    """The order that connects about as many user-weeks as any and is as early as any but for what is too little."""
    most = _most(best).user_weeks.value
    delta = found.question.delta if words.unit(found.question) == "days" else DELTA
    latest = _earliest(best).day.value + delta
    alike = [p for p in best if p.user_weeks.value >= (1 - _NEARLY) * most and p.day.value <= latest]
    return min(alike, key=_first, default=None)


def _earliest(best: Sequence[FrontPoint]) -> FrontPoint:
    return min(best, key=lambda point: (point.day.value, *_first(point)))


def _most(best: Sequence[FrontPoint]) -> FrontPoint:
    return min(best, key=lambda point: (-point.user_weeks.value, point.day.value, *_first(point)))


def _first(point: FrontPoint) -> tuple[int, float]:
    return _PLACES[point.kind], point.day.value


def _name(point: FrontPoint) -> str:
    return f"a blend ({point.name})" if point.kind == "blend" else point.name


def _panels(found: Optimised) -> list[_Panel]:
    by = formats.day(found.plan.targets[found.question.target].by, found.plan)
    weeks = f"User-weeks connected before {by} (up is better)"
    panels = [_Panel(weeks, lambda point: point.user_weeks.value, True)]
    if found.front and found.front[0].peak_load is not None:
        panels.append(_Panel("Checks and rises in the busiest week (down is better)", _peak, False))
    return panels


def _peak(point: FrontPoint) -> float:
    return 0.0 if point.peak_load is None else point.peak_load.value


def _told(point: FrontPoint, found: Optimised) -> str:
    day = formats.day(round(point.day.value), found.plan)
    text = f"{point.name}: {day}, {formats.number(point.user_weeks.value)} user-weeks"
    return text + (
        "" if point.peak_load is None else f", {formats.number(_peak(point))} checks in the busiest week"
    )


def _axes(figure: Figure, first: Axes, count: int) -> list[Axes]:
    """The axes themselves, or cut in two side by side."""
    if count == 1:
        return [first]
    room = first.get_position()
    gap = _BETWEEN / figure.get_figwidth()
    width = (room.width - gap) / 2
    first.set_position((room.x0, room.y0, width, room.height))
    return [first, figure.add_axes((room.x0 + width + gap, room.y0, width, room.height))]


def _draw(ax: Axes, found: Optimised, panel: _Panel, *, wide: bool) -> None:
    points = found.front
    x, y = [point.day.value for point in points], [panel.value(point) for point in points]
    reach, high = max(max(x) - min(x), 1.0), max(max(y) - min(y), 1.0)
    ax.set_ylim(min(y) - 0.15 * high, max(y) + 0.2 * high)
    _dates(ax, found, min(x) - 0.25 * reach, max(x) + 0.2 * reach)
    ax.grid(color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    _numbers(ax)
    ax.set_title(panel.title, loc="left", fontsize=9, pad=8)
    labels = Labels(ax)
    front = _unbeaten(points, panel)
    line = ([point.day.value for point in front], [panel.value(point) for point in front])
    ax.plot(*line, color=palette.SOFT_INK, linewidth=1.2, zorder=2)
    labels.avoid_line(*line)
    for point in points:
        colour, marker, size = _LOOKS[point.kind]
        strong = point in front or point.kind in ("own", "found")
        ax.plot(
            point.day.value, panel.value(point), marker=marker, markersize=size, color=colour,
            markeredgecolor=palette.PAPER, alpha=1 if strong else 0.55, zorder=5 if strong else 4, clip_on=False,
        )  # fmt: skip
        labels.avoid_mark(point.day.value, panel.value(point), size)
    for point in _named(found, front, panel, reach, high):
        labels.place(
            point.name, point.day.value, panel.value(point), width=2.4 if wide else 1.8, prefer=(3, 4, 1, 7),
            bold=point.kind in ("own", "found"),
        )  # fmt: skip


def _numbers(ax: Axes) -> None:
    """Label the vertical axis with even numbers, each with all the decimals its tick has."""
    ax.yaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ticks = ax.yaxis.get_majorticklocs()
    scale, word = (1e6, " million") if max(ticks) >= 1e6 else (1.0, "")
    decimals = max(-floor(log10((ticks[1] - ticks[0]) / scale) + 1e-9), 0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / scale:,.{decimals}f}{word}"))


def _dates(ax: Axes, found: Optimised, low: float, high: float) -> None:
    """Label the axis of dates, with months where it is long."""
    if high - low > _MONTHS:
        date_axis(ax, found.plan, int(low), int(high) + 1)
        return
    ax.set_xlim(low, high)
    inches = float(ax.get_window_extent().width) / float(ax.figure.dpi)
    most = max(int(inches / (text_width("28 Sep 2032", 9) + 0.3)), 2)
    ax.xaxis.set_major_locator(MaxNLocator(most, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.day(round(value), found.plan)))


def _unbeaten(points: Sequence[FrontPoint], panel: _Panel) -> list[FrontPoint]:
    """The points, earliest first, that no other beats in the date and in what the panel shows."""
    found: list[FrontPoint] = []
    sign = -1.0 if panel.more else 1.0
    for point in sorted(points, key=lambda one: (one.day.value, sign * panel.value(one), _first(one))):
        last = panel.value(found[-1]) if found else None
        if last is None or (panel.value(point) > last if panel.more else panel.value(point) < last):
            found.append(point)
    return found


def _named(
    found: Optimised, front: Sequence[FrontPoint], panel: _Panel, reach: float, high: float
) -> list[FrontPoint]:
    """Own and found and who is told in the title, always; the ends of the line and the earliest rule where clear."""

    def gap(one: FrontPoint, other: FrontPoint) -> float:
        days, values = one.day.value - other.day.value, panel.value(one) - panel.value(other)
        return abs(days) / reach + abs(values) / high

    points = found.front
    named = [point for point in points if point.kind in ("own", "found")]
    told = _both(found, [point for point in points if point.efficient])
    if told is not None and told not in named:
        named.append(told)
    rules = [point for point in points if point.kind == "rule"]
    # Where one that has a name is as early as the earliest, it is that end.
    early = [] if any(one.day.value < front[0].day.value + _ALIKE for one in named) else [front[0]]
    for point in (*early, front[-1], *rules[:1]):
        if min((gap(point, other) for other in named), default=1.0) >= _APART:
            named.append(point)
    return named
