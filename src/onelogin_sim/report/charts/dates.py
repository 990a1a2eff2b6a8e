"""A horizontal axis of dates: day numbers underneath, dates only as its labels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from matplotlib.axes import Axes

from onelogin_sim.calendars import NEVER, day_of
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.frame import text_width

#: Months between labelled ticks, tried from the finest.
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


def date_axis(ax: Axes, plan: Plan, first: int = 0, last: int | None = None) -> None:
    """Label the x axis of `ax`, which counts days from the status date, with months that do not touch."""
    last = plan.horizon if last is None else last
    last = max(last, first + 1)
    ax.set_xlim(first, last)
    width = float(ax.get_window_extent().width) / float(ax.figure.dpi)
    for step in _STEPS:
        days = list(_month_starts(plan, first, last, step))
        names = [formats.month(when) if step < 12 else str(when.year) for _, when in days]
        if sum(text_width(name, 9) + 0.2 for name in names) <= width:
            break
    ax.set_xticks([day for day, _ in days], names)
    ax.tick_params(axis="x", length=4, labelsize=9)
    if step > 1:
        finer = max(candidate for candidate in (1, 3, 12) if candidate < step)
        minor = [day for day, _ in _month_starts(plan, first, last, finer)]
        ax.set_xticks(minor if len(minor) < 100 else [], minor=True)
    ax.grid(axis="x", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)


def _month_starts(plan: Plan, first: int, last: int, step: int) -> Iterator[tuple[int, date]]:
    """Yield every `step`-th month that begins in [first, last]; yearly and coarser steps fall on January."""
    year = plan.status_date.year
    years = max(step // 12, 1)
    for index in range(
        ((year + first // 365 - 1) // years) * years * 12, (year + last // 365 + 2) * 12, step
    ):
        when = date(index // 12, index % 12 + 1, 1)
        day = day_of(when, plan.status_date)
        if first <= day <= last:
            yield day, when


def at_or_end(day: int, end: int) -> int:
    """Return where a day is drawn: at the right end when it is not within the horizon."""
    return end if day == NEVER else min(day, end)
