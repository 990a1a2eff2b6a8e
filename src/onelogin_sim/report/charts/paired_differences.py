"""By how many days the best alternative is earlier or later than each other one, future by future."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from onelogin_sim.comparison import Comparison, Pair, TargetDifference
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import HEIGHT, Margins, sheet, text_width
from onelogin_sim.report.comparing import words
from onelogin_sim.report.comparing.tables import target_row

_LABEL_MOST = 2.2
_ROW = 0.68
_LINE = 12.5
_BARS = 60
_COLUMNS = (0.14, 0.9, 1.6)
_HEADS = ("earlier", "same", "later")
_RIGHT = 2.75

#: What is claimed, in as few words as there is room for.
_VERDICTS = {
    "a better": "better",
    "b better": "worse",
    "equivalent": "equivalent",
    "not distinguishable": "not distinguishable",
    "identical": "identical",
    "never reached": "never reached under either",
}


def plot_differences(comparison: Comparison, target: str, ax: Axes | None = None) -> Chart:
    """Draw the distribution of the paired difference between the best alternative and each of the others.

    Where none is best, the first alternative takes its place.
    """
    index = [one.id for one in comparison.plan.targets].index(target)
    best = comparison.best or 0
    pairs = [comparison.pair(best, place) for place in range(len(comparison.alternatives)) if place != best]
    pairs.sort(key=lambda pair: (-pair.targets[index].mean.value, pair.b))
    name = comparison.alternatives[best].name
    title = _title(comparison, pairs, index, name)
    subtitle = (
        f"Days by which {name} meets “{comparison.plan.targets[index].name}” earlier (left, hatched) or later "
        f"(right) than each other alternative in the same future, "
        f"{formats.plural(comparison.replications, 'future')}, counted to the horizon. Bars: futures with a "
        "difference, each row to its own height; futures with the same day are in the column. "
        f"●\N{NO-BREAK SPACE}mean, with whiskers: {100 * comparison.level:.2f}% interval, so that all claims hold "
        "together with 95%."
    )
    labels = [_label(comparison.alternatives[pair.b].name) for pair in pairs]
    left = max(text_width(text, 9) for text in labels) + 0.15
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=words.run_line(comparison),
            illustrative=comparison.illustrative,
            margins=Margins(left=left, right=_RIGHT, top=0.45, bottom=0.5),
            note=words.identical(comparison),
            height=max(HEIGHT, 2.6 + _ROW * len(pairs)),
        )
        _draw(ax, comparison, pairs, index, labels)
    alt = f"Histograms of paired differences. {title}. " + " ".join(
        f"Against {comparison.alternatives[pair.b].name}: {words.verdict(entry, pair, comparison)}; "
        f"{words.shares(entry)}; mean {entry.mean.value:+.0f} days."
        for pair in pairs
        for entry in (pair.targets[index],)
    )
    rows = tuple(
        {"a": name, "b": comparison.alternatives[pair.b].name}
        | target_row(pair.targets[index], pair, comparison)
        for pair in pairs
    )
    return Chart(f"differences-{target}", figure, title, subtitle, words.run_line(comparison), alt, rows)


def _title(comparison: Comparison, pairs: list[Pair], index: int, name: str) -> str:
    counts = {"a better": 0, "b better": 0}
    for pair in pairs:
        verdict = pair.targets[index].verdict
        if verdict in counts and not pair.same:
            counts[verdict] += 1
    what = comparison.plan.targets[index].name
    if not any(counts.values()):
        return f"“{what}”: {name} is not proved earlier or later than any other alternative"
    parts = [
        f"{word} than {_of(count, comparison, pairs)}"
        for word, count in (("earlier", counts["a better"]), ("later", counts["b better"]))
        if count
    ]
    return f"“{what}”: {name} is on average {' and '.join(parts)}"


def _of(count: int, comparison: Comparison, pairs: list[Pair]) -> str:
    if len(pairs) == 1:
        return comparison.alternatives[pairs[0].b].name
    return f"all {count} others" if count == len(pairs) else f"{count} of {len(pairs)} others"


def _label(name: str) -> str:
    while text_width(name, 9) > _LABEL_MOST:
        name = formats.shortened(name, len(name) - 1)
    return name


def _draw(ax: Axes, comparison: Comparison, pairs: list[Pair], index: int, labels: list[str]) -> None:
    entries = [pair.targets[index] for pair in pairs]
    reach = _reach(entries)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(len(pairs) - (0.35 if len(pairs) > 1 else 0.7), -0.75)
    ax.set_yticks(range(len(pairs)), labels)
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.tick_params(axis="x", labelsize=9)
    ax.locator_params(axis="x", nbins=7)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.0f}"))
    name = _label(comparison.alternatives[pairs[0].a].name)
    ax.set_xlabel(f"← days {name} is earlier      days it is later →", fontsize=9)
    ax.grid(axis="x", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.axvline(0, color=palette.INK, linewidth=1.0, zorder=3)
    beyond = False
    for row, (pair, entry) in enumerate(zip(pairs, entries, strict=True)):
        beyond |= _bars(ax, row, entry, reach)
        low, high = max(entry.claim.low, -reach), min(entry.claim.high, reach)
        ax.plot([low, high], [row + 0.12, row + 0.12], color=palette.INK, linewidth=1.6, zorder=4)
        for end in (low, high):
            ax.plot([end], [row + 0.12], marker="|", markersize=7, color=palette.INK, zorder=4)
        ax.plot(
            [entry.claim.mean], [row + 0.12], marker="o", markersize=6, color=palette.INK,
            markeredgecolor=palette.PAPER, markeredgewidth=0.8, zorder=5,
        )  # fmt: skip
        shares = (entry.earlier, entry.equal, entry.later)
        _columns(ax, row, [formats.percent(share.value) for share in shares], up=1)
        _columns(ax, row, ["identical" if pair.same else _VERDICTS[entry.verdict], "", ""], bold=True)
        if not pair.same and entry.verdict not in ("identical", "never reached"):
            _columns(ax, row, [_mean(entry), "", ""], up=-1)
    # One row alone has the height of a slide: its heads stand at it, not at the top.
    _columns(ax, None if len(pairs) > 1 else 0, list(_HEADS), bold=True, up=2)
    if beyond:
        ax.annotate(
            "outermost bars: and beyond", (0, 1), xycoords="axes fraction", xytext=(2, 4),
            textcoords="offset points", fontsize=9, color=palette.SOFT_INK, ha="left", va="bottom",
        )  # fmt: skip


def _reach(entries: list[TargetDifference]) -> float:
    """How far the axis goes either way: nine tenths of the futures that differ, and every interval."""
    ends = [10.0]
    for entry in entries:
        ends += [abs(entry.claim.low), abs(entry.claim.high)]
        differ = entry.days != 0
        if differ.any():
            distance = np.abs(entry.days[differ])
            order = np.argsort(distance, kind="stable")
            reached = np.cumsum(entry.futures[differ][order])
            ends.append(float(distance[order][np.searchsorted(reached, 0.9 * reached[-1])]))
    return 1.1 * max(ends)


def _bars(ax: Axes, row: int, entry: TargetDifference, reach: float) -> bool:
    """Draw the futures that differ as bars rising from the row; return whether some lie beyond the axis."""
    differ = entry.days != 0
    days, futures = entry.days[differ], entry.futures[differ]
    if not len(days):
        return False
    edges = np.linspace(-reach, reach, _BARS + 1)
    counts, _ = np.histogram(np.clip(days, -reach, reach), edges, weights=futures)
    heights = 0.72 * counts / counts.max()
    width = edges[1] - edges[0]
    for side, colour, hatch in ((-1, palette.LIGHT_BLUE, "////"), (1, palette.ORANGE, "")):
        chosen = np.sign(edges[:-1] + width / 2) == side
        ax.bar(
            edges[:-1][chosen], -heights[chosen], width, bottom=row, align="edge", color=colour, hatch=hatch,
            edgecolor=palette.PAPER, linewidth=0.4, zorder=2,
        )  # fmt: skip
    return bool((np.abs(days) > reach).any())


def _mean(entry: TargetDifference) -> str:
    word = "earlier" if entry.claim.mean <= 0 else "later"
    return f"{formats.days(abs(entry.claim.mean))} {word} ({words.span(entry)})"


def _columns(ax: Axes, row: float | None, cells: list[str], *, bold: bool = False, up: int = 0) -> None:
    """Write cells right of a row, or above the axes; `up` lines above the middle of the row's own."""
    for offset, text in zip(_COLUMNS, cells, strict=True):
        ax.annotate(
            text,
            (1, 1 if row is None else row),
            xycoords=("axes fraction", "axes fraction" if row is None else "data"),
            # Lines of one row keep together however high the row is.
            xytext=(offset * 72, 4 if row is None else _LINE * up),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold" if bold else "normal",
            va="bottom" if row is None else "center_baseline",
            ha="left",
        )
