"""A station's months in every future: waits, service level, who leaves, hour by hour, kept as sums by month.

**Where people stay,** the queue of an hour is `pointwise.relaxed_queue`: the expected queue between the steady one and
the fluid; its mean wait by `pointwise.relaxed_waits`, the share late by `pointwise.late_shares`. Who would wait longer
than a time limit lapses: nobody behind them is served the later for it, so the queue is cut at what the station can
do within the limit. In the last hour before closing, those whom the queue does not let in any more wait all night,
and only they.

**Where people leave when their patience ends,** of minutes or of hours, it is the same step with another steady queue,
that of `impatient`: at the end of an hour, waiting + left in the hour + served = waiting before + arrivals, where all
three belong to the one load whose steady queue makes them so many. In closed hours patience runs on, as if it were
exponential, and those still there at opening are served. Who comes when it is closed is not held against the service
level, and is counted among those who leave. Who comes in opening hours with nobody on duty is late.

Arrivals are expected numbers, so chance is in the tables and counted once. An hour's customers are those of
`station_hours`, and all visits of a check fall into its hour: retries and later stations are minutes away, but where
a station is closed overnight those behind it are reached too early. Simulate individuals where that matters.

One pass over the hours of a replication keeps nothing but its state and the sums of the month, and, where asked, each
hour's part of them: so a map by hour and a table by month cannot differ.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.verification import impatient_months, patient_months
from onelogin_sim.verification.month_sums import FIGURES, HOURLY
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import StationHours

__all__ = ["FIGURES", "HOURLY", "WEEK", "exceeded", "station_months"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Days over which work and capacity are compared.
WEEK = 7


def station_months(
    hours: StationHours, daily: Floats, shares: Floats, edges: Whole, hourly: Floats | None = None
) -> Floats:
    """Return float64 [replication, period, figure]: a station's figures, by place in `FIGURES`.

    The share within the service level is nan where nobody counts in it: where nobody comes, or, of callers who hang up,
    nobody while it is open.

    Parameters
    ----------
    hours
        The station in the days.
    daily
        float64 [replication, season, day]: expected customers.
    shares
        float64 [season, day, hour]: the share of a day's customers in each hour.
    edges
        int64 [period + 1]: the first day of each period, and the day after the last; from 0 on.
    hourly
        float64 [replication, kind, hour], zero: filled with what each hour adds, by place in `HOURLY`. None: not kept.
    """
    found = np.zeros((len(daily), len(edges) - 1, len(FIGURES)))
    kept = np.zeros((0, len(HOURLY), 0)) if hourly is None else hourly
    if hours.patience:
        impatient_months.fill(
            daily,
            shares,
            edges,
            hours.capacity,
            hours.opens,
            hours.closed,
            hours.which,
            hours.tables,
            hours.patience,
            hours.unserved,
            found,
            kept,
        )
    else:
        patient_months.fill(
            daily,
            shares,
            edges,
            hours.capacity,
            hours.opens,
            hours.closed,
            hours.worked,
            hours.which,
            hours.tables,
            hours.quiet,
            hours.guide,
            hours.lapse,
            hours.within,
            found,
            kept,
        )
    return found


def exceeded(
    hours: StationHours, daily: Floats, edges: Whole
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """Return where capacity is exceeded: bool [replication, period], and int32 [replication], the first such day.

    It is on a day by which, in seven days, more work has come than the station can do in them; NEVER is none. Before
    there have been seven days, what has come is held against what the station can do in the first seven, those after
    the last day included: so a weekend is no shortage, and what is too much for a whole week is seen at once.
    """
    can = _last_week(hours.capacity.reshape(-1, HOURS).sum(axis=1))
    can[: WEEK - 1] = hours.worked[WEEK * HOURS]
    over = _last_week(daily.sum(axis=1)) > can * (1 + 1e-12)
    by_period = np.logical_or.reduceat(over, edges[:-1], axis=1)
    first = np.where(over.any(axis=1), over.argmax(axis=1), NEVER).astype(np.int32)
    return by_period, first


def _last_week(daily: Floats) -> Floats:
    """float64 [..., day]: sums over the seven days up to each."""
    sums = np.cumsum(daily, axis=-1)
    sums[..., WEEK:] -= sums[..., :-WEEK].copy()
    return sums
