"""What drives the date, as shares: services, stages, resources, barriers and gaps on the driver chain."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from onelogin_sim.drivers import Driver, Drivers
from onelogin_sim.driving.basis import Basis, target_named
from onelogin_sim.driving.impact import Impacts
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import HEIGHT, Margins, nothing, sheet, text_width
from onelogin_sim.report.driving import words as say
from onelogin_sim.report.driving.tables import driver_rows

#: Kinds of driver in the order drawn: (kind, heading, rows at most, colour, pattern).
_KINDS = (
    ("item", "Services and enablers", 6, palette.DARK_BLUE, ""),
    ("stage", "Stages", 5, palette.TURQUOISE, "///"),
    ("resource", "Resources queued for", 5, palette.ORANGE, "\\\\\\"),
    ("barrier", "Barriers that changed work", 5, palette.DARK_PINK, "xxx"),
    ("other", "Gaps", 4, palette.LIGHT_GREY, "..."),
)
_LABEL_MOST = 44
_ROW = 0.215


def plot_driver_shares(impacts: Impacts, target: str, ax: Axes | None = None) -> Chart:
    """Draw how often each driver stands on the chain, and its days there, for the larger part of the futures."""
    basis = impacts.basis
    about, drivers = target_named(basis.plan, target), say.main_drivers(impacts, target)
    lines = _lines(drivers, basis) if drivers else []
    title = _title(drivers, basis) if drivers else "Nothing stands on the chain of what drives the date"
    subtitle = (
        f"Share of futures in whose driver chain each stands, and its days there, mean of all of these; "
        f"“{about.name}”, "
        + (say.driver_futures(drivers, basis) if drivers else "which is met already")
        + ". Days of services and gaps make up the whole chain, and so do those of stages and gaps; those of "
        "resources and barriers lie within."
    )
    note = _note(drivers, lines) if drivers else ""
    source = say.source_line(basis, impacts.result_digest)
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=source,
            illustrative=basis.plan.illustrative,
            margins=Margins(
                left=max((text_width(label, 9) for label, *_ in lines), default=0.5) + 0.15,
                right=1.35,
                top=0.15,
                bottom=0.55,
            ),
            note=note,
            height=max(HEIGHT, 2.5 + _ROW * len(lines)),
        )
        if lines:
            _draw(ax, lines)
        else:
            nothing(ax, "No future has a driver chain: what the target needs is live already.")
    listed = "; ".join(
        f"{label} {formats.percent(one.criticality)}, {formats.days(one.days)}"
        for label, one, *_ in lines
        if one is not None
    )
    alt = f"Bar chart. {title}. {subtitle} {f'{listed}.' if listed else ''} {note}".strip()
    rows = tuple(row for row in driver_rows(impacts) if row["target"] == target)
    return Chart(f"driver-shares-{target}", figure, title, subtitle, source, alt, rows)


_Line = tuple[str, Driver | None, str, str]


def _lines(drivers: Drivers, basis: Basis) -> list[_Line]:
    """Rows from the top: a heading of each kind that there is (without a driver), then its drivers."""
    lines: list[_Line] = []
    for kind, heading, most, colour, hatch in _KINDS:
        found = [one for one in drivers.drivers if one.kind == kind][:most]
        if found:
            lines.append((heading, None, colour, hatch))
            lines += [
                (formats.shortened(say.driver_name(one, basis), _LABEL_MOST), one, colour, hatch)
                for one in found
            ]
    return lines


def _title(drivers: Drivers, basis: Basis) -> str:
    """Say what takes most days of the chain besides the work itself, and what comes next."""
    inside = [one for one in drivers.drivers if one.kind in ("resource", "barrier", "other") and one.days > 0]
    if not inside:
        return "Nothing but work stands on the chain of what drives the date"
    inside.sort(key=lambda one: (-one.days, one.kind, one.id))
    first, *others = (_takes(one, basis) for one in inside[:2])
    return f"On the chain that drives the date, {first}" + (f"; next, {others[0]}" if others else "")


def _takes(one: Driver, basis: Basis) -> str:
    name, days = say.driver_name(one, basis), formats.days(one.days)
    if one.kind == "barrier":
        return f"the barrier “{name}” adds {days}"
    return f"{f'queueing for {name}' if one.kind == 'resource' else name} takes {days}"


def _note(drivers: Drivers, lines: list[_Line]) -> str:
    drawn = sum(one is not None for _, one, *_ in lines)
    rest = len(drivers.drivers) - drawn
    return f"{formats.plural(rest, 'other driver')} in the table." if rest else ""


def _draw(ax: Axes, lines: list[_Line]) -> None:
    ax.set_ylim(len(lines) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.set_yticks(range(len(lines)), [label for label, *_ in lines])
    ax.tick_params(axis="y", length=0, labelsize=9)
    for tick, (_, driver, *_) in zip(ax.get_yticklabels(), lines, strict=True):
        tick.set_fontweight("normal" if driver else "bold")
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("share of futures in whose driver chain it stands", fontsize=9, loc="left")
    ax.grid(axis="x", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    for row, (_, driver, colour, hatch) in enumerate(lines):
        if driver is None:
            continue
        ax.barh(
            row,
            driver.criticality,
            height=0.66,
            color=colour,
            hatch=hatch,
            edgecolor=palette.PAPER,
            linewidth=0.6,
        )
        ax.annotate(
            f"{formats.percent(driver.criticality)}, {formats.days(driver.days)}",
            (1, row),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            fontsize=9,
            va="center_baseline",
            ha="left",
        )
