"""Which weeks of which futures are looked at person by person: by default the busiest of each quarter."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from onelogin_sim.verification.demand import Demand

#: Days of a window.
WEEK = 7


def busiest_weeks(asked: Demand, replication: int) -> list[range]:
    """Return the days of the busiest week of each calendar quarter in one future: from Monday to Sunday.

    A week belongs to the quarter in which it begins; of weeks with equally many checks and uplifts the first is taken.
    Weeks cut off by the status date or the horizon do not count, nor do quarters without a check.

    Raises
    ------
    ValueError
        When the demand does not hold the replication.
    """
    if replication not in asked.replications:
        raise ValueError(f"replication {replication} is not among {asked.replications}")
    row = replication - asked.replications.start
    daily = (asked.checks[row] + asked.uplifts[row]).sum(axis=(0, 1))
    status = asked.verification.status_date
    monday = -status.weekday() % WEEK
    starts = range(monday, len(daily) - WEEK + 1, WEEK)
    best: dict[tuple[int, int], tuple[float, range]] = {}
    for start in starts:
        begins = status + timedelta(days=start)
        quarter = (begins.year, (begins.month - 1) // 3)
        checks = float(np.sum(daily[start : start + WEEK]))
        if checks > best.get(quarter, (0.0, range(0)))[0]:
            best[quarter] = (checks, range(start, start + WEEK))
    return [days for _, days in best.values()]
