"""A whole future person by person, from the status date on: everybody who comes, stage by stage.

Queues that months of overload have left are there because everybody in them came. Stages are weeks, so memory is
that of a week's people and of those still under way, whatever the length of the future; the moves are those of one
pass. More people at once than fit in memory are refused before anybody is followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np

from onelogin_sim.errors import PlanError
from onelogin_sim.verification.arrivals import Whole, arrivals
from onelogin_sim.verification.demand import Demand
from onelogin_sim.verification.journeys import AFTER, lay_out, stations_of
from onelogin_sim.verification.network import Cut, Paths, stage
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station import WAITING
from onelogin_sim.verification.visits import Visits, made

#: Days of a stage at most.
STAGE = 7

#: People expected in a stage at most: a few hundred bytes each. Fewer come in an hour than `arrivals.MOST`.
PEOPLE = 16_000_000


@dataclass(frozen=True, eq=False)
class Passed:
    """A window of a future, and everybody who was at a station in it.

    Attributes
    ----------
    days
        The window.
    came
        People who came for a check in it.
    visits
        Those begun in the window, and earlier ones not over when it began; watched for `journeys.AFTER` days after it,
        whichever other windows there are: who waits longer is seen waiting.
    """

    verification: Verification
    replication: int
    days: range
    came: int
    visits: Visits

    @property
    def begins(self) -> float:
        """The window's first midnight, in hours from that of the status date."""
        return float(self.days.start * HOURS)


def passing(
    demand: Demand, replication: int, windows: Sequence[range], seed: int, stage_days: int = STAGE
) -> Iterator[Passed]:
    """Yield windows of a future one after the other, with everything that came before them.

    Parameters
    ----------
    demand
        Of a block that holds the replication.
    windows
        Days of each, in order, none of a day before the last of the one before.
    seed
        The run's root seed.
    stage_days
        Days simulated at once outside of windows. The moves do not depend on it.

    Raises
    ------
    ValueError
        When the demand does not hold the replication or the days, or windows overlap or are not in order.
    PlanError
        When more than `PEOPLE` are expected in a stage.
    """
    for one, other in pairwise(windows):
        if other.start < one.stop:
            raise ValueError(f"{other} begins before {one} ends")
    if not windows:
        return
    verification = demand.verification
    stages = list(_stages(windows, stage_days))
    _refuse_too_many(demand, replication, stages)
    stations = stations_of(verification, range(windows[-1].stop + AFTER))
    rest, whose, cut = _nobody()
    open_visits = made(rest, stage(rest, stations, 0.0)[0])
    for days in stages:
        came = arrivals(demand, replication, days, seed, since=0)
        paths, person = _joined(rest, whose, *lay_out(verification, came, replication, seed)[:2])
        travels, cut = stage(paths, stations, float(days.stop * HOURS), cut)
        seen = open_visits | made(paths, travels)
        if days in windows:
            watched = float((days.stop + AFTER) * HOURS)
            yield Passed(verification, replication, days, len(came.at), _seen_until(seen, watched))
        rest, whose = _left(paths, person, cut)
        open_visits = seen.where(seen.leave > days.stop * HOURS)


def _seen_until(visits: Visits, end: float) -> Visits:
    """Visits as they look to those who watch to some end: what would happen then or later is not seen."""
    waits = visits.arrive + visits.wait >= end
    return visits._replace(
        wait=np.where(waits, end - visits.arrive, visits.wait),
        leave=np.where(waits, end, visits.leave),
        outcome=np.where(waits, np.int8(WAITING), visits.outcome),
    )


def _stages(windows: Sequence[range], most: int) -> Iterator[range]:
    """From the status date to the end of the last window: each window a stage, the days between in pieces."""
    day = 0
    for days in windows:
        for first in range(day, days.start, most):
            yield range(first, min(first + most, days.start))
        yield days
        day = days.stop


def _refuse_too_many(demand: Demand, replication: int, stages: Sequence[range]) -> None:
    if replication not in demand.replications:
        raise ValueError(f"replication {replication} is not among {demand.replications}")
    row = replication - demand.replications.start
    daily = (demand.checks[row] + demand.uplifts[row]).sum(axis=(0, 1))
    for days in stages:
        expected = float(daily[days.start : days.stop].sum())
        if expected > PEOPLE:
            when = demand.verification.status_date + timedelta(days=days.start)
            raise PlanError(
                f"{expected / 1e6:.1f} million people are expected for an identity check in {len(days)} days from "
                f"{when.isoformat()} in replication {replication}: no more than {PEOPLE / 1e6:.1f} million at once "
                "can be followed one by one; spread them by a ramp, or follow no individuals"
            )


def _nobody() -> tuple[Paths, Whole, Cut | None]:
    none, places = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Paths(none, places, places, none, none, places, places), places, None


def _joined(rest: Paths, whose: Whole, paths: Paths, person: Whole) -> tuple[Paths, Whole]:
    """The paths of those under way, and behind them of those who come now; and whose each visit is."""
    people, visits = len(rest.arrivals), len(rest.station)
    if not people:
        return paths, person

    def behind(to: Whole) -> Whole:
        """Visits as they are numbered now; ends stay ends."""
        return np.where(to >= 0, to + visits, to)

    whole = Paths(
        np.concatenate([rest.arrivals, paths.arrivals]),
        np.concatenate([rest.first, behind(paths.first)]),
        np.concatenate([rest.station, paths.station]),
        np.concatenate([rest.service, paths.service]),
        np.concatenate([rest.patience, paths.patience]),
        np.concatenate([rest.served, behind(paths.served)]),
        np.concatenate([rest.unserved, behind(paths.unserved)]),
    )
    return whole, np.concatenate([whose, person + people])


def _left(paths: Paths, person: Whole, cut: Cut) -> tuple[Paths, Whole]:
    """What is left of the paths of those under way; and whose each visit is."""
    people, visits = len(paths.arrivals), len(paths.station)
    goes_on, number = np.full(people, visits), np.zeros(people, dtype=np.int64)
    goes_on[cut.person], number[cut.person] = cut.visit, np.arange(len(cut.person))
    kept = np.flatnonzero(np.arange(visits) >= goes_on[person])
    place = np.full(visits, -1)
    place[kept] = np.arange(len(kept))

    def now(to: Whole) -> Whole:
        return np.where(to >= 0, place[np.maximum(to, 0)], to)

    rest = Paths(
        cut.at,
        now(cut.visit),
        paths.station[kept],
        paths.service[kept],
        paths.patience[kept],
        now(paths.served[kept]),
        now(paths.unserved[kept]),
    )
    return rest, number[person[kept]]
