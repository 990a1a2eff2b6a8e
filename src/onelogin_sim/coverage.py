"""Who is covered when: targets met and coverage through time, from go-live days alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER, day_of
from onelogin_sim.plan import Plan, Target

Days = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]


def met_day(plan: Plan, target: Target, go_live: Days) -> Days:
    """Return int32 [replication]: the day a target is met, NEVER where it is not within the horizon.

    Parameters
    ----------
    plan, target
        What is counted.
    go_live
        int32 [replication, service].
    """
    if target.measure == "services":
        return np.partition(go_live, target.needed - 1, axis=1)[:, target.needed - 1]
    if target.measure == "departments":
        first = first_live(plan, go_live)
        return np.partition(first, target.needed - 1, axis=1)[:, target.needed - 1]
    if target.needed == 0:
        return np.zeros(len(go_live), dtype=np.int32)
    order = np.argsort(go_live, axis=1, kind="stable")
    reached = np.cumsum(plan.users[order], axis=1)
    # The first service, in the order of going live, with which enough users are covered.
    place = np.argmax(reached >= target.needed, axis=1)
    rows = np.arange(len(go_live))
    days: Days = go_live[rows, order[rows, place]]
    return np.where(reached[rows, place] >= target.needed, days, np.int32(NEVER)).astype(np.int32)


def first_live(plan: Plan, go_live: Days) -> Days:
    """Return int32 [replication, department with services]: when the first service of each is live."""
    return _by_department(plan, go_live, np.minimum)


def last_live(plan: Plan, go_live: Days) -> Days:
    """Return int32 [replication, department with services]: when the last service of each is live."""
    return _by_department(plan, go_live, np.maximum)


def departments_in_scope(plan: Plan) -> npt.NDArray[np.int64]:
    """Return the indices of the departments that have a service."""
    return np.unique(plan.department_of)


def _by_department(plan: Plan, go_live: Days, pick: np.ufunc) -> Days:
    columns = [
        pick.reduce(go_live[:, plan.department_of == index], axis=1) for index in departments_in_scope(plan)
    ]
    return np.stack(columns, axis=1)


def covered(plan: Plan, measure: str, go_live: Days, days: Days) -> npt.NDArray[np.int64]:
    """Return int64 [replication, day]: how much of a measure is live on each of some days."""
    go_live, weights = _counted(plan, measure, go_live)
    result = np.empty((len(go_live), len(days)), dtype=np.int64)
    for column, day in enumerate(days):
        result[:, column] = (go_live <= day) @ weights
    return result


def count_covered(plan: Plan, measure: str, go_live: Days, days: Days, counts: Counts, least: Counts) -> None:
    """Count replications by how much of a measure is live on each of some days.

    Parameters
    ----------
    plan, measure, go_live
        As for `covered`.
    days
        int32 [day], ascending, none before day 0.
    counts, least
        int64 [day, step], counted up: replications with so many steps of the measure's total live, rounded
        down, and the least coverage among them.
    """
    if len(days):
        _count_steps(*_counted(plan, measure, go_live), days, max(total(plan, measure), 1), counts, least)


def _counted(plan: Plan, measure: str, go_live: Days) -> tuple[Days, Counts]:
    """What is counted: go-live days [replication, one], and what each one adds to the measure."""
    if measure == "departments":
        go_live = first_live(plan, go_live)
    if measure == "annual_users":
        return go_live, plan.users
    return go_live, np.ones(go_live.shape[1], dtype=np.int64)


@numba.njit(cache=True)
def _count_steps(
    go_live: Days, weights: Counts, days: Days, size: int, counts: Counts, least: Counts
) -> None:
    steps, last = counts.shape[1] - 1, days[-1]
    place_of = np.searchsorted(days, np.arange(last + 1))
    gained = np.empty(len(days), dtype=np.int64)
    for row in range(len(go_live)):
        gained[:] = 0
        for column in range(go_live.shape[1]):
            day = go_live[row, column]
            if day <= last:
                gained[place_of[max(day, 0)]] += weights[column]
        live, step = 0, 0
        for place in range(len(days)):
            if gained[place] != 0:
                live += gained[place]
                step = live * steps // size
            counts[place, step] += 1
            least[place, step] = min(least[place, step], live)


def total(plan: Plan, measure: str) -> int:
    """Return all there is of a measure in scope."""
    if measure == "annual_users":
        return int(plan.users.sum())
    return len(departments_in_scope(plan)) if measure == "departments" else len(plan.services)


def month_ends(plan: Plan) -> Days:
    """Return int32 [month]: the last day of each month from the status date on, within the horizon."""
    days: list[int] = []
    first = plan.status_date.replace(day=1)
    while True:
        last = date(first.year, first.month, monthrange(first.year, first.month)[1])
        if day_of(last, plan.status_date) >= plan.horizon:
            return np.array(days, dtype=np.int32)
        days.append(day_of(last, plan.status_date))
        first = last + timedelta(days=1)
