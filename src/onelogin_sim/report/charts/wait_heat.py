"""How long people wait at a station and where they leave, by week and hour, in the future with the median checks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch

from onelogin_sim.calendars import day_of
from onelogin_sim.forecasting import Forecast
from onelogin_sim.identity_load import WaitMap
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.dates import date_axis
from onelogin_sim.report.charts.frame import Margins, framed, nothing
from onelogin_sim.report.load import words as said
from onelogin_sim.report.load.tables import wait_rows

#: Upper ends of the classes of waits in hours, and what they are called; the last has none.
_CLASSES = (
    (1 / 60, "under a minute"),
    (0.25, "to 15 minutes"),
    (1.0, "to an hour"),
    (24.0, "to a day"),
    (168.0, "to a week"),
    (np.inf, "longer"),
)

#: Shades from this one on are dark: lines on them are light.
_DARK = 3

#: Share of an hour's customers who leave unserved from which it is hatched.
_MANY = 0.5

#: Weeks from which a run of them is hatched.
_WEEKS = 4

#: Share of all customers who leave unserved from which the title says so.
_FEW = 0.01

#: Light to dark, so that order shows without hue.
_SHADES = ("#EAF2FB", "#BBD6F2", "#6BACE6", "#2073BC", "#12436D", "#0B0C0C")


def plot_waits(forecast: Forecast, station: str, ax: Axes | None = None) -> Chart:
    """Draw a station's mean waits as a map of weeks by hours of the day.

    Raises
    ------
    ValueError
        When the forecast has no identity load, or no such station.
    """
    load = forecast.load
    found = next((one for one in load.waits if one.station == station), None) if load else None
    if load is None or found is None:
        raise ValueError(f"the forecast has no waits of a station '{station}'")
    summary = next(one for one in load.summary.stations if one.id == station)
    title = _title(formats.capital(said.name_of(load, summary)), found)
    subtitle = (
        f"Mean wait of those who come in an hour, by week and hour of the day, in replication {found.replication}, the "
        "future with the median number of checks. The monthly figures are made of these very hours, closed ones "
        "included. White: nobody comes."
    )
    if _runs(found.lost >= _MANY).any():
        subtitle += f" Hatched: for {_WEEKS} weeks or more at least half of those who come leave unserved."
    gone = said.lost(load, summary)
    subtitle += f" Over all futures {gone.removeprefix(f'{said.name_of(load, summary)}: ')}." if gone else ""
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(left=0.5, top=0.4))
        if np.isfinite(found.waits).any() or np.isinf(found.waits).any():
            _draw(ax, forecast, found)
        else:
            nothing(ax, "Nobody comes to this station within the horizon.")
    alt = f"Heat map of weeks by hours. {title}."
    rows = tuple(row for row in wait_rows(forecast) if row["station"] == station)
    name = f"waits-{station.replace('_', '-')}"
    return Chart(name, figure, title, subtitle, words.run_line(forecast), alt, rows)


def _title(name: str, found: WaitMap) -> str:
    known = np.where(np.isnan(found.waits), -1.0, found.waits)
    if not known.size or known.max() < 0:
        return f"{name}: nobody comes within the horizon"
    if known.max() < _CLASSES[0][0]:
        return f"{name}: nobody waits a minute on average, in any hour of any week"
    came = np.maximum(found.customers.sum(axis=1), 1e-300)
    lost = np.nansum(found.customers * found.lost, axis=1)
    share = float(lost.sum() / came.sum())
    if share >= _FEW:
        worst = int(np.argmax(lost / came))
        most = formats.percent(min(float(lost[worst] / came[worst]), 1.0))
        return (
            f"{name}: {said.people(share)} who come leave unserved, and {most} in the worst week, that of "
            f"{formats.short_date(found.weeks[worst])}"
        )
    waits = np.where(found.customers > 0, found.waits, 0.0)
    weekly = (found.customers * waits).sum(axis=1) / came
    longest = int(np.argmax(weekly))
    if weekly[longest] < _CLASSES[0][0]:
        return f"{name}: nobody waits a minute on average, in any week"
    how_long = said.wait(float(weekly[longest])).replace(" ", "\N{NO-BREAK SPACE}")
    return (
        f"{name}: the longest waits, {how_long} on average, are in the week of "
        f"{formats.short_date(found.weeks[longest])}{_since(found)}"
    )


def _since(found: WaitMap) -> str:
    """Say when the first week is in which people wait an hour whenever they come, closed hours or not.

    Where every week is so, as where a station closes for whole days, it says nothing.
    """
    least = np.where(np.isnan(found.waits), np.inf, found.waits).min(axis=1)
    anybody = ~np.isnan(found.waits).all(axis=1)
    over = np.flatnonzero(anybody & (least >= 1.0))
    if not len(over) or over[0] == np.flatnonzero(anybody)[0]:
        return ""
    return f"; the first week of an hour or more at every time of day is in {formats.month(found.weeks[int(over[0])])}"


def _draw(ax: Axes, forecast: Forecast, found: WaitMap) -> None:
    plan = forecast.plan
    starts = [day_of(when, plan.status_date) for when in found.weeks]
    edges = np.array([*starts, plan.horizon], dtype=np.float64)
    classes = _classes(found.waits)
    shown = np.ma.masked_less(classes.T, 0)
    date_axis(ax, plan)
    ax.grid(False)
    ax.set_ylim(24, 0)
    bounds = np.arange(len(_CLASSES) + 1) - 0.5
    ax.pcolormesh(
        edges,
        np.arange(25),
        shown,
        cmap=ListedColormap(_SHADES),
        norm=BoundaryNorm(bounds, len(_SHADES)),
        rasterized=True,
    )
    many = _runs(found.lost >= _MANY)
    _hatch(ax, edges, many & (classes < _DARK), palette.DARK_PINK)
    _hatch(ax, edges, many & (classes >= _DARK), palette.PAPER)
    ax.set_yticks([0, 4, 8, 12, 16, 20, 24], [f"{hour:02d}" for hour in (0, 4, 8, 12, 16, 20, 24)])
    ax.set_ylabel("hour of the day", fontsize=9)
    present = sorted({int(value) for value in classes[classes >= 0]})
    handles = [
        Patch(facecolor=_SHADES[place], edgecolor=palette.SOFT_INK, linewidth=0.5, label=_CLASSES[place][1])
        for place in present
    ]
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=len(handles), frameon=False, fontsize=9,
        handlelength=1.5, handleheight=1.2, columnspacing=1.4, borderaxespad=0.2, borderpad=0,
    )  # fmt: skip


def _runs(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Those of the chosen cells [week, hour] that are so for `_WEEKS` weeks running: of fewer no hatching is seen."""
    runs = np.zeros_like(chosen)
    for first in range(len(chosen) - _WEEKS + 1):
        runs[first : first + _WEEKS] |= chosen[first : first + _WEEKS].all(axis=0)
    return runs


def _hatch(ax: Axes, edges: npt.NDArray[np.float64], chosen: npt.NDArray[np.bool_], colour: str) -> None:
    """Hatch cells [week, hour], in runs of weeks."""
    for hour in range(chosen.shape[1]):
        turns = np.diff(np.concatenate([[0], chosen[:, hour].astype(np.int64), [0]]))
        starts, ends = edges[np.flatnonzero(turns == 1)], edges[np.flatnonzero(turns == -1)]
        runs = list(zip(starts.tolist(), (ends - starts).tolist(), strict=True))
        if runs:
            ax.broken_barh(runs, (hour, 1), facecolor="none", edgecolor=colour, hatch="////", linewidth=0)


def _classes(waits: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Place of each wait in `_CLASSES`, -1 where there is none."""
    bounds = [upper for upper, _ in _CLASSES[:-1]]
    return np.where(np.isnan(waits), -1, np.searchsorted(bounds, np.nan_to_num(waits, nan=0.0), side="right"))
