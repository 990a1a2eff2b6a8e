"""The tornado: what each single change does to the day a target is met, largest effect on top."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.driving.basis import target_named
from onelogin_sim.driving.impact import Impact, Impacts
from onelogin_sim.plan import Target
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import HEIGHT, Margins, nothing, sheet, text_width
from onelogin_sim.report.driving import words as say
from onelogin_sim.report.driving.tables import impact_rows

#: Changes drawn at most.
_MOST = 16

_LABEL_MOST = 52
_ROW = 0.235
_HEAD = "Mean (95% interval)"
_EARLIER, _LATER = (palette.DARK_BLUE, ""), (palette.ORANGE, "///")


def plot_tornado(impacts: Impacts, target: str, ax: Axes | None = None) -> Chart:
    """Draw mean paired differences in days with their intervals, earlier to the left, later to the right."""
    about = target_named(impacts.basis.plan, target)
    found = [one for one in impacts.impacts if one.target == target]
    moving = [one for one in found if one.earlier.value or one.later.value]
    shown = moving[:_MOST]
    title, subtitle = say.impact_title(impacts, about), _subtitle(impacts, about)
    note = _note(found, moving, shown)
    labels = [formats.shortened(say.label(one), _LABEL_MOST) for one in shown]
    source = say.source_line(impacts.basis, impacts.result_digest)
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=source,
            illustrative=impacts.basis.plan.illustrative,
            margins=Margins(
                left=max((text_width(label, 9) for label in labels), default=0.5) + 0.15,
                right=max(
                    text_width(_HEAD, 9, bold=True),
                    *(text_width(say.interval(one.days), 9) for one in shown),
                    0.5,
                )
                + 0.15,
                top=0.4,
                bottom=0.55,
            ),
            note=note,
            height=max(HEIGHT, 2.9 + _ROW * len(shown)),
        )
        if shown:
            _axes(ax, shown, labels)
            for row, one in enumerate(shown):
                _bar(ax, row, one)
        else:
            nothing(ax, "No change moves this target's day in any future.")
    listed = "; ".join(f"{say.label(one)} {say.interval(one.days)}" for one in shown)
    drawn = f"In days with 95% intervals, largest first: {listed}." if shown else ""
    alt = f"Tornado chart. {title}. {subtitle} {drawn} {note}".strip()
    rows = tuple(row for row in impact_rows(impacts) if row["target"] == target)
    return Chart(f"tornado-{target}", figure, title, subtitle, source, alt, rows)


def _subtitle(impacts: Impacts, target: Target) -> str:
    unchanged = next(one for one in impacts.unchanged if one.target == target.id)
    return (
        f"Days by which “{target.name}” is met earlier or later with one thing changed, all else the same: mean "
        f"of {formats.plural(impacts.basis.replications, 'paired future')}; line: 95% interval. "
        f"{say.unchanged_sentence(unchanged, impacts.basis)}"
    )


def _note(found: list[Impact], moving: list[Impact], shown: list[Impact]) -> str:
    parts = []
    if len(moving) > len(shown):
        rest = moving[len(shown) :]
        most = say.day_count(max(abs(one.days.mean) for one in rest))
        parts.append(f"Not drawn: {formats.plural(len(rest), 'change')} of at most {most}.")
    if len(found) > len(moving):
        still = len(found) - len(moving)
        never = "never moves" if still == 1 else "never move"
        parts.append(f"{formats.plural(still, 'other change')} {never} the day.")
    if any(one.beyond for one in shown):
        parts.append(say.COUNTED)
    return " ".join([*parts, "Effects do not add up."])


def _axes(ax: Axes, shown: list[Impact], labels: list[str]) -> None:
    ends = [end for one in shown for end in (one.days.low, one.days.high, 0.0)]
    low, high = min(ends), max(ends)
    room = 0.04 * max(high - low, 1.0)
    ax.set_xlim(low - room, high + room)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_yticks(range(len(shown)), labels)
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=palette.INK, linewidth=1.0, zorder=3)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=high - low > 6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value)))
    ax.set_xlabel("days: earlier (blue, left of 0) or later (orange, hatched, right of 0)", fontsize=9)
    ax.grid(axis="x", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    ax.annotate(
        _HEAD,
        (1, 1),
        xycoords="axes fraction",
        xytext=(8, 4),
        textcoords="offset points",
        fontsize=9,
        fontweight="bold",
        va="bottom",
        ha="left",
    )


def _bar(ax: Axes, row: int, one: Impact) -> None:
    """Draw a bar from zero to the mean, its interval across the end, and both as text at the edge."""
    colour, hatch = _EARLIER if one.days.mean <= 0 else _LATER
    ax.barh(
        row, one.days.mean, height=0.62, color=colour, hatch=hatch, edgecolor=palette.PAPER, linewidth=0.6
    )
    # Paper under the ink, so that the line shows on the bar and beside it.
    ends = ([one.days.low, one.days.high], [row, row])
    ax.plot(*ends, color=palette.PAPER, linewidth=2.6, zorder=2.5, clip_on=False, solid_capstyle="butt")
    ax.plot(*ends, color=palette.INK, linewidth=1.2, marker="|", markersize=7, zorder=4, clip_on=False)
    ax.annotate(
        say.interval(one.days),
        (1, row),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        fontsize=9,
        va="center_baseline",
        ha="left",
    )
