"""First visits that ask for an identity, by month: checks, rises to P2 and reuses on top of one another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.calendars import day_of
from onelogin_sim.forecasting import Forecast
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, framed, nothing
from onelogin_sim.report.load.tables import month_rows

#: (colour, pattern) of what a first visit leads to, from the bottom.
_LOOK = {
    "identity checks": (palette.DARK_BLUE, ""),
    "rises from P1 to P2": (palette.ORANGE, "xxx"),
    "reuses": (palette.LIGHT_BLUE, "///"),
}


def plot_checks_and_reuses(forecast: Forecast, ax: Axes | None = None) -> Chart:
    """Draw mean checks, rises and reuses of each month, stacked.

    Raises
    ------
    ValueError
        When the forecast has no identity load.
    """
    load = forecast.load
    if load is None:
        raise ValueError("the forecast has no identity load")
    found = load.summary
    parts = dict(zip(_LOOK, (found.mean_checks, found.mean_uplifts, found.mean_reuses), strict=True))
    shown = {name: values for name, values in parts.items() if values.any()}
    title = _title(load)
    subtitle = (
        "First visits to services that ask for an identity, by month: means of "
        f"{formats.plural(forecast.replications, 'future')}, which add up (percentiles would not). A reuse is a first "
        "visit by somebody who has proved their identity for another service already."
    )
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(left=0.85, top=0.4))
        if shown:
            _draw(ax, forecast, load, shown)
        else:
            nothing(ax, "No service that asks for an identity has a first visit within the horizon.")
    alt = f"Stacked columns by month. {title}."
    return Chart(
        "checks-and-reuses",
        figure,
        title,
        subtitle,
        words.run_line(forecast),
        alt,
        tuple(month_rows(forecast)),
    )


def _title(load: IdentityLoad) -> str:
    found = load.summary
    total = found.mean_checks + found.mean_uplifts + found.mean_reuses
    years = np.array([month.year for month in found.months])
    shares = {}
    whole_years = [year for year in dict.fromkeys(years.tolist()) if (years == year).sum() == 12]
    for year in whole_years or dict.fromkeys(years.tolist()):
        whole = float(total[years == year].sum())
        if whole > 0:
            shares[year] = float(found.mean_reuses[years == year].sum()) / whole
    if not shares:
        return "No identity check is made and none is reused within the horizon"
    first, last = min(shares), max(shares)
    if first == last:
        return (
            f"Reuses are {formats.percent(shares[last])} of first visits that ask for an identity in {last}"
        )
    return (
        f"Reuses grow from {formats.percent(shares[first])} of first visits that ask for an identity in {first} to "
        f"{formats.percent(shares[last])} in {last}"
        if shares[last] >= shares[first]
        else f"Reuses are {formats.percent(shares[first])} of first visits that ask for an identity in {first} and "
        f"{formats.percent(shares[last])} in {last}"
    )


def _draw(
    ax: Axes, forecast: Forecast, load: IdentityLoad, shown: dict[str, npt.NDArray[np.float64]]
) -> None:
    plan = forecast.plan
    starts = np.array([day_of(when, plan.status_date) for when in load.summary.months])
    ends = np.array([*starts[1:], plan.horizon])
    bottom = np.zeros(len(starts))
    date_axis(ax, plan)
    for name, values in shown.items():
        colour, hatch = _LOOK[name]
        ax.fill_between(
            np.repeat(np.concatenate([starts, ends[-1:]]), 2)[1:-1],
            np.repeat(bottom, 2),
            np.repeat(bottom + values, 2),
            facecolor=colour,
            hatch=hatch,
            edgecolor=palette.PAPER,
            linewidth=0.4,
        )
        bottom = bottom + values
    ax.set_ylim(0, 1.05 * float(bottom.max()))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    handles = [
        Patch(facecolor=_LOOK[name][0], hatch=_LOOK[name][1], edgecolor=palette.PAPER, label=name)
        for name in reversed(shown)
    ]
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=len(handles), frameon=False, fontsize=9,
        handlelength=1.8, handleheight=1.2, borderaxespad=0.2, borderpad=0,
    )  # fmt: skip
