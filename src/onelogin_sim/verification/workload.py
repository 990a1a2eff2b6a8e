"""What an identity check asks of each station on average: visits, hours of work, and how the lengths vary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onelogin_sim.distributions import Distribution, Table, table
from onelogin_sim.verification.duty import SLOT
from onelogin_sim.verification.population import Verification

Floats = npt.NDArray[np.float64]

#: Minutes are drawn in whole seconds; of what lasts longer than a day, in whole minutes.
_PARTS = (60, 1)


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
        float64 [station]: hours a visit takes, over all segments as they are made up of people, and variance / mean².
    """

    visits: Floats
    work: Floats
    uplift: Floats
    mean_service: Floats
    variation: Floats


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
    people = np.array([segment.people * segment.able_share for segment in verification.segments])
    total, hours, square_hours = people @ visits, people @ work, people @ squares
    mean_service = np.divide(hours, total, out=np.full(count, SLOT), where=hours > 0)
    second = np.divide(square_hours, total, out=mean_service**2, where=hours > 0)
    share = 1.0 if verification.check is None else verification.check.uplift
    slots = np.array([station.unit == "appointments" for station in verification.stations], dtype=np.bool_)
    return Workload(
        visits, work, np.where(slots, 1.0, share), mean_service, np.maximum(second / mean_service**2 - 1, 0.0)
    )


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
