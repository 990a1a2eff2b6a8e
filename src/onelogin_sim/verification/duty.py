"""What a station can do in each hour: units on duty, by its opening hours and its steps of capacity.

A station is open in its opening hours, also while nobody is on duty: a strike closes no telephone line.

Weekdays alone decide: on a bank holiday a station works as on any other day of the week.

A station that gives appointments gives those of a day evenly over its open hours, each a slot of an hour: hour h
of the H it is open has floor((h + 1) · D / H) - floor(h · D / H) of a day's D, whatever the day's last slot runs to.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.routes import Station
from onelogin_sim.verification.seasons import HOURS

Whole = npt.NDArray[np.int64]

#: Hours of an appointment.
SLOT = 1.0


def units_by_hour(station: Station, status_date: date, days: range) -> Whole:
    """Return int64 [hour], from the midnight that begins `days`: units on duty, 0 when closed.

    Parameters
    ----------
    station
        Of a scenario.
    status_date
        Day 0.
    days
        Which days, none before the status date.
    """
    when, units = (np.array(column) for column in zip(*station.steps, strict=True))
    capacity = units[np.searchsorted(when, np.arange(days.start, days.stop), side="right") - 1]
    found = np.zeros((len(days), HOURS), dtype=np.int64)
    opening = station.opening
    found[:, opening.from_hour : opening.to_hour] = spread(station, capacity, np.arange(_open(station)))
    return np.where(open_by_hour(station, status_date, days), found.ravel(), 0)


def open_by_hour(station: Station, status_date: date, days: range) -> npt.NDArray[np.bool_]:
    """Return bool [hour], from the midnight that begins `days`: whether it is open, whoever is on duty.

    Parameters
    ----------
    station, status_date, days
        As `units_by_hour`.
    """
    opening = station.opening
    works = np.isin(np.arange(7), opening.weekdays)
    weekday = (status_date.weekday() + np.arange(days.start, days.stop)) % 7
    found = np.zeros((len(days), HOURS), dtype=np.bool_)
    found[:, opening.from_hour : opening.to_hour] = works[weekday, None]
    return found.ravel()


def spread(station: Station, capacity: Whole, hours: Whole) -> Whole:
    """Return int64 [..., hour]: units on duty in some of a day's open hours, counted from its opening.

    Parameters
    ----------
    capacity
        int64 [...]: of the day, in the station's own unit.
    hours
        int64 [hour]: from 0.
    """
    if station.unit != "appointments":
        return np.repeat(np.asarray(capacity)[..., None], len(hours), axis=-1)
    edges = np.asarray(capacity)[..., None] * np.arange(_open(station) + 1) // _open(station)
    chosen: Whole = np.diff(edges, axis=-1)[..., hours]
    return chosen


def _open(station: Station) -> int:
    """Hours a day it is open."""
    return station.opening.to_hour - station.opening.from_hour
