"""The identity load that a forecast carries: its summary, a typical future hour by hour, and what capacity would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.following import FollowedFuture
from onelogin_sim.verification.loads import LoadForecast
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.sizing import Sizing


@dataclass(frozen=True, slots=True, eq=False)
class WaitMap:
    """Who comes to a station in one future, how long they wait and how many leave, by week and hour of the day.

    Attributes
    ----------
    station, replication
        Where, and in which future.
    weeks
        The first day of each week: Mondays, but for the first; it and the last may be short.
    customers
        float64 [week, hour of the day]: of mean length, expected.
    waits
        float64 [week, hour of the day]: mean over the week's customers of that hour, in hours, those who leave and
        those who come when it is closed included; nan where nobody comes.
    lost
        float64 [week, hour of the day]: who leaves unserved in the hour, as a share of those who come in it; may exceed
        1 where queues outlast the hour. Where a time limit makes people lapse, of the week. nan where nobody comes.
    """

    station: str
    replication: int
    weeks: tuple[date, ...]
    customers: npt.NDArray[np.float64]
    waits: npt.NDArray[np.float64]
    lost: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IdentityLoad:
    """What follows from the go-lives for identity checks and sign-ins.

    Attributes
    ----------
    verification
        The population and its use of services, routes and stations.
    summary
        Over all futures.
    digest
        SHA-256 of every future's load, see `load_record.LoadRecord`.
    waits
        Of the stations, in the future with the median number of checks.
    sizing
        What capacity would hold the service levels; None unless asked for.
    followed
        Futures whose customers were followed one by one; none unless asked for.
    """

    verification: Verification
    summary: LoadForecast
    digest: str
    waits: tuple[WaitMap, ...]
    sizing: Sizing | None = None
    followed: tuple[FollowedFuture, ...] = ()
