"""How the alternatives stand on a target: P10 to P90 ranges, P50 and P80 with their intervals."""

from __future__ import annotations

from matplotlib.axes import Axes

from onelogin_sim.calendars import NEVER
from onelogin_sim.comparison import Compared, Comparison, Standing
from onelogin_sim.forecasting import Quantile
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import at_or_end, date_axis
from onelogin_sim.report.charts.frame import HEIGHT, Margins, sheet, text_width
from onelogin_sim.report.comparing import words
from onelogin_sim.report.comparing.tables import alternative_rows
from onelogin_sim.report.words import quantile

_LABEL_MOST = 2.6
_ROW = 0.42
_COLUMNS = (0.14, 1.14, 2.14)
_RIGHT = 2.75


def plot_orders(comparison: Comparison, target: str, ax: Axes | None = None) -> Chart:
    """Draw when each alternative meets a target, the lowest mean on top."""
    index = [one.id for one in comparison.plan.targets].index(target)
    ranked = sorted(
        range(len(comparison.alternatives)),
        key=lambda place: (comparison.alternatives[place].standings[index].mean.value, place),
    )
    shown = [comparison.alternatives[place] for place in ranked]
    title = _title(comparison, shown, index)
    subtitle = _subtitle(comparison, index)
    labels = [_label(one.name) for one in shown]
    left = max(text_width(text, 9) for text in labels) + 0.12
    height = max(HEIGHT, 2.0 + _ROW * len(shown))
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(comparison),
            illustrative=comparison.illustrative,
            margins=Margins(left=left, right=_RIGHT, top=0.5),
            note=words.identical(comparison),
            height=height,
        )
        _draw(ax, comparison.plan, shown, index, labels)
    rows = tuple(row for row in alternative_rows(comparison) if row["target"] == target)
    alt = f"Range chart. {title}. " + " ".join(
        f"{one.name}: {_in_words(one.standings[index], comparison.plan)}." for one in shown
    )
    return Chart(f"orders-{target}", figure, title, subtitle, words.run_line(comparison), alt, rows)


def _title(comparison: Comparison, shown: list[Compared], index: int) -> str:
    target = comparison.plan.targets[index]
    middles = [quantile(one.standings[index].quantiles, 50).day for one in shown]
    first, last = min(middles), max(middles)
    if first == NEVER:
        return f"{target.name}: in over half of all futures past the horizon, whatever the order"
    best = formats.listed([one.name for one, day in zip(shown, middles, strict=True) if day == first], 2)
    when = formats.day(first, comparison.plan)
    if first == last:
        return f"{target.name}: half of the futures are there by {when} under every alternative"
    if last == NEVER:
        return f"{target.name}: half of the futures are there by {when} under {best}, past the horizon under others"
    return (
        f"{target.name}: half of the futures are there between {when} ({best}) and "
        f"{formats.day(last, comparison.plan)}"
    )


def _subtitle(comparison: Comparison, index: int) -> str:
    by = formats.day(comparison.plan.targets[index].by, comparison.plan)
    return (
        f"Day the target is met, {formats.plural(comparison.replications, 'future')} with the same luck for all. "
        "Bar: P10 to P90; ●\N{NO-BREAK SPACE}P50 and ◆\N{NO-BREAK SPACE}P80 with whiskers: Monte Carlo error at "
        "95% of each alone (alternatives share their luck: differences are known more exactly than "
        f"these suggest); ▶\N{NO-BREAK SPACE}goes on past the end; last column: chance of {by}."
    )


def _label(name: str) -> str:
    while text_width(name, 9) > _LABEL_MOST:
        name = formats.shortened(name, len(name) - 1)
    return name


