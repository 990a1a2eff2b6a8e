"""Working days as whole days from the status date; dates exist only at the edges.

Day 0 is the status date. A :class:`Calendar` covers the days from some first day (negative where work
began before the status date) to the horizon, which is the first day outside.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

#: What does not happen within the horizon. The largest int32, so it sorts last.
NEVER = int(np.iinfo(np.int32).max)

#: The nations whose bank holidays are known, by the name a planner writes.
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")


def day_of(when: date, status_date: date) -> int:
    """Return the day number of a date: 0 on the status date."""
    return (when - status_date).days


def date_of(day: int, status_date: date) -> date | None:
    """Return the date of a day number, None for NEVER."""
    return None if day == NEVER else status_date + timedelta(days=int(day))


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked, and which are lost to a freeze.

    Attributes
    ----------
    id
        Name, unique in a Plan.
    first
        Day number of the first entry (zero or negative).
    working
        bool [day - first]: worked days up to the horizon, frozen days already taken out.
    frozen
        bool [day - first]: days lost to a freeze; a task does not start if its work would run into one.
    """

    id: str
    first: int
    working: npt.NDArray[np.bool_]
    frozen: npt.NDArray[np.bool_]

    def __getstate__(self) -> dict[str, object]:
        # The fields alone: what is cached may grow in another thread while a plan is sent to a worker.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def horizon(self) -> int:
        """The first day outside."""
        return self.first + len(self.working)

    @cached_property
    def worked_before(self) -> npt.NDArray[np.int32]:
        """int32 [day - first]: working days in [first, day); one entry more than days."""
        return np.concatenate(([0], np.cumsum(self.working))).astype(np.int32)

    @cached_property
    def frozen_before(self) -> npt.NDArray[np.int32]:
        """int32 [day - first]: frozen days in [first, day); one entry more than days."""
        return np.concatenate(([0], np.cumsum(self.frozen))).astype(np.int32)

    @cached_property
    def day_of_work(self) -> npt.NDArray[np.int32]:
        """int32 [k]: the day number of working day k, counted from 0 at the first entry."""
        return (np.flatnonzero(self.working) + self.first).astype(np.int32)

    def working_days(self, start: int, stop: int) -> int:
        """Return how many working days lie in [start, stop)."""
        return int(self.worked_before[stop - self.first] - self.worked_before[start - self.first])

    def finish(self, start: int, days: int) -> int:
        """Return the day after the last of `days` working days from `start` on; NEVER if not before the horizon."""
        last = int(self.worked_before[start - self.first]) + days - 1
        if last >= len(self.day_of_work):
            return NEVER
        end = int(self.day_of_work[last]) + 1
        return end if end < self.horizon else NEVER

    def may_start(self, day: int, days: int) -> bool:
        """Whether work of `days` working days may start on `day`: it is worked, and no freeze is run into."""
        if not self.working[day - self.first]:
            return False
        end = min(self.finish(day, days), self.horizon)
        return bool(self.frozen_before[end - self.first] == self.frozen_before[day - self.first])


@lru_cache(maxsize=1)
def _holiday_table() -> tuple[tuple[str, date, date | None], ...]:
    """The committed table as (nation, holiday, day it was proclaimed; None where it follows a standing rule)."""
    text = (resources.files("onelogin_sim") / "holidays.csv").read_text(encoding="utf-8")
    return tuple(
        (row["nation"], date.fromisoformat(row["date"]), _date_or_none(row["proclaimed"]))
        for row in csv.DictReader(text.splitlines())
    )


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def holidays_covered() -> tuple[date, date]:
    """Return the first and the last day the committed holiday table covers."""
    years = [holiday.year for _, holiday, _ in _holiday_table()]
    return date(min(years), 1, 1), date(max(years), 12, 31)


def bank_holidays(nation: str, known_on: date) -> frozenset[date]:
    """Return the bank holidays of a nation as they were known on a day.

    A one-off holiday counts only from the day it was proclaimed: what became known after the status
    date may not feed a forecast.
    """
    return frozenset(
        holiday
        for where, holiday, proclaimed in _holiday_table()
        if where == nation and (proclaimed is None or proclaimed <= known_on)
    )


def build_calendar(
    name: str,
    status_date: date,
    first: int,
    horizon: int,
    nation: str | None,
    freezes: Iterable[tuple[int, int]] = (),
) -> Calendar:
    """Return the calendar of a nation less its freezes.

    Parameters
    ----------
    name
        The calendar's id.
    status_date
        Day 0; also the day by which a one-off holiday must have been proclaimed.
    first, horizon
        First day covered (≤ 0) and first day outside.
    nation
        One of `NATIONS`, or None where every day is worked.
    freezes
        Half-open day intervals that are lost.
    """
    days = np.datetime64(status_date) + np.arange(first, horizon)
    if nation is None:
        working = np.ones(horizon - first, dtype=np.bool_)
    else:
        holidays = np.array(sorted(bank_holidays(nation, status_date)), dtype="datetime64[D]")
        working = np.is_busday(days, holidays=holidays)
    frozen = np.zeros(horizon - first, dtype=np.bool_)
    for start, stop in freezes:
        frozen[max(start - first, 0) : max(stop - first, 0)] = True
    return Calendar(name, first, working & ~frozen, frozen)
