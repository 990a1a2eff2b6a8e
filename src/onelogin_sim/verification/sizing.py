"""What capacity holds the service level: the smallest of each station and month, and how much hangs on it.

A month is judged by the hourly queue of `station_months`, from empty stations a week before it begins: what an earlier
month left unserved is that month's want of capacity, not this one's. So the answer is for capacity that is there in
time. Futures in which nobody comes who counts in the level are left out, as in a forecast. A station's capacity is a
whole number of its own units, the same on every day it is open, found by halving: it holds, and one unit less does not.
Servers more never make a wait longer (the steady queue and the fluid both fall with them), so it is the smallest.
Appointments are spread over the day in whole ones an hour, so that one more may move another to an earlier hour: with a
level of hours there may be a smaller number that holds by such luck. Expected arrivals and the mean length stand for an
hour's customers, as everywhere at this level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.demand import Demand
from onelogin_sim.verification.loads import Floats, customers
from onelogin_sim.verification.rates import hours_of
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import FIGURES, station_months
from onelogin_sim.verification.workload import workload

Whole = npt.NDArray[np.int64]

#: Share of futures in which the level is to be held.
HOLD = 0.8

#: Days before a month from which its queue is followed.
LEAD = 7

#: Larger capacity is not looked for.
MOST = 2**20

#: Capacities beside the smallest at which the share held is given too, as parts of it.
BESIDE = (0.9, 1.0, 1.1)

_WITHIN = FIGURES.index("within")


@dataclass(frozen=True, eq=False)
class Sizing:
    """What capacity each station needs month by month.

    Attributes
    ----------
    hold, replications
        The share of futures in which the level is to be held, of so many.
    stations
        Ids of the stations that have a service level, the first axis below.
    capacity
        int64 [station, month]: the smallest that holds it; 0 where nobody comes who counts; -1 where none up to `MOST`
        does.
    held
        float64 [station, month, part]: share of futures held with each of `BESIDE` of that capacity, rounded to whole
        units away from it; nan where there is none, and where nobody comes who counts.
    given
        float64 [station, month]: share held with the capacity the scenario has, from the same start. A forecast's
        `level_held` follows the queue from the status date on, so it is lower where people wait from before.
    """

    hold: float
    replications: int
    stations: tuple[str, ...]
    capacity: Whole
    held: Floats
    given: Floats


def size_capacity(
    asked: Demand, hold: float = HOLD, progress: Callable[[int, int], None] | None = None
) -> Sizing:
    """Return the smallest capacity of each station and month that holds its service level in enough futures.

    Parameters
    ----------
    asked
        The demand of the futures it is to be held in.
    hold
        In which share of them.
    progress
        Called with months done, of all stations, and all of them.

    Raises
    ------
    ValueError
        When `hold` is not above 0 and at most 1, or there are no futures.
    """
    if not 0 < hold <= 1:
        raise ValueError(f"hold must be above 0 and at most 1, not {hold}")
    if not len(asked.replications):
        raise ValueError("there are no futures to hold a level in")
    held_to = [
        place for place, station in enumerate(asked.verification.stations) if station.level is not None
    ]
    months = len(asked.month_starts) - 1
    capacity = np.full((len(held_to), months), -1, dtype=np.int64)
    held, given = np.full((len(held_to), months, len(BESIDE)), np.nan), np.zeros((len(held_to), months))
    for row, place in enumerate(held_to):
        guess = asked.verification.stations[place].steps[0][1]
        for month in range(months):
            share = _Month(asked, place, month).held
            given[row, month] = share(None)
            found = smallest(lambda units, share=share: not share(units) < hold, guess)  # type: ignore[misc]
            if found is not None:
                capacity[row, month] = guess = found
                held[row, month] = [share(units) for units in _beside(found)]
            if progress:
                progress(row * months + month + 1, len(held_to) * months)
    stations = tuple(asked.verification.stations[place].id for place in held_to)
    return Sizing(hold, len(asked.replications), stations, capacity, held, given)


def smallest(holds: Callable[[int], bool], guess: int) -> int | None:
    """Return the smallest whole number from 0 to `MOST` that holds, None where none does.

    What holds must hold for all larger numbers. The search begins at a guess, in steps that double.
    """
    step = 1
    if holds(guess):
        high, low = guess, guess - 1  # high holds; low is not known to, or is below 0
        while low >= 0 and holds(low):
            high, step = low, 2 * step
            low = max(low - step, -1)
    else:
        low, high = guess, guess + 1
        while not holds(high):
            if high >= MOST:
                return None
            low, step = high, 2 * step
            high = min(high + step, MOST)
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def _beside(units: int) -> list[int]:
    """Whole capacities beside one: parts below 1 rounded down, above 1 rounded up."""
    return [int(np.floor(units * part) if part < 1 else np.ceil(round(units * part, 6))) for part in BESIDE]


class _Month:
    """One station in one month, in every future."""

    def __init__(self, asked: Demand, place: int, month: int) -> None:
        start, stop = asked.month_starts[month : month + 2].tolist()
        self.days = range(max(0, start - LEAD), stop)
        self.edges = np.array(sorted({0, start - self.days.start, len(self.days)}), dtype=np.int64)
        self.asked, self.place, self.need = asked, place, workload(asked.verification)
        self.shares = np.array(hours_of(asked.verification, self.days))
        self.daily = customers(asked, self.need, place, self.days)
        self.known: dict[int | None, float] = {}

    def held(self, units: int | None) -> float:
        """Return the share of futures in which the level is held with a capacity; None is the scenario's.

        Of those in which somebody counts in it; nan where there is none.
        """
        if units not in self.known:
            verification = self.asked.verification
            level = verification.stations[self.place].level
            hours = station_hours(verification, self.need, self.place, self.days, units)
            within = station_months(hours, self.daily, self.shares, self.edges)[:, -1, _WITHIN]
            assert level is not None
            judged = within[~np.isnan(within)]
            self.known[units] = float(np.mean(judged >= level.share)) if len(judged) else np.nan
        return self.known[units]