def _draw(ax: Axes, plan: Plan, shown: list[Compared], index: int, labels: list[str]) -> None:
    standings = [one.standings[index] for one in shown]
    first, last = _limits(plan, standings)
    date_axis(ax, plan, first, last)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_yticks(range(len(shown)), labels)
    ax.tick_params(axis="y", length=0, labelsize=9)
    for row, entry in enumerate(standings):
        _range(ax, row, entry, first, last)
        cells = [_cell(quantile(entry.quantiles, percent).day, plan) for percent in (50, 80)]
        _columns(ax, (1, row), ("axes fraction", "data"), [*cells, formats.percent(entry.met_by.value)])
    by = plan.targets[index].by
    _columns(ax, (1, 1), ("axes fraction", "axes fraction"), ["P50", "P80", "in time"], head=True)
    if first <= by <= last:
        ax.axvline(by, color=palette.DARK_PINK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=1)
        ax.annotate(
            f"target {formats.day(by, plan)}",
            (by, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            fontsize=9,
            color=palette.DARK_PINK,
            va="bottom",
            ha="left" if by - first < 0.2 * (last - first) else "center",
        )


def _limits(plan: Plan, standings: list[Standing]) -> tuple[int, int]:
    """Where the axis begins and ends: around all ranges, and the target's date where that is near."""
    days = [entry.day for standing in standings for entry in standing.quantiles]
    last = plan.horizon if max(days) == NEVER else min(plan.horizon, int(max(days) * 1.04) + 10)
    known = [day for day in days if day != NEVER] or [0]
    margin = (last - min(known)) // 12 + 5
    first = max(min(known) - margin, 0) if min(known) > 0 else 0
    by = standings[0].target.by
    return (max(min(first, by - margin), 0) if by > first - 2 * (last - first) // 3 else first), max(
        last, first + 1
    )


def _range(ax: Axes, row: int, entry: Standing, first: int, last: int) -> None:
    low, high = (quantile(entry.quantiles, percent).day for percent in (10, 90))
    ink, paper = palette.DARK_BLUE, palette.PAPER
    if low != NEVER:
        ends = [max(at_or_end(low, last), first), max(at_or_end(high, last), first)]
        ax.plot(ends, [row, row], color=palette.LIGHT_BLUE, linewidth=6, solid_capstyle="butt", zorder=2)
    if high == NEVER:
        ax.plot(
            [last], [row], marker=">", markersize=9, color=ink, markeredgecolor=paper, zorder=5, clip_on=False
        )
    for percent, marker in ((80, "D"), (50, "o")):
        one = quantile(entry.quantiles, percent)
        if one.day == NEVER:
            continue
        _whisker(ax, row, one, first, last)
        ax.plot(
            [max(one.day, first)], [row], marker=marker, markersize=6.5, color=ink,
            markeredgecolor=paper, markeredgewidth=0.8, zorder=4, clip_on=False,
        )  # fmt: skip


def _whisker(ax: Axes, row: float, one: Quantile, first: int, last: int) -> None:
    low = max(first if one.low is None else one.low, first)
    high = max(at_or_end(one.high, last), first)
    ax.plot([low, high], [row, row], color=palette.DARK_BLUE, linewidth=1.2, zorder=3)
    for end in (low, high):
        ax.plot([end], [row], marker="|", markersize=9, color=palette.DARK_BLUE, zorder=3, clip_on=False)


def _columns(
    ax: Axes, at: tuple[float, float], coordinates: tuple[str, str], cells: list[str], *, head: bool = False
) -> None:
    for offset, text in zip(_COLUMNS, cells, strict=True):
        ax.annotate(
            text,
            at,
            xycoords=coordinates,
            xytext=(offset * 72, 4 if head else 0),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold" if head else "normal",
            va="bottom" if head else "center_baseline",
            ha="left",
        )


def _cell(day: int, plan: Plan) -> str:
    return "past end" if day == NEVER else formats.day(day, plan)


def _in_words(entry: Standing, plan: Plan) -> str:
    parts = [f"P{one.percent} {formats.day(one.day, plan)}" for one in entry.quantiles]
    return (
        f"{', '.join(parts)}; {formats.percent(entry.met_by.value)} by {formats.day(entry.target.by, plan)}"
    )
