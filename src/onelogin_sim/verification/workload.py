"""What an identity check asks of each station on average: visits, hours of work, and how the lengths vary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onelogin_sim.distributions import Distribution, Table, table
from onelogin_sim.verification.demand import demand_of
from onelogin_sim.verification.duty import SLOT
from onelogin_sim.verification.population import Verification

Floats = npt.NDArray[np.float64]

#: Minutes are drawn in whole seconds; of what lasts longer than a day, in whole minutes.
_PARTS = (60, 1)

#: Hours of the shortest visit: a rise to P2 that takes nothing still is one.
LEAST = 1 / 3600


@dataclass(frozen=True, eq=False)
class Workload:
    """What a check asks of the stations.

    Attributes
    ----------
    visits, work
        float64 [segment, station]: visits, and hours of work, of a full check by somebody of the segment, on
        average over routes, failures and what is tried next.
    uplift
        float64 [station]: share of the work that a rise from P1 to P2 makes there; an appointment is a whole one.
    mean_service, variation
        float64 [station]: hours a visit takes, over those who come as `who_comes` expects them, and variance / mean².
    """

    visits: Floats
    work: Floats
    uplift: Floats
    mean_service: Floats
    variation: Floats


@lru_cache(maxsize=8)
def workload(verification: Verification) -> Workload:
    """Return what a check asks of each station. A station that nobody ever visits has services of an hour."""
    stations = {station.id: place for place, station in enumerate(verification.stations)}
    segments, count = len(verification.segments), len(stations)
    visits, work, squares = np.zeros((3, segments, count))
    for segment, outcome in enumerate(verification.outcomes):
        for route, attempts in zip(verification.routes, outcome.attempts, strict=True):
            for step in route.steps:
                place = stations[step.station]
                mean, square = moments(step.minutes)
                visits[segment, place] += attempts * step.share
                work[segment, place] += attempts * step.share * mean
                squares[segment, place] += attempts * step.share * square
    share = 1.0 if verification.check is None else verification.check.uplift
    slots = np.array([station.unit == "appointments" for station in verification.stations], dtype=np.bool_)
    checks, uplifts = who_comes(verification)
    rises, of_rises = uplifts @ visits, uplifts @ work
    least = np.divide(LEAST * rises, of_rises, out=np.zeros(count), where=of_rises > 0)
    uplift = np.where(slots, 1.0, np.clip(least, share, 1.0))
    total = checks @ visits + rises
    hours = checks @ work + of_rises * uplift
    square_hours = checks @ squares + (uplifts @ squares) * uplift**2
    mean_service = np.divide(hours, total, out=np.full(count, SLOT), where=hours > 0)
    second = np.divide(square_hours, total, out=mean_service**2, where=hours > 0)
    return Workload(visits, work, uplift, mean_service, np.maximum(second / mean_service**2 - 1, 0.0))


def who_comes(verification: Verification) -> tuple[Floats, Floats]:
    """Return float64 [segment]: checks and rises to P2 up to the horizon, if every service went live on day 0.

    A station's queue is of one kind of customer in all futures and months, so their mixture must be the same whatever
    goes live when; whose go-live a replication decides to ask for an identity asks for it here. Where nobody comes at
    all it is a check of everybody who can prove who they are.
    """
    asked = [1.0 if service.asked is None else service.asked for service in verification.services]
    live = np.zeros((1, len(asked)), dtype=np.int32)
    found = demand_of(verification, live, np.array([asked]).reshape(live.shape))
    checks, uplifts = (each.sum(axis=(0, 2, 3)) for each in (found.checks, found.uplifts))
    if not (checks + uplifts).any():
        able = [segment.people * segment.able_share for segment in verification.segments]
        return np.array(able), np.zeros(len(able))
    return checks, uplifts


@lru_cache(maxsize=256)
def timed(minutes: Distribution) -> tuple[Table, int]:
    """Return a table of lengths and its parts of a minute: whole seconds, or whole minutes if those are too many."""
    for parts in _PARTS[:-1]:
        try:
            return table(minutes, unit=parts), parts
        except ValueError:  # too long a table
            continue
    return table(minutes, unit=_PARTS[-1]), _PARTS[-1]


def moments(minutes: Distribution | None) -> tuple[float, float]:
    """Return mean and mean square of a visit, in hours; None is an appointment."""
    if minutes is None:
        return SLOT, SLOT**2
    lengths, parts = timed(minutes)
    hours = np.arange(lengths.first, lengths.last + 1) / (60 * parts)
    chances = np.diff(lengths.cumulative, prepend=0.0)
    return float(chances @ hours), float(chances @ hours**2)
