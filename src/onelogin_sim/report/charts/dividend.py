"""The single sign-on dividend: checks avoided by reuse in each year, the services with most apart."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from onelogin_sim.forecasting import Forecast
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, framed, nothing
from onelogin_sim.report.load import words as said
from onelogin_sim.report.load.tables import dividend_rows

#: Services shown apart.
_APART = 4

_LOOK = (
    (palette.DARK_BLUE, ""),
    (palette.TURQUOISE, "///"),
    (palette.ORANGE, "\\\\\\"),
    (palette.LIGHT_PURPLE, "xxx"),
    (palette.LIGHT_GREY, "..."),
)


def plot_dividend(forecast: Forecast, ax: Axes | None = None) -> Chart:
    """Draw checks avoided by calendar year, stacked by service.

    Raises
    ------
    ValueError
        When the forecast has no identity load.
    """
    load = forecast.load
    if load is None:
        raise ValueError("the forecast has no identity load")
    found = load.summary.dividend
    title = said.dividend(load)
    subtitle = (
        "Checks avoided a year: first visits by people who have proved their identity for another service already, "
        f"against every service checking for itself. Means of {formats.plural(forecast.replications, 'future')}; the "
        f"first and the last year are cut off at the status date and the horizon. {_price(load)}"
    ).strip()
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(left=0.85, top=0.8))
        if found.reuses.any():
            _draw(ax, forecast, load)
        else:
            nothing(ax, "No check is avoided within the horizon.")
    alt = f"Stacked columns by year. {title}."
    return Chart(
        "dividend", figure, title, subtitle, words.run_line(forecast), alt, tuple(dividend_rows(forecast))
    )


def _price(load: IdentityLoad) -> str:
    check = load.verification.check
    if check is None:
        return ""
    return f"A full check is taken to need {check.minutes:g} minutes of a person's time and £{check.cost:g}."


def _short(value: float) -> str:
    return f"{value / 1e6:.1f}m" if value >= 1e6 else formats.number(value)


def _draw(ax: Axes, forecast: Forecast, load: IdentityLoad) -> None:
    found = load.summary.dividend
    avoided = found.avoided
    order = np.argsort(-avoided.sum(axis=1), kind="stable")
    apart = [int(place) for place in order[:_APART] if avoided[place].any()]
    names = {service.id: service.name for service in forecast.plan.services}
    ids = [service.id for service in load.verification.services]
    parts = [(formats.shortened(names[ids[place]], 48), avoided[place]) for place in apart]
    rest = avoided.sum(axis=0) - avoided[apart].sum(axis=0)
    if rest.any():
        parts.append(("all others", rest))
    looks = dict(zip((name for name, _ in parts), (*_LOOK[: len(apart)], _LOOK[-1]), strict=False))
    bottom, places = np.zeros(avoided.shape[1]), np.arange(avoided.shape[1])
    for name, values in parts:
        colour, hatch = looks[name]
        ax.bar(
            places,
            values,
            0.72,
            bottom=bottom,
            color=colour,
            hatch=hatch,
            edgecolor=palette.PAPER,
            linewidth=0.6,
        )
        bottom = bottom + values
    for place, total in zip(places, bottom, strict=True):
        ax.annotate(
            _short(float(total)),
            (place, total),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    ax.set_xticks(places, [str(year) for year in found.years])
    ax.set_ylim(0, 1.12 * float(bottom.max()))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value)))
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="y", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)
    handles = [
        Patch(facecolor=looks[name][0], hatch=looks[name][1], edgecolor=palette.PAPER, label=name)
        for name, _ in parts
    ]
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=2, frameon=False, fontsize=9,
        handlelength=1.8, handleheight=1.2, columnspacing=1.4, borderaxespad=0.2, borderpad=0,
    )  # fmt: skip
